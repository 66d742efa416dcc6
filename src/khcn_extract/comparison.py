"""Two ways of extracting, held against each other: with gold, fact by fact and by a paired test; without, as a diff.

- `compare`: what the second gains and loses against gold, by kind and by rule, and how sure the difference of F1 is;
- `ablation`: the same for several configurations against the first, such as the engine without one rule;
- `diff`: what two runs have differently, where there is no gold.

A configuration is a whole extractor. To drop a rule's facts from what was found would be another thing: where a rule
is absent, a mention that it covered comes out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from khcn_extract.canonical import Comparable, comparable
from khcn_extract.evaluate import predict, report_of
from khcn_extract.intervals import RESAMPLES, SEED, differences
from khcn_extract.matching import FIELDS, FactLike, Matched, Side, best_first, is_stated, match, side_of

if TYPE_CHECKING:
    from khcn_extract.facts import Article, Fact, Kind
    from khcn_extract.gold import GoldArticle
    from khcn_extract.intervals import Difference

Predictions = Mapping[str, Sequence[FactLike]]
"""Facts by ``article_id``."""

How = Literal["found", "no longer spurious", "lost", "newly spurious"]
GAINS: Final[tuple[How, ...]] = ("found", "no longer spurious")


@dataclass(frozen=True, slots=True)
class Change:
    """A fact on which two systems differ, by the guideline's match."""

    article_id: str
    how: How
    kind: Kind
    rule: str
    """That found the fact, right or spurious, in the system that has it."""
    fact: Mapping[str, Any]
    """The gold fact where it was found or lost, else the spurious one; as a line of a gold file."""

    @property
    def is_gain(self) -> bool:
        """Whether the second system is the better one here."""
        return self.how in GAINS


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the second system gains and loses against the first."""

    differences: Mapping[str, Difference]
    """Of F1, by the names of `Report.scores`."""
    changes: tuple[Change, ...]

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Gains and losses of each kind that has any."""
        return _gains_and_losses((change.kind, change.is_gain) for change in self.changes)

    def by_rule(self) -> dict[str, tuple[int, int]]:
        """Gains and losses of each rule that has any: of the rule of the system that has the fact."""
        return _gains_and_losses((change.rule, change.is_gain) for change in self.changes)


@dataclass(frozen=True, slots=True)
class Revision:
    """A fact that two runs have differently."""

    article_id: str
    what: Literal["added", "removed", "changed"]
    kind: Kind
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    fields: tuple[str, ...] = ()
    """Of a changed fact, what differs: fields, or ``span``."""

    @property
    def rule(self) -> str:
        """That of the second run, or of the first where that alone has the fact."""
        return str((self.after or self.before or {}).get("rule") or "")


@dataclass(frozen=True, slots=True)
class Diff:
    """All that two runs have differently."""

    revisions: tuple[Revision, ...]
    only_before: tuple[str, ...]
    """Articles that only the first run has; their facts are no revisions."""
    only_after: tuple[str, ...]


def compare(
    gold: Sequence[GoldArticle],
    before: Predictions,
    after: Predictions,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """What ``after`` gains and loses against ``before``, over the gold articles.

    >>> from khcn_extract.gold import GoldArticle
    >>> fact = {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"}
    >>> gold = [GoldArticle(article_id="a1", text="Có 5 dự án.", facts=(fact,))]
    >>> better = compare(gold, {"a1": [fact | {"unit": "ha"}]}, {"a1": [fact]})
    >>> [change.how for change in better.changes], better.differences["value/count"].change
    (['no longer spurious', 'found'], 1.0)
    """
    return _compared(_matched(gold, before), _matched(gold, after), resamples, seed)


def ablation(
    gold: Sequence[GoldArticle],
    extractors: Mapping[str, Callable[[Article], Iterable[Fact]]],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Comparison]:
    """Each configuration but the first against the first: what it loses says what the part that it lacks is worth.

    >>> from khcn_extract.gold import GoldArticle
    >>> list(ablation([], {"all": lambda article: [], "without count.unit": lambda article: []}))
    ['without count.unit']
    """
    matched = {name: _matched(gold, predict(gold, extract)) for name, extract in extractors.items()}
    if not matched:
        raise ValueError("no extractor; allowed are one and more, the first of which the others are held against")
    first, *others = matched
    return {name: _compared(matched[first], matched[name], resamples, seed) for name in others}


def diff(before: Predictions, after: Predictions) -> Diff:
    """What two runs have differently, fact by fact. Rule, confidence and flags of a fact are no part of it.

    >>> one = {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"}
    >>> (revision,) = diff({"a1": [one]}, {"a1": [one | {"value": "5.0", "unit": "dự án nhỏ"}]}).revisions
    >>> revision.what, revision.fields
    ('changed', ('unit',))
    """
    revisions: list[Revision] = []
    for article_id in before:
        if article_id in after:
            revisions += _revisions(article_id, before[article_id], after[article_id])
    return Diff(
        tuple(revisions),
        tuple(article_id for article_id in before if article_id not in after),
        tuple(article_id for article_id in after if article_id not in before),
    )


# -- against gold ----------------------------------------------------------------------------------------------------


def _matched(gold: Sequence[GoldArticle], predicted: Predictions) -> list[Matched]:
    return [match(article, predicted.get(article.article_id, ())) for article in gold]


def _compared(before: Sequence[Matched], after: Sequence[Matched], resamples: int, seed: int) -> Comparison:
    old, new = ([result.scores for result in report_of(matched).articles] for matched in (before, after))
    changes: list[Change] = []
    for one, other in zip(before, after, strict=True):
        changes += sorted(_changes(one, other), key=lambda change: change.fact["start_char"])
    return Comparison(differences(old, new, resamples=resamples, seed=seed), tuple(changes))


def _changes(before: Matched, after: Matched) -> list[Change]:
    article_id = before.article.article_id
    spurious_before, spurious_after = (_spurious(matched) for matched in (before, after))
    gone, new = spurious_before - spurious_after, spurious_after - spurious_before
    changes = [*_of_spurious(article_id, "no longer spurious", before, gone)]
    changes += _of_spurious(article_id, "newly spurious", after, new)
    had, has = dict(before.pairs), dict(after.pairs)
    for i, wanted in enumerate(before.gold):
        if i in has and i not in had:
            changes.append(Change(article_id, "found", wanted.kind, _rule(after.found[has[i]]), wanted.record))
        elif i in had and i not in has:
            changes.append(Change(article_id, "lost", wanted.kind, _rule(before.found[had[i]]), wanted.record))
    return changes


_Identity = tuple[Any, ...]


def _spurious(matched: Matched) -> Counter[_Identity]:
    return Counter(_place_and_key(matched.found[j]) for j in matched.spurious())


def _of_spurious(article_id: str, how: How, matched: Matched, wanted: Counter[_Identity]) -> Iterable[Change]:
    left = wanted.copy()
    for j in matched.spurious():
        side = matched.found[j]
        if left[_place_and_key(side)] > 0:
            left[_place_and_key(side)] -= 1
            yield Change(article_id, how, side.kind, _rule(side), side.record)


def _place_and_key(side: Side) -> _Identity:
    return side.kind, side.span, side.key


def _rule(side: Side) -> str:
    return str(side.record.get("rule") or "")


def _gains_and_losses(changes: Iterable[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    counted = Counter(changes)
    names = sorted({name for name, _ in counted}, key=lambda n: (-counted[n, True] - counted[n, False], n))
    return {name: (counted[name, True], counted[name, False]) for name in names}


# -- without gold ----------------------------------------------------------------------------------------------------


def _revisions(article_id: str, before: Sequence[FactLike], after: Sequence[FactLike]) -> list[Revision]:
    if before == after:
        return []
    old, new = _without_common([side_of(fact) for fact in before], [side_of(fact) for fact in after])
    near = [(i, j) for i, a in enumerate(old) for j, b in enumerate(new) if a.kind == b.kind and a.overlap(b) > 0]
    pairs = dict(best_first(old, new, near))
    paired = set(pairs.values())
    found = [
        Revision(article_id, "changed", a.kind, a.record, b.record, _differing(a, b))
        for a, b in ((old[i], new[j]) for i, j in pairs.items())
    ]
    found += [Revision(article_id, "removed", a.kind, a.record, None) for i, a in enumerate(old) if i not in pairs]
    found += [Revision(article_id, "added", b.kind, None, b.record) for j, b in enumerate(new) if j not in paired]
    return sorted(found, key=lambda revision: (revision.before or revision.after or {})["start_char"])


def _without_common(before: Sequence[Side], after: Sequence[Side]) -> tuple[list[Side], list[Side]]:
    old: defaultdict[_Identity, list[Side]] = defaultdict(list)
    for side in before:
        old[_said(side)].append(side)
    new = []
    for side in after:
        if same := old[_said(side)]:
            same.pop()
        else:
            new.append(side)
    return [side for sides in old.values() for side in sides], new


def _said(side: Side) -> _Identity:
    return (side.kind, side.span, *(_plain(side.record.get(name)) for name in FIELDS[side.kind]))


def _plain(value: object) -> Comparable | tuple[tuple[Comparable, ...], ...]:
    """A field in comparable form; positions one by one."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(
            (comparable(p.get("title")), comparable(p.get("organization")), bool(p.get("former"))) for p in value
        )
    return comparable(value) if is_stated(value) else ()


def _differing(before: Side, after: Side) -> tuple[str, ...]:
    fields = FIELDS[before.kind]
    differing = [n for n in fields if _plain(before.record.get(n)) != _plain(after.record.get(n))]
    return (*(["span"] if before.span != after.span else []), *differing)
