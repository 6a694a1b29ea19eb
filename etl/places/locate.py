"""Find where each organisation is: its town, its NUTS regions, and how sure that is.

Nothing is guessed in silence: a town that isn't known, or that could be one of several, is
rejected with the candidates. Bodies beside the organisations (investors, network) may sit
anywhere in the world: what can't be placed among the regions is noted. Coordinates are lon/lat
in EPSG:4326; ``x`` and ``y`` are whole metres east and south of the north-west corner of Web
Mercator (EPSG:3857).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.common.web_mercator import to_metres
from etl.model import Rejection, Track, no_progress
from etl.places.gazetteer import Gazetteer
from etl.places.regions import ID_LENGTHS, Regions
from etl.places.towns import Answer, Question, answer_questions


def locate(
    organisations: pd.DataFrame,
    gazetteer: Gazetteer,
    regions: Regions,
    *,
    track: Track = no_progress,
) -> tuple[pd.DataFrame, list[Rejection]]:
    """Locate the rows of the register.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Valid rows with ``name, city, country, nuts2_hint, lat, lon`` as text; the index is the
        spreadsheet's row number.
    gazetteer : Gazetteer
        Towns.
    regions : Regions
        NUTS regions.
    track : Track, optional
        Shows progress.

    Returns
    -------
    located : pandas.DataFrame
        For each located row, by the same index: ``place_id, geoname_id, town, lon, lat, x, y,
        location_precision, nuts0`` to ``nuts3``.
    rejections : list of Rejection
        The rows that couldn't be located.
    """
    has_point = (organisations["lat"] != "") | (organisations["lon"] != "")
    by_point, wrong = _from_coordinates(organisations[has_point], regions)
    by_name, unknown = _from_names(organisations[~has_point], gazetteer, regions, track)
    located = pd.concat([by_point, by_name]).reindex(
        organisations.index.intersection([*by_point.index, *by_name.index])
    )
    x, y = (
        np.rint(metres).astype(np.int64) for metres in to_metres(located["lon"], located["lat"])
    )
    at_point = located["place_id"] == ""
    place_id = located["place_id"].where(
        ~at_point, [f"c{a}-{b}" for a, b in zip(x, y, strict=True)]
    )
    located = located.assign(place_id=place_id, x=x, y=y, **_nuts(located["nuts3"]))
    return located, [*wrong, *unknown]


def locate_seats(
    rows: pd.DataFrame, file: str, gazetteer: Gazetteer, regions: Regions
) -> tuple[pd.DataFrame, list[str]]:
    """Locate the seats of bodies that needn't lie in a region, such as investors.

    Parameters
    ----------
    rows : pandas.DataFrame
        Valid rows with ``name, city, country, nuts2_hint`` as text; the index is the
        spreadsheet's row number. Where no town is given, nothing is looked for.
    file : str
        Their register file, for the notes.
    gazetteer : Gazetteer
        Towns.
    regions : Regions
        NUTS regions.

    Returns
    -------
    located : pandas.DataFrame
        For each located row, by the same index: ``lon, lat, nuts0`` to ``nuts3``.
    notes : list of str
        The rows whose town couldn't be placed, with the candidates; a sentence or two each.
    """
    questions = _questions(rows[rows["city"] != ""])
    inside = {row: question for row, question in questions.items() if question.country in COUNTRIES}
    answers = answer_questions(list(dict.fromkeys(inside.values())), gazetteer, regions)
    found = {row: answers[question] for row, question in inside.items()}
    names = dict(zip(rows.index.tolist(), rows["name"], strict=True))
    notes = [
        f"{file}, row {row}, {names[row]}: in no region. {_why_unplaced(asked, found.get(row))}"
        for row, asked in questions.items()
        if row not in found or found[row].row < 0
    ]
    located = _at_towns({row: a for row, a in found.items() if a.row >= 0}, gazetteer)
    return located[["lon", "lat"]].assign(**_nuts(located["nuts3"])), notes


def _from_names(
    organisations: pd.DataFrame, gazetteer: Gazetteer, regions: Regions, track: Track
) -> tuple[pd.DataFrame, list[Rejection]]:
    questions = _questions(organisations)
    answers = answer_questions(
        list(dict.fromkeys(questions.values())), gazetteer, regions, track=track
    )
    rejections: list[Rejection] = []
    chosen: dict[int, Answer] = {}
    for row, question in questions.items():
        answer = answers[question]
        if answer.row >= 0:
            chosen[row] = answer
        else:
            rejections.append(_rejection(organisations, row, "city", answer.reason, answer.mend))
    return _at_towns(chosen, gazetteer), rejections


def _questions(rows: pd.DataFrame) -> dict[int, Question]:
    """What to ask for each row."""
    columns = ["city", "country", "nuts2_hint"]
    values = rows[columns].itertuples(index=False, name=None)
    return {row: Question(*value) for row, value in zip(rows.index.tolist(), values, strict=True)}


def _at_towns(chosen: dict[int, Answer], gazetteer: Gazetteer) -> pd.DataFrame:
    """The located rows, each at the town that was chosen for it."""
    places = gazetteer.places.loc[[answer.row for answer in chosen.values()]]
    return pd.DataFrame(
        {
            "place_id": places["place_id"].to_numpy(),
            "geoname_id": places["geoname_id"].array,
            "town": places["name"].to_numpy(),
            "lon": places["lon"].to_numpy(float),
            "lat": places["lat"].to_numpy(float),
            "location_precision": [answer.precision for answer in chosen.values()],
            "nuts3": pd.array([answer.nuts3 for answer in chosen.values()], dtype="str"),
        },
        index=pd.Index(list(chosen), name="row", dtype="int64"),
    )


def _nuts(nuts3: pd.Series) -> dict[str, pd.Series]:
    return {f"nuts{level}": nuts3.str[:n] for level, n in ID_LENGTHS.items()}


def _why_unplaced(question: Question, answer: Answer | None) -> str:
    if not question.country:
        return f"{question.city} has no country."
    if answer is None:
        return f"{question.city} ({question.country}) lies outside the NUTS area."
    if not answer.candidates:
        return answer.reason
    return (
        f"{answer.reason} Candidates: {', '.join(answer.candidates)}; correct the town or fill in "
        "nuts2_hint."
    )


def _from_coordinates(
    organisations: pd.DataFrame, regions: Regions
) -> tuple[pd.DataFrame, list[Rejection]]:
    complete = (organisations["lat"] != "") & (organisations["lon"] != "")
    rejections = [
        _rejection(
            organisations,
            row,
            "lat" if organisations.at[row, "lat"] == "" else "lon",
            "Latitude and longitude must be given together.",
            "Fill in the missing one, or empty both and let the gazetteer find the town.",
        )
        for row in organisations.index[~complete].tolist()
    ]
    rows = organisations[complete]
    lon = np.asarray(rows["lon"].astype("float64"), dtype=np.float64)
    lat = np.asarray(rows["lat"].astype("float64"), dtype=np.float64)
    country = rows["country"].to_numpy(object)
    nuts3 = regions.locate(lon, lat, country)
    swapped = regions.locate(lat, lon, country)
    for row, region, other, code in zip(rows.index.tolist(), nuts3, swapped, country, strict=True):
        if not region:
            cells = organisations.loc[row, ["lat", "lon"]]
            mend = (
                f"Latitude and longitude look swapped: write {cells['lon']} into lat and "
                f"{cells['lat']} into lon."
                if other
                else "Correct them, or empty both and let the gazetteer find the town."
            )
            reason = f"The coordinates lie outside {COUNTRIES.label(code)}."
            rejections.append(_rejection(rows, row, "lat", reason, mend))
    inside = nuts3 != ""
    located = pd.DataFrame(
        {
            "place_id": "",
            "geoname_id": pd.array([pd.NA] * inside.sum(), dtype="Int64"),
            "town": rows["city"].to_numpy(object)[inside],
            "lon": lon[inside],
            "lat": lat[inside],
            "location_precision": "register",
            "nuts3": nuts3[inside],
        },
        index=pd.Index(rows.index[inside], name="row", dtype="int64"),
    )
    return located, rejections


def _rejection(
    organisations: pd.DataFrame, row: int, column: str, reason: str, mend: str
) -> Rejection:
    cells = {name: str(value) for name, value in organisations.loc[row].items()}
    value = f"{cells['lat']}, {cells['lon']}" if column in ("lat", "lon") else cells[column]
    return Rejection("locate", "organisations.csv", row, cells["name"], column, value, reason, mend)


def place_table(organisations: pd.DataFrame) -> pd.DataFrame:
    """Rows of the ``place`` table: one a town, named as most of its organisations write it.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Located rows of the register.
    """
    spellings = (
        organisations.groupby(["place_id", "city"])
        .size()
        .rename("n")
        .reset_index()
        .sort_values(["place_id", "n", "city"], ascending=[True, False, True])
        .drop_duplicates("place_id")
        .set_index("place_id")["city"]
    )
    columns = ["place_id", "country", "geoname_id", "lon", "lat", "x", "y"]
    places = organisations[[*columns, *(f"nuts{level}" for level in ID_LENGTHS)]]
    places = places.drop_duplicates("place_id").sort_values("place_id")
    return places.assign(name=places["place_id"].map(spellings))
