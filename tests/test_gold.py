"""The gold file: what is written, what is read back, and what is refused with which words."""

from __future__ import annotations

import doctest
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract import gold
from khcn_extract.facts import (
    Article,
    CountValue,
    DateValue,
    DocumentValue,
    Extraction,
    Fact,
    Furniture,
    Mod,
    MoneyValue,
    OfficialValue,
    Period,
    Position,
    Value,
)
from khcn_extract.gold import fact_to_gold, read_gold, to_gold, write_gold

GOLD_FILES = sorted((Path(__file__).parents[2] / "shared" / "gold").glob("*.jsonl"))

# fmt: off
VALUES: list[tuple[Value, dict[str, Any]]] = [
    (DateValue(date_from=date(2031, 3, 1), date_to=date(2031, 3, 31), value="2031-03"),
     {"date_from": "2031-03-01", "date_to": "2031-03-31", "value": "2031-03"}),
    (DateValue(date_from=date(2031, 3, 9), date_to=date(2031, 3, 9), value="2031-03-09", resolved_from="sentence"),
     {"date_from": "2031-03-09", "date_to": "2031-03-09", "value": "2031-03-09", "resolved_from": "sentence"}),
    (DocumentValue(doc_type="Nghị định", symbol="67", number="67"),
     {"doc_type": "Nghị định", "symbol": "67", "number": "67", "year": None, "issuer_code": None, "issuer": None,
      "issued_on": None}),
    (MoneyValue(amount=Decimal("2.5E+9"), mod=Mod.MORE_THAN),
     {"amount": 2500000000, "amount_max": None, "currency": "VND", "mod": "MORE_THAN"}),
    (CountValue(value=Decimal("0.1"), value_max=Decimal("2.60"), unit="lần", rate="năm"),
     {"value": 0.1, "value_max": 2.6, "total": None, "unit": "lần", "mod": None, "rate": "năm"}),
    (OfficialValue(name="Trần Thị Bốn", positions=(Position("Giám đốc", "Sở Y tế"), Position("Bí thư", former=True))),
     {"name": "Trần Thị Bốn", "positions": [{"title": "Giám đốc", "organization": "Sở Y tế"},
                                            {"title": "Bí thư", "organization": "", "former": True}]}),
]
# fmt: on


def _fact(value: Value, **more: Any) -> Fact:
    return Fact(0, 3, "abc", value, rule="some.rule", **more)


@pytest.mark.parametrize(("value", "fields"), VALUES)
def test_fact_to_gold(value: Value, fields: dict[str, Any]) -> None:
    place = {"kind": value.kind, "start_char": 0, "end_char": 3, "text": "abc"}

    assert place | fields | {"rule": "some.rule", "confidence": 1.0} == fact_to_gold(_fact(value))


def test_flags_only_where_there_are_some() -> None:
    value = VALUES[0][0]

    assert "flags" not in fact_to_gold(_fact(value))
    assert fact_to_gold(_fact(value, flags=("date_slip",)))["flags"] == ["date_slip"]


# fmt: off
@pytest.mark.parametrize(("number", "written"), [
    ("5", "5"), ("5.0", "5"), ("1E+3", "1000"), ("-0.0", "0"),      # integral: no point, no exponent
    ("2.6", "2.6"), ("0.10", "0.1"), ("33.333333", "33.333333"),    # as written, no binary noise
    ("0.12345678901234567891", '"0.12345678901234567891"'),         # more than a float holds: a string, not a lie
])
def test_numbers_are_exact(number: str, written: str) -> None:
    line = json.dumps(fact_to_gold(_fact(CountValue(value=Decimal(number), unit="ha"))))

    assert f'"value": {written}, ' in line
# fmt: on


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN is no JSON number; allowed are finite decimals"):
        fact_to_gold(_fact(CountValue(value=Decimal("NaN"), unit="ha")))


def test_article_fields_and_furniture() -> None:
    article = Article(
        article_id="a1",
        text="Trang chủ | abc",
        published_at=datetime(2031, 3, 9, 17, 5),
        province="Bình Phước",
        report_period=Period(date(2031, 1, 1), date(2031, 6, 30)),
    )
    line = to_gold(Extraction(article, facts=(), furniture=(Furniture(0, 9, "menu"),)))

    assert line == {
        "article_id": "a1",
        "title": None,
        "published_at": "2031-03-09T17:05",
        "author": None,
        "province": "Bình Phước",
        "report_period": {"date_from": "2031-01-01", "date_to": "2031-06-30"},
        "text": "Trang chủ | abc",
        "ignore": [[0, 9]],
        "facts": [],
    }


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Every kind of value comes back equal: dates, decimals, modifiers and positions with their types."""
    article = Article(article_id="a1", text="abc " * len(VALUES), published_at=date(2031, 3, 9))
    facts = tuple(
        Fact(4 * i, 4 * i + 3, "abc", value, rule="some.rule", confidence=0.5, flags=("date_slip",))
        for i, (value, _) in enumerate(VALUES)
    )
    stream = io.StringIO()

    assert write_gold([Extraction(article, facts)], stream) == 1

    file = tmp_path / "found.jsonl"
    file.write_text("\n" + stream.getvalue(), encoding="utf-8")
    (line,) = read_gold(file)

    assert facts == tuple(fact.to_fact() for fact in line.facts)
    assert article == line.to_article()


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18))
def test_any_decimal_is_read_back(number: Decimal) -> None:
    line = json.dumps(fact_to_gold(_fact(CountValue(value=number, unit="ha"))))
    fact = gold.GoldFact.model_validate(json.loads(line, parse_float=Decimal))

    assert isinstance(fact.value, CountValue)
    assert number == fact.value.value


@pytest.mark.skipif(not GOLD_FILES, reason="the shared gold files are not beside this checkout")
@pytest.mark.parametrize("file", GOLD_FILES, ids=lambda file: file.name)
def test_the_shared_gold_is_well_formed(file: Path) -> None:
    """Each line is read without loss: written again, its facts have the fields of the line."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").strip().split("\n")]
    for line, article in zip(lines, read_gold(file), strict=True):
        for given_fact, fact in zip(line["facts"], article.facts, strict=True):
            written = fact_to_gold(fact.to_fact())
            for position in written.get("positions", ()):
                position["organization"] = position["organization"] or None
            for position in given_fact.get("positions", ()):
                position["organization"] = position["organization"] or None

            assert {name: value for name, value in given_fact.items() if not name.endswith("_also")}.items() <= (
                written.items()
            )


# -- what is refused -------------------------------------------------------------------------------------------------

LINE: dict[str, Any] = {"article_id": "a1", "title": "Tin", "text": "Năm 2031 có 5 dự án.", "ignore": [], "facts": []}
COUNT = {"kind": "count", "start_char": 12, "end_char": 19, "text": "5 dự án", "value": 5, "unit": "dự án"}
DATE = {
    "kind": "date",
    "start_char": 0,
    "end_char": 8,
    "text": "Năm 2031",
    "date_from": "2031-01-01",
    "date_to": "2031-12-31",
    "value": "2031",
}
OFFICIAL = {"kind": "official", "start_char": 0, "end_char": 3, "text": "Năm", "name": "Năm", "positions": []}


def _with(**fields: object) -> dict[str, Any]:
    return {**LINE, **fields}


# fmt: off
@pytest.mark.parametrize(("line", "message"), [
    ("{", "no JSON (Expecting property name enclosed in double quotes"),
    ("[]", "Input should be a valid dictionary or instance of GoldArticle, not []"),
    ({"text": "", "facts": []}, "article_id: Field required"),
    (_with(author_name="X"), "author_name: unknown field; allowed are article_id, title, published_at,"),
    (_with(published_at="09/03/2031"),
     "published_at: '09/03/2031' is no local time; allowed are YYYY-MM-DD and YYYY-MM-DDThh:mm"),
    (_with(published_at="2031-03-09T17:05+07:00"), "is no local time"),
    (_with(report_period={"date_from": "2031-06-30", "date_to": "2031-01-01"}), "allowed is date_from <= date_to"),
    (_with(ignore=[[5, 99]]), "ignore [5, 99): allowed is 0 <= start < end <= 20"),
    (_with(facts=["5 dự án"]), "facts.0: kind None; allowed are date, document, money, count, official"),
    (_with(facts=[COUNT | {"kind": "place"}]),
     "facts.0: kind 'place'; allowed are date, document, money, count, official"),
    (_with(facts=[DATE, COUNT | {"units": "x"}]),
     "facts.1: unknown field 'units'; allowed are value, value_max, total, unit, mod, rate"),
    (_with(facts=[COUNT | {"units_also": ["x"]}]), "facts.0: unknown field 'units_also'; allowed are value_also,"),
    (_with(facts=[COUNT | {"unit": None}]), "facts.0: unit: Field required"),
    (_with(facts=[COUNT | {"value": "năm"}]), "facts.0: value: "),
    (_with(facts=[COUNT | {"mod": "ABOUT"}]), "facts.0: mod: Input should be 'APPROX', 'MORE_THAN', 'LESS_THAN',"),
    (_with(facts=[COUNT | {"mod_also": ["ABOUT"]}]), "facts.0: mod_also.0: Input should be 'APPROX', 'MORE_THAN',"),
    (_with(facts=[COUNT | {"value_max": 4}]), "facts.0: value 5 is after value_max 4; allowed is value <= value_max"),
    (_with(facts=[DATE | {"date_to": "2030-12-31"}]), "facts.0: date_from 2031-01-01 is after date_to 2030-12-31"),
    (_with(facts=[DATE | {"date_to": "2031-02-30"}]), "facts.0: date_to: Input should be a valid date in"),
    (_with(facts=[COUNT | {"kind": ["count"]}]), "facts.0: kind ['count']; allowed are date,"),
    (_with(facts=[OFFICIAL | {"positions": "Giám đốc"}]), "facts.0: positions: Input should be a valid"),
    (_with(facts=[OFFICIAL | {"positions": ["Giám đốc"]}]), "facts.0: positions.0: Input should be"),
    (_with(facts=[DATE | {"date_to": 20311231}]), "facts.0: date_to: Input should be a valid date"),
    (_with(facts=[OFFICIAL | {"positions": [{"title": "Giám đốc", "body": "Sở"}]}]),
     "facts.0: unknown field 'body'; allowed are title, organization, former"),
    (_with(facts=[COUNT | {"start_char": 19}]), "facts.0: [19, 19) is empty; allowed is start_char < end_char"),
    (_with(facts=[COUNT | {"start_char": -1}]), "facts.0.start_char: Input should be greater than or equal to 0"),
    (_with(facts=[COUNT | {"end_char": 21}]), "count [12, 21) is outside the text; allowed are offsets up to 20"),
    (_with(facts=[COUNT | {"start_char": 11}]),
     "count [11, 19) says '5 dự án'; allowed is what the text has there, ' 5 dự án'"),
    (_with(facts=[COUNT, DATE, COUNT]), "count [12, 19) stands twice; allowed is one fact of a kind at a place"),
])
def test_refused(line: object, message: str, tmp_path: Path) -> None:
    """The error names the file, the line, what is wrong and what is allowed."""
    file = tmp_path / "wrong.jsonl"
    text = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
    file.write_text(json.dumps(_with(article_id="fine")) + "\n\n" + text + "\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"wrong\.jsonl, line 3: ") as refused:
        list(read_gold(file))
    assert message in str(refused.value)
# fmt: on


def test_an_article_stands_once(tmp_path: Path) -> None:
    file = tmp_path / "twice.jsonl"
    file.write_text(2 * (json.dumps(LINE) + "\n"), encoding="utf-8")

    with pytest.raises(
        ValueError, match="line 2: article_id 'a1' stands on line 1 too; allowed is one line an article"
    ):
        list(read_gold(file))


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "utf16.jsonl"
    file.write_text(json.dumps(LINE), encoding="utf-16")

    with pytest.raises(ValueError, match="line 1: not UTF-8 at byte 0 of the line; allowed is UTF-8"):
        list(read_gold(file))


def test_null_and_absent_are_the_same(tmp_path: Path) -> None:
    file = tmp_path / "short.jsonl"
    nulls = {"value_max": None, "total": None, "mod": None, "flags": None}
    lines = [_with(article_id="a1", facts=[COUNT]), _with(article_id="a2", facts=[COUNT | nulls])]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    first, second = read_gold(file)

    assert first.facts == second.facts


def test_further_readings_have_the_type_of_their_field() -> None:
    fact = gold.GoldFact.model_validate(COUNT | {"value_also": [6], "mod_also": ["APPROX", None]})

    assert fact.also == {"value": (Decimal(6),), "mod": (Mod.APPROX, None)}


def test_examples_of_the_module() -> None:
    assert doctest.testmod(gold).failed == 0
