"""Chart pictures: drawn offline, with the site's font."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd
import pytest

from ecosystem.common.vocabulary import TYPES
from ecosystem.drawing import charts, pictures

HOSTILE = '<script>alert("x")</script> & #{} $1 `${1}`'


def test_an_svg_is_well_formed_and_holds_its_texts_as_text() -> None:
    spec = charts.bars(pd.Series({"a": 3, "b": 1}), {"a": "Ελλάδα ħ ș ő", "b": HOSTILE})
    root = ElementTree.fromstring(pictures.svg(spec))  # noqa: S314  (our own picture)
    texts = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]
    assert "Ελλάδα ħ ș ő" in texts
    assert HOSTILE in texts
    assert not [node for node in root.iter() if node.tag.endswith(("}image", "}script"))]


def test_the_font_is_the_sites_and_is_there() -> None:
    svg = pictures.svg(charts.bars(pd.Series({"sme": 1}), TYPES.labels()))
    assert pictures.FONT in svg
    folder = pictures.font_folder()
    assert folder is not None
    assert list(folder.glob("*Regular.[ot]tf"))


def test_the_same_chart_gives_the_same_picture() -> None:
    spec = charts.bars(pd.Series({"sme": 2, "csirt": 1}), TYPES.labels())
    assert pictures.svg(spec) == pictures.svg(spec)


def test_data_from_elsewhere_is_refused() -> None:
    spec = {"data": {"url": "https://example.org/data.json"}, "mark": "bar", "encoding": {}}
    with pytest.raises(ValueError, match="not allowed"):
        pictures.svg(spec)


def test_a_specifications_own_settings_win() -> None:
    spec = charts.bars(pd.Series({"sme": 1}), TYPES.labels())
    assert 'fill="#123456"' in pictures.svg({**spec, "config": {"axis": {"labelColor": "#123456"}}})
