"""Every rule proves itself: its examples are found by it, its counterexamples are not.

The tables are the rule files themselves; a rule that has no example, or whose example another rule finds, fails here.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from khcn_extract.engine import Lexicon, compile_rules
from khcn_extract.pipeline import engine, extract
from khcn_extract.rules import RuleFile

if TYPE_CHECKING:
    from khcn_extract.facts import Fact
    from khcn_extract.rules import Example, Rule

RULES = engine().rules
EXAMPLES = [pytest.param(rule, e, id=f"{rule.name}-{e.span}") for rule in RULES for e in rule.examples]
COUNTEREXAMPLES = [pytest.param(rule, c, id=f"{rule.name}-{c}") for rule in RULES for c in rule.counterexamples]


def stated(fact: Fact, names: list[str]) -> dict[str, Any]:
    """The fact's fields of those names as a rule file writes them."""

    def plain(value: object) -> object:
        if isinstance(value, date):
            return value.isoformat()
        return float(value) if isinstance(value, Decimal) else value

    return {name: plain(getattr(fact.value, name, None)) for name in names}


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example_is_found_by_its_rule(rule: Rule, example: Example) -> None:
    facts = extract(example.text, published_at=example.published_at)

    found = [(f.rule, f.text, stated(f, list(example.value)), set(example.flags) <= set(f.flags)) for f in facts]

    assert (rule.name, example.span, example.value, True) in found


@pytest.mark.parametrize(("rule", "text"), COUNTEREXAMPLES)
def test_counterexample_is_left_alone(rule: Rule, text: str) -> None:
    facts = extract(text, published_at=date(2022, 3, 15))

    assert [f.text for f in facts if f.rule == rule.name] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_has_examples_and_a_counterexample(rule: Rule) -> None:
    wanted = 0 if rule.kind == "none" else 3

    assert len(rule.examples) >= wanted
    assert rule.counterexamples
    assert {"rule", "kind"}.isdisjoint(name for e in rule.examples for name in e.value)


def test_names_are_unique() -> None:
    names = [rule.name for rule in RULES]

    assert sorted(set(names)) == sorted(names)


def test_example_fields_exist() -> None:
    known = {f.name for rule in RULES for e in rule.examples for fact in extract(e.text, published_at=e.published_at)
             for f in fields(fact.value)}  # fmt: skip

    assert {name for rule in RULES for e in rule.examples for name in e.value} <= known


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("03 dự thảo luật mới", 3, "dự thảo luật"),
        ("03 dự thảo mới", 3, "dự thảo"),
        ("03 dự thảotin", 3, ""),
        ("5 cấp phép mới", 2, ""),
        ("5 cấp", 2, "cấp"),
        ("5%", 1, "%"),
    ],
)
def test_longest_entry_wins_and_shields_hide(text: str, start: int, expected: str) -> None:
    lexicon = Lexicon(["dự thảo", "dự thảo luật", "cấp", "%"], shields=["cấp phép"])

    assert lexicon.longest_at(text, start) == expected


def test_unknown_key_in_a_rule_is_an_error() -> None:
    file = RuleFile.model_validate(
        {"kind": "date", "rule": [{"name": "date.x", "about": "", "pattern": "x", "anchors": ["x"], "patern": "y"}]}
    )

    with pytest.raises(ValueError, match="patern"):
        compile_rules(file)
