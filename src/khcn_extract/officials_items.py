"""From text to items: the names, titles, bodies and link words that the rules of officials speak about.

`officials_stretches` cuts a text at the literals of the lexicon; `line` makes a stretch a `Line` of items, one letter
each (the letters are explained in ``rules/officials.toml``).
"""

from __future__ import annotations

from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import regex as re

from khcn_extract.officials_gaps import gap_letters
from khcn_extract.officials_lexicon import Office, Title, Word, lexicon
from khcn_extract.officials_stretches import SIGNED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khcn_extract.officials_stretches import Hit
    from khcn_extract.organizations import OrganizationName

_LOOK_BACK: Final = 40
"""Characters before the first literal of a stretch that belong to it: ``bổ nhiệm``, ``các`` and ``nguyên``."""
_MAX_PLACE_WORD: Final = 22
"""Characters before a name in which ``xã``, ``trung học phổ thông`` are looked for."""
_SURE_SYLLABLES: Final = 3
"""Of a name right behind a title: with two it may be a place or a firm (`Giám đốc Sơn Hà`)."""
_WORD_AHEAD: Final = re.compile(r"[ ,(-]{1,4}(\p{L}++)")
_WORD: Final = re.compile(r"\p{L}++")
_LAST_WORD: Final = re.compile(r"\w*+$", re.REVERSE)
_SECTOR_LETTERS: Final = {"administration": "G", "public": "O", "places": "D", "private": "C"}
_ANNOUNCING_LETTERS: Final = frozenset("TtGODCHP")
_SMALL_WORDS: Final = re.compile(r"(?: \p{Ll}++){1,6} ")
_BY: Final = re.compile(r",?+ do \Z")
_ENVOY_HERE: Final = " tại Việt Nam "
_LED: Final = re.compile(r"b[^.;]*+\Z")
_MAX_BODY: Final = 150
"""Characters before ``do`` in which the body that somebody heads begins."""
_MIDDLES: Final = ("Văn ", "Thị ")
"""Surnames that are second syllables far more often."""
_NAMED: Final = Word("N")
_SURNAMES_TOO: Final = ("Ông", "Cô")
_HONORIFICS: Final = frozenset(["ông", "bà", "anh", "chị", "cô", "chú", "thầy", "chí", "ngài", "bác"])
_SIGNING: Final = ("T", "t", "u", "G", "O")
"""Items that end the line above the name of a signature."""
_SEAT: Final = re.compile(
    r" ?\((?:(?:[Đđ]oàn|ĐĐBQH|ĐBQH|[Tt]ổ|tỉnh|thành phố|TP\.?|huyện|thị xã|quận) )*+"
    r"(?:\p{Lu}[\p{L}'’]*+[ -]{0,3}){1,5}+\)"
)
"""For whom a deputy sits: ``(Đoàn ĐBQH tỉnh Sơn La)``, ``(Mộc Châu)``."""
_LONGEST_PROXY: Final = 24
"""Characters of the longest of `Lexicon.proxies`."""
_LONGEST_DISMISSAL: Final = 40
"""Characters of the longest of `Lexicon.dismissals`, and some."""
_PLACES_IN_CAPITALS: Final = (
    "HUYỆN ", "XÃ ", "PHƯỜNG ", "THỊ TRẤN ", "QUẬN ", "THÔN ", "BẢN ", "ẤP ", "LÀNG ", "BUÔN ",
)  # fmt: skip
"""Behind these stands a place, whatever it is called; what is a person in capitals there the article says elsewhere."""


class Item(NamedTuple):
    """A stretch of text that the rules know as one letter."""

    start: int
    end: int
    title: Title | None = None
    mark: str = ""
    """Of a title ``former``, ``acting`` or ``dropped``; of a body the word that the text leaves out (``Bộ``)."""
    suffix: str = ""
    """``thường trực`` and the like behind a title, with the blank before it."""


class Line(NamedTuple):
    """Items of one stretch of text."""

    letters: str
    items: dict[int, Item]
    """By the index of their letter; words and marks between items have a letter only."""


def line(text: str, stretch: Sequence[Hit], named: Mapping[int, int] = MappingProxyType({})) -> Line:
    """The items of a stretch; ``named`` has persons that are known already: the end of each name by its start."""
    if named:
        known = [(_NAMED, start, end) for start, end in named.items()]
        free = [hit for hit in stretch if not any(hit[1] < end and start < hit[2] for _, start, end in known)]
        stretch = sorted([*free, *known], key=itemgetter(1))
    return _Builder(text, stretch, named).line()


class _Builder:
    """Makes the items of one stretch, from left to right."""

    def __init__(self, text: str, stretch: Sequence[Hit], named: Mapping[int, int]) -> None:
        self.text = text
        self.stretch = stretch
        self.named = named
        self.lexicon = lexicon()
        self.letters = ""
        self.items: dict[int, Item] = {}
        self.position = max(0, stretch[0][1] - _LOOK_BACK)
        self.number = 0
        """Of the literal at hand."""
        self.announced = {start for word, start, _ in stretch if word.letter not in "Sw"}
        """Where a title or an honorific stands, so no body begins: ``Bộ trưởng`` is no `Bộ`."""

    def line(self) -> Line:
        """All items; the text that no literal covers becomes punctuation, link words and ``x``."""
        for number, (word, start, end) in enumerate(self.stretch):
            if start < self.position or word.letter == "w":
                continue
            self.number = number
            if word.letter == "S":
                self._name(start)
            elif word.letter == "N":
                self._person(start, end)
            elif word.title is not None:
                self._title(word.letter, word.title, start, end)
            else:
                self._honorific(word.letter, start, end - word.blank)
        return Line(self.letters, self.items)

    def _add(self, letter: str, item: Item) -> None:
        """Adds the item, and before it the letters of the text since the last one."""
        gap = self.text[self.position : item.start]
        if gap and gap != " ":
            signed = "\n" in gap and self.letters[-1:] in _SIGNING and SIGNED.fullmatch(gap) is not None
            if letter in "Tt" and self.letters[-1:] == "N" and not gap.strip(" ,\n"):
                gap = ", "  # the office below the name
            if signed or (gap.endswith(" do ") and self._body_before(item.start)):
                gap = ""
            self.letters += gap_letters(gap)
        self.items[len(self.letters)] = item
        self.letters += letter
        self.position = item.end

    def _body_before(self, end: int) -> bool:
        """Adds the body right before ``do``, if there is one: ``Tổ công tác của Sở do ông …``."""
        by = _BY.search(self.text, self.position, end)
        start = max(self.position, end - _MAX_BODY, self.text.rfind("\n", 0, end) + 1)
        first = last = -1
        for word in _WORD.finditer(self.text, start, end):
            if by is None or word.start() < last or not self.lexicon.organizations.may_begin_with(word[0]):
                continue
            if self.text[word.start() - 1] in "-/":
                continue  # `2680/QĐ-UBND`
            found = self.lexicon.organizations.match(self.text, word.start())
            if found is None or found.sector in ("places", "private"):
                continue
            if first < 0 or self.text[last : word.start()] not in (" của ", " thuộc "):
                first = word.start()
            last = found.end
            if last == by.start():
                self._add(_SECTOR_LETTERS[found.sector], Item(first, last))
                self.letters += "b"
                self.position = end
                return True
        return False

    def _name(self, start: int) -> None:
        if self.text.endswith(_PLACES_IN_CAPITALS, 0, start):
            return
        end = self._name_end(start)
        if end and self.letters[-1:] in ("G", "O") and self.letters[-2:-1] in ("T", "t"):
            self._rest_of_body(start, end)
        # Right behind a word that announces it, a body among them: `UBND xã Trần Văn Bảy` left the man to us.
        decided = start - self.position <= 1 and self.letters[-1:] in _ANNOUNCING_LETTERS
        if end and (decided or not is_inside_another_name(self.text, start)):
            self._person(start, end)

    def _rest_of_body(self, start: int, end: int) -> None:
        """Takes the few small words before the name into the body: ``Trưởng khoa Nội soi tiêu hóa Lò Văn Ún``.

        News gives an honorific to whom a head meets or honours, so without one the name is the head's.
        """
        rest = self.text[self.position : start]
        if not _SMALL_WORDS.fullmatch(rest) or self.text.count(" ", start, end) < _SURE_SYLLABLES - 1:
            return
        if self.lexicon.organizations.may_go_on(rest):
            at = len(self.letters) - 1
            self.items[at] = self.items[at]._replace(end=start - 1)
            self.position = start - 1

    def _person(self, start: int, end: int) -> None:
        self._add("N", Item(start, end))
        self._bodies()

    def _name_end(self, start: int) -> int:
        """End of the person's name that begins here, 0 where none does; a title ends it: ``Lò Văn Hặc Phó Bí thư``."""
        found = self.lexicon.name.match(self.text, start)
        if found is None:
            return 0
        end = int(found.end())
        if self.text[start + 1].isupper():
            end = _end_in_capitals(self.text[start:end]) + start
        stretch = self.stretch
        number = self.number + 1
        while number < len(stretch) and stretch[number][1] < end:
            word, next_start, _ = stretch[number]
            if start < next_start and word.title is not None:
                end = next_start - 1
                return end if " " in self.text[start:end] else 0
            number += 1
        return end

    def _named_at_once(self, start: int) -> bool:
        """Adds the person right behind a title, whose surname may be one that elsewhere is another word."""
        end = self._name_end(start)
        syllables = self.text[start:end].split(" ")
        if len(syllables) < _SURE_SYLLABLES or not self.lexicon.persons.may_begin_with(syllables[0].lower()):
            return False
        self._person(start, end)
        return True

    def _honorific(self, letter: str, start: int, end: int) -> None:
        if self.letters[-1:] in ("H", "P") and self.position == start - 1 and self.text[start:end] in _SURNAMES_TOO:
            name_end = self._name_end(start)  # `bà Ông Thị Mơ`
            if self.text.count(" ", start, name_end) >= _SURE_SYLLABLES - 1:
                self._person(start, name_end)
                return
        self._add(letter, Item(start, end))
        following = self.stretch[self.number + 1][1] if self.number + 1 < len(self.stretch) else -1
        if letter != "H" or following - end in (0, 1) or self.text[end : end + 1] != " ":
            return
        found = self.lexicon.given.match(self.text, end + 1)
        if found is None:
            return
        organizations = self.lexicon.organizations
        first, blank, _ = found[0].partition(" ")
        if not organizations.may_begin_with(first) or organizations.match(self.text, end + 1) is None:
            self._add("N" if blank else "n", Item(end + 1, found.end()))
            self._bodies()

    def _title(self, letter: str, title: Title, start: int, end: int) -> None:
        if self._is_proxy(start):
            letter = "u"
        is_lost = self.text.endswith(self.lexicon.dismissals, max(0, start - _LONGEST_DISMISSAL), start)
        prefix = "" if is_lost else self._prefix(start)
        start -= len(prefix)
        suffix = ""
        while self.text.startswith(self.lexicon.suffixes, end):  # `Thường trực chuyên trách`
            one = next(s for s in self.lexicon.suffixes if self.text.startswith(s, end))
            suffix += one
            end += len(one)
        mark = "former" if is_lost else self.lexicon.prefixes.get(prefix, "")
        item = Item(start, end, title, mark, suffix)
        self._add(letter, item)
        if title.unit and not suffix and self._unit(title.unit, end):
            self._bodies()
        elif title.field_of and (field_end := self.lexicon.organizations.field_end(self.text, end + 1)) > end + 1:
            self._add("G", Item(end + 1, field_end, mark=title.field_of))
        elif not self._bodies():
            self._bare_title(letter, title.office, end)
        if self.letters[-1] == "T" or self.letters[-2:] in ("TD", "tD"):
            self._foreigner()

    def _bare_title(self, letter: str, office: Office, end: int) -> None:
        """What a title is that no body follows: an office or not, and perhaps the name follows at once."""
        if office in ("named body", "minutes", "seat"):
            if office == "minutes" and self.text[end : end + 1] == ":":
                self.letters = self.letters[:-1] + "m"
            elif office == "seat" and _SEAT.match(self.text, max(end, self._name_end(end + 1))) is not None:
                self.letters = self.letters[:-1] + "T"
            elif not _LED.search(self.letters):
                self.letters = self.letters[:-1] + "u"
        elif letter != "u" and self.text[end + 1 : end + 2].isupper() and end + 1 not in self.announced:
            is_named = self.text[end] != " " or self._named_at_once(end + 1)
            if letter == "t" and not is_named and self.lexicon.name.match(self.text, end + 1) is None:
                self.letters = self.letters[:-1] + "u"  # an unknown body: `Giám đốc Hoasim nói`

    def _foreigner(self) -> None:
        """Adds a name from abroad behind the title of a state's head or envoy: ``Thủ tướng Nhật Bản Sato Kenta``."""
        if self.text.startswith(_ENVOY_HERE, self.position):
            self.position += len(_ENVOY_HERE) - 1
        start = self.position + 1
        if start in self.announced or self.text[start - 1 : start] != " ":
            return
        found = self.lexicon.given.match(self.text, start)
        if found is not None and " " in found[0] and found[0].isascii():
            self._add("N", Item(start, found.end()))

    def _prefix(self, start: int) -> str:
        """``nguyên``, ``quyền`` and the like right before a title, with the blank behind; the longest."""
        tail = self.text[start - 2 : start]
        if tail not in self.lexicon.prefix_tails or not self.text.endswith(
            self.lexicon.prefix_words, self.position, start
        ):
            return ""
        before = self.text[self.position : start]
        longest = max((p for p in self.lexicon.prefixes if before.endswith(p)), key=len)
        return "" if before[: -len(longest)][-1:].isalpha() else longest

    def _is_proxy(self, start: int) -> bool:
        """Whether somebody else acts for whom this title has: ``Thừa lệnh Chủ tịch``, ``KT. GIÁM ĐỐC``."""
        if not self.text.endswith(self.lexicon.proxies, max(0, start - _LONGEST_PROXY), start):
            return False
        words = next(w for w in self.lexicon.proxies if self.text.endswith(w, 0, start))
        return not self.text[start - len(words) - 1 : start - len(words)].isalpha()

    def _unit(self, unit: str, end: int) -> bool:
        """Adds the body whose name begins with the title's last word: ``Trưởng Ban Dân vận``."""
        start = end - len(unit)
        if self.text[end + 1 : end + 1 + len(unit)].lower() == unit.lower():
            return False  # `Trưởng ban Ban Dân vận`
        found = self.lexicon.organizations.match(self.text, start)
        if found is None or found.end <= end:
            return False  # the unit word alone is part of the title: `Trưởng ban là …`
        self._body(start, found)
        return True

    def _body(self, start: int, found: OrganizationName) -> None:
        """Adds a body, and the person right behind it."""
        inside = [known for known in self.named if start < known <= found.end]
        if inside:
            self._add(_SECTOR_LETTERS[found.sector], Item(start, min(inside) - 1))
            return
        self._add(_SECTOR_LETTERS[found.sector], Item(start, found.end))
        if found.person and (end := self._name_end(found.end + 1)):
            self._add("N", Item(found.end + 1, end))

    def _bodies(self) -> bool:
        """Adds the bodies that follow right behind a title, a name or a body: ``- Cục X (Tổng cục Y)``."""
        added = False
        organizations = self.lexicon.organizations
        while ahead := _WORD_AHEAD.match(self.text, self.position):
            start = ahead.start(1)
            if start in self.announced or not organizations.may_begin_with(ahead[1]):
                break
            found = organizations.match(self.text, start)
            if found is None:
                break
            if self.text[start : found.end].islower() and "," in self.text[self.position : start]:
                break  # `nguyên Chủ tịch nước, tỉnh ta đã …`: another clause, not a place's name
            self._body(start, found)
            added = True
        return added


def _end_in_capitals(run: str) -> int:
    """Where a name may end at the latest in a run of capitals: before the first word that no name has."""
    syllables = run.split(" ")
    known = lexicon()
    shortest = 3 if len(syllables) > 1 and known.persons.may_go_on_with(syllables[1].lower()) else 2
    for index in range(shortest, len(syllables)):
        if syllables[index].lower() in known.headline_words:
            return len(" ".join(syllables[:index]))
    return len(run)


def is_inside_another_name(text: str, start: int) -> bool:
    """Whether the name that begins here is part of a place's, a school's or a prize's.

    >>> is_inside_another_name("ở đường Trần Phú", 8), is_inside_another_name("ông Trần Phú", 4)
    (True, False)
    """
    before = text[max(0, start - _MAX_PLACE_WORD) : start].rstrip(" ").lower()
    last = before.rpartition(" ")[2]
    if not last.isalnum():
        found = _LAST_WORD.search(last)
        last = found[0] if found is not None else ""
    if text.startswith(_MIDDLES, start) and text[start - 1] == " " and last not in _HONORIFICS:
        return text[start - 1 - len(last)].isupper()  # the rest of `xã Nguyễn Thị Định`
    phrases = lexicon().inside_after.get(last)
    return phrases is not None and any(
        before.endswith(phrase) and not before[: -len(phrase)][-1:].isalpha() for phrase in phrases
    )
