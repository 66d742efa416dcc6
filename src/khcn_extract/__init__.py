"""Facts from Vietnamese provincial news, each tied to the exact characters it came from.

The public verbs, nothing else: ``extract`` for a text, ``process`` for an article of a dump, ``read_articles`` for
dumps, ``explain`` for the curious, ``query`` for a fact store, ``spacy_pipeline`` for those who live in spaCy; ``khcn``
is the command line. Start with ``khcn_extract.facts`` for what they give.

>>> import khcn_extract
>>> [fact.text for fact in khcn_extract.extract("Sở đã nghiệm thu 12 đề tài năm 2022.")]
['12 đề tài', 'năm 2022']

Each verb is imported at its first use, so that ``import khcn_extract`` costs nothing; none bears a module's name, which
would hide it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from khcn_extract.explanation import explain
    from khcn_extract.pipeline import extract, process
    from khcn_extract.read import read_articles
    from khcn_extract.spacy_component import spacy_pipeline
    from khcn_extract.store import query

__version__ = "0.1.0"
__all__ = ["__version__", "explain", "extract", "process", "query", "read_articles", "spacy_pipeline"]

_HOMES = {
    "explain": "explanation",
    "extract": "pipeline",
    "process": "pipeline",
    "query": "store",
    "read_articles": "read",
    "spacy_pipeline": "spacy_component",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"khcn_extract.{_HOMES[name]}"), name)
    msg = f"module 'khcn_extract' has no attribute {name!r}; it has {', '.join(__all__)}"
    raise AttributeError(msg)
