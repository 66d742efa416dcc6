"""The year that a date leaves out: from the sentence, the article, the period reported on, the day of publication.

`find_year` is the entry and says where it found the year. A year lends itself to other dates as far as it governs them:
one at the head of the sentence (``Năm 2019, …``) or in a list with them does; one in the middle of a clause (``cầu khởi
công năm 2021``) may be another matter, so a day that falls within weeks of the publication is the publication's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import regex as re

from khcn_extract import dates_cues
from khcn_extract.dates_intervals import Interval, interval_of, single, year_of
from khcn_extract.dates_pointed_at import PERIODS_POINTED_AT, Context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khcn_extract.engine import Mention

_NEWS = timedelta(days=14)
"""So near to its publication a day is news: only a year that governs it says otherwise."""
_JUST_NOW = timedelta(days=45)
"""So near to its publication a day is the publication's year even where the sentence names the year before."""
_NEWS_RANGE = timedelta(days=120)
"""How far from its publication an article places a day without saying the year, even where it speaks of another."""
_TALE_GOES_ON = timedelta(days=31)
"""So soon behind the last date of a tale the next one is of the same tale, even if it looks like news."""
_AHEAD = (
    "đến ", "tới ", "tầm nhìn ", "giai đoạn ", "định hướng ", "nhiệm kỳ ", "hết ", "cùng kỳ ", "so với ", "so ",
    "so với cuối ", "so với đầu ", "so cuối ",
    "trước ", "kể từ ", "kể từ đầu ", "kể từ cuối ", "giá so sánh ", "giá cố định ", "giá hiện hành ",
)  # fmt: skip
_SINCE = re.compile(r"\s(?:đến|tới)\s(?:nay|thời điểm)")
_HEAD = re.compile(
    r"""[^\p{L}]*(?:(?:trong|vào|từ|đến|tới|ngay|khoảng|hồi|cũng|và|đầu|giữa|cuối|suốt|kể|các|dịp|sáng|trưa|chiều|tối|đêm
    |rạng|khi|vụ|mùa|theo\sđó|cụ\sthể|trước\sđó|sau\sđó|tiếp\sđó|riêng|nếu|tính),?\s)*""",
    re.VERBOSE,
)
"""What may stand between the beginning of a sentence and the year that governs all of it."""
_LIST = re.compile(
    r"[\s,;&/.\d-]*(?:\((?=tính|đến))?(?:(?:và|hoặc|đến|tới|ngày|tháng|quý|sáng|chiều|tối|từ|hết|tính)[\s,;&/.\d-]*)*"
)
"""What stands between the members of a list, and the ends of a range."""
_LONGEST_LIST = 80


class Year(NamedTuple):
    """A year that stands in the text and may complete others."""

    start: int
    end: int
    year: int
    bound: bool
    """It bounds a span of time (``đến năm 2030``, ``từ năm 2019 đến nay``): not the year that the sentence is in."""
    in_full: bool
    """It stands in a full date or behind its month."""
    groups: dict[str, str]
    """What the expression says that it stands in."""


class Lender(NamedTuple):
    """A year of a date's own sentence."""

    year: int
    governs: bool
    """It stands at the head of the sentence."""
    listed: bool
    """It stands in one list or range with the date."""
    before: bool


class Around:
    """What is round the dates of one text: its years, where its sentences begin, what is known of the article."""

    def __init__(
        self, lower: str, mentions: Sequence[Mention], sentences: Callable[[], Sequence[int]], context: Context
    ) -> None:
        self.lower = lower
        self.context = context
        self.years = years_named(mentions, lower)
        self.starts = [year.start for year in self.years]
        self.free = [year for year in self.years if not year.bound]
        self.free_starts = [year.start for year in self.free]
        self.sentences = sentences

    @cached_property
    def main_year(self) -> int | None:
        """The year that the article speaks most of."""
        counted = Counter(year.year for year in self.free)
        return counted.most_common(1)[0][0] if counted else None


def years_named(mentions: Sequence[Mention], lower: str) -> list[Year]:
    """The years that the text itself names and that may complete other dates, in its order."""
    found = []
    for mention in mentions:
        groups = {name: written for name, written in mention.match.groupdict().items() if written is not None}
        is_anniversary = "to_year" in groups and dates_cues.is_of_an_anniversary(groups, lower, mention.start)
        written = groups["to_year"] if is_anniversary else groups.get("year") or groups.get("to_year")
        year = None if written is None else year_of({"year": written})
        if year is None or dates_cues.is_of_a_document(lower, mention.start):
            continue
        bound = not is_anniversary and (
            mention.rule.name in ("date.range_years", "date.range_years_in_words", "date.range_full", "date.birth_year")
            or lower.endswith(_AHEAD, max(0, mention.start - 16), mention.start)
            or (_SINCE.match(lower, mention.end) is not None and not lower.endswith("đầu ", 0, mention.start))
            or dates_cues.is_of_another_time(lower, mention.start)
        )
        found.append(Year(mention.start, mention.end, year, bound, "month" in groups, groups))
    return found


def year_pointed_at(words: str, around: Around) -> Interval | None:
    """The year of ``năm nay`` or ``năm ngoái`` in an article that shows no date: by the year it speaks most of."""
    base = around.main_year
    return None if base is None else single({}, base + PERIODS_POINTED_AT[words.rpartition(" ")[2]])


def find_year(mention: Mention, groups: dict[str, str], around: Around) -> tuple[int | None, str | None]:
    """The year that a mention leaves out, and where it was found."""
    published = around.context.published_on
    if "relative" in groups:
        return _year_of_relative(PERIODS_POINTED_AT[groups["relative"]], around)
    is_issue = "day" in groups and dates_cues.is_of_a_document(around.lower, mention.start)
    of_document = dates_cues.year_of_the_document(around.lower, mention.start) if is_issue else None
    if of_document is not None:
        return of_document, "sentence"
    lender = _lender(mention, around)
    if lender is not None and lender.listed:
        return lender.year, "sentence"
    if published is None:
        return _without_publication(lender, around)
    direction = -1 if is_issue else dates_cues.points(around.lower, mention.end)
    if direction:
        return _year_on_side(groups, published, direction), "published_at"
    told = _year_told_of(mention, groups, around, published)
    if told is not None:
        return told, "article"
    if (
        lender is not None
        and lender.year <= published.year + 1
        and _near_publication(mention, groups, around, _reach(lender, published)) is None
    ):
        return lender.year, "sentence"
    return _by_article(mention, groups, around, published)


def _year_of_relative(step: int, around: Around) -> tuple[int | None, str | None]:
    """The year of ``9 tháng đầu năm nay``: by the publication, else by the year that the article speaks most of."""
    if around.context.published_on is not None:
        return around.context.published_on.year + step, "published_at"
    return (None, None) if around.main_year is None else (around.main_year + step, "article")


def _without_publication(lender: Lender | None, around: Around) -> tuple[int | None, str | None]:
    if lender is not None:
        return lender.year, "sentence"
    if around.context.report_period is not None:
        return around.context.report_period.date_to.year, "report_period"
    main = around.main_year
    return (None, None) if main is None else (main, "article")


def _by_article(mention: Mention, groups: dict[str, str], around: Around, published: date) -> tuple[int, str]:
    """The year where the sentence says none: a day near the publication is news, others are the report's."""
    near = _near_publication(mention, groups, around, _NEWS_RANGE)
    if near is not None:
        return near, "published_at"
    if around.context.report_period is not None:
        return around.context.report_period.date_to.year, "report_period"
    if dates_cues.is_planned(around.lower, mention.start, mention.end):
        return _year_on_side(groups, published, 1), "published_at"
    return _closest_year(groups, published), "published_at"


def _reach(lender: Lender, published: date) -> timedelta:
    """How near to its publication a day must be to be the publication's, not the lender's."""
    if lender.governs and lender.year > published.year:
        return timedelta(days=-1)  # "Năm 2010, xã phấn đấu …" tells what is planned
    if lender.year > published.year or not lender.before:
        # "… để lập kế hoạch năm 2027", "… bắt nghi phạm gây án năm 2019": what the sentence comes to later says less of
        # its own day than the publication does.
        return _NEWS_RANGE
    if published.year - lender.year <= 1:
        return _JUST_NOW
    return timedelta(days=-1) if lender.governs else _NEWS


def _near_publication(mention: Mention, groups: dict[str, str], around: Around, within: timedelta) -> int | None:
    """`_year_by_publication`, but what has happened is not yet to come, and what is expected is not over."""
    published = around.context.published_on
    year = _year_by_publication(groups, published, within)
    if published is None or year is None:
        return year
    if year > published.year:
        return None if dates_cues.has_happened(around.lower, mention.start, mention.end) else year
    interval = interval_of(groups, year)
    is_past = interval is not None and interval.date_to < published
    return None if is_past and dates_cues.is_expected(around.lower, mention.start) else year


def _year_by_publication(groups: dict[str, str], published: date | None, within: timedelta) -> int | None:
    """The year that puts a day, month or quarter near enough to the publication; ``None`` where none does."""
    if published is None or not groups.keys() & {"day", "month", "quarter"}:
        return None
    for year in (published.year, published.year - 1, published.year + 1):
        interval = interval_of(groups, year)
        if interval is not None and (
            abs(interval.date_from - published) <= within
            or interval.date_from <= published <= interval.date_to + within
        ):
            return year
    return None


def _year_on_side(groups: dict[str, str], published: date, direction: int) -> int:
    """The year in which the interval comes next (1) or came last (-1), the day of publication included."""
    for year in (published.year - 1, published.year, published.year + 1)[::direction]:
        interval = interval_of(groups, year)
        if interval is not None and (
            interval.date_to >= published if direction > 0 else interval.date_from <= published
        ):
            return year
    return published.year


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


def _year_told_of(mention: Mention, groups: dict[str, str], around: Around, published: date) -> int | None:
    """The year of a tale: the sentence before places a month or a day in it, and this one names no year.

    It is a year long past that the article speaks most of. A day that looks like news is one of the tale only where the
    tale has just come to it: ``Ngày 16/8/1945 … Ngày 19/8 …``, but ``Tháng 3/2019, A vay tiền. Ngày 10/6, A đầu thú.``
    """
    starts = around.sentences()
    index = bisect_right(starts, mention.start)
    if index < 2:
        return None
    end = starts[index] if index < len(starts) else 1 << 60
    at = bisect_left(around.starts, end) - 1
    if at < 0 or not starts[index - 2] <= around.starts[at] < starts[index - 1]:
        return None
    told = around.years[at]
    if not told.in_full or abs(told.year - published.year) <= 1 or told.year != around.main_year:
        return None
    if _year_by_publication(groups, published, _NEWS) is not None:
        last, this = interval_of(told.groups, told.year), interval_of(groups, told.year)
        if last is None or this is None or abs(this.date_from - last.date_to) > _TALE_GOES_ON:
            return None
    return told.year


def _lender(mention: Mention, around: Around) -> Lender | None:
    """The nearest year of the mention's sentence, one that stands before it first."""
    lower, starts = around.lower, around.sentences()
    index = bisect_right(starts, mention.start)
    start = starts[index - 1] if index else 0
    end = starts[index] if index < len(starts) else 1 << 60
    at = bisect_left(around.starts, mention.end)
    if at < len(around.years) and around.starts[at] < end:
        behind = around.years[at]
        if behind.groups.keys() & {"month", "quarter"} and _is_list(lower, mention.end, behind.start):
            return Lender(behind.year, governs=False, listed=True, before=False)
    at = bisect_left(around.free_starts, mention.start)
    if at and around.free_starts[at - 1] >= start:
        year = around.free[at - 1]
        return Lender(
            year.year,
            governs=_HEAD.fullmatch(lower, start, year.start) is not None,
            listed=(year.in_full and _goes_on(lower, year.end, mention.start))
            or lower[year.end : mention.start] == " (",
            before=True,
        )
    if at < len(around.free) and around.free_starts[at] < end:
        # A year that comes later in the sentence may be another matter: "ngày 19-10 …, vượt mốc năm 1979".
        year, main, published = around.free[at], around.main_year, around.context.published_on
        is_far = published is not None and published.year - year.year > 1
        if not (is_far and mention.match.groupdict().keys() & {"months", "half", "quarter"}) and (
            main is None or abs(year.year - main) <= 1
        ):
            return Lender(year.year, governs=False, listed=False, before=False)
    return None


def _goes_on(lower: str, start: int, end: int) -> bool:
    """Whether a list or range with a full date goes on to ``end``.

    ``5/3/2019, 7/3`` does; behind ``tháng 3/2021, đến ngày 10/6`` or ``ngày 23/6/2023, sáng 10/6`` a clause begins.
    """
    between = lower[start:end]
    is_member = "," not in between or (lower[end].isdigit() and between.rstrip().endswith((",", "và")))
    return is_member and _is_list(lower, start, end)


def _is_list(lower: str, start: int, end: int) -> bool:
    return start < end <= start + _LONGEST_LIST and _LIST.fullmatch(lower, start, end) is not None
