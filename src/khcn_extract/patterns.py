"""Patterns of rules made quick to try: by the standard library's `re` where that can, by `regex` where not.

`compiled` is the only entry. Rules are written for `regex`, which takes three times as long as `re` to say that nothing
is there; and that is what four of five tries say. What keeps most rules from `re` are the lookbehinds of several
lengths that they begin with: these are taken off, and looked at by `regex` only where the rest has matched. Where more
keeps it, `re` looks first for what the pattern is without that, and `regex` only where something is.
"""

from __future__ import annotations

import re as stdlib_re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import regex as re

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Match = Callable[[str, int], re.Match[str] | None]

_LETTER: Final = (
    r"[^\W\d_\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2080-\u2089\u2150-\u2182\u2185-\u2189"
    r"\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]"
)
r"""``\p{L}`` for `re`: word characters without the digits, also those of ``m²`` and ``½``."""
_PIECE: Final = stdlib_re.compile(
    r"""
      \\p\{\w+\} | \\L<\w+> | \\. | \#[^\n]* | \[\^?\]?(?:\\.|[^\]\\])*\]
    | \((?: \? (?: <?[=!] | [>:|] | P<\w+> | P=\w+\) | [a-z-]+[:)] ) )? | .
    """,
    stdlib_re.VERBOSE | stdlib_re.DOTALL,
)
"""An escape, a comment, a class, the opening of a group with its kind, or one character of a verbose pattern."""
_FARTHEST: Final = 2_000
"""Characters that `regex` may look ahead. No rule needs so many; but a literal that a pattern must have somewhere is
looked for as far as the text goes, and at each try anew."""
_AHEAD: Final = ("(?=", "(?!")
_BEHIND: Final = ("(?<=", "(?<!")
_REPEATS: Final = frozenset("?*+{")


class Pattern(NamedTuple):
    """A pattern ready to be tried: it matches where ``match`` does and ``behind``, if any, does too."""

    match: Match
    behind: Match | None
    groups: Mapping[str, int]


def compiled(text: str, named_lists: Mapping[str, Sequence[str]]) -> Pattern:
    r"""A verbose pattern of `regex`, ready to be tried at one place.

    What `re` does not know (lookbehinds of several lengths, a group name used twice, named lists) is an error to it.

    >>> pattern = compiled(r"(?<!mỗi\ |từng\ ) (?P<number>\d+)\ xã", {})
    >>> pattern.match("mỗi 3 xã", 4)["number"], pattern.behind("mỗi 3 xã", 4)
    ('3', None)
    """
    behind, others, rest = _split(text)
    pattern = _for_stdlib(others + rest) if not named_lists else None
    if pattern is not None:
        return Pattern(pattern.match, _looked_behind(behind) if behind else None, pattern.groupindex)  # type: ignore[arg-type]  # same interface
    whole = re.compile(text, re.VERBOSE | re.VERSION1, **named_lists)  # type: ignore[arg-type]  # named lists
    loose = _for_stdlib(_loosened(others + rest)) if not named_lists else None
    return Pattern(_near(whole) if loose is None else _looked_for(loose, whole), None, whole.groupindex)


def _near(whole: re.Pattern[str]) -> Match:
    match = whole.match

    def matched(text: str, start: int) -> re.Match[str] | None:
        return match(text, start, start + _FARTHEST)

    return matched


def _looked_for(loose: stdlib_re.Pattern[str], whole: re.Pattern[str]) -> Match:
    may_match, match = loose.match, whole.match

    def matched(text: str, start: int) -> re.Match[str] | None:
        return match(text, start, start + _FARTHEST) if may_match(text, start) else None

    return matched


@cache
def _looked_behind(text: str) -> Match:
    return re.compile(text, re.VERBOSE | re.VERSION1).match


@cache
def _for_stdlib(text: str) -> stdlib_re.Pattern[str] | None:
    """The pattern by `re`, `None` where that does not know all of it."""
    try:
        return stdlib_re.compile("".join(_letters(piece) for piece in _pieces(text)), stdlib_re.VERBOSE)
    except stdlib_re.error:
        return None


def _pieces(text: str) -> list[str]:
    return [piece[0] for piece in _PIECE.finditer(text)]


def _loosened(text: str) -> str:
    r"""A pattern that matches at least where this one does: without the names of groups and without lookbehinds.

    >>> _loosened(r"(?P<a>x(?<=y|zz))|(?P<a>\d)(?!(?<=u|vv)w)")
    '(?:x)|(?:\\d)(?!(?<=u|vv)w)'
    """
    pieces = _pieces(text)
    kept = []
    at = 0
    while at < len(pieces):
        end = _end(pieces, at)
        if pieces[at] == "(?!":  # what this is without, it would let through less
            kept += pieces[at:end]
        elif pieces[at] not in _BEHIND:
            kept.append("(?:" if pieces[at].startswith("(?P<") else pieces[at])
            end = at + 1
        at = end
    return "".join(kept)


def _letters(piece: str) -> str:
    if piece[0] != "[" or r"\p{L}" not in piece:
        return _LETTER if piece == r"\p{L}" else piece
    others = piece.replace(r"\p{L}", "")
    if piece.startswith("[^"):
        return f"(?:(?!{_LETTER}){others})" if others != "[^]" else f"(?!{_LETTER})[^\\n]"
    return f"(?:{_LETTER}|{others})" if others != "[]" else _LETTER


def _split(text: str) -> tuple[str, str, str]:
    r"""The assertions that a pattern begins with, those for `regex` alone first, and the rest of it.

    >>> _split(r"(?=\d) (?:(?<!a|bc)) (?<=d) \d x")
    ('(?<!a|bc)', '(?=\\d)  (?<=d) ', '\\d x')
    >>> _split(r"(?<!a|bc) \d x | y")
    ('', '', '(?<!a|bc) \\d x | y')
    """
    pieces = _pieces(text)
    parts: list[str] = []
    at = 0
    while at < len(pieces):
        end = _end(pieces, at)
        parts.append("".join(pieces[at:end]))
        at = end
    if "|" in parts:
        return "", "", text
    behind, kept = "", ""
    for at, part in enumerate(parts):
        for_regex, others, rest = _split(part[3:-1]) if part.startswith("(?:") else ("", part, "")
        is_assertion = part.isspace() or part.startswith((*_AHEAD, *_BEHIND, "(?:"))
        if rest or not is_assertion or "".join(parts[at + 1 :]).lstrip()[:1] in _REPEATS:
            return behind, kept, "".join(parts[at:])
        if part.startswith(_BEHIND) and _for_stdlib(part) is None:
            for_regex, others = part, ""
        behind += for_regex
        kept += others
    return behind, kept, ""


def _end(pieces: Sequence[str], start: int) -> int:
    """Index behind the piece, or behind the group that it opens."""
    depth = 0
    for at in range(start, len(pieces)):
        if pieces[at][0] == "(" and pieces[at][-1] != ")":
            depth += 1
        elif pieces[at] == ")":
            depth -= 1
        if not depth:
            break
    return at + 1
