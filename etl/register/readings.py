"""What was read otherwise than it was written, said with its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from etl.model import note_rows
from etl.nuts import editions
from etl.register.cells import territory
from etl.register.normalise import clean
from etl.register.texts import lost_letters
from etl.schema import Schema

# Columns whose cells may be read as something that isn't plain from what is written there.
_READ = ("city", "country", "nuts2_hint", "checked_on", "start_date", "end_date", "date")

_NAMES = ("name", "title", "city")


def reading_notes(
    written: pd.DataFrame,
    read: pd.DataFrame,
    schema: Schema,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Notes on cells that were read otherwise than written, each once with its rows.

    Parameters
    ----------
    written : pandas.DataFrame
        A register file as it stands there.
    read : pandas.DataFrame
        The same normalised, with the same index.
    schema : Schema
        Its schema.
    headers : mapping of str to str
        Column of the schema -> how the file calls it, where it has another name there.
    """
    notes: dict[str, list[int]] = {}
    index = read.index.to_numpy()
    for column in (name for name in _READ if name in schema.columns):
        header, before, now = headers.get(column, column), written[column], read[column]
        may_be_told = np.asarray(before.array != now.array, dtype=bool)
        if column == "nuts2_hint":
            # A code may be that of another edition though it stays as it is.
            may_be_told = may_be_told | now.isin(list(editions())).to_numpy(bool)
        at = np.flatnonzero(may_be_told)
        pairs = zip(index[at], before.iloc[at].tolist(), now.iloc[at].tolist(), strict=True)
        for row, as_written, as_read in pairs:
            for note in _notes(column, header, clean(as_written), as_read):
                notes.setdefault(note, []).append(int(row))
    for column in (name for name in _NAMES if name in schema.columns):
        for row, text in zip(index, read[column].tolist(), strict=True):
            if "?" in text and lost_letters(text):
                note = (
                    f"{headers.get(column, column)} “{text}” has a question mark inside a word; "
                    "perhaps a letter was lost there."
                )
                notes.setdefault(note, []).append(int(row))
    return [note_rows(schema.file, rows, note) for note, rows in notes.items()]


def _notes(column: str, header: str, before: str, now: str) -> Iterator[str]:
    if column == "country":
        place = territory(before) if before != now else None
        if place is not None:
            yield f"{header} “{before}” is read as {now}, region {place.region}."
    elif column == "nuts2_hint" and now in editions():
        other = editions()[now]
        yield (
            f"{header} “{before}” of NUTS {other.edition} is read as "
            f"{' or '.join(other.regions)} of NUTS 2021."
        )
    elif before and before.upper() != now.upper():
        edition = editions().get(before.upper()) if column == "nuts2_hint" else None
        of_edition = f" of NUTS {edition.edition}" if edition else ""
        yield f"{header} “{before}”{of_edition} is read as {now}."
