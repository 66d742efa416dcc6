"""Tables of articles become records, a row each: CSV as spreadsheets and Scrapy write it, and Parquet.

`csv_records` and `parquet_records` are all; `khcn_extract.read` calls them, and `khcn_extract.records` makes articles
of what they give. Memory is flat whatever the size of the file, but for the row groups of Parquet.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import io
    from collections.abc import Collection, Iterator
    from pathlib import Path

    Numbered = tuple[str, dict[str, Any] | ValueError]
    """Where a record stands, and the record, or why there is none."""

_DELIMITERS: Final = ",;\t|"
_QUOTED: Final = re.compile(r'"[^"]*"')
_ROWS: Final = 64
"""Of Parquet that are taken out together."""


def csv_records(stream: io.BufferedReader, max_chars: int) -> Iterator[Numbered]:
    r"""The rows of a CSV file in UTF-8, by the names in its first row.

    Fields are separated by what the first row has most of: commas, semicolons (as where a comma is in numbers), tabs
    or bars. Quotes and line breaks in quotes are as RFC 4180 says. `ValueError` where the first row can't be names.

    >>> import io
    >>> list(csv_records(io.BufferedReader(io.BytesIO(b'id;text\n7;"A;\nB"\n8\n')), max_chars=100))
    [('line 2', {'id': '7', 'text': 'A;\nB'}), ('line 4', ValueError('the row has 1 fields, the first row has 2'))]
    """
    longest = 4 * max_chars + 1_000_000  # so that a text that is too long is called that: pages hold more than text
    csv.field_size_limit(longest)  # of the whole process; 131,072 until somebody says otherwise
    lines = _lines(stream, longest)
    names, delimiter, above = _header(lines)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        place = f"line {above + rows.line_num + 1}"
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            # Where the next row begins can't be told: what stands in quotes could be taken for one.
            yield place, ValueError(f"not CSV: {error}; the table is not read from there on")
            return
        if len(row) == len(names):
            yield place, dict(zip(names, row, strict=True))
        elif row:
            yield place, ValueError(f"the row has {len(row)} fields, the first row has {len(names)}")


def _header(lines: Iterator[str]) -> tuple[list[str], str, int]:
    """The names of the columns, what separates them, and how many lines were read for that."""
    above, first = next(((at, line) for at, line in enumerate(lines, start=1) if not line.isspace()), (0, ""))
    delimiter = max(_DELIMITERS, key=_QUOTED.sub("", first).count)
    if first.lower().startswith("sep="):  # Excel's own way to say it
        delimiter, first, above = first[4:5], next(lines, ""), above + 1
    try:
        names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from error
    _check(names)
    return names, delimiter, above


def _lines(stream: io.BufferedReader, longest: int) -> Iterator[str]:
    for number in count(1):
        line = stream.readline(longest)
        if not line:
            return
        if len(line) == longest and not line.endswith(b"\n"):
            raise ValueError(f"line {number} has more than {longest:,} bytes; the table is not read from there on")
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            raise ValueError(
                f"line {number} is not UTF-8; the table is not read from there on: save it as that"
            ) from error


def _check(names: list[str]) -> None:
    if not names:
        raise ValueError("the file is empty")
    name, times = Counter(filter(None, names)).most_common(1)[0] if any(names) else ("", 1)
    if times > 1:
        raise ValueError(f"{times} columns have the name {name!r}; allowed is one")


def parquet_records(path: Path, wanted: Collection[str]) -> Iterator[Numbered]:
    """The rows of a Parquet file, with those of its columns that are ``wanted``. `ValueError` where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if name in wanted]
            _check(names or [""])
            if not names:
                found = ", ".join(file.schema_arrow.names) or "(none)"
                raise ValueError(f"no column of an article among {found}")
            batches = file.iter_batches(_ROWS, columns=names)
            rows = chain.from_iterable(batch.to_pylist() for batch in batches)
            yield from ((f"row {number}", _decoded(row)) for number, row in enumerate(rows, start=1))
    except (pa.ArrowException, OverflowError, LookupError) as error:  # days and zones that Python does not have
        raise ValueError(f"not Parquet that can be read: {error}") from error


def _decoded(row: dict[str, Any]) -> dict[str, Any] | ValueError:
    """The row with characters for bytes, as which some writers keep them."""
    try:
        return {name: value.decode() if isinstance(value, bytes) else value for name, value in row.items()}
    except UnicodeDecodeError as error:
        return ValueError(f"a column of bytes is not UTF-8 from byte {error.start + 1} on")
