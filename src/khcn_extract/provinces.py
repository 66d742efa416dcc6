"""Which province an article is about, by the name of its time.

The 63 provinces of before July 2025 hold every name that is in use after it too; ``provinces.tsv`` has them with their
spellings and with what each is today. `about` weighs where the names stand: the headline and the site's address say
more than the body.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from khcn_extract.canonical import comparable, old_tone
from khcn_extract.text import lowered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADLINE, _SITE, _OFFICE, _MENTION = 6, 6, 2, 1
_ENOUGH, _ENOUGH_ALONE = 3, 2
"""Points that the winner needs, twice those of the second; and one beside which no other province is named."""
_OFFICES = ("tỉnh ", "thành phố ", "tp ", "tp. ", "tp.", "công nghệ ", "ủy ", "sở ", "ubnd ", "hđnd ")
_UNITS = ("tỉnh", "thànhphố", "tp", "tinh", "thanhpho")
"""What may stand before a province's name, as `_letters` has it."""
_LOOK_ALIKES = str.maketrans("\u00d0\u0189\u00f0\u0256", "ĐĐđđ")
"""Letters of Iceland and of Ghana that dumps write for ``Đ``."""
_LONGEST_NAME = 5
"""Words of the longest spelling of a province."""
_BODY = 2_000
"""Characters of the body that are weighed; what comes later is rarely about another province."""


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    spellings: tuple[str, ...]
    """The province that each of the automaton's patterns spells."""
    slugs: dict[str, str]
    """``binhphuoc`` to ``Bình Phước``."""
    automaton: AhoCorasick


@cache
def _gazetteer() -> _Gazetteer:
    names: dict[str, str] = {}
    for row in _rows():
        spellings = [row["name"], *(row["aliases"] or "").split(";")]
        names |= {s.strip().lower(): row["name"] for s in spellings if s.strip()}
    slugs = {_slug(name): province for name, province in names.items()}
    automaton = AhoCorasick(
        list(names), matchkind=MatchKind.LeftmostLongest, store_patterns=False, implementation=Implementation.DFA
    )
    return _Gazetteer(tuple(names.values()), slugs, automaton)


def about(text: str, *, headline: str = "", host: str = "") -> str | None:
    """The province that a text is about; ``None`` where it can't be told.

    ``headline`` may be part of ``text``; ``host`` is the site's host name.

    >>> about("Sở Khoa học và Công nghệ tỉnh Lào Cai vừa họp.", headline="Lào Cai: Họp tổng kết")
    'Lào Cai'
    >>> about("Đoàn công tác đã đến Lào Cai và Yên Bái.") is None
    True
    """
    points: Counter[str] = Counter()
    for name, _ in _mentions(headline):
        points[name] += _HEADLINE
    for name, in_office in _mentions(text[:_BODY]):
        points[name] += _OFFICE if in_office else _MENTION
    for name in _of_site(host):
        points[name] += _SITE
    if not points:
        return None
    (winner, most), *others = points.most_common(2)
    if most < (_ENOUGH if others else _ENOUGH_ALONE) or (others and most < 2 * others[0][1]):
        return None
    return winner


@lru_cache(maxsize=1_000)  # a dump is of few sites
def _of_site(host: str) -> tuple[str, ...]:
    """The provinces that a host's name names, each as often as it does."""
    labels = host.lower().replace("-", "").split(".")
    slugs = [(slug, name) for slug, name in _gazetteer().slugs.items() if len(slug) > 4]
    return tuple(name for label in labels for slug, name in slugs if slug in label)


@lru_cache(maxsize=1_000)  # a dump names few provinces
def known(name: str) -> str | None:
    """The province of that name or spelling, as the list of 63 has it; ``None`` where it is none.

    Its unit may stand before it; blanks, dashes, stops and letter case say nothing. Marks are all there or all left
    out: a name with other marks is another name.

    >>> known("Thừa Thiên - Huế"), known("Hoà Bình"), known("Vinh")
    ('Huế', 'Hòa Bình', None)
    >>> known("Tỉnh Sơn La"), known("TP. ĐÀ NẴNG"), known("Daklak"), known("Sơn Lá")
    ('Sơn La', 'Đà Nẵng', 'Đắk Lắk', None)
    """
    letters = _letters(name)
    marked, unmarked = _by_letters()
    names = unmarked if letters.replace("đ", "d").isascii() else {}
    for begun in ("", *_UNITS):
        if letters.startswith(begun):
            rest = letters.removeprefix(begun)
            province = marked.get(rest) or names.get(_slug(rest))
            if province is not None:
                return province
    return None


def named(name: str) -> str:
    """`known` for a name that somebody chose: `ValueError` where it is none.

    >>> named("Daklak")
    'Đắk Lắk'
    """
    province = known(name)
    if province is None:
        raise ValueError(f"{name!r} is no province of Vietnam; allowed is the name of one, such as 'Sơn La'")
    return province


def at_end(words: Sequence[str]) -> tuple[str | None, int]:
    """The province that a name ends with, and how many of its words that takes.

    The words are in lower case and the tone convention of `canonical.old_tone`, without dashes. ``Hồ Chí Minh`` alone
    is a person.

    >>> at_end(["sở", "y", "tế", "tỉnh", "bà", "rịa", "vũng", "tàu"])
    ('Bà Rịa - Vũng Tàu', 4)
    """
    names = _by_words()
    for size in range(min(len(words), _LONGEST_NAME), 0, -1):
        province = names.get(" ".join(words[-size:]))
        if province is not None and words[-size:] != ["hồ", "chí", "minh"]:
            return province, size
    return None, 0


@cache
def merged_2025() -> Mapping[str, str]:
    """Province of today by province of before, for those whose borders changed on 1 July 2025.

    >>> merged_2025()["Yên Bái"], merged_2025()["Lào Cai"], "Cao Bằng" in merged_2025()
    ('Lào Cai', 'Lào Cai', False)
    """
    today = {row["name"]: row["name_2025"] for row in _rows()}
    sizes = Counter(today.values())
    return {name: now for name, now in today.items() if sizes[now] > 1}


@cache
def _by_words() -> Mapping[str, str]:
    return {
        _plain(spelling): row["name"]
        for row in _rows()
        for spelling in (row["name"], *(row["aliases"] or "").split(";"))
        if spelling
    }


@cache
def _by_letters() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The provinces by the letters of their spellings, and by these without marks."""
    marked = {_letters(spelling): province for spelling, province in _by_words().items()}
    return marked, {_slug(letters): province for letters, province in marked.items()}


def _letters(name: str) -> str:
    plain = _plain(name.translate(_LOOK_ALIKES))
    return "".join(c for c in plain if c.isalnum())


def _plain(name: str) -> str:
    return " ".join(old_tone(str(comparable(name) or "")).replace("-", " ").replace("–", " ").split())


def _rows() -> list[dict[str, str]]:
    source = files("khcn_extract").joinpath("provinces.tsv").read_text(encoding="utf-8")
    return [*csv.DictReader((line for line in source.splitlines() if not line.startswith("#")), delimiter="\t")]


def _mentions(text: str) -> list[tuple[str, bool]]:
    """The provinces named in the text, each with whether an office or ``tỉnh`` stands before the name."""
    lower, gazetteer = lowered(text), _gazetteer()
    found = []
    spellings = gazetteer.spellings
    for index, start, end in gazetteer.automaton.find_matches_as_indexes(lower):
        if not text[start].isupper() or lower[end : end + 1].isalpha() or (start and lower[start - 1].isalpha()):
            continue
        found.append((spellings[index], lower.endswith(_OFFICES, 0, start)))
    return found


def _slug(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d"))
    return "".join(c for c in decomposed if c.isascii() and c.isalnum())
