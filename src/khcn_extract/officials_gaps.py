"""What stands between the items of a line of officials: punctuation, link words, and other words.

`gap_letters` is the entry; the link words are those of ``[between]`` in ``rules/officials.toml``.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import regex as re
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from khcn_extract.officials_lexicon import officials_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LINK_LETTERS: Final = {
    "quantity": "q",
    "holds_office": "K",
    "takes_office": "L",
    "gives_office": "A",
    "passive": "p",
    "to_whom": "c",
    "list": ":",
    "is": "l",
    "and": "&",
}
"""By the lists of ``[between]`` in ``officials.toml``; of equal entries the later list has it."""
_MARKS: Final = "-,;:()."
_BORN: Final = r"(?:(?:[Ss]inh(?: năm| ngày)?|SN|Sn|sn|S\.N)[.:]?+ ?\d[\d/.-]*+|\d\d tuổi)"
_AGE: Final = re.compile(rf" ?\( ?{_BORN} ?\)|{_BORN}")
"""How old somebody is says nothing about the office: ``, 52 tuổi,`` and ``(sinh năm 1970)``."""
_AGE_WORDS: Final = ("inh", "SN", "Sn", "sn", "S.N", "tuổi")
"""Each age has one of these in it; a gap without any is seen at once."""


@lru_cache(maxsize=1 << 12)
def gap_letters(gap: str) -> str:
    """Letters of the text between two items.

    >>> gap_letters(" - "), gap_letters(", hiện đang "), gap_letters(" được bầu làm "), gap_letters(" (SN 1970), ")
    ('-', ',x', 'L', ',')
    """
    automaton, kinds = _gap_words()
    if any(word in gap for word in _AGE_WORDS) and any(map(str.isdigit, gap)):
        gap = _AGE.sub("", gap)
    letters = ""
    last = 0
    for index, start, end in automaton.find_matches_as_indexes(gap):
        letter = kinds[index]
        if letter == "-":
            if gap[start - 1 : start].strip() and gap[end : end + 1].strip():
                continue  # `Covid-19`
        elif letter not in _MARKS and (gap[start - 1 : start].isalnum() or gap[end : end + 1].isalnum()):
            continue
        if not letters.endswith("x") and gap[last:start].strip():
            letters += "x"
        letters += letter
        last = end
    return letters + "x" if gap[last:].strip() else letters


@cache
def _gap_words() -> tuple[AhoCorasick, list[str]]:
    """What has a letter of its own between items, and the letters, by index."""
    between = officials_file().between
    letters = {mark: mark for mark in _MARKS if mark != "."} | {"\n": "."}
    letters |= {"|": ",", "\t": ","}
    letters |= {stop + behind: "." for stop in ".!?…" for behind in (" ", '" ', "” ")}
    for kind, letter in _LINK_LETTERS.items():
        for word in _expanded(between[kind], between["verbs"]):  # type: ignore[index]
            letters |= {word: letter, word[0].upper() + word[1:]: letter}
    automaton = AhoCorasick(
        list(letters), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
    )
    return automaton, list(letters.values())


def _expanded(words: Iterable[str], verbs: Iterable[str]) -> Iterator[str]:
    for word in words:
        if "{verb}" in word:
            yield from (word.replace("{verb}", verb) for verb in verbs)
        else:
            yield word
