"""Runs over many articles: what is in the store when a run is repeated, killed, or fed with what breaks it.

Two stores are the same when `dump` of both is: every row of every table, without the names of the runs that wrote it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from khcn_extract import run as runs
from khcn_extract.facts import Article, Reject
from khcn_extract.gold import read_gold
from khcn_extract.pipeline import process_many
from khcn_extract.run import Defaults, Summary, run, run_to_gold
from khcn_extract.store import Run, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.txt"))
TABLES = (
    "articles", "dates", "documents", "money", "counts", "officials", "positions", "sightings", "furniture", "rejects",
)  # fmt: skip
GATHERED = ("merges", "doubts", "names_to_gather", "linker")
"""What is made from the sightings, by no run in particular."""
DEADLY, BREAKING = "Đoạn này giết tiến trình.", "Đoạn này làm hỏng bộ trích."


def write_jsonl(path: Path, articles: Iterable[tuple[str, str]]) -> Path:
    lines = (json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n" for name, text in articles)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def corpus(articles: int) -> list[tuple[str, str]]:
    """So many articles with ids of their own, the corpus over and over."""
    texts = [path.read_text(encoding="utf-8") for path in CORPUS]
    return [(f"bai-{i}", texts[i % len(texts)]) for i in range(articles)]


def do(store: Path, *inputs: Path, number: int = 1, **options) -> Summary:
    """One run, as the command line does it; ``number`` tells runs of a test apart."""
    defaults = options.setdefault("defaults", Defaults())
    extractor = options.pop("extractor", defaults.extractor())
    started = datetime(2031, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    this_run = Run(f"run-{number}", started, "0", extractor)
    with Store(store) as opened:
        summary = run(inputs, opened, this_run, **options)
        opened.finish(this_run, started + timedelta(minutes=1))
    return summary


def rows(store: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(store), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def dump(store: Path, *, without: str = "run_id") -> dict[str, list[tuple]]:
    """Every row of the tables of facts, in a fixed order."""
    left_out = {"rejects": f"{without}, first_seen"}
    facts = {t: rows(store, f"SELECT * EXCLUDE ({left_out.get(t, without)}) FROM {t} ORDER BY ALL") for t in TABLES}
    return facts | {t: rows(store, f"SELECT * FROM {t} ORDER BY ALL") for t in GATHERED}


def ids(store: Path) -> set[str]:
    return {name for (name,) in rows(store, "SELECT article_id FROM articles")}


def rejects(store: Path) -> list[tuple[str, str]]:
    return rows(store, "SELECT place, reason FROM rejects ORDER BY ALL")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few articles, so that a few articles make many."""
    monkeypatch.setattr(runs, "_BATCH_ARTICLES", 4)


# Again ------------------------------------------------------------------------------------------------------------


def test_the_same_run_again_changes_no_row(tmp_path: Path) -> None:
    """Not one, in no table: not even which run wrote it, nor the list of runs."""
    source, store = write_jsonl(tmp_path / "a.jsonl", [*corpus(30), ("hỏng", "")]), tmp_path / "s.duckdb"
    first = do(store, source, number=1)
    everything = [rows(store, f"SELECT * FROM {t} ORDER BY ALL") for t in (*TABLES, *GATHERED, "runs")]
    again = do(store, source, number=2)

    assert (first.articles, first.unchanged, first.rejects) == (30, 0, 1)
    assert (again.articles, again.unchanged, again.rejects) == (0, 30, 1)
    assert not again.facts
    assert [rows(store, f"SELECT * FROM {t} ORDER BY ALL") for t in (*TABLES, *GATHERED, "runs")] == everything


def test_only_new_and_changed_articles_are_worked_on(tmp_path: Path) -> None:
    """The rows of the others still name the run that wrote them."""
    store = tmp_path / "s.duckdb"
    articles = dict(corpus(10))
    do(store, write_jsonl(tmp_path / "a.jsonl", articles.items()), number=1)
    articles |= {"bai-3": "Xã có 5 ao.", "mới": "Xã có 6 hồ."}
    summary = do(store, write_jsonl(tmp_path / "a.jsonl", articles.items()), number=2)

    assert (summary.articles, summary.unchanged) == (2, 9)
    written = dict(rows(store, "SELECT article_id, run_id FROM articles"))
    assert {name for name, by in written.items() if by == "run-2"} == {"bai-3", "mới"}
    assert rows(store, "SELECT text FROM facts WHERE article_id = 'bai-3'") == [("5 ao",)]


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ({"extractor": "luật mới"}, 10),
        ({"defaults": Defaults(province="Kon Tum")}, 10),
        ({"defaults": Defaults(published_at=date(2020, 5, 6))}, 10),
        ({"workers": 2}, 0),
    ],
    ids=str,
)
def test_what_decides_the_facts_has_them_replaced(changed: dict, again: int, tmp_path: Path) -> None:
    """New rules and other defaults do all articles anew, in place of the old rows; the number of workers does not."""
    source, store = write_jsonl(tmp_path / "a.jsonl", corpus(10)), tmp_path / "s.duckdb"
    do(store, source, number=1)
    before = {table: len(found) for table, found in dump(store).items()}
    summary = do(store, source, number=2, **changed)

    assert (summary.articles, summary.unchanged) == (again, 10 - again)
    assert rows(store, "SELECT count(*) FROM articles WHERE run_id = 'run-2'") == [(again,)]
    assert rows(store, "SELECT count(*) FROM (SELECT fact_id FROM facts GROUP BY ALL HAVING count(*) > 1)") == [(0,)]
    if "defaults" not in changed:
        assert {table: len(found) for table, found in dump(store).items()} == before


def test_new_rules_touch_only_the_articles_of_the_run(tmp_path: Path) -> None:
    """Articles of another input keep their old facts."""
    store = tmp_path / "s.duckdb"
    articles = corpus(8)
    do(store, write_jsonl(tmp_path / "a.jsonl", articles), number=1)
    do(store, write_jsonl(tmp_path / "b.jsonl", articles[:3]), number=2, extractor="luật mới")

    by_run = dict(rows(store, "SELECT run_id, count(*) FROM articles GROUP BY ALL"))
    assert by_run == {"run-1": 5, "run-2": 3}


def test_the_same_id_twice(tmp_path: Path) -> None:
    """The same article again is passed over; another text under the same id is a reject, the first is kept."""
    one, same, other = ("a", "Xã có 5 ao."), ("a", "Xã có 5 ao."), ("a", "Xã có 6 hồ.")
    store = tmp_path / "s.duckdb"
    summary = do(store, write_jsonl(tmp_path / "a.jsonl", [one, same, other, ("b", "Xã có 5 ao.")]))

    assert (summary.articles, summary.rejects) == (2, 1)
    assert rows(store, "SELECT text FROM facts ORDER BY article_id") == [("5 ao",), ("5 ao",)]
    ((place, reason),) = rejects(store)
    assert place == "article a"
    assert "the first was kept" in reason


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (7, 7), (12, 12), (100, 12), (None, 12)])
def test_limit(limit: int | None, expected: int, tmp_path: Path, small_batches: None) -> None:
    """So many articles are read at most, also across batches."""
    store = tmp_path / "s.duckdb"
    summary = do(store, write_jsonl(tmp_path / "a.jsonl", corpus(12)), limit=limit)

    assert summary.articles == expected
    assert ids(store) == {f"bai-{i}" for i in range(expected)}


def test_an_extractor_that_cannot_start_is_fatal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in a rule file is not the articles' fault: no reject, no row, but the reason."""

    def no_engine() -> None:
        message = "rules/dates.toml: a mistake"
        raise ValueError(message)

    monkeypatch.setattr(runs, "engine", no_engine)
    store = tmp_path / "s.duckdb"
    with pytest.raises(ValueError, match="a mistake"):
        do(store, write_jsonl(tmp_path / "a.jsonl", corpus(5)))
    assert (ids(store), rejects(store)) == (set(), [])


def test_progress_is_told_after_each_batch(tmp_path: Path, small_batches: None) -> None:
    """With what was done so far."""
    told: list[int] = []
    do(tmp_path / "s.duckdb", write_jsonl(tmp_path / "a.jsonl", corpus(10)), progress=lambda s: told.append(s.articles))

    assert told == [4, 8, 10]


# Workers ----------------------------------------------------------------------------------------------------------


def test_two_workers_write_the_same_rows_as_one(tmp_path: Path, small_batches: None) -> None:
    """To the store and to a file, and count the same."""
    source = write_jsonl(tmp_path / "a.jsonl", [*corpus(24), ("hỏng", "")])
    one = do(tmp_path / "1.duckdb", source, workers=1)
    two = do(tmp_path / "2.duckdb", source, workers=2)
    run_to_gold([source], tmp_path / "1.jsonl", workers=1)
    run_to_gold([source], tmp_path / "2.jsonl", workers=2)

    assert one == two
    assert dump(tmp_path / "1.duckdb") == dump(tmp_path / "2.duckdb")
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def breaks_on_marker(articles, **defaults):
    if any(BREAKING in article.text for article in articles):
        message = "bộ trích hỏng"
        raise RuntimeError(message)
    return process_many(articles, **defaults)


def dies_on_marker(articles, **defaults):
    if any(DEADLY in article.text for article in articles):
        os._exit(13)
    return process_many(articles, **defaults)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_article_that_breaks_the_extractor_is_one_reject(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others of its batch arrive."""
    monkeypatch.setattr(runs, "process_many", breaks_on_marker)
    articles = corpus(20)
    articles.insert(11, ("thủ phạm", BREAKING))
    store = tmp_path / "s.duckdb"
    summary = do(store, write_jsonl(tmp_path / "a.jsonl", articles), workers=workers)

    assert (summary.articles, summary.rejects) == (20, 1)
    assert ids(store) == {f"bai-{i}" for i in range(20)}
    assert rejects(store) == [
        ("article thủ phạm", "extraction failed on this article: RuntimeError: bộ trích hỏng"),
    ]


@pytest.mark.parametrize("at", [0, 7, 19])
def test_an_article_that_kills_its_worker_is_one_reject(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory, say: the rest of its batch arrives, and so do the batches that were in flight beside it."""
    monkeypatch.setattr(runs, "process_many", dies_on_marker)
    monkeypatch.setattr(runs, "_BATCH_ARTICLES", 7)
    articles = [*corpus(19), ("hỏng", "")]
    articles.insert(at, ("thủ phạm", DEADLY))
    store = tmp_path / "s.duckdb"
    summary = do(store, write_jsonl(tmp_path / "a.jsonl", articles), workers=2)

    assert (summary.articles, summary.rejects) == (19, 2)
    assert ids(store) == {f"bai-{i}" for i in range(19)}
    assert ("article thủ phạm", "the worker process died on this article (out of memory?)") in rejects(store)


def test_a_worker_dies_while_the_reader_is_still_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_batches: None
) -> None:
    """The pool is broken before the next batch is handed in; the run goes on with another pool, again and again."""

    def slowly(_: Iterable[object]) -> Iterator[Article | Reject]:
        for i in range(20):
            if i % 4 == 0:
                time.sleep(0.15)
            yield Article(article_id=f"bai-{i}", text=DEADLY if i in (0, 9) else "Xã có 5 ao.")

    monkeypatch.setattr(runs, "process_many", dies_on_marker)
    monkeypatch.setattr(runs, "read_articles", slowly)
    store = tmp_path / "s.duckdb"
    summary = do(store, tmp_path, workers=2)

    assert (summary.articles, summary.rejects) == (18, 2)
    assert [place for place, _ in rejects(store)] == ["article bai-0", "article bai-9"]


# Files ------------------------------------------------------------------------------------------------------------


def test_the_file_says_what_the_store_says(tmp_path: Path) -> None:
    """One article a line with the same facts; what was rejected stands beside it."""
    source = write_jsonl(tmp_path / "a.jsonl", [*corpus(12), ("hỏng", "")])
    out, store = tmp_path / "out.jsonl", tmp_path / "s.duckdb"
    from_file, from_store = run_to_gold([source], out), do(store, source)

    assert from_file == from_store
    written = [(a.article_id, f.value.kind, f.start_char, f.end_char, f.text) for a in read_gold(out) for f in a.facts]
    assert sorted(written) == sorted(rows(store, "SELECT article_id, kind, start_char, end_char, text FROM facts"))
    beside = [json.loads(line) for line in Path(f"{out}.rejects.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(r["place"], r["reason"]) for r in beside] == rejects(store)


def test_a_file_appears_when_it_is_whole(tmp_path: Path, small_batches: None) -> None:
    """What was there before stays until then; without rejects there is no file of rejects."""
    source, out = write_jsonl(tmp_path / "a.jsonl", corpus(8)), tmp_path / "out.jsonl"
    out.write_text("bản cũ", encoding="utf-8")
    seen = set()
    run_to_gold([source], out, progress=lambda _: seen.add(out.read_text(encoding="utf-8")))

    assert seen == {"bản cũ"}
    assert len(list(read_gold(out))) == 8
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "out.jsonl"]


# Ends before the end ----------------------------------------------------------------------------------------------

COMMAND = """
import khcn_extract.run as r, os, sys
from khcn_extract.cli import main
r._BATCH_ARTICLES = {batch}  # So that there are many moments to be killed at.
sys.argv = ["khcn", "extract", *{arguments}]
main()
"""


def khcn(*arguments: str | Path, batch: int = 40) -> subprocess.Popen[str]:
    """``khcn extract`` in a process of its own, and of its own group, as on a terminal."""
    code = COMMAND.format(batch=batch, arguments=[str(a) for a in arguments])
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=-1, stderr=-1, text=True, encoding="utf-8", start_new_session=True
    )


@pytest.fixture(scope="module")
def forked():
    """Starts the same at once, from a server process that has imported everything; what it says goes to a file."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["khcn_extract.run", "khcn_extract.store", "khcn_extract.cli"])

    def start(said: Path, *arguments: str | Path, batch: int):
        streams = f"import os; log = os.open({str(said)!r}, 577, 0o600); os.dup2(log, 1); os.dup2(log, 2)"
        code = streams + COMMAND.format(batch=batch, arguments=[str(a) for a in arguments])
        process = context.Process(target=exec, args=(code, {}))
        process.start()
        return process

    return start


def articles_so_far(store: Path) -> int:
    """How many articles a store has that nobody writes to; none where there is no store yet."""
    return rows(store, "SELECT count(*) FROM articles")[0][0] if store.exists() else 0


def test_killed_ten_times_the_same_command_gives_the_same_facts(tmp_path: Path, forked) -> None:
    """`kill -9` at any moment: at the start, in a batch, in a transaction; the store is whole each time and goes on."""
    number = 240
    source = write_jsonl(tmp_path / "a.jsonl", corpus(number))
    undisturbed, store, said = tmp_path / "whole.duckdb", tmp_path / "killed.duckdb", tmp_path / "said.txt"
    began = time.monotonic()
    forked(said, source, "--out", undisturbed, batch=400).join()
    lasts = time.monotonic() - began

    moments = random.Random(20)
    progress = [0]
    for kill in range(10):
        process = forked(said, source, "--out", store, batch=6)
        if kill < 3:
            time.sleep(moments.uniform(0, 0.4) * lasts)
        else:
            wait_for_writing(process, store)
            time.sleep(moments.uniform(0, 0.05) * lasts)
        process.kill()
        process.join()
        progress.append(articles_so_far(store))
    last = forked(said, source, "--out", store, batch=400)
    last.join()

    assert last.exitcode == 0
    told = said.read_text(encoding="utf-8")
    assert f"{number - progress[-1]} articles extracted, {progress[-1]} unchanged, 0 rejected" in told
    assert progress == sorted(progress), "nothing that was done is lost"
    assert len({done for done in progress if 0 < done < number}) > 2, "some kills came in the middle of the work"
    assert dump(store) == dump(undisturbed)


def wait_for_writing(process, store: Path) -> None:
    """Returns when the process has written a batch, or has ended."""
    log = store.with_name(store.name + ".wal")

    def size() -> int:
        return log.stat().st_size if log.exists() else 0

    before = size()
    while process.is_alive() and size() <= before:
        before = min(before, size())  # Opening the store takes the log of a killed run into it.
        time.sleep(0.001)


@pytest.mark.parametrize("workers", [1, 2])
def test_interrupted_by_the_keyboard(workers: int, tmp_path: Path) -> None:
    """One plain line, exit code 4, whole batches in the store, no worker left; the same command finishes the work."""
    number, batch = 4_000, 40
    source, store = write_jsonl(tmp_path / "a.jsonl", corpus(number)), tmp_path / "s.duckdb"
    process = khcn(source, "--out", store, "--workers", str(workers), batch=batch)
    while not store.exists():
        time.sleep(0.01)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # As a terminal does: to the workers too.
    out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (4, "")
    assert err == "khcn: interrupted; a fact store keeps what was done, the same command goes on from there\n"
    done = articles_so_far(store)
    assert done < number
    assert done % batch == 0
    with Store(store) as opened:
        assert opened.path == store


NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes")


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The two processes that the process has started, as soon as it has."""
    workers: list[str] = []
    while len(workers) < 2:
        time.sleep(0.01)
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in workers]


@NEEDS_PROC
def test_an_interruption_is_none_of_the_workers_business(tmp_path: Path) -> None:
    """A terminal sends it to them too, and none of them may print a traceback or lose a batch for it."""
    source = write_jsonl(tmp_path / "a.jsonl", corpus(300))
    process = khcn(source, "--out", tmp_path / "s.duckdb", "--workers", "2")
    workers = workers_of(process)
    time.sleep(0.05)
    for pid in workers:
        os.kill(pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, "")
    assert "300 articles extracted, 0 unchanged, 0 rejected" in out


@NEEDS_PROC
def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    """Or each kill would leave some hundred megabytes behind."""
    source = write_jsonl(tmp_path / "a.jsonl", corpus(4_000))
    process = khcn(source, "--out", tmp_path / "s.duckdb", "--workers", "2")
    workers = workers_of(process)
    process.kill()
    process.wait()
    process.stdout.close()
    process.stderr.close()

    for _ in range(200):
        if not any(map(is_running, workers)):
            return
        time.sleep(0.05)
    left = [pid for pid in workers if is_running(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    pytest.fail(f"workers {left} are still there")


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended; one that nobody waited for has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
