"""Errors: each in one category, in its sentence, and none forgotten."""

from __future__ import annotations

import random
from typing import Any

import pytest

from khcn_extract.error_analysis import CATEGORIES, Case, cases
from khcn_extract.evaluate import predict
from khcn_extract.gold import GoldArticle
from khcn_extract.matching import match

Record = dict[str, Any]

TEXT = "Ngày 5/3/2031, Sở có 12 dự án theo Nghị định 67. Ông Lê Ba, Giám đốc Sở Y tế, chi 7 triệu đồng."


def _at(kind: str, text: str, **fields: Any) -> Record:
    start = TEXT.index(text)
    return {"kind": kind, "start_char": start, "end_char": start + len(text), "text": text} | fields


DATE = _at("date", "Ngày 5/3/2031", date_from="2031-03-05", date_to="2031-03-05", value="2031-03-05")
COUNT = _at("count", "12 dự án", value=12, unit="dự án")
DOCUMENT = _at("document", "Nghị định 67", doc_type="Nghị định", symbol="67/2030/NĐ-CP", number="67", year=2030)
OFFICIAL = _at("official", "Lê Ba", name="Lê Ba", positions=[{"title": "Giám đốc", "organization": "Sở Y tế"}])
MONEY = _at("money", "7 triệu đồng", amount=7_000_000, currency="VND")
GOLD = [DATE, COUNT, DOCUMENT, OFFICIAL, MONEY]


def _cases(gold: list[Record], found: list[Record], text: str = TEXT) -> tuple[Case, ...]:
    return cases([match(GoldArticle.model_validate({"article_id": "a1", "text": text, "facts": gold}), found)])


# fmt: off
@pytest.mark.parametrize(("gold", "found", "category", "fields", "costs"), [
    (COUNT,     None,                                           "missed",       (),                     True),
    (None,      COUNT,                                          "spurious",     (),                     True),
    (COUNT,     _at("count", "12 dự án theo") | {"value": 12, "unit": "dự án"}, "boundary", (),         False),
    (COUNT,     COUNT | {"unit": "ha"},                         "wrong unit",   ("unit",),              True),
    (COUNT,     COUNT | {"unit": "ha", "value": 2},             "wrong value",  ("value", "unit"),      True),
    (COUNT,     COUNT | {"mod": "APPROX"},                      "wrong value",  ("mod",),               True),
    (COUNT | {"rate": "năm"}, COUNT,                            "other field",  ("rate",),              False),
    (DATE,      DATE | {"date_to": "2031-03-06"},               "wrong value",  ("date_to",),           True),
    (DATE,      DATE | {"value": "2031-03"},                    "other field",  ("value",),             False),
    (MONEY,     MONEY | {"amount": 7},                          "wrong value",  ("amount",),            True),
    (DOCUMENT,  DOCUMENT | {"symbol": "67/2031/NĐ-CP"},         "wrong link",   ("symbol",),            True),
    (DOCUMENT,  DOCUMENT | {"symbol": "67", "year": None},      "wrong link",   ("symbol", "year"),     True),
    (DOCUMENT,  DOCUMENT | {"symbol": "68", "number": "68"},    "wrong value",  ("symbol", "number"),   True),
    (DOCUMENT,  DOCUMENT | {"doc_type": "Nghị quyết"},          "wrong value",  ("doc_type",),          True),
    (DOCUMENT,  DOCUMENT | {"issued_on": "2030-01-01"},         "wrong link",   ("issued_on",),         False),
    (DOCUMENT,  DOCUMENT | {"number": "067/x"},                 "other field",  ("number",),            False),
    (OFFICIAL,  OFFICIAL | {"name": "Ba"},                      "wrong link",   ("name",),              True),
    (OFFICIAL,  OFFICIAL | {"name": "Trần Ba"},                 "wrong link",   ("name",),              True),
    (OFFICIAL,  OFFICIAL | {"name": "Lê Bốn"},                  "wrong value",  ("name",),              True),
    (OFFICIAL,  OFFICIAL | {"positions": []},                   "wrong link",   ("positions",),         False),
    (COUNT,     MONEY | {"start_char": COUNT["start_char"], "end_char": COUNT["end_char"]}, "wrong kind", (), True),
])
def test_category(
    gold: Record | None, found: Record | None, category: str, fields: tuple[str, ...], costs: bool
) -> None:
    (case,) = _cases([gold] if gold else [], [found] if found else [])

    assert (category, fields, costs) == (case.category, case.fields, case.costs_value)
    assert (gold is None, found is None) == (case.gold is None, case.predicted is None)
# fmt: on


def test_what_is_right_is_no_case() -> None:
    assert _cases(GOLD, GOLD) == ()


def test_two_things_wrong_with_a_fact_are_two_cases() -> None:
    found = _at("official", "Ông Lê Ba") | {"name": "Lê Ba", "positions": []}

    assert [case.category for case in _cases([OFFICIAL], [found])] == ["wrong link", "boundary"]


def test_a_second_fact_at_a_place_is_spurious_and_no_wrong_kind() -> None:
    assert [case.category for case in _cases([COUNT], [COUNT, COUNT | {"value": 1}])] == ["spurious"]
    there = {"start_char": COUNT["start_char"], "end_char": COUNT["end_char"]}
    assert [case.category for case in _cases([COUNT], [COUNT, MONEY | there])] == ["spurious"]


def test_one_found_fact_is_not_two_errors() -> None:
    """It is right for one gold fact; the other that it overlaps was missed."""
    other = COUNT | {"start_char": COUNT["start_char"] - 3, "text": "có 12 dự án", "value": 1}

    assert [case.category for case in _cases([COUNT, other], [COUNT])] == ["missed"]


def test_a_case_says_what_a_reader_needs() -> None:
    (case,) = _cases([OFFICIAL], [OFFICIAL | {"name": "Ba", "rule": "official.given", "confidence": 0.6}])

    assert case.gold is not None
    assert case.predicted is not None
    assert case.gold.reading == "Lê Ba: Giám đốc, Sở Y tế"
    assert case.predicted.reading == "Ba: Giám đốc, Sở Y tế"
    assert (case.article_id, case.rule, case.confidence) == ("a1", "official.given", 0.6)
    assert case.sentence == "Ông Lê Ba, Giám đốc Sở Y tế, chi 7 triệu đồng."
    assert TEXT[case.excerpt_start :].startswith(case.excerpt)


def test_another_programs_record_is_shown_field_by_field() -> None:
    found = {"kind": "date", "start_char": 0, "end_char": 4, "text": "Ngày", "date_from": "soon", "score": 3}
    (case,) = _cases([], [found])

    assert case.predicted is not None
    assert case.predicted.reading == "date_from soon"


def test_an_excerpt_holds_both_facts_and_not_the_whole_of_a_long_line() -> None:
    text = "x " * 500 + "5 dự án và thế " + "y " * 500
    gold = {"kind": "count", "start_char": 1000, "end_char": 1007, "text": "5 dự án", "value": 5, "unit": "dự án"}
    (case,) = _cases([gold], [gold | {"end_char": 1010, "text": "5 dự án và"}], text)

    assert "5 dự án và" in case.excerpt
    assert len(case.excerpt) < 500


def _spoilt(facts: list[Record], chance: random.Random) -> list[Record]:
    found = []
    for fact in facts:
        fate = chance.randrange(6)
        moved = fact | {"start_char": max(0, fact["start_char"] - 2)}
        other = chance.choice(facts)
        place = {name: other[name] for name in ("start_char", "end_char", "text")}
        found += [[], [fact], [moved], [fact | place], [fact, fact], [fact | {"value": 1, "name": "Ba"}]][fate]
    return found


@pytest.mark.parametrize("seed", range(40))
def test_each_lost_point_is_in_exactly_one_case(seed: int) -> None:
    chance = random.Random(seed)
    article = GoldArticle.model_validate({"article_id": "a1", "text": TEXT, "facts": GOLD})
    matched = match(article, _spoilt(GOLD, chance))
    costly = [case for case in cases([matched]) if case.costs_value]

    assert len(matched.missed()) == sum(case.gold is not None for case in costly)
    assert len(matched.spurious()) == sum(case.predicted is not None for case in costly)
    assert {case.category for case in costly} <= set(CATEGORIES) - {"boundary", "other field"}


def test_cases_stand_in_the_order_of_the_text() -> None:
    starts = [case.start_char for case in _cases(GOLD, [])]

    assert starts == sorted(starts)
    assert len(starts) == len(GOLD)


def test_facts_and_records_give_the_same_cases() -> None:
    article = GoldArticle.model_validate({"article_id": "a1", "text": TEXT, "facts": GOLD})
    other = GoldArticle.model_validate({"article_id": "a1", "text": TEXT, "facts": [COUNT | {"unit": "ha"}, *GOLD[2:]]})
    typed = predict([article], lambda _: [fact.to_fact() for fact in other.facts])["a1"]
    records = [COUNT | {"unit": "ha"}, *GOLD[2:]]

    def told(found: Any) -> list[tuple[Any, ...]]:
        return [(c.category, c.fields, c.gold, c.predicted) for c in cases([match(article, found)])]

    assert told(records) == told(typed)
