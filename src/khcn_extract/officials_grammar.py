"""What the rules of officials say about a line of items: which name goes with which titles.

Read `readings` first. The rules are patterns over item letters, in ``rules/officials.toml``, where the letters are
explained; `officials_items` makes the items. Lines repeat from article to article (``HN-TG``), so what the rules say
about one is remembered by its letters.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import regex as re

from khcn_extract.canonical import spell_out
from khcn_extract.facts import Position
from khcn_extract.officials_lexicon import Title, lexicon, officials_file, rules
from khcn_extract.organizations import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khcn_extract.officials_items import Line

NAME_AGAIN, GIVEN_NAME_AGAIN = "official.name_again", "official.given_name_again"
"""Rules that the article as a whole decides, not a line."""
MODEL_THEN_GRAMMAR, MODEL = "official.model_then_grammar", "official.model"
"""Rules for names that the tagger found: its office by the grammar, or by the tagger too."""
_OF_NO_LINE: Final = frozenset([NAME_AGAIN, GIVEN_NAME_AGAIN, MODEL_THEN_GRAMMAR, MODEL])
_OFFICE: Final = re.compile(r"[Ttm](?:[-,(]?(?P<body>[GODC]))?")
_SEVERAL: Final = re.compile("[Pq]l?[TtGODC]+[:l]{1,2}[HP,:]*")
"""Letters from the word that announces several persons to the first name, the office said of all between."""
_GRANTED: Final = re.compile("A[^N]*c:?[HP,]*")
"""Letters from the word that gives an office to the name that gets it: ``bầu bổ sung … đối với các ông``."""
_NEXT_MEMBER: Final = re.compile("[)]?(?:[;,][HP,]*|&[HP]+)")


class Reading(NamedTuple):
    """What one rule says: these letters are names, and each has these offices (title, body or -1)."""

    rule: int
    names: tuple[int, ...]
    offices: tuple[tuple[int, int], ...]
    standing: int
    """1 for a public office, 0 for one that does not tell (``Giám đốc``), -1 for a business."""
    granted: tuple[tuple[int, int], ...] = ()
    """Offices that somebody named before is appointed to, and this one too where several can hold them."""


def readings(letters: str) -> tuple[Reading, ...]:
    """What the rules say about a line of these letters, from left to right; no item is read twice.

    >>> [(rules()[r.rule].name, r.names, r.offices) for r in readings("HN-TG")]
    [('official.name_then_title', (1,), ((3, 4),))]
    """
    return _readings(letters) if "N" in letters or "n" in letters else ()


def position(text: str, line: Line, office: tuple[int, int]) -> Position:
    """The office that a title item and a body item (or -1) state; `ValueError` where the first is no title."""
    title = line.items[office[0]]
    body = line.items.get(office[1])
    if title.title is None:
        raise ValueError(f"letter {office[0]} of {line.letters!r} is no title; allowed are T and t")
    return _position(
        title.title, title.mark, title.suffix, body.mark if body else "", text[body.start : body.end] if body else ""
    )


@lru_cache(maxsize=1 << 14)
def _position(title: Title, mark: str, suffix: str, omitted: str, body: str) -> Position:
    is_headline = body.isupper() and " " in body and any(map(str.isupper, spell_out(body).split()))
    written = lexicon().organizations.in_small_letters(body) if is_headline else body
    organization = spell_out(" ".join(part for part in (title.body, omitted, written) if part))
    name = ("Quyền " if mark == "acting" else "") + title.name + suffix
    return Position(name, organization[:1].upper() + organization[1:], mark == "former")


@lru_cache(maxsize=1 << 14)
def _readings(letters: str) -> tuple[Reading, ...]:
    found = []
    for match in _rules_pattern().finditer(letters):
        rule = next(i for i, r in enumerate(rules()) if r.name not in _OF_NO_LINE and match[f"rule{i}"] is not None)
        posts = match.spans("posts")
        offices = {
            (at.start(), at.start("body") if at["body"] or (start, end) != posts[-1] else match.start("before"))
            for start, end in posts
            for at in _OFFICE.finditer(letters, start, end)
        }
        names = tuple(start for start, _ in match.spans("name"))
        found.append(Reading(rule, names, tuple(sorted(offices)), _standing(letters, offices)))
    return tuple(_said_of_all(letters, found))


def _said_of_all(letters: str, found: Iterable[Reading]) -> Iterator[Reading]:
    """The readings, those of a list with the office said of all: ``các đồng chí Ủy viên Ban Thường vụ: A, …; B, …``.

    An appointment is said of all only where several can hold the office, which the letters do not tell.
    """
    shared: tuple[tuple[int, int], ...] = ()
    is_granted = False
    end = 0
    for reading in found:
        name = min(reading.names)
        before = tuple(office for office in reading.offices if office[0] < name)
        is_member = bool(shared) and not before and _NEXT_MEMBER.fullmatch(letters, end, name) is not None
        if is_member:
            said = {"granted": shared} if is_granted else {"offices": (*shared, *reading.offices)}
            yield reading._replace(**said)  # type: ignore[arg-type]  # each is a tuple of offices
        else:
            yield reading
            several = before and _SEVERAL.fullmatch(letters, _announced(letters, before[0][0]), name) is not None
            is_granted = bool(before) and not several and _is_granted(letters, before[0][0], name)
            shared = before if several or is_granted else ()
        end = 1 + max(index for indices in (reading.names, *reading.offices) for index in indices)


def _is_granted(letters: str, title: int, name: int) -> bool:
    """Whether the office before the name is given: ``bầu bổ sung Ủy viên … đối với ông A``."""
    return _GRANTED.fullmatch(letters, max(0, letters.rfind("A", 0, title)), name) is not None


def _announced(letters: str, title: int) -> int:
    """Index of the word that announces several persons before the title: ``các đồng chí``, or so and ``là``."""
    return title - 2 if letters[title - 1] == "l" else title - 1


def _standing(letters: str, offices: Iterable[tuple[int, int]]) -> int:
    """Of the best office; with none the rule itself speaks of a public body."""
    by_office = [
        int(letters[title] == "T") if body < 0 else -1 if letters[body] == "C" else 1 for title, body in offices
    ]
    return 1 if not by_office or 1 in by_office else min(by_office)


@cache
def _rules_pattern() -> re.Pattern[str]:
    """All rules of lines in one pattern: what begins first is read first, of those the rule that is listed first."""
    fragments = officials_file().fragments
    patterns = [
        f"(?P<rule{number}>{filled(rule.pattern, fragments)})"
        for number, rule in enumerate(rules())
        if rule.name not in _OF_NO_LINE
    ]
    return re.compile("|".join(patterns), re.VERBOSE | re.VERSION1)
