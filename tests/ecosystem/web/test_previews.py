"""The pictures of link previews: there, of the right size, and texts stay texts in them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from defusedxml import ElementTree
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.drawing import preview
from ecosystem.ui import streamlit_internals
from ecosystem.web import previews, shell

BASE = "https://valleys.example"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def client(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", BASE)
    settings.cache_clear()
    pages = shell.routes(streamlit_internals.static_folder())
    return TestClient(Starlette(routes=[*previews.routes(), *pages]))


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    "path", ["/", "/region?region=FRH0", "/organisation?org=at-limes-security-gmbh", "/about"]
)
def test_a_page_names_a_picture_that_is_there(client: TestClient, path: str) -> None:
    text = client.get(path).text
    address = text.partition('property="og:image" content="')[2].partition('"')[0]
    answer = client.get(address.removeprefix(BASE))
    assert answer.headers["content-type"] == "image/png"
    assert size(answer.content) == (preview.WIDTH, preview.HEIGHT)


@pytest.mark.parametrize("path", ["/preview/region/zz.png", "/preview/organisation/zz-none.png"])
def test_what_is_not_there_has_no_picture(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_texts_stay_texts_and_are_cut_where_there_is_no_room() -> None:
    hostile = "</text><script>alert(1)</script>\x07\u2028"
    root = ElementTree.fromstring(preview.svg(hostile, hostile + " word" * 400, ""))
    assert root.find(f".//{SVG}script") is None
    lines = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert "<script>" in "".join(lines)
    assert lines[-1].endswith("…")
    tops = [float(element.get("y", "0")) for element in root.iter(f"{SVG}text")]
    assert max(tops) < preview.HEIGHT


def test_a_map_fits_beside_the_words() -> None:
    map_ = '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="518" viewBox="0 0 9 9"/>'
    root = ElementTree.fromstring(preview.svg("A", "B", map_))
    inner = root.find(f"{SVG}svg")
    assert inner is not None
    assert float(inner.get("x")) + float(inner.get("width")) <= preview.WIDTH
    assert float(inner.get("y")) + float(inner.get("height")) <= preview.HEIGHT
