"""What the tagger of officials sees of a sentence: its tokens, and features of each.

Read `features` first. Trained weights belong to these very features: after a change here, or of the lists of surnames,
titles and bodies that the features look into, train again (``make model``). The features of a token come in parts, each
of which depends on little (a word, a pair of words, the shapes round it): so the tagger sums the weights of a part once
and never makes its names again.

The choice of features follows the CRF taggers of Vietnamese that the field uses (underthesea, VnCoreNLP): words, shapes
and lists in a window of two; beside that the run of capitalised words that a token is in, since bodies, places and
persons stand in such runs one behind the other.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import regex as re

from khcn_extract.officials_lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khcn_extract.officials_stretches import Hit

MAX_TOKENS: Final = 250
"""Of one sequence; a longer sentence is cut, so that time and memory stay bounded."""
_TOKEN: Final = re.compile(r"\p{L}[\p{L}'’]*+|\p{N}++|\S")
FIRST, LAST = " ^", " $"
"""Stand before the first and behind the last token; in features without the blank, which no token begins with."""
_ORDER: Final = {name: at for at, name in enumerate((
    "bias", "w", "w-1", "w+1", "w-2", "w+2", "w-1,0", "w0,+1", "shape", "shape3", "shape5", "class", "class-1",
    "class+1", "class3", "lists", "lists-1", "lists+1", "shape,lists", "run", "run<", "run>", "before", "behind",
    "before,at", "behind,at", "run,lists",
))}  # fmt: skip
"""The trainer counts its features as they come; in this order the same gold gives the same weights."""


_CAPITALS: Final = frozenset(["Aa", "A", "AA"])


class Token(NamedTuple):
    """A word, a number or a mark in the text."""

    start: int
    end: int
    text: str


class Run(NamedTuple):
    """Where a token stands in its run of capitalised words, and the words round the run."""

    place: int
    size: int
    before: str
    behind: str


def tokens(text: str, start: int, end: int) -> Iterator[list[Token]]:
    """The tokens of ``text[start:end]``, in sequences of at most `MAX_TOKENS`.

    >>> [[token.text for token in part] for part in tokens("Ông Vi Văn A-nguyên PGĐ.", 0, 24)]
    [['Ông', 'Vi', 'Văn', 'A', '-', 'nguyên', 'PGĐ', '.']]
    """
    # All in one go, for the tagger asks about some fifteen thousand tokens in a megabyte.
    spans = [found.span() for found in _TOKEN.finditer(text, start, end)]
    every = [Token(first, last, text[first:last]) for first, last in spans]
    for at in range(0, len(every), MAX_TOKENS):
        yield every[at : at + MAX_TOKENS]


def features(sequence: Sequence[Token], hits: Sequence[Hit]) -> list[list[str]]:
    """Features of each token, as the trainer wants them; ``hits`` are the lexicon's literals among them.

    >>> from khcn_extract.officials_stretches import hits
    >>> text = "ông Vi Văn Tứ"
    >>> (sequence,) = tokens(text, 0, len(text))
    >>> [feature for feature in features(sequence, hits(text))[1] if feature.startswith(("w=", "class=", "run="))]
    ['w=vi', 'class=S', 'run=0/3']
    """
    words, lower, shapes, classes, runs = sighted(sequence, hits)
    found = []
    for at in range(2, len(words) - 2):
        around = of_word(words[at])[0], *(of_word(words[at + by])[part] for part, by in enumerate(NEIGHBOURS, 1))
        pairs = of_pair((lower[at - 1], lower[at]))[0], of_pair((lower[at], lower[at + 1]))[1]
        marks = of_shapes(tuple(shapes[at - 2 : at + 3])), of_classes(tuple(classes[at - 1 : at + 2]))
        parts = [*around, *pairs, *marks]
        run = runs[at]
        if run is not None:
            place, size, before, behind = run
            parts += of_place((place, size)), of_place_and_lists((place, lists(words[at])))
            parts += of_before((before, place)), of_behind((behind, size - place))
        found.append(sorted((name for part in parts for name in part), key=_place_in_order))
    return found


class Sight(NamedTuple):
    """A sequence as the features see it, with two words more on each side; each list has an entry for each of them."""

    words: list[str]
    """As written."""
    lower: list[str]
    shapes: list[str]
    classes: list[str]
    runs: list[Run | None]


def sighted(sequence: Sequence[Token], hits: Sequence[Hit]) -> Sight:
    """What the features of a sequence look at."""
    words = [FIRST, FIRST, *(token.text for token in sequence), LAST, LAST]
    lower, shapes = map(list, zip(*map(_lower_and_shape, words), strict=True))
    classes = [FIRST[1], FIRST[1], *_classes(sequence, hits), LAST[1], LAST[1]]
    return Sight(words, lower, shapes, classes, _runs(lower, shapes))


NEIGHBOURS: Final = (-1, 1, -2, 2)
"""Where the words stand whose features the parts of `of_word` behind the first are."""


def of_word(word: str) -> tuple[tuple[str, ...], ...]:
    """Features that a word gives itself, and those that it gives its `NEIGHBOURS` on the other side."""
    w, k = _lower(word), lists(word)
    s = _shape(word)
    own = ("bias", f"w={w}", f"shape={s}", f"lists={k}", f"shape,lists={s}{k}")
    return own, (f"w-1={w}", f"lists-1={k}"), (f"w+1={w}", f"lists+1={k}"), (f"w-2={w}",), (f"w+2={w}",)


def of_pair(pair: tuple[str, str]) -> tuple[tuple[str, ...], ...]:
    """What two words in lower case give the second and the first."""
    written = "|".join(pair)
    return (f"w-1,0={written}",), (f"w0,+1={written}",)


def pair_of(feature: str) -> tuple[int, str, str] | None:
    """Of a feature that `of_pair` makes the part in which it stands and the two words; `None` of another.

    >>> pair_of(of_pair(("|", "xã"))[1][0]), pair_of("w=xã")
    ((1, '|', 'xã'), None)
    """
    name, _, written = feature.partition("=")
    if name not in ("w-1,0", "w0,+1"):
        return None
    first = written[:1] if written[:1] == "|" else written.partition("|")[0]
    return int(name == "w0,+1"), first, written[len(first) + 1 :]


def of_shapes(five: tuple[str, ...]) -> tuple[str, ...]:
    """What the shapes round a word, two on each side, give it."""
    return f"shape3={''.join(five[1:4])}", f"shape5={''.join(five)}"


def of_classes(three: tuple[str, ...]) -> tuple[str, ...]:
    """What its class and those beside it give a word."""
    before, here, behind = three
    return f"class={here}", f"class-1={before}", f"class+1={behind}", f"class3={''.join(three)}"


def of_place(place: tuple[int, int]) -> tuple[str, ...]:
    """What its place in a run of so many gives a word."""
    at, size = place
    return f"run={at}/{size}", f"run<={at}", f"run>={size - at}"


def of_before(before: tuple[str, int]) -> tuple[str, ...]:
    """What the word before the run, and its distance, give a word in it."""
    word, place = before
    return f"before={word}", f"before,at={word}{place}"


def of_behind(behind: tuple[str, int]) -> tuple[str, ...]:
    """What the word behind the run, and its distance, give a word in it."""
    word, left = behind
    return f"behind={word}", f"behind,at={word}{left}"


def of_place_and_lists(both: tuple[int, str]) -> tuple[str, ...]:
    """What its place in the run and its `lists` together give a word."""
    return (f"run,lists={both[0]}{both[1]}",)


def _place_in_order(feature: str) -> int:
    return _ORDER[feature.partition("=")[0]]


def _lower(word: str) -> str:
    return word[1] if word[0] == " " else word.lower()


@lru_cache(maxsize=1 << 14)
def _lower_and_shape(word: str) -> tuple[str, str]:
    return _lower(word), _shape(word)


def _shape(word: str) -> str:
    if word[0] == " ":
        return word[1]
    if word[0].isdigit():
        return "9"
    if not word[0].isalpha():
        return word
    if word.isupper():
        return "A" if len(word) == 1 else "AA"
    if word[0].isupper():
        return "Aa" if word[1:].islower() else "AaA"
    return "a"


@lru_cache(maxsize=1 << 14)
def lists(word: str) -> str:
    """Which lists have the word: bodies begin with it (``h``), surnames (``s``), second syllables (``m``)."""
    if word[0] == " ":
        return word[1]
    entry = lexicon()
    lower = word.lower()
    head = "h" if entry.organizations.may_begin_with(word) else ""
    surname = "s" if entry.persons.may_begin_with(lower) else ""
    return head + surname + ("m" if entry.persons.may_go_on_with(lower) else "")


def _classes(sequence: Sequence[Token], hits: Sequence[Hit]) -> list[str]:
    """The letter of the literal that each token begins, the small letter inside one, ``-`` outside."""
    classes = ["-"] * len(sequence)
    at = 0
    for word, start, end in hits:
        letter = word.letter or "x"
        while at < len(sequence) and sequence[at].start < start:
            at += 1
        first = at
        while at < len(sequence) and sequence[at].start < end:
            classes[at] = letter if at == first else letter.lower() + "_"
            at += 1
    return classes


def _runs(lower: Sequence[str], shapes: Sequence[str]) -> list[Run | None]:
    runs: list[Run | None] = [None] * len(lower)
    start = 0
    for capital, group in groupby(shapes, key=_CAPITALS.__contains__):
        size = len(list(group))
        end = start + size
        if capital:
            before, behind = lower[start - 1], lower[end]
            runs[start:end] = [Run(place, size, before, behind) for place in range(size)]
        start = end
    return runs
