"""The command line ``khcn``: thin over the library, one function a command.

Heavy imports stand inside the commands that need them, so that ``khcn --help`` answers at once. Exit codes: 0 all well,
1 done with rejects, 2 wrong usage, 3 fatal, 4 interrupted.
"""

from __future__ import annotations

import contextlib
import glob
import io
import os
import sys
import traceback
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khcn_extract.cli_evaluation import FATAL, Model, compare, convert, evaluate, floors, plain_errors
from khcn_extract.cli_officials import halves, train
from khcn_extract.cli_persons import persons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from khcn_extract.facts import Article, Reject
    from khcn_extract.run import Defaults, Summary

WITH_REJECTS, INTERRUPTED = 1, 4
_INTERRUPTED_BY_TYPER = 130
"""What typer makes of a `KeyboardInterrupt`."""

app = typer.Typer(
    help="Facts from Vietnamese provincial news: officials, dates, documents, counts and money.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help is as readable and twice as fast
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """How a query's answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT...", help="Files, folders or globs: txt, html, jsonl, json, csv, parquet; gz, zst."),
]
Published = Annotated[
    datetime | None,
    typer.Option(
        "--published", metavar="DATE", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="For articles that give no date."
    ),
]
Province = Annotated[str | None, typer.Option("--province", metavar="NAME", help="For articles that name none.")]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Read so many articles at most.")]


@app.command()
def extract(
    inputs: Inputs,
    out: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="NAME.duckdb: fact store; NAME.jsonl: gold format.")
    ],
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes that extract.")] = 1,
    limit: Limit = None,
    published: Published = None,
    province: Province = None,
    model: Model = True,
) -> None:
    """Extract facts from articles into a fact store or a file.

    Run again, only new and changed articles are worked on.
    """
    # Or numpy starts a thread for each core, here and in each worker, for products of matrices that none forms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from khcn_extract.run import Defaults

    defaults = Defaults(_day_or_time(published), _known_province(province), model)
    if out.suffix not in (".duckdb", ".jsonl"):
        said = "its name must end in .duckdb (a fact store) or .jsonl (a file in the gold format)"
        raise typer.BadParameter(said, param_hint=f"--out {out}")
    if out.suffix == ".jsonl" and _is_read(out, inputs):
        raise typer.BadParameter("it is one of the inputs and would be overwritten", param_hint=f"--out {out}")
    summary = (_into_store if out.suffix == ".duckdb" else _into_file)(inputs, out, workers, limit, defaults)
    _print_summary(summary, out)
    if summary.rejects:
        raise typer.Exit(WITH_REJECTS)


@app.command()
def show(
    inputs: Inputs,
    html: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write a page with the facts marked instead.")
    ] = None,
    limit: Limit = None,
    published: Published = None,
    model: Model = True,
) -> None:
    """Show articles with their facts marked."""
    from khcn_extract.pipeline import process
    from khcn_extract.show import as_html, as_text

    rejects: list[Reject] = []
    published_at = _day_or_time(published)
    extractions = (process(a, published_at=published_at, model=model) for a in _articles(inputs, limit, rejects))
    if html is not None:
        shown = list(extractions)
        with plain_errors():
            html.write_text(as_html(shown), encoding="utf-8")
        typer.echo(f"{html}: {len(shown)} articles")
    else:
        from rich.console import Console

        console = Console(highlight=False)
        with plain_errors(), _reader_may_leave():
            for extraction in extractions:
                console.print(as_text(extraction))
    if rejects:
        raise typer.Exit(WITH_REJECTS)


@app.command()
def explain(inputs: Inputs, limit: Limit = None, published: Published = None, model: Model = True) -> None:
    """Say how each fact came about, and what was seen and left out."""
    from khcn_extract.explanation import explain as explain_article
    from khcn_extract.show import explanation_lines

    rejects: list[Reject] = []
    with plain_errors(), _reader_may_leave():
        for article in _articles(inputs, limit, rejects):
            explanation = explain_article(article, published_at=_day_or_time(published), model=model)
            typer.echo("\n".join(explanation_lines(explanation)))
    if rejects:
        raise typer.Exit(WITH_REJECTS)


@app.command()
def query(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A fact store.")],
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One statement; tables and columns: see DESCRIBE.")],
    format: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,  # noqa: A002
) -> None:
    """Ask a fact store in SQL, read-only."""
    from khcn_extract.show import write_answer
    from khcn_extract.store import query as ask

    with plain_errors(), ask(store, sql) as answer, _reader_may_leave():
        write_answer(answer.columns, answer.rows, format.value, sys.stdout)
        sys.stdout.flush()


for command in (evaluate, halves, compare, floors, convert, train, persons):
    app.command()(command)


def main() -> None:
    """Entry point: the commands, with interruption turned into an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(encoding="utf-8")  # no other code page has all of Vietnamese
    try:
        code = app(standalone_mode=False, prog_name="khcn")
    except KeyboardInterrupt:
        code = _INTERRUPTED_BY_TYPER
    except Exception as error:  # noqa: BLE001
        if type(error).__module__.partition(".")[0] in ("click", "typer"):
            show_usage = getattr(error, "show", None)
            if show_usage is None:  # click's Abort
                _end("interrupted", INTERRUPTED)
            else:
                show_usage()
            sys.exit(getattr(error, "exit_code", 2))
        traceback.print_exc()  # a fault of the program: whoever mends it needs the place
        sys.exit(FATAL)  # Python's own 1 would say that all was done, with rejects
    if code == _INTERRUPTED_BY_TYPER:
        _end("interrupted; a fact store keeps what was done, the same command goes on from there", INTERRUPTED)
    sys.exit(code or 0)


def _into_store(inputs: list[str], out: Path, workers: int, limit: int | None, defaults: Defaults) -> Summary:
    import khcn_extract
    from khcn_extract.run import run
    from khcn_extract.store import Run, Store

    started = datetime.now(UTC)
    this_run = Run(f"{started:%Y%m%dT%H%M%S%fZ}", started, khcn_extract.__version__, defaults.extractor())
    with plain_errors(), Store(out) as store, _progress() as progress:
        summary = run(inputs, store, this_run, defaults=defaults, workers=workers, limit=limit, progress=progress)
        store.finish(this_run, datetime.now(UTC))
    return summary


def _into_file(inputs: list[str], out: Path, workers: int, limit: int | None, defaults: Defaults) -> Summary:
    from khcn_extract.run import run_to_gold

    with plain_errors(), _progress() as progress:
        return run_to_gold(inputs, out, defaults=defaults, workers=workers, limit=limit, progress=progress)


def _is_read(out: Path, inputs: Iterable[str]) -> bool:
    """Whether a file that is there already is among the inputs: by its name, in a folder or by a glob."""
    if not out.exists():
        return False
    above = {out.resolve(), *out.resolve().parents}
    for name in inputs:
        found = [name] if Path(name).exists() else glob.iglob(name, recursive=True)  # noqa: PTH207  as `read` does it
        if any(Path(path).resolve() in above for path in found):
            return True
    return False


def _articles(inputs: Iterable[str], limit: int | None, rejects: list[Reject]) -> Iterator[Article]:
    """The articles of the inputs; each reject goes to ``rejects`` and is one line on stderr."""
    from khcn_extract.facts import Article
    from khcn_extract.read import read_articles

    left = limit
    for item in read_articles(inputs):
        if left == 0:
            return
        if isinstance(item, Article):
            yield item
            left = None if left is None else left - 1
        else:
            rejects.append(item)
            typer.echo(_reject_line(item), err=True)


def _reject_line(reject: Reject) -> str:
    return f"rejected {': '.join(part for part in (reject.source, reject.place) if part)}: {reject.reason}"


def _day_or_time(given: datetime | None) -> date | datetime | None:
    """A date alone where no hour was given."""
    if given is None:
        return None
    return given.date() if (given.hour, given.minute) == (0, 0) else given


def _known_province(given: str | None) -> str | None:
    """The name that the list of provinces has for it; wrong usage where it is none."""
    from khcn_extract.provinces import named

    try:
        return None if given is None else named(given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--province") from error


def _print_summary(summary: Summary, out: Path) -> None:
    """What a run did, in a few lines."""
    kinds = {"date": "dates", "document": "documents", "money": "money", "count": "counts", "official": "officials"}
    read = f"{summary.articles} articles extracted, {summary.unchanged} unchanged, {summary.rejects} rejected"
    typer.echo(f"{out}: {read}")
    total = sum(summary.facts.values())
    parts = ", ".join(f"{summary.facts[kind]} {name}" for kind, name in kinds.items())
    typer.echo(f"{total} facts: {parts}")
    typer.echo(f"{summary.furniture} pieces of page furniture left out")
    if summary.rejects:
        where = "table rejects" if out.suffix == ".duckdb" else f"{out.name}.rejects.jsonl"
        typer.echo(f"The reasons for each rejection are in {where}.")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[Summary], None]]:
    """A progress line on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading")

        def report(summary: Summary) -> None:
            facts = sum(summary.facts.values())
            bar.update(task, description=f"{summary.articles + summary.unchanged} articles, {facts} facts")

        yield report


@contextlib.contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Ends well where whoever reads has seen enough, as ``head`` has."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at the end
        raise typer.Exit from None


def _end(message: str, code: int) -> None:
    typer.echo(f"khcn: {message}", err=True)
    sys.exit(code)
