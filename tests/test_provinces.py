"""How dumps and people write a province, beside the name that the list of 63 has for it."""

from __future__ import annotations

import unicodedata

import pytest

from khcn_extract.provinces import _rows, known


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("Tỉnh Sơn La", "Sơn La", id="with its unit"),
        pytest.param("tỉnh Sơn La", "Sơn La", id="with its unit in lower case"),
        pytest.param("Thành phố Hà Nội", "Hà Nội", id="city"),
        pytest.param("TP. Đà Nẵng", "Đà Nẵng", id="city in short"),
        pytest.param("hồ chí minh", "Thành phố Hồ Chí Minh", id="city without its unit"),
        pytest.param("Ðắk Lắk", "Đắk Lắk", id="letter of Iceland"),
        pytest.param("Daklak", "Đắk Lắk", id="without marks and blanks"),
        pytest.param("Đak Lak", "Đắk Lắk", id="without marks but for Đ"),
        pytest.param("tinh Son La", "Sơn La", id="without marks, with its unit"),
        pytest.param("SƠN LA", "Sơn La", id="capitals"),
        pytest.param(" Sơn  La ", "Sơn La", id="blanks"),
        pytest.param("BA RIA-VUNG TAU", "Bà Rịa - Vũng Tàu", id="hyphen without blanks"),
        pytest.param(unicodedata.normalize("NFD", "Tỉnh Đắk Lắk"), "Đắk Lắk", id="decomposed"),
        pytest.param("Sơn Lá", None, id="another mark"),
        pytest.param("Vinh", None, id="city of a province"),
        pytest.param("tỉnh", None, id="unit alone"),
        pytest.param("", None, id="nothing"),
        pytest.param("Nowhere", None, id="nowhere"),
    ],
)
def test_province_by_any_spelling(written: str, name: str | None) -> None:
    """The province's own name, or none."""
    assert known(written) == name


def test_every_spelling_of_the_list_in_any_case() -> None:
    """With the unit too; no two provinces share one."""
    for row in _rows():
        for spelling in (row["name"], row["unit_before"], *filter(None, row["aliases"].split(";"))):
            assert {known(spelling), known(spelling.upper()), known(spelling.lower())} == {row["name"]}
