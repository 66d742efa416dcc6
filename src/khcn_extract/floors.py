"""The ratchet: F1 may rise and not fall, and the gold that it was measured on may not change unnoticed.

``floors.json`` has a floor for each kind, the hash of the gold files, and why each floor was ever moved. `check` is the
gate, `raise_floors` the one call that moves the floors; it lowers one only where it is told to, and writes down why.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from khcn_extract.facts import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khcn_extract.evaluate import Report

EPSILON: Final = 1e-9
"""So little below a floor is rounding."""
_DIGITS: Final = 6
"""Of a floor: one fact among a million still shows."""
_MEASURES: Final = {kind: f"value/{kind}" for kind in (*KINDS, "all")} | {"triples": "triples/official"}
"""Name of a floor -> the measure whose F1 it holds."""


class Move(BaseModel):
    """One time that the floors were set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    reason: str
    gold_sha256: str
    floors: dict[str, float]
    lowered: tuple[str, ...] = ()


class Floors(BaseModel):
    """What ``floors.json`` holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gold_sha256: str
    """Of the gold files that the floors were measured on; see `gold_hash`."""
    floors: dict[str, float] = Field(default_factory=dict)
    """F1 by kind, ``all`` and ``triples``."""
    history: tuple[Move, ...] = ()
    """Oldest first."""


def gold_hash(gold_files: Iterable[str | Path]) -> str:
    """SHA-256 of the files' names and contents, whatever their order and folder."""
    digest = hashlib.sha256()
    for path in sorted(map(Path, gold_files), key=lambda path: path.name):
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def read_floors(path: str | Path) -> Floors:
    """The floors in a file. Raises `ValueError` where it is not as `Floors` has it, `OSError` where there is none."""
    try:
        return Floors.model_validate_json(Path(path).read_bytes())
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        raise ValueError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def check(report: Report, floors: Floors, gold_files: Iterable[str | Path]) -> list[str]:
    """What is wrong, a sentence each; nothing where all is well.

    >>> from khcn_extract.evaluate import evaluate
    >>> from khcn_extract.gold import GoldArticle
    >>> fact = {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"}
    >>> report = evaluate([GoldArticle(article_id="a1", text="Có 5 dự án.", facts=(fact,))], {})
    >>> check(report, Floors(gold_sha256=gold_hash([]), floors={"count": 0.9}), [])
    ['count: F1 0.000000 is below its floor 0.900000']
    """
    problems = []
    if (found := gold_hash(gold_files)) != floors.gold_sha256:
        problems.append(
            f"the gold is not the one that the floors were measured on (sha256 {found[:12]}, pinned "
            f"{floors.gold_sha256[:12]}): set the floors again"
        )
    reached = _reached(report)
    for name, floor in floors.floors.items():
        if name not in reached:
            what = "the gold has no such fact" if name in _MEASURES else f"allowed are {', '.join(_MEASURES)}"
            problems.append(f"{name}: there is a floor and no figure: {what}")
        elif reached[name] < floor - EPSILON:
            problems.append(f"{name}: F1 {reached[name]:.6f} is below its floor {floor:.6f}")
    return problems


def raise_floors(
    report: Report,
    path: str | Path,
    gold_files: Iterable[str | Path],
    *,
    on: date,
    reason: str,
    allow_lower: bool = False,
) -> Floors:
    """Sets the floors in ``path`` to what the report reaches, pins the gold, and records both; returns the new floors.

    Where nothing moves the file stays as it is. Raises `ValueError`, with the file unchanged, where a floor would fall
    or go and ``allow_lower`` was not given, or where the reason is empty.
    """
    path = Path(path)
    if not reason.strip():
        raise ValueError("the floors are moved for no reason; allowed is a sentence that the history keeps")
    old = read_floors(path) if path.exists() else Floors(gold_sha256="")
    reached = {name: _rounded_down(f1) for name, f1 in _reached(report).items()}
    lowered = [name for name, floor in old.floors.items() if reached.get(name, -1.0) < floor - EPSILON]
    if lowered and not allow_lower:
        falls = ", ".join(f"{name} {old.floors[name]:.6f} to {_told(reached.get(name))}" for name in lowered)
        raise ValueError(f"floors would fall: {falls}; allowed with allow_lower and a reason only")
    # A floor that is a rounding above what is reached stays.
    kept = {name: floor for name, floor in old.floors.items() if name in reached and name not in lowered}
    new = {name: max(f1, kept.get(name, 0.0)) for name, f1 in reached.items()}
    pinned = gold_hash(gold_files)
    if (pinned, new) == (old.gold_sha256, old.floors):
        return old
    move = Move(on=on, reason=reason.strip(), gold_sha256=pinned, floors=new, lowered=tuple(lowered))
    floors = Floors(gold_sha256=pinned, floors=new, history=(*old.history, move))
    _write(path, floors)
    return floors


def _reached(report: Report) -> dict[str, float]:
    """F1 by name of floor, without kinds that the gold has not."""
    scores = report.scores()
    return {name: scores[m].f1 for name, m in _MEASURES.items() if m in scores and scores[m].gold}


def _rounded_down(f1: float) -> float:
    return math.floor((f1 + EPSILON) * 10**_DIGITS) / 10**_DIGITS


def _told(f1: float | None) -> str:
    return "none" if f1 is None else f"{f1:.6f}"


def _write(path: Path, floors: Floors) -> None:
    # By another name first: a process killed half-way leaves the old floors.
    half = path.with_name(f".{path.name}.new")
    text = json.dumps(floors.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    half.write_text(text, encoding="utf-8")
    half.replace(path)
