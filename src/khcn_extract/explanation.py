"""How the facts of a text came about: which rule saw what, and why other readings were left out.

`explain` runs the engine once more with nothing thrown away. It is for people; `pipeline.process` does the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from khcn_extract import furniture
from khcn_extract.engine import longest
from khcn_extract.facts import Span
from khcn_extract.officials_lexicon import rules as official_rules
from khcn_extract.pipeline import engine, process
from khcn_extract.text import clean, lowered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from khcn_extract.engine import Mention
    from khcn_extract.facts import Article, Extraction, Fact


@dataclass(frozen=True, slots=True)
class Derivation:
    """A fact with the rule that found it."""

    fact: Fact
    about: str
    """What the rule says of itself."""
    groups: dict[str, str]
    """What the pattern's named groups hold, in cleaned lower-case text."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that a rule saw and that is no fact."""

    start_char: int
    end_char: int
    text: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is to be said about one article."""

    extraction: Extraction
    derivations: tuple[Derivation, ...]
    refused: tuple[Refused, ...]


def explain(
    article: Article,
    *,
    published_at: date | datetime | None = None,
    province: str | None = None,
    model: bool = True,
) -> Explanation:
    """The article's facts with their rules, and what was seen and refused; of ``model`` see `pipeline.extract`.

    >>> from khcn_extract.facts import Article
    >>> said = explain(Article(article_id="a", text="Tặng quà 09 đồng chí ngày 31/02/2020."))
    >>> [(d.fact.text, d.fact.rule) for d in said.derivations]
    [('09 đồng chí', 'count.unit')]
    >>> for refused in said.refused:
    ...     print(refused.text, "-", refused.reason)
    ngày 31/02/2020 - it has no value: the parts contradict each other or miss one that nothing gives
    31/02/2020 - the longer date.day_month_year covers it
    """
    extraction = process(article, published_at=published_at, province=province, model=model)
    text = clean(article.text)
    body = text.blank([Span(f.start_char, f.end_char) for f in furniture.look(text.clean).furniture])
    rules = engine()
    candidates = sorted(rules.candidates(body, lowered(body)), key=lambda m: (m.start, m.end, m.rule.name))
    winners = longest(list(candidates))
    about = {rule.name: rule.about for rule in (*rules.rules, *official_rules())}
    facts = {(f.start_char, f.end_char, f.rule): f for f in extraction.facts}
    groups: dict[tuple[int, int, str], dict[str, str]] = {}
    refused: dict[tuple[int, int, str], Refused] = {}
    for mention in candidates:
        start, end = text.to_raw(mention.start, mention.end)
        place = (start, end, mention.rule.name)
        if place in facts:
            groups[place] = {k: v for k, v in mention.match.groupdict().items() if v is not None}
        else:
            refused[place] = Refused(start, end, text.raw[start:end], mention.rule.name, _reason(mention, winners))
    return Explanation(
        extraction,
        tuple(Derivation(fact, about.get(fact.rule, ""), groups.get(place, {})) for place, fact in facts.items()),
        tuple(refused.values()),
    )


def _reason(mention: Mention, winners: Sequence[Mention]) -> str:
    """Why a mention is no fact."""
    for winner in winners:
        if winner is not mention and winner.start < mention.core_end and mention.core_start < winner.end:
            if winner.rule.kind == "none":
                return f"{winner.rule.name}: {winner.rule.about}"
            if mention not in winners:
                return f"the longer {winner.rule.name} covers it"
    if mention.rule.kind == "none":
        return f"this rule says what is no fact: {mention.rule.about}"
    return "it has no value: the parts contradict each other or miss one that nothing gives"
