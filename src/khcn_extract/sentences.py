"""The sentence round a fact: evidence that a reader takes in at a glance.

Cheap rather than clever: a line break ends a sentence, and so does ``.``, ``!``, ``?`` or ``…`` with a blank and a
capital behind it, unless what it closes is an abbreviation (``TP.``, ``PGS.TS.``), an initial or the number of a list
item. Where that is wrong, the sentence is too long, never too short to hold its fact.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import Final

CONTEXT_CHARS: Final = 200
"""How much of an overlong sentence is kept on each side of the fact."""

_ABBREVIATIONS: Final = frozenset("""
    TP Tp tp TX Tx TT GS PGS TS Ts ThS Ths TSKH NCS CN KS KTS LS BS Bs BSCK CK CKI CKII DS Ds
    NS NSND NSƯT NGND NGƯT Đ/c đ/c ĐC Đc Mr Mrs Ms Dr St No
""".split())  # noqa: SIM905  # fmt: skip
"""Words behind which a point ends no sentence. ``Sở KH&CN.`` ends one: ``KH&CN`` is looked up as a whole."""
_TAILS: Final = {word[-2:] for word in _ABBREVIATIONS} | {a + b for a in "IVX" for b in "IVX"}
"""How abbreviations and list numbers end that have two letters: other words need no closer look."""
_UPPER: Final = "".join(c for c in map(chr, (*range(0x41, 0x530), *range(0x1E00, 0x1F00))) if c.isupper())
_STOPS: Final = {
    mark: re.compile(rf"{re.escape(mark)}[\"\u201d\u2019»)\]]*\s+(?=[\"\u201c\u2018«(\[]*[{_UPPER}])")
    for mark in ".!?…"
}
"""What ends a sentence. One regex for each mark: what begins with a literal is found in a fraction of the time that
a choice of marks takes, for most of a text is letters."""
_LAST_WORD: Final = re.compile(r"[\w&/]*$")
_LIST_NUMBER: Final = re.compile(r"\s*(?:[\d.]*|[IVX]*|\w)")
_LIST_NUMBER_CHARS: Final = 5


class Sentences:
    r"""The sentences of one text, found once for all its facts.

    >>> sentences = Sentences("Tin của TS. An. Sở họp\n02 lần.")
    >>> sentences.around(23, 29)
    '02 lần.'
    """

    __slots__ = ("_last", "_left", "_printable", "_right", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._starts = sentence_starts(text)
        # One for one, so that offsets stay: most of the whitespace that is neither a blank nor a line break.
        self._text = text.replace("\xa0", " ")
        # Facts come in the order of the text: the sentence of the last one is mostly that of the next.
        self._left = self._right = -1
        self._last: str | None = None
        self._printable = False

    def around(self, start: int, end: int) -> str:
        """Give the sentence that holds ``[start, end)``, in one line, ``CONTEXT_CHARS`` on each side if overlong."""
        left, right = self._left, self._right
        if left <= start and end <= right:
            if self._last is not None:
                return self._last
        else:
            text, starts = self._text, self._starts
            at = bisect_right(starts, start)
            self._left = left = starts[at - 1]
            if at < len(starts) and starts[at] < end:
                at = bisect_left(starts, end, at)
            self._right = right = starts[at] if at < len(starts) else len(text)
            sentence = text[left:right].strip()
            self._printable = sentence.isprintable()
            if right - left <= 2 * CONTEXT_CHARS:
                self._last = sentence = _squeezed(sentence, self._printable)
                return sentence
            self._last = None
        return self._cut(left, right, start, end)

    def _cut(self, left: int, right: int, start: int, end: int) -> str:
        text, low, high = self._text, start - CONTEXT_CHARS, end + CONTEXT_CHARS
        before = behind = ""
        if low > left:
            low, before = text.find(" ", low, start) + 1 or low, "… "
        else:
            low = left
        if high < right:
            blank = text.rfind(" ", end, high)
            high, behind = blank if blank >= 0 else high, " …"
        else:
            high = right
        return f"{before}{_squeezed(text[low:high], self._printable)}{behind}"


def _squeezed(part: str, printable: bool) -> str:  # noqa: FBT001
    """Put one blank between words and nothing round them."""
    # No whitespace but the blank is printable. Where no two stand together nothing needs squeezing, and to see that
    # takes a fifth of the time of taking the words apart.
    return part.strip() if printable and "  " not in part else " ".join(part.split())


@lru_cache(maxsize=128)  # the families of facts ask about the same text, of which there are some dozens at a time
def sentence_starts(text: str) -> tuple[int, ...]:
    """Offsets at which lines and sentences begin, ascending from 0."""
    starts = {0}
    at = text.find("\n") + 1
    while at:
        starts.add(at)
        at = text.find("\n", at) + 1
    for mark, stop in _STOPS.items():
        if mark in text:
            for found in stop.finditer(text):
                at = found.start()
                tail = text[at - 2 : at]
                if (tail.isalpha() and tail not in _TAILS) or not _is_abbreviation(text, at):
                    starts.add(found.end())
    return tuple(sorted(starts))


def _is_abbreviation(text: str, point: int) -> bool:
    """Tell whether the mark at ``point`` closes ``TS.``, an initial ``A.`` or a list number ``1.``, ``II.``."""
    before = max(0, point - _LIST_NUMBER_CHARS)
    line_start = text.rfind("\n", before, point) + 1
    if (line_start or before == 0) and _LIST_NUMBER.fullmatch(text, line_start, point):
        return True
    found = _LAST_WORD.search(text, before, point)
    word = found.group() if found else ""
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isupper())
