"""Which code page the lines of a text file are in that isn't all UTF-8.

The letters decide: those of the languages of the countries that the rows name. Bytes without a
meaning in them, such as the pound sign inside a Polish word, speak against a code page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import charset_normalizer

from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES

PAGES = {
    "cp1252": "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
}
# Letters beyond ASCII that the languages of a country are written with.
_FRENCH, _GERMAN, _DUTCH = "àâæçèéêëîïôœùûüÿ", "äöüß", "áéèêëíïóöúü"
_ITALIAN, _SLAVIC = "àèéìíîòóùú", "čćđšž"
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
_BULGARIAN = "абвгдежзийклмнопрстуфхцчшщъьюя"
_SERBIAN = "абвгдђежзијклљмнњопрстћуфхцчџш"
_TURKISH = "çğıİöşüâîû"
_LETTERS = {
    "AL": "çë",
    "AT": _GERMAN,
    "BE": _FRENCH + _GERMAN + _DUTCH,
    "BG": _BULGARIAN,
    "CH": _FRENCH + _GERMAN + _ITALIAN,
    "CY": _GREEK + _TURKISH,
    "CZ": "áčďéěíňóřšťúůýž",
    "DE": _GERMAN,
    "DK": "æøåéöü",
    "EE": "äõöüšž",
    "ES": "áéíñóúüàçèïò",
    "FI": "äöåšž",
    "FR": _FRENCH + "ñ",
    "GB": "âêîôûŵŷáéíóúàèìòù",
    "GR": _GREEK,
    "HR": _SLAVIC,
    "HU": "áéíóöőúüű",
    "IE": "áéíóú",
    "IS": "áéíóúýðþæö",
    "IT": _ITALIAN + _GERMAN,
    "LI": _GERMAN,
    "LT": "ąčęėįšųūž",
    "LU": _FRENCH + _GERMAN,
    "LV": "āčēģīķļņšūž",
    "ME": _SLAVIC + _SERBIAN,
    "MK": "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
    "MT": "ċġħżàèìòù",
    "NL": _DUTCH,
    "NO": "æøåéèêóòôàäöü",
    "PL": "ąćęłńóśźż",
    "PT": "ãáâàçéêíóôõúü",
    "RO": "ăâîşţșț",
    "RS": _SLAVIC + _SERBIAN,
    "SE": "åäöéü",
    "SI": _SLAVIC,
    "SK": "áäčďéíĺľňóôŕšťúýž",
    "TR": _TURKISH,
}
# Letters that loanwords and foreign names bring into every language.
_EVERYWHERE = frozenset("éèêáàóíúçñäöüß")
_SIGNS = frozenset("\u00a0–—‘’‚“”„«»…•·°§©®™€£№¿¡²³½¼¾ºª´`¨‰†‡‹›±×¶")
_CELL = re.compile(r"[,;\t]")
_WORD = re.compile(r"""[^\s,;:|/()"']+""")
# A foreign name among a hundred letters doesn't speak against a code page.
_MOST_FOREIGN = 0.1
# As many lines as are looked at.
_SAMPLE = 2_000
# Fewer letters than this were never enough to tell.
_MIN_DETECTED = 20


@dataclass(frozen=True)
class Page:
    """A code page: Python's name of it, and whether the letters speak for it clearly."""

    encoding: str
    is_sure: bool

    @property
    def label(self) -> str:
        """What people call it."""
        return PAGES[self.encoding]


def code_page(lines: Sequence[bytes], others: Iterable[str] = ()) -> Page | None:
    """The code page of lines that aren't UTF-8; None if they are in none that is known.

    Parameters
    ----------
    lines : sequence of bytes
        The lines, with the cells of their rows.
    others : iterable of str
        Lines of the same file that could be read, for the countries that their rows name.
    """
    texts = {page: _decode(lines, page) for page in PAGES}
    readable = {page: text for page, text in texts.items() if text is not None}
    if not readable:
        return None
    lines = lines[:_SAMPLE]
    readable = {page: text[:_SAMPLE] for page, text in readable.items()}
    countries = [_countries(line.decode("latin-1")) for line in lines]
    anywhere = set().union(*countries) or set().union(*map(_countries, others), set())
    letters = [_letters(row or anywhere) for row in countries]
    foreign = {page: _foreign(text, letters) for page, text in readable.items()}
    best = min(foreign, key=lambda page: foreign[page])
    equal = {tuple(readable[page]) for page in foreign if foreign[page] == foreign[best]}
    if anywhere:
        return Page(best, is_sure=foreign[best] <= _MOST_FOREIGN and len(equal) == 1)
    found = _detect(b"".join(lines), list(readable))
    if found and foreign[found] <= _MOST_FOREIGN:
        return Page(found, is_sure=True)
    return Page(found or best, is_sure=foreign[best] == 0 and best == "cp1252")


def _decode(lines: Sequence[bytes], page: str) -> list[str] | None:
    try:
        return [line.decode(page) for line in lines]
    except UnicodeDecodeError:
        return None


def _countries(line: str) -> set[str]:
    cells = {cell.strip(' "\r\n') for cell in _CELL.split(line)}
    return {_CODES[key] for cell in cells if len(cell) < 30 and (key := fold(cell)) in _CODES}


_CODES = {fold(word): code for code in COUNTRIES for word in (code, COUNTRIES.label(code))}


def _letters(countries: set[str]) -> frozenset[str]:
    """Letters of the countries' languages; of all that are written in Latin if none is known."""
    known = countries or {c for c, own in _LETTERS.items() if own[0] < "\u0370"}
    return _EVERYWHERE.union(*(_LETTERS.get(code, "") for code in known))


def _foreign(lines: Sequence[str], letters: Sequence[frozenset[str]]) -> float:
    """Share of the characters beyond ASCII that no language of the row is written with."""
    all_, foreign = 0, 0
    for line, own in zip(lines, letters, strict=True):
        if line.isascii():
            continue
        for word in _WORD.findall(line):
            is_mixed = len({_script(c) for c in word if c.isalpha()}) > 1
            for character in word:
                if character.isascii():
                    continue
                all_ += 1
                is_letter = character.isalpha()
                fits = (
                    not own.isdisjoint((character, character.lower()))
                    if is_letter
                    else _is_sign(word, character)
                )
                foreign += is_mixed or not fits
    return foreign / all_ if all_ else 0.0


def _is_sign(word: str, character: str) -> bool:
    """Whether a character that is no letter stands where such a sign can stand in a word."""
    inside = 0 < word.index(character) < len(word) - 1
    return character in _SIGNS and (not inside or character in "’–—·\u00a0")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def _detect(content: bytes, pages: list[str]) -> str:
    """What a detector of languages finds; empty if it is not sure."""
    if sum(byte > 127 for byte in content) < _MIN_DETECTED:
        return ""
    found = charset_normalizer.from_bytes(content, cp_isolation=pages).best()
    return found.encoding if found and found.encoding in pages else ""
