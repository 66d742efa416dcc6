"""Which sentence stands beside a fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract.sentences import CONTEXT_CHARS, Sentences


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Mở đầu. Có [02 lớp] học. Hết.", "Có 02 lớp học."),
        ("Mở đầu! Có [02 lớp] học? Hết… Rồi", "Có 02 lớp học?"),
        ("Tiêu đề\n  Có [02 lớp]\xa0 học\r\nHết", "Có 02 lớp học"),
        ("Mở đầu.\xa0Có [02 lớp] học.” “Hết", "Có 02 lớp học.”"),
        ("Chi 1.234 đồng. Có [02 lớp] với 2.5 ha. Hết", "Có 02 lớp với 2.5 ha."),
        ("Sở mời PGS.TS. Lê A và TP. Bê mở [02 lớp] học.", "Sở mời PGS.TS. Lê A và TP. Bê mở 02 lớp học."),
        ("Rồi GS.TSKH. Lê A mở [02 lớp].", "Rồi GS.TSKH. Lê A mở 02 lớp."),
        ("Các mục:\nXVI. Đã\t mở  [02 lớp]. Hết", "XVI. Đã mở 02 lớp."),
        ("Ông Lê V. An mở [02 lớp]. Hết", "Ông Lê V. An mở 02 lớp."),
        ("Theo Sở KH&CN. Có [02 lớp] học.", "Có 02 lớp học."),
        ("Mở đầu\n1. Mở [02 lớp].\nII. Hết", "1. Mở 02 lớp."),
        ("II. Kết quả [02 lớp].", "II. Kết quả 02 lớp."),
        ("Đạt 80%. Đã [mở. Hai] lớp. Hết.", "Đã mở. Hai lớp."),
        ("Chờ... Có [02 lớp]... và hơn... Hết", "Có 02 lớp... và hơn..."),
        ("[02 lớp]", "02 lớp"),
    ],
)
def test_the_sentence_round_a_fact(text: str, sentence: str) -> None:
    """The fact stands in brackets; what is expected has its whitespace squeezed."""
    start, end = text.index("["), text.index("]") - 1

    assert sentence == Sentences(text.replace("[", "").replace("]", "")).around(start, end)


def test_an_overlong_sentence_is_cut_between_words() -> None:
    """A table that lost its line breaks does not swell every row of the store."""
    text = "chữ số " * 500 + "02 lớp" + " số chữ" * 500
    sentence = Sentences(text).around(3500, 3506)

    assert sentence.startswith("… ")
    assert sentence.endswith((" chữ …", " số …"))
    assert "chữ số 02 lớp số chữ" in sentence
    assert len(sentence) <= 2 * CONTEXT_CHARS + len("02 lớp") + len("…  …")


@given(st.text(alphabet="aÂ .…!\n\t\xa0\"'1)", max_size=1200), st.data())
def test_the_sentence_always_holds_its_fact(text: str, data: st.DataObject) -> None:
    """Whatever the text: no fact is shown in a sentence that it is not in, or in one that is too long."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 80)))
    sentences = Sentences(text)
    sentences.around(data.draw(st.integers(0, start)), start)  # An earlier fact must not matter.
    found = sentences.around(start, end)

    assert " ".join(text[start:end].split()) in found
    bare = found.removeprefix("… ").removesuffix(" …")
    assert bare == " ".join(bare.split())
    assert len(found) <= 2 * CONTEXT_CHARS + (end - start) + 4


def test_a_page_of_dots_costs_no_more_than_its_length() -> None:
    """Time is linear: the work of 400,000 dots is done in the blink that the test takes."""
    assert Sentences("." * 200_000 + " " + ".A" * 100_000).around(0, 1).startswith(".")
