"""How good the extraction is: facts found against facts that a person marked, by the guideline's "Scoring".

Start with `evaluate`, which gives a `Report`; `render` prints it. The guideline scores five kinds by ``value`` (spans
overlap and the key fields are equal) and by ``exact`` (the spans are equal too), officials by their distinct
``triples`` (name, title, organization), and documents by the fields beside the key. A test holds every number to the
reference scorer's. `Report.measures` adds finer ones, so that a lost point can be told from a misplaced or a misread
one. Scores are counted per article, since the facts of one article are not independent of each other.

nervaluate and the SemEval measures that it has are no help here: they look at spans and kinds, never at values.
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from khcn_extract.canonical import Comparable, comparable
from khcn_extract.facts import KINDS, Article, Fact, Kind
from khcn_extract.matching import (
    FIELDS,
    KEY_FIELDS,
    FactLike,
    Matched,
    Pair,
    Side,
    is_stated,
    match,
    organization,
    same_organization,
)
from khcn_extract.scores import Score, accuracy, sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from khcn_extract.gold import GoldArticle

__all__ = [
    "DOCUMENT_FIELDS",
    "KEY_FIELDS",
    "ArticleResult",
    "Error",
    "FactLike",
    "Judged",
    "Report",
    "Score",
    "evaluate",
    "predict",
    "render",
    "report_of",
]

DOCUMENT_FIELDS = ("issued_on", "issuer_code", "year")
"""Fields of a document that are scored over those whose key was found."""

_Triple = tuple[Comparable, Comparable, str]
"""Name, title and organization of an official, in comparable form."""


@dataclass(frozen=True, slots=True)
class Error:
    """A gold fact that was missed, or a predicted one that is spurious; ``fact`` as a line of a gold file has it."""

    article_id: str
    what: Literal["missed", "spurious"]
    fact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A predicted fact: where it came from, and whether the guideline counts it as right."""

    kind: Kind
    rule: str
    confidence: float | None
    """`None` where the prediction has none."""
    right: bool


@dataclass(frozen=True, slots=True)
class ArticleResult:
    """What evaluation counted in one article."""

    article_id: str
    scores: Mapping[str, Score]
    """By ``value/<kind>``, ``value/all``, ``exact/<kind>``, ``exact/all`` and ``triples/official``."""
    document_fields: Mapping[str, Score]
    """Over the matched documents: in how many of them each of `DOCUMENT_FIELDS` agrees."""
    errors: tuple[Error, ...]
    further: Mapping[str, Score] = field(default_factory=dict)
    """What `Report.measures` has beside ``scores``."""
    judged: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of an evaluation, article by article, and their sums."""

    articles: tuple[ArticleResult, ...]

    def scores(self) -> dict[str, Score]:
        """Sums over the articles, by the names that `ArticleResult` lists."""
        return sums(result.scores for result in self.articles)

    def measures(self) -> dict[str, Score]:
        """The scores and the finer measures, by name.

        - ``span/<kind>``: an overlapping fact of the kind, whatever it says; ``exact_span/<kind>``: with equal spans;
        - ``set/<kind>``: the article's distinct keys, wherever they stand; these three have an ``all`` too;
        - ``field/<kind>/<field>``: accuracy over the located facts, that is those paired by the guideline or misread;
          ``stated/<kind>/<field>``: over those of them where either side states the field.
        """
        return sums(self.measures_by_article())

    def measures_by_article(self) -> list[dict[str, Score]]:
        """What `measures` sums: the rows that intervals resample."""
        return [{**result.scores, **result.further} for result in self.articles]

    def rows(self) -> dict[str, dict[str, float]]:
        """The scores as plain numbers, for JSON: precision, recall, f1, gold and predicted by name."""
        columns = ("precision", "recall", "f1", "gold", "predicted")
        return {name: {column: getattr(score, column) for column in columns} for name, score in self.scores().items()}

    def document_fields(self) -> dict[str, float]:
        """Accuracy of each of `DOCUMENT_FIELDS` over the matched documents; empty where none matched."""
        fields = sums(result.document_fields for result in self.articles)
        return {name: score.recall for name, score in fields.items() if score.gold}

    def errors(self) -> tuple[Error, ...]:
        """Missed facts, then spurious ones, article by article."""
        return tuple(chain.from_iterable(result.errors for result in self.articles))


def predict(gold: Iterable[GoldArticle], extract: Callable[[Article], Iterable[Fact]]) -> dict[str, tuple[Fact, ...]]:
    """What ``extract`` finds in the articles of a gold file, by ``article_id``: the input of `evaluate`."""
    return {article.article_id: tuple(extract(article.to_article())) for article in gold}


def evaluate(gold: Sequence[GoldArticle], predicted: Mapping[str, Iterable[FactLike]]) -> Report:
    """Compares the predicted facts of each gold article with its gold facts.

    ``predicted`` is by ``article_id``; an article that it lacks counts as one where nothing was found, and one that
    is not in ``gold`` is left out. Raises `ValueError` for a predicted fact whose kind is unknown.

    >>> from khcn_extract.gold import GoldArticle
    >>> article = GoldArticle(article_id="a1", text="Năm nay có 5 dự án.", facts=(
    ...     {"kind": "count", "start_char": 11, "end_char": 18, "text": "5 dự án", "value": 5, "unit": "dự án"},))
    >>> found = {"kind": "count", "start_char": 11, "end_char": 18, "text": "5 dự án", "value": 5, "unit": "DỰ ÁN"}
    >>> report = evaluate([article], {"a1": [found]})
    >>> report.scores()["exact/count"].f1, report.errors()
    (1.0, ())
    """
    return report_of(match(article, predicted.get(article.article_id, ())) for article in gold)


def report_of(matched: Iterable[Matched]) -> Report:
    """The report on articles that are matched already; see `evaluate`."""
    return Report(tuple(map(_result, matched)))


# -- one article -----------------------------------------------------------------------------------------------------


def _result(article: Matched) -> ArticleResult:
    gold, found, pairs = article.gold, article.found, article.pairs
    # Equal spans are paired first, so these are the pairs that matching by equal spans alone would give.
    exact_pairs = [(i, j) for i, j in pairs if gold[i].span == found[j].span]
    hits, exact_hits = (Counter(gold[i].kind for i, _ in some) for some in (pairs, exact_pairs))
    scores = _by_kind("value", article, hits, hits) | _by_kind("exact", article, exact_hits, exact_hits)
    scores["triples/official"] = _triple_score(_triples(gold), _triples(found))
    same_place = Counter((s.kind, s.span) for s in gold) & Counter((s.kind, s.span) for s in found)
    located = Counter(kind for kind, _ in same_place.elements())
    further = _by_kind("span", article, article.located, article.located)
    further |= _by_kind("exact_span", article, located, located) | _distinct_keys(gold, found) | _fields(article)
    article_id, spurious = article.article.article_id, article.spurious()
    errors = [Error(article_id, "missed", gold[i].record) for i in article.missed()]
    errors += [Error(article_id, "spurious", found[j].record) for j in spurious]
    judged = tuple(
        Judged(side.kind, str(side.record.get("rule") or ""), side.record.get("confidence"), right=j not in spurious)
        for j, side in enumerate(found)
    )
    fields = _document_fields(gold, found, pairs)
    return ArticleResult(article_id, scores, fields, tuple(errors), further, judged)


def _by_kind(
    label: str, article: Matched, gold_hits: Mapping[Kind, int], found_hits: Mapping[Kind, int]
) -> dict[str, Score]:
    wanted, given = Counter(side.kind for side in article.gold), Counter(side.kind for side in article.found)
    scores = {
        f"{label}/{kind}": Score(wanted[kind], given[kind], gold_hits.get(kind, 0), found_hits.get(kind, 0))
        for kind in KINDS
    }
    return scores | {f"{label}/all": sum(scores.values(), start=Score())}


def _distinct_keys(gold: Sequence[Side], found: Sequence[Side]) -> dict[str, Score]:
    """Over distinct keys; a gold one is its first readings, found if one of its facts accepts a found one."""
    scores = {}
    for kind in KINDS:
        wanted: defaultdict[tuple[Comparable, ...], list[Side]] = defaultdict(list)
        for side in gold:
            if side.kind == kind:
                wanted[tuple(readings[0] for readings in side.key)].append(side)
        given = {side.key: side for side in found if side.kind == kind}.values()
        gold_hit = sum(any(side.agrees(one) for side in sides for one in given) for sides in wanted.values())
        found_hit = sum(any(side.agrees(one) for sides in wanted.values() for side in sides) for one in given)
        scores[f"set/{kind}"] = Score(len(wanted), len(given), gold_hit, found_hit)
    return scores | {"set/all": sum(scores.values(), start=Score())}


def _fields(article: Matched) -> dict[str, Score]:
    verdicts: defaultdict[str, list[bool]] = defaultdict(list)
    for i, j in (*article.pairs, *article.misread):
        wanted, side = article.gold[i], article.found[j]
        for name in FIELDS[wanted.kind]:
            if (right := wanted.verdict(name, side)) is not None:
                verdicts[f"field/{wanted.kind}/{name}"].append(right)
                if is_stated(wanted.record.get(name)) or is_stated(side.record.get(name)):
                    verdicts[f"stated/{wanted.kind}/{name}"].append(right)
    return {name: accuracy(judged) for name, judged in verdicts.items()}


def _document_fields(gold: Sequence[Side], found: Sequence[Side], pairs: Sequence[Pair]) -> dict[str, Score]:
    documents = [(gold[i].record, found[j].record) for i, j in pairs if gold[i].kind == "document"]
    return {
        name: accuracy(comparable(wanted.get(name)) == comparable(record.get(name)) for wanted, record in documents)
        for name in DOCUMENT_FIELDS
    }


def _triples(sides: Iterable[Side]) -> set[_Triple]:
    return {
        (side.key[0][0], comparable(position.get("title")), organization(position))
        for side in sides
        if side.kind == "official"
        for position in side.record.get("positions") or ()
    }


def _triple_score(gold: set[_Triple], found: set[_Triple]) -> Score:
    """Two triples agree in name and title, and one's organization begins with the other's: `Sở`, `Sở Y tế`."""

    def agree(one: _Triple, other: _Triple) -> bool:
        return one[:2] == other[:2] and same_organization(one[2], other[2])

    gold_hit = sum(any(agree(wanted, triple) for triple in found) for wanted in gold)
    predicted_hit = sum(any(agree(wanted, triple) for wanted in gold) for triple in found)
    return Score(len(gold), len(found), gold_hit, predicted_hit)


# -- for people ------------------------------------------------------------------------------------------------------


def render(report: Report, *, errors: bool = False) -> str:
    """The guideline's scores as a table of at most 80 columns; with ``errors``, each missed and spurious fact below.

    `khcn_extract.report_text.render` says more: intervals, fields, groups of articles and kinds of error.
    """
    scores = report.scores()
    figures = f"{'P':>7}{'R':>7}{'F1':>7}"
    lines = [f"{'':12}{'value':>14}{'exact':>24}"]
    lines.append(f"{'':12}{figures}   {figures}{'gold':>8}{'found':>7}")
    for kind in (*KINDS, "all"):
        value, exact = scores.get(f"value/{kind}", Score()), scores.get(f"exact/{kind}", Score())
        lines.append(f"{kind:12}{_figures(value)}   {_figures(exact)}{value.gold:8}{value.predicted:7}")
    triples = scores.get("triples/official", Score())
    lines.append(f"{'triples':12}{_figures(triples)}   {'':21}{triples.gold:8}{triples.predicted:7}")
    fields = ", ".join(f"{name} {right:.3f}" for name, right in report.document_fields().items())
    lines.append(f"documents found, right in: {fields or 'none found'}")
    if errors:
        lines += ["", *map(_error_line, report.errors())]
    return "\n".join(lines) + "\n"


def _figures(score: Score) -> str:
    return f"{score.precision:7.3f}{score.recall:7.3f}{score.f1:7.3f}"


def _error_line(error: Error) -> str:
    fact = error.fact
    key = ", ".join(f"{name} {fact[name]}" for name in KEY_FIELDS[fact["kind"]] if fact.get(name) is not None)
    line = f"{error.what} {fact['kind']} {error.article_id} [{fact['start_char']}:{fact['end_char']}]"
    return textwrap.fill(f"{line} {fact.get('text', '')!r}: {key}", width=80, subsequent_indent="    ")
