"""What kind of error each error is, with the sentence it stands in: the list that a person works through.

`cases` gives one `Case` for each thing that is wrong. The categories, by what was found where the gold has a fact:

- ``missed``, ``spurious``: no fact of its kind overlaps, or only one that is paired already;
- ``wrong kind``: such a one, but an unpaired fact of another kind overlaps;
- ``wrong value``: a key field differs; ``wrong unit``: of a count, the unit alone;
- ``wrong link``: what the text says was joined to the wrong thing: a bare document number to another symbol, an issue
  date or issuer to another document, a given name to another person, a position to another official;
- ``boundary``: the right key on another span;
- ``other field``: all of that is right, a field that no score looks at differs.

The first five and a wrong link in the key cost the ``value`` score (`Case.costs_value`): each unpaired gold or found
fact of the guideline's match is in exactly one such case.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from khcn_extract.canonical import comparable
from khcn_extract.facts import Fact, Kind, Span
from khcn_extract.gold import GoldFact
from khcn_extract.matching import FIELDS, KEY_FIELDS, Matched, Side, best_first, is_stated
from khcn_extract.sentences import CONTEXT_CHARS, Sentences, sentence_starts
from khcn_extract.show import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Category = Literal[
    "missed", "spurious", "wrong kind", "wrong value", "wrong unit", "wrong link", "boundary", "other field"
]
CATEGORIES: tuple[Category, ...] = get_args(Category)

_LINKS: Final[dict[Kind, frozenset[str]]] = {
    "document": frozenset({"issued_on", "issuer", "issuer_code", "year"}),
    "official": frozenset({"positions"}),
}
"""Fields beside the key that a mention gets from what stands round it."""

_OF_ANY_FACT: Final = ("kind", "start_char", "end_char", "text", "flags", "rule", "confidence")


@dataclass(frozen=True, slots=True)
class Said:
    """What one side has: where, which characters, and how it reads them."""

    span: Span
    text: str
    kind: Kind
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that is wrong."""

    article_id: str
    category: Category
    kind: Kind
    """Of the gold fact, where there is one."""
    fields: tuple[str, ...]
    """Those that differ."""
    costs_value: bool
    """Whether the ``value`` score counts it."""
    gold: Said | None
    predicted: Said | None
    rule: str
    """Of the predicted fact; empty where nothing was predicted."""
    confidence: float | None
    sentence: str
    """In one line, as the store has it for the gold fact, or else the predicted one."""
    excerpt: str
    """The sentences that hold both facts, as the text has them."""
    excerpt_start: int
    """Where in the text the excerpt begins."""

    @property
    def start_char(self) -> int:
        """Where the first of the two facts begins."""
        return min(side.span.start for side in (self.gold, self.predicted) if side)


def cases(matched: Iterable[Matched]) -> tuple[Case, ...]:
    """All errors of the matched articles, article by article in the order of the text.

    >>> from khcn_extract.gold import GoldArticle
    >>> from khcn_extract.matching import match
    >>> fact = {"kind": "count", "start_char": 15, "end_char": 22, "text": "5 dự án", "value": 5, "unit": "dự án"}
    >>> article = GoldArticle(article_id="a1", text="Có tin. Nay có 5 dự án.", facts=(fact,))
    >>> (case,) = cases([match(article, [fact | {"unit": "ha"}])])
    >>> case.category, case.fields, case.sentence, case.predicted.reading
    ('wrong unit', ('unit',), 'Nay có 5 dự án.', '5 ha')
    """
    found: list[Case] = []
    for article in matched:
        found += sorted(_of_article(article), key=lambda case: (case.start_char, CATEGORIES.index(case.category)))
    return tuple(found)


def _of_article(article: Matched) -> Iterator[Case]:
    gold, found = article.gold, article.found
    place = _Places(article.article.article_id, article.article.text)
    for i, j in article.pairs:
        wanted, side = gold[i], found[j]
        if wanted.span != side.span:
            yield place.case("boundary", wanted, side)
        differing = _differing(wanted, side)
        linked = tuple(name for name in differing if name in _LINKS.get(wanted.kind, ()))
        if linked:
            yield place.case("wrong link", wanted, side, linked)
        if others := tuple(name for name in differing if name not in linked):
            yield place.case("other field", wanted, side, others)
    for i, j in article.misread:
        yield place.case(_misread(gold[i], found[j]), gold[i], found[j], _differing(gold[i], found[j]), costs=True)
    misread_gold, misread_found = {i for i, _ in article.misread}, {j for _, j in article.misread}
    missed = [i for i in article.missed() if i not in misread_gold]
    spurious = [j for j in article.spurious() if j not in misread_found]
    # Of one kind none of these overlap any more: the best of them would be misread.
    crossed = best_first(gold, found, [(i, j) for i in missed for j in spurious if gold[i].overlap(found[j]) > 0])
    for i, j in crossed:
        yield place.case("wrong kind", gold[i], found[j], costs=True)
    for i in set(missed) - {i for i, _ in crossed}:
        yield place.case("missed", gold[i], None, costs=True)
    for j in set(spurious) - {j for _, j in crossed}:
        yield place.case("spurious", None, found[j], costs=True)


def _differing(wanted: Side, side: Side) -> tuple[str, ...]:
    return tuple(name for name in FIELDS[wanted.kind] if wanted.verdict(name, side) is False)


def _misread(wanted: Side, side: Side) -> Category:
    """Which field of the key is wrong, and whether the words were read right and joined to the wrong thing."""
    keys = [name for name in _differing(wanted, side) if name in KEY_FIELDS[wanted.kind]]
    if keys == ["unit"]:
        return "wrong unit"
    if keys == ["symbol"] and wanted.verdict("number", side):
        return "wrong link"
    if keys == ["name"] and _given_name(wanted) == _given_name(side):
        return "wrong link"
    return "wrong value"


def _given_name(official: Side) -> str:
    """The last word of a Vietnamese name: by it alone an official is mentioned."""
    return str(comparable(official.record.get("name")) or "").rpartition(" ")[2]


class _Places:
    """Makes the cases of one article, each with its sentence."""

    def __init__(self, article_id: str, text: str) -> None:
        self._article_id = article_id
        self._text = text
        self._starts = sentence_starts(text)
        self._sentences = Sentences(text)

    def case(
        self,
        category: Category,
        gold: Side | None,
        found: Side | None,
        fields: Sequence[str] = (),
        *,
        costs: bool = False,
    ) -> Case:
        sides = [side for side in (gold, found) if side is not None]
        start, end = min(side.span.start for side in sides), max(side.span.end for side in sides)
        left, right = self._bounds(start, end)
        confidence = found.record.get("confidence") if found else None
        return Case(
            article_id=self._article_id,
            category=category,
            kind=sides[0].kind,
            fields=tuple(fields),
            costs_value=costs,
            gold=_said(gold, self._text),
            predicted=_said(found, self._text),
            rule=str(found.record.get("rule") or "") if found else "",
            confidence=None if confidence is None else float(confidence),
            sentence=self._sentences.around(*sides[0].span),
            excerpt=self._text[left:right],
            excerpt_start=left,
        )

    def _bounds(self, start: int, end: int) -> Span:
        """The sentences that hold ``[start, end)``, at most `CONTEXT_CHARS` beyond it on either side."""
        left = self._starts[bisect_right(self._starts, start) - 1]
        behind = bisect_left(self._starts, end)
        right = self._starts[behind] if behind < len(self._starts) else len(self._text)
        return Span(max(left, start - CONTEXT_CHARS), min(right, end + CONTEXT_CHARS))


def _said(side: Side | None, text: str) -> Said | None:
    if side is None:
        return None
    return Said(side.span, text[side.span.start : side.span.end], side.kind, _reading(side))


def _reading(side: Side) -> str:
    """As `show.reading` puts it; a record that is no fact (another program's, with fields missing) field by field."""
    source = side.source
    if not isinstance(source, Fact):
        known = (*_OF_ANY_FACT, *FIELDS[side.kind])
        record = {name: source[name] for name in known if source.get(name) is not None}
        try:
            source = GoldFact.model_validate(record).to_fact()
        except ValueError:
            stated = ((name, side.record.get(name)) for name in FIELDS[side.kind])
            return ", ".join(f"{name} {value}" for name, value in stated if is_stated(value)) or "says nothing"
    return reading(source.value)
