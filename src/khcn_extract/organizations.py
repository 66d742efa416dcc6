"""Where the name of an organization ends: ``Giám đốc Sở KH&CN tặng giấy khen`` → ``Sở KH&CN``.

Read `OrganizationNames.match`, the only entry. A caption has no full stop, so punctuation can't tell; the grammar of
such names can. Each word (or phrase that ``rules/organizations.toml`` knows) becomes a letter, and one pattern over
these letters, in the same file, says how a name goes on. What it says is remembered by the words. Where a person's name
stands right behind (``Chủ tịch UBND xã Mai Châu Hà Công Thấm``), `officials_persons` says where it begins.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import regex as re
from pydantic import BaseModel, ConfigDict

from khcn_extract.canonical import spell_out
from khcn_extract.officials_persons import SHORTEST, Persons
from khcn_extract.text import lowered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WORD: Final = re.compile(
    r"""\p{L}[\p{L}\p{N}'’]*+
        (?: (?: (?<= [\p{Lu}\p{N}] ) [&/-] | , (?= TT&DL) | (?<! \b(?i:tp|tx|tt|q|p|h|x) ) [.] | [.] (?= \p{Lu}{2} ) )
            \p{Lu}[\p{L}\p{N}]*+ )*+
        (?: [.] (?<= (?<![&/-])\b(?i:tp|tx|tt|q|p)[.] ) (?= \s|$|\p{Lu}\p{Ll} ) )?+
      | \d++ | \n | [^\s\p{L}\p{N}]""",
    re.VERSION1 | re.VERBOSE,
)
_OPENERS: Final = frozenset(["Ông", "Theo", "Tại", "Ngày", "Sáng", "Chiều", "Trong", "Sau"])
"""With these a sentence begins; so the point before is no abbreviation's alone."""
_LETTERS: Final = re.compile(r"\p{L}++")
_MAX_CHARS: Final = 200
_HEADLINE: Final = 30
"""Characters without a small letter that make a headline."""
_MAX_DIGITS: Final = 3
"""Digits of a number in a name: ``Quân khu 7``, ``Trung đoàn 148``."""
_PIECES: Final = (8, 20)
"""How many pieces between blanks are looked at: first these, then those.

The longest names have about 150 characters and 25 words; the bounds keep a line of ten million capitals linear.
"""
_ENDS, _FOREIGN, _HALF, _WHOLE = range(4)
"""How a word goes on a name: it ends it; it may only be the second half of the word before; it may need a second half;
it needs none."""

_COUNCILS: Final = frozenset(
    [("hđnd",), ("ubnd",), ("hội", "đồng", "nhân", "dân"), ("ủy", "ban", "nhân", "dân"), ("uỷ", "ban", "nhân", "dân")]
)
"""Bodies of one kind each: what stands behind them and ``về`` is no part of their names."""

Sector = Literal["administration", "public", "places", "private"]


List = Literal[
    "fields", "nouns", "actions", "monosyllables", "units", "links", "superiors", "numbering", "enders",
    "stop_syllables", "named_after_people", "perhaps_named_after_people", "namesakes", "directions", "companies",
    "offices", "verbs", "provinces", "countries", "places_like_names", "committees",
]  # fmt: skip


class OrganizationsFile(BaseModel):
    """The whole of ``rules/organizations.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: str
    fragments: dict[str, str]
    heads: dict[Sector, tuple[str, ...]]
    vocabulary: dict[List, tuple[str, ...]]
    """Named lists of words; one that this module does not read is an error."""


class OrganizationName(NamedTuple):
    """Where a name ends in the text, and what kind of body has it."""

    end: int
    sector: Sector
    person: bool = False
    """Whether a person's name follows, behind a blank."""


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    """In lower case."""
    capital: str
    small: str
    """Letters of the phrase by the case of its first character; empty where that case is not this phrase."""


class OrganizationNames:
    """The names of organizations; see `khcn_extract.officials_lexicon.lexicon` for the one in use.

    ``titles`` are phrases that end a name where they begin with a capital; ``persons`` finds the person behind it.
    """

    def __init__(self, file: OrganizationsFile, *, titles: Iterable[str], persons: Persons) -> None:
        self._sectors = {_lower_words(head): sector for sector, heads in file.heads.items() for head in heads}
        places = (*file.vocabulary["provinces"], *file.vocabulary["countries"])
        self._sectors |= {_lower_words(place): "places" for place in places}
        self._head_words = {found[0] for words in self._sectors if (found := _LETTERS.match(words[0])) is not None}
        self._head_length = max(map(len, self._sectors))
        self._places = frozenset(tuple(_words(place)) for place in places)
        self._provinces = re.compile(rf"\b(?:{'|'.join(map(re.escape, map(str.lower, places)))})\b")
        self._units = frozenset(_lower_words(unit) for unit in file.vocabulary["units"])
        self._phrases = _phrases(file, titles)
        self._enders = {
            first: enders
            for first, phrases in self._phrases.items()
            if (enders := [phrase.words for phrase in phrases if phrase.capital == "s"])
        }
        self._persons = persons
        self._namesakes = frozenset(_lower_words(name) for name in file.vocabulary["namesakes"])
        self._monosyllables = frozenset(file.vocabulary["monosyllables"])
        self._stops = frozenset(file.vocabulary["stop_syllables"])
        self._verbs = frozenset(file.vocabulary["verbs"])
        self._inner_words = {word for phrases in self._phrases.values() for phrase in phrases for word in phrase.words}
        pattern = re.compile(filled(file.pattern, file.fragments), re.VERBOSE | re.VERSION1)

        @lru_cache(maxsize=1 << 14)  # the same few hundred bodies recur through a whole corpus
        def taken(words: tuple[str, ...]) -> tuple[int, Sector, bool] | None:
            return self._taken(list(words), pattern)

        self._taken_by_words = taken
        self._pieces = lru_cache(maxsize=1 << 14)(self._read_piece)  # syllables are few

    def may_begin_with(self, letters: str) -> bool:
        """Whether a name may begin with these letters; they end where the first word's letters end."""
        return letters.lower() in self._head_words

    def is_unit(self, word: str) -> bool:
        """Whether the word alone is a kind of place that has heads: ``xã``."""
        return (word.lower(),) in self._units

    def match(self, text: str, start: int) -> OrganizationName | None:
        """The name of an organization that begins at ``start``.

        >>> from khcn_extract.officials_lexicon import lexicon
        >>> text = "Giám đốc Sở Y tế tỉnh Yên Bái cho biết"
        >>> lexicon().organizations.match(text, 9)
        OrganizationName(end=29, sector='administration', person=False)
        >>> lexicon().organizations.match(text, 0) is None
        True
        """
        words, ends = self._window(text, start) if not _is_headline(text, start) else self._of_headline(text, start)
        taken = self._taken_by_words(tuple(words))
        return None if taken is None else OrganizationName(ends[taken[0] - 1], taken[1], taken[2])

    def in_small_letters(self, capitals: str) -> str:
        """A headline in small letters but for abbreviations and provinces; of the same length.

        >>> from khcn_extract.officials_lexicon import lexicon
        >>> lexicon().organizations.in_small_letters("SỞ KH&CN TỈNH SƠN LA")
        'sở KH&CN tỉnh Sơn La'
        """
        small = " ".join(map(_in_small_letters, capitals.split(" ")))
        return str(self._provinces.sub(lambda place: place[0].title(), small))

    def may_go_on(self, words: str) -> bool:
        """Whether these words, all in small letters, may be the rest of a name that the lists do not know."""
        return not any(word in self._stops or word in self._verbs for word in words.split())

    def field_end(self, text: str, start: int) -> int:
        """End of the field of administration that begins at ``start`` (``Tư pháp``); ``start`` where there is none."""
        first = _WORD.match(text, start)
        phrases = self._phrases.get(first[0].lower(), ()) if first is not None else ()
        if not any(phrase.small == "f" for phrase in phrases):
            return start
        words, ends = self._window(text, start)
        lower = tuple(word.lower() for word in words)
        for phrase in phrases:
            if phrase.small == "f" and lower[: len(phrase.words)] == phrase.words:
                return ends[len(phrase.words) - 1]
        return start

    def _window(self, text: str, start: int) -> tuple[list[str], list[int]]:
        """Words from ``start`` to the first that can't belong to a name, and their ends."""
        words: list[str] = []
        ends: list[int] = []
        read = self._pieces
        complete = False
        rest = text[start : start + _MAX_CHARS]
        for most in _PIECES:  # most names are short
            pieces = rest.split(" ", most)
            rest = pieces.pop() if len(pieces) > most else ""
            for piece, following in zip_longest(pieces, pieces[1:]):
                for word, kind, end in read(piece):
                    if kind < _HALF and (kind is _ENDS or complete):
                        return words, ends
                    complete = kind is not _HALF
                    words.append(word)
                    ends.append(start + end)
                if following in _OPENERS and piece[-1:] == ".":  # `UBND TP. Ông Tám nói`
                    words[-1], ends[-1] = words[-1].removesuffix("."), start + len(piece) - 1
                    return words, ends
                start += len(piece) + 1
            if not rest:
                break
        return words, ends

    def _of_headline(self, text: str, start: int) -> tuple[list[str], list[int]]:
        """The window without its capitals, but those of provinces: a capital says that a name goes on."""
        line = text[start : start + _MAX_CHARS].partition("\n")[0]
        words, ends = self._window(self.in_small_letters(line), 0)
        return words, [start + end for end in ends]

    def _read_piece(self, piece: str) -> tuple[tuple[str, int, int], ...]:
        """Words and marks of a text without blanks, how each goes on a name, and its end."""
        return tuple((found[0], self._kind(found[0]), found.end()) for found in _WORD.finditer(piece))

    def _kind(self, word: str) -> int:
        if word[0].isupper():
            if word.isupper() and word.lower() in self._stops:
                return _ENDS  # a headline in capitals
            return _HALF if word[1:].islower() else _WHOLE  # `KH&CN tặng`: only `Thổ` may need a second half
        if word == ".":
            return _ENDS
        if word in self._inner_words or (word.isdigit() and len(word) <= _MAX_DIGITS):
            return _WHOLE
        return _FOREIGN if word.isalnum() else _ENDS

    def _taken(self, words: list[str], pattern: re.Pattern[str]) -> tuple[int, Sector, bool] | None:
        """How many of the words are the name, whose it is, and whether a person follows."""
        lower = [word.lower() for word in words]
        head = self._head(words, lower)
        if not head:
            return None
        letters, last_words, person = self._letters(words, lower, head)
        found = pattern.match(letters)
        if found is None or not found.end():
            return None
        size = last_words[found.end() - 1] + 1
        return size, self._sectors[tuple(lower[:head])], size == person

    def _head(self, words: list[str], lower: list[str]) -> int:
        """How many words the head has; 0 where no organization begins here."""
        for size in range(min(self._head_length, len(lower)), 0, -1):
            key = tuple(lower[:size])
            sector = self._sectors.get(key)
            # Provinces and countries are written with capitals, `tỉnh` and `huyện` as anybody likes.
            if sector and (sector != "places" or key in self._units or tuple(words[:size]) in self._places):
                return size
        return 0

    def _letters(self, words: list[str], lower: list[str], head: int) -> tuple[str, list[int], int]:
        """One letter a phrase or word, for each the index of its last word, and where a person ended them (or -1)."""
        letters: list[str] = []
        last_words: list[int] = []
        index = run_end = 0
        person = -1
        while index < len(words):
            if index >= max(run_end, 1):
                run_end = self._run_end(words, lower, index)
                person = self._person(words, lower, range(index, run_end), letters)
            if 0 <= person <= index:
                break
            letter, size = self._letter(words, lower, index)
            if index == 0 and letter not in "st":
                letter, size = (letter if letter in "uEep" else "H"), head
            elif (
                letter in "st"
                or (letter == "l" and words[index] in self._stops)
                or (letter == "k" and lower[index] == "về" and self._is_whole(lower, head, letters))
            ):
                break
            letters.append(letter)
            index += size
            last_words.append(index - 1)
        return "".join(letters), last_words, person

    def _is_whole(self, lower: list[str], head: int, letters: list[str]) -> bool:
        """Whether the name needs no matter behind ``về``: a council's, or a Party committee's."""
        return tuple(lower[:head]) in _COUNCILS or (len(letters) > 1 and letters[-1] == "H")

    def _run_end(self, words: list[str], lower: list[str], start: int) -> int:
        """Index behind the capitalised words from ``start``; a title or another word that ends a name ends them."""
        for index in range(start, len(words)):
            if not _is_syllable(words[index]):
                return index
            for ender in self._enders.get(lower[index], ()):
                size = len(ender)
                if tuple(lower[index : index + size]) != ender:
                    continue
                # `Chíu Sáng Phúc`: behind a surname what ends a name elsewhere is part of the person's
                if size > 1 or index == start or not self._persons.may_begin_with(lower[index - 1]):
                    return index
        return len(words)

    def _person(self, words: list[str], lower: list[str], run: range, letters: list[str]) -> int:
        """Index of the word in the run where a person's name begins, -1 where none does."""
        if len(run) == 1 and _is_called(words[run.start]):
            return run.start
        if len(run) < SHORTEST:
            return -1
        named = any(letter in "uEe" for letter in letters)

        def is_known(start: int, end: int) -> bool:
            phrase = tuple(lower[start:end])
            if named and phrase in self._namesakes:
                return True
            return any(p.capital and p.words == phrase for p in self._phrases.get(phrase[0], ()))

        return self._persons.start(lower, run, letters[-1], is_known)

    def _letter(self, words: list[str], lower: list[str], index: int) -> tuple[str, int]:
        word = words[index]
        capital = word[0].isupper()
        for phrase in self._phrases.get(lower[index], ()):
            size = len(phrase.words)
            letter = phrase.capital if capital else phrase.small
            if (
                letter
                and (size == 1 or tuple(lower[index : index + size]) == phrase.words)
                and not (index and size > 1 and self._is_unit_before_a_name(words, index))
            ):
                return letter, size
        if not word[0].isalpha():
            return ("d" if word.isdigit() else "k" if word == "&" else word if word in ",-" else "."), 1
        return (self._capital_letter(word) if capital else "l"), 1

    def _is_unit_before_a_name(self, words: list[str], index: int) -> bool:
        """``UBND tỉnh Đoàn Văn Bình``: the name of one of the family Đoàn, where ``Tỉnh đoàn`` is a body."""
        return (words[index],) in self._units and index + 1 < len(words) and words[index + 1][0].isupper()

    def _capital_letter(self, word: str) -> str:
        if not _is_syllable(word):
            return "C"
        return "m" if word.lower() in self._monosyllables else "c"


def _is_headline(text: str, start: int) -> bool:
    """Whether what follows is in capitals, and not an abbreviation alone: ``UBND TP Vinh``."""
    if not text[start + 1 : start + 2].isupper():  # seen at once
        return False
    line = text[start : start + _HEADLINE].partition("\n")[0]
    return line.isupper() and " " in line


@lru_cache(maxsize=1 << 12)
def _in_small_letters(word: str) -> str:
    """The word in small letters, unless it is an abbreviation."""
    return lowered(word) if spell_out(word) == word else word


def _is_called(word: str) -> bool:
    """Whether the word alone is how a person is called: ``H'Mlen``, but not ``M'gar``."""
    return word[:2] in ("H'", "H’", "K'", "K’") and word[2:].istitle()


def _is_syllable(word: str) -> bool:
    """Whether the word is written as names are: ``Thấm``, ``A``, ``H'Mlen``, but not ``KH`` or ``M``."""
    rest = word[1:]
    return word[0].isupper() and (rest.islower() or word in ("A", "Y") or (word[1:2] in ("'", "’") and word.istitle()))


def filled(pattern: str, fragments: Mapping[str, str]) -> str:
    """The pattern with each ``{name}`` replaced by that fragment, fragments of fragments too."""
    while True:
        done = re.sub(r"\{([a-z_]+)\}", lambda found: f"(?:{fragments[found[1]]})", pattern)
        if done == pattern:
            return str(done)
        pattern = done


def _phrases(file: OrganizationsFile, titles: Iterable[str]) -> dict[str, tuple[_Phrase, ...]]:
    """All phrases by their first word, longest first; of equal ones the first kind listed here."""
    lists = file.vocabulary
    heads = [head for heads in file.heads.values() for head in heads]
    kinds = (
        ("p", "", (*lists["provinces"], *lists["countries"], *lists["places_like_names"])),
        ("u", "u", lists["units"]),
        ("s", "t", titles),
        ("s", "", lists["enders"]),
        ("E", "E", lists["named_after_people"]),
        ("e", "e", lists["perhaps_named_after_people"]),
        ("f", "f", lists["fields"]),
        ("H", "H", lists["committees"]),
        ("V", "v", lists["actions"]),
        ("H", "", heads),
        ("n", "n", lists["nouns"]),
        ("k", "k", lists["links"]),
        ("g", "g", lists["superiors"]),
        ("", "r", lists["numbering"]),
        ("H", "h", heads),
    )
    by_first: dict[str, list[_Phrase]] = {}
    for capital, small, entries in kinds:
        for entry in entries:
            words = _lower_words(entry)
            by_first.setdefault(words[0], []).append(_Phrase(words, capital, small))
    return {first: tuple(sorted(found, key=lambda p: -len(p.words))) for first, found in by_first.items()}


def _lower_words(phrase: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _words(phrase))


@cache
def _words(phrase: str) -> list[str]:
    return [found[0] for found in _WORD.finditer(phrase)]
