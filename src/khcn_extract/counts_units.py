"""The lexicon of what can be counted: ``rules/units.toml``, and the slips that are one mark away from its entries."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from khcn_extract.engine import Lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_TONES = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below, combining."""
_SHAPES = ("aăâ", "eê", "oôơ", "uư", "dđ", "i", "y")
"""Letters that differ in one mark."""
_FUNCTION_WORDS = frozenset("""
    còn đã được là và có cho của đến từ trong với bị do ở sau trước này thì mà đều nên để ra lên xuống vào tại trên
    dưới nếu khi cả mỗi cùng theo bởi qua gần hơn chỉ sẽ đang không chưa phải nhưng hoặc hay đồng
""".split())  # noqa: SIM905  # fmt: skip


@dataclass(frozen=True, slots=True)
class Units:
    """The lexicon of what can be counted."""

    canonical: Mapping[str, str]
    """Every form in lower case that may stand behind a number, to the unit that it means."""
    misspelt: frozenset[str]
    """Those forms that are slips of the pen."""
    ucum: Mapping[str, str]
    """Measures to their UCUM code; ``""`` where UCUM has none."""
    classes: Mapping[str, str]
    """Units to their class: ``people``, ``organizations``, ``activities`` …; a measure's is ``measures``."""
    lexicon: Lexicon
    """All forms, and the words that count nothing behind a number, for finding the longest one: ``5 cấp phép``."""


@cache
def units() -> Units:
    """The lexicon of units, read once."""
    content = tomllib.loads(files("khcn_extract").joinpath("rules").joinpath("units.toml").read_text(encoding="utf-8"))
    classes = {unit: name for name, entries in content["classes"].items() for unit in entries}
    classes |= {form: classes[unit] for form, unit in content["variants"].items()}
    canonical = {unit.lower(): unit for unit in classes}
    canonical |= {measure.lower(): measure for measure in content["measures"]}
    canonical |= {form.lower(): unit for form, unit in content["spellings"].items()}
    canonical |= {form.lower(): unit for form, unit in content["slips"].items()}
    no_units = tuple(chain.from_iterable(content["not_units"].values()))
    slips = dict(_slips(classes, units=frozenset(canonical), known=frozenset((*canonical, *no_units))))
    canonical |= slips
    return Units(
        canonical=MappingProxyType(canonical),
        misspelt=frozenset((*content["slips"], *slips)),
        ucum=MappingProxyType(content["measures"]),
        classes=MappingProxyType(dict.fromkeys(content["measures"], "measures") | classes),
        lexicon=Lexicon(canonical, shields=no_units),
    )


def _slips(entries: Iterable[str], *, units: frozenset[str], known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Forms of two syllables that are one mark away from exactly one unit and mean nothing else: ``cán bô``.

    A form that begins with a unit or with a word that joins clauses is left out: ``12 hộ chứa`` counts households.
    """
    meant: dict[str, set[str]] = {}
    for unit in entries:
        first, _, second = unit.partition(" ")
        if second and " " not in second:
            by_first = (f"{slip} {second}" for slip in _one_mark_away(first))
            by_second = (f"{first} {slip}" for slip in _one_mark_away(second))
            for form in chain(by_first, by_second):
                meant.setdefault(form, set()).add(unit)
    for form, candidates in meant.items():
        first = form.partition(" ")[0]
        if len(candidates) == 1 and form not in known and first not in units and first not in _FUNCTION_WORDS:
            yield form, candidates.pop()


def _one_mark_away(syllable: str) -> Iterator[str]:
    marks = _marks()
    for at, letter in enumerate(syllable):
        for other in marks.get(letter, ""):
            yield f"{syllable[:at]}{other}{syllable[at + 1 :]}"


@cache
def _marks() -> Mapping[str, str]:
    """Each letter to those that differ from it in one mark: its tone lost or mistaken, or the shape of the vowel."""
    marks: dict[str, str] = {}
    for letters in _SHAPES:
        for letter in letters:
            for tone in ("", *_TONES):
                other_shapes = (shape + tone for shape in letters if shape != letter)
                other_tones = (letter + other for other in ("", *_TONES) if tone and other != tone)
                others = map(_composed, chain(other_shapes, other_tones))
                marks[_composed(letter + tone)] = "".join(other for other in others if len(other) == 1)
    return marks


def _composed(letter: str) -> str:
    return unicodedata.normalize("NFC", letter)
