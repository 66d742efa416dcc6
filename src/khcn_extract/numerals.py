"""Vietnamese numerals to exact numbers: separators as Vietnamese writes them, and number words.

``number`` reads digits, ``words`` reads words, ``year`` reads a year in words. All give ``None`` for what is not a
number, never a guess, and `Decimal`, never a float.

No kept library reads the words right: vietnam-number 1.0.6 has 107 of the 142 numbers of NeMo's
Vietnamese suite right (``một nghìn tỷ`` is 10000001000 to it), word2number and text2num know no Vietnamese.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import regex as re

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROUPED_DOT = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_GROUPED_COMMA = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|[1-9]\d{0,2},\d{3}\.\d{1,2}")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_POINT_IN_WORDS = re.compile(r"\s(?:phẩy|chấm)\s")
MAX_DIGITS = 30
"""A longer digit run is no quantity that an article reports."""

DIGITS = {
    "không": 0,
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "nhăm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
}
SCALES = {
    "nghìn": Decimal(1000),
    "ngàn": Decimal(1000),
    "vạn": Decimal(10_000),
    "triệu": Decimal(1_000_000),
    "tỷ": Decimal(1_000_000_000),
    "tỉ": Decimal(1_000_000_000),
}


@lru_cache(maxsize=10_000)  # small numbers recur all the time
def number(written: str) -> Decimal | None:
    """The number that digits with Vietnamese separators write.

    Dots group thousands and the comma is the decimal sign. A dot that can't group (``2.5``) is taken for the decimal
    sign of a foreign hand, commas that group twice (``1,234,567``) or before a point for a foreign hand's thousands.

    >>> [str(number(n)) for n in ("7.508", "2,25", "01", "100.000.000", "2.5", "1,234,567", "1,250.75")]
    ['7508', '2.25', '1', '100000000', '2.5', '1234567', '1250.75']
    >>> number("12.34.5") is None
    True
    """
    if len(written) > MAX_DIGITS:
        return None
    if written.isdecimal():
        return Decimal(written)
    if _GROUPED_DOT.fullmatch(written):
        return Decimal(written.replace(".", "").replace(",", "."))
    if _GROUPED_COMMA.fullmatch(written):
        return Decimal(written.replace(",", ""))
    if _PLAIN.fullmatch(written):
        return Decimal(written.replace(",", "."))
    return None


@lru_cache(maxsize=10_000)
def words(written: str) -> Decimal | None:
    """The number that Vietnamese number words below a thousand billion write.

    Every word must belong: ``vài chục`` and ``gần hai`` are no numbers. Spoken short forms are read as they are meant
    (``sáu lăm`` is 65, ``ba trăm hai`` 320, ``một triệu hai`` 1.2 million); behind ``phẩy`` or ``chấm`` stand decimals.

    >>> [str(words(w)) for w in ("hai", "mười lăm", "hai mươi mốt", "ba trăm linh năm", "hai nghìn hai mươi")]
    ['2', '15', '21', '305', '2020']
    >>> [str(words(w)) for w in ("bốn lăm", "ba trăm hai", "một triệu hai", "hai phẩy năm", "không phẩy không một")]
    ['45', '320', '1200000', '2.5', '0.01']
    >>> words("vài chục") is None
    True
    """
    whole, point, decimals = _POINT_IN_WORDS.sub(",", written.lower(), count=1).partition(",")
    value = _whole(whole.split())
    if value is None or not point:
        return value
    spoken = decimals.split()
    scale = Decimal(1)
    while spoken and spoken[-1] in SCALES:
        scale *= SCALES[spoken.pop()]
    if all(word in DIGITS for word in spoken):
        fraction = "".join(str(DIGITS[word]) for word in spoken)
    else:
        fraction = str(_whole(spoken))
    return Decimal(f"{value}.{fraction}") * scale if fraction.isdecimal() else None


def _whole(spoken: Sequence[str]) -> Decimal | None:
    """The whole number of the words, ``None`` if one does not belong."""
    total, scale = Decimal(0), Decimal("Infinity")
    group: list[str] = []
    for word in spoken:
        times = SCALES.get(word)
        if times is None:
            group.append(word)
            continue
        if group:  # scales only descend: "hai nghìn ba triệu" is two numbers
            below = _below_thousand(group)
            if not below or times >= scale:
                return None
            total += below * times
        elif total and times > scale:  # "hai nghìn tỷ"
            total *= times
        else:
            return None
        scale, group = times, []
    rest = _behind_scale(group, scale) if total else _below_thousand(group)
    return None if rest is None else total + rest


def _behind_scale(spoken: Sequence[str], scale: Decimal) -> Decimal | int | None:
    """What the last words of a number add to its thousands or millions."""
    match spoken:
        case []:
            return 0
        case ["rưỡi"]:
            return scale / 2
        case ["linh" | "lẻ", digit]:
            return DIGITS.get(digit)
        case [digit] if digit in DIGITS:  # "một triệu hai": two tenths. "Ba nghìn năm" is years.
            return None if digit == "năm" else DIGITS[digit] * scale / 10
    return _below_thousand(spoken)


def _below_thousand(spoken: Sequence[str]) -> int | None:
    match spoken:
        case [digit, "trăm"] if digit in DIGITS:
            return 100 * DIGITS[digit]
        case [digit, "trăm", "rưỡi"] if digit in DIGITS:
            return 100 * DIGITS[digit] + 50
        case [digit, "trăm", "linh" | "lẻ", one] if digit in DIGITS and one in DIGITS:
            return 100 * DIGITS[digit] + DIGITS[one]
        case [digit, "trăm", ten] if digit in DIGITS and ten in DIGITS:  # "ba trăm hai"
            return None if ten == "năm" else 100 * DIGITS[digit] + 10 * DIGITS[ten]
        case [digit, "trăm", ten, one] if digit in DIGITS and ten in DIGITS and one in DIGITS and one != "năm":
            return 100 * DIGITS[digit] + 10 * DIGITS[ten] + DIGITS[one]
        case [digit, "trăm", *rest] if digit in DIGITS:
            below = _below_hundred(rest)
            return None if below is None else 100 * DIGITS[digit] + below
    return _below_hundred(spoken)


def _below_hundred(spoken: Sequence[str]) -> int | None:
    match spoken:
        case [digit] if digit in DIGITS:
            return DIGITS[digit]
        case ["mười"]:
            return 10
        case ["mười", one] if one in DIGITS:
            return None if one == "năm" else 10 + DIGITS[one]
        case [ten, "mươi" | "chục"] if ten in DIGITS:
            return 10 * DIGITS[ten]
        case [ten, "mươi", one] if ten in DIGITS and one in DIGITS:
            return None if one == "năm" else 10 * DIGITS[ten] + DIGITS[one]
        case [ten, one] if ten in DIGITS and one in DIGITS and one != "năm":
            # The word for tens is left out. "Hai ba" may be two or three, "năm bảy" some few.
            spoken_only = one in ("mốt", "tư", "lăm", "nhăm")
            return 10 * DIGITS[ten] + DIGITS[one] if spoken_only or DIGITS[one] - DIGITS[ten] not in (1, 2) else None
    return None


def year(written: str) -> int | None:
    """The year that words write as a number or digit by digit.

    >>> [year(w) for w in ("hai nghìn không trăm hai mươi", "hai không hai ba", "một chín tám tư")]
    [2020, 2023, 1984]
    """
    spoken = written.lower().split()
    if len(spoken) == 4 and all(word in DIGITS for word in spoken):
        return int("".join(str(DIGITS[word]) for word in spoken))
    if spoken[:2] == ["hai", "không"]:
        rest = _whole(spoken[3:] if spoken[2:3] in (["linh"], ["lẻ"]) else spoken[2:])
        return None if rest is None or rest >= 100 else 2000 + int(rest)
    value = _whole(spoken)
    return None if value is None else int(value)
