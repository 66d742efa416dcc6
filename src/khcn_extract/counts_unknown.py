"""Units that no lexicon has: how far the word behind a number goes.

The words are those of underthesea's word list; the longest that stands there is the unit, as its segmenter would take
it. Loading the segmenter itself would cost every run a second and a hundred megabytes for some ten units in a megabyte.
"""

from __future__ import annotations

from functools import cache
from importlib.abc import FileLoader
from importlib.util import find_spec

import regex as re

_SYLLABLES = re.compile(r"\p{L}+(?: \p{L}+){0,3}")


def bounded(lower: str, start: int) -> str:
    """The longest word of the list that begins at ``start``, else the syllable there.

    >>> bounded("bố trí 4 thí nghiệm lặp lại", 9)
    'thí nghiệm'
    """
    found = _SYLLABLES.match(lower, start)
    if found is None:
        return ""
    syllables = found[0].split(" ")
    for size in range(len(syllables), 1, -1):
        word = " ".join(syllables[:size])
        if word in _words():
            return word
    return syllables[0]


@cache
def _words() -> frozenset[str]:
    # Read without importing the package, which takes a second.
    spec = find_spec("underthesea")
    if spec is None or not isinstance(spec.loader, FileLoader) or not spec.submodule_search_locations:
        return frozenset()
    words = spec.loader.get_data(f"{spec.submodule_search_locations[0]}/corpus/data/Viet74K.txt")
    return frozenset(line.strip().lower() for line in words.decode("utf-8").splitlines())
