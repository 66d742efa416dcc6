"""Amounts as other hands write them, and currencies: whatever the rules see as one has a code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khcn_extract import extract
from khcn_extract.engine import _filled
from khcn_extract.facts import Fact, MoneyValue
from khcn_extract.money import currency_of
from khcn_extract.rules import load_file, tables

MONEY = load_file("money.toml")
CURRENCIES = [
    re.compile(_filled(MONEY.fragments[name], MONEY.fragments).replace(r"\p{L}", r"[^\W\d_]"), re.VERBOSE)
    for name in ("currency", "sign")
]


def paid(text: str) -> list[Fact]:
    return [fact for fact in extract(text) if isinstance(fact.value, MoneyValue)]


def sums(text: str) -> list[str]:
    """``span = amount currency`` of each sum."""
    written = []
    for fact in paid(text):
        value = fact.value
        assert isinstance(value, MoneyValue)
        top = "" if value.amount_max is None else f"..{value.amount_max:f}"
        written.append(f"{fact.text} = {value.amount.normalize():f}{top} {value.currency}")
    return written


@given(st.one_of(*(st.from_regex(pattern, fullmatch=True) for pattern in CURRENCIES)))
@settings(max_examples=400, deadline=None)
def test_whatever_is_seen_as_a_currency_has_a_code(written: str) -> None:
    assert currency_of(written) is not None


@pytest.mark.parametrize("name", sorted(tables("money.toml")["currencies"].keys() - {"bảng"}))
def test_every_currency_of_the_table_is_seen(name: str) -> None:
    """Before or behind the number; ``bảng`` alone is a table too."""
    assert [fact.value.currency for fact in paid(f"giá 12.000 {name}.") or paid(f"giá {name} 12.000.")] == [  # type: ignore[union-attr]
        tables("money.toml")["currencies"][name]
    ]


@pytest.mark.parametrize("mark", ["", " ", "-", ".", ". ", ",-", ",- ", ".-", "  ", "\n", " - "])
@pytest.mark.parametrize("word", ["đồng", "Đồng", "đ", "Đ", "VNĐ", "VND", "đô-la Mỹ", "đôla Mỹ", "đô  la", "ơ rô", "₫"])
def test_no_mark_between_number_and_currency_stops_an_article(mark: str, word: str) -> None:
    for number in ("12", "1.480", "35.000.000", "5,000", "1 000 000", "12 triệu"):
        for fact in paid(f"Số tiền là {number}{mark}{word} nộp sau."):
            assert fact.value.currency in {"VND", "USD", "EUR"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đã nộp 35.000.000,- đồng.", ["35.000.000,- đồng = 35000000 VND"]),
        ("vay 12 triệu đô-la Mỹ", ["12 triệu đô-la Mỹ = 12000000 USD"]),
        ("vay 12 triệu đôla Mỹ", ["12 triệu đôla Mỹ = 12000000 USD"]),
        ("vay 9 triệu đô la Canada", ["9 triệu đô la Canada = 9000000 CAD"]),
        ("vay 100 triệu franc Thụy Sĩ", ["100 triệu franc Thụy Sĩ = 100000000 CHF"]),
        ("vay 100 triệu franc", []),
        ("mang theo 20.000 tệ", ["20.000 tệ = 20000 CNY"]),
        ("bài trừ 3 tệ nạn", []),
        ("tài trợ 5,000 USD", ["5,000 USD = 5000 USD"]),
        ("tài trợ 1,250.50 USD", ["1,250.50 USD = 1250.5 USD"]),
        ("vốn 1,250 tỷ đồng", ["1,250 tỷ đồng = 1250000000 VND"]),
        ("giá 12,50 USD", ["12,50 USD = 12.5 USD"]),
        ("phí 150,000 đồng", ["150,000 đồng = 150000 VND"]),
        ("hộ nghèo còn 1.480. Đồng thời, tỉnh xây nhà", []),
        ("Đảng bộ có 12.345. Đồng chí Bí thư khen", []),
    ],
)
def test_currencies_and_foreign_hands(text: str, expected: list[str]) -> None:
    assert sums(text) == expected


def test_a_comma_that_groups_thousands_is_flagged() -> None:
    assert [fact.flags for fact in paid("nhận 5,000 USD và 12,5 USD")] == [("foreign_separator",), ()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bồi thường 1 tỷ 235 triệu 500 nghìn đồng", ["1 tỷ 235 triệu 500 nghìn đồng = 1235500000 VND"]),
        ("tổng vốn 12 nghìn 500 tỷ đồng", ["12 nghìn 500 tỷ đồng = 12500000000000 VND"]),
        ("chi 12 tỷ 500 triệu cho xã", ["12 tỷ 500 triệu = 12500000000 VND"]),
        ("hai xã nhận 12 triệu, 5 triệu đồng", ["12 triệu = 12000000 VND", "5 triệu đồng = 5000000 VND"]),
        ("ba mức 20.000, 25.000, 30.000 đồng", ["20.000 = 20000 VND", "25.000 = 25000 VND", "30.000 đồng = 30000 VND"]),
        ("giải ngân 234 trên 567 tỷ đồng", ["234 = 234000000000 VND", "567 tỷ đồng = 567000000000 VND"]),
        ("tiền công dăm bảy triệu đồng", []),
        ("lãi năm bảy triệu đồng mỗi vụ", []),
    ],
)
def test_sums_of_several_numbers(text: str, expected: list[str]) -> None:
    assert sums(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mỗi ngày có 3 triệu view.", []),
        ("Thu gom 2 nghìn vỏ bao bì thuốc.", []),
        ("Mua 2 nghìn vỏ chai.", []),
        ("Giá 2 triệu vẫn đắt.", ["2 triệu = 2000000 VND"]),
        ("Vay 50 triệu mở quán.", ["50 triệu = 50000000 VND"]),
        ("Được hỗ trợ 50 triệu xây nhà.", ["50 triệu = 50000000 VND"]),
        ("Dân số 2 triệu, thu ngân sách cao.", []),
        (
            "Vay 12,5 tỷ đồng cho 300 lượt hộ: hộ nghèo 7,5 tỷ; học sinh 5 tỷ.",
            ["12,5 tỷ đồng = 12500000000 VND", "7,5 tỷ = 7500000000 VND", "5 tỷ = 5000000000 VND"],
        ),
        ("Xã lên một đô thị loại V.", []),
        ("Trước Tết 2024; 2,4 tỷ đồng còn lại", ["2,4 tỷ đồng = 2400000000 VND"]),
    ],
)
def test_a_scale_alone_is_money_where_the_words_say_so(text: str, expected: list[str]) -> None:
    assert sums(text) == expected
