"""Addresses without a page answer 404."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ecosystem.web.addresses import SitePath
from ecosystem.web.unknown_addresses import UnknownAddresses

BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(params=["", "/valleys"])
def client(request: pytest.FixtureRequest) -> TestClient:
    base = request.param

    async def shell(_: object) -> HTMLResponse:
        return HTMLResponse("<title>Streamlit</title>")

    async def health(_: object) -> PlainTextResponse:
        return PlainTextResponse("ok")

    async def own(_: object) -> HTMLResponse:
        return HTMLResponse("own document")

    own_routes = [Route(f"{base}/profile/{{org_id}}", own)]
    unknown = Middleware(
        UnknownAddresses,
        pages=("", "regions"),
        routes=own_routes,
        missing=lambda _: HTMLResponse("the site's own document", 404),
    )
    app = Starlette(
        routes=[
            *own_routes,
            Route(f"{base}/_stcore/health", health),
            Route(f"{base}/component/{{path:path}}", own),
            Route(f"{base}/media/{{path:path}}", own),
            Route(f"{base}/{{path:path}}", shell),
        ],
        middleware=[Middleware(SitePath, path=base), unknown],
    )
    return TestClient(app, f"http://testserver{base}", follow_redirects=False)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/regions",
        "/_stcore/health",
        "/profile/x",
        "/component/x.map/index.html",
        "/media/report.html",
    ],
)
def test_what_is_there_is_left_alone(client: TestClient, path: str) -> None:
    assert client.get(path, headers=BROWSER).status_code == 200


@pytest.mark.parametrize("path", ["/api", "/data", "/Regions", "/%3Cscript%3E"])
def test_a_document_of_the_site_says_that_there_is_no_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert answer.text == "the site's own document"


@pytest.mark.parametrize("path", ["/a/b", "/regions/x", "/data/organisations.csv"])
def test_further_down_a_page_of_its_own_says_so(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
    assert "Streamlit" not in answer.text
    assert f'href="{"../" * path.count("/", 1)}directory"' in answer.text
    assert client.get(path).json()["error"].startswith("There is no page")


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent", "/_stcore/agent/mcp", "/_stcore/agent/api.json"]
)
def test_what_streamlit_tells_programs_is_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_a_slash_at_the_end_leads_to_the_page_also_behind_a_proxy(client: TestClient) -> None:
    answer = client.get("/regions/?type=sme&q=%C3%A9")
    assert answer.status_code == 301
    assert answer.headers["location"] == "../regions?type=sme&q=%C3%A9"


def test_nothing_of_the_address_is_shown(client: TestClient) -> None:
    assert "<script>" not in client.get("/a/<script>alert(1)</script>", headers=BROWSER).text
