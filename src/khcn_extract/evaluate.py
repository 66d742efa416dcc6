"""How good the extraction is: facts found against facts that a person marked, by the guideline's "Scoring".

Start with `evaluate`, which gives a `Report`; `render` prints it. The guideline scores five kinds by ``value`` (spans
overlap and the key fields are equal) and by ``exact`` (the spans are equal too), officials by their distinct
``triples`` (name, title, organization), and documents by the fields beside the key. A test holds every number to the
reference scorer's. Scores are counted per article, since the facts of one article are not independent of each other.
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import chain
from operator import add
from typing import Any, Literal

from khcn_extract.canonical import Comparable, comparable
from khcn_extract.facts import KINDS, Article, Fact, Kind, Span
from khcn_extract.gold import GoldArticle, GoldFact, fact_to_gold

KEY_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "date": ("date_from", "date_to"),
    "document": ("doc_type", "symbol"),
    "money": ("amount", "amount_max", "currency", "mod"),
    "count": ("value", "value_max", "total", "unit", "mod"),
    "official": ("name",),
}
"""What two facts of a kind must agree in, beside overlapping, to be the same fact."""

DOCUMENT_FIELDS = ("issued_on", "issuer_code", "year")
"""Fields of a document that are scored over those whose key was found."""

FactLike = Fact | Mapping[str, Any]
"""A fact, or one as a line of a gold file has it."""

_Triple = tuple[Comparable, Comparable, str]
"""Name, title and organization of an official, in comparable form."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts behind precision, recall and F1; scores add up."""

    gold: int = 0
    predicted: int = 0
    gold_hit: int = 0
    """Gold facts that were found."""
    predicted_hit: int = 0
    """Predicted facts that are right: for triples not the same number, since several may agree with one."""

    def __add__(self, other: Score) -> Score:
        """Score over the facts of both."""
        return Score(*map(add, astuple(self), astuple(other)))

    @property
    def precision(self) -> float:
        """Share of the predicted that is right; of nothing 1 where nothing was to be found, else 0."""
        return self.predicted_hit / self.predicted if self.predicted else float(self.gold == 0)

    @property
    def recall(self) -> float:
        """Share of the gold that was found; of nothing 1."""
        return self.gold_hit / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two.

        >>> Score(gold=4, predicted=2, gold_hit=2, predicted_hit=2).f1
        0.6666666666666666
        """
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Error:
    """A gold fact that was missed, or a predicted one that is spurious; ``fact`` as a line of a gold file has it."""

    article_id: str
    what: Literal["missed", "spurious"]
    fact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ArticleResult:
    """What evaluation counted in one article."""

    article_id: str
    scores: Mapping[str, Score]
    """By ``value/<kind>``, ``value/all``, ``exact/<kind>``, ``exact/all`` and ``triples/official``."""
    document_fields: Mapping[str, Score]
    """Over the matched documents: in how many of them each of `DOCUMENT_FIELDS` agrees."""
    errors: tuple[Error, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of an evaluation, article by article, and their sums."""

    articles: tuple[ArticleResult, ...]

    def scores(self) -> dict[str, Score]:
        """Sums over the articles, by the names that `ArticleResult` lists."""
        return _sums(result.scores for result in self.articles)

    def rows(self) -> dict[str, dict[str, float]]:
        """The scores as plain numbers, for JSON: precision, recall, f1, gold and predicted by name."""
        columns = ("precision", "recall", "f1", "gold", "predicted")
        return {name: {column: getattr(score, column) for column in columns} for name, score in self.scores().items()}

    def document_fields(self) -> dict[str, float]:
        """Accuracy of each of `DOCUMENT_FIELDS` over the matched documents; empty where none matched."""
        sums = _sums(result.document_fields for result in self.articles)
        return {name: score.recall for name, score in sums.items() if score.gold}

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

    >>> article = GoldArticle(article_id="a1", text="Năm nay có 5 dự án.", facts=(
    ...     {"kind": "count", "start_char": 11, "end_char": 18, "text": "5 dự án", "value": 5, "unit": "dự án"},))
    >>> found = {"kind": "count", "start_char": 11, "end_char": 18, "text": "5 dự án", "value": 5, "unit": "DỰ ÁN"}
    >>> report = evaluate([article], {"a1": [found]})
    >>> report.scores()["exact/count"].f1, report.errors()
    (1.0, ())
    """
    return Report(tuple(_compare(article, predicted.get(article.article_id, ())) for article in gold))


def _sums(scores_of_articles: Iterable[Mapping[str, Score]]) -> dict[str, Score]:
    total: defaultdict[str, Score] = defaultdict(Score)
    for name, score in chain.from_iterable(scores.items() for scores in scores_of_articles):
        total[name] += score
    return dict(total)


# -- one article -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """One fact made ready for comparison: all strings canonical once, not once a pair."""

    record: Mapping[str, Any]
    """As a line of a gold file."""
    kind: Kind
    span: Span
    key: tuple[tuple[Comparable, ...], ...]
    """Accepted readings of each key field; a predicted fact has one."""

    def overlap(self, other: _Side) -> int:
        """Characters that both cover; none where this is not positive."""
        return min(self.span.end, other.span.end) - max(self.span.start, other.span.start)

    def agrees(self, predicted: _Side) -> bool:
        """Whether the predicted fact's reading of each key field is an accepted one."""
        return self.kind == predicted.kind and all(
            reading in accepted for accepted, (reading,) in zip(self.key, predicted.key, strict=True)
        )


def _gold_side(fact: GoldFact) -> _Side:
    kind = fact.value.kind
    record = fact_to_gold(fact.to_fact())
    readings = ((record[name], *fact.also.get(name, ())) for name in KEY_FIELDS[kind])
    key = tuple(tuple(map(comparable, accepted)) for accepted in readings)
    return _Side(record, kind, Span(fact.start_char, fact.end_char), key)


def _predicted_side(fact: FactLike) -> _Side:
    record = fact_to_gold(fact) if isinstance(fact, Fact) else fact
    kind = next((known for known in KINDS if known == record.get("kind")), None)
    if kind is None:
        raise ValueError(f"a predicted fact has the kind {record.get('kind')!r}; allowed are {', '.join(KINDS)}")
    key = tuple((comparable(record.get(name)),) for name in KEY_FIELDS[kind])
    return _Side(record, kind, Span(record["start_char"], record["end_char"]), key)


def _compare(article: GoldArticle, facts: Iterable[FactLike]) -> ArticleResult:
    gold = [_gold_side(fact) for fact in article.facts]
    found = [side for side in map(_predicted_side, facts) if not _touches(side.span, article.ignore)]
    pairs = _match(gold, found)
    # Equal spans are paired first, so these are the pairs that matching by equal spans alone would give.
    exact_pairs = [(i, j) for i, j in pairs if gold[i].span == found[j].span]
    scores = _scores_by_kind("value", gold, found, pairs) | _scores_by_kind("exact", gold, found, exact_pairs)
    scores["triples/official"] = _triple_score(_triples(gold), _triples(found))
    matched_gold, matched_found = {i for i, _ in pairs}, {j for _, j in pairs}
    missed = (Error(article.article_id, "missed", s.record) for i, s in enumerate(gold) if i not in matched_gold)
    spurious = (Error(article.article_id, "spurious", s.record) for j, s in enumerate(found) if j not in matched_found)
    return ArticleResult(article.article_id, scores, _document_fields(gold, found, pairs), (*missed, *spurious))


def _touches(span: Span, regions: Iterable[tuple[int, int]]) -> bool:
    return any(span.start < end and start < span.end for start, end in regions)


def _match(gold: Sequence[_Side], found: Sequence[_Side]) -> list[tuple[int, int]]:
    """Index pairs of agreeing facts, one to one: equal spans first, then by overlap, then in order of the text."""
    candidates = []
    for i, wanted in enumerate(gold):
        for j, side in enumerate(found):
            overlap = wanted.overlap(side)
            if overlap > 0 and wanted.agrees(side):
                candidates.append((wanted.span != side.span, -overlap, i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(candidates):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return list(pairs.items())


def _scores_by_kind(
    label: str, gold: Sequence[_Side], found: Sequence[_Side], pairs: Sequence[tuple[int, int]]
) -> dict[str, Score]:
    wanted, given = Counter(side.kind for side in gold), Counter(side.kind for side in found)
    hits = Counter(gold[i].kind for i, _ in pairs)
    scores = {f"{label}/{kind}": Score(wanted[kind], given[kind], hits[kind], hits[kind]) for kind in KINDS}
    return scores | {f"{label}/all": sum(scores.values(), start=Score())}


def _document_fields(
    gold: Sequence[_Side], found: Sequence[_Side], pairs: Sequence[tuple[int, int]]
) -> dict[str, Score]:
    documents = [(gold[i].record, found[j].record) for i, j in pairs if gold[i].kind == "document"]
    scores = {}
    for name in DOCUMENT_FIELDS:
        right = sum(comparable(wanted.get(name)) == comparable(record.get(name)) for wanted, record in documents)
        scores[name] = Score(len(documents), len(documents), right, right)
    return scores


def _triples(sides: Iterable[_Side]) -> set[_Triple]:
    return {
        (side.key[0][0], comparable(position.get("title")), str(comparable(position.get("organization")) or ""))
        for side in sides
        if side.kind == "official"
        for position in side.record.get("positions") or ()
    }


def _triple_score(gold: set[_Triple], found: set[_Triple]) -> Score:
    """Two triples agree in name and title, and one's organization begins with the other's: `Sở`, `Sở Y tế`."""

    def agree(one: _Triple, other: _Triple) -> bool:
        return one[:2] == other[:2] and (one[2].startswith(other[2]) or other[2].startswith(one[2]))

    gold_hit = sum(any(agree(wanted, triple) for triple in found) for wanted in gold)
    predicted_hit = sum(any(agree(wanted, triple) for wanted in gold) for triple in found)
    return Score(len(gold), len(found), gold_hit, predicted_hit)


# -- for people ------------------------------------------------------------------------------------------------------


def render(report: Report, *, errors: bool = False) -> str:
    """The report as a table of at most 80 columns; with ``errors``, each missed and spurious fact below it."""
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
