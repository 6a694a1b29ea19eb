"""What is published and can't be placed now stays where it was published.

A mistyped town must take nobody off the map. It is told, and asked about at every check until it
is corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ecosystem.common.vocabulary import COUNTRIES
from etl.model import Rejection, note_rows
from etl.schema import Schema

# Where an organisation is, and what says so; both change together.
_WHERE = [
    "place_id", "geoname_id", "town", "lon", "lat", "x", "y", "location_precision", "nuts0",
    "nuts1", "nuts2", "nuts3",
]  # fmt: skip
_SAID = ["city", "country"]


@dataclass(frozen=True)
class Kept:
    """A row that stays where it was published.

    Attributes
    ----------
    row : int
        Its number in the file.
    org_id, name : str
        The organisation.
    written, city : str
        What the file says, and the town where it stays.
    """

    row: int
    org_id: str
    name: str
    written: str
    city: str


def keep_last_places(
    organisations: pd.DataFrame,
    unlocated: Sequence[Rejection],
    published: pd.DataFrame | None,
) -> tuple[pd.DataFrame, list[Kept], list[Rejection]]:
    """Where rows that couldn't be located were published.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Valid rows with ``org_id, name, city``; the index is the spreadsheet's row number.
    unlocated : sequence of Rejection
        Those that couldn't be located.
    published : pandas.DataFrame or None
        Table ``organisation`` of the current release; None if there is none.

    Returns
    -------
    places : pandas.DataFrame
        By the index of the register, as :class:`etl.places.locate.Located` has it, with ``city``
        and ``country`` as published.
    kept : list of Kept
        Which rows these are.
    unlocated : list of Rejection
        All that were given; of rows that are kept, the remedy says so.
    """
    known = pd.DataFrame(columns=["org_id"]) if published is None else published
    known = known.drop_duplicates("org_id").set_index("org_id")
    ids = {r.row: str(organisations.at[r.row, "org_id"]) for r in unlocated}
    ids = {row: org_id for row, org_id in ids.items() if org_id in known.index}
    # A release doesn't say how the gazetteer calls the town, but by its number.
    places = known.loc[list(ids.values())].reindex(columns=[*_WHERE, *_SAID])
    numbers = places["place_id"].astype("str").str.extract(r"^g(\d+)", expand=False)
    places = places.assign(town=places["city"], geoname_id=numbers.astype("Int64"))
    places = places.set_axis(pd.Index(list(ids), name="row", dtype="int64"))
    kept = [
        Kept(
            row,
            org_id,
            str(organisations.at[row, "name"]),
            str(organisations.at[row, "city"]),
            str(places.at[row, "city"]),
        )
        for row, org_id in ids.items()
    ]
    stays = {one.row: f"Until then it stays where it was published: {one.city}." for one in kept}
    told = [replace(r, mend=f"{r.mend} {stays[r.row]}") if r.row in stays else r for r in unlocated]
    return places, kept, told


def keep_last_seats(
    rows: pd.DataFrame, seats: pd.DataFrame, schema: Schema, published: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[str]]:
    """Where bodies were published whose town can't be placed now, though their country can.

    Parameters
    ----------
    rows : pandas.DataFrame
        Valid rows with ``name, city, country``; the index is the spreadsheet's row number.
    seats : pandas.DataFrame
        From :func:`etl.places.locate.locate_seats`.
    schema : Schema
        Schema of the register file.
    published : pandas.DataFrame or None
        Its table in the current release; None if there is none.

    Returns
    -------
    seats : pandas.DataFrame
        By the index of `rows`: columns as `seats`, with ``city`` and ``country`` as published.
    notes : list of str
        Which bodies these are.
    """
    columns = [*seats.columns, *_SAID]
    nowhere = rows[(rows["city"] != "") & rows["country"].isin(list(COUNTRIES))]
    nowhere = nowhere[~nowhere.index.isin(seats.index)]
    if published is None or not {schema.primary_key, *columns} <= {*published}:
        return pd.DataFrame(columns=columns, index=nowhere.index[:0]), []
    known = published[published["nuts3"].notna()].set_index(schema.primary_key)
    kept = nowhere[nowhere[schema.primary_key].isin(known.index)]
    where = known.loc[kept[schema.primary_key], columns].set_axis(kept.index)
    notes = [
        note_rows(
            schema.file,
            [row],
            f"{name} stays where it was published, {city}, for the town {written} can't be placed.",
        )
        for (row, name, written), city in zip(
            kept[["name", "city"]].itertuples(name=None), where["city"], strict=True
        )
    ]
    return where, notes
