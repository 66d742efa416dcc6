"""The fact store: one DuckDB file that a run fills and SQL reads.

Read ``schema.sql`` first: it says what the tables are. ``columns.py`` makes rows and ``database.py`` the file; here
is how rows get in and out:

- ``Store`` writes, from one process. A batch of articles goes in by one transaction: their old rows out, the new ones
  in. So a run may be killed at any point and started again, and new rules replace exactly the articles they touch.
- ``query`` reads, and can do nothing else.

Time comes in by ``Run``; nothing here looks at the clock. Files have the storage format of DuckDB 1.4, so that older
readers open them.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import duckdb
import pyarrow as pa

from khcn_extract import store_persons
from khcn_extract.columns import SCHEMAS, Batch, text_array
from khcn_extract.database import StoreBusy, check_version, connect, create_store, first_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import TracebackType

    from khcn_extract.facts import Reject

__all__ = ["Answer", "Run", "Store", "StoreBusy", "query"]

_ROWS_AT_A_TIME: Final = 10_000


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the program, as its rows name it."""

    run_id: str
    started_at: datetime
    """With its time zone; stored in UTC."""
    version: str
    """Version of the program, for the record."""
    extractor: str
    """What decides the facts: program and rules. Articles done by another extractor count as not done."""


class Answer(NamedTuple):
    """What a query gives."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]
    """Fetched while they are read."""


class Store:
    """A fact store open for writing, by one process at a time.

    Opening creates the file with all its tables where there is none (or an empty file). Raises StoreBusy where the
    file is in use, ValueError where it is no fact store or its directory is missing.

    >>> with Store("facts.duckdb") as store:                                # doctest: +SKIP
    ...     todo = store.pending([("a1", content_hash(article))], run.extractor)
    ...     store.load(to_batch([process(article)], [content_hash(article)]), run)
    ...     store.finish(run, finished_at)
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.exists() or (self.path.is_file() and self.path.stat().st_size == 0):
            create_store(self.path)
        self._connection = connect(self.path)
        try:
            with _errors(self.path):
                check_version(self._connection, self.path)
        except (ValueError, OSError):
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; all that was loaded is in it."""
        self._connection.close()

    def pending(self, articles: Iterable[tuple[str, str]], extractor: str) -> set[str]:
        """Ids of the articles that are still to be done.

        ``articles`` are pairs of article id and ``content_hash``; done are those that the store has with that very
        hash and ``extractor``. Of an id that comes twice the last pair counts. Memory grows with ``articles`` only,
        not with the store, so ask by batches of some thousand.
        """
        wanted = dict(articles)
        incoming = pa.table(
            {
                "place": range(len(wanted)),
                "article_id": text_array(list(wanted)),
                "content_hash": text_array(list(wanted.values())),
            }
        )
        with _errors(self.path), _registered(self._connection, {"incoming": incoming}):
            done = self._connection.execute(
                "SELECT place FROM articles JOIN incoming USING (article_id, content_hash) WHERE extractor = ?",
                [extractor],
            ).fetchall()
        ids = list(wanted)
        return wanted.keys() - {ids[place] for (place,) in done}

    def load(self, batch: Batch, run: Run) -> None:
        """Put a batch in, in place of all that the store has of its articles: all of it or nothing.

        An empty batch changes nothing, not even ``runs``. Raises ValueError for a batch that has an article twice
        (``to_batch`` makes none) and OSError where the file cannot be written.
        """
        if not batch.articles:
            return
        ids = batch.tables["articles"].column("article_id")
        if len(ids.unique()) != batch.articles:
            message = f"an article id comes twice in a batch of {batch.articles}: make the batch by to_batch"
            raise ValueError(message)
        incoming = {f"incoming_{table}": rows for table, rows in batch.tables.items() if rows.num_rows}
        with _registered(self._connection, incoming), self._transaction():
            self._delete_articles()
            for table in SCHEMAS:
                if f"incoming_{table}" in incoming:
                    self._insert(table, run)
            if "incoming_sightings" in incoming:
                self._changed("INSERT INTO names_to_gather SELECT DISTINCT name_key FROM incoming_sightings", {})
            self._count(run, articles=batch.articles, facts=batch.facts)

    def reject(self, rejects: Iterable[Reject], run: Run) -> int:
        """Log input that could not become an article; returns how many entries are new.

        A reject is known by its source, place and reason: met again it changes nothing and keeps the run that first
        met it. The log is history: an entry stays when the input is mended.
        """
        found = {_reject_id(reject): reject for reject in rejects}
        incoming = pa.table(
            {
                "reject_id": text_array(list(found)),
                "source": text_array([reject.source for reject in found.values()]),
                "place": text_array([reject.place for reject in found.values()]),
                "reason": text_array([reject.reason for reject in found.values()]),
            }
        )
        with _registered(self._connection, {"incoming": incoming}), self._transaction():
            new = self._changed(
                "INSERT INTO rejects BY NAME "
                "SELECT *, $first_seen::TIMESTAMP AS first_seen, $run_id AS run_id "
                "FROM incoming ANTI JOIN rejects USING (reject_id)",
                {"first_seen": _utc(run.started_at), "run_id": run.run_id},
            )
            if new:
                self._count(run, rejects=new)
        return new

    def gather_persons(self, *, everything: bool = False) -> None:
        """Gather sightings into persons, of the names that changed since the last time; see ``store_persons.py``.

        ``everything`` gathers all names anew, as after changes to ``unmerges`` by SQL. What comes out as before keeps
        its rows.
        """
        with _errors(self.path):
            store_persons.gather(self._connection, self._transaction, everything=everything)

    def undo_merge(self, merge_id: str, at: datetime, *, note: str = "") -> None:
        """Undo a merge of persons, for this and all later runs. Raises ValueError where there is no such merge."""
        with _errors(self.path):
            store_persons.undo(self._connection, self._transaction, merge_id, note, at)
        self.gather_persons()

    def redo_merge(self, merge_id: str) -> None:
        """Let a merge stand again. Raises ValueError where none of that id was undone."""
        with _errors(self.path):
            store_persons.redo(self._connection, self._transaction, merge_id)
        self.gather_persons()

    def finish(self, run: Run, finished_at: datetime) -> None:
        """Note the end of a run; a run that changed nothing has no row, and gets none."""
        with self._transaction():
            self._changed(
                "UPDATE runs SET finished_at = $finished_at WHERE run_id = $run_id",
                {"finished_at": _utc(finished_at), "run_id": run.run_id},
            )

    def _delete_articles(self) -> None:
        # Of a first load there is nothing to delete, and one look at the articles saves seven scans of facts.
        known = self._connection.execute(
            "SELECT article_id FROM articles SEMI JOIN incoming_articles USING (article_id)"
        ).fetchall()
        if known:
            ids = pa.table({"article_id": text_array([article_id for (article_id,) in known])})
            with _registered(self._connection, {"known": ids}):
                store_persons.forget(self._connection)
                for table in SCHEMAS:
                    # The names of tables and columns in SQL are our own, never those of the data.
                    self._changed(f"DELETE FROM {table} WHERE article_id IN (SELECT article_id FROM known)", {})  # noqa: S608

    def _insert(self, table: str, run: Run) -> None:
        added = {"run_id": run.run_id} | ({"extractor": run.extractor} if table == "articles" else {})
        columns = ", ".join(f"${name} AS {name}" for name in added)
        self._changed(f"INSERT INTO {table} BY NAME SELECT *, {columns} FROM incoming_{table}", added)  # noqa: S608

    def _count(self, run: Run, *, articles: int = 0, facts: int = 0, rejects: int = 0) -> None:
        counts = {"run_id": run.run_id, "articles": articles, "facts": facts, "rejects": rejects}
        updated = self._changed(
            "UPDATE runs SET articles = articles + $articles, facts = facts + $facts, rejects = rejects + $rejects "
            "WHERE run_id = $run_id",
            counts,
        )
        if not updated:
            self._changed(
                "INSERT INTO runs (run_id, started_at, version, extractor, articles, facts, rejects) "
                "VALUES ($run_id, $started_at, $version, $extractor, $articles, $facts, $rejects)",
                counts | {"started_at": _utc(run.started_at), "version": run.version, "extractor": run.extractor},
            )

    def _changed(self, sql: str, values: dict[str, Any]) -> int:
        # All of the result: DuckDB 2 lets nothing else run before its end, and one row is not yet the end.
        ((changed,),) = self._connection.execute(sql, values).fetchall()
        return int(changed)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _errors(self.path):
            self._connection.execute("BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A failed COMMIT has rolled back by itself, and then there is nothing left to roll back.
                with suppress(duckdb.Error):
                    self._connection.execute("ROLLBACK")
                raise


@contextmanager
def query(path: str | Path, sql: str) -> Iterator[Answer]:
    """Run SQL over a store that cannot be changed by it: column names, and rows as they are read.

    The file is open while the ``with`` block lasts. The SQL sees the file and nothing else: no other file can be read
    or written, no extension loaded, nothing fetched. Raises StoreBusy where a run has the store, ValueError where
    there is no such file or the SQL is wrong (also while rows are read) or more than one statement.

    >>> with query("facts.duckdb", "SELECT kind, count(*) FROM facts GROUP BY ALL") as answer:    # doctest: +SKIP
    ...     print(answer.columns, *answer.rows)
    """
    path = Path(path)
    if not path.is_file():
        message = f"{path}: there is no such file"
        raise ValueError(message)
    with connect(path, read_only=True) as connection:
        with _sql_errors():
            statements = connection.extract_statements(sql)
            if len(statements) > 1:  # DuckDB would run them all and show the last
                raise ValueError(f"these are {len(statements)} SQL statements; allowed is one")
            connection.execute(sql)
        columns = tuple(column[0] for column in connection.description or ())
        yield Answer(columns, _fetch(connection) if columns else iter(()))


def _fetch(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while True:
        with _sql_errors():
            rows = connection.fetchmany(_ROWS_AT_A_TIME)
        if not rows:
            return
        yield from rows


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> Iterator[None]:
    for name, table in tables.items():
        connection.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            # Inside a transaction that has failed nothing works any more; the rollback then drops it.
            with suppress(duckdb.Error):
                connection.unregister(name)


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    """What DuckDB says, as one plain sentence: `ValueError` for a store without all its tables, else `OSError`."""
    try:
        yield
    except duckdb.BinderException:  # rows that don't fit their table are a fault of the program, not of the file
        raise
    except duckdb.CatalogException as error:
        message = f"{path} has not all tables of a fact store: {first_line(error)}"
        raise ValueError(message) from error
    except duckdb.Error as error:  # a damaged file has no class of its own
        message = f"{path} cannot be read or written: {first_line(error)}"
        raise OSError(message) from error


@contextmanager
def _sql_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise ValueError(first_line(error)) from error


def _reject_id(reject: Reject) -> str:
    content = f"{reject.source}\x1f{reject.place}\x1f{reject.reason}"
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        message = f"{moment.isoformat()} has no time zone: give one, for instance datetime.UTC"
        raise ValueError(message)
    return moment.astimezone(UTC).replace(tzinfo=None)
