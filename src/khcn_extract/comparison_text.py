"""Comparisons for a terminal, in 80 columns, and as plain data."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from khcn_extract.facts import KINDS
from khcn_extract.intervals import FEWEST_ARTICLES, LEVEL
from khcn_extract.matching import FIELDS, is_stated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khcn_extract.comparison import Change, Comparison, Diff, Revision
    from khcn_extract.intervals import Difference

_WIDTH: Final = 80
_LABEL: Final = 34


def render_comparison(comparison: Comparison, *, changes: bool = False) -> str:
    """F1 before and after with the paired interval and p, gains and losses by kind and by rule; then each of them."""
    lines = [
        *textwrap.wrap(
            f"F1 of the second less that of the first; {LEVEL:.0%} interval and two-sided p by paired bootstrap over "
            f"articles; '-' where fewer than {FEWEST_ARTICLES} articles bear it",
            _WIDTH,
        ),
        f"{'':18}{'before':>8}{'after':>8}{'change':>9}{'':2}{'interval':^18}{'p':>8}{'gains':>8}",
    ]
    by_kind = comparison.by_kind()
    gains, losses = (sum(pair[side] for pair in by_kind.values()) for side in (0, 1))
    for measure in ("value", "exact"):
        for kind in (*KINDS, "all"):
            told = by_kind.get(kind, (0, 0)) if kind != "all" else (gains, losses)
            count = f"{f'+{told[0]} -{told[1]}':>9}" if measure == "value" else ""
            difference = _difference(comparison.differences.get(f"{measure}/{kind}"))
            lines.append(f"{f'{measure} {kind}':18}{difference}{count}")
    lines.append(f"{'triples':18}{_difference(comparison.differences.get('triples/official'))}")
    if rules := comparison.by_rule():
        lines += ["", f"{'rule':{_LABEL}}{'gains':>8}{'losses':>8}"]
        lines += [f"{_label(rule or 'none'):{_LABEL}}{won:8}{lost:8}" for rule, (won, lost) in rules.items()]
    if changes:
        lines += ["", *map(_change, comparison.changes)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def render_ablation(compared: Mapping[str, Comparison]) -> str:
    """One line a configuration: what its F1 of ``value/all`` is more or less than the first one's."""
    first = next((c.differences["value/all"].before for c in compared.values() if "value/all" in c.differences), None)
    lines = [] if first is None else [f"the first has F1 {first:.3f} of value"]
    lines += [f"{'':{_LABEL}}{'F1':>6}{'change':>9}{'':2}{'interval':^18}{'p':>8}"]
    for name, comparison in compared.items():
        told = comparison.differences.get("value/all")
        lines.append(f"{_label(name):{_LABEL}}{_difference(told)[10:]}" if told else _label(name))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def render_diff(found: Diff, *, revisions: bool = True) -> str:
    """How many facts were added, removed and changed, by kind and by rule; then each of them."""
    whats = ("added", "removed", "changed")
    lines = [f"{len(found.revisions):,} facts differ; only the first has {len(found.only_before):,} articles,"]
    lines += [f"only the second {len(found.only_after):,}"]
    for title, names in (
        ("kind", Counter(revision.kind for revision in found.revisions)),
        ("rule", Counter(revision.rule or "none" for revision in found.revisions)),
    ):
        lines += ["", f"{title:{_LABEL}}" + "".join(f"{what:>9}" for what in whats)]
        counts = Counter((str(getattr(revision, title) or "none"), str(revision.what)) for revision in found.revisions)
        lines += [
            f"{_label(name):{_LABEL}}" + "".join(f"{counts[name, what]:9}" for what in whats)
            for name, _ in sorted(names.items(), key=lambda item: (-item[1], item[0]))
        ]
    if revisions:
        lines += ["", *map(_revision, found.revisions)]
    return "\n".join(lines) + "\n"


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain data for ``json.dumps(..., default=str)``."""
    return {
        "differences": {
            name: {
                "before": told.before,
                "after": told.after,
                "change": told.change,
                "interval": told.interval and list(told.interval),
                "p": told.p,
                "articles": told.articles,
            }
            for name, told in comparison.differences.items()
        },
        "gains_and_losses": {"by_kind": comparison.by_kind(), "by_rule": comparison.by_rule()},
        "changes": [
            {"article_id": change.article_id, "how": change.how, "rule": change.rule or None, "fact": dict(change.fact)}
            for change in comparison.changes
        ],
    }


def _difference(told: Difference | None) -> str:
    if told is None:
        return ""
    within = f"[{told.interval.low:+.3f}, {told.interval.high:+.3f}]" if told.interval else "-"
    p = "-" if told.p is None else f"{told.p:.4f}"
    return f"{told.before:8.3f}{told.after:8.3f}{told.change:+9.3f}  {within:^18}{p:>8}"


def _change(change: Change) -> str:
    sign = "+" if change.is_gain else "-"
    return _entry(f"{sign} {change.how} {change.kind} {change.article_id}", change.fact, change.rule)


def _revision(revision: Revision) -> str:
    head = f"{revision.what} {revision.kind} {revision.article_id}"
    if revision.before is None or revision.after is None:
        return _entry(head, revision.before or revision.after or {}, revision.rule)
    before, after = (
        ", ".join(f"{name} {_field(record, name)}" for name in revision.fields)
        for record in (revision.before, revision.after)
    )
    return _filled(f"{head} {_place(revision.before)}: {before} -> {after}{_by(revision.rule)}")


def _entry(head: str, record: Mapping[str, Any], rule: str) -> str:
    known = FIELDS[record["kind"]]
    fields = ", ".join(f"{name} {_field(record, name)}" for name in known if is_stated(record.get(name)))
    return _filled(f"{head} {_place(record)}: {fields}{_by(rule)}")


def _place(record: Mapping[str, Any]) -> str:
    return f"[{record['start_char']}:{record['end_char']}] {' '.join(str(record.get('text', '')).split())!r}"


def _field(record: Mapping[str, Any], name: str) -> str:
    if name == "span":
        return f"[{record['start_char']}:{record['end_char']}]"
    value = record.get(name)
    if name == "positions":
        offices = (", ".join(filter(None, (p.get("title"), p.get("organization")))) for p in value or ())
        return "; ".join(offices) or "none"
    return str(value) if is_stated(value) else "none"


def _by(rule: str) -> str:
    return f" (by {rule})" if rule else ""


def _filled(line: str) -> str:
    return textwrap.fill(line, _WIDTH, subsequent_indent="    ")


def _label(name: str) -> str:
    return name if len(name) < _LABEL else name[: _LABEL - 2] + "…"
