"""Cleaning: raw text in, comparable text out, and an exact way back to the raw characters.

``clean(raw)`` gives a `Text`. Rules only ever look at ``Text.clean``; facts are reported in ``Text.raw`` through
`Text.to_raw`. The map is built while cleaning, never by searching afterwards, so it cannot be wrong about repeats.

What cleaning does, and nothing else:

- composes decomposed letters (NFD ``e`` + marks becomes ``ế``);
- a no-break space that groups the digits of a number becomes a point (``4 215``);
- look-alikes: ``Ð`` (U+00D0, Icelandic) and ``Ɖ`` (U+0189) become ``Đ``; every dash becomes ``-``, and so do ``÷`` and
  ``~``, which write ranges; every slash becomes ``/``; every blank that is not a line break becomes a plain space;
- drops zero-width characters and soft hyphens;
- makes two blanks between words one (three or more stand between columns), and two signs for a line's end one;
- decodes HTML entities that a scraper left in;
- moves the tone mark of an open ``oa``, ``oe``, ``uy`` to its first vowel (``hoà`` becomes ``hòa``), the convention of
  all lexicons here.

Most articles need only same-length substitutions; then ``clean`` and ``raw`` have the same offsets and no map is kept.
"""

from __future__ import annotations

import html
import re as stdlib_re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING

import regex as re

from khcn_extract.facts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_BROKEN_LINE = re.compile(
    r"(?<=[\p{L}\d,%] ?)\n(?=\p{Ll}(?!\)))"
    r"|(?<= (?:số|ngày|tháng|năm|quý|khoảng|hơn|gần|trên|dưới|đến|từ|có|gồm|và|với|đạt|còn))\n(?=\d+(?!\.\s|\)))"
)
_LINE_STARTS = stdlib_re.compile(r"\n(\w)")
_RANGE_SIGNS = "÷~"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SLASHES = "\u2044\u2215\uff0f"
_SUBSTITUTES = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_SLASHES, "/"),
    **dict.fromkeys(_DASHES + _RANGE_SIGNS, "-"),
    "\u00d0": "Đ",
    "\u0189": "Đ",
    "\u00f0": "đ",
    "\r": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
}
_GROUPING = "\u00a0\u2009\u202f"
_GROUP = stdlib_re.compile(r"(?:^|\D)\d{1,3}\Z")
_BEFORE_GROUP = stdlib_re.compile(r"\d{3}(?!\d)")
_SUBSTITUTED = stdlib_re.compile("[" + "".join(_SUBSTITUTES) + "]")
_ZERO_WIDTH = "\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"

_ENTITY = r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_MARK_ENTITY = r"&(?:\#0?(?:76[89]|77[0147]|795|803)|\#[xX]0?3(?:0[012369]|1[bB]|23));"
# What changes the length: an entity, zero-width characters, a letter with marks of its own.
_UNEVEN = re.compile(
    rf"""
      (?P<cluster> (?: [^\p{{M}}{_ZERO_WIDTH}\s&] | {_ENTITY} ) [{_ZERO_WIDTH}]*
                   (?: (?: \p{{M}} | {_MARK_ENTITY} ) [{_ZERO_WIDTH}]* )+ )
    | (?P<entity> {_ENTITY} )
    | (?P<zero_width> [{_ZERO_WIDTH}]+ )
    | (?P<doubled> (?<= \S ) [ \u00a0]{{2}} (?= \S ) | \r\n )
    """,
    re.VERBOSE,
)
# Where one of these may be, found by the standard library: to try the pattern at every letter takes ten times as long.
_SIGN_OF_UNEVEN = stdlib_re.compile(rf"[&{_ZERO_WIDTH}\u0300-\u036f]|[ \u00a0]{{2}}|\r\n")
_MAY_BE_UNEVEN = stdlib_re.compile(rf"[{_ZERO_WIDTH}\u0300-\u036f]")
_DOUBLED = ("  ", " \u00a0", "\u00a0 ", "\u00a0\u00a0", "\r\n")
_ZERO_WIDTHS = stdlib_re.compile(f"[{_ZERO_WIDTH}]")
_ENTITIES = stdlib_re.compile(_ENTITY)
_MAY_BE_ENTITY = stdlib_re.compile(r"&(#?\w{1,32};)")


def _tone_moves() -> dict[str, str]:
    """Every ending that the new tone convention writes otherwise: ``oà`` to ``òa``, ``uỷ`` to ``ủy``."""
    moves = {}
    for mark in "\u0300\u0301\u0303\u0309\u0323":
        for first, second in ("oa", "oe", "uy"):
            for a, b in ((first, second), (first.upper(), second), (first.upper(), second.upper())):
                new_style = a + unicodedata.normalize("NFC", b + mark)
                moves[new_style] = unicodedata.normalize("NFC", a + mark) + b
    return moves


_TONE_MOVES = _tone_moves()
# Plain searches go by the standard library: on a character class it is several times faster than `regex`.
_NEW_TONE = stdlib_re.compile("[oOuU][" + "".join(sorted({m[1] for m in _TONE_MOVES})) + r"](?![^\W\d_])")


@dataclass(frozen=True, slots=True)
class Text:
    """Cleaned text that can always point back at what it was made from.

    ``_clean_at`` and ``_raw_at`` are parallel: from ``_clean_at[i]`` on, clean offset ``c`` is raw offset
    ``_raw_at[i] + c - _clean_at[i]``, up to the next entry; ``_uneven[i]`` marks a stretch whose lengths differ.
    Empty where both texts have the same offsets.
    """

    raw: str
    clean: str
    _clean_at: tuple[int, ...] = ()
    _raw_at: tuple[int, ...] = ()
    _uneven: tuple[bool, ...] = ()

    @property
    def same_offsets(self) -> bool:
        """True where clean and raw offsets are the same, as in most articles."""
        return not self._clean_at

    def to_raw(self, start: int, end: int) -> Span:
        r"""Raw span of the clean span ``[start, end)``; ``end > start``.

        >>> text = clean("Tỉnh\u200b \u00d0a\u0300 Nẵng")
        >>> start = text.clean.index("Đà")
        >>> text.raw[slice(*text.to_raw(start, start + 2))] == "\u00d0a\u0300"
        True
        """
        if not self._clean_at:
            return Span(start, end)
        return Span(self._raw_start(start), self._raw_end(end))

    def _raw_start(self, offset: int) -> int:
        i = bisect_right(self._clean_at, offset) - 1
        if self._uneven[i]:
            return self._raw_at[i]
        return self._raw_at[i] + offset - self._clean_at[i]

    def _raw_end(self, offset: int) -> int:
        last = offset - 1
        i = bisect_right(self._clean_at, last) - 1
        if self._uneven[i]:
            return self._raw_at[i + 1]
        return self._raw_at[i] + last - self._clean_at[i] + 1

    def blank(self, spans: list[Span]) -> str:
        r"""``clean`` with the spans (clean offsets) turned into line breaks: same offsets, and nothing matches across.

        >>> clean("Trang chủ | Tin tức").blank([Span(0, 10)])[8:14]
        '\n\n| Ti'
        """
        if not spans:
            return self.clean
        parts, at = [], 0
        for start, end in sorted(spans):
            if end <= at:
                continue
            start = max(start, at)  # noqa: PLW2901  overlapping regions are blanked once
            parts += [self.clean[at:start], "\n" * (end - start)]
            at = end
        parts.append(self.clean[at:])
        return "".join(parts)


def clean(raw: str) -> Text:
    """Cleaned text with an exact offset map.

    >>> clean("Nghị quyết 19 – NQ/TƯ của tỉnh Hoà Bình").clean
    'Nghị quyết 19 - NQ/TƯ của tỉnh Hòa Bình'
    """
    if _MAY_BE_UNEVEN.search(raw) is None and not any(sign in raw for sign in _DOUBLED) and not _has_entity(raw):
        return Text(raw, _same_length(raw))
    pieces: list[str] = []
    clean_at, raw_at, uneven = [0], [0], [False]
    at, length = 0, 0
    for match in _uneven(raw):
        piece = _evened(match)
        if piece is None:
            continue
        start, end = match.span()
        pieces += [raw[at:start], piece]
        length += start - at
        clean_at.append(length)
        raw_at.append(start)
        uneven.append(True)
        length += len(piece)
        clean_at.append(length)
        raw_at.append(end)
        uneven.append(False)
        at = end
    if at == 0:
        return Text(raw, _same_length(raw))
    pieces.append(raw[at:])
    return Text(raw, _same_length("".join(pieces)), tuple(clean_at), tuple(raw_at), tuple(uneven))


def _uneven(raw: str) -> Iterator[re.Match[str]]:
    """The stretches that change their length; one begins at a sign of it or at the letter before."""
    at = 0
    while (sign := _SIGN_OF_UNEVEN.search(raw, at)) is not None:
        start = sign.start()
        match = (_UNEVEN.match(raw, start - 1) if start > at else None) or _UNEVEN.match(raw, start)
        if match is not None:
            yield match
        at = start + 1 if match is None else match.end()


def _has_entity(raw: str) -> bool:
    """True for ``&nbsp;`` and ``&#160;``, not for ``KH&CN;``."""
    return any(m[1].startswith("#") or m[1] in html5 for m in _MAY_BE_ENTITY.finditer(raw))


def _evened(match: re.Match[str]) -> str | None:
    """What an uneven stretch becomes; ``None`` leaves it as it is (``&`` that begins no entity)."""
    if match["zero_width"]:
        return ""
    if match["doubled"]:
        return match["doubled"][-1]
    if match["entity"]:
        decoded = _decoded(match["entity"])
        return None if decoded == match["entity"] else decoded
    cluster = match["cluster"]
    if "&" in cluster:
        cluster = _ENTITIES.sub(lambda m: _decoded(m[0]), cluster)
    return unicodedata.normalize("NFC", _ZERO_WIDTHS.sub("", cluster))


def _decoded(entity: str) -> str:
    """The entity's characters; itself where HTML has no such name (``&GTVT;`` is not ``&GT`` and more)."""
    return html.unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity


def _same_length(text: str) -> str:
    """Substitutions that keep every offset."""
    text = _SUBSTITUTED.sub(_substitute, text)
    return _NEW_TONE.sub(_with_old_tone, text)


def _substitute(match: stdlib_re.Match[str]) -> str:
    """What a character stands for; a no-break or thin space that groups digits is the point of ``4.215``."""
    written = match[0]
    if written in _GROUPING and _BEFORE_GROUP.match(match.string, match.end()):
        return "." if _GROUP.search(match.string, max(0, match.start() - 4), match.start()) else " "
    return _SUBSTITUTES[written]


def _with_old_tone(match: stdlib_re.Match[str]) -> str:
    """``oà`` as ``òa``; the ``u`` of ``quý`` belongs to the consonant."""
    if match.start() and match.string[match.start() - 1] in "qQ":
        return match[0]
    return _TONE_MOVES.get(match[0], match[0])


def lowered(text: str) -> str:
    """Lower case of the same length, for case-blind matching (``İ`` has a longer lower case and stays)."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def unwrapped(text: str) -> str:
    r"""The text with the lines that a page broke in the middle of a sentence joined by a blank; offsets stay.

    A line that begins with a small letter goes on the line before, and one that begins with a figure does behind a word
    that asks for one.

    >>> unwrapped("đạt 1.250\nnghìn lượt.\nNăm qua")
    'đạt 1.250 nghìn lượt.\nNăm qua'
    """
    # Of most texts no line begins so, which is seen in a quarter of the time.
    if not any(letter.islower() or letter.isdigit() for letter in set(_LINE_STARTS.findall(text))):
        return text
    return _BROKEN_LINE.sub(" ", text)
