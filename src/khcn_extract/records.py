"""A record of any scraper becomes an article: its fields are found under whatever names the scraper gave them.

Read `article_from` first, then `article_of_text`, which fills the fields of a `khcn_extract.facts.Article` one by one.
The names of the fields are data: ``[article]`` in ``rules/fields.toml``. Publication dates are read by `read_date`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from khcn_extract.facts import Article, Period
from khcn_extract.web_page import is_html, page

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CHARS = 2_000_000
"""Longest text of one article, in characters; the longest decree has less than a million."""
VIETNAM = timezone(timedelta(hours=7))
"""One zone and no summer time since 1975."""

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^]]*\]|[^/?#:]+)", re.IGNORECASE)
_FIRST_YEAR = 1900


def article_from(
    record: Mapping[str, Any], *, source: str | None = None, article_id: str | None = None, max_chars: int = MAX_CHARS
) -> Article:
    """The article that a scraper's record holds, whatever it calls its fields.

    ``source`` and ``article_id`` are for a record without its own (and, for the source, without a URL). The last
    resort for the id is a hash of the URL or else the text: 16 hexadecimal digits. A date that cannot be read is
    ``None``. ``ValueError``: no text, an empty one, one above ``max_chars`` characters, or one that UTF-8 cannot hold.

    >>> article = article_from({"maintext": "Có 5 dự án.", "url": "https://khcn.example.vn/1", "author": ["An", "Tú"]})
    >>> article.source, article.author, article.article_id
    ('khcn.example.vn', 'An, Tú', '38a3d8961a293573')
    """
    return with_whole_characters(article_unchecked(record, source, article_id, max_chars))


def article_unchecked(record: Mapping[str, Any], source: str | None, article_id: str | None, max_chars: int) -> Article:
    """`article_from` for a record that surely has whole characters, such as JSON without escapes.

    >>> article_unchecked({"id": 7, "text": "Có 5 dự án."}, source=None, article_id=None, max_chars=100).article_id
    '7'
    """
    names = _plan(tuple(record))
    text = _first(record, names["text"])
    if not isinstance(text, str):
        if text is None and names["text"]:
            message = "the text is empty"
        elif text is None:
            known = ", ".join(path[0] for path in _rules().fields["text"])
            message = f"no text among the fields {', '.join(record) or '(none)'}; allowed are {known}"
        else:
            message = f"the text is a JSON {json_type(text)} where a string is needed"
        raise ValueError(message)  # noqa: TRY004
    if len(text) <= max_chars and is_html(text):
        # A scraper may keep the whole page; what that states fills the record's gaps.
        stated = page(text)
        text = stated["text"]
        record = stated | {name: value for name, value in record.items() if value not in (None, "", [])}
    return article_of_text(record, text, source, article_id, max_chars)


def article_of_text(
    record: Mapping[str, Any], text: str, source: str | None, article_id: str | None, max_chars: int
) -> Article:
    """The article with this ``text``, its other fields from the record. ``max_chars`` is in characters.

    >>> article_of_text({"title": "Tin"}, "Có 5 dự án.", "bai-1.txt", "bai-1", max_chars=100).title
    'Tin'
    """
    names = _plan(tuple(record))
    url = _url(record, names["url"])
    given = _first(record, names["article_id"])
    crawled = names["crawl"] and _first(record, names["crawl"]) is not None
    _check_size(text, max_chars)
    return Article(
        article_id=(str(given) if isinstance(given, str | int) else article_id) or _hash(url or text),
        text=text,
        url=url,
        source=_site(_string(_first(record, names["source"]))) or _host(url) or source,
        title=_string(_first(record, names["title"])),
        published_at=None if crawled else read_date(_first(record, names["published_at"])),
        author=_string(_first(record, names["author"])),
        province=_string(_first(record, names["province"])),
        report_period=_period(_first(record, names["report_period"])),
    )


def _check_size(text: str, max_chars: int) -> None:
    if len(text) > max_chars:
        message = f"the text has {len(text):,} characters; up to {max_chars:,} are read"
        raise ValueError(message)
    if not text or text.isspace():
        message = "the text is empty"
        raise ValueError(message)


def with_whole_characters(article: Article) -> Article:
    """The article itself, unless it has what JSON can escape but no file or database takes: ``ValueError`` then.

    That is NUL, and halves of characters (U+D800).

    >>> with_whole_characters(Article(article_id="1", text="Có 5 dự án.")).article_id
    '1'
    """
    for name in ("text", "article_id", "url", "source", "title", "author", "province"):
        value = getattr(article, name) or ""
        if "\0" in value:
            message = f"the {name} has a NUL character at {value.index(chr(0)):,}; it looks like binary data"
            raise ValueError(message)
        try:
            value.encode()
        except UnicodeEncodeError as error:
            half = f"U+{ord(value[error.start]):04X}"
            message = f"the {name} has the lone surrogate {half} at {error.start:,}; only whole characters are allowed"
            raise ValueError(message) from error
    return article


def article_fields() -> frozenset[str]:
    """Every name under which a scraper may keep something of an article.

    >>> "maintext" in article_fields()
    True
    """
    return frozenset(path[0] for paths in _rules().fields.values() for path in paths)


def json_type(value: object) -> str:
    """What JSON calls a value of Python.

    >>> json_type([]), json_type(None)
    ('array', 'null')
    """
    names = {list: "array", dict: "object", str: "string", bool: "boolean", int: "number", float: "number"}
    return "null" if value is None else names.get(type(value), type(value).__name__)


def read_date(value: object) -> date | datetime | None:
    """A publication date in Vietnamese time: a ``datetime`` where the hour is given, else a ``date``.

    Reads ISO 8601 and, day first, the Vietnamese ways. A zone's offset is applied and dropped. What is not
    surely one of these is ``None``: no guess.

    >>> read_date("2020-07-23T10:05:00Z"), read_date("17:05, 23/07/2020"), read_date("hôm qua")
    (datetime.datetime(2020, 7, 23, 17, 5), datetime.datetime(2020, 7, 23, 17, 5), None)
    """
    if isinstance(value, str):
        text = value.strip()
        found = _iso_date(text) or _vietnamese_date(text)
    elif isinstance(value, date):  # of a table that has such columns
        found = _of_vietnam(value) if isinstance(value, datetime) else value
    else:
        return None
    # 0001-01-01 is how .NET portals write that they don't know.
    return found if found and found.year >= _FIRST_YEAR else None


def _iso_date(text: str) -> date | datetime | None:
    if "W" in text:
        return None  # A week without its day would be read as its Monday.
    if text[4:5] == "/":
        text = text.replace("/", "-")
    try:
        if len(text) <= len("2020-07-23"):
            return date.fromisoformat(text)
        return _of_vietnam(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _of_vietnam(stamp: datetime) -> datetime:
    return stamp.astimezone(VIETNAM).replace(tzinfo=None) if stamp.tzinfo else stamp


def _vietnamese_date(text: str) -> date | datetime | None:
    if not (match := _rules().date.fullmatch(text)):
        return None
    part = match.groupdict()
    hour, minute, second = (part[name] or part[f"late_{name}"] for name in ("hour", "minute", "second"))
    try:
        day = date(int(part["year"]), int(part["month"]), int(part["day"]))
        return datetime.combine(day, time(int(hour), int(minute), int(second or 0))) if hour else day
    except ValueError:
        return None


def _period(value: object) -> Period | None:
    if not isinstance(value, dict):
        return None
    ends = [read_date(value.get(name)) for name in ("date_from", "date_to")]
    first, last = (end.date() if isinstance(end, datetime) else end for end in ends)
    return Period(first, last) if first and last and first <= last else None


@dataclass(frozen=True, slots=True)
class _Rules:
    """``rules/fields.toml``, compiled."""

    fields: dict[str, tuple[tuple[str, ...], ...]]
    """Article field, or ``crawl`` -> paths of names into the record, by preference."""
    date: re.Pattern[str]


@cache
def _rules() -> _Rules:
    content = tomllib.loads((files("khcn_extract") / "rules" / "fields.toml").read_text(encoding="utf-8"))
    known = set(Article.__dataclass_fields__)
    if content["article"].keys() != known:
        message = f"fields.toml: [article] has {sorted(content['article'])}; it must have {sorted(known)}"
        raise ValueError(message)
    named = content["article"] | {"crawl": content["crawl"]["marks"]}
    return _Rules(
        fields={field: tuple(tuple(name.split(".")) for name in names) for field, names in named.items()},
        date=re.compile(content["date"]["vietnamese"], re.VERBOSE | re.IGNORECASE),
    )


@lru_cache(1000)
def _plan(keys: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The names worth trying on a record with these keys: the records of a dump mostly have the same."""
    return {field: tuple(path for path in paths if path[0] in keys) for field, paths in _rules().fields.items()}


def _first(record: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> object:
    """The first value under one of the paths that holds something."""
    for path in paths:
        value: Any = record[path[0]]
        for name in path[1:]:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None and value not in ("", []):
            return value
    return None


def _string(value: object) -> str | None:
    """A string as it is; a list of names, or of objects with a name, as one string."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, list):
        return ", ".join(name for name in map(_string, value) if name) or None
    return _string(value.get("name")) if isinstance(value, dict) else None


def _url(record: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> str | None:
    """The first value that looks like an address: trafilatura's ``source`` is one, a spider's is a name."""
    values = (_first(record, (path,)) for path in paths)
    return next((value for value in values if isinstance(value, str) and "/" in value and " " not in value), None)


def _site(source: str | None) -> str | None:
    return _host(source) or source


def _host(url: str | None) -> str | None:
    match = _HOST.match(url) if url else None
    return match[1].lower() if match else None


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
