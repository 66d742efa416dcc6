"""The commands of ``khcn`` that a researcher uses: evaluate, compare, floors, convert. Thin, as `cli` is.

Heavy imports stand inside the commands.
"""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from khcn_extract.analysis import Analysis
    from khcn_extract.facts import Article, Fact
    from khcn_extract.gold import GoldArticle
    from khcn_extract.officials_mentions import By

    Extractor = Callable[[Article], Sequence[Fact]]

FATAL = 3
_SEALED = "test"
"""A gold file of this name is for measuring only: whoever sees its errors starts to write rules for them."""

Gold = Annotated[list[Path], typer.Argument(metavar="GOLD...", help="Files in the gold format.")]
Model = Annotated[bool, typer.Option("--model/--no-model", help="Ask the trained model for officials too.")]
Without = Annotated[list[str] | None, typer.Option(metavar="RULE", help="Leave a rule out; may be given again.")]


def evaluate(
    gold: Gold,
    errors: Annotated[bool, typer.Option("--errors", help="List what is wrong, by kind of error.")] = False,
    intervals: Annotated[bool, typer.Option("--intervals", help="All measures, with 95 % intervals.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="PATH", help="Write one page with all of it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a table, a column for each file.")] = False,
    articles: Annotated[
        Path | None, typer.Option(metavar="TSV", help="Properties of the articles, to group the scores by.")
    ] = None,
    without: Without = None,
    model: Model = True,
) -> None:
    """Score the extractor on gold articles, by the annotation guideline."""
    from khcn_extract import evaluate as guideline
    from khcn_extract import report_page, report_text, results
    from khcn_extract.analysis import to_json

    with plain_errors():
        extractor = _extractor(without, by="both" if model else "rules")
        if markdown:
            tables = {path.stem: _analysis([path], articles, extractor) for path in gold}
            typer.echo(results.table(tables), nl=False)
            return
        if not (intervals or html or as_json or errors):
            read = read_gold_files(gold)
            report = guideline.evaluate(read, guideline.predict(read, extractor))
            typer.echo(guideline.render(report), nl=False)
            return
        if errors and (sealed := [str(path) for path in gold if path.stem == _SEALED]):
            raise ValueError(f"{', '.join(sealed)} is for measuring only: its errors are not shown")
        analysis = _analysis(gold, articles, extractor)
        shown = all(path.stem != _SEALED for path in gold)
        if html is not None:
            title = f"khcn_extract on {', '.join(path.name for path in gold)}"
            html.write_text(report_page.report_page(analysis, title=title, errors=shown), encoding="utf-8")
            typer.echo(f"{html}: {len(analysis.report.articles)} articles, {len(analysis.cases)} errors")
        elif as_json:
            typer.echo(json.dumps(to_json(analysis, errors=shown), ensure_ascii=False, indent=1))
        else:
            typer.echo(report_text.render(analysis, errors=errors), nl=False)


def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="A run: a fact store or a file in the gold format.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another run over the same articles.")],
    gold: Annotated[list[Path] | None, typer.Option(metavar="GOLD", help="Gold to judge them by.")] = None,
    changes: Annotated[bool, typer.Option("--changes", help="With gold: list each gain and loss.")] = False,
) -> None:
    """Compare two runs, fact by fact; with gold, which is the better."""
    from khcn_extract import comparison, comparison_text
    from khcn_extract.saved_facts import read_facts

    with plain_errors():
        first, second = read_facts(before), read_facts(after)
        if gold:
            compared = comparison.compare(read_gold_files(gold), first, second)
            typer.echo(comparison_text.render_comparison(compared, changes=changes), nl=False)
        else:
            typer.echo(comparison_text.render_diff(comparison.diff(first, second)), nl=False)


def floors(
    file: Annotated[Path, typer.Argument(metavar="FLOORS", help="The file of floors, gold/floors.json.")],
    gold: Gold,
    raise_: Annotated[str | None, typer.Option("--raise", metavar="REASON", help="Set them to today's scores.")] = None,
    allow_lower: Annotated[bool, typer.Option("--allow-lower", help="With --raise: let floors fall too.")] = False,
) -> None:
    """Check the scores against the floors that they may not fall below, or raise the floors."""
    from khcn_extract import evaluate as guideline
    from khcn_extract import floors as ratchet

    with plain_errors():
        read = read_gold_files(gold)
        report = guideline.evaluate(read, guideline.predict(read, _extractor()))
        if raise_ is not None:
            today = datetime.now(UTC).date()
            new = ratchet.raise_floors(report, file, gold, on=today, reason=raise_, allow_lower=allow_lower)
            typer.echo(", ".join(f"{name} {floor:.4f}" for name, floor in new.floors.items()))
            return
        problems = ratchet.check(report, ratchet.read_floors(file), gold)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo("no score is below its floor")


def convert(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="Gold in one of the formats.")],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="Where to write; its name tells the format.")],
    from_: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="The source's format.")] = None,
    to: Annotated[str | None, typer.Option(metavar="FORMAT", help="The target's format.")] = None,
) -> None:
    """Convert gold: gold, brat, doccano, label-studio, conll, docbin."""
    from khcn_extract import formats

    with plain_errors():
        lines = formats.convert(source, target, from_, to)
    typer.echo("\n".join(lines))


def read_gold_files(gold: Iterable[Path]) -> list[GoldArticle]:
    """Gold articles of files in any of the formats."""
    from khcn_extract import formats

    for path in gold:
        if not path.exists():
            raise ValueError(f"{path}: there is no such file or folder")
    return [article for path in gold for article in formats.read(path, formats.detect(path))]


def _extractor(without: Sequence[str] | None = None, *, by: By = "both") -> Extractor:
    """The extractor, without some of its rules, or without the model."""
    from khcn_extract.pipeline import process_many

    left_out = frozenset(without or ())
    return lambda article: process_many([article], without=left_out, by=by)[0].facts


def _analysis(gold: Sequence[Path], articles: Path | None, extractor: Extractor) -> Analysis:
    from khcn_extract.analysis import analyse, metadata_of
    from khcn_extract.evaluate import predict

    read = read_gold_files(gold)
    metadata: dict[str, Mapping[str, str]] = {**metadata_of(read)}
    for article_id, properties in _properties(articles).items():
        metadata[article_id] = {**metadata.get(article_id, {}), **properties}
    return analyse(read, predict(read, extractor), metadata=metadata)


def _properties(articles: Path | None) -> dict[str, dict[str, str]]:
    """The kind of source of each article, from a table such as ``corpus/articles.tsv``."""
    import csv

    if articles is None:
        return {}
    with articles.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["article_id"]: {"source kind": row["source_kind"]} for row in rows}


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """What is wrong with the user's files or words, as one plain sentence and exit code 3."""
    try:
        yield
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))
    except ValueError as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """Ends the program with a sentence on stderr."""
    typer.echo(f"khcn: {message}", err=True)
    raise typer.Exit(FATAL)
