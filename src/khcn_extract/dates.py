"""Mentions of dates to date facts: whole intervals, at their own precision, with the missing parts found.

Read ``rules/dates.toml`` first: it says what matches and what the groups mean. ``dates_intervals.py`` does the
arithmetic, ``dates_years.py`` finds a missing year (in the sentence, in the article, in the period that it reports on,
in the publication date; where none says it, there is no fact), ``dates_pointed_at.py`` reads ``hôm nay`` and its like.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from khcn_extract.dates_cues import is_lunar, is_of_each_year
from khcn_extract.dates_intervals import interval_of, value_of, year_of
from khcn_extract.dates_pointed_at import Context, before_the_last, day_of_month_pointed_at, pointed_at
from khcn_extract.dates_years import Around, find_year, year_pointed_at
from khcn_extract.facts import DateValue, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import regex as re

    from khcn_extract.engine import Mention

_MAY_SLIP = frozenset({"date.day_month_year"})


def read(
    mentions: Sequence[Mention], lower: str, sentences: Callable[[], Sequence[int]], context: Context
) -> list[Reading]:
    """Date facts of the mentions, in their order; what can't be placed on the calendar is left out.

    ``lower`` is the cleaned text in lower case, ``sentences`` gives the offsets at which its sentences begin, and is
    asked only where a date leaves out its year.
    """
    around: Around | None = None
    readings: list[Reading] = []
    for i, mention in enumerate(mentions):
        if is_lunar(lower, mention.end):
            continue
        rule, groups = mention.rule, mention.match.groups()
        value = _complete(mention.match.re, groups)
        if value is None:
            if is_of_each_year(lower, mention.end):
                continue
            if around is None:
                around = Around(lower, mentions, sentences, context)
            value = before_the_last(mentions, i, lower, sentences, readings) or _completed(mention, around)
            if value is None:
                continue
        flags = rule.flags
        if rule.name in _MAY_SLIP and any(len(mention.match[sep].strip()) > 1 for sep in ("sep", "sep2")):
            flags = (*flags, "date_slip")
        readings.append(Reading(mention.start, mention.end, value, rule.name, rule.confidence, flags))
    return readings


@lru_cache(maxsize=10_000)  # the same few thousand expressions make up most of any corpus
def _complete(pattern: re.Pattern[str], groups: tuple[str | None, ...]) -> DateValue | None:
    """The value of an expression that names its year; ``None`` where it needs the context or can't be."""
    said = {name: groups[i - 1] for name, i in pattern.groupindex.items()}
    named = {name: written for name, written in said.items() if written is not None}
    year = year_of(named)
    if "deictic" in named or (year is None and not named.keys() & {"decade", "century"}):
        return None
    return value_of(interval_of(named, year or 0), None)


def _completed(mention: Mention, around: Around) -> DateValue | None:
    """The value of an expression that needs the context."""
    groups = {name: written for name, written in mention.match.groupdict().items() if written is not None}
    context = around.context
    if "deictic" in groups:
        if context.published_on is None and groups["deictic"].startswith("năm "):
            return value_of(year_pointed_at(groups["deictic"], around), "article")
        return value_of(pointed_at(groups["deictic"], context), "published_at")
    if "relative_month" in groups:
        return value_of(day_of_month_pointed_at(groups, context), "published_at")
    if year_of(groups) is not None:
        return None  # complete, and not on the calendar
    year, resolved_from = find_year(mention, groups, around)
    return None if year is None else value_of(interval_of(groups, year), resolved_from)
