"""What `read_articles` makes of files and folders: each input stands beside what it gives."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import tracemalloc
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khcn_extract.facts import Article, Reject
from khcn_extract.read import read_articles
from khcn_extract.web_page import is_html

TEXT = "Sở có 12 đề tài."


def write(path: Path, content: str | bytes) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def line(**fields: Any) -> str:
    return json.dumps(fields, ensure_ascii=False) + "\n"


def one(path: Path, **options: Any) -> Article:
    (article,) = read_articles(path, **options)
    assert isinstance(article, Article), article
    return article


def only_reject(path: Path | str, **options: Any) -> Reject:
    (reject,) = read_articles(path, **options)
    assert isinstance(reject, Reject), reject
    return reject


# Files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("bai-1.txt", TEXT, ("bai-1", TEXT), id="text"),
        pytest.param("BAI.TXT", TEXT, ("BAI", TEXT), id="upper case"),
        pytest.param("bai.v2.txt", TEXT, ("bai.v2", TEXT), id="dots in the name"),
        pytest.param("a.txt", " Một\r\n\tHai\n\n", ("a", " Một\r\n\tHai\n\n"), id="blanks and line ends stay"),
        pytest.param(
            "a.txt", unicodedata.normalize("NFD", TEXT), ("a", unicodedata.normalize("NFD", TEXT)), id="no NFC"
        ),
        pytest.param("a.txt", codecs.BOM_UTF8 + TEXT.encode(), ("a", TEXT), id="byte order mark"),
        pytest.param("a.txt", TEXT.encode("utf-16"), ("a", TEXT), id="UTF-16 little end"),
        pytest.param("a.txt", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), ("a", TEXT), id="UTF-16 big end"),
        pytest.param("a.txt", b"\xd0\xe2y l\xe0 b\xe1o", ("a", "Đây là báo"), id="windows-1258"),
        pytest.param("a.txt", "<p>Một</p><p>Hai</p>", ("a", "<p>Một</p><p>Hai</p>"), id="a text file is as it is"),
        pytest.param("a.html", "<p>Một</p><p>Hai</p>", ("a", "Một\nHai"), id="page"),
        pytest.param("a.htm", "<p>Thẻ &lt;p&gt; và &lt;br&gt;</p>", ("a", "Thẻ <p> và <br>"), id="page about HTML"),
        pytest.param("a.html", "<meta charset=iso-8859-1><p>Sở</p>", ("a", "Sở"), id="page that lies about its code"),
        pytest.param("a.html", b"<meta charset=utf-8><p>\xd0\xe2y</p>", ("a", "Đây"), id="and one the other way"),
        pytest.param("a.html", ("<meta charset=utf-16><p>Sở</p>").encode("utf-16"), ("a", "Sở"), id="UTF-16 page"),
        pytest.param("a.json", line(text=TEXT), ("a", TEXT), id="JSON object"),
        pytest.param("a.json", line(id=5, text=TEXT), ("5", TEXT), id="its own id"),
        pytest.param("a.json", '{\n"text":\n"Sở"\n}', ("a", "Sở"), id="JSON over lines"),
        pytest.param("a.json", "[" + line(id=5, text=TEXT) + "]", ("5", TEXT), id="JSON array"),
        pytest.param("a.jsonl", line(text=TEXT), ("d8292bdfab51ea21", TEXT), id="JSON Lines: the hash of the text"),
        pytest.param("a.ndjson", "\n" + line(id="x", text=TEXT) + "\n\n", ("x", TEXT), id="empty lines"),
        pytest.param(
            "a.jsonl", '{"id": "x", "text": "S\\u1edf \\ud83d\\ude00"}', ("x", "Sở 😀"), id="ASCII-escaped JSON"
        ),
        pytest.param("a.jsonl", line(id="x", text=TEXT).encode("utf-16"), ("x", TEXT), id="JSON Lines in UTF-16"),
        pytest.param("a.jsonl", codecs.BOM_UTF8 + line(id="x", text=TEXT).encode(), ("x", TEXT), id="with a mark"),
        pytest.param(
            "a.jsonl", line(id="x", text="Một\u2028Hai\x85"), ("x", "Một\u2028Hai\x85"), id="only \\n ends a line"
        ),
    ],
)
@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_files(name: str, content: str | bytes, expected: tuple[str, str], packed: str, tmp_path: Path) -> None:
    """Every format, plain and compressed, gives the same id and text."""
    data = content.encode() if isinstance(content, str) else content
    if packed:
        data = gzip.compress(data) if packed == ".gz" else zstandard.compress(data)
    article = one(write(tmp_path / f"{name}{packed}", data))
    assert (article.article_id, article.text) == expected
    assert article.source == f"{name}{packed}"


def test_a_page_states_its_fields(tmp_path: Path) -> None:
    """Date, author and address come from the page's head."""
    head = (
        "<title>Tin mới</title><meta property='article:published_time' content='2021-07-05T03:00:00Z'>"
        "<meta name=author content='Hồng An'><link rel=canonical href='https://khcn.example.vn/1'>"
    )
    assert one(write(tmp_path / "a.html", f"{head}<p>{TEXT}</p>")) == Article(
        article_id="a",
        text=f"Tin mới\n{TEXT}",
        url="https://khcn.example.vn/1",
        source="khcn.example.vn",
        title="Tin mới",
        published_at=datetime(2021, 7, 5, 10),
        author="Hồng An",
    )


def test_json_that_holds_lines(tmp_path: Path) -> None:
    """C4 and others name JSON Lines ``.json``; a mistake in a line is then that line's alone."""
    path = write(
        tmp_path / "c4.json.gz", gzip.compress((line(id=1, text="Một") + "{\n" + line(id=2, text="Hai")).encode())
    )
    first, bad, second = read_articles(path)
    assert [first.text, second.text] == ["Một", "Hai"]  # type: ignore[union-attr]
    assert bad == Reject(
        str(path), "line 2", "not JSON: Expecting property name enclosed in double quotes at line 2, column 1"
    )


@pytest.mark.parametrize(
    ("name", "content", "place", "reason"),
    [
        pytest.param("a.txt", b"", "", "the file is empty", id="empty text"),
        pytest.param("a.txt", b" \r\n", "", "the file is empty", id="blank text"),
        pytest.param("a.txt", codecs.BOM_UTF8, "", "the file is empty", id="nothing but a mark"),
        pytest.param("a.jsonl", b"\n\n", "", "the file is empty", id="empty lines"),
        pytest.param("a.json", b"", "", "the file is empty", id="empty JSON"),
        pytest.param("a.json", b"[]", "", "the array is empty", id="empty array"),
        pytest.param("a.html", b"<img>", "", "the text is empty", id="page without text"),
        pytest.param(
            "a.jpg", b"\xff\xd8", "", "files of type '.jpg' are not read; allowed are .txt, .html,", id="image"
        ),
        pytest.param("README", b"x", "", "files of type '' are not read", id="no type"),
        pytest.param("a.gz", b"x", "", "files of type '' are not read", id="nothing but compressed"),
        pytest.param("a.txt", b"\x89PNG\0\0", "", "it looks like a binary file: it has NUL bytes", id="binary text"),
        pytest.param("a.jsonl", b"\x89PNG\0\n\0\n", "line 1", "it looks like a binary file", id="binary lines, once"),
        pytest.param("a.txt", b"S\xeb Khoa h\xe4c v\xb5 C\xabng ngh\xd6", "", "byte 2 is not UTF-8, and", id="TCVN3"),
        pytest.param("a.txt", "Привет".encode("cp1251"), "", "byte 1 is not UTF-8, and", id="Russian"),
        pytest.param("a.txt", b"S\x81", "", "byte 2 is not UTF-8, and", id="no code page at all"),
        pytest.param(
            "a.txt", codecs.BOM_UTF16_LE + b"S\0\xd8", "", "the file cannot be read to its end: 'utf-16", id="half"
        ),
        pytest.param(
            "a.jsonl", b'{"text": "S\xeb"}', "line 1", "the JSON is not UTF-8 from byte 12 on", id="JSON code"
        ),
        pytest.param("a.jsonl", b"[1]", "line 1", "a JSON array where an object with the article's", id="array line"),
        pytest.param("a.jsonl", b"null", "line 1", "a JSON null where an object", id="null line"),
        pytest.param("a.jsonl", b"{]", "line 1", "not JSON: Expecting property name", id="not JSON"),
        pytest.param("a.jsonl", b"[" * 100_000, "line 1", "the JSON is nested too deep", id="deep JSON"),
        pytest.param(
            "a.jsonl", b'{"text": ' + b"9" * 5000 + b"}", "line 1", "not JSON that can be read", id="long number"
        ),
        pytest.param("a.json", b"5", "", "a JSON number where an object", id="JSON number"),
        pytest.param("a.json", b'{"text":\n5', "", "not JSON: Expecting ',' delimiter at line 2, column 2", id="cut"),
        pytest.param("a.json", b'[{"id": 1}]', "item 1", "no text among the fields id", id="array item"),
        pytest.param("a.txt", b"x" * 1001, "", "the text has 1,001 characters; up to 1,000 are read", id="long text"),
        pytest.param(
            "a.txt", b"x" * 9999, "", "the file has more than 4,000 bytes; up to 4,000 are read", id="long file"
        ),
        pytest.param("a.txt.gz", gzip.compress(b"x" * 10**7), "", "the file has more than 4,000 bytes", id="gz bomb"),
        pytest.param("a.txt.zst", zstandard.compress(b"x" * 10**7), "", "the file has more than", id="zst bomb"),
        pytest.param(
            "a.jsonl", b"x" * 2_000_000, "line 1", "the line has 2,000,000 bytes; up to 1,006,000", id="long line"
        ),
        pytest.param("a.txt.gz", b"x", "", "the file cannot be read to its end: Not a gzipped file", id="no gz"),
        pytest.param("a.txt.gz", gzip.compress(b"x" * 99)[:-9], "", "the file cannot be read to its end", id="cut gz"),
        pytest.param("a.txt.zst", b"x" * 9, "", "the file cannot be read to its end: zstd", id="no zst"),
        pytest.param(
            "a.txt.zst", zstandard.compress(b"xy" * 99)[:-3], "", "the file cannot be read to its end", id="cut"
        ),
    ],
)
def test_bad_files(name: str, content: bytes, place: str, reason: str, tmp_path: Path) -> None:
    """One reject says what is wrong, in plain words."""
    path = write(tmp_path / name, content)
    reject = only_reject(path, max_chars=1000)
    assert (reject.source, reject.place) == (str(path), place)
    assert reject.reason.startswith(reason)


@pytest.mark.parametrize("packed", [".gz", ".zst"])
def test_a_cut_file_gives_what_it_has(packed: str, tmp_path: Path) -> None:
    """The articles before the cut are read, the reject says at which line it came."""
    noise = (os.urandom(60_000).hex() for _ in range(20))
    data = "".join(line(id=number, text=text) for number, text in enumerate(noise)).encode()
    whole = gzip.compress(data) if packed == ".gz" else zstandard.compress(data)
    *articles, reject = read_articles(write(tmp_path / f"a.jsonl{packed}", whole[: len(whole) // 2]))
    assert 5 < len(articles) < 12
    assert isinstance(reject, Reject)
    assert reject.place == f"line {len(articles) + 1}"


def test_frames_of_zst_follow_each_other(tmp_path: Path) -> None:
    """Parallel compressors write several frames; so does ``cat a.zst b.zst``."""
    data = b"".join(zstandard.compress(line(id=number, text=TEXT).encode()) for number in range(3))
    articles = list(read_articles(write(tmp_path / "a.jsonl.zst", data)))
    assert [item.article_id for item in articles if isinstance(item, Article)] == ["0", "1", "2"]


def test_reading_goes_on(tmp_path: Path) -> None:
    """Bad lines cost themselves alone, and keep their place."""
    lines = [line(id="a", text=TEXT), "{\n", "[]\n", line(id="b"), line(id="c", text=TEXT)]
    found = list(read_articles(write(tmp_path / "a.jsonl", "".join(lines))))
    seen = [item.article_id if isinstance(item, Article) else item.place for item in found]
    assert seen == ["a", "line 2", "line 3", "line 4", "c"]


# Tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("a.csv", f"id,text\n5,{TEXT}\n", ("5", TEXT), id="commas"),
        pytest.param("a.csv", f"id;text\n5;{TEXT}\n", ("5", TEXT), id="semicolons, as a Vietnamese Excel writes"),
        pytest.param("a.tsv", f"id\ttext\n5\t{TEXT}\n", ("5", TEXT), id="tabs"),
        pytest.param("a.csv", codecs.BOM_UTF8 + f"id,text\n5,{TEXT}".encode(), ("5", TEXT), id="byte order mark"),
        pytest.param("a.csv", f"id,text\n5,{TEXT}\n".encode("utf-16"), ("5", TEXT), id="UTF-16"),
        pytest.param("a.csv.gz", gzip.compress(f"id,text\n5,{TEXT}".encode()), ("5", TEXT), id="packed"),
        pytest.param("a.csv", 'id,"text"\n5,"Một, hai\r\n""ba"""\n', ("5", 'Một, hai\r\n"ba"'), id="quotes"),
        pytest.param("a.csv", f"text\n{TEXT}\n", ("d8292bdfab51ea21", TEXT), id="one column: the hash of the text"),
        pytest.param("a.csv", f"id,maintext,x\n5,{TEXT},y\n\n", ("5", TEXT), id="other columns, empty lines"),
        pytest.param("a.csv", "id,html\n5,<p>Một</p><p>Hai</p>\n", ("5", "Một\nHai"), id="HTML in a field"),
        pytest.param("a.csv", f"\n \n id , text\n5,{TEXT}\n", ("5", TEXT), id="blanks round the names"),
        pytest.param("a.csv", f"sep=;\nid;text\n5;{TEXT}\n", ("5", TEXT), id="what Excel says of the separator"),
        pytest.param("a.csv", f'"id","a, b; c; d; e",text\n5,x,{TEXT}\n', ("5", TEXT), id="separators in a name"),
        pytest.param("a.csv", "id,text\n5," + "Sở " * 100_000, ("5", "Sở " * 100_000), id="a long field"),
    ],
)
def test_a_row_of_csv_is_an_article(tmp_path: Path, name: str, content: str | bytes, expected: tuple[str, str]) -> None:
    article = one(write(tmp_path / name, content))
    assert (article.article_id, article.text) == expected


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        pytest.param("id,text\n5\n", "line 2", "the row has 1 fields, the first row has 2", id="a field too few"),
        pytest.param("id,text\n5,", "line 2", "the text is empty", id="no text"),
        pytest.param('id,text\n5,"a"b\n', "line 2", "not CSV: ',' expected after", id="a quote inside"),
        pytest.param('id,text\n5,"a\nb', "line 2", "not CSV: unexpected end of data", id="a quote that never ends"),
        pytest.param("text,id,text\na,b,c\n", "", "2 columns have the name 'text'", id="a name twice"),
        pytest.param("id,text\n", "", "the table has no rows", id="names alone"),
        pytest.param("", "", "the file is empty", id="empty"),
        pytest.param(b"id,text\n5,\xd0\xe2y", "", "line 2 is not UTF-8", id="windows-1258"),
        pytest.param("id,text\n5,a\0b\n", "line 2", "NUL", id="binary"),
        pytest.param(
            'id,text\n5,"a "b"\n6,c\nd"\n', "line 2", "is not read from there on", id="rows that can't be told"
        ),
        pytest.param("id,text\r5,a\r", "", "not CSV: new-line character", id="line ends of an old Macintosh"),
        pytest.param(f"{'x' * 140_000},text\n", "", "the table has no rows", id="a long name"),
        pytest.param(
            "id,text\n5," + "Sở " * 3_000_000, "", "line 2 has more than 9,000,000 bytes", id="an endless line"
        ),
        pytest.param("id,note\n5,x\n", "line 2", "no text among the fields id, note", id="no column of a text"),
    ],
)
def test_csv_that_is_none_says_where_and_why(tmp_path: Path, content: str | bytes, place: str, reason: str) -> None:
    reject = only_reject(write(tmp_path / "a.csv", content))
    assert reject.place == place
    assert reason in reject.reason


def test_a_bad_row_does_not_stop_the_table(tmp_path: Path) -> None:
    read = list(read_articles(write(tmp_path / "a.csv", f'id,text\n1,"{TEXT}\n{TEXT}"\n2\n3,{TEXT}\n')))
    assert [r.article_id if isinstance(r, Article) else r.place for r in read] == ["1", "line 4", "3"]


def parquet(path: Path, **columns: pa.Array | list[Any]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_a_row_of_parquet_is_an_article(tmp_path: Path) -> None:
    metadata = [{"url": "https://khcn.example.vn/1"}]
    stamp = pa.array([datetime(2020, 7, 23, 10, 5)], pa.timestamp("us", "UTC"))
    columns = {"id": [5], "text": [TEXT], "date": stamp, "authors": [["An", "Tú"]], "metadata": metadata, "x": [[0.5]]}
    article = one(parquet(tmp_path / "a.parquet", **columns))
    assert (article.article_id, article.text, article.author) == ("5", TEXT, "An, Tú")
    assert (article.published_at, article.source) == (datetime(2020, 7, 23, 17, 5), "khcn.example.vn")


def test_rows_of_parquet_are_numbered_through(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", text=[TEXT + str(n) if n != 150 else None for n in range(1, 201)])
    rejects = [r for r in read_articles(path) if isinstance(r, Reject)]
    assert [(r.place, r.reason) for r in rejects] == [("row 150", "the text is empty")]


def test_bytes_in_parquet_are_characters(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", text=[TEXT.encode(), b"\xd0\xe2y"])
    article, reject = read_articles(path)
    assert isinstance(article, Article)
    assert isinstance(reject, Reject)
    assert (article.text, reject.reason) == (TEXT, "a column of bytes is not UTF-8 from byte 1 on")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.parquet", b"PAR1 and no more", "not Parquet that can be read", id="cut off"),
        pytest.param("a.parquet", b"", "not Parquet that can be read", id="empty"),
        pytest.param("a.parquet.gz", gzip.compress(b"PAR1"), "unpack it", id="packed again"),
    ],
)
def test_parquet_that_is_none_says_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    assert reason in only_reject(write(tmp_path / name, content)).reason


def test_parquet_with_a_day_that_no_calendar_has(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", text=[TEXT], date=pa.array([10**8], pa.int32()).cast(pa.date32()))
    assert "not Parquet that can be read" in only_reject(path).reason


def test_parquet_without_a_column_of_an_article(tmp_path: Path) -> None:
    reject = only_reject(parquet(tmp_path / "a.parquet", x=[1], y=[2]))
    assert reject.reason == "no column of an article among x, y"


# Names: folders, globs, what is not there -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param([""], ["a", "b", "c", "z.jpg"], id="folder: recursive, by name, without hidden files"),
        pytest.param(["sub"], ["b", "c"], id="folder inside"),
        pytest.param(["*.txt"], ["a"], id="glob"),
        pytest.param(["**/*.txt"], ["a", "b", "c"], id="glob over folders"),
        pytest.param(["sub/c.txt", "a.txt", "a.txt"], ["c", "a", "a"], id="the order given, nothing taken together"),
        pytest.param(["no.txt", "a.txt"], ["no.txt", "a"], id="what is not there does not stop the rest"),
        pytest.param(["no/*.txt"], ["*.txt"], id="glob that matches nothing"),
    ],
)
def test_names(names: list[str], expected: list[str], tmp_path: Path) -> None:
    """A reject is shown by its file's name, an article by its id."""
    for name in ("a.txt", "sub/b.txt", "sub/c.txt", "z.jpg", ".hidden.txt", ".git/d.txt"):
        write(tmp_path / name, TEXT)
    found = read_articles([tmp_path / name for name in names])
    assert [item.article_id if isinstance(item, Article) else Path(item.source).name for item in found] == expected


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "there is no file or folder ''"),
        ("a\0b", "there is no file or folder"),
        ("no/such.txt", "there is no file or folder 'no/such.txt', or its folder may not be entered"),
        ("no/*.txt", "the pattern 'no/*.txt' matches no file"),
    ],
)
def test_names_of_nothing(name: str, reason: str) -> None:
    """The reject repeats the name as it was given."""
    reject = only_reject(name)
    assert reject.source == name
    assert reject.reason.startswith(reason)


def test_folders_that_give_nothing(tmp_path: Path) -> None:
    """An empty folder and a link in a circle are said, not skipped."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "tên [1].txt").write_text(TEXT, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.txt")
    found = {Path(item.source).name: item.reason for item in read_articles(tmp_path) if isinstance(item, Reject)}
    assert found == {
        "empty": "the folder is empty",
        "loop": "a link to a folder is not followed, it may lead in a circle; name it itself",
        "gone.txt": "not a regular file",
        "pipe.txt": "not a regular file",
    }
    assert one(tmp_path / "tên [1].txt").text == TEXT


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_that_may_not_be_read(tmp_path: Path) -> None:
    """The system's own reason is passed on."""
    write(tmp_path / "a.txt", TEXT).chmod(0)
    (tmp_path / "sub").mkdir(mode=0)
    assert [item.reason for item in read_articles(tmp_path) if isinstance(item, Reject)] == [
        "the file cannot be read to its end: Permission denied",
        "the folder cannot be read: Permission denied",
    ]


@pytest.mark.parametrize("name", ["a.txt", Path("a.txt")])
def test_one_name_needs_no_list(name: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single name is not taken for a list of letters."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.txt", TEXT)
    assert [item.text for item in read_articles(name) if isinstance(item, Article)] == [TEXT]


def test_the_bound_must_be_sane() -> None:
    """The one thing that raises."""
    with pytest.raises(ValueError, match="max_chars is 0; 1 or more is allowed"):
        next(read_articles([], max_chars=0))


# Properties -------------------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(
    lambda text: text.strip() and not is_html(text)
)


@given(st.lists(texts, min_size=1), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_round_trip_keeps_the_text(tmp_path: Path, written: list[str], ascii_only: bool) -> None:
    """Not one character of a text changes between a dump and its articles."""
    path = tmp_path / "a.jsonl"
    dump = "".join(json.dumps({"text": text}, ensure_ascii=ascii_only) + "\n" for text in written)
    path.write_bytes(dump.encode())
    assert [item.text if isinstance(item, Article) else item for item in read_articles(path)] == written


@given(st.binary())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.json", "a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_any_bytes_are_read_or_rejected(tmp_path: Path, name: str, data: bytes) -> None:
    """Nothing raises, nothing is silent, and what is read can be written."""
    found = list(read_articles(write(tmp_path / name, data)))
    assert found
    assert all(item.text.encode() if isinstance(item, Article) else item.reason for item in found)


def test_json_lines_need_no_memory(tmp_path: Path) -> None:
    """A dump of 20 MB is read in a fraction of that."""
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as dump:
        for number in range(1000):
            dump.write(line(id=number, text=TEXT * 1000).encode())
    tracemalloc.start()
    assert sum(isinstance(item, Article) for item in read_articles(path)) == 1000
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
