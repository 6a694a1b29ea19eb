"""The plain map of Europe: what it marks, names and leaves out."""

from __future__ import annotations

import re

import pandas as pd
from defusedxml import ElementTree

from ecosystem.common.store import Database
from ecosystem.drawing import european_map


def points(*rows: tuple[float | None, float | None, str, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lon", "lat", "label", "leads"])


def test_places_are_marked_once_with_how_many_are_there(database: Database) -> None:
    there = points(
        (-1.68, 48.11, "Lead", True),
        (-1.68, 48.11, "Second", False),
        (24.75, 59.44, "Tallinn", False),
        (None, None, "Nowhere", False),
        (-74.0, 40.7, "New York", False),
    )
    svg = ElementTree.fromstring(european_map.draw(database, there, ["fr-bretagne", "EE"]))
    circles = [element for element in svg.iter() if element.tag.endswith("circle")]
    assert len(circles) == 2
    texts = [element.text for element in svg.iter() if element.tag.endswith("text")]
    assert texts == ["Lead +1", "Tallinn"]
    west, east = (float(circle.get("cx", "")) for circle in circles)
    north = float(circles[1].get("cy", ""))
    assert west < east
    assert north < float(circles[0].get("cy", ""))


def test_nothing_in_europe_is_no_map(database: Database) -> None:
    assert european_map.draw(database, points((-74.0, 40.7, "New York", False)), []) == ""


def test_hostile_names_stay_text(database: Database) -> None:
    name = "</text><script>x</script>\x07&\x00"
    svg = european_map.draw(database, points((4.35, 50.85, name, True)), [])
    assert "<script" not in svg
    (text,) = re.findall(r"<text.*?>(.*)</text>", svg)
    assert text == "&lt;/text&gt;&lt;script&gt;x&lt;/script&gt;&amp;"
    ElementTree.fromstring(svg)
