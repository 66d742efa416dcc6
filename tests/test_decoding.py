"""What bytes become: each step of the search for an encoding is a table of bytes beside their text."""

from __future__ import annotations

import codecs
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract.decoding import decode

TEXT = "Sở Khoa học và Công nghệ đã nghiệm thu 12 đề tài, tổng kinh phí 3,5 tỷ đồng."


def windows_1258(text: str) -> bytes:
    """A text in the way of windows-1258: the tone is a character of its own."""
    return "".join(map(_tone_behind, unicodedata.normalize("NFC", text))).encode("cp1258")


def _tone_behind(letter: str) -> str:
    marked = unicodedata.normalize("NFD", letter)
    tones = "".join(mark for mark in marked if mark in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(mark for mark in marked if mark not in tones)) + tones


def latin_1(text: str) -> bytes:
    """A text in the way of old page editors: Latin-1 where it has the letter, else an entity."""
    return text.encode("cp1252", errors="xmlcharrefreplace")


def composed(data: bytes) -> str:
    """The text with each letter as one character; windows-1258 has two for most."""
    return unicodedata.normalize("NFC", decode(data))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), TEXT, id="UTF-8"),
        pytest.param(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), TEXT, id="UTF-16 little end"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), TEXT, id="UTF-16 big end"),
        pytest.param(codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), TEXT, id="UTF-32: its mark begins as UTF-16's"),
        pytest.param(codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), TEXT, id="UTF-32 big end"),
        pytest.param(codecs.BOM_UTF16_LE + "日本".encode("utf-16-le"), "日本", id="any language"),
        pytest.param(codecs.BOM_UTF8 + "<meta charset=gbk>日".encode(), "<meta charset=gbk>日", id="page that lies"),
        pytest.param(codecs.BOM_UTF8, "", id="nothing else"),
    ],
)
def test_first_the_mark(data: bytes, text: str) -> None:
    """A byte order mark is never contradicted, and is no part of the text."""
    assert decode(data) == text


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        ("<meta charset=windows-1258>", windows_1258(TEXT), TEXT),
        ("<META CharSet = 'x-cp1258'>", windows_1258(TEXT), TEXT),
        ('<meta http-equiv=Content-Type content="text/html; charset=windows-1258">', windows_1258("năm"), "năm"),
        ('<?xml version="1.0" encoding="windows-1258"?>', windows_1258(TEXT), TEXT),
        ("<meta charset=iso-8859-1>", latin_1("đã rõ, lãi"), "&#273;ã rõ, lãi"),
        ("<meta charset=gb18030>", TEXT.encode("gb18030"), TEXT),
        ("<meta charset=utf-8>", TEXT.encode(), TEXT),
        ("<meta charset=utf-8>", "日本".encode(), "日本"),
    ],
)
def test_then_the_declaration(head: str, body: bytes, text: str) -> None:
    """What a page declares is believed where the text is then Vietnamese; UTF-8 in any language."""
    assert composed(head.encode() + body) == head + text


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        pytest.param("utf-8", windows_1258(TEXT), TEXT, id="says UTF-8, is windows-1258"),
        pytest.param("utf-8", windows_1258("năm"), "năm", id="the same in one word"),
        pytest.param("iso-8859-1", windows_1258(TEXT), TEXT, id="says Latin-1, is windows-1258"),
        pytest.param("iso-8859-1", windows_1258("năm"), "năm", id="Latin-1 would give nãm"),
        pytest.param("iso-8859-1", TEXT.encode(), TEXT, id="says Latin-1, is UTF-8"),
        pytest.param("windows-1258", TEXT.encode(), TEXT, id="says windows-1258, is UTF-8"),
        pytest.param("windows-1258", "một".encode(), "một", id="windows-1258 would give má»™t"),
        pytest.param("windows-1258", "→ ★".encode(), "→ ★", id="UTF-8 without letters"),
        pytest.param("windows-1258", "日本".encode(), "日本", id="UTF-8 that is not Vietnamese"),
        pytest.param(
            "windows-1258", latin_1("đã rõ" + " công tác báo" * 9), "&#273;ã rõ" + " công tác báo" * 9,
            id="says windows-1258, is Latin-1 with entities",
        ),
        pytest.param("utf-16", TEXT.encode(), TEXT, id="says UTF-16, in ASCII"),
        pytest.param("x-viet-vps", windows_1258(TEXT), TEXT, id="a codec that Python does not have"),
        pytest.param("hex", TEXT.encode(), TEXT, id="a codec of no text"),
        pytest.param("unicode_escape", rb"S\u1edf", r"S\u1edf", id="a codec that would change ASCII"),
        pytest.param("punycode", windows_1258(TEXT), TEXT, id="a codec that takes time by the square"),
    ],
)  # fmt: skip
def test_declarations_that_lie(charset: str, body: bytes, text: str) -> None:
    """The text decides against the declaration."""
    head = f"<meta charset={charset}>"
    assert composed(head.encode() + body) == head + text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"Sau 5 ng\r\n", "Sau 5 ng\r\n", id="ASCII"),
        pytest.param(TEXT.encode(), TEXT, id="UTF-8"),
        pytest.param("Привет, 日本 😀".encode(), "Привет, 日本 😀", id="UTF-8 in any language"),
        pytest.param(windows_1258(TEXT), TEXT, id="windows-1258"),
        pytest.param(windows_1258("“Số 5/QĐ-UBND”"), "“Số 5/QĐ-UBND”", id="abbreviations"),
        pytest.param(windows_1258("Có 5 ha, 12 m²"), "Có 5 ha, 12 m²", id="units"),
        pytest.param(latin_1("đã rõ, lãi, tình"), "&#273;ã rõ, lãi, tình", id="Latin-1 with entities"),
        pytest.param(TEXT.encode("utf-16-le"), TEXT, id="UTF-16 without a mark"),
        pytest.param(TEXT.encode("utf-16-be"), TEXT, id="the big end first"),
        pytest.param("Sở".encode("utf-16-le"), "Sở", id="one word of it"),
        pytest.param(TEXT.encode("utf-32-le"), TEXT, id="UTF-32 without a mark"),
    ],
)
def test_nothing_declared(data: bytes, text: str) -> None:
    """UTF-8, then the codes of old Vietnamese pages, then what the detector finds."""
    assert composed(data) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"S\xeb Khoa h\xe4c v\xb5 C\xabng ngh\xd6", "byte 2 is not UTF-8", id="TCVN3"),
        pytest.param(b"C\xb8c n\xa8m", "byte 2 is not UTF-8", id="TCVN3 without a letter of Latin-1"),
        pytest.param(b"\xaei x\xb7", "byte 1 is not UTF-8", id="TCVN3 at the ends of words"),
        pytest.param("Sôû Khoa hoïc vaø Coâng ngheä".encode("cp1252"), "byte 2 is not UTF-8", id="VNI"),
        pytest.param(b"C\xf4ng ngh\xae", "byte 2 is not UTF-8", id="VISCII"),
        pytest.param("Привет".encode("cp1251"), "byte 1 is not UTF-8, and as windows-1258 or", id="Russian"),
        pytest.param(
            b"<meta charset=windows-1251>" + "Привет".encode("cp1251"),
            "byte 28 is not UTF-8, and as the declared cp1251, windows-1258 or what can be detected the text is not",
            id="Russian, declared",
        ),
        pytest.param("日本語の文".encode("shift_jis"), "byte 1 is not UTF-8", id="Japanese"),
        pytest.param("日本語の文 a".encode("utf-16-le"), "it looks like a binary file", id="Japanese in UTF-16"),
        pytest.param(TEXT.encode() + b"\xff", "byte 101 is not UTF-8", id="UTF-8 with one broken byte"),
        pytest.param("một nghệ".encode() + b"\xff", "byte 13 is not UTF-8", id="it could be má»™t nghá»‡"),
        pytest.param(latin_1("sở rõ"), "byte 11 is not UTF-8", id="windows-1258 has rơ for rõ, both are words"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it looks like a binary file", id="binary"),
        pytest.param(bytes(1000), "it looks like a binary file", id="zeros"),
        pytest.param(codecs.BOM_UTF16_LE + b"S\0\xd8", "'utf-16-le' codec can't decode", id="half a character"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    """Rather no text than a wrong one, and the error says what was tried."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the sentence is compared below)
        decode(data)
    assert str(error.value).startswith(reason)


WORDS = [
    "đã", "sở", "xã", "năm", "một", "báo", "tổ", "rõ", "tình", "phòng", "Quảng", "Trị", "Đắk", "Nông", "ủy", "ban",
    "QĐ-UBND", "m²", "«mới»", "à", "ă",
]  # fmt: skip
LABELS = ["utf-8", "windows-1258", "iso-8859-1", "windows-1250", "gb18030", "utf-16", "koi8-r", "tcvn3"]
ENCODINGS = ["utf-8", "cp1258", "cp1252", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030", "big5"]


@given(st.lists(st.sampled_from(WORDS), min_size=1), st.sampled_from(["", *LABELS]), st.sampled_from(ENCODINGS))
def test_mojibake_is_never_silent(words: list[str], label: str, encoding: str) -> None:
    """Whatever a page declares and is: what was written comes out, or an error."""
    written = (f"<meta charset={label}>" if label else "") + " ".join(["12", *words])
    try:
        data = windows_1258(written) if encoding == "cp1258" else written.encode(encoding, "xmlcharrefreplace")
        decoded = composed(data)
    except ValueError:
        return
    if encoding == "cp1252" and (label == "windows-1258" or b"&" not in data):
        return  # The same bytes are honest windows-1258: "rõ" is "rơ" in it.
    assert decoded == unicodedata.normalize("NFC", data.decode(encoding))


@given(st.text(st.sampled_from("aăâeêioôơuưyàáảãạđbcghlmnpqrstvx ")).filter(str.strip))
def test_windows_1258_is_told_from_windows_1252(text: str) -> None:
    """A text is decoded to what was written or not at all, whichever letters it has."""
    try:
        decoded = composed(windows_1258(text))
    except ValueError:
        return
    assert decoded == unicodedata.normalize("NFC", text)


def test_the_detector_is_loaded_when_needed() -> None:
    """UTF-8 and windows-1258 never wait for it."""
    code = "import sys; from khcn_extract.decoding import decode; decode(b'b\\xe1o'); decode('S\\u1edf'.encode())"
    code += "; sys.exit('charset_normalizer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
