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

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from khcn_extract.text import lowered

_HEADLINE, _SITE, _OFFICE, _MENTION = 6, 6, 2, 1
_ENOUGH = 3
"""Points that the winner needs; twice those of the second."""
_OFFICES = ("tỉnh ", "thành phố ", "tp ", "tp. ", "tp.", "công nghệ ", "ủy ", "sở ", "ubnd ", "hđnd ")
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
    source = files("khcn_extract").joinpath("provinces.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in source.splitlines() if not line.startswith("#")), delimiter="\t")
    names: dict[str, str] = {}
    for row in rows:
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
    if most < _ENOUGH or (others and most < 2 * others[0][1]):
        return None
    return winner


@lru_cache(maxsize=1_000)  # a dump is of few sites
def _of_site(host: str) -> tuple[str, ...]:
    """The provinces that a host's name names, each as often as it does."""
    labels = host.lower().replace("-", "").split(".")
    return tuple(
        name for label in labels for slug, name in _gazetteer().slugs.items() if slug in label and len(slug) > 4
    )


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
