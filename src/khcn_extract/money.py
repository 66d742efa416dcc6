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
from khcn_extract.quantities import modifier, rate, scale_of
from khcn_extract.rules import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khcn_extract.engine import Mention

_SMALL = 100
"""Fewer of these without a scale are points, medals, shifts, groups: ``92đ``, ``9 đồng``, ``3 kíp``, ``5 bảng``."""
_ALSO_OTHER_THINGS = frozenset({"đ", "kíp", "bảng", "đô"})
_SLIPS = frozenset({"đòng", "triêu", "tỳ"})
_HALF = Decimal("0.5")
_SEPARATORS = re.compile(r"[.\s]+")
_GROUPS_LEFT_OUT = Decimal(1000)
"""``55 - 60.000đ``: the lower end leaves its thousands out."""


def read(mentions: Sequence[Mention], text: str, lower: str) -> list[Reading]:
    """Money facts of the mentions, in their order.

    ``text`` is the cleaned text that the mentions were found in, ``lower`` the same in lower case.
    """
    readings = []
    for mention in mentions:
        groups = {name: written for name, written in mention.match.groupdict().items() if written is not None}
        if _is_other(groups, mention, text):
            continue
        low = _amount(groups)
        amount_max = _amount_max(groups)
        if low is None or low == 0:
            continue
        start, amount = mention.start, low
        if amount_max is not None and "scale" not in groups and "scale_max" not in groups:
            if amount < _GROUPS_LEFT_OUT <= amount_max:
                amount *= _GROUPS_LEFT_OUT
            if amount * 10 < amount_max:  # "tổ 3 - 500.000 đồng": a dash between two things, not a range
                start, amount, amount_max = mention.match.start("amount_max"), amount_max, None
        if amount_max is not None and amount > amount_max:
            continue
        currency = " ".join(groups.get("currency", "đồng").split())
        slip = currency in _SLIPS or not _SLIPS.isdisjoint(groups.get("scale", "").split())
        value = MoneyValue(
            amount=amount,
            amount_max=amount_max,
            currency=tables("money.toml")["currencies"][currency],
            mod=modifier(lower, mention.core_start if start == mention.start else start, mention.end),
            rate=rate(lower, mention.end),
        )
        flags = (*mention.rule.flags, "misspelt_unit") if slip else mention.rule.flags
        readings.append(Reading(start, mention.end, value, mention.rule.name, mention.rule.confidence, flags))
    return readings


def _is_other(groups: Mapping[str, str], mention: Mention, text: str) -> bool:
    """True for what looks like money and is none: ``28,75đ``, ``3 kíp``, ``ấp 3 Đồng Tiến``, the medals ``9 đồng``."""
    currency = groups.get("currency", "")
    if not currency or groups.keys() & {"scale", "amount_max", "words"}:
        return False
    amount = numerals.number(groups["amount"])
    few = amount is not None and amount < _SMALL
    if currency == "đồng":
        at, end = mention.match.span("currency")
        before = text[max(0, mention.start - 8) : mention.start]
        return text[at : at + 2] == "Đồ" or "bạc" in before or (few and text.startswith(" tiền", end))
    return few and currency.strip() in _ALSO_OTHER_THINGS


def _amount(groups: Mapping[str, str]) -> Decimal | None:
    """The amount, or the lower end of a range."""
    if "words" in groups:
        amount = numerals.words(groups["words"].replace(",", ""))
        return amount if amount is None or "half" not in groups else amount + _HALF
    written = groups["amount"]
    amount = numerals.number(written if " " not in written else _SEPARATORS.sub("", written))
    if amount is None:
        return None
    scale = scale_of(groups.get("scale") or groups.get("scale_max"))
    if "half" in groups:
        amount += _HALF
    if "tenths" in groups:
        amount += Decimal(groups["tenths"]) / 10
    amount *= scale
    if "amount_more" in groups:
        more = numerals.number(groups["amount_more"])
        more = None if more is None else more * scale_of(groups.get("scale_more"))
        return None if more is None or more >= scale else amount + more
    return amount


def _amount_max(groups: Mapping[str, str]) -> Decimal | None:
    amount = numerals.number(groups["amount_max"]) if "amount_max" in groups else None
    return None if amount is None else amount * scale_of(groups.get("scale_max") or groups.get("scale"))
