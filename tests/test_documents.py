"""Documents beyond their own characters: the key that is the same in all articles, contradictions, who and when."""

from __future__ import annotations

from datetime import date

import pytest

from khcn_extract import extract
from khcn_extract.documents_symbols import canonical_code
from khcn_extract.facts import DocumentValue


def cited(text: str, province: str | None = None) -> list[DocumentValue]:
    facts = extract(text, published_at=date(2021, 12, 31), province=province)
    return [fact.value for fact in facts if isinstance(fact.value, DocumentValue)]


def keys(text: str, province: str | None = None) -> list[str | None]:
    return [value.key for value in cited(text, province)]


@pytest.mark.parametrize(
    ("text", "province", "key"),
    [
        ("Nghị định số 54/2016/NĐ-CP", None, "vn/nd-cp/2016/54"),
        ("Thông tư 06/2023/TT-BKHCN", None, "vn/tt-bkhcn/2023/6"),
        ("Thông tư liên tịch số 21/2014/TTLT-BTC-BKHCN", None, "vn/ttlt-btc-bkhcn/2014/21"),
        ("Luật số 64/2025/QH15", None, "vn/qh15/2025/64"),
        ("Quyết định số 844/QĐ-TTg ngày 18/5/2016", None, "vn/qd-ttg/2016/844"),
        ("Quyết định số 844/QĐ-TTg", None, "vn/qd-ttg/-/844"),
        ("Nghị quyết số 93/2021/NQ-HĐND", "Đắk Lắk", "vn/dak-lak/nq-hdnd/2021/93"),
        ("Nghị quyết số 93/2021/NQ-HĐND", "Đắk Nông", "vn/dak-nong/nq-hdnd/2021/93"),
        ("Nghị quyết số 93/2021/NQ-HĐND", None, None),
        ("Công văn số 689/SKHCN-QLKH ngày 3/4/2019", "Bình Phước", "vn/binh-phuoc/skhcn-qlkh/2019/689"),
        ("Nghị quyết số 19-NQ/TW", None, "vn-party/nq-tw/-/19"),
        ("Nghị quyết 19 – NQ/TƯ ngày 25/10/2017", None, "vn-party/nq-tw/xii/19"),
        ("Nghị quyết số 19-NQ/TW ngày 31/10/2012", None, "vn-party/nq-tw/xi/19"),
        ("Quyết định số 7-QĐ/TW ngày 1/3/2021", None, "vn-party/qd-tw/xiii/7"),
        ("Quy định số 7-QĐ/TW ngày 1/3/2021", None, "vn-party/qyd-tw/xiii/7"),
        ("Chỉ thị số 24-CT/TU ngày 5/3/2018", "Cao Bằng", "vn-party/cao-bang/ct-tu/2015-2020/24"),
        ("Chỉ thị số 24-CT/TU ngày 5/9/2020", "Cao Bằng", "vn-party/cao-bang/ct-tu/-/24"),
        ("TCVN 7420-1:2004", None, "standard/tcvn/2004/7420-1"),
        ("TCVN ISO 9001:2015", None, "standard/tcvn-iso/2015/9001"),
        ("Nghị định 98", None, None),
    ],
)
def test_key_of_one_document(text: str, province: str | None, key: str | None) -> None:
    """State or Party, type, number, year or term, issuer and for local bodies the province; none is guessed."""
    assert keys(f"Hội nghị quán triệt {text} đến các đơn vị.", province) == [key]


@pytest.mark.parametrize(
    "spelling", ["19-NQ/TW", "19 – NQ/TƯ", "19 -NQ/TW", "19 NQ/TW", "19- NQ / TW", "19—NQ/TƯ", "19-nq/tw".upper()]
)
def test_spellings_of_one_symbol_have_one_key(spelling: str) -> None:
    """Dashes, blanks and the two codes of the Central Committee do not tell documents apart."""
    assert keys(f"Nghị quyết số {spelling} đã được học tập.") == ["vn-party/nq-tw/-/19"]


def test_year_that_one_mention_says_holds_for_all() -> None:
    """The key of a later mention is that of the first; its own fields stay as the mention states them."""
    first, later = cited("Quyết định số 844/QĐ-TTg ngày 18/5/2016 đã rõ. Theo Quyết định 844/QĐ-TTg, xã có quỹ.")

    assert first.key == later.key == "vn/qd-ttg/2016/844"
    assert (first.year, later.year) == (2016, None)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Nghị định 54/2016/NĐ-CP ngày 14/6/2016 của Chính phủ", ()),
        ("Nghị định 54/2016/NĐ-CP ngày 14/6/2020", ("symbol_year_differs_from_issued_on",)),
        ("Thông tư 54/2016/NĐ-CP", ("type_differs_from_symbol",)),
        ("Đề án 844/QĐ-TTg", ()),
        ("Thông báo kết luận số 301/TB-VPUBND", ()),
        ("Nghị định 54/2016/NĐ-CP của UBND tỉnh", ("issuer_differs_from_symbol",)),
        ("Công văn số 689/SKHCN-QLKH của Sở Khoa học và Công nghệ", ()),
        ("Quyết định số 12/QĐ-UBND ngày 5/1/2022", ("issued_after_publication",)),
    ],
)
def test_contradictions_are_flagged(text: str, flags: tuple[str, ...]) -> None:
    """Recorded as written, with what can't be true of it."""
    (fact,) = (
        f for f in extract(f"Căn cứ {text}, huyện làm theo.", published_at=date(2021, 12, 31)) if f.kind == "document"
    )

    assert fact.flags == flags


@pytest.mark.parametrize(
    ("text", "issuer", "issued_on"),
    [
        ("Nghị quyết số 37/2018/NQ-HĐND ngày 06/7/2018 của HĐND tỉnh.", "HĐND tỉnh", date(2018, 7, 6)),
        ("Ngày 18/5/2016, Thủ tướng Chính phủ ký Quyết định 844/QĐ-TTg.", "Thủ tướng Chính phủ", date(2016, 5, 18)),
        ("Sở tham mưu cho UBND tỉnh ban hành Kế hoạch số 45/KH-UBND.", "UBND tỉnh", None),
        ("Giám đốc Sở ký Quyết định số 322/QĐ-SKHCN ngày 21/10/2019.", "Giám đốc Sở", date(2019, 10, 21)),
        ("Kết luận số 76-KL/TW của Bộ Chính trị (ngày 04/6/2020).", "Bộ Chính trị", date(2020, 6, 4)),
        ("Luật số 64/2025/QH15 được Quốc hội thông qua ngày 19/02/2025.", "Quốc hội", date(2025, 2, 19)),
        ("Quyết định 71/2007/QĐ-UBND có hiệu lực từ ngày 15/9/2007.", None, None),
        ("Tại cuộc họp ngày 3/3/2020, Quyết định 71/QĐ-UBND được nhắc lại.", None, None),
    ],
)  # fmt: skip
def test_who_issued_it_and_when(text: str, issuer: str | None, issued_on: date | None) -> None:
    """The day of issue is the document's own, never that of its effect or of the meeting that speaks of it."""
    (value,) = cited(text)

    assert (value.issuer, value.issued_on) == (issuer, issued_on)


def test_a_day_is_shared_by_a_list_of_one_issuer() -> None:
    """``… 20-NQ/TW và … 21-NQ/TW ngày 22/11/2012``; a decree of another year or body does not share it."""
    both = cited("học tập Nghị quyết số 20-NQ/TW và Nghị quyết số 21-NQ/TW ngày 22/11/2012.")
    apart = cited("theo Nghị định số 83/2014/NĐ-CP và Nghị định số 95/2021/NĐ-CP ngày 01/11/2021.")

    assert [value.issued_on for value in both] == [date(2012, 11, 22)] * 2
    assert [value.issued_on for value in apart] == [None, date(2021, 11, 1)]


def test_a_bare_number_that_two_symbols_fit_is_told_by_its_issuer() -> None:
    """``Nghị quyết 01 của Chính phủ`` beside ``01/NQ-CP`` and ``01-NQ/TU``; without an issuer it stays bare."""
    text = (
        "Nghị quyết số 01/NQ-CP và Nghị quyết số 01-NQ/TU đều rõ. Nghị quyết 01 của Chính phủ dài. Nghị quyết 01 ngắn."
    )

    assert [value.symbol for value in cited(text)] == ["01/NQ-CP", "01-NQ/TU", "01/NQ-CP", "01"]


@pytest.mark.parametrize("between", ["\nTỈNH SƠN LA\n", "   ", "\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"])
def test_the_day_at_the_head_of_a_document_is_its_own(between: str) -> None:
    head = f"ỦY BAN NHÂN DÂN\nSố: 186/KH-UBND{between}Sơn La, ngày 29 tháng 8 năm 2021\n\nKẾ HOẠCH\nNgày 3/9/2021 làm"
    assert [value.issued_on for value in cited(head)] == [date(2021, 8, 29)]


def test_a_list_of_two_years() -> None:
    """The number that the article gives in full elsewhere is that one."""
    text = "Các NĐ 74, 15 và 132/2008/NĐ-CP hết hiệu lực. Nghị định số 74/2018/NĐ-CP còn 2 điều."
    assert [value.symbol for value in cited(text)][:3] == ["74/2018/NĐ-CP", "15/2008/NĐ-CP", "132/2008/NĐ-CP"]


def test_a_document_cited_as_known_has_not_the_day_of_the_next() -> None:
    known, _ = cited("theo QĐ 19 và Kế hoạch số 15/KH-UBND ngày 18/2/2019")
    assert known.issued_on is None


def test_a_standard_cited_again_has_its_year() -> None:
    _, again = cited("Kiểm tra theo TCVN 6561:1999. Lỗi nặng theo TCVN 6561 phải sửa ngay.")
    assert (again.symbol, again.year) == ("TCVN 6561:1999", 1999)


def test_a_list_may_say_its_code_once() -> None:
    """Behind its last number."""
    text = "Các Quyết định số 2251, 2252 và 2253/QĐ-UBND đã ký."

    assert [value.symbol for value in cited(text)] == ["2251/QĐ-UBND", "2252/QĐ-UBND", "2253/QĐ-UBND"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("QĐ-TTG", "QĐ-TTg"),
        ("nq - hđnd", "NQ-HĐND"),
        ("NĐCP", "NĐ-CP"),
        ("KHUBND", "KH-UBND"),
        ("NQ/TƯ", "NQ/TW"),
        ("QĐ UBND", "QĐ-UBND"),
        ("SKHCN-QLKH", "SKHCN-QLKH"),
    ],
)
def test_codes_have_one_spelling(written: str, code: str) -> None:
    """Official letter case, no blanks, a lost hyphen restored where both halves are known."""
    assert canonical_code(written) == code


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Nghị quyết số 12/NQ-HĐND ban hành ngày 5/6/2020, Quyết định số 71/QĐ-UBND", ["2020-06-05", "None"]),
        ("Hướng dẫn được Sở ban hành ngày 17/9/2021 theo Nghị định số 136/2019/NĐ-CP", ["None"]),
        ("Luật được thông qua ngày 5/6/2020 tại Nghị quyết số 64/2025/QH15", ["None"]),
        ("Quyết định số 71/QĐ-UBND do Sở soạn theo luật đã được thông qua ngày 5/6/2020", ["None"]),
        ("Theo Quyết định số 71/QĐ-UBND về giá đất, Sở đã làm một bản mới, ban hành ngày 9/3/2020", ["None"]),
        ("Ngày 5/6/2020, ban tổ chức cuộc thi năm 2019 - 2020 ban hành Quyết định số 11/QĐ-BTC", ["2020-06-05"]),
    ],
)
def test_whose_day_of_issue_it_is(text: str, days: list[str]) -> None:
    """The document's of which the verb speaks, not any that stands near."""
    found = [fact.value for fact in extract(text) if isinstance(fact.value, DocumentValue)]
    assert [str(value.issued_on) for value in found] == days


def test_old_symbols_have_a_key_by_their_type() -> None:
    """A decree, a decision and a resolution may have the same one."""
    text = "Nghị định số 64-CP ngày 27/9/1993, Quyết định số 64-CP ngày 1/2/1993"
    keys = [fact.value.key for fact in extract(text) if isinstance(fact.value, DocumentValue)]
    assert keys == ["vn/nghi-dinh-cp/1993/64", "vn/quyet-dinh-cp/1993/64"]
