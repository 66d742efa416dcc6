"""What an office says of its holder's place: which body it belongs to, in which province, and how high it is.

``Giám đốc`` / ``Sở KH&CN tỉnh Bắc Ninh`` is the head of one certain body; ``Chủ tịch`` / ``UBND xã`` is the head of one
of some hundred. `office` tells the two apart, so that persons are gathered across articles only where a body is the
same. What Vietnamese bodies there are is data: ``rules/offices.toml``, with an example for each case.

The province is the one that the organization names, else the article's; a body of the whole country has none. Names of
provinces are those of the list of 63; what each is today stands in the store's table ``provinces``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from khcn_extract import provinces
from khcn_extract.canonical import comparable, old_tone, spell_out

Known = Literal["named", "few", "many"]
"""How far a name tells one body from another of its province: it does; it leaves some ten or twenty; it leaves more."""
Rank = Literal["head", "deputy", "member"]
Kind = Literal["central", "whole", "sorts", "levels", "units", "passing", "places"]

_CONNECTORS: Final = frozenset({"và", "&", "-", "–", ","})
_PROVINCE: Final = "tỉnh"
_CITY: Final = "thành phố"
_OF_ANY_KIND: Final[dict[int, Known]] = {1: "many", 2: "few"}
"""What so many words tell of a body of no kind that the table has; more words name it."""
_LONGEST: Final = 40
"""Words of an organization that are looked at."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Below(_Strict):
    few: tuple[str, ...]
    many: tuple[str, ...]
    not_below: tuple[str, ...]


class _Parents(_Strict):
    words: tuple[str, ...]
    not_parents: tuple[str, ...]


class _Country(_Strict):
    ends: tuple[str, ...]
    not_of: tuple[str, ...]


class _Titles(_Strict):
    acting: tuple[str, ...]
    deputy: tuple[str, ...]
    deputy_ends: tuple[str, ...]
    head: tuple[str, ...]
    head_word: str


class OfficesFile(_Strict):
    """The whole of ``rules/offices.toml``."""

    kinds: dict[Kind, tuple[str, ...]]
    parents: _Parents
    country: _Country
    below: _Below
    same_body: dict[str, str]
    body_of_title: dict[str, str]
    titles: _Titles
    cities: dict[str, date]
    example: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Office:
    """A title and a body, in forms that are equal where they mean the same."""

    title: str
    """Lower case, without ``Quyền``: ``phó giám đốc``."""
    rank: Rank
    """A ``head`` has its office alone."""
    body: str
    """Lower case, without its place: ``sở khoa học công nghệ``; empty where none is named."""
    sort: str
    """The beginning of ``body`` that tells only what sort it is: ``ủy ban nhân dân xã``; empty above communes."""
    province: str | None
    """``None`` for a body of the whole country, and where neither the organization nor the article tells."""
    is_central: bool
    known: Known
    organization: str = field(compare=False)
    """As written, in full: what the body is called, not what it is told by."""
    post_id: str | None = field(compare=False)
    """Names the same post in every article; ``None`` where the body is not told from others."""


@cache
def offices_file() -> OfficesFile:
    """``rules/offices.toml``, checked; ``ValueError`` with the place of a mistake."""
    content = files("khcn_extract").joinpath("rules", "offices.toml").read_text(encoding="utf-8")
    try:
        return OfficesFile.model_validate(tomllib.loads(content))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"rules/offices.toml: {error}"
        raise ValueError(msg) from error


def office(title: str, organization: str, *, province: str | None = None, on: date | None = None) -> Office:
    """What the office of one sighting says, in an article about ``province`` of the day ``on``.

    >>> office("Giám đốc", "Sở KH&CN tỉnh Bắc Ninh", province="Lào Cai").province
    'Bắc Ninh'
    >>> office("Quyền Cục trưởng", "Cục Thuế tỉnh", province="Lào Cai").title
    'cục trưởng'
    >>> office("Chủ tịch", "UBND xã", province="Lào Cai").known
    'many'
    >>> posts = [office("Giám đốc", "Sở Y tế", province="Lào Cai"), office("Quyền Giám đốc", "Sở Y tế tỉnh Lào Cai")]
    >>> posts[0].post_id == posts[1].post_id
    True
    """
    return _office(title, organization, province, _era(on))


@lru_cache(maxsize=16_384)  # the same few hundred offices recur through a whole corpus
def _office(title: str, organization: str, province: str | None, era: int) -> Office:
    plain = _title(title)
    rank = _rank(plain)
    words = _words(organization) or _words(offices_file().body_of_title.get(plain, ""))
    words, own = _place(words, province, era)
    if own and not words and "bí thư" in plain:
        words = ["tỉnh", "ủy"]
    body = _body(words, is_provincial=own is not None or _is_city_body(words, own or province, era))
    place = None if body.is_central else own or provinces.known(province or "")
    written = old_tone(spell_out(organization)) or body.name
    is_told = body.known == "named" and (place is not None or body.is_central)
    post_id = digest(place or "", body.name, plain) if is_told else None
    return Office(plain, rank, body.name, body.sort, place, body.is_central, body.known, written, post_id)


@lru_cache(maxsize=16_384)
def name_key(name: str) -> str:
    """Form of a person's name that is equal for the same name: letter case, tone convention, blanks, apostrophes.

    Nothing is left out: who is written without a middle name has another name.

    >>> name_key("Hoà Văn  THUỶ") == name_key("Hòa Văn Thủy")
    True
    """
    return " ".join(_words(name.replace("’", "'")))


def digest(*parts: str) -> str:
    """What names these parts: 24 hexadecimal digits."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


# --- titles ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1_024)
def _title(title: str) -> str:
    words = _words(title)
    return " ".join(words[1:] if words[:1] and words[0] in offices_file().titles.acting else words)


def _rank(title: str) -> Rank:
    titles = offices_file().titles
    first, last = title.partition(" ")[0], title.rpartition(" ")[2]
    if _begins(title, titles.deputy) or last in titles.deputy_ends:
        return "deputy"
    if _begins(title, titles.head) or titles.head_word in (first, last):
        return "head"
    return "member"


def _begins(text: str, phrases: tuple[str, ...]) -> bool:
    return f"{text} ".startswith(tuple(f"{phrase} " for phrase in phrases))


# --- bodies ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Body:
    name: str
    known: Known
    sort: str = ""
    is_central: bool = False


def _words(text: str) -> list[str]:
    spelt = old_tone(str(comparable(spell_out(text)) or "")).replace(",", " ").split()
    return [word for word in spelt if word not in _CONNECTORS][:_LONGEST]


def _place(words: list[str], article: str | None, era: int) -> tuple[list[str], str | None]:
    """The name without the province at its end, and that province; ``None`` where it names none."""
    province, size = provinces.at_end(words)
    if province is None:
        return words, None
    rest = words[: len(words) - size]
    below = _last_below(words)
    if rest[-1:] == [_PROVINCE] or words[-size:][:2] == _CITY.split():
        return rest, province
    if below is not None and below[1] == len(rest):
        # `UBND thành phố Huế` was a city's before it was the province's; `phường Vĩnh Phúc` never is a province.
        is_city = below[0] in ("thành phố", "thành ủy", "thành đoàn") and _is_city(province, era)
        return (rest, province) if is_city else (words, province if below[0].startswith("thành") else None)
    if _kind(rest)[0] in ("places", None) and rest and province != provinces.known(article or ""):
        return words, None  # A school or a hospital may be called after any place.
    return rest, province


def _era(on: date | None) -> int:
    """How many cities were under the central government on that day: all that a day tells about a body."""
    since = offices_file().cities.values()
    return len(since) if on is None else sum(day <= on for day in since)


def _is_city(province: str | None, era: int) -> bool:
    return province in sorted(offices_file().cities, key=offices_file().cities.__getitem__)[:era]


def _is_city_body(words: list[str], province: str | None, era: int) -> bool:
    """Whether ``thành phố``, ``Thành ủy`` without a name are the province's."""
    below = _last_below(words)
    return below is not None and below[1] == len(words) and below[0].startswith("thành") and _is_city(province, era)


def _body(words: list[str], *, is_provincial: bool = False) -> _Body:
    """The body of that name, whose place is taken off; ``is_provincial`` where that place was the whole province."""
    words, is_provincial = _without_level(words, is_provincial=is_provincial)
    if not words:
        return _Body("", "many")
    name = " ".join(words)
    kind, size = _kind(words)
    has_more = len(words) > size
    if kind == "passing":
        return _Body(name, "many")
    if _is_central(name, kind, is_bare=size == 1 and not has_more, is_provincial=is_provincial):
        return _Body(name, "named", is_central=True)
    below = _last_below(words)
    if below is not None:
        return _body_below(words, *below)
    if kind in ("levels", "units"):
        return _parent(words, size, is_provincial=is_provincial) or _body_of_levels(
            name, kind, has_more=has_more, is_provincial=is_provincial
        )
    if kind == "sorts":
        return _Body(name, "named" if has_more else "few")
    if kind is None:
        return _Body(name, _OF_ANY_KIND.get(len(words), "named"))
    return _Body(name, "named" if kind == "whole" or has_more or is_provincial else "many")


def _without_level(words: list[str], *, is_provincial: bool) -> tuple[list[str], bool]:
    """The name without ``tỉnh`` at its end, in the one form of those that mean the same; whether it is provincial."""
    if words[-1:] == [_PROVINCE]:
        words, is_provincial = words[:-1], True
    elif is_provincial and words[-2:] == _CITY.split():
        words = words[:-2]
    name = " ".join(words)
    if is_provincial or words[:1] == ["sở"]:
        name = offices_file().same_body.get(name, name)
    return name.split(), is_provincial


def _is_central(name: str, kind: Kind | None, *, is_bare: bool, is_provincial: bool) -> bool:
    country = offices_file().country
    if kind == "central":
        return not is_bare
    if name.endswith("trung ương"):
        return True
    return not is_provincial and name.endswith(country.ends) and not any(part in name for part in country.not_of)


def _body_below(words: list[str], marker: str, end: int) -> _Body:
    """A body below the province: of a district or a commune, with or without its name."""
    below = offices_file().below
    if end == len(words):
        return _Body(" ".join(words), "few" if marker in below.few else "many")
    return _Body(" ".join(words), "named", sort=" ".join(words[:end]) if marker in below.many else "")


def _body_of_levels(name: str, kind: Kind, *, has_more: bool, is_provincial: bool) -> _Body:
    """A body that other levels have too, or a part of a body; its name has no more than that."""
    if kind == "levels":
        return _Body(f"{name} {_PROVINCE}", "named") if is_provincial else _Body(name, "many")
    if not has_more:
        return _Body(name, "many")
    return _Body(name, "named" if is_provincial else "few")


def _parent(words: list[str], size: int, *, is_provincial: bool) -> _Body | None:
    """The body of a unit that is named with the body it belongs to: ``Thanh tra`` of ``Sở Y tế``."""
    parents = offices_file().parents
    seen = _masked(words, parents.not_parents)
    for start in range(size, len(words)):
        kind, length = _kind(seen[start:])
        if kind in ("central", "whole", "sorts", "levels") and (length > 1 or seen[start] in parents.words):
            parent = _body(words[start:], is_provincial=is_provincial)
            return _Body(" ".join([*words[:start], parent.name]), parent.known, is_central=parent.is_central)
    return None


def _kind(words: list[str]) -> tuple[Kind | None, int]:
    """What kind of body the name begins as, and with how many words; the longest entry wins."""
    kinds = _kinds()
    for size in range(min(len(words), 6), 0, -1):
        kind = kinds.get(" ".join(words[:size]))
        if kind is not None:
            return kind, size
    return None, 0


def _last_below(words: list[str]) -> tuple[str, int] | None:
    """The last word that puts a body below the province, and where it ends; the ``xã`` of ``xã hội`` does not."""
    below = offices_file().below
    seen = _masked(words, below.not_below)
    for end in range(len(seen), 0, -1):
        for start in (end - 2, end - 1):
            phrase = " ".join(seen[max(0, start) : end])
            if phrase in below.few or phrase in below.many:
                return phrase, end
    return None


def _masked(words: list[str], phrases: tuple[str, ...]) -> list[str]:
    """The words with dashes for those that stand within one of the phrases."""
    name = f" {' '.join(words)} "
    for phrase in phrases:
        name = name.replace(f" {phrase} ", " " + "- " * (phrase.count(" ") + 1))
    return name.split()


@cache
def _kinds() -> dict[str, Kind]:
    return {" ".join(_words(entry)): kind for kind, entries in offices_file().kinds.items() for entry in entries}
