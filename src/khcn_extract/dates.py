"""Mentions of dates to date facts: whole intervals, at their own precision, with the missing parts found.

Read ``rules/dates.toml`` first: it says what matches and what the groups mean. Here a mention's groups become a
`_Partial`, and `read` completes it. A missing year is looked for, in this order, in the sentence, in the period that
the article reports on, in the article's own dates, in the publication date; where none says it, there is no fact. A
day and month that fall within weeks of the publication date are the publication's year even if the sentence speaks of
the year that has just ended.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import regex as re

from khcn_extract import numerals
from khcn_extract.facts import DateValue, Period, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khcn_extract.engine import Mention


_MONTH_NAMES = {"giêng": 1, "chạp": 12}
_ROMAN = {"i": 1, "v": 5, "x": 10}
_QUARTER_EDTF = 32
"""EDTF writes the quarters as "months" 33 to 36."""
_DAYS_POINTED_AT = {"nay": 0, "qua": -1, "kia": -2, "mai": 1}
_PERIODS_POINTED_AT = {
    "nay": 0, "này": 0, "hiện tại": 0, "ngoái": -1, "trước": -1, "qua": -1, "rồi": -1, "sau": 1, "tới": 1,
}  # fmt: skip
_WEEKDAYS = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "7": 5, "nhật": 6,
}  # fmt: skip
_WEEKDAY = re.compile(r"(?:thứ|ch[ủú]a?) (?P<day>\w+),? (?:của )?(?P<of_week>tuần )?(?P<direction>.+)")
_MAY_SLIP = frozenset({"date.day_month_year"})

_NEWS_RANGE = timedelta(days=120)
"""How far from its publication an article places a day without saying the year, even where it speaks of another."""

# A date right behind a document's symbol is the day it was issued, no hint at the sentence's year.
_ISSUED = re.compile(r"(?:[\p{L}\d]\s?[/-]\s?\p{L}[\p{L}\d&-]*|\bsố\s\d+)\s?[,(]?\s?$")
_AHEAD = re.compile(r"(?:đến|tới|tầm nhìn|giai đoạn|định hướng|nhiệm kỳ|hết)\s$")
_SINCE = re.compile(r"\s(?:đến|tới)\s(?:nay|thời điểm)")


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of an article before its sentences are read."""

    published_at: date | datetime | None = None
    report_period: Period | None = None

    @property
    def published_on(self) -> date | None:
        """The day of publication."""
        return self.published_at.date() if isinstance(self.published_at, datetime) else self.published_at


class _Interval(NamedTuple):
    date_from: date
    date_to: date
    edtf: str


class _Year(NamedTuple):
    """A year that stands in the text and may complete others."""

    start: int
    year: int
    bound: bool
    """It bounds a span of time (``đến năm 2030``, ``từ năm 2019 đến nay``): not the year that the sentence is in."""
    in_full: bool
    """It stands in a full date or behind its month."""


def read(
    mentions: Sequence[Mention], lower: str, sentences: Callable[[], Sequence[int]], context: Context
) -> list[Reading]:
    """Date facts of the mentions, in their order; what can't be placed on the calendar is left out.

    ``lower`` is the cleaned text in lower case, ``sentences`` gives the offsets at which its sentences begin, and is
    asked only where a date leaves out its year.
    """
    years: list[_Year] | None = None
    readings = []
    for mention in mentions:
        rule, groups = mention.rule, mention.match.groups()
        value = _complete(mention.match.re, groups)
        if value is None:
            if years is None:
                years = _years(mentions, lower)
            value = _completed(mention, years, sentences, context)
            if value is None:
                continue
        flags = rule.flags
        if rule.name in _MAY_SLIP and any(len(mention.match[sep].strip()) > 1 for sep in ("sep", "sep2")):
            flags = (*flags, "date_slip")
        readings.append(Reading(mention.start, mention.end, value, rule.name, rule.confidence, flags))
    return readings


@lru_cache(maxsize=20_000)  # the same few thousand expressions make up most of any corpus
def _complete(pattern: re.Pattern[str], groups: tuple[str | None, ...]) -> DateValue | None:
    """The value of an expression that names its year; ``None`` where it needs the context or can't be."""
    said = {name: groups[i - 1] for name, i in pattern.groupindex.items()}
    named = {name: written for name, written in said.items() if written is not None}
    year = _year_of(named)
    if "deictic" in named or (year is None and not named.keys() & {"decade", "century"}):
        return None
    return _value(_interval(named, year or 0), None)


def _completed(
    mention: Mention, years: Sequence[_Year], sentences: Callable[[], Sequence[int]], context: Context
) -> DateValue | None:
    """The value of an expression that needs the context."""
    groups = {name: written for name, written in mention.match.groupdict().items() if written is not None}
    if "deictic" in groups:
        if context.published_on is None and groups["deictic"].startswith("năm "):
            return _value(_year_pointed_at(groups["deictic"], years), "article")
        return _value(_pointed_at(groups["deictic"], context), "published_at")
    if "relative_month" in groups:
        return _value(_day_of_month_pointed_at(groups, context), "published_at")
    if _year_of(groups) is not None:
        return None  # complete, and not on the calendar
    year, resolved_from = _find_year(mention, groups, years, sentences, context)
    return None if year is None else _value(_interval(groups, year), resolved_from)


def _value(interval: _Interval | None, resolved_from: str | None) -> DateValue | None:
    if interval is None or interval.date_from > interval.date_to:
        return None
    return DateValue(
        date_from=interval.date_from, date_to=interval.date_to, value=interval.edtf, resolved_from=resolved_from
    )


def _interval(groups: dict[str, str], year: int) -> _Interval | None:
    """The interval that the groups name, ``year`` given; ``None`` where the calendar has no such day."""
    try:
        if groups.keys() & {"to_day", "to_month", "to_year", "to_quarter"}:
            return _range(groups, year)
        return _single(groups, year)
    except ValueError:
        return None


def _single(groups: dict[str, str], year: int) -> _Interval:
    if "day" in groups:
        day = date(year, _number(groups["month"]), _number(groups["day"]))
        return _Interval(day, day, day.isoformat())
    if "month" in groups:
        month = _number(groups["month"])
        return _months(month, month, year)._replace(edtf=f"{year:04}-{month:02}")
    if "quarter" in groups:
        return _quarter(_number(groups["quarter"]), year)
    if groups.get("part") and "months" not in groups:
        count = 3 * _number(groups.get("quarters", "1"))
        first = 13 - count if groups["part"] == "cuối" else 1
        return _quarter(first // 3 + 1, year) if count == 3 else _months(first, first + count - 1, year)
    if "months" in groups:
        count = _number(groups["months"])
        first = 13 - count if groups.get("part") == "cuối" else 1
        return _months(first, first + count - 1, year)
    if "half" in groups:
        return _months(1, 6, year) if groups["half"] == "đầu" else _months(7, 12, year)
    if "decade" in groups or "century" in groups:
        return _decade(groups) if "decade" in groups else _century(_number(groups["century"]))
    return _Interval(date(year, 1, 1), date(year, 12, 31), f"{year:04}")


def _decade(groups: dict[str, str]) -> _Interval:
    first = int(groups["decade"])
    if first < 100:  # "thập niên 90": of the last century that had it whole, unless another is named
        first += 100 * (_number(groups.get("century", "20")) - 1)
    return _Interval(date(first, 1, 1), date(first + 9, 12, 31), f"{first // 10}X")


def _century(number: int) -> _Interval:
    first, last = 100 * number - 99, 100 * number
    return _Interval(date(first, 1, 1), date(last, 12, 31), f"{first:04}/{last:04}")


def _range(groups: dict[str, str], year: int) -> _Interval:
    """A range; what its beginning leaves out is as at its end, and the other way round."""
    end = {name[3:]: value for name, value in groups.items() if name.startswith("to_")}
    start = {name: value for name, value in groups.items() if not name.startswith("to_")}
    for name in ("day", "month", "quarter"):
        if name in start or name in end:
            start.setdefault(name, end.get(name, ""))
            end.setdefault(name, start[name])
    to_year = int(end["year"]) if "year" in end else year
    from_year = int(start["year"]) if "year" in start else to_year
    start = {name: value for name, value in start.items() if name in ("day", "month", "quarter")}
    end = {name: value for name, value in end.items() if name in ("day", "month", "quarter")}
    first, last = _single(start, from_year), _single(end, to_year)
    if first.date_from > last.date_to and "year" not in groups and start:
        # "từ tháng 10 đến tháng 3/2019": the range began in the year before
        first = _single(start, to_year - 1)
    return _Interval(first.date_from, last.date_to, f"{first.edtf}/{last.edtf}")


def _months(first: int, last: int, year: int) -> _Interval:
    end = date(year, last, calendar.monthrange(year, last)[1])
    return _Interval(date(year, first, 1), end, f"{year:04}-{first:02}/{year:04}-{last:02}")


def _quarter(quarter: int, year: int) -> _Interval:
    return _months(3 * quarter - 2, 3 * quarter, year)._replace(edtf=f"{year:04}-{_QUARTER_EDTF + quarter}")


def _number(written: str) -> int:
    """A day, month, quarter or century in digits, in words or in Roman figures."""
    if written.isdecimal():
        return int(written)
    if _ROMAN.keys() >= set(written):
        figures = [_ROMAN[figure] for figure in written]
        return sum(-a if a < b else a for a, b in zip(figures, [*figures[1:], 0], strict=True))
    value = _MONTH_NAMES.get(written) or numerals.words(written)
    if value is None:
        raise ValueError(f"{written!r} is no number of a day, month, quarter or century")
    return int(value)


def _year_of(groups: dict[str, str]) -> int | None:
    """The year that the mention itself names; the end's where only that has one."""
    written = groups.get("to_year") or groups.get("year")
    if written is None:
        return None
    if not written.isdecimal():
        return numerals.year(written)
    year = int(written)
    if len(written) == 2:
        year += 2000 if year < 70 else 1900
    return year


def _pointed_at(words: str, context: Context) -> _Interval | None:
    """The day, week, month, quarter or year that a deictic expression points at."""
    today = context.published_on
    if today is None:
        return None
    weekday = _WEEKDAY.fullmatch(words)
    if weekday is not None:
        day = _weekday_pointed_at(weekday, today)
        return _Interval(day, day, day.isoformat())
    unit, direction = words.split(" ", maxsplit=1)
    if unit not in ("tuần", "tháng", "quý", "năm"):
        day = today + timedelta(days=_DAYS_POINTED_AT[direction])
        return _Interval(day, day, day.isoformat())
    step = _PERIODS_POINTED_AT[direction]
    if unit == "năm":
        base = context.report_period.date_from.year if direction == "trước" and context.report_period else today.year
        return _single({}, base + step)
    if unit == "tuần":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        sunday = monday + timedelta(days=6)
        return _Interval(monday, sunday, f"{monday}/{sunday}")
    length = 1 if unit == "tháng" else 3
    index = (today.year * 12 + today.month - 1) // length + step
    year, month = divmod(index * length, 12)
    return _single({"month": str(month + 1)}, year) if unit == "tháng" else _quarter(month // 3 + 1, year)


def _weekday_pointed_at(weekday: re.Match[str], today: date) -> date:
    """``thứ năm tuần tới`` is in the next week, ``thứ năm tới`` the next one, ``thứ năm vừa rồi`` the last one."""
    number, direction = _WEEKDAYS[weekday["day"]], weekday["direction"]
    if weekday["of_week"]:
        return today + timedelta(days=number - today.weekday(), weeks=_PERIODS_POINTED_AT[direction])
    if direction == "tới":
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)


def _day_of_month_pointed_at(groups: dict[str, str], context: Context) -> _Interval | None:
    """``ngày 4 tháng này``."""
    today = context.published_on
    if today is None:
        return None
    year, month = divmod(today.year * 12 + today.month - 1 + _PERIODS_POINTED_AT[groups["relative_month"]], 12)
    return _interval({"day": groups["day"], "month": str(month + 1)}, year)


def _year_pointed_at(words: str, years: Sequence[_Year]) -> _Interval | None:
    """The year of ``năm nay`` or ``năm ngoái`` in an article that shows no date: by the year it speaks most of."""
    base = _main_year(years)
    return None if base is None else _single({}, base + _PERIODS_POINTED_AT[words.rpartition(" ")[2]])


def _main_year(years: Sequence[_Year]) -> int | None:
    counted = Counter(y.year for y in years if not y.bound)
    return counted.most_common(1)[0][0] if counted else None


def _years(mentions: Sequence[Mention], lower: str) -> list[_Year]:
    """The years that the text itself names and that may complete other dates, in its order."""
    found = []
    for mention in mentions:
        groups = mention.match.groupdict()
        written = groups.get("year") or groups.get("to_year")
        year = None if written is None else _year_of({"year": written})
        if year is None or _ISSUED.search(lower, max(0, mention.start - 40), mention.start):
            continue
        bound = (
            mention.rule.name in ("date.range_years", "date.range_years_in_words", "date.birth_year")
            or _AHEAD.search(lower, max(0, mention.start - 12), mention.start) is not None
            or _SINCE.match(lower, mention.end) is not None
        )
        in_full = "month" in groups and groups["month"] is not None
        found.append(_Year(mention.start, year, bound, in_full))
    return found


def _find_year(
    mention: Mention,
    groups: dict[str, str],
    years: Sequence[_Year],
    sentences: Callable[[], Sequence[int]],
    context: Context,
) -> tuple[int | None, str | None]:
    """The year that a mention leaves out, and where it was found."""
    published = context.published_on
    if "relative" in groups:
        step = _PERIODS_POINTED_AT[groups["relative"]]
        return (published.year + step, "published_at") if published else (None, None)
    near = _year_by_publication(groups, published)
    told = _year_told_of(mention, years, sentences)
    if told is not None and published is not None and abs(told - published.year) > 1:
        return told, "article"
    said = _year_in_sentence(mention, years, sentences)
    if said is not None and published is not None and said > published.year + 1:
        said = None
    if said is not None and not (near is not None and published is not None and abs(said - published.year) <= 1):
        return said, "sentence"
    if near is not None:
        return near, "published_at"
    if said is not None:
        return said, "sentence"
    if context.report_period is not None:
        return context.report_period.date_to.year, "report_period"
    if published is not None:
        return _closest_year(groups, published), "published_at"
    main = _main_year(years)
    return (None, None) if main is None else (main, "article")


def _year_by_publication(groups: dict[str, str], published: date | None) -> int | None:
    """The year that puts a day, month or quarter within news distance of the publication; ``None`` where none does."""
    if published is None or not groups.keys() & {"day", "month", "quarter"}:
        return None
    for year in (published.year, published.year - 1, published.year + 1):
        interval = _interval(groups, year)
        if interval is not None and abs(interval.date_from - published) <= _NEWS_RANGE:
            return year
    return None


def _closest_year(groups: dict[str, str], published: date) -> int:
    """The year that puts the interval nearest to the day of publication; a period of a year is in that year."""
    if groups.keys() & {"months", "half", "quarter"}:
        return published.year
    distance = {}
    for year in (published.year, published.year - 1, published.year + 1):
        interval = _interval(groups, year)
        if interval is not None:
            distance[year] = abs((interval.date_from - published).days)
    return min(distance, key=lambda year: distance[year], default=published.year)


def _year_told_of(mention: Mention, years: Sequence[_Year], sentences: Callable[[], Sequence[int]]) -> int | None:
    """The year of a tale: the sentence before places a month or a day in it, and this one names no year."""
    starts = sentences()
    index = bisect_right(starts, mention.start)
    if index < 2:
        return None
    end = starts[index] if index < len(starts) else 1 << 60
    before = [y for y in years if starts[index - 2] <= y.start < end]
    return before[-1].year if before and before[-1].in_full and before[-1].start < starts[index - 1] else None


def _year_in_sentence(mention: Mention, years: Sequence[_Year], sentences: Callable[[], Sequence[int]]) -> int | None:
    """The nearest year of the mention's sentence, one that stands before it first."""
    starts = sentences()
    index = bisect_right(starts, mention.start)
    start = starts[index - 1] if index else 0
    end = starts[index] if index < len(starts) else 1 << 60
    here = [y for y in years if start <= y.start < end and not y.bound]
    before = [y for y in here if y.start < mention.start]
    if before:
        return before[-1].year
    # A year that comes later in the sentence may be another matter: "ngày 19-10 …, vượt mốc năm 1979".
    main = _main_year(years)
    return here[0].year if here and (main is None or abs(here[0].year - main) <= 1) else None
