"""How facts came about: each is explained by the rule that found it, and what was refused says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from khcn_extract.explanation import Explanation, explain
from khcn_extract.facts import Article
from khcn_extract.pipeline import process
from khcn_extract.show import explanation_lines

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.txt"))


def explained(text: str, **options) -> Explanation:
    return explain(Article(article_id="a", text=text), **options)


@pytest.mark.parametrize(
    ("text", "span", "rule", "groups"),
    [
        ("Sở nghiệm thu 12 đề tài.", "12 đề tài", "count.unit", {"value": "12"}),
        ("Xã họp ngày 5/3/2021.", "ngày 5/3/2021", "date.day_month_year", {"day": "5", "month": "3", "year": "2021"}),
        ("Tỉnh chi 2,5 tỷ đồng.", "2,5 tỷ đồng", "money.amount", {"amount": "2,5", "scale": "tỷ"}),
        ("Theo Kế hoạch số 234 của tỉnh.", "Kế hoạch số 234", "document.typed_number", {"number": "234"}),
    ],
)
def test_fact_names_its_rule_and_what_the_pattern_saw(text: str, span: str, rule: str, groups: dict[str, str]) -> None:
    """The groups are the pieces of which the value was made."""
    (derivation,) = explained(text).derivations

    assert (derivation.fact.text, derivation.fact.rule) == (span, rule)
    assert derivation.about
    assert groups.items() <= derivation.groups.items()


def test_official_is_explained_by_its_rule_too() -> None:
    """Officials come from another file, and have a line on their rule like all others."""
    (derivation,) = explained("Bà Hoàng Thị Thúy, Giám đốc Sở Y tế phát biểu.").derivations

    assert derivation.fact.kind == "official"
    assert derivation.about


@pytest.mark.parametrize("path", CORPUS[::4], ids=lambda path: path.stem)
def test_every_fact_of_an_article_is_explained(path: Path) -> None:
    """No more and no fewer than `process` gives, each with a line on its rule; what is refused is no fact."""
    article = Article(article_id="a", text=path.read_text(encoding="utf-8"))
    said = explain(article)
    facts = {(f.start_char, f.end_char, f.rule) for f in said.extraction.facts}

    assert said.extraction == process(article)
    assert sorted(d.fact.start_char for d in said.derivations) == [f.start_char for f in said.extraction.facts]
    assert [d.fact.rule for d in said.derivations if not d.about] == []
    assert all(article.text[r.start_char : r.end_char] == r.text != "" for r in said.refused)
    assert facts.isdisjoint({(r.start_char, r.end_char, r.rule) for r in said.refused})
    assert all(refused.reason for refused in said.refused)


@pytest.mark.parametrize(
    ("text", "span", "reason"),
    [
        ("Xã họp ngày 31/02/2020.", "ngày 31/02/2020", "it has no value: the parts contradict each other or miss one"),
        ("Xã họp ngày 06/10 ở đình.", "ngày 06/10", "it has no value: the parts contradict each other or miss one"),
        ("Xã họp ngày 5/3/2021.", "5/3/2021", "the longer date.day_month_year covers it"),
    ],
)
def test_what_was_seen_and_refused_says_why(text: str, span: str, reason: str) -> None:
    """In words."""
    reasons = [refused.reason for refused in explained(text).refused if refused.text == span]

    assert any(said.startswith(reason) for said in reasons), reasons


def test_what_a_date_lacks_may_be_given() -> None:
    """The same day is a fact once the day of publication is known."""
    said = explained("Xã họp ngày 06/10 ở đình.", published_at=date(2021, 10, 8))

    assert [d.fact.text for d in said.derivations] == ["ngày 06/10"]


@pytest.mark.parametrize("hazard", ["\u200b", "\u00ad", "&nbsp;"])
def test_places_are_those_of_the_text_as_received(hazard: str) -> None:
    """Of facts, of what is refused and of furniture."""
    text = f"Trang chủ » Tin tức\n{hazard}Xã họp ngày 31/02/2020 với 5{hazard} hộ."
    said = explained(text)

    for part in (*said.refused, *(d.fact for d in said.derivations)):
        assert text[part.start_char : part.end_char] == part.text
    assert [text[f.start_char : f.end_char] for f in said.extraction.furniture] == ["Trang chủ » Tin tức"]


def test_lines_for_a_terminal() -> None:
    """Everything in the order in which one asks: the article, its facts, what is none, and the page."""
    text = "Trang chủ » Tin tức\n08:00, 05/06/2021\nXã Tân Mỹ họp ngày 31/02/2020 với 5 hộ.\nTác giả: Lò Mây"
    lines = explanation_lines(explained(text))

    assert lines[0] == "article a: published 2021-06-05 08:00, province unknown, author Lò Mây"
    headings = [line for line in lines if line in ("seen and left out:", "page furniture:")]
    assert headings == ["seen and left out:", "page furniture:"]
    assert "  count: 5 hộ" in lines
    assert "  [0:19] breadcrumb: 'Trang chủ » Tin tức'" in lines
    assert all("\n" not in line for line in lines)
