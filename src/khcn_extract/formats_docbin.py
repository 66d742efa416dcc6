"""spaCy's DocBin: one file, a ``Doc`` an article, cut by the lossless tokenizer so that ``doc.text`` is the text.

Facts are ``doc.spans["khcn"]``, as the pipeline leaves them: ``span._.value`` answers wherever `spacy_component` is
imported. A span covers whole tokens, the exact place is the fact's. What spans have no place for (further readings,
furniture, the article's own fields) travels in ``doc.user_data`` as a gold line. The spans are what counts: one that
was deleted is a fact deleted, one that was added has no values, which the reader says.

spaCy is loaded when a file is written or read, not before.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from khcn_extract.formats_marks import Loss, at, gold_line, json_object, validated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    from khcn_extract.gold import GoldArticle

GOLD = "khcn_gold"
"""Key of the gold line in ``doc.user_data``."""


def write(articles: Sequence[GoldArticle], path: Path) -> Iterator[Loss]:
    """Loses nothing."""
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    docs = [_doc(article, vocab) for article in articles]
    DocBin(attrs=["ORTH", "SPACY"], store_user_data=True, docs=docs).to_disk(path)
    yield from ()


def _doc(article: GoldArticle, vocab: Vocab) -> Doc:
    from khcn_extract.spacy_component import _FACTS, SPANS_KEY, LosslessTokenizer, _facts_adapter, _span

    doc = LosslessTokenizer(vocab)(article.text)
    facts = tuple(fact.to_fact() for fact in article.facts)
    line = gold_line(article)
    del line["text"]
    doc.user_data[GOLD] = json.dumps(line, ensure_ascii=False)
    doc.user_data[_FACTS] = _facts_adapter().dump_python(facts, mode="json")
    doc._.published_at = article.published_at
    doc.spans[SPANS_KEY] = [_span(doc, fact, number) for number, fact in enumerate(facts)]
    return doc


def read(path: Path) -> Iterator[GoldArticle]:
    """Articles of a file that `write` made, whatever other pipelines added to it."""
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    try:
        docs = DocBin().from_disk(path)
    except (zlib.error, ValueError) as wrong:
        raise ValueError(f"{path}: no DocBin ({wrong}); allowed is what DocBin.to_disk writes") from None
    for number, doc in enumerate(docs.get_docs(vocab), start=1):
        with at(f"{path}, document {number}"):
            article = _article(doc)
        yield article


def _article(doc: Doc) -> GoldArticle:
    from khcn_extract.spacy_component import _ID, SPANS_KEY

    if GOLD not in doc.user_data:
        raise ValueError(f"no user_data[{GOLD!r}]; allowed are documents with their facts' values, as written here")
    line = json_object(doc.user_data[GOLD])
    facts = {f"{_ID}{number}": fact for number, fact in enumerate(line["facts"])}
    kept = []
    for span in doc.spans.get(SPANS_KEY, ()):
        if span.id_ not in facts:
            what = f"{span.label_} [{span.start_char}, {span.end_char}) {span.text!r}"
            raise ValueError(f"{what} has no values; allowed are spans of facts: without values nothing can be scored")
        kept.append(facts[span.id_])
    return validated({**line, "text": doc.text, "facts": kept})
