"""Cleaning and the way back: each raw text stands beside its clean form, and every clean slice finds its characters.

``PIECES`` has each hazard, raw beside clean; the properties then mix them. `Text.to_raw` is right when a clean slice
comes back as exactly the raw characters that it was made from, neither one more nor one less.
"""

from __future__ import annotations

import html
import unicodedata
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from khcn_extract.facts import Span
from khcn_extract.text import clean, lowered

ZWSP, NBSP, SOFT_HYPHEN, BOM = "\u200b", "\u00a0", "\u00ad", "\ufeff"


def nfd(text: str) -> str:
    """Letters and their marks apart, as macOS and some editors write them."""
    return unicodedata.normalize("NFD", text)


PIECES = {
    "nhiệm vụ": "nhiệm vụ",
    nfd("Nghị quyết"): "Nghị quyết",
    nfd("ĐỀ ÁN"): "ĐỀ ÁN",
    f"e{ZWSP}\u0302{ZWSP}\u0301": "ế",
    "\u00d0\u00e0 L\u1ea1t": "Đà Lạt",
    "\u0189ăk": "Đăk",
    "\u00f0ô thị": "đô thị",
    f"Sở{NBSP}Y tế": "Sở Y tế",
    "a\tb\u2009c\u3000d": "a b c d",
    f"đề{ZWSP} tài": "đề tài",
    f"{BOM}Tin": "Tin",
    f"khoa{SOFT_HYPHEN}học": "khoahọc",
    "\u202aABC\u202c": "ABC",
    "2016 – 2020": "2016 - 2020",
    "QĐ\u2011UBND": "QĐ-UBND",
    "5\u22127": "5-7",
    "a\u2014b\u2015c\uff0d": "a-b-c-",
    "dòng\r\nmới": "dòng\nmới",
    "hai  dấu cách": "hai dấu cách",
    "hai \u00a0dấu cách": "hai dấu cách",
    "ba   dấu cách": "ba   dấu cách",
    "dòng\rmới\u2028nữa": "dòng\nmới\nnữa",
    "A&amp;B": "A&B",
    "5&nbsp;ha": "5 ha",
    "&#7879;": "ệ",
    "&#x1EC7;": "ệ",
    "&ecirc;&#803;": "ệ",
    "e&#769;": "é",
    "&lt;p&gt;": "<p>",
    "&ndash;": "-",
    "&ThickSpace;": "  ",
    "KH&CN; ": "KH&CN; ",
    "KH&GTVT;": "KH&GTVT;",
    "R&D & B&amp": "R&D & B&amp",
    "&;&#;&#x;&": "&;&#;&#x;&",
    "&#xyz;": "&#xyz;",
    "Hoà": "Hòa",
    "khoẻ": "khỏe",
    "ỦY": "ỦY",
    "UỶ": "ỦY",
    nfd("thuỷ"): "thủy",
    "quý quỳ": "quý quỳ",
    "hoàn toàn huỳnh": "hoàn toàn huỳnh",
    f"4{NBSP}215": "4.215",
    "1\u202f500\u202f000": "1.500.000",
    f"2020{NBSP}500": "2020 500",
    f"5{NBSP}2020": "5 2020",
    "😀👍🏽": "😀👍🏽",
    "İstanbul ß ﬁ": "İstanbul ß ﬁ",
    "\u0301": "\u0301",
    "\n\u0301": "\n\u0301",
    "": "",
}
SEPARATOR = "\n"  # The pieces on both sides do not see each other.


@pytest.mark.parametrize(("raw", "expected"), PIECES.items(), ids=map(ascii, PIECES))
def test_what_cleaning_does(raw: str, expected: str) -> None:
    """The table is the whole of it: what is not listed stays."""
    assert clean(raw).clean == expected


@given(st.lists(st.sampled_from(sorted(PIECES)), max_size=12))
@settings(deadline=None, max_examples=200)
def test_each_piece_comes_back_as_its_own_characters(pieces: list[str]) -> None:
    """In a mixture of pieces, cleaned at once, each clean piece points at its raw characters and no others."""
    raw = SEPARATOR.join(pieces)
    text = clean(raw)

    assert text.clean == SEPARATOR.join(PIECES[piece] for piece in pieces)
    raw_starts = accumulate((len(p) + 1 for p in pieces), initial=0)
    clean_starts = accumulate((len(PIECES[p]) + 1 for p in pieces), initial=0)
    for piece, raw_start, start in zip(pieces, raw_starts, clean_starts, strict=False):
        if PIECES[piece]:
            begin, end = text.to_raw(start, start + len(PIECES[piece]))
            # Zero-width characters at a slice's edge belong to nobody.
            assert raw_start <= begin < end <= raw_start + len(piece)
            assert raw[begin:end].strip(f"{ZWSP}{BOM}\u202a\u202c") == piece.strip(f"{ZWSP}{BOM}\u202a\u202c")


def is_made_of(clean_slice: str, raw_slice: str) -> bool:
    """Whether the raw characters, cleaned by themselves, hold the clean ones.

    Tone marks are left aside and points are blanks: where a mark stands (``hoà``), and whether a blank groups digits,
    depends on neighbours that a slice may cut off.
    """

    def bare(text: str) -> str:
        tones = "\u0300\u0301\u0303\u0309\u0323"
        return "".join(c for c in nfd(text) if c not in tones).replace(".", " ").replace("\u0340", "")

    return bare(clean_slice) in bare(clean(raw_slice).clean)


MIXTURES = st.lists(
    st.sampled_from(sorted(PIECES))
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
    | st.sampled_from([" ", "  ", "\n", "\r\n", "5", "o", "à", "q", "u", "ý", "&", ";", "#", ZWSP, "\u0301", "\u0302"]),
    max_size=8,
).map("".join)


@given(MIXTURES)
@settings(deadline=None, max_examples=300)
@example(f"{ZWSP}&amp;{ZWSP}")
@example("&amp\u0301;")
@example("&\u0301amp;")
def test_every_slice_of_any_mixture_maps_back(raw: str) -> None:
    """For every clean slice: inside the raw text, in order, never empty, and made of the characters it points at."""
    text = clean(raw)
    size = len(text.clean)
    letters = [text.to_raw(i, i + 1) for i in range(size)]

    assert text.raw == raw
    assert all(0 <= start < end <= len(raw) for start, end in letters)
    assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(letters)), "monotone"
    for start in range(size):
        for end in range(start + 1, min(size, start + 12) + 1):
            span = text.to_raw(start, end)
            assert span == Span(letters[start].start, letters[end - 1].end)
            assert is_made_of(text.clean[start:end], raw[slice(*span)])


@given(MIXTURES)
@settings(deadline=None, max_examples=200)
def test_same_offsets_is_told_rightly(raw: str) -> None:
    """Where it says so, the lengths are equal and every slice maps to itself."""
    text = clean(raw)

    if text.same_offsets:
        assert len(text.clean) == len(raw)
        assert all(text.to_raw(i, i + 1) == (i, i + 1) for i in range(len(raw)))


@pytest.mark.parametrize(
    ("raw", "same"),
    [
        ("Sở có 12 đề tài", True),
        ("\u00d0à N\u1eb5ng – Hoà Bình\u00a0\n", True),
        ("hai  dấu cách", False),
        ("Sở KH&CN; Sở KH&GTVT;", True),
        (f"Sở{ZWSP} có", False),
        (nfd("Sở"), False),
        ("A&amp;B", False),
    ],
)
def test_no_map_is_kept_where_none_is_needed(raw: str, *, same: bool) -> None:
    """Most articles need no map; a name like ``KH&CN;`` does not ask for one."""
    assert clean(raw).same_offsets is same


@given(st.text(alphabet="aeouyAEOUYđĐ hnqgt&;\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b" + ZWSP, max_size=20))
@settings(deadline=None, max_examples=300)
def test_nfc_and_nfd_of_a_text_clean_to_the_same(raw: str) -> None:
    """However the letters were encoded, the rules see the same text."""
    composed = unicodedata.normalize("NFC", raw.replace(ZWSP, ""))
    from_nfd, from_nfc = clean(nfd(composed)).clean, clean(composed).clean

    assert unicodedata.normalize("NFC", from_nfd) == unicodedata.normalize("NFC", from_nfc)


@given(st.text(alphabet="abcđêơư ÁẾỘ5%", max_size=20))
@settings(deadline=None, max_examples=100)
def test_text_spelt_all_in_entities_cleans_to_itself(written: str) -> None:
    """A scraper that left every character as an entity loses nothing."""
    raw = "".join(f"&#{ord(c)};" for c in written)
    text = clean(raw)

    assert text.clean == html.unescape(raw) == written
    assert all(raw[slice(*text.to_raw(i, i + 1))] == f"&#{ord(c)};" for i, c in enumerate(written))


@given(MIXTURES)
@settings(deadline=None, max_examples=150)
def test_lower_case_has_the_same_offsets(raw: str) -> None:
    """Patterns that see lower case report offsets of the text as written."""
    assert len(lowered(raw)) == len(raw)
    assert all(a == b or a.lower() == b for a, b in zip(raw, lowered(raw), strict=True) if a != "Σ")


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "Menu Sở họp"),
        ([Span(0, 4)], "\n\n\n\n Sở họp"),
        ([Span(5, 7), Span(0, 4)], "\n\n\n\n \n\n họp"),
        ([Span(0, 4), Span(2, 6), Span(3, 4)], "\n\n\n\n\n\nở họp"),
        ([Span(0, 11)], "\n" * 11),
    ],
)
def test_blanked_regions_keep_every_offset(spans: list[Span], expected: str) -> None:
    """Also where regions overlap or come in no order."""
    assert clean("Menu Sở họp").blank(spans) == expected
