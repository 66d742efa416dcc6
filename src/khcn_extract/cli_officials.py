"""The commands of ``khcn`` about the two halves of `officials`: train, halves. Thin, as `cli` is.

Heavy imports stand inside the commands.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khcn_extract.cli_evaluation import Gold, plain_errors, read_gold_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khcn_extract.gold import GoldArticle


def train(
    gold: Gold,
    frames: Annotated[Path, typer.Option(metavar="TOML", help="Sentence frames, such as gold/frames.toml.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the weights and their card go.")],
    held_out: Annotated[
        list[Path] | None, typer.Option(metavar="GOLD", help="Gold for the card's scores; may be given again.")
    ] = None,
) -> None:
    """Train the model of officials, and write its card. Takes about a minute."""
    from khcn_extract import training
    from khcn_extract.calibration import calibrated, judged
    from khcn_extract.halves import scores
    from khcn_extract.officials_tagger import CARD, WEIGHTS, Tagger

    with plain_errors():
        articles = _officials(gold)
        held_out_articles = {training.short_name(path): _officials([path]) for path in held_out or ()}
        filled = list(training.frame_examples(training.read_frames(frames)))
        sentences = list(training.examples(articles))
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=out) as made:  # old weights stay until the new are whole
            weights, written = Path(made, WEIGHTS), Path(made, CARD)
            training.train([*sentences, *filled], weights)
            typer.echo(f"{out / WEIGHTS}: {len(sentences)} sentences of gold, {len(filled)} of frames")
            tagger = Tagger(weights)
            card = training.card(
                made_from=(*gold, frames),
                weights=weights,
                sentences={"gold": len(sentences), "frames": len(filled)},
                held_out={name: scores(of_file, tagger) for name, of_file in held_out_articles.items()},
                confidence=calibrated(judged(articles, filled)),
            )
            written.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            weights.replace(out / WEIGHTS)
            written.replace(out / CARD)


def _officials(gold: Iterable[Path]) -> list[GoldArticle]:
    return [article.of_kind("official") for article in read_gold_files(gold)]


def halves(gold: Gold) -> None:
    """Score officials by the rules alone, by the model alone and by both."""
    from khcn_extract.halves import by_half, render

    with plain_errors():
        articles = _officials(gold)
        if not any(article.facts for article in articles):
            raise ValueError(f"{', '.join(map(str, gold))}: no officials to score by")
        told = render(articles, by_half(articles))
    typer.echo(told, nl=False)
