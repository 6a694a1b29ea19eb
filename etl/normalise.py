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

import pandas as pd

from ecosystem.text import fold
from ecosystem.vocabulary import BY_COLUMN
from etl.schema import Column, Schema

Lookup = Mapping[str, str]

# Marks that reorder the text around them, and marks that have no width. The joiners U+200C and
# U+200D stay: emoji and several scripts need them.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_YEAR = re.compile(r"([+-]?\d{1,4})(?:\.0+|-\d{2}-\d{2})?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_ITEM_BREAK = re.compile(r"[;|•]")
_LOOSE_BREAK = re.compile(r"[;|•,/]")
_URL_COLUMNS = frozenset({"website", "source_url", "url"})
_YEAR_COLUMNS = frozenset({"founded", "year"})
_BOOLEANS = {"yes": "true", "true": "true", "1": "true", "no": "false", "false": "false",
             "0": "false"}  # fmt: skip


def normalise(frame: pd.DataFrame, schema: Schema, aliases: Mapping[str, Lookup]) -> pd.DataFrame:
    """Normalise every cell of a register file.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text cells, as :func:`etl.extract.extract` gives them.
    schema : Schema
        Schema of the file.
    aliases : mapping
        Column -> folded alias -> code, from :func:`load_aliases`.

    Returns
    -------
    pandas.DataFrame
        Same shape, index and columns.
    """
    return frame.assign(
        **{
            name: _over_distinct(frame[name], cell_normaliser(column, aliases.get(name, {})))
            for name, column in schema.columns.items()
        }
    )


def load_aliases(path: Path) -> dict[str, dict[str, str]]:
    """Table of aliases: column -> folded alias, label or code -> code.

    Parameters
    ----------
    path : Path
        CSV file with the columns ``column, alias, code``.
    """
    lookups = {
        column: {fold(text): code for code, term in terms.items() for text in (term.label, code)}
        for column, terms in BY_COLUMN.items()
    }
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lookups[row["column"]].setdefault(fold(row["alias"]), row["code"])
    return lookups


def cell_normaliser(column: Column, lookup: Lookup) -> Callable[[str], str]:
    """The function that normalises one cell of a column."""
    if column.separator:
        return lambda text: normalise_list(clean(text), column.separator, lookup)
    if column.name in _URL_COLUMNS:
        return lambda text: normalise_url(clean(text))
    if column.name in _YEAR_COLUMNS:
        return lambda text: normalise_year(clean(text))
    if column.type == "boolean":
        return lambda text: _BOOLEANS.get(clean(text).casefold(), clean(text))
    if column.type in ("integer", "number"):
        return lambda text: normalise_number(clean(text))
    if column.name == "nuts2_hint":
        return lambda text: clean(text).upper()
    return lambda text: normalise_code(clean(text), lookup)


def clean(text: str) -> str:
    """Text in NFC without invisible or control characters, and with single spaces.

    Letters of every script stay, those written from right to left too.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    visible = "".join(
        " " if c.isspace() else c
        for c in _INVISIBLE.sub("", text)
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return " ".join(unicodedata.normalize("NFC", visible).split())


def normalise_code(text: str, lookup: Lookup) -> str:
    """Code of a code, label or alias in any case and accent; other text as it is."""
    return lookup.get(fold(text), text)


def normalise_list(text: str, separator: str, lookup: Lookup) -> str:
    """Items of a list cell as codes, each once, with the separator of the schema.

    Labels may contain commas and slashes, so these separate items only where the whole isn't
    known.
    """
    items: list[str] = []
    for item in _ITEM_BREAK.split(text):
        known = normalise_code(item.strip(), lookup)
        if not lookup or known in lookup.values():
            items.append(known)
        else:
            items += [normalise_code(p.strip(), lookup) for p in _LOOSE_BREAK.split(item)]
    return separator.join(dict.fromkeys(filter(None, items)))


def normalise_url(text: str) -> str:
    """Address with a scheme, its scheme and host in lower case; other text as it is."""
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
    return match[1] if match else text


def normalise_number(text: str) -> str:
    """Number with a decimal point in place of a decimal comma; other text as it is."""
    return re.sub(r"^([+-]?\d+),(\d+)$", r"\1.\2", text)


def _over_distinct(column: pd.Series, function: Callable[[str], str]) -> pd.Series:
    return column.map({value: function(value) for value in column.unique()}).astype("str")
