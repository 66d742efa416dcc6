"""From an article to its facts: the one place that knows the order of the stages.

`extract` is for a text at hand, `process` for an article of a dump; both are pure functions of their arguments. The
stages: `text.clean`, `furniture.look`, `engine.RuleSet.find_many`, then one reader for each family of mentions, and at
last the way back to the raw offsets.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import regex as re

from khcn_extract import counts, counts_context, counts_units, dates, documents, furniture, money, officials, provinces
from khcn_extract.dates_pointed_at import Context
from khcn_extract.engine import Mention, RuleSet, compile_rules
from khcn_extract.facts import (
    Article,
    CountValue,
    DateValue,
    Extraction,
    Fact,
    Furniture,
    OfficialValue,
    Period,
    Reading,
    Span,
)
from khcn_extract.rules import load_file
from khcn_extract.sentences import sentence_starts
from khcn_extract.text import Text, clean, lowered, unwrapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from importlib.resources.abc import Traversable

    from khcn_extract.officials_mentions import By
    from khcn_extract.officials_tagger import Tagger

_HEADLINE = 220
_OPENING = 700
"""Characters in which an article says what period it reports on."""
_REPORT_WORDS = ("sơ kết", "tổng kết", "kết quả", "báo cáo công tác", "nhìn lại")
_REPORTS = re.compile(rf"(?:{'|'.join(_REPORT_WORDS)})[^.;\n]{{0,90}}$")
_PLANS = re.compile(r"\b(?:triển khai (?:các )?nhiệm vụ|phương hướng)\s[^.;\n]{0,30}$")
_YET_TO_COME = re.compile(
    r"\b(?:kế hoạch|mục tiêu|nhiệm vụ|chỉ tiêu|phát động|dự báo|dự kiến|sẽ|triển khai|phấn đấu|chuẩn bị|đến|từ|trước)\s"
)
_PART_OF_YEAR = 300
_OFFICE_REACH = 300
"""Characters on each side of a name among which its offices stand."""
_DASHED = re.compile(r"(\w+) - (?=(\w+))")
_SHORTEST_PERIOD = 27


@cache
def engine(without: frozenset[str] = frozenset()) -> RuleSet:
    """The rules of the value kinds, ready to run together; built once a process.

    ``without`` names rules to leave out, to see what they are worth; a name that none has is a ``ValueError``.
    """
    units = counts_units.units().lexicon
    compiled = []
    for name in ("dates.toml", "counts.toml", "money.toml", "documents.toml"):
        compiled += compile_rules(load_file(name), lexicons={"units": units})
    names = {entry.rule.name for entry in compiled}
    if not without <= names:
        msg = f"no rule is called {', '.join(sorted(without - names))}; rules are called {', '.join(sorted(names))}"
        raise ValueError(msg)
    return RuleSet([entry for entry in compiled if entry.rule.name not in without])


@cache
def extractor_id() -> str:
    """Hash of everything that decides what is extracted: the code and the rules of this package.

    Two stores agree on an article if its text and this are the same; the store re-extracts where it changed.
    """
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(_sources(files("khcn_extract")), key=lambda p: p.name):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


_APART = (
    "__main__", "analysis", "calibration", "cli", "comments", "comparison", "database", "error_analysis", "evaluate",
    "explanation", "floors", "formats", "gold", "halves", "intervals", "matching", "persons", "report", "results",
    "run", "saved_facts", "schema", "scores", "show", "spacy_component", "store", "training",
)  # fmt: skip
"""Beginnings of the names of modules that store, show or score, and decide no fact."""


def _sources(folder: Traversable) -> list[Traversable]:
    """The files that decide what is extracted; a new module counts as one until `_APART` says otherwise."""
    found = []
    for path in folder.iterdir():
        if path.is_dir() and path.name in ("rules", "model"):
            found += _sources(path)
        elif path.name.endswith((".py", ".toml", ".tsv", ".crf", ".json")) and not path.name.startswith(_APART):
            found.append(path)
    return found


def extract(
    article: str | Article,
    *,
    published_at: date | datetime | None = None,
    province: str | None = None,
    model: bool = True,
) -> tuple[Fact, ...]:
    """The facts of a text or an article, in its order.

    ``published_at`` and ``province`` hold where the article says none; the date completes ``ngày 06/10`` and places
    ``hôm nay``; a province that is none is a `ValueError`. Without ``model`` the officials are those that the rules
    alone find.

    >>> for fact in extract("Tỉnh chi 2,5 tỷ đồng cho 12 dự án năm 2020."):
    ...     print(fact.kind, repr(fact.text), fact.start_char, fact.end_char)
    money '2,5 tỷ đồng' 9 20
    count '12 dự án' 25 33
    date 'năm 2020' 34 42
    """
    if isinstance(article, str):
        article = Article(article_id="", text=article)
    return process(article, published_at=published_at, province=province, model=model).facts


def process(
    article: Article,
    *,
    published_at: date | datetime | None = None,
    province: str | None = None,
    model: bool = True,
) -> Extraction:
    """All that an article yields: facts, furniture, and the article with the fields that its text gives filled in."""
    by: By = "both" if model else "rules"
    (extraction,) = process_many([article], published_at=published_at, province=province, by=by)
    return extraction


def process_many(
    articles: Sequence[Article],
    *,
    published_at: date | datetime | None = None,
    province: str | None = None,
    without: frozenset[str] = frozenset(),
    by: By = "both",
    tagger: Tagger | None = None,
) -> list[Extraction]:
    """`process` for some dozens of articles at once, stage by stage, with the same result.

    Of ``without`` see `engine`; ``by`` and ``tagger`` are those of `officials.find`.

    A stage's code and tables stay in the processor's cache while it goes over all the articles: sixty-four at once take
    two thirds of the time that they take one by one. So each step goes over all of them before the next begins.
    """
    pages = _opened(articles, published_at, None if province is None else provinces.named(province))
    mentions = engine(without).find_many([(page.body, page.lower) for page in pages])
    named = officials.find_many([page.body for page in pages], by, tagger=tagger)
    readers = [_Reader(page, found) for page, found in zip(pages, mentions, strict=True)]
    for read in (_Reader.read_dates, _Reader.read_documents, _Reader.read_counts, _Reader.read_money):
        for reader in readers:
            read(reader)
    return [
        _closed(page, reader.context.report_period, [*reader.readings, *map(_reading, facts)])
        for page, reader, facts in zip(pages, readers, named, strict=True)
    ]


class _Page(NamedTuple):
    """An article made ready for its mentions to be found."""

    article: Article
    text: Text
    body: str
    """The cleaned text with the furniture blanked."""
    lower: str
    furniture: tuple[Furniture, ...]


def _opened(articles: Sequence[Article], published_at: date | datetime | None, province: str | None) -> list[_Page]:
    """The articles cleaned, with their fields filled in as far as the pages or the defaults say them."""
    texts = [clean(article.text) for article in articles]
    looks = [furniture.look(text.clean) for text in texts]
    bodies = [
        unwrapped(text.blank([Span(f.start_char, f.end_char) for f in page.furniture]))
        for text, page in zip(texts, looks, strict=True)
    ]
    headlines = [article.title or _headline(body) for article, body in zip(articles, bodies, strict=True)]
    provinces_named = [
        _province(article.province)
        or provinces.about(body, headline=headline, host=urlsplit(article.url or "").hostname or "")
        or province
        for article, body, headline in zip(articles, bodies, headlines, strict=True)
    ]
    return [
        _Page(
            replace(
                article,
                title=headline or None,
                published_at=article.published_at or page.published_at or published_at,
                author=article.author or page.author,
                province=province_named,
            ),
            text,
            body,
            lowered(body),
            page.furniture,
        )
        for article, text, page, body, headline, province_named in zip(
            articles, texts, looks, bodies, headlines, provinces_named, strict=True
        )
    ]


def _province(given: str | None) -> str | None:
    """The name by which the store's ``provinces`` knows it; as given where that is no province."""
    return provinces.known(given or "") or given


def _closed(page: _Page, report_period: Period | None, readings: list[Reading]) -> Extraction:
    """The extraction, its offsets counted in the text as received."""
    text = page.text
    if not text.same_offsets:
        readings = [_in_raw(text, reading) for reading in readings]
    raw = text.raw
    if "–" in raw:
        readings = [_with_long_dashes(raw, reading) for reading in readings]
    facts = [
        Fact(start, end, raw[start:end], value, rule, confidence, flags)
        for start, end, value, rule, confidence, flags in readings
    ]
    facts.sort(key=attrgetter("start_char", "end_char"))
    left_out = tuple(Furniture(*text.to_raw(f.start_char, f.end_char), f.reason) for f in page.furniture)
    return Extraction(replace(page.article, report_period=report_period), tuple(facts), left_out)


class _Reader:
    """The facts of the mentions of one article, family by family: each may need those before it."""

    def __init__(self, page: _Page, mentions: Sequence[Mention]) -> None:
        self.context = Context(page.article.published_at, page.article.report_period)
        self.readings: list[Reading] = []
        self._page = page
        self._mentions: dict[str, list[Mention]] = {"date": [], "document": [], "count": [], "money": []}
        for mention in mentions:
            self._mentions[mention.rule.kind].append(mention)
        self._sentences = cache(lambda: sentence_starts(page.body))
        self._dates: list[Reading] = []

    def read_dates(self) -> None:
        """First the period that the article reports on, for it may complete the others."""
        mentions, lower = self._mentions["date"], self._page.lower
        if self.context.report_period is None and any(m.start < _OPENING for m in mentions):
            opening = [m for m in mentions if m.start < _OPENING]
            period = _report_period(dates.read(opening, lower, self._sentences, self.context), lower)
            self.context = replace(self.context, report_period=period)
        self._dates = dates.read(mentions, lower, self._sentences, self.context)
        self.readings += self._dates

    def read_documents(self) -> None:
        page = self._page
        self.readings += documents.read(
            self._mentions["document"],
            page.body,
            self._dates,
            province=page.article.province,
            published_on=self.context.published_on,
        )

    def read_counts(self) -> None:
        page = self._page
        counted = counts.read(self._mentions["count"], page.body, page.lower, self._sentences)
        self.readings += counts_context.describe(counted, self._dates, page.body, page.lower, self._sentences)

    def read_money(self) -> None:
        self.readings += money.read(self._mentions["money"], self._page.body, self._page.lower)


def _headline(body: str) -> str:
    """The first line that is left of the page, where it is short enough for a headline."""
    line = body.lstrip().partition("\n")[0].strip()
    return line if len(line) <= _HEADLINE else ""


def _report_period(opening: Sequence[Reading], lower: str) -> Period | None:
    """The period that the article says it reports on: a month or more, behind a word such as ``sơ kết``.

    In the headline a part of a year needs no such word: ``Thu ngân sách 6 tháng đầu năm 2021 đạt khá``.
    """
    headline = len(lower) - len(lower.lstrip()) + len(lower.lstrip().partition("\n")[0])
    headline = headline if headline <= _HEADLINE else 0
    for reading in opening:
        value = reading.value
        if (
            isinstance(value, DateValue)
            and (value.date_to - value.date_from).days >= _SHORTEST_PERIOD
            and (value.date_to - value.date_from).days < 367
            and (
                _REPORTS.search(lower, max(0, reading.start - 120), reading.start)
                or (
                    reading.end <= headline
                    and (value.date_to - value.date_from).days < _PART_OF_YEAR
                    and not _YET_TO_COME.search(lower, 0, reading.start)
                )
            )
            and not _PLANS.search(lower, max(0, reading.start - 60), reading.start)
            and not lower.startswith(" đến nay", reading.end)
        ):
            return Period(value.date_from, value.date_to)
    return None


def _in_raw(text: Text, reading: Reading) -> Reading:
    """The reading with its offsets counted in the text as received."""
    value = reading.value
    if isinstance(value, CountValue) and value.part_of is not None:
        value = replace(value, part_of=Span(*text.to_raw(*value.part_of)))
    start, end = text.to_raw(reading.start, reading.end)
    return reading._replace(start=start, end=end, value=value)


def _with_long_dashes(raw: str, reading: Reading) -> Reading:
    """The offices with the dashes that the text has, which was read with hyphens: ``Sở Lao động – Thương binh``."""
    value = reading.value
    if not isinstance(value, OfficialValue) or not any(" - " in held.organization for held in value.positions):
        return reading
    around = raw[max(0, reading.start - _OFFICE_REACH) : reading.end + _OFFICE_REACH]

    def as_written(words: re.Match[str]) -> str:
        one, other = words[1], words[2]
        is_long = f"{one} – {other}" in around and f"{one} - {other}" not in around
        return f"{one} – " if is_long else words[0]

    positions = tuple(
        replace(position, organization=_DASHED.sub(as_written, position.organization)) for position in value.positions
    )
    return reading._replace(value=replace(value, positions=positions))


def _reading(fact: Fact) -> Reading:
    return Reading(fact.start_char, fact.end_char, fact.value, fact.rule, fact.confidence, fact.flags)
