"""A run: many articles through `pipeline.process`, into a fact store or a gold-format file.

Read `run` first. The unit of work is a batch of articles; `to_tables` and `to_lines` are pure functions of one and may
run in this process or in a pool: nothing in them knows which. One process, this one, writes. There is no manifest: the
store says what is done, batch by batch in its own transactions, so a run that is killed anywhere goes on where it was
when the same command runs again.

Nothing stops a run: an article that can't be read or that breaks the extractor, or even the worker process, becomes a
`Reject` with the reason.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
from collections import Counter, deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from io import StringIO
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, TextIO

from khcn_extract import gold
from khcn_extract.columns import Batch, content_hash, to_batch
from khcn_extract.facts import Article, Extraction, Reject
from khcn_extract.pipeline import engine, extractor_id, process_many
from khcn_extract.provinces import named
from khcn_extract.read import read_articles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import date, datetime
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from khcn_extract.officials_mentions import By
    from khcn_extract.store import Run, Store

    Worker = Callable[["Job"], "Done"]

_BATCH_CHARS = 1_000_000
_BATCH_ARTICLES = 1_000
_TOGETHER = 64
"""Articles that go through the stages together."""
_IN_FLIGHT = 2
"""Batches that wait for each worker, so that none stands idle while this process reads and writes."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds of articles that don't say, and what is asked of them."""

    published_at: date | datetime | None = None
    province: str | None = None
    model: bool = True
    """Whether the trained model is asked for officials too."""

    def __post_init__(self) -> None:
        """`ValueError` for a province that is none: it is no fault of the articles."""
        if self.province is not None:
            named(self.province)

    def extractor(self) -> str:
        """Name of what decides the facts: the package's code, rules and model, and these defaults."""
        said = [str(value) for value in (self.published_at, self.province) if value is not None]
        return "+".join([extractor_id(), *([] if self.model else ["no-model"]), *said])


@dataclass(slots=True)
class Summary:
    """What a run did."""

    articles: int = 0
    """Articles extracted."""
    unchanged: int = 0
    """Articles that the store had already, by the same extractor."""
    chars: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    """By kind."""
    furniture: int = 0
    """Regions of pages that were left out."""
    rejects: int = 0

    def add(self, other: Summary) -> None:
        """Counts in what another part of the run did."""
        self.articles += other.articles
        self.unchanged += other.unchanged
        self.chars += other.chars
        self.facts.update(other.facts)
        self.furniture += other.furniture
        self.rejects += other.rejects


class Job(NamedTuple):
    """Articles to extract together, each with its content hash."""

    articles: tuple[Article, ...]
    hashes: tuple[str, ...]
    rejects: tuple[Reject, ...]
    """What could not be read on the way."""
    defaults: Defaults
    unchanged: int = 0
    """Articles left out because the store has them."""


class Done(NamedTuple):
    """A batch as it comes back from a worker."""

    output: Batch | str
    """Arrow tables for a store, or lines for a file."""
    rejects: tuple[Reject, ...]
    did: Summary
    """What was done in this batch alone."""


def run(
    inputs: Iterable[str | Path],
    store: Store,
    this_run: Run,
    *,
    defaults: Defaults = Defaults(),
    workers: int = 1,
    limit: int | None = None,
    progress: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """Extracts what the inputs hold into the store and says what it did.

    Articles that the store has already, unchanged and by the same extractor, are left alone. ``limit`` bounds the
    articles read, ``progress`` is called after each batch. At the end persons are gathered across the articles. An
    interruption (`KeyboardInterrupt`) leaves the store with whole batches only, and the next run gathers.
    """
    summary = Summary()
    for done in _work(_jobs(inputs, limit, defaults, lambda job: _pending(job, store, this_run)), workers, to_tables):
        if isinstance(done.output, Batch):
            store.load(done.output, this_run)
        if done.rejects:
            store.reject(done.rejects, this_run)
        summary.add(done.did)
        progress(summary)
    store.gather_persons()
    return summary


def run_to_gold(
    inputs: Iterable[str | Path],
    out: Path,
    *,
    defaults: Defaults = Defaults(),
    workers: int = 1,
    limit: int | None = None,
    progress: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """Extracts into one JSON Lines file in the guideline's gold format; rejects go to ``<out>.rejects.jsonl``.

    Both files appear under their names only when they are whole. `ValueError` where another process is writing them.
    """
    summary = Summary()
    beside = out.with_name(out.name + ".rejects.jsonl")
    with _whole(out) as lines, _whole(beside) as rejects:
        for done in _work(_jobs(inputs, limit, defaults, lambda job: job), workers, to_lines):
            lines.write(str(done.output))
            for reject in done.rejects:
                row = {"source": reject.source, "place": reject.place, "reason": reject.reason}
                rejects.write(json.dumps(row, ensure_ascii=False) + "\n")
            summary.add(done.did)
            progress(summary)
    if not summary.rejects:
        beside.unlink()
    return summary


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """A file that gets its name when it is written to the end; `ValueError` where another process is writing it."""
    part = path.with_name(path.name + ".part")
    with _alone_in(part, path) as stream:
        yield stream
        stream.flush()
        part.replace(path)  # while it is locked: who waits for the name finds that it is gone, and makes a new one


def _alone_in(part: Path, path: Path) -> TextIO:
    """The part of ``path``, empty, opened and locked; the lock of a process that was killed is gone with it."""
    while True:
        stream = part.open("a", encoding="utf-8", newline="\n")  # "w" would empty what another is writing
        try:
            _lock(stream, path)
            if _has_name(stream, part):
                stream.truncate(0)
                return stream
        except BaseException:
            stream.close()
            raise
        stream.close()


def _has_name(stream: TextIO, path: Path) -> bool:
    """Whether the open file still has that name: another process may have put it in place before it was locked."""
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def _lock(stream: TextIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has none
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ValueError(f"{path} is in use by another process: wait until it has ended") from None


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Leaves the cyclic collector off meanwhile; for whole functions, whose facts are gone when it is on again.

    Facts hold no cycles, so reference counts free them; looking for cycles among hundreds of thousands of them took a
    third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_garbage_collection()
def to_tables(job: Job) -> Done:
    """The facts of a batch as Arrow tables; what breaks the extractor is a reject."""
    extractions, hashes, rejects, did = _extracted(job)
    return Done(to_batch(extractions, hashes), rejects, did)


@_no_garbage_collection()
def to_lines(job: Job) -> Done:
    """The facts of a batch as lines of the gold format; what breaks the extractor is a reject."""
    extractions, _, rejects, did = _extracted(job)
    lines = StringIO()
    gold.write_gold(extractions, lines)
    return Done(lines.getvalue(), rejects, did)


def _extracted(job: Job) -> tuple[list[Extraction], list[str], tuple[Reject, ...], Summary]:
    """The batch's extractions with their content hashes, its rejects, and what was done."""
    engine()  # a rule file with a mistake is an error of the run, and no reason to reject its articles
    extractions, hashes, rejects = [], [], list(job.rejects)
    did = Summary(unchanged=job.unchanged)
    for at in range(0, len(job.articles), _TOGETHER):
        some = slice(at, at + _TOGETHER)
        for extraction, digest in zip(_guarded(job.articles[some], job.defaults), job.hashes[some], strict=True):
            if isinstance(extraction, Reject):
                rejects.append(extraction)
                continue
            extractions.append(extraction)
            hashes.append(digest)
            did.chars += len(extraction.article.text)
            did.furniture += len(extraction.furniture)
            did.facts.update([fact.value.kind for fact in extraction.facts])
    did.articles, did.rejects = len(extractions), len(rejects)
    return extractions, hashes, tuple(rejects), did


def _guarded(articles: Sequence[Article], defaults: Defaults) -> list[Extraction | Reject]:
    """The articles' extractions; if one breaks the extractor, each for itself, that one as a reject."""
    try:
        by: By = "both" if defaults.model else "rules"
        return [*process_many(articles, published_at=defaults.published_at, province=defaults.province, by=by)]
    except Exception as error:  # noqa: BLE001  one article must not end a run of a million
        if len(articles) > 1:
            return [item for article in articles for item in _guarded([article], defaults)]
        reason = f"extraction failed on this article: {type(error).__name__}: {error}"
        return [Reject(articles[0].source or "", f"article {articles[0].article_id}", reason[:300])]


def _limited(items: Iterator[Article | Reject], limit: int | None) -> Iterator[Article | Reject]:
    """The items up to the limit's number of articles."""
    left = limit
    for item in items:
        if isinstance(item, Article):
            if left == 0:
                return
            left = None if left is None else left - 1
        yield item


def _unique(items: Iterator[Article | Reject]) -> Iterator[Article | Reject]:
    """The items with each article once: the same again is passed over, another under the same id is a reject.

    Costs about 100 bytes of memory an article.
    """
    seen: dict[bytes, bytes] = {}
    for item in items:
        if isinstance(item, Article):
            key = blake2b(item.article_id.encode("utf-8", "replace"), digest_size=8).digest()
            digest = blake2b(item.text.encode("utf-8", "replace"), digest_size=8).digest()
            before = seen.setdefault(key, digest)
            if before is not digest:
                if before != digest:
                    reason = "another article of this run has the same article_id and another text; the first was kept"
                    yield Reject(item.source or "", f"article {item.article_id}", reason)
                continue
        yield item


def _jobs(
    inputs: Iterable[str | Path], limit: int | None, defaults: Defaults, narrowed: Callable[[Job], Job]
) -> Iterator[Job]:
    """What the inputs hold, in batches; ``narrowed`` takes out of each what need not be done."""
    articles: list[Article] = []
    rejects: list[Reject] = []
    chars = 0
    for item in _unique(_limited(read_articles(inputs), limit)):
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            articles.append(item)
            chars += len(item.text)
        if chars >= _BATCH_CHARS or len(articles) + len(rejects) >= _BATCH_ARTICLES:
            yield narrowed(_job(articles, rejects, defaults))
            articles, rejects, chars = [], [], 0
    if articles or rejects:
        yield narrowed(_job(articles, rejects, defaults))


def _job(articles: list[Article], rejects: list[Reject], defaults: Defaults) -> Job:
    return Job(tuple(articles), tuple(content_hash(a) for a in articles), tuple(rejects), defaults)


def _pending(job: Job, store: Store, this_run: Run) -> Job:
    """The job without the articles that the store has done."""
    ids = [a.article_id for a in job.articles]
    pending = store.pending(zip(ids, job.hashes, strict=True), this_run.extractor)
    kept = [i for i, article_id in enumerate(ids) if article_id in pending]
    return job._replace(
        articles=tuple(job.articles[i] for i in kept),
        hashes=tuple(job.hashes[i] for i in kept),
        unchanged=len(ids) - len(kept),
    )


def _work(jobs: Iterator[Job], workers: int, worker: Worker) -> Iterator[Done]:
    """The batches' results in their order, by this process or by a pool."""
    if workers <= 1:
        yield from map(worker, jobs)
        return
    waiting: deque[Job] = deque()
    pool = _Pool(workers, worker)
    try:
        for job in jobs:
            pool.submit(job)
            waiting.append(job)
            if len(waiting) >= workers * _IN_FLIGHT:
                yield from pool.result(waiting.popleft())
        while waiting:
            yield from pool.result(waiting.popleft())
    finally:
        pool.close()


class _Pool:
    """A process pool that outlives its workers: a batch whose worker died is tried again in processes of its own."""

    def __init__(self, workers: int, worker: Worker) -> None:
        self._workers = workers
        self._worker = worker
        self._pool = _processes(workers)
        self._futures: dict[int, Future[Done]] = {}

    def submit(self, job: Job) -> None:
        """Gives the job to the pool; to a new one where a worker has died since."""
        try:
            future = self._pool.submit(self._worker, job)
        except BrokenProcessPool:
            self.close()
            self._pool = _processes(self._workers)
            future = self._pool.submit(self._worker, job)
        self._futures[id(job)] = future

    def result(self, job: Job) -> Iterator[Done]:
        """What the job gave, in one piece unless it killed its worker.

        A worker that dies takes all jobs in flight with it; each is then done again alone.
        """
        future = self._futures.pop(id(job))
        try:
            done = future.result()
        except BrokenProcessPool:
            yield from _alone(job, self._worker)
        else:
            yield done

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _alone(job: Job, worker: Worker) -> Iterator[Done]:
    """The batch in a process of its own; if that dies too, its halves, down to the one article that is to blame."""
    try:
        with _processes(1) as pool:
            done = pool.submit(worker, job).result()
    except BrokenProcessPool:
        if len(job.articles) <= 1:
            reason = "the worker process died on this article (out of memory?)"
            deadly = [Reject(a.source or "", f"article {a.article_id}", reason) for a in job.articles]
            yield worker(job._replace(articles=(), hashes=(), rejects=(*job.rejects, *deadly)))
            return
        middle = len(job.articles) // 2
        first = job._replace(articles=job.articles[:middle], hashes=job.hashes[:middle])
        second = Job(job.articles[middle:], job.hashes[middle:], (), job.defaults)
        yield from _alone(first, worker)
        yield from _alone(second, worker)
    else:
        yield done


def _processes(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, initializer=_serve_parent)


def _serve_parent() -> None:
    """In a worker: an interruption is for the parent to handle, and a worker whose parent was killed ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
