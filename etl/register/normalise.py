"""Bring cells to one written form without changing what they say.

Pure and idempotent: normalising twice is normalising once. What can't be understood is left
as it is, for the validation to report.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import pandas as pd

from ecosystem.common.text import fold
from ecosystem.common.vocabulary import BY_COLUMN
from etl.nuts import nuts_2021
from etl.reading.model import is_error
from etl.register.cells import read_list, read_month, read_town, territory
from etl.schema import Column, Schema
from etl.tuples import tuples

Lookup = Mapping[str, str]

# Marks that reorder the text around them, and marks that have no width. The joiners U+200C and
# U+200D stay: emoji and several scripts need them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
    # No emoji and no Latin word needs a joiner between two of its letters.
    "|(?<=[A-Za-z\u00c0-\u024f])[\u200c\u200d]+(?=[A-Za-z\u00c0-\u024f])"
)
_YEAR = re.compile(r"([+-]?\d{1,4})(?:\.0+|[-/]\d{2}[-/]\d{2}(?:[T ][\d:.]+)?)?")
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(\d{4})")
_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# As most are written, which taking apart wouldn't change.
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?:/[A-Za-z0-9._~%/-]*)?")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
# Semicolons of Latin, Arabic and full-width writing, bars, bullets and the ends of lines.
_ITEM_BREAK = re.compile("[;\u061b\uff1b|•‣▪\n]")
_LINE_END = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
# Commas and slashes of the same.
_LOOSE_BREAK = re.compile("[,/\u060c\u3001\uff0c]")
# What separates two codes in a cell that is for one.
_BETWEEN_CODES = re.compile(
    "[;\u061b\uff1b|•,/\u060c\uff0c&+()]| (?:and|et|und|y|e|o|ou|oder|or|-|–) ", re.IGNORECASE
)
# The longest label holds three commas or slashes.
_MAX_PARTS = 4
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_URL_COLUMNS = frozenset({"website", "source_url", "status_source_url", "url", "seen_in"})
_MONTH_COLUMNS = frozenset({"checked_on", "start_date", "end_date", "date"})
YEAR_COLUMNS = frozenset({"founded", "status_year", "year"})
_TRUE = ("true", "yes", "y", "oui", "vrai", "ja", "wahr", "sí", "sì", "si", "verdadero", "vero",
         "1", "1.0")  # fmt: skip
_FALSE = ("false", "no", "n", "non", "faux", "nein", "falsch", "falso", "0", "0.0")
_BOOLEANS = dict.fromkeys(_TRUE, "true") | dict.fromkeys(_FALSE, "false")
# Columns that are written in the vocabulary of another.
WRITTEN_AS = {"focus_domains": "domains", "focus_countries": "country"}
# What spreadsheet programs show in French, German, Spanish and Italian in place of a result.
_FOREIGN_ERROR = re.compile(
    r"#(?:VALEUR!|NOM\?|NOMBRE!|NUL!|BEZUG!|WERT!|NV|ZAHL!|¡REF!|¡VALOR!|¿NOMBRE\?|¡NUM!|¡NULO!"
    r"|¡DIV/0!|N/D|RIF!|VALORE!|NOME\?|#+)"
)


def normalise(frame: pd.DataFrame, schema: Schema, aliases: Mapping[str, Lookup]) -> pd.DataFrame:
    """Normalise every cell of a register file.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text cells, as :func:`etl.reading.extract` gives them.
    schema : Schema
        Schema of the file.
    aliases : mapping
        Column -> folded alias -> code, from :func:`load_aliases`.

    Returns
    -------
    pandas.DataFrame
        Same shape, index and columns.
    """
    cells = frame.assign(
        **{
            name: _over_distinct(
                frame[name],
                cell_normaliser(column, aliases.get(WRITTEN_AS.get(name, name), {})),
            )
            for name, column in schema.columns.items()
        }
    )
    cells = _with_defaults(cells, schema)
    if "city" not in cells or "country" not in cells:
        return cells
    return _with_towns(_with_countries(cells))


def _with_defaults(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Rows with what their empty cells mean."""
    defaults = {n: c.default for n, c in schema.columns.items() if c.default and n in frame}
    return frame.assign(**{n: frame[n].where(frame[n] != "", text) for n, text in defaults.items()})


def _with_countries(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a territory with those of its country, and its region as the hint if none is."""
    found = {text: territory(text) for text in frame["country"].unique()}
    territories = {text: place for text, place in found.items() if place is not None}
    if not territories:
        return frame
    columns = {"country": frame["country"].replace({t: p.country for t, p in territories.items()})}
    if "nuts2_hint" in frame:
        regions = frame["country"].map({t: p.region for t, p in territories.items()}).fillna("")
        columns["nuts2_hint"] = frame["nuts2_hint"].where(frame["nuts2_hint"] != "", regions)
    return frame.assign(**{name: column.astype("str") for name, column in columns.items()})


def _with_towns(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with their town alone, without what else an address holds beside it."""
    pairs = list(tuples(frame, "city", "country"))
    towns = {pair: read_town(*pair) for pair in dict.fromkeys(pairs)}
    return frame.assign(
        city=pd.Series([towns[pair] for pair in pairs], index=frame.index, dtype="str")
    )


def load_aliases(path: Path) -> dict[str, dict[str, str]]:
    """Table of aliases: column -> folded alias, label or code -> code.

    Parameters
    ----------
    path : Path
        CSV file with the columns ``column, alias, code``.
    """
    lookups = {
        column: {
            fold(text): code
            for code, term in terms.items()
            for text in (term.plural, term.label, code)
            if text
        }
        for column, terms in BY_COLUMN.items()
    }
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lookups[row["column"]].setdefault(fold(row["alias"]), row["code"])
    return lookups


def cell_normaliser(column: Column, lookup: Lookup) -> Callable[[str], str]:
    """The function that normalises one cell of a column."""
    normaliser = _normaliser(column, lookup)

    def normalise_cell(text: str) -> str:
        cleaned = clean(text)
        if is_spreadsheet_error(cleaned):
            return cleaned
        # Ends of lines separate items of a list; cleaning takes them away.
        return normaliser(text if column.separator else cleaned)

    return normalise_cell


def _normaliser(column: Column, lookup: Lookup) -> Callable[[str], str]:
    """The function that brings a cell to its form: of a list as it was typed, else cleaned."""
    if column.separator:
        is_coded = bool(lookup) or "pattern" in column.constraints
        return lambda text: normalise_list(
            read_list(text), column.separator, lookup, is_coded=is_coded
        )
    if column.name in _URL_COLUMNS:
        return normalise_url
    if column.name in YEAR_COLUMNS:
        return normalise_year
    if column.type == "boolean":
        return normalise_boolean
    if column.type in ("integer", "number"):
        return normalise_number
    if column.name == "nuts2_hint":
        return lambda text: nuts_2021(text.upper())
    if column.name in _MONTH_COLUMNS:
        return read_month
    if lookup:
        return lambda text: normalise_code(text, lookup)
    return str


def is_spreadsheet_error(text: str) -> bool:
    """Whether a cell holds a spreadsheet program's error in one of the five languages."""
    return text[:1] in ("#", "E") and (is_error(text) or _FOREIGN_ERROR.fullmatch(text) is not None)


def clean(text: str) -> str:
    """Text in NFC without invisible or control characters, and with single spaces.

    Letters of every script stay, those written from right to left too.
    """
    if text.isprintable() and "  " not in text and _is_composed(text):
        return text.strip()
    visible = "".join(
        " " if c.isspace() else c
        for c in _INVISIBLE.sub("", text)
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _is_composed(text: str) -> bool:
    """Whether a text of printable characters is in NFC and has no mark that isn't seen."""
    return text.isascii() or (
        _INVISIBLE.search(text) is None and unicodedata.is_normalized("NFC", text)
    )


def normalise_code(text: str, lookup: Lookup) -> str:
    """Code of a code, label or alias in any case and accent; other text as it is.

    Several names of one code, ``"GR/EL"``, are that code. Names of several codes, for the
    validation to refuse, are brought to ``"FR, BE"``.
    """
    code = lookup.get(fold(text))
    if code is not None or not _BETWEEN_CODES.search(text):
        return text if code is None else code
    parts = [part for part in map(fold, _BETWEEN_CODES.split(text)) if part]
    if not parts or not all(part in lookup for part in parts):
        return text
    return ", ".join(dict.fromkeys(lookup[part] for part in parts))


def normalise_list(text: str, separator: str, lookup: Lookup, *, is_coded: bool = False) -> str:
    """Items of a list cell as codes, each once, with the separator of the schema.

    Labels may contain commas and slashes, so these separate items only where the whole isn't
    known; in free text they never do.

    Parameters
    ----------
    text : str
        The cell as it was typed.
    separator : str
        What the schema puts between items.
    lookup : mapping
        Folded alias -> code; empty if there is no vocabulary.
    is_coded : bool
        Whether items are codes, which hold neither comma nor slash.
    """
    lines = _LINE_END.sub("\n", text)
    label = lookup.get(fold(text))
    items: list[str] = []
    for item in map(clean, _ITEM_BREAK.split(lines)):
        if (lookup or is_coded) and not is_spreadsheet_error(item):
            items += _coded_items(item, lookup)
        else:
            # Cleaning composes characters, some to a separator.
            items += map(clean, _ITEM_BREAK.split(item))
    # A label may be broken over two lines.
    if label and set(_ITEM_BREAK.findall(lines)) == {"\n"} and not _are_codes(items, lookup):
        return label
    return separator.join(dict.fromkeys(filter(None, items)))


def _are_codes(items: list[str], lookup: Lookup) -> bool:
    return set(items) <= {"", *lookup.values()}


def _coded_items(text: str, lookup: Lookup) -> list[str]:
    """Codes that commas and slashes separate, unless they belong to a label."""
    parts = [part.strip() for part in _LOOSE_BREAK.split(text)]
    codes = [lookup.get(fold(part), part) for part in parts]
    if len(parts) == 1 or all(fold(part) in lookup for part in parts):
        return codes
    items = []
    at = 0
    while at < len(parts):
        for size in range(min(_MAX_PARTS, len(parts) - at), 0, -1):
            code = lookup.get(fold(" ".join(parts[at : at + size])))
            if code is not None or size == 1:
                items.append(parts[at] if code is None else code)
                at += size
                break
    return items


def normalise_url(text: str) -> str:
    """Address with a scheme, its scheme and host in lower case; other text as it is."""
    if _PLAIN_ADDRESS.fullmatch(text):
        return text
    if text.startswith("//") and _BARE_HOST.match(text[2:]):
        text = f"https:{text}"
    elif not _SCHEME.match(text) and _BARE_HOST.match(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    if not parts.netloc:
        return text
    return urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()))


def normalise_year(text: str) -> str:
    """Year of a year, of a spreadsheet's ``2010.0`` or of a full date; other text as it is."""
    match = _YEAR.fullmatch(text)
    if match:
        return match[1]
    date = _DATE.fullmatch(text)
    return date[2] if date else text


def normalise_number(text: str) -> str:
    """Number with a decimal point in place of a decimal comma; other text as it is."""
    match = _COMMA.fullmatch(number := text.translate(_MINUS))
    if match:
        return f"{match[1]}.{match[2]}"
    return number if number[:1] == "-" and number[1:2].isdigit() else text


def normalise_boolean(text: str) -> str:
    """``true`` or ``false`` of the same in five languages; other text as it is."""
    return _BOOLEANS.get(text.casefold(), text)


def _over_distinct(column: pd.Series, function: Callable[[str], str]) -> pd.Series:
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    texts = np.array([function(text) for text in distinct.tolist()], dtype=object)
    return pd.Series(texts[codes], index=column.index, dtype="str")
