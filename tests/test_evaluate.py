"""The guideline's scores: what counts as found, and that every number is the reference scorer's."""

from __future__ import annotations

import doctest
import importlib.util
import json
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract import evaluate as module
from khcn_extract.evaluate import Report, Score, evaluate, predict, render
from khcn_extract.facts import Article, CountValue, DateValue, Fact, Mod
from khcn_extract.gold import GoldArticle, read_gold

SHARED = Path(__file__).parents[2] / "shared" / "gold"
needs_reference = pytest.mark.skipif(
    not (SHARED / "score.py").exists(), reason="the reference scorer is not beside this checkout"
)

Record = dict[str, Any]

# -- what counts as found --------------------------------------------------------------------------------------------

TEXT = "Ngày 5/3/2031, Sở có khoảng 12 dự án, ông Lê Ba nói."
DATE: Record = {"kind": "date", "start_char": 0, "end_char": 13, "text": "Ngày 5/3/2031"}
DATE |= {"date_from": "2031-03-05", "date_to": "2031-03-05", "value": "2031-03-05"}
COUNT: Record = {"kind": "count", "start_char": 28, "end_char": 36, "text": "12 dự án"}
COUNT |= {"value": 12, "unit": "dự án", "mod": "APPROX", "unit_also": ["dự án đầu tư"]}
OFFICIAL: Record = {"kind": "official", "start_char": 42, "end_char": 47, "text": "Lê Ba", "name": "Lê Ba"}
OFFICIAL |= {"positions": [{"title": "Giám đốc", "organization": "Sở KH&CN tỉnh"}]}
GOLD = [DATE, COUNT, OFFICIAL]


def _article(facts: Sequence[Record], **more: Any) -> GoldArticle:
    return GoldArticle.model_validate({"article_id": "a1", "text": TEXT, "facts": facts} | more)


def _evaluate(found: Sequence[Mapping[str, Any] | Fact], **more: Any) -> Report:
    return evaluate([_article(GOLD, **more)], {"a1": found})


def test_gold_itself_is_perfect() -> None:
    report = _evaluate(GOLD)

    assert {(1.0, 1.0, 1.0)} == {(row["precision"], row["recall"], row["f1"]) for row in report.rows().values()}
    assert report.errors() == ()


# fmt: off
@pytest.mark.parametrize(("found", "value_hits", "exact_hits"), [
    (COUNT,                                             1, 1),
    (COUNT | {"start_char": 22},                        1, 0),      # `khoảng 12 dự án`: overlaps
    (COUNT | {"start_char": 36, "end_char": 38},        0, 0),      # only touches
    (COUNT | {"value": "12.0", "unit": "Dự  Án"},       1, 1),      # canonical comparison
    (COUNT | {"unit": "dự án đầu tư"},                  1, 1),      # a further accepted reading
    (COUNT | {"value": 13},                             0, 0),
    (COUNT | {"mod": None},                             0, 0),      # the modifier is part of the key
    (COUNT | {"total": 24},                             0, 0),      # the gold has none
    (COUNT | {"rate": "năm"},                           1, 1),      # the rate is not scored
    (COUNT | DATE | {"start_char": 28, "end_char": 36}, 0, 0),      # another kind
])
def test_one_count_is_found(found: Record, value_hits: int, exact_hits: int) -> None:
    scores = _evaluate([found]).scores()

    assert (value_hits, exact_hits) == (scores["value/count"].gold_hit, scores["exact/count"].gold_hit)
# fmt: on


def test_matching_is_one_to_one_best_first() -> None:
    """Of two right readings the better place is the hit, wherever it stands in the list; the other is spurious."""
    wide = COUNT | {"start_char": 22}
    report = _evaluate([wide, COUNT])

    assert report.scores()["value/count"] == Score(gold=1, predicted=2, gold_hit=1, predicted_hit=1)
    assert [wide] == [error.fact for error in report.errors() if error.what == "spurious"]


def test_facts_in_furniture_do_not_count() -> None:
    report = _evaluate([DATE | {"date_to": "2031-03-06"}], ignore=[[10, 14]])

    assert report.scores()["value/date"] == Score(gold=1, predicted=0)


# fmt: off
@pytest.mark.parametrize(("positions", "found"), [
    ([{"title": "Giám đốc", "organization": "Sở Khoa học và Công nghệ tỉnh"}],  True),
    ([{"title": "Giám đốc", "organization": "Sở"}],                             True),      # one begins the other
    ([{"title": "Giám đốc", "organization": ""}],                               True),
    ([{"title": "Giám đốc", "organization": "Sở Y tế"}],                        False),
    ([{"title": "Phó Giám đốc", "organization": "Sở KH&CN tỉnh"}],              False),
    ([],                                                                        False),
])
def test_triples(positions: list[Record], found: bool) -> None:
    report = _evaluate([OFFICIAL | {"positions": positions}])

    assert report.scores()["triples/official"].gold_hit == int(found)
# fmt: on


def test_triples_are_distinct_and_hit_from_both_sides() -> None:
    """Two bodies that begin alike both agree with the one of the gold: two right ones, one found."""
    offices = [{"title": "Giám đốc", "organization": body} for body in ("Sở", "Sở KH&CN", "Sở")]

    assert _evaluate([OFFICIAL | {"positions": offices}]).scores()["triples/official"] == Score(1, 2, 1, 2)


def test_document_fields_are_scored_where_the_key_was_found() -> None:
    found = {"kind": "document", "start_char": 0, "end_char": 4, "text": "Ngày", "doc_type": "Nghị định"}
    found |= {"symbol": "67/2031/NĐ-CP", "number": "67", "year": 2031, "issuer_code": "CP", "issued_on": "2031-07-07"}
    report = evaluate([_article([found])], {"a1": [found | {"issued_on": None}]})

    assert report.document_fields() == {"issued_on": 0.0, "issuer_code": 1.0, "year": 1.0}
    assert _evaluate(GOLD).document_fields() == {}


def test_facts_and_gold_lines_score_alike() -> None:
    facts = [
        Fact(0, 13, "Ngày 5/3/2031", DateValue(date_from=date(2031, 3, 5), date_to=date(2031, 3, 5), value=""), "r"),
        Fact(28, 36, "12 dự án", CountValue(value=Decimal("12.0"), unit="dự án", mod=Mod.APPROX), "r"),
    ]

    assert _evaluate([DATE, COUNT]).rows() == _evaluate(facts).rows()


def test_articles_without_prediction_were_missed_and_strangers_are_left_out() -> None:
    report = evaluate([_article(GOLD)], {"another": GOLD})

    assert report.scores()["value/all"] == Score(gold=3, predicted=0)


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="kind 'place'; allowed are date, document, money, count, official"):
        _evaluate([COUNT | {"kind": "place"}])


def test_predict_gives_the_extractor_what_a_dump_gives() -> None:
    seen: list[Article] = []

    def extract(article: Article) -> list[Fact]:
        seen.append(article)
        return []

    assert predict([_article(GOLD, published_at="2031-03-06", province="Bình Phước")], extract) == {"a1": ()}
    assert seen == [Article(article_id="a1", text=TEXT, published_at=date(2031, 3, 6))]


# fmt: off
@pytest.mark.parametrize(("score", "figures"), [
    (Score(),                                                       (1.0, 1.0, 1.0)),   # nothing there, nothing found
    (Score(gold=2),                                                 (0.0, 0.0, 0.0)),
    (Score(predicted=2),                                            (0.0, 1.0, 0.0)),
    (Score(gold=4, predicted=2, gold_hit=2, predicted_hit=2),       (1.0, 0.5, 2 / 3)),
])
def test_figures(score: Score, figures: tuple[float, float, float]) -> None:
    assert figures == (score.precision, score.recall, score.f1)
# fmt: on


# -- the finer measures ----------------------------------------------------------------------------------------------

WRONG = COUNT | {"value": 13}


# fmt: off
@pytest.mark.parametrize(("found", "span", "exact_span", "value", "exact", "distinct"), [
    ([COUNT],                                       1, 1, 1, 1, 1),
    ([COUNT | {"start_char": 22}],                  1, 0, 1, 0, 1),     # right, on another span
    ([WRONG],                                       1, 1, 0, 0, 0),     # the right place, misread
    ([WRONG | {"start_char": 22}],                  1, 0, 0, 0, 0),
    ([COUNT | {"start_char": 0, "end_char": 4}],    0, 0, 0, 0, 1),     # right, elsewhere in the article
    ([COUNT | DATE],                                0, 0, 0, 0, 0),     # another kind
    ([WRONG, COUNT | {"end_char": 35}],             1, 1, 1, 0, 1),     # each measure takes its best pair
    ([COUNT, COUNT | {"end_char": 35}],             1, 1, 1, 1, 1),     # the second is one too many
])
def test_what_each_measure_counts_as_found(
    found: list[Record], span: int, exact_span: int, value: int, exact: int, distinct: int
) -> None:
    measures = evaluate([_article([COUNT])], {"a1": found}).measures()
    names = ("span", "exact_span", "value", "exact", "set")

    assert [span, exact_span, value, exact, distinct] == [measures[f"{name}/count"].gold_hit for name in names]
# fmt: on


def test_a_set_has_each_key_once() -> None:
    again = COUNT | {"start_char": 0, "end_char": 4, "text": "Ngày", "unit": "Dự án", "unit_also": []}
    found = [COUNT, COUNT | {"start_char": 20, "end_char": 22}]
    measures = evaluate([_article([COUNT, again])], {"a1": found}).measures()

    assert Score(2, 2, 1, 1) == measures["value/count"]
    assert Score(1, 1, 1, 1) == measures["set/count"]


DOCUMENT: Record = {"kind": "document", "start_char": 0, "end_char": 4, "text": "Ngày", "doc_type": "Nghị định"}
DOCUMENT |= {"symbol": "67/2031/NĐ-CP", "number": "67", "year": 2031, "issuer": "Chính phủ", "issuer_also": ["CP"]}
DAY_ALSO = DATE | {"date_to_also": ["2031-03-06"]}


# fmt: off
@pytest.mark.parametrize(("gold", "found", "field", "accuracy", "of_stated"), [
    (COUNT,    COUNT | {"value": 13},                       "value",        (0, 1), (0, 1)),    # misread, but located
    (COUNT,    COUNT | {"value": 13},                       "unit",         (1, 1), (1, 1)),
    (COUNT,    COUNT,                                       "total",        (1, 1), (0, 0)),    # neither states one
    (COUNT,    COUNT | {"total": 20},                       "total",        (0, 1), (0, 1)),
    (COUNT,    COUNT | {"rate": "năm"},                     "rate",         (0, 0), (0, 0)),    # the gold need not
    (COUNT | {"rate": "năm"}, COUNT,                        "rate",         (0, 1), (0, 1)),
    (COUNT,    COUNT | {"start_char": 0, "end_char": 4},    "unit",         (0, 0), (0, 0)),    # not located
    (DOCUMENT, DOCUMENT | {"issuer": "CP"},                 "issuer",       (1, 1), (1, 1)),    # a further reading
    (DOCUMENT, DOCUMENT | {"issuer": None},                 "issuer",       (0, 1), (0, 1)),
    (DATE,     DATE | {"value": "2031-03"},                 "value",        (0, 1), (0, 1)),
    (DAY_ALSO, DATE | {"date_to": "2031-03-06", "value": "2031-03-05/2031-03-06"}, "value", (0, 0), (0, 0)),
    (OFFICIAL, OFFICIAL,                                    "positions",    (1, 1), (1, 1)),
    (OFFICIAL, OFFICIAL | {"positions": [{"title": "Giám đốc", "organization": "Sở"}]}, "positions", (1, 1), (1, 1)),
    (OFFICIAL, OFFICIAL | {"positions": []},                "positions",    (0, 1), (0, 1)),
    (OFFICIAL, OFFICIAL | {"positions": [OFFICIAL["positions"][0] | {"former": True}]}, "positions", (0, 1), (0, 1)),
])
def test_fields(
    gold: Record, found: Record, field: str, accuracy: tuple[int, int], of_stated: tuple[int, int]
) -> None:
    measures = evaluate([_article([gold])], {"a1": [found]}).measures()
    every, stated = (measures.get(f"{of}/{gold['kind']}/{field}", Score()) for of in ("field", "stated"))

    assert (accuracy, of_stated) == ((every.gold_hit, every.gold), (stated.gold_hit, stated.gold))
# fmt: on


def test_judged_facts_keep_rule_and_confidence() -> None:
    found = [COUNT | {"rule": "count.unit", "confidence": 0.9}, DATE | {"date_to": "2031-03-06"}]
    (article,) = evaluate([_article(GOLD)], {"a1": found}).articles

    judged = [(fact.rule, fact.confidence, fact.right) for fact in article.judged]
    assert judged == [("count.unit", 0.9, True), ("", None, False)]


# -- the report for people -------------------------------------------------------------------------------------------

RENDERED = """\
                     value                   exact
                  P      R     F1         P      R     F1    gold  found
date          1.000  1.000  1.000     1.000  1.000  1.000       1      1
document      1.000  1.000  1.000     1.000  1.000  1.000       0      0
money         1.000  1.000  1.000     1.000  1.000  1.000       0      0
count         0.000  0.000  0.000     0.000  0.000  0.000       1      1
official      1.000  1.000  1.000     1.000  1.000  1.000       1      1
all           0.667  0.667  0.667     0.667  0.667  0.667       3      3
triples       1.000  1.000  1.000                               1      1
documents found, right in: none found

missed count a1 [28:36] '12 dự án': value 12, unit dự án, mod APPROX
spurious count a1 [28:36] '12 dự án': value 13, unit dự án, mod APPROX
"""


def test_render() -> None:
    report = _evaluate([DATE, COUNT | {"value": 13}, OFFICIAL])

    assert render(report, errors=True) == RENDERED
    assert render(report) == RENDERED[: RENDERED.index("\nmissed")]


def test_render_fits_80_columns() -> None:
    long = COUNT | {"text": "rất dài " * 40, "article_id": "x" * 100}

    assert max(map(len, render(_evaluate([long, *GOLD]), errors=True).splitlines())) <= 80


# -- equality with the reference -------------------------------------------------------------------------------------

KEPT = ("kind", "start_char", "end_char", "text", "name", "positions", "flags")
Perturb = Callable[[list[Record], random.Random], list[Record]]


def _moved(facts: list[Record], chance: random.Random) -> list[Record]:
    shifted = []
    for fact in facts:
        start = max(0, fact["start_char"] + chance.randint(-6, 6))
        end = max(start + 1, fact["end_char"] + chance.randint(-6, 6))
        shifted.append(fact | {"start_char": start, "end_char": end})
    chance.shuffle(shifted)
    return shifted


def _misread(facts: list[Record], chance: random.Random) -> list[Record]:
    """One field of each lost, taken from another fact, respelled, or replaced by an accepted reading."""
    changed = []
    for fact in facts:
        name = chance.choice([name for name in fact if name not in KEPT and not name.endswith("_also")] or ["nothing"])
        also = chance.choice(fact.get(f"{name}_also", [None]))
        wrong = chance.choice([None, also, str(fact.get(name)).upper(), chance.choice(facts).get(name)])
        positions = {"positions": _other_positions(fact, chance)} if fact["kind"] == "official" else {}
        changed.append(fact | {name: wrong} | positions)
    return changed


def _other_positions(fact: Record, chance: random.Random) -> list[Record]:
    cut = [
        position | {"organization": (position["organization"] or "")[: chance.choice((0, 2, 9, 99))]}
        for position in fact["positions"]
    ]
    return chance.choice([cut, cut[:1], cut + fact["positions"], [{"title": "Giám đốc", "organization": "Sở"}]])


PERTURBED: dict[str, Perturb] = {
    "as it is": lambda facts, _: facts,
    "nothing": lambda _facts, _: [],
    "dropped": lambda facts, chance: [fact for fact in facts if chance.random() < 0.7],
    "duplicated": lambda facts, chance: [fact for fact in facts for _ in range(chance.choice((1, 1, 2, 3)))],
    "moved": _moved,
    "misread": _misread,
    "everything": lambda facts, chance: [*_moved(_misread(facts, chance), chance), *_moved(facts, chance), *facts],
}


@cache
def _reference() -> Any:
    spec = importlib.util.spec_from_file_location("reference_scorer", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


@cache
def _gold(name: str) -> tuple[list[Record], list[GoldArticle]]:
    lines = (SHARED / name).read_text(encoding="utf-8").strip().split("\n")
    return [json.loads(line) for line in lines], list(read_gold(SHARED / name))


def _place(fact: Mapping[str, Any]) -> tuple[str, int, int]:
    return fact["kind"], fact["start_char"], fact["end_char"]


@needs_reference
@pytest.mark.parametrize("name", ["seeds.jsonl", "news.jsonl", "short.jsonl"])
@pytest.mark.parametrize("perturbed", PERTURBED)
@pytest.mark.parametrize("seed", range(5))
def test_equal_to_the_reference(name: str, perturbed: str, seed: int) -> None:
    """Scores, document fields and errors, to the last digit and in the same order."""
    chance = random.Random(seed)
    lines, articles = _gold(name)
    predicted = {line["article_id"]: PERTURBED[perturbed](line["facts"], chance) for line in lines}
    rows, document_fields, errors = _reference().score(lines, predicted)
    report = evaluate(articles, predicted)

    typed = {article.article_id: [fact.to_fact() for fact in article.facts] for article in articles}

    assert rows == report.rows()
    assert perturbed != "as it is" or rows == evaluate(articles, typed).rows()
    assert document_fields == report.document_fields()
    assert [(article_id, what, *_place(fact)) for article_id, what, fact in errors] == [
        (error.article_id, error.what, *_place(error.fact)) for error in report.errors()
    ]


places = st.tuples(st.integers(0, 40), st.integers(1, 12))
readings = st.fixed_dictionaries(
    {"value": st.sampled_from([1, 2, "2", 2.0, 3.5]), "unit": st.sampled_from(["dự án", "Dự án", "ha"])}
)


@needs_reference
@given(st.lists(st.tuples(places, readings), max_size=8), st.lists(st.tuples(places, readings), max_size=8))
def test_crowded_spans_are_equal_to_the_reference(
    gold: list[tuple[tuple[int, int], Record]], found: list[tuple[tuple[int, int], Record]]
) -> None:
    """Many overlapping facts with few values: the order of the greedy matching shows."""

    def records(facts: list[tuple[tuple[int, int], Record]]) -> list[Record]:
        at = {
            (start, start + length): {"kind": "count", "start_char": start, "end_char": start + length} | reading
            for (start, length), reading in facts
        }
        return [fact | {"text": "x" * (end - start)} for (start, end), fact in at.items()]

    line = {"article_id": "a1", "text": "x" * 60, "facts": records(gold)}
    rows, _, _ = _reference().score([line], {"a1": records(found)})

    assert rows == evaluate([GoldArticle.model_validate(line)], {"a1": records(found)}).rows()


@given(st.lists(st.tuples(places, readings), max_size=8), st.lists(st.tuples(places, readings), max_size=8))
def test_the_stricter_measure_never_finds_more(
    gold: list[tuple[tuple[int, int], Record]], found: list[tuple[tuple[int, int], Record]]
) -> None:
    def records(facts: list[tuple[tuple[int, int], Record]]) -> list[Record]:
        return [
            {"kind": "count", "start_char": start, "end_char": start + length, "text": "x" * length} | reading
            for (start, length), reading in facts
        ]

    wanted = {(fact["start_char"], fact["end_char"]): fact for fact in records(gold)}
    line = {"article_id": "a1", "text": "x" * 60, "facts": list(wanted.values())}
    measures = evaluate([GoldArticle.model_validate(line)], {"a1": records(found)}).measures()
    hits = {name: measures[f"{name}/count"].gold_hit for name in ("span", "exact_span", "value", "exact")}

    assert hits["exact"] <= min(hits["exact_span"], hits["value"])
    assert max(hits["exact_span"], hits["value"]) <= hits["span"]
    assert hits["span"] <= min(len(wanted), len(found))


def test_examples_of_the_module() -> None:
    assert doctest.testmod(module).failed == 0
