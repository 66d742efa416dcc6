"""What each half of `officials` is worth: the same gold read by the rules, by the model and by both.

`by_half` reads, `render` prints: names and triples of each half, how sure the gain of both over the rules is, and
whether as many facts are right as their confidence says.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from khcn_extract.comparison import compare
from khcn_extract.evaluate import evaluate, predict
from khcn_extract.intervals import LEVEL
from khcn_extract.pipeline import process_many
from khcn_extract.scores import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from khcn_extract.comparison import Predictions
    from khcn_extract.gold import GoldArticle
    from khcn_extract.officials_mentions import By
    from khcn_extract.officials_tagger import Tagger

HALVES: Final[tuple[By, ...]] = ("rules", "model", "both")
BANDS: Final = (0.0, 0.8, 0.9, 0.95, 0.98, 1.01)
"""Between these the confidences are compared with what is right."""
MEASURES: Final = {"names": "value/official", "triples": "triples/official"}


def by_half(gold: Sequence[GoldArticle], tagger: Tagger | None = None) -> dict[By, Predictions]:
    """The officials that each half finds in the articles; ``tagger`` is the shipped one where none is given.

    >>> from khcn_extract.gold import GoldArticle
    >>> article = GoldArticle(article_id="a", text="Bà Vi Thị Tứ, Giám đốc Sở Y tế, nói.", facts=())
    >>> {half: [fact.text for fact in found["a"]] for half, found in by_half([article]).items()}
    {'rules': ['Vi Thị Tứ'], 'model': ['Vi Thị Tứ'], 'both': ['Vi Thị Tứ']}
    """
    return {
        half: predict(
            gold,
            lambda article, half=half: [  # type: ignore[misc]
                fact for fact in process_many([article], by=half, tagger=tagger)[0].facts if fact.kind == "official"
            ],
        )
        for half in HALVES
    }


def scores(gold: Sequence[GoldArticle], tagger: Tagger | None = None) -> dict[str, dict[str, dict[str, float]]]:
    """Precision, recall and F1 of names and triples by half, as plain numbers; ``gold`` has officials alone."""
    return {half: _plain(evaluate(gold, found).scores()) for half, found in by_half(gold, tagger).items()}


def render(gold: Sequence[GoldArticle], found: Mapping[By, Predictions]) -> str:
    """A table of the halves, and the gain of both over the rules with its interval; ``gold`` has officials alone."""
    lines = [f"{'':10}" + "".join(f"{name:>21}" for name in MEASURES), f"{'':10}" + f"{'P':>7}{'R':>7}{'F1':>7}" * 2]
    for half in HALVES:
        told = evaluate(gold, found[half]).scores()
        figures = (told.get(name, Score()) for name in MEASURES.values())
        lines.append(f"{half:10}" + "".join(f"{f.precision:7.3f}{f.recall:7.3f}{f.f1:7.3f}" for f in figures))
    gain = compare(gold, found["rules"], found["both"])
    lines += ["", f"F1 of both less that of the rules ({LEVEL:.0%} paired bootstrap over {len(gold)} articles):"]
    for label, name in MEASURES.items():
        difference = gain.differences.get(name)
        if difference is None or difference.interval is None:
            lines.append(f"{label:10} too few articles bear it")
            continue
        low, high = difference.interval
        lines.append(f"{label:10}{difference.change:+.3f}  [{low:+.3f}, {high:+.3f}]  p {difference.p:.3f}")
    lines += ["", "confidence of both     facts   stated    right"]
    lines += [
        f"{f'{low:.2f} to {high:.2f}':20}{facts:8}{stated:9.3f}{right:9.3f}"
        for low, high, facts, stated, right in reliability(gold, found["both"])
    ]
    return "\n".join(lines) + "\n"


def reliability(gold: Sequence[GoldArticle], found: Predictions) -> Iterator[tuple[float, float, int, float, float]]:
    """For each band of confidence that has facts: its bounds, its facts, their mean confidence, the share right.

    >>> list(reliability([], {}))
    []
    """
    judged = [fact for article in evaluate(gold, found).articles for fact in article.judged]
    for low, high in pairwise(BANDS):
        told = [(fact.confidence, fact.right) for fact in judged if fact.confidence and low <= fact.confidence < high]
        if told:
            stated, right = (sum(column) / len(told) for column in zip(*told, strict=True))
            yield low, min(high, 1.0), len(told), stated, right


def _plain(told: Mapping[str, Score]) -> dict[str, dict[str, float]]:
    figures = ("precision", "recall", "f1")
    return {
        label: {figure: round(getattr(told.get(name, Score()), figure), 4) for figure in figures}
        for label, name in MEASURES.items()
    }
