"""Vietnamese numerals: what is written stands beside the number, ``None`` beside what is no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khcn_extract.numerals import MAX_DIGITS, number, words, year


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0", "0"),
        ("01", "1"),
        ("7", "7"),
        ("2020", "2020"),
        ("7.508", "7508"),
        ("1.234.567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("2,25", "2.25"),
        ("0,5", "0.5"),
        ("12,345", "12.345"),
        ("2.5", "2.5"),
        ("1,234,567", "1234567"),
        ("1,234,567.5", "1234567.5"),
        ("9" * MAX_DIGITS, "9" * MAX_DIGITS),
        ("9" * (MAX_DIGITS + 1), None),
        ("12.34.5", None),
        ("1.23.456", None),
        ("1,2,3", None),
        ("1.234,", None),
        (".5", None),
        ("5.", None),
        ("1..5", None),
        ("-5", None),
        ("5 000", None),
        ("", None),
        ("năm", None),
        ("5²", None),
    ],
)
def test_digits(written: str, expected: str | None) -> None:
    """Dots group thousands, the comma is the decimal sign; what can be read in no way is no number."""
    assert number(written) == (None if expected is None else Decimal(expected))


@given(st.integers(0, 10**20), st.none() | st.from_regex(r"\d{1,5}", fullmatch=True))
@settings(deadline=None)
def test_every_number_as_vietnamese_writes_it(whole: int, decimals: str | None) -> None:
    """Grouped or not, with decimals or not, it comes back."""
    tail = "" if decimals is None else f",{decimals}"
    expected = Decimal(f"{whole}.{decimals or 0}")

    for written in (f"{whole}{tail}", f"{whole:,}".replace(",", ".") + tail):
        assert number(written) == (expected if len(written) <= MAX_DIGITS else None)


@given(st.text(alphabet="0123456789.,", max_size=40))
@settings(deadline=None)
def test_no_guess(written: str) -> None:
    """A number has the digits that were written, in their order, or there is none."""
    value = number(written)

    if value is not None:
        digits = "".join(c for c in written if c.isdigit())
        assert f"{value:f}".replace(".", "").lstrip("0").rstrip("0") == digits.lstrip("0").rstrip("0")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("không", 0),
        ("hai", 2),
        ("Bốn", 4),
        ("mười", 10),
        ("mười lăm", 15),
        ("hai mươi", 20),
        ("hai mươi mốt", 21),
        ("ba mươi tư", 34),
        ("tám chục", 80),
        ("một trăm", 100),
        ("ba trăm linh năm", 305),
        ("chín trăm lẻ một", 901),
        ("bảy trăm mười hai", 712),
        ("hai nghìn không trăm hai mươi", 2020),
        ("năm ngàn", 5000),
        ("ba vạn", 30_000),
        ("mười hai triệu", 12_000_000),
        ("một tỷ hai trăm triệu", 1_200_000_000),
        ("hai nghìn tỷ", 2_000_000_000_000),
        ("hai nghìn linh chín", 2009),
        ("hai tỷ rưỡi", 2_500_000_000),
        ("sáu lăm", 65),
        ("năm trăm sáu bảy", 567),
        ("ba trăm hai", 320),
        ("một triệu hai", 1_200_000),
        ("hai phẩy năm", Decimal("2.5")),
        ("không phẩy không một", Decimal("0.01")),
        ("một chấm năm triệu", 1_500_000),
        ("hai mươi năm", None),
        ("ba nghìn năm", None),
        ("hai trăm năm", None),
        ("tỷ", None),
        ("trăm", None),
        ("mươi", None),
        ("hai ba", None),
        ("linh năm", None),
        ("vài chục", None),
        ("gần hai", None),
        ("hai đoàn", None),
        ("", None),
        ("   ", None),
    ],
)
def test_number_words(written: str, expected: Decimal | None) -> None:
    """Every word must belong; a last "năm" may be years, so it is no digit."""
    assert words(written) == expected


def spelt(value: int) -> str:
    """The number below a thousand billion in words, as school teaches it."""
    names = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
    parts = []
    for scale, name in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, value = divmod(value, scale)
        if not group:
            continue
        hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
        if hundreds or parts:
            parts += [names[hundreds], "trăm"]
        if tens == 0 and ones and (hundreds or parts):
            parts += ["linh", names[ones]]
        else:
            parts += [] if tens == 0 else ["mười"] if tens == 1 else [names[tens], "mươi"]
            if ones:
                parts.append("mốt" if tens > 1 and ones == 1 else "lăm" if tens and ones == 5 else names[ones])
        parts += [name] if name else []
    return " ".join(parts) or names[0]


@given(st.integers(0, 10**12 - 1))
@settings(deadline=None, max_examples=300)
def test_every_number_in_words(value: int) -> None:
    """What school teaches to write is read."""
    assert words(spelt(value)) == value


@pytest.mark.parametrize("written", ["hai mươi ba mươi", "mười mười", "hai trăm hai trăm", "ba triệu năm triệu"])
def test_two_numbers_in_a_row_are_not_one(written: str) -> None:
    """``hai mươi, ba mươi`` without its comma is a guess, and a guess is no number."""
    assert words(written) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("hai nghìn không trăm hai mươi", 2020),
        ("hai không hai ba", 2023),
        ("hai không mười tám", 2018),
        ("hai không linh chín", 2009),
        ("một chín bảy lăm", 1975),
        ("một nghìn chín trăm bốn mươi lăm", 1945),
        ("hai không ba trăm", None),
        ("vài nghìn", None),
    ],
)
def test_years_in_words(written: str, expected: int | None) -> None:
    """As a number or digit by digit."""
    assert year(written) == expected
