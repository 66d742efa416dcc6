"""The project's own articles taken apart: sentences with a slot for each number, date, year and personal name.

`sources` reads ``corpus/``, `prose` the paragraphs beside this file that state no facts. Read `Source` first, then
`_SLOT`, which says what varies. Nothing here asks the extractor, so that its changes leave the text alone and the
figures of two versions compare.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import regex as re

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).resolve().parent
_CORPUS = _HERE.parent / "corpus"
_BODY_LINE = 150
"""Characters from which on a line is a paragraph of the article, and no headline, caption, list item or menu."""

_SLOT = re.compile(
    r"""
      (?P<kept>     [\p{L}_]-?\d[\w./:-]* | \d+:\d+ | \d+[hH]\d* | \d{1,2}\ giờ(?:\ \d+)? | (?m:^)\s*\d{1,2}[.)]
                    | (?<=(?:TCVN|ISO|QCVN)[ ])\d+ | 100(?=%) | GMT\+\d+ )
    | (?P<date>     \d{1,2}(?P<sep>[/.-])\d{1,2}(?P=sep)(?:19|20)\d\d(?!\d) )
    | (?P<month>    \d{1,2}[/-](?:19|20)\d\d(?![\d/-]) )
    | (?P<symbol>   \d{1,5}/(?:19|20)\d\d(?=/\p{L}) )
    | (?P<day>      (?<=(?:gày|áng|iều|[Tt]ối|trưa|đến|và|trước)[ ]|[(])(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]|1[0-2])
                    (?![\d/]) )
    | (?P<year>     (?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d) )
    | (?P<ordinal>  (?<=(?:áng|gày|uý|hóa|kỳ|thứ|lớp|tầng|mục|Điều)[ ])(?:0?[1-9]|[12]\d)(?![\d/]|[.,]\d) )
    | (?P<range>    (?<=(?:[Tt]ừ|đến|\d[ ]?[-–])[ ]?)\d+(?:[.,]\d+)* | \d+(?:[.,]\d+)*(?=[ ]?[-–][ ]?\d) )
    | (?P<ratio>    \d+/\d+ )
    | (?P<number>   \d+(?:[.,]\d+)* )
    | (?P<person>   (?<!\p{L})(?:Bùi|Chu|Dương|Đào|Đặng|Đinh|Đoàn|Đỗ|Hoàng|Hồ|Huỳnh|Lê|Lò|Lý|Mai|Ngô|Nguyễn|Nông|Phạm|
                    Phan|Quách|Tạ|Tô|Trần|Triệu|Trịnh|Trương|Vàng|Võ|Vũ|Vương)(?:\ \p{Lu}\p{Ll}+){2,3}(?!\p{L})
                    | (?<!\p{L})\p{Lu}\p{Ll}+\ (?:Văn|Thị|Hữu|Đình|Đức)(?:\ \p{Lu}\p{Ll}+){1,2}(?!\p{L}) )
    | (?P<given>    (?<=(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Tt]hầy|đồng\ chí)[ ])(?!Rịa|[UỦ][yỷ]|Bí|Phó)
                    \p{Lu}\p{Ll}+(?!\p{L}|[ ]\p{Lu}) )
    """,
    re.VERBOSE,
)
"""What varies, each by the group's name; ``kept`` comes first and does not: clock times, list numbers, ``QL1A``."""
_SENTENCE_END = re.compile(r"(?<!^\d{1,2}[.])(?<=\p{Ll}[.!?…]|[\d%)”][.!?…]|[.!?]”) (?=[\p{Lu}“])")


class Slot(NamedTuple):
    """A place in a sentence that each new article fills anew."""

    kind: str
    written: str


Sentence = tuple[str | Slot, ...]
Line = tuple[Sentence, ...]
Block = tuple[Line, ...]
"""A paragraph with the short lines behind it, e.g. a list, which stay in their order."""


class Source(NamedTuple):
    """An article taken apart."""

    head: Block
    """What stands above the first paragraph: menu, headline, stamp."""
    body: tuple[Block, ...]
    tail: Block
    """What stands below the last: byline, other news, counters."""


@cache
def sources() -> list[Source]:
    """The articles of ``corpus/`` in order of their names."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(_CORPUS.glob("*.txt")))
    found = [_taken_apart(unicodedata.normalize("NFC", text)) for text in texts]
    if not found:
        message = f"{_CORPUS} holds no articles to make a corpus of"
        raise ValueError(message)
    return found


def prose() -> list[list[str]]:
    """Paragraphs that state no facts, each as its sentences."""
    text = (_HERE / "prose.txt").read_text(encoding="utf-8")
    return [_SENTENCE_END.split(paragraph) for paragraph in text.strip().split("\n\n")]


@cache
def names() -> tuple[list[str], list[str]]:
    """Given names and middle names to call people by."""
    given, middle = (_HERE / "names.txt").read_text(encoding="utf-8").split("\n\n")
    return given.split(), middle.split()


def _taken_apart(text: str) -> Source:
    lines = [line for line in text.split("\n") if line.strip()]
    paragraphs = [i for i, line in enumerate(lines) if len(line) >= _BODY_LINE] or [0]
    first, last = paragraphs[0], paragraphs[-1]
    ends = [*paragraphs[1:], last + 1]
    body = tuple(_block(lines[start:end]) for start, end in zip(paragraphs, ends, strict=True))
    return Source(_block(lines[:first]), body, _block(lines[last + 1 :]))


def _block(lines: list[str]) -> Block:
    return tuple(tuple(tuple(_pieces(sentence)) for sentence in _SENTENCE_END.split(line)) for line in lines)


def _pieces(sentence: str) -> Iterator[str | Slot]:
    end = 0
    for match in _SLOT.finditer(sentence):
        if match.lastgroup == "kept":
            continue
        yield sentence[end : match.start()]
        yield Slot(str(match.lastgroup), match.group())
        end = match.end()
    yield sentence[end:]
