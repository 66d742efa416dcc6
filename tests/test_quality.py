"""No score of the project's gold falls below its floor, and the README shows today's figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from khcn_extract.analysis import analyse
from khcn_extract.evaluate import evaluate, predict
from khcn_extract.floors import check, read_floors
from khcn_extract.gold import read_gold
from khcn_extract.pipeline import extract
from khcn_extract.results import BEGIN, END, in_place, table

if TYPE_CHECKING:
    from khcn_extract.facts import Fact
    from khcn_extract.gold import GoldArticle

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "gold" / f"{split}.jsonl" for split in ("train", "dev", "test")]


@pytest.fixture(scope="module")
def gold() -> dict[str, list[GoldArticle]]:
    return {path.stem: list(read_gold(path)) for path in FILES}


@pytest.fixture(scope="module")
def found(gold: dict[str, list[GoldArticle]]) -> dict[str, tuple[Fact, ...]]:
    return predict([article for articles in gold.values() for article in articles], extract)


def test_no_score_is_below_its_floor(gold: dict[str, list[GoldArticle]], found: dict[str, tuple[Fact, ...]]) -> None:
    report = evaluate([article for articles in gold.values() for article in articles], found)

    assert check(report, read_floors(ROOT / "gold" / "floors.json"), FILES) == []


def test_readme_shows_the_results_of_today(
    gold: dict[str, list[GoldArticle]], found: dict[str, tuple[Fact, ...]]
) -> None:
    """Where this fails: ``make results`` writes them anew."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert in_place(readme, table({name: analyse(gold[name], found) for name in ("dev", "test")})) == readme


def test_results_need_a_place() -> None:
    with pytest.raises(ValueError, match="no place"):
        in_place("a text without marks", "| a |")

    assert in_place(f"a {BEGIN} old {END} z", "new\n") == f"a {BEGIN}\nnew\n{END} z"


def test_every_fact_of_the_gold_articles_is_its_characters(
    gold: dict[str, list[GoldArticle]], found: dict[str, tuple[Fact, ...]]
) -> None:
    for articles in gold.values():
        for article in articles:
            for fact in found[article.article_id]:
                assert article.text[fact.start_char : fact.end_char] == fact.text
