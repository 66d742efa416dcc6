"""From text to items: the names, titles, bodies and link words that the rules of officials speak about.

Read `stretches` first: it cuts a text at the literals of the lexicon into stretches that may tie a person to an office;
`line` makes one a `Line` of items, one letter each (the letters are explained in ``rules/officials.toml``).
"""

from __future__ import annotations

from functools import cache, lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import regex as re
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from khcn_extract.officials_lexicon import Office, Title, Word, lexicon, officials_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khcn_extract.organizations import OrganizationName

Hit = tuple[Word, int, int]
"""A literal in the text: what it is, start, end."""

MAX_GAP: Final = 200
"""Characters between two literals above which no rule ties them: the longest names of bodies have about 150."""
MAX_HITS: Final = 250
"""Literals of one stretch, so that a line without end takes linear time; a long attendance list has about 100."""
_LOOK_BACK: Final = 40
"""Characters before the first literal of a stretch that belong to it: ``bổ nhiệm``, ``các`` and ``nguyên``."""
_MAX_PLACE_WORD: Final = 22
"""Characters before a name in which ``xã``, ``trung học phổ thông`` are looked for."""
_SURE_SYLLABLES: Final = 3
"""Of a name right behind a title: with two it may be a place or a firm (`Giám đốc Sơn Hà`)."""
_WORD_AHEAD: Final = re.compile(r"[ ,(-]{1,4}(\p{L}++)")
_WORD: Final = re.compile(r"\p{L}++")
_CAPITALIZED: Final = re.compile(r" (\p{Lu}\p{Ll}*)(?!\p{L})")
_LAST_WORD: Final = re.compile(r"\w*+$", re.REVERSE)
_SECTOR_LETTERS: Final = {"administration": "G", "public": "O", "places": "D", "private": "C"}
_ANNOUNCING_LETTERS: Final = frozenset("TtGODCHP")
_LINK_LETTERS: Final = {
    "quantity": "q",
    "holds_office": "K",
    "takes_office": "L",
    "gives_office": "A",
    "passive": "p",
    "to_whom": "c",
    "is": "l",
    "and": "&",
}
"""By the lists of ``[between]`` in ``officials.toml``; of equal entries the later list has it."""


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
_MARKS: Final = "-,;:()."
_BORN: Final = r"(?:(?:[Ss]inh(?: năm| ngày)?|SN|Sn|sn|S\.N)[.:]?+ ?\d[\d/.-]*+|\d\d tuổi)"
_AGE: Final = re.compile(rf" ?\( ?{_BORN} ?\)|{_BORN}")
"""How old somebody is says nothing about the office: ``, 52 tuổi,`` and ``(sinh năm 1970)``."""
_AGE_WORDS: Final = ("inh", "SN", "Sn", "sn", "S.N", "tuổi")
"""Each age has one of these in it; a gap without any is seen at once."""
_SIGNED: Final = re.compile(r"[ \t]*+(?:\n\s*+\([^()\n]{1,40}\)[ \t]*+)?\n\s*+")
"""Between the title in capitals and the name of a signature: ``GIÁM ĐỐC``, perhaps ``(Đã ký)``, ``Vi Văn Tứ``."""
_NAME_ALONE: Final = re.compile(r"(?:\p{Lu}[\p{L}.'’/]*+ ?)?(?:\p{Lu}[\p{L}.'’]*+[ ]?){2,6}+[.]?\s*+")
_NAME_ABOVE: Final = re.compile(
    r"(?:[-•*] ?)?+(?:(?:Ông|Bà|Đồng chí|Đ/c|TS|ThS|PGS|GS|BS)[.,]? ?)*+(?:\p{Lu}[\p{L}'’]*+ ?){2,6}+[ ,]*+\n"
)
_LINE_END: Final = re.compile(r"[ .]*+(?:\n|\Z)|(?:,| -) (?=[^\n.]{1,60}(?:\n|\Z))")
"""Behind an office that has the line to itself, but for more offices or bodies."""
_SIGNING: Final = ("T", "t", "u", "G", "O")
"""Items that end the line above the name of a signature."""
_SEAT: Final = re.compile(
    r" ?\((?:(?:[Đđ]oàn|ĐĐBQH|ĐBQH|[Tt]ổ|tỉnh|thành phố|TP\.?|huyện|thị xã|quận) )*+"
    r"(?:\p{Lu}[\p{L}'’]*+[ -]{0,3}){1,5}+\)"
)
"""For whom a deputy sits: ``(Đoàn ĐBQH tỉnh Sơn La)``, ``(Mộc Châu)``."""
_LONGEST_PROXY: Final = 24
"""Characters of the longest of `Lexicon.proxies`."""
_NAME_LINE: Final = 60
"""Characters that a line has at most that holds a name alone."""


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
    if title < 0 or not text[title:line_end].isupper() or _SIGNED.fullmatch(text, line_end, name[1]) is None:
        return False
    end = text.find("\n", name[1], name[1] + _NAME_LINE)
    alone = text[name[1] : end if end >= 0 else name[1] + _NAME_LINE]
    return _NAME_ALONE.fullmatch(alone) is not None


def line(text: str, stretch: Sequence[Hit], named: Mapping[int, int] = MappingProxyType({})) -> Line:
    """The items of a stretch; ``named`` has persons that are known already: the end of each name by its start."""
    if named:
        known = [(_NAMED, start, end) for start, end in named.items()]
        free = [hit for hit in stretch if not any(hit[1] < end and start < hit[2] for _, start, end in known)]
        stretch = sorted([*free, *known], key=itemgetter(1))
    return _Builder(text, stretch, named).line()


def _may_speak(seen: set[str]) -> bool:
    if "T" in seen or "t" in seen:
        return len(seen) > 1 and not seen <= {"T", "t", "u"}
    return "H" in seen and "S" in seen


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
            signed = "\n" in gap and self.letters[-1:] in _SIGNING and _SIGNED.fullmatch(gap) is not None
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
        prefix = self._prefix(start)
        start -= len(prefix)
        suffix = ""
        if self.text.startswith(self.lexicon.suffixes, end):
            suffix = next(s for s in self.lexicon.suffixes if self.text.startswith(s, end))
            end += len(suffix)
        item = Item(start, end, title, self.lexicon.prefixes.get(prefix, ""), suffix)
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
            self._body(start, found)
            added = True
        return added


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


@lru_cache(maxsize=1 << 12)
def gap_letters(gap: str) -> str:
    """Letters of the text between two items.

    >>> gap_letters(" - "), gap_letters(", hiện đang "), gap_letters(" được bầu làm "), gap_letters(" (SN 1970), ")
    ('-', ',x', 'L', ',')
    """
    automaton, kinds = _gap_words()
    if any(word in gap for word in _AGE_WORDS) and any(map(str.isdigit, gap)):
        gap = _AGE.sub("", gap)
    letters = ""
    last = 0
    for index, start, end in automaton.find_matches_as_indexes(gap):
        letter = kinds[index]
        if letter == "-":
            if gap[start - 1 : start].strip() and gap[end : end + 1].strip():
                continue  # `Covid-19`
        elif letter not in _MARKS and (gap[start - 1 : start].isalnum() or gap[end : end + 1].isalnum()):
            continue
        if not letters.endswith("x") and gap[last:start].strip():
            letters += "x"
        letters += letter
        last = end
    return letters + "x" if gap[last:].strip() else letters


@cache
def _gap_words() -> tuple[AhoCorasick, list[str]]:
    """What has a letter of its own between items, and the letters, by index."""
    between = officials_file().between
    letters = {mark: mark for mark in _MARKS if mark != "."} | {"\n": "."}
    letters |= {"|": ",", "\t": ","}
    letters |= {stop + behind: "." for stop in ".!?…" for behind in (" ", '" ', "” ")}
    for kind, letter in _LINK_LETTERS.items():
        for word in _expanded(between[kind], between["verbs"]):  # type: ignore[index]
            letters |= {word: letter, word[0].upper() + word[1:]: letter}
    automaton = AhoCorasick(list(letters), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA)
    return automaton, list(letters.values())


def _expanded(words: Iterable[str], verbs: Iterable[str]) -> Iterator[str]:
    for word in words:
        if "{verb}" in word:
            yield from (word.replace("{verb}", verb) for verb in verbs)
        else:
            yield word
