"""Rules as data: what a ``rules/*.toml`` may say, checked on loading.

Read `Rule` first: it is one ``[[rule]]`` of a file. How rules are run over a text is in ``engine.py``.

A rule's pattern is in verbose ``regex`` syntax; its named groups are the fields of the value, its anchors say where it
may begin, and its examples are walked by a test. What must not be taken for a fact is a rule too (``kind = "none"``):
it wins over what it covers, by length.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

END = "<end>"
"""In ``followed_by``: no word stands behind the number, but a mark, a bracket, another number or nothing."""
NUMBER = "<number>"
"""Anchor of rules that begin at a number: a digit run with its separators, ``1.234``, ``17/24``, ``4-5``."""
ANY_SHAPE = ".*"


class Example(BaseModel):
    """What a rule finds in a text: the fact's exact characters and the fields that it must have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    span: str
    value: dict[str, Any]
    flags: tuple[str, ...] = ()
    published_at: date | None = None
    """Publication date of the text, for expressions that need one."""


class Rule(BaseModel):
    """One ``[[rule]]``: where it looks, what it matches, and the proof that it does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    about: str
    """One line for a reader who knows no regex."""
    kind: Literal["date", "document", "money", "count", "official", "none"]
    pattern: str
    anchors: tuple[str, ...] = Field(min_length=1)
    """Literals in lower case at which the pattern may begin, or ``<number>``."""
    near: int | None = None
    """For literals: a digit must stand at most so many characters behind the anchor. Keeps the pattern from being tried
    at each of the many common words that it may begin with."""
    shape: str = ANY_SHAPE
    """What the number must look like, as a pattern of which each ``9`` stands for one digit: ``99?/99?`` for ``17/24``.
    Of a literal with ``near`` it is the next number behind it. Costs nothing: it is held against each shape once."""
    followed_by: tuple[str, ...] = ()
    """For ``<number>``: the word behind the number must be one of these (``<end>``: there is none); empty for any, or
    for what ``then`` allows."""
    listed: bool = False
    """For ``<number>``: it must stand behind a comma or ``và``."""
    glued: bool = False
    """For ``<number>``: it hangs on the word before (``có12 hồ sơ``); other rules leave such numbers alone."""
    coded: bool = False
    """For ``<number>``: a slash or a dash must stand behind it."""
    then: str = ""
    """A lexicon: its longest entry that stands right behind the pattern is the end of the mention; without one there
    is no mention. (Lexicons of a thousand words are too slow inside a pattern.)"""
    not_then: str = ""
    """A lexicon of which no entry may follow the mention: ``từ 3/5 xã`` counts communes."""
    weak: bool = False
    """It gives way to any other rule that sees the same characters."""
    case: Literal["lower", "exact"] = "lower"
    confidence: float = Field(default=0.95, ge=0, le=1)
    flags: tuple[str, ...] = ()
    """Data-quality flags that every fact of this rule carries."""
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[str, ...] = ()
    source: str = ""
    """Where the knowledge comes from: a law, a study, observation."""


class RuleFile(BaseModel):
    """One ``rules/*.toml``: its rules, the vocabulary and the pattern pieces that they share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["date", "document", "money", "count", "none"]
    lexicons: dict[str, tuple[str, ...]] = {}
    """Named lists for ``\\L<name>`` in patterns and ``@name`` in anchors and followed_by."""
    fragments: dict[str, str] = {}
    """Pattern pieces, written ``{name}`` in patterns."""
    tables: dict[str, dict[str, str]] = {}
    """Look-ups for the reading of matches: a written form to its canonical one."""
    rule: tuple[dict[str, Any], ...]


@cache
def load_file(name: str) -> RuleFile:
    """The rule file of that name (``dates.toml``), checked; a mistake in it is a ``ValueError`` that says where."""
    content = files("khcn_extract").joinpath("rules").joinpath(name).read_text(encoding="utf-8")
    try:
        return RuleFile.model_validate(tomllib.loads(content))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"rules/{name}: {error}"
        raise ValueError(msg) from error


def tables(name: str) -> Mapping[str, Mapping[str, str]]:
    """The look-up tables of a rule file."""
    return load_file(name).tables
