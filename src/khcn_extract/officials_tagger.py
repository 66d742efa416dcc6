"""The trained half of `officials`: a linear-chain CRF that proposes names, titles and bodies in a sentence.

Start with `shipped`, the tagger whose weights the package has; ``model/officials.json`` is its card: what it was
trained from, how good it is, and what it can't do. `khcn_extract.training` makes both.

The tagger decides nothing alone: `khcn_extract.officials` asks it where the rules leave a title without a person, and
reads its names with the same grammar of offices as those that the rules find.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from khcn_extract.officials_lexicon import rules
from khcn_extract.officials_tokens import features, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from khcn_extract.officials_items import Hit
    from khcn_extract.officials_tokens import Token

PERSON, TITLE, BODY = "N", "T", "G"
"""What a label is about; the letters are those of the items in ``rules/officials.toml``."""
OUTSIDE: Final = "O"
WEIGHTS: Final = "officials.crf"
CARD: Final = "officials.json"


class Proposal(NamedTuple):
    """A stretch of the text that the tagger takes for a name, a title or a body."""

    letter: str
    start: int
    end: int
    probability: float
    """Of its least likely token, given the sentence."""


class Tagger:
    """Trained weights at work; the underlying library keeps its memory between calls, so use one a thread.

    Raises `ValueError` for a file that holds no weights.
    """

    def __init__(self, weights: Path) -> None:
        from underthesea_core import CRFModel, CRFTagger

        try:
            self._crf = CRFTagger.from_model(CRFModel.load(str(weights)))
        except Exception as error:
            raise ValueError(f"{weights}: no weights of a tagger: {error}") from error
        self._place = {label: index for index, label in enumerate(self._crf.labels())}

    def proposals(self, text: str, start: int, end: int, hits: Sequence[Hit]) -> list[Proposal]:
        """What the tagger sees in ``text[start:end]``, in its order; ``hits`` are the lexicon's literals there.

        >>> from khcn_extract.officials_items import hits
        >>> text = "Bà Rakel Ösp, Giám đốc Sở Y tế, phát biểu"
        >>> [text[p.start : p.end] for p in shipped().proposals(text, 0, len(text), hits(text)) if p.letter == "N"]
        ['Rakel Ösp']
        """
        return [found for part in tokens(text, start, end) for found in self._tagged(part, hits)]

    def _tagged(self, part: Sequence[Token], hits: Sequence[Hit]) -> Iterator[Proposal]:
        described = features(part, hits)
        labels = self._crf.tag(described)
        if all(label == OUTSIDE for label in labels):
            return
        chances = self._crf.marginals(described)
        begin = 0
        while begin < len(labels):
            end = begin + 1
            letter = labels[begin][-1]
            if letter != OUTSIDE:
                while end < len(labels) and labels[end] == f"I-{letter}":
                    end += 1
                least = min(chances[i][self._place[labels[i]]] for i in range(begin, end))
                yield Proposal(letter, part[begin].start, part[end - 1].end, least)
            begin = end


@cache
def shipped() -> Tagger:
    """The tagger of this package; loaded on the first call, about a tenth of a second."""
    with as_file(files("khcn_extract") / "model" / WEIGHTS) as weights:
        return Tagger(weights)


@cache
def confidence(evidence: str, rule: str) -> float:
    """Share of facts with that evidence that were right in the calibration; the rule's own figure where none was seen.

    ``evidence`` is a rule, or a rule and what the tagger says of it (`Mention.evidence`).
    """
    measured: dict[str, float] = card()["confidence"]
    return measured.get(evidence, measured.get(rule, _stated(rule)))


def _stated(rule: str) -> float:
    return next(entry.confidence for entry in rules() if entry.name == rule)


@cache
def card() -> dict[str, Any]:
    """The model's card; with an empty ``confidence`` where none is there yet."""
    file = files("khcn_extract") / "model" / CARD
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {"confidence": {}}
    return read
