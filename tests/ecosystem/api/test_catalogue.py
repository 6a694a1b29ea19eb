"""The catalogue in every form, and releases as they were published."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import io
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import frictionless
import httpx
import pandas as pd
import pyarrow as pa
import pyshacl
import pytest
import yaml
from rdflib import DCTERMS, RDF, VOID, Graph, Namespace, URIRef
from starlette.testclient import TestClient

from ecosystem.api import items, snapshots
from ecosystem.api.collections import COLLECTIONS, collections_of
from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.tables import features, organisations
from tests import coroutines
from tests.ecosystem.api.conftest import BASE

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SHAPES = Path(__file__).with_name("dcat_ap_3.ttl")
HOSTILE = '</script><b>\\}{%" & \u0007 Müller'


@pytest.fixture
def graph(client: TestClient) -> Graph:
    return Graph().parse(data=client.get("/catalogue.ttl").text, format="turtle")


def faults(graph: Graph) -> str:
    """What DCAT-AP 3 finds wrong; empty if nothing."""
    shapes = Graph().parse(SHAPES)
    conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes, inference="rdfs")
    return "" if conforms else str(text)


def test_it_holds_what_dcat_ap_asks_for(graph: Graph) -> None:
    assert faults(graph) == ""
    dataset = URIRef(f"{BASE}/catalogue#organisations")
    graph.remove((dataset, DCTERMS.title, None))
    (*_, file) = graph.objects(dataset, DCAT.distribution)
    graph.remove((file, DCAT.accessURL, None))
    said = faults(graph)
    assert "dct:title" in said or "dc/terms/title" in said
    assert "accessURL" in said


def test_both_forms_say_the_same(client: TestClient, graph: Graph) -> None:
    other = Graph().parse(data=client.get("/catalogue.jsonld").text, format="json-ld")
    assert set(other) == set(graph)


def test_each_address_answers_and_each_count_is_right(
    client: TestClient, graph: Graph, database: Database
) -> None:
    own = URIRef(f"{BASE}/catalogue#organisations")
    assert int(str(graph.value(own, VOID.entities))) == organisations.count(database)
    files = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(files) > 2 * len(COLLECTIONS)
    assert all(graph.value(file, DCTERMS.license) for file in files)
    # A figure of each kind is tested elsewhere.
    plain = [file for file in files if "#statistics-" not in str(file)]
    for file in plain:
        to = str(graph.value(file, DCAT.accessURL))
        answer = client.get(to.removeprefix(BASE), params=None)
        assert answer.status_code == 200, to
        media_type = str(graph.value(file, DCAT.mediaType)).rpartition("media-types/")[2]
        assert answer.headers["content-type"].startswith(media_type) or "feed+json" in str(
            answer.headers["content-type"]
        )


def test_outlines_name_their_licence_and_a_free_alternative(graph: Graph) -> None:
    for name in ("valleys", "regions"):
        file = URIRef(f"{BASE}/catalogue#{name}-geojson")
        assert "creativecommons" not in str(graph.value(file, DCTERMS.license))
        rights = graph.value(graph.value(file, DCTERMS.rights), DCTERMS.description)
        assert "Non-commercial" in str(rights)
        assert "Natural Earth" in str(rights)
    towns = URIRef(f"{BASE}/catalogue#organisations-geojson")
    assert "creativecommons.org/licenses/by/4.0" in str(graph.value(towns, DCTERMS.license))


def test_search_engines_read_it(client: TestClient) -> None:
    page = client.get("/catalogue").text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found = json.loads(script)
    assert found["@type"] == "DataCatalog"
    for dataset in found["dataset"]:
        assert 50 <= len(dataset["description"]) <= 5000
        assert dataset["license"].startswith("https://")
        assert dataset["distribution"]


def test_the_name_of_the_publisher_breaks_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, releases_dir: Path
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_PUBLISHER", HOSTILE)
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", f"{BASE}/hostile")
    settings.cache_clear()
    graph = Graph().parse(data=client.get("/catalogue.ttl").text, format="turtle")
    name = graph.value(URIRef(f"{BASE}/hostile/catalogue#publisher"), URIRef(
        "http://xmlns.com/foaf/0.1/name"
    ))  # fmt: skip
    assert "Müller" in str(name)
    assert "</script><b>" not in client.get("/catalogue").text.replace("</script>\n", "")
    settings.cache_clear()


def test_columns_are_described_for_the_csv(client: TestClient) -> None:
    answer = client.get("/api/collections/organisations/items?f=csv&limit=3")
    header = answer.text.removeprefix("\ufeff").splitlines()[0].split(",")
    (to,) = [part for part in answer.headers["link"].split(", ") if "describedby" in part]
    described = client.get(to.split(">")[0].removeprefix(f"<{BASE}")).json()
    assert [column["name"] for column in described["tableSchema"]["columns"]] == header


@pytest.mark.slow
def test_a_release_is_a_data_package_that_holds(
    client: TestClient, database: Database, tmp_path: Path
) -> None:
    (one,) = client.get("/releases.json").json()["releases"]
    to = one["href"].removeprefix(BASE)
    answer = client.get(f"{to}/cyber-valleys.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        zipped.extractall(tmp_path)
    sums = dict(
        reversed(line.split("  ")) for line in (tmp_path / "SHA256SUMS").read_text().splitlines()
    )
    for name, sum_ in sums.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sum_
        assert client.get(f"{to}/{name}").content == (tmp_path / name).read_bytes()
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])[:5]
    assert len(pd.read_csv(tmp_path / "organisations.csv")) == organisations.count(database)
    page = client.get(to).text
    assert hashlib.sha256(answer.content).hexdigest() in page


def test_files_are_written_a_few_rows_at_a_time_and_stay_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_READ", 7)
    own = Database(database.release)
    try:
        written = snapshots.files(own)
        for collection in collections_of(own):
            rows = features.page(
                own, collection.table, collection.key, features.EVERYTHING, limit=10**6, offset=0
            )
            whole = items.csv(own, collection, rows)
            file = written[f"{collection.name}.csv"]
            assert file.path.read_bytes() == whole
            assert (file.size, file.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
        found = json.loads(written["organisations.geojson"].path.read_bytes())["features"]
        assert len(found) == organisations.count(own)
        folder = file.path.parent
    finally:
        own.close()
    del own
    gc.collect()
    assert not folder.exists()


def test_who_waits_for_files_takes_the_place_of_nobody_and_they_are_made_once(
    client: TestClient, releases_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(releases_dir, tmp_path / "releases")
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(folder))
    settings.cache_clear()
    (one,) = client.get("/releases.json").json()["releases"]
    begun, go_on, made = threading.Event(), threading.Event(), []

    def wait(database: Database, table: str, *args: str, **options: int) -> Iterator[pa.Table]:
        made.append(table)
        begun.set()
        assert go_on.wait(120)
        return pieces(database, table, *args, **options)

    pieces = features.pieces
    monkeypatch.setattr(features, "pieces", wait)

    async def visit() -> None:
        site = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=site, base_url=BASE, timeout=300) as visitor:
            # More than there are threads.
            to = f"/releases/{one['release_id']}/SHA256SUMS"
            waiting = [asyncio.create_task(visitor.get(to)) for _ in range(60)]
            try:
                await asyncio.to_thread(begun.wait, 120)
                async with asyncio.timeout(60):
                    assert (await visitor.get("/releases.json")).status_code == 200
                    assert (await visitor.get("/feed.xml")).status_code == 200
                assert not any(task.done() for task in waiting)
            finally:
                go_on.set()
            answers = await asyncio.gather(*waiting)
        assert len({answer.content for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {200}

    coroutines.run(visit())
    settings.cache_clear()
    # Once as CSV, once as GeoJSON.
    assert made.count("organisation") == 2


def test_the_catalogue_leads_to_the_checksums_without_making_the_files(
    client: TestClient, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> None:
        raise AssertionError("the catalogue makes all files of a release")

    monkeypatch.setattr(snapshots, "files", fail)
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", f"{BASE}/another")
    settings.cache_clear()
    text = client.get("/catalogue.ttl").text
    settings.cache_clear()
    files = [str(to) for to in graph.objects(None, DCAT.accessURL)]
    (sums,) = [to for to in files if to.endswith("/SHA256SUMS")]
    assert sums.removeprefix(BASE) in text


def test_a_release_says_how_to_cite_it(client: TestClient) -> None:
    (one,) = client.get("/releases.json").json()["releases"]
    to = one["href"].removeprefix(BASE)
    cited = yaml.safe_load(client.get(f"{to}/CITATION.cff").text)
    assert cited["version"] == one["release_id"]
    assert cited["url"] == one["href"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    entry = client.get(f"{to}/citation.bib").text
    assert entry.startswith("@misc{")
    assert entry.count("{") == entry.count("}")
    assert one["release_id"] in entry


@pytest.mark.parametrize(
    "path",
    [
        "/releases/nothing",
        "/releases/%3Cb%3E",
        "/releases/nothing/x.csv",
    ],
)
def test_no_such_release_is_said_in_a_sentence(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"].endswith(".")
    assert "<b>" not in client.get(path, headers={"accept": "text/html"}).text


def test_a_release_has_no_other_files(client: TestClient) -> None:
    (one,) = client.get("/releases.json").json()["releases"]
    to = one["href"].removeprefix(BASE)
    for name in ("release.duckdb", "event_outcomes.csv", "%2e%2e%2fCURRENT"):
        assert client.get(f"{to}/{name}").status_code == 404


def test_what_is_known_is_not_sent_again(client: TestClient) -> None:
    for path in ("/catalogue.ttl", "/datapackage.json"):
        tag = client.get(path).headers["etag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
