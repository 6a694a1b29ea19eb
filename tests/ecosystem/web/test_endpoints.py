"""Addresses beside the pages: what they answer when the release's file fails them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.common.store import pointed_at
from ecosystem.web import routes, serving

ORGANISATION = "/profile/at-limes-security-gmbh"


@pytest.fixture
def folder(releases_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A release that this process serves, and an older one of the same content."""
    folder = Path(shutil.copytree(releases_dir, tmp_path / "releases"))
    release_id = pointed_at(folder)
    for ending in ("duckdb", "json"):
        shutil.copy(folder / f"{release_id}.{ending}", folder / f"2000-older.{ending}")
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(folder))
    settings.cache_clear()
    # As where the file system does not tell that a file was touched.
    monkeypatch.setattr(serving, "stamp", lambda folder: ("as it was", folder))
    yield folder
    settings.cache_clear()


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes.routes()))


def _spoil(folder: Path, release_id: str) -> None:
    path = folder / f"{release_id}.duckdb"
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(3 * 4096)
        file.write(os.urandom(size - 3 * 4096))


@pytest.mark.parametrize("address", [ORGANISATION, "/feed.xml", "/sitemap-1.xml"])
def test_a_release_damaged_while_served_is_replaced_within_the_same_answer(
    folder: Path, client: TestClient, address: str
) -> None:
    serving.database()
    _spoil(folder, pointed_at(folder))
    assert client.get(address).status_code == 200
    assert serving.database().release.release_id == "2000-older"


@pytest.mark.parametrize(
    "address",
    [ORGANISATION, f"{ORGANISATION}/jsonld", "/feed.xml", "/feed/AT31.xml", "/sitemap.xml",
     "/sitemap-1.xml", "/geo/any/land.json"],
)  # fmt: skip
def test_without_any_good_release_the_answer_is_a_sentence(
    folder: Path, client: TestClient, address: str
) -> None:
    for release_id in (pointed_at(folder), "2000-older"):
        _spoil(folder, release_id)
    answer = client.get(address)
    assert answer.status_code == 503
    assert "cyber-valleys refresh" in answer.json()["error"]


@pytest.mark.parametrize(
    "address",
    [
        "/profile/nobody",
        "/feed/nowhere.xml",
        "/sitemap-9.xml",
        "/sitemap-0.xml",
        f"/sitemap-{'9' * 20}.xml",
        f"/sitemap-{'9' * 4400}.xml",
        "/sitemap-٣.xml",
        "/geo/any/moon.json",
        "/assets/type/moon.svg",
    ],
)
def test_what_does_not_exist_is_a_sentence_too(
    folder: Path, client: TestClient, address: str
) -> None:
    etag = client.get("/feed.xml").headers["etag"]
    answer = client.get(address, headers={"if-none-match": etag})
    assert answer.status_code == 404
    assert answer.json()["error"].startswith("There is no ")


def test_the_mark_of_a_type_is_a_picture(client: TestClient) -> None:
    answer = client.get("/assets/type/sme.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert ">S</text>" in answer.text


def test_the_map_is_one_script_made_of_its_parts(client: TestClient) -> None:
    answer = client.get("/assets/map.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "max-age=3600" in answer.headers["cache-control"]
    names = set()
    for part in (routes.ASSETS / "map").glob("*.js"):
        names.add(part.stem)
        assert client.get(f"/assets/map/{part.name}").text in answer.text
    assert names >= {"base", "scene", "symbols"}
