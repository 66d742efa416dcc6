"""Which found fact is which gold fact: the pairs that every score, error and comparison of an article rests on.

`match` gives a `Matched`. Its ``pairs`` are the guideline's: same kind, overlapping spans, equal keys, one to one,
best overlap first. What is left and overlaps a fact of its kind is ``misread``: the right place, a wrong reading.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from khcn_extract.canonical import Comparable, comparable
from khcn_extract.facts import KINDS, Fact, Kind, Span, Value
from khcn_extract.gold import GoldArticle, GoldFact, fact_to_gold

KEY_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "date": ("date_from", "date_to"),
    "document": ("doc_type", "symbol"),
    "money": ("amount", "amount_max", "currency", "mod"),
    "count": ("value", "value_max", "total", "unit", "mod"),
    "official": ("name",),
}
"""What two facts of a kind must agree in, beside overlapping, to be the same fact."""

FIELDS: Mapping[Kind, tuple[str, ...]] = {
    value_type.kind: tuple(field.name for field in dataclasses.fields(value_type)) for value_type in get_args(Value)
}
"""All fields of each kind."""

FactLike = Fact | Mapping[str, Any]
"""A fact, or one as a line of a gold file has it."""

Pair = tuple[int, int]
"""Index of a gold fact and of a found one."""

_NOT_ALWAYS_MARKED = ("rate", "resolved_from", "key", "object", "change", "period", "part_of")
"""Where the gold has none of these, that says nothing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One fact made ready for comparison: all strings of the key canonical once, not once a pair."""

    source: FactLike
    record: Mapping[str, Any]
    """As a line of a gold file."""
    kind: Kind
    span: Span
    key: tuple[tuple[Comparable, ...], ...]
    """Accepted readings of each key field; a predicted fact has one."""
    also: Mapping[str, tuple[Any, ...]]
    """Further accepted readings by field."""

    def overlap(self, other: Side) -> int:
        """Characters that both cover; none where this is not positive."""
        return min(self.span.end, other.span.end) - max(self.span.start, other.span.start)

    def agrees(self, predicted: Side) -> bool:
        """Whether the predicted fact's reading of each key field is an accepted one."""
        return self.kind == predicted.kind and all(
            reading in accepted for accepted, (reading,) in zip(self.key, predicted.key, strict=True)
        )

    def verdict(self, name: str, predicted: Side) -> bool | None:
        """Whether the predicted fact has field ``name`` right; `None` where the gold does not tell."""
        wanted, given = self.record.get(name), predicted.record.get(name)
        if name == "positions":
            return _same_positions(wanted or (), given or ())
        if name in _NOT_ALWAYS_MARKED and not is_stated(wanted):
            return None
        if wanted == given:
            return True
        right = comparable(given) in map(comparable, (wanted, *self.also.get(name, ())))
        # The notation of a further reading of the days is given by nobody.
        unknown = not right and (self.kind, name) == ("date", "value") and self.agrees(predicted)
        by_also = unknown and any(
            readings[0] != reading for readings, (reading,) in zip(self.key, predicted.key, strict=True)
        )
        return None if by_also else right


@dataclass(frozen=True, slots=True)
class Matched:
    """An article's gold facts and the found ones that count, with their pairs."""

    article: GoldArticle
    gold: tuple[Side, ...]
    found: tuple[Side, ...]
    """Without those that touch page furniture."""
    pairs: tuple[Pair, ...]
    """The guideline's match."""
    misread: tuple[Pair, ...]
    """Of the others: same kind, overlapping, keys differ; one to one, best overlap first."""
    located: Mapping[Kind, int]
    """The most pairs of overlapping facts of a kind that there can be, one to one, whatever they say."""

    def missed(self) -> list[int]:
        """Gold facts without a pair, by index."""
        paired = {i for i, _ in self.pairs}
        return [i for i in range(len(self.gold)) if i not in paired]

    def spurious(self) -> list[int]:
        """Found facts without a pair, by index."""
        paired = {j for _, j in self.pairs}
        return [j for j in range(len(self.found)) if j not in paired]


def match(article: GoldArticle, facts: Iterable[FactLike]) -> Matched:
    """Pairs an article's gold facts with the found ones.

    Raises `ValueError` for a found fact whose kind is unknown.

    >>> article = GoldArticle(article_id="a1", text="Có 5 dự án.", facts=(
    ...     {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"},))
    >>> found = {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "ha"}
    >>> match(article, [found]).pairs, match(article, [found]).misread
    ((), ((0, 0),))
    """
    gold = tuple(map(_gold_side, article.facts))
    sides = map(side_of, facts)
    found = tuple(side for side in sides if not _touches(side.span, article.ignore))
    near = {
        i: [j for j, side in enumerate(found) if side.kind == wanted.kind and wanted.overlap(side) > 0]
        for i, wanted in enumerate(gold)
    }
    candidates = [(i, j) for i, there in near.items() for j in there]
    pairs = best_first(gold, found, [(i, j) for i, j in candidates if gold[i].agrees(found[j])])
    paired_gold, paired_found = {i for i, _ in pairs}, {j for _, j in pairs}
    left = [(i, j) for i, j in candidates if i not in paired_gold and j not in paired_found]
    located = {kind: _most_pairs({i: near[i] for i in near if gold[i].kind == kind}) for kind in KINDS}
    return Matched(article, gold, found, tuple(pairs), tuple(best_first(gold, found, left)), located)


def best_first(gold: Sequence[Side], found: Sequence[Side], candidates: Iterable[Pair]) -> list[Pair]:
    """One-to-one pairs among the candidates: equal spans first, then by overlap, then in order of the text."""

    def rank(pair: Pair) -> tuple[bool, int, Pair]:
        wanted, side = gold[pair[0]], found[pair[1]]
        return wanted.span != side.span, -wanted.overlap(side), pair

    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in sorted(candidates, key=rank):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return list(pairs.items())


def side_of(fact: FactLike) -> Side:
    """A predicted fact made ready for comparison; `ValueError` where its kind is unknown."""
    record = fact_to_gold(fact) if isinstance(fact, Fact) else fact
    kind = next((known for known in KINDS if known == record.get("kind")), None)
    if kind is None:
        raise ValueError(f"a predicted fact has the kind {record.get('kind')!r}; allowed are {', '.join(KINDS)}")
    key = tuple((comparable(record.get(name)),) for name in KEY_FIELDS[kind])
    return Side(fact, record, kind, Span(record["start_char"], record["end_char"]), key, {})


def is_stated(value: object) -> bool:
    """Whether a field says anything."""
    return value is not None and value not in ("", [], ())


def same_organization(one: str, other: str) -> bool:
    """Whether one body's comparable name begins with the other's: `sở`, `sở y tế`."""
    return one.startswith(other) or other.startswith(one)


def organization(position: Mapping[str, Any]) -> str:
    """A position's body in comparable form."""
    return str(comparable(position.get("organization")) or "")


def _gold_side(fact: GoldFact) -> Side:
    kind = fact.value.kind
    source = fact.to_fact()
    record = fact_to_gold(source)
    readings = ((record[name], *fact.also.get(name, ())) for name in KEY_FIELDS[kind])
    key = tuple(tuple(map(comparable, accepted)) for accepted in readings)
    return Side(source, record, kind, Span(fact.start_char, fact.end_char), key, fact.also)


def _touches(span: Span, regions: Iterable[tuple[int, int]]) -> bool:
    return any(span.start < end and start < span.end for start, end in regions)


def _same_positions(wanted: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the same positions are stated in the same order; bodies agree as in the triples."""
    return len(wanted) == len(given) and all(
        comparable(one.get("title")) == comparable(other.get("title"))
        and same_organization(organization(one), organization(other))
        and bool(one.get("former")) == bool(other.get("former"))
        for one, other in zip(wanted, given, strict=True)
    )


def _most_pairs(near: Mapping[int, Sequence[int]]) -> int:
    """Size of the largest one-to-one pairing, by augmenting paths."""
    partner: dict[int, int] = {}

    def place(i: int, seen: set[int]) -> bool:
        for j in near[i]:
            if j not in seen:
                seen.add(j)
                if j not in partner or place(partner[j], seen):
                    partner[j] = i
                    return True
        return False

    return sum(place(i, set()) for i in near)
