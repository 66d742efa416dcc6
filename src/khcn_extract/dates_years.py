"""The year that a date leaves out: from the sentence, the article, the period reported on, the day of publication.

`find_year` is the entry and says where it found the year. A day and month that fall within weeks of the publication are
the publication's year even if the sentence speaks of the year that has just ended.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import regex as re

from khcn_extract.dates_intervals import Interval, interval_of, single, year_of
from khcn_extract.dates_pointed_at import PERIODS_POINTED_AT, Context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khcn_extract.engine import Mention

_JUST_NOW = timedelta(days=45)
"""So near to its publication a day is the publication's year even where the sentence names the year before."""
_NEWS_RANGE = timedelta(days=120)
"""How far from its publication an article places a day without saying the year, even where it speaks of another."""
# A date right behind a document's symbol is the day it was issued, no hint at the sentence's year.
_ISSUED = re.compile(r"(?:[\p{L}\d]\s?[/-]\s?\p{L}[\p{L}\d&-]*|\bsố\s\d+)\s?[,(]?\s?$")
_AHEAD = (
    "đến ", "tới ", "tầm nhìn ", "giai đoạn ", "định hướng ", "nhiệm kỳ ", "hết ", "cùng kỳ ", "so với ", "so ",
)  # fmt: skip
_SINCE = re.compile(r"\s(?:đến|tới)\s(?:nay|thời điểm)")


class Year(NamedTuple):
    """A year that stands in the text and may complete others."""

    start: int
    year: int
    bound: bool
    """It bounds a span of time (``đến năm 2030``, ``từ năm 2019 đến nay``): not the year that the sentence is in."""
    in_full: bool
    """It stands in a full date or behind its month."""


def years_named(mentions: Sequence[Mention], lower: str) -> list[Year]:
    """The years that the text itself names and that may complete other dates, in its order."""
    found = []
    for mention in mentions:
        groups = mention.match.groupdict()
        written = groups.get("year") or groups.get("to_year")
        year = None if written is None else year_of({"year": written})
        if year is None or _is_issue_date(lower, mention.start):
            continue
        bound = (
            mention.rule.name in ("date.range_years", "date.range_years_in_words", "date.range_full", "date.birth_year")
            or lower.endswith(_AHEAD, max(0, mention.start - 12), mention.start)
            or _SINCE.match(lower, mention.end) is not None
        )
        in_full = "month" in groups and groups["month"] is not None
        found.append(Year(mention.start, year, bound, in_full))
    return found


def _is_issue_date(lower: str, start: int) -> bool:
    before = max(0, start - 40)
    # Most dates have no symbol before them, and that is seen at once.
    has_symbol = any(lower.find(sign, before, start) >= 0 for sign in ("/", "-", "số"))
    return has_symbol and _ISSUED.search(lower, before, start) is not None


def main_year(years: Sequence[Year]) -> int | None:
    """The year that an article speaks most of."""
    counted = Counter(y.year for y in years if not y.bound)
    return counted.most_common(1)[0][0] if counted else None


def year_pointed_at(words: str, years: Sequence[Year]) -> Interval | None:
    """The year of ``năm nay`` or ``năm ngoái`` in an article that shows no date: by the year it speaks most of."""
    base = main_year(years)
    return None if base is None else single({}, base + PERIODS_POINTED_AT[words.rpartition(" ")[2]])


def find_year(
    mention: Mention,
    groups: dict[str, str],
    years: Sequence[Year],
    sentences: Callable[[], Sequence[int]],
    context: Context,
) -> tuple[int | None, str | None]:
    """The year that a mention leaves out, and where it was found."""
    published = context.published_on
    if "relative" in groups:
        step = PERIODS_POINTED_AT[groups["relative"]]
        return (published.year + step, "published_at") if published else (None, None)
    near = _year_by_publication(groups, published, _NEWS_RANGE)
    told = _year_told_of(mention, years, sentences)
    if told is not None and published is not None and abs(told - published.year) > 1 and told == main_year(years):
        return told, "article"
    said = _year_in_sentence(mention, years, sentences)
    if said is not None and published is not None and said > published.year + 1:
        said = None
    if said is not None and published is not None:
        # "… để lập kế hoạch năm 2027": a year to come says less of the sentence than the day of publication.
        just_now = near if said > published.year else _year_by_publication(groups, published, _JUST_NOW)
        if just_now is None or abs(said - published.year) > 1:
            return said, "sentence"
    if near is not None:
        return near, "published_at"
    if said is not None:
        return said, "sentence"
    if context.report_period is not None:
        return context.report_period.date_to.year, "report_period"
    if published is not None:
        return _closest_year(groups, published), "published_at"
    main = main_year(years)
    return (None, None) if main is None else (main, "article")


def _year_by_publication(groups: dict[str, str], published: date | None, within: timedelta) -> int | None:
    """The year that puts a day, month or quarter near enough to the publication; ``None`` where none does."""
    if published is None or not groups.keys() & {"day", "month", "quarter"}:
        return None
    for year in (published.year, published.year - 1, published.year + 1):
        interval = interval_of(groups, year)
        if interval is not None and abs(interval.date_from - published) <= within:
            return year
    return None


def _closest_year(groups: dict[str, str], published: date) -> int:
    """The year that puts the interval nearest to the day of publication; a period of a year is in that year."""
    if groups.keys() & {"months", "half", "quarter"}:
        return published.year
    distance = {}
    for year in (published.year, published.year - 1):  # months ahead, news names the year
        interval = interval_of(groups, year)
        if interval is not None:
            distance[year] = abs((interval.date_from - published).days)
    return min(distance, key=lambda year: distance[year], default=published.year)


def _year_told_of(mention: Mention, years: Sequence[Year], sentences: Callable[[], Sequence[int]]) -> int | None:
    """The year of a tale: the sentence before places a month or a day in it, and this one names no year."""
    starts = sentences()
    index = bisect_right(starts, mention.start)
    if index < 2:
        return None
    end = starts[index] if index < len(starts) else 1 << 60
    before = [y for y in years if starts[index - 2] <= y.start < end]
    return before[-1].year if before and before[-1].in_full and before[-1].start < starts[index - 1] else None


def _year_in_sentence(mention: Mention, years: Sequence[Year], sentences: Callable[[], Sequence[int]]) -> int | None:
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
    main = main_year(years)
    return here[0].year if here and (main is None or abs(here[0].year - main) <= 1) else None
