r"""CoNLL-2003 with BIO tags: a token a line, a blank line between sentences, ``-DOCSTART-`` before each article.

The four columns of the shared task, of which most readers take the first and the last; its second and third held parts
of speech and chunks, and here hold what keeps the file lossless::

    -DOCSTART- -X- {"article_id":"a1"} O

    Có \s _ O                                the token, the white space behind it (``_`` for none), fields, tag
    5 \s {"value":5,"unit":"dự\u0020án"} B-count
    dự \s _ I-count
    án _ _ I-count

Tokens are runs of letters with their marks, runs of digits, or one other character, as in ``spacy_component``. BIO has
one layer: of facts that overlap it holds the one that begins first, the longer of two that begin together, and a fact
whose ends are not those of tokens it cannot hold. Facts come back in the order of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from khcn_extract.formats_marks import (
    IGNORE,
    Loss,
    Mark,
    article_of,
    at,
    header_of,
    json_object,
    marks_of,
    one_line,
)
from khcn_extract.sentences import sentence_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from khcn_extract.gold import GoldArticle

START = "-DOCSTART-"

_BLANK = r"\s\x1c-\x1f"  # all that str.isspace() says is blank: readers split lines by it
_TOKEN = regex.compile(rf"([\p{{L}}\p{{M}}]+|\p{{Nd}}+|[^{_BLANK}])([{_BLANK}]*)")
_NONE = "_"
_SHORT = {" ": r"\s", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
_LONG = {short: blank for blank, short in _SHORT.items()}
_ESCAPES = re.compile(r"(?:\\[snrt]|\\u[0-9a-f]{4})+")
_COLUMNS = 4


class _Row(NamedTuple):
    token: str
    blank: str
    fields: str
    tag: str


def write(articles: Sequence[GoldArticle], path: Path) -> Iterator[Loss]:
    """Loses facts that overlap an earlier one, or do not begin and end where a token does."""
    lines: list[str] = []
    for article in articles:
        tokens = list(_TOKEN.finditer(article.text))
        kept: list[Mark] = []
        for mark, why in _sorted_out(article, tokens):
            if why:
                yield Loss(article.article_id, str(mark), why)
            else:
                kept.append(mark)
        own = header_of(article)
        if article.ignore:
            own["ignore"] = article.ignore
        if lead := article.text[: tokens[0].start() if tokens else None]:
            own["text_before"] = lead
        lines += [f"{START} -X- {_no_blanks(own)} O", "", *_lines(article.text, tokens, kept), ""]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def _sorted_out(article: GoldArticle, tokens: Sequence[regex.Match[str]]) -> Iterator[tuple[Mark, str]]:
    """The facts in the order of the text, each with the reason why BIO can't hold it."""
    starts, ends = {token.start(1) for token in tokens}, {token.end(1) for token in tokens}
    last: Mark | None = None
    marks = [mark for mark in marks_of(article) if mark.label != IGNORE]
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.start not in starts or mark.end not in ends:
            yield mark, "does not begin and end where a token does"
        elif last and mark.start < last.end:
            yield mark, f"overlaps {last}; BIO has one layer"
        else:
            last = mark
            yield mark, ""


def _lines(text: str, tokens: Sequence[regex.Match[str]], marks: Sequence[Mark]) -> Iterator[str]:
    sentences = sentence_starts(text)
    waiting = list(reversed(marks))
    inside: Mark | None = None
    before = 0
    for token in tokens:
        start = token.start()
        inside = inside if inside and start < inside.end else None
        if inside is None and before and bisect_left(sentences, before) < bisect_left(sentences, start + 1):
            yield ""
        before, fields, tag = token.end(1), _NONE, "O"
        if inside:
            tag = f"I-{inside.label}"
        elif waiting and waiting[-1].start == start:
            inside = waiting.pop()
            fields, tag = _no_blanks(inside.fields), f"B-{inside.label}"
        yield " ".join(_Row(token[1], _escaped(token[2]), fields, tag))


def _no_blanks(ready: object) -> str:
    return one_line(ready).replace(" ", r"\u0020")


def _escaped(blank: str) -> str:
    return "".join(_SHORT.get(char) or f"\\u{ord(char):04x}" for char in blank) or _NONE


# -- reading ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> Iterator[GoldArticle]:
    """Articles of a file that has the white space in its second column; blank lines mean nothing."""
    with at(path):
        lines = path.read_bytes().decode().split("\n")
    own: dict[str, Any] | None = None
    rows: list[tuple[int, _Row]] = []
    begun = 1
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        with at(f"{path}, line {number}"):
            columns = line.split()
            if len(columns) != _COLUMNS:
                raise ValueError(f"{len(columns)} columns; allowed are token, white space, fields and tag")
            row = _Row(*columns)
            if row.token != START:
                rows.append((number, row))
                continue
            following = json_object(row.fields) if row.fields.startswith("{") else {"article_id": f"line-{number}"}
        if own is not None or rows:
            yield _article(own, rows, path, begun)
        own, rows, begun = following, [], number
    if own is not None or rows:
        yield _article(own, rows, path, begun)


def _article(own: dict[str, Any] | None, rows: Iterable[tuple[int, _Row]], path: Path, begun: int) -> GoldArticle:
    header = dict(own or {"article_id": f"line-{begun}"})
    marks: list[Mark] = []
    parts = [str(header.pop("text_before", ""))]
    at_char = len(parts[0])
    open_label = ""
    for number, row in rows:
        with at(f"{path}, line {number}"):
            blank = _unescaped(row.blank)
            prefix, _, label = row.tag.partition("-")
            if prefix == "B" and label:
                fields = json_object(row.fields) if row.fields != _NONE else {}
                marks.append(Mark(at_char, at_char + len(row.token), label, fields=fields))
            elif prefix == "I" and label == open_label:
                marks[-1] = marks[-1]._replace(end=at_char + len(row.token))
            elif row.tag != "O":
                raise ValueError(f"tag {row.tag}; allowed are O, B-kind, and I-kind behind a tag of that kind")
        open_label = label
        parts += [row.token, blank]
        at_char += len(row.token) + len(blank)
    with at(f"{path}, line {begun}"):
        return article_of(header, "".join(parts), marks)


def _unescaped(column: str) -> str:
    r"""White space of the second column.

    >>> _unescaped(r"\n\u00a0")
    '\n\xa0'
    """
    if column == _NONE:
        return ""
    if not _ESCAPES.fullmatch(column):
        what = r"_ for none, \s, \n, \r, \t and \uXXXX: without them the text can't be rebuilt"
        raise ValueError(f"second column {column!r}; allowed is the white space behind the token: {what}")
    return re.sub(r"\\u(....)|\\.", lambda found: chr(int(found[1], 16)) if found[1] else _LONG[found[0]], column)
