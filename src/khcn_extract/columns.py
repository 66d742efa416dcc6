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

import pyarrow as pa
import pyarrow.compute as pc

from khcn_extract import sightings
from khcn_extract.facts import Article, CountValue, Extraction, Fact, Kind, OfficialValue, Position
from khcn_extract.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    "document": "doc_type:text symbol:text number:text year:int issuer_code:text issuer:text issued_on:date key:text",
    "money": "amount:number amount_max:number currency:text mod:text rate:text",
    "count": "value:number value_max:number total:number unit:text mod:text rate:text "
    "object:text change:text period:text part_of:text",
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
    "sightings": _schema(sightings.COLUMNS),
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
    text = "\x1f".join("\x00" if value is None else str(value) for value in values)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


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
    articles: Cells = []
    furniture: Cells = []
    found: dict[Kind, Cells] = {kind: [] for kind in KIND_TABLES}
    for extraction, digest in latest.values():
        articles += _article_row(extraction.article, digest)
        for furniture_row in _furniture_rows(extraction):
            furniture += furniture_row
        article_id = extraction.article.article_id
        sentence_around = Sentences(extraction.article.text).around
        for fact in extraction.facts:
            found[fact.value.kind] += (fact, article_id, sentence_around(fact.start_char, fact.end_char))
    tables = {"articles": _table("articles", articles)}
    for kind, cells in found.items():
        tables |= _fact_tables(kind, facts=cells[0::3], article_ids=cells[1::3], sentences=cells[2::3])
    tables["sightings"] = _sightings_table([e.article for e, _ in latest.values()], tables)
    return Batch(tables | {"furniture": _table("furniture", furniture)})


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


# --- facts ----------------------------------------------------------------------------------------------------------
#
# There are thousands in each megabyte of text, so nothing is done fact by fact that can be done column by column.


def _fact_tables(kind: Kind, *, facts: list[Fact], article_ids: list[str], sentences: list[str]) -> dict[str, pa.Table]:
    """Make the table of the facts of one kind; for officials, that of their positions too."""
    values = [fact.value for fact in facts]
    flags = [fact.flags for fact in facts]
    owners = text_array(article_ids)
    starts = pa.array([fact.start_char for fact in facts], pa.int32())
    ends = pa.array([fact.end_char for fact in facts], pa.int32())
    fields, keys = [], [owners, starts.cast(pa.string()), ends.cast(pa.string())]
    for column in _schema(_VALUES[kind]):
        cells = _cells(values, column.name)
        if column.type == _TYPES["number"]:
            cells, misfits = _exact_numbers(cells)
            for at in misfits:
                if OUT_OF_RANGE not in flags[at]:
                    flags[at] = (*flags[at], OUT_OF_RANGE)
            key = pa.array(cells, pa.string())
            field = key.cast(column.type)
        else:
            field = _array(cells, column.type)
            # A date by its number of days: numbers have one spelling only.
            key = (field.cast(pa.int32()) if column.type == _TYPES["date"] else field).cast(pa.string())
        fields.append(field)
        keys.append(key)
    offices = [value.positions for value in values if isinstance(value, OfficialValue)]
    if kind == "official":
        keys.append(text_array(["".join(map(_position_key, held)) for held in offices]))
    ids = _fact_ids(kind, keys)
    if kind == "count":
        fields[-1] = text_array(_ids_of_wholes(ids, article_ids, facts))
    table = pa.Table.from_arrays(
        [
            pa.array(ids, pa.string()),
            owners,
            starts,
            ends,
            text_array([fact.text for fact in facts]),
            text_array(sentences),
            text_array([fact.rule for fact in facts]),
            pa.array([fact.confidence for fact in facts], pa.float64()),
            pa.array(flags, _TYPES["texts"]),
            *fields,
        ],
        schema=SCHEMAS[KIND_TABLES[kind]],
    )
    kept: Sequence[int] = range(len(ids))
    if len(set(ids)) < len(ids):
        kept = sorted({ids[at]: at for at in reversed(kept)}.values())
        table = table.take(kept)
    if kind != "official":
        return {KIND_TABLES[kind]: table}
    held = [(ids[at], article_ids[at], offices[at]) for at in kept]
    return {KIND_TABLES[kind]: table, "positions": _table("positions", _position_rows(held))}


def _position_rows(held: Sequence[tuple[str, str, tuple[Position, ...]]]) -> Cells:
    rows: Cells = []
    for fact_id, article_id, positions in held:
        for ordinal, position in enumerate(positions, start=1):
            rows += fact_id, article_id, ordinal, position.title, position.organization, position.former
    return rows


def _sightings_table(articles: Sequence[Article], tables: Mapping[str, pa.Table]) -> pa.Table:
    """Make the table of who is seen in which office, from those of articles, officials and positions."""
    officials = tables["officials"]
    cells = sightings.of_tables(
        dict(zip(tables["articles"].column("article_id").to_pylist(), articles, strict=True)),
        dict(zip(officials.column("fact_id").to_pylist(), officials.column("name").to_pylist(), strict=True)),
        zip(*(column.to_pylist() for column in tables["positions"].columns), strict=True),
    )
    return _table("sightings", cells)


def _cells(values: Sequence[Any], name: str) -> Cells:
    """A field of all the values; of a part, the offsets of its whole for now: `_ids_of_wholes` has the ids."""
    cells = list(map(attrgetter(name), values))
    return cells if name != "part_of" else [None if span is None else f"{span.start}-{span.end}" for span in cells]


def _ids_of_wholes(ids: list[str], article_ids: list[str], facts: list[Fact]) -> list[str | None]:
    """For each count the id of the count that it is a part of."""
    places = {
        (article_id, fact.start_char, fact.end_char): fact_id
        for fact_id, article_id, fact in zip(ids, article_ids, facts, strict=True)
    }
    wholes = (value.part_of if isinstance(value := fact.value, CountValue) else None for fact in facts)
    return [
        None if span is None else places.get((article_id, span.start, span.end))
        for article_id, span in zip(article_ids, wholes, strict=True)
    ]


def _fact_ids(kind: Kind, keys: Sequence[pa.Array]) -> list[str]:
    """Hash what makes facts what they are: kind, article, offsets and every field of the value."""
    identities = pc.binary_join_element_wise(kind, *keys, "\x1f", null_handling="replace", null_replacement="\x00")
    ids = []
    # 12 bytes: a chance of 1 in 10^10 that two of a billion facts share an id. Not a secret, so no key.
    empty = blake2b(digest_size=12)
    for identity in identities.cast(pa.binary()).to_pylist():
        # A copy takes half of the time of a new one.
        digest = empty.copy()
        digest.update(identity)
        ids.append(digest.hexdigest())
    return ids


def _position_key(position: Position) -> str:
    return f"\x1e{position.title}\x1f{position.organization}\x1f{position.former}"


_QUANTUM: Final = Decimal("0.000001")
_EXACT: Final = Context(prec=38, traps=[Inexact, InvalidOperation])


def _exact_numbers(numbers: list[Decimal | None]) -> tuple[list[str | None], list[int]]:
    """Spell numbers with six decimals, None where that loses a digit; and say where any was lost."""
    # Most numbers of a batch come many times, and a spelling is found faster than a number is worked out.
    spelt = [None if number is None else str(number) for number in numbers]
    exact: dict[str | None, str | None] = {text: None if text is None else _exact(Decimal(text)) for text in set(spelt)}
    lost = {text for text, fixed in exact.items() if fixed is None and text is not None}
    return [exact[text] for text in spelt], [at for at, text in enumerate(spelt) if text in lost] if lost else []


def _exact(number: Decimal) -> str | None:
    try:
        return str(number.quantize(_QUANTUM, None, _EXACT)) if number.is_finite() else None
    except (Inexact, InvalidOperation):
        return None


# --- Arrow ----------------------------------------------------------------------------------------------------------

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def _table(table: str, cells: Cells) -> pa.Table:
    schema = SCHEMAS[table]
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
