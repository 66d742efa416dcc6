"""What the words right round a date say of the year that it leaves out.

``vừa qua`` behind it looks back and ``tới`` ahead from the day of publication, a deadline looks ahead, the year of a
document's symbol is the year in which the document was signed. All take the lower-case text and offsets of the date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

if TYPE_CHECKING:
    from collections.abc import Mapping

# "Tới" is a preposition as well ("ngày 12/6 tới thăm"): it looks ahead where the clause ends or goes on behind it.
_AHEAD_BEHIND = re.compile(
    r"\s(?:(?:sắp\s)?tới\sđây|sắp\stới|tới(?=\s?[,.;:)\"”!?\n]|\s?$|\s(?:sẽ|tại|ở|nhân|với|do|và|để|các|có|là|theo)\s))"
    r"(?!\p{L})"
)
_BACK_BEHIND = re.compile(r"\s(?:(?:vừa|mới)\s(?:qua|rồi)|vừa\smới\squa|mới\sđây|qua(?=\s?[,.;)\n]|\s?$))(?!\p{L})")
_DEADLINE_BEFORE = re.compile(
    r"\b(?:trước|chậm nhất|muộn nhất|hạn chót|hạn cuối|thời hạn)(?:\s(?:vào|là|trong|đến|hết|cuối)){0,3}\s$"
)
_PLANNED_BEFORE = re.compile(r"\b(?:sẽ|dự kiến|sắp|chuẩn bị|phấn đấu|yêu cầu)\s[^.,;\n]{0,60}$")
_EXPECTED_BEFORE = re.compile(r"\b(?:sẽ|dự kiến|sắp)\s[^.,;\n]{0,60}$")
_PLANNED_BEHIND = re.compile(r"[^.;\n]{0,60}?\s(?:sẽ|phấn đấu|phải)\s")
_HAPPENED_BEHIND = re.compile(r"[^.;\n]{0,60}?\s(?:đã|vừa|từng)\s")
# Between a symbol and the day of issue: "của HĐND tỉnh ", " (", " ban hành ".
_TO_DAY = r"(?:\scủa\s[\p{L}\s]{2,60}?)?(?:\s?[,(]\s?|\s)(?:(?:ký|ban hành)\s)?$"
_SYMBOL_WITH_YEAR = re.compile(rf"/(?P<year>(?:19|20)\d\d)(?:/\p{{L}}[\p{{L}}\d-]{{1,30}})?{_TO_DAY}")
_SYMBOL = re.compile(
    rf"(?:\d\s?[/-]\s?\p{{L}}[\p{{L}}\d&]*(?:\s?[/-]\s?\p{{L}}[\p{{L}}\d&]*){{0,4}}"
    rf"|\b(?:số|nghị\sđịnh|quyết\sđịnh|nghị\squyết|thông\stư)\s\d+(?:/\d{{4}})?){_TO_DAY}"
)
_SIGNS = ("/", "-", "số ", "nghị", "quyết", "thông")
_LOOK_BACK = 110
# "(âm lịch)" may stand behind the last day of a list.
_LUNAR = re.compile(
    r"""[\s,;&/.\d-]{0,12}(?:(?:và|hoặc|đến|tới|ngày|tháng)[\s,;&/.\d-]{1,12}){0,6}
    [(]?(?:(?:tính\s)?theo\s)?(?:âm\slịch|lịch\sâm|âl)(?!\p{L})
    |,?\snăm\s(?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý)\s(?:tý|tí|sửu|dần|mão|mẹo|thìn|tỵ|tị|ngọ|mùi|thân|dậu|tuất|hợi)
    (?!\p{L}|\s?[-(,]?\s?(?:năm\s)?\d{4})""",
    re.VERBOSE,
)
_LONGEST_LUNAR = 150
"""Characters that `_LUNAR` takes at most."""
_LIFE = re.compile(
    r"(?:(?<!\b(?:học|tuyển|vệ|phát|nảy|sản|thí|tái|giám|khai|dân|môi|ký|thư)\s)\bsinh"
    r"|(?<!\b(?:bị|làm|tổn)\s)\bmất|\bqua đời|\btừ trần)(?:\s(?:vào|ngày|năm)){0,2}\s$"
)
_ANNIVERSARY = re.compile(r"\bkỷ niệm\s[^.;\n]{0,80}\(\s?$")
_LAW = re.compile(
    r"(?:(?<!\b(?:pháp|kỷ)\s)\bluật(?!\ssư)|\bhiến pháp|\bpháp lệnh)\s"
    r"(?:(?!(?:và|đã|được|có|từ|trong|tại|vào)\s)[\p{L}-]+\s){0,9}$"
)
_EACH_YEAR = re.compile(
    r"(?:(?:,|\s(?:và|đến|tới))\s(?:ngày\s|tháng\s)?[\d/.-]{1,5}){0,6},?\s(?:hằng|hàng|mỗi)\snăm(?!\p{L})"
)


def points(lower: str, end: int) -> int:
    """Where the words behind a date point to from the day of publication: -1 back, 1 ahead, 0 nowhere.

    >>> [points(f"ngày 10/6 {words}", 9) for words in ("vừa qua, xã", "tới, xã", "tới thăm xã")]
    [-1, 1, 0]
    """
    if _AHEAD_BEHIND.match(lower, end):
        return 1
    return -1 if _BACK_BEHIND.match(lower, end) else 0


def is_planned(lower: str, start: int, end: int) -> bool:
    """Whether a date is a deadline or what is said of it is yet to come.

    >>> is_planned("trước ngày 31/12 phải xong", 6, 16), is_planned("ngày 31/12 đã xong", 0, 10)
    (True, False)
    """
    return any(
        cue.search(lower, max(0, start - _LOOK_BACK), start) for cue in (_DEADLINE_BEFORE, _PLANNED_BEFORE)
    ) or bool(_PLANNED_BEHIND.match(lower, end))


def is_expected(lower: str, start: int) -> bool:
    """Whether the clause says before a date that it is yet to come.

    >>> is_expected("kỳ thi dự kiến diễn ra ngày 11/6", 23), is_expected("kỳ thi diễn ra ngày 11/6", 15)
    (True, False)
    """
    return _EXPECTED_BEFORE.search(lower, max(0, start - _LOOK_BACK), start) is not None


def has_happened(lower: str, start: int, end: int) -> bool:
    """Whether what is said of a date lies behind it.

    >>> has_happened("từ tháng 1, xã đã họp", 3, 10), has_happened("từ tháng 1, xã sẽ họp", 3, 10)
    (True, False)
    >>> has_happened("rẻ hơn hồi tháng 3", 11, 18)
    True
    """
    if lower.endswith("hồi ", 0, start):
        return True
    return _HAPPENED_BEHIND.match(lower, end) is not None and _PLANNED_BEHIND.match(lower, end) is None


def is_of_a_document(lower: str, start: int) -> bool:
    """Whether a date stands right behind a document's symbol: it is the day of issue.

    >>> is_of_a_document("nghị quyết 5-nq/tu ngày 3/5", 19), is_of_a_document("xã họp ngày 3/5", 7)
    (True, False)
    """
    before = max(0, start - _LOOK_BACK)
    # Most dates have nothing like a symbol before them, and that is seen at once.
    has_symbol = any(lower.find(sign, before, start) >= 0 for sign in _SIGNS)
    return has_symbol and _SYMBOL.search(lower, before, start) is not None


def year_of_the_document(lower: str, start: int) -> int | None:
    """The year in the symbol of the document whose day of issue begins at ``start``.

    >>> year_of_the_document("nghị quyết 31/2021/nq-hđnd ngày 15/7", 27)
    2021
    """
    found = _SYMBOL_WITH_YEAR.search(lower, max(0, start - _LOOK_BACK), start)
    return None if found is None else int(found["year"])


def is_of_another_time(lower: str, start: int) -> bool:
    """Whether the date is a birth's or in the name of a law: it says nothing of when the article's own days are.

    >>> is_of_another_time("ông tám sinh ngày 28/8/1974", 13), is_of_another_time("luật đất đai năm 2013", 13)
    (True, True)
    >>> is_of_another_time("xã họp ngày 28/8/1974", 7)
    False
    """
    before = lower[max(0, start - _LOOK_BACK) : start]
    return _LIFE.search(before) is not None or _LAW.search(before) is not None


def is_of_an_anniversary(groups: Mapping[str, str], lower: str, start: int) -> bool:
    """Whether a span of years ends in the year of its anniversary, which is the article's: ``(19/8/1945 - 19/8/2022)``.

    >>> is_of_an_anniversary({"day": "19", "month": "8", "to_day": "19", "to_month": "8"}, "", 0)
    True
    >>> is_of_an_anniversary({}, "kỷ niệm 15 năm tái lập tỉnh (1997-2012)", 29)
    True
    """
    if "day" in groups:
        return all(groups.get(part) == groups.get(f"to_{part}") for part in ("day", "month"))
    return _ANNIVERSARY.search(lower, max(0, start - _LOOK_BACK), start) is not None


def is_lunar(lower: str, end: int) -> bool:
    """Whether a date is one of the moon's calendar, which no rule here turns into ours.

    >>> is_lunar("ngày 10/3 âm lịch", 9), is_lunar("tháng 3 năm giáp thìn", 7), is_lunar("ngày 10/3 âm thầm", 9)
    (True, True, False)
    """
    near = lower[end : end + _LONGEST_LUNAR]
    # Nearly all dates have none of these words behind them, and that is seen at once.
    may_be = "lịch" in near or "âl" in near or "năm" in near[: len(", năm")]
    return may_be and _LUNAR.match(lower, end) is not None


def is_of_each_year(lower: str, end: int) -> bool:
    """Whether a date without a year is one of every year.

    >>> is_of_each_year("tháng 11, 12 hằng năm", 8), is_of_each_year("tháng 11 năm nay", 8)
    (True, False)
    """
    return _EACH_YEAR.match(lower, end) is not None
