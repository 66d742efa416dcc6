"""Counts that leave their unit to the sentence: ``41 nhiệm vụ, trong đó 29 đã xong``; ``số hộ nghèo còn: 312``.

The rules of ``counts.toml`` that have no lexicon behind them say where such numbers stand; here the unit is looked for,
and without one the number is no fact. Read `Elided.unit`.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import regex as re

from khcn_extract import numerals
from khcn_extract.counts_units import units
from khcn_extract.facts import CountValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from khcn_extract.engine import Mention
    from khcn_extract.facts import Reading

_NEAR = 240
"""Characters back to the count that lends its unit."""
_LAST = 8
"""Counts back among which the lender is looked for."""
_CUE = re.compile(r"(?:trong đó|trong số đó|bao gồm|gồm)(?!\p{L})|[:(]")
_HANDLED = re.compile(
    r"(?<!\p{L})(?:nhắc nhở|xử phạt|phạt|xử lý|giải quyết|hoàn thành|nghiệm thu|thu hồi|loại|chọn|công nhận|phê duyệt|"
    r"đình chỉ|tạm giữ|khởi tố|chuyển|trả|cấp|đạt|ký|chỉ tiêu|"
    r"(?:đúng|trễ|quá|trước) hạn|kế hoạch(?: giao)?)\s(?:(?:được|xong|đúng hạn)\s)?$"
)
"""What is done to some of the things counted before or behind."""
_NEW_LEVEL = re.compile(
    r"(?<!\p{L})(?:(?:giảm|tăng|rút|nâng|hiện|nay|chỉ|tổng số)\s)+(?:còn|lên|xuống còn|xuống|lên tới|lên thành)\s"
    r"(?:(?:khoảng|hơn|gần|trên|dưới)\s)?$|[,;]\s(?:(?:hiện|nay|chỉ)\s)?còn\s$"
)
"""So many are there now of what was counted before, be it more or fewer."""
_AMONG = re.compile(r"(?<!\p{L})trong (?:(?:tổng )?số )?\Z")
_THERE_ARE = re.compile(r"[^.;:\d]{0,40}?,? (?:thì )?(?:đã |mới |chỉ )?(?:có |(?<=thì ))")
"""``trong 15 chỉ tiêu có 12 đạt``, ``trong 15 xã thì 12 có chợ``"""
_FATE = re.compile(r" (?:bị (?:thương|bắt|mất tích|chết|thiệt mạng|tử vong)|chết|tử vong|mất tích)(?!\p{L})")
_AND = re.compile(r"(?:,|(?<!\p{L})và) \Z")
"""``5 người chết và 8 bị thương``: people, though not the same."""
_NEXT = 60
"""Characters ahead to the count that lends its unit."""
_NUMBER_OF = re.compile(r"(?<!\p{L})(?:tổng )?số (?:lượng )?(?=\p{L})")
_VISITS = re.compile(r"(?<!\p{L})(?:lượng |số )?(lượt|khách)(?!\p{L})(?<!lượt khách)")
_CLAUSE_END = re.compile(r"[.;\n](?!\d)")


class Whole(NamedTuple):
    """A count of things that may have parts."""

    start: int
    end: int
    value: CountValue

    @property
    def size(self) -> Decimal:
        """How many; of a ratio, the whole that was counted."""
        return self.value.total or self.value.value


def whole_of(reading: Reading) -> Whole | None:
    """The count as a whole that may have parts; `None` for shares, measures and times."""
    value = reading.value
    if isinstance(value, CountValue) and units().classes.get(value.unit) not in ("measures", "times_over", None):
        return Whole(reading.start, reading.end, value)
    return None


class Elided:
    """Finds the units that the numbers of one article leave out."""

    def __init__(self, lower: str, sentences: Callable[[], Sequence[int]]) -> None:
        self._lower = lower
        self._sentences = sentences
        self._parts = {-1}
        """Offsets of the numbers that were read as parts: they lend no unit, and their like may follow."""

    def unit(self, mention: Mention, before: Sequence[Reading], following: Mention | None) -> str | None:
        """The unit of a number; `None` where the text does not say it.

        ``before`` are the counts read so far, ``following`` is the next mention.
        """
        how = mention.rule.name.partition(".")[2]
        if how == "scaled_behind_unit":
            return self._visits_before(mention)
        near = mention.start - _NEAR
        named = (reading for reading in before[-_LAST:] if reading.start > near and reading.start not in self._parts)
        wholes = [whole for reading in named if (whole := whole_of(reading))]
        if how == "ratio_without_unit":
            total = numerals.number(mention.match["total"])
            same = [whole for whole in wholes if whole.size == total]
            return self._unit_before(mention) or (same[-1].value.unit if same else None)
        if wholes:
            whole = wholes[-1]
            if how == "with_share":
                return whole.value.unit
            in_sentence = whole.start >= self._sentence_start(mention.start)
            if in_sentence and (how in ("of_level", "changed_by") or self._is_part(mention, wholes)):
                self._parts.add(mention.start)
                return whole.value.unit
        if how != "part_without_unit":
            return None
        return self._unit_before(mention) or self._unit_behind(mention, following)

    def _is_part(self, mention: Mention, wholes: Sequence[Whole]) -> bool:
        """True for a number behind ``trong đó`` and its like, or behind another such part, that the whole can hold.

        The last of the wholes may be such a part itself: ``14 hồ sơ, trong đó 12 hồ sơ đạt, 2 chưa đạt``.
        """
        whole = wholes[-1]
        start = self._sentence_start(mention.start)
        larger = [other for other in wholes[:-1] if other.start >= start and other.value.unit == whole.value.unit]
        return self._is_part_of(mention, whole) or any(self._is_part_of(mention, other) for other in larger[-1:])

    def _is_part_of(self, mention: Mention, whole: Whole) -> bool:
        if _FATE.match(self._lower, mention.end) and _AND.search(self._lower, mention.start - 5, mention.start):
            return units().classes.get(whole.value.unit) == "people"
        start = max(whole.end, mention.start - 30)
        if _AMONG.search(self._lower, max(0, whole.start - 20), whole.start) and _THERE_ARE.fullmatch(
            self._lower, whole.end, mention.start
        ):
            return True
        if _NEW_LEVEL.search(self._lower, start, mention.start):
            return True
        value = numerals.number(mention.match["value"])
        cued = (
            _CUE.search(self._lower, whole.end, mention.start) is not None
            or max(self._parts) > whole.start
            or _HANDLED.search(self._lower, start, mention.start) is not None
        )
        return cued and value is not None and value <= whole.size

    def _unit_behind(self, mention: Mention, following: Mention | None) -> str | None:
        """``nhắc nhở 9, xử phạt 5 cơ sở``: the unit of the next count of the clause."""
        if following is None or not following.entry or following.start > mention.end + _NEXT:
            return None
        if not _HANDLED.search(self._lower, max(0, mention.start - 30), mention.start):
            return None
        if _CLAUSE_END.search(self._lower, mention.end, following.start):
            return None
        unit = units().canonical[following.entry]
        return unit if units().classes.get(unit) not in ("measures", "times_over", None) else None

    def _unit_before(self, mention: Mention) -> str | None:
        """``số hộ nghèo còn: 312``: the unit behind the last ``số`` of the clause."""
        start = max(self._sentence_start(mention.start), mention.start - _NEAR)
        stop = max((m.end() for m in _CLAUSE_END.finditer(self._lower, start, mention.start)), default=start)
        ends = [m.end() for m in _NUMBER_OF.finditer(self._lower, stop, mention.start)]
        entry = units().lexicon.longest_at(self._lower, ends[-1]) if ends else ""
        return units().canonical[entry] if entry else None

    def _visits_before(self, mention: Mention) -> str | None:
        """``lượt khách của tỉnh đạt 3,3 triệu``: the last visits or guests that the clause names."""
        starts = [m.start(1) for m in _VISITS.finditer(self._lower, max(0, mention.start - _NEXT - 30), mention.start)]
        entry = units().lexicon.longest_at(self._lower, starts[-1]) if starts else ""
        return units().canonical[entry] if entry else None

    def _sentence_start(self, offset: int) -> int:
        starts = self._sentences()
        at = bisect_right(starts, offset)
        return starts[at - 1] if at else 0
