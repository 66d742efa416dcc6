"""The ratchet: what it lets pass, what it stops, and what it writes down."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from khcn_extract.evaluate import Report, evaluate
from khcn_extract.floors import Floors, check, gold_hash, raise_floors, read_floors
from khcn_extract.gold import GoldArticle

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Có 1 2 3 4 5 6 7 8 9 ha."
TODAY = date(2031, 3, 5)


def _report(found: int, spurious: int = 0, of: int = 8) -> Report:
    """``found`` of the gold counts, and some that are none."""
    facts: list[dict[str, Any]] = [
        {"kind": "count", "start_char": 3 + 2 * n, "end_char": 4 + 2 * n, "text": str(n + 1), "value": n + 1}
        | {"unit": "ha"}
        for n in range(of)
    ]
    article = GoldArticle.model_validate({"article_id": "a1", "text": TEXT, "facts": facts})
    return evaluate([article], {"a1": facts[:found] + [fact | {"unit": "km"} for fact in facts[:spurious]]})


@pytest.fixture
def gold(tmp_path: Path) -> list[Path]:
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for file in files:
        file.write_text(file.name, encoding="utf-8")
    return files


@pytest.fixture
def path(tmp_path: Path, gold: list[Path]) -> Path:
    """Floors as 6 facts of 8 make them."""
    file = tmp_path / "floors.json"
    raise_floors(_report(6), file, gold, on=TODAY, reason="first measured")
    return file


# fmt: off
@pytest.mark.parametrize(("report", "problems"), [
    (_report(6),                []),
    (_report(7),                []),
    (_report(5),                ["count: F1 0.769231 is below its floor 0.857142", "all: F1 0.769231"]),
    (_report(6, spurious=1),    ["count: F1 0.800000 is below its floor 0.857142", "all: F1 0.800000"]),
    (_report(0, of=0),          ["count: there is a floor and no figure: the gold has no such fact", "all: there"]),
])
def test_check(report: Report, problems: list[str], path: Path, gold: list[Path]) -> None:
    found = check(report, read_floors(path), gold)

    assert len(problems) == len(found)
    for start, problem in zip(problems, found, strict=True):
        assert problem.startswith(start)
# fmt: on


@pytest.mark.parametrize(("below", "passes"), [(0.0, True), (0.9e-9, True), (1e-6, False)])
def test_a_rounding_below_the_floor_passes(below: float, passes: bool) -> None:
    floors = Floors(gold_sha256=gold_hash([]), floors={"count": _report(6).scores()["value/count"].f1 + below})

    assert passes == (check(_report(6), floors, []) == [])


def test_an_unknown_floor_is_a_problem() -> None:
    (problem,) = check(_report(8), Floors(gold_sha256=gold_hash([]), floors={"dates": 0}), [])

    assert "allowed are date, document" in problem


def test_changed_gold_is_a_problem_until_it_is_pinned(path: Path, gold: list[Path]) -> None:
    gold[0].write_text("corrected", encoding="utf-8")
    (problem,) = check(_report(6), read_floors(path), gold)
    assert problem.startswith("the gold is not the one")

    floors = raise_floors(_report(6), path, gold, on=TODAY, reason="two offsets corrected")

    assert check(_report(6), floors, gold) == []
    assert floors.floors == read_floors(path).history[0].floors


def test_hash_of_gold_knows_names_and_contents_only(tmp_path: Path, gold: list[Path]) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    copies = [moved / file.name for file in reversed(gold)]
    for copy in copies:
        copy.write_text(copy.name, encoding="utf-8")

    assert gold_hash(gold) == gold_hash(copies) != gold_hash(gold[:1])
    copies[0].rename(moved / "other.jsonl")
    assert gold_hash([moved / "other.jsonl", copies[1]]) != gold_hash(gold)


def test_floors_rise(path: Path, gold: list[Path]) -> None:
    floors = raise_floors(_report(7), path, gold, on=TODAY, reason="  one more unit ")

    assert floors == read_floors(path)
    assert floors.floors == {"count": 0.933333, "all": 0.933333}
    assert [(move.on, move.reason, move.lowered) for move in floors.history] == [
        (TODAY, "first measured", ()),
        (TODAY, "one more unit", ()),
    ]
    assert check(_report(6), floors, gold) != []
    assert check(_report(7), floors, gold) == []


def test_floors_do_not_fall_by_themselves(path: Path, gold: list[Path]) -> None:
    before = path.read_bytes()

    with pytest.raises(ValueError, match=r"floors would fall: count 0\.857142 to 0\.769230, all .*allow_lower"):
        raise_floors(_report(5), path, gold, on=TODAY, reason="who cares")
    assert before == path.read_bytes()


def test_floors_fall_for_a_reason_and_it_is_kept(path: Path, gold: list[Path]) -> None:
    floors = raise_floors(_report(5), path, gold, on=TODAY, reason="gold was wrong", allow_lower=True)

    assert floors.floors["count"] == pytest.approx(0.76923, abs=1e-5)
    assert (floors.history[-1].reason, floors.history[-1].lowered) == ("gold was wrong", ("count", "all"))
    assert check(_report(5), read_floors(path), gold) == []


def test_a_kind_that_vanishes_from_the_gold_is_a_fall(path: Path, gold: list[Path]) -> None:
    with pytest.raises(ValueError, match=r"count 0\.857142 to none"):
        raise_floors(_report(0, of=0), path, gold, on=TODAY, reason="no counts any more")


def test_no_reason_no_move(path: Path, gold: list[Path]) -> None:
    for lower in (False, True):
        with pytest.raises(ValueError, match="for no reason"):
            raise_floors(_report(7), path, gold, on=TODAY, reason=" ", allow_lower=lower)


def test_nothing_new_leaves_the_file_alone(path: Path, gold: list[Path]) -> None:
    before = path.read_bytes()
    raise_floors(_report(6), path, gold, on=date(2032, 1, 1), reason="again")

    assert before == path.read_bytes()


@pytest.mark.parametrize(
    "content", ["", "{}", '{"gold_sha256": "", "floor": {}}', '{"gold_sha256": "", "floors": {"date": "x"}}']
)
def test_a_broken_file_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "floors.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(ValueError, match=r"floors\.json: "):
        read_floors(file)
