"""What the benchmark says: figures, the machine that gave them, and the table and JSON they are printed as."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("khcn-extract", "regex", "ahocorasick-rs", "pyarrow", "duckdb", "underthesea")
_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Figure:
    """Time that some text took at one stage."""

    name: str
    seconds: float
    """Of CPU, unless the name says otherwise."""
    text_bytes: int
    depth: int = 0
    """1 for a part, or another view, of the nearest figure above with 0."""

    @property
    def mb_per_s(self) -> float:
        """Speed, in megabytes of UTF-8 text."""
        return self.text_bytes / 1e6 / self.seconds if self.seconds else float("inf")


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak of the memory of a run over a corpus."""

    text_bytes: int
    peak_bytes: int


@dataclass(slots=True)
class Report:
    """All that one run of the benchmark measured."""

    machine: str
    versions: dict[str, str]
    articles: int = 0
    text_bytes: int = 0
    facts_per_mb: float = 0.0
    distinct: float = 0.0
    """Part of the facts whose text no other fact of the sample has."""
    figures: list[Figure] = field(default_factory=list)
    """The first is the floor."""
    start_up: tuple[float, float] = (0.0, 0.0)
    """Seconds of CPU and on the clock until the first article is done."""
    memory: list[Memory] = field(default_factory=list)


def new_report() -> Report:
    """A report that knows its machine and versions, with nothing measured yet."""
    versions = {"Python": platform.python_version()} | {name: version(name) for name in _PACKAGES}
    return Report(machine=f"{_processor()}, {os.cpu_count()} cores, {platform.system()}", versions=versions)


def as_json(report: Report) -> str:
    """The report for programs: the same figures unrounded, with their ratio to the floor."""
    floor = report.figures[0].mb_per_s if report.figures else None
    said = asdict(report)
    for row, figure in zip(said["figures"], report.figures, strict=True):
        row["mb_per_s"] = figure.mb_per_s
        row["of_floor"] = figure.mb_per_s / floor if floor else None
    return json.dumps(said, ensure_ascii=False, indent=2)


def as_table(report: Report) -> str:
    """The report for people, in 80 columns."""
    lines = [report.machine, *_wrapped([f"{name} {number}" for name, number in report.versions.items()])]
    if report.figures:
        lines.append(
            f"{report.text_bytes / 1e6:.1f} MB of text in {report.articles:,} articles; "
            f"{report.facts_per_mb:,.0f} facts/MB, {report.distinct:.0%} of their texts differ"
        )
        lines += [
            "",
            f"{'one core, CPU time unless said otherwise':<44}{'MB/s':>10}{'ms/MB':>12}{'of floor':>12}",
            "-" * (_WIDTH - 2),
        ]
        lines += [_row(figure, report.figures[0].mb_per_s) for figure in report.figures]
    if report.start_up[0]:
        cpu, wall = report.start_up
        lines += ["", f"start-up: {cpu:.2f} s CPU, {wall:.2f} s wall (imports, rules, an empty store, one article)"]
    if report.memory:
        lines += ["", f"{'end to end, peak of memory':<44}{'MB RSS':>10}"]
        lines += [f"{m.text_bytes / 1e6:>6,.0f} MB of text{'':<27}{m.peak_bytes / 1e6:>10,.0f}" for m in report.memory]
    return "\n".join(lines)


def _row(figure: Figure, floor: float) -> str:
    speed = figure.mb_per_s
    ratio = f"1/{floor / speed:,.1f}" if speed < floor else f"{speed / floor:,.1f}"
    digits = 1 if speed >= 1 else 4
    return f"{'  ' * figure.depth + figure.name:<44}{speed:>10,.{digits}f}{1000 / speed:>12,.1f}{ratio:>12}"


def _wrapped(words: list[str]) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) + 2 > _WIDTH:
            lines.append("")
        lines[-1] += f", {word}" if lines[-1] else word
    return lines


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:  # Not Linux.
        pass
    return platform.processor() or platform.machine()
