"""Tables of articles become records, a row each: CSV as spreadsheets and Scrapy write it, and Parquet.

`csv_records` and `parquet_records` are all; `khcn_extract.read` calls them, and `khcn_extract.records` makes articles
of what they give. Memory is flat whatever the size of the file, but for the row groups of Parquet.
"""

from __future__ import annotations

import codecs
import csv
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import io
    from collections.abc import Collection, Iterator
    from pathlib import Path

    Numbered = tuple[str, dict[str, Any] | ValueError]
    """Where a record stands, and the record, or why there is none."""

_DELIMITERS: Final = ",;\t|"
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
    lines = codecs.iterdecode(iter(partial(stream.readline, longest), b""), "utf-8")
    try:
        yield from _rows(lines, longest)
    except UnicodeDecodeError as error:
        raise ValueError("the table is not UTF-8; save it as that") from error


def _rows(lines: Iterator[str], longest: int) -> Iterator[Numbered]:
    first = next(lines, "")
    delimiter = max(_DELIMITERS, key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    _check(names)
    csv.field_size_limit(longest)  # of the whole process; 131,072 until somebody says otherwise
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        place = f"line {rows.line_num + 2}"
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield place, ValueError(f"not CSV: {error}")
            continue
        if len(row) == len(names):
            yield place, dict(zip(names, row, strict=True))
        elif row:
            yield place, ValueError(f"the row has {len(row)} fields, the first row has {len(names)}")


def _check(names: list[str]) -> None:
    if not names:
        raise ValueError("the file is empty")
    twice = [name for at, name in enumerate(names) if name in names[:at] and name]
    if twice:
        raise ValueError(f"two columns have the name {twice[0]!r} in the first row; allowed is one")


def parquet_records(path: Path, wanted: Collection[str]) -> Iterator[Numbered]:
    """The rows of a Parquet file, with those of its columns that are ``wanted``. `ValueError` where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if name in wanted]
            if not names:
                found = ", ".join(file.schema_arrow.names) or "(none)"
                raise ValueError(f"no column of an article among {found}")
            batches = file.iter_batches(_ROWS, columns=names)
            rows = chain.from_iterable(batch.to_pylist() for batch in batches)
            yield from ((f"row {number}", _decoded(row)) for number, row in enumerate(rows, start=1))
    except pa.ArrowException as error:
        raise ValueError(f"not Parquet that can be read: {error}") from error


def _decoded(row: dict[str, Any]) -> dict[str, Any] | ValueError:
    """The row with characters for bytes, as which some writers keep them."""
    try:
        return {name: value.decode() if isinstance(value, bytes) else value for name, value in row.items()}
    except UnicodeDecodeError as error:
        return ValueError(f"a column of bytes is not UTF-8 from byte {error.start + 1} on")
