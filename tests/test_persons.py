"""Who is one person: sightings of one name beside the persons they make, and why.

A sighting is written as an article would have it: ``"2020-01-05 Lào Cai: Giám đốc, Sở Y tế"``, the day (``?`` where
unknown), the article's province (``-``), title and body; ``nguyên`` before the title of a past office, ``;`` between
the offices of one mention. Each line is an article of its own, called a, b, c ... in the order of the list.
"""

from __future__ import annotations

import random
from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract.facts import Article
from khcn_extract.offices import digest
from khcn_extract.persons import Seen, gather
from khcn_extract.sightings import COLUMNS, Stated, rows

NAME = "Lê Văn Bê"
FIELDS = [column.partition(":")[0] for column in COLUMNS.split()]
WANTED = (
    "appearance_id", "article_id", "fact_id", "former", "province", "is_central", "body", "body_known", "title_key",
    "rank", "seen_on",
)  # fmt: skip


def seen_in(line: str, name: str) -> list[Seen]:
    """The sightings of a line; mentions of the one article stand apart by ``|``."""
    day, province, *_ = line.partition(":")[0].split(" ", 1)
    article = Article(
        article_id=name,
        text="",
        published_at=None if day == "?" else date.fromisoformat(day),
        province=None if province == "-" else province,
    )
    stated = []
    for number, mention in enumerate(line.partition(": ")[2].split(" | ")):
        for ordinal, office in enumerate(mention.split("; ")):
            former = office.startswith("nguyên ")
            title, _, body = office.removeprefix("nguyên ").partition(", ")
            stated.append(Stated(f"{name}{number}", ordinal, NAME, title, body, former))
    found = [dict(zip(FIELDS, row, strict=True)) for row in rows(article, stated)]
    return [Seen(*(row[field] for field in WANTED)) for row in found]


def letters(lines: list[str]) -> list[Seen]:
    return [one for number, line in enumerate(lines) for one in seen_in(line, chr(ord("a") + number))]


def persons(seen: list[Seen], apart: tuple[tuple[str, str], ...] = ()) -> list[str]:
    """The articles of each person: ``["ab", "c"]``."""
    names = {one.appearance_id: one.article_id for one in seen}
    kept = {merge.merged: merge.kept for merge in gather(seen, apart).merges}
    groups: dict[str, set[str]] = {}
    for appearance in names:
        groups.setdefault(kept.get(appearance, appearance), set()).add(appearance)
    return sorted("".join(sorted(names[one] for one in group)) for group in groups.values())


def reasons(lines: list[str]) -> set[str]:
    gathered = gather(letters(lines))
    return {found.rule for found in (*gathered.merges, *gathered.doubts)}


CASES = {
    "the same post": (
        ["2020-01-05 Lào Cai: Giám đốc, Sở Y tế", "2021-01-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["ab"],
        "same_post",
    ),
    "the same post, written in another way": (
        ["2020-01-05 Lào Cai: Giám đốc, Sở KH&CN", "2021-01-05 Lào Cai: Quyền Giám đốc, Sở Khoa học và Công nghệ tỉnh"],
        ["ab"],
        "same_post",
    ),
    "the same post on no known day": (
        ["? Lào Cai: Giám đốc, Sở Y tế", "? Lào Cai: Giám đốc, Sở Y tế"],
        ["ab"],
        "same_post",
    ),
    "two provinces": (
        ["2020-01-05 Lào Cai: Giám đốc, Sở Y tế", "2020-02-05 Sơn La: Giám đốc, Sở Y tế"],
        ["a", "b"],
        "",
    ),
    "the organization's province before the article's": (
        ["2020-01-05 Lào Cai: Giám đốc, Sở Y tế", "2020-02-05 Sơn La: Giám đốc, Sở Y tế tỉnh Lào Cai"],
        ["ab"],
        "same_post",
    ),
    "no province": (["2020-01-05 -: Giám đốc, Sở Y tế", "2020-02-05 -: Giám đốc, Sở Y tế"], ["a", "b"], ""),
    "no province, but an office that needs none": (
        ["2020-01-05 -: Thứ trưởng, Bộ Y tế; Trưởng ban, ", "2020-02-05 Lào Cai: Thứ trưởng, Bộ Y tế"],
        ["ab"],
        "same_post",
    ),
    "a minister everywhere": (
        ["2020-01-05 Lào Cai: Bộ trưởng, Bộ Y tế", "2020-02-05 Sơn La: Bộ trưởng, Bộ Y tế"],
        ["ab"],
        "same_post",
    ),
    "a promotion": (
        ["2018-01-05 Lào Cai: Phó Giám đốc, Sở Y tế", "2020-02-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["ab"],
        "same_body",
    ),
    "a promotion, the day of which both articles tell": (
        ["2018-01-05 Lào Cai: Phó Giám đốc, Sở Y tế", "2020-02-05 Lào Cai: Phó Giám đốc, Sở Y tế",
         "2020-02-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["abc"],
        "same_body same_post",
    ),
    "head and deputy in turns": (
        ["2018-01-05 Lào Cai: Phó Giám đốc, Sở Y tế", "2019-02-05 Lào Cai: Giám đốc, Sở Y tế",
         "2020-02-05 Lào Cai: Phó Giám đốc, Sở Y tế"],
        ["ac", "b"],
        "ranks_at_once same_post",
    ),
    "head and deputy on one day": (
        ["2018-01-05 Lào Cai: Phó Giám đốc, Sở Y tế", "2018-01-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["a", "b"],
        "ranks_at_once",
    ),
    "an appointment states both": (
        ["2018-01-05 Lào Cai: Phó Giám đốc, Sở Y tế; Giám đốc, Sở Y tế", "2019-01-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["ab"],
        "same_post",
    ),
    "other offices of other bodies": (
        ["2018-01-05 Lào Cai: Giám đốc, Sở Y tế", "2018-02-05 Lào Cai: Bí thư, Huyện ủy Bát Xát"],
        ["a", "b"],
        "other_office",
    ),
    "Party and state in one mention": (
        ["2018-01-05 Lào Cai: Bí thư, Tỉnh ủy; Chủ tịch, HĐND tỉnh", "2018-02-05 Lào Cai: Bí thư, Tỉnh ủy",
         "2018-03-05 Lào Cai: Chủ tịch, Hội đồng nhân dân tỉnh"],
        ["abc"],
        "same_post",
    ),
    "Party and state in two mentions of an article": (
        ["2018-01-05 Lào Cai: Bí thư, Tỉnh ủy | Chủ tịch, HĐND tỉnh", "2018-03-05 Lào Cai: Chủ tịch, HĐND tỉnh"],
        ["ab"],
        "same_post",
    ),
    "a former director": (
        ["2018-01-05 Lào Cai: Giám đốc, Sở Y tế", "2020-03-05 Lào Cai: nguyên Giám đốc, Sở Y tế"],
        ["ab"],
        "same_post",
    ),
    "a former deputy while head": (
        ["2018-01-05 Lào Cai: Giám đốc, Sở Y tế", "2019-01-05 Lào Cai: nguyên Phó Giám đốc, Sở Y tế",
         "2020-01-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["abc"],
        "same_post same_body",
    ),
    "a body of which there are few, without its name": (
        ["2018-01-05 Lào Cai: Giám đốc, Sở", "2018-03-05 Lào Cai: Giám đốc, Sở"],
        ["ab"],
        "same_unnamed_body",
    ),
    "a body of which there are many": (
        ["2018-01-05 Lào Cai: Chủ tịch, UBND xã", "2018-03-05 Lào Cai: Chủ tịch, UBND xã"],
        ["a", "b"],
        "unnamed_body",
    ),
    "no body at all": (
        ["2018-01-05 Lào Cai: Giám đốc, ", "2018-03-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["a", "b"],
        "unnamed_body",
    ),
    "a short name that the article gives in full": (
        ["2018-01-05 Lào Cai: Giám đốc, Sở Y tế | Giám đốc, Sở", "2018-03-05 Lào Cai: Giám đốc, Sở"],
        ["ab"],
        "shortened_body",
    ),
    "a short name that fits one": (
        ["2018-01-05 Lào Cai: Giám đốc, Sở Y tế", "2018-03-05 Lào Cai: Giám đốc, Sở"],
        ["ab"],
        "shortened_body",
    ),
    "a short name and another title": (
        ["2018-01-05 Lào Cai: Giám đốc, Sở Y tế", "2018-03-05 Lào Cai: Phó Giám đốc, Sở"],
        ["a", "b"],
        "other_office",
    ),
    "a short name that fits two": (
        [
            "2018-01-05 Lào Cai: Giám đốc, Sở Y tế",
            "2018-03-05 Lào Cai: Giám đốc, Sở Nội vụ",
            "2018-04-05 Lào Cai: Giám đốc, Sở",
        ],
        ["a", "b", "c"],
        "several_persons other_office",
    ),
    "the level tells two bodies apart": (
        ["2018-01-05 Lào Cai: Chủ tịch, UBND tỉnh", "2018-03-05 Lào Cai: Chủ tịch, UBND huyện Bát Xát"],
        ["a", "b"],
        "other_office",
    ),
    "a province that went into another": (
        ["2024-01-05 Yên Bái: Giám đốc, Sở Y tế", "2025-09-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["ab"],
        "province_merged",
    ),
    "a province that took another in": (
        ["2024-01-05 Lào Cai: Giám đốc, Sở Y tế", "2025-09-05 Lào Cai: Phó Giám đốc, Sở Y tế"],
        ["ab"],
        "province_merged",
    ),
    "of two provinces that became one": (
        ["2024-01-05 Lào Cai: Giám đốc, Sở Y tế", "2024-02-05 Yên Bái: Giám đốc, Sở Y tế",
         "2025-09-05 Lào Cai: Giám đốc, Sở Y tế"],
        ["a", "b", "c"],
        "several_persons",
    ),
    "two provinces that will be one are two until then": (
        ["2024-01-05 Lào Cai: Giám đốc, Sở Y tế", "2024-02-05 Yên Bái: Giám đốc, Sở Y tế"],
        ["a", "b"],
        "",
    ),
    "a province that stayed as it was": (
        ["2024-01-05 Cao Bằng: Giám đốc, Sở Y tế", "2025-09-05 Cao Bằng: Giám đốc, Sở Y tế"],
        ["ab"],
        "same_post",
    ),
    "two provinces in one article": (
        ["2020-01-05 -: Giám đốc, Sở Y tế Sơn La | Giám đốc, Sở Y tế Lào Cai"],
        ["a", "a"],
        "one_article",
    ),
    "two communes in one article": (
        ["2020-01-05 Sơn La: Chủ tịch, UBND xã Mường Và | Chủ tịch, UBND xã Chiềng Ơn"],
        ["a", "a"],
        "one_article",
    ),
    "a mention that states two provinces": (
        [
            "2020-01-05 -: nguyên Giám đốc, Sở Y tế Sơn La; Giám đốc, Sở Y tế Cao Bằng",
            "2021-01-05 Cao Bằng: Giám đốc, Sở Y tế",
        ],
        ["ab"],
        "same_post",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_is_one_person(case: str) -> None:
    """Who is gathered, and by which rules or doubts; an empty reason: nobody even wonders."""
    lines, expected, rules = CASES[case]

    assert persons(letters(lines)) == expected
    assert reasons(lines) == set(rules.split())


def test_evidence_names_the_two_facts() -> None:
    """Of each merge: a fact of the person, and that which is merged."""
    seen = letters(CASES["Party and state in one mention"][0])

    assert [(merge.rule, merge.evidence) for merge in gather(seen).merges] == [
        ("same_post", ("a0", "b0")),
        ("same_post", ("a0", "c0")),
    ]


# --- undone ---------------------------------------------------------------------------------------------------------

YEARS = [f"{2015 + number}-01-05 Lào Cai: Giám đốc, Sở Y tế" for number in range(4)]


def of(article: str) -> str:
    """The id of the name's only appearance in an article."""
    return digest(article, "lê văn bê", "0")


def test_an_undone_merge_takes_one_out() -> None:
    assert persons(letters(YEARS)) == ["abcd"]
    assert persons(letters(YEARS), ((of("a"), of("c")),)) == ["abd", "c"]


def test_an_undone_merge_holds_when_earlier_and_later_articles_come() -> None:
    """Neither a new first appearance nor a new last one brings the two together."""
    more = [*YEARS, "2010-01-05 Lào Cai: Giám đốc, Sở Y tế", "2022-01-05 Lào Cai: Giám đốc, Sở Y tế"]

    assert persons(letters(more), ((of("a"), of("c")),)) == ["abdef", "c"]


def test_who_was_tied_only_through_the_undone_goes_with_it() -> None:
    lines = ["2015-01-05 Lào Cai: Giám đốc, Sở Y tế", "2016-01-05 Lào Cai: Giám đốc, Sở Y tế; Bí thư, Đảng ủy xã Y Tý",
             "2017-01-05 Lào Cai: Bí thư, Đảng ủy xã Y Tý"]  # fmt: skip

    assert persons(letters(lines)) == ["abc"]
    assert persons(letters(lines), ((of("a"), of("b")),)) == ["a", "bc"]
    assert persons(letters(lines), ((of("a"), of("c")),)) == ["ab", "c"]


def test_two_that_were_taken_from_one_person_are_each_others() -> None:
    """They hold the same post; only a third undone merge makes them two."""
    apart = ((of("a"), of("c")), (of("a"), of("d")))

    assert persons(letters(YEARS), apart) == ["ab", "cd"]
    assert persons(letters(YEARS), (*apart, (of("c"), of("d")))) == ["ab", "c", "d"]


def test_a_doubt_that_the_user_has_settled_is_none() -> None:
    lines = CASES["other offices of other bodies"][0]

    assert gather(letters(lines)).doubts
    assert gather(letters(lines), [(of("a"), of("b"))]).doubts == ()


# --- always ---------------------------------------------------------------------------------------------------------

OFFICES = (
    "Giám đốc, Sở Y tế", "Phó Giám đốc, Sở Y tế", "Giám đốc, Sở", "Giám đốc, Sở Nội vụ",
    "Bí thư, Tỉnh ủy", "Chủ tịch, UBND xã",
    "Bộ trưởng, Bộ Y tế", "nguyên Giám đốc, Sở Y tế",
    "Giám đốc, Sở Y tế; Bí thư, Tỉnh ủy", "Giám đốc, Sở Y tế tỉnh Sơn La",
)  # fmt: skip
LINES = st.lists(
    st.builds(
        "{} {}: {}".format,
        st.sampled_from(["?", "2015-02-03", "2019-02-03", "2024-02-03", "2026-02-03"]),
        st.sampled_from(["-", "Lào Cai", "Yên Bái", "Sơn La"]),
        st.sampled_from(OFFICES),
    ),
    max_size=9,
)


@given(lines=LINES, seed=st.integers(0, 10**6))
def test_the_order_of_sightings_does_not_matter(lines: list[str], seed: int) -> None:
    seen = letters(lines)
    shuffled = seen.copy()
    random.Random(seed).shuffle(shuffled)

    assert gather(shuffled) == gather(seen)


@given(lines=LINES, data=st.data())
def test_any_undone_merge_makes_two_and_leaves_no_trace_when_it_stands_again(lines: list[str], data) -> None:
    """Also several, one after the other, as a user goes through the list."""
    seen = letters(lines)
    before = gather(seen)
    apart: list[tuple[str, str]] = []
    for _ in range(data.draw(st.integers(0, 4))):
        merges = gather(seen, apart).merges
        if not merges:
            break
        merge = data.draw(st.sampled_from(merges))
        apart.append((merge.kept, merge.merged))
    person = {merge.merged: merge.kept for merge in gather(seen, apart).merges}

    assert all(person.get(one, one) != person.get(other, other) for one, other in apart)
    assert gather(seen, reversed(apart)) == gather(seen, apart)
    assert gather(seen) == before


@given(lines=LINES)
def test_a_person_is_one_tree_of_merges(lines: list[str]) -> None:
    """Every appearance but a person's earliest is merged once, into that; and none of unknown place is by itself."""
    seen = letters(lines)
    merges = gather(seen).merges
    kept = {merge.kept for merge in merges}
    days = {one.appearance_id: one.seen_on or date.max for one in seen}

    assert len({merge.merged for merge in merges}) == len(merges)
    assert not kept & {merge.merged for merge in merges}
    assert all(days[merge.kept] <= days[merge.merged] for merge in merges)
    nowhere = {one.appearance_id for one in seen if one.province is None and not one.is_central}
    somewhere = {one.appearance_id for one in seen if one.province is not None or one.is_central}
    assert not (nowhere - somewhere) & {merge.merged for merge in merges}


@pytest.mark.parametrize(
    "offices",
    [
        ["Giám đốc, Sở Y tế"],
        ["Chủ tịch, UBND xã"],
        [f"Chủ tịch, UBND xã {number}" for number in range(1, 400)],
        [f"Giám đốc, {' '.join(['Sở Y'] * size)}" for size in range(1, 30)],
        ["Giám đốc, Sở Y tế", "Phó Giám đốc, Sở Y tế"],
    ],
    ids=["one post", "no body", "many bodies", "bodies that begin alike", "in turns"],
)
def test_time_is_linear_in_the_sightings_of_a_name(offices: list[str]) -> None:
    """Sixteen times the sightings take some sixteen times as long, and not two hundred and fifty-six."""

    def lasts(size: int) -> float:
        pool = [seen_in(f"2015-01-05 Lào Cai: {office}", "x")[0] for office in offices]
        seen = [
            pool[at % len(pool)]._replace(
                appearance_id=str(at), article_id=str(at), seen_on=date.fromordinal(735_000 + at)
            )
            for at in range(size)
        ]
        began = process_time()
        gather(seen)
        return process_time() - began

    lasts(100)
    assert min(lasts(16_000) for _ in range(2)) < 64 * min(lasts(1_000) for _ in range(3)) + 0.1


@pytest.mark.parametrize(
    "offices",
    [
        [("Giám đốc", "Sở Y tế")],
        [("Chủ tịch", "UBND xã Tân Thành"), ("Bí thư", "")],
        [("Giám đốc", "Sở Y tế"), ("Giám đốc", "Sở")],
        [("Chủ tịch", f"UBND xã {number}") for number in range(20)],
    ],
    ids=["one post", "head of a commune", "short and in full", "twenty communes"],
)
def test_time_is_linear_in_the_mentions_of_a_name_in_one_article(offices: list[tuple[str, str]]) -> None:
    """Sixteen times the mentions take some sixteen times as long, and not two hundred and fifty-six."""

    def lasts(size: int) -> float:
        article = Article(article_id="a", text="", province="Lào Cai")
        stated = [Stated(str(at), 0, NAME, *offices[at % len(offices)], former=False) for at in range(size)]
        began = process_time()
        for _ in rows(article, stated):
            pass
        return process_time() - began

    lasts(100)
    assert min(lasts(16_000) for _ in range(2)) < 64 * min(lasts(1_000) for _ in range(3)) + 0.1
