"""All that is to be said of one evaluation, in one object that the reports print: figures, groups, rules, errors.

`analyse` makes it, `to_json` writes it for programs, `report_text.render` for a terminal, `report_page.report_page`
for an appendix. `metadata_of` describes the articles as far as the gold does; a caller that knows more adds to it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from khcn_extract.error_analysis import CATEGORIES, cases
from khcn_extract.evaluate import DOCUMENT_FIELDS, report_of
from khcn_extract.intervals import LEVEL, RESAMPLES, SEED, estimates
from khcn_extract.matching import FactLike, match
from khcn_extract.scores import Score, accuracy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khcn_extract.error_analysis import Case, Said
    from khcn_extract.evaluate import Report
    from khcn_extract.gold import GoldArticle
    from khcn_extract.intervals import Estimate, Interval

UNKNOWN: Final = "unknown"
"""Group of the articles of which a property is not known."""
_MOST_CONFIDENCES: Final = 15
"""So many different confidences have a row each; more are put together by tenths."""
_LENGTHS: Final = ((1_000, "0-999 characters"), (3_000, "1000-2999 characters"))
_LONGEST: Final = "3000 characters and more"


@dataclass(frozen=True, slots=True)
class Reliability:
    """Facts of one confidence, and how many of them are right: alike, if the confidence means what it says."""

    confidence: str
    """``0.95``, or a tenth: ``0.9-1.0``."""
    mean: float
    """Of the confidences."""
    right: Estimate
    """Its precision is the share that is right."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """An evaluation with its intervals and errors."""

    report: Report
    estimates: Mapping[str, Estimate]
    """By the names of `Report.measures`."""
    document_fields: Mapping[str, Estimate]
    """The guideline's accuracies over documents whose key was found."""
    groups: Mapping[str, Mapping[str, Estimate]]
    """``value/all`` by property and group: ``groups["year"]["2020"]``."""
    rules: Mapping[str, Estimate]
    """By rule, those with most wrong facts first; the precision is what counts."""
    reliability: tuple[Reliability, ...]
    cases: tuple[Case, ...]
    resamples: int
    seed: int

    def calibration_error(self) -> float | None:
        """Mean distance of confidence and share that is right, over all facts; `None` where none has a confidence."""
        total = sum(row.right.score.predicted for row in self.reliability)
        away = sum(row.right.score.predicted * abs(row.mean - row.right.score.precision) for row in self.reliability)
        return away / total if total else None

    def case_counts(self) -> dict[str, dict[str, int]]:
        """How many cases there are by category, then by kind."""
        counts: dict[str, dict[str, int]] = {category: {} for category in CATEGORIES}
        for case in self.cases:
            counts[case.category][case.kind] = counts[case.category].get(case.kind, 0) + 1
        return counts


def analyse(
    gold: Sequence[GoldArticle],
    predicted: Mapping[str, Iterable[FactLike]],
    *,
    metadata: Mapping[str, Mapping[str, str]] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Analysis:
    """Evaluates (see `evaluate.evaluate`), and says how sure each figure is and what kind of error each error is.

    ``metadata`` has properties by ``article_id``, as `metadata_of` gives them: each makes a table of groups.

    >>> from khcn_extract.gold import GoldArticle
    >>> fact = {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"}
    >>> gold = [GoldArticle(article_id=str(n), text="Có 5 dự án.", facts=(fact,)) for n in range(9)]
    >>> analysis = analyse(gold, {str(n): [fact] for n in range(8)}, metadata=metadata_of(gold))
    >>> analysis.estimates["value/count"].recall, analysis.groups["length"]["0-999 characters"].score.gold
    (Interval(low=0.6666666666666666, high=1.0), 9)
    """
    matched = [match(article, predicted.get(article.article_id, ())) for article in gold]
    report = report_of(matched)

    def sure(articles: Sequence[Mapping[str, Score]]) -> dict[str, Estimate]:
        return estimates(articles, resamples=resamples, seed=seed)

    fields = sure([result.document_fields for result in report.articles])
    return Analysis(
        report=report,
        estimates=sure(report.measures_by_article()),
        document_fields={name: fields[name] for name in DOCUMENT_FIELDS if name in fields},
        groups={
            name: {group: sure(rows)["value/all"] for group, rows in groups.items()}
            for name, groups in _groups(report, metadata or {}).items()
        },
        rules=_rules(sure(_judged_by_rule(report))),
        reliability=_reliability(report, resamples, seed),
        cases=cases(matched),
        resamples=resamples,
        seed=seed,
    )


def metadata_of(gold: Iterable[GoldArticle]) -> dict[str, dict[str, str]]:
    """Province, year of publication and length class of each article, by ``article_id``."""
    return {
        article.article_id: {
            "province": article.province or UNKNOWN,
            "year": str(article.published_at.year) if article.published_at else UNKNOWN,
            "length": next((name for below, name in _LENGTHS if len(article.text) < below), _LONGEST),
        }
        for article in gold
    }


def to_json(analysis: Analysis, *, errors: bool = True) -> dict[str, Any]:
    """The analysis as plain data for ``json.dumps``; intervals are ``[low, high]`` or null.

    Without ``errors`` they are counted and not listed.
    """
    wrong = [
        {
            "article_id": case.article_id,
            "category": case.category,
            "kind": case.kind,
            "fields": list(case.fields),
            "costs_value": case.costs_value,
            "gold": _said(case.gold),
            "predicted": _said(case.predicted),
            "rule": case.rule or None,
            "confidence": case.confidence,
            "sentence": case.sentence,
        }
        for case in analysis.cases
    ]
    reliability = [
        {"confidence": row.confidence, "mean": row.mean} | _estimate(row.right) for row in analysis.reliability
    ]
    return {
        "method": {
            "articles": len(analysis.report.articles),
            "interval": "percentile bootstrap over articles",
            "level": LEVEL,
            "resamples": analysis.resamples,
            "seed": analysis.seed,
        },
        "measures": _estimates(analysis.estimates),
        "document_fields": _estimates(analysis.document_fields),
        "groups": {name: _estimates(groups) for name, groups in analysis.groups.items()},
        "rules": _estimates(analysis.rules),
        "reliability": reliability,
        "calibration_error": analysis.calibration_error(),
        "error_counts": analysis.case_counts(),
    } | ({"errors": wrong} if errors else {})


def _groups(
    report: Report, metadata: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, list[Mapping[str, Score]]]]:
    """The counts of the articles by property, then by group, by name, the unknown last."""
    names = dict.fromkeys(chain.from_iterable(metadata.values()))
    found = {}
    for name in names:
        groups: defaultdict[str, list[Mapping[str, Score]]] = defaultdict(list)
        for result in report.articles:
            known = metadata.get(result.article_id, {}).get(name, UNKNOWN)
            groups[known].append({"value/all": result.scores["value/all"]})
        found[name] = dict(sorted(groups.items(), key=lambda group: (group[0] == UNKNOWN, group[0])))
    return found


def _judged_by_rule(report: Report) -> list[dict[str, Score]]:
    rows = []
    for result in report.articles:
        verdicts: defaultdict[str, list[bool]] = defaultdict(list)
        for fact in result.judged:
            if fact.rule:
                verdicts[fact.rule].append(fact.right)
        rows.append({rule: accuracy(right) for rule, right in verdicts.items()})
    return rows


def _rules(found: Mapping[str, Estimate]) -> dict[str, Estimate]:
    def rank(rule: str) -> tuple[int, str]:
        score = found[rule].score
        return score.predicted_hit - score.predicted, rule

    return {rule: found[rule] for rule in sorted(found, key=rank)}


def _reliability(report: Report, resamples: int, seed: int) -> tuple[Reliability, ...]:
    told = [fact.confidence for result in report.articles for fact in result.judged if fact.confidence is not None]
    many = len(set(told)) > _MOST_CONFIDENCES

    def label(confidence: float) -> str:
        tenth = min(int(confidence * 10), 9)
        return f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}" if many else f"{confidence:.2f}"

    rows = []
    confidences: defaultdict[str, list[float]] = defaultdict(list)
    for result in report.articles:
        verdicts: defaultdict[str, list[bool]] = defaultdict(list)
        for fact in result.judged:
            if fact.confidence is not None:
                verdicts[label(fact.confidence)].append(fact.right)
                confidences[label(fact.confidence)].append(fact.confidence)
        rows.append({name: accuracy(right) for name, right in verdicts.items()})
    found = estimates(rows, resamples=resamples, seed=seed)
    means = {name: sum(values) / len(values) for name, values in confidences.items()}
    return tuple(Reliability(name, means[name], found[name]) for name in sorted(found))


def _estimates(found: Mapping[str, Estimate]) -> dict[str, dict[str, Any]]:
    return {name: _estimate(one) for name, one in found.items()}


def _estimate(found: Estimate) -> dict[str, Any]:
    score = found.score
    counts = dict(zip(("gold", "predicted", "gold_hit", "predicted_hit"), score.counts, strict=True))
    figures = {name: getattr(score, name) for name in ("precision", "recall", "f1")}
    bounds: dict[str, Interval | None] = {f"{name}_interval": getattr(found, name) for name in figures}
    pairs = {name: pair and list(pair) for name, pair in bounds.items()}
    return counts | figures | pairs | {"articles": found.articles}


def _said(side: Said | None) -> dict[str, Any] | None:
    if side is None:
        return None
    start, end = side.span
    return {"start_char": start, "end_char": end, "text": side.text, "kind": side.kind, "reading": side.reading}
