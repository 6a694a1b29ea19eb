"""Addresses without a page answer 404."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ecosystem.web.unknown_addresses import UnknownAddresses

BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def client() -> TestClient:
    async def shell(_: object) -> HTMLResponse:
        return HTMLResponse("<title>Streamlit</title>")

    async def health(_: object) -> PlainTextResponse:
        return PlainTextResponse("ok")

    async def own(_: object) -> HTMLResponse:
        return HTMLResponse("own document")

    own_routes = [Route("/profile/{org_id}", own)]
    app = Starlette(
        routes=[
            *own_routes,
            Route("/_stcore/health", health),
            Route("/component/{path:path}", own),
            Route("/media/{path:path}", own),
            Route("/{path:path}", shell),
        ],
        middleware=[Middleware(UnknownAddresses, pages=("", "regions"), routes=own_routes)],
    )
    return TestClient(app)


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
def test_the_shell_says_that_there_is_no_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    # The shell still comes, and shows the site's own page for unknown addresses.
    assert "Streamlit" in answer.text


@pytest.mark.parametrize("path", ["/a/b", "/regions/x", "/data/organisations.csv"])
def test_further_down_a_page_of_its_own_says_so(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
    assert "Streamlit" not in answer.text
    assert client.get(path).json()["error"].startswith("There is no page")


def test_nothing_of_the_address_is_shown(client: TestClient) -> None:
    assert "<script>" not in client.get("/a/<script>alert(1)</script>", headers=BROWSER).text
