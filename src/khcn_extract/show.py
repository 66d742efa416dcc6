"""Facts for people: marked in their text on a terminal or a page, explained, or as the rows of a query.

Pure: everything here returns text or writes to the stream it is given.
"""

from __future__ import annotations

import csv
import html
import itertools
import json
import math
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TextIO

from khcn_extract.facts import (
    CountValue,
    DateValue,
    DocumentValue,
    Fact,
    Kind,
    MoneyValue,
    OfficialValue,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.text import Text

    from khcn_extract.explanation import Explanation
    from khcn_extract.facts import Extraction

COLORS: dict[Kind, tuple[str, str]] = {
    "date": ("bold blue", "#cfe2ff"),
    "document": ("bold magenta", "#f1d4f5"),
    "money": ("bold green", "#d1f0d6"),
    "count": ("bold yellow", "#fff0c2"),
    "official": ("bold red", "#ffd9d6"),
}
"""Style on a terminal and background on a page."""


def reading(value: Value) -> str:
    """One line that says what a value is.

    >>> reading(MoneyValue(amount=Decimal(15000000)))
    '15.000.000 VND'
    """
    match value:
        case DateValue():
            said = f" (from {value.resolved_from})" if value.resolved_from else ""
            return f"{value.value}{said}"
        case DocumentValue():
            parts = [f"{value.doc_type} {value.symbol}"]
            parts += [f"of {value.issued_on}"] if value.issued_on else []
            parts += [f"by {value.issuer}"] if value.issuer else []
            return " ".join(parts) + (f" [{value.key}]" if value.key else "")
        case MoneyValue():
            amount = _range(value.amount, value.amount_max)
            return " ".join(filter(None, [value.mod, amount, value.currency, value.rate and f"per {value.rate}"]))
        case CountValue():
            amount = _range(value.value, value.value_max)
            amount += f" of {_number(value.total)}" if value.total is not None else ""
            number = " ".join(filter(None, [value.mod, amount, value.unit, value.rate and f"per {value.rate}"]))
            part_of = value.part_of and f"part of [{value.part_of.start}:{value.part_of.end}]"
            period = value.period and f"in {value.period}"
            return "; ".join(filter(None, [number, value.object, value.change, period, part_of]))
        case OfficialValue():
            positions = [
                ("former " if p.former else "") + ", ".join(filter(None, [p.title, p.organization]))
                for p in value.positions
            ]
            return f"{value.name}: {'; '.join(positions) or 'no position stated here'}"


def _range(low: Decimal, high: Decimal | None) -> str:
    return _number(low) if high is None else f"{_number(low)}-{_number(high)}"


def _number(number: Decimal) -> str:
    """As Vietnamese writes it: dots for thousands, a comma for decimals."""
    whole, _, decimals = _without_zeros(number).partition(".")
    return f"{Decimal(whole):,f}".replace(",", ".") + (f",{decimals}" if decimals else "")


def _without_zeros(number: Decimal) -> str:
    """All digits, without needless zeros (`Decimal.normalize` would round to 28 digits).

    >>> [_without_zeros(Decimal(n)) for n in ("2.600000", "40.000000", "1E+2", "0.0")]
    ['2.6', '40', '100', '0']
    """
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def as_text(extraction: Extraction) -> Text:
    """The article with its facts in colour, for a terminal, and a line of counts under it."""
    from rich.text import Text

    article = extraction.article
    shown = Text(article.text)
    for fact in extraction.facts:
        shown.stylize(COLORS[fact.kind][0], fact.start_char, fact.end_char)
    for part in extraction.furniture:
        shown.stylize("dim", part.start_char, part.end_char)
    header = Text(f"── {article.article_id} ", style="bold")
    header.append(" · ".join(filter(None, [article.province, _when(article.published_at), article.author])))
    footer = Text()
    for kind, count in Counter(f.kind for f in extraction.facts).items():
        footer.append(f"{count} {kind}  ", style=COLORS[kind][0])
    return Text("\n").join([header, shown, footer])


def _when(published_at: date | datetime | None) -> str:
    if isinstance(published_at, datetime):
        return f"{published_at:%Y-%m-%d %H:%M}"
    return published_at.isoformat() if published_at else ""


def as_html(extractions: Sequence[Extraction]) -> str:
    """A page with the facts of each article marked, by displaCy; overlapping facts show the longer one."""
    from spacy import displacy

    docs = [
        {
            "text": e.article.text,
            "ents": [_entity(f) for f in _apart(e.facts)],
            "title": html.escape(
                " · ".join(filter(None, [e.article.article_id, e.article.province, _when(e.article.published_at)]))
            ),
        }
        for e in extractions
    ]
    options = {"colors": {kind: color for kind, (_, color) in COLORS.items()}}
    return displacy.render(docs, style="ent", manual=True, page=True, jupyter=False, options=options)


def _entity(fact: Fact) -> dict[str, object]:
    """A fact as displaCy wants it; of its strings displaCy escapes the text alone."""
    said = html.escape(reading(fact.value))
    return {"start": fact.start_char, "end": fact.end_char, "label": fact.kind, "kb_id": said, "kb_url": "#"}


def _apart(facts: Iterable[Fact]) -> list[Fact]:
    """The facts without those that overlap a longer one."""
    kept: list[Fact] = []
    for fact in sorted(facts, key=lambda f: f.start_char - f.end_char):
        if all(fact.end_char <= k.start_char or k.end_char <= fact.start_char for k in kept):
            kept.append(fact)
    return sorted(kept, key=lambda f: f.start_char)


def explanation_lines(explanation: Explanation) -> list[str]:
    """How an article's facts came about, as lines for a terminal."""
    article = explanation.extraction.article
    stated = {"published": _when(article.published_at), "province": article.province, "author": article.author}
    lines = [f"article {article.article_id}: " + ", ".join(f"{k} {v or 'unknown'}" for k, v in stated.items())]
    if article.report_period:
        lines.append(f"reports on {article.report_period.date_from} to {article.report_period.date_to}")
    for derivation in explanation.derivations:
        fact = derivation.fact
        lines += ["", f"[{fact.start_char}:{fact.end_char}] {_one_line(fact.text)!r}"]
        lines.append(f"  {fact.kind}: {reading(fact.value)}")
        lines.append(f"  rule {fact.rule}: {derivation.about} (confidence {fact.confidence:.2f})")
        if derivation.groups:
            saw = (f"{name} {_one_line(value)!r}" for name, value in derivation.groups.items())
            lines.append(f"  saw {', '.join(saw)}")
        if fact.flags:
            lines.append(f"  flags {', '.join(fact.flags)}")
    if explanation.refused:
        lines += ["", "seen and left out:"]
        for r in explanation.refused:
            lines.append(f"  [{r.start_char}:{r.end_char}] {_one_line(r.text)!r} by {r.rule}: {r.reason}")
    if explanation.extraction.furniture:
        lines += ["", "page furniture:"]
        for part in explanation.extraction.furniture:
            text = _one_line(article.text[part.start_char : part.end_char])
            lines.append(f"  [{part.start_char}:{part.end_char}] {part.reason}: {text[:60]!r}")
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_answer(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: str, stream: TextIO) -> None:
    """A query's answer as a ``table`` for people, as ``csv`` or as ``json`` (one array of objects)."""
    if form == "csv":
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_plain(cell) for cell in row] for row in rows)
    elif form == "json":
        names = _apart_by_number(columns)
        stream.write("[")
        for i, row in enumerate(rows):
            record = dict(zip(names, map(_json_ready, row), strict=True))
            stream.write((",\n " if i else "\n ") + json.dumps(record, ensure_ascii=False))
        stream.write("\n]\n")
    else:
        _write_table(columns, rows, stream)


_NO_END = 1_000_000_000
"""Columns of no terminal."""


def _write_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    numeric: set[int] = set()
    count = 0
    for row in rows:
        numeric |= {i for i, cell in enumerate(row) if isinstance(cell, int | float | Decimal)}
        table.add_row(*("" if cell is None else str(_plain(cell)) for cell in row))
        count += 1
    for i in numeric:
        table.columns[i].justify = "right"
    # Only a terminal has a width: cells go into a pipe or a file whole, as rich's 80 columns would not leave them.
    console = Console(file=stream, highlight=False, markup=False, width=None if stream.isatty() else _NO_END)
    console.print(table)
    console.print(f"{count} row{'' if count == 1 else 's'}")


def _apart_by_number(columns: Sequence[str]) -> list[str]:
    """The names with ``_1``, ``_2`` behind one that comes again: keys of a JSON object come once.

    >>> _apart_by_number(["a", "b", "a"])
    ['a', 'b', 'a_1']
    """
    names: dict[str, None] = {}
    for column in columns:
        numbered = (f"{column}_{number}" if number else column for number in itertools.count())
        names[next(name for name in numbered if name not in names)] = None
    return list(names)


def _plain(cell: object) -> object:
    """A cell as CSV and tables show it: numbers without needless zeros, lists as ``a; b``."""
    if isinstance(cell, Decimal):
        return _without_zeros(cell)
    if isinstance(cell, list):
        return "; ".join(str(_plain(part)) for part in cell)
    return cell


def _json_ready(cell: object) -> object:
    """A cell as JSON has it: dates and whatever else it lacks as text, a number that is none as null."""
    ready: object = str(cell)
    match cell:
        case None | bool() | int() | str():
            ready = cell
        case float():
            ready = cell if math.isfinite(cell) else None
        case Decimal():
            ready = int(cell) if cell == cell.to_integral_value() else float(cell)
        case date():
            ready = cell.isoformat()
        case list() | tuple():
            ready = [_json_ready(part) for part in cell]
        case dict():
            ready = {str(key): _json_ready(value) for key, value in cell.items()}
    return ready
