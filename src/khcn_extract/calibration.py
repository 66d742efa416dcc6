"""How sure an official is by what speaks for it: the `confidence` that the model's card states.

`judged` reads gold by taggers that were trained on the rest of it, `calibrated` counts what was right.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from khcn_extract.matching import match
from khcn_extract.officials import find_with_evidence
from khcn_extract.officials_tagger import Tagger
from khcn_extract.text import clean
from khcn_extract.training import examples, train

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khcn_extract.facts import Fact
    from khcn_extract.gold import GoldArticle
    from khcn_extract.text import Text
    from khcn_extract.training import Example

FOLDS: Final = 5
"""Parts of the gold that are read in turn by a tagger trained on the rest, to see how sure a fact is."""
PRIOR: Final = 10
"""Facts of the wider group that are added to each group's own."""


def judged(gold: Sequence[GoldArticle], frames: Sequence[Example], folds: int = FOLDS) -> Iterator[tuple[str, bool]]:
    """The evidence of each official found by both halves, and whether it is right by the guideline.

    Each article is read with a tagger that was trained on the others, so that the share of right ones is what an unseen
    text would have, as far as the tagger goes. One that has nobody else to learn from is left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(folds):
            others = [*examples(a for k, a in enumerate(gold) if k % folds != fold), *frames]
            if not gold[fold::folds] or not others:
                continue
            weights = Path(folder) / f"{fold}.crf"
            train(others, weights)
            tagger = Tagger(weights)
            for article in gold[fold::folds]:
                page = clean(article.text)
                (found,) = find_with_evidence([page.clean], tagger=tagger)
                facts = [_as_received(page, fact) for fact, _ in found]
                matched = match(article, facts)
                wrong = set(matched.spurious())
                yield from ((evidence, j not in wrong) for j, (_, evidence) in enumerate(found))


def calibrated(verdicts: Iterable[tuple[str, bool]]) -> dict[str, float]:
    """Share of right facts by evidence, drawn towards the share of its rule, and that towards the share of all.

    `PRIOR` facts of the wider group are added to each: a handful of facts says little.

    >>> calibrated([("rule", True)] * 9 + [("rule", False)])
    {'rule': 0.9}
    """
    counts: dict[str, list[float]] = {}
    for evidence, right in verdicts:
        for group in {evidence, evidence.split(" ")[0], ""}:
            count = counts.setdefault(group, [0.0, 0.0])
            count[0] += right
            count[1] += 1
    share: dict[str, float] = {}
    for group in sorted(counts, key=lambda name: (bool(name), " " in name, name)):  # the wider first
        rule = group.split(" ")[0]
        right_ones, every = counts[group]
        if group:
            right_ones += PRIOR * share["" if group == rule else rule]
            every += PRIOR
        share[group] = right_ones / every
    return {group: round(value, 3) for group, value in share.items() if group}


def _as_received(page: Text, fact: Fact) -> Fact:
    start, end = page.to_raw(fact.start_char, fact.end_char)
    return replace(fact, start_char=start, end_char=end, text=page.raw[start:end])
