"""Calendar arithmetic of the dates: the groups of a match, and a year, to an interval of days.

Pure: what a group holds is said at the head of ``rules/dates.toml``. `interval_of` is the entry; a day that no calendar
has is `None`.
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import NamedTuple

from khcn_extract import numerals
from khcn_extract.facts import DateValue

_MONTH_NAMES = {"giêng": 1, "chạp": 12}
_ROMAN = {"i": 1, "v": 5, "x": 10}
_QUARTER_EDTF = 32
"""EDTF writes the quarters as "months" 33 to 36."""


class Interval(NamedTuple):
    """Inclusive days, and the same in EDTF at the precision of the expression."""

    date_from: date
    date_to: date
    edtf: str


def value_of(interval: Interval | None, resolved_from: str | None) -> DateValue | None:
    """The value of an interval; `None` for none, or for one that ends before it begins."""
    if interval is None or interval.date_from > interval.date_to:
        return None
    return DateValue(
        date_from=interval.date_from, date_to=interval.date_to, value=interval.edtf, resolved_from=resolved_from
    )


def interval_of(groups: dict[str, str], year: int) -> Interval | None:
    """The interval that the groups name, ``year`` given; ``None`` where the calendar has no such day."""
    try:
        if groups.keys() & {"to_day", "to_month", "to_year", "to_quarter"}:
            return _range(groups, year)
        return single(groups, year)
    except ValueError:
        return None


def single(groups: dict[str, str], year: int) -> Interval:
    """The day, month, quarter, part of a year, decade, century or year that the groups name."""
    if "day" in groups:
        day = date(year, number(groups["month"]), number(groups["day"]))
        return Interval(day, day, day.isoformat())
    if "month" in groups:
        month = number(groups["month"])
        return months(month, month, year)._replace(edtf=f"{year:04}-{month:02}")
    if "quarter" in groups:
        return quarter(number(groups["quarter"]), year)
    if groups.keys() & {"part", "months", "half"}:
        return _part_of_year(groups, year)
    if "decade" in groups:
        return _decade(groups)
    if "century" in groups:
        return _centuries(number(groups["century"]), number(groups.get("to_century", groups["century"])))
    return Interval(date(year, 1, 1), date(year, 12, 31), f"{year:04}")


def _part_of_year(groups: dict[str, str], year: int) -> Interval:
    """The first or last months, quarters or half."""
    part = groups.get("half") or groups.get("part", "đầu")
    count = 6
    if "half" not in groups:
        count = number(groups["months"]) if "months" in groups else 3 * number(groups.get("quarters", "1"))
        if count == 3 and "months" not in groups:
            return quarter(1 if part == "đầu" else 4, year)
    return months(1, count, year) if part == "đầu" else months(13 - count, 12, year)


def _decade(groups: dict[str, str]) -> Interval:
    first = int(groups["decade"])
    if first < 100:  # "thập niên 90": of the last century that had it whole, unless another is named
        first += 100 * (number(groups.get("century", "20")) - 1)
    return Interval(date(first, 1, 1), date(first + 9, 12, 31), f"{first // 10}X")


def _centuries(begin: int, end: int) -> Interval:
    first, last = 100 * begin - 99, 100 * end
    return Interval(date(first, 1, 1), date(last, 12, 31), f"{first:04}/{last:04}")


def _range(groups: dict[str, str], year: int) -> Interval:
    """A range; what its beginning leaves out is as at its end, and the other way round."""
    end = {name[3:]: value for name, value in groups.items() if name.startswith("to_")}
    start = {name: value for name, value in groups.items() if not name.startswith("to_")}
    whole = "year" in start and "year" in end  # "năm 2021 đến tháng 5/2024" leaves nothing out
    for name in ("day", "month", "quarter"):
        if not whole and (name in start or name in end):
            start.setdefault(name, end.get(name, ""))
            end.setdefault(name, start[name])
    to_year = year if "year" not in end else _full_year(end["year"])
    from_year = to_year if "year" not in start else _full_year(start["year"])
    start = {name: value for name, value in start.items() if name in ("day", "month", "quarter")}
    end = {name: value for name, value in end.items() if name in ("day", "month", "quarter")}
    first, last = single(start, from_year), single(end, to_year)
    if first.date_from > last.date_to and "year" not in groups and start:
        # "từ tháng 10 đến tháng 3/2019": the range began in the year before
        first = single(start, to_year - 1)
    elif first.date_from > last.date_to and "to_year" not in groups and end:
        # "từ ngày 15/12/2023 đến 14/6": it ended in the year after
        last = single(end, to_year + 1)
    return Interval(first.date_from, last.date_to, f"{first.edtf}/{last.edtf}")


def months(first: int, last: int, year: int) -> Interval:
    """Some months of a year, as a range."""
    end = date(year, last, calendar.monthrange(year, last)[1])
    return Interval(date(year, first, 1), end, f"{year:04}-{first:02}/{year:04}-{last:02}")


def quarter(ordinal: int, year: int) -> Interval:
    """The quarter of a year, 1 to 4."""
    return months(3 * ordinal - 2, 3 * ordinal, year)._replace(edtf=f"{year:04}-{_QUARTER_EDTF + ordinal}")


def number(written: str) -> int:
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


def year_of(groups: dict[str, str]) -> int | None:
    """The year that the mention itself names; the end's where only that has one."""
    written = groups.get("to_year") or groups.get("year")
    if written is None:
        return None
    return _full_year(written) if written.isdecimal() else numerals.year(written)


def _full_year(written: str) -> int:
    """The year of four digits, or of two: ``17`` is 2017, ``91`` is 1991."""
    year = int(written)
    if len(written) == 2:
        year += 2000 if year < 70 else 1900
    return year
