"""Expressions that point: from the day of publication (``hôm nay``, ``thứ Năm tuần tới``) or from a named period."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import regex as re

from khcn_extract.dates_intervals import Interval, interval_of, quarter, single, value_of
from khcn_extract.facts import DateValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khcn_extract.engine import Mention
    from khcn_extract.facts import Period, Reading

_DAYS_POINTED_AT = {"nay": 0, "qua": -1, "kia": -2, "mai": 1, "ngày kia": 2}
PERIODS_POINTED_AT = {
    "nay": 0, "này": 0, "hiện tại": 0, "ngoái": -1, "trước": -1, "qua": -1, "rồi": -1, "sau": 1, "tới": 1,
}  # fmt: skip
_WEEKDAYS = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "7": 5, "nhật": 6,
}  # fmt: skip
_WEEKDAY = re.compile(r"(?:thứ|ch[ủú]a?) (?P<day>\w+),? (?:của )?(?P<of_week>tuần )?(?P<direction>.+)")
_COMPARED_WITH = re.compile(
    r"\b(?:so|so với|với|cùng kỳ|bằng|hơn)\s(?:(?:với|cùng|cùng kỳ|của|thời điểm|cùng thời điểm)\s){0,3}$"
)
_MONTHS, _BEFORE_QUARTERS = 12, 32
_SAME_PERIOD = {
    "năm trước": re.compile(r"(?P<year>\d{4})"),
    "quý trước": re.compile(r"(?P<year>\d{4})-(?P<part>3[3-6])"),
    "tháng trước": re.compile(r"(?P<year>\d{4})-(?P<part>0\d|1[0-2])"),
}
"""The EDTF of a period of that length."""
_LOOK_BACK = 12
"""Dates of a sentence that are looked back over: a sentence of a thousand must not be read again at each of them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of an article before its sentences are read."""

    published_at: date | datetime | None = None
    report_period: Period | None = None

    @property
    def published_on(self) -> date | None:
        """The day of publication."""
        return self.published_at.date() if isinstance(self.published_at, datetime) else self.published_at


def pointed_at(words: str, context: Context) -> Interval | None:
    """The day, week, month, quarter or year that a deictic expression points at."""
    today = context.published_on
    if today is None:
        return None
    weekday = _WEEKDAY.fullmatch(words)
    if weekday is not None:
        day = _weekday_pointed_at(weekday, today)
        return Interval(day, day, day.isoformat())
    unit, direction = words.split(" ", maxsplit=1)
    if unit not in ("tuần", "tháng", "quý", "năm"):
        day = today + timedelta(days=_DAYS_POINTED_AT.get(words) or _DAYS_POINTED_AT[direction])
        return Interval(day, day, day.isoformat())
    step = PERIODS_POINTED_AT[direction]
    if unit == "năm":
        base = context.report_period.date_from.year if direction == "trước" and context.report_period else today.year
        return single({}, base + step)
    if unit == "tuần":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        sunday = monday + timedelta(days=6)
        return Interval(monday, sunday, f"{monday}/{sunday}")
    length = 1 if unit == "tháng" else 3
    index = (today.year * 12 + today.month - 1) // length + step
    year, month = divmod(index * length, 12)
    return single({"month": str(month + 1)}, year) if unit == "tháng" else quarter(month // 3 + 1, year)


def _weekday_pointed_at(weekday: re.Match[str], today: date) -> date:
    """``thứ năm tuần tới`` is in the next week, ``thứ năm tới`` the next one, ``thứ năm vừa rồi`` the last one."""
    number, direction = _WEEKDAYS[weekday["day"]], weekday["direction"]
    if weekday["of_week"]:
        return today + timedelta(days=number - today.weekday(), weeks=PERIODS_POINTED_AT[direction])
    if direction == "tới":
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)


def day_of_month_pointed_at(groups: dict[str, str], context: Context) -> Interval | None:
    """``ngày 4 tháng này``."""
    today = context.published_on
    if today is None:
        return None
    year, month = divmod(today.year * 12 + today.month - 1 + PERIODS_POINTED_AT[groups["relative_month"]], 12)
    return interval_of({"day": groups["day"], "month": str(month + 1)}, year)


def before_the_last(
    mentions: Sequence[Mention], i: int, lower: str, sentences: Callable[[], Sequence[int]], readings: Sequence[Reading]
) -> DateValue | None:
    """``quý trước`` in a sentence that names a quarter: the quarter before that one.

    ``Tháng 12/2023 … so với cùng kỳ năm trước``: the year before that of the period that is compared, one of
    ``readings`` (the dates before this one).
    """
    named = _SAME_PERIOD.get(mentions[i].match.groupdict().get("deictic") or "")
    if named is None:
        return None
    starts = sentences()
    at = bisect_right(starts, mentions[i].start)
    begin = starts[at - 1] if at else 0
    if "part" not in named.groupindex and _COMPARED_WITH.search(
        lower, max(begin, mentions[i].start - 24), mentions[i].start
    ):
        return _year_before_the_compared(readings, lower, begin)
    for reading in reversed(readings[-_LOOK_BACK:]):
        if reading.start < begin:
            return None
        value = reading.value
        if isinstance(value, DateValue) and reading.rule != "date.deictic_period":
            written = named.fullmatch(value.value)
            if written is not None:
                return value_of(_before(int(written["year"]), int(written.groupdict().get("part") or 0)), "sentence")
    return None


def _before(year: int, part: int) -> Interval:
    """The period before a year (part 0), a month (1 to 12) or a quarter (33 to 36, as EDTF has it)."""
    if not part:
        return single({}, year - 1)
    if part > _MONTHS:
        return quarter(part - _BEFORE_QUARTERS - 1 or 4, year if part > _BEFORE_QUARTERS + 1 else year - 1)
    return single({"month": str(part - 1 or _MONTHS)}, year if part > 1 else year - 1)


def _year_before_the_compared(readings: Sequence[Reading], lower: str, begin: int) -> DateValue | None:
    """The year before the one of the sentence's last period that is not itself what something is compared with."""
    for reading in reversed(readings[-_LOOK_BACK:]):
        if reading.start < begin:
            return None
        value = reading.value
        if isinstance(value, DateValue) and not _COMPARED_WITH.search(
            lower, max(begin, reading.start - 24), reading.start
        ):
            return value_of(single({}, value.date_to.year - 1), "sentence")
    return None
