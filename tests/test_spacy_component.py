"""Facts in spaCy: the tokenizer loses nothing, and a span leads to its fact, also from another process."""

from __future__ import annotations

import doctest
import sys
import warnings
from datetime import date, datetime
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span

from khcn_extract import spacy_component
from khcn_extract.facts import (
    Article,
    CountValue,
    DateValue,
    DocumentValue,
    Fact,
    Mod,
    MoneyValue,
    OfficialValue,
    Position,
    Value,
)
from khcn_extract.spacy_component import SPANS_KEY, LosslessTokenizer, spacy_pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from spacy.language import Language

DAY = date(2031, 3, 9)
TEXT = "Ông Lê Ba có 2,6 tỷ đồng từ ngày 5/3/2031."

# fmt: off
VALUES: dict[str, Value] = {
    "Lê Ba":            OfficialValue(name="Lê Ba", positions=(Position("Giám đốc", "Sở Y tế", former=True),)),
    "2,6 tỷ đồng":      MoneyValue(amount=Decimal("2600000000.10"), mod=Mod.APPROX),
    "2,6 tỷ":           CountValue(value=Decimal("2.6"), unit="tỷ"),
    "ngày 5/3/2031":    DateValue(date_from=DAY, date_to=DAY, value="2031-03-09"),
    "5/3/2031":         DocumentValue(doc_type="Thông tư", symbol="5", number="5", issued_on=DAY),
}
# fmt: on


def _facts(text: str) -> tuple[Fact, ...]:
    found = [(text.find(words), words, value) for words, value in VALUES.items()]
    return tuple(
        Fact(start, start + len(words), words, value, rule=f"{value.kind}s.fake", confidence=0.5, flags=("fake",))
        for start, words, value in found
        if start >= 0
    )


Call = tuple[object, object]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """The extractor replaced by one that finds `VALUES`; what it was called with lands in the list."""
    seen: list[Call] = []

    def extract(
        text: str | Article, *, published_at: date | datetime | None = None, province: str | None = None
    ) -> tuple[Fact, ...]:
        assert isinstance(text, str)
        seen.append((published_at, province))
        return _facts(text)

    fake = ModuleType("khcn_extract.pipeline")
    fake.extract = extract  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "khcn_extract.pipeline", fake)
    return seen


@pytest.fixture
def nlp(calls: list[Call]) -> Language:
    return spacy_pipeline()


# -- the tokenizer ---------------------------------------------------------------------------------------------------


# fmt: off
@pytest.mark.parametrize(("text", "tokens"), [
    ("Sở có 17/24 hồ sơ.",      ["Sở", "có", "17", "/", "24", "hồ", "sơ", "."]),
    ("100.000đ",                ["100", ".", "000", "đ"]),
    ("24/2031/NQ-HĐND",         ["24", "/", "2031", "/", "NQ", "-", "HĐND"]),
    ("So\u031b\u0309 A",        ["So\u031b\u0309", "A"]),               # decomposed letters stay whole
    ("a  b\n\nc",               ["a", " ", "b", "\n\n", "c"]),          # one blank belongs to the token before it
    (" a\u00a0b\u200bc",        [" ", "a", "\u00a0", "b", "\u200b", "c"]),
    ("",                        []),
])
def test_tokens(text: str, tokens: list[str], nlp: Language) -> None:
    assert tokens == [token.text for token in nlp.make_doc(text)]
# fmt: on


VOCAB = spacy.blank("xx").vocab


@given(st.one_of(st.text(), st.text(" \n\r\t\u00a0\u2028\u3000\u200b\u0000\u0301aỞ1½٣.-\U0001f600")))
def test_no_character_is_lost(text: str) -> None:
    assert text == LosslessTokenizer(VOCAB)(text).text


# -- facts in a document ---------------------------------------------------------------------------------------------


def test_spans_lead_to_facts(nlp: Language) -> None:
    """Also where two facts lie in the same tokens, and in the order of the facts."""
    doc = nlp(TEXT)
    spans = list(doc.spans[SPANS_KEY])

    assert list(_facts(TEXT)) == [span._.fact for span in spans]
    assert [(value.kind, value) for value in VALUES.values()] == [(span.label_, span._.value) for span in spans]
    assert [f"{value.kind}s.fake" for value in VALUES.values()] == [span._.rule for span in spans]
    assert list(VALUES) == [span.text for span in spans]


def test_a_span_covers_whole_tokens_but_its_fact_keeps_its_place(nlp: Language) -> None:
    """`2,6 tỷ` ends inside the token `tỷx`."""
    doc = nlp("Có 2,6 tỷx")
    (span,) = doc.spans[SPANS_KEY]

    assert span.text == "2,6 tỷx"
    assert (span._.fact.start_char, span._.fact.end_char, span._.fact.text) == (3, 9, "2,6 tỷ")


def test_other_spans_have_no_fact(nlp: Language) -> None:
    doc = nlp(TEXT)
    plain, stranger = doc[0:2], Span(doc, 0, 2, span_id="khcn:99")

    assert plain._.fact is plain._.value is plain._.rule is stranger._.fact is None


@pytest.mark.parametrize("published_at", [None, DAY, datetime(2031, 3, 9, 17, 5)])
def test_publication_date_reaches_the_extractor(published_at: date | None, nlp: Language, calls: list[Call]) -> None:
    doc = nlp.make_doc(TEXT)
    doc._.published_at = published_at
    nlp(doc)

    assert calls == [(published_at, None)]


def test_publication_date_must_be_one(nlp: Language) -> None:
    with pytest.raises(ValueError, match="published_at '9/3/2031'; allowed are a date, a datetime and None"):
        nlp.make_doc(TEXT)._.published_at = "9/3/2031"


def test_config_and_another_tokenizer(calls: list[Call]) -> None:
    """The component joins any pipeline; its province and its key are settings."""
    nlp = spacy.blank("xx")
    nlp.add_pipe("khcn_extract", config={"spans_key": "facts", "province": "Bình Phước"})
    doc = nlp(TEXT)

    assert [span._.fact for span in doc.spans["facts"]] == list(_facts(TEXT))
    assert calls == [(None, "Bình Phước")]


def test_offsets_outside_the_text_are_refused(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    beyond = Fact(0, 99, "", VALUES["5/3/2031"], rule="r")
    monkeypatch.setattr(sys.modules["khcn_extract.pipeline"], "extract", lambda *_args, **_more: (beyond,))

    with pytest.raises(ValueError, match=r"fact \[0, 99\): allowed are offsets up to 4"):
        nlp("Ngày")


# -- elsewhere -------------------------------------------------------------------------------------------------------


def _found(docs: Iterable[Doc]) -> list[list[Any]]:
    return [[span._.fact for span in doc.spans[SPANS_KEY]] for doc in docs]


def test_facts_survive_bytes(nlp: Language) -> None:
    doc = nlp.make_doc(TEXT)
    doc._.published_at = DAY
    doc = nlp(doc)
    copies = [Doc(nlp.vocab).from_bytes(doc.to_bytes())]
    copies += DocBin().from_bytes(DocBin(docs=[doc], store_user_data=True).to_bytes()).get_docs(nlp.vocab)

    assert [list(_facts(TEXT))] * 2 == _found(copies)
    assert {copy._.published_at for copy in copies} == {DAY}


def test_facts_come_back_from_other_processes(nlp: Language) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that fork and threads mix badly is spaCy's business
        docs = list(nlp.pipe([TEXT, "", TEXT], n_process=2))

    assert [list(_facts(TEXT)), [], list(_facts(TEXT))] == _found(docs)


def test_a_saved_pipeline_is_the_same(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)

    assert isinstance(loaded.tokenizer, LosslessTokenizer)
    assert _found([nlp(TEXT)]) == _found([loaded(TEXT)])


def test_examples_of_the_module() -> None:
    pytest.importorskip("khcn_extract.pipeline", reason="the examples run the whole extractor")

    assert doctest.testmod(spacy_component).failed == 0
