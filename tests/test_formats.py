"""Annotation formats: what is written is read back equal, what can't be held is said, what is wrong is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khcn_extract.facts import (
    KINDS,
    CountValue,
    DateValue,
    DocumentValue,
    Mod,
    MoneyValue,
    OfficialValue,
    Position,
    Value,
)
from khcn_extract.formats import FORMATS, Loss, convert, detect, read, write
from khcn_extract.formats_marks import field_to_text, gold_line, marks_of, text_to_field
from khcn_extract.gold import GoldArticle, GoldFact, value_to_gold

FACT = {"kind": "count", "start_char": 3, "end_char": 10, "text": "5 dự án", "value": 5, "unit": "dự án"}
NAMES = {"brat": "folder", "docbin": "a.spacy"}


def _article(text: str = "Có 5 dự án.", *facts: dict[str, Any], **more: Any) -> GoldArticle:
    return GoldArticle.model_validate({"article_id": "a1", "text": text, "facts": facts, **more})


def _fact(text: str, words: str, kind: str = "count", **fields: Any) -> dict[str, Any]:
    start = text.index(words)
    values = fields or {"value": 5, "unit": "dự án"}
    return {"kind": kind, "start_char": start, "end_char": start + len(words), "text": words, **values}


def _round_trip(format_: str, *articles: GoldArticle) -> tuple[tuple[Loss, ...], list[GoldArticle]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / NAMES.get(format_, "a.txt")
        losses = write(articles, path, format_)
        return losses, list(read(path, format_))


# -- round trips -----------------------------------------------------------------------------------------------------

_PIECES = ["Sở họp. Ông", "quý", "5 dự án", "đ", "\u0111ie\u0323\u0302n", "12/2031", "\u00a0", " ", "\n", "\r\n", "\t"]
_PIECES += ["😀", "👩‍🔬", "\u2028", "\x1c", "\x85", "\ufeff", "#", "-", "\\", '"', "{", "_", "T1\t", "\u200b"]
_words = st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=4)), max_size=12).map("".join)
_numbers = st.decimals(0, 10**15, allow_nan=False, allow_infinity=False)
_days = st.dates()
_mods = st.none() | st.sampled_from(Mod)
_maybe = st.none() | _words
_positions = st.lists(st.builds(Position, _words, _words, st.booleans()), max_size=3).map(tuple)


def _low_high(low: Any, high: Any) -> tuple[Any, Any]:
    return (low, high) if high is None or low <= high else (high, low)


_pairs = st.builds(_low_high, _numbers, st.none() | _numbers)
_VALUES = st.one_of(
    st.builds(
        lambda days, **more: DateValue(date_from=min(days), date_to=max(days), **more),
        days=st.tuples(_days, _days),
        value=_words,
        resolved_from=_maybe,
    ),
    st.builds(
        DocumentValue,
        doc_type=_words,
        symbol=_words,
        number=_words,
        year=st.none() | st.integers(0, 9999),
        issuer_code=_maybe,
        issuer=_maybe,
        issued_on=st.none() | _days,
    ),
    st.builds(
        lambda pair, **more: MoneyValue(amount=pair[0], amount_max=pair[1], **more),
        pair=_pairs,
        currency=st.sampled_from(["VND", "USD"]),
        mod=_mods,
        rate=_maybe,
    ),
    st.builds(
        lambda pair, **more: CountValue(value=pair[0], value_max=pair[1], **more),
        pair=_pairs,
        total=st.none() | _numbers,
        unit=_words,
        mod=_mods,
        rate=_maybe,
    ),
    st.builds(OfficialValue, name=_words, positions=_positions),
)


@st.composite
def _facts(draw: st.DrawFn, text: str) -> dict[str, Any]:
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, min(len(text), start + 12)))
    value: Value = draw(_VALUES)
    ready = value_to_gold(value)
    other = draw(_VALUES.filter(lambda other: other.kind == value.kind)) if draw(st.booleans()) else value
    also = {f"{name}_also": [found, ready[name]] for name, found in value_to_gold(other).items() if name in ready}
    return {
        "kind": value.kind,
        "start_char": start,
        "end_char": end,
        "text": text[start:end],
        **{name: found for name, found in ready.items() if found is not None},
        **(also if draw(st.booleans()) else {}),
        "rule": draw(st.sampled_from(["gold", "counts.number_unit"])),
        "confidence": draw(st.floats(0, 1)),
        "flags": draw(st.sampled_from([[], ["date_slip"], ["date_slip", "misspelt_unit"]])),
    }


@st.composite
def _articles(draw: st.DrawFn) -> GoldArticle:
    text = draw(_words)
    facts: list[dict[str, Any]] = draw(st.lists(_facts(text), max_size=5)) if text else []
    one_each = {(fact["kind"], fact["start_char"], fact["end_char"]): fact for fact in facts}
    period = sorted(draw(st.tuples(_days, _days)))
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted).filter(lambda p: p[0] < p[1])
    return GoldArticle.model_validate(
        {
            "article_id": draw(st.one_of(st.sampled_from(["a1", "A1", "../x", "CÓ dấu"]), st.text(min_size=1))),
            "title": draw(_maybe),
            "published_at": draw(st.none() | _days | st.datetimes()),
            "author": draw(_maybe),
            "province": draw(_maybe),
            "report_period": draw(st.none() | st.just({"date_from": period[0], "date_to": period[1]})),
            "text": text,
            "ignore": draw(st.lists(places, max_size=3)) if text else [],
            "facts": list(one_each.values()),
        }
    )


def _without(article: GoldArticle, losses: tuple[Loss, ...]) -> GoldArticle:
    """What is left of the article: a loss names its mark."""
    lost = {loss.what for loss in losses if loss.article_id == article.article_id}
    both = [*article.facts, *article.ignore]
    kept = [one for one, mark in zip(both, marks_of(article), strict=True) if str(mark) not in lost]
    facts = tuple(one for one in kept if isinstance(one, GoldFact))
    furniture = tuple(one for one in kept if not isinstance(one, GoldFact))
    return article.model_copy(update={"facts": facts, "ignore": furniture})


def _in_order(article: GoldArticle) -> GoldArticle:
    facts = sorted(article.facts, key=lambda fact: fact.start_char)
    return article.model_copy(update={"facts": tuple(facts)})


@settings(deadline=None, max_examples=50)
@given(articles=st.lists(_articles(), max_size=2, unique_by=lambda article: article.article_id))
def test_what_is_written_is_read_back(articles: list[GoldArticle]) -> None:
    """In every format, since making articles up takes longer than writing and reading them."""
    for format_ in FORMATS:
        losses, back = _round_trip(format_, *articles)
        expected = [_without(article, losses) for article in articles]

        assert back == ([_in_order(article) for article in expected] if format_ == "conll" else expected), format_
        assert not losses or format_ in ("brat", "conll")


def test_the_project_s_own_gold_goes_through_all_formats(tmp_path: Path) -> None:
    """Whole articles lose nothing but what BIO can't hold, and that is counted."""
    articles = list(read(Path(__file__).parents[1] / "gold" / "train.jsonl", "gold"))

    for format_ in FORMATS:
        losses = write(articles, tmp_path / format_, format_)
        back = list(read(tmp_path / format_, format_))
        if format_ == "conll":
            kept = sum(len(article.facts) for article in back)
            assert kept == sum(len(article.facts) for article in articles) - len(losses)
        else:
            assert (losses, back) == ((), articles)


@pytest.mark.parametrize(("format_", "text", "facts", "losses"), [
    ("brat", "Có\n5 dự án", ["\n5 dự án"], [r"count \[2, 10\) '\\n5 dự án': brat has no marks that begin or end"]),
    ("brat", "Có 5\ndự án", ["5\ndự án"], []),
    ("conll", "Có 35 dự án", ["5 dự án"], [r"count \[4, 11\) '5 dự án': does not begin and end where a token does"]),
    ("conll", "Có 5 dự án ", ["5 dự án "], ["does not begin and end where a token does"]),
    ("conll", "Có 5 dự án", ["5 dự", "dự án"], [r"count .5, .* 'dự án': overlaps count .3, .* '5 dự'; BIO has one"]),
    ("conll", "Có 5 dự án", ["5 dự", "5 dự án"], [r"'5 dự': overlaps count \[3, 10\) '5 dự án'; BIO has one layer"]),
    ("conll", "Có 5 dự án", ["5 dự", "án"], []),
    ("doccano", "Có\n5 dự án", ["\n5 dự", "5 dự án"], []),
])  # fmt: skip
def test_what_a_format_cannot_hold(format_: str, text: str, facts: list[str], losses: list[str]) -> None:
    found, back = _round_trip(format_, _article(text, *(_fact(text, words) for words in facts)))

    assert len(found) == len(losses)
    assert [loss for loss, wanted in zip(found, losses, strict=True) if not re.search(wanted, str(loss))] == []
    assert len(back[0].facts) == len(facts) - len(losses)


# -- what the files look like ----------------------------------------------------------------------------------------


def test_brat_files(tmp_path: Path) -> None:
    text = "Menu\n\nPhó Giám đốc Lò\nVăn Xuân chi 2,5 tỷ."
    name = _fact(text, "Lò\nVăn Xuân", "official", name="Lò Văn Xuân", positions=[{"title": "Phó Giám đốc"}])
    money = _fact(text, "2,5 tỷ", "money", amount=2500000000, mod="MORE_THAN", flags=["misspelt_unit"])
    write([_article(text, name, money, ignore=[(0, 4)], title="Tin")], tmp_path, "brat")

    assert (tmp_path / "a1.txt").read_text() == text
    assert (tmp_path / "a1.ann").read_text().splitlines() == [
        "T1\tofficial 19 21;22 30\tLò Văn Xuân",
        '#1\tAnnotatorNotes T1\t{"name":"Lò Văn Xuân","positions":[{"title":"Phó Giám đốc","organization":""}]}',
        "T2\tmoney 35 41\t2,5 tỷ",
        "A1\tamount T2 2500000000",
        "A2\tcurrency T2 VND",
        "A3\tmod T2 MORE_THAN",
        '#2\tAnnotatorNotes T2\t{"flags":["misspelt_unit"]}',
        "T3\tignore 0 4\tMenu",
    ]
    assert (tmp_path / "articles.jsonl").read_text() == '{"file": "a1", "article_id": "a1", "title": "Tin"}\n'
    assert "mod\tArg:money, Value:MORE_THAN\n" in (tmp_path / "annotation.conf").read_text()


def test_doccano_line(tmp_path: Path) -> None:
    write([_article("Có 5 dự án.", FACT)], tmp_path / "a.jsonl", "doccano")

    assert json.loads((tmp_path / "a.jsonl").read_text()) == {
        "text": "Có 5 dự án.",
        "label": [[3, 10, "count"]],
        "khcn": {"article_id": "a1", "facts": {"3-10-count": {"text": "5 dự án", "value": 5, "unit": "dự án"}}},
    }


@pytest.mark.parametrize(("rule", "made"), [("gold", "annotations"), ("counts.number_unit", "predictions")])
def test_label_studio_task(tmp_path: Path, rule: str, made: str) -> None:
    """What a person marked is an annotation, what a rule found a prediction to begin from."""
    write([_article("Có 5 dự án.", FACT | {"rule": rule})], tmp_path / "a.json", "label-studio")
    task = json.loads((tmp_path / "a.json").read_text())[0]
    result = task[made][0]["result"]

    assert task["data"] == {"text": "Có 5 dự án.", "article_id": "a1"}
    assert result[:2] == [
        {"id": "r0", "to_name": "text", "from_name": "label", "type": "labels",
         "value": {"start": 3, "end": 10, "text": "5 dự án", "labels": ["count"]}},
        {"id": "r0", "to_name": "text", "from_name": "value", "type": "textarea",
         "value": {"start": 3, "end": 10, "text": ["5"]}},
    ]  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(article=_articles())
def test_label_studio_interface_has_a_control_for_all_that_is_written(article: GoldArticle) -> None:
    with TemporaryDirectory() as folder:
        write([article], Path(folder) / "a.json", "label-studio")
        task = json.loads((Path(folder) / "a.json").read_text())[0]
        interface = ET.parse(Path(folder) / "a-interface.xml").getroot()
    controls = {element.get("name") for element in interface.iter()}
    made = (task.get("annotations") or task["predictions"])[0]

    assert {item["from_name"] for item in made["result"]} <= controls
    assert {element.get("value") for element in interface.iter("Label")} == {*KINDS, "ignore"}


def test_conll_file(tmp_path: Path) -> None:
    text = "\nCó 5\u00a0dự án. Ông\nA."
    fact = _fact(text, "5\u00a0dự án", value=5, unit="dự án")
    write([_article(text, fact, ignore=[(0, 3)])], tmp_path / "a.conll", "conll")

    assert (tmp_path / "a.conll").read_text().split("\n") == [
        '-DOCSTART- -X- {"article_id":"a1","ignore":[[0,3]],"text_before":"\\n"} O', "",
        r"Có \s _ O", r'5 \u00a0 {"value":5,"unit":"dự\u0020án"} B-count', r"dự \s _ I-count", "án _ _ I-count",
        r". \s _ O", "", r"Ông \n _ O", "", "A _ _ O", ". _ _ O", "", "",
    ]  # fmt: skip


def test_docbin_answers_as_the_pipeline_does(tmp_path: Path) -> None:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    import khcn_extract.spacy_component  # noqa: F401

    write([_article("Có 5 dự án.", FACT, published_at=datetime(2031, 3, 9, 17, 5))], tmp_path / "a.spacy", "docbin")
    doc = next(iter(DocBin().from_disk(tmp_path / "a.spacy").get_docs(Vocab())))
    span = doc.spans["khcn"][0]

    assert (span.text, span.label_, span._.rule) == ("5 dự án", "count", "gold")
    assert span._.value == CountValue(value=Decimal(5), unit="dự án")
    assert doc._.published_at == datetime(2031, 3, 9, 17, 5)


def test_spacy_is_loaded_for_docbin_only() -> None:
    code = "import khcn_extract.formats, sys; sys.exit('spacy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("name", "ready", "text"), [
    ("value", 5, "5"), ("value", 2.6, "2.6"), ("value", "2031-03", "2031-03"), ("number", "06", "06"),
    ("year", 2031, "2031"), ("flags", ["date_slip"], '["date_slip"]'), ("issuer", "Sở Y tế", "Sở Y tế"),
    ("unit_also", ["đề tài", "dự án"], '["đề tài", "dự án"]'), ("mod_also", [None], "[null]"),
])  # fmt: skip
def test_fields_as_text(name: str, ready: object, text: str) -> None:
    assert field_to_text(ready) == text
    assert text_to_field(name, text) in (ready, text)  # numbers of a value stay text: exact, and gold reads both


# -- files from elsewhere --------------------------------------------------------------------------------------------

_OWN = {"3-10-count": {"value": 5, "unit": "dự án"}}
_NOTE = '#1\tAnnotatorNotes T1\t{"value":5,"unit":"dự án"}\n'


def _region(start: int, end: int, text: str | None, label: str = "count") -> dict[str, Any]:
    return {"id": "q", "type": "labels", "value": {"start": start, "end": end, "text": text, "labels": [label]}}


def _area(name: str, *texts: str) -> dict[str, Any]:
    return {"id": "q", "type": "textarea", "from_name": name, "value": {"text": list(texts)}}


def _task(text: str, *result: dict[str, Any], **more: Any) -> str:
    return json.dumps([{"id": 7, "data": {"text": text, "url": "x"}, "annotations": [{"result": result}], **more}])


_AREAS = _area("value", "5"), _area("unit", "dự án")
_FOREIGN: list[tuple[str, dict[str, str], str]] = [
    ("brat", {"x.txt": "Có 5 dự án.", "x.ann": "T1\tcount 3 10\t5 dự án\n" + _NOTE}, "x"),
    ("brat", {"x.txt": "Có 5 dự án.", "x.ann": "T1\tcount 3 10\t5 dự án\r\n#9\tAnnotatorNotes T1\tsure?\n" + _NOTE},
     "x"),
    ("brat", {"x.txt": "Có 5 dự án.", "x.ann": _NOTE + "T1\tcount 3 10\t5 dự án\n"}, "x"),
    ("doccano", {"x": json.dumps({"id": 4, "text": "Có 5 dự án.", "label": [[3, 10, "count"]], "khcn": {"facts": _OWN},
                                  "Comments": []})}, "4"),
    ("doccano", {"x": json.dumps({"text": "Có 5 dự án.", "meta": {"khcn": {"facts": _OWN}}, "relations": [],
                                  "entities": [{"label": "count", "start_offset": 3, "end_offset": 10}]})}, "line-1"),
    ("label-studio", {"x": _task("Có 5 dự án.", _region(3, 10, "5 dự án"), *_AREAS)}, "7"),
    ("label-studio", {"x": _task("Có 5 dự án.", *_AREAS, _region(3, 10, None), predictions=[{"result": []}])}, "7"),
    ("conll", {"x": '\nCó \\s _ O\n5 \\s {"value":5,"unit":"dự\\u0020án"} B-count\ndự \\s - I-count\nán _ - I-count'
                    "\n. _ _ O"}, "line-1"),
]  # fmt: skip


def _written(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode())
    return folder / "x" if "x" in files else folder


@pytest.mark.parametrize(("format_", "files", "name"), _FOREIGN)
def test_gold_made_elsewhere(tmp_path: Path, format_: str, files: dict[str, str], name: str) -> None:
    assert list(read(_written(tmp_path, files), format_)) == [_article("Có 5 dự án.", FACT, article_id=name)]


@pytest.mark.parametrize(("start", "end", "units"), [(5, 12, "code points"), (7, 14, "UTF-16")])
def test_label_studio_offsets_of_either_count(tmp_path: Path, start: int, end: int, units: str) -> None:
    text = "😀😀 x 5 dự án."
    path = _written(tmp_path, {"x": _task(text, _region(start, end, "5 dự án"), *_AREAS)})

    assert [fact.start_char for fact in next(read(path, "label-studio")).facts] == [5]


_RECORD = {"text": "Có 5 dự án.", "label": [[3, 10, "count"]]}
_BRAT = {"x.txt": "Có 5 dự án.", "x.ann": ""}
_LACKS = r"count \[3, 10\).* lacks value, unit; allowed are facts with their values"
_WRONG: list[tuple[str, dict[str, str], str]] = [
    # spans alone: the same answer in every format
    ("brat", _BRAT | {"x.ann": "T1\tcount 3 10\t5 dự án\n"}, r"x\.ann: " + _LACKS),
    ("doccano", {"x": "\n" + json.dumps(_RECORD)}, "line 2: " + _LACKS),
    ("label-studio", {"x": _task("Có 5 dự án.", _region(3, 10, "5 dự án"))}, "task 1: " + _LACKS),
    ("conll", {"x": "Có \\s _ O\n5 \\s _ B-count\ndự \\s _ I-count\nán _ _ I-count"}, "line 1: " + _LACKS),
    # not where it says
    ("brat", _BRAT | {"x.ann": "T1\tcount 4 11\t5 dự án\n" + _NOTE}, r"x\.ann, line 1: .*: the text has ' dự án"),
    ("brat", _BRAT | {"x.ann": "T1\tcount 3 99\t5 dự án\n"}, r"x\.ann, line 1: .* the text has '5 dự án.' there"),
    ("brat", _BRAT | {"x.ann": "T1\tcount 3 4;8 10\t5 án\n"}, r"x\.ann, line 1: .* leaves out words"),
    ("doccano", {"x": json.dumps(_RECORD | {"khcn": {"facts": {"3-10-count": {"text": "6 dự án"}}}})},
     r"line 1: count \[3, 10\) '6 dự án': the text has '5 dự án' there"),
    ("doccano", {"x": json.dumps(_RECORD | {"label": [[3, 99, "count"]]})}, r"allowed is 0 <= start < end <= 11"),
    ("label-studio", {"x": _task("Có 5 dự án.", _region(4, 11, "5 dự án"), *_AREAS)}, "task 1: .* text has ' dự án"),
    # labels and fields
    ("brat", _BRAT | {"x.ann": "T1\tPER 3 4\t5\n"}, r"PER \[3, 4\) '5': allowed labels are date, .*, ignore"),
    ("brat", _BRAT | {"x.ann": "T1\tignore 3 4\t5\nA1\tunit T1 x\n"}, "has a field 'unit'"),
    ("brat", _BRAT | {"x.ann": "T1\tcount 3 10\t5 dự án\nA1\tunitt T1 x\n" + _NOTE}, "x.ann: .*unknown field 'unitt'"),
    ("brat", _BRAT | {"x.ann": "T1\tcount 3 10\t5 dự án\nA1\tunit T1 x\n" + _NOTE}, "line 3: T1 has unit twice"),
    ("brat", _BRAT | {"x.ann": _NOTE}, "fields of T1, which is no mark"),
    ("brat", _BRAT | {"x.ann": "T1\tcount 3 4\t5\nT1\tcount 3 4\t5\n"}, "line 2: T1 stands twice"),
    ("brat", _BRAT | {"x.ann": "T1\tcount 3 4\t5\nA1\tyear T1 x\n"}, r"line 2: year: no JSON"),
    ("brat", _BRAT | {"x.ann": "R1\tof Arg1:T1 Arg2:T2\n"}, "line 1: .*allowed are marks .* gold has no place"),
    ("brat", {"x.ann": ""}, r"x\.txt: no such file; allowed is a \.txt and a \.ann for each article"),
    ("brat", {"articles.jsonl": '{"file": "../x"}'}, r"articles\.jsonl, line 1: file '\.\./x'; allowed"),
    ("doccano", {"x": json.dumps(_RECORD | {"relations": [{}]})}, "line 1: 1 relations; allowed are none"),
    ("doccano", {"x": json.dumps({"label": []})}, "line 1: text: Field required"),
    ("doccano", {"x": "{"}, "line 1: no JSON"),
    ("label-studio", {"x": "{}"}, "allowed is a list of tasks"),
    ("label-studio", {"x": '[{"data": {}}]'}, "task 1: text: Field required"),
    ("label-studio", {"x": _task("A", _area("value", "5"))}, "text area of 'q', which is no region"),
    ("label-studio", {"x": _task("A", {"type": "relation"})}, "result '' is a 'relation'; allowed are regions"),
    ("label-studio", {"x": _task("A 5", _region(2, 3, "5"), _area("unit", "a", "b"))}, "areas of theirs with one"),
    ("label-studio", {"x": json.dumps([{"data": {"text": "A"}, "annotations": [{"result": []}] * 2}])},
     "task 1: 2 annotations; allowed is one"),
    ("conll", {"x": "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG"}, "line 3: second column 'NNP'; allowed is the white"),
    ("conll", {"x": "Có \\s O"}, "line 1: 3 columns; allowed are token, white space, fields and tag"),
    ("conll", {"x": "Có \\s _ O\n5 _ _ I-count"}, "line 2: tag I-count; allowed are O, B-kind, and I-kind behind"),
    ("conll", {"x": "5 _ {} B-count\n5 _ _ I-date"}, "line 2: tag I-date"),
    ("conll", {"x": "5 _ [] B-count"}, r"line 1: no JSON object but \[\]"),
    ("docbin", {"x": "5"}, "x: no DocBin"),
]  # fmt: skip


@pytest.mark.parametrize(("format_", "files", "says"), _WRONG)
def test_what_is_wrong_is_refused_and_located(tmp_path: Path, format_: str, files: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        list(read(_written(tmp_path, files), format_))
    assert str(tmp_path) in str(refused.value)


def test_docbin_without_values(tmp_path: Path) -> None:
    from spacy.tokens import Doc, DocBin, Span
    from spacy.vocab import Vocab

    doc = Doc(Vocab(), words=["Có", "5"])
    DocBin(docs=[doc]).to_disk(tmp_path / "plain.spacy")
    doc.user_data["khcn_gold"] = '{"article_id": "a1", "facts": []}'
    doc.spans["khcn"] = [Span(doc, 1, 2, label="count")]
    DocBin(docs=[doc], store_user_data=True).to_disk(tmp_path / "spans.spacy")

    with pytest.raises(ValueError, match=r"document 1: no user_data\['khcn_gold'\]; allowed are"):
        list(read(tmp_path / "plain.spacy", "docbin"))
    with pytest.raises(ValueError, match=r"document 1: count \[3, 4\) '5' has no values; allowed are"):
        list(read(tmp_path / "spans.spacy", "docbin"))


# -- writing, detecting, converting ----------------------------------------------------------------------------------


def test_what_is_not_written(tmp_path: Path) -> None:
    article = _article()
    with pytest.raises(ValueError, match="format 'bart'; allowed are gold, brat, doccano, label-studio, conll"):
        write([article], tmp_path / "x", "bart")
    with pytest.raises(ValueError, match="article_id 'a1' comes twice"):
        write([article, article], tmp_path / "x", "gold")
    assert not list(tmp_path.iterdir())

    (tmp_path / "old.ann").touch()
    with pytest.raises(ValueError, match="is not empty; allowed is a new or an empty folder"):
        write([article], tmp_path, "brat")


def test_an_article_twice_is_refused(tmp_path: Path) -> None:
    line = json.dumps({"text": "A", "label": [], "khcn": {"article_id": "a1"}})
    with pytest.raises(ValueError, match="article_id 'a1' comes twice; allowed is once"):
        list(read(_written(tmp_path, {"x": f"{line}\n{line}\n"}), "doccano"))


@pytest.mark.parametrize("format_", FORMATS)
def test_detect_by_content(tmp_path: Path, format_: str) -> None:
    path = tmp_path / NAMES.get(format_, "file")
    write([_article("Có 5 dự án.", FACT)], path, format_)

    assert detect(path) == format_


@pytest.mark.parametrize(("name", "format_"), [
    ("a.jsonl", "gold"), ("a.json", "label-studio"), ("a.conll", "conll"), ("a.spacy", "docbin"), ("a", "brat"),
    ("a.csv", None),
])  # fmt: skip
def test_detect_by_name(name: str, format_: str | None) -> None:
    if format_:
        assert detect(Path("nowhere") / name) == format_
    else:
        with pytest.raises(ValueError, match=r"its format does not show; allowed endings are .*\.spacy \(docbin\)"):
            detect(Path("nowhere") / name)


def test_convert(tmp_path: Path) -> None:
    text = "Có 5 dự án."
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(gold_line(_article(text, FACT, _fact(text, "dự án")))))

    assert convert(gold, tmp_path / "b") == [f"{tmp_path / 'b'}: 1 articles, 2 facts from gold to brat"]
    assert convert(tmp_path / "b", tmp_path / "c", to="doccano")[0].endswith("from brat to doccano")
    assert convert(tmp_path / "c", tmp_path / "gold2.jsonl")[0].endswith("from doccano to gold")
    assert list(read(tmp_path / "gold2.jsonl", "gold")) == list(read(gold, "gold"))
    assert convert(gold, tmp_path / "a.conll") == [
        f"{tmp_path / 'a.conll'}: 1 articles, 2 facts from gold to conll, 1 not held",
        "not held: a1: count [5, 10) 'dự án': overlaps count [3, 10) '5 dự án'; BIO has one layer",
    ]
    with pytest.raises(ValueError, match="is the source too"):
        convert(gold, gold, to="doccano")
