"""How sure a figure is: intervals by resampling whole articles, and paired tests of one system against another.

Read `estimates` first. The facts of an article stand and fall together (one misread period spoils ten dates), so the
article is what is drawn, with replacement, never the fact. An interval is the middle 95 % of what the figure would be
over such draws (the percentile bootstrap). All figures share the same draws, which makes one matrix product of the
whole: draws by articles, times articles by counts. A fixed seed makes it repeatable.

A figure that few articles bear has no interval: a handful of articles cannot say how articles differ. And an interval
of one point, ``[1.000, 1.000]``, says that no article of the sample has an error, not that none can have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from khcn_extract.scores import Score, sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

LEVEL: Final = 0.95
RESAMPLES: Final = 2_000
SEED: Final = 20_200_723
FEWEST_ARTICLES: Final = 5
"""Articles that must have a fact of the measure, gold or found, for an interval to be given."""


class Interval(NamedTuple):
    """Closed, in the unit of its figure."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score with the intervals of its three figures; `None` where too few articles bear them."""

    score: Score
    articles: int
    """How many have a fact of this measure, gold or found."""
    precision: Interval | None
    recall: Interval | None
    f1: Interval | None


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of one system less that of another on the same articles."""

    before: float
    after: float
    articles: int
    """How many have a fact of this measure, in the gold or from either system."""
    interval: Interval | None
    p: float | None
    """Two-sided, by inverting the paired bootstrap: twice the share of draws, their data included, on the rarer side
    of zero. `None` where too few articles bear the measure."""

    @property
    def change(self) -> float:
        """Positive where ``after`` is better."""
        return self.after - self.before


def estimates(
    articles: Sequence[Mapping[str, Score]], *, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Estimate]:
    """Each measure's sum over the articles, with intervals.

    ``articles`` has the counts of each article by measure; a measure that an article lacks counts nothing there.

    >>> right, wrong = Score(10, 10, 10, 10), Score(10, 10, 5, 5)
    >>> found = estimates([{"value/all": right}] * 8 + [{"value/all": wrong}] * 2)["value/all"]
    >>> found.score.f1, found.f1
    (0.9, Interval(low=0.75, high=1.0))
    """
    names, counts = _table(articles)
    draws = _draws(len(articles), resamples, seed)
    bearing = (counts[:, :, :2].sum(axis=2) > 0).sum(axis=0)
    drawn = _sums_by_draw(draws, counts)
    bounds = [_bounds(figure, ~_is_empty(drawn)) for figure in _figures(drawn)]
    total = sums(articles)
    found = {}
    for k, (name, n) in enumerate(zip(names, map(int, bearing), strict=True)):
        precision, recall, f1 = (of_figure[k] if n >= FEWEST_ARTICLES else None for of_figure in bounds)
        found[name] = Estimate(total[name], n, precision, recall, f1)
    return found


def differences(
    before: Sequence[Mapping[str, Score]],
    after: Sequence[Mapping[str, Score]],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Difference]:
    """Difference of F1, measure by measure, between two systems on the same articles in the same order.

    Both are drawn together: what makes an article hard for both cancels out. Raises `ValueError` where the two have
    another number of articles.

    >>> old = [{"value/all": Score(10, 10, 8, 8)}] * 12
    >>> new = [{"value/all": Score(10, 10, 9, 9)}] * 12
    >>> found = differences(old, new)["value/all"]
    >>> round(found.change, 3), found.p < 0.01
    (0.1, True)
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} articles before and {len(after)} after; allowed are the same articles")
    names = list(dict.fromkeys((*sums(before), *sums(after))))
    draws = _draws(len(before), resamples, seed)
    old, new = (_table(side, names)[1] for side in (before, after))
    bearing = ((old[:, :, :2] + new[:, :, :2]).sum(axis=2) > 0).sum(axis=0)
    drawn_old, drawn_new = _sums_by_draw(draws, old), _sums_by_draw(draws, new)
    change = _figures(drawn_new)[2] - _figures(drawn_old)[2]
    told = ~(_is_empty(drawn_old) & _is_empty(drawn_new))
    bounds = _bounds(change, told)
    old_total, new_total = sums(before), sums(after)
    return {
        name: Difference(
            old_total.get(name, Score()).f1,
            new_total.get(name, Score()).f1,
            n,
            bounds[k] if n >= FEWEST_ARTICLES else None,
            _two_sided(change[told[:, k], k]) if n >= FEWEST_ARTICLES else None,
        )
        for k, (name, n) in enumerate(zip(names, map(int, bearing), strict=True))
    }


def _draws(articles: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """How often each draw has each article, shape (resamples, articles)."""
    if not articles:
        return np.zeros((resamples, 0))
    chance = np.random.default_rng(seed)
    return chance.multinomial(articles, np.full(articles, 1 / articles), size=resamples).astype(np.float64)


def _table(
    articles: Sequence[Mapping[str, Score]], names: Iterable[str] | None = None
) -> tuple[list[str], NDArray[np.float64]]:
    """The measures, and their four counts in each article, shape (articles, measures, 4)."""
    listed = list(names if names is not None else sums(articles))
    place = {name: k for k, name in enumerate(listed)}
    counts = np.zeros((len(articles), len(listed), 4))
    for row, scores in enumerate(articles):
        for name, score in scores.items():
            counts[row, place[name]] = score.counts
    return listed, counts


def _sums_by_draw(draws: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The four counts of each measure in each draw, shape (resamples, measures, 4)."""
    articles, measures, _ = counts.shape
    # Sums of whole numbers far below 2**53: exact, whatever the order of adding.
    summed: NDArray[np.float64] = draws @ counts.reshape(articles, measures * 4)
    return summed.reshape(len(draws), measures, 4)


def _figures(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """`Score.precision`, `Score.recall` and `Score.f1` of a whole array, by the same operations in the same order."""
    gold, predicted, gold_hit, predicted_hit = np.moveaxis(counts, -1, 0)
    precision = np.divide(predicted_hit, predicted, out=np.where(gold == 0, 1.0, 0.0), where=predicted > 0)
    recall = np.divide(gold_hit, gold, out=np.ones_like(gold), where=gold > 0)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    return precision, recall, f1


def _is_empty(counts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which draws have no fact of a measure, neither gold nor found: they say nothing about it."""
    empty: NDArray[np.bool_] = counts[:, :, :2].sum(axis=2) == 0
    return empty


def _bounds(figures: NDArray[np.float64], told: NDArray[np.bool_]) -> list[Interval]:
    """The middle `LEVEL` of each column, over the draws that tell; all of [0, 1] where none does."""
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    columns = (column[tells] for column, tells in zip(figures.T, told.T, strict=True))
    return [Interval(*map(float, np.quantile(c, tails))) if c.size else Interval(0, 1) for c in columns]


def _two_sided(changes: NDArray[np.float64]) -> float:
    # The data themselves count as one draw, so that p is never 0.
    rarer = min(int((changes <= 0).sum()), int((changes >= 0).sum()))
    return min(1.0, 2 * (rarer + 1) / (len(changes) + 1))
