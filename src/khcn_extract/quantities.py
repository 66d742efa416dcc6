"""What counts and money share: the words round a number that modify it, multiply it or relate it to something.

``rules/counts.toml`` has the words in [tables.modifiers]; ``counts.py`` and ``money.py`` read the mentions.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import regex as re

from khcn_extract import numerals
from khcn_extract.facts import Mod
from khcn_extract.rules import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOK_BACK, _LOOK_AHEAD = 24, 40
"""Characters round a number among which its modifier stands."""
_OR_MORE = re.compile(r"(?:\s\p{L}+){0,4}?\s(?:trở lên|trở xuống)(?!\p{L})")
_COMPARED = ("cao hơn", "thấp hơn", "nhiều hơn", "ít hơn", "lớn hơn", "nhỏ hơn", "kém hơn")
_RATE = re.compile(r"\s?/\s?(\p{L}+)")
_OTHER_SCALES = MappingProxyType({
    "trăm": Decimal(100), "chục": Decimal(10), "mươi": Decimal(10), "k": Decimal(1000), "tr": Decimal(1_000_000),
    "tr.": Decimal(1_000_000), "triêu": Decimal(1_000_000), "tỳ": Decimal(1_000_000_000),
})  # fmt: skip
"""Those that no spelled-out number has: tens and hundreds before a scale, abbreviations, slips."""


def scale_of(words: str | None) -> Decimal:
    """What the scale words multiply by: ``nghìn tỷ`` is 10¹²."""
    product = Decimal(1)
    for word in (words or "").split():
        product *= _OTHER_SCALES.get(word) or numerals.SCALES[word]
    return product


def modifier(lower: str, start: int, end: int) -> Mod | None:
    """The TIMEX3 modifier that the words round a number give it.

    Of up to three words before the number the longest known phrase decides, so that ``không quá`` is not ``quá``.
    """
    if lower.find("trở", end, end + _LOOK_AHEAD) >= 0:
        after = _OR_MORE.match(lower, end)
        if after is not None:
            return Mod.EQUAL_OR_MORE if after[0].endswith("lên") else Mod.EQUAL_OR_LESS
    before = lower[max(0, start - _LOOK_BACK) : start].rstrip(" ").rpartition("\n")[2]
    known, last_words = _modifiers()
    if before.replace(",", " ").replace("(", " ").rpartition(" ")[2] not in last_words:
        return None
    if before.endswith(_COMPARED) and lower.find("so với", end, end + _LOOK_AHEAD) >= 0:
        return None  # "cao hơn 60.000 đồng so với": the difference, no bound
    words = before.replace("(", " ").replace(",", " ").split()[-3:]
    if words[-1] == "trên" and words[-2:-1] and words[-2].isdigit():
        return None  # "đứng thứ 12 trên 63 tỉnh": out of
    for first in range(len(words)):
        mod = known.get(" ".join(words[first:]))
        if mod is not None:
            return mod
    return None


@cache
def _modifiers() -> tuple[Mapping[str, Mod], frozenset[str]]:
    """The phrases that modify a number, and the last words of them."""
    known = {phrase: Mod(mod) for phrase, mod in tables("counts.toml")["modifiers"].items()}
    return known, frozenset(phrase.rsplit(maxsplit=1)[-1] for phrase in known)


def rate(lower: str, end: int) -> str | None:
    """What a number is counted by, where a slash says so behind it: ``năm`` in ``4 số/năm``."""
    if "/" not in lower[end : end + 2]:
        return None
    match = _RATE.match(lower, end)
    return match[1] if match else None
