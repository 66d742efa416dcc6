"""Tells decoded text that is Vietnamese from bytes that were read in the wrong encoding.

Read `strangeness` first: a wrong encoding gives words that are spelt like no Vietnamese syllable. What a syllable is
made of is data: ``[syllable]`` in ``rules/fields.toml``.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice

MAX_STRANGE = 0.1
"""Largest share of words that are no Vietnamese syllables, 0 to 1. A wrong code page garbles a third of the words;
foreign names are fewer."""

_ALPHABET = "ăâđêôơư\u0300\u0301\u0303\u0309\u0323"
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_BEYOND_LATIN_1 = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Symbols that touch letters are letters in another code ("C¸c" is "Các" in TCVN3, "ngh®" is "nghệ" in VISCII), and
# most stand in no Vietnamese text at all. "m²", "5°C" and «quotes» do. "nghá»‡" is broken UTF-8, not a quote's end.
_LETTER = r"(?:[^\W\d_²³]|[¡-¦¨ª¬-¯´-¶¸-º¼-¿\u0300-\u036f])"
_WORD = re.compile(rf"{_LETTER}+(?:[¡-¿]{{1,3}}{_LETTER}+)*(?:[§©°±·]|»(?=[^\x00-\x7f\s]))*")
_ABBREVIATION = re.compile("[A-ZĐ]+")  # QĐ, HĐND: no syllables, but no sign of a wrong code either.
_LAST_SIGN = "\u20cf"  # Beyond the currency signs, a text without letters is more likely no text.
_ENOUGH = 100_000  # Words: a book. What follows them is in the same encoding.
_TONES = dict.fromkeys(map(ord, _ALPHABET[-5:]))


def strangeness(text: str, encoding: str) -> float:
    """Which share of the words with letters beyond ASCII is not Vietnamese, 0 to 1; 1 where it is surely no text.

    Abbreviations in capitals do not count, nor do words that are spelt by HTML entities alone: those are right in
    every encoding. ``encoding`` is Python's name of the one that the text was decoded from.

    >>> strangeness("Hội nghị", "cp1258"), strangeness("HôÌi nghiò sơ kết", "utf-8"), strangeness("nãm", "cp1252")
    (0.0, 0.5, 1.0)
    """
    if "\ufffd" in text or _CONTROL.search(text):
        return 1.0
    shown = _ENTITY.sub(_entity, text)
    if not _can_spell(encoding, text, shown):
        return 1.0
    decoded = _ENTITY.sub("x", text)  # As long as `shown`, letter by letter.
    found = (match[0] for match in _WORD.finditer(shown) if not decoded[match.start() : match.end()].isascii())
    words = [unicodedata.normalize("NFC", w) for w in islice(found, _ENOUGH) if not _ABBREVIATION.fullmatch(w)]
    if not words:
        return float(max(text, default="") > _LAST_SIGN)
    # Latin-1 pages write the Icelandic letter, which looks like the Vietnamese one.
    return sum(not _is_syllable(word.replace("Ð", "Đ").lower()) for word in words) / len(words)


def _entity(match: re.Match[str]) -> str:
    """One character, whatever the entity."""
    return html.unescape(match[0])[:1] or " "


def _can_spell(encoding: str, text: str, shown: str) -> bool:
    r"""Whether the code has all Vietnamese letters, or is Latin-1 on a page that shows the missing ones by entities.

    Without this, the few words of a headline pass in any code: ``n\xe3m`` is "năm" in windows-1258, "nãm" in others.
    """
    try:
        _ALPHABET.encode(encoding)
    except UnicodeEncodeError:
        return encoding == "cp1252" and _BEYOND_LATIN_1.search("".join(set(shown) - set(text))) is not None
    return True


@lru_cache(10_000)
def _is_syllable(word: str) -> bool:
    marked = unicodedata.normalize("NFD", word)
    plain = marked.translate(_TONES)
    return len(marked) - len(plain) <= 1 and bool(_syllable().fullmatch(unicodedata.normalize("NFC", plain)))


@cache
def _syllable() -> re.Pattern[str]:
    table = tomllib.loads((files("khcn_extract") / "rules" / "fields.toml").read_text(encoding="utf-8"))["syllable"]
    onset, ended, free, unended, coda = ("|".join(table[n]) for n in ("onset", "ended", "free", "unended", "coda"))
    return re.compile(f"(?:{onset})?(?:(?:{ended})|(?:{free})(?:{coda})?|(?:{unended})(?:{coda}))")
