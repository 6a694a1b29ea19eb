"""Signing in leads back to the page asked for and nowhere else; signing out ends the sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import SimpleCookie

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ecosystem.web.addresses import SitePath
from etl import sign_ins
from etl.ui.sign_in_addresses import RETURN_COOKIE, SignInAddresses

PAGES = ("", "regions", "secretariat")


async def to_provider(_: Request) -> Response:
    return RedirectResponse("https://id.example/authorize?x=1", 302)


async def to_first_page(request: Request) -> Response:
    if "broken" in request.query_params:
        return PlainTextResponse("broken", 500)
    return RedirectResponse(request.scope.get("cyber_valleys.path", "") + "/", 302)


def site(base: str = "") -> TestClient:
    app = Starlette(
        routes=[
            Route(f"{base}/auth/login", to_provider),
            Route(f"{base}/auth/logout", to_first_page),
            Route(f"{base}/oauth2callback", to_first_page),
        ],
        middleware=[
            Middleware(SitePath, path=base),
            Middleware(SignInAddresses, pages=PAGES, claims=dict),
        ],
    )
    return TestClient(app, f"https://testserver{base}", follow_redirects=False)


def way_back(client: TestClient, referer: str) -> str:
    """Where somebody is led after signing in on a page."""
    client.get("/auth/login", headers={"referer": referer})
    return client.get("/oauth2callback?code=1").headers["location"]


@pytest.mark.parametrize("base", ["", "/valleys"])
@pytest.mark.parametrize(
    ("page", "to"),
    [
        ("/secretariat", "./secretariat"),
        ("/secretariat?part=log&q=a%20b%26c", "./secretariat?part=log&q=a%20b%26c"),
        ("/?type=sme", "./?type=sme"),
        ("/", "./"),
        ("/a/proxy/s/prefix/regions?x=1", "./regions?x=1"),
    ],
)
def test_it_leads_back_to_the_page_with_its_parameters(base: str, page: str, to: str) -> None:
    client = site(base)
    assert way_back(client, f"https://testserver{base}{page}") == to
    assert RETURN_COOKIE not in client.cookies, "it is used once"
    assert client.get("/oauth2callback").headers["location"] == f"{base}/"


HOSTILE = [
    "https://evil.example/login",
    "https://evil.example/secretariat/..//evil.example",
    "https://testserver//evil.example",
    "https://testserver/secretariat\\\\evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "data:text/html,secretariat",
    "secretariat\r\nset-cookie: a=b",
    "./secretariat\x00",
    "http://[::1",
    "",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_it_leads_to_no_other_site(address: str) -> None:
    client = site()
    client.cookies.set(RETURN_COOKIE, "".join(f"%{byte:02x}" for byte in address.encode()))
    answer = client.get("/oauth2callback?code=1")
    location = answer.headers["location"]
    assert location == "/" or location.split("?")[0] in {f"./{page}" for page in PAGES}
    assert "\n" not in location
    assert "evil" not in location.partition("?")[0]
    assert "a=b" not in "".join(answer.headers.get_list("set-cookie"))


def test_a_page_of_another_site_of_the_same_name_leads_to_the_own_one() -> None:
    assert way_back(site(), "https://evil.example/secretariat?x=1") == "./secretariat?x=1"


def test_an_address_that_is_too_long_leads_to_the_page_alone() -> None:
    long = f"https://testserver/secretariat?{'x' * 5_000}"
    assert way_back(site(), long) == "./secretariat"


def test_what_went_wrong_at_the_provider_stays_what_it_is() -> None:
    client = site()
    client.get("/auth/login", headers={"referer": "https://testserver/secretariat"})
    assert client.get("/oauth2callback?broken=1").status_code == 500


def test_scripts_cannot_read_what_is_remembered() -> None:
    client = site("/valleys")
    answer = client.get("/auth/login", headers={"referer": "https://testserver/valleys/regions"})
    cookie = SimpleCookie(answer.headers["set-cookie"])[RETURN_COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/valleys", True, "lax")
    assert int(cookie["max-age"]) == 900


def test_signing_out_ends_the_sign_in_that_the_cookie_is_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[Mapping[str, object]] = []
    monkeypatch.setattr(sign_ins, "end", ended.append)
    client = site()
    client.get("/auth/logout")
    assert ended == [], "without a cookie there is nothing to end"
    client.cookies.set("sub", "1")
    assert client.get("/auth/logout").status_code == 302
    assert ended == [{"sub": "1"}]
