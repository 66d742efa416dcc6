"""What a sentence says of its counts beside number and unit, and units that are written with a slip."""

from __future__ import annotations

import pytest

from khcn_extract import extract
from khcn_extract.counts_units import units
from khcn_extract.facts import CountValue, Fact


def counted(text: str) -> list[Fact]:
    return [fact for fact in extract(text) if isinstance(fact.value, CountValue)]


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("giao 41 nhiệm vụ khoa học và công nghệ cấp tỉnh cho các huyện", ["nhiệm vụ khoa học và công nghệ cấp tỉnh"]),
        ("trồng mới 12 ha chè và 5 ha cam", ["chè", "cam"]),
        ("có 15 cán bộ tham gia", [None]),
        ("tặng 20 suất quà cho 30 hộ nghèo", [None, None]),
        ("cấp 9 văn bằng bảo hộ, hỗ trợ 04 sáng chế", ["văn bằng bảo hộ", None]),
        ("đạt 98,5% kế hoạch năm", ["kế hoạch"]),
    ],
)
def test_object(text: str, objects: list[str | None]) -> None:
    """The whole noun as far as it goes on behind the unit; of a measure, what is measured."""
    assert [fact.value.object for fact in counted(text)] == objects  # type: ignore[union-attr]  # CountValue by `counted`


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("thu ngân sách tăng 12% so với cùng kỳ", ["increase"]),
        ("số vụ giảm hơn 2,6 lần", ["decrease"]),
        ("tăng từ 12 lên 18 xã", [None, None]),
        ("giảm còn 208 đơn vị", [None]),
        ("tăng trưởng bình quân 7,5% mỗi năm", ["increase"]),
        ("đạt 12% kế hoạch", [None]),
    ],
)
def test_change(text: str, changes: list[str | None]) -> None:
    """By how much something rose or fell; the level that it reached is no change."""
    assert [fact.value.change for fact in counted(text)] == changes  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("Năm 2022, tỉnh có 41 nhiệm vụ. Có 5 xã chưa đạt.", ["2022", None]),
        ("Cấp 12 văn bằng trong quý III/2021.", ["2021-35"]),
        ("Năm 2019 có 3 dự án, năm 2020 có 7 dự án.", ["2019", "2020"]),
    ],
)
def test_period(text: str, periods: list[str | None]) -> None:
    """The date of the sentence: the last before the count, else the first behind it."""
    assert [fact.value.period for fact in counted(text)] == periods  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("có 41 nhiệm vụ bao gồm 29 nhiệm vụ chuyển tiếp, 12 nhiệm vụ mới.", {"29 nhiệm vụ", "12 nhiệm vụ"}),
        ("21 cuộc họp trong đó: 08 cuộc tuyển chọn; 13 cuộc nghiệm thu.", {"08 cuộc", "13 cuộc"}),
        ("có 42 em (nam 18, nữ 24) dự học.", {"18", "24"}),
        ("có 41 nhiệm vụ, trong đó 29 đã xong và 12 đang làm.", {"29", "12"}),
        ("có 120 đại biểu, gồm 80 cán bộ (chiếm 66%) và 40 nông dân.", {"80 cán bộ", "40 nông dân"}),
        ("có 12 xã với 350 hộ tham gia 5 lớp.", set()),
        ("có 5 đề tài. Trong đó 3 xã tham gia.", set()),
    ],
)  # fmt: skip
def test_parts_point_to_their_whole(text: str, parts: set[str]) -> None:
    """The first count is the whole; its parts hold the place where it stands."""
    whole, *others = counted(text)

    assert {fact.text for fact in others if fact.value.part_of} == parts  # type: ignore[union-attr]
    for fact in others:
        span = fact.value.part_of  # type: ignore[union-attr]
        assert span is None or span == (whole.start_char, whole.end_char)


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("có 41 nhiệm vụ gồm 29 nhiệm vụ cũ, 12 nhiệm vụ mới.", False),
        ("có 41 nhiệm vụ gồm 29 nhiệm vụ cũ, 13 nhiệm vụ mới.", True),
        ("có 41 nhiệm vụ gồm 20 nhiệm vụ cũ, 12 nhiệm vụ mới.", True),
        ("có 41 nhiệm vụ, trong đó 20 nhiệm vụ cũ, 12 nhiệm vụ mới.", False),
        ("có 41 nhiệm vụ, trong đó 30 nhiệm vụ cũ, 12 nhiệm vụ mới.", True),
    ],
)
def test_a_sum_that_does_not_add_up_is_flagged(text: str, differs: bool) -> None:
    """Too much is always wrong, too little only where the parts are said to be all."""
    whole = counted(text)[0]

    assert ("parts_differ_from_whole" in whole.flags) == differs


@pytest.mark.parametrize(
    ("text", "unit", "misspelt"),
    [
        ("trao quà cho 15 cán bô", "cán bộ", True),
        ("kiểm tra 4 cơ sỡ", "cơ sở", True),
        ("mời 30 đại biễu", "đại biểu", True),
        ("tặng 04 sáng chê", "sáng chế", True),
        ("gặp 5 cán bộ", "cán bộ", False),
        ("có 3 kiên nghị viên", None, False),
        ("có 12 hộ chứa nước mưa", "hộ", False),
    ],
)
def test_units_one_mark_away(text: str, unit: str | None, misspelt: bool) -> None:
    """The nearest entry, where there is exactly one and what stands there is no word of its own."""
    facts = counted(text)

    assert [fact.value.unit for fact in facts] == ([] if unit is None else [unit])  # type: ignore[union-attr]
    assert [fact.flags for fact in facts] == ([("misspelt_unit",)] if misspelt else [()] * len(facts))


def test_every_unit_has_a_class_and_every_measure_its_code() -> None:
    """The store's table of units rests on it."""
    assert set(units().canonical.values()) <= units().classes.keys()
    assert {unit for unit, name in units().classes.items() if name == "measures"} >= units().ucum.keys() - {"công"}
