"""Persons and posts in a store: what a load, a second run, a mended article and an undone merge do to them.

An article is a line as in `test_persons`, with names: ``"2020-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế"``, several
mentions apart by ``|``; ``nguyên`` stands before the title of a past office.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from khcn_extract import persons, store_persons
from khcn_extract.columns import content_hash, to_batch
from khcn_extract.facts import Article, Extraction, Fact, OfficialValue, Period, Position
from khcn_extract.run import run
from khcn_extract.store import Run, Store, query

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
RUN = Run("run-1", NOON, version="0.1.0", extractor="rules 1")
DIRECTORS = {
    "a": "2016-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế",
    "b": "2018-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế tỉnh | Mai Thị Xê = Phó Giám đốc, Sở Y tế",
    "c": "2019-01-05 Lào Cai: Mai Thị Xê = Quyền Giám đốc, Sở Y tế | Lê Văn Bê = nguyên Giám đốc, Sở Y tế",
    "d": "2020-01-05 Lào Cai: Mai Thị Xê = Giám đốc, Sở Y tế",
    "e": "2020-01-05 Sơn La: Lê Văn Bê = Giám đốc, Sở Y tế",
}


def extraction(name: str, line: str) -> Extraction:
    """An article whose text is the line."""
    day, _, province = line.partition(": ")[0].partition(" ")
    published = None if day == "?" else date.fromisoformat(day)
    article = Article(
        article_id=name, text=line, published_at=published, province=None if province == "-" else province
    )
    facts, at = [], line.index(": ") + 2
    for mention in line[at:].split(" | "):
        person, _, offices = mention.partition(" = ")
        positions = []
        for office in offices.split("; "):
            title, _, body = office.removeprefix("nguyên ").partition(", ")
            positions.append(Position(title, body, former=office.startswith("nguyên ")))
        facts.append(
            Fact(at, at + len(person), person, OfficialValue(name=person, positions=tuple(positions)), rule="r")
        )
        at += len(mention) + 3
    return Extraction(article, tuple(facts))


def fill(store: Store, articles: dict[str, str], *, gather: bool = True) -> None:
    found = [extraction(name, line) for name, line in articles.items()]
    store.load(to_batch(found, [content_hash(one.article) for one in found]), RUN)
    if gather:
        store.gather_persons()


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with query(path, sql) as answer:
        return list(answer.rows)


def holders(path: Path, condition: str = "true") -> list[tuple[Any, ...]]:
    columns = "name, title, first_seen::VARCHAR, last_seen::VARCHAR"
    return ask(path, f"SELECT {columns} FROM post_holders WHERE {condition} ORDER BY first_seen, name, title")


def one_person(path: Path, name: str) -> list[str]:
    """The articles of each person of a name."""
    sql = (
        "SELECT string_agg(DISTINCT article_id, '' ORDER BY article_id) AS articles FROM person_sightings "
        f"WHERE name = '{name}' GROUP BY person_id ORDER BY articles"
    )
    return [articles for (articles,) in ask(path, sql)]


def everything(path: Path) -> list[list[tuple[Any, ...]]]:
    tables = ("sightings", "merges", "doubts", "unmerges", "names_to_gather", "linker")
    return [ask(path, f"SELECT * FROM {table} ORDER BY ALL") for table in tables]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facts.duckdb"


@pytest.fixture
def filled(path: Path) -> Path:
    with Store(path) as store:
        fill(store, DIRECTORS)
    return path


# --- what a store says ----------------------------------------------------------------------------------------------


def test_who_held_a_post_from_when_to_when(filled: Path) -> None:
    """As seen: the acting director fills the post, a former one is no holder that day."""
    assert holders(filled, "province = 'Lào Cai'") == [
        ("Lê Văn Bê", "Giám đốc", "2016-01-05", "2018-01-05"),
        ("Mai Thị Xê", "Phó Giám đốc", "2018-01-05", "2018-01-05"),
        ("Mai Thị Xê", "Giám đốc", "2019-01-05", "2020-01-05"),
    ]
    assert ask(
        filled, "SELECT name, sightings, former_since::VARCHAR FROM post_holders WHERE former_since IS NOT NULL"
    ) == [("Lê Văn Bê", 2, "2019-01-05")]


def test_persons_of_two_provinces_are_two(filled: Path) -> None:
    assert one_person(filled, "Lê Văn Bê") == ["abc", "e"]
    assert ask(filled, "SELECT name, provinces, sightings, articles, doubtful FROM persons ORDER BY ALL") == [
        ("Lê Văn Bê", ["Lào Cai"], 3, 3, False),
        ("Lê Văn Bê", ["Sơn La"], 1, 1, False),
        ("Mai Thị Xê", ["Lào Cai"], 3, 3, False),
    ]


def test_every_merge_says_why_and_leads_to_two_sentences(filled: Path) -> None:
    merges = ask(
        filled,
        "SELECT why, list_sort(list(article_id)) FROM (SELECT merge_id, rule AS why, unnest(evidence) AS fact_id "
        "FROM merges) JOIN officials USING (fact_id) GROUP BY merge_id, why ORDER BY ALL",
    )

    assert merges == [
        ("same_body", ["b", "c"]),
        ("same_post", ["a", "b"]),
        ("same_post", ["a", "c"]),
        ("same_post", ["c", "d"]),
    ]


def test_two_directors_at_once_are_listed(path: Path) -> None:
    """With the days on which both are seen; one who is only called a former director contradicts nobody."""
    with Store(path) as store:
        fill(
            store,
            {
                "a": "2016-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế",
                "b": "2018-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế",
                "c": "2017-01-05 Lào Cai: Mai Thị Xê = Giám đốc, Sở Y tế",
                "d": "2019-01-05 Lào Cai: Mai Thị Xê = Giám đốc, Sở Y tế | Từ Văn I = nguyên Giám đốc, Sở Y tế",
                "e": "2020-01-05 Lào Cai: Hà Thị Ka = Giám đốc, Sở Y tế",
                "f": "2017-01-05 Lào Cai: Lò Văn Lờ = Phó Giám đốc, Sở Y tế",
                "g": "2017-01-05 Lào Cai: Vi Thị Mơ = Phó Giám đốc, Sở Y tế",
                "h": "2017-01-05 Lào Cai: Vi Thị Nở = Giám đốc, Sở",
                "i": "2017-01-05 Sơn La: Vi Thị Nở = Giám đốc, Sở Y tế",
            },
        )

    sql = "SELECT name, other_name, both_from::VARCHAR, both_to::VARCHAR, province FROM post_contradictions"
    assert ask(path, sql) == [("Lê Văn Bê", "Mai Thị Xê", "2017-01-05", "2018-01-05", "Lào Cai")]


def test_a_handover_on_one_day_is_listed_as_that_day(path: Path) -> None:
    with Store(path) as store:
        fill(
            store,
            {
                "a": "2016-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế",
                "b": "2018-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế | Mai Thị Xê = Giám đốc, Sở Y tế",
            },
        )

    assert ask(path, "SELECT both_from = both_to FROM post_contradictions") == [(True,)]


def test_a_post_bears_the_province_of_its_time_and_that_of_today(path: Path) -> None:
    """And a person who went with it has been in both."""
    with Store(path) as store:
        fill(
            store,
            {
                "a": "2024-01-05 Yên Bái: Lê Văn Bê = Giám đốc, Sở Y tế",
                "b": "2026-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế",
                "c": "2026-01-05 Lào Cai: Mai Thị Xê = Bộ trưởng, Bộ Y tế",
            },
        )

    assert ask(path, "SELECT province, province_2025, organization, single_holder FROM posts ORDER BY province") == [
        ("Lào Cai", "Lào Cai", "Sở Y tế", True),
        ("Yên Bái", "Lào Cai", "Sở Y tế", True),
        (None, None, "Bộ Y tế", True),
    ]
    assert ask(path, "SELECT provinces, provinces_2025 FROM persons WHERE name = 'Lê Văn Bê'") == [
        (["Lào Cai", "Yên Bái"], ["Lào Cai"])
    ]


@pytest.mark.parametrize(
    ("article", "seen_on", "seen_by"),
    [
        ({"published_at": date(2020, 2, 3)}, "2020-02-03", "published"),
        ({"published_at": datetime(2020, 2, 3, 23, 59)}, "2020-02-03", "published"),
        ({"report_period": (date(2020, 1, 1), date(2020, 6, 30))}, "2020-06-30", "report_period"),
        ({}, None, None),
    ],
)
def test_only_observed_dates(path: Path, article: dict[str, Any], seen_on: str | None, seen_by: str | None) -> None:
    if "report_period" in article:
        article = {"report_period": Period(*article["report_period"])}
    found = extraction("a", "? Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế")
    found = replace(found, article=replace(found.article, **article))
    with Store(path) as store:
        store.load(to_batch([found], ["h"]), RUN)

    assert ask(path, "SELECT seen_on::VARCHAR, seen_by FROM sightings") == [(seen_on, seen_by)]


# --- again and again ------------------------------------------------------------------------------------------------


def test_a_second_run_changes_no_row(filled: Path) -> None:
    """And writes nothing to the file; gathering all anew changes no row either."""
    before, content = everything(filled), filled.read_bytes()
    with Store(filled) as store:
        store.gather_persons()
    assert filled.read_bytes() == content

    with Store(filled) as store:
        store.gather_persons(everything=True)
    assert everything(filled) == before


def test_the_order_of_loads_does_not_matter(filled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    for name in reversed(DIRECTORS):
        with Store(other) as store:
            fill(store, {name: DIRECTORS[name]})

    assert everything(other) == everything(filled)


def test_a_mended_article_leaves_nothing_behind(filled: Path, tmp_path: Path) -> None:
    """Neither its sightings nor its merges: as if the store had never had it otherwise."""
    mended = {
        "c": "2019-01-05 Sơn La: Mai Thị Xê = Giám đốc, Sở Y tế",
        "d": "2020-01-05 Lào Cai: Từ Văn I = Giám đốc, Sở Y tế",
    }
    with Store(filled) as store:
        fill(store, mended, gather=False)
    # Killed here: nothing is gathered yet, and nothing is wrong.
    facts = {fact for (fact,) in ask(filled, "SELECT fact_id FROM officials")}
    assert all(set(evidence) <= facts for (evidence,) in ask(filled, "SELECT evidence FROM merges"))
    assert one_person(filled, "Mai Thị Xê") == ["b", "c"]

    with Store(filled) as store:
        store.gather_persons()
    fresh = tmp_path / "fresh.duckdb"
    with Store(fresh) as store:
        fill(store, DIRECTORS | mended)
    assert everything(filled) == everything(fresh)


def test_only_the_names_of_new_articles_are_gathered(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a run costs what it brings, not what the store holds."""
    gathered = []
    monkeypatch.setattr(persons, "gather", lambda seen, apart: gathered.append(len(seen)) or persons.Gathered((), ()))
    with Store(filled) as store:
        fill(store, {"f": "2021-01-05 Lào Cai: Hà Thị Ka = Giám đốc, Sở Y tế | Mai Thị Xê = Giám đốc, Sở Y tế"})

    assert gathered == [4]  # Mai Thị Xê in b, c, d and f; a name that one article has needs no look.


def test_other_rules_gather_all_names_anew(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the articles being read again; a merge that the rules no longer make is gone."""
    monkeypatch.setattr(persons, "linker", lambda: "other rules")
    monkeypatch.setattr(persons, "gather", lambda *_: persons.Gathered((), ()))
    with Store(filled) as store:
        store.gather_persons()

    assert ask(filled, "SELECT (SELECT count(*) FROM merges), linker FROM linker") == [(0, "other rules")]


def test_killed_while_it_gathers(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some names are written and some wait; the next run gathers those."""
    monkeypatch.setattr(store_persons, "_ROWS_AT_A_TIME", 1)
    write, written = store_persons._write, []

    def fail(*arguments: Any) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(write(*arguments))

    killed = tmp_path / "killed.duckdb"
    monkeypatch.setattr(store_persons, "_write", fail)
    with Store(killed) as store, pytest.raises(KeyboardInterrupt):
        fill(store, DIRECTORS)
    assert ask(killed, "SELECT count(DISTINCT name_key) FROM names_to_gather") == [(1,)]
    assert 0 < ask(killed, "SELECT count(*) FROM merges")[0][0] < ask(filled, "SELECT count(*) FROM merges")[0][0]

    monkeypatch.setattr(store_persons, "_write", write)
    with Store(killed) as store:
        store.gather_persons()
    assert everything(killed) == everything(filled)


# --- undone ---------------------------------------------------------------------------------------------------------

_OF_B = (
    "SELECT merge_id FROM merges JOIN sightings ON appearance_id = merged WHERE article_id = 'b' AND name = 'Lê Văn Bê'"
)
BY_SQL = (
    "INSERT INTO unmerges BY NAME SELECT merge_id, name_key, kept, merged, 'another man' AS note FROM merges "
    "WHERE merge_id = '{}'"
)


def test_an_undone_merge_stays_undone(filled: Path) -> None:
    """Through a second run, new articles, all gathered anew; and stands again when the user says so."""
    (merge,) = ask(filled, _OF_B)[0]
    with Store(filled) as store:
        store.undo_merge(merge, NOON, note="another man")
    assert one_person(filled, "Lê Văn Bê") == ["ac", "b", "e"]
    assert ask(filled, "SELECT merge_id, note, undone_at FROM unmerges") == [
        (merge, "another man", datetime(2026, 11, 1, 12))
    ]

    with Store(filled) as store:
        fill(store, {"f": "2012-01-05 Lào Cai: Lê Văn Bê = Giám đốc, Sở Y tế", "a": DIRECTORS["a"]})
        store.gather_persons(everything=True)
    assert one_person(filled, "Lê Văn Bê") == ["acf", "b", "e"]

    with Store(filled) as store:
        store.redo_merge(merge)
    assert one_person(filled, "Lê Văn Bê") == ["abcf", "e"]


def test_one_sql_statement_undoes_a_merge(filled: Path) -> None:
    """It counts at once, and the next run makes it whole; so does the statement that takes it back."""
    before, (merge,) = everything(filled), ask(filled, _OF_B)[0]
    with duckdb.connect(str(filled)) as connection:
        connection.execute(BY_SQL.format(merge))
    assert one_person(filled, "Lê Văn Bê") == ["ac", "b", "e"]

    with Store(filled) as store:
        store.gather_persons()
    assert one_person(filled, "Lê Văn Bê") == ["ac", "b", "e"]
    assert ask(filled, f"SELECT count(*) FROM merges WHERE merge_id = '{merge}'") == [(0,)]

    with duckdb.connect(str(filled)) as connection:
        connection.execute("DELETE FROM unmerges")
    with Store(filled) as store:
        store.gather_persons(everything=True)
    assert everything(filled) == before


@pytest.mark.parametrize("what", ["undo_merge", "redo_merge"])
def test_no_such_merge(filled: Path, what: str) -> None:
    with Store(filled) as store, pytest.raises(ValueError, match=r"'abc' is no merge"):
        getattr(store, what)("abc", *([NOON] if what == "undo_merge" else []))


def test_the_user_s_decision_outlives_the_article(filled: Path) -> None:
    """An article that is mended, and mended back."""
    (merge,) = ask(filled, _OF_B)[0]
    with Store(filled) as store:
        store.undo_merge(merge, NOON)
        fill(store, {"b": "2018-01-05 Lào Cai: Mai Thị Xê = Phó Giám đốc, Sở Y tế"})
        fill(store, {"b": DIRECTORS["b"]})

    assert one_person(filled, "Lê Văn Bê") == ["ac", "b", "e"]


# --- what the README shows ------------------------------------------------------------------------------------------


def test_the_readme_shows_what_the_corpus_gives(tmp_path: Path) -> None:
    """Its question and its answer, word by word."""
    project = Path(__file__).parent.parent
    section = (project / "README.md").read_text(encoding="utf-8").partition("### Persons and posts")[2]
    _, question, _, answer, *_ = section.split("```")
    sql = question.partition('"')[2].rpartition('"')[0]
    shown = [[cell.strip() for cell in line.split("|")] for line in answer.strip().splitlines()]
    store = tmp_path / "facts.duckdb"
    with Store(store) as opened:
        run([project / "corpus"], opened, RUN)

    assert [[str(cell) for cell in row] for row in ask(store, sql)] == shown
