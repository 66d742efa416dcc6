"""The README's table of results: made from an evaluation, never typed.

`table` renders it, `stale` says whether a text still holds it; `khcn evaluate --markdown` prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khcn_extract.analysis import Analysis
    from khcn_extract.intervals import Estimate

BEGIN, END = "<!-- results: khcn evaluate --markdown -->", "<!-- end of results -->"
_ROWS = {
    "date": "value/date",
    "document": "value/document",
    "money": "value/money",
    "count": "value/count",
    "official": "value/official",
    "all": "value/all",
    "official with office": "triples/official",
}


def table(analyses: Mapping[str, Analysis]) -> str:
    """Value F1 with its 95 % interval, a row a kind and a column a set of articles, as Markdown.

    The names of the sets head the columns. The interval is of a bootstrap over articles.
    """
    head = " | ".join(
        f"{name} ({len(a.report.articles)} articles, {a.estimates['value/all'].score.gold} facts)"
        for name, a in analyses.items()
    )
    lines = [f"| value F1 | {head} |", "|---|" + "---|" * len(analyses)]
    for label, measure in _ROWS.items():
        cells = " | ".join(_cell(a.estimates.get(measure)) for a in analyses.values())
        lines.append(f"| {label} | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(found: Estimate | None) -> str:
    if found is None:
        return ""
    bounds = f" ({found.f1.low:.3f} to {found.f1.high:.3f})" if found.f1 is not None else ""
    return f"{found.score.f1:.3f}{bounds}"


def in_place(text: str, results: str) -> str:
    """The text with the results between its two marks; a `ValueError` where it has no marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        msg = f"the text has no place for results; allowed is one between {BEGIN!r} and {END!r}"
        raise ValueError(msg)
    return f"{before}{BEGIN}\n{results}{END}{after}"
