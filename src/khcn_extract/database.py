"""The DuckDB file of a store: made whole or not at all, opened with plain words where it cannot be, checked.

Read ``schema.sql``, ``comments.tsv`` and ``provinces.tsv`` first: what the tables are, what they mean, and the
provinces; this carries them, and the units of ``rules/units.toml``, into a new file. ``store.py`` uses the tables.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from khcn_extract.counts_units import units

if TYPE_CHECKING:
    from collections.abc import Iterator

STORAGE_VERSION: Final = "v1.4.0"
"""File format: the oldest that has all we use, so that analysts' older DuckDB tools open the file."""
_WRITE: Final[dict[str, Any]] = {
    "storage_compatibility_version": STORAGE_VERSION,
    # How much log is gathered before it goes into the file. The default of 16 MB has every other batch rewrite the last
    # row groups of all tables; 256 MB loads a little faster still and keeps the whole log in memory.
    "checkpoint_threshold": "32MB",
    # A load needs no more, and without a bound DuckDB keeps what it wrote: memory then grows with the store.
    "memory_limit": "96MB",
    # Batches are too small to be worth sharing out (one thread takes a quarter less time), and workers want the cores.
    "threads": 1,
    # A table that is missing is an error, never a variable of ours that has its name.
    "python_enable_replacements": False,
}
# SQL that reads sees the file and nothing else: no other file, no extension, no network, no variable of the caller.
_READ: Final[dict[str, Any]] = {"enable_external_access": False, "python_enable_replacements": False}
STORE_VERSION: Final = 3
"""Of the tables, as ``schema.sql`` writes it. Another one is refused: a store is made again from its articles."""


class StoreBusy(ValueError):  # noqa: N818  # a state of the file, not a fault
    """Another process, or this one in another way, has the store open."""


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file: to write in the store's format, or to read it and nothing else.

    Read-only means that SQL sees no other file, loads no extension and fetches nothing. Raises StoreBusy where the
    file is in use, ValueError where it cannot be opened for another reason.
    """
    try:
        # Absolute, for DuckDB takes names like ":memory:" and "md:x" for something else than a file.
        return duckdb.connect(str(path.absolute()), read_only=read_only, config=_READ if read_only else _WRITE)
    except duckdb.Error as error:
        reason = str(error)
        if re.search(r"\block\b", reason):  # not the "block" of a damaged file
            process = re.search(r"\(PID (\d+)\)", reason)
            by = f"process {process[1]}" if process else "another process"
            message = f"{path} is in use by {by}: wait until it has ended"
            raise StoreBusy(message) from error
        if isinstance(error, duckdb.ConnectionException):
            message = f"{path} is open in this process already: close it first"
            raise StoreBusy(message) from error
        if "not a valid DuckDB database file" in reason:
            message = f"{path} is not a DuckDB file"
            raise ValueError(message) from error
        message = f"{path} cannot be opened: {first_line(error)}"
        raise ValueError(message) from error


def create_store(path: Path) -> None:
    """Make a new store at ``path``, whole or not at all.

    It is built under another name and then linked into place: a process killed half-way leaves nothing at ``path``,
    (but a hidden directory beside it, which may be deleted), and of two processes that create the same store one is
    first and the other uses the first one's. Raises ValueError where the directory is missing, OSError where it cannot
    be written.
    """
    if not path.parent.is_dir():
        message = f"{path}: there is no directory {path.parent}"
        raise ValueError(message)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as building:
        new = Path(building, "new.duckdb")
        with connect(new) as database:
            database.execute("BEGIN")
            create_tables(database)
            database.execute("COMMIT")
        _put_in_place(new, path)


def create_tables(database: duckdb.DuckDBPyConnection) -> None:
    """Create all tables and views, comment them, and fill ``provinces`` and ``units``."""
    database.execute(_read("schema.sql"))
    for statement in _comments(database):
        database.execute(statement)
    rows = list(_rows("provinces.tsv"))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    as_rows = ", ".join(f"unnest(${name}::VARCHAR[]) AS {name}" for name in columns)
    aliases = "list_filter(string_split(aliases, ';'), lambda alias: alias <> '') AS aliases"
    sql = f"INSERT INTO provinces BY NAME SELECT * REPLACE ({aliases}) FROM (SELECT {as_rows})"  # noqa: S608
    database.execute(sql, columns)
    known = units()
    database.execute(
        "INSERT INTO units SELECT unnest($unit), unnest($class), nullif(unnest($ucum), '')",
        {
            "unit": list(known.classes),
            "class": list(known.classes.values()),
            "ucum": [known.ucum.get(unit, "") for unit in known.classes],
        },
    )


def check_version(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raise ValueError unless ``database`` is a store with the tables of this version."""
    try:
        versions = database.execute("SELECT version FROM store_version").fetchall()
    except duckdb.CatalogException as error:
        message = f"{path} is a DuckDB file, but not a fact store: name another file, it will be created"
        raise ValueError(message) from error
    if versions != [(STORE_VERSION,)]:
        found = ", ".join(str(version) for (version,) in versions) or "none"
        message = f"{path} is a fact store of version {found}, this program needs {STORE_VERSION}: name another file"
        raise ValueError(message)


def first_line(error: duckdb.Error) -> str:
    """Give what DuckDB says, without the excerpt of the SQL that it draws below."""
    return str(error).partition("\n")[0]


def _put_in_place(new: Path, path: Path) -> None:
    # A log without its database (someone deleted only the .duckdb) belongs to no store, least of all to the new one.
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    if path.exists() and path.stat().st_size == 0:
        path.unlink()
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # A file system without hard links.
        new.rename(path)


def _comments(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    comments = {(row["table"], row["column"]): row["comment"].replace("'", "''") for row in _rows("comments.tsv")}
    views = {name for (name,) in database.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    columns = database.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    for table in dict.fromkeys(table for table, _ in columns):
        yield f"COMMENT ON {'VIEW' if table in views else 'TABLE'} {table} IS '{comments[table, '']}'"
    for table, column in columns:
        comment = comments.get((table, column)) or comments["*", column]
        yield f"COMMENT ON COLUMN {table}.{column} IS '{comment}'"


def _read(name: str) -> str:
    return (files("khcn_extract") / name).read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    lines = (line for line in _read(name).splitlines() if not line.startswith("#"))
    return csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
