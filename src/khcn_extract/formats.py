"""Gold in the formats of annotation tools, and back: `write`, `read` and, for the command line, `convert`.

============  ======================================================  ======================================
gold          JSON Lines, as ``gold.py`` has it                       ``.jsonl``
brat          standoff, for the annotation tool brat                  a folder of ``.txt`` and ``.ann``
doccano       JSON Lines, for the annotation tool doccano             ``.jsonl``
label-studio  tasks, for the annotation tool Label Studio             ``.json``
conll         CoNLL-2003 with BIO tags, to train taggers              ``.conll``
docbin        spaCy's binary documents, to train and use pipelines    ``.spacy``
============  ======================================================  ======================================

All hold the values of the facts, not only their places, and give back what was written: equal articles, but for what
`write` names in the losses that it returns. Offsets are code points everywhere, and are checked against the text on
reading. A file from elsewhere is read if its facts have values; spans alone are refused, since nothing can be scored
by them. The formats themselves are in the ``formats_*`` modules, what they share in ``formats_marks``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from khcn_extract import (
    formats_brat,
    formats_conll,
    formats_docbin,
    formats_doccano,
    formats_label_studio,
)
from khcn_extract.formats_marks import Loss, Losses, at, gold_line, json_object
from khcn_extract.gold import read_gold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from khcn_extract.gold import GoldArticle

__all__ = ["FORMATS", "Loss", "Losses", "convert", "detect", "read", "write"]


class _Format(NamedTuple):
    write: Callable[[Sequence[GoldArticle], Path], Iterator[Loss]]
    read: Callable[[Path], Iterator[GoldArticle]]
    ending: str


def _write_gold(articles: Sequence[GoldArticle], path: Path) -> Iterator[Loss]:
    lines = (json.dumps(gold_line(article), ensure_ascii=False) + "\n" for article in articles)
    path.write_bytes("".join(lines).encode())
    yield from ()


FORMATS = {
    "gold": _Format(_write_gold, read_gold, ".jsonl"),
    "brat": _Format(formats_brat.write, formats_brat.read, ""),
    "doccano": _Format(formats_doccano.write, formats_doccano.read, ".jsonl"),
    "label-studio": _Format(formats_label_studio.write, formats_label_studio.read, ".json"),
    "conll": _Format(formats_conll.write, formats_conll.read, ".conll"),
    "docbin": _Format(formats_docbin.write, formats_docbin.read, ".spacy"),
}
_BY_ENDING = {known.ending: name for name, known in reversed(FORMATS.items())}
_SAMPLE = 1 << 16


def write(articles: Iterable[GoldArticle], path: Path, format: str) -> Losses:  # noqa: A002  what a caller would call it
    r"""Writes the articles and returns what the format could not hold.

    All articles are taken before the first is written, so one that can't be read leaves no half a file. Raises
    `ValueError` for an unknown format, an article that comes twice and a brat folder that is not empty.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from khcn_extract.gold import GoldArticle
    >>> article = GoldArticle(article_id="a1", text="Có 5 dự án.", facts=(
    ...     {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"},))
    >>> with TemporaryDirectory() as folder:
    ...     losses = write([article], Path(folder) / "brat", "brat")
    ...     print(losses, list(read(Path(folder) / "brat", "brat")) == [article])
    ...     print((Path(folder) / "brat" / "a1.ann").read_text().expandtabs(8))
    () True
    T1      count 3 10      5 dự án
    A1      value T1 5
    #1      AnnotatorNotes T1       {"unit":"dự án"}
    <BLANKLINE>
    """
    made = _known(format).write
    taken = list(_no_twins(articles))
    return tuple(made(taken, path))


def read(path: Path, format: str) -> Iterator[GoldArticle]:  # noqa: A002
    """Articles of a file or folder, in its order.

    Raises `ValueError` at the first thing that is wrong, naming the file, the line or record, and what is allowed:
    text that is not where its offsets say, an unknown label or field, a fact without its values, an article twice.
    """
    found = _known(format).read(path)
    with at(path):
        yield from _no_twins(found)


def detect(path: Path) -> str:
    """The format of a file or folder: by what is in it, or by its name where there is nothing yet.

    >>> from pathlib import Path
    >>> detect(Path("new/train.spacy")), detect(Path("new/folder")), detect(Path("new/gold.jsonl"))
    ('docbin', 'brat', 'gold')
    """
    if path.is_dir():
        return "brat"
    if path.suffix == ".spacy" or not path.exists():
        return _by_name(path)
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        line = next((line for line in (sample + file.readline()).split(b"\n") if line.strip()), b"")
    if line.startswith(formats_conll.START.encode()):
        return "conll"
    if line.lstrip().startswith(b"["):
        return "label-studio"
    if not line.lstrip().startswith(b"{"):
        return _by_name(path)
    with at(f"{path}, first line"):
        record = json_object(line)
    # A plain dump is neither; as gold it is refused with the field that it lacks.
    return "doccano" if record.keys() & {"label", "labels", "entities"} and "facts" not in record else "gold"


def _by_name(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in _BY_ENDING:
        allowed = ", ".join(f"{ending or 'none, for a folder'} ({name})" for ending, name in _BY_ENDING.items())
        raise ValueError(f"{path}: its format does not show; allowed endings are {allowed}, else name the format")
    return _BY_ENDING[ending]


def convert(source: Path, target: Path, from_: str | None = None, to: str | None = None) -> list[str]:
    """Body of ``khcn convert``: reads all of ``source``, writes ``target``, returns the lines to print.

    A format that is not named is found by `detect`, that of the target by its name alone.
    """
    if source.resolve() == target.resolve():
        raise ValueError(f"{target} is the source too; allowed is another file or folder")
    from_format, to_format = from_ or detect(source), to or _by_name(target)
    articles = list(read(source, from_format))
    losses = write(articles, target, to_format)
    facts = sum(len(article.facts) for article in articles)
    summary = f"{target}: {len(articles)} articles, {facts} facts from {from_format} to {to_format}"
    return [f"{summary}, {len(losses)} not held" if losses else summary, *(f"not held: {loss}" for loss in losses)]


def _known(name: str) -> _Format:
    if name not in FORMATS:
        raise ValueError(f"format {name!r}; allowed are {', '.join(FORMATS)}")
    return FORMATS[name]


def _no_twins(articles: Iterable[GoldArticle]) -> Iterator[GoldArticle]:
    seen: set[str] = set()
    for article in articles:
        if article.article_id in seen:
            raise ValueError(f"article_id {article.article_id!r} comes twice; allowed is once")
        seen.add(article.article_id)
        yield article
