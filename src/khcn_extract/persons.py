"""Which sightings are of one person: from those of one name to the merges of it, each with its reason.

Read `gather`, the only entry; it is pure, looks at one name at a time, and the order of its input does not matter. What
it gathers are appearances (one name in one article, see `sightings`), never anything smaller. Only the same name, in
full, is ever one person, and what else it takes is one of these rules, the strongest first:

- ``same_post``: the same title in the same body of the same province.
- ``same_unnamed_body``: the same title in a body of which its province has some ten and the article says no more
  (``Giám đốc Sở``). Of hundreds (``Chủ tịch UBND xã``) it is not enough.
- ``same_body``: another title in the same body, so a promotion; but not head and deputy in turns: that is no career.
- ``shortened_body``: the name of one body begins with that of the other (``Sở Nông nghiệp``), the title is the same,
  and only one person fits.
- ``province_merged``: before 1 July 2025 in a province, after it in the same body of the province that this went into,
  and only one person fits.

Offices of different bodies tie nobody by themselves: two of them are one person's only where an article states both of
one name, and then whoever appears in either is tied through it. A body of the whole country has no province, so a
minister is one person everywhere. Where a province is unknown nothing is merged.

What might be the same person and is not merged is a `Doubt`, with why. ``apart`` are pairs that a user took apart: they
never come together again, by no rule and through nobody.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from khcn_extract.provinces import merged_2025

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MERGED_ON: Final = date(2025, 7, 1)
"""First day of the provinces of today."""
_AFTER: Final = " (2025)"
_Key = tuple[str, ...]


class Seen(NamedTuple):
    """A sighting, as the store has it."""

    appearance_id: str
    article_id: str
    fact_id: str
    former: bool
    province: str | None
    is_central: bool
    body: str
    known: str
    title: str
    rank: str
    seen_on: date | None


class Merge(NamedTuple):
    """``merged`` is the person of ``kept``; both are appearances, ``kept`` the earliest of the person."""

    kept: str
    merged: str
    rule: str
    evidence: tuple[str, str]
    """The facts that tie it: of an appearance of that person, and its own."""


class Doubt(NamedTuple):
    """Two appearances of one name that may be one person, and why they were kept apart.

    ``ranks_at_once``: head and deputy of one body at the same time. ``several_persons``: a short name of a body, or a
    merged province, that fits more than one. ``unnamed_body``: the article does not say which body. ``one_article``:
    one article sees the name in two provinces, or at the head of two communes. ``other_office``: another body of the
    same province.
    """

    one: str
    other: str
    rule: str
    evidence: tuple[str, str]


class Gathered(NamedTuple):
    """What `gather` gives, in a fixed order."""

    merges: tuple[Merge, ...]
    doubts: tuple[Doubt, ...]


def gather(seen: Iterable[Seen], apart: Iterable[tuple[str, str]] = ()) -> Gathered:
    """The merges among the sightings of one name, and the doubts.

    >>> post = (False, "Lào Cai", False, "sở y tế", "named", "giám đốc", "head")
    >>> later = Seen("b", "article 2", "fb", *post, date(2021, 2, 3))
    >>> gathered = gather([later, Seen("a", "article 1", "fa", *post, date(2020, 1, 2))])
    >>> gathered.merges
    (Merge(kept='a', merged='b', rule='same_post', evidence=('fa', 'fb')),)
    """
    found = _Name(seen, apart)
    if len(found.appearances) > 1:
        found.same_posts()
        found.same_bodies()
        found.shortened_bodies()
        found.merged_provinces()
        found.others()
    return Gathered(tuple(found.merges()), tuple(found.doubts()))


@cache
def linker() -> str:
    """Hash of what decides the merges; where it has changed, all names are gathered anew."""
    digest = blake2b(digest_size=8)
    for name in ("persons.py", "provinces.tsv"):
        digest.update(files("khcn_extract").joinpath(name).read_bytes())
    return digest.hexdigest()


class _Tie(NamedTuple):
    one: str
    other: str
    rule: str
    facts: tuple[str, str]


class _Name:
    """The appearances of one name while they are gathered: groups of them, and what tied each to its group."""

    def __init__(self, seen: Iterable[Seen], apart: Iterable[tuple[str, str]]) -> None:
        days: dict[str, date | None] = {}
        unsorted = sorted(seen, key=lambda s: (s.appearance_id, s.fact_id, s.title, s.body, s.former))
        for one in unsorted:
            days.setdefault(one.appearance_id, one.seen_on)
        order = sorted(days, key=lambda name: (days[name] or date.max, name))
        self.appearances: Final = {name: place for place, name in enumerate(order)}
        self.seen: Final = sorted(unsorted, key=lambda s: self.appearances[s.appearance_id])
        self._doubts: dict[Doubt, None] = {}
        self._ties: list[_Tie] = []
        self._group: dict[str, str] = {name: name for name in order}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for kept, merged in apart:
            if kept in days and merged in days:
                self._apart[kept].add(merged)
                self._apart[merged].add(kept)

    # --- the rules, the strongest first ---

    def same_posts(self) -> None:
        posts: dict[_Key, list[Seen]] = defaultdict(list)
        for one in self.seen:
            unit = _unit(one)
            if unit is not None and one.known != "many":
                posts[unit, one.body, one.title].append(one)
        for post in posts.values():
            self._tie_all(post, "same_post" if all(one.known == "named" for one in post) else "same_unnamed_body")

    def same_bodies(self) -> None:
        bodies: dict[_Key, list[Seen]] = defaultdict(list)
        for one in self.seen:
            unit = _unit(one)
            if unit is not None and one.known == "named":
                bodies[unit, one.body].append(one)
        for body in bodies.values():
            persons: dict[str, list[Seen]] = defaultdict(list)
            for one in body:
                persons[self._find(one.appearance_id)].append(one)
            kept: list[tuple[Seen, _Service]] = []
            for of_person in persons.values():
                service = _Service.of(of_person)
                for place, (first, before) in enumerate(kept):
                    together = before.joined(service)
                    if together.is_contradiction and not (before.is_contradiction or service.is_contradiction):
                        self._doubt(first, of_person[0], "ranks_at_once")
                    elif self._tie(first, of_person[0], "same_body"):
                        kept[place] = first, together
                        break
                else:
                    kept.append((of_person[0], service))

    def shortened_bodies(self) -> None:
        titles: dict[_Key, dict[str, list[Seen]]] = defaultdict(lambda: defaultdict(list))
        for one in self.seen:
            unit = _unit(one)
            if unit is not None and one.body and one.known != "many":
                titles[unit, one.title][one.body].append(one)
        for by_body in titles.values():
            bodies = sorted(by_body)
            for body in bodies:
                longer = [one for name in _beginning_with(bodies, f"{body} ") for one in by_body[name]]
                self._tie_if_one(longer, by_body[body], "shortened_body")

    def merged_provinces(self) -> None:
        before: dict[_Key, list[Seen]] = defaultdict(list)
        after: dict[_Key, list[Seen]] = defaultdict(list)
        for one in self.seen:
            today = merged_2025().get(one.province or "")
            if today is not None and one.known == "named":
                is_after = (_unit(one) or "").endswith(_AFTER)
                (after if is_after else before)[today, one.body].append(one)
        for key in after.keys() & before.keys():
            self._tie_if_one(before[key], after[key], "province_merged")

    def others(self) -> None:
        """Doubts between what is left apart in one article and in one province: each against the first."""
        articles: dict[str, Seen] = {}
        for one in self.seen:
            first = articles.setdefault(one.article_id, one)
            if first.appearance_id != one.appearance_id and not self._are_one(first, one):
                self._doubt(first, one, "one_article")
        units: dict[str, dict[str, Seen]] = defaultdict(dict)
        for one in self.seen:
            unit = _unit(one)
            if unit is not None:
                units[unit].setdefault(self._find(one.appearance_id), one)
        told = {frozenset((self._find(doubt.one), self._find(doubt.other))) for doubt in self._doubts}
        for persons in units.values():
            first, *rest = persons.values()
            for one in rest:
                if frozenset((self._find(first.appearance_id), self._find(one.appearance_id))) not in told:
                    self._doubt(first, one, "unnamed_body" if "many" in (first.known, one.known) else "other_office")

    # --- what came out ---

    def merges(self) -> Iterator[Merge]:
        """One for each appearance but the first of its person, by the tie that leads there."""
        tied: dict[str, list[_Tie]] = defaultdict(list)
        for tie in self._ties:
            tied[tie.one].append(tie)
            tied[tie.other].append(_Tie(tie.other, tie.one, tie.rule, (tie.facts[1], tie.facts[0])))
        kept: dict[str, str] = {}
        found: list[Merge] = []
        for first in self.appearances:
            if first in kept:
                continue
            kept[first] = first
            waiting = [first]
            while waiting:
                for tie in tied[waiting.pop()]:
                    if tie.other not in kept:
                        kept[tie.other] = first
                        waiting.append(tie.other)
                        found.append(Merge(first, tie.other, tie.rule, tie.facts))
        yield from sorted(found, key=lambda merge: self.appearances[merge.merged])

    def doubts(self) -> Iterator[Doubt]:
        """Those that no later rule has settled."""
        for doubt in self._doubts:
            if self._find(doubt.one) != self._find(doubt.other):
                yield doubt

    # --- groups ---

    def _tie_all(self, seen: Sequence[Seen], rule: str) -> None:
        """Each to the earliest that it may be tied to; only where a user took some apart are there more than one."""
        firsts: list[Seen] = []
        for one in seen:
            if not any(self._tie(first, one, rule) for first in firsts):
                firsts.append(one)

    def _tie_if_one(self, persons: Sequence[Seen], seen: Sequence[Seen], rule: str) -> None:
        """All of ``seen`` to the one person of ``persons``; a doubt where there are more of either."""
        theirs = self._firsts(persons)
        ours = [one for one in self._firsts(seen) if all(not self._are_one(one, other) for other in theirs)]
        if len(theirs) == 1 and len(ours) == 1:
            self._tie(theirs[0], ours[0], rule)
        elif theirs and ours:
            for one in ours:
                self._doubt(theirs[0], one, "several_persons")

    def _firsts(self, seen: Iterable[Seen]) -> list[Seen]:
        """The first sighting of each person, two of them at most: more tell nothing more."""
        firsts: dict[str, Seen] = {}
        for one in seen:
            firsts.setdefault(self._find(one.appearance_id), one)
            if len(firsts) > 1:
                break
        return list(firsts.values())

    def _are_one(self, one: Seen, other: Seen) -> bool:
        return self._find(one.appearance_id) == self._find(other.appearance_id)

    def _find(self, name: str) -> str:
        while (above := self._group[name]) != name:
            self._group[name] = name = self._group[above]
        return name

    def _tie(self, one: Seen, other: Seen, rule: str) -> bool:
        """Make the two one person; False where a user took any of the two persons' appearances apart."""
        ours, theirs = self._find(one.appearance_id), self._find(other.appearance_id)
        if ours == theirs:
            return True
        if any(self._find(name) == theirs for name in self._apart.get(ours, ())):
            return False
        if self.appearances[theirs] < self.appearances[ours]:
            ours, theirs = theirs, ours
        self._group[theirs] = ours
        if theirs in self._apart:
            self._apart[ours] |= self._apart[theirs]
        self._ties.append(_Tie(one.appearance_id, other.appearance_id, rule, (one.fact_id, other.fact_id)))
        return True

    def _doubt(self, one: Seen, other: Seen, rule: str) -> None:
        ours, theirs = self._find(one.appearance_id), self._find(other.appearance_id)
        if not any(self._find(name) == theirs for name in self._apart.get(ours, ())):
            facts = (one.fact_id, other.fact_id)
            self._doubts[Doubt(one.appearance_id, other.appearance_id, rule, facts)] = None


class _Service(NamedTuple):
    """From when to when somebody is seen as head and as deputy of a body; ``None`` where never on a known day."""

    head: tuple[date, date] | None
    deputy: tuple[date, date] | None

    @classmethod
    def of(cls, seen: Sequence[Seen]) -> _Service:
        spans = []
        for rank in ("head", "deputy"):
            days = [s.seen_on for s in seen if s.rank == rank and s.seen_on is not None and not s.former]
            spans.append((min(days), max(days)) if days else None)
        return cls(*spans)

    def joined(self, other: _Service) -> _Service:
        spans = []
        for one, two in zip(self, other, strict=True):
            spans.append((min(one[0], two[0]), max(one[1], two[1])) if one and two else one or two)
        return _Service(*spans)

    @property
    def is_contradiction(self) -> bool:
        """Whether head and deputy are seen in turns, or both on one day alone; with a promotion the one ends first."""
        if self.head is None or self.deputy is None:
            return False
        in_turn = self.head[1] <= self.deputy[0] or self.deputy[1] <= self.head[0]
        return not in_turn or (self.head == self.deputy)


def _unit(one: Seen) -> str | None:
    """The province as a unit of its time; empty for the whole country, ``None`` where unknown.

    A province that kept its name in 2025 and took others in is another one since.
    """
    if one.is_central:
        return ""
    if one.province is None:
        return None
    today = merged_2025().get(one.province)
    is_after = one.seen_on is not None and one.seen_on >= MERGED_ON and not one.former
    return one.province + _AFTER if today == one.province and is_after else one.province


def _beginning_with(ordered: Sequence[str], beginning: str) -> Sequence[str]:
    start = bisect_left(ordered, beginning)
    end = start
    while end < len(ordered) and ordered[end].startswith(beginning):
        end += 1
    return ordered[start:end]
