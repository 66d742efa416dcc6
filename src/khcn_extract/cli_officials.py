"""The commands of ``khcn`` about the two halves of `officials`: train, halves. Thin, as `cli` is.

Heavy imports stand inside the commands.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from khcn_extract.cli_evaluation import Gold, plain_errors, read_gold_files


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
        articles = [article.of_kind("official") for article in read_gold_files(gold)]
        filled = list(training.frame_examples(training.read_frames(frames)))
        sentences = list(training.examples(articles))
        out.mkdir(parents=True, exist_ok=True)
        weights = out / WEIGHTS
        training.train([*sentences, *filled], weights)
        typer.echo(f"{weights}: {len(sentences)} sentences of gold, {len(filled)} of frames")
        tagger = Tagger(weights)
        scored = {
            training.short_name(path): scores([a.of_kind("official") for a in read_gold_files([path])], tagger)
            for path in held_out or ()
        }
        card = training.card(
            made_from=(*gold, frames),
            weights=weights,
            sentences={"gold": len(sentences), "frames": len(filled)},
            held_out=scored,
            confidence=calibrated(judged(articles, filled)),
        )
        (out / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def halves(gold: Gold) -> None:
    """Score officials by the rules alone, by the model alone and by both."""
    from khcn_extract.halves import by_half, render

    with plain_errors():
        articles = [article.of_kind("official") for article in read_gold_files(gold)]
        if not any(article.facts for article in articles):
            raise ValueError(f"{', '.join(map(str, gold))}: no officials to score by")
        told = render(articles, by_half(articles))
    typer.echo(told, nl=False)
