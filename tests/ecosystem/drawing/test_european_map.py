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
    assert texts == ["Lead +1", "Tallinn"] * 2  # for a wide picture and for a narrow one
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
    (text,) = set(re.findall(r"<text.*?>(.*?)</text>", svg))
    assert text == "&lt;/text&gt;&lt;script&gt;x&lt;/script&gt;&amp;"
    ElementTree.fromstring(svg)


def test_names_can_be_read_on_a_screen_of_any_width(database: Database) -> None:
    svg = european_map.draw(database, points((4.35, 50.85, "Brussels", True)), [])
    drawn = int(re.findall(r'width="(\d+)"', svg)[0])
    assert f"@media(max-width:{european_map.NARROW_BELOW}px)" in svg
    sizes = [int(size) for size in re.findall(r'font-size="(\d+)"', svg)]
    assert sizes == [european_map.WIDE_FONT, european_map.NARROW_FONT]
    # As narrow as each of the two is shown: a phone of 320 px leaves 290.
    for size, narrowest in zip(sizes, (european_map.NARROW_BELOW, 290), strict=True):
        assert size * narrowest / drawn >= 11


def test_names_cover_neither_each_other_nor_the_edge(database: Database) -> None:
    towns = [(lon / 2, 50 + lat / 3, f"Town {lon}.{lat}", False)
             for lon in range(6, 24) for lat in range(6)]  # fmt: skip
    svg = ElementTree.fromstring(european_map.draw(database, points(*towns), []))
    groups = [g for g in svg.iter() if g.get("class") in ("cv-wide-names", "cv-narrow-names")]
    wide, narrow = ([text for text in group if text.tag.endswith("text")] for group in groups)
    assert len(wide) > len(narrow) > 0
    for shown in (wide, narrow):
        lines = sorted(float(text.get("y", "")) for text in shown)
        assert min(lines) > 0
        assert max(lines) < float(svg.get("height", ""))
