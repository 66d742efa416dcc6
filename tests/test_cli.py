"""The command line as a user meets it, and as somebody who wishes it ill does: what is typed beside what comes back.

Exit codes: 0 all well, 1 done with rejects, 2 wrong usage, 3 fatal, 4 interrupted (`test_run` presses the keys).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import NamedTuple

import duckdb
import pytest

from khcn_extract import cli
from khcn_extract.facts import Article, Extraction, Fact, OfficialValue, Position
from khcn_extract.pipeline import process
from khcn_extract.show import as_html
from khcn_extract.store import Store

KHCN = Path(sys.executable).with_name("khcn")
TEXT = "Ngày 5/3/2021, Sở nghiệm thu 12 đề tài, chi 2,5 tỷ đồng theo Quyết định số 15/QĐ-UBND."
OTHER = "Ông Lâm Văn Bền - Giám đốc Sở Y tế trao 35 suất quà."
COMMANDS = [command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback]


class Answer(NamedTuple):
    """What a command gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def khcn(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Types a command, in this process: as fast as a function, and with the same exit code."""
    monkeypatch.setenv("COLUMNS", "80")

    def type_in(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["khcn", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return Answer(int(end.value.code or 0), said.out, said.err)

    return type_in


def write_articles(folder: Path) -> Path:
    path = folder / "bài.jsonl"
    lines = [json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in (("a", TEXT), ("b", OTHER))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Two articles."""
    return write_articles(tmp_path)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the facts of two articles, made once."""
    folder = tmp_path_factory.mktemp("store")
    path = folder / "facts.duckdb"
    subprocess.run([KHCN, "extract", write_articles(folder), "--out", path], check=True, capture_output=True)
    return path


@pytest.fixture
def store(filled: Path, dump: Path, tmp_path: Path) -> Path:
    """A copy of it, beside the articles, to do with what a test likes."""
    return Path(shutil.copy(filled, tmp_path))


# Help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_in_80_columns(khcn, command: str, flag: str) -> None:
    """What it does, and each option with a word on it."""
    answer = khcn(command, flag)

    assert answer.code == 0
    assert answer.out.startswith(f"Usage: khcn {command}")
    assert max(map(len, answer.out.splitlines())) <= 80
    assert re.findall(r"(?m)^  --[a-z-]+(?: [A-Z]+)?$\n(?!    )", answer.out) == [], "an option without a word on it"


def test_help_names_every_command(khcn) -> None:
    """With what it is for; and no command is help too."""
    answer = khcn("--help")

    assert set(re.findall(r"(?m)^  ([a-z]+)  +\S", answer.out.partition("Commands:")[2])) == set(COMMANDS)
    assert max(map(len, answer.out.splitlines())) <= 80
    assert khcn().out + khcn().err == answer.out


def test_help_answers_at_once() -> None:
    """0.3 s of the processor at most, the best of three."""
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([KHCN, "--help"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    assert min(took) <= 0.3


# extract ----------------------------------------------------------------------------------------------------------


def test_extract_says_what_it_did(khcn, dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In few lines that fit a terminal; the second time nothing is left to do."""
    monkeypatch.chdir(tmp_path)
    first, second = khcn("extract", dump, "--out", "facts.duckdb"), khcn("extract", dump, "--out", "facts.duckdb")

    assert first.code == second.code == 0
    assert first.out.splitlines() == [
        "facts.duckdb: 2 articles extracted, 0 unchanged, 0 rejected",
        "6 facts: 1 dates, 1 documents, 1 money, 2 counts, 1 officials",
        "0 pieces of page furniture left out",
    ]
    assert second.out.startswith("facts.duckdb: 0 articles extracted, 2 unchanged, 0 rejected\n")
    assert first.err == second.err == ""


def test_extract_to_a_file(khcn, dump: Path, tmp_path: Path) -> None:
    """In the gold format, which ``evaluate`` reads: the extractor agrees with itself."""
    out = tmp_path / "out.jsonl"

    assert khcn("extract", dump, "--out", out).code == 0
    assert [json.loads(line)["article_id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["a", "b"]
    answer = khcn("evaluate", out)
    assert answer.code == 0
    assert "1.0" in answer.out or "100" in answer.out


def test_evaluate_counts_what_is_missed(khcn, tmp_path: Path) -> None:
    """A gold file of one article, with one fact that no extractor finds."""
    fact = {"kind": "count", "start_char": 0, "end_char": 2, "text": "Sở", "value": 7, "unit": "cái"}
    found = {"kind": "count", "start_char": 6, "end_char": 15, "text": "12 đề tài", "value": 12, "unit": "đề tài"}
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        json.dumps({"article_id": "a", "text": "Sở có 12 đề tài.", "facts": [fact, found]}) + "\n", encoding="utf-8"
    )
    plain, errors = khcn("evaluate", gold), khcn("evaluate", gold, "--errors")

    assert plain.code == errors.code == 0
    count = next(line for line in plain.out.splitlines() if line.startswith("count"))
    assert re.search(r"\b(0[.,]5|50)", count), "half of the counts were found"
    assert "Sở" in errors.out


@pytest.mark.parametrize(
    ("option", "value", "sql", "expected"),
    [
        ("--published", "2021-10-08", "SELECT published_on::VARCHAR FROM articles", "2021-10-08"),
        ("--published", "2021-10-08", "SELECT value FROM facts WHERE kind = 'date'", "2021-10-06"),
        ("--published", "2021-10-08T07:30", "SELECT published_at::VARCHAR FROM articles", "2021-10-08 07:30:00"),
        ("--province", "Kon Tum", "SELECT province FROM articles", "Kon Tum"),
        ("--province", "tỉnh Đăk Lăk", "SELECT province_2025 FROM article_places", "Đắk Lắk"),
        ("--province", "TP. Đà Nẵng", "SELECT province_2025 FROM article_places", "Đà Nẵng"),
    ],
)
def test_defaults(khcn, option: str, value: str, sql: str, expected: str, tmp_path: Path) -> None:
    """For articles that say nothing of the kind."""
    source, out = tmp_path / "a.txt", tmp_path / "s.duckdb"
    source.write_text("Ngày 06/10, xã họp dân.", encoding="utf-8")

    assert khcn("extract", source, "--out", out, option, value).code == 0
    assert khcn("query", out, sql, "--format", "csv").out.splitlines()[1:] == [expected]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_limit(khcn, dump: Path, limit: int, tmp_path: Path) -> None:
    """Of articles, in every command that reads them."""
    read = min(limit, 2)
    extracted = khcn("extract", dump, "--out", tmp_path / "s.duckdb", "--limit", limit)

    assert f": {read} articles extracted" in extracted.out
    assert khcn("show", dump, "--limit", limit).out.count("── ") == read
    assert khcn("explain", dump, "--limit", limit).out.count("article ") == read


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["extract"], "Missing argument"),
        (["extract", "a.txt"], "Missing option '--out'"),
        (["extract", "a.txt", "--out", "facts.csv"], "must end in .duckdb (a fact store) or .jsonl"),
        (["extract", "a.txt", "--out", "facts"], "must end in .duckdb (a fact store) or .jsonl"),
        (["extract", "a.txt", "--out", "s.duckdb", "--workers", "0"], "greater than or equal to 1"),
        (["extract", "a.txt", "--out", "s.duckdb", "--workers", "hai"], "should be a valid integer"),
        (["extract", "a.txt", "--out", "s.duckdb", "--limit", "0"], "greater than or equal to 1"),
        (["extract", "a.txt", "--out", "s.duckdb", "--published", "31/12/2020"], "does not match the format"),
        (["extract", "a.txt", "--out", "s.duckdb", "--published", "2021-02-29"], "does not match the format"),
        (["extract", "a.txt", "--out", "s.duckdb", "--province", "Nowhere"], "allowed is the name of one, such as"),
        (["extract", "a.txt", "--out", "s.duckdb", "--province", ""], "'' is no province of Vietnam"),
        (["query", "s.duckdb"], "Missing argument"),
        (["query", "s.duckdb", "SELECT 1", "--format", "xml"], "'xml' is not one of"),
        (["show", "a.txt", "--htlm", "x"], "No such option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage(khcn, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, a sentence that says what is allowed, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    answer = khcn(*arguments)

    assert answer.code == 2
    assert said in " ".join(answer.err.split())
    assert "Traceback" not in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("named", ["{folder}/bài.jsonl", "{folder}", "{folder}/*.jsonl"])
def test_input_is_never_overwritten(khcn, named: str, dump: Path) -> None:
    """By whatever name it is read, a file that is read is no place for the answer."""
    before = dump.read_bytes()
    answer = khcn("extract", named.format(folder=dump.parent), "--out", dump)

    assert answer.code == 2
    assert "would be overwritten" in answer.err
    assert dump.read_bytes() == before


# query ------------------------------------------------------------------------------------------------------------


def test_query_as_table_csv_and_json(khcn, store: Path) -> None:
    """For people, for spreadsheets and for programs."""
    sql = "SELECT kind, value, start_char FROM facts WHERE article_id = 'b' ORDER BY kind DESC"
    table = khcn("query", store, sql)
    as_csv, as_json = (khcn("query", store, sql, "--format", form).out for form in ("csv", "json"))

    assert [line.split() for line in table.out.splitlines() if "official" in line or "35" in line] == [
        ["official", "Lâm", "Văn", "Bền", "(Giám", "đốc", "Sở", "Y", "tế)", "4"],
        ["count", "35", "suất", "quà", "40"],
    ]
    assert table.out.rstrip().endswith("2 rows")
    assert list(csv.reader(io.StringIO(as_csv))) == [
        ["kind", "value", "start_char"],
        ["official", "Lâm Văn Bền (Giám đốc Sở Y tế)", "4"],
        ["count", "35 suất quà", "40"],
    ]
    assert json.loads(as_json) == [
        {"kind": "official", "value": "Lâm Văn Bền (Giám đốc Sở Y tế)", "start_char": 4},
        {"kind": "count", "value": "35 suất quà", "start_char": 40},
    ]


@pytest.mark.parametrize(
    ("expression", "as_csv", "as_json"),
    [
        ("2.600000::DECIMAL(38, 6)", "2.6", 2.6),
        ("40.000000::DECIMAL(38, 6)", "40", 40),
        ("12345678901234567890123456789012::DECIMAL(38, 0)", "1234567890" * 3 + "12", 12345678901234567890123456789012),
        ("1::BIGINT", "1", 1),
        ("NULL", "", None),
        ("true", "True", True),
        ("DATE '2020-02-29'", "2020-02-29", "2020-02-29"),
        ("TIMESTAMP '2020-02-29 07:05'", "2020-02-29 07:05:00", "2020-02-29T07:05:00"),
        ("['a', 'b']", "a; b", ["a", "b"]),
        ("[DATE '2020-02-29']", "2020-02-29", ["2020-02-29"]),
        ("[]", "", []),
        ("'nan'::DOUBLE", "nan", None),
        ("'a,\"b\nc'", 'a,"b\nc', 'a,"b\nc'),
        ("'[bold]x[/bold]'", "[bold]x[/bold]", "[bold]x[/bold]"),
        ("MAP {DATE '2020-02-29': 1}", "{datetime.date(2020, 2, 29): 1}", {"2020-02-29": 1}),
        ("{'a': 1.50}", "{'a': Decimal('1.50')}", {"a": 1.5}),
    ],
)
def test_cells(khcn, expression: str, as_csv: str, as_json: object, store: Path) -> None:
    """Whatever SQL gives, each form has it, all of its digits, and JSON is JSON."""
    sql = f"SELECT {expression} AS x"

    assert (
        list(csv.reader(io.StringIO(khcn("query", store, sql, "--format", "csv").out)))[1:] == [[as_csv]] or not as_csv
    )
    assert json.loads(khcn("query", store, sql, "--format", "json").out, parse_constant=pytest.fail) == [{"x": as_json}]
    assert khcn("query", store, sql).out.rstrip().endswith("1 row")


def test_two_columns_of_one_name_are_two_in_json(khcn, store: Path) -> None:
    """A join without care loses nothing."""
    answer = khcn("query", store, "SELECT 1 AS a, 2 AS b, 3 AS a", "--format", "json")

    assert json.loads(answer.out) == [{"a": 1, "b": 2, "a_1": 3}]


def test_an_empty_answer(khcn, store: Path) -> None:
    """Is one in each form."""
    sql = "SELECT kind FROM facts WHERE false"

    assert json.loads(khcn("query", store, sql, "--format", "json").out) == []
    assert khcn("query", store, sql, "--format", "csv").out == "kind\n"
    assert khcn("query", store, sql).out.rstrip().endswith("0 rows")


def test_table_fits_a_terminal_of_80_columns(khcn, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one of many long columns."""
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    for sql in ("SELECT * FROM facts", "SELECT kind, sentence FROM facts", "SELECT * FROM articles", "DESCRIBE"):
        assert max(map(len, khcn("query", store, sql).out.splitlines())) <= 80


def test_table_in_a_pipe_has_whole_cells(khcn, store: Path) -> None:
    """No terminal, no width: whoever greps finds the value on its row."""
    cell = "a long value " * 30
    answer = khcn("query", store, f"SELECT '{cell.strip()}' AS one, 5 AS two, '{cell.strip()}' AS three")

    assert [line.split() for line in answer.out.splitlines() if "long" in line] == [[*cell.split(), "5", *cell.split()]]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM articles",
        "CREATE TABLE x (a INTEGER)",
        "DROP VIEW facts",
        "UPDATE articles SET title = ''",
        "COPY articles TO '{folder}/x.csv'",
        "SELECT * FROM read_csv('{folder}/bài.jsonl')",
        "ATTACH '{folder}/new.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_query_reads_and_can_do_nothing_else(khcn, sql: str, store: Path, tmp_path: Path) -> None:
    """Neither change the store nor reach another file; exit code 3 and one line."""
    before, files = store.read_bytes(), sorted(tmp_path.iterdir())
    answer = khcn("query", store, sql.format(folder=tmp_path))

    assert answer.code == 3
    assert re.fullmatch(r"khcn: [^\n]+\n", answer.err)
    assert (store.read_bytes(), sorted(tmp_path.iterdir())) == (before, files)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        (b"", "cannot be opened|is not a DuckDB file|no fact store|does not exist"),
        (b"no database at all " * 300, "is not a DuckDB file"),
    ],
)
def test_query_of_what_is_no_store(khcn, content: bytes | None, said: str, tmp_path: Path) -> None:
    """One plain sentence."""
    path = tmp_path / "x.duckdb"
    if content is not None:
        path.write_bytes(content)
    answer = khcn("query", path, "SELECT * FROM facts")

    assert answer.code == 3
    assert re.search(said, answer.err)
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("sql", "said"), [("SELEC 1", "syntax error"), ("SELECT nothing FROM facts", "nothing"), ("SELECT 1/0 +", "syntax")]
)
def test_wrong_sql(khcn, sql: str, said: str, store: Path) -> None:
    """DuckDB's own first line."""
    answer = khcn("query", store, sql)

    assert (answer.code, answer.out) == (3, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_second_process_on_a_store(store: Path, dump: Path) -> None:
    """Is told in one sentence who has it, whether it wants to write or to read."""
    with Store(store):
        for command in (["extract", dump, "--out", store], ["query", store, "SELECT 1"]):
            answer = subprocess.run([KHCN, *command], capture_output=True, text=True, encoding="utf-8", check=False)
            assert answer.returncode == 3
            said = f"khcn: {store} is in use by process {os.getpid()}: wait until it has ended\n"
            assert answer.stderr == said


def test_second_process_on_a_file(dump: Path, tmp_path: Path) -> None:
    """Is told so, and spoils nothing; a part left by a process that was killed is in nobody's way."""
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    command = [KHCN, "extract", dump, "--out", out]
    holder = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); f.write('half a l'); f.flush(); "
    holder += "fcntl.flock(f, fcntl.LOCK_EX); print('locked', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder, part], stdout=subprocess.PIPE) as first:
        first.stdout.readline()
        second = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        assert (second.returncode, part.read_text(), out.exists()) == (3, "half a l", False)
        assert second.stderr == f"khcn: {out} is in use by another process: wait until it has ended\n"
        first.kill()

    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert [json.loads(line)["article_id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["a", "b"]
    assert not part.exists()


def test_reader_that_leaves_early(store: Path) -> None:
    """``khcn query … | head -1`` is all well, and silent."""
    for form in ("csv", "json"):
        command = [KHCN, "query", store, "SELECT range AS n FROM range(200000)", "--format", form]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.readline()
            process.stdout.close()
            assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_terminal_that_knows_no_vietnamese(store: Path) -> None:
    """Gets UTF-8 all the same: an answer is never lost to a code page."""
    for encoding in ("ascii", "cp1252"):
        answer = subprocess.run(
            [KHCN, "query", store, "SELECT name FROM officials", "--format", "csv"],
            env=os.environ | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            check=True,
        )
        assert answer.stdout.decode() == "name\nLâm Văn Bền\n"


# show and explain -------------------------------------------------------------------------------------------------


def test_show_marks_an_article(khcn, dump: Path) -> None:
    """Its text, whole, and how many facts of each kind."""
    answer = khcn("show", dump)

    assert answer.code == 0
    assert TEXT in " ".join(answer.out.split())
    assert "1 date" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def test_page_is_self_contained(khcn, dump: Path, tmp_path: Path) -> None:
    """It loads nothing from elsewhere, runs nothing, and marks every fact."""
    page = tmp_path / "x.html"
    answer = khcn("show", dump, "--html", page)
    html = page.read_text(encoding="utf-8")

    assert (answer.code, answer.out) == (0, f"{page}: 2 articles\n")
    assert re.findall(r"(?:src|href)=['\"]?(?!#)[^'\" >]+|<(?:script|link|iframe|img)\b|@import|url\(", html) == []
    assert html.count("<mark") == 6
    assert "Lâm Văn Bền: Giám đốc, Sở Y tế" in html


def test_page_of_hostile_articles(khcn, tmp_path: Path) -> None:
    """What stands in a text or an id is shown, not run."""
    evil = "<script>alert(1)</script>"
    source, page = tmp_path / "a.jsonl", tmp_path / "x.html"
    record = {"id": evil, "text": f"{evil} theo Quyết định số 15/QĐ-UBND của UBND <b>xã</b>, 5 xã", "province": evil}
    source.write_text(json.dumps(record), encoding="utf-8")
    khcn("show", source, "--html", page)
    html = page.read_text(encoding="utf-8")

    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<b>" not in html


def test_page_shows_values_as_they_are() -> None:
    """Also a value, whatever a rule of tomorrow lets into it, is text on the page."""
    value = OfficialValue(name="A <b>", positions=(Position("Trưởng & phó", "<i>Sở</i>"),))
    fact = Fact(4, 5, "A", value, "official.name")
    html = as_html([Extraction(Article(article_id="a", text="Ông A."), (fact,))])

    assert "A &lt;b&gt;: Trưởng &amp; phó, &lt;i&gt;Sở&lt;/i&gt;" in html


def test_explain_says_where_a_fact_comes_from(khcn, tmp_path: Path) -> None:
    """Place, value, rule with its line, and what was seen and left out."""
    source = tmp_path / "a.txt"
    source.write_text("Sáng nay, Sở tặng 09 đồng chí quà ngày 31/02/2020.", encoding="utf-8")
    answer = khcn("explain", source)

    assert answer.code == 0
    assert "[18:29] '09 đồng chí'\n  count: 9 đồng chí\n  rule count.unit: a number and what it counts" in answer.out
    assert "[34:49] 'ngày 31/02/2020' by date.day_month_year: it has no value" in answer.out.partition("left out:")[2]


# Persons ----------------------------------------------------------------------------------------------------------

SEEN = {
    "a": ("2019-03-01", "Ông Lâm Văn Bền, Phó Giám đốc Sở Y tế tỉnh Lào Cai phát biểu."),
    "b": ("2021-04-02", "Ông Lâm Văn Bền, Giám đốc Sở Y tế tỉnh Lào Cai chủ trì cuộc họp."),
    "c": ("2022-05-03", "Ông Lâm Văn Bền, Giám đốc Sở Y tế tỉnh Sơn La tiếp đoàn."),
}


@pytest.fixture
def seen(khcn, tmp_path: Path) -> Path:
    """A store of three articles that see one name in two provinces."""
    source, out = tmp_path / "seen.jsonl", tmp_path / "seen.duckdb"
    lines = [json.dumps({"id": i, "date": day, "text": text}, ensure_ascii=False) for i, (day, text) in SEEN.items()]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert khcn("extract", source, "--out", out).code == 0
    return out


def of_persons(khcn, store: Path) -> list[str]:
    sql = (
        "SELECT string_agg(article_id, '' ORDER BY article_id) AS a FROM person_sightings GROUP BY person_id ORDER BY a"
    )
    return khcn("query", store, sql, "--format", "csv").out.split()[1:]


def test_persons_are_gathered_at_the_end_of_a_run(khcn, seen: Path) -> None:
    """From text to tenure: one man in Lào Cai, promoted, and one in Sơn La."""
    assert of_persons(khcn, seen) == ["ab", "c"]
    assert khcn("persons", seen).out == (
        f"{seen}: 2 persons in 3 sightings\n1 merges, 0 undone, 0 doubts\n"
        "0 posts for one in which two are seen at once (post_contradictions)\n"
    )


def test_a_merge_is_undone_and_stands_again(khcn, seen: Path) -> None:
    """By the id that the evidence stands beside; a run does not bring it back."""
    rows = json.loads(khcn("query", seen, "SELECT * FROM person_evidence", "--format", "json").out)
    assert [(row["reason"], row["sentence"], row["other_sentence"]) for row in rows] == [
        ("same_body", SEEN["a"][1], SEEN["b"][1])
    ]

    assert "0 merges, 1 undone" in khcn("persons", seen, "--undo", rows[0]["id"], "--note", "hai người").out
    khcn("extract", seen.with_suffix(".jsonl"), "--out", seen)
    assert of_persons(khcn, seen) == ["a", "b", "c"]
    assert "1 merges, 0 undone" in khcn("persons", seen, "--redo", rows[0]["id"]).out
    assert of_persons(khcn, seen) == ["ab", "c"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["{store}", "--undo", "abc"], 3, "'abc' is no merge of this store"),
        (["{store}", "--redo", "abc"], 3, "'abc' is no merge that was undone"),
        (["{store}", "--undo", "a", "--redo", "b"], 2, "one of the two"),
        (["{store}", "--note", "hi"], 2, "it says why a merge is undone: give --undo too"),
        (["{store}", "--redo", "a", "--note", "hi"], 2, "it says why a merge is undone: give --undo too"),
        (["{store}x"], 3, "there is no such file"),
    ],
)
def test_persons_of_what_is_not_there(khcn, arguments: list[str], code: int, said: str, seen: Path) -> None:
    answer = khcn("persons", *(argument.format(store=seen) for argument in arguments))

    assert answer.code == code
    assert said in " ".join(answer.err.split())


@pytest.mark.parametrize("command", ["show", "explain"])
def test_unreadable_input_is_told_and_counted(khcn, command: str, dump: Path, tmp_path: Path) -> None:
    """A line on stderr each, exit code 1; the others are shown."""
    answer = khcn(command, dump, tmp_path / "không có.txt")

    assert answer.code == 1
    assert re.fullmatch(r"rejected [^\n]*không có\.txt: there is no file or folder [^\n]+\n", answer.err)
    assert "b" in answer.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "{dump}", "--html", "{folder}/no/x.html"], "{folder}/no/x.html: No such file or directory"),
        (["extract", "{dump}", "--out", "{folder}/no/x.jsonl"], "No such file or directory"),
        (["extract", "{dump}", "--out", "{folder}/no/x.duckdb"], "there is no directory {folder}/no"),
        (["evaluate", "{folder}/no.jsonl"], "{folder}/no.jsonl: "),
        (["evaluate", "{folder}/wrong.jsonl"], "{folder}/wrong.jsonl, line 1: "),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_fatal(khcn, arguments: list[str], said: str, dump: Path, tmp_path: Path) -> None:
    """Exit code 3 and one plain sentence."""
    places = {"dump": dump, "folder": tmp_path}
    (tmp_path / "wrong.jsonl").write_text('{"article_id": "a", "facts": [], "ignore": []}', encoding="utf-8")
    answer = khcn(*(argument.format(**places) for argument in arguments))

    assert answer.code == 3
    assert answer.err.startswith("khcn: ")
    assert said.format(**places) in answer.err
    assert answer.err.count("\n") == 1


def test_a_fault_of_the_program_is_fatal(khcn, dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not 1, which says that all was done, with rejects; the traceback stays."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("khcn_extract.pipeline.process", fail)
    answer = khcn("show", dump)

    assert answer.code == 3
    assert answer.err.endswith("ZeroDivisionError\n")


# Hostile input ----------------------------------------------------------------------------------------------------

SENTENCE = "Sở họp bàn việc chung của các huyện và nghe ý kiến của dân ở từng xã, "
HARMLESS = {
    "10 MB on one line.txt": (SENTENCE * (10_000_000 // len(SENTENCE.encode()))).encode(),
    "digits.txt": b"1" * 100_000,
    "brackets.txt": b"(" * 50_000,
    "brackets closed.txt": b"(" * 20_000 + b")" * 20_000,
    "deep.html": b"<div>" * 20_000 + TEXT.encode() + b"</div>" * 20_000,
    "deep table.html": b"<table><tr><td>" * 3_000 + TEXT.encode(),
    "unclosed.html": b"<p " * 50_000,
    "years.txt": ("năm 2020, 2021, " * 60_000).encode()[:1_000_000],
    "capitals.txt": ("SỞ KHOA HỌC VÀ CÔNG NGHỆ " * 30_000).encode(),
    "days.txt": ("ngày 1, 2, 3 và " * 10_000).encode(),
    "marks.txt": ("e" + "\u0301" * 100_000).encode(),
    "zero width.txt": ("\u200b" * 100_000 + "5 xã").encode(),
    "entities.txt": b"&amp;" * 50_000 + "năm".encode(),
    "line ends.txt": b"\r\n" * 100_000 + b"x",
    "UTF-16.txt": TEXT.encode("utf-16"),
    "windows-1258.txt": b"S\xf4\xec \xf1a\xde h\xf3\xf2p \xed\xec",
}
BAD = {
    # name, content, place, reason
    "empty.txt": (b"", "", "the file is empty"),
    "blank.txt": (b" \n\n\t", "", "the file is empty"),
    "binary.txt": (bytes(range(256)) * 50, "", "binary"),
    "noise.txt": (bytes((i * 7919 + i * i) % 251 for i in range(5_000)), "", "binary|encoding|read"),
    "cut.txt.gz": (gzip.compress(SENTENCE.encode() * 900, mtime=0)[:-20], "", "cannot be read to its end"),
    "no.txt.gz": (b"not gzip at all", "", "gzip"),
    "no.txt.zst": (b"not zstd at all", "", "read"),
    "wrong.pdf": (b"%PDF-1.4", "", "'.pdf' are not read; allowed are"),
    "line.jsonl": (json.dumps({"id": "x", "text": TEXT}).encode() + b'\n{"id": \n', "line 2", "not JSON"),
    "list.jsonl": (b"[1, 2]\n", "line 1", "array"),
    "no text.jsonl": (b'{"id": "x"}\n', "line 1", "text"),
    "deep.jsonl": (b'{"text": ' + b"[" * 100_000 + b"\n", "line 1", "."),
    "nan.json": (b"NaN", "", "."),
    "cut.json": (b'[{"id": "x", "text": "S', "", "not JSON"),
}


def rejects(store: Path) -> list[tuple[str, str, str]]:
    with duckdb.connect(str(store), read_only=True) as connection:
        return connection.execute("SELECT source, place, reason FROM rejects").fetchall()


@pytest.mark.parametrize("name", HARMLESS)
def test_strange_input_is_read(khcn, name: str, tmp_path: Path) -> None:
    """Ends in seconds, says nothing on stderr; at worst it is one reject with a reason."""
    source, store = tmp_path / name, tmp_path / "s.duckdb"
    source.write_bytes(HARMLESS[name])
    began = process_time()
    answer = khcn("extract", source, "--out", store)

    assert answer.code in (0, 1)
    assert answer.err == ""
    assert len(rejects(store)) == answer.code
    assert process_time() - began < 10


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_reject(khcn, name: str, dump: Path, tmp_path: Path) -> None:
    """With its source, the place and a readable reason; the good input beside it arrives, and again it is the same."""
    content, place, reason = BAD[name]
    source, store = tmp_path / name, tmp_path / "s.duckdb"
    source.write_bytes(content)
    answer = khcn("extract", source, dump, "--out", store)
    again = khcn("extract", source, dump, "--out", store)

    assert (answer.code, answer.err) == (1, "")
    assert again.code == 1
    ((told_source, told_place, told_reason),) = rejects(store)
    assert (told_source, told_place) == (str(source), place)
    assert re.search(reason, told_reason)
    assert "\n" not in told_reason
    assert not re.search(r"Traceback|0x[0-9a-f]{6}|<[a-z_.]+ object", told_reason)
    assert {"a", "b"} <= {row[0] for row in csv.reader(io.StringIO(khcn(
        "query", store, "SELECT article_id FROM articles", "--format", "csv").out))}  # fmt: skip


def test_missing_path_is_one_reject(khcn, dump: Path, tmp_path: Path) -> None:
    """A typing error in one name does not stop the others."""
    store = tmp_path / "s.duckdb"
    answer = khcn("extract", tmp_path / "nope.txt", dump, tmp_path / "*.xyz", "--out", store)

    assert answer.code == 1
    assert "2 articles extracted, 0 unchanged, 2 rejected" in answer.out
    assert min(reason for _, _, reason in rejects(store)).startswith("the pattern")


# Time -------------------------------------------------------------------------------------------------------------

NASTY = [
    # what is repeated, behind what, how often the first time
    ("ngày 1, 2, 3 và ", "", 100),
    ("năm 2020, 2021, ", "", 100),
    ("tháng 1, 2 và 3, ", "", 100),
    ("Nghị quyết 59, 70 và ", "", 100),
    ("từ ngày 1 đến ngày ", "", 100),
    ("1 tỷ, ", "kinh phí ", 250),
    ("5 dự án, đề tài, ", "", 100),
    ("hai mươi ", "", 300),
    ("Phó Giám đốc, ", "", 250),
    ("Nguyễn Văn An, ", "các đồng chí: ", 250),
    ("SỞ KHOA HỌC VÀ CÔNG NGHỆ ", "", 150),
    ("của ", "Nghị quyết số 5/NQ-HĐND ", 800),
    ("UBND tỉnh và ", "tham mưu cho ", 300),
    ("1/", "ngày ", 1650),
    ("1 - ", "", 1650),
    ("1.", "", 2500),
    ("(", "", 3300),
    ("e\u0301", "", 1250),
    ("&#7879;", "", 650),
    ("Tin liên quan\n", "", 250),
    ("a | ", "", 800),
    ("TCVN 1234:2015, ", "", 150),
    ("5 xã, ", "", 250),
    ("3 xã (2 ", "", 250),
    ("trong đó 12, ", "5 xã ", 250),
    ("10 tỷ, ", "", 150),
    ("tháng 5-", "", 300),
    ("2020 đến ", "", 300),
    ("quý I - ", "", 300),
    ("ngày 5/6 - ngày 7/8 - ", "", 120),
    ("5% - ", "", 400),
    ("ngày 5/6 tháng 5/2020, ", "", 250),
    ("năm trước, ", "", 250),
    ("từ 5 triệu đến ", "", 150),
    ("$5-", "", 500),
    ("US$5 - ", "", 300),
    ("5% - ", "", 400),
    ("5 kg - ", "", 300),
    ("5 tỷ đồng - ", "", 150),
    ("5k ", "", 500),
    ("5 tỷ, ", "", 300),
    ("12..", "", 400),
    ("5,,", "", 500),
    ("5 cây b ", "", 200),
    ("lần lượt có 5, ", "", 150),
    ("từ 5 hộ đến ", "", 150),
    ("5 hộ/5 hộ/", "", 150),
    ("5, 5 tỷ ", "", 200),
    ("hai tỷ ", "vay ", 250),
    *[
        pytest.param(what, behind, 100, id=f"{behind}{what}...")
        for what, behind in [
            ("1, ", ""),
            (", 2021", "năm 2020"),
            (", 2", "ngày 1"),
            (", 2", "tháng 1"),
            (", 70", "Nghị quyết 59"),
            (", 9002", "ISO 9001"),
        ]
    ],
]


@pytest.mark.parametrize(("what", "behind", "times"), NASTY)
def test_time_is_linear(what: str, behind: str, times: int) -> None:
    """Eight times the text takes about eight times the time, of whatever it is made; 64 times would be quadratic."""

    def took(text: str) -> float:
        began = process_time()
        process(Article(article_id="x", text=text))
        return process_time() - began

    took(TEXT + OTHER)
    once = min(took(behind + what * times) for _ in range(3))
    eight_times = min(took(behind + what * 8 * times) for _ in range(2))  # garbage may be collected in one

    assert eight_times < 18 * max(once, 0.003)


def test_blanks_in_a_row_cost_nothing() -> None:
    """The head of an official letter has two columns: one line with 60 blanks in it must not stop a run for ever."""
    line = "mục" + " " * 60 + "hết;"
    process(Article(article_id="x", text=TEXT))
    began = process_time()
    process(Article(article_id="x", text=f"{line}\nSở họp."))

    assert process_time() - began < 0.05
