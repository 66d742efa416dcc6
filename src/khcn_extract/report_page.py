"""An analysis as one page for an appendix: tables with intervals, and every error in its sentence.

`report_page` makes it from ``report_page.html``, which has the style and the filters. The page is one file: it loads
nothing, forbids the browser to load anything, and is whole without JavaScript, but for the filters. All that comes
from articles, rules or arguments passes through `html.escape`.
"""

from __future__ import annotations

import math
from collections import Counter
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template
from typing import TYPE_CHECKING, Final

from khcn_extract.error_analysis import CATEGORIES
from khcn_extract.facts import KINDS
from khcn_extract.intervals import FEWEST_ARTICLES, LEVEL, Estimate
from khcn_extract.matching import FIELDS
from khcn_extract.report_text import MEASURES
from khcn_extract.scores import Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khcn_extract.analysis import Analysis
    from khcn_extract.error_analysis import Case, Said
    from khcn_extract.intervals import Interval

_NONE: Final = Estimate(Score(), 0, None, None, None)
_AXIS: Final = 130
"""Width of a drawn interval, in pixels."""
_ABOUT_CATEGORIES: Final = {
    "missed": "nothing found there",
    "spurious": "nothing in the gold there",
    "wrong kind": "a fact of another kind there",
    "wrong value": "a key field differs",
    "wrong unit": "of a count, the unit alone differs",
    "wrong link": "read right, joined to the wrong symbol, date, issuer, person or position",
    "boundary": "right, on another span",
    "other field": "right but for a field that no score looks at",
}


def report_page(
    analysis: Analysis, *, title: str = "Evaluation", notes: Sequence[str] = (), errors: bool = True
) -> str:
    """The whole page as HTML; ``notes`` are plain lines below the title, such as what was evaluated with what.

    Without ``errors`` they are counted and not shown: for articles that nobody shall tune to.

    >>> from khcn_extract.analysis import analyse
    >>> "<h1>1 &lt; 2</h1>" in report_page(analyse([], {}), title="1 < 2")
    True
    """
    sections = {
        "scores": ("Scores", _scores(analysis)),
        "fields": ("Fields", _fields(analysis)),
        "groups": ("Groups of articles", _groups(analysis)),
        "rules": ("Rules", _rules(analysis)),
        "confidence": ("Confidence", _reliability(analysis)),
        "errors": ("Errors", _errors(analysis, shown=errors)),
    }
    shown = {name: section for name, section in sections.items() if section[1]}
    body = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(note)}</p>" for note in notes), _method(analysis)]
    body += ["<nav>", *(f'<a href="#{name}">{heading}</a>' for name, (heading, _) in shown.items()), "</nav>"]
    body += [f'<h2 id="{name}">{heading}</h2>\n{content}' for name, (heading, content) in shown.items()]
    template = Template((files("khcn_extract") / "report_page.html").read_text(encoding="utf-8"))
    return template.substitute(title=escape(title), body="\n".join(body))


def _method(analysis: Analysis) -> str:
    total = analysis.estimates.get("value/all", _NONE).score
    return (
        f"<p>{len(analysis.report.articles):,} articles, {total.gold:,} gold facts, {total.predicted:,} found, "
        f'{len(analysis.cases):,} errors of all kinds.</p>\n<p class="soft">In brackets: {LEVEL:.0%} percentile '
        f"intervals from {analysis.resamples:,} bootstrap resamples of whole articles (seed {analysis.seed}). "
        f"A figure that fewer than {FEWEST_ARTICLES} articles bear has none. [1.000, 1.000] says that these articles "
        "have no error, not that none has.</p>"
    )


# -- tables ----------------------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[str]) -> str:
    """``head`` as text, ``rows`` as HTML."""
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "\n".join(rows)
    return f'<div class="wide"><table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _row(label: str, *cells: str) -> str:
    """``label`` as text, ``cells`` as HTML."""
    return f"<tr><th>{escape(label)}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _told(figure: float, bounds: Interval | None) -> str:
    within = f"[{bounds.low:.3f}, {bounds.high:.3f}]" if bounds else ""
    return f"{figure:.3f}<small>{within}</small>"


def _left_end(found: Iterable[Estimate]) -> float:
    """Where the drawn axis begins: the tenth below all that is to be drawn, 0.9 at most."""
    ends = [(one.f1.low if one.f1 else one.score.f1) for one in found]
    return min([0.9, *(math.floor(end * 10) / 10 for end in ends)])


def _drawn(figure: float, bounds: Interval | None, left: float) -> str:
    def x(value: float) -> str:
        return f"{4 + (_AXIS - 8) * (value - left) / (1 - left):.1f}"

    line = f'<path d="M{x(bounds.low)} 7H{x(bounds.high)}" stroke="currentColor" stroke-width="2"/>' if bounds else ""
    return (
        f'<svg width="{_AXIS}" height="14" role="img" aria-label="{figure:.3f}">'
        f'<path d="M4 7H{_AXIS - 4}" stroke="currentColor" stroke-opacity=".2"/>{line}'
        f'<circle cx="{x(figure)}" cy="7" r="3.2" fill="currentColor"/></svg>'
    )


def _scores(analysis: Analysis) -> str:
    rows = []
    names = {measure: {kind: f"{measure}/{kind}" for kind in (*KINDS, "all")} for measure in MEASURES}
    names["value"]["triples"] = "triples/official"
    left = _left_end(analysis.estimates.get(name, _NONE) for of in names.values() for name in of.values())
    for measure, about in MEASURES.items():
        rows.append(f'<tr class="group"><th colspan="7">{escape(about)}</th></tr>')
        for label, name in names[measure].items():
            found = analysis.estimates.get(name, _NONE)
            score = found.score
            rows.append(
                _row(
                    label,
                    f"{score.gold:,}",
                    f"{score.predicted:,}",
                    _told(score.precision, found.precision),
                    _told(score.recall, found.recall),
                    _told(score.f1, found.f1),
                    _drawn(score.f1, found.f1, left),
                )
            )
    triples = (
        "<p>Triples are an official's distinct name, title and organization; two organizations agree if one begins "
        "with the other.</p>"
    )
    return triples + _table(["", "gold", "found", "precision", "recall", "F1", f"F1 from {left:.1f} to 1"], rows)


def _accuracy(found: Estimate) -> tuple[str, str]:
    if not found.score.gold:
        return "0", ""
    return f"{found.score.gold:,}", _told(found.score.recall, found.recall)


def _fields(analysis: Analysis) -> str:
    rows = []
    for kind in KINDS:
        rows.append(f'<tr class="group"><th colspan="5">{kind}</th></tr>')
        for name in FIELDS[kind]:
            pair = (analysis.estimates.get(f"{of}/{kind}/{name}", _NONE) for of in ("field", "stated"))
            rows.append(_row(name, *(cell for one in pair for cell in _accuracy(one))))
    if any(found.score.gold for found in analysis.document_fields.values()):
        rows.append('<tr class="group"><th colspan="5">document, by the guideline: where the key was found</th></tr>')
        rows += [_row(name, *_accuracy(one), "", "") for name, one in analysis.document_fields.items()]
    about = (
        "<p>Share right over the facts of the kind that were located (paired by the guideline, or overlapping and "
        "misread), then over those of them where either side states the field. A field that the gold need not state "
        "(rate, resolved_from) is looked at where it does.</p>"
    )
    return about + _table(["", "facts", "right", "stated", "right"], rows)


def _groups(analysis: Analysis) -> str:
    tables = []
    for name, groups in analysis.groups.items():
        left = _left_end(groups.values())
        rows = [
            _row(
                group,
                f"{found.articles:,}",
                f"{found.score.gold:,}",
                _told(found.score.f1, found.f1),
                _drawn(found.score.f1, found.f1, left),
            )
            for group, found in groups.items()
        ]
        head = ["", "articles", "gold", "F1 of value", f"from {left:.1f} to 1"]
        tables.append(f"<h3>By {escape(name)}</h3>\n{_table(head, rows)}")
    return "\n".join(tables)


def _rules(analysis: Analysis) -> str:
    if not analysis.rules:
        return ""
    return "<p>Of what each rule found, the share that is right by value.</p>" + _shares("rule", analysis.rules)


def _shares(head: str, found: Mapping[str, Estimate]) -> str:
    rows = (
        _row(
            name,
            f"{one.articles:,}",
            f"{one.score.predicted:,}",
            f"{one.score.predicted - one.score.predicted_hit:,}",
            _told(one.score.precision, one.precision),
        )
        for name, one in found.items()
    )
    return _table([head, "articles", "found", "wrong", "share right"], rows)


def _reliability(analysis: Analysis) -> str:
    if not analysis.reliability:
        return ""
    away = analysis.calibration_error()
    about = f"<p>The share right should be the confidence itself; their mean distance is {away:.3f}.</p>"
    return about + _shares("confidence", {row.confidence: row.right for row in analysis.reliability})


# -- errors ----------------------------------------------------------------------------------------------------------


def _errors(analysis: Analysis, *, shown: bool) -> str:
    if not analysis.cases:
        return "<p>None.</p>"
    rows = []
    for category, by_kind in analysis.case_counts().items():
        counts = [by_kind.get(kind, 0) for kind in KINDS]
        about = f'<td class="words"><small>{escape(_ABOUT_CATEGORIES[category])}</small></td>'
        rows.append(_row(category, *map(str, (*counts, sum(counts)))).replace("</tr>", f"{about}</tr>"))
    counted = _table(["", *KINDS, "all", ""], rows)
    if not shown:
        return counted + "<p>Not listed: nobody shall tune to these articles.</p>"
    legend = (
        '<p>In the sentences: <mark class="gold">gold</mark>, <mark class="found">found</mark>, '
        '<mark class="gold found">both</mark>.</p>'
    )
    listed = map(_case, analysis.cases)
    return "\n".join([counted, legend, _filters(analysis.cases), '<ol class="cases">', *listed, "</ol>"])


def _filters(cases: Sequence[Case]) -> str:
    choices: dict[str, Counter[str]] = {
        "category": Counter(case.category for case in cases),
        "kind": Counter(case.kind for case in cases),
        "rule": Counter(case.rule for case in cases),
        "article": Counter(case.article_id for case in cases),
    }
    order: dict[str, int] = {name: i for i, name in enumerate((*CATEGORIES, *KINDS))}
    form = ["<form hidden>"]
    for name, counts in choices.items():
        form.append(f'<label>{name}<select name="{name}"><option value="">all</option>')
        # The `=` in front keeps "no rule" apart from "all".
        form += [
            f'<option value="={escape(value)}">{escape(value or "none")} ({counts[value]})</option>'
            for value in sorted(counts, key=lambda value: (order.get(value, 0), value))
        ]
        form.append("</select></label>")
    form.append('<label class="tick"><input type="checkbox"> only what the value score counts</label>')
    return "\n".join([*form, '<button type="reset">show all</button>', "<output></output></form>"])


def _case(case: Case) -> str:
    place = next(side.span for side in (case.gold, case.predicted) if side)
    data = {"category": case.category, "kind": case.kind, "rule": case.rule, "article": case.article_id}
    data["costs"] = "yes" if case.costs_value else "no"
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    head = [f"<b>{case.category}</b> <span>{escape(' · '.join((case.kind, *case.fields)))}</span>"]
    head += [f"<code>{escape(case.rule)}</code>"] if case.rule else []
    head += [f'<span class="soft">confidence {case.confidence:.2f}</span>'] if case.confidence is not None else []
    head += [f'<span class="place">{escape(case.article_id)} [{place.start}:{place.end}]</span>']
    return (
        f'<li {attributes}>\n<p class="head">{" ".join(head)}</p>\n'
        f'<blockquote lang="vi">{_marked(case)}</blockquote>\n'
        f"<dl>{_reading('gold', case.gold)}{_reading('found', case.predicted)}</dl>\n</li>"
    )


def _reading(side: str, said: Said | None) -> str:
    told = escape(f"{said.kind}: {said.reading}") if said else '<span class="soft">nothing</span>'
    return f'<dt class="{side}">{side}</dt><dd lang="vi">{told}</dd>'


def _marked(case: Case) -> str:
    """The excerpt with both spans marked; where they overlap, as both."""
    sides = {"gold": case.gold, "found": case.predicted}
    spans = {name: said.span for name, said in sides.items() if said}
    start, end = case.excerpt_start, case.excerpt_start + len(case.excerpt)
    cuts = sorted({start, end, *(min(max(cut, start), end) for span in spans.values() for cut in span)})
    parts = []
    for left, right in pairwise(cuts):
        text = escape(case.excerpt[left - start : right - start])
        inside = " ".join(name for name, span in spans.items() if span.start <= left and right <= span.end)
        parts.append(f'<mark class="{inside}">{text}</mark>' if inside else text)
    return "".join(parts)
