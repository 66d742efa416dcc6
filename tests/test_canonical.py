"""What counts as the same string, and how a body's name is written in full."""

from __future__ import annotations

import doctest
import importlib.util
import unicodedata
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from khcn_extract import canonical
from khcn_extract.canonical import comparable, old_tone, spell_out

SCORER = Path(__file__).parents[2] / "shared" / "gold" / "score.py"

VIETNAMESE = st.text("aăâeêioơuưyAOUQđĐbhkqtcn&-., \u00a0\n\u0300\u0301\u0302\u0303\u0309\u0323\u031b0159", max_size=20)
# fmt: off
WORDS = st.lists(st.sampled_from([
    "KH&CN", "KHCN", "KH", "kh", "&", "-", "và", "cn", "UBND", "TP", "TP.HCM", "TW", "GD-ĐT",
    "Uỷ", "ỦY", "Hoà", "hòa", "quý", "thuỷ", "Ða", "05", "5.0", "1e3", "nan", "inf",
]), max_size=6).map(" ".join)


@cache
def _reference_canon() -> Any:
    spec = importlib.util.spec_from_file_location("reference_scorer", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.canon


@pytest.mark.parametrize(("one", "other"), [
    ("Sở KH&CN",            "Sở Khoa học và Công nghệ"),    # abbreviation
    ("sở kh - cn",          "Sở KHCN"),                     # blanks and another connector inside it
    ("UBND TP Vinh",        "ủy ban nhân dân thành phố vinh"),
    ("Ủy viên",             "Uỷ viên"),                     # tone mark on either vowel
    ("Hoà\u00a0Bình",       "Hòa  Bình"),                   # no-break space
    ("Ho\u0300a",           "hòa"),                         # decomposed letters
    ("05",                  5),
    ("2.50",                Decimal("2.5")),
    ("",                    None),
])
def test_agree(one: object, other: object) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(("one", "other"), [
    ("quý",         "quy"),             # the mark itself counts
    ("nhiệm vụ",    "nhiệm vu"),
    ("UBNDT",       "UBND T"),          # only whole words are abbreviations
    ("2,5",         2.5),               # Vietnamese decimals are the extractor's business
    (0,             None),
])
def test_differ(one: object, other: object) -> None:
    assert comparable(one) != comparable(other)


@pytest.mark.skipif(not SCORER.exists(), reason="the reference scorer is not beside this checkout")
@given(st.one_of(VIETNAMESE, WORDS, st.text(), st.integers(), st.floats(), st.decimals(), st.booleans(), st.none()))
def test_comparable_is_the_reference(value: object) -> None:
    """Equality with the reference holds for every value, also the odd ones; NaN makes the detour by ``repr``."""
    assert repr(_reference_canon()(value)) == repr(comparable(value))


@pytest.mark.parametrize(("full", "written"), [
    ("Sở Khoa học và Công nghệ",                        ["Sở KH&CN", "Sở KHCN", "Sở KH \u2013 CN", "Sở KH và CN"]),
    ("Ủy ban nhân dân tỉnh",                            ["UBND tỉnh", "ubnd  tỉnh"]),
    ("Hội đồng nhân dân và Ủy ban nhân dân huyện",      ["HĐND-UBND huyện", "HĐND và UBND huyện", "HĐND&UBND huyện"]),
    ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",           ["UBMTTQ Việt Nam tỉnh", "UBMTTQVN tỉnh"]),
    ("Bệnh viện đa khoa tỉnh",                          ["BVĐK tỉnh", "Bệnh viện đa khoa tỉnh"]),
    ("Bộ Tài nguyên và Môi trường",                     ["Bộ TN&MT", "Bộ TNMT", "Bộ TN-MT"]),
    ("Sở Nông nghiệp và Môi trường",                    ["Sở NN-MT", "Sở NN&MT"]),
    ("Sở Nông nghiệp và Phát triển nông thôn",          ["Sở NN&PTNT", "Sở NN-PTNT", "Sở NN và PTNT"]),
    ("Sở Lao động - Thương binh và Xã hội",             ["Sở LĐ-TB&XH", "Sở LĐTB&XH", "Sở LĐ-TBXH", "Sở LĐTBXH"]),
    ("Sở Văn hóa, Thể thao và Du lịch",                 ["Sở VH-TT-DL", "Sở VHTTDL", "Sở VH,TT&DL", "Sở VHTT&DL"]),
    ("Sở Giáo dục và Đào tạo",                          ["Sở GD&ĐT", "Sở GD-ĐT", "Sở GDĐT"]),
    ("Sở Kế hoạch và Đầu tư",                           ["Sở KH&ĐT", "Sở KH-ĐT"]),
    ("Ban Chấp hành Trung ương Đảng",                   ["BCH TW Đảng", "BCH TƯ Đảng", "BCH T.Ư Đảng"]),
    ("Ban Thường vụ Tỉnh ủy",                           ["BTV Tỉnh ủy"]),
    ("Đoàn đại biểu Quốc hội tỉnh",                     ["Đoàn ĐBQH tỉnh"]),
    ("Ban Chỉ đạo Chuyển đổi số",                       ["BCĐ CĐS"]),
    ("Đoàn Thanh niên Cộng sản Hồ Chí Minh",            ["Đoàn TNCS HCM", "Đoàn TNCS Hồ Chí Minh"]),
    ("Thành ủy Thành phố Hồ Chí Minh",                  ["Thành ủy TP.HCM", "Thành ủy TPHCM", "Thành ủy TP HCM"]),
    ("Thành ủy Thành phố Hồ Chí Minh",                  ["Thành ủy Tp. Hồ Chí Minh", "Thành ủy tp.HCM"]),
    ("Ủy ban nhân dân thành phố Vinh",                  ["UBND TP Vinh", "UBND TP. Vinh", "UBND Tp.Vinh"]),
    ("Thành phố Vinh",                                  ["TP Vinh", "TP.Vinh"]),   # first word of the name
    ("Quận 3",                                          ["Q.3", "Q. 3"]),
])
def test_spell_out(full: str, written: list[str]) -> None:
    assert [full] * len(written) == [spell_out(name) for name in written]


@pytest.mark.parametrize("name", [
    "24/2031/NQ-HĐND", "7/QĐ-UBND", "5-NQ/TW",      # a document's symbol is no name
    "Bộ Tư pháp", "Kế hoạch và đầu tư",             # `tư` is no `TƯ`
    "TT huyện", "CĐ tỉnh",                          # two readings
    "Sở Y tế", "UBNDX", "",
])
def test_spell_out_leaves_alone(name: str) -> None:
    assert name == spell_out(name)


@given(VIETNAMESE)
@example("Q.\u0300")  # a tone mark behind the stop
def test_spell_out_twice_is_once(name: str) -> None:
    assert spell_out(name) == spell_out(spell_out(name))


def test_every_abbreviation_is_found() -> None:
    """Each written form of the data file gives its full form, and no form is claimed twice."""
    _, table = canonical._names_table()

    assert {form: f"X {full}" for form, full in table.items()} == {form: spell_out(f"X {form}") for form in table}


@pytest.mark.parametrize(("old", "new"), [
    ("Hòa Bình", "Hoà Bình"), ("HÒA", "HOÀ"), ("khỏe", "khoẻ"), ("Ủy", "Uỷ"), ("thúy", "thuý"), ("ngụy", "nguỵ"),
    ("quý", "quý"), ("QUỲ", "QUỲ"),                 # the u of qu is no vowel
    ("hoàn", "hoàn"), ("Hoài", "Hoài"),             # closed syllables have one convention only
    ("hòa", "ho\u0061\u0300"),                      # decomposed on the way in
])
def test_old_tone(old: str, new: str) -> None:
    assert old == old_tone(new) == old_tone(old)


@given(VIETNAMESE)
def test_old_tone_moves_marks_only(text: str) -> None:
    """Length in NFC stays, and so does what the text is compared by."""
    composed = unicodedata.normalize("NFC", text)

    assert len(composed) == len(old_tone(text))
    assert repr(comparable(text)) == repr(comparable(old_tone(text)))


# fmt: on
def test_examples_of_the_module() -> None:
    assert doctest.testmod(canonical).failed == 0
