"""What a sentence says of its counts beside number and unit, and units that are written with a slip."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        ("tặng 20 suất quà cho 30 hộ nghèo", [None, "hộ nghèo"]),
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
        (
            "có 41 nhiệm vụ gồm 29 nhiệm vụ cũ, 12 nhiệm vụ mới; thêm 5 nhiệm vụ gồm 2 nhiệm vụ cũ, 3 nhiệm vụ mới.",
            False,
        ),
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


def written(fact: Fact) -> str:
    """``span = value unit`` with the sign of its modifier."""
    value = fact.value
    assert isinstance(value, CountValue)
    top = "" if value.value_max is None else f"..{value.value_max.normalize():f}"
    whole = "" if value.total is None else f"/{value.total.normalize():f}"
    mod = "" if value.mod is None else f"{value.mod} "
    return f"{fact.text} = {mod}{value.value.normalize():f}{top}{whole} {value.unit}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chọn từ 5 hộ đến 10 hộ", ["5 hộ đến 10 hộ = 5..10 hộ"]),
        ("tăng từ 5 hộ đến 10 hộ", ["5 hộ = 5 hộ", "10 hộ = 10 hộ"]),
        ("đón từ 2 đến 2,5 triệu lượt khách", ["2 đến 2,5 triệu lượt khách = 2000000..2500000 lượt khách"]),
        ("đón 500 nghìn - 1 triệu lượt khách", ["500 nghìn - 1 triệu lượt khách = 500000..1000000 lượt khách"]),
        ("1 triệu 200 nghìn lượt khách", ["1 triệu 200 nghìn lượt khách = 1200000 lượt khách"]),
        (
            "từ 2 triệu lên 2,5 triệu lượt khách",
            ["2 triệu = 2000000 lượt khách", "2,5 triệu lượt khách = 2500000 lượt khách"],
        ),
        ("Lượt khách đạt khoảng 3,3 triệu.", ["3,3 triệu = APPROX 3300000 lượt khách"]),
        ("Các xã lần lượt có 12, 15, 20 hộ.", ["12 = 12 hộ", "15 = 15 hộ", "20 hộ = 20 hộ"]),
        ("Các xã có 12, 15 và 20 hộ.", ["12 = 12 hộ", "15 = 15 hộ", "20 hộ = 20 hộ"]),
        ("Có 145 xã/145 xã đạt.", ["145 xã/145 xã = 145/145 xã"]),
        ("Giao 05 (năm) nhiệm vụ.", ["05 (năm) nhiệm vụ = 5 nhiệm vụ"]),
        ("12,345 lượt người dự", ["12,345 lượt người = 12345 lượt người"]),
        ("tăng 2,125 lần", ["2,125 lần = 2.125 lần"]),
        ("cho 5-7 đơn  vị và 17/24 hồ  sơ", ["5-7 đơn  vị = 5..7 đơn vị", "17/24 hồ  sơ = 17/24 hồ sơ"]),
        ("có  12  cán  bộ  xã", ["12  cán  bộ = 12 cán bộ"]),
        ("lập biên bản 318 trường hợp", ["318 trường hợp = 318 trường hợp"]),
        ("Tỷ lệ >8%, có nơi ≤ 5%.", ["8% = MORE_THAN 8 %", "5% = EQUAL_OR_LESS 5 %"]),
        ("đạt 5 bác sĩ trên 10.000 dân", ["5 bác sĩ = 5 bác sĩ", "10.000 dân = 10000 dân"]),
        ("5 người chết và 3 bị thương.", ["5 người = 5 người", "3 = 3 người"]),
        ("12 hồ sơ đạt, 3 bị thương tích", ["12 hồ sơ = 12 hồ sơ"]),
        ("dư nợ 35 triệu đồng/12 hộ vay/3 tổ", ["12 hộ = 12 hộ", "3 tổ = 3 tổ"]),
        ("mức 300.000 đồng/1 hộ/tháng", []),
        ("Hơn 2000 người dân. Trồng 2020 cây", ["2000 người dân = MORE_THAN 2000 người dân", "2020 cây = 2020 cây"]),
        ("Tỷ lệ 1/500 người dân", ["1/500 người dân = 1/500 người dân"]),
        ("rau các loại 2.856,1ha, cây ngắn ngày 7.270ha", ["2.856,1ha = 2856.1 ha", "7.270ha = 7270 ha"]),
        ("gồm: xã Tân Mỹ 20 hộ, xã Hòa Bình 15 hộ", ["20 hộ = 20 hộ", "15 hộ = 15 hộ"]),
        ("có 25 dự án/42 học sinh", ["25 dự án = 25 dự án", "42 học sinh = 42 học sinh"]),
        ("dạy nghề dưới 3 tháng 34.626 người", ["34.626 người = 34626 người"]),
        ("bình dung tích 05L và 10 L", ["05L = 5 l", "10 L = 10 l"]),
        (
            "có 12 người trên 2 tàu, thêm trên 2 tàu",
            ["12 người = 12 người", "2 tàu = 2 tàu", "2 tàu = MORE_THAN 2 tàu"],
        ),
        ("doanh nghiệp vừa và nhỏ hơn 48 hộ", ["48 hộ = MORE_THAN 48 hộ"]),
        ("phòng COVID-19 trên 90%, nợ dưới mức 5%", ["90% = MORE_THAN 90 %", "5% = LESS_THAN 5 %"]),
        ("nông thôn 73,1%, Thái Bình 12 xã", ["73,1% = 73.1 %", "12 xã = 12 xã"]),
        (
            "Nhận 14 hồ sơ, trong đó 12 hồ sơ đạt, 2 chưa đạt.",
            ["14 hồ sơ = 14 hồ sơ", "12 hồ sơ = 12 hồ sơ", "2 = 2 hồ sơ"],
        ),
    ],
)
def test_how_other_writers_put_numbers_together(text: str, expected: list[str]) -> None:
    assert [written(fact) for fact in counted(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ban Chỉ đạo 389 tỉnh họp.",
        "Thôn 1, 2, 3 xã Hòa Bình bị ngập.",
        "các quận 1, 3 và 5 TP.HCM",
        "tại lớp 6, 7 và 8 trường THCS An Hòa",
        "theo Điều 5, 6 Luật Đầu tư",
        "khoản 1, 2 Điều 7",
        "Đảng ủy Quân khu 2 chiến sĩ quên mình",
        "1.2 Dự án đầu tư công",
        "Sáng 15.12 UBND tỉnh họp, chiều 16.12 Sở Công Thương báo cáo.",
        "Khai mạc Lễ hội Cửa Lò 2022 ảnh 1Phó Chủ tịch huyện đọc diễn văn.",
        "văn bản ĐLVN 10 : 2017 Quy trình kiểm định",
        "Đoàn kiểm tra liên ngành 127 tổ chức kiểm tra; địa chỉ số 03 đường Lê Lợi",
        "Bản đồ tỷ lệ 1/2.000 xã Mai Hịch, xã Phú Hòa 1, phường Phú Yên",
        "Mở đầu\n2.3 Người dân hưởng ứng",
        "Năm bảy hộ",
        "dăm ba hộ, vài bốn xã",
        "Chiếm 2/3 số hộ dân.",
        "Hai mẹ con chị Hoa về quê.",
        "Hàng chục hộ, nhiều xã",
    ],
)
def test_numbers_that_only_name(text: str) -> None:
    assert [written(fact) for fact in counted(text)] == []


NUMBERS = """
    5 05 12 1.234 1,234 12,5 1.250.000 0,5 2/3 17/24 5-7 1.2 5. ٣ ½ hai ba năm mươi trăm nghìn triệu tỷ rưỡi
""".split()  # noqa: SIM905  # fmt: skip
WORDS = """
    đồng Đồng đ VNĐ USD $ US$ đôla franc tr k hộ xã % kg người đ/c và đến từ lên còn trên có gồm > ≤ , . ; ( ) -
""".split()  # noqa: SIM905  # fmt: skip
OTHERS = ["đô-la Mỹ", "lượt khách", "nhiệm vụ", "trong tổng số", "lần lượt", "trở lên", "  ", "\n", "&nbsp;"]


@given(
    st.lists(
        st.tuples(st.sampled_from(NUMBERS) | st.sampled_from(WORDS + OTHERS), st.sampled_from(["", " "])),
        max_size=14,
    )
)
@settings(max_examples=400, deadline=None)
def test_no_heap_of_numbers_and_words_stops_an_article(heap: list[tuple[str, str]]) -> None:
    """Every fact found there stands where it says, and its range does not fall."""
    text = "".join(part + blank for part, blank in heap)
    for fact in extract(text):
        assert text[fact.start_char : fact.end_char] == fact.text
        if isinstance(fact.value, CountValue) and fact.value.value_max is not None:
            assert fact.value.value <= fact.value.value_max


def test_every_unit_has_a_class_and_every_measure_its_code() -> None:
    """The store's table of units rests on it."""
    assert set(units().canonical.values()) <= units().classes.keys()
    assert {unit for unit, name in units().classes.items() if name == "measures"} >= units().ucum.keys() - {"công"}
