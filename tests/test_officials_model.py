"""The trained half of officials: what it sees, what it proposes, how it is trained, and what both halves say together.

Read `test_the_two_halves_together` first: it is what the model is for. All persons are invented.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from khcn_extract import officials
from khcn_extract.calibration import calibrated
from khcn_extract.cli_officials import train as train_command
from khcn_extract.gold import GoldArticle, read_gold
from khcn_extract.halves import by_half, render
from khcn_extract.officials_stretches import hits
from khcn_extract.officials_tagger import CARD, WEIGHTS, Question, Tagger, card, shipped
from khcn_extract.officials_tokens import MAX_TOKENS, features, tokens
from khcn_extract.training import (
    examples,
    fingerprint,
    frame_examples,
    read_frames,
    short_name,
    train,
)

if TYPE_CHECKING:
    from khcn_extract.training import FramesFile

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "src" / "khcn_extract" / "model"
SOME = "Ông Vi Văn Tứ, Giám đốc Sở Y tế; bà Lò Thị Hoa - Chủ tịch UBND xã.\nNông dân Bùng Sịnh kể."


@pytest.mark.parametrize(
    ("text", "rules", "both"),
    [
        # a name that no list has
        ("Tổng Giám đốc Tổ chức Lao động quốc tế Rakel Ösp đến thăm", [], ["Rakel Ösp"]),
        ("Đại sứ Thụy Điển Solveig Bjørnstad và Giám đốc Sở Y tế Lò Văn Hặc",
         ["Lò Văn Hặc"], ["Solveig Bjørnstad", "Lò Văn Hặc"]),
        # words between title and name that no rule reads
        ("Trạm trưởng Khuyến nông huyện Buôn Đôn Lục Văn Mùa hướng dẫn.", [], ["Lục Văn Mùa"]),
        # an official without a title at this place
        ("Thay ông Lò Văn Hặc nghỉ hưu, bà Vi Thị Tứ làm Chủ tịch UBND huyện.",
         ["Vi Thị Tứ"], ["Lò Văn Hặc", "Vi Thị Tứ"]),
        # nobody, with or without the model
        ("Giám đốc Sở Y tế tặng quà nông dân Bùng Văn Sịnh.", [], []),
        ("Học tập tư tưởng Hồ Chí Minh; Chủ tịch Hồ Chí Minh", [], []),
    ],
)  # fmt: skip
def test_the_two_halves_together(text: str, rules: list[str], both: list[str]) -> None:
    assert [fact.text for fact in officials.find(text, "rules")] == rules
    assert [fact.text for fact in officials.find(text)] == both


def test_an_office_that_the_rules_gave_is_not_given_again() -> None:
    text = "Trả lời đại biểu Sùng A Chớ, Giám đốc Sở Nội vụ Lò Văn Hặc cho biết"

    assert [(fact.text, len(fact.value.positions)) for fact in officials.find(text)] == [
        ("Sùng A Chớ", 0),
        ("Lò Văn Hặc", 1),
    ]


def test_a_name_that_the_model_found_is_found_again() -> None:
    text = "Tổng Giám đốc Tổ chức Lao động quốc tế Rakel Ösp đến thăm Theo bà Ösp, cần làm ngay. Rakel Ösp cảm ơn."

    assert [fact.text for fact in officials.find(text)] == ["Rakel Ösp", "Ösp", "Rakel Ösp"]


def test_what_the_model_agrees_with_is_surer() -> None:
    measured = card()["confidence"]

    assert measured["official.title_then_name seconded"] > measured["official.title_then_name not seconded"]
    assert measured["official.title_then_name"] > measured["official.model"]
    assert all(0 < confidence <= 1 for confidence in measured.values())


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Giám", {"w=giám", "shape=Aa", "class=t", "class+1=t_", "run=0/1"}),
        ("Vi", {"w=vi", "class=S", "run=0/3", "before=ông", "behind=,"}),
        ("Tứ", {"run=2/3", "behind,at=,1"}),
        ("ông", {"class=H", "shape=a"}),
        (",", {"shape=,", "w=,"}),
    ],
)
def test_features_of_a_token(word: str, expected: set[str]) -> None:
    text = "Theo ông Vi Văn Tứ, Giám đốc Sở"
    (sequence,) = tokens(text, 0, len(text))
    described = features(sequence, hits(text))

    assert expected <= set(described[[token.text for token in sequence].index(word)])


@given(st.text(alphabet="Giám đốc SởVi Văn,.-\n'’ôngK1 ", max_size=300))
def test_tokens_are_the_text_without_its_blanks(text: str) -> None:
    parts = list(tokens(text, 0, len(text)))

    assert "".join(token.text for part in parts for token in part) == "".join(text.split())
    assert all(text[token.start : token.end] == token.text for part in parts for token in part)
    assert all(0 < len(part) <= MAX_TOKENS for part in parts)


@given(st.lists(st.sampled_from([*SOME.split(" "), "Rakel", "Ösp", "GIÁM ĐỐC", "(SN 1970)", "\n"]), max_size=60))
def test_facts_of_both_halves_lie_in_the_text(words: list[str]) -> None:
    text = " ".join(words)

    facts = officials.find(text)

    assert all(text[fact.start_char : fact.end_char] == fact.text for fact in facts)
    assert all(one.end_char <= other.start_char for one, other in pairwise(facts))


# -- training ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frames() -> FramesFile:
    return read_frames(ROOT / "gold" / "frames.toml")


def test_examples_of_gold_are_labelled_word_by_word() -> None:
    (article,) = (a for a in read_gold(ROOT / "gold" / "officials" / "train.jsonl") if a.article_id == "off-001")

    first, second = examples([article])

    assert first.labels[:10] == ["O", "B-N", "I-N", "I-N", "O", "B-T", "I-T", "B-G", "I-G", "I-G"]
    assert second.labels[:4] == ["O", "O", "B-N", "O"]


def test_a_small_tagger_learns_and_is_the_same_each_time(frames: FramesFile, tmp_path: Path) -> None:
    sentences = list(frame_examples(frames))
    again = list(frame_examples(frames))
    train(sentences, tmp_path / "one.crf", iterations=15)
    train(again, tmp_path / "two.crf", iterations=15)
    text = "Giám đốc Sở Y tế Lều Thị Nhẫn phát biểu."

    found = Tagger(tmp_path / "one.crf").proposals(text, 0, len(text), hits(text))

    assert sentences == again
    assert (tmp_path / "one.crf").read_bytes() == (tmp_path / "two.crf").read_bytes()
    assert [(p.letter, text[p.start : p.end]) for p in found] == [
        ("T", "Giám đốc"), ("G", "Sở Y tế"), ("N", "Lều Thị Nhẫn"),
    ]  # fmt: skip


def test_the_shipped_weights_are_those_of_the_card_and_of_todays_gold() -> None:
    told = json.loads((MODEL / CARD).read_text(encoding="utf-8"))
    made_from = [
        ROOT / "gold" / path
        for path in ("train.jsonl", "further.jsonl", "officials/train.jsonl", "frames.toml")
    ]  # fmt: skip

    assert told["weights_sha256"] == fingerprint(MODEL / WEIGHTS)
    assert told["made_from"] == [short_name(path) for path in made_from]
    assert told["made_from_sha256"] == fingerprint(*made_from), "the gold has changed: make model"


def test_the_readme_shows_the_scores_of_the_card() -> None:
    """A row a half, F1 of names and triples for each file."""
    told = json.loads((MODEL / CARD).read_text(encoding="utf-8"))["held_out"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("<!-- officials:")[2].partition("<!-- end of officials -->")[0]
    shown = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[3:]]

    files = ("gold/test.jsonl", "officials/test.jsonl")
    assert shown == [
        [half, *(f"{told[file][half][of]['f1']:.3f}" for file in files for of in ("names", "triples"))]
        for half in ("rules", "model", "both")
    ]


def test_the_tagger_is_the_one_of_its_features() -> None:
    """Sums of parts, many sentences side by side, say what another program reads from the features' names."""
    from underthesea_core import CRFModel, CRFTagger

    other = CRFTagger.from_model(CRFModel.load(str(MODEL / WEIGHTS)))
    articles = read_gold(ROOT / "gold" / "dev.jsonl")
    texts = [a.text[:length] for a, length in zip(articles, range(5, 900, 25), strict=False)]
    texts += ["^ $ ^^ KK x-y | a|b H'Mlen 12,3 ’", "A"]
    questions = [Question(text, 0, len(text), hits(text)) for text in texts]

    together = shipped().answers(questions)

    assert sum(map(len, together)) > 50
    for asked, found in zip(questions, together, strict=True):
        parts = list(tokens(asked.text, asked.start, asked.end))
        labels = [label for part in parts for label in other.tag(features(part, asked.hits))]
        letters = [next((p.letter for p in found if p.start <= t.start < p.end), "O") for part in parts for t in part]
        assert letters == [label[-1] for label in labels]
        for part in parts:
            chances = other.marginals(features(part, asked.hits))
            likeliest = {token.start: max(chance) for token, chance in zip(part, chances, strict=True)}
            assert all(p.probability <= likeliest[p.start] + 1e-9 for p in found if p.start in likeliest)
        assert found == shipped().proposals(*asked)


def test_training_and_held_out_texts_are_apart() -> None:
    gold = ROOT / "gold"
    trained = {a.text for name in ("train", "further", "officials/train") for a in read_gold(gold / f"{name}.jsonl")}
    held_out = {a.text for name in ("test", "officials/test") for a in read_gold(gold / f"{name}.jsonl")}

    assert not trained & held_out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('copies = 1\nsentences = ["{nobody}"]\n[slots]\n', "{nobody} in '{nobody}' is no slot; allowed are"),
        ("copies = 'x'\nsentences = []\n[slots]\n", "copies"),
        ("copies =", "Invalid"),
        ("# h\xf2a".encode("latin-1"), "frames.toml: 'utf-8' codec can't decode"),
        ('copies = 1\nsentences = ["{name}"]\n[slots]\nname = []', "slot 'name' has no filling; allowed are one"),
        ('copies = 1\nsentences = ["{name}"]\n[slots]\nname = ["{name} A"]', "slot 'name' fills itself; allowed are"),
        ('copies = 1\nsentences = []\n[slots]\nx = ["{y}"]\ny = ["a", "{x}"]', "slot 'x' fills itself; allowed are"),
    ],
    ids=["no slot", "no number", "no TOML", "no UTF-8", "no filling", "fills itself", "fills itself by another"],
)
def test_a_mistake_in_the_frames_is_named(content: str | bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "frames.toml").write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(ValueError, match=message.replace("{", r"\{")):
        list(frame_examples(read_frames(tmp_path / "frames.toml")))


def test_no_sentence_no_training(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sentence to train on"):
        train([], tmp_path / "none.crf")


@pytest.fixture
def material(tmp_path: Path) -> tuple[Path, Path]:
    """One article of gold, and frames that give nothing."""
    gold, frames = tmp_path / "gold.jsonl", tmp_path / "frames.toml"
    gold.write_text((ROOT / "gold" / "officials" / "train.jsonl").read_text(encoding="utf-8").partition("\n")[0] + "\n")
    frames.write_text("copies = 1\nsentences = []\n[slots]\n")
    return gold, frames


def test_one_article_is_enough_to_train_on(material: tuple[Path, Path], tmp_path: Path) -> None:
    """How sure its facts are stays open: there is nobody else to learn it from. Nothing else is left in the folder."""
    gold, frames = material
    train_command([gold], frames, tmp_path / "model", [gold])

    made = json.loads((tmp_path / "model" / CARD).read_text(encoding="utf-8"))
    assert made["confidence"] == {}
    assert made["weights_sha256"] == fingerprint(tmp_path / "model" / WEIGHTS)
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == sorted([CARD, WEIGHTS])


@pytest.mark.parametrize("fails", ["held-out", "card"])
def test_training_that_fails_leaves_the_old_model(
    fails: str, material: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights and card are put in place together, when both are whole."""
    gold, frames = material
    out = tmp_path / "model"
    out.mkdir()
    for name in (CARD, WEIGHTS):
        (out / name).write_text("old")
    held_out = tmp_path / "held.jsonl"
    held_out.write_text("no gold" if fails == "held-out" else gold.read_text())
    if fails == "card":
        monkeypatch.setattr("khcn_extract.training.card", lambda **_: 1 / 0)
    with pytest.raises((typer.Exit, ZeroDivisionError)):
        train_command([gold], frames, out, [held_out])

    assert {path.name: path.read_text() for path in out.iterdir()} == {CARD: "old", WEIGHTS: "old"}


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.crf").write_text("no weights")

    with pytest.raises(ValueError, match=r"x\.crf: no weights of a tagger"):
        Tagger(tmp_path / "x.crf")


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([("a", True)] * 10, {"a": 1.0}),
        ([("a", True)] * 10 + [("a", False)] * 10, {"a": 0.5}),
        # few facts of a kind stay near their rule, few of a rule near all
        ([("a", True)] * 90 + [("a seconded", False)], {"a": 0.989, "a seconded": 0.899}),
    ],
)
def test_confidence_is_the_share_that_was_right(verdicts: list[tuple[str, bool]], expected: dict[str, float]) -> None:
    assert calibrated(verdicts) == expected


# -- the halves -------------------------------------------------------------------------------------------------------


def test_the_table_of_the_halves() -> None:
    found = {"text": "Vi Văn Tứ", "name": "Vi Văn Tứ", "positions": [{"title": "Giám đốc", "organization": "Sở Y tế"}]}
    text = "Ông Vi Văn Tứ, Giám đốc Sở Y tế, nói."
    fact = {"kind": "official", "start_char": 4, "end_char": 13, **found}
    gold = [GoldArticle(article_id=str(n), text=text, facts=(fact,)) for n in range(6)]

    table = render(gold, by_half(gold)).splitlines()

    assert table[2].split() == ["rules", *["1.000"] * 6]
    assert table[4].split() == ["both", *["1.000"] * 6]
    assert table[7].split()[:2] == ["names", "+0.000"]
    assert table[10].split() == ["confidence", "of", "both", "facts", "stated", "right"]
    assert table[11].split()[3::2] == ["6", "1.000"]
    assert max(map(len, table)) <= 80


def test_without_the_model_its_weights_are_not_loaded() -> None:
    code = (
        "from khcn_extract import extract; from khcn_extract.officials_tagger import shipped; "
        "facts = extract('Chủ tịch UBND xã Rakel Ösp và ông Vi Văn Tứ, Giám đốc Sở Y tế', model={}); "
        "assert facts and shipped.cache_info().currsize == {}"
    )

    for model, loaded in ((False, 0), (True, 1)):
        subprocess.run([sys.executable, "-c", code.format(model, loaded)], check=True)


def test_the_tagger_reads_a_line_without_end() -> None:
    text = "ông Vi Văn Tứ, Giám đốc Sở Y tế, " * 200

    found = shipped().proposals(text, 0, len(text), hits(text))

    assert sum(proposal.letter == "N" for proposal in found) >= 190
