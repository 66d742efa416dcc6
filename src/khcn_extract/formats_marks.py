"""What all annotation formats share: an article as a header, a text and marks on it, and back.

Start with `marks_of` and `article_of`, which are each other's inverse. A mark is a labelled stretch of text; its label
is the kind of a fact, with the fact's fields, or `IGNORE` for page furniture, with none. A format is then no more than
a way to write marks down. `article_of` checks what it is given, so a reader only has to say where it stands: `at`.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import MISSING, fields, replace
from decimal import Decimal
from reprlib import repr as short_repr
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import ValidationError

from khcn_extract.facts import KINDS, Article, Extraction, Furniture, Value
from khcn_extract.gold import GoldArticle, GoldFact, _first_reason, fact_to_gold, to_gold, value_to_gold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

IGNORE = "ignore"
"""Label of a region that does not count."""
LABELS = (*KINDS, IGNORE)
HEADER = ("article_id", "title", "published_at", "author", "province", "report_period")

_PLACE = ("kind", "start_char", "end_char", "text")
_UNSAID = {"rule": "gold", "confidence": 1.0}
"""What a fact is taken to have where the file says nothing."""
_JSON_FIELDS = ("year", "positions", "flags", "confidence")
"""Fields that are no text, no number of the value and no date, so that their type has to be kept."""
_REQUIRED = {
    value_type.kind: [field.name for field in fields(value_type) if field.default is MISSING]
    for value_type in get_args(Value)
}


class Loss(NamedTuple):
    """Something that a format could not hold."""

    article_id: str
    what: str
    """``count [11, 18) '5 dự án'``"""
    why: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.article_id}: {self.what}: {self.why}"


Losses = tuple[Loss, ...]


class Mark(NamedTuple):
    """A labelled stretch of text, ``[start, end)`` in code points."""

    start: int
    end: int
    label: str
    text: str | None = None
    """What the file says stands there; ``None`` where it does not say."""
    fields: Mapping[str, Any] = {}
    """Those of a fact, ready for JSON; nulls and `_UNSAID` left out."""

    def __str__(self) -> str:
        """The mark as a message names it."""
        return f"{self.label} [{self.start}, {self.end})" + (f" {self.text!r}" if self.text is not None else "")


def gold_line(article: GoldArticle) -> dict[str, Any]:
    """The article as one line of a gold file, ready for ``json.dumps``: what `read_gold` reads.

    >>> gold_line(GoldArticle(article_id="a1", text="Có 5 dự án.", ignore=((0, 2),), facts=()))["ignore"]
    [[0, 2]]
    """
    plain = Article(
        article_id=article.article_id,
        text=article.text,
        title=article.title,
        published_at=article.published_at,
        author=article.author,
        province=article.province,
        report_period=article.report_period,
    )
    furniture = tuple(Furniture(start, end, IGNORE) for start, end in article.ignore)
    return to_gold(Extraction(plain, (), furniture)) | {"facts": [_fact_line(fact) for fact in article.facts]}


def _fact_line(fact: GoldFact) -> dict[str, Any]:
    further = {f"{name}_also": [_ready(fact.value, name, one) for one in found] for name, found in fact.also.items()}
    return fact_to_gold(fact.to_fact()) | further


def _ready(value: Value, name: str, reading: object) -> object:
    """A further reading as the field itself would be written."""
    changed: dict[str, Any] = {name: reading}
    return value_to_gold(replace(value, **changed)).get(name)


def header_of(article: GoldArticle) -> dict[str, Any]:
    """The article's fields beside its text, facts and furniture; nulls left out."""
    line = gold_line(article.model_copy(update={"facts": ()}))
    return {name: line[name] for name in HEADER if line[name] is not None}


def marks_of(article: GoldArticle) -> list[Mark]:
    """The article's facts, then its furniture, each in its order.

    >>> marks_of(GoldArticle(article_id="a1", text="Có 5 dự án.", facts=(
    ...     {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"},)))
    [Mark(start=3, end=10, label='count', text='5 dự án', fields={'value': 5, 'unit': 'dự án'})]
    """
    furniture = [Mark(start, end, IGNORE, article.text[start:end]) for start, end in article.ignore]
    return [_mark_of(fact) for fact in article.facts] + furniture


def _mark_of(fact: GoldFact) -> Mark:
    said = {
        name: found
        for name, found in _fact_line(fact).items()
        if name not in _PLACE and found is not None and found != _UNSAID.get(name)
    }
    return Mark(fact.start_char, fact.end_char, fact.value.kind, fact.text, said)


def article_of(header: Mapping[str, Any], text: str, marks: Iterable[Mark]) -> GoldArticle:
    """The article that a header, a text and marks describe: inverse of `header_of` and `marks_of`.

    A header may have the furniture as ``ignore``. Raises `ValueError` for a mark that is not where it says, has an
    unknown label or lacks values.

    >>> article_of({"article_id": "a1"}, "Có 5 dự án.", [Mark(3, 10, "count", fields={"value": 5})])
    Traceback (most recent call last):
    ValueError: count [3, 10) lacks unit; allowed are facts with their values: without them nothing can be scored
    """
    facts: list[dict[str, Any]] = []
    ignore: list[tuple[int, int]] = []
    for mark in marks:
        there = _text_at(mark, text)
        if mark.label == IGNORE:
            ignore.append((mark.start, mark.end))
        else:
            facts.append({**mark.fields, **dict(zip(_PLACE, (mark.label, mark.start, mark.end, there), strict=True))})
    return validated({"ignore": ignore, **header, "text": text, "facts": facts})


def _text_at(mark: Mark, text: str) -> str:
    """What the text has at the mark, checked against what the mark says."""
    if mark.label not in LABELS:
        raise ValueError(f"{mark}: allowed labels are {', '.join(LABELS)}")
    if not 0 <= mark.start < mark.end <= len(text):
        raise ValueError(f"{mark} is no place in the text; allowed is 0 <= start < end <= {len(text)}")
    there = text[mark.start : mark.end]
    if mark.text not in (None, there):
        raise ValueError(f"{mark}: the text has {there!r} there; allowed are offsets in code points of the text")
    if unknown := sorted(mark.fields if mark.label == IGNORE else mark.fields.keys() & {*_PLACE}):
        raise ValueError(f"{mark} has a field {unknown[0]!r}; allowed are those of its kind, for {IGNORE} none")
    if missing := [name for name in _REQUIRED.get(mark.label, ()) if mark.fields.get(name) is None]:
        why = "allowed are facts with their values: without them nothing can be scored"
        raise ValueError(f"{mark} lacks {', '.join(missing)}; {why}")
    return there


def validated(record: Mapping[str, Any]) -> GoldArticle:
    """The article of a gold line; `ValueError` in one sentence where it is none."""
    try:
        return GoldArticle.model_validate(record)
    except ValidationError as wrong:
        raise ValueError(_first_reason(wrong)) from None


# -- fields as text, JSON and places ---------------------------------------------------------------------------------


def field_to_text(ready: object) -> str:
    """A field's value for formats whose fields are text: text as it is, the rest as JSON."""
    return ready if isinstance(ready, str) else json.dumps(ready, ensure_ascii=False)


def text_to_field(name: str, text: str) -> Any:
    """Inverse of `field_to_text`, since a field's name tells its type; numbers of a value may stay text.

    >>> text_to_field("number", "06"), text_to_field("year", "2031"), text_to_field("unit_also", '["dự án"]')
    ('06', 2031, ['dự án'])
    """
    if name not in _JSON_FIELDS and not name.endswith("_also"):
        return text
    with at(name):
        return from_json(text)


def from_json(text: str | bytes) -> Any:
    """Exact numbers, and null as absent; bytes are UTF-8. Raises `ValueError`."""
    try:
        return json.loads(text if isinstance(text, str) else text.decode(), parse_float=Decimal, object_hook=_no_nulls)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"no JSON ({wrong})") from None
    except UnicodeDecodeError as wrong:
        raise ValueError(f"not UTF-8 at byte {wrong.start}") from None


def json_object(text: str | bytes) -> dict[str, Any]:
    """As `from_json`, for what must be an object."""
    found = from_json(text)
    if not isinstance(found, dict):
        raise ValueError(f"no JSON object but {short_repr(found)}")  # noqa: TRY004  wrong is the file, not a call
    return found


def one_line(ready: object) -> str:
    r"""JSON that no tool takes for two lines or two columns: its only white space is the blank in a text.

    >>> one_line({"issuer": "Sở\x85A B"})
    '{"issuer":"Sở\\u0085A B"}'
    """
    written = json.dumps(ready, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"[^\S ]", lambda found: f"\\u{ord(found[0]):04x}", written)


def _no_nulls(record: dict[str, Any]) -> dict[str, Any]:
    return {name: found for name, found in record.items() if found is not None}


@contextmanager
def at(place: object) -> Iterator[None]:
    """Says in front of a `ValueError` where it came up.

    >>> with at("a.ann, line 2"):
    ...     raise ValueError("no such mark")
    Traceback (most recent call last):
    ValueError: a.ann, line 2: no such mark
    """
    try:
        yield
    except ValidationError as wrong:
        raise ValueError(f"{place}: {_first_reason(wrong)}") from None
    except ValueError as wrong:
        raise ValueError(f"{place}: {wrong}") from None
