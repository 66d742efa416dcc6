"""The gold file: articles with the facts that a person says they hold, as JSON Lines, one article a line.

Read `GoldArticle` and `GoldFact` for the format, then `read_gold`, which refuses a file that breaks it, and
`write_gold`, which writes what the extractor found in the same form: an extraction, corrected by hand, is gold.

A fact's fields are those of its value in ``facts.py``, beside ``kind``, place and text; ``<field>_also`` lists further
readings of a field. Null and absent are the same. Offsets are code points of ``text``, start inclusive, end exclusive.
"""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from reprlib import repr as short_repr
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Self, TextIO, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, SkipValidation, StrictInt, TypeAdapter, ValidationError
from pydantic import field_validator as check_field
from pydantic import model_validator as check

from khcn_extract.facts import KINDS, Article, Extraction, Fact, Kind, Period, Position, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_T = TypeVar("_T")
_VALUE_TYPES: dict[str, type[Value]] = {value_type.kind: value_type for value_type in get_args(Value)}
_LEFT_OUT_WHEN_NULL = ("rate", "resolved_from", "key", "object", "change", "period", "part_of")
"""Attributes that the scores ignore; the other fields of a kind are written always, null or not."""
_IN_ORDER = {"date": ("date_from", "date_to"), "money": ("amount", "amount_max"), "count": ("value", "value_max")}


def write_gold(extractions: Iterable[Extraction], stream: TextIO) -> int:
    """Writes one line an article to ``stream`` and returns how many; see `to_gold`."""
    lines = (json.dumps(to_gold(extraction), ensure_ascii=False) for extraction in extractions)
    return sum(1 for line in lines if stream.write(line + "\n"))


def to_gold(extraction: Extraction) -> dict[str, Any]:
    """The extraction as one line of a gold file, ready for ``json.dumps``.

    >>> article = Article(article_id="a1", text="Có 5 dự án.", published_at=date(2031, 3, 9))
    >>> line = to_gold(Extraction(article, facts=()))
    >>> line["published_at"], line["author"], line["ignore"], line["facts"]
    ('2031-03-09', None, [], [])
    """
    article = extraction.article
    period = article.report_period
    return {
        "article_id": article.article_id,
        "title": article.title,
        "published_at": _json_ready(article.published_at),
        "author": article.author,
        "province": article.province,
        "report_period": period and {name: _json_ready(day) for name, day in period._asdict().items()},
        "text": article.text,
        "ignore": [[region.start_char, region.end_char] for region in extraction.furniture],
        "facts": [fact_to_gold(fact) for fact in extraction.facts],
    }


def fact_to_gold(fact: Fact) -> dict[str, Any]:
    """One fact as the gold file has it: kind, place and text, the value's fields, then how it was found.

    >>> from khcn_extract.facts import CountValue
    >>> fact_to_gold(Fact(3, 10, "2,6 lần", CountValue(value=Decimal("2.6"), unit="lần"), rule="counts.number_unit"))
    {'kind': 'count', 'start_char': 3, 'end_char': 10, 'text': '2,6 lần', 'value': 2.6, 'value_max': None, \
'total': None, 'unit': 'lần', 'mod': None, 'rule': 'counts.number_unit', 'confidence': 1.0}
    """
    place = {"kind": fact.kind, "start_char": fact.start_char, "end_char": fact.end_char, "text": fact.text}
    found = place | value_to_gold(fact.value) | {"rule": fact.rule, "confidence": fact.confidence}
    return found | {"flags": list(fact.flags)} if fact.flags else found


def value_to_gold(value: Value) -> dict[str, Any]:
    """Fields of a value, ready for ``json.dumps``: ISO dates, exact numbers, plain lists."""
    fields = {name: _json_ready(getattr(value, name)) for name in _fields(type(value))}
    return {name: ready for name, ready in fields.items() if ready is not None or name not in _LEFT_OUT_WHEN_NULL}


def _json_ready(value: object) -> object:
    match value:
        case Decimal():
            return _json_number(value)
        case datetime():
            return value.isoformat(timespec="auto" if value.second or value.microsecond else "minutes")
        case date():
            return value.isoformat()
        case Position():
            position = {"title": value.title, "organization": value.organization}
            return position | {"former": True} if value.former else position
        case tuple():
            return [_json_ready(item) for item in value]
        case _:
            return value


def _json_number(number: Decimal) -> int | float | str:
    """Exactly ``number``: as an int, else the float that prints as it, else (more digits than that) its digits."""
    if not number.is_finite():
        raise ValueError(f"{number} is no JSON number; allowed are finite decimals")
    if number == number.to_integral_value():
        return int(number)
    nearest = float(number)
    return nearest if Decimal(repr(nearest)) == number else format(number, "f")


class GoldFact(BaseModel):
    """One fact of a line: where it stands, what it means, and what else it may be read as."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_char: StrictInt = Field(ge=0)
    end_char: StrictInt
    text: str
    value: SkipValidation[Value]
    also: dict[str, tuple[Any, ...]]
    """Further accepted readings by field: ``unit_also`` of the line is ``also["unit"]``, typed as ``value.unit``."""
    flags: tuple[str, ...] = ()
    rule: str = "gold"
    confidence: float = Field(default=1.0, ge=0, le=1)

    def to_fact(self) -> Fact:
        """The fact as an extractor would have found it."""
        return Fact(self.start_char, self.end_char, self.text, self.value, self.rule, self.confidence, self.flags)

    @check(mode="before")
    @classmethod
    def _gather(cls, record: object) -> dict[str, Any]:
        """Sorts the line's flat fields into the fact's own, those of its value and the further readings."""
        given = dict(record) if isinstance(record, dict) else {}
        kind = given.pop("kind", None)
        if kind not in KINDS:
            raise ValueError(f"kind {kind!r}; allowed are {', '.join(KINDS)}")
        value_type = _VALUE_TYPES[kind]
        own = {name: given.pop(name) for name in cls.model_fields.keys() - {"value", "also"} if name in given}
        also = {name: given.pop(name) for name in list(given) if name.endswith("_also")}
        value = _value(value_type, given)
        return own | {"value": value, "also": _further_readings(value_type, also)}

    @check(mode="after")
    def _in_order(self) -> Self:
        if self.end_char <= self.start_char:
            raise ValueError(f"[{self.start_char}, {self.end_char}) is empty; allowed is start_char < end_char")
        low, high = _IN_ORDER.get(self.value.kind, ("kind", "kind"))
        first, last = getattr(self.value, low), getattr(self.value, high)
        if last is not None and last < first:
            raise ValueError(f"{low} {first} is after {high} {last}; allowed is {low} <= {high}")
        return self


class GoldArticle(BaseModel):
    """One line: the article as received, the regions that do not count, and the facts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_id: str = Field(min_length=1)
    title: str | None = None
    published_at: date | datetime | None = None
    author: str | None = None
    province: str | None = None
    report_period: Period | None = None
    text: str
    ignore: tuple[tuple[StrictInt, StrictInt], ...] = ()
    """Page furniture: a predicted fact that touches one of these half-open regions counts neither way."""
    facts: tuple[GoldFact, ...]

    def to_article(self) -> Article:
        """What a dump gives of the article: the extractor's input. The rest it has to find in the text."""
        return Article(article_id=self.article_id, text=self.text, title=self.title, published_at=self.published_at)

    def of_kind(self, kind: Kind) -> GoldArticle:
        """The article with its facts of that kind alone."""
        return self.model_copy(update={"facts": tuple(fact for fact in self.facts if fact.value.kind == kind)})

    @check_field("published_at", mode="before")
    @classmethod
    def _local_time(cls, value: object) -> object:
        """A `datetime` where the text has an hour, else a `date`; pydantic would take either for the other."""
        if value is None or isinstance(value, date):
            return value
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{6})?)?)?", value):
            return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        raise ValueError(f"{value!r} is no local time; allowed are YYYY-MM-DD and YYYY-MM-DDThh:mm")

    @check(mode="after")
    def _in_place(self) -> Self:
        if self.report_period and self.report_period.date_to < self.report_period.date_from:
            raise ValueError(f"report_period {self.report_period}: allowed is date_from <= date_to")
        for start, end in self.ignore:
            if not 0 <= start < end <= len(self.text):
                raise ValueError(f"ignore [{start}, {end}): allowed is 0 <= start < end <= {len(self.text)}")
        seen = set()
        for fact in self.facts:
            place = f"{fact.value.kind} [{fact.start_char}, {fact.end_char})"
            if fact.end_char > len(self.text):
                raise ValueError(f"{place} is outside the text; allowed are offsets up to {len(self.text)}")
            if (there := self.text[fact.start_char : fact.end_char]) != fact.text:
                raise ValueError(f"{place} says {fact.text!r}; allowed is what the text has there, {there!r}")
            if place in seen:
                raise ValueError(f"{place} stands twice; allowed is one fact of a kind at a place")
            seen.add(place)
        return self


def read_gold(path: str | Path) -> Iterator[GoldArticle]:
    """Articles of a gold file, in its order; blank lines are skipped.

    Raises `ValueError` at the first line that is not as the guideline fixes it, naming the file, the line, what is
    wrong and what is allowed; `OSError` if the file cannot be opened.
    """
    line_of: dict[str, int] = {}
    with Path(path).open("rb") as file:
        for number, line in ((number, line) for number, line in enumerate(file, start=1) if line.strip()):
            try:
                article = _parse(line)
            except ValueError as wrong:
                raise ValueError(f"{path}, line {number}: {wrong}") from None
            if (first := line_of.setdefault(article.article_id, number)) != number:
                twice = f"article_id {article.article_id!r} stands on line {first} too; allowed is one line an article"
                raise ValueError(f"{path}, line {number}: {twice}")
            yield article


def _parse(line: bytes) -> GoldArticle:
    try:
        # Decimal from the digits: 2.6 must not become 2.600000000000000088817841970012523.
        record = json.loads(line.decode("utf-8"), parse_float=Decimal, object_hook=_without_nulls)
        return GoldArticle.model_validate(record)
    except UnicodeDecodeError as wrong:
        raise ValueError(f"not UTF-8 at byte {wrong.start} of the line; allowed is UTF-8") from None
    except json.JSONDecodeError as wrong:
        raise ValueError(f"no JSON ({wrong}); allowed is one object a line") from None
    except ValidationError as wrong:
        raise ValueError(_first_reason(wrong)) from None


def _without_nulls(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}


def _value(value_type: type[Value], record: Mapping[str, Any]) -> Value:
    _refuse_unknown(record, _fields(value_type))
    positions = record.get("positions")
    for position in positions if isinstance(positions, list) else []:
        if isinstance(position, dict):
            _refuse_unknown(position, _fields(Position))
    value: Value = _validated(_adapter(value_type.kind), record)
    return value


def _further_readings(value_type: type[Value], readings: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    fields = {f"{name}_also": name for name in _fields(value_type)}
    _refuse_unknown(readings, fields)
    return {
        fields[name]: _validated(_adapter(value_type.kind, fields[name]), found, within=f"{name}.")
        for name, found in readings.items()
    }


def _fields(record_type: type[Value | Position]) -> list[str]:
    return [field.name for field in dataclasses.fields(record_type)]


def _refuse_unknown(record: Mapping[str, Any], known: Iterable[str]) -> None:
    if unknown := sorted(record.keys() - known):
        raise ValueError(f"unknown field {unknown[0]!r}; allowed are {', '.join(known)}")


@cache
def _adapter(kind: Kind, field: str = "") -> TypeAdapter[Any]:
    """Of a kind's value; with ``field``, of a list of further readings of that field."""
    wanted: Any = get_type_hints(_VALUE_TYPES[kind]).get(field, _VALUE_TYPES[kind])
    readings: Any = GenericAlias(tuple, (wanted, ...))
    return TypeAdapter(readings if field else wanted)


def _validated(adapter: TypeAdapter[_T], found: object, within: str = "") -> _T:
    """``found`` in the adapter's type. Goes by JSON, since strict JSON takes dates as text and nothing else."""
    try:
        return adapter.validate_json(json.dumps(found, default=str), strict=True)
    except ValidationError as wrong:
        raise ValueError(within + _first_reason(wrong)) from None


def _first_reason(invalid: ValidationError) -> str:
    """First thing wrong, in one sentence, and how many more there are."""
    errors = invalid.errors(include_url=False)
    first = errors[0]
    what = f"{first['msg']}, not {short_repr(first['input'])}"
    if first["type"] == "value_error":  # raised by this module: says it all
        what = str(first["ctx"]["error"])
    if first["type"] == "extra_forbidden":
        what = f"unknown field; allowed are {', '.join(GoldArticle.model_fields)}"
    place = ".".join(map(str, first["loc"]))
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{place}: {what}{more}" if place else what + more
