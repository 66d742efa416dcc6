"""Facts as columns: a batch of extractions becomes one Arrow table per table of the store.

Read ``facts.py`` first, and ``schema.sql`` beside this: every column made here is described there. This module is pure
and does not import DuckDB, so worker processes build the tables and only the one writer needs the database.

    extractions --to_batch--> Batch (Arrow tables, picklable) --Store.load--> DuckDB

The same extractions always give the same tables: nothing here knows the run, the clock or the machine. The store adds
``run_id`` and ``extractor``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

from khcn_extract.facts import Article, Extraction, Kind, OfficialValue, Position
from khcn_extract.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Row = tuple[Any, ...]
Cells = list[Any]
"""The rows of a table one behind the other, in one flat list: a tuple of its own for each of many thousand rows would
keep the garbage collector walking the whole heap, which was measured to double the time."""

OUT_OF_RANGE: Final = "number_out_of_range"
"""Flag of a fact whose number does not fit ``DECIMAL(38, 6)``: the number is NULL, its text and offsets are kept."""

_TYPES: Final[Mapping[str, pa.DataType]] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "int": pa.int32(),
    "float": pa.float64(),
    # 32 digits before the point, 6 behind it: exact for every amount and share that an article writes.
    "number": pa.decimal128(38, 6),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
}
_EVIDENCE: Final = (
    "fact_id:text article_id:text start_char:int end_char:int text:text sentence:text "
    "rule:text confidence:float flags:texts "
)
_VALUES: Final[Mapping[Kind, str]] = {
    "date": "date_from:date date_to:date value:text resolved_from:text",
    "document": "doc_type:text symbol:text number:text year:int issuer_code:text issuer:text issued_on:date",
    "money": "amount:number amount_max:number currency:text mod:text rate:text",
    "count": "value:number value_max:number total:number unit:text mod:text rate:text",
    "official": "name:text",
}
"""The columns of each kind, named as the fields of its value are."""

KIND_TABLES: Final[Mapping[Kind, str]] = {
    "date": "dates",
    "document": "documents",
    "money": "money",
    "count": "counts",
    "official": "officials",
}


def _schema(columns: str) -> pa.Schema:
    return pa.schema([(name, _TYPES[type_]) for name, _, type_ in (c.partition(":") for c in columns.split())])


SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "articles": _schema(
        "article_id:text url:text source:text title:text published_on:date published_at:time author:text "
        "province:text report_from:date report_to:date text:text content_hash:text"
    ),
    **{KIND_TABLES[kind]: _schema(_EVIDENCE + columns) for kind, columns in _VALUES.items()},
    "positions": _schema("fact_id:text article_id:text ordinal:int title:text organization:text former:bool"),
    "furniture": _schema("article_id:text start_char:int end_char:int text:text reason:text"),
}
"""Table name -> Arrow columns, without those that the store adds (``run_id``, ``extractor``)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What some articles yielded, as Arrow tables: what a worker hands to the writer.

    Each article is there once, and each fact once. Pickles cheaply: its columns are flat buffers.
    """

    tables: Mapping[str, pa.Table]
    """Table name -> rows with the columns of ``SCHEMAS``; every table of ``SCHEMAS`` is there, if only empty."""

    @property
    def articles(self) -> int:
        """Number of articles."""
        return int(self.tables["articles"].num_rows)

    @property
    def facts(self) -> int:
        """Number of facts of all kinds."""
        return sum(int(self.tables[table].num_rows) for table in KIND_TABLES.values())


def content_hash(article: Article) -> str:
    """Hash of all that an extraction depends on: 32 hexadecimal digits.

    Take it of the article as the dump gave it, before extraction fills fields in. Another date, title or text gives
    another hash.

    >>> content_hash(Article(article_id="a1", text="Sở đã tổ chức 02 cuộc họp."))
    '753e922b1cad1d66198b6dbff8c576b2'
    """
    values = (getattr(article, name) for name in Article.__slots__)
    return _digest("\x1f".join("\x00" if value is None else str(value) for value in values), size=16)


def to_batch(extractions: Sequence[Extraction], content_hashes: Sequence[str]) -> Batch:
    """Turn extractions into Arrow tables, one per table of the store.

    ``content_hashes`` has one ``content_hash`` per extraction, in the same order. An article that comes twice counts
    as its last one, as if it had been loaded twice; a fact that comes twice in an article counts once. A number that
    does not fit DECIMAL(38, 6) becomes NULL and its fact is flagged ``number_out_of_range``; half of a surrogate pair
    becomes U+FFFD, one for one, so that offsets stay. Raises ValueError where the two lengths differ.

    >>> article = Article(article_id="a1", text="Sở đã tổ chức 02 cuộc họp.")
    >>> batch = to_batch([Extraction(article, facts=())], [content_hash(article)])
    >>> batch.articles, batch.facts
    (1, 0)
    """
    if len(extractions) != len(content_hashes):
        message = f"{len(content_hashes)} content hashes for {len(extractions)} extractions: give one for each"
        raise ValueError(message)
    latest = {e.article.article_id: (e, digest) for e, digest in zip(extractions, content_hashes, strict=True)}
    cells: dict[str, Cells] = {table: [] for table in SCHEMAS}
    for extraction, digest in latest.values():
        cells["articles"] += _article_row(extraction.article, digest)
        for furniture_row in _furniture_rows(extraction):
            cells["furniture"] += furniture_row
        _add_facts(extraction, cells)
    return Batch({table: _table(schema, cells[table]) for table, schema in SCHEMAS.items()})


# --- rows -----------------------------------------------------------------------------------------------------------


def _article_row(article: Article, digest: str) -> Row:
    published_on = published_at = article.published_at
    if isinstance(published_at, datetime):
        # The contract is local time without zone; Arrow would move a zoned one to UTC, so its clock is kept instead.
        published_on, published_at = published_at.date(), published_at.replace(tzinfo=None)
    else:
        published_at = None
    report_from, report_to = article.report_period or (None, None)
    return (
        article.article_id, article.url, article.source, article.title, published_on, published_at, article.author,
        article.province, report_from, report_to, article.text, digest,
    )  # fmt: skip


def _furniture_rows(extraction: Extraction) -> Iterator[Row]:
    article = extraction.article
    for part in extraction.furniture:
        text = article.text[part.start_char : part.end_char]
        yield article.article_id, part.start_char, part.end_char, text, part.reason


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a value of one kind is taken apart; made once, for this is the hot path."""

    fields: Callable[[Any], Row]
    """All fields by one C call."""
    numbers: int
    """How many of the first fields are numbers."""
    identity: str
    """What is hashed to the fact's id: article, kind, offsets, fields. ``%`` is the fastest of the formatters."""


def _plan(kind: Kind, columns: str) -> _Plan:
    names = _schema(columns).names
    identity = "\x1f".join(["%s", kind, "%d", "%d"] + ["%s"] * len(names))
    # Of a single name attrgetter makes no tuple.
    fields = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
    return _Plan(fields, columns.count(":number"), identity)


_PLANS: Final[Mapping[Kind, _Plan]] = {kind: _plan(kind, columns) for kind, columns in _VALUES.items()}


def _add_facts(extraction: Extraction, cells: Mapping[str, Cells]) -> None:
    article_id = extraction.article.article_id
    sentence_around = Sentences(extraction.article.text).around
    seen: set[str] = set()
    for fact in extraction.facts:
        value, start, end, flags = fact.value, fact.start_char, fact.end_char, fact.flags
        kind = value.kind
        plan = _PLANS[kind]
        fields = plan.fields(value)
        if plan.numbers:
            fields, fits = _with_fixed_numbers(fields, plan.numbers)
            flags = flags if fits else (*flags, OUT_OF_RANGE)
        identity = plan.identity % (article_id, start, end, *fields)
        if isinstance(value, OfficialValue):
            identity += "".join(map(_position_key, value.positions))
        fact_id = _digest(identity, size=12)
        if fact_id in seen:
            continue
        seen.add(fact_id)
        evidence = (
            fact_id, article_id, start, end, fact.text, sentence_around(start, end), fact.rule, fact.confidence, flags
        )  # fmt: skip
        cells[KIND_TABLES[kind]] += evidence + fields
        if isinstance(value, OfficialValue):
            for position_row in _position_rows(fact_id, article_id, value):
                cells["positions"] += position_row


def _position_rows(fact_id: str, article_id: str, official: OfficialValue) -> Iterator[Row]:
    for ordinal, position in enumerate(official.positions, start=1):
        yield fact_id, article_id, ordinal, position.title, position.organization, position.former


def _position_key(position: Position) -> str:
    return f"\x1e{position.title}\x1f{position.organization}\x1f{position.former}"


def _digest(text: str, size: int) -> str:
    # 12 bytes: a chance of 1 in 10^10 that two of a billion facts share an id. Not a secret, so no key.
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


_QUANTUM: Final = Decimal("0.000001")
_EXACT: Final = Context(prec=38, traps=[Inexact, InvalidOperation])


def _with_fixed_numbers(fields: Row, count: int) -> tuple[Row, bool]:
    """Give the first ``count`` fields six decimals, None where that loses a digit; and whether none was lost."""
    fits = True
    fixed: list[Any] = list(fields)
    for at in range(count):
        number = fields[at]
        if number is not None:
            try:
                fixed[at] = number.quantize(_QUANTUM, None, _EXACT) if number.is_finite() else None
            except (Inexact, InvalidOperation):
                fixed[at] = None
            fits = fits and fixed[at] is not None
    return tuple(fixed), fits


# --- Arrow ----------------------------------------------------------------------------------------------------------

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def _table(schema: pa.Schema, cells: Cells) -> pa.Table:
    width = len(schema)
    return pa.Table.from_arrays([_array(cells[at::width], schema[at].type) for at in range(width)], schema=schema)


def _array(values: Sequence[Any], type_: pa.DataType) -> pa.Array:
    return text_array(values) if type_ == pa.string() else pa.array(values, type_)


def text_array(values: Sequence[str | None]) -> pa.Array:
    """Give texts as an Arrow column; half of a surrogate pair, which UTF-8 has no bytes for, becomes U+FFFD."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        # A dump cut in the middle of an emoji, a file name in an old encoding: rare, so the column is gone over again.
        return pa.array([v and _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", v) for v in values], pa.string())
