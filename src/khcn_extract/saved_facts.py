"""Facts that a run has written, read back for a comparison: from a fact store or a file in the gold format."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khcn_extract.columns import KIND_TABLES
from khcn_extract.matching import FIELDS
from khcn_extract.store import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khcn_extract.facts import Kind

Records = dict[str, list[dict[str, Any]]]
"""Facts by ``article_id``, in the order of the text, each as a line of a gold file has it."""

_OFFICES = """
SELECT fact_id, list({'title': title, 'organization': organization, 'former': former} ORDER BY ordinal) AS positions
FROM positions GROUP BY fact_id
"""


def read_facts(path: str | Path) -> Records:
    """All facts of ``NAME.duckdb``, or of any other file as JSON Lines with ``article_id`` and ``facts``.

    All of them are held in memory, some 2 KB each. Raises `ValueError` for a file that is neither, `OSError` for one
    that cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "found.jsonl")
    ...     _ = file.write_text('{"article_id": "a1", "facts": []}', encoding="utf-8")
    ...     read_facts(file)
    {'a1': []}
    """
    path = Path(path)
    return _of_store(path) if path.suffix == ".duckdb" else dict(_of_lines(path))


def _of_store(path: Path) -> Records:
    with query(path, "SELECT article_id FROM articles ORDER BY article_id") as answer:
        found: Records = {article_id: [] for (article_id,) in answer.rows}
    for kind in KIND_TABLES:
        with query(path, _select(kind)) as answer:
            for row in answer.rows:
                record = {"kind": kind} | dict(zip(answer.columns, row, strict=True))
                found.setdefault(record.pop("article_id"), []).append(record)
    for records in found.values():
        records.sort(key=lambda record: (record["start_char"], record["end_char"]))
    return found


def _select(kind: Kind) -> str:
    columns = ", ".join(("article_id", "start_char", "end_char", "text", "rule", "confidence", *FIELDS[kind]))
    offices = f"LEFT JOIN ({_OFFICES}) USING (fact_id)" if "positions" in FIELDS[kind] else ""
    # The names of tables and columns in SQL are our own, never those of the data.
    return f"SELECT {columns} FROM {KIND_TABLES[kind]} {offices} ORDER BY article_id, start_char"  # noqa: S608


def _of_lines(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    record = json.loads(line, parse_float=Decimal)
                    yield record["article_id"], list(record["facts"])
                except (ValueError, KeyError, TypeError) as wrong:
                    raise ValueError(
                        f"{path}, line {number}: {wrong!r}; allowed is one object a line with article_id and facts"
                    ) from None
