"""Bytes become characters: gzip and zstandard are unpacked, and the encoding is found, or the bytes are refused.

Read `decode` first, then `_readings`, the order in which encodings are tried. How far to believe one,
`khcn_extract.spelling` says. `unpacked`, `as_utf8` and `whole` are how `khcn_extract.read` gets at a file's bytes.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from khcn_extract.spelling import MAX_STRANGE, strangeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

BROKEN = (OSError, EOFError, zlib.error, UnicodeError)
"""What reading may raise; `unreadable` says it in words."""
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # Before UTF-16, whose mark it begins with.
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""Byte order mark -> codec."""

_CHUNK = 1 << 18
_ZSTD_CHUNK = 1 << 12  # A chunk of a hostile file grows 30,000 times; that must stay within memory.
_DECLARED = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w:-]+) | \A\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w:-]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_HEAD = 4096  # Bytes. Browsers look at 1,024, but a portal's scripts may come before its charset.
# Python has more that no page means: unicode_escape changes the text, punycode takes time by the square.
_CODECS = re.compile(r"utf-(?:8|16|32).*|cp\d+|iso8859-\d+|mac-.*|koi8-.*|gb.*|big5.*|euc.*|shift_jis.*|tis-620")
_BROWSERS = {"ascii": "cp1252", "iso8859-1": "cp1252"}  # What browsers take these names for.
_KNOWN = ("cp1258", "cp1252")  # The 8-bit codes of Vietnamese pages; the second has half of the letters as entities.


# Characters -------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    r"""The characters of a whole file, without its byte order mark. Line ends stay as they are.

    In this order: the byte order mark; the charset that a page or XML file declares in its first 4,096 bytes; UTF-8;
    windows-1258 and windows-1252 with entities; the guesses of charset-normalizer (so UTF-16 without a mark is found).
    All are strict. All but the mark and UTF-8 count only if the text is then Vietnamese, syllable by syllable, and a
    declaration also loses to UTF-8 that is Vietnamese, and to a known encoding that makes it more so: pages lie.

    ``ValueError`` for all else (TCVN3, VNI, VISCII, binary files): rather no text than a wrong one.

    >>> decode("Sở\r\n".encode()), decode(b"\xd0\xe2y l\xe0 b\xe1o"), decode("Sở".encode("utf-16-le"))
    ('Sở\r\n', 'Đây là báo', 'Sở')
    """
    for mark, codec in MARKS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(codec)
    for text in _readings(data):
        if text is not None:
            return text
    if b"\0" in data:
        message = "it looks like a binary file: it has NUL bytes, but is neither UTF-16 nor UTF-32 of Vietnamese"
        raise ValueError(message)
    tried = [*(f"the declared {name}" for name in _declared(data) if name != "utf-8"), "windows-1258"]
    message = f"as {', '.join(tried)} or what can be detected the text is not surely Vietnamese; convert it to UTF-8"
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1:,} is not UTF-8, and {message}"
        raise ValueError(message) from error


def _readings(data: bytes) -> Iterator[str | None]:
    """What the bytes may say, surest first; ``None`` where a step has no believable answer."""
    if b"\0" in data:  # Blanks and ASCII letters of UTF-16 and UTF-32 have NUL bytes, other text has none.
        yield _most_vietnamese(data, _detected(data))
        return
    utf8 = _strict(data, "utf-8")
    declared = _declared(data)
    # UTF-8 that is Vietnamese can look Vietnamese in another code too ("một" becomes "má»™t"), never the other way.
    if declared != ["utf-8"] and declared and (utf8 is None or strangeness(utf8, "utf-8") > MAX_STRANGE):
        yield _most_vietnamese(data, declared, rivals=_KNOWN)
    yield utf8
    yield _most_vietnamese(data, _KNOWN)  # Before the detector: no release of it can change what these texts say.
    yield _most_vietnamese(data, [*_KNOWN, *_detected(data)])  # All together, so that a tie above stays one.


def _declared(data: bytes) -> list[str]:
    """The charset that the head of the data names, if Python has it."""
    match = _DECLARED.search(data[:_HEAD])
    name = _codec((match[1] or match[2]).decode("ascii")) if match else None
    return [name] if name else []


def _codec(label: str) -> str | None:
    """Python's name for an encoding; ``None`` where it has none or a page cannot mean it."""
    try:
        name = codecs.lookup(label.lower().removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    name = _BROWSERS.get(name, name)
    return name if _CODECS.fullmatch(name) else None


def _detected(data: bytes) -> list[str]:
    """What charset-normalizer holds possible, likeliest first."""
    from charset_normalizer import from_bytes  # Slow to import, and nearly all files are UTF-8.

    names = (_codec(label) for match in from_bytes(data) for label in match.could_be_from_charset)
    wide = b"\0" in data
    return [name for name in names if name and name.startswith(("utf-16", "utf-32")) == wide]


def _most_vietnamese(data: bytes, encodings: Iterable[str], rivals: Iterable[str] = ()) -> str | None:
    """The believable decoding with the fewest strange words; ``None`` if two have them, for then nobody can tell.

    Among ``rivals``, which are never the answer, none may be better; as good they may be.
    """
    believable: dict[str, float] = {}
    for encoding in encodings:
        text = _strict(data, encoding)
        if text is not None and (share := strangeness(text, encoding)) <= MAX_STRANGE:
            believable[text] = share
    least = min(believable.values(), default=0.0)
    best = [text for text, share in believable.items() if share == least]
    beaten = least and any(strangeness(_strict(data, rival) or "\ufffd", rival) < least for rival in rivals)
    return best[0] if len(best) == 1 and not beaten else None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


# Streams ----------------------------------------------------------------------------------------------------------


class _Chunks(io.RawIOBase):
    """A file made of the byte strings of an iterator."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._rest))
        target[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


@contextmanager
def unpacked(path: Path, packing: str) -> Iterator[io.BufferedReader]:
    """The content of a file that is packed as ``.gz``, ``.zst`` or, with ``""``, not at all.

    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt.gz")
    ...     _ = path.write_bytes(gzip.compress(b"abc"))
    ...     with unpacked(path, ".gz") as stream:
    ...         stream.read()
    b'abc'
    """
    with path.open("rb", buffering=0) as bare:
        raw: io.BufferedReader = io.BufferedReader(bare, _CHUNK)
        if packing == ".gz":
            member = gzip.GzipFile(fileobj=raw)
            yield io.BufferedReader(_Chunks(iter(partial(member.read1, _CHUNK), b"")), _CHUNK)
        elif packing == ".zst":
            yield io.BufferedReader(_Chunks(_unpack_zstd(raw)), _CHUNK)
        else:
            yield raw


def _unpack_zstd(raw: io.BufferedReader) -> Iterator[bytes]:
    """Not zstandard's own reader, which takes a cut-off file for a whole one."""
    import zstandard

    frame = None
    rest = b""
    try:
        while rest := rest or raw.read(_ZSTD_CHUNK):
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(rest)
            rest = b""
            if frame.eof:
                rest, frame = frame.unused_data, None
    except zstandard.ZstdError as error:
        raise OSError(str(error)) from error
    if frame:
        raise EOFError("the compressed file is cut off")


def as_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    """A stream without its byte order mark, as UTF-8 whatever the mark says: JSON can then be split into lines.

    >>> as_utf8(io.BufferedReader(io.BytesIO("{}".encode("utf-16")))).read()
    b'{}'
    """
    start = stream.peek(4)
    for mark, codec in MARKS.items():
        if start.startswith(mark):
            stream.read(len(mark))
            return stream if codec == "utf-8" else io.BufferedReader(_Chunks(_recode(stream, codec)), _CHUNK)
    return stream


def _recode(stream: io.BufferedReader, codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)()
    while chunk := stream.read(_CHUNK):
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def whole(stream: io.BufferedReader, limit: int) -> bytes:
    """All of a stream; ``ValueError`` if that is nothing, blank, or more than ``limit`` bytes.

    >>> whole(io.BufferedReader(io.BytesIO(b"abc")), limit=3)
    b'abc'
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        message = f"the file has more than {limit:,} bytes; up to {limit:,} are read"
        raise ValueError(message)
    if not data or data.isspace():
        raise ValueError("the file is empty")
    return data


def unreadable(error: BaseException) -> str:
    """The reason that one of the `BROKEN` gives.

    >>> unreadable(EOFError("the compressed file is cut off"))
    'the file cannot be read to its end: the compressed file is cut off'
    """
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return f"the file cannot be read to its end: {reason}"
