"""Trains the tagger of officials from gold articles and sentence frames; see `train`.

Gold says where a name is and which offices it has there, not where their words stand. Where the rules read offices at
that name, their items are labelled as titles and bodies; elsewhere the nearest title of that rank is. Frames
(``gold/frames.toml``) are sentences with slots, filled from lists of names, titles and bodies, so that the tagger meets
names that no list of the rules has.

The same input gives the same weights, to the byte.
"""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import regex as re
from pydantic import BaseModel, ConfigDict, ValidationError

from khcn_extract.facts import OfficialValue, Span
from khcn_extract.officials_grammar import readings
from khcn_extract.officials_items import line
from khcn_extract.officials_stretches import hits, stretches
from khcn_extract.officials_tagger import BODY, OUTSIDE, PERSON, TITLE
from khcn_extract.officials_tokens import features, tokens
from khcn_extract.sentences import sentence_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from khcn_extract.gold import GoldArticle
    from khcn_extract.officials_stretches import Hit

SEED: Final = 20_261_122
L2_PENALTY: Final = 0.2
ITERATIONS: Final = 120
FEWEST: Final = 2
"""Times that a feature must be seen to count: those seen once are half of all, and say nothing of another text."""
_NEAR: Final = 150
"""Characters between a name and the title that gold gives it, where the rules don't say which words it is."""
_SLOT: Final = re.compile(r"\{(\w+)\}")
_LABELS: Final = {
    "name": PERSON, "title": TITLE, "body": BODY,
    "name_from_abroad": PERSON, "foreign_title": TITLE, "foreign_body": BODY,
}  # fmt: skip
_TRIGGERS: Final = frozenset("TtmHP")

_Labelled = tuple[int, int, str]
"""A stretch of a text and its letter."""


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence as the trainer wants it: features and a label for each token."""

    features: list[list[str]]
    labels: list[str]


class FramesFile(BaseModel):
    """The whole of ``gold/frames.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    copies: int
    """How often each sentence is filled."""
    slots: dict[str, tuple[str, ...]]
    """What may fill each slot; those of `_LABELS` are labelled, others are not. A filling may have slots."""
    sentences: tuple[str, ...]


def examples(articles: Iterable[GoldArticle]) -> Iterator[Example]:
    """The sentences of gold articles that name an official or hold a word that announces one.

    >>> from khcn_extract.gold import GoldArticle
    >>> fact = {"kind": "official", "start_char": 4, "end_char": 11, "text": "Vi Tứ A", "name": "Vi Tứ A"}
    >>> fact |= {"positions": [{"title": "Giám đốc", "organization": ""}]}
    >>> (example,) = examples([GoldArticle(article_id="a", text="Ông Vi Tứ A, Giám đốc", facts=(fact,))])
    >>> example.labels
    ['O', 'B-N', 'I-N', 'I-N', 'O', 'B-T', 'I-T']
    """
    for article in articles:
        text = article.text
        found = hits(text)
        labelled = _labelled(text, found, article)
        ignored = [Span(start, end) for start, end in article.ignore]
        starts = [*sentence_starts(text), len(text)]
        for start, end in pairwise(starts):
            if not any(start < out.end and out.start < end for out in ignored):
                yield from _of_sentence(text, start, end, found, labelled)


def frame_examples(file: FramesFile) -> Iterator[Example]:
    """The sentences of the frames, filled; always in the same way.

    Raises `ValueError` for a slot that the file does not fill, or fills with itself.
    """
    for name in file.slots:
        _check_slot(name, file.slots, ())
    chance = random.Random(SEED)  # noqa: S311  # repeatable, nothing to hide
    for frame in file.sentences:
        for _ in range(file.copies):
            text, labelled = _filled(frame, file.slots, chance)
            yield from _of_sentence(text, 0, len(text), hits(text), labelled)


def read_frames(path: Path) -> FramesFile:
    """The frames of a file; `ValueError` with the file and the mistake where it is none."""
    try:
        return FramesFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def train(sentences: Sequence[Example], weights: Path, *, iterations: int = ITERATIONS) -> None:
    """Trains on the sentences and writes the weights; `ValueError` where there is no sentence or no trainer.

    The trainer of underthesea_core reads and writes the same file, but keeps its features in an order of chance, so
    that each training ends with other weights.
    """
    try:
        import pycrfsuite
    except ImportError as error:
        raise ValueError("training needs python-crfsuite: pip install 'khcn-extract[train]'") from error

    if not sentences:
        raise ValueError("no sentence to train on; allowed are gold files with officials")
    seen = Counter(feature for sentence in sentences for token in sentence.features for feature in token)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.0, "c2": L2_PENALTY, "max_iterations": iterations})
    for sentence in sentences:
        trainer.append([[f for f in token if seen[f] >= FEWEST] for token in sentence.features], sentence.labels)
    trainer.train(str(weights))


def card(
    *,
    made_from: Sequence[Path],
    weights: Path,
    sentences: Mapping[str, int],
    held_out: Mapping[str, Any],
    confidence: Mapping[str, float],
) -> dict[str, Any]:
    """The model's card, as plain data: what the weights are, from what, how good, and what they can't do."""
    return {
        "about": "Proposes the names, titles and bodies of officials in a sentence of Vietnamese news.",
        "kind": "linear-chain CRF with labels B-, I- for N (name), T (title), G (body), and O",
        "features": "words, shapes, lists and runs of capitals in a window of two (officials_tokens.py)",
        "trainer": f"python-crfsuite, L-BFGS, {ITERATIONS} iterations, L2 penalty {L2_PENALTY}",
        "made_from": [short_name(path) for path in made_from],
        "made_from_sha256": fingerprint(*made_from),
        "weights_sha256": fingerprint(weights),
        "sentences": dict(sentences),
        "limits": [
            "The texts are of this project's own writing (language models); real portals differ.",
            "Names of one syllable are proposed, but not used; offices come from the rules where these can read them.",
            "Persons without a public office are only known as what is not labelled.",
        ],
        "held_out": dict(held_out),
        "confidence": dict(confidence),
    }


def short_name(path: Path) -> str:
    """A file's name with that of its folder, the same on every machine."""
    return f"{path.resolve().parent.name}/{path.name}"


def fingerprint(*paths: Path) -> str:
    """SHA-256 of the files' contents, one behind the other."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _of_sentence(
    text: str, start: int, end: int, found: Sequence[Hit], labelled: Sequence[_Labelled]
) -> Iterator[Example]:
    inside = [hit for hit in found if start <= hit[1] < end]
    for part in tokens(text, start, end):
        labels = [OUTSIDE] * len(part)
        for first, last, letter in labelled:
            within = [i for i, token in enumerate(part) if first <= token.start < last]
            for i in within:
                labels[i] = f"{'B' if i == within[0] else 'I'}-{letter}"
        if any(label != OUTSIDE for label in labels) or any(word.letter in _TRIGGERS for word, _, _ in inside):
            yield Example(features(part, inside), labels)


def _labelled(text: str, found: Sequence[Hit], article: GoldArticle) -> list[_Labelled]:
    """Bodies, then titles, then names: where two overlap, the later label stays."""
    offices = _offices(text, found)
    bodies: list[_Labelled] = []
    titles: list[_Labelled] = []
    names: list[_Labelled] = []
    for fact in article.facts:
        if not isinstance(fact.value, OfficialValue):
            continue
        start = fact.start_char
        names.append((start, fact.end_char, PERSON))
        if fact.value.positions:
            known = offices.get(start) or _nearest(found, start, {p.title.lower() for p in fact.value.positions})
            bodies += [span for span in known if span[2] == BODY]
            titles += [span for span in known if span[2] == TITLE]
    return bodies + titles + names


def _offices(text: str, found: Sequence[Hit]) -> dict[int, list[_Labelled]]:
    """Titles and bodies as the rules read them, by where the name begins."""
    known: dict[int, list[_Labelled]] = {}
    for stretch in stretches(text, found):
        if not stretch.may_speak:
            continue
        read = line(text, stretch.hits)
        for reading in readings(read.letters):
            spans = [(read.items[title].start, read.items[title].end, TITLE) for title, _ in reading.offices]
            spans += [
                (read.items[body].start, read.items[body].end, BODY)
                for _, body in reading.offices
                if body in read.items
            ]
            known |= {read.items[name].start: spans for name in reading.names}
    return known


def _nearest(found: Sequence[Hit], place: int, titles: set[str]) -> list[_Labelled]:
    near = [
        (abs(start - place), start, end)
        for word, start, end in found
        if word.title is not None and word.title.name.lower() in titles and abs(start - place) <= _NEAR
    ]
    return [(start, end, TITLE) for _, start, end in sorted(near)[:1]]


def _check_slot(name: str, slots: Mapping[str, Sequence[str]], within: tuple[str, ...]) -> None:
    """`ValueError` for a slot without fillings, and for one that stands ``within`` itself."""
    if name in within:
        raise ValueError(f"slot {name!r} fills itself; allowed are fillings whose slots lead to others")
    if name in slots and not slots[name]:
        raise ValueError(f"slot {name!r} has no filling; allowed are one or more")
    inner = {slot for filling in slots.get(name, ()) for slot in _SLOT.findall(filling)}
    for slot in sorted(inner):
        _check_slot(slot, slots, (*within, name))


def _filled(frame: str, slots: Mapping[str, Sequence[str]], chance: random.Random) -> tuple[str, list[_Labelled]]:
    text = ""
    labelled: list[_Labelled] = []
    last = 0
    for slot in _SLOT.finditer(frame):
        if slot[1] not in slots:
            raise ValueError(f"{{{slot[1]}}} in {frame!r} is no slot; allowed are {', '.join(sorted(slots))}")
        text += frame[last : slot.start()]
        filling, _ = _filled(chance.choice(slots[slot[1]]), slots, chance)
        letter = _LABELS.get(slot[1])
        if letter is not None:
            labelled.append((len(text), len(text) + len(filling), letter))
        text += filling
        last = slot.end()
    return text + frame[last:], labelled
