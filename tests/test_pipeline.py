"""From a text to its facts, whatever the text went through: encodings, scrapers and editors must not change a value.

``PHRASES`` are clean phrases beside the facts that they give; the properties write them as dumps do (``HAZARDS``), mix
them, and ask for the same values and for the exact characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khcn_extract.facts import Article, CountValue, DateValue, DocumentValue, Extraction, Fact, MoneyValue, Span
from khcn_extract.pipeline import extract, extractor_id, process, process_many
from khcn_extract.run import Defaults

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.txt"))
PHRASES = {
    # a phrase, and the kinds and characters of its facts
    "nghiệm thu 41 nhiệm vụ cấp tỉnh": [("count", "41 nhiệm vụ")],
    "tỷ lệ đạt 23,5% kế hoạch": [("count", "23,5%")],
    "có 17/24 hồ sơ đúng hạn": [("count", "17/24 hồ sơ")],
    "trồng mới 12,5 ha chè": [("count", "12,5 ha")],
    "chi 2,5 tỷ đồng cho xã": [("money", "2,5 tỷ đồng")],
    "thưởng 500.000 đồng mỗi em": [("money", "500.000 đồng")],
    "họp vào ngày 23/7/2021 tại xã": [("date", "ngày 23/7/2021")],
    "khởi công ngày 21 tháng 02 năm 2022 ở huyện": [("date", "ngày 21 tháng 02 năm 2022")],
    "giai đoạn 2021 - 2025 vừa rồi": [("date", "2021 - 2025")],
    "theo Nghị quyết số 24/2019/NQ-HĐND của tỉnh": [("document", "Nghị quyết số 24/2019/NQ-HĐND")],
    "bà Hoàng Thị Thúy, Giám đốc Sở Y tế phát biểu": [("official", "Hoàng Thị Thúy")],
    "ông Lâm Văn Bền - Phó Chủ tịch UBND tỉnh dự": [("official", "Lâm Văn Bền")],
    "bà con rất phấn khởi": [],
}
PUBLISHED = date(2021, 8, 2)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


HAZARDS = {
    "as it is": lambda text: text,
    "letters and marks apart": nfd,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "no-break spaces as entities": lambda text: text.replace(" ", "&nbsp;"),
    "zero-width spaces beside the blanks": lambda text: text.replace(" ", "\u200b \u200b"),
    "byte order mark inside": lambda text: "\ufeff" + text,
    "letters as entities": lambda text: re.sub(r"[^\x00-\x7f]", lambda m: f"&#{ord(m[0])};", text),
    "letters as entities, marks apart": lambda text: re.sub(r"[^\x00-\x7f]", lambda m: f"&#{ord(m[0])};", nfd(text)),
    "Icelandic eth for Đ": lambda text: text.replace("Đ", "\u00d0"),
    "long dashes": lambda text: text.replace(" - ", " – ").replace("-", "\u2011"),
    "tone marks of the new kind": lambda text: text.replace("Thúy", "Thuý"),
    "all at once": lambda text: nfd(text.replace("Đ", "\u00d0").replace("-", "–")).replace(" ", "\u200b&nbsp;"),
}


def seen(facts: tuple[Fact, ...]) -> list[tuple[str, object, int | None]]:
    """What the facts say, without where and how it was written."""
    places = {Span(fact.start_char, fact.end_char): at for at, fact in enumerate(facts)}

    def whole(value: object) -> int | None:
        return places[value.part_of] if isinstance(value, CountValue) and value.part_of else None

    return [
        (fact.kind, replace(fact.value, part_of=None) if whole(fact.value) else fact.value, whole(fact.value))
        for fact in facts
    ]


def written_alike(text: str) -> str:
    """A text as cleaning would have it, by other means than the cleaner's own."""
    for entity in set(re.findall(r"&#\d+;", text)):
        text = text.replace(entity, chr(int(entity[2:-1])))
    text = text.replace("&nbsp;", " ").replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
    text = re.sub("[–\u2011]", "-", text.replace("\u00d0", "Đ"))
    return unicodedata.normalize("NFC", text).replace("Thuý", "Thúy")


@pytest.mark.parametrize(("phrase", "expected"), PHRASES.items())
def test_phrases_give_their_facts(phrase: str, expected: list[tuple[str, str]]) -> None:
    """The ground that the properties stand on."""
    assert [(fact.kind, fact.text) for fact in extract(f"Hôm ấy {phrase}.")] == expected


@pytest.mark.parametrize("hazard", HAZARDS)
@pytest.mark.parametrize("phrase", [phrase for phrase, facts in PHRASES.items() if facts])
def test_hazard_changes_no_value(phrase: str, hazard: str) -> None:
    """However it was written, a phrase has the same values, and its facts the same characters, as written."""
    clean_text = f"Hôm ấy {phrase}."
    text = HAZARDS[hazard](clean_text)
    facts = extract(text)

    assert seen(facts) == seen(extract(clean_text))
    assert [text[f.start_char : f.end_char] for f in facts] == [f.text for f in facts]
    assert [written_alike(f.text) for f in facts] == [span for _, span in PHRASES[phrase]]


SENTENCES = st.tuples(st.sampled_from(sorted(PHRASES)), st.sampled_from(sorted(HAZARDS)))


@given(st.lists(SENTENCES, min_size=1, max_size=6), st.sampled_from([" ", "\n", "\r\n", "\n\n", "&nbsp;", "😀 "]))
@settings(deadline=None, max_examples=120)
def test_mixtures_keep_offsets_and_values(sentences: list[tuple[str, str]], between: str) -> None:
    """Sentences written in different ways in one text: every fact has its very characters, none is lost or new."""
    text = between.join(HAZARDS[hazard](f"Hôm ấy {phrase}.") for phrase, hazard in sentences)
    facts = extract(text)

    assert all(text[f.start_char : f.end_char] == f.text != "" for f in facts)
    spans = [span for phrase, _ in sentences for _, span in PHRASES[phrase]]
    assert [written_alike(f.text) for f in facts] == spans
    assert [(f.start_char, f.end_char) for f in facts] == sorted((f.start_char, f.end_char) for f in facts)


WORDS = [
    *(
        "ngày ",
        "năm ",
        "2020",
        "12",
        "/",
        "-",
        ", ",
        " và ",
        "tỷ đồng",
        "%",
        "số ",
        "\n",
        "(",
        "UBND",
        "\u200b",
        "&amp;",
    ),
    *("Ông ", "Nguyễn Văn An", "Giám đốc ", "Tin liên quan\n", "Trang chủ » Tin\n"),
]
SOUP = st.lists(
    st.sampled_from([*PHRASES, *WORDS]) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=14
).map("".join)


@given(SOUP)
@settings(deadline=None, max_examples=250)
def test_any_text_is_extracted_and_every_fact_has_its_characters(text: str) -> None:
    """Nothing breaks it; facts point at what they say and stay out of the furniture."""
    extraction = process(Article(article_id="x", text=text, published_at=PUBLISHED))

    assert extraction.article.text == text
    for fact in extraction.facts:
        assert text[fact.start_char : fact.end_char] == fact.text != ""
        assert 0 < fact.confidence <= 1
        assert fact.rule
        if isinstance(fact.value, DateValue):
            assert fact.value.date_from <= fact.value.date_to
    assert apart(extraction)


def apart(extraction: Extraction) -> bool:
    """Whether no fact shares a character with a piece of furniture."""
    return all(
        fact.end_char <= part.start_char or part.end_char <= fact.start_char
        for fact in extraction.facts
        for part in extraction.furniture
    )


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_articles_of_the_corpus(path: Path) -> None:
    """Each as it is and decomposed: exact characters, no fact in the furniture, the same values both ways."""
    text = path.read_text(encoding="utf-8")
    both = process_many([Article(article_id="c", text=text), Article(article_id="d", text=nfd(text))])

    for extraction in both:
        source = extraction.article.text
        assert all(source[f.start_char : f.end_char] == f.text for f in extraction.facts)
        assert apart(extraction)
    composed, decomposed = both
    assert seen(composed.facts) == seen(decomposed.facts)


@given(st.lists(st.sampled_from(CORPUS) | SOUP, max_size=6))
@settings(deadline=None, max_examples=25)
def test_many_at_once_is_one_by_one(sources: list[Path | str]) -> None:
    """Going through the stages together, articles do not see each other."""
    texts = [s if isinstance(s, str) else s.read_text(encoding="utf-8") for s in sources]
    articles = [Article(article_id=str(i), text=text) for i, text in enumerate(texts)]

    assert process_many(articles, published_at=PUBLISHED) == [process(a, published_at=PUBLISHED) for a in articles]


def test_nothing_gives_nothing() -> None:
    """No articles, no text, no words."""
    assert process_many([]) == []
    assert [extract(text) for text in ("", " ", "\n\n", "\u200b", "&nbsp;")] == [()] * 5


def test_the_same_text_gives_the_same_facts_in_any_order_of_calls() -> None:
    """Nothing is remembered from one article to the next."""
    texts = [path.read_text(encoding="utf-8") for path in CORPUS[:8]]
    forth = [extract(text) for text in texts]
    back = [extract(text) for text in reversed(texts)][::-1]

    assert forth == back


@pytest.mark.parametrize(
    ("text", "published_at", "expected"),
    [
        ("Hôm nay, Sở họp.", None, []),
        ("Hôm nay, Sở họp.", date(2021, 8, 2), ["2021-08-02"]),
        ("Hôm qua, Sở họp.", date(2021, 3, 1), ["2021-02-28"]),
        ("Năm ngoái được mùa.", None, []),
        ("Năm ngoái được mùa.", date(2021, 8, 2), ["2020"]),
        ("Ngày 06/10, Sở họp.", None, []),
        ("Ngày 06/10, Sở họp.", date(2021, 10, 8), ["2021-10-06"]),
    ],
)
def test_there_is_no_clock(text: str, published_at: date | None, expected: list[str]) -> None:
    """What points from the day of publication has no value where that day is unknown; today is never asked for."""
    assert [
        f.value.value for f in extract(text, published_at=published_at) if isinstance(f.value, DateValue)
    ] == expected


def test_identity_of_the_extractor_is_stable() -> None:
    """The same code and rules have the same name, by which the store knows what is done."""
    assert extractor_id() == extractor_id()
    assert re.fullmatch("[0-9a-f]{16}", extractor_id())


def test_headline_is_part_of_the_article() -> None:
    """Its facts are facts, and it is the title where the dump gives none."""
    article = Article(
        article_id="a", text="Xã An Sơn trao 35 suất quà Tết năm 2022\n\nSáng nay, xã họp dân ở đình làng."
    )
    extraction = process(article)

    assert extraction.article.title == "Xã An Sơn trao 35 suất quà Tết năm 2022"
    assert [f.text for f in extraction.facts] == ["35 suất quà", "năm 2022"]


FIELDS = [
    # what the dump says, what the page says, the default; what holds
    pytest.param(date(2020, 1, 2), "", date(2019, 1, 1), date(2020, 1, 2), id="the dump before the default"),
    pytest.param(date(2020, 1, 2), "08:00, 05/06/2021", None, date(2020, 1, 2), id="the dump before the page"),
    pytest.param(
        None, "08:00, 05/06/2021", date(2019, 1, 1), datetime(2021, 6, 5, 8), id="the page before the default"
    ),
    pytest.param(None, "", date(2019, 1, 1), date(2019, 1, 1), id="the default where nobody says"),
    pytest.param(None, "", None, None, id="nothing"),
]


@pytest.mark.parametrize(("dump", "page", "default", "expected"), FIELDS)
def test_publication_date(dump: date | None, page: str, default: date | None, expected: date | None) -> None:
    """A default holds only where the article says none."""
    article = Article(article_id="a", text=f"Tin xã\n{page}\nSáng nay, Sở họp.", published_at=dump)

    assert process(article, published_at=default).article.published_at == expected


@pytest.mark.parametrize(
    ("dump", "text", "default", "expected"),
    [
        ("Lào Cai", "Tỉnh Sơn La họp. Tỉnh Sơn La bàn.", "Yên Bái", "Lào Cai"),
        (None, "Tỉnh Sơn La họp. Tỉnh Sơn La bàn.", "Yên Bái", "Sơn La"),
        (None, "Xã họp bàn.", "Yên Bái", "Yên Bái"),
        (None, "Xã họp bàn.", None, None),
        ("Tỉnh Sơn La", "Xã họp bàn.", None, "Sơn La"),
        (" SON LA ", "Xã họp bàn.", None, "Sơn La"),
        (None, "Xã họp bàn.", "hồ chí minh", "Thành phố Hồ Chí Minh"),
        ("tỉnh Atlantis", "Xã họp bàn.", None, "tỉnh Atlantis"),
    ],
)
def test_province(dump: str | None, text: str, default: str | None, expected: str | None) -> None:
    """Likewise; by the name of the list of provinces, and as written where it is in none."""
    assert process(Article(article_id="a", text=text, province=dump), province=default).article.province == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Huyện sơ kết công tác 6 tháng đầu năm 2021.", ("2021-01-01", "2021-06-30")),
        ("Thu ngân sách 6 tháng đầu năm 2021 đạt khá\nXã họp bàn.", ("2021-01-01", "2021-06-30")),
        ("Xã họp sơ kết 9 tháng, triển khai nhiệm vụ 3 tháng cuối năm 2021.", None),
        ("Kế hoạch quý IV/2021\nXã họp bàn.", None),
        ("Sẽ khởi công trong quý III/2021\nXã họp bàn.", None),
        ("Xã họp bàn.\nQuý I/2021, giá tăng.", None),
    ],
)
def test_report_period(text: str, expected: tuple[str, str] | None) -> None:
    """What the article looks back on, by a word that says so or by its headline."""
    found = process(Article(article_id="a", text=text)).article.report_period
    assert (None if found is None else (str(found.date_from), str(found.date_to))) == expected


@pytest.mark.parametrize("ask", [lambda: extract("Xã họp bàn.", province="Atlantis"), lambda: Defaults(province="")])
def test_a_default_province_that_is_none_is_refused(ask: Callable[[], object]) -> None:
    """The dump's own may be one that is not known yet; a default is a choice."""
    with pytest.raises(ValueError, match="is no province of Vietnam; allowed is the name of one"):
        ask()


YEARS = st.integers(1945, 2099)
FORMS = {
    "ngày {d}/{m}/{y}": lambda y, m, d: (date(y, m, d), date(y, m, d)),
    "ngày {d:02}-{m:02}-{y}": lambda y, m, d: (date(y, m, d), date(y, m, d)),
    "ngày {d}.{m}.{y}": lambda y, m, d: (date(y, m, d), date(y, m, d)),
    "ngày {d} tháng {m} năm {y}": lambda y, m, d: (date(y, m, d), date(y, m, d)),
    "{d:02}/{m:02}/{y}": lambda y, m, d: (date(y, m, d), date(y, m, d)),
    "năm {y}": lambda y, m, d: (date(y, 1, 1), date(y, 12, 31)),
    "6 tháng đầu năm {y}": lambda y, m, d: (date(y, 1, 1), date(y, 6, 30)),
    "9 tháng đầu năm {y}": lambda y, m, d: (date(y, 1, 1), date(y, 9, 30)),
    "quý III/{y}": lambda y, m, d: (date(y, 7, 1), date(y, 9, 30)),
    "quý IV năm {y}": lambda y, m, d: (date(y, 10, 1), date(y, 12, 31)),
    "tháng {m}/{y}": lambda y, m, d: (date(y, m, 1), month_end(y, m)),
    "tháng {m} năm {y}": lambda y, m, d: (date(y, m, 1), month_end(y, m)),
}


def month_end(year: int, month: int) -> date:
    days = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return date(year, month, days[month - 1])


@given(st.sampled_from(sorted(FORMS)), YEARS, st.integers(1, 12), st.integers(1, 28))
@settings(deadline=None, max_examples=300)
def test_every_year_in_every_form(form: str, year: int, month: int, day: int) -> None:
    """Nothing is special about this century, a leap year or December."""
    written = form.format(y=year, m=month, d=day)
    (fact,) = extract(f"Huyện đã tổng kết vào {written} ở hội trường.")

    assert fact.text == written
    assert isinstance(fact.value, DateValue)
    assert (fact.value.date_from, fact.value.date_to) == FORMS[form](year, month, day)


@given(YEARS, st.integers(1, 12), st.integers(1, 31))
@settings(deadline=None, max_examples=150)
def test_a_day_is_a_fact_exactly_if_the_calendar_has_it(year: int, month: int, day: int) -> None:
    """``31/02`` is never a guess."""
    facts = extract(f"Huyện họp ngày {day}/{month}/{year} ở xã.")

    assert [f.kind for f in facts] == (["date"] if day <= month_end(year, month).day else [])


@given(st.integers(0, 10**9), st.sampled_from(["nhiệm vụ", "hồ sơ", "xã", "ha", "tấn"]))
@settings(deadline=None, max_examples=150)
def test_every_count_as_vietnamese_groups_it(value: int, unit: str) -> None:
    """The number is the value, whatever its size."""
    written = f"{value:,}".replace(",", ".")
    (fact,) = extract(f"Cả vùng đạt {written} {unit} theo báo cáo.")

    assert fact.text == f"{written} {unit}"
    assert fact.value == CountValue(value=Decimal(value), unit=unit)


@given(st.integers(1, 999), st.sampled_from([("nghìn", 10**3), ("triệu", 10**6), ("tỷ", 10**9)]))
@settings(deadline=None, max_examples=100)
def test_every_amount_of_money(value: int, scale: tuple[str, int]) -> None:
    """Number, scale and currency."""
    (fact,) = extract(f"Xã được cấp {value} {scale[0]} đồng để làm cầu.")

    assert fact.text == f"{value} {scale[0]} đồng"
    assert fact.value == MoneyValue(amount=Decimal(value * scale[1]))


@given(
    st.integers(1, 99_999), YEARS.filter(lambda year: year > 1990), st.sampled_from(["QĐ-UBND", "KH-SKHCN", "NQ-HĐND"])
)
@settings(deadline=None, max_examples=100)
def test_every_document_number(number: int, year: int, code: str) -> None:
    """Number, year and issuer come back from the symbol."""
    (fact,) = extract(f"Sở làm theo văn bản {number}/{year}/{code} rất sát.")

    assert isinstance(fact.value, DocumentValue)
    assert (fact.value.symbol, fact.value.number, fact.value.year) == (f"{number}/{year}/{code}", str(number), year)
