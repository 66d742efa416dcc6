"""The year of a date that says none, and lists and ranges of days: what governs, what only stands near."""

from __future__ import annotations

from datetime import date

import pytest

from khcn_extract import extract
from khcn_extract.facts import DateValue

PUBLISHED = date(2024, 6, 15)


def dated(text: str, published_at: date | None = PUBLISHED) -> list[str]:
    """EDTF values of the text's dates, in its order."""
    facts = extract(text, published_at=published_at)
    return [fact.value.value for fact in facts if isinstance(fact.value, DateValue)]


def spans(text: str) -> list[str]:
    return [fact.text for fact in extract(text, published_at=PUBLISHED) if fact.kind == "date"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        # A year at the head of the sentence governs it, however long ago.
        ("Năm 1972, quân ta vượt sông ngày 10/6 và giữ cầu.", ["1972", "1972-06-10"]),
        ("Trong tháng 3/2019, từ hôm 12/3 lũ đã về.", ["2019-03", "2019-03-12"]),
        # One in a list or range with the date does too.
        ("Các đợt ngày 10/6, 12/6 và 15/6/2021 đều đạt.", ["2021-06-10", "2021-06-12", "2021-06-15"]),
        ("Thi ngày 5/6/2019 và ngày 7/6 ở xã.", ["2019-06-05", "2019-06-07"]),
        # One inside a clause about something else does not make news old.
        ("Sáng 10/6, huyện thông xe cây cầu xây từ tháng 3/2021.", ["2024-06-10", "2021-03"]),
        ("Ngày 10/6, cảnh sát bắt nghi phạm trộm xe ngày 5/3/2019.", ["2024-06-10", "2019-03-05"]),
        ("Lập năm 2005, hôm 10/6 trường nhận cờ.", ["2005", "2024-06-10"]),
        ("Trong tháng 5, các dự án khởi công năm 2021 đã xong.", ["2024-05", "2021"]),
        ("Ngày 2/3, tòa xử vụ gây rối năm 2020.", ["2024-03-02", "2020"]),
        ("Trong quý I, tỉnh giải ngân vốn có từ năm 2021.", ["2024-33", "2021"]),
        ("6 tháng đầu năm, dự án chuyển tiếp từ năm 2021 đạt khá.", ["2024-01/2024-06", "2021"]),
        ("Cầu khởi công tháng 3/2021, đến ngày 10/6 đã hợp long.", ["2021-03", "2024-06-10"]),
        ("Khởi công tháng 3/2021, ngày 10/6 cầu thông xe.", ["2021-03", "2024-06-10"]),
        ("Theo luật ngày 23/6/2023, sáng 10/6 sở họp.", ["2023-06-23", "2024-06-10"]),
        # A day far from the publication takes the sentence's year.
        ("Lập năm 2005, ngày 10/12 trường khai giảng.", ["2005", "2005-12-10"]),
    ],
)
def test_year_of_the_sentence(text: str, values: list[str]) -> None:
    """The period that the sentence is in, not any year in it."""
    assert dated(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Tháng 3/2019, Mão vay tiền rồi trốn. Ngày 10/6, Mão ra đầu thú.", ["2019-03", "2024-06-10"]),
        ("Ngày 8/6/1947, địch nhảy dù. Ngày 10/6, ta phản công.", ["1947-06-08", "1947-06-10"]),
        ("Tháng 3/2019, Mão vay tiền. Ngày 10/12, Mão bỏ trốn.", ["2019-03", "2019-12-10"]),
    ],
)
def test_year_of_a_tale(text: str, values: list[str]) -> None:
    """The sentence before hands its year on; a day that looks like news only if the tale has just come to it."""
    assert dated(text) == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ngày 20/12 tới, lễ hội mở màn.", "2024-12-20"),
        ("Lễ hội mở màn ngày 20/12 sắp tới.", "2024-12-20"),
        ("Tháng 3 tới, chợ đổi chỗ.", "2025-03"),
        ("Ngày 20/12 vừa qua, lễ hội đã mở.", "2023-12-20"),
        ("Thành lập từ lâu, ngày 10/6 vừa qua trường nhận cờ.", "2024-06-10"),
        ("Trước ngày 31/12, các xã phải nộp.", "2024-12-31"),
        ("Hạn cuối là ngày 30/11.", "2024-11-30"),
        ("Dự kiến khánh thành ngày 22/12.", "2024-12-22"),
        ("Ngày 22/12, trạm y tế sẽ mở cửa.", "2024-12-22"),
        ("Đến 31/12, toàn huyện phấn đấu giải ngân hết vốn.", "2024-12-31"),
        ("Ngày 20/12, lễ hội đã mở.", "2023-12-20"),
        ("Nghị định 116/2020 ngày 25/9 nêu rõ.", "2020-09-25"),
        ("Nghị quyết số 12/NQ-HĐND ngày 15/7 của HĐND tỉnh", "2023-07-15"),
        ("Nghị quyết số 31/2021/NQ-HĐND ngày 15/7 của HĐND tỉnh", "2021-07-15"),
        ("Nghị quyết 31/2021/NQ-HĐND của HĐND tỉnh ngày 15/7", "2021-07-15"),
        ("Vụ cháy ngày 5/3 năm ngoái.", "2023-03-05"),
        ("Vụ cháy hôm 5/3 năm 2019.", "2019-03-05"),
        ("Phiên họp thứ 7 ngày 15/6.", "2024-06-15"),
    ],
)
def test_words_round_a_date(text: str, value: str) -> None:
    """They look back or ahead from the day of publication; a document was signed before it is cited."""
    assert dated(text) == [value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Năm 2019 hạn nặng. Ngày 6/10, xã họp.", ["2019", "2019-10-06"]),
        # What is of another time lends nothing.
        ("Ông Mão sinh ngày 28/8/1974. Ngày 6/10, xã bầu ông.", ["1974-08-28"]),
        ("Theo Luật Đất đai năm 2013, xã họp hôm 6/10.", ["2013"]),
        ("Theo giá so sánh năm 2010, quý I tăng 5%.", ["2010"]),
        (
            "Ngày 6/8, huyện sơ kết. Thu tăng so với cuối năm 2017, đạt kế hoạch năm 2018.",
            ["2018-08-06", "2017", "2018"],
        ),
        # … but not what only sounds like it.
        ("Học sinh năm 2019 giảm. Ngày 6/10, xã họp.", ["2019", "2019-10-06"]),
        ("Tuyên truyền pháp luật năm 2022. Ngày 6/10, xã họp.", ["2022", "2022-10-06"]),
        ("Sau lễ kỷ niệm, tỉnh lập kế hoạch giai đoạn 2021-2025. Ngày 5/6, xã họp.", ["2021/2025"]),
        # An anniversary does, and so does the beginning of this year.
        ("Kỷ niệm ngày lập hội (3/2/1950 - 3/2/2020), sáng 1/2 xã họp.", ["1950-02-03/2020-02-03", "2020-02-01"]),
        ("Ngày 7/2, xã kỷ niệm 15 năm lập làng (1997-2012).", ["2012-02-07", "1997/2012"]),
        ("Ngày 15/7, trạm báo: đầu năm 2021 đến nay có 12 ca.", ["2021-07-15", "2021"]),
        # A bracket explains the year before it.
        ("Năm 2022 thi ngày 7/6, sớm hơn năm 2021 (26/6).", ["2022", "2022-06-07", "2021", "2021-06-26"]),
        ("Dự thu năm 2022. 9 tháng đầu năm nay thu khá.", ["2022", "2022-01/2022-09"]),
    ],
)
def test_year_where_the_day_of_publication_is_not_known(text: str, values: list[str]) -> None:
    """Only what the article says of its own time; else there is no date."""
    assert dated(text, None) == values


def test_what_is_expected_is_not_over() -> None:
    """The sentence's year, though the day of the publication's year is nearer."""
    assert dated("Kỳ thi năm 2025 dự kiến diễn ra ngày 11/6.", date(2024, 8, 12)) == ["2025", "2025-06-11"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Tháng 12/2023, giá tăng 5% so với cùng kỳ năm trước.", ["2023-12", "2022"]),
        ("Quý I/2022 thu nhiều hơn cùng kỳ năm trước.", ["2022-33", "2021"]),
        ("Tháng 5, giá tăng so với tháng 5/2023 và cùng kỳ năm trước.", ["2024-05", "2023-05", "2023"]),
        ("Thu ngân sách khá hơn cùng kỳ năm trước.", ["2023"]),
        ("Tháng 4, giá tăng so với tháng trước.", ["2024-04", "2024-03"]),
        ("Quý I, thu giảm so với quý trước.", ["2024-33", "2023-36"]),
    ],
)
def test_year_that_is_compared_with(text: str, values: list[str]) -> None:
    """Counted from the period that is compared, where the sentence names it."""
    assert dated(text) == values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("các ngày 12/6, 13/6 và 14/6 tại xã", ["ngày 12/6", "13/6", "14/6"]),
        ("nghỉ lễ 30/4 và 1/5", ["30/4", "1/5"]),
        ("nghỉ lễ 30/4-1/5", ["30/4-1/5"]),
        ("ngày 5-6/6 và 12/6 tại xã", ["ngày 5-6/6", "12/6"]),
        ("ngày 12-13 và 15/6 tại xã", ["ngày 12-13", "15/6"]),
        ("ngày 12,13,14/6/2024 tại xã", ["ngày 12", "13", "14/6/2024"]),
        ("đêm 12, rạng sáng 13/6", ["12", "13/6"]),
        ("các tháng 3, 4 và 5 tại xã", ["tháng 3", "4", "5"]),
        ("quý I và II năm 2020", ["quý I", "II năm 2020"]),
        ("quý I, II và III/2020", ["quý I", "II", "III/2020"]),
        ("từ 7 giờ ngày 12/6 đến 17 giờ ngày 14/6", ["ngày 12/6 đến 17 giờ ngày 14/6"]),
        ("Từ 28 tháng 5 đến 5 tháng 6 năm 2024", ["28 tháng 5 đến 5 tháng 6 năm 2024"]),
        ("Đến ngày 12/6, 3/5 xã đã nộp", ["ngày 12/6"]),
        ("trong hai ngày (12 và 13/6)", ["12", "13/6"]),
        ("từ 17/6 đến sáng 28/6", ["17/6 đến sáng 28/6"]),
        ("từ ngày 15/12/2023 đến 14/6", ["ngày 15/12/2023 đến 14/6"]),
        ("trong 2 năm (2024 và 2025)", ["2024", "2025"]),
        ("từ giữa tháng 5 đến cuối tháng 6", ["tháng 5 đến cuối tháng 6"]),
    ],
)
def test_lists_and_ranges(text: str, found: list[str]) -> None:
    """A member of a list is a fact each, a range is one."""
    assert spans(f"Huyện làm {text}.") == found


@pytest.mark.parametrize(
    "text",
    [
        "Giỗ Tổ ngày 10/3 âm lịch.",
        "Hội làng vào tháng 8 âm lịch.",
        "Lễ vía ngày 15/8 (âm lịch) đông khách.",
        "Mở hội mùng 10 tháng Giêng.",
        "Xuống giống từ ngày 20 đến ngày 30 tháng 11 âm lịch.",
        "Hội mở các ngày 10, 11 và 12/3 âm lịch.",
        "Cúng rằm tháng Bảy.",
        "Mùng 5 Tết, chợ mở lại.",
        "Ngày 23 tháng Chạp tiễn ông Táo.",
        "Mưa nhiều vào tháng 11, 12 hằng năm.",
        "Mùa khô từ tháng 11 năm trước đến tháng 4 năm sau.",
        "Ông mất ngày 10 tháng 3 năm Giáp Thìn.",
        "Nhà ở đường 3/2, gần chợ 30/4.",
        "Kẹt xe trên đường Ba Tháng Hai.",
        "Học sinh trường THPT 19-5 đạt giải.",
        "Xem https://vidu.vn/tin/12-06-2024?d=12/06/2024",
    ],
)
def test_what_stands_on_no_calendar_of_ours(text: str) -> None:
    """The moon's days, names made of days, addresses of pages."""
    assert dated(text) == []
