"""Who is named with which office, sentence by sentence: by the rules, by the tagger, or by both together.

Read `mentions` first. The marriage of the two halves: rules read first. Where they leave a title without a person, and
a capitalised run stands near that could be one, the tagger is asked about the sentence; a name that it proposes
becomes an item like those that the lexicon found, and the same grammar of offices reads the line again. So the tagger
adds names that no list has (``Rakel Ösp``), and never an office that the grammar would not read. Where the grammar has
no pattern for the words between, the tagger's own title and body stand, if it is sure.

Asked about a sentence, the tagger is also heard on what the rules found there: `Mention.seconded`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cache, cached_property, lru_cache
from itertools import dropwhile
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import regex as re

from khcn_extract.canonical import spell_out
from khcn_extract.facts import Position
from khcn_extract.officials_grammar import MODEL, MODEL_THEN_GRAMMAR, position, readings
from khcn_extract.officials_items import is_inside_another_name, line
from khcn_extract.officials_lexicon import lexicon, rules
from khcn_extract.officials_stretches import stretches
from khcn_extract.officials_tagger import BODY, PERSON, TITLE, Question, shipped
from khcn_extract.sentences import sentence_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khcn_extract.officials_grammar import Reading
    from khcn_extract.officials_items import Line
    from khcn_extract.officials_stretches import Hit, Stretch
    from khcn_extract.officials_tagger import Proposal, Tagger

By = Literal["rules", "model", "both"]


BANDS: Final = (0.5, 0.7, 0.9, 0.99, 0.999)
"""Lowest probabilities of the bands in which the tagger's own names are counted."""
MIN_PROBABILITY: Final = 0.5
"""Of a proposed name, for the grammar to read it."""
SURE: Final = 0.9
"""Of a proposed name that the grammar leaves, for the tagger's own title to stand."""
SURE_WITHOUT_OFFICE: Final = 0.98
"""Of a proposed name next to which the tagger sees no title."""
_MAX_BETWEEN: Final = 3
"""Characters between a name, a title and a body that belong together by the tagger alone: ``, ``, `` - ``."""
_WEAK: Final = 0.88
"""Confidence of a rule below which the tagger is asked for its opinion."""
_REACH: Final = 120
"""Characters on each side of a title in which its person may be named."""
_FORMER: Final = ("nguyên ", "cựu ")
_HONORIFIC_BETWEEN: Final = re.compile(r"(?i)[ ,:-]{0,3}(?:ông|bà|đồng chí|đ/c|ngài|(?:PGS\.?)?TS|ThS|BS)[ .]{1,2}")
_PARTS: Final = re.compile("[ -]")
_CAPITALIZED: Final = re.compile(r"\p{Lu}[\p{L}'’]*+(?:[ -]\p{Lu}[\p{L}'’]*+){1,5}+")


class Mention(NamedTuple):
    """A person with the offices that one place of the text gives them."""

    start: int
    end: int
    name: str
    """Canonical."""
    positions: tuple[Position, ...]
    rule: str
    standing: int
    """As in `Reading`."""
    probability: float | None = None
    """The tagger's, of a name that it found."""
    seconded: bool | None = None
    """Whether the tagger, asked, sees the same name; `None` where it was not asked."""

    @property
    def evidence(self) -> str:
        """What speaks for it: the rule, and of the tagger whether it agrees, or how sure it is of its own name."""
        if self.probability is not None:
            return f"{self.rule} >= {max((low for low in BANDS if low <= self.probability), default=0.0)}"
        if self.seconded is None:
            return self.rule
        return f"{self.rule} {'seconded' if self.seconded else 'not seconded'}"


def mentions(text: str, found: Sequence[Hit], by: By = "both", tagger: Tagger | None = None) -> Iterator[Mention]:
    """The mentions that state an office, in no order; ``found`` are the literals of `officials_items.hits`.

    ``tagger`` is the shipped one where none is given.

    >>> from khcn_extract.officials_stretches import hits
    >>> text = "Tổng Giám đốc Tổ chức Lao động quốc tế Rakel Ösp đến thăm"
    >>> [(mention.name, mention.rule) for mention in mentions(text, hits(text))]
    [('Rakel Ösp', 'official.model_then_grammar')]
    >>> list(mentions(text, hits(text), by="rules"))
    []
    """
    (mentioned,) = mentions_in_many([text], [found], by, tagger)
    yield from mentioned


def mentions_in_many(
    texts: Sequence[str], found: Sequence[Sequence[Hit]], by: By = "both", tagger: Tagger | None = None
) -> list[list[Mention]]:
    """`mentions` of each text: first the rules read all of them, then the tagger answers all questions at once."""
    read = [
        [(stretch, _Read(text, stretch) if by != "model" else None) for stretch in stretches(text, here)]
        for text, here in zip(texts, found, strict=True)
    ]
    if by == "rules":
        return [[mention for _, one in several if one for mention in one.mentions] for several in read]
    askers = [_Asker(text, here, several) for text, here, several in zip(texts, found, read, strict=True)]
    questions = [question for asker in askers for question in asker.questions()]
    answers = iter((tagger or shipped()).answers(questions) if questions else ())
    return [asker.told(answers) for asker in askers]


class _Read:
    """What the rules say about a stretch."""

    def __init__(self, text: str, stretch: Stretch) -> None:
        self.line = line(text, stretch.hits) if stretch.may_speak else None
        self.readings = readings(self.line.letters) if self.line is not None else ()
        self.mentions = [m for r in self.readings for m in mentions_of(text, self.line, r)] if self.line else []


def mentions_of(text: str, line: Line, reading: Reading) -> Iterator[Mention]:
    """The mentions of one reading of a line, from left to right."""
    positions = tuple([position(text, line, office) for office in reading.offices])
    if reading.granted:
        granted = [position(text, line, office) for office in reading.granted]
        positions = (*(p for p in granted if p.title.startswith(lexicon().held_by_several)), *positions)
    if len(positions) > 1:
        positions = tuple(dict.fromkeys(positions))
    rule = rules()[reading.rule].name
    for index in reading.names:
        item = line.items[index]
        yield Mention(item.start, item.end, canonical(text[item.start : item.end]), positions, rule, reading.standing)


def canonical(name: str) -> str:
    """The name in the case that names have, where it is written in capitals."""
    return " ".join(part.capitalize() for part in name.split(" ")) if name.isupper() and len(name) > 1 else name


class _Asker:
    """Asks the tagger about sentences of one text, and marries its answers with what the rules say."""

    def __init__(self, text: str, found: Sequence[Hit], read: Sequence[tuple[Stretch, _Read | None]]) -> None:
        self.text = text
        self.found = found
        self.firsts = [start for _, start, _ in found]
        self.asked = [(stretch, one, self._sentences(stretch, one)) for stretch, one in read]

    @cached_property
    def starts(self) -> list[int]:
        return [*sentence_starts(self.text), len(self.text)]

    def questions(self) -> list[Question]:
        """The sentences to ask about, as the tagger wants them."""
        return [self._question(start, end) for _, _, sentences in self.asked for start, end in sentences]

    def told(self, answers: Iterator[list[Proposal]]) -> list[Mention]:
        """The mentions by rules and tagger, or by the tagger alone; of ``answers`` it takes one for each question."""
        return [
            mention
            for stretch, read, sentences in self.asked
            for mention in self._married(stretch, read, sentences, [p for _ in sentences for p in next(answers)])
        ]

    def _married(
        self,
        stretch: Stretch,
        read: _Read | None,
        sentences: Sequence[tuple[int, int]],
        proposed: Sequence[Proposal],
    ) -> list[Mention]:
        known = read.mentions if read is not None else []
        if not sentences:
            return known
        names = {p.start: p for p in proposed if p.letter == PERSON and p.probability >= MIN_PROBABILITY}
        known = [self._heard(mention, sentences, names) for mention in known]
        bodies = _given(read, _BODY)
        new = {start: p for start, p in names.items() if self._is_new(p, known, bodies)}
        if not new:
            return known
        known = [m for m in known if not any(p.start < m.end and m.start < p.end for p in new.values())]
        by_grammar = self._read_again(stretch, new) if read is not None else {}
        rest = [p for start, p in new.items() if start not in by_grammar and (read is None or p.probability >= SURE)]
        return [*known, *by_grammar.values(), *self._by_tags(rest, proposed, _given(read, _TITLE))]

    def _is_new(self, proposed: Proposal, known: Sequence[Mention], bodies: Sequence[tuple[int, int]]) -> bool:
        """Whether the name is one that the rules lack, or have without its first syllables."""
        start, end = proposed.start, proposed.end
        sure = proposed.probability >= SURE
        written = self.text[start:end]
        if " " not in written or " - " in written or written in lexicon().hidden:
            return False
        overlapping = [m for m in known if m.start < end and start < m.end]
        if any(not sure or m.start <= start or m.end != end for m in overlapping):
            return False
        if is_inside_another_name(self.text, start):  # `Bệnh viện Bạch Mai`; but `Chủ tịch xã Lò Văn Hặc` is he
            return sure and written.count(" ") > 1 and self._is_behind_a_unit(start)
        return sure or not any(first < end and start < last for first, last in bodies)

    def _is_behind_a_unit(self, start: int) -> bool:
        word = self.text[max(0, start - _REACH) : start].rstrip(" ").rpartition(" ")[2]
        return lexicon().organizations.is_unit(word)

    def _sentences(self, stretch: Stretch, read: _Read | None) -> list[tuple[int, int]]:
        """Sentences to ask about, in order."""
        if read is None:
            places = [start for word, start, _ in stretch.hits if word.letter in "TtmHP" and word.letter]
            return sorted({self._sentence(place, stretch) for place in places})
        asked = {self._sentence(m.start, stretch) for m in read.mentions if _confidence(m.rule) < _WEAK}
        for word, start, _ in stretch.hits:
            if word.letter in ("T", "t"):
                sentence = self._sentence(start, stretch)
                if sentence not in asked and self._may_name(start, sentence, read):
                    asked.add(sentence)
        return sorted(asked)

    def _sentence(self, place: int, stretch: Stretch) -> tuple[int, int]:
        """The sentence of a place, of an endless one the part round the stretch."""
        at = bisect_right(self.starts, place)
        start, end = self.starts[at - 1], self.starts[min(at, len(self.starts) - 1)]
        return max(start, stretch.hits[0][1] - _REACH), min(end, stretch.hits[-1][2] + _REACH)

    def _may_name(self, title: int, sentence: tuple[int, int], read: _Read) -> bool:
        """Whether near the title in its sentence there is a run of capitalised words that no mention has."""
        start, end = max(sentence[0], title - _REACH), min(sentence[1], title + _REACH)
        taken = [(m.start, m.end) for m in read.mentions]
        for run in _CAPITALIZED.finditer(self.text, start, end):
            if any(a < run.end() and run.start() < b for a, b in taken):
                continue
            if _may_be_named(run[0]):
                return True
        return False

    def _question(self, start: int, end: int) -> Question:
        first, last = bisect_left(self.firsts, start), bisect_left(self.firsts, end)
        return Question(self.text, start, end, self.found[first:last])

    def _heard(self, mention: Mention, sentences: Sequence[tuple[int, int]], names: Mapping[int, Proposal]) -> Mention:
        if not any(start <= mention.start < end for start, end in sentences):
            return mention
        seen = names.get(mention.start)
        return mention._replace(seconded=seen is not None and seen.end == mention.end)

    def _read_again(self, stretch: Stretch, new: Mapping[int, Proposal]) -> dict[int, Mention]:
        """The mentions that the grammar reads with the new names in their places."""
        married = line(self.text, stretch.hits, {start: p.end for start, p in new.items()})
        return {
            mention.start: mention._replace(rule=MODEL_THEN_GRAMMAR, probability=new[mention.start].probability)
            for reading in readings(married.letters)
            for mention in mentions_of(self.text, married, reading)
            if mention.start in new
        }

    def _by_tags(
        self, names: Iterable[Proposal], proposed: Sequence[Proposal], given: Sequence[tuple[int, int]]
    ) -> Iterator[Mention]:
        """The names, each with the title that the tagger sees next to it, if any that the rules have not given."""
        place = {p.start: index for index, p in enumerate(proposed)}
        for name in names:
            at = place[name.start]
            office = self._behind(proposed, at) or self._before(proposed, at)
            if office is not None and any(office[0].start < end and start < office[0].end for start, end in given):
                office = None
            if office is None and name.probability < SURE_WITHOUT_OFFICE:
                continue
            stated = (self._position(*office),) if office is not None else ()
            written = canonical(self.text[name.start : name.end])
            yield Mention(name.start, name.end, written, stated, MODEL, 1, name.probability)

    def _behind(self, proposed: Sequence[Proposal], at: int) -> tuple[Proposal, Proposal | None] | None:
        name, *following = proposed[at : at + 3]
        if not following or following[0].letter != TITLE or not self._together(name, following[0]):
            return None
        title = following[0]
        has_body = len(following) > 1 and following[1].letter == BODY and self._together(title, following[1])
        return title, following[1] if has_body else None

    def _before(self, proposed: Sequence[Proposal], at: int) -> tuple[Proposal, Proposal | None] | None:
        body = proposed[at - 1] if at and proposed[at - 1].letter == BODY else None
        title = proposed[at - 2] if body is not None and at > 1 else proposed[at - 1] if at else None
        chain = [one for one in (title, body, proposed[at]) if one is not None]
        if title is None or title.letter != TITLE or not all(map(self._together, chain, chain[1:])):
            return None
        return title, body

    def _together(self, one: Proposal, other: Proposal) -> bool:
        between = self.text[one.end : other.start]
        return len(between) <= _MAX_BETWEEN or _HONORIFIC_BETWEEN.fullmatch(between) is not None

    def _position(self, title: Proposal, body: Proposal | None) -> Position:
        written = self.text[title.start : title.end]
        first, last = bisect_left(self.firsts, title.start), bisect_left(self.firsts, title.end)
        listed = next((word.title.name for word, _, _ in self.found[first:last] if word.title is not None), None)
        former = written.lower().startswith(_FORMER)
        organization = spell_out(self.text[body.start : body.end]) if body is not None else ""
        organization = organization[:1].upper() + organization[1:]
        return Position(listed or written[:1].upper() + written[1:], organization, former)


_TITLE, _BODY = 0, 1
"""Which of an office's two items."""


def _given(read: _Read | None, part: int) -> list[tuple[int, int]]:
    """Where the titles, or the heads of the bodies, stand that the rules give to a name.

    No further name is in such a body, and in ``đại biểu A, Giám đốc Sở Y tế B`` the office is not A's.
    """
    if read is None or read.line is None:
        return []
    items = read.line.items
    given = [items[office[part]] for reading in read.readings for office in reading.offices if office[part] in items]
    return [(item.start, item.end) for item in given]


@lru_cache(maxsize=1 << 13)
def _may_be_named(run: str) -> bool:
    """Whether a run of capitalised words is more than the first words of a body and one other."""
    return run.isupper() or sum(1 for _ in dropwhile(_begins_body, _PARTS.split(run))) > 1


def _begins_body(word: str) -> bool:
    return lexicon().organizations.may_begin_with(word)


@cache
def _confidence(rule: str) -> float:
    return next(entry.confidence for entry in rules() if entry.name == rule)
