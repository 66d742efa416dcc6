"""CPU time of each stage, measured inside this process, and of the floor under all of them.

`measure` is the whole of it. A stage is timed while the product runs: its function is replaced by one that does the
same and keeps the time (`_watched`), so that each stage meets the caches and the garbage collector as it does in
earnest; the watching itself takes about 1 %. The extractor remembers expressions that it has read; so no text is
measured twice, each round is another part of the corpus, and the best round counts, as a whole: the parts of
``process_many`` add up to it.
"""

from __future__ import annotations

import json
import unicodedata
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from operator import attrgetter
from time import process_time_ns
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import regex as re
from figures import Figure

from khcn_extract import counts, dates, documents, furniture, money, officials, pipeline, provinces
from khcn_extract.columns import Batch, content_hash, to_batch
from khcn_extract.engine import RuleSet
from khcn_extract.facts import Article
from khcn_extract.pipeline import process_many
from khcn_extract.read import read_articles
from khcn_extract.store import Run, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from khcn_extract.facts import Extraction

_ROUNDS = 10
_REPEATS = 3
"""Times that a stage without memory of its own is measured."""
_TOGETHER = 64
"""Articles that `khcn_extract.run` sends through the stages at once."""
_NUMBERS = re.compile(r"\d+(?:[.,/]\d+)*")

_WATCHED: tuple[tuple[str, Any, str], ...] = (
    ("clean", pipeline, "clean"),
    ("furniture", furniture, "look"),
    ("province", provinces, "about"),
    ("rules: find mentions", RuleSet, "find_many"),
    ("officials", officials, "find_many"),
    ("dates, documents, quantities", dates, "read"),
    ("dates, documents, quantities", documents, "read"),
    ("dates, documents, quantities", counts, "read"),
    ("dates, documents, quantities", money, "read"),
)
"""Stage, and the function that is it; none of these calls another."""
_REST = "the rest: titles, offsets, facts"


@dataclass(slots=True)
class Measured:
    """Figures of the stages, and what was found on the way."""

    figures: list[Figure] = field(default_factory=list)
    text_bytes: int = 0
    facts: int = 0
    distinct: int = 0


def measure(path: Path, folder: Path) -> Measured:
    """Time the floor and all stages over a JSON Lines file; stores are made in ``folder``."""
    articles = [item for item in read_articles(path) if isinstance(item, Article)]
    measured = Measured(text_bytes=_bytes(articles))
    whole_size = measured.text_bytes
    floor = min(_timed(lambda: _floor(path)) for _ in range(_REPEATS))
    reading = min(_timed(lambda: _exhaust(read_articles(path))) for _ in range(_REPEATS))
    process_many(articles[:1])  # Rules are compiled at the first article; that is start-up.
    rounds: list[list[Figure]] = []
    tables: list[Figure] = []
    batches: list[Batch] = []
    seen: set[str] = set()
    for some in _rounds(articles):
        size = _bytes(some)
        started = process_time_ns()
        with _watched() as times:
            extractions = _extracted(some)
        spent = process_time_ns() - started
        times[_REST] = spent - sum(times.values())
        parts = [Figure(name, part / 1e9, size, depth=1) for name, part in times.items()]
        rounds.append([Figure("process_many", spent / 1e9, size), *parts])
        started = process_time_ns()
        batch = to_batch(extractions, [content_hash(article) for article in some])
        tables.append(Figure("to_batch", (process_time_ns() - started) / 1e9, size))
        batches.append(batch)
        texts = [fact.text for extraction in extractions for fact in extraction.facts]
        measured.facts += len(texts)
        seen.update(texts)
    stores = [folder / f"stages-{i}.duckdb" for i in range(_REPEATS)]
    loading = min(_timed(partial(_loaded, batches, store)) for store in stores)
    measured.distinct = len(seen)
    measured.figures = [
        Figure("floor: lines, JSON, NFC, one number pass", floor, whole_size),
        Figure("read_articles", reading, whole_size),
        *max(rounds, key=lambda figures: figures[0].mb_per_s),
        max(tables, key=attrgetter("mb_per_s")),
        Figure("Store.load", loading, whole_size),
    ]
    return measured


def _floor(path: Path) -> int:
    """The least that any extractor of numbers does: its time is what the others are held against."""
    numbers = 0
    with path.open("rb") as stream:
        for line in stream:
            text = unicodedata.normalize("NFC", json.loads(line.decode())["text"])
            numbers += len(_NUMBERS.findall(text))
    return numbers


def _rounds(articles: Sequence[Article]) -> list[list[Article]]:
    rest = iter(articles)
    size = -(-len(articles) // _ROUNDS)
    return [some for _ in range(_ROUNDS) if (some := list(islice(rest, size)))]


def _extracted(articles: Sequence[Article]) -> list[Extraction]:
    return [
        extraction
        for at in range(0, len(articles), _TOGETHER)
        for extraction in process_many(articles[at : at + _TOGETHER])
    ]


def _loaded(batches: Sequence[Batch], path: Path) -> None:
    # Closing writes what is not yet in the file, so it belongs to loading.
    with Store(path) as store:
        run = Run("bench", datetime(2026, 1, 1, tzinfo=UTC), "0", "bench")
        for batch in batches:
            store.load(batch, run)


@contextmanager
def _watched() -> Iterator[dict[str, int]]:
    """Nanoseconds of CPU that each stage spends while this is open."""
    times = {name: 0 for name, _, _ in _WATCHED}
    with ExitStack() as patches:
        for name, home, function in _WATCHED:
            patches.enter_context(patch.object(home, function, _watch(getattr(home, function), name, times)))
        yield times


def _watch(function: Callable[..., Any], name: str, times: dict[str, int]) -> Callable[..., Any]:
    def watched(*args: Any, **options: Any) -> Any:
        started = process_time_ns()
        try:
            return function(*args, **options)
        finally:
            times[name] += process_time_ns() - started

    return watched


def _timed(work: Callable[[], object]) -> float:
    started = process_time_ns()
    work()
    return (process_time_ns() - started) / 1e9


def _exhaust(items: Iterator[object]) -> None:
    for _ in items:
        pass


def _bytes(articles: Sequence[Article]) -> int:
    return sum(len(article.text.encode()) for article in articles)
