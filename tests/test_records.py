"""What a record becomes: each record of a scraper, and each way to write a date, stands beside what it gives."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from khcn_extract.facts import Article, Period, Reject
from khcn_extract.read import read_articles
from khcn_extract.records import article_from, read_date

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Sở có 12 đề tài."


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            {
                "article_id": "bai-1",
                "title": "Tin mới",
                "published_at": "2020-07-23T17:05",
                "author": "Hồng An",
                "province": "Bình Phước",
                "report_period": {"date_from": "2020-01-01", "date_to": "2020-06-30"},
                "text": TEXT,
                "facts": [],
            },
            Article(
                article_id="bai-1",
                text=TEXT,
                title="Tin mới",
                published_at=datetime(2020, 7, 23, 17, 5),
                author="Hồng An",
                province="Bình Phước",
                report_period=Period(date(2020, 1, 1), date(2020, 6, 30)),
            ),
            id="our own gold format",
        ),
        pytest.param(
            {
                "title": "Tin mới",
                "author": "Hồng An",
                "hostname": "khcn.example.vn",
                "date": "2020-07-23",
                "fingerprint": "f0",
                "id": "7",
                "raw_text": "Sở có 12",
                "text": TEXT,
                "source": "https://khcn.example.vn/1",
                "source-hostname": "Sở KH&CN",
                "excerpt": "Sở",
            },
            Article(
                article_id="7",
                text=TEXT,
                url="https://khcn.example.vn/1",
                source="khcn.example.vn",
                title="Tin mới",
                published_at=date(2020, 7, 23),
                author="Hồng An",
            ),
            id="trafilatura",
        ),
        pytest.param(
            {
                "authors": ["Hồng An", "Lê Tú"],
                "date_publish": "2020-07-23 17:05:00",
                "maintext": TEXT,
                "source_domain": "khcn.example.vn",
                "title": "Tin mới",
                "url": "https://khcn.example.vn/1",
                "text": None,
            },
            Article(
                article_id="38a3d8961a293573",
                text=TEXT,
                url="https://khcn.example.vn/1",
                source="khcn.example.vn",
                title="Tin mới",
                published_at=datetime(2020, 7, 23, 17, 5),
                author="Hồng An, Lê Tú",
            ),
            id="news-please",
        ),
        pytest.param(
            {"text": TEXT, "timestamp": "2019-05-25T02:28:22Z", "url": "https://khcn.example.vn/1"},
            Article(
                article_id="38a3d8961a293573", text=TEXT, url="https://khcn.example.vn/1", source="khcn.example.vn"
            ),
            id="mC4: the time of the crawl is not the article's",
        ),
        pytest.param(
            {"text": TEXT, "id": "a/1", "metadata": {"url": "https://x.example.vn:8080/1", "date": "2020-07-23"}},
            Article(
                article_id="a/1",
                text=TEXT,
                url="https://x.example.vn:8080/1",
                source="x.example.vn",
                published_at=date(2020, 7, 23),
            ),
            id="datatrove",
        ),
        pytest.param(
            {"text": TEXT, "id": "a", "dump": "CC-MAIN-2023-50", "date": "2023-12-01T00:00:00Z"},
            Article(article_id="a", text=TEXT),
            id="FineWeb: its date is the crawl's",
        ),
        pytest.param(
            {
                "_id": 7,
                "content": TEXT,
                "link": "//khcn.example.vn/1",
                "source": "Báo tỉnh",
                "author": [{"name": "An"}],
            },
            Article(article_id="7", text=TEXT, url="//khcn.example.vn/1", source="Báo tỉnh", author="An"),
            id="Scrapy",
        ),
        pytest.param(
            {"text": TEXT, "title": " ", "author": [], "url": 5, "published_at": 5, "report_period": "2020"},
            Article(article_id="d8292bdfab51ea21", text=TEXT),
            id="values of the wrong kind are none",
        ),
        pytest.param(
            {"text": TEXT, "id": "1", "report_period": {"date_from": "2020-06-30", "date_to": "2020-01-01"}},
            Article(article_id="1", text=TEXT),
            id="period that ends before it begins",
        ),
        pytest.param(
            {"id": "1", "title": "Tin", "body": "<title>Khác</title><p>Một</p><p>Hai</p>"},
            Article(article_id="1", text="Khác\nMột\nHai", title="Tin"),
            id="HTML in a field; the record's own title wins",
        ),
    ],
)
def test_records(record: dict[str, Any], expected: Article) -> None:
    """Field names are data: ``rules/fields.toml``."""
    assert article_from(record) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2020-07-23", date(2020, 7, 23)),
        ("20200723", date(2020, 7, 23)),
        ("2020/07/23", date(2020, 7, 23)),
        ("2020-07-23T17:05", datetime(2020, 7, 23, 17, 5)),
        (" 2020-07-23 17:05:09 ", datetime(2020, 7, 23, 17, 5, 9)),
        ("2020-07-23T17:05:09.123456", datetime(2020, 7, 23, 17, 5, 9, 123456)),
        ("2020-07-23T10:05:00Z", datetime(2020, 7, 23, 17, 5)),
        ("2020-07-23T17:05:00+07:00", datetime(2020, 7, 23, 17, 5)),
        ("2020-07-23T20:05:00-0500", datetime(2020, 7, 24, 8, 5)),
        ("5/7/2020", date(2020, 7, 5)),
        ("23-07-2020", date(2020, 7, 23)),
        ("23.07.2020 17:05", datetime(2020, 7, 23, 17, 5)),
        ("17:05, 23-07-2020", datetime(2020, 7, 23, 17, 5)),
        ("Thứ sáu, 06/01/2023 - 15:02", datetime(2023, 1, 6, 15, 2)),
        ("Chủ nhật, ngày 05/07/2020, 7:05 (GMT+7)", datetime(2020, 7, 5, 7, 5)),
        ("23/13/2020", None),
        ("31/02/2020", None),
        ("23/07-2020", None),
        ("23/07/2020 25:00", None),
        ("23/07/2020 05:00 PM", None),
        ("2020-07", None),
        ("2020-W30", None),
        ("07/2020", None),
        ("hôm qua", None),
        ("", None),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59Z", None),
        (1595498700, None),
        (None, None),
    ],
)
def test_dates(written: object, expected: date | datetime | None) -> None:
    """Vietnamese time, day before month, and no guess."""
    assert read_date(written) == expected
    assert type(read_date(written)) is type(expected)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "no text among the fields (none); allowed are text, maintext"),
        ({"title": "Tin"}, "no text among the fields title; allowed are text, maintext"),
        ({"text": ""}, "the text is empty"),
        ({"text": " \n"}, "the text is empty"),
        ({"text": None}, "the text is empty"),
        ({"text": "<p><img></p>"}, "the text is empty"),
        ({"text": ["Một", "Hai"]}, "the text is a JSON array where a string is needed"),
        ({"text": 5}, "the text is a JSON number where a string is needed"),
        ({"text": "Sở \ud800"}, "the text has the lone surrogate U+D800 at 3; only whole characters are allowed"),
        ({"text": "Sở", "title": "\udfff"}, "the title has the lone surrogate U+DFFF at 0"),
        ({"text": "Sở\0"}, "the text has a NUL character at 2; it looks like binary data"),
        ({"text": "x" * 1001}, "the text has 1,001 characters; up to 1,000 are read"),
    ],
)
def test_bad_records(record: dict[str, Any], reason: str, tmp_path: Path) -> None:
    """The same sentence is the error of `article_from` and the reason of the `Reject`."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the sentence is compared below)
        article_from(record, max_chars=1000)
    assert str(error.value).startswith(reason)
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert list(read_articles(path, max_chars=1000)) == [Reject(str(path), "line 1", str(error.value))]
