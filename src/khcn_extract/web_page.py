"""A web page becomes a record: its article's text, and the title, date, author and address that it states.

Read `page` first. What it returns has the field names of `khcn_extract.facts.Article`, so that `khcn_extract.records`
treats a page like a line of JSON. Where pages keep these things is data: ``[html]`` in ``rules/fields.toml``.

The text is recall first. Resiliparse's own main-content heuristic is not used: it drops every ``<ul>`` and every
picture caption, which hold facts, and its time is quadratic in the depth of the page. Instead the surest known element
that holds enough text is taken, without what is never the article; furniture that is left, ``text.clean`` names.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resiliparse.parse.html.node import DocumentNode, ElementNode

MIN_CHARS = 200
"""An element with so many characters is the article, however much else is on the page."""
MIN_SHARE = 0.4
"""A shorter one is the article if it has this share of the page's text."""
MAX_CANDIDATES = 100
"""Elements looked at; reading the text of thousands of nested ones would take time by the square."""
MAX_COPIES = 2_000_000
"""Elements that a parser may add to a page for formatting left open: some hundred megabytes of memory."""

_BLOCK_TAG = re.compile(r"</?(?:p|div|br|article|section|body|table|ul|ol|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE)
# Without <a> and <nobr>: a new one ends the last.
_FORMATTING = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_STAMP_CHARS = 60


def is_html(text: str) -> bool:
    """Whether a text is clearly HTML: it has two block tags or more, or begins with a doctype.

    >>> is_html("<p>Có 5 dự án.</p>"), is_html("Nếu a<b thì chọn b.")
    (True, False)
    """
    if "<" not in text:
        return False
    tags = _BLOCK_TAG.finditer(text)
    return (next(tags, None) is not None and next(tags, None) is not None) or text.lstrip()[:9].lower() == "<!doctype"


def page(markup: str) -> dict[str, str]:
    r"""What a page states: ``text``, and ``title``, ``published_at``, ``author``, ``url`` where it states them.

    The values are as written (dates are not read here). In ``text`` each paragraph is a line, entities are characters,
    and the headline comes first. A page without text gives ``""``. Cut-off and deeply nested pages are read as far as
    they go; time and memory are linear in the page's size. ``ValueError``: formatting left open so often that
    no parser could hold the page in memory.

    >>> page("<title>Tin</title><body><h1>Tin mới</h1><p>Có 5 dự án<br>và 2 đề tài.")
    {'title': 'Tin', 'text': 'Tin mới\nCó 5 dự án\nvà 2 đề tài.'}
    """
    _check_formatting(markup)
    tree = HTMLTree.parse(markup)
    root = tree.document
    if root is None:
        return {"text": ""}
    record = {name: value for name, places in _rules()["field"].items() if (value := _first(root, places))}
    article, text = _content(root, tree)
    if article is not None and "published_at" not in record and (stamp := _stamp(article)):
        record["published_at"] = stamp
    record["text"] = _with_headline(text, root, record.get("title", ""))
    return record


@cache
def _rules() -> dict[str, Any]:
    content = (files("khcn_extract") / "rules" / "fields.toml").read_text(encoding="utf-8")
    rules: dict[str, Any] = tomllib.loads(content)["html"]
    return rules


def _check_formatting(markup: str) -> None:
    """Refuse the one kind of page that blows up a standards-following parser.

    The standard copies all open formatting into each new paragraph: ``<p><font size=1>x<p><font size=2>x`` … makes
    elements by the square, and 400 kB of it fill a computer. Depth alone is harmless (3,000,000 levels were read).
    """
    tags = markup.count("<")
    if tags * tags < MAX_COPIES:
        return
    still_open: dict[str, int] = {}
    worst = 0
    for match in _FORMATTING.finditer(markup):
        if name := match[2]:
            name = name.lower()
            still_open[name] = max(0, still_open.get(name, 0) + (-1 if match[1] else 1))
            worst = max(worst, still_open[name])
    # Ten levels are common in large honest pages, and the copies of those are few.
    if (worst - 10) * tags > MAX_COPIES:
        message = f"the page leaves {worst:,} formatting tags open in {tags:,} tags; the product may be {MAX_COPIES:,}"
        raise ValueError(message)


def _plain(tree: HTMLTree) -> str:
    rules = _rules()
    plain = partial(extract_plain_text, tree, list_bullets=False)
    text = plain(skip_elements=rules["media"] + rules["drop"]) or plain(skip_elements=rules["media"])
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _content(root: DocumentNode, tree: HTMLTree) -> tuple[ElementNode | None, str]:
    """The article's element and its text; ``None`` and the whole page's text where no element is sure."""
    selectors = _rules()["content"]
    known = root.query_selector_all(", ".join(selectors))[:MAX_CANDIDATES]
    whole = ""
    for selector in selectors if known else ():
        found = [node for node in known if node.matches(selector)]
        if not found:
            continue
        # Teasers of other articles are <article> too, but shorter.
        longest = max(found, key=lambda node: len(node.text or ""))
        text = _plain(HTMLTree.parse(longest.html))
        if len(text) >= MIN_CHARS:
            return longest, text
        whole = whole or _plain(tree)
        if text and len(text) >= MIN_SHARE * len(whole):
            return longest, text
    return None, whole or _plain(tree)


def _with_headline(text: str, root: DocumentNode, title: str) -> str:
    """The headline is part of the article, but often stands outside its element."""
    heading = root.query_selector("h1")
    headline = (_squeeze(heading.text or "") if heading else "") or title
    if not text or not headline or headline in _squeeze(text[: 4 * len(headline) + 400]) or title in text:
        return text
    return f"{headline}\n{text}"


def _stamp(article: ElementNode) -> str | None:
    """The publication stamp beside the article; not in the page's head, where the day of the visit stands."""
    parent = article.parent_element
    if parent is None or parent.tag in {"body", "html"}:
        return None
    found = (_squeeze(node.text or "") for node in parent.query_selector_all(", ".join(_rules()["stamp"])))
    return next((stamp for stamp in found if len(stamp) <= _STAMP_CHARS and _YEAR.search(stamp)), None)


def _first(root: DocumentNode, places: list[dict[str, str]]) -> str | None:
    for place in places:
        if "json_ld" in place:
            value = _json_ld(root, place["json_ld"])
        elif node := root.query_selector(place["css"]):
            value = node.getattr(place["attribute"]) if "attribute" in place else node.text
        else:
            continue
        if value and (value := _squeeze(value)):
            return value
    return None


def _json_ld(root: DocumentNode, key: str) -> str | None:
    for script in root.query_selector_all('script[type="application/ld+json"]'):
        try:
            content = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue  # Broken JSON-LD is common, and the page has other places for the same.
        for thing in _things(content):
            if value := _name(thing.get(key)):
                return value
    return None


def _things(content: object) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD script: one, a list, or a graph of them."""
    for thing in content if isinstance(content, list) else [content]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            yield from (node for node in graph if isinstance(node, dict)) if isinstance(graph, list) else ()


def _name(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(name for name in map(_name, value) if name) or None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) else None


def _squeeze(text: str) -> str:
    return " ".join(text.split())
