"""Counts behind precision, recall and F1, and how they add up. Everything that scores speaks in these."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Score:
    """Counts behind precision, recall and F1; scores add up.

    An accuracy is a score too: ``Score(n, n, right, right)``, whose recall it is.
    """

    gold: int = 0
    predicted: int = 0
    gold_hit: int = 0
    """Gold facts that were found."""
    predicted_hit: int = 0
    """Predicted facts that are right: for triples not the same number, since several may agree with one."""

    def __add__(self, other: Score) -> Score:
        """Score over the facts of both."""
        return Score(*map(add, self.counts, other.counts))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The four in their order; `dataclasses.astuple` takes twenty times as long."""
        return self.gold, self.predicted, self.gold_hit, self.predicted_hit

    @property
    def precision(self) -> float:
        """Share of the predicted that is right; of nothing 1 where nothing was to be found, else 0."""
        return self.predicted_hit / self.predicted if self.predicted else float(self.gold == 0)

    @property
    def recall(self) -> float:
        """Share of the gold that was found; of nothing 1."""
        return self.gold_hit / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two.

        >>> Score(gold=4, predicted=2, gold_hit=2, predicted_hit=2).f1
        0.6666666666666666
        """
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def accuracy(verdicts: Iterable[bool]) -> Score:
    """Score of so many judgements of which some say right.

    >>> accuracy([True, True, False, True]).recall
    0.75
    """
    judged = list(verdicts)
    return Score(len(judged), len(judged), sum(judged), sum(judged))


def sums(scores_of_articles: Iterable[Mapping[str, Score]]) -> dict[str, Score]:
    """The scores of many articles added up, name by name.

    >>> sums([{"value/all": Score(gold=2)}, {"value/all": Score(gold=3)}])["value/all"].gold
    5
    """
    total: defaultdict[str, Score] = defaultdict(Score)
    for name, score in chain.from_iterable(scores.items() for scores in scores_of_articles):
        total[name] += score
    return dict(total)
