"""How strange decoded texts are: each text and its encoding stand beside the share of words that are no Vietnamese."""

from __future__ import annotations

import pytest

from khcn_extract.spelling import strangeness


@pytest.mark.parametrize(
    ("text", "encoding", "share"),
    [
        pytest.param("", "utf-8", 0.0, id="nothing"),
        pytest.param("Nothing Vietnamese", "utf-8", 0.0, id="ASCII is the same in every encoding"),
        pytest.param("Đã họp: nghiệm thu, thuở, giếng, quý, khuỷu, khuya, ý, Đắk Lắk", "utf-8", 0.0, id="rhymes"),
        pytest.param("nghi\u00ea\u0323m", "cp1258", 0.0, id="tones as characters of their own"),
        pytest.param("Sở Nguyễn-Văn", "utf-8", 0.0, id="hyphens part words"),
        pytest.param("Sở, đă", "utf-8", 0.5, id="a vowel that must have a coda"),
        pytest.param("Sở, thaít", "utf-8", 0.5, id="a vowel that has none"),
        pytest.param("Sở café", "utf-8", 0.5, id="foreign words count"),
        pytest.param("5 m² ở 5°C «một» © Sở", "utf-8", 0.0, id="symbols of Vietnamese texts"),
        pytest.param("Sở l\xad C¸c ngh® h° ®i ¨¤", "utf-8", 6 / 7, id="symbols that were letters"),
        pytest.param("Sở ngh\xe1\xbb\u2021", "utf-8", 0.5, id="broken UTF-8"),
        pytest.param("Số 5/QĐ-UBND", "utf-8", 0.0, id="abbreviations"),
        pytest.param("→", "utf-8", 1.0, id="a far sign and no word"),
        pytest.param("Sở \x93", "utf-8", 1.0, id="control character"),
        pytest.param("Sở \ufffd", "utf-8", 1.0, id="character that was lost"),
        pytest.param("báo", "cp1252", 1.0, id="an encoding without the alphabet"),
        pytest.param("báo &#7903;", "cp1252", 0.0, id="but with entities"),
        pytest.param("Ð&#7913;c, ðang", "cp1252", 0.5, id="the Icelandic capital only"),
        pytest.param("báo &#7903;", "cp1250", 1.0, id="only Latin-1 pages have those"),
        pytest.param("&#7903; &#7903; tŕnh", "cp1258", 1.0, id="entities prove nothing for the bytes"),
        pytest.param("&#273;ã &#0; &nosuch; &", "cp1252", 0.0, id="letters of both kinds in a word"),
    ],
)
def test_strangeness(text: str, encoding: str, share: float) -> None:
    """Only what the encoding is to blame for counts."""
    assert strangeness(text, encoding) == pytest.approx(share)
