"""Officials: every mention by name of a person who holds a public position, with the positions stated there.

Read `find` first. What ties a name to a title is data, ``rules/officials.toml``; `officials_items` makes a text the
items that these rules speak about, and `officials_grammar` what they say; `organizations` knows where the name of a
body ends. This module adds what only the whole article tells: who of all the persons named is an official, and which
later mentions are theirs.

The knowledge is the annotation guideline's (section ``official``) and that of the rule files.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from khcn_extract.facts import Fact, OfficialValue, Position
from khcn_extract.officials_grammar import position, readings
from khcn_extract.officials_items import hits, is_inside_another_name, lines
from khcn_extract.officials_lexicon import lexicon, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khcn_extract.officials_grammar import Reading
    from khcn_extract.officials_items import Hit, Line
    from khcn_extract.officials_lexicon import Title

_BYLINE_CHARS: Final = 300
"""Characters at the end of a text among which a name alone on the last line is the author's."""


_BUSINESS_CHARS: Final = 150
"""Characters on each side of a bare ``Giám đốc`` in which a company makes him a businessman."""
_OFFICE_CHARS: Final = 400
"""Characters before it in which a public body makes him its head, where no company is nearer."""


class _Mention(NamedTuple):
    """A person as one rule found them."""

    start: int
    end: int
    name: str
    """Canonical."""
    positions: tuple[Position, ...]
    rule: int
    standing: int
    """As in `Reading`."""


def find(text: str) -> list[Fact]:
    """Facts of kind ``official`` in the cleaned text of one article, in the order of the text.

    ``text`` is what the cleaning returns: NFC, dashes and blanks unified, page furniture blanked. Offsets are code
    points of it. A mention that states no position has none in its value; the name in the value is the full one where
    the article gives it. Time is linear in the length of the text.

    >>> [fact] = find("Ông Lâm Văn Bền - Giám đốc Sở KH&CN phát biểu")
    >>> fact.text, fact.value.positions[0].title, fact.value.positions[0].organization
    ('Lâm Văn Bền', 'Giám đốc', 'Sở Khoa học và Công nghệ')
    >>> find("Anh Lâm Văn Bền, nông dân xã Tân Mỹ, kể")
    []
    """
    (facts,) = find_many([text])
    return facts


def find_many(texts: Sequence[str]) -> list[list[Fact]]:
    """`find` for some dozens of texts at once, step by step, so that the tables of a step stay in the cache."""
    found = [hits(text) for text in texts]
    itemized = [list(lines(text, here)) for text, here in zip(texts, found, strict=True)]
    mentions = [
        {
            mention.start: mention
            for line in items
            for reading in readings(line.letters)
            for mention in _mentions(text, line, reading)
        }
        for text, items in zip(texts, itemized, strict=True)
    ]
    return [
        _Article(text, here, named, officials).facts() if (officials := _officials(text, named.values())) else []
        for text, here, named in zip(texts, found, mentions, strict=True)
    ]


def _mentions(text: str, line: Line, reading: Reading) -> list[_Mention]:
    positions = tuple([position(text, line, office) for office in reading.offices])
    if len(positions) > 1:
        positions = tuple(dict.fromkeys(positions))
    found = []
    for index in reading.names:
        item = line.items[index]
        name = _canonical(text[item.start : item.end])
        found.append(_Mention(item.start, item.end, name, positions, reading.rule, reading.standing))
    return found


def _officials(text: str, mentions: Iterable[_Mention]) -> set[str]:
    """Names of those whom some mention gives a public office, or only doubtful ones far from any business."""
    best: dict[str, int] = {}
    in_business: set[str] = set()
    for mention in mentions:
        best[mention.name] = max(mention.standing, best.get(mention.name, -1))
        if mention.standing < 0 or (mention.standing == 0 and _near_business(text, mention)):
            in_business.add(mention.name)
    return {name for name, standing in best.items() if standing > 0 or (standing == 0 and name not in in_business)}


def _near_business(text: str, mention: _Mention) -> bool:
    """Whether the words round a bare ``Giám đốc`` speak of a company rather than of a public body."""
    companies, offices = lexicon().companies, lexicon().offices
    before = [
        found.start() for found in companies.finditer(text, max(0, mention.start - _BUSINESS_CHARS), mention.start)
    ]
    start = before[-1] if before else max(0, mention.start - _OFFICE_CHARS)
    if offices.search(text, start, mention.start) is not None:
        return False
    return bool(before) or companies.search(text, mention.end, mention.end + _BUSINESS_CHARS) is not None


class _Article:
    """One walk over the literals of an article, from which each fact comes in the order of the text."""

    def __init__(self, text: str, found: Sequence[Hit], mentions: Mapping[int, _Mention], officials: set[str]) -> None:
        self.text = text
        self.found = found
        self.mentions = mentions
        self.officials = officials
        self.lexicon = lexicon()
        self.rules = rules()
        self.last_by_given: dict[str, str] = {}
        """The person last named in full, by the last syllable: who ``ông Thái`` is."""
        self.by_first_part = {part: name for name in officials for part in _first_parts(name)}
        self.out: list[Fact] = []
        self.position = 0

    def facts(self) -> list[Fact]:
        """All facts."""
        text = self.text
        waiting = [len(text), *sorted(self.mentions, reverse=True)]
        for word, start, end in self.found:
            while waiting[-1] < start:
                self._mention(self.mentions[waiting.pop()])
            if start < self.position:
                continue
            if word.letter == "S":
                self._full_name(start, waiting[-1])
                continue
            if word.letter == "w":
                continue
            after = end + 1 - word.blank
            if text[after : after + 1].isupper() and text[after - 1] == " ":
                self._behind(after, word.title)
        for start in reversed(waiting[1:]):
            self._mention(self.mentions[start])
        return self.out

    def _full_name(self, start: int, following: int) -> None:
        """A surname; ``following`` is where the next mention begins that a rule found."""
        mention = self.mentions.get(start)
        if mention is not None:
            self._mention(mention)
            return
        found = self.lexicon.name.match(self.text, start)
        if found is None or is_inside_another_name(self.text, start):
            return
        written = found[0]
        while written.isupper() and _canonical(written) not in self.officials and " " in written:
            written = written.rpartition(" ")[0]  # a headline in capitals does not say where the name ends
        if start < following < start + len(written):
            return  # `Mã Cầm Văn Hặc` of `huyện Sông Mã Cầm Văn Hặc`
        name = _canonical(written)
        name = self.by_first_part.get(name, name)
        self.last_by_given[name.rpartition(" ")[2]] = name
        self.position = start + len(written)
        if name in self.officials:
            self._add(start, self.position, name, (), _rule_number("official.name_again"))

    def _behind(self, start: int, title: Title | None) -> None:
        """A capitalised word right behind an honorific or a title."""
        mention = self.mentions.get(start)
        if mention is not None:
            self._mention(mention)
            return
        found = self.lexicon.given.match(self.text, start)
        if found is None:
            return
        written = _canonical(found[0])
        name = written if written in self.officials else self._who(written)
        if name in self.officials:
            rule = "official.name_again" if name == written else "official.given_name_again"
            self._add(start, found.end(), name, (Position(title.name),) if title else (), _rule_number(rule))

    def _who(self, written: str) -> str:
        """The full name of the person last named in full whose given name this is; itself where there is none."""
        name = self.last_by_given.get(written.rpartition(" ")[2], written)
        return name if name.endswith(" " + written) else self.by_first_part.get(written, written)

    def _mention(self, mention: _Mention) -> None:
        if mention.start < self.position:
            return
        name = mention.name if " " in mention.name else self._who(mention.name)
        self.last_by_given[name.rpartition(" ")[2]] = name
        self.position = mention.end
        if name in self.officials:
            self._add(mention.start, mention.end, name, mention.positions, mention.rule)

    def _add(self, start: int, end: int, name: str, positions: tuple[Position, ...], rule: int) -> None:
        self.position = max(self.position, end)
        if not positions and self._is_byline(start, end):
            return
        value = OfficialValue(name=name, positions=positions)
        by = self.rules[rule]
        self.out.append(Fact(start, end, self.text[start:end], value, by.name, by.confidence))

    def _is_byline(self, start: int, end: int) -> bool:
        """Whether the name stands alone on the last line."""
        text = self.text
        if end < len(text) - _BYLINE_CHARS or text[end:].strip():
            return False
        line = text.rfind("\n", max(0, start - _BYLINE_CHARS), start)
        return (line >= 0 or start <= _BYLINE_CHARS) and not text[line + 1 : start].strip()


def _first_parts(name: str) -> list[str]:
    """The parts by which somebody is called whose given name stands first: ``Y Blum`` of ``Y Blum Hđơk``."""
    parts = name.split(" ")
    if parts[0] == "Y":
        return [" ".join(parts[:2])] if len(parts) > 2 else []
    return parts[:1] if len(parts) > 1 and "'" in parts[0] else []


def _canonical(name: str) -> str:
    """The name in the case that names have, where it is written in capitals."""
    return " ".join(part.capitalize() for part in name.split(" ")) if name.isupper() and len(name) > 1 else name


@cache
def _rule_number(name: str) -> int:
    return next(number for number, rule in enumerate(rules()) if rule.name == name)
