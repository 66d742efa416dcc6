"""One spelling for strings that mean the same: for comparing them, and for writing a body's name in full.

Start with `comparable`: two field values agree if and only if their comparable forms are equal; the guideline's
scores rest on it. `spell_out` and `old_tone` are for output: ``UBND tỉnh Hoà Bình`` is written
``Ủy ban nhân dân tỉnh Hòa Bình``. The abbreviations are data: ``rules/abbreviations.toml``.

Nothing here looks at offsets. Text that facts point into must never pass through this module.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Comparable = str | Decimal | bool | None
"""What `comparable` returns: test it with ``==`` only."""

_TONES = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below: the five Vietnamese tone marks, combining."""

# An open syllable ends behind the second vowel. The `u` of `qu` belongs to the consonant: `quý` has one vowel.
_OLD_TONE_OA = re.compile(rf"(o)([{_TONES}])([ae])(?!\w)", re.IGNORECASE)
_OLD_TONE_UY = re.compile(rf"(?<!q)(u)([{_TONES}])(y)(?!\w)", re.IGNORECASE)

_KHCN = re.compile(r"\bkh\s*(?:&|-|và)\s*cn\b")
_CONNECTOR = re.compile(r"\s*(?:[&,\u2013-]|\bvà\b)\s*")


def comparable(value: object) -> Comparable:
    """Form of a field's value that equals another's exactly when the guideline says that the two agree.

    Absent (``None``) and empty agree; numbers, and strings that are one, compare as numbers; other strings after NFC,
    case folding, one tone-mark convention, squeezed blanks and the ``[compare]`` abbreviations spelled out.

    >>> comparable("Sở  KH & CN") == comparable("sở Khoa học và Công nghệ")
    True
    >>> comparable("Hoà Bình") == comparable("Hòa Bình")
    True
    >>> comparable("05") == comparable(5.0)
    True
    >>> comparable("") is comparable(None) is None
    True
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    text = " ".join(_new_tone(unicodedata.normalize("NFC", str(value))).casefold().split())
    try:
        return Decimal(text).normalize()
    except ArithmeticError:
        return _words_spelled_out(text)


def spell_out(name: str) -> str:
    """Name of a body with its abbreviations written in full, in the letter case of such names.

    Only whole words are replaced, so a document symbol (``24/NQ-HĐND``) stays. What reads two ways (``TT``) stays too.
    The result is NFC with single blanks; its tone marks are those of ``name`` (see `old_tone`).

    >>> spell_out("Sở KH&CN")
    'Sở Khoa học và Công nghệ'
    >>> spell_out("UBND TP.Vinh"), spell_out("TP Vinh")
    ('Ủy ban nhân dân thành phố Vinh', 'Thành phố Vinh')
    >>> spell_out("BCH Đoàn TNCS HCM TP.HCM")
    'Ban Chấp hành Đoàn Thanh niên Cộng sản Hồ Chí Minh Thành phố Hồ Chí Minh'
    """
    return _spell_out(" ".join(unicodedata.normalize("NFC", name).split()))


def old_tone(text: str) -> str:
    """``text`` in NFC, with the tone mark of open ``oa``, ``oe`` and ``uy`` on the first vowel.

    This is the convention that public bodies write their own names in, hence that of all output.

    >>> old_tone("Uỷ ban tỉnh Hoà Bình, quý III, hoàn thành")
    'Ủy ban tỉnh Hòa Bình, quý III, hoàn thành'
    """
    pattern, old = _tone_pairs()
    return pattern.sub(lambda found: old[found[0]], unicodedata.normalize("NFC", text))


def _new_tone(text: str) -> str:
    """``text`` in NFC with the tone mark of an open ``oa``, ``oe``, ``uy`` on the second vowel."""
    if text.isascii():
        return text
    moved = _OLD_TONE_OA.sub(r"\1\3\2", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", _OLD_TONE_UY.sub(r"\1\3\2", moved))


def _words_spelled_out(text: str) -> str:
    """Squeezed lower-case ``text`` with each word of the ``[compare]`` table replaced by what it stands for."""
    full = _compare_table()
    return " ".join(_new_tone(full.get(word, word)) for word in _KHCN.sub("kh&cn", text).split())


@lru_cache(maxsize=4096)  # the same few hundred bodies recur through a whole corpus
def _spell_out(name: str) -> str:
    pattern, full = _names_table()

    def written_in_full(found: re.Match[str]) -> str:
        words = full[_CONNECTOR.sub("&", found[0])]
        if found.start() == 0:
            words = words[0].upper() + words[1:]
        touches_next_word = found[0].endswith(".") and name[found.end() : found.end() + 1].isalnum()
        return words + " " if touches_next_word else words

    # NFC once more: a combining mark behind an abbreviation's stop finds a letter to stand on.
    return unicodedata.normalize("NFC", pattern.sub(written_in_full, name))


@cache
def _tone_pairs() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Pattern of the vowel pairs of the new convention at the end of a syllable, and each pair in the old one."""
    old = {
        unicodedata.normalize("NFC", first + second + tone): unicodedata.normalize("NFC", first + tone + second)
        for pair in ("oa", "oe", "uy")
        for first, second in product(*((letter, letter.upper()) for letter in pair))
        for tone in _TONES
    }
    return re.compile(rf"(?:(?<![qQ])|(?=[oO]))(?:{'|'.join(old)})(?![\w{_TONES}])"), old


@cache
def _tables() -> dict[str, Any]:
    source = files("khcn_extract") / "rules" / "abbreviations.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def _compare_table() -> Mapping[str, str]:
    table: dict[str, str] = _tables()["compare"]
    return table


@cache
def _names_table() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One pattern for all written forms of ``[names]``, and the full form of each.

    Raises `ValueError` if two full forms claim the same abbreviation.
    """
    full: dict[str, str] = {}
    for name, forms in _tables()["names"].items():
        for form in forms:
            if form in full:
                raise ValueError(f"abbreviations.toml: {form!r} stands for {full[form]!r} and {name!r}; allowed is one")
            full[form] = name
    # Alternatives are tried in order, so the longest comes first: `TP.HCM` before `TP.` before `TP`.
    forms_by_length = sorted(full, key=len, reverse=True)
    return re.compile(rf"(?<![\w&/.-])(?:{'|'.join(map(_form_pattern, forms_by_length))})"), full


def _form_pattern(form: str) -> str:
    """Pattern of one written form, up to where its last word ends."""
    parts = (re.escape(part) for part in form.split("&"))
    word_end = "" if form.endswith(".") else r"(?![\w/]|[&-]\w)"
    return _CONNECTOR.pattern.join(parts) + word_end
