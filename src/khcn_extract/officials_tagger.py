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
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np

from khcn_extract.officials_lexicon import rules
from khcn_extract.officials_tokens import (
    NEIGHBOURS,
    lists,
    of_before,
    of_behind,
    of_classes,
    of_place,
    of_place_and_lists,
    of_shapes,
    of_word,
    pair_of,
    sighted,
    tokens,
)
from khcn_extract.officials_weights import weights_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from khcn_extract.officials_stretches import Hit
    from khcn_extract.officials_tokens import Run, Sight, Token
    from khcn_extract.officials_weights import Decoded, Floats, Weights

_Key = TypeVar("_Key")
_Number = TypeVar("_Number", int, "NDArray[np.int64]")
_MOST_ROWS: Final = 1 << 13
"""Words, or what else the features look at, that the tagger remembers."""

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


class Question(NamedTuple):
    """A stretch of a text to be tagged, and the lexicon's literals there."""

    text: str
    start: int
    end: int
    hits: Sequence[Hit]


class Tagger:
    """Trained weights at work; it remembers between calls what it summed up, so use one a thread.

    Raises `ValueError` for a file that holds no weights.
    """

    def __init__(self, weights: Path) -> None:
        try:
            self._weights = weights_of(weights.read_bytes())
        except ValueError as error:
            raise ValueError(f"{weights}: no weights of a tagger: {error}") from error
        self._scores = _Scores(self._weights)

    def proposals(self, text: str, start: int, end: int, hits: Sequence[Hit]) -> list[Proposal]:
        """What the tagger sees in ``text[start:end]``, in its order; ``hits`` are the lexicon's literals there.

        >>> from khcn_extract.officials_stretches import hits
        >>> text = "Bà Rakel Ösp, Giám đốc Sở Y tế, phát biểu"
        >>> [text[p.start : p.end] for p in shipped().proposals(text, 0, len(text), hits(text)) if p.letter == "N"]
        ['Rakel Ösp']
        """
        (found,) = self.answers([Question(text, start, end, hits)])
        return found

    def answers(self, questions: Sequence[Question]) -> list[list[Proposal]]:
        """`proposals` for each of many stretches, side by side, which takes a tenth of the time."""
        parts = [list(tokens(asked.text, asked.start, asked.end)) for asked in questions]
        every = [part for several in parts for part in several]
        scores = self._scores.of([
            sighted(part, asked.hits) for asked, several in zip(questions, parts, strict=True) for part in several
        ])  # fmt: skip
        found = iter([list(self._tagged(*one)) for one in zip(every, self._weights.decoded(scores), strict=True)])
        return [[proposal for _ in several for proposal in next(found)] for several in parts]

    def _tagged(self, part: Sequence[Token], decoded: Decoded) -> Iterator[Proposal]:
        path, chances = decoded
        labels = [self._weights.labels[at] for at in path]
        begin = 0
        while begin < len(labels):
            end = begin + 1
            letter = labels[begin][-1]
            if letter != OUTSIDE:
                while end < len(labels) and labels[end] == f"I-{letter}":
                    end += 1
                least = min(float(chances[i, path[i]]) for i in range(begin, end))
                yield Proposal(letter, part[begin].start, part[end - 1].end, least)
            begin = end


class _Rows(dict[_Key, int]):
    """Where in ``table`` the weights are of what a part of the features looks at; summed when it is first asked for.

    Row 0 is of all that training never met.
    """

    def __init__(self, weights: Weights, names: Callable[[_Key], Sequence[Sequence[str]]], parts: int = 1) -> None:
        super().__init__()
        self.table = np.zeros((64, parts, len(weights.labels)))
        self._weights = weights
        self._names = names
        self._filled = 1

    def __missing__(self, key: _Key) -> int:
        parts = self._names(key)
        attributes, states, _ = self._weights[1:]
        if attributes.keys().isdisjoint(chain.from_iterable(parts)):
            self[key] = 0
            return 0
        if self._filled == len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
        self[key] = at = self._filled
        self._filled += 1
        for part, names in enumerate(parts):
            self.table[at, part] = sum(states[attributes[name]] for name in names if name in attributes)
        return at

    def clear(self) -> None:
        super().clear()
        self._filled = 1

    def sums(self, keys: Iterable[_Key]) -> Floats:
        """The rows of these, with an axis for the parts."""
        places = [self[key] for key in keys]
        return np.asarray(self.table[places])


class _Pairs:
    """The weights of pairs of words. Most pairs are new ones; so all are looked up at once, by the words' numbers."""

    def __init__(self, weights: Weights) -> None:
        pairs = [(pair, at) for name, at in weights.attributes.items() if (pair := pair_of(name)) is not None]
        self._numbers = {word: at for at, word in enumerate({word: 1 for (_, *words), _ in pairs for word in words}, 1)}
        keys = [self._key(self._numbers[first], self._numbers[second]) for (_, first, second), _ in pairs]
        self._keys, places = np.unique(np.array(keys, dtype=np.int64), return_inverse=True)
        self._table = np.zeros((len(self._keys) + 1, 2, len(weights.labels)))
        self._table[places, [part for (part, *_), _ in pairs]] = weights.states[[at for _, at in pairs]]

    def _key(self, first: _Number, second: _Number) -> _Number:
        return first * (len(self._numbers) + 1) + second

    def sums(self, words: Iterable[str]) -> Floats:
        """The rows of each two words in lower case that stand side by side, with an axis for the parts."""
        number = self._numbers.get
        numbers = np.array([number(word, 0) for word in words], dtype=np.int64)
        keys = self._key(numbers[:-1], numbers[1:])
        places = np.searchsorted(self._keys, keys)
        places[self._keys.take(places, mode="clip") != keys] = len(self._keys)  # a row of nothing
        return np.asarray(self._table[places])


def _alone(names: Callable[[_Key], tuple[str, ...]]) -> Callable[[_Key], Sequence[Sequence[str]]]:
    return lambda key: (names(key),)


class _Scores:
    """Sums of the weights of tokens' features, put together from what their parts weigh."""

    def __init__(self, weights: Weights) -> None:
        self._labels = len(weights.labels)
        self._words = _Rows(weights, of_word, 1 + len(NEIGHBOURS))
        self._pairs = _Pairs(weights)
        self._shapes = _Rows(weights, _alone(of_shapes))
        self._classes = _Rows(weights, _alone(of_classes))
        self._places = _Rows(weights, _alone(of_place))
        self._befores = _Rows(weights, _alone(of_before))
        self._behinds = _Rows(weights, _alone(of_behind))
        self._places_and_lists = _Rows(weights, _alone(of_place_and_lists))

    def of(self, sights: Sequence[Sight]) -> list[Floats]:
        """For each sequence the sums, a row a token and a column a label."""
        if not sights:
            return []
        self._forget()
        # All in one row: between two sequences stand two words of each, so that none sees the other.
        words = [word for sight in sights for word in sight.words]
        lower = [word for sight in sights for word in sight.lower]
        shapes = [shape for sight in sights for shape in sight.shapes]
        classes = [letter for sight in sights for letter in sight.classes]
        runs = [run for sight in sights for run in sight.runs]
        sums = np.zeros((len(words), self._labels))
        by_word = self._words.sums(words)
        sums[2:-2] = by_word[2:-2, 0]
        for part, by in enumerate(NEIGHBOURS, 1):
            sums[2:-2] += by_word[2 + by : len(words) - 2 + by, part]
        by_pair = self._pairs.sums(lower)
        sums[2:-2] += by_pair[1:-2, 0] + by_pair[2:-1, 1]
        sums[2:-2] += self._shapes.sums(zip(*(shapes[at:] for at in range(5)), strict=False))[:, 0]
        sums[1:-1] += self._classes.sums(zip(*(classes[at:] for at in range(3)), strict=False))[:, 0]
        self._add_runs(sums, words, runs)
        ends = list(accumulate(len(sight.words) for sight in sights))
        return [sums[end - len(sight.words) + 2 : end - 2] for sight, end in zip(sights, ends, strict=True)]

    def _add_runs(self, sums: Floats, words: Sequence[str], runs: Sequence[Run | None]) -> None:
        inside = [(at, *run) for at, run in enumerate(runs) if run is not None]
        if inside:
            sums[[at for at, *_ in inside]] += (
                self._places.sums((place, size) for _, place, size, _, _ in inside)
                + self._befores.sums((before, place) for _, place, _, before, _ in inside)
                + self._behinds.sums((behind, size - place) for _, place, size, _, behind in inside)
                + self._places_and_lists.sums((place, lists(words[at])) for at, place, *_ in inside)
            )[:, 0]

    def _forget(self) -> None:
        for rows in vars(self).values():
            if isinstance(rows, _Rows) and len(rows) > _MOST_ROWS:
                rows.clear()


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
