"""Who issued a document and when, as the text round its mention says.

`Surroundings` reads one article: `issue_date` finds the date fact that is a mention's day of issue, `issuer` the body
that the text names as its issuer. What a symbol says of itself is in ``documents_symbols.py``.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import regex as re

from khcn_extract.facts import DateValue, Reading
from khcn_extract.officials_lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from khcn_extract.engine import Mention

# Between a symbol and its date.
_TO_DATE = re.compile(r"[\s,(]{0,3}(?:(?:ký|ban hành|đề|cùng)\s){0,2}(?:vào\s)?(?:(?:sáng|chiều|tối)\s)?")
_OF_BODY_TO_DATE = re.compile(
    r"\scủa\s(?P<body>\p{Lu}[^.;()\n]{3,70}?)(?:\s?[,(]\s?|\s)(?:(?:cùng|ký|ban hành)\s){0,3}"
)
_SIGNED_BY_TO_DATE = re.compile(
    r",?\s(?:do|được)\s(?:(?!\s(?:theo|đã|về|để|được)\s)[^.;()\d\n]){4,70}"
    r"\s(?:ký|ban hành|thông qua|phê duyệt)\s(?:(?:ban hành|vào|sáng|chiều)\s)?"
)
_PASSED_ON = re.compile(
    r"(?:\s(?:mà|vừa|đã|mới|được))*\s?(?:\p{Lu}[\p{L}\s,&]{1,60}?\s)?(?:thông qua|ban hành|ký ban hành|phát hành|ký)\s"
    r"(?:(?:vào|sáng|chiều|tối)\s){0,2}"
)
_ENACTS = re.compile(r"(?:ký ban hành|ban hành|ký|thông qua|có|ra)\s(?:\(?các\s|kèm theo\s|bản\s)?$", re.IGNORECASE)
_SIGNED_BEFORE = re.compile(r"\bký\s(?:vào\s)?$")
_PASSED_BEFORE = re.compile(r"\b(?:ký|ban hành|phê duyệt|thông qua)\s(?:vào\s)?$")
_VERB_BEFORE = {", ": _SIGNED_BEFORE, " ": _SIGNED_BEFORE, " tại ": _PASSED_BEFORE}
"""By what stands between a day and the document that follows: what must be said before the day."""
# No other symbol in between, whose day it would be, and no other clause.
_ISSUED_AT_THE_END = re.compile(
    r"\s(?:(?!\s(?:đã|vừa|đang|sẽ)\s)[^.,;\n\d]|\d(?!\d*\s?[/-]\s?\p{Lu})){4,160}?"
    r",\s(?:được\s)?(?:ký\s)?ban hành\s(?:vào\s)?"
)
_OTHER_DOCUMENT = re.compile(r"(?:[\p{L}\d]\s?[/-]\s?\p{Lu}[\p{L}\d&-]*|\d)[ ,(]*\Z")
_CLAUSE_END = re.compile(r"[.;\n]")

# The head of a document: "Số: 12/KH-UBND", and below or beside it "Sơn La, ngày 3 tháng 4 năm 2020".
_OWN_NUMBER = re.compile(r"(?:^|\n)[ \t]*Số[ \t]?:?[ \t]?$")
_DATELINE = re.compile(r"(?:\n|\t|  )[ \t]*\p{Lu}[\p{L} .-]{2,30},[ \t]?$")
_HEAD_CHARS = 300

_ISSUED_BY = re.compile(r"\s?,?\s?(?:của|do)\s(?=\p{L})")
_WAS_ISSUED_BY = re.compile(r"\s(?:vừa\s|đã\s|mới\s)?được\s(?=\p{Lu})")
_DOES_ISSUE = re.compile(
    r"""(?P<person> \s (?:\p{Lu}\p{L}*\s){1,4}\p{Lu}\p{L}* )? (?:\s\([^()]{2,20}\))?
    (?: \s (?:đã|vừa|mới|sẽ|cũng|sau\ đó|tiếp\ tục|chính\ thức) ){0,3}
    \s (?: (?:ký\ )?ban\ hành | ký | có | ra | phát (?:\ hành)? | công\ (?:bố|khai) | hoàn\ tất | thông\ qua )
    (?: \s (?:các|bản|kèm\ theo) )? \s? $""",
    re.VERBOSE,
)
_PASSES = re.compile(r"\s(?:thông qua|ban hành|ký)\b")
_ADVISED = re.compile(r"tham\smưu\s(?:(?:cho|giúp|trình|để)\s)*")
_ENACTED = re.compile(r"\s(?:ký\s)?ban\shành\b[^.;\n]*$")
_HEAD_OF = re.compile(
    r"(?:(?:Quyền|Phó)\s)?(?:Bộ trưởng|Chủ tịch|Giám đốc|Chánh Thanh tra|Chánh Văn phòng|Chánh án|Viện trưởng|"
    r"Cục trưởng|Tổng Giám đốc|Hiệu trưởng|Bí thư|Thứ trưởng)\s(?=\p{Lu}|tỉnh|thành)"
)
# Bodies and heads that need no place or field behind them; a longer name of an organization is looked for first where
# these are only its beginning.
_ALONE = re.compile(
    r"(?:Phó )?Thủ tướng(?: Chính phủ)?|Chính phủ|Chủ tịch nước|Chủ tịch Hồ Chí Minh|"
    r"(?:Ủy|Uỷ) ban [Tt]hường vụ Quốc hội|Quốc hội|Bộ Chính trị(?:, Ban Bí thư)?|Ban Bí thư(?: Trung ương(?: Đảng)?)?|"
    r"Ban [Cc]hấp hành Trung ương(?: Đảng)?(?: khóa [IVX]+)?|Hội nghị Trung ương \d+(?: khóa [IVX]+)?|"
    r"Trung ương(?: Đảng)?(?: khóa [IVX]+)?|(?:Giám đốc [Ss]ở|Sở|[Pp]hòng)(?=\s\p{Ll})"
)
_NEXT_DOCUMENT = re.compile(
    r"\s(?:và\s)?(?:Nghị quyết|Quyết định|Chỉ thị|Kế hoạch|Thông báo|Công văn|Kết luận|Tờ trình|Thông tư|Nghị định)\b"
)
_LOOK_BACK = 130
_VERBS = (
    "ban hành ",
    "ký ",
    "có ",
    "ra ",
    "phát ",
    "phát hành ",
    "công bố ",
    "công khai ",
    "thông qua ",
    "các ",
    "tất ",
)
_WORD_START = re.compile(r"(?<!\p{L})(?:\p{Lu}\p{L}*|tỉnh|thành|huyện|phòng|trường)")
_FIRST_WORD = re.compile(
    r"Quyền|Phó|Bộ|Chủ|Giám|Chánh|Viện|Cục|Tổng|Hiệu|Bí|Thứ|Thủ|Chính|Quốc|[UỦ][ỷy]|Ban|Hội|Trung|Sở|[Pp]hòng"
)
"""First words of `_HEAD_OF` and `_ALONE`."""


def day_of(reading: Reading) -> date | None:
    """The one day that a date fact is; `None` for a longer one."""
    value = reading.value
    return value.date_from if isinstance(value, DateValue) and value.date_from == value.date_to else None


def _is_of_year(mention: Mention, reading: Reading) -> bool:
    """Whether the day may be the document's: its symbol names that year or none."""
    day = day_of(reading)
    return day is not None and mention.match.groupdict().get("year") in (None, str(day.year))


class Surroundings:
    """The cleaned text of an article and its date facts, in order."""

    def __init__(self, text: str, dates: Sequence[Reading]) -> None:
        self._text = text
        self._dates = dates
        self._starts = [d.start for d in dates]

    def issue_date(self, mention: Mention) -> Reading | None:
        """The date on which the text says that the document was issued."""
        text, dates = self._text, self._dates
        after = bisect_left(self._starts, mention.end)
        if after < len(dates):
            between = text[mention.end : dates[after].start]
            if len(between) < 90 and (
                any(words.fullmatch(between) for words in (_TO_DATE, _PASSED_ON, _SIGNED_BY_TO_DATE))
                or self._is_body(between, mention.end)
            ):
                return dates[after] if day_of(dates[after]) else None
        # "Ngày 22.8, … đã ký ban hành Nghị quyết …": the sentence's own day is the day of issue
        if after and _ENACTS.search(text, max(0, mention.start - 24), mention.start):
            before = next((d for d in reversed(dates[max(0, after - 3) : after]) if day_of(d)), dates[after - 1])
            between = text[before.end : mention.start]
            if (
                day_of(before)
                and len(between) < 160
                and not _CLAUSE_END.search(between)
                and not self._is_issue_date(before)
            ):
                return before
        # "Do ông A ký ngày 9/12/2020, Quyết định số …", "được ban hành ngày 17/9/2001 tại Quyết định số …"
        if after:
            before = dates[after - 1]
            verb = _VERB_BEFORE.get(text[before.end : mention.start])
            if verb is not None and verb.search(text, max(0, before.start - 16), before.start):
                return before if _is_of_year(mention, before) else None
        return self._at_the_end(mention, after) or self._dateline(mention, after)

    def _at_the_end(self, mention: Mention, after: int) -> Reading | None:
        """The day behind what it is about: ``Nghị định 49/2026/NĐ-CP quy định …, ban hành ngày 31/1/2026``."""
        there = self._dates[after] if after < len(self._dates) else None
        if there is None or not _is_of_year(mention, there):
            return None
        return there if _ISSUED_AT_THE_END.fullmatch(self._text, mention.end, there.start) else None

    def _dateline(self, mention: Mention, after: int) -> Reading | None:
        """The day at the head of the document itself, where the mention is its number there."""
        text = self._text
        if _OWN_NUMBER.search(text, max(0, mention.start - 20), mention.start) is None:
            return None
        for reading in self._dates[after:]:
            if reading.start > mention.end + _HEAD_CHARS:
                break
            if day_of(reading) and _DATELINE.search(text, max(0, reading.start - 60), reading.start):
                return reading
        return None

    def _is_body(self, between: str, start: int) -> bool:
        """``của Bộ Chính trị, `` between a document and its day."""
        found = _OF_BODY_TO_DATE.fullmatch(between)
        return found is not None and self._body_at(start + found.start("body")) == start + found.end("body")

    def _is_issue_date(self, reading: Reading) -> bool:
        """Whether the date stands right behind another document's symbol, whose day it is."""
        return _OTHER_DOCUMENT.search(self._text, max(0, reading.start - 24), reading.start) is not None

    def issuer(self, mention: Mention, issued: Reading | None) -> str | None:
        """The body that the text says issued the document."""
        text = self._text
        for end in {issued.end if issued is not None and issued.start >= mention.end else mention.end, mention.end}:
            after = _ISSUED_BY.match(text, end) or _WAS_ISSUED_BY.match(text, end)
            if after is not None:
                body_end = self._body_at(after.end())
                passive = after[0].rstrip().endswith("được")
                if body_end and (not passive or _PASSES.match(text, body_end)):
                    return text[after.end() : body_end]
        before = text[max(0, mention.start - _LOOK_BACK) : mention.start]
        advised = _ADVISED.search(before)
        if advised is None and not before.endswith(_VERBS):
            return None
        base = mention.start - len(before)
        if advised is not None:
            start = base + advised.end()
            end = self._body_at(start)
            return text[start:end] if end and _ENACTED.match(text, end, mention.start) else None
        return self._subject(base, mention.start)

    def _subject(self, start: int, end: int) -> str | None:
        """The body that is the subject of the verb before ``end``."""
        text = self._text
        stop = max((m.end() for m in _CLAUSE_END.finditer(text, start, end)), default=start)
        for word in _WORD_START.finditer(text, stop, end):
            body_end = self._body_at(word.start()) if _FIRST_WORD.fullmatch(word[0]) or self._may_begin(word[0]) else 0
            if body_end and _DOES_ISSUE.match(text, body_end, end):
                return text[word.start() : body_end]
        return None

    @staticmethod
    def _may_begin(word: str) -> bool:
        return lexicon().organizations.may_begin_with(word)

    def _body_at(self, start: int) -> int:
        """End of the name of a body, with the office of its head before it, that begins at ``start``; 0 for none."""
        text = self._text
        alone = _ALONE.match(text, start)
        if alone is not None:
            return alone.end()
        head = _HEAD_OF.match(text, start)
        found = lexicon().organizations.match(text, head.end() if head else start)
        if found is not None:
            beyond = _NEXT_DOCUMENT.search(text, start, found.end)
            return beyond.start() if beyond is not None else found.end
        return 0 if head is None else self._body_at(head.end())
