"""Find where each organisation is: its town, its NUTS regions, and how sure that is.

Nothing is guessed in silence: a town that isn't known, or that could be one of several, is
rejected with the candidates, unless the website's ending or another row of the organisation
settles it; that is noted. A point that contradicts the hint is refused, one far from the town is
noted. Bodies beside the organisations (investors, network) may sit
anywhere in the world: what can't be placed among the regions is noted. Coordinates are lon/lat
in EPSG:4326; ``x`` and ``y`` are whole metres east and south of the north-west corner of Web
Mercator (EPSG:3857).
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from ecosystem.common.links import host
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.common.web_mercator import to_metres
from etl.model import Rejection, Track, no_progress, note_rows
from etl.nuts import prefixes
from etl.places.distance import great_circle_km
from etl.places.endings import region_of_ending
from etl.places.gazetteer import Gazetteer
from etl.places.regions import ID_LENGTHS, Regions
from etl.places.towns import Answer, Question, answer_questions
from etl.tuples import numbered_tuples

# A point this far from its town is no suburb of it.
FAR_KM = 30.0
# A host that so many organisations have is one of all of them, such as a network of people.
_MAX_NAMES_OF_HOST = 3


class Located(NamedTuple):
    """What was found.

    Attributes
    ----------
    rows : pandas.DataFrame
        For each located row, by the index of the register: ``place_id, geoname_id, town, lon, lat,
        x, y, location_precision, nuts0`` to ``nuts3``.
    rejections : list of Rejection
        The rows that couldn't be located.
    notes : list of str
        What was assumed, or looks wrong.
    """

    rows: pd.DataFrame
    rejections: list[Rejection]
    notes: list[str]


def locate(
    organisations: pd.DataFrame,
    gazetteer: Gazetteer,
    regions: Regions,
    *,
    track: Track = no_progress,
) -> Located:
    """Locate the rows of the register.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Valid rows with ``name, city, country, nuts2_hint, website, lat, lon`` as text; the index
        is the spreadsheet's row number.
    gazetteer : Gazetteer
        Towns.
    regions : Regions
        NUTS regions.
    track : Track, optional
        Shows progress.
    """
    has_point = (organisations["lat"] != "") | (organisations["lon"] != "")
    by_point, wrong = _from_coordinates(organisations[has_point], regions)
    far = _far_from_town(organisations.loc[by_point.index], gazetteer)
    by_name, unknown, assumed = _from_names(organisations[~has_point], gazetteer, regions, track)
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
    return Located(located, [*wrong, *unknown], [*far, *assumed])


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
    placed = {row: answer for row, answer in found.items() if answer.row >= 0}
    notes += _notes_of(file, placed)
    located = _at_towns(placed, gazetteer, regions)
    return located[["lon", "lat"]].assign(**_nuts(located["nuts3"])), notes


def _from_names(
    organisations: pd.DataFrame, gazetteer: Gazetteer, regions: Regions, track: Track
) -> tuple[pd.DataFrame, list[Rejection], list[str]]:
    questions = _questions(organisations)
    answers = answer_questions(
        list(dict.fromkeys(questions.values())), gazetteer, regions, track=track
    )
    chosen = {row: answers[q] for row, q in questions.items() if answers[q].row >= 0}
    open_rows = {row: q for row, q in questions.items() if row not in chosen}
    chosen |= _settle(organisations, open_rows, answers, chosen, gazetteer, regions)
    rejections = [
        _rejection(organisations, row, "city", answers[q].reason, answers[q].mend)
        for row, q in open_rows.items()
        if row not in chosen
    ]
    in_order = {row: chosen[row] for row in questions if row in chosen}
    notes = _notes_of("organisations.csv", in_order)
    return _at_towns(in_order, gazetteer, regions), rejections, notes


def _notes_of(file: str, answers: dict[int, Answer]) -> list[str]:
    """What was assumed about towns, each once with its rows."""
    rows: dict[str, list[int]] = {}
    for row, answer in answers.items():
        if answer.note:
            rows.setdefault(answer.note, []).append(row)
    return [note_rows(file, numbers, note) for note, numbers in rows.items()]


def _settle(
    organisations: pd.DataFrame,
    open_rows: dict[int, Question],
    answers: dict[Question, Answer],
    chosen: dict[int, Answer],
    gazetteer: Gazetteer,
    regions: Regions,
) -> dict[int, Answer]:
    """Answers for towns that may be one of several, where something else in the register tells.

    That is the ending of the website, if it is that of a region, else where the other rows of the
    organisation are: those with its name, or with its website.
    """
    unsure = {row: q for row, q in open_rows.items() if not q.hint and answers[q].candidates}
    if not unsure or "website" not in organisations.columns:
        return {}
    same = _Same(organisations, chosen)
    clues: dict[int, tuple[Question, str]] = {}
    for row, question in unsure.items():
        ending, region = region_of_ending(str(organisations.at[row, "website"]))
        why = f"as the ending .{ending} of its website says"
        if not region:
            other, region = same.region(row, question.country)
            why = f"where row {other:,} has the same organisation"
        if region:
            clues[row] = (question._replace(hint=region), why)
    asked = list(dict.fromkeys(question for question, _ in clues.values()))
    told = answer_questions(asked, gazetteer, regions)
    return {
        row: replace(
            told[question],
            precision="hint",
            note=f"{question.city} can be one of several towns; it was placed in "
            f"{told[question].nuts3[:4]}, {why}.",
        )
        for row, (question, why) in clues.items()
        if told[question].row >= 0
    }


class _Same:
    """Rows of a register that are of one organisation.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Rows with ``name, country, website``.
    chosen : dict of int to Answer
        Where some of them are.
    """

    def __init__(self, organisations: pd.DataFrame, chosen: dict[int, Answer]) -> None:
        self._names = organisations["name"].map(fold).to_dict()
        self._hosts = organisations["website"].map(lambda text: host(text) if text else "")
        names = pd.Series(self._names).groupby(self._hosts).nunique()
        self._shared = set(names.index[names > _MAX_NAMES_OF_HOST])
        self._countries = organisations["country"].to_dict()
        self._rows: dict[str, list[int]] = {}
        for row in chosen:
            for key in {self._names[row], self._hosts[row]}:
                self._rows.setdefault(key, []).append(row)
        self._chosen = chosen

    def region(self, row: int, country: str) -> tuple[int, str]:
        """Another row of the organisation and the NUTS 2 region that all of them are in."""
        for key in (self._names[row], self._hosts[row]):
            if not key or key in self._shared:
                continue
            rows = [r for r in self._rows.get(key, []) if self._countries[r] == country]
            found = {self._chosen[r].nuts3[:4] for r in rows}
            if len(found) == 1:
                return rows[0], found.pop()
        return 0, ""


def _questions(rows: pd.DataFrame) -> dict[int, Question]:
    """What to ask for each row."""
    asked = numbered_tuples(rows, "city", "country", "nuts2_hint")
    return {row: Question(*value) for row, value in asked}


def _at_towns(chosen: dict[int, Answer], gazetteer: Gazetteer, regions: Regions) -> pd.DataFrame:
    """The located rows, each at the town that was chosen for it, or in its part of it."""
    places = gazetteer.places.loc[[answer.row for answer in chosen.values()]]
    located = pd.DataFrame(
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
    for region in sorted({answer.region for answer in chosen.values()} - {""}):
        rows = [row for row, answer in chosen.items() if answer.region == region]
        middle = regions.middle(region)
        located.loc[rows, ["lon", "lat"]] = [middle.lon, middle.lat]
        located.loc[rows, "place_id"] += f"-{region.lower()}"
    return located


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
            continue
        hint = str(organisations.at[row, "nuts2_hint"])
        if not region.startswith(prefixes(hint)):
            reason = f"The coordinates lie in {region[:4]}, but nuts2_hint says {hint}."
            mend = "Correct the one or the other; without coordinates the town's name decides."
            rejections.append(_rejection(rows, row, "lat", reason, mend))
    refused = {rejection.row for rejection in rejections}
    inside = ~rows.index.isin(list(refused))
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


def _far_from_town(organisations: pd.DataFrame, gazetteer: Gazetteer) -> list[str]:
    """Notes on points that lie far from every town of the name that stands beside them."""
    notes = []
    columns = ["city", "country", "lat", "lon"]
    for row, city, country, *point in organisations[columns].itertuples(name=None):
        named = gazetteer.rows_named(city, country) + gazetteer.rows_abbreviated_as(city, country)
        towns = gazetteer.places.loc[
            list(dict.fromkeys([*named, *gazetteer.rows_also_named(city, country)]))
        ]
        if towns.empty:
            continue
        lat, lon = map(float, point)
        away = great_circle_km(lat, lon, towns["lat"].to_numpy(), towns["lon"].to_numpy()).min()
        if away > FAR_KM:
            whole = ", in whole degrees," if lat.is_integer() and lon.is_integer() else ""
            notes.append(
                note_rows(
                    "organisations.csv",
                    [row],
                    f"the point {lat:g}, {lon:g}{whole} lies {away:,.0f} km from {city}; check "
                    "town and coordinates.",
                )
            )
    return notes


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
