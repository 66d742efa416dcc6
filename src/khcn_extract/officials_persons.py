"""Where a person's name begins in a run of capitalised words: ``UBND xã Mai Châu Hà Công Thấm`` → ``Hà Công Thấm``.

Read `Persons.start`, the only entry. Headlines and captions put the person right behind the body or the place, and both
are capitalised. Any split of such a run is possible, and none; each has a cost, the least one is taken. The costs are
set by hand, roughly in nats: how many syllables places and persons have, how common the surname is, whether the second
syllable is one that persons have, and what stands before the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SHORTEST: Final = 2
_LONGEST: Final = 5
"""Syllables of a name."""
_SYLLABLES: Final = {2: 1.5, 3: 0.0, 4: 0.6, 5: 3.5}
"""What speaks against a person's name of so many syllables."""
_RARE: Final = 1.5
"""Against a surname that is mostly something else; twice in a name of two syllables."""
_MIDDLE: Final = -0.7
_SURE_MIDDLE: Final = -2.0
"""For a second syllable that persons have: ``Minh``, and ``Văn``."""
_MIDDLE_OF_WOMEN: Final = "thị"
_SPLIT: Final = 3.0
"""Against ``Thị`` as a surname right behind a surname: ``Hồ Thị Minh`` is one person."""
_PLACE: Final = {1: 2.5, 2: 0.0, 3: 1.2, 4: 2.5}
"""Against a place's name of so many syllables."""
_LONG_PLACE: Final = 5.0
_NOBODY: Final = {"u": 1.0, "E": -0.5}
"""Against a run without a person, behind a kind of place and behind a school."""
_NOBODY_ELSEWHERE: Final = 2.0
_NOBODY_KNOWN: Final = -2.0
"""The whole cost where the lists know the run as one name."""
_UNLISTED: Final = 1.5
"""Against a place behind ``tỉnh`` or ``thành phố`` that is none of these: the lists have them all."""
_DIRECTION: Final = -1.0
"""For a place of three syllables the last of which is ``Đông`` or the like."""
_LIKE_PERSON: Final = 2.0
"""Against a place before the person that begins with a surname itself."""
_AT_ONCE: Final = {"u": 1.5, "E": 2.5, "e": 0.5, "H": 0.5, "h": 0.5}
"""Against a person right behind a kind of place, a school, a head: the own name of these is missing."""
_TOPS: Final = {"tỉnh": 0.5, "phố": 0.5}
"""Last words of kinds of places that go mostly without their names, and the cost there."""


class Persons:
    """The syllables of persons' names, and what they say about a run of capitalised words.

    ``rare`` are surnames that are mostly something else (``Long``, ``Kim``), whether or not they are among
    ``surnames``; ``sure`` are second syllables that only persons have.
    """

    def __init__(
        self,
        *,
        surnames: Iterable[str],
        rare: Iterable[str],
        middles: Iterable[str],
        sure: Iterable[str],
        directions: Iterable[str],
    ) -> None:
        self._surnames = {s.lower(): 0.0 for s in surnames} | {s.lower(): _RARE for s in rare}
        self._middles = {s.lower(): _MIDDLE for s in middles} | {s.lower(): _SURE_MIDDLE for s in sure}
        self._directions = frozenset(d.lower() for d in directions)

    def may_begin_with(self, lower: str) -> bool:
        """Whether this word in lower case is a surname."""
        return lower in self._surnames or lower[:2] in ("h'", "k'", "h’", "k’")

    def may_go_on_with(self, lower: str) -> bool:
        """Whether persons have this word in lower case as a second syllable."""
        return lower in self._middles

    def start(self, lower: Sequence[str], run: range, before: str, is_known: Callable[[int, int], bool]) -> int:
        """Index in ``lower``, the words in lower case, where the person of the run begins; -1 where there is none.

        ``before`` is the letter of what stands before the run (see ``rules/organizations.toml``); ``is_known`` says
        whether the words between two indexes are a name that the lists have.

        >>> persons = Persons(surnames=["Hà", "Châu"], rare=["Châu"], middles=["Công"], sure=[], directions=[])
        >>> persons.start(["mai", "châu", "hà", "công", "thấm"], range(5), "u", lambda start, end: False)
        2
        >>> persons.start(["hà", "trung"], range(2), "u", lambda start, end: False)
        -1
        """
        firsts = range(max(run.start, run.stop - _LONGEST), run.stop - SHORTEST + 1)
        candidates = [first for first in firsts if self.may_begin_with(lower[first])]
        if not candidates:
            return -1
        best, least = -1, self._nobody(lower, run, before, is_known)
        for first in candidates:
            cost = self._person(lower, first, run.stop) + self._place(lower, range(run.start, first), before, is_known)
            if cost < least:
                best, least = first, cost
        return best

    def _person(self, lower: Sequence[str], first: int, end: int) -> float:
        size = end - first
        rarity = self._surnames.get(lower[first], 0.0)
        if lower[first] == _MIDDLE_OF_WOMEN and first and lower[first - 1] in self._surnames:
            rarity += _SPLIT
        middle = self._middles.get(lower[first + 1], 0.0)
        return _SYLLABLES[size] + rarity * (2 if size == SHORTEST else 1) + middle

    def _place(self, lower: Sequence[str], words: range, before: str, is_known: Callable[[int, int], bool]) -> float:
        """Cost of what stands between the body and the person."""
        if not words:
            if before == "u":
                return _TOPS.get(lower[words.start - 1], _AT_ONCE["u"])
            return _AT_ONCE.get(before, 0.0)
        if is_known(words.start, words.stop):
            return 0.0
        like_person = _LIKE_PERSON if self._surnames.get(lower[words.start]) == 0.0 and before != "E" else 0.0
        return _PLACE.get(len(words), _LONG_PLACE) + like_person

    def _nobody(self, lower: Sequence[str], run: range, before: str, is_known: Callable[[int, int], bool]) -> float:
        if is_known(run.start, run.stop):
            return _NOBODY_KNOWN
        direction = _DIRECTION if lower[run.stop - 1] in self._directions else 0.0
        unknown = _UNLISTED if before == "u" and lower[run.start - 1] in _TOPS else 0.0
        return _PLACE.get(len(run), _LONG_PLACE) + _NOBODY.get(before, _NOBODY_ELSEWHERE) + direction + unknown
