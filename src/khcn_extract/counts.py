"""Mentions of counts to facts: exact numbers and units as dictionary words.

Read ``rules/counts.toml`` first: it says what matches and what the groups mean; ``rules/units.toml`` is the lexicon of
what can be counted. Here groups become values, and what does not add up (a range that falls, a part greater than its
whole) is refused. A number whose unit the sentence says elsewhere is completed by ``counts_elided.py``.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

import regex as re

from khcn_extract import numerals
from khcn_extract.counts_elided import Elided
from khcn_extract.counts_units import units
from khcn_extract.counts_unknown import bounded
from khcn_extract.facts import CountValue, Mod, Reading
from khcn_extract.quantities import foreign_thousands, modifier, rate, scale_of, sum_of
from khcn_extract.rules import load_file, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khcn_extract.engine import Mention

_PHONE_DIGITS = 8
"""So many digits without a point are a telephone number or a code."""
_CODE_DIGITS = 4
_WHOLE_THINGS = frozenset(
    {"people", "organizations", "activities", "documents", "products", "places", "things", "abstract"}
)
"""Classes of units that come whole: three digits behind a comma are thousands, ``1,200 tấm pin``."""
_PER = (100, 1000, 10_000, 100_000)
_FEW = 10
_HALF = Decimal("0.5")
_DAYS, _MONTHS = 31, 12
_PLACE = re.compile(r"\b(?:[Xx]ã|[Pp]hường|[Tt]hị trấn|[Tt]hôn|[Ấấ]p|[Kk]hóm|[Bb]ản|[Kk]hu)\s(?:\p{Lu}\p{Ll}*\s){1,4}$")
"""Words that end in a place's name; the number behind them may be the last of it."""
_CAPTION = re.compile(r" ảnh \d")
_YEAR = re.compile(r"19[5-9]\d|20[0-4]\d")
_SHARES = re.compile(r"\b(?:gồm|trong đó|cụ thể)\b[^.\n]*$")
_LONGEST_PLACE, _BACK_TO_WHOLE = 40, 120
"""Characters before a number among which a place's name, or what announces shares of a whole, stands."""


def read(mentions: Sequence[Mention], text: str, lower: str, sentences: Callable[[], Sequence[int]]) -> list[Reading]:
    """Count facts of the mentions, in their order.

    ``text`` is the cleaned text that the mentions were found in, ``lower`` the same in lower case; ``sentences`` gives
    the offsets at which its sentences begin.
    """
    readings: list[Reading] = []
    elided = Elided(lower, sentences)
    for mention, following in zip_longest(mentions, mentions[1:]):
        if _is_a_name(mention, text) if mention.entry else _is_in_a_name(mention.start, text):
            continue
        end = mention.end
        if mention.entry:
            unit: str | None = units().canonical[mention.entry]
        elif "unknown" in mention.match.re.groupindex:
            unit = _unknown(mention, text, lower)
            end = mention.match.start("unknown") + len(unit)
        else:
            unit = elided.unit(mention, readings, following)
        if mention.rule.name == "count.five" and units().classes.get(unit or "") not in _WHOLE_THINGS:
            continue
        value = _count(mention, lower, unit) if unit else None
        if value is None:
            continue
        flags = mention.rule.flags
        if mention.entry in units().misspelt:
            flags = (*flags, "misspelt_unit")
        if value.value_max is None and _is_foreign(mention, value):
            flags = (*flags, "foreign_separator")
        readings.append(Reading(mention.start, end, value, mention.rule.name, mention.rule.confidence, flags))
    return readings


def _unknown(mention: Mention, text: str, lower: str) -> str:
    """A unit that the lexicon does not have, ``""`` for what is no noun: a verb, a preposition, a name."""
    start = mention.match.start("unknown")
    word = mention.match["unknown"]
    if units().lexicon.knows(lower, start) or not text[start].islower() or word in _no_nouns():
        return ""
    return bounded(lower, start)


@cache
def _no_nouns() -> frozenset[str]:
    return frozenset(load_file("counts.toml").lexicons["phrase_ends"])


def _is_a_name(mention: Mention, text: str) -> bool:
    """True for ``5G``, since a measure of one letter has its own case, and for ``Ba Bể``, a place in capitals.

    Also for the year of ``Lễ hội Cửa Lò 2022 ảnh`` and the number that ends a caption: ``ảnh 1Phó Chủ tịch``.
    """
    if "words" in mention.match.re.groupindex and _is_capital_within(text, mention.core_start):
        return True
    unit = text[mention.match.end()]
    if len(mention.entry) == 1 and unit.isupper():
        return unit not in ("L", units().canonical[mention.entry])  # litres have both
    if _YEAR.fullmatch(text, mention.core_start, mention.core_end) and (
        unit.isupper() or _CAPTION.match(text, mention.core_end)
    ):
        return True
    if not unit.isupper():
        return False
    is_measure = units().classes.get(units().canonical[mention.entry]) == "measures"
    return text[mention.core_start].isupper() or (mention.core_end == mention.match.end() and not is_measure)


def _is_in_a_name(start: int, text: str) -> bool:
    """True for the number of ``xã Phú Hòa 1, phường Phú Yên``; not where the places are told with their shares."""
    if text[start - 1 : start] != " " or text[start + 1 : start + 2].isdigit():
        return False
    is_place = _PLACE.search(text, max(0, start - _LONGEST_PLACE), start) is not None
    return is_place and _SHARES.search(text, max(0, start - _BACK_TO_WHOLE), start) is None


def _is_capital_within(text: str, start: int) -> bool:
    """True for ``anh Hai người miền Tây``: a number in words with a capital that begins no sentence is a name."""
    return (
        text[start].isupper()
        and text[start + 1].islower()
        and text[max(0, start - 2) : max(0, start - 1)].isalpha()
        and text[start - 1] == " "
    )


def _count(mention: Mention, lower: str, unit: str) -> CountValue | None:
    groups = mention.match.groupdict()
    written = groups.get("words")
    if written:
        value = numerals.words(written)
    elif groups.get("compound"):
        value = sum_of(groups["compound"])
    else:
        value = _number(groups["value"], unit)
        if _is_code(groups["value"]):
            return None
    value_max = _number(groups["value_max"], unit) if groups.get("value_max") else None
    total = _number(groups["total"], unit) if groups.get("total") else None
    if value is not None and groups.get("half"):
        value = value + _HALF if value % 1 == 0 else None
    if value is not None and (groups.get("scale") or groups.get("scale_low")):
        scale = scale_of(groups.get("scale"))
        value *= scale_of(groups["scale_low"]) if groups.get("scale_low") else scale
        value_max = None if value_max is None else value_max * scale
    if value is None or not _in_order(value, value_max) or not _is_ratio(value, total):
        return None
    mod = modifier(lower, mention.core_start, mention.end)
    if mod is Mod.MORE_THAN and _is_place(unit, value, lower, mention.core_start):
        mod = None
    return CountValue(value=value, value_max=value_max, total=total, unit=unit, mod=mod, rate=rate(lower, mention.end))


def _is_code(written: str) -> bool:
    """True for a telephone number, and for ``0524``, the number of a case."""
    long = _PHONE_DIGITS if written[0] != "0" else _CODE_DIGITS
    return written.isdecimal() and len(written) >= long


def _number(written: str, unit: str) -> Decimal | None:
    """The number of so many units; see `_WHOLE_THINGS`."""
    if " " in written:
        written = written.replace(" ", "")
    elif foreign_thousands(written) and (units().classes.get(unit) in _WHOLE_THINGS or unit.startswith("lượt")):
        written = written.replace(",", "")
    return numerals.number(written)


def _is_foreign(mention: Mention, value: CountValue) -> bool:
    if value.value < 1000:
        return False
    written = mention.match.groupdict().get("value") or ""
    return foreign_thousands(written)


def _is_place(unit: str, value: Decimal, lower: str, start: int) -> bool:
    """True where ``trên`` says where and not how many: ``phối hợp trên 06 lĩnh vực``, ``nộp cấp trên 30%``."""
    before = lower[max(0, start - 9) : start]
    if not before.endswith("trên "):
        return False
    if unit == "dân" and value in _PER:
        return True  # "5 bác sĩ trên 10.000 dân": to so many
    return before.endswith("cấp trên ") or (value < _FEW and unit in tables("counts.toml")["places"])


def _is_ratio(value: Decimal, total: Decimal | None) -> bool:
    """A part of a whole, or more than was planned (``94/90 cuộc thanh tra``); ``15/8 xã`` may be a day of August."""
    if total is None or value <= total:
        return True
    return value <= 3 * total and (value > _DAYS or total > _MONTHS)


def _in_order(low: Decimal, high: Decimal | None) -> bool:
    return high is None or low <= high
