"""What a sentence says of its counts beside number and unit: the whole noun, the change, the period, the parts.

`describe` is the entry. Nothing here decides whether a count is a fact; all of it may be absent.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

import regex as re

from khcn_extract.counts_elided import Whole, whole_of
from khcn_extract.counts_units import units
from khcn_extract.facts import CountValue, DateValue, Reading, Span
from khcn_extract.rules import load_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal

SUM_DIFFERS = "parts_differ_from_whole"
"""Flag of a whole whose parts do not add up to it."""

_CHANGE = re.compile(
    r"(?<!\p{L})(tăng|giảm|tăng thêm|giảm bớt)(?:\s(?:trưởng|bình quân|thêm|được|đến|tới|trên|dưới|hơn|gần|khoảng|"
    r"xấp xỉ|ít nhất|tối thiểu|chưa đến|mạnh)){0,3}\s$"
)
_LOOK_BACK = 34
_EXHAUSTIVE = re.compile(r"(?<!\p{L})(?:bao\s)?gồm(?!\p{L})")
_CUE = re.compile(r"^[^;]*?(?<!\p{L})(?:trong đó|trong số đó|(?:bao\s)?gồm)(?!\p{L})|^[^,;:]*(?::|\((?![^)]*\)))")
_MOST_PARTS = 40
"""So many parts of a whole are looked for; a list without an end is no sentence."""
_LONGEST_BRACKET = 1000
_TO_FIRST_PART, _TO_NEXT_PART = 130, 150
"""Characters between a whole and its first part, and between its parts."""


def describe(
    counts: Sequence[Reading], dates: Sequence[Reading], text: str, lower: str, sentences: Callable[[], Sequence[int]]
) -> list[Reading]:
    """The counts of an article, in its order, with what their sentences say of them; ``dates`` are its date facts.

    Parts point to their whole (``41 nhiệm vụ, gồm 29 …, 12 …``); a whole whose parts can't be right is flagged
    ``parts_differ_from_whole``.
    """
    if not counts:
        return []
    starts = sentences()
    bounds = [_sentence(starts, count.start, len(lower)) for count in counts]
    whole_at: dict[int, Span] = {}
    flagged: set[int] = set()
    for first, last in _runs(bounds):
        _gather(counts[first:last], first, lower, whole_at, flagged)
    date_starts = [date.start for date in dates]
    described = []
    for at, (count, (begin, end)) in enumerate(zip(counts, bounds, strict=True)):
        value = count.value
        if isinstance(value, CountValue):
            value = CountValue(  # `replace` takes twice the time, and this is done for every count
                value=value.value,
                value_max=value.value_max,
                total=value.total,
                unit=value.unit,
                mod=value.mod,
                rate=value.rate,
                object=_object(count, value, text, lower),
                change=_change(lower, count.start),
                period=_period(dates, date_starts, count, begin, end),
                part_of=whole_at.get(at),
            )
        flags = (*count.flags, SUM_DIFFERS) if at in flagged else count.flags
        described.append(Reading(count.start, count.end, value, count.rule, count.confidence, flags))
    return described


def _sentence(starts: Sequence[int], offset: int, length: int) -> tuple[int, int]:
    at = bisect_right(starts, offset)
    return (starts[at - 1] if at else 0), (starts[at] if at < len(starts) else length)


def _runs(bounds: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges of counts that stand in one sentence, two at least."""
    first = 0
    for at in range(1, len(bounds) + 1):
        if at == len(bounds) or bounds[at] != bounds[first]:
            if at - first > 1:
                yield first, at
            first = at


# --- the noun, the change, the period --------------------------------------------------------------------------------


@cache
def _phrase() -> re.Pattern[str]:
    """The words that go on a noun, up to the first that can't."""
    # By their first letters: at most words most of them need no look then.
    ends = "|".join(
        f"{first}(?:{'|'.join(re.escape(end[1:]) for end in of_letter)})"
        for first, of_letter in groupby(sorted(load_file("counts.toml").lexicons["phrase_ends"]), key=itemgetter(0))
    )
    return re.compile(
        rf"""(?: [ ] (?: khoa[ ]học[ ]và[ ](?:công[ ]nghệ|kỹ[ ]thuật)
                     | (?! (?:{ends}) (?!\p{{L}}) ) \p{{L}}[\p{{L}}&-]* ) ){{1,9}}""",
        re.VERBOSE,
    )


def _object(count: Reading, value: CountValue, text: str, lower: str) -> str | None:
    """The whole noun phrase: ``nhiệm vụ khoa học cấp tỉnh``; of a measure what is measured, ``chè``."""
    more = _phrase().match(lower, count.end)
    rest = text[count.end + 1 : more.end()] if more is not None else ""
    if units().classes.get(value.unit) == "measures":
        return rest or None
    return f"{value.unit} {rest}" if rest else None


def _change(lower: str, start: int) -> Literal["increase", "decrease"] | None:
    before = lower[max(0, start - _LOOK_BACK) : start]
    if "tăng" not in before and "giảm" not in before:
        return None
    found = _CHANGE.search(before)
    if found is None:
        return None
    return "increase" if found[1].startswith("tăng") else "decrease"


def _period(dates: Sequence[Reading], date_starts: Sequence[int], count: Reading, begin: int, end: int) -> str | None:
    """The date of the sentence in EDTF: the last before the count, else the first behind it."""
    after = bisect_left(date_starts, count.start)
    for at in (after - 1, after):
        if 0 <= at < len(dates) and begin <= dates[at].start < end:
            value = dates[at].value
            return value.value if isinstance(value, DateValue) else None
    return None


# --- wholes and parts ------------------------------------------------------------------------------------------------


def _gather(counts: Sequence[Reading], first: int, lower: str, whole_at: dict[int, Span], flagged: set[int]) -> None:
    """Notes for the parts among the counts of one sentence where their whole is; ``first`` is the first one's index."""
    for at, count in enumerate(counts[:-1]):
        whole = whole_of(count)
        reach = lower[count.end : min(counts[min(at + 2, len(counts) - 1)].start, count.end + _TO_FIRST_PART)]
        if whole is None or not _CUE.search(reach):
            continue
        end = _bracket_end(lower, count.end, counts[at + 1].start)
        following = [later for later in counts[at + 1 : at + 1 + _MOST_PARTS] if later.start < end]
        parts = list(_parts(whole, following, first + at + 1))
        between = lower[count.end : counts[parts[0][0] - first].start] if parts else ""
        if not _CUE.search(between):
            continue
        for index, _ in parts:
            whole_at[index] = Span(count.start, count.end)
        total = sum(size for _, size in parts)
        if len(parts) > 1 and (total > whole.size or (total != whole.size and _EXHAUSTIVE.search(between))):
            flagged.add(first + at)


def _bracket_end(lower: str, start: int, end: int) -> int:
    """Where the bracket closes that opens behind a whole: its parts are within; without one, they may go on."""
    if "(" not in lower[start:end]:
        return len(lower)
    close = lower.find(")", end, end + _LONGEST_BRACKET)
    return close if close >= 0 else len(lower)


def _parts(whole: Whole, following: Sequence[Reading], index: int) -> Iterator[tuple[int, Decimal]]:
    """Index and size of the counts that are parts of the whole, until they add up to it.

    Shares and measures between them are passed over.
    """
    end, reach, left = whole.end, _TO_FIRST_PART, whole.size
    for at, count in enumerate(following):
        part = whole_of(count)
        if part is None:
            continue
        if count.start - end > reach or part.value.total is not None or part.size > whole.size:
            return
        if part.value.unit != whole.value.unit and not _alike(part, whole):
            continue
        end, reach, left = count.end, _TO_NEXT_PART, left - part.size
        yield index + at, part.size
        if left == 0:
            return


def _alike(part: Whole, whole: Whole) -> bool:
    """Whether the units may be kinds of one another: topics are tasks, officials are people."""
    classes = units().classes
    return classes.get(part.value.unit) == classes.get(whole.value.unit) in ("people", "activities", "documents")
