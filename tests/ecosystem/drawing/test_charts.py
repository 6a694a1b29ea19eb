"""Charts as data: what they write, in which order, and what they leave out."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from ecosystem.drawing import charts, pictures

NAMES = {"ES11": "Galicia", "ES41": "Castilla y León", "fr-bretagne": "Brittany", "DEA": "NRW"}


@pytest.fixture
def shares() -> pd.DataFrame:
    """Of regions in an order that is not the alphabet's; the first has no organisation."""
    codes = ["cryptology", "software-hardware-security-engineering"]
    columns = {"ES11": None, "fr-bretagne": 0.14, "ES41": 0.18, "DEA": 0.0}
    return pd.DataFrame(columns, index=codes, dtype="float64")


@pytest.mark.parametrize("dark", [False, True])
def test_a_gap_in_the_heat_map_is_a_dash_and_zero_is_zero(shares: pd.DataFrame, dark: bool) -> None:
    written = _texts(charts.heat(shares, NAMES, dark=dark))
    assert written.count("–") == len(shares)
    assert written.count("0%") == len(shares)
    assert "null" not in written


def test_every_column_of_the_heat_map_has_its_head_in_the_order_chosen(
    shares: pd.DataFrame,
) -> None:
    spec = charts.heat(shares, NAMES)
    sort = [_said(head) for head in spec["encoding"]["x"]["sort"]]
    assert sort == [NAMES[region] for region in shares]
    written = " ".join(_texts(spec))
    assert [name for name in NAMES.values() if name not in written] == []


def test_names_that_are_alike_when_shortened_stay_two_columns(shares: pd.DataFrame) -> None:
    long = "A region with a name of very many words indeed "
    spec = charts.heat(shares, NAMES | {"ES11": f"{long} (ES11)", "ES41": f"{long} (ES41)"})
    assert len({row["region"] for row in spec["data"]["values"]}) == shares.shape[1]


@pytest.mark.parametrize("name", ["W" * 5000, "", "Weser-Ems and " * 300, "'\\\u200b</text>"])
def test_any_name_is_a_head(shares: pd.DataFrame, name: str) -> None:
    assert "14%" in _texts(charts.heat(shares, NAMES | {"ES11": name}))


def test_every_regions_line_is_in_the_legend(shares: pd.DataFrame) -> None:
    functions = shares.set_axis(["identify", "protect"])
    written = _texts(charts.parallel(functions, NAMES))
    assert [NAMES[region] for region in shares if NAMES[region] not in written] == []


def _texts(spec: charts.Spec) -> list[str]:
    root = ElementTree.fromstring(pictures.svg(spec))  # noqa: S314  (our own picture)
    return [_text(node) for node in root.iter() if node.tag.endswith("}text")]


def _text(node: Any) -> str:
    lines = [node.text or "", *("".join(child.itertext()) for child in node)]
    return " ".join(line for line in lines if line)


def _said(head: str) -> str:
    return re.sub(" ?\u200b", " ", head)
