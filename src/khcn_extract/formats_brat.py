r"""brat standoff: a folder with ``NAME.txt`` and ``NAME.ann`` for each article.

::

    T1	money 11 24	2,5 tỷ đồng       a fact, or furniture with the label ``ignore``; offsets are code points
    A1	amount T1 2500000000             a field that is one word
    #1	AnnotatorNotes T1	{"rate":"1 năm"}  the other fields, as one JSON object

A mark that runs over line breaks has a fragment a line, as brat writes it. ``articles.jsonl`` keeps the order and the
articles' own fields, for which brat has no place, and ``annotation.conf`` lets brat open the folder as it is. A folder
made elsewhere needs neither; a note that is no JSON object is a person's remark and stays unread.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

from khcn_extract.formats_marks import (
    LABELS,
    Loss,
    Mark,
    article_of,
    at,
    field_to_text,
    header_of,
    json_object,
    marks_of,
    one_line,
    text_to_field,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from khcn_extract.gold import GoldArticle

ARTICLES = "articles.jsonl"
CONFIGURATION = "annotation.conf"

_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_LINE = re.compile(f"[^{_BREAKS}]+")
_ONE_WORD = re.compile(r"\S+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9_.+-]+")
_MARK = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t(.+)")
_FIELD = re.compile(r"[AM]\d+\t(\S+) (T\d+) (.+)")
_NOTE = re.compile(r"#\d+\t\S+ (\S+)\t(.*)")


def write(articles: Sequence[GoldArticle], folder: Path) -> Iterator[Loss]:
    """Fills a new or empty folder; a mark that begins or ends in a line break is lost."""
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; allowed is a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    headers: list[dict[str, Any]] = []
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for article, name in zip(articles, _names(articles), strict=True):
        lines: list[str] = []
        ids = count(1)
        for number, mark in enumerate(marks_of(article), start=1):
            if not (_LINE.match(mark.text or "") and _LINE.match((mark.text or "")[-1])):
                yield Loss(article.article_id, str(mark), "brat has no marks that begin or end in a line break")
                continue
            lines += _lines(mark, number, ids)
            for field, word in _words(mark).items():
                values[field][mark.label].add(word)
        (folder / f"{name}.txt").write_bytes(article.text.encode())
        (folder / f"{name}.ann").write_bytes("".join(f"{line}\n" for line in lines).encode())
        headers.append({"file": name, **header_of(article)})
    index = "".join(json.dumps(header, ensure_ascii=False) + "\n" for header in headers)
    (folder / ARTICLES).write_bytes(index.encode())
    (folder / CONFIGURATION).write_bytes(_configuration(values).encode())


def _names(articles: Iterable[GoldArticle]) -> Iterator[str]:
    """A file name for each article: its id where that is plain, else its number."""
    taken: set[str] = set()
    for number, article in enumerate(articles, start=1):
        name = article.article_id
        if not _PLAIN_NAME.fullmatch(name) or name.casefold() in taken:
            name = f"article-{number}"
        while name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        yield name


def _lines(mark: Mark, number: int, ids: Iterator[int]) -> Iterator[str]:
    text = mark.text or ""
    parts = [(mark.start + line.start(), mark.start + line.end()) for line in _LINE.finditer(text)]
    places = ";".join(f"{start} {end}" for start, end in parts)
    yield f"T{number}\t{mark.label} {places}\t{' '.join(_LINE.findall(text))}"
    words = _words(mark)
    yield from (f"A{next(ids)}\t{field} T{number} {word}" for field, word in words.items())
    if rest := {field: ready for field, ready in mark.fields.items() if field not in words}:
        yield f"#{number}\tAnnotatorNotes T{number}\t{one_line(rest)}"


def _words(mark: Mark) -> dict[str, str]:
    """The fields that an attribute can hold."""
    scalars = {name: field_to_text(found) for name, found in mark.fields.items() if not isinstance(found, list)}
    return {name: text for name, text in scalars.items() if _ONE_WORD.fullmatch(text)}


def _configuration(values: Mapping[str, Mapping[str, set[str]]]) -> str:
    attributes = []
    for field, by_label in values.items():
        words = sorted(word for word in set().union(*by_label.values()) if _PLAIN_VALUE.fullmatch(word))
        if words:
            attributes.append(f"{field}\tArg:{'|'.join(sorted(by_label))}, Value:{'|'.join(words)}")
    return "\n".join(["[entities]", *LABELS, "", "[relations]", "", "[events]", "", "[attributes]", *attributes, ""])


# -- reading ---------------------------------------------------------------------------------------------------------


def read(folder: Path) -> Iterator[GoldArticle]:
    """Articles of a folder: in the order of its ``articles.jsonl``, then any other by name."""
    headers = _headers(folder / ARTICLES)
    for path in sorted(folder.glob("*.ann")):
        headers.setdefault(path.stem, {"article_id": path.stem})
    for name, header in headers.items():
        path = folder / f"{name}.ann"
        text = _content(path.with_name(f"{name}.txt"))
        marks = list(_marks(path, text))
        with at(path):
            article = article_of(header, text, marks)
        yield article


def _headers(path: Path) -> dict[str, dict[str, Any]]:
    headers: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n") if path.exists() else [], start=1):
        with at(f"{path}, line {number}"):
            if not line.strip():
                continue
            header = json_object(line)
            if not _PLAIN_NAME.fullmatch(name := str(header.pop("file", ""))):
                raise ValueError(f"file {name!r}; allowed is the name of a .txt and a .ann in the folder")
            headers[name] = header
    return headers


def _content(path: Path) -> str:
    with at(path):
        if not path.exists():
            raise ValueError("no such file; allowed is a .txt and a .ann for each article")
        return path.read_bytes().decode()


def _marks(path: Path, text: str) -> Iterator[Mark]:
    """Marks in the order of their lines, wherever the lines of their fields stand."""
    lines = _content(path).split("\n")
    marks: dict[str, Mark] = {}
    said: dict[str, dict[str, Any]] = defaultdict(dict)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        with at(f"{path}, line {number}"):
            if found := _MARK.fullmatch(line.rstrip("\r")):
                if found[1] in marks:
                    raise ValueError(f"{found[1]} stands twice; allowed is one line a mark")
                marks[found[1]] = _mark(found, text)
            else:
                target, fields = _fields(line.rstrip("\r"))
                if twice := sorted(said[target].keys() & fields):
                    raise ValueError(f"{target} has {twice[0]} twice; allowed is one value a field")
                said[target] |= fields
    with at(path):
        if lost := sorted(target for target, fields in said.items() if fields and target not in marks):
            raise ValueError(f"fields of {lost[0]}, which is no mark; allowed are those of T lines")
    yield from (mark._replace(fields=said[name]) for name, mark in marks.items())


def _mark(line: re.Match[str], text: str) -> Mark:
    """A mark whose fragments have nothing but line breaks between them, checked fragment by fragment."""
    parts = [(int(start), int(end)) for start, end in (part.split(" ") for part in line[3].split(";"))]
    start, end = parts[0][0], parts[-1][1]
    mark = Mark(start, end, line[2], line[4])
    if (there := " ".join(text[first:last] for first, last in parts)) != line[4]:
        raise ValueError(f"{mark}: the text has {there!r} there; allowed are offsets in code points of the text")
    if any(text[last:first].strip(_BREAKS) for (_, last), (first, _) in pairwise(parts)):
        raise ValueError(f"{mark} leaves out words; allowed are marks that only leave out line breaks")
    return mark._replace(text=text[start:end])


def _fields(line: str) -> tuple[str, dict[str, Any]]:
    """Whose fields an A or # line has, and which."""
    if found := _FIELD.fullmatch(line):
        return found[2], {found[1]: text_to_field(found[1], found[3])}
    if found := _NOTE.fullmatch(line):
        return found[1], json_object(found[2]) if found[2].startswith("{") else {}
    raise ValueError(f"{line!r}; allowed are marks (T), fields (A) and notes (#): gold has no place for anything else")
