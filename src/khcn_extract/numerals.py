"""Vietnamese numerals to exact numbers: separators as Vietnamese writes them, and number words.

``number`` reads digits, ``words`` reads words. Both give ``None`` for what is not a number, never a guess, and
`Decimal`, never a float.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import regex as re

_GROUPED_DOT = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_GROUPED_COMMA = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
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
_TIMES = {"mười": 10, "mươi": 10, "chục": 10, "trăm": 100}
SCALES = {
    "nghìn": Decimal(1000),
    "ngàn": Decimal(1000),
    "vạn": Decimal(10_000),
    "triệu": Decimal(1_000_000),
    "tỷ": Decimal(1_000_000_000),
    "tỉ": Decimal(1_000_000_000),
}


@lru_cache(maxsize=20_000)  # small numbers recur all the time
def number(written: str) -> Decimal | None:
    """The number that digits with Vietnamese separators write.

    Dots group thousands and the comma is the decimal sign. A dot that can't group (``2.5``) is taken for the decimal
    sign of a foreign hand, commas that group twice (``1,234,567``) for a foreign hand's thousands.

    >>> [str(number(n)) for n in ("7.508", "2,25", "01", "100.000.000", "2.5", "1,234,567")]
    ['7508', '2.25', '1', '100000000', '2.5', '1234567']
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


def words(written: str) -> Decimal | None:
    """The number that Vietnamese number words below a thousand billion write.

    Every word must belong: ``vài chục`` and ``gần hai`` are no numbers.

    >>> [str(words(w)) for w in ("hai", "mười lăm", "hai mươi mốt", "ba trăm linh năm", "hai nghìn hai mươi")]
    ['2', '15', '21', '305', '2020']
    >>> words("vài chục") is None
    True
    """
    total, group = Decimal(0), Decimal(0)
    digit: int | None = None
    previous = ""
    # Scales and places only descend: "hai mươi ba mươi" is two numbers.
    scale, place = Decimal("Infinity"), 1000
    for word in written.lower().split():
        times = _TIMES.get(word)
        if word in DIGITS and digit is None:
            digit = DIGITS[word]
        elif times is not None and times < place and (digit is None) == (word == "mười"):
            group += times * (1 if digit is None else digit)
            digit, place = None, times
        elif word in SCALES and SCALES[word] < scale and (group or digit):
            scale = SCALES[word]
            total += (group + (digit or 0)) * scale
            group, digit, place = Decimal(0), None, 1000
        elif word not in ("linh", "lẻ") or previous != "trăm":
            return None
        previous = word
    return total + group + (digit or 0) if previous else None
