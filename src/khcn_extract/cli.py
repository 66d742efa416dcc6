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
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from khcn_extract.facts import Article, Reject
    from khcn_extract.run import Defaults, Summary

WITH_REJECTS, FATAL, INTERRUPTED = 1, 3, 4
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
    typer.Argument(metavar="INPUT...", help="Files, folders or globs: txt, html, jsonl, json, also gz, zst."),
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
) -> None:
    """Extract facts from articles into a fact store or a file.

    Run again, only new and changed articles are worked on.
    """
    from khcn_extract.run import Defaults

    defaults = Defaults(_day_or_time(published), province)
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
) -> None:
    """Show articles with their facts marked."""
    from khcn_extract.pipeline import process
    from khcn_extract.show import as_html, as_text

    rejects: list[Reject] = []
    extractions = (process(a, published_at=_day_or_time(published)) for a in _articles(inputs, limit, rejects))
    if html is not None:
        shown = list(extractions)
        with _plain_errors():
            html.write_text(as_html(shown), encoding="utf-8")
        typer.echo(f"{html}: {len(shown)} articles")
    else:
        from rich.console import Console

        console = Console(highlight=False)
        with _plain_errors():
            for extraction in extractions:
                console.print(as_text(extraction))
    if rejects:
        raise typer.Exit(WITH_REJECTS)


@app.command()
def explain(inputs: Inputs, limit: Limit = None, published: Published = None) -> None:
    """Say how each fact came about, and what was seen and left out."""
    from khcn_extract.explanation import explain as explain_article
    from khcn_extract.show import explanation_lines

    rejects: list[Reject] = []
    with _plain_errors():
        for article in _articles(inputs, limit, rejects):
            explanation = explain_article(article, published_at=_day_or_time(published))
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

    with _plain_errors(), ask(store, sql) as answer:
        write_answer(answer.columns, answer.rows, format.value, sys.stdout)
        sys.stdout.flush()


@app.command()
def evaluate(
    gold: Annotated[list[Path], typer.Argument(metavar="GOLD...", help="Files in the gold format.")],
    errors: Annotated[bool, typer.Option("--errors", help="List what was missed and what is spurious.")] = False,
) -> None:
    """Score the extractor on gold articles, by the annotation guideline."""
    from khcn_extract import evaluate as scores
    from khcn_extract.gold import read_gold
    from khcn_extract.pipeline import extract as extract_facts

    with _plain_errors():
        articles = [article for path in gold for article in read_gold(path)]
        report = scores.evaluate(articles, scores.predict(articles, extract_facts))
    typer.echo(scores.render(report, errors=errors), nl=False)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="Gold in one of the formats.")],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="Where to write; its name tells the format.")],
    from_: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="The source's format.")] = None,
    to: Annotated[str | None, typer.Option(metavar="FORMAT", help="The target's format.")] = None,
) -> None:
    """Convert gold: gold, brat, doccano, label-studio, conll, docbin."""
    from khcn_extract import formats

    with _plain_errors():
        lines = formats.convert(source, target, from_, to)
    typer.echo("\n".join(lines))


def main() -> None:
    """Entry point: the commands, with interruption turned into an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(encoding="utf-8")  # no other code page has all of Vietnamese
    try:
        code = app(standalone_mode=False)
    except KeyboardInterrupt:
        code = _INTERRUPTED_BY_TYPER
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("click", "typer"):
            show_usage = getattr(error, "show", None)
            if show_usage is None:  # click's Abort
                _end("interrupted", INTERRUPTED)
            else:
                show_usage()
            sys.exit(getattr(error, "exit_code", 2))
        raise
    if code == _INTERRUPTED_BY_TYPER:
        _end("interrupted; a fact store keeps what was done, the same command goes on from there", INTERRUPTED)
    sys.exit(code or 0)


def _into_store(inputs: list[str], out: Path, workers: int, limit: int | None, defaults: Defaults) -> Summary:
    import khcn_extract
    from khcn_extract.run import run
    from khcn_extract.store import Run, Store

    started = datetime.now(UTC)
    this_run = Run(f"{started:%Y%m%dT%H%M%S%fZ}", started, khcn_extract.__version__, defaults.extractor())
    with _plain_errors(), Store(out) as store, _progress() as progress:
        summary = run(inputs, store, this_run, defaults=defaults, workers=workers, limit=limit, progress=progress)
        store.finish(this_run, datetime.now(UTC))
    return summary


def _into_file(inputs: list[str], out: Path, workers: int, limit: int | None, defaults: Defaults) -> Summary:
    from khcn_extract.run import run_to_gold

    with _plain_errors(), _progress() as progress:
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


def _print_summary(summary: Summary, out: Path) -> None:
    """What a run did, in a few lines."""
    kinds = {"date": "dates", "document": "documents", "money": "money", "count": "counts", "official": "officials"}
    read = f"{summary.articles} articles extracted, {summary.unchanged} unchanged, {summary.rejects} rejected"
    typer.echo(f"{out}: {read}")
    total = sum(summary.facts.values())
    parts = ", ".join(f"{summary.facts[kind]} {name}" for kind, name in kinds.items())
    typer.echo(f"{total} facts: {parts}; {summary.furniture} pieces of page furniture left out")
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
def _plain_errors() -> Iterator[None]:
    """What is wrong with the user's files or words, as one plain sentence and exit code 3."""
    try:
        yield
    except BrokenPipeError:  # who reads has seen enough, as ``head`` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))
    except ValueError as error:
        _fail(str(error))


def _fail(message: str) -> Any:
    typer.echo(f"khcn: {message}", err=True)
    raise typer.Exit(FATAL)


def _end(message: str, code: int) -> None:
    typer.echo(f"khcn: {message}", err=True)
    sys.exit(code)
