"""doccano's JSON Lines: ``{"text": …, "label": [[start, end, label], …], "khcn": {…}}``, one article a line.

doccano keeps what it does not know, so ``khcn`` holds the article's own fields and, under ``facts``, those of each
mark by ``start-end-label``. The labels are what counts: a label deleted in doccano is a fact deleted, and one that was
added or moved has no values yet, which the reader says. An export with ``entities`` in place of ``label``, or with the
extra data under ``meta``, is read too. Marks may overlap only if the project allows it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import AliasChoices, BaseModel, Field

from khcn_extract.formats_marks import Loss, Mark, article_of, at, from_json, header_of, marks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from khcn_extract.gold import GoldArticle

OWN = "khcn"
"""The key of all that doccano has no word for."""


class _Label(NamedTuple):
    start: int
    end: int
    label: str


class _Entity(BaseModel):
    start_offset: int
    end_offset: int
    label: str


class _Own(BaseModel, extra="allow"):
    facts: dict[str, dict[str, Any]] = {}


class _Record(BaseModel):
    """What is read of a line; doccano's own keys are left alone."""

    id: int | str | None = None
    text: str
    label: list[_Label] = Field([], validation_alias=AliasChoices("label", "labels"))
    entities: list[_Entity] = []
    relations: list[Any] = []
    meta: dict[str, Any] = {}
    khcn: _Own | None = None


def write(articles: Sequence[GoldArticle], path: Path) -> Iterator[Loss]:
    """Loses nothing."""
    lines = (json.dumps(_record(article), ensure_ascii=False) + "\n" for article in articles)
    path.write_bytes("".join(lines).encode())
    yield from ()


def _record(article: GoldArticle) -> dict[str, Any]:
    marks = marks_of(article)
    facts = {_key(mark): {"text": mark.text, **mark.fields} for mark in marks if mark.fields}
    labels = [[mark.start, mark.end, mark.label] for mark in marks]
    return {"text": article.text, "label": labels, OWN: header_of(article) | {"facts": facts}}


def _key(mark: Mark) -> str:
    return f"{mark.start}-{mark.end}-{mark.label}"


def read(path: Path) -> Iterator[GoldArticle]:
    """Articles of a file, in its order; one made elsewhere has doccano's ``id`` or its line for an id."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        with at(f"{path}, line {number}"):
            article = _article(_Record.model_validate(from_json(line)), f"line-{number}") if line.strip() else None
        if article:
            yield article


def _article(record: _Record, name: str) -> GoldArticle:
    if record.relations:
        raise ValueError(f"{len(record.relations)} relations; allowed are none: gold has no place for them")
    own = record.khcn or _Own.model_validate(record.meta.get(OWN, {}))
    header = {"article_id": str(record.id or name), **(own.model_extra or {})}
    entities = [(entity.start_offset, entity.end_offset, entity.label) for entity in record.entities]
    marks = []
    for start, end, label in [*record.label, *entities]:
        mark = Mark(start, end, label)
        fields = dict(own.facts.get(_key(mark), {}))
        marks.append(mark._replace(text=fields.pop("text", None), fields=fields))
    return article_of(header, record.text, marks)
