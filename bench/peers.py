"""Other extractors of Vietnamese text, timed on a sample of the same corpus."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

from figures import Figure

from khcn_extract.facts import Article
from khcn_extract.read import read_articles

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE_BYTES = 30_000
"""Enough for two digits; at some 10 KB/s more would take longer than all the rest."""


def underthesea_ner(path: Path) -> Figure:
    """Named entities by underthesea, sentence by sentence: of whole articles its time grows with their square."""
    from underthesea import ner, sent_tokenize

    sentences = []
    size = 0
    for article in read_articles(path):
        if size >= SAMPLE_BYTES:
            break
        if isinstance(article, Article):
            found = [s for line in article.text.splitlines() if line.strip() for s in sent_tokenize(line)]
            sentences += found
            size += sum(len(sentence.encode()) for sentence in found)
    ner("Ông Lê Văn Bê.")  # Models are loaded at the first call.
    started = process_time()
    for sentence in sentences:
        ner(sentence)
    return Figure(f"underthesea.ner, by sentence, {size / 1000:.0f} KB", process_time() - started, size)
