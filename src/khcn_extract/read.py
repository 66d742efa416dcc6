"""Any dump becomes articles: files, folders and globs of text, HTML, JSON and tables, plain or compressed.

Read `read_articles` first, then `_articles`, which sends each kind of file its way. What is done with bytes lives in
`khcn_extract.decoding`, what is done with a record in `khcn_extract.records`, web pages are taken apart in
`khcn_extract.web_page` and tables in `khcn_extract.tables`; none of these knows this module. Their public names that a
caller of this one needs (`article_from` for a record that you already hold, `decode`, `read_date`) are given on here.

Nothing is dropped in silence and nothing stops the reading: what cannot become an article becomes a
`khcn_extract.facts.Reject` that says where and why. Memory is flat for JSON Lines and tables, whatever the size of the
file.
"""

from __future__ import annotations

import glob
import json
import os
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from khcn_extract.decoding import BROKEN, as_utf8, decode, unpacked, unreadable, whole
from khcn_extract.facts import Article, Reject
from khcn_extract.records import (
    MAX_CHARS,
    article_fields,
    article_from,
    article_of_text,
    article_unchecked,
    json_type,
    read_date,
    with_whole_characters,
)
from khcn_extract.tables import csv_records, parquet_records
from khcn_extract.web_page import page

if TYPE_CHECKING:
    import io
    from collections.abc import Iterable, Iterator

    from khcn_extract.tables import Numbered

__all__ = ["FORMATS", "MAX_CHARS", "MAX_JSON_BYTES", "article_from", "decode", "read_articles", "read_date"]

MAX_JSON_BYTES = 1_000_000_000
"""Longest ``.json`` array, which is read whole. JSON Lines has no such bound."""
FORMATS = (".txt", ".html", ".htm", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
"""What is read; each but Parquet also as ``.gz`` and ``.zst``."""


# What is read: names -> files -> articles -------------------------------------------------------------------------


def read_articles(
    inputs: str | Path | Iterable[str | Path], *, max_chars: int = MAX_CHARS
) -> Iterator[Article | Reject]:
    r"""Articles of all ``inputs``, in their order, and a `Reject` for whatever could not be read.

    An input is a file, a folder (read recursively by name, hidden files left out) or a glob (``dump/**/*.jsonl.gz``).
    Files are ``.txt`` and ``.html`` (one article), ``.jsonl`` (one a line), ``.json`` (one, an array, or lines), each
    also ``.gz`` or ``.zst``, and ``.csv``, ``.tsv`` and ``.parquet`` (one a row, the columns named as JSON's fields).
    ``article.text`` is exactly what the file or field holds, without a byte order mark: no normalisation, line ends
    as they are. How the encoding is found, `khcn_extract.decoding.decode` says. A field
    that holds HTML is read as a web page is. Dates become Vietnamese time. Fields that the dump does not give stay
    ``None``: later stages look into the text first.

    The one article of a file has the file's stem for an id (``bai-1`` of ``bai-1.txt.gz``) unless a record states its
    own. So files of the same name in different folders give the same ``article_id``: ids are unique only as far as
    names are. Nothing is left out for it here; `khcn_extract.run` keeps the first of two texts and rejects the other.

    Texts above ``max_chars`` characters are rejected. ``ValueError`` is raised for ``max_chars`` below 1 alone.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.jsonl").write_text('{"id": 7, "text": "Có 5 dự án."}\n{"id": 8}\n')
    ...     article, reject = read_articles(folder)
    >>> article.article_id, article.text, reject.place
    ('7', 'Có 5 dự án.', 'line 2')
    """
    if max_chars < 1:
        message = f"max_chars is {max_chars}; 1 or more is allowed"
        raise ValueError(message)
    for name in [inputs] if isinstance(inputs, str | Path) else inputs:
        for found in _find(name):
            if isinstance(found, Reject):
                yield found
            else:
                yield from _read_file(found, max_chars)


def _find(name: str | Path) -> Iterator[Path | Reject]:
    """The files that a name stands for, in order of their names."""
    pattern = str(name)
    if pattern and os.path.exists(pattern):  # noqa: PTH110 (Path.exists raises where a folder may not be entered)
        yield from _walk(Path(name))
    elif glob.has_magic(pattern):
        matches = sorted(glob.iglob(pattern, recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
        yield from chain.from_iterable(map(_walk, map(Path, matches)))
        if not matches:
            yield Reject(pattern, "", f"the pattern {pattern!r} matches no file")
    else:
        yield Reject(pattern, "", f"there is no file or folder {pattern!r}, or its folder may not be entered")


def _walk(top: Path) -> Iterator[Path | Reject]:
    waiting = [top]  # Not recursive: folders may nest deeper than Python calls.
    while waiting:
        path = waiting.pop()
        if not path.is_dir():
            yield path
        elif path.is_symlink() and path != top:
            yield Reject(str(path), "", "a link to a folder is not followed, it may lead in a circle; name it itself")
        else:
            try:
                children = sorted((child for child in path.iterdir() if child.name[0] != "."), reverse=True)
            except OSError as error:
                yield Reject(str(path), "", f"the folder cannot be read: {error.strerror}")
                continue
            if not children:
                yield Reject(str(path), "", "the folder is empty")
            waiting += children


@dataclass(frozen=True, slots=True)
class _File:
    """What a reader must know of its file."""

    source: str
    """As the user named it."""
    name: str
    stem: str
    """``bai-1`` for ``bai-1.txt.gz``: the id of the article, where the file has just one. Folders are not in it."""
    max_chars: int

    def reject(self, reason: object, place: str = "") -> Reject:
        return Reject(self.source, place, str(reason))

    def article(self, record: object, article_id: str | None = None, *, escapes: bool = True) -> Article:
        """The record's article; where its JSON has no escapes, its characters need no check."""
        if not isinstance(record, dict):
            message = f"a JSON {json_type(record)} where an object with the article's fields is needed"
            raise ValueError(message)  # noqa: TRY004 (the data is wrong, not the program)
        article = article_unchecked(record, self.name, article_id, self.max_chars)
        return with_whole_characters(article) if escapes else article


def _read_file(path: Path, max_chars: int) -> Iterator[Article | Reject]:
    packed = path.suffix.lower() if path.suffix.lower() in {".gz", ".zst"} else ""
    inner = Path(path.name[: len(path.name) - len(packed)])
    file = _File(str(path), path.name, inner.stem, max_chars)
    kind = inner.suffix.lower()
    if kind not in FORMATS:
        yield file.reject(f"files of type {inner.suffix!r} are not read; allowed are {', '.join(FORMATS)}, .gz, .zst")
        return
    if not path.is_file():
        yield file.reject("not a regular file")
        return
    try:
        yield from _articles(path, kind, packed, file)
    except BROKEN as error:
        yield file.reject(unreadable(error))
    except ValueError as error:
        yield file.reject(error)


def _articles(path: Path, kind: str, packed: str, file: _File) -> Iterator[Article | Reject]:
    if kind == ".parquet":
        if packed:
            raise ValueError(f"Parquet is packed in itself and is not read as {packed}; unpack it")
        yield from _read_rows(parquet_records(path, article_fields()), file)
        return
    if kind == ".json" and _holds_lines(path, packed, file):
        kind = ".jsonl"  # C4 and many others call JSON Lines .json.
    with unpacked(path, packed) as stream:
        if kind in {".jsonl", ".ndjson"}:
            yield from _read_lines(as_utf8(stream), file)
        elif kind == ".json":
            yield from _read_json(as_utf8(stream), file)
        elif kind in {".csv", ".tsv"}:
            yield from _read_rows(csv_records(as_utf8(stream), file.max_chars), file)
        else:
            text = _with_content(decode(whole(stream, 4 * file.max_chars)))  # No character has more than four bytes.
            record = {"text": text} if kind == ".txt" else page(text)
            yield article_of_text(record, record["text"], file.name, file.stem, file.max_chars)


def _with_content(text: str) -> str:
    if not text or text.isspace():  # `whole` sees bytes: a byte order mark, or blanks of UTF-16, are not blank to it.
        message = "the file is empty"
        raise ValueError(message)
    return text


# JSON -------------------------------------------------------------------------------------------------------------


def _read_lines(stream: io.BufferedReader, file: _File) -> Iterator[Article | Reject]:
    limit = 6 * file.max_chars + 1_000_000  # An escaped character has six bytes, and there are other fields.
    empty = True
    for number in count(1):
        place = f"line {number}"
        try:
            line, size = _next_line(stream, limit)
        except BROKEN as error:
            yield file.reject(unreadable(error), place)
            return
        if not line:
            break
        if line.isspace():
            continue
        empty = False
        if size > limit:
            yield file.reject(f"the line has {size:,} bytes; up to {limit:,} are read", place)
            continue
        try:
            article = file.article(_loads(line), escapes=b"\\u" in line)
        except ValueError as error:
            yield file.reject(error, place)
            if b"\0" in line:
                return  # The other lines of a binary file are no better.
        else:
            yield article
    if empty:
        yield file.reject("the file is empty")


def _next_line(stream: io.BufferedReader, limit: int) -> tuple[bytes, int]:
    """A line, cut at the limit, and the size of the whole of it."""
    part = line = stream.readline(limit)
    size = len(line)
    while len(part) == limit and not part.endswith(b"\n"):
        part = stream.readline(limit)
        size += len(part)
    return line, size


def _read_json(stream: io.BufferedReader, file: _File) -> Iterator[Article | Reject]:
    content = _loads(whole(stream, MAX_JSON_BYTES))
    if not isinstance(content, list):
        yield file.article(content, file.stem)
        return
    if not content:
        yield file.reject("the array is empty")
    for number, record in enumerate(content, start=1):
        try:
            yield file.article(record)
        except ValueError as error:
            yield file.reject(error, f"item {number}")


def _read_rows(rows: Iterator[Numbered], file: _File) -> Iterator[Article | Reject]:
    empty = True
    for place, record in rows:
        empty = False
        try:
            if isinstance(record, ValueError):
                raise record
            yield file.article(record)
        except ValueError as error:
            yield file.reject(error, place)
    if empty:
        yield file.reject("the table has no rows")


def _holds_lines(path: Path, packed: str, file: _File) -> bool:
    with unpacked(path, packed) as raw:
        stream = as_utf8(raw)
        first = stream.readline(6 * file.max_chars)
        if first.lstrip()[:1] != b"{" or not stream.peek(1).strip():
            return False
    try:
        return isinstance(_loads(first), dict)
    except ValueError:
        return False


def _loads(data: bytes) -> object:
    if b"\0" in data:
        message = "it looks like a binary file: it has NUL bytes"
        raise ValueError(message)
    try:
        return json.loads(data.decode())
    except UnicodeDecodeError as error:
        message = f"the JSON is not UTF-8 from byte {error.start + 1} on; JSON may be UTF-8 or UTF-16 with a mark"
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        message = f"not JSON: {error.msg} at {line}column {error.colno}"
    except RecursionError:
        message = "the JSON is nested too deep to be an article"
    except ValueError as error:  # A number of more than 4,300 digits.
        message = f"not JSON that can be read: {error}"
    raise ValueError(message)
