"""Where a text speaks of persons and offices: the literals of the lexicon, and the stretches that these make.

Read `stretches` first: it cuts a text at the literals into stretches that may tie a person to an office. As a rule a
line ends one; a signature, and an office written below a name, go on over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import regex as re

from khcn_extract.officials_lexicon import Word, lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Hit = tuple[Word, int, int]
"""A literal in the text: what it is, start, end."""

MAX_GAP: Final = 200
"""Characters between two literals above which no rule ties them: the longest names of bodies have about 150."""
MAX_HITS: Final = 250
"""Literals of one stretch, so that a line without end takes linear time; a long attendance list has about 100."""
_CAPITALIZED: Final = re.compile(r" (\p{Lu}\p{Ll}*)(?!\p{L})")
SIGNED: Final = re.compile(r"[ \t]*+(?:\n\s*+\([^()\n]{1,40}\)[ \t]*+)?\n\s*+")
"""Between the title in capitals and the name of a signature: ``GIÁM ĐỐC``, perhaps ``(Đã ký)``, ``Vi Văn Tứ``."""
_NAME_ALONE: Final = re.compile(r"(?:\p{Lu}[\p{L}.'’/]*+ ?)?(?:\p{Lu}[\p{L}.'’]*+[ ]?){2,6}+[.]?\s*+")
_NAME_ABOVE: Final = re.compile(
    r"(?:[-•*] ?)?+(?:(?:Ông|Bà|Đồng chí|Đ/c|TS|ThS|PGS|GS|BS)[.,]? ?)*+(?:\p{Lu}[\p{L}'’]*+ ?){2,6}+[ ,]*+\n"
)
_LINE_END: Final = re.compile(r"[ .]*+(?:\n|\Z)|(?:,| -) (?=[^\n.]{1,60}(?:\n|\Z))")
"""Behind an office that has the line to itself, but for more offices or bodies."""
_NAME_LINE: Final = 60
"""Characters that a line has at most that holds a name alone."""


class Stretch(NamedTuple):
    """Literals that may be about one matter: close together, in one line of the text."""

    hits: tuple[Hit, ...]
    may_speak: bool
    """Whether literals of two kinds meet that a rule could tie; where not, only an unknown name could."""


def hits(text: str) -> list[Hit]:
    """Every literal of the lexicon in the text that is a whole word, in its order."""
    if text[:1].islower():  # short honorifics in small letters are looked for with the blank before them
        return [(word, start - 1, end - 1) for word, start, end in hits("\n" + text)]
    entry = lexicon()
    words = entry.words
    found = []
    for index, start, end in entry.automaton.find_matches_as_indexes(text):
        word = words[index]
        if not word.letter:
            continue
        if word.lead:
            found.append((word, start + word.lead, end))
        elif not (start and text[start - 1].isalnum()) and not (word.is_open and text[end : end + 1].isalnum()):
            if word.letter != "p":
                found.append((word, start, end))
            elif _is_person(text, start, end, found[-1] if found else None):
                found.append((entry.surname, start, start + text[start:end].index(" ") + 1))
    return found


def _is_person(text: str, start: int, end: int, before: Hit | None) -> bool:
    """Whether a place's name is a person's here: ``ông Vũ Quang``, ``Vũ Quang Thụy``."""
    if before is not None and before[0].letter == "H" and start - before[2] <= 1:
        return True
    following = _CAPITALIZED.match(text, end)
    return following is not None and following[1] not in lexicon().surnames


def stretches(text: str, found: Sequence[Hit]) -> Iterator[Stretch]:
    """The literals in stretches that no rule reads across."""
    stretch: list[Hit] = []
    seen = set[str]()
    last = 0
    for hit in found:
        word, start, end = hit
        is_apart = start - last > MAX_GAP or len(stretch) == MAX_HITS
        if is_apart or (text.find("\n", last, start) >= 0 and not (stretch and _is_one_person(text, stretch, hit))):
            if stretch:
                yield Stretch(tuple(stretch), _may_speak(seen))
            stretch = []
            seen = set()
        stretch.append(hit)
        if word.letter != "w" or start - last == 1:  # a country speaks only right behind a title
            seen.add(word.letter)
        last = end
    if stretch:
        yield Stretch(tuple(stretch), _may_speak(seen))


def _is_one_person(text: str, stretch: Sequence[Hit], following: Hit) -> bool:
    """Whether two lines are about one person: a signature, or a name and below it the office."""
    return _is_signature(text, stretch, following) or _is_name_above(text, stretch, following)


def _is_name_above(text: str, stretch: Sequence[Hit], title: Hit) -> bool:
    """Whether a title begins a line that has nothing but an office, and a name is alone in the line above."""
    word, start, end = title
    if word.title is None or text[start - 1] != "\n":
        return False
    line = text[text.rfind("\n", 0, stretch[-1][1]) + 1 : start]
    if len(line) > _NAME_LINE or _NAME_ABOVE.fullmatch(line) is None:
        return False
    body = end - len(word.title.unit) if word.title.unit else end + 1
    found = lexicon().organizations.match(text, body)
    office_end = end if found is None else max(end, found.end)
    return _LINE_END.match(text, office_end) is not None


def _is_signature(text: str, stretch: Sequence[Hit], name: Hit) -> bool:
    """Whether a line in capitals ends with a title and its body, and the name that signs is alone in the next."""
    if name[0].letter not in ("S", "H"):
        return False
    line_end = text.find("\n", stretch[-1][2], name[1])
    title = next((start for word, start, _ in reversed(stretch) if word.title is not None), -1)
    if title < 0 or not text[title:line_end].isupper() or SIGNED.fullmatch(text, line_end, name[1]) is None:
        return False
    end = text.find("\n", name[1], name[1] + _NAME_LINE)
    alone = text[name[1] : end if end >= 0 else name[1] + _NAME_LINE]
    return _NAME_ALONE.fullmatch(alone) is not None


def _may_speak(seen: set[str]) -> bool:
    if "T" in seen or "t" in seen:
        return len(seen) > 1 and not seen <= {"T", "t", "u"}
    return "H" in seen and "S" in seen
