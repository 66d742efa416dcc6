"""Label Studio's JSON: a list of tasks, one an article, and the labelling interface that shows them.

An article's own fields stand in the task's ``data`` beside its text; a mark is a region of type ``labels``, and each
of its fields a text area of that region, so all can be corrected in place. Facts that a person marked are written as
``annotations``; an article with facts that a rule found is a ``prediction``, to begin from. Label Studio may hold
several annotations of a task, gold one: the reader takes the annotation, else the prediction, and refuses two.

Offsets are code points. Label Studio's editor before 2022 counted UTF-16 units, in which an emoji is two: where a
task's texts stand at its offsets by that count and not by the other, it is read by that count.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import fields
from itertools import accumulate
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from khcn_extract.facts import KINDS, Value
from khcn_extract.formats_marks import (
    HEADER,
    LABELS,
    Loss,
    Mark,
    article_of,
    at,
    field_to_text,
    from_json,
    header_of,
    marks_of,
    text_to_field,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from khcn_extract.gold import GoldArticle

_LABELS, _TEXT, _FIELD = "label", "text", "textarea"
"""Names of the controls and of the object in the labelling interface, and the type of a field."""


_ANY_KIND = ("flags", "rule", "confidence")


class _Value(BaseModel):
    start: int = -1
    end: int = -1
    text: str | list[str] | None = None
    labels: list[str] = []


class _Item(BaseModel):
    id: str = ""
    type: str
    from_name: str = ""
    value: _Value = _Value()


class _Annotation(BaseModel):
    result: list[_Item]
    was_cancelled: bool = False


class _Data(BaseModel):
    text: str


class _Task(BaseModel):
    """What is read of a task; Label Studio's own keys are left alone."""

    id: int | str | None = None
    data: dict[str, Any]
    annotations: list[_Annotation] = []
    predictions: list[_Annotation] = []


def labelling_interface() -> str:
    r"""The project's labelling interface: the five kinds, furniture, and a text area for each field of a kind.

    >>> print(*labelling_interface().splitlines()[:3], sep="\n")
    <View>
      <Labels name="label" toName="text">
        <Label value="date"/>
    """
    labels = [f'    <Label value="{label}"/>' for label in LABELS]
    kinds: dict[str, list[str]] = defaultdict(list)
    for value_type in get_args(Value):
        for field in fields(value_type):
            kinds[field.name].append(value_type.kind)
    names = {name: ",".join(of) for name, of in kinds.items()}
    names |= {f"{name}_also": of for name, of in names.items()} | dict.fromkeys(_ANY_KIND, ",".join(KINDS))
    areas = [
        f'  <View visibleWhen="region-selected" whenLabelValue="{of}">\n'
        f'    <Header value="{name}" size="6"/>\n'
        f'    <TextArea name="{name}" toName="{_TEXT}" perRegion="true" maxSubmissions="1" editable="true"/>\n'
        "  </View>"
        for name, of in names.items()
    ]
    begin = ["<View>", f'  <Labels name="{_LABELS}" toName="{_TEXT}">', *labels, "  </Labels>"]
    show = "  <Style>.htx-text { white-space: pre-wrap; }</Style>"
    return "\n".join([*begin, show, f'  <Text name="{_TEXT}" value="$text"/>', *areas, "</View>", ""])


def write(articles: Sequence[GoldArticle], path: Path) -> Iterator[Loss]:
    """Loses nothing; the labelling interface is written beside, as ``NAME-interface.xml``."""
    path.write_bytes(json.dumps([_task(article) for article in articles], ensure_ascii=False, indent=1).encode())
    path.with_name(f"{path.stem}-interface.xml").write_bytes(labelling_interface().encode())
    yield from ()


def _task(article: GoldArticle) -> dict[str, Any]:
    result = [item for number, mark in enumerate(marks_of(article)) for item in _items(mark, f"r{number}")]
    if all(fact.rule == "gold" for fact in article.facts):
        made: dict[str, Any] = {"annotations": [{"result": result}]}
    else:
        made = {"predictions": [{"model_version": "khcn_extract", "result": result}]}
    return {"data": {"text": article.text, **header_of(article)}, **made}


def _items(mark: Mark, region: str) -> Iterator[dict[str, Any]]:
    place = {"start": mark.start, "end": mark.end}
    to = {"id": region, "to_name": _TEXT}
    yield {**to, "from_name": _LABELS, "type": "labels", "value": place | {"text": mark.text, "labels": [mark.label]}}
    for name, ready in mark.fields.items():
        yield {**to, "from_name": name, "type": _FIELD, "value": place | {"text": [field_to_text(ready)]}}


# -- reading ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> Iterator[GoldArticle]:
    """Articles of a file, in its order; one made elsewhere has the task's ``id`` or its number for an id."""
    with at(path):
        tasks = from_json(path.read_bytes())
        if not isinstance(tasks, list):
            what = "a list of tasks: Label Studio's export as JSON, not as JSON-MIN"
            raise ValueError(f"allowed is {what}")  # noqa: TRY004  wrong is the file, not a call
    for number, task in enumerate(tasks, start=1):
        with at(f"{path}, task {number}"):
            article = _article(_Task.model_validate(task), f"task-{number}")
        yield article


def _article(task: _Task, name: str) -> GoldArticle:
    header = {"article_id": str(task.id or name)} | {key: task.data[key] for key in HEADER if key in task.data}
    text = _Data.model_validate(task.data).text
    made = [one for one in task.annotations if not one.was_cancelled] or task.predictions
    if len(made) > 1:
        raise ValueError(f"{len(made)} annotations; allowed is one: choose or merge first")
    return article_of(header, text, _in_code_points(text, _marks(made[0].result if made else [])))


def _marks(items: Iterable[_Item]) -> list[Mark]:
    marks: dict[str, Mark] = {}
    said: dict[str, dict[str, Any]] = defaultdict(dict)
    for number, item in enumerate(items):
        value = item.value
        if item.type == "labels" and len(value.labels) == 1 and item.id not in marks:
            there = value.text if isinstance(value.text, str) else None
            marks[item.id or f"{number}"] = Mark(value.start, value.end, value.labels[0], there)
        elif item.type == _FIELD and isinstance(value.text, list) and len(value.text) < 2:
            for text in value.text:
                said[item.id][item.from_name] = text_to_field(item.from_name, text)
        else:
            what = "regions with one label, and text areas of theirs with one text"
            raise ValueError(f"result {item.id!r} is a {item.type!r}; allowed are {what}: gold holds nothing else")
    if lost := sorted(said.keys() - marks):
        raise ValueError(f"text area of {lost[0]!r}, which is no region; allowed are those of labelled regions")
    return [mark._replace(fields=said[region]) for region, mark in marks.items()]


def _in_code_points(text: str, marks: list[Mark]) -> list[Mark]:
    """The marks as they are, unless they are right in UTF-16 units only."""
    units = [0, *accumulate(2 if ord(char) > 0xFFFF else 1 for char in text)]
    point_of = {unit: point for point, unit in enumerate(units)}
    moved = [mark._replace(start=point_of.get(mark.start, -1), end=point_of.get(mark.end, -1)) for mark in marks]
    return moved if not _all_right(text, marks) and _all_right(text, moved) else marks


def _all_right(text: str, marks: list[Mark]) -> bool:
    return all(mark.text == text[mark.start : mark.end] for mark in marks if mark.text is not None)
