"""Two systems against gold and against each other: what each gained, lost or changed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from khcn_extract.columns import content_hash, to_batch
from khcn_extract.comparison import ablation, compare, diff
from khcn_extract.comparison_text import comparison_to_json, render_ablation, render_comparison, render_diff
from khcn_extract.evaluate import evaluate
from khcn_extract.facts import (
    Article,
    CountValue,
    DateValue,
    DocumentValue,
    Extraction,
    Fact,
    MoneyValue,
    OfficialValue,
    Position,
)
from khcn_extract.gold import GoldArticle, write_gold
from khcn_extract.saved_facts import read_facts
from khcn_extract.store import Run, Store

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, Any]

TEXT = "Sở có 12 dự án và 5 đề tài, ông Lê Ba nói."


def _at(kind: str, text: str, **fields: Any) -> Record:
    start = TEXT.index(text)
    return {"kind": kind, "start_char": start, "end_char": start + len(text), "text": text} | fields


COUNT = _at("count", "12 dự án", value=12, unit="dự án", rule="count.unit")
TOPICS = _at("count", "5 đề tài", value=5, unit="đề tài", rule="count.unit")
OFFICIAL = _at("official", "Lê Ba", name="Lê Ba", positions=[{"title": "Giám đốc", "organization": "Sở"}])
OFFICIAL |= {"rule": "official.name"}
GOLD_FACTS = [{name: v for name, v in fact.items() if name != "rule"} for fact in (COUNT, TOPICS, OFFICIAL)]
WRONG = COUNT | {"unit": "ha", "rule": "count.bad"}


def _gold(articles: int = 1) -> list[GoldArticle]:
    records = ({"article_id": f"a{n}", "text": TEXT, "facts": GOLD_FACTS} for n in range(articles))
    return [GoldArticle.model_validate(record) for record in records]


# fmt: off
@pytest.mark.parametrize(("before", "after", "changes"), [
    ([COUNT],           [COUNT],            []),
    ([],                [COUNT],            [("found", "count.unit")]),
    ([COUNT],           [],                 [("lost", "count.unit")]),
    ([WRONG],           [],                 [("no longer spurious", "count.bad")]),
    ([],                [WRONG],            [("newly spurious", "count.bad")]),
    ([WRONG],           [COUNT],            [("no longer spurious", "count.bad"), ("found", "count.unit")]),
    ([COUNT],           [WRONG],            [("newly spurious", "count.bad"), ("lost", "count.unit")]),
    ([WRONG],           [WRONG, WRONG],     [("newly spurious", "count.bad")]),
    ([WRONG], [WRONG | {"unit": "km", "rule": "r"}], [("no longer spurious", "count.bad"), ("newly spurious", "r")]),
    ([WRONG],           [WRONG | {"rule": "other"}], []),                   # the same mistake by another rule
    ([COUNT],           [COUNT | {"end_char": 11}], []),                    # right both times
    ([COUNT],           [OFFICIAL],         [("lost", "count.unit"), ("found", "official.name")]),
])
def test_changes(before: list[Record], after: list[Record], changes: list[tuple[str, str]]) -> None:
    found = compare(_gold(), {"a0": before}, {"a0": after}, resamples=20)

    assert changes == [(change.how, change.rule) for change in found.changes]
    assert [how in ("found", "no longer spurious") for how, _ in changes] == [c.is_gain for c in found.changes]
# fmt: on


def test_differences_and_counts_by_kind_and_rule() -> None:
    gold = _gold(10)
    before = {article.article_id: [WRONG, OFFICIAL] for article in gold}
    after = {article.article_id: [COUNT] for article in gold}
    found = compare(gold, before, after)

    assert found.by_kind() == {"count": (20, 0), "official": (0, 10)}
    assert found.by_rule() == {"count.bad": (10, 0), "count.unit": (10, 0), "official.name": (0, 10)}
    count, money = found.differences["value/count"], found.differences["value/money"]
    assert (count.before, count.after) == (0, pytest.approx(2 / 3))
    assert count.p is not None
    assert count.p < 0.01
    assert (money.change, money.p) == (0, None)
    assert found.differences["triples/official"].change == -1


def test_comparison_is_the_difference_of_two_evaluations() -> None:
    gold, before, after = _gold(6), {"a0": [WRONG], "a1": [COUNT]}, {"a0": [COUNT, TOPICS], "a3": [OFFICIAL]}
    found = compare(gold, before, after)
    old, new = evaluate(gold, before).scores(), evaluate(gold, after).scores()

    assert {n: (d.before, d.after) for n, d in found.differences.items()} == {n: (old[n].f1, new[n].f1) for n in old}
    points = new["value/all"].gold_hit - old["value/all"].gold_hit
    assert points == sum({"found": 1, "lost": -1}.get(change.how, 0) for change in found.changes)


def test_ablation_runs_each_configuration() -> None:
    facts = [fact.to_fact() for fact in _gold()[0].facts]
    seen: list[str] = []

    def extract(article: Article) -> list[Fact]:
        seen.append(article.article_id)
        return facts

    compared = ablation(_gold(6), {"all": extract, "no counts": lambda _: facts[2:], "the same": extract})

    assert list(compared) == ["no counts", "the same"]
    assert compared["no counts"].by_kind() == {"count": (0, 12)}
    assert compared["the same"].changes == ()
    assert len(seen) == 12
    text = render_ablation(compared)
    assert "the first has F1 1.000" in text
    assert re_line(text, "no counts").startswith("0.500 -0.500")
    with pytest.raises(ValueError, match="no extractor"):
        ablation(_gold(), {})


def re_line(text: str, label: str) -> str:
    """What stands behind a label, single-spaced."""
    (line,) = (line for line in text.splitlines() if line.startswith(label))
    return " ".join(line.removeprefix(label).split())


# -- without gold ----------------------------------------------------------------------------------------------------


# fmt: off
@pytest.mark.parametrize(("before", "after", "revisions"), [
    ([COUNT],           [COUNT],                                                []),
    ([COUNT],           [COUNT | {"rule": "r", "confidence": 0.1}],             []),
    ([COUNT],           [COUNT | {"value": Decimal("12.000000"), "mod": None}], []),
    ([COUNT, TOPICS],   [TOPICS, COUNT],                                        []),
    ([COUNT],           [],                                                     [("removed", ())]),
    ([],                [COUNT],                                                [("added", ())]),
    ([COUNT],           [COUNT, COUNT],                                         [("added", ())]),
    ([COUNT],           [WRONG],                                                [("changed", ("unit",))]),
    ([COUNT],           [COUNT | {"end_char": 11, "value": 1}],                 [("changed", ("span", "value"))]),
    ([COUNT],           [COUNT | {"rate": "năm"}],                              [("changed", ("rate",))]),
    ([COUNT],           [COUNT | {"start_char": 0, "end_char": 2}],             [("added", ()), ("removed", ())]),
    ([COUNT],           [OFFICIAL | {"start_char": 6, "end_char": 14}],         [("removed", ()), ("added", ())]),
    ([OFFICIAL],        [OFFICIAL | {"positions": []}],                         [("changed", ("positions",))]),
    ([OFFICIAL],        [OFFICIAL | {"positions": [{"title": "Giám đốc", "organization": "Sở", "former": False}]}], []),
])
def test_diff(before: list[Record], after: list[Record], revisions: list[tuple[str, tuple[str, ...]]]) -> None:
    found = diff({"a0": before}, {"a0": after})

    assert revisions == [(revision.what, revision.fields) for revision in found.revisions]
# fmt: on


def test_diff_tells_articles_apart() -> None:
    found = diff({"a": [COUNT], "b": []}, {"b": [], "c": [COUNT]})

    assert (found.revisions, found.only_before, found.only_after) == ((), ("a",), ("c",))


EVERY_KIND = (
    DateValue(date_from=date(2031, 3, 1), date_to=date(2031, 3, 31), value="2031-03", resolved_from="article"),
    DocumentValue(doc_type="Kế hoạch", symbol="06/KH-SA", number="06", year=2031, issued_on=date(2031, 2, 1)),
    MoneyValue(amount=Decimal("2500000.5"), currency="USD", rate="tháng"),
    CountValue(value=Decimal(17), total=Decimal(24), unit="hồ sơ"),
    OfficialValue(name="Lê Ba", positions=(Position("Giám đốc", "Sở"), Position("Ủy viên", former=True))),
    OfficialValue(name="Lê Tư"),
)


def test_a_store_and_a_file_of_the_same_run_do_not_differ(tmp_path: Path) -> None:
    """Every field of every kind comes back, and an article without facts does too."""
    facts = tuple(Fact(n, n + 2, TEXT[n : n + 2], value, "r", 0.5) for n, value in enumerate(EVERY_KIND))
    extractions = [
        Extraction(Article(article_id="a1", text=TEXT), facts),
        Extraction(Article(article_id="a2", text=TEXT), ()),
    ]
    with Store(tmp_path / "facts.duckdb") as store:
        hashes = [content_hash(extraction.article) for extraction in extractions]
        store.load(to_batch(extractions, hashes), Run("r1", datetime(2031, 1, 1, tzinfo=UTC), "1", "rules"))
    with (tmp_path / "facts.jsonl").open("w", encoding="utf-8") as file:
        write_gold(extractions, file)
    stored, written = read_facts(tmp_path / "facts.duckdb"), read_facts(tmp_path / "facts.jsonl")

    assert stored.keys() == written.keys() == {"a1", "a2"}
    assert diff(stored, written).revisions == diff(stored, {"a1": facts, "a2": ()}).revisions == ()
    assert [r["rule"] for r in stored["a1"]] == ["r"] * len(facts)


@pytest.mark.parametrize("line", ["no JSON", '{"facts": []}', '{"article_id": "a1", "facts": 5}', "[1]"])
def test_a_file_of_something_else_is_refused(line: str, tmp_path: Path) -> None:
    file = tmp_path / "found.jsonl"
    file.write_text('{"article_id": "a0", "facts": []}\n' + line, encoding="utf-8")

    with pytest.raises(ValueError, match=r"found\.jsonl, line 2: .* allowed is one object a line"):
        read_facts(file)


# -- for people ------------------------------------------------------------------------------------------------------


def test_texts_fit_80_columns_and_say_what_changed() -> None:
    gold = _gold(6)
    before = {article.article_id: [WRONG, OFFICIAL] for article in gold}
    after = {article.article_id: [COUNT, OFFICIAL | {"name": "rất dài " * 20}] for article in gold}
    comparison = compare(gold, before, after)
    text = render_comparison(comparison, changes=True)
    differing = render_diff(diff(before, after))

    assert max(map(len, (text + differing).splitlines())) <= 80
    assert re_line(text, "value count ").startswith("0.000 0.667 +0.667 [+0.667, +0.667]")
    assert re_line(text, "count.bad") == "6 0"
    assert "+ found count a0 [6:14] '12 dự án': value 12, unit dự án (by count.unit)" in text
    assert "changed count a0 [6:14] '12 dự án': unit ha -> unit dự án (by count.unit)" in differing
    assert re_line(differing, "official ") == "0 0 6"
    data = json.loads(json.dumps(comparison_to_json(comparison), default=str))
    assert data["gains_and_losses"]["by_rule"]["count.bad"] == [6, 0]
    assert data["differences"]["value/count"]["after"] == pytest.approx(2 / 3)
