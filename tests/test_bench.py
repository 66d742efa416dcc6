"""The benchmark: its corpus is the same each time and as dense as news, and its table reads well."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from khcn_extract.facts import Article
from khcn_extract.pipeline import process_many
from khcn_extract.read import read_articles

if TYPE_CHECKING:
    from collections.abc import Callable

BENCH = Path(__file__).resolve().parent.parent / "bench"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Imports a module of ``bench/``, which is a folder of scripts and no package."""
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])
    return import_module


@pytest.fixture
def synthetic(bench):
    return bench("synthetic")


def test_the_same_seed_gives_the_same_corpus(synthetic, tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        synthetic.write(tmp_path / name, 60_000, seed=seed)
    one, again, other = ((tmp_path / name).read_bytes() for name in ("one", "again", "other"))
    assert one == again
    assert one != other


def test_the_corpus_has_the_size_it_should_and_articles_have_that_of_news(synthetic):
    sizes = [len(article["text"].encode()) for article in synthetic.articles(600_000)]
    assert sum(sizes) == pytest.approx(600_000, rel=0.02)
    assert min(sizes) >= synthetic.SHORTEST
    # The last paragraph may go beyond.
    assert max(sizes) < synthetic.LONGEST + 3_000


def test_the_corpus_is_as_dense_as_news_and_its_facts_differ(synthetic, tmp_path):
    written = synthetic.write(tmp_path / "a.jsonl", 500_000)
    articles = list(read_articles(tmp_path / "a.jsonl"))
    assert len(articles) == written.articles
    assert all(isinstance(article, Article) for article in articles)
    texts = [fact.text for extraction in process_many(articles) for fact in extraction.facts]
    assert 5_000 < len(texts) / written.text_bytes * 1e6 < 6_000
    assert len(set(texts)) > 0.7 * len(texts)


def test_prose_has_no_facts(bench):
    paragraphs = [" ".join(sentences) for sentences in bench("templates").prose()]
    assert len(set(paragraphs)) >= 25
    assert not any(character.isdigit() for paragraph in paragraphs for character in paragraph)
    (extraction,) = process_many([Article(article_id="prose", text="\n\n".join(paragraphs))])
    assert extraction.facts == ()


def test_a_name_that_recurs_in_an_article_is_one_person(synthetic, bench):
    templates = bench("templates")
    slots = templates.Slot("person", "Nông Đình Thước"), templates.Slot("given", "Thước")
    line = ((slots[0], " họp. Ông ", slots[1], " nói."),)
    said = synthetic._Values(synthetic.random.Random(3)).block((line,))
    full, _, later = said.partition(" họp. Ông ")
    assert full != "Nông Đình Thước"
    assert full.split()[-1] == later.split()[0]


@pytest.mark.parametrize(
    ("kind", "written", "pattern"),
    [
        ("date", "05/7/2013", r"[012]\d/1?\d/20[012]\d"),
        ("month", "6/2013", r"1?\d/20[012]\d"),
        ("symbol", "11/2015", r"[1-9]\d/20[012]\d"),
        ("day", "22/4", r"[12]?\d/1?\d"),
        ("number", "1.250.000", r"[1-9]\.\d\d\d?\.000|[1-9]\.\d{2}0?\.000"),
        ("number", "08", r"0[1-9]"),
        ("range", "1,5", r"1,\d"),
        ("ratio", "05/09", r"0\d/0[1-9]"),
        ("number", "0", r"0\d{0,2}"),
    ],
)
def test_a_fresh_value_is_written_as_the_old_one(synthetic, kind, written, pattern):
    import re

    for seed in range(40):
        values = synthetic._Values(synthetic.random.Random(seed))
        fresh = values._value(synthetic.Slot(kind, written))
        assert re.fullmatch(pattern, fresh), fresh
        assert values._value(synthetic.Slot(kind, written)) == fresh


def test_a_child_process_is_measured_and_its_failure_told(bench):
    child = bench("child")
    cost = child.cost([sys.executable, "-c", "x = bytearray(30_000_000); sum(range(10**6))"])
    assert 0 < cost.cpu < 10
    assert cost.wall > 0
    assert 30e6 < cost.peak_bytes < 300e6
    with pytest.raises(RuntimeError, match="no such luck"):
        child.cost([sys.executable, "-c", "raise SystemExit('no such luck')"])


def test_the_stages_are_timed(bench, synthetic, monkeypatch, tmp_path):
    stages = bench("stages")
    monkeypatch.setattr(stages, "_ROUNDS", 2)
    monkeypatch.setattr(stages, "_REPEATS", 1)
    synthetic.write(tmp_path / "a.jsonl", 50_000)
    measured = stages.measure(tmp_path / "a.jsonl", tmp_path)
    whole, *parts = [f for f in measured.figures if f.name == "process_many" or f.depth]
    assert sum(part.seconds for part in parts) == pytest.approx(whole.seconds)
    assert measured.figures[0].name.startswith("floor")
    assert {figure.depth for figure in measured.figures} == {0, 1}
    assert all(0 < figure.mb_per_s < float("inf") for figure in measured.figures)
    assert measured.text_bytes == pytest.approx(50_000, rel=0.15)
    assert 0 < measured.distinct <= measured.facts


def test_the_report_reads_well(bench):
    figures = bench("figures")
    report = figures.new_report()
    report.articles, report.text_bytes, report.facts_per_mb, report.distinct = 4_812, 20_000_000, 5_512.3, 0.6
    report.figures = [
        figures.Figure("floor", 0.2, 20_000_000),
        figures.Figure("clean", 2.0, 20_000_000, depth=1),
        figures.Figure("slow", 2.0, 30_000),
    ]
    report.start_up = 0.9, 1.1
    report.memory = [figures.Memory(50_000_000, 300_000_000), figures.Memory(200_000_000, 301_000_000)]
    table = figures.as_table(report)
    assert max(map(len, table.splitlines())) <= 80
    assert "cores" in table.splitlines()[0]
    assert "  clean                                           10.0       100.0      1/10.0" in table.splitlines()
    assert "20.0 MB of text in 4,812 articles; 5,512 facts/MB, 60% of their texts differ" in table
    assert json.loads(figures.as_json(report))["figures"][1]["of_floor"] == pytest.approx(0.1)
