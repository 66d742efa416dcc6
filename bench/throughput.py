"""How fast the extractor is, and how much memory it takes: one command, ``python bench/throughput.py``.

Text is counted in megabytes (10^6 bytes) of UTF-8, time is CPU time of one core, and each speed stands beside the
floor: the least that any program reading the same file would do. ``synthetic.py`` makes the text, ``stages.py`` and
``peers.py`` measure in this process, ``child.py`` measures ``khcn extract`` from outside, ``figures.py`` prints.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import child
import synthetic
from figures import Figure, Memory, Report, as_json, as_table, new_report

if TYPE_CHECKING:
    from collections.abc import Sequence

_REPEATS = 3
_SIZE, _MEMORY_SIZE = 20.0, 200.0
_ONE_ARTICLE = '{"id": "1", "text": "Sở đã nghiệm thu 12 đề tài năm 2022."}\n'


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    report = new_report()
    with TemporaryDirectory(prefix="bench-") as name:
        if options.memory:
            _add_memory(report, options.size or _MEMORY_SIZE, Path(name))
        else:
            _add_speed(report, options.size or _SIZE, Path(name), peers=options.peers)
    print(as_json(report) if options.json else as_table(report))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speed and memory of khcn_extract on synthetic news.")
    parser.add_argument(
        "--size", type=_megabytes, metavar="MB", help=f"text to measure on ({_SIZE:g}; {_MEMORY_SIZE:g} for --memory)"
    )
    parser.add_argument(
        "--peers", action=argparse.BooleanOptionalAction, default=True, help="measure other extractors too (yes)"
    )
    parser.add_argument(
        "--memory", action="store_true", help="measure peak memory instead, at --size and a quarter of it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args(arguments)


def _megabytes(written: str) -> float:
    try:
        size = float(written)
    except ValueError:
        size = 0.0
    if not 0.1 <= size <= 10_000:
        message = f"{written!r} is no number of megabytes from 0.1 to 10000"
        raise argparse.ArgumentTypeError(message)
    return size


def _add_speed(report: Report, megabytes: float, folder: Path, *, peers: bool) -> None:
    corpus = folder / "corpus.jsonl"
    written = synthetic.write(corpus, round(megabytes * 1e6))
    report.articles, report.text_bytes = written
    _say("stages")
    import stages

    measured = stages.measure(corpus, folder)
    report.facts_per_mb = measured.facts / measured.text_bytes * 1e6
    report.distinct = measured.distinct / max(measured.facts, 1)
    report.figures += measured.figures
    _say("end to end")
    _add_end_to_end(report, corpus, folder)
    if peers:
        _say("peers")
        from peers import underthesea_ner

        report.figures.append(underthesea_ner(corpus))


def _add_end_to_end(report: Report, corpus: Path, folder: Path) -> None:
    """``khcn extract`` over the corpus and over one article, each the best of some runs."""
    single = folder / "single.jsonl"
    single.write_text(_ONE_ARTICLE, encoding="utf-8")
    empty = [child.extract(single, folder / f"single-{i}.duckdb") for i in range(_REPEATS)]
    full = [child.extract(corpus, folder / f"full-{i}.duckdb") for i in range(_REPEATS)]
    report.start_up = start_cpu, start_wall = min(c.cpu for c in empty), min(c.wall for c in empty)
    cpu, wall = min(c.cpu for c in full), min(c.wall for c in full)
    for name, seconds, depth in (
        ("khcn extract FILE.jsonl --out STORE.duckdb", cpu, 0),
        ("without start-up", cpu - start_cpu, 1),
        ("wall time, one worker", wall, 1),
        ("wall time without start-up", wall - start_wall, 1),
    ):
        report.figures.append(Figure(name, seconds, report.text_bytes, depth))


def _add_memory(report: Report, megabytes: float, folder: Path) -> None:
    """Peak memory at a quarter of the size and at all of it: the same, if memory is flat."""
    for size in (megabytes / 4, megabytes):
        _say(f"memory at {size:g} MB")
        corpus, store = folder / "corpus.jsonl", folder / f"{size:g}.duckdb"
        written = synthetic.write(corpus, round(size * 1e6))
        report.memory.append(Memory(written.text_bytes, child.extract(corpus, store).peak_bytes))


def _say(what: str) -> None:
    if sys.stderr.isatty():
        print(f"measuring: {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
