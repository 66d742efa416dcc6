"""The extractor for those who live in spaCy: a pipeline, a component and a tokenizer.

Start with `spacy_pipeline`. Facts come as ``doc.spans["khcn"]``: a span's label is the fact's kind, ``span._.value``
its typed value, ``span._.rule`` the rule that found it and ``span._.fact`` the `Fact` itself. A span covers whole
tokens; the exact characters are those of the fact: ``doc.text[fact.start_char:fact.end_char] == fact.text``.

spaCy is imported in this module only. The tokenizer keeps every character (``doc.text == text``) and wants no word
segmenter: ``spacy.blank("vi")`` alone would need pyvi, at a tenth of the speed and for nothing that facts need.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

import regex
import spacy
from pydantic import TypeAdapter
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry

from khcn_extract.facts import Fact, Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spacy.vocab import Vocab

TOKENIZER = "khcn_extract.lossless.v1"
"""Name of the tokenizer in spaCy's registry, for config files."""

SPANS_KEY = "khcn"
"""Where the component puts its spans unless told otherwise: ``doc.spans[SPANS_KEY]``."""

_FACTS = "khcn_facts"
_PUBLISHED_AT = "khcn_published_at"
_ID = "khcn:"

# A word is a run of letters with their marks, so decomposed text stays whole; the blank behind a token is the token's.
_TOKEN = regex.compile(r"([\p{L}\p{M}]+|\p{Nd}+|\s+|.)( ?)", regex.DOTALL)


def spacy_pipeline() -> Language:
    """A Vietnamese pipeline that does nothing but find facts; add other components as to any pipeline.

    >>> nlp = spacy_pipeline()
    >>> doc = nlp.make_doc("Hôm qua, Sở đã duyệt 5 dự án.")
    >>> doc._.published_at = date(2031, 3, 9)
    >>> doc = nlp(doc)
    >>> [(span.label_, span.text) for span in doc.spans["khcn"]]
    [('date', 'Hôm qua'), ('count', '5 dự án')]
    """
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    nlp.add_pipe("khcn_extract")
    return nlp


@Language.factory(
    "khcn_extract",
    default_config={"spans_key": SPANS_KEY, "province": None},
    assigns=["doc.spans", "span._.value", "span._.rule", "span._.fact"],
)
def create(nlp: Language, name: str, spans_key: str, province: str | None) -> FactFinder:  # noqa: ARG001
    """The component for ``nlp.add_pipe("khcn_extract", config={…})``, in any pipeline and for any tokenizer.

    ``province`` is the one that all texts are about; ``None`` where the text has to tell. The publication date is each
    text's own: set ``doc._.published_at`` before the component runs.
    """
    return FactFinder(spans_key=spans_key, province=province)


class FactFinder:
    """Pipeline component: runs the extractor over ``doc.text`` and attaches what it finds."""

    def __init__(self, *, spans_key: str = SPANS_KEY, province: str | None = None) -> None:
        """See `create`."""
        self.spans_key = spans_key
        self.province = province

    def __call__(self, doc: Doc) -> Doc:
        """Fills ``doc.spans[spans_key]``, in the order of the facts."""
        from khcn_extract.pipeline import extract  # it loads all rules: not before the first text

        facts = extract(doc.text, published_at=doc._.published_at, province=self.province)
        # Plain data, so that `doc.to_bytes()` works and with it DocBin and `nlp.pipe(n_process=2)`.
        doc.user_data[_FACTS] = _facts_adapter().dump_python(facts, mode="json")
        doc.spans[self.spans_key] = [_span(doc, fact, number) for number, fact in enumerate(facts)]
        return doc


def _span(doc: Doc, fact: Fact, number: int) -> Span:
    """Whole tokens that hold the fact. The id says which fact it is, since two may lie in the same tokens."""
    start, end, name = fact.start_char, fact.end_char, f"{_ID}{number}"
    span = doc.char_span(start, end, label=fact.kind, span_id=name, alignment_mode="expand")
    if span is None:
        raise ValueError(f"fact [{start}, {end}): allowed are offsets up to {len(doc.text)}")
    return span


@cache
def _facts_adapter() -> TypeAdapter[tuple[Fact, ...]]:
    return TypeAdapter(tuple[Fact, ...])


# -- what spans and documents answer ---------------------------------------------------------------------------------


def _fact_of(span: Span) -> Fact | None:
    """The fact behind a span of this component; ``None`` for any other span."""
    facts = span.doc.user_data.get(_FACTS, ())
    number = span.id_.removeprefix(_ID)
    if number == span.id_ or not number.isdecimal() or int(number) >= len(facts):
        return None
    return _facts_adapter().validate_python([facts[int(number)]])[0]


def _value_of(span: Span) -> Value | None:
    fact = _fact_of(span)
    return fact.value if fact else None


def _rule_of(span: Span) -> str | None:
    fact = _fact_of(span)
    return fact.rule if fact else None


def _published_at(doc: Doc) -> date | datetime | None:
    written = doc.user_data.get(_PUBLISHED_AT)
    if written is None:
        return None
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)


def _set_published_at(doc: Doc, published_at: date | datetime | None) -> None:
    if published_at is not None and not isinstance(published_at, date):
        raise ValueError(f"published_at {published_at!r}; allowed are a date, a datetime and None")
    doc.user_data[_PUBLISHED_AT] = published_at and published_at.isoformat()


def _register_attributes() -> None:
    """Once a process, at import: a document that was read from bytes must answer too."""
    getters: dict[str, Callable[[Span], object]] = {"fact": _fact_of, "value": _value_of, "rule": _rule_of}
    for name, getter in getters.items():
        if not Span.has_extension(name):
            Span.set_extension(name, getter=getter)
    if not Doc.has_extension("published_at"):
        Doc.set_extension("published_at", getter=_published_at, setter=_set_published_at)


_register_attributes()

# -- the tokenizer ---------------------------------------------------------------------------------------------------


class LosslessTokenizer:
    """Letters with marks, digits, blanks, or one other character: every token is one of these, and none is lost."""

    def __init__(self, vocab: Vocab) -> None:
        """``vocab`` is that of the pipeline."""
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Tokens of ``text``; their texts and the blanks behind them put together are ``text`` again."""
        tokens = _TOKEN.findall(text)
        return Doc(self.vocab, words=[word for word, _ in tokens], spaces=[blank == " " for _, blank in tokens])

    # spaCy saves and loads a pipeline part by part; this part has nothing to save.

    def to_bytes(self, **_: object) -> bytes:
        """Nothing."""
        return b""

    def from_bytes(self, _data: bytes, **_: object) -> LosslessTokenizer:
        """The tokenizer itself."""
        return self

    def to_disk(self, _path: str | Path, **_: object) -> None:
        """Writes nothing."""

    def from_disk(self, _path: str | Path, **_: object) -> LosslessTokenizer:
        """The tokenizer itself."""
        return self


def create_tokenizer() -> Callable[[Language], LosslessTokenizer]:
    """The tokenizer for ``[nlp.tokenizer]`` in a config file: ``@tokenizers = "khcn_extract.lossless.v1"``."""
    return lambda nlp: LosslessTokenizer(nlp.vocab)


registry.tokenizers(TOKENIZER, func=create_tokenizer)
