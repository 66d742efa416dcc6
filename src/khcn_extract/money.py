"""Mentions of money to facts: exact amounts in whole units of a currency.

Read ``rules/money.toml`` first: it says what matches and what the groups mean, and the comment of ``quantities.py``
for what money shares with counts. Here groups become amounts, and what no sum of money is (points of an exam, medals,
shifts of a hospital) is refused.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import regex as re

from khcn_extract import numerals
from khcn_extract.facts import MoneyValue, Reading
from khcn_extract.money_context import speaks_of_money
from khcn_extract.quantities import foreign_thousands, modifier, rate, scale_of, sum_of
from khcn_extract.rules import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khcn_extract.engine import Mention

_SMALL = 100
"""Fewer of these without a scale are points, medals, shifts, groups: ``92đ``, ``9 đồng``, ``3 kíp``, ``5 bảng``."""
_ALSO_OTHER_THINGS = frozenset({"đ", "kíp", "bảng", "đô"})
_SLIPS = frozenset({"đòng", "triêu", "tỳ"})
_HALF = Decimal("0.5")
_SEPARATORS = re.compile(r"[.,\s]+")
_GROUPS_LEFT_OUT = Decimal(1000)
"""``55 - 60.000đ``: the lower end leaves its thousands out."""
_MARKS = " .,-"
"""What may stand between a number and the word for its currency: ``35.000,- đồng``."""


def read(mentions: Sequence[Mention], text: str, lower: str) -> list[Reading]:
    """Money facts of the mentions, in their order.

    ``text`` is the cleaned text that the mentions were found in, ``lower`` the same in lower case.
    """
    readings = []
    for mention in mentions:
        groups = {name: written for name, written in mention.match.groupdict().items() if written is not None}
        currency = currency_of(groups.get("currency", "đồng"))
        if currency is None or _is_other(groups, mention, text) or not _is_money(mention, lower):
            continue
        low = _amount(groups)
        amount_max = _amount_max(groups)
        if low is None or low == 0:
            continue
        start, amount = mention.start, low
        if amount_max is not None and "amount_max" in groups and not groups.keys() & {"scale", "scale_max", "compound"}:
            if amount < _GROUPS_LEFT_OUT <= amount_max:
                amount *= _GROUPS_LEFT_OUT
            if amount * 10 < amount_max:  # "tổ 3 - 500.000 đồng": a dash between two things, not a range
                start, amount, amount_max = mention.match.start("amount_max"), amount_max, None
        if amount_max is not None and amount > amount_max:
            continue
        value = MoneyValue(
            amount=amount,
            amount_max=amount_max,
            currency=currency,
            mod=modifier(lower, mention.core_start if start == mention.start else start, mention.end),
            rate=rate(lower, mention.end),
        )
        flags = (*mention.rule.flags, *_doubts(groups))
        readings.append(Reading(start, mention.end, value, mention.rule.name, mention.rule.confidence, flags))
    return readings


def currency_of(written: str) -> str | None:
    """The ISO code of a currency as it stands behind a number in lower case; `None` for one that is not known.

    >>> [currency_of(c) for c in ("đồng", ",- đồng", "đô-la mỹ", "đôla", "us$")]
    ['VND', 'VND', 'USD', 'USD', 'USD']
    """
    words = written.lstrip(_MARKS).replace("-", " ").replace("đôla", "đô la").split()
    return tables("money.toml")["currencies"].get(" ".join(words))


def _doubts(groups: Mapping[str, str]) -> tuple[str, ...]:
    """What is doubtful about how an amount is written."""
    slip = groups.get("currency") in _SLIPS or not _SLIPS.isdisjoint(groups.get("scale", "").split())
    foreign = any(_is_foreign(groups, name) for name in ("amount", "amount_max"))
    return ("misspelt_unit",) * slip + ("foreign_separator",) * foreign


def _is_money(mention: Mention, lower: str) -> bool:
    """False for a number with a scale and no currency that the words round it do not say to be money."""
    if not mention.rule.name.endswith("scale_only"):
        return True
    groups = mention.match.groupdict()
    return speaks_of_money(
        lower,
        mention.core_start,
        mention.core_end,
        reach=2 if "words" in groups else 1,
        is_sum=groups.get("compound") is not None,
    )


def _is_other(groups: Mapping[str, str], mention: Mention, text: str) -> bool:
    """True for what looks like money and is none: ``28,75đ``, ``3 kíp``, ``ấp 3 Đồng Tiến``, the medals ``9 đồng``.

    ``còn 1.480. Đồng thời`` begins a sentence.
    """
    currency = groups.get("currency", "")
    if not currency or groups.keys() & {"scale", "amount_max", "words", "compound"}:
        return False
    at, end = mention.match.span("currency")
    if currency.startswith(".") and text[at + 1 : at + 3] == " Đ":
        return True
    amount = numerals.number(groups["amount"])
    few = amount is not None and amount < _SMALL
    if currency == "đồng":
        before = text[max(0, mention.start - 8) : mention.start]
        return text[at : at + 2] == "Đồ" or "bạc" in before or (few and text.startswith(" tiền", end))
    return few and currency.strip() in _ALSO_OTHER_THINGS


def _is_foreign(groups: Mapping[str, str], name: str) -> bool:
    """True for ``5,000`` of a sum without a scale: no currency is counted in thousandths."""
    written = groups.get(name, "")
    return not groups.keys() & {"scale", "scale_max"} and foreign_thousands(written)


def _amount(groups: Mapping[str, str]) -> Decimal | None:
    """The amount, or the lower end of a range."""
    if "words" in groups:
        amount = numerals.words(groups["words"].replace(",", ""))
        return amount if amount is None or "half" not in groups else amount + _HALF
    if "compound" in groups:
        return sum_of(groups["compound"])
    amount = _number(groups, "amount")
    if amount is None:
        return None
    scale = scale_of(groups.get("scale") or groups.get("scale_max"))
    if "half" in groups:
        if amount % 1:
            return None  # "1,5 tỷ rưỡi"
        amount += _HALF
    if "tenths" in groups:
        amount += Decimal(f"0.{groups['tenths']}")
    return amount * scale


def _number(groups: Mapping[str, str], name: str) -> Decimal | None:
    written = groups[name]
    if " " in written:
        written = _SEPARATORS.sub("", written)
    elif _is_foreign(groups, name):
        written = written.replace(",", "")
    return numerals.number(written)


def _amount_max(groups: Mapping[str, str]) -> Decimal | None:
    if "compound_max" in groups:
        return sum_of(groups["compound_max"])
    amount = _number(groups, "amount_max") if "amount_max" in groups else None
    return None if amount is None else amount * scale_of(groups.get("scale_max") or groups.get("scale"))
