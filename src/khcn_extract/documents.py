"""Mentions of numbered documents to facts: canonical symbols, issue dates and issuers.

Read ``rules/documents.toml`` first: it says what matches, what the groups mean and which codes there are. Here the
symbol is written canonically, its parts are told apart, and the text round it gives the day of issue and the issuer.
A list of documents shares what stands behind its last member.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import regex as re

from khcn_extract.facts import DateValue, DocumentValue, Reading
from khcn_extract.rules import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from khcn_extract.engine import Mention

_FILE = "documents.toml"

# Between a symbol and its date; between the members of a list.
_TO_DATE = re.compile(r"[\s,(]{0,3}(?:(?:ký|ban hành|đề)\s)?(?:vào\s)?")
_TO_NEXT = re.compile(r"(?:\s?[,;]\s?|\s?[,;]?\s?(?:và|cùng|với|hoặc|số|các)\s){1,3}")
_PASSED_ON = re.compile(
    r"(?:\s(?:vừa|đã|mới|được))*\s?(?:\p{Lu}[\p{L}\s,&]{1,60}?\s)?(?:thông qua|ban hành|ký ban hành|ký)\s(?:vào\s)?"
)
_ENACTS = re.compile(r"(?:ký ban hành|ban hành|ký|thông qua|có|ra)\s(?:\(?các\s|kèm theo\s|bản\s)?$", re.IGNORECASE)

_PARTS = re.compile("[-/]")
_SLASH = re.compile(r"\s?/\s?")
_CODE_PART = re.compile(r"[\p{L}&]+")
_WITH_YEAR = re.compile(r"\w+/\d{4}(?:/.*)?")
_CLAUSE_END = re.compile(r"[.;\n]")

# The bodies that issue documents. `_PLACE` is up to five capitalised words that end where the name ends.
_PLACE = r"(?: \ (?: \p{Lu}[\p{L}\p{M}]* (?: -\p{Lu}\p{L}* )? | - ) (?= [\s,.;:)”\"] | $ ) ){0,5}"
_LEVEL = r"(?:tỉnh|thành\ phố|TP\.?|quận|huyện|thị\ xã|xã|phường|thị\ trấn|đặc\ khu)"
_FIELD = r"(?: \ (?:và\ )? \p{Lu}[\p{L}&-]* (?: \ \p{Ll}+ (?= \ và\ \p{Lu} | \ \p{Lu} | [\s,.;)] | $ ) )? )"
_TERM = r"(?: \ khóa\ [IVX]+ )?"
_BODY = rf"""(?:
      Bộ\ Chính\ trị (?: ,\ Ban\ Bí\ thư )?
    | (?: Thường\ trực\ )? Ban\ Bí\ thư (?: \ Trung\ ương (?:\ Đảng)? )?
    | Ban\ Chấp\ hành\ (?: Trung\ ương | Đảng\ bộ\ {_LEVEL}{_PLACE} ) (?: \ Đảng )? {_TERM}
    | Trung\ ương (?: \ Đảng )? {_TERM}
    | (?: Phó\ )? Thủ\ tướng (?: \ Chính\ phủ )? | Chính\ [Pp]hủ | Chủ\ tịch\ nước
    | (?: Ủy\ ban\ [Tt]hường\ vụ\ )? Quốc\ hội
    | Văn\ phòng\ (?: Chính\ phủ | Trung\ ương\ Đảng | UBND\ {_LEVEL}{_PLACE} )
    | (?: Chủ\ tịch\ )? (?: UBND | HĐND | UBMTTQ | (?: Ủy\ ban | Hội\ đồng )\ nhân\ dân ) (?: \ {_LEVEL} )? {_PLACE}
    | (?: Quyền\ )? (?: Bộ\ trưởng\ )? Bộ {_FIELD}{{1,2}} {_PLACE}
    | (?: Giám\ đốc\ )? Sở {_FIELD}{{1,4}} (?: \ tỉnh )? {_PLACE}
    | (?: Ban\ Thường\ vụ\ )? (?: Tỉnh | Thành | Huyện | Quận | Thị | Đảng )\ ủy {_PLACE}
    | Kiểm\ toán\ [Nn]hà\ nước | Thanh\ tra\ (?: Chính\ phủ | tỉnh )
)"""
_ISSUED_BY = re.compile(rf"\s? ,? \s? (?:của|do) \s (?P<issuer>{_BODY})", re.VERBOSE)
_ISSUES = re.compile(
    rf"""
    (?P<issuer>{_BODY}) \s (?: (?: \p{{Lu}}\p{{L}}* \s ){{2,5}} )?
    (?: (?:đã|vừa|mới|sẽ) \s ){{0,2}} (?: ký\ ban\ hành | ban\ hành | ký | có | ra ) \s $
    """,
    re.VERBOSE,
)
_ADVISED = re.compile(
    rf"tham\ mưu \s (?: (?:cho|giúp|trình) \s )? (?P<issuer>{_BODY}) \s (?: ký\ )? ban\ hành \b [^.;\n]* $", re.VERBOSE
)
_LOOK_BACK = 110
_VERBS = ("ban hành ", "ký ", "có ", "ra ")


def read(mentions: Sequence[Mention], text: str, dates: Sequence[Reading]) -> list[Reading]:
    """Document facts of the mentions, in their order.

    ``text`` is the cleaned text that the mentions were found in, ``dates`` its date facts in order.
    """
    values = [_symbol(m.match.re, m.match.groups()) for m in mentions]
    starts = [d.start for d in dates]
    flags: list[tuple[str, ...]] = [()] * len(mentions)
    for i in range(len(mentions) - 1, -1, -1):
        issued = _issue_date(mentions[i], text, dates, starts)
        shared = values[i + 1] if issued is None and _goes_on(mentions, i, text) else None
        issued_on: date | None = None
        if issued is not None:
            issued_on = _day(issued)
            flags[i] = tuple(f for f in issued.flags if f == "date_slip")
        elif shared is not None:
            issued_on = shared.issued_on
        year = values[i].year
        if year is not None and issued_on is not None and year != issued_on.year:
            flags[i] = (*flags[i], "symbol_year_differs_from_issued_on")
        values[i] = replace(
            values[i],
            issued_on=issued_on,
            year=year if year is not None else issued_on.year if issued_on else None,
            issuer=_issuer(mentions[i], text, issued) or (shared.issuer if shared else None),
        )
    _name_in_full(values)
    return [
        Reading(m.start, m.end, value, m.rule.name, m.rule.confidence, (*m.rule.flags, *flag))
        for m, value, flag in zip(mentions, values, flags, strict=True)
        if m.rule.name != "document.cited_again" or value.symbol != value.number
    ]


def _name_in_full(values: list[DocumentValue]) -> None:
    """Gives a mention by bare number the symbol that the article states elsewhere for that type and number, if one."""
    full: dict[tuple[str, str], set[str]] = {}
    for value in values:
        if value.symbol != value.number:
            full.setdefault((value.doc_type, value.number.lstrip("0")), set()).add(value.symbol)
    for i, value in enumerate(values):
        symbols = full.get((value.doc_type, value.number.lstrip("0")), set())
        if value.symbol == value.number and len(symbols) == 1:
            (symbol,) = symbols
            named = next(v for v in values if v.symbol == symbol)
            in_symbol = int(symbol.split("/")[1]) if _WITH_YEAR.fullmatch(symbol) else None
            values[i] = replace(value, symbol=symbol, issuer_code=named.issuer_code, year=value.year or in_symbol)


@lru_cache(maxsize=20_000)  # the same documents are cited all over a corpus
def _symbol(pattern: re.Pattern[str], written: tuple[str | None, ...]) -> DocumentValue:
    """The document's value as far as its own characters say it: a pattern and what its groups hold."""
    groups = {name: written[i - 1] or "" for name, i in pattern.groupindex.items()}
    year = int(groups["year"]) if groups.get("year") else None
    if groups.get("standard"):
        return _standard(groups, year)
    known = tables(_FILE)
    doc_type = known["types"].get(" ".join((groups.get("type") or "").lower().split()), "")
    number, code = groups["number"], groups.get("code")
    if not code:
        symbol = number if year is None else f"{number}/{year}"
        return DocumentValue(doc_type=doc_type, symbol=symbol, number=number, year=year)
    code = _canonical_code(code, known["code_spellings"])
    party = bool(groups.get("party"))
    parts = _PARTS.split(code)
    symbol = f"{number}-{code}" if party else f"{number}/{code}" if year is None else f"{number}/{year}/{code}"
    return DocumentValue(
        doc_type=doc_type or known["codes"].get(parts[0], "Công văn"),
        symbol=symbol,
        number=number,
        year=year,
        issuer_code=_issuer_code(parts, known["codes"]),
    )


def _canonical_code(written: str, spellings: Mapping[str, str]) -> str:
    """``QĐ - TTG`` as ``QĐ-TTg``: no blanks, and the official spelling of each part."""
    tight = "".join(written.split())
    return _CODE_PART.sub(lambda part: spellings.get(part[0], part[0]), tight)


def _issuer_code(parts: Sequence[str], types: Mapping[str, str]) -> str | None:
    """The part of the code that names the issuer; of a joint circular all of them."""
    rest = parts[1:] if parts[0] in types else parts
    if not rest:
        return None
    return "-".join(rest) if types.get(parts[0], "").endswith("liên tịch") else rest[0]


def _standard(groups: Mapping[str, str], year: int | None) -> DocumentValue:
    body = _SLASH.sub("/", " ".join(groups["standard"].split()))
    if body in ("TCVNISO", "QCVNISO"):
        body = body.replace("ISO", " ISO")
    symbol = f"{body} {groups['number']}"
    if year is not None:
        symbol += f":{year}"
    issuer = groups.get("issuer_part") or ""
    return DocumentValue(
        doc_type="Tiêu chuẩn",
        symbol=symbol + issuer,
        number=groups["number"],
        year=year,
        issuer_code=issuer.lstrip("/") or None,
    )


def _issue_date(mention: Mention, text: str, dates: Sequence[Reading], starts: Sequence[int]) -> Reading | None:
    """The date on which the text says that the document was issued."""
    after = bisect_left(starts, mention.end)
    if after < len(dates):
        between = text[mention.end : dates[after].start]
        if len(between) < 90 and (_TO_DATE.fullmatch(between) or _PASSED_ON.fullmatch(between)):
            return dates[after] if _day(dates[after]) else None
    # "Ngày 22.8, … đã ký ban hành Nghị quyết …": the sentence's own day is the day of issue
    if after and _ENACTS.search(text, max(0, mention.start - 24), mention.start):
        before = dates[after - 1]
        between = text[before.end : mention.start]
        if _day(before) and len(between) < 160 and not _CLAUSE_END.search(between):
            return before
    return None


def _day(reading: Reading) -> date | None:
    value = reading.value
    if isinstance(value, DateValue) and value.date_from == value.date_to:
        return value.date_from
    return None


def _goes_on(mentions: Sequence[Mention], i: int, text: str) -> bool:
    """True where the next document is the next member of the same list."""
    if i + 1 >= len(mentions):
        return False
    return _TO_NEXT.fullmatch(text, mentions[i].end, mentions[i + 1].start) is not None


def _issuer(mention: Mention, text: str, issued: Reading | None) -> str | None:
    """The body that the text says issued the document."""
    if mention.match.groupdict().get("standard"):
        return None
    at = issued.end if issued is not None and issued.start >= mention.end else mention.end
    for end in {at, mention.end}:
        after = _ISSUED_BY.match(text, end)
        if after:
            return after["issuer"].strip()
    window = text[max(0, mention.start - _LOOK_BACK) : mention.start]
    if not window.endswith(_VERBS) and "tham mưu" not in window:
        return None
    before = _ISSUES.search(window) or _ADVISED.search(window)
    return before["issuer"].strip() if before else None
