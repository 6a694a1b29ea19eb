"""Addresses hold below any path, behind any proxy, and repeat nothing that a stranger sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.ui.streamlit_internals import static_folder
from ecosystem.web import routes, shell
from ecosystem.web.addresses import SitePath

LIMES = "/profile/at-limes-security-gmbh"
BROWSER = {"accept": "text/html"}
Site = Callable[..., TestClient]


@pytest.fixture
def site(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve the site's own addresses: ``site(path="/valleys", CYBER_VALLEYS_SITE_URL=...)``."""
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))

    def serve(path: str = "", **environment: str) -> TestClient:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        app = Starlette(
            routes=routes.below(path, [*routes.routes(), *shell.routes(static_folder())]),
            middleware=[Middleware(SitePath, path=path)],
        )
        stranger = {"host": "evil.example"}
        base = f"http://testserver{path}"
        return TestClient(app, base, headers=stranger, follow_redirects=False)

    yield serve
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("path", ["", "/valleys"])
@pytest.mark.parametrize(
    "address",
    ["/api", "/api/collections", "/feed.xml", "/feed/AT31.xml", "/sitemap.xml",
     "/sitemap-1.xml", "/robots.txt", LIMES,
     f"{LIMES}/jsonld", "/events.ics", "/", "/directory", "/geo/any/land.json",
     "/assets/map.js", "/assets/site.js", "/assets/leaflet/leaflet.js", "/assets/type/sme.svg"],
)  # fmt: skip
def test_everything_answers_below_a_path_and_repeats_no_strangers_host(
    site: Site, path: str, address: str
) -> None:
    answer = site(path).get(address, headers={"x-forwarded-host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


def test_absolute_addresses_are_of_the_setting_or_of_an_allowed_host(site: Site) -> None:
    def root(client: TestClient, **headers: str) -> str:
        found = re.search(
            r"Sitemap: (.*)/sitemap.xml", client.get("/robots.txt", headers=headers).text
        )
        assert found is not None
        return found[1]

    client = site("/valleys", CYBER_VALLEYS_ALLOWED_HOSTS="valleys.example, 192.0.2.7")
    # The socket's own address: with this client, the name that it was made with.
    assert root(client, host="localhost:8501") == "http://localhost:8501/valleys"
    assert root(client, host="valleys.example") == "http://valleys.example/valleys"
    assert root(client, host="192.0.2.7:80") == "http://192.0.2.7:80/valleys"
    proxied = {"x-forwarded-host": "valleys.example", "host": "127.0.0.1:8501"}
    assert root(client, **proxied) == "http://valleys.example/valleys"
    own = site("", CYBER_VALLEYS_SITE_URL="https://x.example/valleys/")
    assert root(own, host="valleys.example") == "https://x.example/valleys"


@pytest.mark.parametrize(
    "host",
    ["valleys.example@evil.example", "valleys.example/evil", "valleys.example:x", "", "[::1",
     "evil.example, valleys.example", 'valleys.example"><script>'],
)  # fmt: skip
def test_a_host_that_only_looks_allowed_is_not(site: Site, host: str) -> None:
    client = site(CYBER_VALLEYS_ALLOWED_HOSTS="valleys.example")
    text = client.get("/robots.txt", headers={"x-forwarded-host": host}).text
    assert host == "" or host not in text


@pytest.mark.parametrize("path", ["", "/valleys"])
def test_what_a_browser_follows_is_relative(site: Site, path: str) -> None:
    client = site(path)
    for address in (LIMES, "/", "/directory?country=AT", "/profile/nobody"):
        links = re.findall(r'(?:href|src)="([^"]*)"', client.get(address, headers=BROWSER).text)
        own = [link for link in links if not link.startswith("http")]
        assert own
        assert not [link for link in own if link.startswith("/")]
        for link in own:
            # As a browser resolves it: still below the site's path, and not twice.
            resolved = client.build_request("GET", f"{client.base_url}{address[1:]}").url.join(link)
            assert resolved.path.startswith(f"{path}/")
            assert not resolved.path.startswith(f"{path}{path}/x")


def test_identifiers_in_feeds_do_not_depend_on_the_host(site: Site) -> None:
    client = site(CYBER_VALLEYS_ALLOWED_HOSTS="a.example,b.example")
    ids = [
        re.findall("<id>.*</id>", client.get("/feed.xml", headers={"host": host}).text)
        for host in ("a.example", "b.example", "evil.example")
    ]
    assert ids[0]
    assert ids[0] == ids[1] == ids[2]


def test_a_route_below_a_path_keeps_its_methods_and_middleware() -> None:
    everybody = [Middleware(CORSMiddleware, allow_origins=["*"])]

    async def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("ok")

    own = [
        Route("/api", answer, methods=["POST"], middleware=everybody),
        Mount("/deep", routes=[Route("/er", answer)], middleware=everybody),
    ]
    client = TestClient(Starlette(routes=routes.below("/valleys", own)))
    asked = {"origin": "https://other.example"}
    for found in (
        client.post("/valleys/api", headers=asked),
        client.get("/valleys/deep/er", headers=asked),
    ):
        assert found.status_code == 200
        assert found.headers["access-control-allow-origin"] == "*"
    assert client.get("/valleys/api").status_code == 405
    assert client.post("/api").status_code == 404
