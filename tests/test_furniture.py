"""What of a page is not the article: the rule file's own examples, then whole pages beside what is left out of them."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khcn_extract.facts import Article
from khcn_extract.furniture import furniture_rules, look
from khcn_extract.pipeline import process
from khcn_extract.text import clean

RULES = [rule for rule, _ in furniture_rules()]
EXAMPLES = [pytest.param(rule, e, id=f"{rule.name}-{e}") for rule in RULES for e in rule.examples]
COUNTEREXAMPLES = [pytest.param(rule, c, id=f"{rule.name}-{c}") for rule in RULES for c in rule.counterexamples]

PROSE = (
    "Sáng nay, Sở Khoa học và Công nghệ tỉnh họp bàn cách giúp các hợp tác xã vùng cao dùng giống mới, "
    "chăm đất bạc màu và bán nông sản qua mạng."
)
HEADLINE = "Giống mới lên vùng cao"


def left_out(page: str) -> list[tuple[str, str]]:
    """Each region that is no article: its characters and the reason."""
    text = clean(page).clean
    return [(text[f.start_char : f.end_char], f.reason) for f in look(text).furniture]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example_is_recognised_where_it_belongs(rule, example: str) -> None:
    """A line of its own, between prose; what may stand only at the end, behind it."""
    page = f"{HEADLINE}\n{PROSE}\n{example}" + ("" if rule.at_end else f"\n{PROSE}")

    assert left_out(page) == [(clean(example).clean, rule.name)]


@pytest.mark.parametrize(("rule", "line"), COUNTEREXAMPLES)
def test_counterexample_is_left_in_the_article(rule, line: str) -> None:
    """Nor does another rule take it."""
    assert left_out(f"{HEADLINE}\n{line}\n{PROSE}") == []


@pytest.mark.parametrize("rule", [r for r in RULES if r.at_end], ids=lambda rule: rule.name)
def test_what_belongs_to_the_end_is_an_article_above_it(rule) -> None:
    """``Điện thoại: …`` in the middle of an article is the article's."""
    for example in rule.examples:
        assert left_out(f"{HEADLINE}\n{example}\n{PROSE}") == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_explains_itself(rule) -> None:
    """It has a name of its own, a line on what it is, an example, and a cue, so that it is not tried on every line."""
    assert rule.about
    assert rule.examples
    assert rule.begins or rule.holds
    assert [r.name for r in RULES].count(rule.name) == 1
    assert all(cue == cue.lower() for cue in (*rule.begins, *rule.holds))


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("23/7/2020", date(2020, 7, 23)),
        ("2020-07-23", date(2020, 7, 23)),
        ("23.07.2020", date(2020, 7, 23)),
        ("17:05,23-07-2020", datetime(2020, 7, 23, 17, 5)),
        ("23/07/2020 | 17:05", datetime(2020, 7, 23, 17, 5)),
        ("Thứ năm, 23/07/2020 - 08:30", datetime(2020, 7, 23, 8, 30)),
        ("Thứ năm - 23/07/2020 00:45", datetime(2020, 7, 23, 0, 45)),
        ("Thứ năm, 23 Tháng 7 2020 08:40", datetime(2020, 7, 23, 8, 40)),
        ("Chủ nhật, 26/07/2020, 8h05 (GMT+7)", datetime(2020, 7, 26, 8, 5)),
        ("Ngày đăng: 23/07/2020", date(2020, 7, 23)),
        ("Cập nhật lúc 14:20 23/07/2020", datetime(2020, 7, 23, 14, 20)),
        ("23/07/2020 2:05 PM", datetime(2020, 7, 23, 14, 5)),
        ("23/07/2020 12:05 PM", datetime(2020, 7, 23, 12, 5)),
        ("23/07/2020 12:05 AM", datetime(2020, 7, 23, 0, 5)),
        ("23/07/2020 12:05 SA", datetime(2020, 7, 23, 0, 5)),
        ("23/07/2020 9:05 CH", datetime(2020, 7, 23, 21, 5)),
        ("(23/07/2020 25:61 - Lượt xem: 12)", date(2020, 7, 23)),
        ("31/02/2020", None),
        ("Ngày 23/7/2020, Sở đã họp", None),
    ],
)
def test_publication_stamp(stamp: str, expected: date | None) -> None:
    """A stamp alone on its line is the publication time; a day that no calendar has is none, nor is prose a stamp."""
    assert look(clean(f"{HEADLINE}\n{stamp}\n{PROSE}").clean).published_at == expected


def test_first_stamp_counts_and_is_no_fact() -> None:
    """The page's own stamp stands above those of other news."""
    extraction = process_page(f"{HEADLINE}\n08:00, 01/02/2021\n{PROSE}\nTin khác\nHọp xã\n09:00, 05/06/2022")

    assert extraction.article.published_at == datetime(2021, 2, 1, 8)
    assert "2021" not in "".join(f.text for f in extraction.facts)


def process_page(page: str):
    return process(Article(article_id="trang", text=page))


@pytest.mark.parametrize(
    ("end", "author", "furniture"),
    [
        ("\nTác giả: Lò Thị Mây", "Lò Thị Mây", "Tác giả: Lò Thị Mây"),
        ("\nLò Thị Mây", "Lò Thị Mây", "Lò Thị Mây"),
        ("\nLò Mây - Tẩn Lở", "Lò Mây - Tẩn Lở", "Lò Mây - Tẩn Lở"),
        ("\nLÒ THỊ MÂY", "LÒ THỊ MÂY", "LÒ THỊ MÂY"),
        ("\nL.Mây", "L.Mây", "L.Mây"),
        ("\nN.MINH", "N.MINH", "N.MINH"),
        ("\nU.S.A", None, None),
        ("\nLò Thị Mây\nPhòng Kế hoạch", "Lò Thị Mây", "Lò Thị Mây\nPhòng Kế hoạch"),
        (" Lò Thị Mây", "Lò Thị Mây", "Lò Thị Mây"),
        (" Tin, ảnh: Lò Mây (CTV)", "Lò Mây", "Tin, ảnh: Lò Mây (CTV)"),
        ("\nLò Thị Mây\nLượt xem: 1.204", "Lò Thị Mây", "Lò Thị Mây"),
        ("\nPhòng Kế hoạch", None, None),
        ("\nHội nghị kết thúc tốt đẹp", None, None),
        ("", None, None),
    ],
)
def test_byline_at_the_end(end: str, author: str | None, furniture: str | None) -> None:
    """A name behind the last sentence or alone under it wrote the article, and is no official."""
    page = PROSE + end
    regions = [text for text, reason in left_out(page) if reason == "byline"]

    assert look(page).author == author
    assert regions == ([furniture] if furniture else [])


def test_other_news_goes_on_until_prose() -> None:
    """Headlines under ``Tin liên quan`` are other articles; the next prose is this one again."""
    page = f"{HEADLINE}\n{PROSE}\nTin liên quan\n5 xã đón điện\nHội chợ mở cửa năm 2021\n{PROSE}\nCòn 7 xã"

    assert [text for text, _ in left_out(page)] == ["Tin liên quan", "5 xã đón điện", "Hội chợ mở cửa năm 2021"]
    assert [f.text for f in process_page(page).facts if f.kind == "count"] == ["7 xã"]


def test_counters_at_the_foot_are_no_facts() -> None:
    """The page's visitors are not the article's numbers."""
    page = (
        f"{HEADLINE}\n{PROSE} Sở cấp 12 giấy phép.\nĐang truy cập : 60\nHôm nay : 24223\nTổng lượt truy cập : 19418424"
    )

    assert {reason for _, reason in left_out(page)} == {"visitor_counter"}
    assert [f.text for f in process_page(page).facts if f.kind == "count"] == ["12 giấy phép"]


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "Tin", "Tin liên quan", "23/07/2020", "»", "|", "..."])
def test_a_page_of_almost_nothing(text: str) -> None:
    """Whatever there is, nothing breaks and no region is empty."""
    assert all(start < end for start, end, _ in ((f.start_char, f.end_char, f.reason) for f in look(text).furniture))


LINES = st.sampled_from([e for r in RULES for e in (*r.examples, *r.counterexamples)] + [HEADLINE, PROSE, "Lò Mây", ""])


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\n\n", "  \n"]))
@settings(deadline=None, max_examples=150)
def test_regions_are_apart_in_order_and_never_prose(lines: list[str], end: str) -> None:
    """On any page: regions do not overlap, hold no outer blanks, and prose stays in the article."""
    text = clean(end.join(lines)).clean
    regions = [(f.start_char, f.end_char) for f in look(text).furniture]

    assert regions == sorted(regions)
    assert all(a_end <= b_start for (_, a_end), (b_start, _) in pairwise(regions))
    assert all(text[s:e] == text[s:e].strip() != "" for s, e in regions)
    assert not any(PROSE in text[s:e] for s, e in regions)


@pytest.mark.parametrize("name", [rule.name for rule in RULES])
def test_no_line_takes_long(name: str) -> None:
    """The longest line that is looked at, made of what the rule begins with, costs no more than some milliseconds."""
    rule, pattern = next((r, p) for r, p in furniture_rules() if r.name == name)
    fillings = ("a", " ", "   a", "a   ", " | ", "|a", " » ", "L. ", "L - ", "1", "1, ", "(", "-")
    cues = (*rule.begins[:4], *rule.holds, "mục")
    worst = 0.0
    for line in {(cue + filling * 219)[:219].strip() + end for cue in cues for filling in fillings for end in ";.1!"}:
        began = process_time()
        pattern.fullmatch(line)
        worst = max(worst, process_time() - began)
    assert worst < 0.05
