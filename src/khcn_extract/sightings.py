"""Who an article sees in which office: one row for each position that a mention of an official states.

A sighting is observed, never concluded: its date is the day on which the article was published, else the last day of
the period that it reports on, else none. Nobody is said to have taken or left an office on it.

All mentions of one name in an article are one *appearance*, the smallest thing that `persons` gathers: newspapers tell
their persons apart. They are two where that may be otherwise: seen in bodies of two provinces, that 2025 has not made
one, or as the heads of two communes. Such a case is a doubt, not a guess.
Within an appearance a short name of a body (``Giám đốc Sở``) is the one that the article gives in full.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from khcn_extract.offices import Office, digest, name_key, office
from khcn_extract.provinces import merged_2025

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from khcn_extract.facts import Article

COLUMNS: Final = (
    "fact_id:text article_id:text ordinal:int appearance_id:text name:text name_key:text title:text organization:text "
    "organization_in_full:text former:bool province:text is_central:bool body:text body_known:text title_key:text "
    "rank:text post_id:text "
    "seen_on:date seen_by:text"
)
"""The table ``sightings``, as ``columns.py`` writes its schemas."""


class Stated(NamedTuple):
    """A position as a mention states it."""

    fact_id: str
    ordinal: int
    name: str
    title: str
    organization: str
    former: bool


class _Seen(NamedTuple):
    """A position and what it says of its body."""

    stated: Stated
    office: Office


def rows(article: Article, positions: Iterable[Stated]) -> Iterator[tuple[Any, ...]]:
    """The rows of ``COLUMNS`` for one article, whose ``positions`` come in the order of its text."""
    seen_on, seen_by = observed(article)
    by_name: dict[str, list[_Seen]] = {}
    for stated in positions:
        found = office(stated.title, stated.organization, province=article.province, on=seen_on)
        by_name.setdefault(name_key(stated.name), []).append(_Seen(stated, found))
    for key, seen in by_name.items():
        for number, appearance in enumerate(_appearances(seen)):
            appearance_id = digest(article.article_id, key, str(number))
            for (fact_id, ordinal, name, title, organization, former), held in _in_full(appearance):
                yield (
                    fact_id, article.article_id, ordinal, appearance_id, name, key, title, organization,
                    held.organization, former, held.province, held.is_central, held.body, held.known, held.title,
                    held.rank, held.post_id, seen_on, seen_by,
                )  # fmt: skip


def observed(article: Article) -> tuple[date | None, str | None]:
    """The day of an article's sightings, and where it comes from: ``published`` or ``report_period``."""
    published = article.published_at
    if published is not None:
        return published.date() if isinstance(published, datetime) else published, "published"
    if article.report_period is not None:
        return article.report_period.date_to, "report_period"
    return None, None


class _Appearance:
    """Mentions of one name taken as one person, with what tells them from others.

    That is kept beside the mentions, not made of them for each further one: a name may come 20,000 times.
    """

    def __init__(self) -> None:
        self.seen: list[_Seen] = []
        self.provinces: set[str] = set()
        self.heads: dict[str, set[str]] = {}
        """Communes of which it is the head, by their sort."""

    def add(self, mention: Iterable[_Seen]) -> None:
        """Take a further mention in."""
        for one in mention:
            self.seen.append(one)
            if one.office.province is not None:
                self.provinces.add(merged_2025().get(one.office.province, one.office.province))
            if _heads_commune(one):
                self.heads.setdefault(one.office.sort, set()).add(one.office.body)

    def is_another_than(self, other: _Appearance) -> bool:
        """Whether the two must be two persons."""
        if self.provinces and other.provinces and self.provinces.isdisjoint(other.provinces):
            return True
        return any(sort in self.heads and len(bodies | self.heads[sort]) > 1 for sort, bodies in other.heads.items())


def _appearances(seen: Sequence[_Seen]) -> list[list[_Seen]]:
    """The mentions of one name, in the order of the text, as one person or as those that they must be."""
    mentions = [list(mention) for _, mention in groupby(seen, key=lambda one: one.stated.fact_id)]
    if len(mentions) == 1:
        return mentions
    found: list[_Appearance] = []
    for mention in mentions:
        one = _Appearance()
        one.add(mention)
        for appearance in found:
            if not appearance.is_another_than(one):
                appearance.add(mention)
                break
        else:
            found.append(one)
    return [appearance.seen for appearance in found]


def _heads_commune(one: _Seen) -> bool:
    return one.office.sort != "" and one.office.rank == "head" and not one.stated.former


def _in_full(appearance: Sequence[_Seen]) -> Iterable[_Seen]:
    """The same with each short name of a body given as the only longer one that fits."""
    if len(appearance) == 1 or all(one.office.known == "named" for one in appearance):
        return appearance
    named = {one.office for one in appearance if one.office.known == "named"}
    short = {one.office for one in appearance if one.office.known != "named"}  # a few, however often each is said
    longer = {held: _longer(held, named) for held in short}
    return [_Seen(stated, longer.get(held) or held) for stated, held in appearance]


def _longer(held: Office, named: Iterable[Office]) -> Office | None:
    """The only one of the ``named`` that a short name may stand for; ``None`` where there is none, or two."""
    longer = [
        other
        for other in named
        if other.title == held.title
        and (not held.body or other.body.startswith(f"{held.body} "))
        and other.province in (held.province, None)
    ]
    return longer[0] if len(longer) == 1 else None


def of_tables(
    articles: Mapping[str, Article], names: Mapping[str, str], positions: Iterable[Sequence[Any]]
) -> list[Any]:
    """The rows of many articles, one behind the other in one flat list.

    ``articles`` by id, ``names`` by ``fact_id``; ``positions`` are rows of that table, an article's together.
    """
    cells: list[Any] = []
    stated = (
        (article_id, Stated(fact_id, ordinal, names[fact_id], title, organization, former))
        for fact_id, article_id, ordinal, title, organization, former in positions
    )
    for article_id, group in groupby(stated, key=lambda pair: pair[0]):
        for row in rows(articles[article_id], (one for _, one in group)):
            cells += row
    return cells
