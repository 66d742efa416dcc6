"""What the store promises: all or nothing, the same again, plain words, and a file that explains itself.

The articles here are made up by number: article ``i`` of ``version`` always yields the same facts.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khcn_extract.columns import KIND_TABLES, SCHEMAS, Batch, content_hash, to_batch
from khcn_extract.facts import (
    Article,
    CountValue,
    DateValue,
    DocumentValue,
    Extraction,
    Fact,
    Furniture,
    Mod,
    MoneyValue,
    OfficialValue,
    Position,
    Reject,
    Value,
)
from khcn_extract.store import Run, Store, StoreBusy, query

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
TEXT = "Năm 2023, Sở A chi hơn 5 triệu đồng cho 17/24 hồ sơ theo Kế hoạch số 06/KH-SA. Ông Lê Văn Bê, Giám đốc."
QUOTES = ("Năm 2023", "5 triệu đồng", "17/24 hồ sơ", "Kế hoạch số 06/KH-SA", "Lê Văn Bê")


def run(number: int = 1, extractor: str = "rules 1") -> Run:
    """Make a run with a number of its own."""
    return Run(f"run-{number}", NOON, version="0.1.0", extractor=extractor)


def article(number: int, province: str | None = None) -> Article:
    return Article(article_id=f"a{number}", text=TEXT, title=f"Tin số {number}", province=province)


def extraction(number: int, version: int = 1, province: str | None = None) -> Extraction:
    """Article ``number`` with one fact of each kind; from ``version`` 2 on a rule finds no money any more."""
    values: tuple[Value, ...] = (
        DateValue(date_from=date(2023, 1, 1), date_to=date(2023, 12, 31), value="2023"),
        MoneyValue(amount=Decimal(5_000_000), mod=Mod.MORE_THAN, rate="tháng"),
        CountValue(value=Decimal(number), total=Decimal(24 + version), unit="hồ sơ"),
        DocumentValue(doc_type="Kế hoạch", symbol="06/KH-SA", number="06", issued_on=date(2023, 2, 1)),
        OfficialValue(name="Lê Văn Bê", positions=(Position("Giám đốc", "Sở A"), Position("Trưởng ban", former=True))),
    )
    facts = [
        Fact(TEXT.index(quote), TEXT.index(quote) + len(quote), quote, value, rule="a_rule")
        for quote, value in zip(QUOTES, values, strict=True)
        if version == 1 or value.kind != "money"
    ]
    return Extraction(article(number, province), tuple(facts), (Furniture(0, 3, "menu"),))


def batch(*numbers: int, version: int = 1) -> Batch:
    found = [extraction(number, version) for number in numbers]
    return to_batch(found, [content_hash(e.article) for e in found])


def pairs(*numbers: int) -> list[tuple[str, str]]:
    return [(f"a{number}", content_hash(article(number))) for number in numbers]


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with query(path, sql) as answer:
        return list(answer.rows)


def contents(path: Path, *, without_runs: bool = False) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables that a run fills, sorted."""
    left_out = "* EXCLUDE (run_id)" if without_runs else "*"
    tables = [*SCHEMAS, "rejects"] + ([] if without_runs else ["runs"])
    return {table: sorted(ask(path, f"SELECT {left_out} FROM {table}"), key=repr) for table in tables}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a store that does not exist yet."""
    return tmp_path / "facts.duckdb"


# --- in and out -----------------------------------------------------------------------------------------------------


def test_a_fact_of_each_kind_in_one_readable_view(path: Path) -> None:
    """``facts`` shows every kind alike; the typed tables beside it have the parts."""
    with Store(path) as store:
        store.load(batch(17), run())

    assert ask(path, "SELECT kind, value, text FROM facts ORDER BY start_char") == [
        ("date", "2023", "Năm 2023"),
        ("money", "> 5000000 VND/tháng", "5 triệu đồng"),
        ("count", "17/25 hồ sơ", "17/24 hồ sơ"),
        ("document", "Kế hoạch 06/KH-SA (2023-02-01)", "Kế hoạch số 06/KH-SA"),
        ("official", "Lê Văn Bê (Giám đốc Sở A; nguyên Trưởng ban)", "Lê Văn Bê"),
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (CountValue(value=Decimal("23.50"), unit="%"), "23.5%"),
        (CountValue(value=Decimal(100), unit="lớp", mod=Mod.EQUAL_OR_MORE), "≥ 100 lớp"),
        (CountValue(value=Decimal(5), value_max=Decimal(7), unit="đơn vị", rate="năm"), "5–7 đơn vị/năm"),
        (CountValue(value=Decimal("1E+99"), unit="đơn vị"), "Năm 2023"),
        (MoneyValue(amount=Decimal("0.25"), currency="USD", mod=Mod.APPROX), "~ 0.25 USD"),
        (MoneyValue(amount=Decimal(0), amount_max=Decimal(10)), "0–10 VND"),
        (DocumentValue(doc_type="Tiêu chuẩn", symbol="TCVN 1", number="1"), "Tiêu chuẩn TCVN 1"),
        (OfficialValue(name="Lê Văn Bê"), "Lê Văn Bê"),
    ],
)
def test_how_a_value_reads(path: Path, value: Value, shown: str) -> None:
    """One line for each; a number that did not fit its column is shown as the article has it."""
    found = Extraction(article(1), (Fact(0, 8, "Năm 2023", value, rule="a_rule"),))
    with Store(path) as store:
        store.load(to_batch([found], ["h"]), run())

    assert ask(path, "SELECT value FROM facts") == [(shown,)]


def test_every_fact_leads_to_its_characters_and_its_run(path: Path) -> None:
    """Offsets count in the text that is stored, and every row names its run."""
    with Store(path) as store:
        store.load(batch(1, 2), run())

    joined = "FROM facts JOIN articles USING (article_id) JOIN runs ON facts.run_id = runs.run_id"
    assert ask(
        path,
        f"SELECT count(*) {joined} WHERE facts.text = substr(articles.text, start_char + 1, end_char - start_char)",
    ) == [(10,)]


def test_a_batch_may_hold_any_text(path: Path) -> None:
    """Quotes, NUL, half an emoji: stored, not executed and not fatal."""
    odd = Article(article_id="a'; DROP TABLE articles; --", text='\0 "\ud83d" 😀', title="x\x00y")
    with Store(path) as store:
        store.load(to_batch([Extraction(odd, ())], [content_hash(odd)]), run())

        assert store.pending([(odd.article_id, content_hash(odd))], "rules 1") == set()
    assert ask(path, "SELECT article_id, text, title FROM articles") == [(odd.article_id, '\0 "\ufffd" 😀', "x\x00y")]


# --- again and again ------------------------------------------------------------------------------------------------


def test_what_is_pending(path: Path) -> None:
    """Done is what the store has with the same content, by the same extractor."""
    with Store(path) as store:
        store.load(batch(1, 2), run())

        assert store.pending([], "rules 1") == set()
        assert store.pending(pairs(1, 2, 3), "rules 1") == {"a3"}
        assert store.pending([("a1", "another content"), *pairs(2)], "rules 1") == {"a1"}
        assert store.pending(pairs(1, 2), "rules 2") == {"a1", "a2"}
        assert store.pending([("a1", "another content"), *pairs(1)], "rules 1") == set()


def test_the_same_again_leaves_the_file_alone(path: Path) -> None:
    """A run that finds nothing to do changes no row and has no row."""
    with Store(path) as store:
        store.load(batch(1, 2), run())
        store.reject([Reject("a.txt", "line 1", "No text.")], run())
        store.finish(run(), NOON)
    before, content = path.read_bytes(), contents(path)

    with Store(path) as store:
        assert store.pending(pairs(1, 2), "rules 1") == set()
        store.load(batch(), run(2))
        assert store.reject([Reject("a.txt", "line 1", "No text.")], run(2)) == 0
        store.finish(run(2), NOON)

    assert contents(path) == content
    assert path.read_bytes() == before


def test_new_rules_replace_exactly_the_articles_they_touch(path: Path) -> None:
    """Facts that a newer rule no longer finds go; other articles keep their rows and their run."""
    with Store(path) as store:
        store.load(batch(1, 2, 3), run())
        store.load(batch(2, 4, version=2), run(2, "rules 2"))

    assert ask(path, "SELECT article_id, run_id, extractor FROM articles ORDER BY ALL") == [
        ("a1", "run-1", "rules 1"),
        ("a2", "run-2", "rules 2"),
        ("a3", "run-1", "rules 1"),
        ("a4", "run-2", "rules 2"),
    ]
    assert ask(path, "SELECT article_id FROM money ORDER BY ALL") == [("a1",), ("a3",)]
    assert ask(path, "SELECT count(*), count(DISTINCT fact_id) FROM facts") == [(18, 18)]
    assert ask(path, "SELECT count(*) FROM positions") == ask(path, "SELECT 2 * count(*) FROM officials")
    assert ask(path, "SELECT count(*) FROM furniture") == [(4,)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(loads=st.lists(st.tuples(st.lists(st.integers(1, 4), max_size=4), st.integers(1, 2)), max_size=5))
def test_any_order_of_loads_gives_the_last_of_each_article(tmp_path: Path, loads: list[tuple[list[int], int]]) -> None:
    """However loads overlap: each article once, its facts those of its last load, no fact twice."""
    path = tmp_path / f"{time.perf_counter_ns()}.duckdb"
    latest: dict[str, int] = {}
    with Store(path) as store:
        for at, (numbers, version) in enumerate(loads):
            store.load(batch(*numbers, version=version), run(at))
            latest |= {f"a{number}": version for number in numbers}

    expected = sorted((name, 5 if version == 1 else 4) for name, version in latest.items())
    assert ask(path, "SELECT article_id, count(DISTINCT fact_id) FROM facts GROUP BY ALL ORDER BY ALL") == expected
    assert ask(path, "SELECT count(*) FROM facts") == [(sum(count for _, count in expected),)]
    assert ask(path, "SELECT article_id FROM articles ORDER BY ALL") == [(name,) for name, _ in expected]


def test_a_failed_load_leaves_nothing_behind(path: Path) -> None:
    """All of a batch or nothing; the store goes on."""
    good = batch(1)
    broken = Batch({**good.tables, "money": good.tables["money"].rename_columns(["x", *SCHEMAS["money"].names[1:]])})
    with Store(path) as store:
        with pytest.raises(duckdb.Error):
            store.load(broken, run())
        store.load(batch(2), run())

    assert ask(path, "SELECT DISTINCT article_id FROM facts") == [("a2",)]
    assert ask(path, "SELECT articles, facts FROM runs") == [(1, 5)]


def test_a_batch_with_an_article_twice_is_refused(path: Path) -> None:
    """Nothing but this check keeps ids unique inside a batch, for there is no key."""
    one = batch(1)
    twice = Batch({table: duckdb.from_arrow(rows).union(duckdb.from_arrow(rows)).to_arrow_table()
                   for table, rows in one.tables.items()})  # fmt: skip
    with Store(path) as store, pytest.raises(ValueError, match="an article id comes twice in a batch of 2"):
        store.load(twice, run())


# --- runs and rejects -----------------------------------------------------------------------------------------------


def test_a_run_is_written_with_its_first_change_and_counts_on(path: Path) -> None:
    """Times are stored in UTC; a run that was killed stays unfinished."""
    local = datetime.fromisoformat("2026-11-01T19:00:00+07:00")
    with Store(path) as store:
        store.load(batch(1), Run("r", local, "0.1.0", "rules 1"))
        store.load(batch(2, 3), run())
        store.load(batch(4), run())
        store.reject([Reject("b.txt", "", "Empty file.")], run())
        store.finish(run(), NOON)

    noon = NOON.replace(tzinfo=None)
    assert ask(path, "SELECT * FROM runs ORDER BY articles") == [
        ("r", noon, None, "0.1.0", "rules 1", 1, 5, 0),
        ("run-1", noon, noon, "0.1.0", "rules 1", 3, 15, 1),
    ]


def test_a_time_without_zone_is_refused(path: Path) -> None:
    """It would be stored as UTC, hours off."""
    naive = Run("r", NOON.replace(tzinfo=None), "0.1.0", "rules 1")
    with Store(path) as store, pytest.raises(ValueError, match=r"2026-11-01T12:00:00 has no time zone"):
        store.load(batch(1), naive)


def test_a_reject_keeps_the_run_that_first_met_it(path: Path) -> None:
    """Known by source, place and reason; the log only grows."""
    first, second = Reject("a.txt", "line 1", "No text."), Reject("a.txt", "line 2", "No text.")
    with Store(path) as store:
        assert store.reject([first, first], run()) == 1
        assert store.reject([first, second], run(2)) == 1

    assert ask(path, "SELECT source, place, reason, run_id FROM rejects ORDER BY place") == [
        ("a.txt", "line 1", "No text.", "run-1"),
        ("a.txt", "line 2", "No text.", "run-2"),
    ]


# --- killed ---------------------------------------------------------------------------------------------------------

_WHOLE_RUN = """
import sys
sys.path[:0] = sys.argv[2:]
from test_store import Reject, Store, batch, duckdb, pairs, run
number = int(sys.argv.pop(1))
duckdb.connect().register("warm_up", batch().tables["dates"])
print("ready", flush=True)
with Store(sys.argv[1]) as store:
    for start in range(0, 400, 20):
        todo = store.pending(pairs(*range(start, start + 20)), "rules 1")
        store.load(batch(*(int(name[1:]) for name in sorted(todo))), run(number))
        store.reject([Reject("a.txt", f"line {start}", "No text.")], run(number))
"""


def _start(path: Path, number: int) -> subprocess.Popen[str]:
    tests, package = Path(__file__).parent, Path(sys.modules[Store.__module__].__file__ or "").parents[1]
    command = [sys.executable, "-c", _WHOLE_RUN, str(number), str(path), str(tests), str(package)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert started.stdout
    assert started.stdout.readline() == "ready\n"
    return started


def test_killed_anywhere_and_started_again_gives_the_same_facts(tmp_path: Path) -> None:
    """Ten kills at any moment, from before the file exists to the last batch, then one run to the end."""
    whole, killed = tmp_path / "whole.duckdb", tmp_path / "killed.duckdb"
    with _start(whole, 0) as process:
        began = time.perf_counter()
        assert process.wait() == 0
        length = time.perf_counter() - began

    moments = random.Random(2026)
    for number in range(10):
        with _start(killed, number) as process:
            time.sleep(moments.random() * length / 3)
            process.kill()
    with _start(killed, 10) as process:
        assert process.wait() == 0

    assert contents(killed, without_runs=True) == contents(whole, without_runs=True)
    assert ask(killed, "SELECT count(*) FROM articles WHERE run_id NOT IN (SELECT run_id FROM runs)") == [(0,)]


# --- the file -------------------------------------------------------------------------------------------------------


def test_older_readers_can_open_it(path: Path) -> None:
    """The file is in the format of DuckDB 1.4, whatever version writes it."""
    Store(path).close()

    assert ask(path, "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal") == [("v1.4.0+",)]


def test_every_table_and_column_is_explained(path: Path) -> None:
    """In the file itself, by COMMENT ON, where every DuckDB tool shows it: Vietnamese label, then English."""
    Store(path).close()
    comments = ask(
        path,
        "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal "
        "UNION ALL SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal "
        "UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal",
    )

    assert len(comments) > 100
    assert [name for name, comment in comments if not comment or ": " not in comment] == []


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_arrow_columns_are_those_of_the_table(path: Path, table: str) -> None:
    """``columns.py`` and ``schema.sql`` agree, name by name and type by type."""
    Store(path).close()
    stored = {name: kind for name, kind, *_ in ask(path, f"DESCRIBE {table}")}
    arrow = duckdb.from_arrow(batch().tables[table])
    made = dict(zip(arrow.columns, map(str, arrow.types), strict=True))
    added = {"run_id"} | ({"extractor"} if table == "articles" else set())

    assert made == {name: kind for name, kind in stored.items() if name not in added}
    assert added <= stored.keys()


def test_the_facts_view_covers_every_kind(path: Path) -> None:
    """A kind that is added must be added there."""
    with Store(path) as store:
        store.load(batch(1), run())

    assert set(ask(path, "SELECT DISTINCT kind FROM facts")) == {(kind,) for kind in KIND_TABLES}


def test_an_empty_file_is_a_new_store(path: Path) -> None:
    """As a killed ``touch`` or ``mktemp`` leaves it; a log without its database is no part of it either."""
    path.touch()
    path.with_name("facts.duckdb.wal").write_bytes(b"left over")
    with Store(path) as store:
        store.load(batch(1), run())

    assert ask(path, "SELECT count(*) FROM facts") == [(5,)]
    assert [found.name for found in path.parent.iterdir()] == ["facts.duckdb"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a database", "is not a DuckDB file"),
        ("CREATE TABLE t (a INT)", "is a DuckDB file, but not a fact store: name another file, it will be created"),
        ("CREATE TABLE store_version AS SELECT 99 AS version", "is a fact store of version 99, this program needs 3"),
    ],
)
def test_what_is_no_store_is_named(path: Path, content: bytes | str, said: str) -> None:
    """One plain sentence, and the file stays as it is."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        duckdb.connect(str(path)).execute(content).close()
    before = path.read_bytes()

    with pytest.raises(ValueError, match=f"^{path} {said}"):
        Store(path)
    assert path.read_bytes() == before


def use_all(path: Path) -> None:
    """Touches every table that a command of the user may write."""
    with Store(path) as store:
        store.pending(pairs(1), "rules 1")
        store.load(batch(*range(50), version=2), run(2))
        store.gather_persons(everything=True)
        store.redo_merge("a")


@pytest.mark.parametrize("table", ["articles", "sightings", "merges", "unmerges", "names_to_gather", "linker"])
def test_a_store_without_one_of_its_tables_is_named(path: Path, table: str) -> None:
    """Also where a variable of the program has the table's name."""
    Store(path).close()
    duckdb.connect(str(path)).execute(f"DROP TABLE {table} CASCADE").close()

    with pytest.raises(ValueError, match=f"^{path} has not all tables of a fact store: .*{table}"):
        use_all(path)


@pytest.mark.parametrize("everywhere", [False, True], ids=["first block", "every block behind"])
def test_a_damaged_store_is_named(path: Path, everywhere: bool) -> None:
    """Whether DuckDB sees it at once or when it gets there; and it isn't taken for a store in use."""
    with Store(path) as store:
        store.load(batch(*range(50)), run())
    content = bytearray(path.read_bytes())
    for block in range(12_288, len(content), 262_144) if everywhere else [12_288]:
        content[block + 5_000 : block + 5_100] = b"x" * 100
    path.write_bytes(content)

    with pytest.raises((ValueError, OSError), match=f"^{path} .*Corrupt database file"):
        use_all(path)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    """Not created: a slip of the pen is more likely."""
    with pytest.raises(ValueError, match=r"facts\.duckdb: there is no directory .*nowhere$"):
        Store(tmp_path / "nowhere" / "facts.duckdb")


def test_a_store_in_use_is_said_with_the_process_that_has_it(path: Path) -> None:
    """To writers and to readers alike."""
    code = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    Store(path).close()
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        said = f"^{path} is in use by process {other.pid}: wait until it has ended$"
        with pytest.raises(StoreBusy, match=said):
            Store(path)
        with pytest.raises(StoreBusy, match=said), query(path, "SELECT 1"):
            pass
        other.kill()


# --- reading --------------------------------------------------------------------------------------------------------


def test_a_query_gives_names_and_rows(path: Path) -> None:
    """Also those of no row at all."""
    Store(path).close()
    with query(path, "SELECT 1 AS một, 'x' AS hai FROM range(25000)") as answer:
        assert answer.columns == ("một", "hai")
        assert sum(1 for _ in answer.rows) == 25_000
    with query(path, "SELECT name FROM officials") as answer:
        assert (answer.columns, list(answer.rows)) == (("name",), [])


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEC 1", r'^Parser Error: syntax error at or near "SELEC"$'),
        ("SELECT nope FROM facts", r'^Binder Error: Referenced column "nope" not found in FROM clause!$'),
        ("SELECT error('no') FROM range(3)", "no"),
        ("SELECT CAST(if(range > 20000, 'x', '1') AS INT) FROM range(30000)", "Conversion Error"),
        ("DELETE FROM articles", "read-only"),
        ("CREATE TABLE t (a INT)", "read-only"),
        ("UPDATE runs SET facts = 0", "read-only"),
        ("COPY articles TO 'out.csv'", "disabled by configuration"),
        ("SELECT * FROM read_csv('/etc/hosts')", "disabled by configuration"),
        ("ATTACH 'other.duckdb'", "disabled by configuration"),
        ("INSTALL excel", "disabled by configuration"),
        ("SET enable_external_access = true", "Cannot enable external access"),
        ("SELECT * FROM sys", "does not exist"),
        ("SELECT 1; SELECT 2", "these are 2 SQL statements; allowed is one"),
    ],
)
def test_sql_that_is_wrong_or_not_allowed(path: Path, sql: str, said: str) -> None:
    """DuckDB's first line; SQL sees the store, cannot change it and sees nothing else."""
    Store(path).close()

    with pytest.raises(ValueError, match=said), query(path, sql) as answer:
        list(answer.rows)


def test_a_query_of_no_file(path: Path) -> None:
    """A reader creates nothing."""
    with pytest.raises(ValueError, match="there is no such file"), query(path, "SELECT 1"):
        pass
    assert not path.exists()


def test_reading_while_this_process_writes(path: Path) -> None:
    """DuckDB cannot do both in one process: said, not crashed."""
    with (
        Store(path),
        pytest.raises(StoreBusy, match="is open in this process already: close it first"),
        query(path, "SELECT 1"),
    ):
        pass


# --- provinces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "today", "unit"),
    [
        ("Hà Nội", "Hà Nội", "Thành phố Hà Nội"),
        ("Hà Tây", "Hà Nội", "Thành phố Hà Nội"),
        ("Bình Phước", "Đồng Nai", "Thành phố Đồng Nai"),
        ("Bắc Giang", "Bắc Ninh", "Thành phố Bắc Ninh"),
        ("Quảng Ninh", "Quảng Ninh", "Thành phố Quảng Ninh"),
        ("Long An", "Tây Ninh", "Tỉnh Tây Ninh"),
        ("Thừa Thiên Huế", "Huế", "Thành phố Huế"),
        ("Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
        ("Atlantis", None, None),
        (None, None, None),
    ],
)
def test_an_article_in_the_borders_of_today(path: Path, written: str | None, today: str | None, unit: str) -> None:
    """By the name of its time; what is unknown stays, with no place."""
    with Store(path) as store:
        store.load(to_batch([extraction(1, province=written)], ["h"]), run())

    assert ask(path, "SELECT province, province_2025, unit_today FROM article_places") == [(written, today, unit)]


def test_the_provinces_add_up(path: Path) -> None:
    """63 became 34; since 2026 nine of them are cities; no name or alias means two provinces."""
    Store(path).close()

    assert ask(path, "SELECT count(*), count(DISTINCT code_before), count(DISTINCT iso_code) FROM provinces") == [
        (63, 63, 63)
    ]
    assert ask(path, "SELECT count(DISTINCT (code_2025, name_2025, unit_2025, unit_today)) FROM provinces") == [(34,)]
    cities = "SELECT count(DISTINCT code_2025) FROM provinces WHERE starts_with({}, 'Thành phố')"
    assert (ask(path, cities.format("unit_2025")), ask(path, cities.format("unit_today"))) == ([(6,)], [(9,)])
    names = "SELECT unnest(list_append(aliases, name)) AS name FROM provinces"
    assert ask(path, f"SELECT name FROM ({names}) GROUP BY ALL HAVING count(*) > 1") == []
    # A name of today was a name before, of a province that is part of it: so the bare name can be joined on.
    assert (
        ask(path, "SELECT name_2025 FROM provinces ANTI JOIN (FROM provinces WHERE name = name_2025) USING (name_2025)")
        == []
    )
