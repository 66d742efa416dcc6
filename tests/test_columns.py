"""What a batch of extractions looks like as Arrow tables."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract.columns import KIND_TABLES, SCHEMAS, Batch, content_hash, to_batch
from khcn_extract.facts import (
    KINDS,
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
    Span,
    Value,
)

TEXT = "Trang chủ\nNăm 2023, Sở A chi 5 triệu đồng cho 17/24 hồ sơ theo Kế hoạch số 06/KH-SA. Ông Lê Văn Bê."
HALF = "\ud83d"
"""The first half of an emoji: Python holds it, UTF-8 has no bytes for it."""


def fact(quote: str, value: Value, text: str = TEXT, flags: tuple[str, ...] = ()) -> Fact:
    """Make the fact whose characters are the first ``quote`` of ``text``."""
    start = text.index(quote)
    return Fact(start, start + len(quote), quote, value, rule="a_rule", confidence=0.5, flags=flags)


def batch_of(*facts: Fact, article_id: str = "a1", text: str = TEXT, furniture: tuple[Furniture, ...] = ()) -> Batch:
    article = Article(article_id=article_id, text=text)
    return to_batch([Extraction(article, facts, furniture)], [content_hash(article)])


def rows(batch: Batch, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = batch.tables[table].to_pylist()
    return found


# --- values ---------------------------------------------------------------------------------------------------------

DATE = DateValue(date_from=date(2023, 1, 1), date_to=date(2023, 12, 31), value="2023")
DOCUMENT = DocumentValue(doc_type="Kế hoạch", symbol="06/KH-SA", number="06", issuer_code="SA")
MONEY = MoneyValue(amount=Decimal(5_000_000), mod=Mod.MORE_THAN, rate="tháng")
COUNT = CountValue(value=Decimal(17), total=Decimal(24), unit="hồ sơ")
OFFICIAL = OfficialValue(
    name="Lê Văn Bê", positions=(Position("Giám đốc", "Sở A"), Position("Trưởng ban", former=True))
)


@pytest.mark.parametrize(
    ("table", "quote", "value", "columns"),
    [
        ("dates", "Năm 2023", DATE, {"date_from": date(2023, 1, 1), "value": "2023", "resolved_from": None}),
        ("documents", "Kế hoạch số 06/KH-SA", DOCUMENT, {"number": "06", "year": None, "issuer_code": "SA"}),
        ("money", "5 triệu đồng", MONEY, {"amount": Decimal(5_000_000), "currency": "VND", "mod": "MORE_THAN"}),
        ("counts", "17/24 hồ sơ", COUNT, {"value": 17, "value_max": None, "total": 24, "unit": "hồ sơ"}),
        ("officials", "Lê Văn Bê", OFFICIAL, {"name": "Lê Văn Bê"}),
    ],
)
def test_each_kind_has_its_table(table: str, quote: str, value: Value, columns: dict[str, object]) -> None:
    """The fields of the value become columns of the same names."""
    (row,) = rows(batch_of(fact(quote, value)), table)

    assert columns == {name: row[name] for name in columns}


def test_the_evidence_stands_beside_the_value() -> None:
    """Whence a fact comes is in its row."""
    (row,) = rows(batch_of(fact("17/24 hồ sơ", COUNT, flags=("misspelt_unit",))), "counts")

    assert row["article_id"] == "a1"
    assert TEXT[row["start_char"] : row["end_char"]] == row["text"] == "17/24 hồ sơ"
    assert row["sentence"] == "Năm 2023, Sở A chi 5 triệu đồng cho 17/24 hồ sơ theo Kế hoạch số 06/KH-SA."
    assert (row["rule"], row["confidence"], row["flags"]) == ("a_rule", 0.5, ["misspelt_unit"])


def test_positions_are_numbered_rows_of_their_own() -> None:
    """In the order of the text, with the id of the mention."""
    batch = batch_of(fact("Lê Văn Bê", OFFICIAL))
    (official,) = rows(batch, "officials")

    expected = [(official["fact_id"], 1, "Giám đốc", "Sở A", False), (official["fact_id"], 2, "Trưởng ban", "", True)]
    found = [(r["fact_id"], r["ordinal"], r["title"], r["organization"], r["former"]) for r in rows(batch, "positions")]
    assert expected == found


def test_furniture_keeps_what_was_left_out_and_why() -> None:
    """A menu is not lost, only apart."""
    batch = batch_of(furniture=(Furniture(0, 9, "menu"),))

    assert rows(batch, "furniture") == [
        {"article_id": "a1", "start_char": 0, "end_char": 9, "text": "Trang chủ", "reason": "menu"}
    ]


@pytest.mark.parametrize(
    ("published_at", "day", "moment"),
    [
        (None, None, None),
        (date(2023, 7, 1), date(2023, 7, 1), None),
        (datetime(2023, 7, 1, 17, 5), date(2023, 7, 1), datetime(2023, 7, 1, 17, 5)),
        (datetime(2023, 7, 1, 17, 5, tzinfo=UTC), date(2023, 7, 1), datetime(2023, 7, 1, 17, 5)),
    ],
)
def test_publication(published_at: date | datetime | None, day: date | None, moment: datetime | None) -> None:
    """The day always, the time only where it is known, and by the clock that the article gives."""
    article = Article(
        article_id="a1", text="", published_at=published_at, report_period=Period(date(2023, 1, 1), date(2023, 6, 30))
    )
    (row,) = rows(to_batch([Extraction(article, ())], ["h"]), "articles")

    assert (day, moment) == (row["published_on"], row["published_at"])
    assert (row["report_from"], row["report_to"]) == (date(2023, 1, 1), date(2023, 6, 30))


@pytest.mark.parametrize(
    ("number", "stored"),
    [
        ("0", "0"),
        ("0.05", "0.05"),
        ("1E+9", "1000000000"),
        ("99999999999999999999999999999999", "99999999999999999999999999999999"),  # 32 digits: the longest that fits
        ("0.000001", "0.000001"),
        ("100000000000000000000000000000000", None),
        ("0.0000001", None),
        ("1E+999999999999", None),
        ("NaN", None),
        ("-Infinity", None),
    ],
)
def test_a_number_is_exact_or_absent(number: str, stored: str | None) -> None:
    """What DECIMAL(38, 6) cannot hold becomes NULL with a flag; it is never rounded and never stops the batch."""
    value = CountValue(value=Decimal(1), value_max=Decimal(number), unit="hồ sơ")
    (row,) = rows(batch_of(fact("17/24 hồ sơ", value, flags=("misspelt_unit",))), "counts")

    assert (Decimal(stored) if stored else None) == row["value_max"]
    assert row["flags"] == ["misspelt_unit"] + ([] if stored else ["number_out_of_range"])
    assert row["value"] == 1


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_no_decimal_is_ever_changed(number: Decimal) -> None:
    """Any amount is stored as it is or not at all."""
    (row,) = rows(batch_of(fact("5 triệu đồng", MoneyValue(amount=number))), "money")

    assert row["amount"] in (number, None)


# --- identity -------------------------------------------------------------------------------------------------------


def fact_id(quote: str = "17/24 hồ sơ", value: Value = COUNT, **change: Any) -> str:
    batch = batch_of(fact(quote, value), **change)
    (row,) = rows(batch, KIND_TABLES[value.kind])
    return str(row["fact_id"])


def test_a_fact_id_is_of_its_content() -> None:
    """The same in every run and for every spelling of the number; 24 hexadecimal digits."""
    assert fact_id() == "b15548fb7a68aea1ca1d4074"
    assert fact_id() == fact_id(value=replace(COUNT, value=Decimal("1.70E+1")))


@pytest.mark.parametrize(
    "other",
    [
        {"article_id": "a2"},
        {"quote": "24 hồ sơ"},
        {"value": replace(COUNT, total=None)},
        {"value": replace(COUNT, unit="bộ")},
        {"value": replace(COUNT, rate="None")},
        {"value": OFFICIAL},
    ],
)
def test_another_content_has_another_id(other: dict[str, Any]) -> None:
    """Article, kind, offsets and each field of the value count."""
    assert fact_id() != fact_id(**other)


def test_positions_are_part_of_an_official() -> None:
    """The same name with other positions is another fact."""
    assert fact_id("Lê Văn Bê", OFFICIAL) != fact_id("Lê Văn Bê", OfficialValue(name="Lê Văn Bê"))


def test_an_article_or_fact_that_comes_twice_counts_once() -> None:
    """The last of two articles, the first of two equal facts."""
    old, new = (Article(article_id="a1", text=TEXT, title=title) for title in ("cũ", "mới"))
    twice = fact("17/24 hồ sơ", COUNT)
    batch = to_batch([Extraction(old, (twice,)), Extraction(new, (twice, twice))], ["h1", "h2"])

    assert (batch.articles, batch.facts) == (1, 1)
    assert rows(batch, "articles")[0]["title"] == "mới"


@pytest.mark.parametrize("name", Article.__slots__)
def test_the_content_hash_covers_every_field(name: str) -> None:
    """Whatever the dump says otherwise makes the article one to read anew."""
    article = Article(article_id="a1", text=TEXT)
    other: Any = date(2023, 1, 1) if name == "published_at" else "khác"

    assert content_hash(article) != content_hash(replace(article, **{name: other}))


# --- the tables -----------------------------------------------------------------------------------------------------


def test_every_table_is_there_if_only_empty() -> None:
    """No articles, all columns."""
    batch = to_batch([], [])

    assert {table: schema.names for table, schema in SCHEMAS.items()} == {
        table: found.column_names for table, found in batch.tables.items()
    }
    assert set(KINDS) == set(KIND_TABLES)
    assert (batch.articles, batch.facts) == (0, 0)


def test_a_batch_survives_the_way_from_a_worker() -> None:
    """It is what a process pool sends back."""
    batch = batch_of(fact("17/24 hồ sơ", COUNT), fact("Lê Văn Bê", OFFICIAL))

    assert batch == pickle.loads(pickle.dumps(batch))


def test_half_a_surrogate_pair_becomes_one_replacement_character() -> None:
    """One for one, so that offsets hold; the batch goes on."""
    text = f"{HALF}Có 17/24 hồ sơ"
    batch = batch_of(fact("17/24 hồ sơ", COUNT, text), text=text)
    (article,), (count,) = rows(batch, "articles"), rows(batch, "counts")

    assert article["text"] == "\N{REPLACEMENT CHARACTER}Có 17/24 hồ sơ"
    assert article["text"][count["start_char"] : count["end_char"]] == count["text"]


def test_as_many_hashes_as_extractions() -> None:
    """A mistake of the caller is said."""
    with pytest.raises(ValueError, match="1 content hashes for 0 extractions"):
        to_batch([], ["h"])


def test_types_are_those_of_the_value() -> None:
    """Real types, not text."""
    assert SCHEMAS["money"].field("amount").type == pa.decimal128(38, 6)
    assert SCHEMAS["dates"].field("date_from").type == pa.date32()


def test_a_part_points_to_its_whole_by_id() -> None:
    """The offsets of the whole become the id of that fact; of a whole that is no fact, NULL."""
    article = Article(article_id="a1", text="Có 41 đề tài, gồm 29 đề tài mới, 12 đề tài cũ.")
    whole = Fact(3, 12, "41 đề tài", CountValue(value=Decimal(41), unit="đề tài"), rule="count.unit")
    part = Fact(
        18, 27, "29 đề tài", CountValue(value=Decimal(29), unit="đề tài", part_of=Span(3, 12)), rule="count.unit"
    )
    strayed = CountValue(value=Decimal(12), unit="đề tài", part_of=Span(0, 2))
    stray = Fact(33, 42, "12 đề tài", strayed, rule="count.unit")

    counts = to_batch([Extraction(article, (whole, part, stray))], ["h"]).tables["counts"]

    assert counts["part_of"].to_pylist() == [None, counts["fact_id"][0].as_py(), None]
