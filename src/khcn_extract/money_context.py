"""Whether the words round a number say that it is money, though no currency stands behind it: ``kinh phí 6,5 tỷ``.

`speaks_of_money` is the entry. ``rules/money.toml`` has the words. A pattern could look for them too, but would do so
anew at each of its characters; here they are looked for once a number.
"""

from __future__ import annotations

from functools import cache

import regex as re

from khcn_extract.rules import load_file

_BACK, _BACK_TO_SUM, _AHEAD = 60, 90, 60
"""Characters round a number among which the words stand."""
_LONGEST_WORD = 16
_SUM = re.compile(r"\b(?:triệu|tỷ|tỉ|nghìn|ngàn) đồng\b")
_BILLIONS = re.compile(r"(?<![\d.,])\d[\d.,]* (?:tỷ|tỉ)(?P<currency> đồng)?(?!\p{L}| \p{L}*(?:người|dân|usd|đô))")
_LONGEST_LIST = 20
_EACH = re.compile(r"\bmỗi \p{L}+ (?:\p{L}+ ){0,2}\Z")
_NEXT_WORD = re.compile(r" ?\p{L}")


def speaks_of_money(lower: str, start: int, end: int, *, reach: int = 1, is_sum: bool = False) -> bool:
    """Whether the scaled number ``lower[start:end]`` is a sum of money.

    ``reach`` divides the distance at which words still count; number words need them nearer. ``is_sum`` says that it is
    a sum in two scales, which seldom counts anything (``2 tỷ 800 triệu``).

    >>> speaks_of_money("kinh phí khoảng 6,5 tỷ, đã chi", 16, 22)
    True
    >>> speaks_of_money("dân số 2 triệu", 7, 14), speaks_of_money("mỗi ngày có 3 triệu view", 12, 19)
    (False, False)
    """
    noun = _last_word_of_money(lower, start, _BACK // reach)
    if _NEXT_WORD.match(lower, end) and not _goes_on().match(lower, end):
        return noun is not None and (is_sum or noun not in _words("done_to_things"))
    return (
        noun is not None
        or _sum_before(lower, start, _BACK_TO_SUM // reach)
        or (reach == 1 and _BILLIONS.search(lower, start, end) is not None and _is_in_a_list(lower, start))
        or (reach == 1 and _EACH.search(lower, max(0, start - 3 * _LONGEST_WORD), start) is not None)
        or (reach == 1 and lower.startswith(" tiền", end))
        or (reach == 1 and _sum_behind(lower, end))
    )


def _last_word_of_money(lower: str, start: int, reach: int) -> str | None:
    """The last word of money of the clause before ``start``, unless a word behind it speaks of other things."""
    first = max(0, start - reach - _LONGEST_WORD)
    first = max(first, *(lower.rfind(mark, first, start) + 1 for mark in ".;\n"))
    first = max(first, max((m.end() for m in _no_money().finditer(lower, first, start)), default=0))
    found = _money_word().findall(lower, first, start)
    return found[-1] if found else None


def _sum_before(lower: str, start: int, reach: int) -> bool:
    """``xã chi 40 triệu đồng, huyện 25 triệu``: a sum with its currency stands before in the sentence."""
    first = max(0, start - reach - _LONGEST_WORD)
    first = max(first, *(lower.rfind(mark, first, start) + 1 for mark in ".\n"))
    found = _SUM.search(lower, first, start)
    return found is not None and _no_money().search(lower, found.end(), start) is None


def _is_in_a_list(lower: str, start: int) -> bool:
    """``đã cho vay 124,7 tỷ đồng, trong đó hộ nghèo 49,7 tỷ; học sinh 10,7 tỷ``: one of sums that end in such a one.

    Of billions, which count hardly anything else, so it matters little what is counted in between.
    """
    clause = max(lower.rfind(mark, 0, start) for mark in ",;:\n") + 1
    if _no_money().search(lower, clause, start):
        return False
    for _ in range(_LONGEST_LIST):
        first = max(0, start - _BACK_TO_SUM)
        first = max(first, *(lower.rfind(mark, first, start) + 1 for mark in ("\n", ". ")))
        before = list(_BILLIONS.finditer(lower, first, start))
        if not before or before[-1]["currency"]:
            return bool(before)
        start = before[-1].start()
    return False


def _sum_behind(lower: str, end: int) -> bool:
    """``giá 3 triệu, 5 triệu hoặc 8 triệu đồng``: the currency stands behind a later number of the clause."""
    last = min((at for mark in ".;\n" if (at := lower.find(mark, end, end + _AHEAD)) >= 0), default=end + _AHEAD)
    found = _SUM.search(lower, end, last)
    return found is not None and _no_money().search(lower, max(0, end - _AHEAD), found.start()) is None


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load_file("money.toml").lexicons[name])


@cache
def _goes_on() -> re.Pattern[str]:
    """What may stand behind a sum."""
    words = "|".join(map(re.escape, load_file("money.toml").lexicons["behind_a_sum"]))
    return re.compile(rf" (?:{words})(?!\p{{L}})")


@cache
def _money_word() -> re.Pattern[str]:
    return re.compile(load_file("money.toml").fragments["money_word"], re.VERBOSE)


@cache
def _no_money() -> re.Pattern[str]:
    return re.compile(load_file("money.toml").fragments["no_money"], re.VERBOSE)
