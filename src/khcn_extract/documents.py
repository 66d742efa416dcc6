"""Mentions of numbered documents to facts: canonical symbols, issue dates, issuers, contradictions, identity keys.

Read ``rules/documents.toml`` first: it says what matches, what the groups mean and which codes there are.
``documents_symbols.py`` reads a mention's own characters, ``documents_issuers.py`` the text round it; here the mentions
of an article are put together: a list shares what stands behind its last member, a later mention by bare number gets
the symbol that the article gives elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from khcn_extract.documents_issuers import Surroundings, day_of
from khcn_extract.documents_symbols import FILE, STANDARD, identity, parse, type_of_code
from khcn_extract.facts import DocumentValue, Reading
from khcn_extract.rules import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from khcn_extract.engine import Mention

# Between the members of a list.
_TO_NEXT = re.compile(r"(?:\s?[,;]\s?|\s?[,;]?\s?(?:và|cùng|với|hoặc|số|các)\s){1,3}")
_WITH_YEAR = re.compile(r"\w+/(\d{4})(?:/.*)?")
_APPROVED_BY_DECISION = frozenset(
    {"Đề án", "Chương trình", "Chương trình hành động", "Kế hoạch", "Quy định", "Quy chế"}
)
"""Types that are named by the number of the decision that they were approved by."""


def read(
    mentions: Sequence[Mention],
    text: str,
    dates: Sequence[Reading],
    *,
    province: str | None = None,
    published_on: date | None = None,
) -> list[Reading]:
    """Document facts of the mentions, in their order.

    ``text`` is the cleaned text that the mentions were found in, ``dates`` its date facts in order; ``province`` tells
    the documents of local bodies apart.
    """
    if not mentions:
        return []
    values = [parse(m.match.re, m.match.groups()) for m in mentions]
    slips: list[tuple[str, ...]] = [()] * len(mentions)
    around = Surroundings(text, dates)
    for i in range(len(mentions) - 1, -1, -1):
        issued = around.issue_date(mentions[i])
        shared = values[i + 1] if issued is None and _goes_on(mentions, i, text) else None
        issued_on: date | None = None
        if issued is not None:
            issued_on = day_of(issued)
            slips[i] = tuple(f for f in issued.flags if f == "date_slip")
        elif shared is not None:
            issued_on = _shared_day(values[i], shared)
        issuer = None if mentions[i].match.groupdict().get("standard") else around.issuer(mentions[i], issued)
        issuer = issuer or (shared.issuer if shared and _same_issuer(values[i], shared) else None)
        if issued_on is not None or issuer is not None:
            year = values[i].year or (issued_on.year if issued_on else None)
            values[i] = replace(values[i], issued_on=issued_on, year=year, issuer=issuer)
    for i in range(1, len(values)):  # "UBND tỉnh ban hành Quyết định …, Kế hoạch …": the subject of the first
        if (
            values[i].issuer is None
            and values[i].issuer_code == values[i - 1].issuer_code
            and _goes_on(mentions, i - 1, text)
        ):
            values[i] = replace(values[i], issuer=values[i - 1].issuer)
    _name_in_full(values)  # "Nghị định 74 và 132/2008/NĐ-CP" are of two years where the article gives 74's
    _complete_lists(mentions, values, text)
    _name_in_full(values)
    _identify(values, province)
    return [
        Reading(
            m.start, m.end, value, m.rule.name, m.rule.confidence,
            (*m.rule.flags, *slip, *_contradictions(m, value, published_on)),
        )
        for m, value, slip in zip(mentions, values, slips, strict=True)
        if m.rule.name != "document.cited_again" or value.symbol != value.number
    ]  # fmt: skip


def _same_issuer(value: DocumentValue, other: DocumentValue) -> bool:
    return None in (value.issuer_code, other.issuer_code) or value.issuer_code == other.issuer_code


def _shared_day(value: DocumentValue, following: DocumentValue) -> date | None:
    """The day of the list's next member, where it can be this one's too."""
    day = following.issued_on
    # "theo QĐ 19 và Kế hoạch số 15/KH-UBND ngày 18/2/2019": what is cited as known needs no day.
    is_cited = value.symbol == value.number and following.symbol != following.number
    if is_cited and value.doc_type != following.doc_type:
        return None
    fits = day is not None and value.year in (None, day.year) and _same_issuer(value, following)
    return day if fits else None


def _complete_lists(mentions: Sequence[Mention], values: list[DocumentValue], text: str) -> None:
    """Gives the first numbers of a list the code behind the last: ``Quyết định số 2251, 2252 và 2253/QĐ-UBND``."""
    for i in range(len(values) - 2, -1, -1):
        value, following = values[i], values[i + 1]
        bare = value.symbol == value.number and text[mentions[i + 1].start].isdigit()
        if bare and following.issuer_code is not None and _goes_on(mentions, i, text):
            values[i] = replace(
                value,
                symbol=value.number + following.symbol[len(following.number) :],
                year=value.year or following.year,
                issuer_code=following.issuer_code,
                doc_type=value.doc_type or following.doc_type,
            )


def _name_in_full(values: list[DocumentValue]) -> None:
    """Gives a mention by bare number the symbol that the article states elsewhere for that type and number.

    Where it states two (``01/NQ-CP`` and ``01-NQ/TU``), the issuer that the mention names decides; else it stays bare.
    """
    full: dict[tuple[str, str], dict[str, DocumentValue]] = {}
    for value in values:
        if value.symbol != value.number:
            full.setdefault((value.doc_type, value.number.lstrip("0")), {})[value.symbol] = value
    for i, value in enumerate(values):
        known = full.get((value.doc_type, value.number.lstrip("0")), {})
        is_standard = value.doc_type == STANDARD
        if is_standard:
            known = {symbol: other for symbol, other in known.items() if symbol.startswith(f"{value.symbol}:")}
        elif value.symbol != value.number:
            continue
        if not known:
            continue
        named = list(known.values())
        if len(named) > 1:
            named = [other for other in named if value.issuer and _is_by(value.issuer, other.issuer_code)]
        if len(named) == 1:
            in_symbol = _WITH_YEAR.fullmatch(named[0].symbol)
            values[i] = replace(
                value,
                symbol=named[0].symbol,
                issuer_code=named[0].issuer_code,
                year=value.year or (int(in_symbol[1]) if in_symbol else named[0].year if is_standard else None),
            )


def _identify(values: list[DocumentValue], province: str | None) -> None:
    """Gives each its key; the year or day of issue that one mention says, holds for all of the same symbol."""
    dated = {(v.doc_type, v.symbol): v for v in values if v.issued_on is not None}
    for i, value in enumerate(values):
        known = value if value.issued_on is not None else dated.get((value.doc_type, value.symbol), value)
        if known is not value:
            known = replace(value, year=value.year or known.year, issued_on=known.issued_on)
        values[i] = replace(value, key=identity(known, province=province))


def _contradictions(mention: Mention, value: DocumentValue, published_on: date | None) -> Iterator[str]:
    """What the text says of the document that can't all be true."""
    if value.issued_on is not None:
        in_symbol = _WITH_YEAR.fullmatch(value.symbol)
        if in_symbol is not None and int(in_symbol[1]) != value.issued_on.year:
            yield "symbol_year_differs_from_issued_on"
        if published_on is not None and value.issued_on > published_on:
            yield "issued_after_publication"
    groups = mention.match.groupdict()
    typed, code = groups.get("type"), groups.get("code")
    if typed and code:
        by_code = type_of_code(code.upper().replace(" ", "")) or value.doc_type
        if by_code.split()[0] != value.doc_type.split()[0] and not (
            by_code == "Quyết định" and value.doc_type in _APPROVED_BY_DECISION
        ):
            yield "type_differs_from_symbol"
    if value.issuer and value.issuer_code and not _is_by(value.issuer, value.issuer_code, unknown=True):
        yield "issuer_differs_from_symbol"


def _is_by(issuer: str, issuer_code: str | None, *, unknown: bool = False) -> bool:
    """Whether a body's name fits a code; ``unknown`` for a code that says nothing of the name."""
    known = tables(FILE)
    names = known["central_issuers"].get(issuer_code or "") or known["local_issuers"].get(issuer_code or "")
    return unknown if not names else any(name in issuer.lower() for name in names.split("|"))


def _goes_on(mentions: Sequence[Mention], i: int, text: str) -> bool:
    """True where the next document is the next member of the same list."""
    if i + 1 >= len(mentions):
        return False
    return _TO_NEXT.fullmatch(text, mentions[i].end, mentions[i + 1].start) is not None
