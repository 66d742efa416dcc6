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
SCALES = {
    "trăm": Decimal(100),
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

    >>> [str(words(w)) for w in ("hai", "mười lăm", "hai mươi mốt", "ba trăm linh năm", "hai nghìn không trăm hai mươi")]
    ['2', '15', '21', '305', '2020']
    >>> words("vài chục") is None
    True
    """
    total, group = Decimal(0), Decimal(0)
    pending: int | None = None
    previous = ""
    for word in written.lower().split():
        if word in DIGITS:
            if pending is not None:
                return None
            pending = DIGITS[word]
        elif word == "mười":
            if pending is not None:
                return None
            group += 10
        elif word in ("mươi", "chục"):
            if pending is None:
                return None
            group += 10 * pending
            pending = None
        elif word == "trăm":
            if pending is None:
                return None
            group += 100 * pending
            pending = None
        elif word in ("linh", "lẻ"):
            if pending is not None or previous != "trăm":
                return None
        elif word in SCALES:
            group += pending or 0
            if group == 0:
                return None
            total += group * SCALES[word]
            group, pending = Decimal(0), None
        else:
            return None
        previous = word
    return total + group + (pending or 0) if previous else None
