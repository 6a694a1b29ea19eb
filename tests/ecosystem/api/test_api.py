"""OGC API - Features: what the standard asks for, the site's numbers, and every wrong request."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ecosystem.api.collections import COLLECTIONS
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from tests import coroutines
from tests.browser.server import serving
from tests.ecosystem.api.conftest import BASE
from tests.examples import examples

ITEMS = "/api/collections/{}/items"
ORGANISATIONS = ITEMS.format("organisations")


def get(client: TestClient, path: str, **params: Any) -> dict[str, Any]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fault(client: TestClient, path: str, **params: Any) -> tuple[int, str]:
    answer = client.get(path, params=params)
    assert set(answer.json()) == {"code", "description"}
    return answer.status_code, answer.json()["description"]


def test_the_landing_page_leads_everywhere(client: TestClient) -> None:
    found = get(client, "/api")
    links = {link["rel"]: link["href"] for link in found["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(links)
    for href in links.values():
        assert client.get(href.removeprefix(BASE)).status_code == 200


def test_it_conforms_to_the_core_and_says_so(client: TestClient) -> None:
    classes = get(client, "/api/conformance")["conformsTo"]
    for name in ("core", "geojson", "oas30", "html"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in classes


@pytest.mark.parametrize("name", COLLECTIONS)
def test_each_collection_describes_itself_and_its_items(client: TestClient, name: str) -> None:
    described = get(client, f"/api/collections/{name}")
    assert described["id"] == name
    items = [link for link in described["links"] if link["rel"] == "items"]
    assert {link["type"] for link in items} == {"application/geo+json", "text/csv", "text/html"}
    for link in items:
        answer = client.get(link["href"].removeprefix(BASE))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(link["type"])
    known = set(get(client, f"/api/collections/{name}/queryables")["properties"])
    page = get(client, ITEMS.format(name), limit=1)
    assert set(page["features"][0]["properties"]) == known - {"geometry"}
    assert "lon" not in page["features"][0]["properties"]
    own = page["features"][0]
    again = get(client, f"{ITEMS.format(name)}/{own['id']}")
    assert again["properties"] == own["properties"]
    assert again["geometry"] == own["geometry"]


def test_every_page_is_reached_by_its_link(client: TestClient, database: Database) -> None:
    found, path = [], f"{ORGANISATIONS}?limit=100"
    while path:
        page = client.get(path).json()
        assert page["numberMatched"] == organisations.count(database)
        assert page["numberReturned"] == len(page["features"])
        found += [feature["id"] for feature in page["features"]]
        after = [link["href"] for link in page["links"] if link["rel"] == "next"]
        path = after[0].removeprefix(BASE) if after else ""
    assert len(found) == len(set(found)) == organisations.count(database)


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_a_large_page_is_sent_in_pieces_and_says_what_small_ones_say(
    client: TestClient, format_: str
) -> None:
    address = f"{ORGANISATIONS}?f={format_}&limit="
    large = _pieces(client, f"{address}400")
    small = [client.get(f"{address}200&offset={offset}") for offset in (0, 200)]
    assert len(large) >= 2
    assert max(map(len, large)) < 0.7 * sum(map(len, large))
    if format_ == "json":
        found = json.loads(b"".join(large))
        assert found["features"] == [f for page in small for f in page.json()["features"]]
        assert found["numberReturned"] == 400
    else:
        first, second = (page.content.splitlines(keepends=True) for page in small)
        assert b"".join(large).splitlines(keepends=True) == [*first, *second[1:]]


def _pieces(client: TestClient, address: str) -> list[bytes]:
    """What is sent for an address, as it is handed on."""
    path, _, query = address.partition("?")
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
             "query_string": query.encode(), "headers": [(b"host", b"valleys.example")],
             "scheme": "https", "server": ("valleys.example", 443), "client": ("127.0.0.1", 1),
             "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"}}  # fmt: skip
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message.get("body", b""))

    async def ask() -> None:
        await client.app(scope, receive, send)

    coroutines.run(ask())
    return [piece for piece in sent if piece]


def test_filters_are_those_of_the_site(client: TestClient, database: Database) -> None:
    filter_ = Filter(country=("FR",), type=("sme",))
    page = get(client, ORGANISATIONS, country="FR", type="sme")
    assert page["numberMatched"] == organisations.summary(database, filter_).organisations
    page = get(client, ORGANISATIONS, q="cryptology")
    expected = organisations.summary(database, Filter(q="cryptology")).organisations
    assert page["numberMatched"] == expected


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("country = 'FR' AND founded > 2010", lambda p: p["country"] == "FR" and _year(p) > 2010),
        ("NOT (type IN ('sme', 'large'))", lambda p: p["type"] not in ("sme", "large")),
        ("founded BETWEEN 2000 AND 2005", lambda p: 2000 <= _year(p) <= 2005),
        ("founded IS NULL", lambda p: p["founded"] is None),
        ("name LIKE 'A%'", lambda p: p["name"].startswith("A")),
        ("CASEI(city) = CASEI('RENNES')", lambda p: p["city"] == "Rennes"),
        ("A_CONTAINS(domains, ('cryptology'))", lambda p: "cryptology" in p["domains"]),
        ("country = 'O''Neill'", lambda p: False),
    ],
)
def test_cql2_keeps_what_it_says(client: TestClient, text: str, holds: Any) -> None:
    every = get(client, ORGANISATIONS, limit=10_000)["features"]
    found = get(client, ORGANISATIONS, limit=10_000, filter=text)["features"]
    expected = {f["id"] for f in every if holds(f["properties"])}
    assert {f["id"] for f in found} == expected


def _year(properties: dict[str, Any]) -> int:
    return properties["founded"] or 0


def test_a_box_keeps_what_lies_in_it(client: TestClient) -> None:
    box = (-5.0, 47.0, -1.0, 49.0)
    every = get(client, ORGANISATIONS, limit=10_000)["features"]
    west, south, east, north = box
    inside = {
        f["id"]
        for f in every
        if west <= f["geometry"]["coordinates"][0] <= east
        and south <= f["geometry"]["coordinates"][1] <= north
    }
    assert inside
    for asked in (
        {"bbox": "-5,47,-1,49"},
        {"bbox": "-5,47,0,-1,49,100"},
        {"filter": "S_INTERSECTS(geometry, BBOX(-5, 47, -1, 49))"},
    ):
        found = get(client, ORGANISATIONS, limit=10_000, **asked)["features"]
        assert {f["id"] for f in found} == inside
    valleys = get(client, ITEMS.format("valleys"), bbox="-5,47,-1,49")["features"]
    assert "fr-bretagne" in {f["id"] for f in valleys}


def test_a_box_may_lie_across_the_date_line(client: TestClient) -> None:
    whole = get(client, ORGANISATIONS, bbox="-180,-90,180,90")["numberMatched"]
    east_and_west = get(client, ORGANISATIONS, bbox="0,-90,-0.000001,90")["numberMatched"]
    assert east_and_west == whole
    assert get(client, ORGANISATIONS, bbox="170,-50,-170,50")["numberMatched"] == 0


def test_events_are_found_by_time(client: TestClient) -> None:
    path = ITEMS.format("events")
    found = get(client, path, datetime="2019-01-01/2019-12-31", limit=1_000)["features"]
    assert found
    for feature in found:
        start = feature["properties"]["start_date"] or feature["properties"]["end_date"]
        assert start <= "2019-12-31"
    assert get(client, path, datetime="1901-01-01")["numberMatched"] == 0
    assert get(client, path, datetime="../..")["numberMatched"] > len(found)


def test_csv_has_the_same_rows(client: TestClient) -> None:
    answer = client.get(ORGANISATIONS, params={"country": "IE", "f": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    page = get(client, ORGANISATIONS, country="IE")
    assert [row["org_id"] for row in rows] == [f["id"] for f in page["features"]]
    assert {row["country"] for row in rows} == {"IE"}


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"bbox": "1,2,3"}, "four numbers"),
        ({"bbox": "1,50,3,40"}, "south"),
        ({"bbox": "nan,0,1,1"}, "four numbers"),
        ({"bbox": "-500,0,1,1"}, "within"),
        ({"limit": "0"}, "whole number"),
        ({"limit": "-1"}, "whole number"),
        ({"limit": "ten"}, "whole number"),
        ({"colour": "red"}, "no parameter “colour”"),
        ({"country": "Atlantis"}, "makes no sense"),
        ({"datetime": "yesterday"}, "no time"),
        ({"datetime": "2020-01-01/2019-01-01"}, "ends before"),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"}, "can only be"),
        ({"filter-lang": "cql2-json"}, "can only be"),
        ({"filter": "name = "}, "no CQL2"),
        ({"filter": "colour = 'red'"}, "no property"),
        ({"filter": "name > 5"}, "compares"),
        ({"filter": "foo(name) = 'x'"}, ""),
        ({"filter": "a = 'b' ; DROP TABLE organisation"}, "no CQL2"),
        ({"filter": "x" * 3_000}, "longer"),
        ({"filter": "x" * 50_000}, "longer"),
        ({"filter": "(" * 500}, "brackets"),
        ({"f": "shp"}, "can be"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(
    client: TestClient, params: dict[str, str], says: str
) -> None:
    status, text = fault(client, ORGANISATIONS, **params)
    assert status in (400, 414)
    assert says in text
    assert "\n" not in text


def test_more_than_there_may_be_is_no_error(client: TestClient, database: Database) -> None:
    page = get(client, ORGANISATIONS, limit=10**9)
    assert page["numberReturned"] == organisations.count(database)


def test_nothing_at_an_address_is_said(client: TestClient) -> None:
    assert fault(client, "/api/nothing")[0] == 404
    assert fault(client, "/api/collections/nothing/items")[0] == 404
    assert fault(client, f"{ORGANISATIONS}/nothing")[0] == 404
    answer = client.get("/api", headers={"accept": "image/png"})
    assert answer.status_code == 406


def test_pages_of_two_releases_are_not_put_together(client: TestClient) -> None:
    status, text = fault(client, ORGANISATIONS, offset=100, release="another")
    assert status == 410
    assert "Begin again" in text


def test_what_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get(ORGANISATIONS)
    for header, value in (("if-none-match", "etag"), ("if-modified-since", "last-modified")):
        again = client.get(ORGANISATIONS, headers={header: first.headers[value]})
        assert again.status_code == 304
        assert again.content == b""
    other = client.get(ORGANISATIONS, params={"country": "FR"})
    assert other.headers["etag"] != first.headers["etag"]


def test_scripts_of_other_sites_may_read_and_not_write(client: TestClient) -> None:
    origin = {"origin": "https://elsewhere.example"}
    for path in ("/api", ORGANISATIONS, f"{ORGANISATIONS}?limit=0"):
        assert client.get(path, headers=origin).headers["access-control-allow-origin"] == "*"
    assert client.post(ORGANISATIONS, headers=origin).status_code == 405


def test_a_page_for_people_escapes_what_a_stranger_asks(client: TestClient) -> None:
    hostile = "<script>alert(1)</script>"
    for params in ({"q": hostile, "f": "html"}, {"f": "html", "city": hostile}):
        text = client.get(ORGANISATIONS, params=params).text
        assert "<script>alert" not in text


def test_every_answer_is_in_the_definition(client: TestClient) -> None:
    document = get(client, "/api/openapi.json")
    assert document["openapi"].startswith("3.0")
    for path, what in document["paths"].items():
        if "{" not in path:
            needed = {
                parameter["name"]: parameter["schema"]["enum"][0]
                for parameter in what["get"]["parameters"]
                if parameter["required"]
            }
            for form in formats_of(what):
                answer = client.get(f"/api{path}", params={**needed, "f": form})
                wanted = 406 if (path, form) == ("/statistics", "csv") else 200
                assert answer.status_code == wanted, (path, form)


def formats_of(path: dict[str, Any]) -> list[str]:
    (format_,) = (one for one in path["get"]["parameters"] if one["name"] == "f")
    formats: list[str] = format_["schema"]["enum"]
    return formats


def test_every_parameter_that_is_taken_is_in_the_definition(client: TestClient) -> None:
    document = get(client, "/api/openapi.json")
    for name in COLLECTIONS:
        known = document["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        _, said = fault(client, ITEMS.format(name), colour="red")
        taken = said.partition("There are: ")[2].rstrip(".").split(", ")
        assert {parameter["name"] for parameter in known} == set(taken)


def test_head_says_what_get_would(client: TestClient) -> None:
    for path in ("/api", ORGANISATIONS, "/api/statistics?measure=types", "/catalogue.ttl"):
        head, whole = client.head(path), client.get(path)
        assert head.status_code == whole.status_code == 200
        for name in ("content-type", "etag", "last-modified", "link"):
            assert head.headers.get(name) == whole.headers.get(name)


_TEXTS = st.text(max_size=30) | st.sampled_from(["FR", "2019-01-01/..", "1,2,3,4", "name = 'x'"])


@settings(
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    name=st.sampled_from(sorted(COLLECTIONS)),
    params=st.dictionaries(
        st.sampled_from(["bbox", "limit", "offset", "datetime", "filter", "f", "country", "level"]),
        _TEXTS,
        max_size=4,
    ),
)
def test_no_request_breaks_it(client: TestClient, name: str, params: dict[str, str]) -> None:
    answer = client.get(ITEMS.format(name), params=params)
    assert answer.status_code in (200, 400, 406)


@pytest.fixture(scope="module")
def served(releases_dir: Path) -> Iterator[str]:
    # A process of its own: GDAL lets no other thread of this one work while it waits.
    with serving(releases_dir) as address:
        yield f"{address}/api"


@pytest.mark.slow
def test_gdal_reads_it(served: str, database: Database) -> None:
    source = f"OAPIF:{served}"
    assert set(pyogrio.list_layers(source)[:, 0]) == set(COLLECTIONS)
    every = pyogrio.read_dataframe(source, layer="organisations")
    assert len(every) == organisations.count(database)
    assert every.crs.to_epsg() == 4326 or "CRS84" in every.crs.to_string()
    by_pages = pyogrio.read_dataframe(source, layer="organisations", PAGE_SIZE=100)
    assert list(by_pages["org_id"]) == list(every["org_id"])
    west, south, east, north = 2.0, 48.0, 3.0, 49.5
    near = pyogrio.read_dataframe(source, layer="organisations", bbox=(west, south, east, north))
    assert 0 < len(near) < len(every)
    assert near.geometry.within(every.geometry.union_all().envelope).all()
    irish = pyogrio.read_dataframe(source, layer="organisations", where="country = 'IE'")
    assert set(irish["country"]) == {"IE"}
