"""Cells that say in another form what the register means: months, lists, towns, territories.

Pure functions of one cell, or of two that belong together. What isn't plain stays as it is, for
the validation to ask about.
"""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, date, datetime
from functools import cache
from typing import NamedTuple

from ecosystem.common.settings import settings
from ecosystem.common.text import fold

# Beginnings of the months' names in English, French, German, Spanish, Italian, Portuguese, Dutch,
# Polish and Czech, as spreadsheet programs shorten them.
_MONTHS = (
    "jan ene gen sty led jän",
    "feb fev fév lut úno",
    "mar mär mrt mrz maa bře",
    "apr avr abr kwi dub",
    "may mai mei mag maj kvě",
    "jun juin giu cze čvn",
    "jul juil lug lip čvc",
    "aug aou aoû ago sie srp",
    "sep set sept wrz zář",
    "oct okt ott out paz paź říj",
    "nov lis",
    "dec déc dez dic gru pro",
)
_MONTH_NUMBERS = {fold(name): n for n, names in enumerate(_MONTHS, 1) for name in names.split()}
# What spreadsheet programs make of a name: whole beginnings only, so that "Nova-21" is no date.
_MONTH_NAMES = _MONTH_NUMBERS.keys() | {
    "janv", "fevr", "febr", "mars", "marz", "maerz", "mayo", "juin", "june", "juni", "juil",
    "july", "juli", "aout", "sept",
}  # fmt: skip
_NAMED_MONTH = re.compile(r"([^\W\d_]{3,9})\.?[\s./-]+(?:(\d{4})|['\u2019]?(\d{2}))")
_NUMBERED_MONTH = re.compile(r"(0?[1-9]|1[0-2])[./-](\d{4})")
_NAMED_DAY = re.compile(r"(\d{1,2})\.?[\s/-]*([^\W\d_]{3,9})\.?[\s/-]*(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_LAST = re.compile(
    r"(\d{4})(?:[./-](?=\d{1,2}[./-])|(?=\d{4}$))(\d{1,2})[./-]?(\d{1,2})(?:[ T]0?0:00(?::00)?)?"
)
_MONTH_AND_DAY = re.compile(r"(\d{4})[-./](0?[1-9]|1[0-2])")
# How GDAL writes a list into a CSV file: "(2:a,b)", or as JSON.
_COUNTED_LIST = re.compile(r"\((\d{1,4}):(.*)\)", re.DOTALL)

_POSTCODE = r"\d{4}[ -]?[A-Z]{2}(?=\s)|\d{2}-\d{3}|\d{3} \d{2}|\d{4}-\d{3}|\d{4,6}"
_LONGEST_TOWN = 200
_BEFORE = re.compile(rf"(?:[A-Z]{{1,3}}[ -]?)?(?:{_POSTCODE})[\s,]+(?=[^\W\d_])")
_AFTER = re.compile(rf"[\s,]+(?:[A-Z]{{1,2}}-)?(?:{_POSTCODE})")
_CEDEX = re.compile(r"[\s,]+cedex(?:\s+\d{1,2})?", re.IGNORECASE)
# Part of a town: a number, an ordinal with or without its word, a Roman one with a full stop.
_PART = re.compile(
    r"[\s,]+(?:\d{1,2}(?:\.|e|er|re|ème|eme|ᵉ|º|°)?(?:\s+(?:arr\w*|kerület|ker|bezirk)\.?)?"
    r"|[IVX]{1,5}\.(?:\s*(?:kerület|ker)\.?)?)",
    re.IGNORECASE,
)
# What is left of a town that is called by its number: "Sector 3" in București.
_PART_WORDS = frozenset(("sector", "sectorul", "district", "bezirk", "arrondissement"))
_DISTRICT = {
    "DK": re.compile(r"[\s,]+(?:K|N|S|V|Ø|C|NV|SV|NØ|SØ)"),
    "GB": re.compile(r"[\s,]+[A-Z]{1,2}\d[A-Z\d]?(?:\s+\d[A-Z]{2})?"),
    "IE": re.compile(r"[\s,]+D\d{2}(?:\s+[A-Z\d]{4})?"),
}
_ARTICLE_LAST = re.compile(
    r"(.+),\s*(A|O|As|Os|El|La|Los|Las|Le|Les|L['\u2019]|Els|Es|Sa|De|Den|Het|The)", re.IGNORECASE
)


class Territory(NamedTuple):
    """A territory with a country code of its own: the country that it is of, and its region."""

    country: str
    region: str


def read_month(text: str) -> str:
    """``2026-11`` of the same as spreadsheet programs write it; other text as it is.

    ``Nov-26`` is what they make of ``2026-11``. A month that is yet to come is none: it may be a
    day of the year, and is left for the validation.
    """
    match = _NAMED_MONTH.fullmatch(text)
    if match and (number := _month_number(match[1])):
        year = int(match[2] or f"20{match[3]}")
        if (year, number) <= (now := datetime.now(UTC)).timetuple()[:2] or year < now.year:
            return f"{year}-{number:02}"
        return text
    if match := _NUMBERED_MONTH.fullmatch(text):
        return f"{match[2]}-{int(match[1]):02}"
    match = _MONTH_AND_DAY.fullmatch(text)
    return f"{match[1]}-{int(match[2]):02}" if match else text


def days_meant(text: str) -> list[str]:
    """The days that a text may mean which says one in another form than the register's, ISO 8601.

    ``21.11.2026`` and ``21 November 2026`` are one day; ``3/4/2026`` may be two, for Americans
    begin with the month. None if it is no day of the calendar.
    """
    if match := _NAMED_DAY.fullmatch(text):
        dates = [(match[3], _month_number(match[2]), match[1])]
    elif match := _DAY_LAST.fullmatch(text):
        dates = [(match[1], int(match[2]), match[3])]
    elif match := _DAY_FIRST.fullmatch(text):
        dates = [(match[4], int(match[3]), match[1])]
        # With full stops the day comes first.
        if match[2] != ".":
            dates.append((match[4], int(match[1]), match[3]))
    else:
        return []
    return sorted({day for parts in dates if (day := _day(*parts))})


def _day(year: str, month: int, day: str) -> str:
    """ISO 8601 of a day; empty if there is none such."""
    try:
        return date(int(year if len(year) == 4 else f"20{year}"), month, int(day)).isoformat()
    except ValueError:
        return ""


def is_month_name(word: str) -> bool:
    """Whether a word is the name of a month in a language of the map, or its beginning."""
    return fold(word) in _MONTH_NAMES


def _month_number(word: str) -> int:
    name = fold(word)
    return _MONTH_NUMBERS.get(name[:4], 0) or _MONTH_NUMBERS.get(name[:3], 0)


def read_list(text: str) -> str:
    """Items of a list as GDAL writes it, one a line; other text as it is.

    ``(2:a,b)`` is counted, ``[ "a", "b" ]`` is JSON; both may be empty.
    """
    stripped = text.strip()
    match = _COUNTED_LIST.fullmatch(stripped)
    if match:
        items = match[2].split(",") if match[2].strip() else []
        return "\n".join(items) if len(items) == int(match[1]) else text
    if stripped.startswith("[") and stripped.endswith("]"):
        try:
            found = json.loads(stripped)
        except ValueError:
            return text
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return "\n".join(found)
    return text


def read_town(text: str, country: str) -> str:
    """A town without what letters need besides: postcode, ``Cedex``, the number of a district.

    Parameters
    ----------
    text : str
        As it stands in the cell: ``"1010 Wien"``, ``"Paris Cedex 15"``, ``"Coruña, A"``.
    country : str
        ISO 3166-1 code.
    """
    # One that is far too long is none: the validation says so, and patterns would take for ever.
    if text.isalpha() or len(text) > _LONGEST_TOWN:
        return text
    town = text
    if match := _BEFORE.match(town):
        town = town[match.end() :]
    for pattern in (_AFTER, _CEDEX, _DISTRICT.get(country), _PART):
        if pattern is None:
            continue
        end = next((m for m in pattern.finditer(town) if m.end() == len(town)), None)
        if end and end.start() > 1 and fold(town[: end.start()]) not in _PART_WORDS:
            town = town[: end.start()]
    if match := _ARTICLE_LAST.fullmatch(town):
        space = "" if match[2][-1] in "'\u2019" else " "
        town = f"{match[2]}{space}{match[1]}"
    return town


def territory(text: str) -> Territory | None:
    """The territory that stands in the place of a country, by its code or name; else None."""
    return _territories().get(fold(text))


@cache
def _territories() -> dict[str, Territory]:
    path = settings().schema_dir / "territories.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            fold(name): Territory(row["country"], row["nuts_code"])
            for row in csv.DictReader(file)
            for name in (row["code"], row["name"], row["name"].removeprefix("La "))
        }
