"""The types that everything else speaks: articles, facts and their values.

Read this module first. It holds no behaviour: frozen, typed records only. Every other module takes some of
these and returns others, in one direction:

    dump -> Article -> Text -> Mention -> Fact -> store

What a fact *is* is fixed by the annotation guideline; the field names here are the guideline's. Offsets are Unicode
code points of the article's text exactly as it was received, start inclusive, end exclusive, and
``article.text[fact.start_char:fact.end_char] == fact.text`` holds for every fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal, NamedTuple

Kind = Literal["date", "document", "money", "count", "official"]
KINDS: tuple[Kind, ...] = ("date", "document", "money", "count", "official")


class Span(NamedTuple):
    """Half-open stretch of text, ``[start, end)``, in code points."""

    start: int
    end: int


class Mod(StrEnum):
    """TIMEX3 modifiers: how the true number stands to the written one."""

    APPROX = "APPROX"
    """``khoảng``, ``chừng``, ``xấp xỉ``"""
    MORE_THAN = "MORE_THAN"
    """``hơn``, ``trên``"""
    LESS_THAN = "LESS_THAN"
    """``gần``, ``dưới``"""
    EQUAL_OR_MORE = "EQUAL_OR_MORE"
    """``ít nhất``, ``tối thiểu``, ``từ … trở lên``"""
    EQUAL_OR_LESS = "EQUAL_OR_LESS"
    """``tối đa``, ``không quá``"""


class Period(NamedTuple):
    """Inclusive interval of days."""

    date_from: date
    date_to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news article, as a dump gave it.

    ``text`` is what all offsets count in: the file's text for a text file, the field's value for JSON, the extracted
    text for HTML. A field that neither the dump nor the text gives is ``None``.
    """

    article_id: str
    text: str
    url: str | None = None
    source: str | None = None
    """The site or dump that the article came from, e.g. ``khcn.example.gov.vn``."""
    title: str | None = None
    published_at: date | datetime | None = None
    """A ``datetime`` where the hour is known, else a ``date``; local time, no zone."""
    author: str | None = None
    province: str | None = None
    """The province that the article is about, by its name at that time, without ``tỉnh`` or ``thành phố``
    (``Bình Phước``, ``Hà Nội``; ``Thành phố Hồ Chí Minh`` keeps its full name)."""
    report_period: Period | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """Input that could not become an article, and why: never silent, never fatal."""

    source: str
    """The file it came from, as the user named it."""
    place: str
    """Where in the source: ``line 12``, ``byte 345`` or ``""`` for the whole of it."""
    reason: str
    """One sentence that a person understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateValue:
    """A calendar expression, placed on the calendar."""

    kind: ClassVar[Kind] = "date"
    date_from: date
    date_to: date
    """Inclusive."""
    value: str
    """The same in EDTF (ISO 8601-2) at its own precision: ``2020-07-23``, ``2020-07``, ``2021/2025``, ``2022-33``."""
    resolved_from: str | None = None
    """Where a part that the text leaves out came from: ``sentence``, ``article``, ``report_period`` or
    ``published_at``; ``None`` where the expression is complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentValue:
    """A numbered official document or standard."""

    kind: ClassVar[Kind] = "document"
    doc_type: str
    """Canonical Vietnamese type: ``Nghị quyết``, ``Quyết định``, ``Tiêu chuẩn`` …"""
    symbol: str
    """Canonical number and symbol (``24/2019/NQ-HĐND``), or the number alone where the text gives no more."""
    number: str
    """As written: ``"06"`` stays ``"06"``."""
    year: int | None = None
    issuer_code: str | None = None
    """The issuer's code in the symbol: ``HĐND``, ``TTg``, ``TW``."""
    issuer: str | None = None
    """The issuing body as the text names it."""
    issued_on: date | None = None
    key: str | None = None
    """Names the same document in every article: ``vn/nd-cp/2016/54``; see `documents_symbols.identity`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyValue:
    """An amount of money in whole currency units."""

    kind: ClassVar[Kind] = "money"
    amount: Decimal
    amount_max: Decimal | None = None
    """Upper end, for a range only."""
    currency: str = "VND"
    """ISO 4217."""
    mod: Mod | None = None
    rate: str | None = None
    """``tháng`` in ``5 triệu đồng/tháng``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountValue:
    """A number of something."""

    kind: ClassVar[Kind] = "count"
    value: Decimal
    value_max: Decimal | None = None
    """Upper end of a range ``5-7 đơn vị``."""
    total: Decimal | None = None
    """Denominator of a ratio ``17/24 hồ sơ``."""
    unit: str
    """Head noun as a dictionary word, lower case; ``%``; or a measure (``ha``, ``độ C``)."""
    mod: Mod | None = None
    rate: str | None = None
    """``năm`` in ``4 số/năm``."""
    object: str | None = None
    """The whole noun phrase, where the text goes on behind the unit: ``nhiệm vụ khoa học cấp tỉnh``; of a measure what
    is measured."""
    change: Literal["increase", "decrease"] | None = None
    """The number says by how much something rose or fell: ``tăng 12%``."""
    period: str | None = None
    """The date of the sentence, in EDTF."""
    part_of: Span | None = None
    """Where in the text the whole stands that this is a part of: ``41 nhiệm vụ`` for the 29 of ``gồm 29 …``."""


@dataclass(frozen=True, slots=True)
class Position:
    """An office as one mention states it (Popolo's Membership, without dates that no text gives)."""

    title: str
    """The rank: ``Giám đốc``, ``Phó Chủ tịch``."""
    organization: str = ""
    """The body, abbreviations spelled out; ``""`` where the mention names none."""
    former: bool = False
    """``nguyên``, ``cựu``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialValue:
    """A named person who holds a public position."""

    kind: ClassVar[Kind] = "official"
    name: str
    """Without honorific and degree; the full name, where the article gives it."""
    positions: tuple[Position, ...] = ()
    """Those stated at this mention, in the order of the text."""


Value = DateValue | DocumentValue | MoneyValue | CountValue | OfficialValue


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and the exact characters that it came from."""

    start_char: int
    end_char: int
    text: str
    value: Value
    rule: str
    """Name of the rule that found it, as ``khcn explain`` prints it and ``rules/*.toml`` defines it."""
    confidence: float = 1.0
    """Between 0 and 1; the rule's own figure unless something lowered it."""
    flags: tuple[str, ...] = ()
    """What is doubtful about the source text: ``date_slip``, ``misspelt_unit``, ``foreign_separator``,
    ``symbol_year_differs_from_issued_on``, ``type_differs_from_symbol``, ``issuer_differs_from_symbol``,
    ``issued_after_publication``, ``parts_differ_from_whole``."""

    @property
    def kind(self) -> Kind:
        """Which of the five kinds the value is."""
        return self.value.kind


class Reading(NamedTuple):
    """A fact whose offsets still count in the cleaned text: what the extractors return."""

    start: int
    end: int
    value: Value
    rule: str
    confidence: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Furniture:
    """Part of a page that is not the article: a menu, a counter, a stamp."""

    start_char: int
    end_char: int
    reason: str
    """Name of the furniture rule: ``menu``, ``visitor_counter``, ``publication_stamp`` …"""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one article yields. ``article`` has the fields that its text gave filled in."""

    article: Article
    facts: tuple[Fact, ...]
    furniture: tuple[Furniture, ...] = field(default=())
