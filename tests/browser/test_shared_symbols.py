"""Symbols of the map hide none of each other: close towns share one, and all are counted."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.site import PHONE, WIDE, Site

Open = Callable[..., Site]
# Where a visitor goes from where the map begins: latitude, longitude, zoom.
NEARER = ((51, 7, 6), (48.9, 2.3, 9))
_GO = "([lat, lon, zoom]) => { window.map.setView([lat, lon], zoom, { animate: false }); }"
_DRAW = """(scene) => {
  const layer = L.featureGroup().addTo(window.map);
  CyberValleys.group?.remove();
  CyberValleys.draw(layer, scene);
}"""


def hidden(symbols: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Pairs of symbols of which one lies on the other, by what they count."""
    return [
        (a["n"], b["n"])
        for a, b in itertools.combinations(symbols, 2)
        if math.hypot(a["x"] - b["x"], a["y"] - b["y"]) < a["r"] + b["r"]
    ]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_symbol_hides_another_at_any_zoom(open_site: Open, size: tuple[int, int]) -> None:
    site, places = open_site(size=size), set()
    for level in ("organisations", "valley"):
        site.visit(f"/?level={level}")
        for at in (None, *NEARER):
            if at:
                site.map_scripts().evaluate(_GO, at)
            symbols = site.symbols()
            assert hidden(symbols) == []
            if level == "organisations":
                assert sum(s["n"] for s in symbols) == 465
                assert sum(sum(s["counts"]) for s in symbols) == 465
                places.add(sum(s["places"] for s in symbols))
    assert len(places) == 1


def test_at_the_nearest_zoom_towns_have_symbols_of_their_own(open_site: Open) -> None:
    site = open_site()
    site.visit("/?at=48.9,2.3,13")
    inside = [s for s in site.symbols() if s["places"] > 1]
    assert inside == []


@pytest.mark.parametrize("towns", [400, 1500])
def test_as_many_symbols_as_the_map_ever_gets_share_and_add_up(open_site: Open, towns: int) -> None:
    site = open_site()
    site.visit()
    frame, some = site.map_scripts(), random.Random(7)  # noqa: S311
    rows = []
    for i in range(towns):
        lon, lat = some.gauss(8, 6), some.gauss(49, 4)
        labelled = some.choice([0, 0, 1])
        counts = [0, max(1, int(some.paretovariate(0.8)) % 90_000), 2, some.randint(1, 9)]
        rows.append([f"t{i}", f"Town {i}", round(lon, 3), round(lat, 3), counts, labelled])
    total = sum(row[4][1] + row[4][3] for row in rows)
    sealed = sum(row[5] for row in rows)
    # Two towns at one point can't be parted by any zoom.
    rows[1][2:4] = rows[0][2:4]
    scene = {"kind": "place", "symbols": rows, "selected": "t5", "fit": {"key": "", "box": None}}
    frame.evaluate(_DRAW, scene)
    for zoom in (3, 4, 5.5, 7, 10):
        frame.evaluate("(zoom) => { window.map.setZoom(zoom, { animate: false }); }", zoom)
        symbols = site.symbols()
        assert hidden(symbols) == []
        assert sum(s["n"] for s in symbols) == total
        assert sum(s["labelled"] for s in symbols) == sealed
        assert sum(s["places"] for s in symbols) == towns
        assert sum(s["isSelected"] for s in symbols) == 1
    frame.evaluate(
        "([lat, lon]) => { window.map.setView([lat, lon], 18, { animate: false }); }",
        [rows[0][3], rows[0][2]],
    )
    twins = next(s for s in site.symbols() if s["places"] == 2)
    site.page.mouse.click(twins["x"], twins["y"])
    buttons = site.map.locator(".cv-among button")
    assert sorted(text.split(" (")[0] for text in buttons.all_inner_texts()) == ["Town 0", "Town 1"]
