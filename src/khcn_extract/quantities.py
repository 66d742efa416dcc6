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
    from collections.abc import Mapping, Sequence

_LOOK_BACK, _LOOK_AHEAD = 24, 40
"""Characters round a number among which its modifier stands."""
_ABOARD = frozenset({"người", "viên", "khách"})
_TIMES = frozenset({"năm", "tháng", "quý", "ngày"})
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d$")
_OR_MORE = re.compile(r"(?:\s?/\s?\p{L}+)?(?:\s\p{L}+){0,4}?\s(?:trở lên|trở xuống)(?!\p{L})")
_TERM = re.compile(r"(\d[\d.,]*) ?(\p{L}+(?: \p{L}+)?)?")
_SEPARATORS = re.compile(r"[.,\s]+")
_FOREIGN_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,2})?")
_SIGN = re.compile(r"(?<![-=<>])(?:(?P<mod>>=|<=|[<>≥≤])\s?)\Z")
_SIGN_ENDS = ("<", ">", "=", "≥", "≤")
_SIGNS = MappingProxyType({
    ">": Mod.MORE_THAN, "<": Mod.LESS_THAN, "≥": Mod.EQUAL_OR_MORE, ">=": Mod.EQUAL_OR_MORE,
    "≤": Mod.EQUAL_OR_LESS, "<=": Mod.EQUAL_OR_LESS,
})  # fmt: skip
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


def sum_of(compound: str) -> Decimal | None:
    """The terms of ``1 tỷ 235 triệu 500 nghìn`` added; a larger scale behind multiplies, as in ``12 nghìn 500 tỷ``.

    >>> str(sum_of("1 triệu 200 nghìn")), sum_of("5 triệu 12 triệu")
    ('1200000', None)
    """
    total, scale = Decimal(0), Decimal("Infinity")
    for written, words in _TERM.findall(compound):
        amount, times = numerals.number(_SEPARATORS.sub("", written)), scale_of(words)
        if amount is None:
            return None
        if times > scale:
            total = (total + amount) * times
        elif amount * times < scale:
            total += amount * times
        else:
            return None
        scale = times
    return total


def foreign_thousands(written: str) -> bool:
    """True for ``5,000`` and ``1,250.50``, where commas group the thousands as in English; or so it may be meant.

    >>> [foreign_thousands(n) for n in ("5,000", "1,250.50", "0,125", "12,5", "5.000")]
    [True, True, False, False, False]
    """
    return "," in written and _FOREIGN_THOUSANDS.fullmatch(written) is not None


def modifier(lower: str, start: int, end: int) -> Mod | None:
    """The TIMEX3 modifier that the words round a number give it.

    Of up to three words before the number the longest known phrase decides, so that ``không quá`` is not ``quá``.
    """
    if lower.find("trở", end, end + _LOOK_AHEAD) >= 0:
        after = _OR_MORE.match(lower, end)
        if after is not None:
            return Mod.EQUAL_OR_MORE if after[0].endswith("lên") else Mod.EQUAL_OR_LESS
    before = lower[max(0, start - _LOOK_BACK) : start].rstrip(" ").rpartition("\n")[2]
    if before[-1:] in _SIGN_ENDS:
        sign = _SIGN.search(before)
        return None if sign is None else _SIGNS[sign["mod"]]
    known, last_words = _modifiers()
    if before.replace(",", " ").replace("(", " ").rpartition(" ")[2] not in last_words:
        return None
    if before.endswith(_COMPARED) and (
        lower.find("so với", end, end + _LOOK_AHEAD) >= 0 or "%" in lower[end - 1 : end + 1]
    ):
        return None  # "cao hơn 60.000 đồng so với", "thấp hơn 5%": the difference, no bound
    words = before.replace("(", " ").replace(",", " ").split()[-3:]
    if words[-1] == "trên" and words[-2:-1] and words[-2][:1].isdigit() and not _is_time(words[-3:-1]):
        return None  # "đứng thứ 12 trên 63 tỉnh": out of
    if words[-1] == "trên" and words[-2:-1] and words[-2] in _ABOARD and words[0].isdigit():
        return None  # "12 người trên 2 tàu": aboard
    for first in range(len(words)):
        mod = known.get(" ".join(words[first:]))
        if mod is not None:
            return mod
    return None


def _is_time(words: Sequence[str]) -> bool:
    """Whether a number is a year, or a month: ``giai đoạn 2016-2020 trên 14 tỷ đồng``, ``tháng 9 trên 500 hộ``."""
    return words[0] in _TIMES or _YEAR.search(words[-1]) is not None


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
