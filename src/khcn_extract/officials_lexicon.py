"""The vocabulary of `officials`: what the three rule files say, checked and made ready to match.

Start with `Lexicon`: the literals of all kinds in one Aho-Corasick automaton, and the two character patterns (a name,
an organization). The words themselves are data: ``rules/officials.toml`` (titles, honorifics, the words between),
``rules/organizations.toml`` and ``rules/names.toml``; a mistake in one of them is a `ValueError` that says where.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import regex as re
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from pydantic import BaseModel, ConfigDict, ValidationError

from khcn_extract.officials_persons import Persons
from khcn_extract.organizations import OrganizationNames, OrganizationsFile
from khcn_extract.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Office = Literal["public", "body", "named body", "minutes", "seat", "none"]
_F = TypeVar("_F", bound=BaseModel)

_LONG_TITLE: Final = 4
"""Words above which a title is not tried in every mix of capitals (2 to the power of its words)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Titles(_Strict):
    """One ``[[titles]]`` of ``officials.toml``."""

    names: tuple[str, ...]
    office: Office
    deputy: tuple[str, ...] = ()
    unit: str = ""
    title: str = ""
    body: str = ""
    field_of: str = ""


class OfficialsFile(_Strict):
    """The whole of ``rules/officials.toml``."""

    kind: Literal["official"]
    fragments: dict[str, str]
    honorifics: dict[Literal["one", "several"], tuple[str, ...]]
    titles: tuple[_Titles, ...]
    title_spellings: dict[str, str]
    title_prefixes: dict[Literal["former", "acting", "dropped"], tuple[str, ...]]
    title_dismissals: dict[Literal["words"], tuple[str, ...]]
    titles_of_several: dict[Literal["begin"], tuple[str, ...]]
    title_proxies: dict[Literal["words"], tuple[str, ...]]
    title_suffixes: dict[Literal["words"], tuple[str, ...]]
    not_titles: dict[Literal["words"], tuple[str, ...]]
    between: dict[
        Literal[
            "quantity",
            "verbs",
            "holds_office",
            "takes_office",
            "gives_office",
            "passive",
            "to_whom",
            "list",
            "is",
            "and",
        ],
        tuple[str, ...],
    ]
    rule: tuple[dict[str, Any], ...]


class NamesFile(_Strict):
    """The whole of ``rules/names.toml``."""

    surnames: tuple[str, ...]
    like_places: tuple[str, ...]
    rare: tuple[str, ...]
    middles: tuple[str, ...]
    sure_middles: tuple[str, ...]
    historical: tuple[str, ...]
    not_names: tuple[str, ...]
    inside_after: tuple[str, ...]
    pattern: str
    given: str
    headline_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Title:
    """A rank as the text may write it, and what it says about the body that it belongs to."""

    name: str
    """Canonical: ``Phó Giám đốc``."""
    office: Office
    unit: str = ""
    """The title's last word where that begins the body's name: ``Ban`` of ``Trưởng Ban``."""
    body: str = ""
    """The body that the title itself names: ``Ban Thường vụ`` of ``UVBTV``."""
    field_of: str = ""
    """What a bare field behind the title stands for: ``Bộ`` of ``Bộ trưởng Tư pháp``."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a literal of the automaton is: its item letter, and the title where it is one.

    Letters: ``T``, ``t``, ``H``, ``P`` as in ``officials.toml``; ``S`` a surname; ``p`` a place that may be a person's
    name; ``N`` a name that is known already; ``w`` a country; ``u`` a title that is no office; the empty string for
    what only hides others (``Đoàn Thanh niên``).
    """

    letter: str
    title: Title | None = None
    lead: int = 0
    """How many characters at the literal's start belong to what stands before the word."""
    blank: int = 0
    """How many blanks the literal ends with."""
    is_open: bool = True
    """Whether letters right behind the literal make it part of a longer word."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that `officials` looks up; made once a process."""

    automaton: AhoCorasick
    words: tuple[Word, ...]
    """By index of the automaton's patterns."""
    surname: Word
    surnames: frozenset[str]
    hidden: frozenset[str]
    """Names that are no official's: of history, provinces, and what only begins like a name."""
    name: re.Pattern[str]
    given: re.Pattern[str]
    persons: Persons
    organizations: OrganizationNames
    companies: re.Pattern[str]
    offices: re.Pattern[str]
    """What a bare ``Giám đốc`` near it heads: a business, a public body."""
    prefixes: dict[str, str]
    """``former``, ``acting`` or ``dropped`` by what may stand before a title, with the blank behind it."""
    prefix_words: tuple[str, ...]
    """The keys of ``prefixes``, as ``str.endswith`` wants them."""
    prefix_tails: frozenset[str]
    """Their last two characters, which tell fast that there is none."""
    suffixes: tuple[str, ...]
    dismissals: tuple[str, ...]
    """Words before a title that its holder loses, as ``str.endswith`` wants them."""
    held_by_several: tuple[str, ...]
    """How titles begin that several hold in one body at a time, as ``str.startswith`` wants them."""
    headline_words: frozenset[str]
    """Words in small letters that end a name in capitals."""
    proxies: tuple[str, ...]
    """What may stand before the title of somebody who is not there, with the blank behind it."""
    inside_after: Mapping[str, tuple[str, ...]]
    """Phrases in lower case, by their last word."""


def load(name: str, model: type[_F]) -> _F:
    """The rule file of that name, checked; `ValueError` with the place of the mistake."""
    content = files("khcn_extract").joinpath("rules", name).read_text(encoding="utf-8")
    try:
        return model.model_validate(tomllib.loads(content))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"rules/{name}: {error}"
        raise ValueError(msg) from error


@cache
def officials_file() -> OfficialsFile:
    """``rules/officials.toml``."""
    return load("officials.toml", OfficialsFile)


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of officials, in the order in which they are tried."""
    file = officials_file()
    # The common rule type asks for anchors; these rules begin at items, not at literals.
    return tuple(Rule.model_validate({"kind": file.kind, "anchors": ("<items>",), **entry}) for entry in file.rule)


@cache
def lexicon() -> Lexicon:
    """The vocabulary, compiled: a twentieth of a second on the first call, nothing after."""
    officials = officials_file()
    organizations = load("organizations.toml", OrganizationsFile)
    names = load("names.toml", NamesFile)
    words = dict(_hiding_words(organizations, names, officials))
    words |= {country: Word("w") for country in organizations.vocabulary["countries"]}
    words |= _surname_words(names)
    words |= _honorific_words(officials)
    words |= _title_words(officials)
    persons = _persons(organizations, names)
    return Lexicon(
        # A DFA would take 40 MB, and save a hundredth of the time that the officials take.
        automaton=AhoCorasick(
            list(words),
            matchkind=MatchKind.LeftmostLongest,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        ),
        words=tuple(words.values()),
        surname=words["Nguyễn "],
        surnames=frozenset(names.surnames),
        hidden=frozenset([*names.historical, *names.not_names, *organizations.vocabulary["provinces"]]),
        name=re.compile(names.pattern, re.VERBOSE | re.VERSION1),
        given=re.compile(names.given, re.VERBOSE | re.VERSION1),
        persons=persons,
        organizations=_organizations(organizations, officials, persons),
        companies=_any_of(organizations.vocabulary["companies"]),
        offices=_any_of(organizations.vocabulary["offices"]),
        prefixes=_prefixes(officials),
        prefix_words=tuple(_prefixes(officials)),
        prefix_tails=frozenset(prefix[-2:] for prefix in _prefixes(officials)),
        suffixes=tuple(" " + word for word in officials.title_suffixes["words"]),
        dismissals=tuple(
            f"{form} " for word in officials.title_dismissals["words"] for form in (word, word[0].upper() + word[1:])
        ),
        held_by_several=officials.titles_of_several["begin"],
        headline_words=frozenset(names.headline_words),
        proxies=tuple(
            form + " "
            for word in officials.title_proxies["words"]
            for form in (word, word[0].upper() + word[1:], word.upper())
        ),
        inside_after=_by_last_word(names.inside_after),
    )


def _by_last_word(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        last = phrase.lower().split(" ")[-1]
        found[last] = (*found.get(last, ()), phrase.lower())
    return found


def _hiding_words(
    organizations: OrganizationsFile, names: NamesFile, officials: OfficialsFile
) -> Iterator[tuple[str, Word]]:
    for entry in officials.not_titles["words"]:
        yield from ((form, Word("")) for form in (entry, _capitalized(entry), entry.capitalize()))
    for entry in (*names.historical, *names.not_names, *organizations.vocabulary["provinces"]):
        yield entry, Word("")
        yield entry.upper(), Word("")
    for entry in organizations.vocabulary["places_like_names"]:
        yield entry, Word("p")


def _surname_words(names: NamesFile) -> dict[str, Word]:
    surname = Word("S", blank=1, is_open=False)
    # One hit, not two, where the second syllable may be a surname itself: `Thị`, `Văn`.
    middles = [m for m in names.sure_middles if m in names.surnames]
    before_middles = [f"{rare} {middle}" for rare in names.rare for middle in names.sure_middles]
    before_middles += [
        f"{s} {middle}" for s in names.surnames if s.isalpha() and s not in middles for middle in middles
    ]
    written = [*before_middles, *(form for s in names.surnames for form in (s, s.upper()))]
    with_apostrophe = [form[:-1] + sign for form in written if form.endswith("'") for sign in "'’"]
    with_blank = [form + " " for form in written if not form.endswith("'")]
    return dict.fromkeys(with_blank, surname) | dict.fromkeys(with_apostrophe, Word("S", is_open=False))


def _honorific_words(officials: OfficialsFile) -> dict[str, Word]:
    words: dict[str, Word] = {}
    for key, letter in (("one", "H"), ("several", "P")):
        for entry in officials.honorifics[key]:  # type: ignore[index]
            for form in {entry, entry[0].upper() + entry[1:], entry.upper(), _capitalized(entry)}:
                if not form.isalpha():
                    words[form] = Word(letter)
                elif form[0].islower():
                    # ` ông ` with its blanks: without them each `không`, `công`, `thông` would be a hit.
                    words |= {
                        f"{before}{form} ": Word(letter, lead=1, blank=1, is_open=False) for before in ' \n("“/,-'
                    }
                else:
                    words[form + " "] = Word(letter, blank=1, is_open=False)
    return words


def _title_words(officials: OfficialsFile) -> dict[str, Word]:
    by_name: dict[str, Word] = {}
    words: dict[str, Word] = {}
    for entry in officials.titles:
        for name in entry.names:
            forms = [name]
            by_name[name] = word = _title_word(entry, entry.title or name)
            words |= dict.fromkeys(_written(forms), word)
            if entry.deputy:
                forms = [pattern.format(name) for pattern in entry.deputy]
                by_name[forms[0]] = word = _title_word(entry, forms[0])
                words |= dict.fromkeys(_written(forms), word)
    for form, name in officials.title_spellings.items():
        if name not in by_name:
            msg = f"rules/officials.toml: title_spellings: {name!r} is none of the titles"
            raise ValueError(msg)
        words |= dict.fromkeys((form, form.upper()), by_name[name])
    return words


def _title_word(entry: _Titles, name: str) -> Word:
    letter = {"public": "T", "body": "t", "named body": "t", "minutes": "t", "seat": "t", "none": "u"}[entry.office]
    return Word(letter, Title(name, entry.office, entry.unit, entry.body, entry.field_of))


def _written(forms: Iterable[str]) -> Iterator[str]:
    """The forms in every mix of small and capital initials, and in capitals."""
    for form in forms:
        yield form.upper()
        parts = form.split(" ")
        if len(parts) > _LONG_TITLE:
            yield from (form, form[0].lower() + form[1:], form.lower())
            continue
        choices = [(p,) if _has_one_case(p) else (p[0].lower() + p[1:], p[0].upper() + p[1:]) for p in parts]
        yield from (" ".join(mix) for mix in product(*choices))


def _has_one_case(part: str) -> bool:
    """Whether the word is never written otherwise: ``GĐ``, ``phó`` (no `Vụ phó` in `chức vụ Phó Giám đốc`)."""
    return part == "phó" or part[1:].upper() == part[1:] != ""


def _capitalized(phrase: str) -> str:
    return " ".join(word[0].upper() + word[1:] for word in phrase.split(" "))


def _persons(organizations: OrganizationsFile, names: NamesFile) -> Persons:
    return Persons(
        surnames=names.surnames,
        rare=(*names.like_places, *names.rare),
        middles=names.middles,
        sure=names.sure_middles,
        directions=organizations.vocabulary["directions"],
    )


def _organizations(organizations: OrganizationsFile, officials: OfficialsFile, persons: Persons) -> OrganizationNames:
    titles = [name for entry in officials.titles if not entry.unit for name in entry.names]
    units = [name.split(" ")[0] for entry in officials.titles if entry.unit for name in entry.names]
    # Not the professions among the honorifics: `Đoàn Luật sư`, `Hội Nhà báo` go on.
    honorifics = [h for h in officials.honorifics["one"] if h != h.lower() or h in ("ông", "bà", "đồng chí")]
    return OrganizationNames(organizations, titles=[*titles, *units, *honorifics, "Phó"], persons=persons)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    forms = {form for word in words for form in (word, word if word.isupper() else word[0].lower() + word[1:])}
    return re.compile(r"(?<!\p{L})\L<forms>(?!\p{L})", re.VERSION1, forms=sorted(forms))


def _prefixes(officials: OfficialsFile) -> dict[str, str]:
    return {
        form + " ": meaning
        for meaning, words in officials.title_prefixes.items()
        for word in words
        for form in (word, word[0].upper() + word[1:], word.upper())
    }
