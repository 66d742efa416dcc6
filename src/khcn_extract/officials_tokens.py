"""What the tagger of officials sees of a sentence: its tokens, and features of each.

Read `features` first. Trained weights belong to these very features: after a change here, or of the lists of surnames,
titles and bodies that the features look into, train again (``make model``).

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

    from khcn_extract.officials_items import Hit

MAX_TOKENS: Final = 250
"""Of one sequence; a longer sentence is cut, so that time and memory stay bounded."""
_TOKEN: Final = re.compile(r"\p{L}[\p{L}'’]*+|\p{N}++|\S")
_FIRST, _LAST = "^", "$"
"""Stand before the first and behind the last token."""


class Token(NamedTuple):
    """A word, a number or a mark in the text."""

    start: int
    end: int
    text: str


class _Run(NamedTuple):
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
    part: list[Token] = []
    for found in _TOKEN.finditer(text, start, end):
        part.append(Token(found.start(), found.end(), found[0]))
        if len(part) == MAX_TOKENS:
            yield part
            part = []
    if part:
        yield part


def features(sequence: Sequence[Token], hits: Sequence[Hit]) -> list[list[str]]:
    """Features of each token, as the trainer and the tagger want them; ``hits`` are the lexicon's literals among them.

    >>> from khcn_extract.officials_items import hits
    >>> text = "ông Vi Văn Tứ"
    >>> (sequence,) = tokens(text, 0, len(text))
    >>> [feature for feature in features(sequence, hits(text))[1] if feature.startswith(("w=", "class=", "run="))]
    ['w=vi', 'class=S', 'run=0/3']
    """
    words = [token.text.lower() for token in sequence]
    shapes = [_shape(token.text) for token in sequence]
    classes = _classes(sequence, hits)
    lists = [_lists(token.text) for token in sequence]
    w, s, c, k = (_window(values) for values in (words, shapes, classes, lists))
    found = []
    for at, run in enumerate(_runs(words, shapes)):
        i = at + 2  # the windows have two more in front
        each = [
            "bias",
            f"w={w[i]}", f"w-1={w[i - 1]}", f"w+1={w[i + 1]}", f"w-2={w[i - 2]}", f"w+2={w[i + 2]}",
            f"w-1,0={w[i - 1]}|{w[i]}", f"w0,+1={w[i]}|{w[i + 1]}",
            f"shape={s[i]}", f"shape3={s[i - 1]}{s[i]}{s[i + 1]}",
            f"shape5={s[i - 2]}{s[i - 1]}{s[i]}{s[i + 1]}{s[i + 2]}",
            f"class={c[i]}", f"class-1={c[i - 1]}", f"class+1={c[i + 1]}", f"class3={c[i - 1]}{c[i]}{c[i + 1]}",
            f"lists={k[i]}", f"lists-1={k[i - 1]}", f"lists+1={k[i + 1]}", f"shape,lists={s[i]}{k[i]}",
        ]  # fmt: skip
        if run is not None:
            left = run.size - run.place
            each += [
                f"run={run.place}/{run.size}", f"run<={run.place}", f"run>={left}",
                f"before={run.before}", f"behind={run.behind}",
                f"before,at={run.before}{run.place}", f"behind,at={run.behind}{left}", f"run,lists={run.place}{k[i]}",
            ]  # fmt: skip
        found.append(each)
    return found


def _window(values: Sequence[str]) -> list[str]:
    return [_FIRST, _FIRST, *values, _LAST, _LAST]


@lru_cache(maxsize=1 << 14)
def _shape(word: str) -> str:
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
def _lists(word: str) -> str:
    """Which lists have the word: bodies begin with it (``h``), surnames (``s``), second syllables (``m``)."""
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


def _runs(words: Sequence[str], shapes: Sequence[str]) -> Iterator[_Run | None]:
    start = 0
    for capital, group in groupby(shapes, key=lambda shape: shape in ("Aa", "A", "AA")):
        size = sum(1 for _ in group)
        end = start + size
        if capital:
            before = words[start - 1] if start else _FIRST
            behind = words[end] if end < len(words) else _LAST
            yield from (_Run(place, size, before, behind) for place in range(size))
        else:
            yield from (None for _ in range(size))
        start = end
