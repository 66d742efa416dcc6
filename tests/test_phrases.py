"""Short texts, each full of the forms of one kind: what grammar decides, and what only looks like it.

Written and annotated by readers of the guideline who had not seen the rules (``gold/README.md``); each file is
annotated for one kind alone, so only that kind is scored. The floor is the extractor's, not the language's: what is
below 1 is in the report of a failure.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from khcn_extract.evaluate import evaluate, predict
from khcn_extract.facts import Article, Fact, Kind
from khcn_extract.gold import read_gold
from khcn_extract.pipeline import extract

FOLDER = Path(__file__).parents[1] / "gold" / "phrases"
FLOOR = 0.98
KINDS = sorted(path.stem for path in FOLDER.glob("*.jsonl"))


@pytest.mark.parametrize("kind", KINDS)
def test_phrases_of_one_kind(kind: str) -> None:
    """Value F1 of that kind; what is wrong is listed."""
    gold = list(read_gold(FOLDER / f"{kind}.jsonl"))

    def of_the_kind(article: Article) -> list[Fact]:
        return [fact for fact in extract(article) if fact.kind == kind]

    report = evaluate(gold, predict(gold, of_the_kind))

    assert report.scores()[f"value/{kind}"].f1 >= FLOOR, "\n".join(map(str, report.errors()))


def test_there_is_a_file_for_each_kind_of_value() -> None:
    assert sorted(set(get_args(Kind)) - {"official"}) == KINDS
    assert sum(1 for kind in KINDS for _ in read_gold(FOLDER / f"{kind}.jsonl")) >= 800
