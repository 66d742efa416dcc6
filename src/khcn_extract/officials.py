"""Officials: every mention by name of a person who holds a public position, with the positions stated there.

Read `find` first. What ties a name to a title is data, ``rules/officials.toml``; `officials_items` makes a text the
items that these rules speak about, and `officials_grammar` what they say; `organizations` knows where the name of a
body ends. This module adds what only the whole article tells: who of all the persons named is an official, and which
later mentions are theirs.

The knowledge is the annotation guideline's (section ``official``) and that of the rule files.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import regex as re

from khcn_extract.facts import Fact, OfficialValue, Position
from khcn_extract.officials_grammar import GIVEN_NAME_AGAIN, NAME_AGAIN
from khcn_extract.officials_items import is_inside_another_name
from khcn_extract.officials_lexicon import lexicon
from khcn_extract.officials_mentions import Mention, canonical, mentions_in_many
from khcn_extract.officials_stretches import hits
from khcn_extract.officials_tagger import confidence

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from khcn_extract.officials_lexicon import Title
    from khcn_extract.officials_mentions import By
    from khcn_extract.officials_stretches import Hit
    from khcn_extract.officials_tagger import Tagger

_SHORTEST_IN_FULL: Final = 2
"""Blanks in a name of which nobody's is a part: `Thắng Lợi` may be somebody's two last syllables."""
_LONGEST_IN_CAPITALS: Final = 3
"""Blanks in a name in capitals; what is longer has words of the headline in it."""
_NEXT_IN_CAPITALS: Final = re.compile(r" (\p{Lu}+)(?!\p{L})")
_BYLINE_CHARS: Final = 300
"""Characters at the end of a text among which a name alone on the last line is the author's."""
_BUSINESS_CHARS: Final = 150
"""Characters on each side of a bare ``Giám đốc`` in which a company makes him a businessman."""
_OFFICE_CHARS: Final = 400
"""Characters before it in which a public body makes him its head, where no company is nearer."""


def find(text: str, by: By = "both", *, tagger: Tagger | None = None) -> list[Fact]:
    """Facts of kind ``official`` in the cleaned text of one article, in the order of the text.

    ``text`` is what the cleaning returns: NFC, dashes and blanks unified, page furniture blanked. Offsets are code
    points of it. A mention that states no position has none in its value; the name in the value is the full one where
    the article gives it. ``by`` says which half finds them: the rules, the trained model, or both together; ``tagger``
    is another than the shipped one. Time is linear in the length of the text.

    >>> [fact] = find("Ông Lâm Văn Bền - Giám đốc Sở KH&CN phát biểu")
    >>> fact.text, fact.value.positions[0].title, fact.value.positions[0].organization
    ('Lâm Văn Bền', 'Giám đốc', 'Sở Khoa học và Công nghệ')
    >>> find("Anh Lâm Văn Bền, nông dân xã Tân Mỹ, kể")
    []
    """
    (facts,) = find_many([text], by, tagger=tagger)
    return facts


def find_many(texts: Sequence[str], by: By = "both", *, tagger: Tagger | None = None) -> list[list[Fact]]:
    """`find` for some dozens of texts at once, step by step, so that the tables of a step stay in the cache."""
    return [[fact for fact, _ in facts] for facts in find_with_evidence(texts, by, tagger=tagger)]


def find_with_evidence(
    texts: Sequence[str], by: By = "both", *, tagger: Tagger | None = None
) -> list[list[tuple[Fact, str]]]:
    """The facts of `find_many`, each with what speaks for it: the name by which `confidence` knows such facts."""
    found = [hits(text) for text in texts]
    stated = mentions_in_many(texts, found, by, tagger)
    return [_facts(*one) for one in zip(texts, found, stated, strict=True)]


def _facts(text: str, found: Sequence[Hit], mentioned: Sequence[Mention]) -> list[tuple[Fact, str]]:
    stated = {mention.start: mention for mention in _in_full(text, found, mentioned)}
    officials = _officials(text, stated.values())
    if not officials:
        return []
    stated |= {mention.start: mention for mention in _unlisted(text, officials) if mention.start not in stated}
    return _Article(text, found, stated, officials).facts()


def _unlisted(text: str, officials: Iterable[str]) -> Iterator[Mention]:
    """Every place of a full name whose surname no list has: the tagger found it somewhere in the article."""
    surnames = lexicon().surnames
    for name in officials:
        if " " not in name or name.split(" ")[0] in surnames:
            continue
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                yield Mention(start, end, name, (), NAME_AGAIN, 1)
            start = text.find(name, end)


def _in_full(text: str, found: Sequence[Hit], stated: Iterable[Mention]) -> list[Mention]:
    """The mentions with the names that the rest of the article tells.

    ``ông Lợi`` and ``ông Thắng Lợi`` have the full name of the person last named so before them; a name in a headline
    of capitals, which does not say where it ends, ends where the article has it in small letters.
    """
    in_order = sorted(stated, key=attrgetter("start"))
    if not any(_is_in_part(text, mention) for mention in in_order):
        return in_order
    named = _named(text, found, in_order)
    known = {name for start, (name, end) in named.items() if not text[start:end].isupper()}
    last: dict[str, str] = {}
    full: dict[int, str] = {}
    for start, (written, _) in sorted(named.items()):
        given = written.rpartition(" ")[2]
        before = last.get(given, written)
        is_part = written.count(" ") < _SHORTEST_IN_FULL and before.endswith(" " + written)
        full[start] = before if is_part else written
        last[given] = full[start]
    ended = (_ended(text, mention._replace(name=full[mention.start]), known) for mention in in_order)
    return [mention for mention in ended if mention is not None]


def _is_in_part(text: str, mention: Mention) -> bool:
    return mention.name.count(" ") < _SHORTEST_IN_FULL or text[mention.start : mention.end].isupper()


def _named(text: str, found: Sequence[Hit], stated: Sequence[Mention]) -> dict[int, tuple[str, int]]:
    """Everybody named with a surname or by a mention: name and end by start."""
    named = {mention.start: (mention.name, mention.end) for mention in stated}
    starts = [*sorted(named), len(text)]
    last = 0
    for word, start, _ in found:
        if start in named:
            last = max(last, named[start][1])
        elif word.letter == "S" and start >= last and not is_inside_another_name(text, start):
            seen = lexicon().name.match(text, start)
            if seen is not None and seen.end() <= starts[bisect_right(starts, start)]:
                named[start] = canonical(seen[0]), seen.end()
                last = seen.end()
    return named


def _ended(text: str, mention: Mention, known: Container[str]) -> Mention | None:
    """A mention in capitals, ended where a known name ends; `None` where nothing says where it does."""
    if mention.name in known or not text[mention.start : mention.end].isupper():
        return mention
    name = mention.name
    while name not in known:
        name = name.rpartition(" ")[0]
        if not name:
            return mention if _ends_by_itself(text, mention) else None
    return mention._replace(name=name, end=mention.start + len(name))


def _ends_by_itself(text: str, mention: Mention) -> bool:
    """Whether what follows a name in capitals is no more of it."""
    behind = _NEXT_IN_CAPITALS.match(text, mention.end)
    is_last = behind is None or behind[1].lower() in lexicon().headline_words
    return is_last and mention.name.count(" ") <= _LONGEST_IN_CAPITALS


def _officials(text: str, mentions: Iterable[Mention]) -> set[str]:
    """Names of those whom some mention gives a public office, or only doubtful ones far from any business."""
    best: dict[str, int] = {}
    in_business: set[str] = set()
    for mention in mentions:
        best[mention.name] = max(mention.standing, best.get(mention.name, -1))
        if mention.standing < 0 or (mention.standing == 0 and _near_business(text, mention)):
            in_business.add(mention.name)
    return {name for name, standing in best.items() if standing > 0 or (standing == 0 and name not in in_business)}


def _near_business(text: str, mention: Mention) -> bool:
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

    def __init__(self, text: str, found: Sequence[Hit], mentions: Mapping[int, Mention], officials: set[str]) -> None:
        self.text = text
        self.found = found
        self.mentions = mentions
        self.officials = officials
        self.lexicon = lexicon()
        self.surest: dict[str, float] = {}
        """How sure the surest mention is that states an office; to name somebody again makes nobody surer."""
        for mention in mentions.values():
            if mention.positions:
                stated = confidence(mention.evidence, mention.rule)
                self.surest[mention.name] = max(stated, self.surest.get(mention.name, 0.0))
        self.last_by_given: dict[str, str] = {}
        """The person last named in full, by the last syllable: who ``ông Thái`` is."""
        self.by_first_part = {part: name for name in officials for part in _first_parts(name)}
        self.out: list[tuple[Fact, str]] = []
        self.position = 0

    def facts(self) -> list[tuple[Fact, str]]:
        """All facts, each with its evidence."""
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
        if found is None:
            return
        written = found[0]
        while written.isupper() and canonical(written) not in self.officials and " " in written:
            written = written.rpartition(" ")[0]  # a headline in capitals does not say where the name ends
        # `CHỦ TỊCH UBND TỈNH LÒ VĂN HẶC`: in capitals the place may have ended before
        if is_inside_another_name(self.text, start) and not (written.isupper() and " " in written):
            return
        if start < following < start + len(written):
            return  # `Mã Cầm Văn Hặc` of `huyện Sông Mã Cầm Văn Hặc`
        name = canonical(written)
        name = self.by_first_part.get(name, name)
        self.last_by_given[name.rpartition(" ")[2]] = name
        self.position = start + len(written)
        if name in self.officials:
            self._add(Mention(start, self.position, name, (), NAME_AGAIN, 1))

    def _behind(self, start: int, title: Title | None) -> None:
        """A capitalised word right behind an honorific or a title."""
        mention = self.mentions.get(start)
        if mention is not None:
            self._mention(mention)
            return
        found = self.lexicon.given.match(self.text, start)
        if found is None:
            return
        written = canonical(found[0])
        if self._is_in_a_body(start, found.end()):
            return  # `Thủ tướng Chính phủ`, whatever name the Prime Minister has
        name = written if written in self.officials else self._who(written)
        if name in self.officials:
            rule = NAME_AGAIN if name == written else GIVEN_NAME_AGAIN
            positions = (Position(title.name),) if title else ()
            self._add(Mention(start, found.end(), name, positions, rule, 1))

    def _is_in_a_body(self, start: int, end: int) -> bool:
        """Whether the words are the first of a body's name."""
        body = self.lexicon.organizations.match(self.text, start)
        return body is not None and body.sector != "places" and body.end > end

    def _who(self, written: str) -> str:
        """The full name of the person last named in full whose given name this is; itself where there is none."""
        name = self.last_by_given.get(written.rpartition(" ")[2], written)
        return name if name.endswith(" " + written) else self.by_first_part.get(written, written)

    def _mention(self, mention: Mention) -> None:
        if mention.start < self.position:
            return
        name = mention.name if " " in mention.name else self._who(mention.name)
        self.last_by_given[name.rpartition(" ")[2]] = name
        self.position = mention.end
        if name in self.officials:
            self._add(mention._replace(name=name))

    def _add(self, mention: Mention) -> None:
        start, end, name, positions, rule, *_ = mention
        self.position = max(self.position, end)
        if not positions and self._is_byline(start, end):
            return
        value = OfficialValue(name=name, positions=positions)
        sure = confidence(mention.evidence, rule)
        if rule in (NAME_AGAIN, GIVEN_NAME_AGAIN):
            sure = min(sure, self.surest.get(name, sure))
        self.out.append((Fact(start, end, self.text[start:end], value, rule, sure), mention.evidence))

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
