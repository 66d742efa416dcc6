"""An analysis for a terminal: tables of at most 80 columns, intervals beside every figure.

`report_page.py` makes the same into a page, `analysis.to_json` into data.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from khcn_extract.facts import KINDS
from khcn_extract.intervals import FEWEST_ARTICLES, LEVEL, Estimate
from khcn_extract.matching import FIELDS
from khcn_extract.scores import Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khcn_extract.analysis import Analysis
    from khcn_extract.error_analysis import Case, Said
    from khcn_extract.intervals import Interval

MEASURES: Final = {
    "value": "value: spans overlap, all key fields agree",
    "exact": "exact: value, and the spans are equal",
    "span": "span: a fact of the kind overlaps, whatever it says",
    "exact_span": "exact span: a fact of the kind has the same span, whatever it says",
    "set": "set: distinct keys of an article, wherever they stand",
}
"""The measures that all kinds have, and what each counts as found."""

WIDTH: Final = 80
_NONE: Final = Estimate(Score(), 0, None, None, None)
_LONGEST_LABEL: Final = 34


def render(analysis: Analysis, *, errors: bool = False) -> str:
    """The analysis as text; with ``errors``, every case with its sentence below it."""
    parts = [_heading(analysis)]
    parts += [_measure(analysis, name, title) for name, title in MEASURES.items()]
    parts += [_fields(analysis)]
    parts += [
        _ranking(f"F1 of value by {name}", groups, "f1", "gold", order=list(groups))
        for name, groups in analysis.groups.items()
    ]
    imperfect = {rule: e for rule, e in analysis.rules.items() if e.score.predicted_hit < e.score.predicted}
    parts += [_ranking("rules that are wrong somewhere: share right", imperfect, "precision", "found")]
    parts += [_reliability(analysis), _case_table(analysis)]
    if errors:
        parts += map(_case, analysis.cases)
    return "\n\n".join(part for part in parts if part) + "\n"


def interval(bounds: Interval | None) -> str:
    """An interval in twelve columns.

    >>> from khcn_extract.intervals import Interval
    >>> interval(Interval(0.9811, 1.0)), interval(None)
    ('[.981, 1.00]', '           -')
    """
    if bounds is None:
        return f"{'-':>12}"
    low, high = (f"{end:.3f}".removeprefix("0")[:4] for end in bounds)
    return f"[{low}, {high}]"


def _heading(analysis: Analysis) -> str:
    total = analysis.estimates.get("value/all", _NONE).score
    size = f"{len(analysis.report.articles):,} articles, {total.gold:,} gold facts, {total.predicted:,} found."
    method = (
        f"In brackets: {LEVEL:.0%} percentile intervals over {analysis.resamples:,} resamples of whole articles "
        f"(seed {analysis.seed}); '-' where fewer than {FEWEST_ARTICLES} articles bear a figure. [1.00, 1.00] says "
        "that these articles have no error, not that none has."
    )
    return textwrap.fill(f"{size} {method}", WIDTH)


def _measure(analysis: Analysis, measure: str, title: str) -> str:
    figures = "".join(f"{name:>6}{'':13}" for name in ("P", "R", "F1"))
    lines = [title, f"{'':10}{'gold':>6}{'found':>6}{figures.rstrip()}"]
    names = {kind: f"{measure}/{kind}" for kind in (*KINDS, "all")}
    if measure == "value":
        names["triples"] = "triples/official"
    for label, name in names.items():
        found = analysis.estimates.get(name, _NONE)
        score = found.score
        told = ((score.precision, found.precision), (score.recall, found.recall), (score.f1, found.f1))
        figures = "".join(f"{figure:6.3f} {interval(bounds)}" for figure, bounds in told)
        lines.append(f"{label:10}{score.gold:6}{score.predicted:6}{figures}")
    return "\n".join(lines)


def _fields(analysis: Analysis) -> str:
    lines = [
        "fields: share right over the facts of the kind that were located; then over",
        "those of them where either side states the field",
        f"{'':24}{'facts':>7}{'right':>7}{'':14}{'stated':>7}{'right':>7}",
    ]
    for kind in KINDS:
        for name in FIELDS[kind]:
            every = analysis.estimates.get(f"field/{kind}/{name}", _NONE)
            stated = analysis.estimates.get(f"stated/{kind}/{name}", _NONE)
            lines.append(f"{f'{kind} {name}':24}" + f"{_accuracy(every)} {_accuracy(stated)}".rstrip())
    if any(found.score.gold for found in analysis.document_fields.values()):
        lines.append("by the guideline, over documents whose key was found:")
        lines += [f"  {name:22}{_accuracy(found)}" for name, found in analysis.document_fields.items()]
    return "\n".join(lines)


def _accuracy(found: Estimate) -> str:
    if not found.score.gold:
        return f"{0:7}{'-':>7}{'':13}"
    return f"{found.score.gold:7}{found.score.recall:7.3f} {interval(found.recall)}"


def _ranking(
    title: str, rows: Mapping[str, Estimate], figure: str, count: str, *, order: Iterable[str] | None = None
) -> str:
    if not rows:
        return ""
    lines = [title, f"{'':{_LONGEST_LABEL}}{'articles':>9}{count:>7}"]
    for name in rows if order is None else order:
        found = rows[name]
        facts = found.score.gold if count == "gold" else found.score.predicted
        told = f"{getattr(found.score, figure):7.3f} {interval(getattr(found, figure))}"
        lines.append(f"{_shortened(name):{_LONGEST_LABEL}}{found.articles:9}{facts:7}{told}")
    return "\n".join(lines)


def _reliability(analysis: Analysis) -> str:
    if not analysis.reliability:
        return ""
    rows = {f"confidence {row.confidence}": row.right for row in analysis.reliability}
    away = f"mean distance of confidence and share right: {analysis.calibration_error():.3f}"
    return _ranking("share right by stated confidence", rows, "precision", "found") + "\n" + away


def _case_table(analysis: Analysis) -> str:
    if not analysis.cases:
        return "no errors"
    lines = ["errors by category and kind", f"{'':14}" + "".join(f"{kind:>10}" for kind in (*KINDS, "all"))]
    for category, by_kind in analysis.case_counts().items():
        counts = [by_kind.get(kind, 0) for kind in KINDS]
        lines.append(f"{category:14}" + "".join(f"{count:10}" for count in (*counts, sum(counts))))
    return "\n".join(lines)


def _case(case: Case) -> str:
    place = next(side.span for side in (case.gold, case.predicted) if side)
    fields = f" ({', '.join(case.fields)})" if case.fields else ""
    rule = f" by {case.rule}" if case.rule else ""
    lines = [f"{case.category} {case.kind}{fields}: {case.article_id} [{place.start}:{place.end}]{rule}"]
    lines += [f"gold   {_side(case.gold)}"] if case.gold else []
    lines += [f"found  {_side(case.predicted)}"] if case.predicted else []
    lines += [case.sentence]
    wrapped = (
        textwrap.fill(line, WIDTH, initial_indent="  " if k else "", subsequent_indent="    ")
        for k, line in enumerate(lines)
    )
    return "\n".join(wrapped)


def _side(side: Said) -> str:
    return f"{' '.join(side.text.split())!r}: {side.kind} {side.reading}"


def _shortened(name: str) -> str:
    return name if len(name) < _LONGEST_LABEL else name[: _LONGEST_LABEL - 2] + "…"
