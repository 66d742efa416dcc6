"""Mentions of counts to facts: exact numbers and units as dictionary words.

Read ``rules/counts.toml`` first: it says what matches and what the groups mean; ``rules/units.toml`` is the lexicon of
what can be counted. Here groups become values, and what does not add up (a range that falls, a part greater than its
whole) is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from khcn_extract import numerals
from khcn_extract.engine import Lexicon
from khcn_extract.facts import CountValue, Reading
from khcn_extract.quantities import modifier, rate, scale_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from khcn_extract.engine import Mention

_PHONE_DIGITS = 8
"""So many digits without a point are a telephone number or a code."""


@dataclass(frozen=True, slots=True)
class Units:
    """The lexicon of what can be counted: ``rules/units.toml``."""

    canonical: Mapping[str, str]
    """Every form in lower case that may stand behind a number, to the unit that it means."""
    misspelt: frozenset[str]
    """Those forms that are slips of the pen."""
    shields: tuple[str, ...]
    """Words behind a number that count nothing; a longer one keeps a shorter unit from being seen in it."""
    ucum: Mapping[str, str]
    """Measures to their UCUM code."""

    def lexicon(self) -> Lexicon:
        """All forms, for finding the longest one behind a number."""
        return Lexicon(self.canonical, shields=self.shields)


@cache
def units() -> Units:
    """The lexicon of units, read once."""
    content = tomllib.loads(files("khcn_extract").joinpath("rules").joinpath("units.toml").read_text(encoding="utf-8"))
    canonical = {entry.lower(): entry for entries in content["classes"].values() for entry in entries}
    canonical |= {measure.lower(): measure for measure in content["measures"]}
    canonical |= {form.lower(): entry for form, entry in content["spellings"].items()}
    canonical |= {form.lower(): entry for form, entry in content["slips"].items()}
    return Units(
        canonical=MappingProxyType(canonical),
        misspelt=frozenset(content["slips"]),
        shields=tuple(word for words in content["not_units"].values() for word in words if word not in canonical),
        ucum=MappingProxyType(content["measures"]),
    )


def read(mentions: Sequence[Mention], text: str, lower: str) -> list[Reading]:
    """Count facts of the mentions, in their order.

    ``text`` is the cleaned text that the mentions were found in, ``lower`` the same in lower case.
    """
    readings = []
    for mention in mentions:
        if mention.entry and _is_a_name(mention, text):
            continue
        value = _count(mention, lower)
        if value is None:
            continue
        flags = mention.rule.flags
        if mention.entry and mention.entry in units().misspelt:
            flags = (*flags, "misspelt_unit")
        readings.append(Reading(mention.start, mention.end, value, mention.rule.name, mention.rule.confidence, flags))
    return readings


def _is_a_name(mention: Mention, text: str) -> bool:
    """True for ``5G``, since a measure of one letter has its own case, and for ``Ba Bể``, a place in capitals."""
    unit = text[mention.match.end()]
    if len(mention.entry) == 1 and unit.isupper():
        return unit != units().canonical[mention.entry]
    return unit.isupper() and text[mention.core_start].isupper()


def _count(mention: Mention, lower: str) -> CountValue | None:
    groups = mention.match.groupdict()
    written = groups.get("words")
    value = numerals.words(written) if written else numerals.number(groups["value"])
    value_max = numerals.number(groups["value_max"]) if groups.get("value_max") else None
    total = numerals.number(groups["total"]) if groups.get("total") else None
    if not written and groups["value"].isdecimal() and len(groups["value"]) >= _PHONE_DIGITS:
        return None
    if value is None or not _in_order(value, value_max) or not _in_order(value, total):
        return None
    if groups.get("scale"):
        scale = scale_of(groups["scale"])
        value, value_max = value * scale, None if value_max is None else value_max * scale
    return CountValue(
        value=value,
        value_max=value_max,
        total=total,
        unit=units().canonical[mention.entry],
        mod=modifier(lower, mention.core_start, mention.end),
        rate=rate(lower, mention.end),
    )


def _in_order(low: Decimal, high: Decimal | None) -> bool:
    return high is None or low <= high
