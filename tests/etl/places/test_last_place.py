"""What was published stays where it was, though its town can't be read any more."""

from __future__ import annotations

import pandas as pd

from etl.model import Rejection
from etl.places.gazetteer import Gazetteer
from etl.places.last_place import keep_last_places, keep_last_seats
from etl.places.locate import locate_seats
from etl.places.regions import Regions
from etl.schema import Schema

PLACE = {
    "place_id": "g2761369", "lon": 16.37, "lat": 48.21, "x": 1, "y": 2,
    "location_precision": "exact", "nuts0": "AT", "nuts1": "AT1", "nuts2": "AT13",
    "nuts3": "AT130", "city": "Wien", "country": "AT",
}  # fmt: skip


def lost(row: int) -> Rejection:
    return Rejection(
        "locate", "organisations.csv", row, "A", "city", "Wienx", "Unknown.", "Mend it."
    )


def test_only_what_was_published_stays() -> None:
    rows = pd.DataFrame(
        {"org_id": ["at-a", "at-b"], "name": ["A", "B"], "city": "Wienx", "country": "DE"},
        index=[2, 7],
    )
    published = pd.DataFrame([{"org_id": "at-a", **PLACE}])
    places, kept, told = keep_last_places(rows, [lost(2), lost(7)], published)
    assert places.loc[2, list(PLACE)].to_dict() == PLACE
    assert places["geoname_id"].tolist() == [2761369]
    assert [(one.row, one.org_id, one.written, one.city) for one in kept] == [
        (2, "at-a", "Wienx", "Wien")
    ]
    assert [r.mend for r in told] == [
        "Mend it. Until then it stays where it was published: Wien.",
        "Mend it.",
    ]


def test_nothing_stays_without_a_release_or_without_a_loss() -> None:
    rows = pd.DataFrame({"org_id": ["at-a"], "name": ["A"], "city": ["Wienx"]}, index=[2])
    assert keep_last_places(rows, [lost(2)], None)[1:] == ([], [lost(2)])
    published = pd.DataFrame([{"org_id": "at-a", **PLACE}])
    places, kept, told = keep_last_places(rows, [], published)
    assert (len(places), kept, told) == (0, [], [])


def test_a_seat_stays_unless_the_body_moved_out_of_the_map(
    schemas: dict[str, Schema], gazetteer: Gazetteer, regions: Regions
) -> None:
    cells = [("a", "Wienx", "AT"), ("b", "Singapore", "SG"), ("c", "Wienx", "AT"), ("d", "", "AT")]
    rows = pd.DataFrame(
        [{"investor_id": i, "name": i.upper(), "city": town, "country": country, "nuts2_hint": ""}
         for i, town, country in cells],
        index=range(2, 6),
    )  # fmt: skip
    published = pd.DataFrame([{"investor_id": i, **PLACE} for i in "abd"])
    seats, unplaced = locate_seats(rows, "investors.csv", gazetteer, regions)
    assert (len(seats), len(unplaced)) == (0, 3)
    kept, notes = keep_last_seats(rows, seats, schemas["investors"], published)
    assert kept["nuts3"].to_dict() == {2: "AT130"}
    assert kept["city"].to_dict() == {2: "Wien"}
    (note,) = notes
    assert note.startswith("investors.csv, row 2: A stays where it was published, Wien, ")
    assert keep_last_seats(rows, seats, schemas["investors"], None)[1] == []
