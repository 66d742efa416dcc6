"""Reports: figures with their intervals in 80 columns, as data, and as a page that is safe and whole by itself."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from khcn_extract.analysis import Analysis, analyse, metadata_of, to_json
from khcn_extract.error_analysis import CATEGORIES
from khcn_extract.facts import KINDS
from khcn_extract.gold import GoldArticle
from khcn_extract.report_page import report_page
from khcn_extract.report_text import render

Record = dict[str, Any]

TEXT = "Ngày 5/3/2031, Sở có 12 dự án & <b>7</b> đề tài."
DATE: Record = {"kind": "date", "start_char": 0, "end_char": 13, "text": "Ngày 5/3/2031"}
DATE |= {"date_from": "2031-03-05", "date_to": "2031-03-05", "value": "2031-03-05"}
COUNT: Record = {"kind": "count", "start_char": 21, "end_char": 29, "text": "12 dự án", "value": 12, "unit": "dự án"}
HOSTILE = '"><script>alert(1)</script>&'


def _article(number: int, **more: Any) -> GoldArticle:
    record = {"article_id": f"a{number}", "text": TEXT, "facts": [DATE, COUNT]}
    return GoldArticle.model_validate(record | {"published_at": f"{2030 + number % 2}-01-02"} | more)


def _analysis(found: list[Record], articles: int = 8, **more: Any) -> Analysis:
    gold = [_article(number, **more) for number in range(articles)]
    predicted = {article.article_id: found if k else [DATE, COUNT] for k, article in enumerate(gold)}
    return analyse(gold, predicted, metadata=metadata_of(gold), resamples=200)


WRONG = COUNT | {"start_char": 15, "end_char": 29, "text": "Sở có 12 dự án", "unit": "Sở", "rule": "count.bad"}
WRONG |= {"confidence": 0.6}


class _Tags(HTMLParser):
    """All tags, and whether each that was opened was closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "path", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for seen, attributes in self.seen if seen == tag]


# -- the page --------------------------------------------------------------------------------------------------------


def test_page_is_well_formed_and_loads_nothing() -> None:
    page = report_page(_analysis([DATE, WRONG]))
    tags = _Tags(page)

    assert tags.open == []
    assert not re.search(r"https?:|//[a-z]|@import|url\(|\bsrc=|<link|<img|<iframe", page)
    policies = [meta for meta in tags.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert str(policies[0]["content"]).startswith("default-src 'none'")
    assert {str(a["href"])[0] for a in tags.all("a")} == {"#"}
    assert {str(a["href"])[1:] for a in tags.all("a")} == {str(h["id"]) for h in tags.all("h2")}


def test_nothing_from_outside_is_markup() -> None:
    """Ids, rules, units, texts, groups, title and notes: all of them, and each is shown as it is."""
    text = HOSTILE + " 12 dự án"
    fact = {"kind": "count", "start_char": len(HOSTILE) + 1, "end_char": len(text), "text": "12 dự án", "value": 12}
    gold = [GoldArticle.model_validate({"article_id": HOSTILE, "text": text, "facts": [fact | {"unit": HOSTILE}]})]
    found = fact | {"unit": "x" + HOSTILE, "rule": HOSTILE, "confidence": 1}
    metadata = {HOSTILE: {HOSTILE: HOSTILE}}
    page = report_page(analyse(gold, {HOSTILE: [found]}, metadata=metadata), title=HOSTILE, notes=[HOSTILE])
    tags = _Tags(page)

    assert tags.open == []
    assert len(tags.all("script")) == 1
    assert "alert(1)" not in re.sub(r"&quot;&gt;&lt;script&gt;alert\(1\)&lt;/script&gt;&amp;", "", page)
    (case,) = tags.all("li")
    assert (case["data-rule"], case["data-article"]) == (HOSTILE, HOSTILE)


# fmt: off
@pytest.mark.parametrize(("found", "marked"), [
    (None,                                  "[gold:12 dự án]"),
    (WRONG,                                 "[found:Sở có ][gold found:12 dự án]"),
    (COUNT | {"end_char": 23, "value": 1},  "[gold found:12][gold: dự án]"),
    (COUNT | {"end_char": 31},              "[gold found:12 dự án][found: &amp;]"),
    (COUNT | {"start_char": 25},            "[gold:12 d][gold found:ự án]"),
])
def test_both_spans_are_marked(found: Record | None, marked: str) -> None:
    page = report_page(_analysis([DATE, *([found] if found else [])], articles=2))

    assert marked in page.replace('<mark class="', "[").replace('">', ":").replace("</mark>", "]")
# fmt: on


def test_a_fact_outside_the_gold_sentence_is_marked_too() -> None:
    page = report_page(_analysis([DATE, COUNT | {"start_char": 40, "end_char": 400, "text": "?"}], articles=2))

    assert '<mark class="found">' in page


def test_filters_offer_what_the_errors_have() -> None:
    tags = _Tags(report_page(_analysis([WRONG])))
    offered = {str(option["value"]) for option in tags.all("option")}
    cases = tags.all("li")

    for name in ("category", "kind", "rule", "article"):
        assert {f"={case[f'data-{name}']}" for case in cases} <= offered
    assert {str(select["name"]) for select in tags.all("select")} == {"category", "kind", "rule", "article"}
    assert {case["data-costs"] for case in cases} == {"yes"}


def test_errors_may_be_left_out() -> None:
    """Of articles that are for measuring only, not a word is shown."""
    analysis = _analysis([WRONG])

    assert "dự án" not in report_page(analysis, errors=False)
    assert "errors" not in to_json(analysis, errors=False)
    assert "Ngày" not in render(analysis)
    assert to_json(analysis, errors=False)["error_counts"]["missed"] == {"date": 7}


def test_a_page_without_errors_or_articles() -> None:
    for page in (report_page(_analysis([DATE, COUNT])), report_page(analyse([], {}))):
        assert _Tags(page).open == []
        assert "<form" not in page


# -- data ------------------------------------------------------------------------------------------------------------


def test_json_has_every_figure_with_its_interval() -> None:
    data = json.loads(json.dumps(to_json(_analysis([DATE, WRONG]))))
    count = data["measures"]["value/count"]

    assert [count[n] for n in ("gold", "predicted", "gold_hit", "predicted_hit", "f1")] == [8, 8, 1, 1, 0.125]
    assert len(count["f1_interval"]) == 2
    assert data["rules"]["count.bad"]["precision"] == 0
    assert data["reliability"][0] | {"confidence": "0.60", "mean": 0.6, "precision": 0} == data["reliability"][0]
    assert data["calibration_error"] == pytest.approx(0.6)
    assert len(data["errors"]) == 7
    assert data["errors"][0]["category"] == "wrong unit"
    assert {name: list(groups) for name, groups in data["groups"].items()} == {
        "province": ["unknown"],
        "year": ["2030", "2031"],
        "length": ["0-999 characters"],
    }


def test_every_measure_of_every_kind_is_there() -> None:
    measures = to_json(_analysis([DATE, WRONG]))["measures"]

    for measure in ("span", "exact_span", "value", "exact", "set"):
        assert {f"{measure}/{kind}" for kind in (*KINDS, "all")} <= measures.keys()
    assert {"triples/official", "field/count/unit", "stated/date/date_from"} <= measures.keys()


def test_many_confidences_are_put_together_by_tenths() -> None:
    found = {f"a{n}": [COUNT | {"confidence": n / 40}] for n in range(41)}
    gold = [_article(n) for n in range(41)]
    rows = analyse(gold, found, resamples=50).reliability

    assert [row.confidence for row in rows] == [f"{k / 10:.1f}-{(k + 1) / 10:.1f}" for k in range(10)]
    assert sum(row.right.score.predicted for row in rows) == 41


def test_calibration_errors_do_not_cancel_out() -> None:
    """Half of the facts are surer than right, half righter than sure."""
    found = [DATE | {"confidence": 0.5}, COUNT | {"value": 1, "confidence": 0.25}]
    analysis = analyse([_article(0)], {"a0": found}, resamples=50)

    assert analysis.calibration_error() == pytest.approx((0.5 + 0.25) / 2)


def test_the_unknown_group_is_last() -> None:
    gold = [_article(n, province=province) for n, province in enumerate([None, "Đắk Lắk", "An Giang"])]

    assert list(analyse(gold, {}, metadata=metadata_of(gold)).groups["province"]) == ["An Giang", "Đắk Lắk", "unknown"]
    assert list(analyse(gold, {}, metadata={"a1": {"site": "x"}}).groups["site"]) == ["x", "unknown"]


# -- text ------------------------------------------------------------------------------------------------------------


def test_text_fits_80_columns() -> None:
    long = WRONG | {"rule": "rule." * 20, "unit": "rất dài " * 30}
    text = render(_analysis([DATE, long], province="Tỉnh " * 20), errors=True)

    assert max(map(len, text.splitlines())) <= 80


# fmt: off
@pytest.mark.parametrize("line", [
    "8 articles, 16 gold facts, 16 found. In brackets: 95% percentile intervals over",
    "value: spans overlap, all key fields agree",
    "date           8     8 1.000 [1.00, 1.00] 1.000 [1.00, 1.00] 1.000 [1.00, 1.00]",
    "count          8     8 0.125 [.000, .375] 0.125 [.000, .375] 0.125 [.000, .375]",
    "money          0     0 1.000            - 1.000            - 1.000            -",
    "count unit                    8  0.125 [.000, .375]       8  0.125 [.000, .375]",
    "date resolved_from            0      -                    0      -",
    "2030                                      4      8  0.625            -",
    "count.bad                                 7      7  0.000 [.000, .000]",
    "wrong unit             0         0         0         7         0         7",
    "wrong unit count (unit): a1 [21:29] by count.bad",
    "  gold   '12 dự án': count 12 dự án",
    "  found  'Sở có 12 dự án': count 12 Sở",
])
def test_lines_of_the_text(line: str) -> None:
    assert line in render(_analysis([DATE, WRONG]), errors=True).splitlines()
# fmt: on


def test_all_categories_are_told() -> None:
    text = render(_analysis([DATE, WRONG]))

    assert all(f"\n{category} " in text for category in CATEGORIES)
