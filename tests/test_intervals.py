"""Intervals: the same figures as the scores, wide where articles differ, none where there are too few of them."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract import intervals
from khcn_extract.analysis import analyse
from khcn_extract.gold import GoldArticle
from khcn_extract.intervals import FEWEST_ARTICLES, Interval, differences, estimates
from khcn_extract.scores import Score

Articles = list[dict[str, Score]]

counts = st.integers(0, 9)


@st.composite
def scores(draw: st.DrawFn) -> Score:
    gold, predicted = draw(counts), draw(counts)
    return Score(gold, predicted, draw(st.integers(0, gold)), draw(st.integers(0, predicted)))


def _articles(*hits: int, of: int = 10) -> Articles:
    return [{"value/all": Score(of, of, hit, hit)} for hit in hits]


def _varied(seed: int, articles: int) -> Articles:
    chance = random.Random(seed)
    return [{"value/all": Score(12, 11, hit, hit)} for hit in (chance.randint(4, 11) for _ in range(articles))]


@given(st.lists(scores(), min_size=1, max_size=6))
def test_figures_of_arrays_are_those_of_scores(some: list[Score]) -> None:
    """To the last digit, the conventions for nothing included."""
    table = np.array([[score.counts for score in some]], dtype=float)
    precision, recall, f1 = intervals._figures(table)

    assert [(s.precision, s.recall, s.f1) for s in some] == list(zip(precision[0], recall[0], f1[0], strict=True))


@given(st.lists(scores(), min_size=FEWEST_ARTICLES, max_size=12))
def test_intervals_are_inside_0_and_1(some: list[Score]) -> None:
    found = estimates([{"m": score} for score in some], resamples=50)["m"]

    assert sum(some, start=Score()) == found.score
    for bounds in (found.precision, found.recall, found.f1):
        assert bounds is None or 0 <= bounds.low <= bounds.high <= 1


def test_articles_are_drawn_and_not_facts() -> None:
    """Half of 1,000 facts right: ± 0.03 if each fact stood for itself; whole articles say much less."""
    found = estimates(_articles(*[100] * 5, *[0] * 5, of=100))["value/all"].f1

    assert found is not None
    assert found.high - found.low > 0.5


@pytest.mark.parametrize(
    ("bearing", "has_interval"),
    [(0, False), (1, False), (FEWEST_ARTICLES - 1, False), (FEWEST_ARTICLES, True), (20, True)],
)
def test_few_articles_have_no_interval(bearing: int, has_interval: bool) -> None:
    """However many articles there are: those that bear the figure count."""
    empty: Articles = [{"value/all": Score()}] * 30
    found = estimates(_articles(*[9] * bearing) + empty)["value/all"]

    assert (bearing, has_interval) == (found.articles, found.f1 is not None)


def test_draws_without_a_fact_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rare kind is not made good by the draws that miss it, a third here: by convention F1 of nothing is 1."""
    monkeypatch.setattr(intervals, "FEWEST_ARTICLES", 1)
    rare: Articles = [{"value/money": Score(1, 1, 0, 0)}] + [{"value/money": Score()}] * 95

    assert estimates(rare)["value/money"].f1 == Interval(0, 0)


def test_no_article_at_all() -> None:
    assert estimates([]) == {}


def test_the_same_seed_gives_the_same_interval() -> None:
    one, again, other = (estimates(_varied(1, 40), seed=seed)["value/all"].f1 for seed in (1, 1, 2))

    assert one == again != other


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_scipy(seed: int) -> None:
    """An independent implementation of the percentile bootstrap, within the noise of drawing."""
    stats = pytest.importorskip("scipy.stats")
    articles = _varied(seed, 60)
    columns = np.array([article["value/all"].counts for article in articles], dtype=float).T

    def f1(*drawn: Any, axis: int) -> Any:
        gold, predicted, hit, _ = (column.sum(axis=axis) for column in drawn)
        return 2 * hit / (gold + predicted)

    theirs = stats.bootstrap(
        tuple(columns), f1, paired=True, vectorized=True, method="percentile", n_resamples=9_000, rng=seed
    ).confidence_interval
    ours = estimates(articles, resamples=9_000)["value/all"].f1

    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.003)


def test_the_interval_covers_the_truth() -> None:
    """Of 200 samples of articles some 95 % have the true F1 in their interval."""
    truth, covered = (4 + 11) / 2 / 11.5, 0
    for seed in range(200):
        bounds = estimates(_varied(seed, 60), resamples=400)["value/all"].f1
        assert bounds is not None
        covered += bounds.low <= truth <= bounds.high

    assert 180 <= covered <= 199


# -- differences -----------------------------------------------------------------------------------------------------

BASE = _articles(*[8] * 30)


# fmt: off
@pytest.mark.parametrize(("after", "change", "low_p", "high_p"), [
    (BASE,                              0.0,        1.0,    1.0),       # nothing differs
    (_articles(*[9] * 30),              0.1,        0.0,    0.001),     # each article is better
    (_articles(*[7] * 30),              -0.1,       0.0,    0.001),     # two-sided
    (_articles(9, *[8] * 29),           0.1 / 30,   0.5,    1.0),       # one article proves nothing
    (_articles(*[9] * 15, *[7] * 15),   0.0,        0.8,    1.0),       # as many gains as losses
])
def test_differences(after: Articles, change: float, low_p: float, high_p: float) -> None:
    found = differences(BASE, after)["value/all"]

    assert found.p is not None
    assert found.interval is not None
    assert found.change == pytest.approx(change)
    assert low_p <= found.p <= high_p
    assert found.interval.low - 1e-12 <= found.change <= found.interval.high + 1e-12
# fmt: on


def test_differences_are_paired() -> None:
    """Articles of all difficulties, each a little better: the difference is surer than either figure."""
    before = _varied(5, 40)
    after = [{"value/all": article["value/all"] + Score(0, 0, 1, 1)} for article in before]
    paired, alone = differences(before, after)["value/all"].interval, estimates(before)["value/all"].f1

    assert paired is not None
    assert alone is not None
    assert (paired.high - paired.low) * 10 < alone.high - alone.low


def test_differences_with_few_articles_have_no_p() -> None:
    found = differences(BASE[:2], BASE[:2])["value/all"]

    assert (found.interval, found.p) == (None, None)


def test_differences_refuse_other_articles() -> None:
    with pytest.raises(ValueError, match="30 articles before and 29 after"):
        differences(BASE, BASE[1:])


# -- speed -----------------------------------------------------------------------------------------------------------


def test_all_of_160_articles_takes_seconds() -> None:
    text = "Có 12 dự án, " * 22
    facts = [
        {"kind": "count", "start_char": at + 3, "end_char": at + 11, "text": "12 dự án", "value": 12, "unit": "dự án"}
        for at in range(0, len(text), 13)
    ]
    gold = [GoldArticle(article_id=str(n), text=text, facts=facts) for n in range(160)]
    predicted = {str(n): [fact for k, fact in enumerate(facts) if (k * n) % 7] for n in range(160)}
    groups = {str(n): {"province": str(n % 50), "year": str(n % 10)} for n in range(160)}
    started = time.process_time()
    analysis = analyse(gold, predicted, metadata=groups)

    assert time.process_time() - started < 3
    assert analysis.estimates["value/all"].score.gold == 160 * 22
