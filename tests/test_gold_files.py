"""The project's own corpus and gold: whole, consistent, split cleanly, and no text twice.

`read_gold` itself refuses wrong offsets, unknown fields and facts given twice; here the files are held against each
other and against the corpus.
"""

from __future__ import annotations

import csv
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
import regex as re

from khcn_extract.facts import CountValue, DocumentValue
from khcn_extract.gold import GoldArticle, read_gold

ROOT = Path(__file__).parent.parent
SPLITS = ("train", "dev", "test")
WORDS = re.compile(r"\p{L}+")


@pytest.fixture(scope="module")
def gold() -> dict[str, list[GoldArticle]]:
    return {split: list(read_gold(ROOT / "gold" / f"{split}.jsonl")) for split in SPLITS}


@pytest.fixture(scope="module")
def index() -> dict[str, dict[str, str]]:
    with (ROOT / "corpus" / "articles.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["article_id"]: row for row in rows}


def test_every_article_is_annotated_once(gold: dict[str, list[GoldArticle]]) -> None:
    files = sorted(path.stem for path in (ROOT / "corpus").glob("*.txt"))

    assert sorted(a.article_id for split in SPLITS for a in gold[split]) == files


@pytest.mark.parametrize("split", SPLITS)
def test_gold_text_is_the_file_as_received(split: str, gold: dict[str, list[GoldArticle]]) -> None:
    for article in gold[split]:
        path = ROOT / "corpus" / f"{article.article_id}.txt"

        assert path.read_bytes().decode("utf-8") == article.text, article.article_id


def test_index_knows_every_article(index: dict[str, dict[str, str]], gold: dict[str, list[GoldArticle]]) -> None:
    for split in SPLITS:
        for article in gold[split]:
            assert index[article.article_id]["split"] == split


def test_size_and_breadth(index: dict[str, dict[str, str]], gold: dict[str, list[GoldArticle]]) -> None:
    facts = sum(len(article.facts) for split in SPLITS for article in gold[split])

    assert len(index) >= 150
    assert facts >= 3_000
    assert len({row["province"] for row in index.values()}) >= 40
    assert {row["year"] for row in index.values()} >= {str(year) for year in range(2010, 2027)}


def test_no_article_is_a_near_duplicate(gold: dict[str, list[GoldArticle]]) -> None:
    """No two articles share a seventh of their runs of five words: a split would leak.

    (Two reports of appointments share a tenth, in the names of offices.)
    """
    runs = {}
    for split in SPLITS:
        for article in gold[split]:
            words = WORDS.findall(article.text.lower())
            runs[article.article_id] = {tuple(words[i : i + 5]) for i in range(len(words) - 4)}

    close = [
        (a, b) for a, b in combinations(runs, 2) if len(runs[a] & runs[b]) > 0.15 * min(len(runs[a]), len(runs[b]))
    ]

    assert close == []


def test_ratios_do_not_exceed_their_whole(gold: dict[str, list[GoldArticle]]) -> None:
    for split in SPLITS:
        for article in gold[split]:
            for fact in article.facts:
                value = fact.value
                if isinstance(value, CountValue) and value.total is not None:
                    assert value.value <= value.total, (article.article_id, fact.text)


def test_symbol_parts_agree(gold: dict[str, list[GoldArticle]]) -> None:
    """The number stands in the symbol; the symbol's year is the document's year."""
    for split in SPLITS:
        for article in gold[split]:
            for fact in article.facts:
                value = fact.value
                if isinstance(value, DocumentValue):
                    assert value.number in value.symbol, (article.article_id, fact.text)
                    in_symbol = re.match(r"\w+/((?:19|20)\d{2})/", value.symbol)
                    assert in_symbol is None or value.year == int(in_symbol[1]), (article.article_id, fact.text)


def test_the_second_annotation_is_of_the_same_texts(gold: dict[str, list[GoldArticle]]) -> None:
    first = {article.article_id: article.text for split in SPLITS for article in gold[split]}
    second = list(read_gold(ROOT / "gold" / "second.jsonl"))

    assert len(second) >= 30
    assert all(article.text == first[article.article_id] for article in second)
    assert max(Counter(article.article_id for article in second).values()) == 1
