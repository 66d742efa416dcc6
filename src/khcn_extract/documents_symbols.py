"""Symbols of documents: their canonical form, their parts, and the key that names the document in all articles.

Read ``rules/documents.toml`` first: it has the codes of types and issuers. `parse` reads what a mention's own
characters say; `identity` makes the key once the article has given the year and the province.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import regex as re

from khcn_extract.facts import DocumentValue
from khcn_extract.rules import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = "documents.toml"
STANDARD = "Tiêu chuẩn"
"""The type of all standards and technical regulations."""

_PARTS = re.compile(r"[-/.]")
_SLASH = re.compile(r"\s?/\s?")
_POINT_IN_TW = re.compile(r"(?<=/Th?)\.(?=[ƯWU])", re.IGNORECASE)
# The State's issuers stand behind a hyphen; a slash or a point there is a slip.
_SLIP_BEFORE_ISSUER = re.compile(r"(?<=^(?:NQ|QĐ|NĐ|TT|CT|KH|TB|BC|KL|HD))[./](?=(?:UBND|HĐND|TTg|CP)(?!\p{L}))")
_CODE_PART = re.compile(r"[\p{L}&]+")
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_TERM_IN_CODE = re.compile(r"\d+$")
_UNKNOWN = "-"
"""Stands for a year or term that neither the mention nor its article says."""
_CONGRESS_YEARS, _CONGRESS_MONTHS = 5, range(8, 12)
"""Provincial and lower congresses meet every five years (2010, 2015 …), mostly between August and November."""


@lru_cache(maxsize=8_000)  # the same documents are cited all over a corpus
def parse(pattern: re.Pattern[str], written: tuple[str | None, ...]) -> DocumentValue:
    """The document's value as far as its own characters say it: a pattern and what its groups hold."""
    groups = {name: written[i - 1] or "" for name, i in pattern.groupindex.items()}
    year = int(groups["year"]) if groups.get("year") else None
    if groups.get("standard"):
        return _standard(groups, year)
    known = tables(FILE)
    doc_type = known["types"].get(" ".join((groups.get("type") or "").lower().split()), "")
    number, code = groups["number"].replace(".", ""), groups.get("code")
    if not code:
        symbol = number if year is None else f"{number}/{year}"
        return DocumentValue(doc_type=doc_type, symbol=symbol, number=number, year=year)
    code = canonical_code(code)
    of_party = bool(groups.get("party")) and "/" in code
    symbol = f"{number}-{code}" if of_party or groups.get("hyphen") else f"{number}/{code}"
    if year is not None and not of_party:
        symbol = f"{number}/{year}/{code}"
    return DocumentValue(
        doc_type=doc_type or _type_of(code),
        symbol=symbol,
        number=number,
        year=year,
        issuer_code=_issuer_code(_PARTS.split(code)),
    )


@lru_cache(maxsize=8_000)
def canonical_code(written: str) -> str:
    """``QĐ - TTG`` as ``QĐ-TTg``: no blanks, the official spelling of each part, a lost hyphen restored.

    >>> canonical_code("nq – hđnd"), canonical_code("KHUBND"), canonical_code("QĐ UBND")
    ('NQ-HĐND', 'KH-UBND', 'QĐ-UBND')
    """
    joined = re.sub(r"\s*[-\u2010-\u2015]\s*", "-", re.sub(r"\s*/\s*", "/", written.strip()))
    joined = _SLIP_BEFORE_ISSUER.sub("-", _POINT_IN_TW.sub("", joined))
    return _CODE_PART.sub(lambda part: _spelling(part[0], first=part.start() == 0), "-".join(joined.split()))


def type_of_code(code: str) -> str | None:
    """The type that a code's first part stands for; `None` where it stands for none.

    >>> type_of_code("NQ-HĐND"), type_of_code("QH15"), type_of_code("SKHCN-QLKH")
    ('Nghị quyết', None, None)
    """
    return tables(FILE)["codes"].get(_PARTS.split(code)[0])


def _type_of(code: str) -> str:
    """Of a bare symbol: a code without a type is the National Assembly's (a law) or an agency's (a letter)."""
    return type_of_code(code) or ("Luật" if re.fullmatch(r"QH\d+", code) else "Công văn")


def _spelling(part: str, *, first: bool) -> str:
    official = _spellings().get(part.casefold())
    if official is not None:
        return official
    upper = part.upper()
    for code in _codes_by_length() if first else ():  # "CT-UBND" may lose its hyphen, the chairman's CTUBND has none
        rest = upper[len(code) :]
        if upper.startswith(code.upper()) and rest in _issuer_codes():
            return f"{code}-{rest}"
    return part if not part.islower() else upper


@cache
def _spellings() -> Mapping[str, str]:
    """Each known part of a code in lower case, to its official spelling."""
    known = tables(FILE)
    official = {*known["codes"], *known["central_issuers"], *known["local_issuers"]}
    return {code.casefold(): code for code in official} | {
        written.casefold(): code for written, code in known["code_spellings"].items()
    }


@cache
def _codes_by_length() -> Sequence[str]:
    return sorted(tables(FILE)["codes"], key=len, reverse=True)


@cache
def _issuer_codes() -> frozenset[str]:
    known = tables(FILE)
    return frozenset(code.upper() for name in ("central_issuers", "local_issuers") for code in known[name])


def _issuer_code(parts: Sequence[str]) -> str | None:
    """The part of the code that names the issuer; of a joint document all of them."""
    known = tables(FILE)
    doc_type = known["codes"].get(parts[0], "")
    rest = parts[1:] if doc_type else parts
    if not rest or rest[0] in known["no_issuers"]:
        return None
    return "-".join(rest) if parts[0] in known["joint_codes"] else rest[0]


def _standard(groups: Mapping[str, str], year: int | None) -> DocumentValue:
    body = _SLASH.sub("/", " ".join(groups["standard"].split()))
    if body in ("TCVNISO", "QCVNISO"):
        body = body.replace("ISO", " ISO")
    symbol = f"{body} {groups['number']}"
    if year is not None:
        symbol += f":{year}"
    issuer = "".join((groups.get("issuer_part") or "").split())
    return DocumentValue(
        doc_type=STANDARD,
        symbol=symbol + issuer,
        number=groups["number"],
        year=year,
        issuer_code=issuer.lstrip("/") or None,
    )


def identity(value: DocumentValue, *, province: str | None) -> str | None:
    """The key under which the same document is found in every article; `None` where the text does not tell it apart.

    ``vn/nd-cp/2016/54`` for the State, ``vn-party/nq-tw/xii/19`` for the Party, ``standard/tcvn/2004/7420-1`` for
    standards; a local body's has the province behind the first slash, and there is none where the province is not
    known. An unknown year or term is ``-``. Our own notation: no registrar assigns such names for Vietnam
    (URN:LEX, ELI and Akoma Ntoso have none).

    >>> decree = DocumentValue(doc_type="Nghị định", symbol="54/2016/NĐ-CP", number="54", year=2016, issuer_code="CP")
    >>> identity(decree, province=None)
    'vn/nd-cp/2016/54'
    >>> local = DocumentValue(
    ...     doc_type="Nghị quyết", symbol="93/2021/NQ-HĐND", number="93", year=2021, issuer_code="HĐND"
    ... )
    >>> identity(local, province="Đắk Lắk"), identity(local, province=None)
    ('vn/dak-lak/nq-hdnd/2021/93', None)
    """
    number = value.number.lower().lstrip("0")
    if value.doc_type == STANDARD:
        body = value.symbol.partition(f" {value.number}")[0]
        return f"standard/{_slug(body)}/{value.year or _UNKNOWN}/{number}"
    code = _code(value)
    if not code or not number:
        return None
    party = value.symbol.startswith(f"{value.number}-") and "/" in value.symbol
    if party and value.doc_type == "Quy định":  # the Party's code is the same as a decision's
        code = f"QyĐ{code.removeprefix('QĐ')}"
    if not party and value.symbol.startswith(f"{value.number}-"):  # 64-CP: a decree, a decision and a resolution
        code = f"{value.doc_type} {code}"
    place = ""
    if not _is_central(value.issuer_code):
        if province is None:
            return None
        place = f"{_slug(province)}/"
    when = _term(value) if party else str(value.year or _UNKNOWN)
    return f"{'vn-party' if party else 'vn'}/{place}{_slug(code)}/{when}/{number}"


def _code(value: DocumentValue) -> str:
    """The symbol without its number and year."""
    rest = value.symbol[len(value.number) :].lstrip("-/")
    if value.year is not None:
        rest = rest.removeprefix(f"{value.year}").lstrip("/")
    return rest.replace("/", "-")


def _is_central(issuer_code: str | None) -> bool:
    """Whether the issuer is one for the whole country."""
    if issuer_code is None:
        return False
    central = tables(FILE)["central_issuers"]
    first = issuer_code.partition("-")[0]
    return first in central or _TERM_IN_CODE.sub("", first) in central or first.endswith("TW")


def _term(value: DocumentValue) -> str:
    """The Party's term in which a document of that day was issued: its numbers begin anew with each congress."""
    issued_on = value.issued_on
    if issued_on is None:
        return _UNKNOWN
    if _is_central(value.issuer_code):
        begun = [name for name, first in tables(FILE)["party_terms"].items() if date.fromisoformat(first) <= issued_on]
        return begun[-1].lower() if begun else _UNKNOWN
    since = issued_on.year % _CONGRESS_YEARS
    if since == 0 and issued_on.month in _CONGRESS_MONTHS:
        return _UNKNOWN
    begin = issued_on.year - (since or (0 if issued_on.month > max(_CONGRESS_MONTHS) else _CONGRESS_YEARS))
    return f"{begin}-{begin + _CONGRESS_YEARS}"


@lru_cache(maxsize=8_000)
def _slug(words: str) -> str:
    """Letters and digits of ASCII: ``Đắk Lắk`` is ``dak-lak``."""
    plain = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return _NOT_IN_SLUG.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")
