"""The command about persons across articles: ``khcn persons``. Read `khcn_extract.persons` for what a merge is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from khcn_extract.cli_evaluation import plain_errors


def persons(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A fact store.")],
    undo: Annotated[str | None, typer.Option(metavar="ID", help="Undo this merge (merges.merge_id).")] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why it is undone.")] = "",
    redo: Annotated[str | None, typer.Option(metavar="ID", help="Let it stand again.")] = None,
) -> None:
    """Gather persons across articles anew, or undo a merge.

    A run of extract does so at its end; this is for changes by hand.
    """
    from khcn_extract.store import Store
    from khcn_extract.store import query as ask

    if undo is not None and redo is not None:
        raise typer.BadParameter("one of the two", param_hint="--undo, --redo")
    if note and undo is None:
        raise typer.BadParameter("it says why a merge is undone: give --undo too", param_hint="--note")
    with plain_errors():
        if not store.is_file():
            raise ValueError(f"{store}: there is no such file")
        with Store(store) as opened:
            if undo is not None:
                opened.undo_merge(undo, datetime.now(UTC), note=note)
            elif redo is not None:
                opened.redo_merge(redo)
            else:
                opened.gather_persons(everything=True)
        counts = (
            "SELECT (SELECT count(*) FROM persons), (SELECT count(*) FROM sightings), (SELECT count(*) FROM merges), "
            "(SELECT count(*) FROM unmerges), (SELECT count(*) FROM doubts), "
            "(SELECT count(DISTINCT post_id) FROM post_contradictions)"
        )
        with ask(store, counts) as answer:
            ((persons, sightings, merges, undone, doubts, contradicted),) = answer.rows
    typer.echo(f"{store}: {persons} persons in {sightings} sightings")
    typer.echo(f"{merges} merges, {undone} undone, {doubts} doubts")
    typer.echo(f"{contradicted} posts for one in which two are seen at once (post_contradictions)")
