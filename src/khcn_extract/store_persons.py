"""Persons in the store: merges made anew for the names whose sightings have changed, and undone where a user says so.

`persons.gather` decides, one name at a time; here is how its answer gets into the tables. A load writes the names that
it touches into ``names_to_gather``, in its own transaction, so after a kill the next run knows what is left. `gather`
takes them off that list together with their new merges, some thousand names in a transaction. So a run costs what it
touches and not what the store holds, memory is that of the most frequent name, and a second run finds nothing to do.

A merge that comes out as before keeps its row. One that a user has undone stands in ``unmerges``, which nothing deletes
but the user: its two appearances stay two persons whatever comes.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from khcn_extract import persons
from khcn_extract.columns import text_array
from khcn_extract.offices import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    import duckdb

    Transaction = Callable[[], AbstractContextManager[None]]

_ROWS_AT_A_TIME: Final = 10_000
_MERGES: Final = ("merge_id", "name_key", "kept", "merged", "rule")
_DOUBTS: Final = ("doubt_id", "name_key", "one", "other", "rule")
"""The columns before ``evidence``."""
_COLUMNS: Final = (
    "appearance_id, article_id, fact_id, former, province, is_central, body, body_known, title_key, rank, seen_on"
)
"""As `persons.Seen` has them."""


def gather(connection: duckdb.DuckDBPyConnection, transaction: Transaction, *, everything: bool = False) -> None:
    """Make the merges and doubts of the names that wait for it; of all names where the rules are others than before.

    ``everything`` takes all names in any case.
    """
    _list_names(connection, transaction, everything=everything)
    if not connection.execute("SELECT 1 FROM names_to_gather LIMIT 1").fetchall():
        return
    apart: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, kept, merged in connection.execute("SELECT name_key, kept, merged FROM unmerges").fetchall():
        apart[name].append((kept, merged))
    names: list[str] = []
    merges: list[tuple[Any, ...]] = []
    doubts: list[tuple[Any, ...]] = []
    size = 0
    for name, seen in _by_name(connection):
        found = persons.gather(seen, apart.get(name, ()))
        names.append(name)
        merges += ((digest(*merge[:3], *merge.evidence), name, *merge) for merge in found.merges)
        doubts += ((digest(*doubt[:3], *doubt.evidence), name, *doubt) for doubt in found.doubts)
        size += len(seen)
        if size >= _ROWS_AT_A_TIME:
            _write(connection, transaction, names, merges, doubts)
            names, merges, doubts, size = [], [], [], 0
    if names:
        _write(connection, transaction, names, merges, doubts)
    with transaction():
        # What is left are names that one article has, or none any more: of these nothing is merged.
        for table in ("merges", "doubts"):
            connection.execute(f"DELETE FROM {table} WHERE name_key IN (SELECT name_key FROM names_to_gather)")  # noqa: S608
        connection.execute("DELETE FROM names_to_gather")


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Within a load's transaction: what articles in ``known`` have told of persons counts no more."""
    names = "(SELECT name_key FROM sightings WHERE article_id IN (SELECT article_id FROM known))"
    connection.execute(f"INSERT INTO names_to_gather SELECT DISTINCT * FROM {names}")  # noqa: S608  our own names
    for table in ("merges", "doubts"):
        connection.execute(f"DELETE FROM {table} WHERE name_key IN {names}")  # noqa: S608


def undo(connection: duckdb.DuckDBPyConnection, transaction: Transaction, merge: str, note: str, at: datetime) -> None:
    """Take two appearances apart for good. Raises ValueError where there is no such merge."""
    rows = connection.execute("SELECT merge_id, name_key, kept, merged FROM merges WHERE merge_id = ?", [merge])
    found = rows.fetchall()
    if not found:
        message = f"{merge!r} is no merge of this store: the table merges has those that are, in its column merge_id"
        raise ValueError(message)
    with transaction():
        connection.execute(
            "INSERT INTO unmerges VALUES ($1, $2, $3, $4, $5, $6)",
            [*found[0], note or None, at.astimezone(UTC).replace(tzinfo=None)],
        )
        connection.execute("INSERT INTO names_to_gather VALUES ($1)", [found[0][1]])


def redo(connection: duckdb.DuckDBPyConnection, transaction: Transaction, merge: str) -> None:
    """Let a merge that was undone stand again. Raises ValueError where none of that id was undone."""
    names = connection.execute("SELECT DISTINCT name_key FROM unmerges WHERE merge_id = ?", [merge]).fetchall()
    if not names:
        message = f"{merge!r} is no merge that was undone: the table unmerges has those that are"
        raise ValueError(message)
    with transaction():
        connection.execute("DELETE FROM unmerges WHERE merge_id = ?", [merge])
        connection.executemany("INSERT INTO names_to_gather VALUES (?)", names)


def _list_names(connection: duckdb.DuckDBPyConnection, transaction: Transaction, *, everything: bool) -> None:
    """Add to the names that wait those of which the rules or the user have changed their mind."""
    linker = persons.linker()
    known = connection.execute("SELECT linker FROM linker").fetchall()
    if everything or known != [(linker,)]:
        with transaction():
            connection.execute("INSERT INTO names_to_gather SELECT DISTINCT name_key FROM sightings")
            if known != [(linker,)]:
                connection.execute("DELETE FROM linker")
                connection.execute("INSERT INTO linker VALUES (?)", [linker])
    undone = connection.execute(
        "SELECT DISTINCT name_key FROM merges SEMI JOIN unmerges USING (kept, merged)"
    ).fetchall()
    if undone:
        with transaction():
            connection.executemany("INSERT INTO names_to_gather VALUES (?)", undone)


def _by_name(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, list[persons.Seen]]]:
    """The sightings of each name that waits and is seen in two articles at least; most are not."""
    # A cursor of its own, for the transactions between would end its reading; it sees the tables as they are now.
    with connection.cursor() as reading:
        reading.execute(
            f"""
            WITH several AS (
                SELECT name_key FROM sightings SEMI JOIN names_to_gather USING (name_key)
                GROUP BY name_key HAVING min(appearance_id) < max(appearance_id)
            )
            SELECT name_key, {_COLUMNS} FROM sightings SEMI JOIN several USING (name_key) ORDER BY name_key
            """  # noqa: S608
        )
        rows = _fetched(reading)
        for name, group in groupby(rows, key=itemgetter(0)):
            yield name, [persons.Seen(*row[1:]) for row in group]


def _fetched(reading: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := reading.fetchmany(_ROWS_AT_A_TIME):
        yield from rows


def _write(
    connection: duckdb.DuckDBPyConnection,
    transaction: Transaction,
    names: Sequence[str],
    merges: Sequence[tuple[Any, ...]],
    doubts: Sequence[tuple[Any, ...]],
) -> None:
    """Put the answer for these names in, in place of what there was; a row that is there already stays."""
    tables = {
        "gathered_names": pa.table({"name_key": text_array(names)}),
        "gathered_merges": _table(_MERGES, merges),
        "gathered_doubts": _table(_DOUBTS, doubts),
    }
    for name, table in tables.items():
        connection.register(name, table)
    try:
        with transaction():
            for table, key in (("merges", "merge_id"), ("doubts", "doubt_id")):
                connection.execute(
                    f"DELETE FROM {table} WHERE name_key IN (SELECT name_key FROM gathered_names) "  # noqa: S608
                    f"AND {key} NOT IN (SELECT {key} FROM gathered_{table})"
                )
                connection.execute(
                    f"INSERT INTO {table} BY NAME SELECT * FROM gathered_{table} ANTI JOIN {table} USING ({key})"  # noqa: S608
                )
            connection.execute("DELETE FROM names_to_gather WHERE name_key IN (SELECT name_key FROM gathered_names)")
    finally:
        for name in tables:
            connection.unregister(name)


def _table(columns: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    texts = {name: text_array([row[at] for row in rows]) for at, name in enumerate(columns)}
    return pa.table(texts | {"evidence": pa.array([list(row[-1]) for row in rows], pa.list_(pa.string()))})
