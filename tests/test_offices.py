"""What an office says of its body: each example of ``rules/offices.toml``, and names that must not be mistaken."""

from __future__ import annotations

import pytest

from khcn_extract.offices import name_key, office, offices_file


@pytest.mark.parametrize(
    "example", offices_file().example, ids=lambda e: " / ".join([*e["office"], e.get("in", "")]).rstrip(" /")
)
def test_examples_of_the_table(example: dict) -> None:
    """``province`` left out: a body of the whole country."""
    found = office(*example["office"], province=example.get("in"), on=example.get("on"))

    assert (found.body, found.province, found.known) == (
        example["body"],
        example.get("province"),
        example["known"],
    )
    assert found.is_central == ("province" not in example)


@pytest.mark.parametrize(
    ("title", "plain", "rank"),
    [
        ("Giám đốc", "giám đốc", "head"),
        ("Quyền Giám đốc", "giám đốc", "head"),
        ("Chi cục trưởng", "chi cục trưởng", "head"),
        ("Trưởng Ban", "trưởng ban", "head"),
        ("Phó Trưởng Ban", "phó trưởng ban", "deputy"),
        ("Phó Giám đốc phụ trách", "phó giám đốc phụ trách", "deputy"),
        ("Chi cục phó", "chi cục phó", "deputy"),
        ("Thứ trưởng", "thứ trưởng", "deputy"),
        ("Ủy viên", "ủy viên", "member"),
        ("Tỉnh ủy viên", "tỉnh ủy viên", "member"),
        ("Thư ký", "thư ký", "member"),
    ],
)
def test_titles(title: str, plain: str, rank: str) -> None:
    """One holder at a time has a head; who acts for the head is one."""
    found = office(title, "Sở Y tế", province="Lào Cai")

    assert (found.title, found.rank) == (plain, rank)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Hoà Văn Thuỷ", "Hòa Văn Thủy", True),
        ("LÊ VĂN BÊ", "Lê Văn Bê", True),
        ("Y’ Bhăm", "Y' Bhăm", True),
        ("Lê Bê", "Lê Văn Bê", False),
        ("Lê Văn Bê", "Lê Văn Bế", False),
    ],
)
def test_names(one: str, other: str, same: bool) -> None:
    """Written otherwise is the same name; a missing middle name is another one."""
    assert (name_key(one) == name_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ban Kinh tế - Ngân sách HĐND tỉnh", "Ban Kinh tế và Ngân sách Hội đồng nhân dân tỉnh"),
        ("Sở NN&PTNT", "Sở Nông nghiệp và PTNT"),
        ("Uỷ ban nhân dân tỉnh", "UBND tỉnh"),
        ("Sở KH&CN", "Sở Khoa học và Công nghệ tỉnh"),
        ("Tỉnh đoàn", "Tỉnh Đoàn"),
    ],
)
def test_the_same_body_written_in_two_ways(one: str, other: str) -> None:
    assert office("Chủ tịch", one, province="Lào Cai") == office("Chủ tịch", other, province="Lào Cai")


@pytest.mark.parametrize(
    ("organization", "body"),
    [
        ("Đoàn TNCS Hồ Chí Minh", "đoàn thanh niên cộng sản hồ chí minh"),
        ("Trường THPT Thái Bình", "trường trung học phổ thông thái bình"),
        ("Đảng ủy xã Hòa Bình", "đảng ủy xã hòa bình"),
    ],
)
def test_a_province_that_is_none(organization: str, body: str) -> None:
    """A name at the end that spells a province and means something else: the article's province holds."""
    found = office("Bí thư", organization, province="Lào Cai")

    assert (found.body, found.province) == (body, "Lào Cai")
