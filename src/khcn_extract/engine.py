"""The rule engine: finds what the rules describe, fast.

Read ``rules.py`` first for what a rule is, then `RuleSet.find_many`, the whole hot path.

The engine looks for anchors only (one Aho-Corasick pass for literals, one pass for numbers) and tries a pattern only
where one of its anchors stands; a number's rules are further picked by the word behind it. Patterns see lower-case
text; ``case = "exact"`` shows them the text as written.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import regex as re
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from khcn_extract import patterns
from khcn_extract.rules import ANY_SHAPE, END, NUMBER, Rule, RuleFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NUMBER = re.compile(
    r"""
    (?<! \p{N} ) (?P<number> (?P<bound> (?<= \p{L}-? | \w[+] ) )? \d+ (?: (?: [.,:] | [ ]?[/-][ ]? ) \d+ )* )
    (?: [ ]{0,3} (?P<word> \p{L}+ | [%‰$€£¥₫₩°] ) )?
    """,
    re.VERBOSE,
)
_FIRST_WORD = re.compile(r"\p{L}+|.", re.DOTALL)
_FAR = 1 << 40
_TO_NINES = str.maketrans("012345678", "999999999")
_LONGEST_SHAPE = 40
_LISTED = frozenset({", ", "à "})
_CODED = frozenset({"/", "-"})
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


class Mention(NamedTuple):
    """What a rule saw: a stretch of the text, the pattern's groups, and the entry of the rule's ``then`` lexicon."""

    start: int
    end: int
    rule: Rule
    match: re.Match[str]
    entry: str
    core_start: int
    core_end: int
    """The characters that the mention claims for itself: the ``core`` group, else all."""


class Lexicon:
    """Words and phrases in lower case, for finding the longest one at a place.

    >>> Lexicon(["dự án", "dự thảo", "dự thảo luật"]).longest_at("03 dự thảo luật mới", 3)
    'dự thảo luật'
    """

    def __init__(self, entries: Iterable[str], *, shields: Iterable[str] = ()) -> None:
        """``shields`` compete with the entries but are none: where one is the longest, nothing is found."""
        entries = tuple(entries)
        by_first_word: dict[str, list[str]] = {}
        for entry in (*entries, *shields):
            word = _FIRST_WORD.match(entry)
            if word is not None:
                by_first_word.setdefault(word[0], []).append(entry)
        self._entries = frozenset(entries)
        self._all = self._entries.union(shields)
        self._lengths = {word: sorted({len(e) for e in es}, reverse=True) for word, es in by_first_word.items()}
        """The lengths of what begins with a word, longest first: to look up each is quicker than to compare each."""

    @property
    def first_words(self) -> tuple[str, ...]:
        """What an entry may begin with."""
        return tuple(self._lengths)

    def knows(self, lower: str, start: int) -> bool:
        """Whether an entry or a shield stands at ``start``."""
        word = _FIRST_WORD.match(lower, start)
        return word is not None and any(
            lower[start : start + length] in self._all and not lower[start + length : start + length + 1].isalnum()
            for length in self._lengths.get(word[0], ())
        )

    def longest_at(self, lower: str, start: int) -> str:
        """The longest entry that stands at ``start`` as whole words; ``""`` where there is none."""
        word = _FIRST_WORD.match(lower, start)
        if word is not None:
            for length in self._lengths.get(word[0], ()):
                end = start + length
                entry = lower[start:end]
                if entry in self._all and (not entry[-1].isalpha() or not lower[end : end + 1].isalnum()):
                    return entry if entry in self._entries else ""
        return ""


class CompiledRule(NamedTuple):
    """A rule with what the engine needs at hand."""

    rule: Rule
    match: patterns.Match
    behind: patterns.Match | None
    """As in `patterns.Pattern`."""
    exact: bool
    """The pattern sees the text as written."""
    then: Lexicon | None
    not_then: Lexicon | None
    span: str | int
    """Group that is the mention."""
    core: str
    """Group that is the mention's core; ``""`` for all of it."""
    near: int
    may_follow: _ShapeTest | None
    """Whether a literal may have a number of that shape behind it; ``None`` for any."""


_Tries = list[CompiledRule]


class _ShapeTest(dict[str, bool]):
    """Whether shapes match a rule's ``shape``, each answered once."""

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self._pattern = _shape_pattern(pattern)

    def __missing__(self, shape: str) -> bool:
        if len(shape) > _LONGEST_SHAPE:
            return False
        answer = self[shape] = self._pattern.fullmatch(shape) is not None
        return answer


class _AtNumbers:
    """The rules that begin at a number, by what else must be true of it; those for no word in particular apart."""

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
        self.always: _Tries = []
        self.listed: _Tries = []
        self.coded: _Tries = []
        self.by_word: dict[str | None, _Tries] = {}
        """``None`` where no word stands behind the number."""
        self.glued: dict[str | None, _Tries] = {}
        for compiled in rules:
            rule = compiled.rule
            words = rule.followed_by or (compiled.then.first_words if compiled.then else ())
            by_word = self.glued if rule.glued else self.by_word
            for word in words:
                by_word.setdefault(None if word == END else word, []).append(compiled)
            if not words:
                (self.listed if rule.listed else self.coded if rule.coded else self.always).append(compiled)


class _NumberRules(dict["str | None", "_Tries"]):
    """The rules that may begin at a number of one shape, by the word behind it; each word's are put together once."""

    def __init__(self, rules: _AtNumbers, shape: str) -> None:
        super().__init__()
        self._rules = rules
        self._shape = shape
        self.listed = self._fitting(rules.listed)
        self.coded = self._fitting(rules.coded)
        self._always = self._fitting(rules.always)

    def _fitting(self, rules: _Tries) -> _Tries:
        return [compiled for compiled in rules if _shape_pattern(compiled.rule.shape).fullmatch(self._shape)]

    def __missing__(self, word: str | None) -> _Tries:
        if word not in self._rules.by_word:  # most words; not noted, or the table would grow with the text
            return self._always
        self[word] = self._always + self._fitting(self._rules.by_word[word])
        return self[word]

    def in_list(self, word: str | None) -> _Tries:
        """The rules for a number behind a comma or ``và``."""
        always = len(self._always)
        return [*self._always, *self.listed, *self[word][always:]]

    def at_glued(self, word: str | None) -> _Tries:
        """The rules for a number that hangs on the word before."""
        return self._fitting(self._rules.glued[word]) if word in self._rules.glued else []


@cache
def _shape_pattern(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


class _Shapes(dict[str, _NumberRules]):
    """The rules for each shape of number that was met; there are few."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        super().__init__()
        self._rules = _AtNumbers(rules)
        self._none = _NumberRules(_AtNumbers(()), "")

    def __missing__(self, shape: str) -> _NumberRules:
        if len(shape) > _LONGEST_SHAPE:
            return self._none
        rules = self[shape] = _NumberRules(self._rules, shape)
        return rules


class RuleSet:
    """Rules made ready to run together."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules = tuple(compiled.rule for compiled in rules)
        by_literal: dict[str, list[CompiledRule]] = {}
        for compiled in rules:
            for anchor in compiled.rule.anchors:
                by_literal.setdefault(anchor, []).append(compiled)
        self._shapes = _Shapes(by_literal.pop(NUMBER, []))
        self._literal_rules = list(by_literal.values())
        self._farthest = [max(compiled.near for compiled in compileds) for compileds in by_literal.values()]
        self._automaton = (
            AhoCorasick(
                list(by_literal),
                matchkind=MatchKind.Standard,
                store_patterns=False,
                implementation=Implementation.DFA,
            )
            if by_literal
            else None
        )

    def candidates(self, text: str, lower: str) -> list[Mention]:
        """Everything that some rule matches, overlaps included, in no order.

        ``lower`` is ``text`` in lower case with the same offsets.
        """
        (found,) = self._candidates([(text, lower)])
        return found

    def _candidates(self, texts: Sequence[tuple[str, str]]) -> list[list[Mention]]:
        found: list[list[Mention]] = [[] for _ in texts]
        numbers = [self._at_numbers(text, lower, here) for (text, lower), here in zip(texts, found, strict=True)]
        if self._automaton is not None:
            literals = [self._automaton.find_matches_as_indexes(lower, overlapping=True) for _, lower in texts]
            for (text, lower), here, seen, hits in zip(texts, found, numbers, literals, strict=True):
                self._at_literals(text, lower, seen, hits, here)
        return found

    def _at_numbers(self, text: str, lower: str, found: list[Mention]) -> tuple[list[int], list[str]]:
        """Tries the rules that begin at a number; gives the offsets and the shapes of all numbers.

        A number that hangs on a letter (``A95``, ``GII-2017``) or is added to another (``Km12+400``) begins nothing by
        itself but for the rules of ``glued``.
        """
        starts: list[int] = []
        shapes: list[str] = []
        rules_of = self._shapes
        for match in _NUMBER.finditer(lower):
            start, end = match.span(1)
            starts.append(start)
            number, bound, word = match.groups()
            shape = number.translate(_TO_NINES)
            shapes.append(shape)
            rules = rules_of[shape]
            if bound is not None:
                to_try = rules.at_glued(word)
            elif rules.listed and lower[start - 2 : start] in _LISTED:
                to_try = rules.in_list(word)
            else:
                to_try = rules[word]
            if word is None and bound is None and rules.coded and lower[end : end + 2].lstrip()[:1] in _CODED:
                to_try = to_try + rules.coded
            for compiled in to_try:
                looked_at = text if compiled.exact else lower
                seen = compiled.match(looked_at, start)
                if seen is not None and (compiled.behind is None or compiled.behind(looked_at, start)):
                    _add(compiled, seen, lower, found)
        return starts, shapes

    def _at_literals(
        self,
        text: str,
        lower: str,
        seen_numbers: tuple[list[int], list[str]],
        hits: Iterable[tuple[int, int, int]],
        found: list[Mention],
    ) -> None:
        """Tries the rules that begin at a literal and have a number near enough where they need one."""
        numbers, shapes = [*seen_numbers[0], _FAR], [*seen_numbers[1], ""]
        next_number = 0
        rules_of, farthest = self._literal_rules, self._farthest
        for index, start, end in hits:
            while numbers[next_number] < end:
                next_number += 1
            distance = numbers[next_number] - end
            if (
                distance <= farthest[index]
                and (start == 0 or not lower[start - 1].isalpha())
                and not (lower[end : end + 1].isalpha() and lower[end - 1].isalpha())
            ):
                shape = shapes[next_number]
                for compiled in rules_of[index]:
                    if distance <= compiled.near and (compiled.may_follow is None or compiled.may_follow[shape]):
                        looked_at = text if compiled.exact else lower
                        seen = compiled.match(looked_at, start)
                        if seen is not None and (compiled.behind is None or compiled.behind(looked_at, start)):
                            _add(compiled, seen, lower, found)

    def find_many(self, texts: Sequence[tuple[str, str]]) -> list[list[Mention]]:
        """What the rules see in each text, in its order: of overlapping mentions the longest, ``none`` ones dropped.

        The texts are pairs, as written and in lower case with the same offsets.

        Two mentions may share characters only where neither claims them: a rule's ``core`` group says which part of
        the mention no other may use (``4 Nghị quyết 59`` is a count and a document).
        """
        return [[m for m in longest(found) if m.rule.kind != "none"] for found in self._candidates(texts)]


def _add(compiled: CompiledRule, match: re.Match[str], lower: str, found: list[Mention]) -> None:
    """Adds the mention that a match makes, if what must or must not stand behind it says so."""
    rule, _, _, _, then, not_then, span, core, _, _ = compiled
    begin, end = match.span(span)
    entry = ""
    if then is not None:
        at = match.end()
        entry = then.longest_at(lower, at)
        if not entry:
            return
        if span == 0:
            end = at + len(entry)
    elif not_then is not None and lower[end : end + 1] == " " and not_then.longest_at(lower, end + 1):
        return
    core_start, core_end = match.span(core) if core else (begin, end)
    found.append(Mention(begin, end, rule, match, entry, core_start, core_end))


def longest(mentions: list[Mention]) -> list[Mention]:
    """The mentions that hold where they overlap: longest first, then leftmost, weak ones last, then the first found."""
    kept: list[Mention] = []
    cluster: list[Mention] = []
    reach = -1
    for mention in sorted(mentions, key=_CORE_START):
        if mention.core_start >= reach:
            if len(cluster) > 1:
                _keep_longest(cluster, kept)
            else:
                kept += cluster
            cluster = []
        cluster.append(mention)
        reach = max(reach, mention.core_end)
    _keep_longest(cluster, kept)
    kept.sort(key=_PLACE)
    return kept


def _keep_longest(cluster: list[Mention], kept: list[Mention]) -> None:
    cluster.sort(key=_rank)
    # What is taken has no overlaps, so only its neighbours in order can be in the way: a line of ten thousand ranges,
    # each of which shares an end with the next, is one cluster.
    starts: list[int] = []
    ends: list[int] = []
    for mention in cluster:
        at = bisect_right(ends, mention.core_start)
        if at == len(starts) or mention.core_end <= starts[at]:
            starts.insert(at, mention.core_start)
            ends.insert(at, mention.core_end)
            kept.append(mention)


def _rank(mention: Mention) -> tuple[int, int, bool]:
    return mention.start - mention.end, mention.start, mention.rule.weak


_CORE_START = attrgetter("core_start")
_PLACE = itemgetter(0, 1)


def compile_rules(file: RuleFile, *, lexicons: Mapping[str, Lexicon] = MappingProxyType({})) -> list[CompiledRule]:
    """The file's rules with their patterns compiled; ``lexicons`` are those that ``then`` may name."""
    named = file.lexicons
    compiled = []
    for entry in file.rule:
        rule = Rule.model_validate(
            {
                "kind": file.kind,
                **entry,
                "anchors": _with_lists(entry.get("anchors", ()), named),
                "followed_by": _with_lists(entry.get("followed_by", ()), named),
            }
        )
        text = _filled(rule.pattern, file.fragments)
        used = {name: list(named[name]) for name in re.findall(r"\\L<(\w+)>", text)}
        pattern = patterns.compiled(text, used)
        then = lexicons[rule.then] if rule.then else None
        not_then = lexicons[rule.not_then] if rule.not_then else None
        named_groups = pattern.groups
        compiled.append(
            CompiledRule(
                rule=rule,
                match=pattern.match,
                behind=pattern.behind,
                exact=rule.case == "exact",
                then=then,
                not_then=not_then,
                span="span" if "span" in named_groups else 0,
                core="core" if "core" in named_groups else "",
                near=2 * _FAR if rule.near is None else rule.near,
                may_follow=None if rule.near is None or rule.shape == ANY_SHAPE else _ShapeTest(rule.shape),
            )
        )
    return compiled


def _with_lists(words: Iterable[str], named: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Words with each ``@name`` replaced by the list of that name."""
    out: dict[str, None] = {}
    for word in words:
        out.update(dict.fromkeys(named[word[1:]] if word.startswith("@") else (word,)))
    return tuple(out)


def _filled(pattern: str, fragments: Mapping[str, str]) -> str:
    """The pattern with each ``{name}`` replaced, pieces of pieces too."""
    while True:
        filled = _FRAGMENT.sub(lambda m: f"(?:{fragments[m[1]]})", pattern)
        if filled == pattern:
            return filled
        pattern = filled
