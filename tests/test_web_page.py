"""What a web page becomes: each case is a page beside the record that it gives."""

from __future__ import annotations

import time

import pytest

from khcn_extract.web_page import is_html, page

LONG = "Sở Khoa học và Công nghệ họp sơ kết, nêu 12 đề tài đã nghiệm thu và 3 dự án còn dở dang. " * 4
BODY = LONG.strip()


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("<p>Có 5 dự án.</p><p>Chi 2 tỷ đồng.</p>", "Có 5 dự án.\nChi 2 tỷ đồng.", id="paragraphs"),
        pytest.param("Có 5 dự án.<br><br>Chi 2 tỷ.", "Có 5 dự án.\nChi 2 tỷ.", id="line breaks"),
        pytest.param("<div>Có 5 dự án.</div><div>Chi 2 tỷ.</div>", "Có 5 dự án.\nChi 2 tỷ.", id="divs"),
        pytest.param("<table><tr><td>Tin một<br>Tin hai</td></tr></table>", "Tin một\nTin hai", id="layout by table"),
        pytest.param("<table><tr><td>Vốn</td><td>2 tỷ</td></tr></table>", "Vốn\t\t2 tỷ", id="cells of a row"),
        pytest.param("<p>Có <b>5</b> dự <i>án</i></p>", "Có 5 dự án", id="inline tags do not split words"),
        pytest.param("<p>Gồm:</p><ul><li>2 đề tài</li><li>1 dự án</li></ul>", "Gồm:\n2 đề tài\n1 dự án", id="list"),
        pytest.param("Tin.<figure><img alt=Ảnh><figcaption>Ông Bê</figcaption></figure>", "Tin.\nÔng Bê", id="caption"),
        pytest.param("<p>KH&amp;CN &lt;tỉnh&gt; &#x110;&#7855;k</p>", "KH&CN <tỉnh> Đắk", id="entities"),
        pytest.param("<p>15&nbsp;triệu</p>", "15\u00a0triệu", id="no-break space stays"),
        pytest.param("<p>Tin<script>var a='<p>x</p>';</script><style>p{}</style></p>", "Tin", id="script and style"),
        pytest.param("<p>Tin<!-- <p>ẩn</p> -->mới</p>", "Tinmới", id="comment"),
        pytest.param("<p>Tin mới, có 5 dự <b>á", "Tin mới, có 5 dự á", id="cut off"),
        pytest.param("<p>Một<p>Hai<li>Ba", "Một\nHai\nBa", id="end tags left out"),
        pytest.param("xin chào", "xin chào", id="no tags"),
        pytest.param("<p>a &#0; &#xD800; b</p>", "a \ufffd \ufffd b", id="entities that name no character"),
        pytest.param("<img alt='Ảnh' src=a.jpg>", "", id="no text"),
        pytest.param("", "", id="nothing"),
        pytest.param("<frameset><frame src=a></frameset>", "", id="frames"),
    ],
)
def test_text(markup: str, text: str) -> None:
    """Blocks become lines, the rest is text as a reader of the page sees it."""
    assert page(markup)["text"] == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param(f"<nav>Trang chủ</nav><article>{BODY}</article><footer>Ban biên tập</footer>", BODY, id="article"),
        pytest.param(f"<div class='entry-content'>{BODY}</div><div>Tin khác</div>", BODY, id="known class"),
        pytest.param(f"<article>Tin nhỏ</article><article>{BODY}</article>", BODY, id="teasers are shorter"),
        pytest.param(f"<main>Tin ngắn</main><p>{BODY}</p>", f"Tin ngắn\n{BODY}", id="too short to be the article"),
        pytest.param("<article>Tin vắn: 5 dự án</article><p>Quảng cáo</p>", "Tin vắn: 5 dự án", id="short page"),
        pytest.param("<div class='menu'>Mục lục</div><p>Có 5 dự án</p>", "Có 5 dự án", id="known furniture"),
        pytest.param("<body class='has-sidebar'><p>Có 5 dự án</p>", "Có 5 dự án", id="class name that only sounds so"),
        pytest.param("<nav>Chỉ có mục lục</nav>", "Chỉ có mục lục", id="nothing else there"),
        pytest.param(f"<h1>Tin mới</h1><article>{BODY}</article>", f"Tin mới\n{BODY}", id="headline outside"),
        pytest.param(f"<article><h1>Tin mới</h1>{BODY}</article>", f"Tin mới\n{BODY}", id="headline inside"),
        pytest.param(
            f"<title>Tin mới</title><article>{BODY}</article>", f"Tin mới\n{BODY}", id="headline is the title"
        ),
    ],
)
def test_main_content(markup: str, text: str) -> None:
    """The article's element without its surroundings, and the headline before it."""
    assert page(markup)["text"] == text


@pytest.mark.parametrize(
    ("markup", "field", "value"),
    [
        ("<meta property='og:title' content='Tin &amp; bài'><title>Tin | Báo</title>", "title", "Tin & bài"),
        ("<title>\n Tin   mới </title><h1>Khác</h1>", "title", "Tin mới"),
        ("<h1>Tin mới</h1>", "title", "Tin mới"),
        ("<meta property='article:published_time' content='2021-07-05T10:00+07:00'>", "published_at",
         "2021-07-05T10:00+07:00"),
        ("<article><time datetime='2021-07-05'>hôm qua</time></article>", "published_at", "2021-07-05"),
        ("<script type='application/ld+json'>{'}</script><time datetime='2021-07-05'>", "published_at", "2021-07-05"),
        ('<script type="application/ld+json">{"datePublished": "2021-07-05"}</script>', "published_at", "2021-07-05"),
        ('<script type="application/ld+json">{"@graph": [1, {"datePublished": "2021-07-05"}]}</script>',
         "published_at", "2021-07-05"),
        (f"<div><div class=date>05/07/2021 10:00</div><article>{BODY}</article></div>", "published_at",
         "05/07/2021 10:00"),
        ("<meta name='author' content='Hồng An'>", "author", "Hồng An"),
        ('<script type="application/ld+json">[{"author": [{"name": "An"}, {"name": "Tú"}]}]</script>', "author",
         "An, Tú"),
        ("<link rel='canonical' href='https://khcn.example.vn/1'>", "url", "https://khcn.example.vn/1"),
    ],
)  # fmt: skip
def test_stated_fields(markup: str, field: str, value: str) -> None:
    """Fields come as the page writes them."""
    assert page(markup)[field] == value


def test_the_day_of_the_visit_is_no_stamp() -> None:
    """A portal's head shows today's date; only a stamp beside the article counts."""
    today = "<div id=top><div class=date>Thứ hai, 01/01/2024</div></div>"
    assert "published_at" not in page(f"{today}<div><article>{BODY}</article></div>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Có 5 dự án</p>", True),
        ("Có 5 dự án<br>Chi 2 tỷ<br/>", True),
        ("<!DOCTYPE html>Có 5 dự án", True),
        ("Có 5 dự án", False),
        ("Nếu a<b và c>d", False),
        ("Thẻ <p> là đoạn văn", False),
        ("Có <5 dự án>, </>", False),
    ],
)
def test_is_html(text: str, expected: bool) -> None:
    """A text that merely has an angle bracket, or speaks of a tag, is no HTML."""
    assert is_html(text) is expected


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<div>" * 100_000 + "xin chào", id="100,000 nested divs"),
        pytest.param("<a name=x><p>" * 30_000 + "xin chào", id="anchors left open"),
        pytest.param("<table><tr><td>" * 20_000 + "xin chào", id="tables in tables"),
        pytest.param("<article>" * 20_000 + "xin chào", id="articles in articles"),
        pytest.param("xin chào" + "<!--" * 300_000, id="comments that never end"),
        pytest.param("xin chào" + "<p " * 300_000, id="tags that never end"),
        pytest.param("<script type='application/ld+json'>" + "[" * 100_000 + "</script>xin chào", id="deep JSON-LD"),
    ],
)
def test_hostile_pages_are_read(markup: str) -> None:
    """No page crashes the process or takes time by the square."""
    started = time.perf_counter()
    assert page(markup)["text"] == "xin chào"
    assert time.perf_counter() - started < 10


def test_formatting_left_open_is_refused() -> None:
    """The standard makes 800,000,000 elements of this page's 40,000 tags."""
    markup = "".join(f"<p><font size={size}>x" for size in range(40_000))
    with pytest.raises(ValueError, match=r"leaves 40,000 formatting tags open in 80,000 tags"):
        page(markup)
