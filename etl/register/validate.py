"""Check every cell against its Table Schema, and say what is wrong in plain English."""

from __future__ import annotations

import csv
import json
import math
import re
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from ecosystem.common.links import web_address
from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import BY_COLUMN
from etl.errors import RegisterError
from etl.model import Rejection
from etl.reading.columns import names_of
from etl.reading.model import NO_RESULT
from etl.register.cells import days_meant
from etl.register.normalise import YEAR_COLUMNS, is_spreadsheet_error, load_aliases
from etl.register.texts import (
    LOST,
    has_markup,
    is_date,
    is_placeholder,
    repair,
    without_entities,
)
from etl.schema import Column, Schema
from etl.tuples import are_among

MAX_SHOWN = 120
# Nobody corrects more; so many mean another file, or another separator.
MAX_FAULTS = 100_000
MAX_CODES_LISTED = 20
MIN_LIKENESS = 80
# Among hundreds of words in five languages, one less alike is there by chance.
_MIN_LIKENESS_OF_WORDS = 70
_WANTED = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
# Python reads digits of every script, underscores, nan and infinity; the database doesn't.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
# Numbers that every reader takes alike, exact as floating-point numbers to their last digit.
_PLAIN_NUMBERS = {
    "integer": re.compile("-?[0-9]{1,15}"),
    "number": re.compile(r"-?(?=[0-9.]{1,15}$)[0-9]+(?:\.[0-9]+)?"),
}
_PLAIN_BOOLEANS = frozenset({"true", "false"})
# Constraints of Table Schema that a look at a cell decides; whole columns are looked at for
# repeated identifiers.
_PLAIN_CONSTRAINTS = frozenset(
    ("required", "unique", "maxLength", "pattern", "enum", "minimum", "maximum")
)
# Suggestions for more values than this take long, and nobody reads them.
_MAX_SUGGESTED = 1_000
_TWO_DIGITS = re.compile("['\u2019]?([0-9]{2})")
# Degrees, minutes and seconds with the quarter of the sky before or after them.
_DEGREES = re.compile(
    r"""([NSEWO])?\s*([+-]?[0-9]{1,3}(?:[.,][0-9]+)?)\s*[°º]?\s*
    (?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*['′’]\s*)?
    (?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:["″”]|''|′′)\s*)?
    ([NSEWO])?""",
    re.VERBOSE | re.IGNORECASE,
)
_E_MAIL = re.compile(r"(?:mailto:)?[^\s@/]+@[^\s@/]+\.[^\s@/]+", re.IGNORECASE)
_SEVERAL_ADDRESSES = re.compile(r"\S\.\S+[\s,;|]+(?:https?://|www\.)?[\w-]+\.\S", re.IGNORECASE)
_WWW_ALONE = re.compile(r"(?:https?://)?www\.?(?:[/?#].*)?", re.IGNORECASE)
_OTHER_ALPHABET = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
# Greek and Cyrillic letters that look like a Latin one, and that one.
_LOOKALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝһԌԚԜ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϲϳ",
        "ABESIJKMHOPCTYXaesijopcyxdqwhGQW" + "ABEZHIKMNOPTYXovcj",
        strict=True,
    )
)
_LATIN = str.maketrans(_LOOKALIKES)
_CYRILLIC = {latin: other for other, latin in _LOOKALIKES.items() if "\u0400" <= other <= "\u04ff"}
_GREEK = {latin: other for other, latin in _LOOKALIKES.items() if other < "\u0400"}
# Columns of names, which hold nothing else.
_NAMES = frozenset({"name", "title", "city", "organiser", "coordinator"})
# Of such signs are no markup, no date and no error of a spreadsheet.
_PLAIN_WORDS = re.compile("[A-Za-z ,.'()/-]+")
_MONTH_OR_DAY = re.compile(r"[^\W\d_]{3,9}\.?[\s./-]+[0-9]{2}|[0-9]{1,2}[\s./-]+[^\W\d_]{3,9}\.?")
# Fewer cells that a row lacks may have been forgotten.
_MANY_EMPTY = 3
_FIRST_ROWS = 1_000
# No name of a column is longer.
_MAX_NAME = 60

Error = tuple[str, str]  # reason and remedy


def validate(frame: pd.DataFrame, schema: Schema) -> list[Rejection]:
    """Errors of one register file: rows that are none, and cells.

    Parameters
    ----------
    frame : pandas.DataFrame
        Normalised text cells; the index is the spreadsheet's row number.
    schema : Schema
        Schema of the file.

    Returns
    -------
    list of Rejection
        In the order of rows and columns; empty if all is well.

    Raises
    ------
    RegisterError
        If there are more than anybody would correct.
    """
    report = _Report(frame, schema)
    headers, scraps = _not_meant(frame, schema)
    _check_number(int((headers | scraps).sum()), next(iter(schema.columns)), schema)
    found = [report.cell(row, *_explain_header(frame.loc[row], schema))
             for row in frame.index[headers]]  # fmt: skip
    found += [report.cell(row, *_explain_scrap(frame.loc[row], schema))
              for row in frame.index[scraps & ~headers]]  # fmt: skip
    found += validate_cells(frame[~(headers | scraps)], schema)
    return _in_order(found, schema)


def validate_cells(frame: pd.DataFrame, schema: Schema) -> list[Rejection]:
    """Errors in the cells of rows that are meant as rows, as a form sends them.

    Parameters, returns and raises as :func:`validate`.
    """
    report = _Report(frame, schema)
    found = _repeated_keys(frame, schema, report)
    for column in schema.columns.values():
        cells = frame[column.name]
        errors = _errors(cells, column)
        faulty = int(cells.isin(list(errors)).sum()) if errors else 0
        _check_number(len(found) + faulty, column.name, schema)
        if not faulty:
            continue
        found += [report.cell(row, column.name, value, *errors[value])
                  for row, value in _cells(cells) if value in errors]  # fmt: skip
    return _in_order(found, schema)


def _in_order(found: list[Rejection], schema: Schema) -> list[Rejection]:
    order = {name: i for i, name in enumerate(schema.columns)}
    return sorted(found, key=lambda r: (r.row, order[r.column]))


def validate_references(
    frames: Mapping[str, pd.DataFrame],
    schemas: Mapping[str, Schema],
    published: Collection[str] = (),
) -> list[Rejection]:
    """Cells that name a row of another register file which isn't there.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Normalised register files by resource.
    schemas : mapping of str to Schema
        Their schemas.
    published : collection of str
        Identifiers of organisations that are published now: such a row has gone from the file.
    """
    found = []
    for resource, schema in schemas.items():
        if not schema.references:
            continue
        known = {
            column: set(frames[other][key].tolist())
            for column, (other, key) in schema.references.items()
        }
        # Most rows name nothing that isn't there: what else they hold needn't be looked at.
        frame = rows_meant(_rows_naming_others(frames[resource], schema, known), schema)
        report = _Report(frame, schema)
        for column, (other, key) in schema.references.items():
            separator = schema.columns[column].separator
            needed = schema.columns[column].constraints.get("required")
            instead = (
                "delete the row" if needed else "take it out" if separator else "empty the cell"
            )
            copied = f"Copy it from the column {key} of {other}.csv, or {instead}."
            gone = (
                f"It is published, but its row is missing from {other}.csv: put it back. Or, if it "
                f"is meant to go, {instead}."
            )
            found += [
                report.cell(
                    row,
                    column,
                    value,
                    f"There is no such {key} in {other}.csv.",
                    gone
                    if value in published
                    else f"{_did_you_mean(_nearest(value, known[column]))}{copied}",
                )
                for row, cell in _cells(frame[column])
                for value in _unknown_values(cell, separator, known[column])
            ]
    return found


def _rows_naming_others(
    frame: pd.DataFrame, schema: Schema, known: Mapping[str, Collection[str]]
) -> pd.DataFrame:
    """The rows with a reference to what isn't known."""
    names_other = np.zeros(len(frame), dtype=bool)
    for column in schema.references:
        separator = schema.columns[column].separator
        cells = frame[column]
        unknown = [c for c in cells.unique() if any(_unknown_values(c, separator, known[column]))]
        names_other |= are_among(cells, unknown)
    return frame[names_other]


def _unknown_values(cell: str, separator: str, known: Collection[str]) -> Iterator[str]:
    """What a cell names that isn't known."""
    for value in cell.split(separator) if separator else [cell]:
        if value and value not in known:
            yield value


def rows_meant(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The rows that are meant as rows: no header once more, no note or total below the table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Normalised text cells; the index is the spreadsheet's row number.
    schema : Schema
        Schema of the file.
    """
    if frame.empty:
        return frame
    headers, scraps = _not_meant(frame, schema)
    others = headers | scraps
    return frame[~others] if others.any() else frame


def _not_meant(frame: pd.DataFrame, schema: Schema) -> tuple[pd.Series, pd.Series]:
    """Which rows are the header once more, and which a note or a total."""
    filled = _is_filled(frame, schema)
    return _headers(frame, filled, schema), _scraps(frame, filled, schema)


def _headers(frame: pd.DataFrame, filled: np.ndarray, schema: Schema) -> pd.Series:
    """Which rows are the header once more: most of their cells are names of columns."""
    is_name = _names_column(schema)
    named = np.zeros(len(frame), dtype=np.int64)
    needed = np.maximum(2, filled.sum(axis=1) // 2 + 1)
    # Columns of few values first: where most of a row's cells are no names of columns, its long
    # texts needn't be looked at.
    columns = sorted((cells for _, cells in frame.items()), key=_variety)
    for n_looked, cells in enumerate(columns):
        may_be = np.flatnonzero(named + (len(columns) - n_looked) >= needed)
        if not len(may_be):
            break
        codes, texts = pd.factorize(cells.iloc[may_be], use_na_sentinel=False)
        named[may_be] += np.array([is_name(text) for text in texts.tolist()])[codes]
    return pd.Series(named >= needed, index=frame.index)


def _variety(cells: pd.Series) -> int:
    """How many values the first rows of a column have."""
    return int(cells.iloc[:_FIRST_ROWS].nunique())


def _names_column(schema: Schema) -> Callable[[str], bool]:
    names = names_of(schema, settings().schema_dir)
    return lambda text: (
        len(text) <= _MAX_NAME and fold(text) in names and not is_spreadsheet_error(text)
    )


def _scraps(frame: pd.DataFrame, filled: np.ndarray, schema: Schema) -> pd.Series:
    """Which rows hold a note or a total below the table: one cell or so, and all others empty."""
    needed = [n for n, c in schema.columns.items() if c.constraints.get("required")]
    # The identifier doesn't count: organisations have been given one.
    texts = filled[:, frame.columns != schema.primary_key].sum(axis=1)
    lacking = (~filled[:, frame.columns.isin(needed)]).sum(axis=1)
    return pd.Series((texts < 2) & (lacking >= _MANY_EMPTY), index=frame.index)


def _is_filled(frame: pd.DataFrame, schema: Schema) -> np.ndarray:
    """Which cells say something; what an empty cell means anyway is nothing to say."""
    cells = frame.to_numpy(dtype=object)
    filled: np.ndarray = cells != ""
    for at, name in enumerate(frame):
        if name in schema.columns and schema.columns[name].default:
            filled[:, at] &= cells[:, at] != schema.columns[name].default
    return filled


def _explain_header(row: pd.Series, schema: Schema) -> tuple[str, str, str, str]:
    """The first cell of a header among the rows, and what is wrong."""
    is_name = _names_column(schema)
    column = next(name for name in schema.columns if is_name(row[name]))
    return (
        column,
        row[column],
        f"Row {row.name} repeats the header.",
        "Delete this row, and see that the columns below it are in the order of the first header.",
    )


def _explain_scrap(row: pd.Series, schema: Schema) -> tuple[str, str, str, str]:
    """The only filled cell of a row, and what is wrong."""
    filled = [
        name for name, column in schema.columns.items() if row[name] not in ("", column.default)
    ]
    column = filled[-1] if filled else next(iter(schema.columns))
    missing = [c.title for n, c in schema.columns.items()
               if c.constraints.get("required") and not row[n]]  # fmt: skip
    return (
        column,
        row[column],
        "This row is nearly empty.",
        f"Delete the row if it is a note or a total; else fill in {', '.join(missing)}.",
    )


def _check_number(faults: int, column: str, schema: Schema) -> None:
    if faults > MAX_FAULTS:
        raise RegisterError(
            f"{schema.file}: more than {MAX_FAULTS:,} cells can't be taken, many of them in "
            f"column {column}; this looks like another file. Choose the right one, or "
            "check what separates its columns."
        )


class _Report:
    """Makes the rejections of one file."""

    def __init__(self, frame: pd.DataFrame, schema: Schema) -> None:
        self._names = frame[schema.naming_columns[0]]
        self._file = schema.file

    @cached_property
    def _titles(self) -> dict[int, str]:
        """What the rows are called, which is asked only where there is a fault."""
        return dict(_cells(self._names))

    def cell(
        self, row: int, column: str, value: str, reason: str, mend: str, step: str = "validate"
    ) -> Rejection:
        name = self._titles[row]
        return Rejection(step, self._file, row, _short(name), column, _short(value), reason, mend)


def _cells(column: pd.Series) -> list[tuple[int, str]]:
    return list(zip(column.index.tolist(), column.tolist(), strict=True))


def _errors(cells: pd.Series, column: Column) -> dict[str, Error]:
    """Error of each faulty value; a value that is in many rows is checked once."""
    is_plain = _plain_reader(column.type, json.dumps(column.constraints))
    errors: dict[str, Error] = {}
    for value in dict.fromkeys(cells.tolist()):
        broken: Collection[str] = () if is_plain(value) else _broken(value, column)
        error = _explain(value, column, broken, suggest=len(errors) < _MAX_SUGGESTED)
        if error:
            errors[value] = error
    return errors


def _broken(value: str, column: Column) -> Collection[str]:
    """Constraints of Table Schema that a value breaks, as Frictionless finds them."""
    read = _reader(column.name, column.type, json.dumps(column.constraints))
    return read(value)[1] or ()


@cache
def _plain_reader(type_: str, constraints: str) -> Callable[[str], bool]:
    """Whether a value plainly keeps all constraints of its column.

    Most do. Frictionless, which takes long to load and is slower, is asked about the others only.
    """
    limits = json.loads(constraints)
    if not limits.keys() <= _PLAIN_CONSTRAINTS:
        return lambda _: False
    may_be_empty = not limits.get("required")
    is_plain = _plain_text(limits) if type_ == "string" else _plain_value(type_, limits)
    return lambda value: is_plain(value) if value else may_be_empty


def _plain_text(limits: Mapping[str, Any]) -> Callable[[str], bool]:
    most, codes = limits.get("maxLength", sys.maxsize), limits.get("enum")
    matches = re.compile(limits["pattern"]).fullmatch if "pattern" in limits else len
    return lambda value: (
        len(value) <= most and (codes is None or value in codes) and bool(matches(value))
    )


def _plain_value(type_: str, limits: Mapping[str, Any]) -> Callable[[str], bool]:
    if type_ == "boolean":
        return _PLAIN_BOOLEANS.__contains__
    if type_ not in _PLAIN_NUMBERS or "enum" in limits:
        return lambda _: False
    is_number = _PLAIN_NUMBERS[type_].fullmatch
    low, high = limits.get("minimum", -math.inf), limits.get("maximum", math.inf)
    return lambda value: is_number(value) is not None and low <= float(value) <= high


@cache
def _reader(name: str, type_: str, constraints: str) -> Callable[[str], tuple[Any, Any]]:
    """Frictionless's reader of a column's cells: the value, and which constraints don't hold."""
    import frictionless  # takes nearly half a second, and a sound register never needs it

    # The schemas are ours and sound: to hold each column against Table Schema's own schema once
    # more costs seconds.
    field = frictionless.Field.metadata_select_class(type_)
    reader: Callable[[str], tuple[Any, Any]] = field(
        name=name, constraints=json.loads(constraints)
    ).create_cell_reader()
    return reader


def _explain(
    value: str, column: Column, broken: Collection[str], *, suggest: bool = True
) -> Error | None:
    """What is wrong with a cell, and the remedy; None if it is sound.

    `broken` names the constraints of Table Schema that don't hold.
    """
    if not broken and _is_harmless(value, column):
        return None
    limits, title = column.constraints, column.title
    items = value.split(column.separator) if column.separator else [value]
    error = next(filter(is_spreadsheet_error, items), None)
    if error:
        return _explain_spreadsheet_error(error, title)
    if "required" in broken:
        return f"{title} is empty.", _explain_empty(column)
    if column.type in _WANTED:
        return _explain_number(value, column, broken)
    if "maxLength" in broken:
        most = limits["maxLength"]
        return f"{title} has {len(value):,} characters; at most {most:,} fit.", "Shorten it."
    if column.name == "country" and broken and (outside := _outside_the_map(value)):
        return outside
    if "enum" in broken or (column.name in BY_COLUMN and "pattern" in broken):
        return _explain_code(value, column, suggest=suggest)
    if "http" in limits.get("pattern", ""):
        return _explain_address(value, title, broken)
    if column.name == "org_id" and "pattern" in broken:
        return f"{title} is not written as it should be.", _explain_org_id(limits)
    if "pattern" in broken and (day := _explain_day(value, column)):
        return day
    if "pattern" in broken:
        example = f" Example: {column.example}." if column.example else ""
        return f"{title} is not written as it should be.", f"{column.description}{example}"
    return _explain_alphabets(value, title) or _explain_text(value, column)


def _is_harmless(value: str, column: Column) -> bool:
    """Whether a text plainly has nothing of what else is looked for in one; most haven't."""
    if (
        column.type != "string"
        or column.separator
        or "http" in column.constraints.get("pattern", "")
    ):
        return False
    if column.name in _NAMES:
        return _PLAIN_WORDS.fullmatch(value) is not None and not is_placeholder(value)
    return value.isascii() and value[:1] not in ("", "#", "E")


def _outside_the_map(value: str) -> Error | None:
    """What is said of a code of a country that the map doesn't reach."""
    name = _other_countries().get(value.upper())
    if name is None:
        return None
    return (
        f"{value} ({name}) is not in the area of the map.",
        "If it is the right country, delete the row; else correct the code.",
    )


@cache
def _other_countries() -> dict[str, str]:
    """Code -> name of the countries that the map doesn't reach."""
    path = settings().schema_dir / "other_countries.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def _explain_day(value: str, column: Column) -> Error | None:
    """How a day or a month is to be written that is only written otherwise."""
    title = column.title
    days = [day for day in days_meant(value) if re.fullmatch(column.constraints["pattern"], day)]
    if days:
        return f"{title} is a day in another form.", f"Write {' or '.join(days)}."
    if _MONTH_OR_DAY.fullmatch(value):
        return (
            f"{title} may be a month or a day of it: “{_short(value)}”.",
            "Write year and month, such as 2026-11, or the whole day, such as 2026-11-25.",
        )
    return None


def _explain_text(value: str, column: Column) -> Error | None:
    """What a program has spoilt, or what only stands where a name should."""
    title = column.title
    if column.type != "string" or not value:
        return None
    if LOST in value:
        return f"{title} has lost a letter: “{LOST}” stands in its place.", "Type it again."
    if (meant := repair(value)) != value:
        return (
            f"{title} was read in the wrong encoding on the way.",
            f"Write “{_short(meant)}”, if that is meant.",
        )
    if column.name not in _NAMES:
        return None
    if column.name != "city" and has_markup(value):
        return (
            f"{title} holds markup of a web page.",
            "Write the text alone, without what is in < >.",
        )
    if (meant := without_entities(value)) != value:
        return f"{title} holds signs as web pages write them.", f"Write “{_short(meant)}”."
    if column.name == "city":
        return None
    if is_placeholder(value):
        return f"{title} is none: “{_short(value)}”.", "Write the name, or delete the row."
    if is_date(value):
        return (
            f"{title} is a date: “{_short(value)}”. Spreadsheet programs make one of some names.",
            "Format the cell as text, then type the name again.",
        )
    return None


def _explain_empty(column: Column) -> str:
    """What belongs in an empty cell, with its codes where they are known and few."""
    codes = column.constraints.get("enum") or list(BY_COLUMN.get(column.name, ()))
    listed = f" Codes: {', '.join(codes)}." if 0 < len(codes) <= MAX_CODES_LISTED else ""
    return f"Fill it in (column {column.name}): {column.description}{listed}"


def _explain_org_id(limits: Mapping[str, object]) -> str:
    """What to do about an identifier of no organisation, in its own row or in another file."""
    if limits.get("unique"):
        return (
            "Empty the cell: an organisation that is published is then recognised by its name and "
            "town, and a new one gets an identifier. Or write back the one it had, such as "
            "fr-secure-ic."
        )
    where = "Copy it from the column org_id of organisations.csv, such as fr-secure-ic"
    return f"{where}." if limits.get("required") else f"{where}, or empty the cell."


def _explain_spreadsheet_error(value: str, title: str) -> Error:
    if value == NO_RESULT:
        return (
            f"{title} holds a formula that was saved without its result.",
            "Open the file in its program, let it calculate, and save it again.",
        )
    return (
        f"{title} holds the error {value} of a spreadsheet formula.",
        "Open the file in its program, correct the formula, and save it again.",
    )


def _explain_number(value: str, column: Column, broken: Collection[str]) -> Error | None:
    limits, title = column.constraints, column.title
    is_year = column.name in YEAR_COLUMNS
    if is_year and (two := _TWO_DIGITS.fullmatch(value)):
        years = [y for y in (f"19{two[1]}", f"20{two[1]}") if int(y) <= datetime.now(UTC).year]
        return (
            f"{title} has two digits only.",
            f"Write all four digits of the year, such as {' or '.join(years)}.",
        )
    odd = column.type != "boolean" and value and not _NUMBER.fullmatch(value)
    if "type" in broken or odd:
        if column.name in ("lat", "lon") and (degrees := _decimal_degrees(value, column.name)):
            return (
                f"{title} must be a number: degrees with decimals, without signs and letters.",
                f"Write {degrees}.",
            )
        wanted = _WANTED[column.type]
        such = ", such as 2010" if is_year else ""
        return f"{title} must be {wanted}.", f"Write {wanted}{such}, or empty the cell."
    if "minimum" in broken or "maximum" in broken:
        return f"{title} is out of range.", _range(limits)
    is_past = column.name in ("founded", "status_year")
    if is_past and value and int(value) > datetime.now(UTC).year:
        return f"{title} lies in the future.", "Check the year."
    return None


def _decimal_degrees(value: str, column: str) -> str:
    """Decimal degrees of ``48°07'N``; empty if it can't be read or is of the other axis.

    Degrees + minutes / 60 + seconds / 3600, negative to the south and west.
    """
    match = _DEGREES.fullmatch(value)
    if not match:
        return ""
    before, degrees, minutes, seconds, after = match.groups()
    quarter = (before or after or "").upper()
    if (before and after) or (quarter and quarter not in ("NS" if column == "lat" else "EWO")):
        return ""
    whole, *parts = (float((part or "0").replace(",", ".")) for part in (degrees, minutes, seconds))
    # Without its quarter, O may be the east of a German or the west of a Frenchman.
    if quarter == "O" or max(parts) >= 60 or (quarter and degrees[0] in "+-"):
        return ""
    size = abs(whole) + parts[0] / 60 + parts[1] / 3600
    if size > (90 if column == "lat" else 180):
        return ""
    sign = -1 if quarter in ("S", "W") or degrees.startswith("-") else 1
    return f"{sign * size:.4f}".rstrip("0").rstrip(".")


def _explain_address(value: str, title: str, broken: Collection[str]) -> Error | None:
    reason = f"{title} is not a web address that can be linked to."
    if _WWW_ALONE.fullmatch(value):
        return reason, "This is only “www”: write the whole address, or empty the cell."
    if "pattern" not in broken:
        if value and web_address(value) is None:
            return (
                f"{title} is not the address of a public website.",
                "Write the address that everybody can open, or empty the cell.",
            )
        return _explain_alphabets(value, title)
    if _E_MAIL.fullmatch(value):
        return (
            f"{title} holds an e-mail address, not a web address.",
            "Write the address of a web page, such as https://www.example.eu.",
        )
    if _SEVERAL_ADDRESSES.search(value[:MAX_SHOWN]):
        return reason, "Several addresses are given: keep one that begins with https://."
    if any(character.isspace() for character in value):
        return reason, "Delete the spaces; it begins with https:// or http://, without spaces."
    return reason, "Write an address that begins with https:// or http://, without spaces."


def _explain_alphabets(value: str, title: str) -> Error | None:
    """A word with letters of two alphabets, one of which passes for a letter of the other."""
    if value.isascii() or not _OTHER_ALPHABET.search(value):
        return None
    for word in _WORD.finditer(value):
        alphabets = [_alphabet(letter) for letter in word[0]]
        if "Latin" not in alphabets:
            continue
        for alphabet, back in (("Cyrillic", _CYRILLIC), ("Greek", _GREEK)):
            theirs = [c for c, own in zip(word[0], alphabets, strict=True) if own == alphabet]
            if not any(c in _LOOKALIKES for c in theirs):
                continue
            latin = [c for c, own in zip(word[0], alphabets, strict=True) if own == "Latin"]
            # A foreign word in which a Latin letter slipped has others that no Latin one is like.
            is_foreign = not all(c in _LOOKALIKES for c in theirs) and all(c in back for c in latin)
            wrong, right = ("Latin", back) if is_foreign else (alphabet, _LOOKALIKES)
            at = next(i for i, c in enumerate(word[0]) if alphabets[i] == wrong and c in right)
            place = word.start() + at + 1
            meant = right[word[0][at]]
            return (
                f"{title} mixes Latin and {alphabet} letters in the word “{_short(word[0])}”: "
                f"character {place}, “{word[0][at]}”, is {wrong}.",
                f"Type the {alphabet if is_foreign else 'Latin'} letter {meant} in its place.",
            )
    return None


def _alphabet(letter: str) -> str:
    """First word of a letter's Unicode name, ``Latin``, which is its alphabet."""
    return unicodedata.name(letter, "?").split()[0].capitalize()


def _explain_code(value: str, column: Column, *, suggest: bool) -> Error:
    allowed = column.constraints.get("enum") or list(BY_COLUMN[column.name])
    items = value.split(column.separator) if column.separator else [value]
    unknown = [item for item in items if item not in allowed]
    if not unknown:
        return f"{column.title}: {len(items)} codes are too many.", column.description
    together = value.split(", ")
    if len(together) > 1 and all(code in allowed for code in together):
        several = ", ".join(_code_with_label(code, column.name) for code in together)
        what = column.title.lower()
        return (
            f"{column.title} holds {len(together)} codes: {several}.",
            f"Write one {what} a row: the one that fits best, such as that of the seat."
            if column.name == "country"
            else f"Write one {what} a row: the one that fits best.",
        )
    # Of two letters every other code is alike: Moldova's MD is no misspelt MK.
    is_country = column.name == "country"
    asked = [item for item in unknown if suggest and not (is_country and len(item) <= 2)]
    near = [code for item in asked for code in _nearest_codes(item, column, allowed)]
    known = f"Known codes: {', '.join(allowed)}." if len(allowed) <= MAX_CODES_LISTED else ""
    meant = _did_you_mean(_code_with_label(code, column.name) for code in near)
    return (
        f"Unknown code in {column.title}: {_short(', '.join(unknown))}.",
        f"{meant}{known}".strip() or column.description,
    )


def _code_with_label(code: str, column: str) -> str:
    """A code with the label that people know: ``"sme (SME or start-up)"``."""
    label = BY_COLUMN[column].label(code) if column in BY_COLUMN else code
    return code if label == code else f"{code} ({label})"


def _nearest_codes(value: str, column: Column, allowed: list[str]) -> list[str]:
    """Codes whose code, label or alias in any of the languages is most like a value."""
    word = fold(value[:MAX_SHOWN].translate(_LATIN))
    names = {name: code for name, code in _names(column.name).items() if code in allowed} or {
        fold(code): code for code in allowed
    }
    best = process.extract(
        word, list(names), scorer=fuzz.ratio, limit=6, score_cutoff=_MIN_LIKENESS_OF_WORDS
    )
    return list(dict.fromkeys(names[name] for name, *_ in best))[:2]


@cache
def _names(column: str) -> dict[str, str]:
    """Folded code, label or alias -> code of a column's vocabulary; empty if it has none."""
    return load_aliases(settings().schema_dir / "aliases.csv").get(column, {})


def _range(limits: Mapping[str, float]) -> str:
    low, high = limits.get("minimum"), limits.get("maximum")
    if high is None:
        return f"Write a number of at least {low}."
    return f"Write a number from {low} to {high}."


def _repeated_keys(frame: pd.DataFrame, schema: Schema, report: _Report) -> list[Rejection]:
    if not schema.primary_key:
        return []
    mend = (
        "Delete the row if it is the same organisation; else empty the cell, and another "
        "identifier is made for it."
        if schema.resource == "organisations"
        else "Delete the row if it is the same thing; else write another identifier."
    )
    first: dict[str, int] = {}
    found = []
    for row, key in _cells(frame[schema.primary_key]):
        if key and first.setdefault(key, row) != row:
            found.append(
                report.cell(
                    row,
                    schema.primary_key,
                    key,
                    f"The identifier is already in row {first[key]}.",
                    mend,
                    step="deduplicate",
                )
            )
    return found


def _nearest(value: str, known: Iterable[str]) -> list[str]:
    # By the whole of it: others have the same country and the same last word.
    best = process.extract(
        value, list(known), scorer=fuzz.ratio, limit=3, score_cutoff=MIN_LIKENESS
    )
    return [match[0] for match in best]


def _did_you_mean(near: Iterable[str]) -> str:
    names = list(dict.fromkeys(near))
    return f"Did you mean {' or '.join(names)}? " if names else ""


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
