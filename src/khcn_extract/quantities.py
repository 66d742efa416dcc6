"""Mentions of counts and money to facts: exact numbers, units as dictionary words, modifiers.

Read ``rules/quantities.toml`` first: it says what matches and what the groups mean; ``rules/units.toml`` is the lexicon
of what can be counted. Here groups become values, the words before a number become its modifier, and what does not add
up (a range that falls, a part greater than its whole) is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

import regex as re

from khcn_extract import numerals
from khcn_extract.engine import Lexicon
from khcn_extract.facts import CountValue, Mod, MoneyValue, Reading
from khcn_extract.rules import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khcn_extract.engine import Mention

_LOOK_BACK, _LOOK_AHEAD = 24, 40
"""Characters round a number among which its modifier stands."""
_PHONE_DIGITS = 8
"""So many digits without a point are a telephone number or a code."""
_OR_MORE = re.compile(r"(?:\s\p{L}+){0,4}?\s(?:trở lên|trở xuống)(?!\p{L})")
_RATE = re.compile(r"\s?/\s?(\p{L}+)")
_SCALE_ALONE = MappingProxyType({"trăm": Decimal(100), "chục": Decimal(10), "mươi": Decimal(10)})


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
    """Count and money facts of the mentions, in their order.

    ``text`` is the cleaned text that the mentions were found in, ``lower`` the same in lower case.
    """
    readings = []
    for mention in mentions:
        if mention.entry and _is_a_name(mention, text):
            continue
        value = _money(mention, lower) if mention.rule.kind == "money" else _count(mention, lower)
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
    if len(mention.entry) == 1 and unit.isalpha():
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
        scale = _scale(groups["scale"])
        value, value_max = value * scale, None if value_max is None else value_max * scale
    return CountValue(
        value=value,
        value_max=value_max,
        total=total,
        unit=units().canonical[mention.entry],
        mod=_modifier(lower, mention.core_start, mention.end),
        rate=_rate(lower, mention.end),
    )


def _money(mention: Mention, lower: str) -> MoneyValue | None:
    groups = mention.match.groupdict()
    written = groups.get("words")
    amount = numerals.words(written) if written else numerals.number(groups["amount"])
    if amount is None:
        return None
    scale = _scale(groups.get("scale"))
    if written and groups.get("half"):
        scale, amount = Decimal(1), amount + _half_of(written)
    elif groups.get("half"):
        amount += Decimal("0.5")
    amount_max = None
    if groups.get("amount_max"):
        amount_max = numerals.number(groups["amount_max"])
        scale_max = _scale(groups["scale_max"]) if groups.get("scale_max") else scale
        if not groups.get("scale"):
            scale = scale_max
        amount_max = None if amount_max is None else amount_max * scale_max
    amount *= scale
    if groups.get("amount_more"):
        more = numerals.number(groups["amount_more"])
        below = _scale(groups["scale_more"]) if groups.get("scale_more") else Decimal(1)
        if more is None or more * below >= scale:
            return None
        amount += more * below
    if amount == 0 or not _in_order(amount, amount_max):
        return None
    currency = " ".join((groups.get("currency") or "đồng").split())
    return MoneyValue(
        amount=amount,
        amount_max=amount_max,
        currency=tables("quantities.toml")["currencies"][currency],
        mod=_modifier(lower, mention.core_start, mention.end),
        rate=_rate(lower, mention.end),
    )


def _in_order(low: Decimal, high: Decimal | None) -> bool:
    return high is None or low <= high


def _scale(words: str | None) -> Decimal:
    """What the scale words multiply by: ``nghìn tỷ`` is 10¹²."""
    product = Decimal(1)
    for word in (words or "").split():
        product *= _SCALE_ALONE.get(word) or numerals.SCALES[word]
    return product


def _half_of(words: str) -> Decimal:
    """What ``rưỡi`` adds: half of the scale that it follows."""
    return numerals.SCALES.get(words.rsplit(maxsplit=1)[-1], Decimal(1)) / 2


def _modifier(lower: str, start: int, end: int) -> Mod | None:
    """The TIMEX3 modifier that the words round a number give it.

    Of up to three words before the number the longest known phrase decides, so that ``không quá`` is not ``quá``.
    """
    if lower.find("trở", end, end + _LOOK_AHEAD) >= 0:
        after = _OR_MORE.match(lower, end)
        if after is not None:
            return Mod.EQUAL_OR_MORE if after[0].endswith("lên") else Mod.EQUAL_OR_LESS
    before = lower[max(0, start - _LOOK_BACK) : start].rstrip(" ")
    known, last_words = _modifiers()
    if before.replace(",", " ").replace("(", " ").rpartition(" ")[2] not in last_words:
        return None
    words = before.replace("(", " ").replace(",", " ").split()[-3:]
    for first in range(len(words)):
        mod = known.get(" ".join(words[first:]))
        if mod is not None:
            return mod
    return None


@cache
def _modifiers() -> tuple[Mapping[str, Mod], frozenset[str]]:
    """The phrases that modify a number, and the last words of them."""
    known = {phrase: Mod(mod) for phrase, mod in tables("quantities.toml")["modifiers"].items()}
    return known, frozenset(phrase.rsplit(maxsplit=1)[-1] for phrase in known)


def _rate(lower: str, end: int) -> str | None:
    if "/" not in lower[end : end + 2]:
        return None
    match = _RATE.match(lower, end)
    return match[1] if match else None
