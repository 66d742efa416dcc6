"""Synthetic news of any size, for measuring speed: the project's own articles put together anew.

Read `write` first. `articles` shuffles sentences and paragraphs of a few articles (`templates.sources`) into a new one
of 2 to 8 KB, with a fresh value in each slot, and mixes in paragraphs that state no facts: the project's articles test
hazards and are nearly three times as dense as real news. Values are fresh because the extractor remembers what it has
read, and equal strings would make it look faster than it is.

The same size, seed and ``corpus/`` give the same articles.
"""

from __future__ import annotations

import json
import random
import unicodedata
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import templates
from templates import Block, Line, Sentence, Slot, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

PROSE_SHARE = 0.63
"""Part of the text that is prose without facts: gives 5,000 to 6,000 facts a megabyte, as counted in real news."""
SHORTEST, LONGEST = 2_000, 8_000
"""Bytes of an article."""
_MEDIAN = 4_000
_SOURCES = 3
"""Articles that a new one is made of: few, so that odd characters stay in few articles, as in real news."""
_DECOMPOSED = 150
"""One article in so many comes in NFD, as in ``corpus/``."""


class Written(NamedTuple):
    """What a generated file holds."""

    articles: int
    text_bytes: int
    """UTF-8 bytes of the articles' text alone, which is what speeds are counted in."""


def write(path: Path, size: int, *, seed: int = 1) -> Written:
    """Write articles with ``size`` bytes of text as JSON Lines, memory flat at any size."""
    number = text_bytes = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for article in articles(size, seed=seed):
            number += 1
            text_bytes += len(article["text"].encode())
            stream.write(json.dumps(article, ensure_ascii=False) + "\n")
    return Written(number, text_bytes)


def articles(size: int, *, seed: int = 1) -> Iterator[dict[str, str]]:
    """Articles as the records of a dump, until their text has ``size`` bytes."""
    rng = random.Random(seed)
    sources, prose = _Deck(templates.sources(), rng), _Deck(templates.prose(), rng)
    left = size
    for number in count(1):
        if left <= 0:
            return
        wanted = min(max(int(rng.lognormvariate(0, 0.4) * _MEDIAN), SHORTEST), LONGEST, max(left, SHORTEST))
        text = _text(sources, prose, wanted, rng)
        if number % _DECOMPOSED == 0:
            text = unicodedata.normalize("NFD", text)
        left -= len(text.encode())
        published = f"{rng.randint(2010, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        url = f"https://news.example/{number}.html"
        yield {"id": f"synthetic-{number:07}", "url": url, "published_at": published, "text": text}


class _Deck:
    """Things drawn in random order, each once before any comes again."""

    def __init__(self, things: Sequence[Any], rng: random.Random) -> None:
        self._things = things
        self._rng = rng
        self._left: list[Any] = []

    def draw(self) -> Any:
        if not self._left:
            self._left = self._rng.sample(self._things, len(self._things))
        return self._left.pop()


def _text(sources: _Deck, prose: _Deck, wanted: int, rng: random.Random) -> str:
    """An article of about ``wanted`` bytes."""
    drawn: list[Source] = [sources.draw() for _ in range(_SOURCES)]
    blocks = [block for source in drawn for block in source.body]
    rng.shuffle(blocks)
    filled = _Values(rng)
    head, tail = filled.block(drawn[0].head), filled.block(drawn[0].tail)
    paragraphs = [head] if head else []
    dense = len((head + tail).encode())
    bland = 0
    while dense + bland < wanted:
        # What is behind its share goes next, so that the mixture is right in each article and not only on the whole.
        if bland < PROSE_SHARE * (dense + bland) or not blocks:
            paragraph = _bland(prose, rng)
            bland += len(paragraph.encode())
        else:
            paragraph = filled.block(blocks.pop(), rng)
            dense += len(paragraph.encode())
        paragraphs.append(paragraph)
    return "\n\n".join([*paragraphs, tail] if tail else paragraphs) + "\n"


def _bland(prose: _Deck, rng: random.Random) -> str:
    """A paragraph without facts, of the sentences of two, so that few are the same."""
    sentences: list[str] = prose.draw() + prose.draw()
    return " ".join(rng.sample(sentences, rng.randint(3, 5)))


class _Values:
    """Fresh values for the slots of one article: what recurs in it is written alike again, as writers do."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given, self._middle = templates.names()
        self._said: dict[Slot, str] = {}
        self._fill: dict[str, Callable[[str], str]] = {
            "date": self._date,
            "month": self._month,
            "symbol": self._symbol,
            "day": self._day,
            "year": self._year,
            "ordinal": lambda written: self._like(written, 12),
            "range": self._range,
            "ratio": self._ratio,
            "number": self._number,
            "person": self._person,
            "given": lambda _: rng.choice(self._given),
        }

    def block(self, block: Block, shuffler: random.Random | None = None) -> str:
        """The block's lines, the sentences of each in a new order if there is a ``shuffler``."""
        return "\n".join([self._line(line, shuffler) for line in block])

    def _line(self, line: Line, shuffler: random.Random | None) -> str:
        sentences: Sequence[Sentence] = line
        if shuffler and len(line) > 1:
            sentences = shuffler.sample(line, len(line))
        return " ".join(["".join([p if type(p) is str else self._value(p) for p in s]) for s in sentences])  # type: ignore[arg-type]

    def _value(self, slot: Slot) -> str:
        said = self._said.get(slot)
        if said is None:
            said = self._said[slot] = self._fill[slot.kind](slot.written)
        return said

    def _date(self, written: str) -> str:
        separator = written[-5]
        day, month, year = written.split(separator)
        return separator.join((self._like(day, 28), self._like(month, 12), self._value(Slot("year", year))))

    def _day(self, written: str) -> str:
        separator = "/" if "/" in written else "-"
        day, month = written.split(separator)
        return self._like(day, 28) + separator + self._like(month, 12)

    def _month(self, written: str) -> str:
        return self._like(written[:-5], 12) + written[-5] + self._value(Slot("year", written[-4:]))

    def _symbol(self, written: str) -> str:
        number, year = written.split("/")
        return f"{self._digits(number)}/{self._value(Slot('year', year))}"

    def _year(self, _: str) -> str:
        return str(self._rng.randint(2008, 2027))

    def _like(self, written: str, highest: int) -> str:
        """A number up to the highest, with a leading zero where the old one has it or could not have it."""
        number = self._rng.randint(1, highest)
        return f"{number:02}" if written[0] == "0" else str(number)

    def _number(self, written: str) -> str:
        # Small numbers are the likeliest to recur; half of them grow.
        grown = len(written) == 1 and self._rng.random() < 0.5
        return self._digits(f"{written}{self._rng.randint(0, 99)}" if grown else written)

    def _digits(self, written: str) -> str:
        """Digits in place of digits; zeros in front and the zeros of ``1.250.000`` stay."""
        rng = self._rng
        value = written.lstrip("0")
        end = value.rstrip("0.") if value.endswith(".000") else value
        fresh = "".join([c if c in ".," else str(rng.randint(0, 9)) for c in end[1:]])
        first = str(rng.randint(1, 9)) if end else ""
        return written[: len(written) - len(value)] + first + fresh + value[len(end) :]

    def _range(self, written: str) -> str:
        # The first digit stays, so that the lower end stays below the upper one.
        return written[0] + self._digits("1" + written[1:])[1:]

    def _ratio(self, written: str) -> str:
        part, whole = written.split("/")
        total = self._digits(whole)
        return f"{self._rng.randint(0, max(int(total), 1)):0{len(part) if part[0] == '0' else 1}}/{total}"

    def _person(self, written: str) -> str:
        words = written.split(" ")
        if words[1] != "Thị":
            words[1] = self._rng.choice(self._middle)
        if len(words) == 4:
            words[2] = self._rng.choice(self._middle)
        # ``ông Thước`` later in the article is the same person.
        words[-1] = self._value(Slot("given", words[-1]))
        return " ".join(words)
