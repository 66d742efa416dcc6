"""Page furniture: what a scraped page holds that is not the article, and what it says about the article.

Read ``rules/furniture.toml`` first. `look` goes over the page line by line; only lines too short for prose can be
furniture. What it finds is reported with its reason and kept out of the facts; the publication stamp and the byline
among it become the article's ``published_at`` and ``author`` where the dump gives none.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex as re
from pydantic import BaseModel, ConfigDict, ValidationError

from khcn_extract.facts import Furniture

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
_MAX_LINE = 220
_PROSE = 140
_SENTENCE = 80
_DATE = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2})\s?[:hg]\s?(\d{2})", re.IGNORECASE)
# A headline with the stamp right behind it on the line.
_STAMP_AT_END = re.compile(
    r"(?<=[\p{L}\d]{2}[”\"!?]?\s)(?<!(?:ngày|lúc|hồi|vào|từ|mạc)\s)\(?(?P<date>\d{1,2}/\d{1,2}/\d{4}),?\s(?:-\s)?(?P<time>\d{1,2}:\d{2})\)?$"
)
_HEAD_LINES = 3

# "… trong tuần tới. Lê Nam" and "… dự án. Tin, ảnh: Lê Nam (TTXVN)" at the very end of the text
_SIGNED = re.compile(
    r"""(?<=[.!?…"”)]\s{1,3}) (?<!ký\)\s{1,3})
    (?: (?:Tin|Bài|Tin,\ ?ảnh|Bài,\ ?ảnh|Bài\ và\ ảnh|Theo|Nguồn|Ảnh|PV|Tác\ giả|Tin\ ?bài) \s?: \s?
        (?P<author>[^\n:.]{2,40}?) (?:\s\([^()\n]{2,20}\))?
      | (?P<author>\p{Lu}\p{Ll}{1,6}(?:\s\p{Lu}\p{Ll}{0,6}){1,3}) (?:\s\([^()\n]{2,20}\))? )
    \s*\Z""",
    re.VERBOSE,
)
_WORDS = r"\p{Lu}[\p{Ll}.]{0,7}(?:\s\p{Lu}[\p{Ll}.]{0,7}){1,4}"
_NAME_LINE = re.compile(rf"{_WORDS}(?:\s?[-,]\s?{_WORDS})?")
_INITIALS_LINE = re.compile(r"(?:\p{Lu}\.\s?){1,2}(?:\p{Lu}\p{Ll}{1,7}|\p{Lu}{3,8})\.?")
_CAPITALS_LINE = re.compile(r"\p{Lu}{2,8}(?:\s\p{Lu}{1,8}){1,4}")
_UNIT_LINE = re.compile(r"(?:Trung tâm|Phòng|Sở|Ban|Văn phòng|Chi cục|Báo|Trường|TTXVN|UBND)\b[^.!?]{0,90}")
# Above the name of somebody who signs a document: he is no author.
_OFFICE_LINE = re.compile(
    r"\(\s?[đĐ]ã ký\s?\)|[^\p{Ll}]*(?:CHỦ TỊCH|GIÁM ĐỐC|TRƯỞNG|CHÁNH|BÍ THƯ|CHỦ NHIỆM|THƯ KÝ|CHỦ TRÌ|CHỦ TỌA)[^\p{Ll}]*"
)
_NO_PERSON = re.compile(
    r"(?:Sở|Ban|Phòng|Trung|Trường|Hội|Tỉnh|Thành|Đại|Bộ|Chi|Công|Ủy|Ảnh|Tin|Kết|Hà Nội|Việt Nam)\b"
)


class FurnitureRule(BaseModel):
    """One ``[[furniture]]`` of the rule file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    begins: tuple[str, ...] = ()
    """Cues in lower case: what a line must begin with …"""
    holds: tuple[str, ...] = ()
    """… or hold, to be held against the pattern at all."""
    pattern: str
    extent: Literal["line", "until_prose"] = "line"
    at_end: bool = False
    """Only behind the last line of prose."""
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows beside the article; offsets count in the text given."""

    furniture: tuple[Furniture, ...]
    published_at: date | datetime | None
    author: str | None


_Rules = tuple[tuple[FurnitureRule, re.Pattern[str]], ...]


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    prose: bool


@cache
def furniture_rules() -> _Rules:
    """The rules with their patterns compiled; a mistake in the file is a ``ValueError`` that says where."""
    source = files("khcn_extract").joinpath("rules").joinpath("furniture.toml").read_text(encoding="utf-8")
    content = tomllib.loads(source)
    compiled = []
    try:
        for entry in content["furniture"]:
            rule = FurnitureRule.model_validate(entry)
            pattern = _FRAGMENT.sub(lambda m: content["fragments"].get(m[1], m[0]), rule.pattern)
            compiled.append((rule, re.compile(pattern, re.VERBOSE | re.IGNORECASE | re.VERSION1)))
    except ValidationError as error:
        msg = f"rules/furniture.toml: {error}"
        raise ValueError(msg) from error
    return tuple(compiled)


def look(text: str) -> Page:
    r"""The furniture of a page, and the publication time and byline that it shows.

    >>> page = look("Trang chủ » Tin tức\n17:05,23-07-2020 | Tác giả: Lan Chi\nSở đã họp.\nHôm nay : 24223")
    >>> [f.reason for f in page.furniture], page.published_at.isoformat(), page.author
    (['breadcrumb', 'publication_stamp', 'visitor_counter'], '2020-07-23T17:05:00', 'Lan Chi')
    """
    lines = _lines(text)
    last_prose = max((i for i, line in enumerate(lines) if line.prose), default=-1)
    found: list[Furniture] = []
    published_at: date | datetime | None = None
    author: str | None = None
    going_on: str | None = None
    for i, line in enumerate(lines):
        if line.prose:
            going_on = None
            continue
        rule, match = _recognise(line.text, at_end=i > last_prose and i > 0)
        if rule is not None and match is not None:
            groups = match.groupdict()
            published_at = published_at or _stamp(groups.get("date"), groups.get("time"))
            author = author or _person(groups.get("author") or groups.get("sender"))
            if rule.extent == "until_prose":
                going_on = rule.name
        elif going_on is None:
            continue
        found.append(Furniture(line.start, line.end, rule.name if rule else going_on or ""))
    if published_at is None:
        stamp = next(
            filter(None, (_STAMP_AT_END.search(text, line.start, line.end) for line in lines[:_HEAD_LINES])), None
        )
        if stamp is not None:
            found.append(Furniture(stamp.start(), stamp.end(), "publication_stamp"))
            published_at = _stamp(stamp["date"], stamp["time"])
    signed = _signature(text, lines, last_prose, found)
    if signed is not None:
        found.append(signed[0])
        author = author or signed[1]
    return Page(tuple(sorted(found, key=lambda f: f.start_char)), published_at, author)


def _lines(text: str) -> list[_Line]:
    """The lines that hold anything, blanks trimmed."""
    lines = []
    at = 0
    for written in text.split("\n"):
        trimmed = written.strip()
        if trimmed:
            start = at + len(written) - len(written.lstrip())
            prose = len(trimmed) >= _PROSE or (len(trimmed) >= _SENTENCE and trimmed[-1] in ".!?…:;")
            lines.append(_Line(start, start + len(trimmed), trimmed, prose))
        at += len(written) + 1
    return lines


def _recognise(line: str, *, at_end: bool) -> tuple[FurnitureRule | None, re.Match[str] | None]:
    if len(line) > _MAX_LINE:
        return None, None
    lower = line.lower()
    by_first, others = _by_first_character()
    for rule, pattern in by_first.get(lower[0], others):
        if (not rule.at_end or at_end) and (lower.startswith(rule.begins) or _holds_one(lower, rule.holds)):
            match = pattern.fullmatch(line)
            if match is not None and _is_told(match.groupdict()):
                return rule, match
    return None, None


def _is_told(groups: Mapping[str, str | None]) -> bool:
    """Whether the day that a line shows is in the calendar, and its sender is written as people are."""
    written, sender = groups.get("date"), groups.get("sender")
    if written is not None and _stamp(written, None) is None:
        return False
    return sender is None or (_is_name(sender) and not _NO_PERSON.match(sender))


def _is_name(written: str) -> bool:
    return any(form.fullmatch(written) for form in (_NAME_LINE, _CAPITALS_LINE, _INITIALS_LINE))


def _holds_one(lower: str, cues: tuple[str, ...]) -> bool:
    for cue in cues:  # noqa: SIM110  `any` takes three times as long, and every short line comes here
        if cue in lower:
            return True
    return False


@cache
def _by_first_character() -> tuple[Mapping[str, _Rules], _Rules]:
    """The rules that a line may meet, by its first character in lower case, and those for all other characters."""
    rules = furniture_rules()
    firsts = {cue[0] for rule, _ in rules for cue in rule.begins}
    others = tuple((rule, pattern) for rule, pattern in rules if rule.holds)
    return {
        first: tuple(
            (rule, pattern) for rule, pattern in rules if rule.holds or any(cue[0] == first for cue in rule.begins)
        )
        for first in firsts
    }, others


def _signature(
    text: str, lines: list[_Line], last_prose: int, found: list[Furniture]
) -> tuple[Furniture, str | None] | None:
    """The writer's name at the end of the article: behind its last sentence or alone on a line after it."""
    taken = {f.start_char for f in found}
    body_end = next((line.end for line in reversed(lines) if line.start not in taken), 0)
    signed = _SIGNED.search(text, max(0, body_end - 120), body_end)
    if signed is not None and not _NO_PERSON.match(signed["author"]):
        return Furniture(signed.start(), body_end, "byline"), _person(signed["author"])
    after = [line for line in lines[last_prose + 1 :] if line.start not in taken]
    if last_prose < 0 or not after:
        return None
    unit = after[-1] if len(after) > 1 and _UNIT_LINE.fullmatch(after[-1].text) else None
    name = after[-2] if unit else after[-1]
    above = next((line.text for line in reversed(after) if line.start < name.start), "")
    if _is_name(name.text) and not _NO_PERSON.match(name.text) and not _OFFICE_LINE.fullmatch(above):
        return Furniture(name.start, (unit or name).end, "byline"), _person(name.text)
    return None


def _person(written: str | None) -> str | None:
    """A byline's name, blanks squeezed; ``None`` where it is too long for one."""
    name = " ".join((written or "").split()).strip(" .-")
    return name if 1 < len(name) <= 60 else None


def _stamp(written: str | None, clock: str | None) -> date | datetime | None:
    """Date and time of a publication stamp; ``None`` where the calendar has no such day."""
    match = _DATE.search(written or "")
    if match is None:
        return None
    first, month, last = (int(part) for part in match.groups())
    year, day = (first, last) if len(match[1]) == 4 else (last, first)
    year += 0 if year >= 100 else 2000  # no page was shown before the web
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    hour = _CLOCK.search(clock or "")
    if hour is None:
        return on
    hours, minutes = int(hour[1]), int(hour[2])
    half = re.search(r"am|sa|pm|ch", clock or "", re.IGNORECASE)
    if half is not None and hours <= 12:
        hours = hours % 12 + (12 if half[0].lower() in ("pm", "ch") else 0)
    if hours > 23 or minutes > 59:
        return on
    return datetime.combine(on, time(hours, minutes))
