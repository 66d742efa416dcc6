"""Trained weights of a linear-chain CRF, and what they say about many sentences at once.

Start with `weights_of`, then `Weights.decoded`. The file is the one of CRFsuite, which the trainer writes. A sentence
alone is too short for numpy to pay, so those of many articles are decoded side by side. (The tagger of underthesea_core
gives the same, but wants each feature by its name, and to make and look up the names took most of the time.)
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_HEADER: Final = struct.Struct("<4sI4s9I")
"""Magic, size, type, version, numbers of features, labels and attributes, places of five chunks."""
_CHUNK: Final = struct.Struct("<4sII")
_NAMES: Final = struct.Struct("<4s5I")
_NAME: Final = struct.Struct("<II")
_FEATURE: Final = np.dtype([("of_transition", "<u4"), ("source", "<u4"), ("label", "<u4"), ("weight", "<f8")])
_CLEAR: Final = 0.49
"""Doubts about all labels of a sentence together below which these are its best; a half but for rounding."""
_STEPS_BETWEEN: Final = 8
"""Steps after which the chances are scaled: in so few they do not leave the range of a float."""


class Weights(NamedTuple):
    """What training learned."""

    labels: tuple[str, ...]
    attributes: Mapping[str, int]
    """Index in ``states`` of each feature of a token, by its name; one that training never met weighs nothing."""
    states: Floats
    """For each attribute the weight that it gives each label."""
    transitions: Floats
    """The weight of each label (column) behind each (row)."""

    def decoded(self, scores: Sequence[Floats]) -> list[Decoded]:
        """What each sentence is by its ``scores``: sums of the weights of its tokens' features, a row a token."""
        if not scores:
            return []
        order, sizes, told = _side_by_side(scores)
        chances = _chances(told, sizes, self.transitions)
        paths = chances.argmax(axis=2)
        # Labels of which all together are likelier than not are likelier than any others. Most sentences are so clear.
        doubt = 1 - chances.max(axis=2)
        doubt[np.arange(told.shape[1]) >= sizes[:, None]] = 0
        unclear = np.flatnonzero(doubt.sum(axis=1) >= _CLEAR)
        if unclear.size:
            longest = sizes[unclear[0]]
            paths[unclear, :longest] = _paths(told[unclear, :longest], sizes[unclear], self.transitions)
        found = [Decoded([], chances[0])] * len(scores)
        for at, size, path, each in zip(order, sizes.tolist(), paths.tolist(), chances, strict=True):
            found[at] = Decoded(path[:size], each[:size])
        return found


class Decoded(NamedTuple):
    """The labels of a sentence."""

    path: list[int]
    """Indexes of those that are likeliest together."""
    chances: Floats
    """The probability of each label of each token, given the sentence."""


def _side_by_side(scores: Sequence[Floats]) -> tuple[list[int], NDArray[np.int_], Floats]:
    """The indexes of the sentences, longest first, their sizes, and all scores in one array filled up with zeros."""
    order = sorted(range(len(scores)), key=lambda at: -len(scores[at]))
    sizes = np.array([len(scores[at]) for at in order])
    told = np.zeros((len(order), int(sizes[0]), scores[0].shape[1]))
    for row, at in enumerate(order):
        told[row, : len(scores[at])] = scores[at]
    return order, sizes, told


def _going_on(sizes: NDArray[np.int_]) -> list[int]:
    """How many sentences have a token at each step: those that have ended need none of the work."""
    alive: list[int] = np.searchsorted(-sizes, -np.arange(int(sizes[0])), side="left").tolist()
    return alive


def _paths(told: Floats, sizes: NDArray[np.int_], transitions: Floats) -> NDArray[np.intp]:
    """The best labels, by Viterbi's algorithm; behind a sentence's end they mean nothing."""
    count, longest, _ = told.shape
    alive = _going_on(sizes)
    totals = told.copy()
    sources = transitions[:, None, :]
    for step in range(1, longest):
        here = alive[step]
        # Sources in front: the largest over the first axis is found several times as fast as over a middle one.
        totals[:here, step] += np.maximum.reduce(totals[:here, step - 1].T[:, :, None] + sources)
    labels = np.zeros((longest, count), dtype=np.intp)
    behind = transitions.T
    for step in range(longest - 1, -1, -1):
        total = totals[: alive[step], step]
        going = alive[step + 1] if step + 1 < longest else 0
        if going:
            total[:going] += behind[labels[step + 1, :going]]
        labels[step, : len(total)] = total.argmax(axis=1)
    return labels.T


def _chances(told: Floats, sizes: NDArray[np.int_], transitions: Floats) -> Floats:
    """The probability of each label of each token; behind a sentence's end it means nothing."""
    longest = told.shape[1]
    told, follow = np.exp(told - told.max(axis=2, keepdims=True)), np.exp(transitions)
    alive = _going_on(sizes)
    before, behind = told.copy(), np.ones_like(told)
    for step in range(1, longest):
        here = alive[step]
        now = before[:here, step]
        now *= _steps(before[:here, step - 1], follow)
        if step % _STEPS_BETWEEN == 0:
            now /= now.sum(axis=1, keepdims=True)
    for step in range(longest - 2, -1, -1):
        here = alive[step + 1]
        now = _steps(behind[:here, step + 1] * told[:here, step + 1], follow.T)
        if step % _STEPS_BETWEEN == 0:
            now /= now.sum(axis=1, keepdims=True)
        behind[:here, step] = now
    before *= behind
    before /= before.sum(axis=2, keepdims=True)
    return before


def _steps(chances: Floats, follow: Floats) -> Floats:
    # Not `@`, whose last digit depends on how many sentences there are.
    return np.asarray(np.einsum("ij,jk->ik", chances, follow))


def weights_of(content: bytes) -> Weights:
    """The weights that a file of this content holds; `ValueError` where it holds none."""
    try:
        return _weights(content)
    except (struct.error, IndexError) as error:
        raise ValueError(str(error)) from error


def _weights(content: bytes) -> Weights:
    magic, _, kind, _, _, _, _, features_at, labels_at, attributes_at, _, _ = _HEADER.unpack_from(content)
    if magic != b"lCRF" or kind != b"FOMC":
        raise ValueError("the file is none of CRFsuite's")
    labels, attributes = _names(content, labels_at), _names(content, attributes_at)
    _, _, count = _CHUNK.unpack_from(content, features_at)
    features = np.frombuffer(content, _FEATURE, count, features_at + _CHUNK.size)
    states = np.zeros((len(attributes), len(labels)))
    transitions = np.zeros((len(labels), len(labels)))
    for table, of_transition in ((states, 0), (transitions, 1)):
        here = features[features["of_transition"] == of_transition]
        table[here["source"], here["label"]] = here["weight"]
    return Weights(tuple(labels), {name: at for at, name in enumerate(attributes)}, states, transitions)


def _names(content: bytes, at: int) -> list[str]:
    """The strings of a table, by their numbers."""
    magic, _, _, _, count, places_at = _NAMES.unpack_from(content, at)
    if magic != b"CQDB":
        raise ValueError(f"no table of names at byte {at}")
    names = []
    for place in np.frombuffer(content, "<u4", count, at + places_at).tolist():
        _, size = _NAME.unpack_from(content, at + place)
        start = at + place + _NAME.size
        names.append(content[start : start + size - 1].decode())
    return names
