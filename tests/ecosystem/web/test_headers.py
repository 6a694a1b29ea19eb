"""Every answer says what a browser may do with it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ecosystem.common.settings import ROOT, settings
from ecosystem.web import documents
from ecosystem.web.addresses import SitePath
from ecosystem.web.headers import SecurityHeaders

FRAME = "/component/streamlit_folium.st_folium/index.html"


async def ok(_: object) -> PlainTextResponse:
    return PlainTextResponse("ok")


def site(base: str = "", scheme: str = "http", **options: object) -> TestClient:
    app = Starlette(
        routes=[Route("/{path:path}", ok)],
        middleware=[Middleware(SitePath, path=base), Middleware(SecurityHeaders, **options)],
    )
    return TestClient(app, f"{scheme}://testserver{base}")


def framing(client: TestClient, path: str) -> str:
    policy = client.get(path).headers["content-security-policy"]
    (found,) = (part for part in policy.split("; ") if part.startswith("frame-ancestors"))
    return found


@pytest.mark.parametrize("base", ["", "/valleys"])
def test_nobody_shows_the_site_in_a_frame_unless_it_is_allowed(base: str) -> None:
    assert framing(site(base), "/regions") == "frame-ancestors 'none'"
    assert framing(site(base), FRAME) == "frame-ancestors 'self'", "the site's own map"
    sites = ("https://example.org", "https://*.example.eu:8443", "'unsafe'; script-src *")
    allowed = site(base, embedding_sites=sites)
    named = "frame-ancestors 'self' https://example.org https://*.example.eu:8443"
    assert framing(allowed, "/embed") == named
    assert framing(site(base), "/embed") == "frame-ancestors 'self'", "the preview"
    for path in ("/", "/regions", "/embed/", "/embedded", "/organisation"):
        assert framing(allowed, path) == "frame-ancestors 'none'"
    assert framing(allowed, FRAME) == "frame-ancestors 'self'"


def test_the_policy_names_no_other_host_but_the_street_map() -> None:
    policy = site().get("/").headers["content-security-policy"]
    assert "connect-src 'self' data:;" in policy
    assert [word for word in policy.split() if ":" in word and "//" in word] == [
        "https://tile.openstreetmap.org;"
    ]


def test_only_the_document_s_own_inline_scripts_run_and_only_the_map_evaluates() -> None:
    document = '<script src="a.js">no</script><script type="module">x = 1</script>'
    client = site(document=document)
    page, kept, framed = (
        client.get(path).headers["content-security-policy"] for path in ("/", "/media/x", FRAME)
    )
    own = "'sha256-" + base64.b64encode(hashlib.sha256(b"x = 1").digest()).decode() + "'"
    for policy in (page, kept):
        assert f"script-src 'self' blob: {own};" in policy
        assert policy.count("unsafe") == 1, "styles alone"
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval';" in framed


def test_for_all_that_stays_loose_there_is_a_sentence() -> None:
    said = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("leaves open, and why")[2]
    for path in ("/", FRAME):
        policy = site(document="<script>1</script>").get(path).headers["content-security-policy"]
        for part in policy.split("; "):
            kind, *sources = part.split()
            for source in sources:
                if "unsafe" in source or (source == "blob:" and kind == "script-src"):
                    assert f"- `{source}`" in said, part


def test_what_else_an_answer_says() -> None:
    headers = site().get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-permitted-cross-domain-policies"] == "none"
    assert "strict-transport-security" not in headers
    assert "max-age" in site(scheme="https").get("/").headers["strict-transport-security"]


def test_cookies_keep_to_https() -> None:
    async def with_cookies(_: object) -> PlainTextResponse:
        answer = PlainTextResponse("ok")
        answer.set_cookie("a", "secure", httponly=True)
        answer.set_cookie("b", "1", secure=True)
        return answer

    app = Starlette(routes=[Route("/", with_cookies)], middleware=[Middleware(SecurityHeaders)])
    for scheme, times in (("https", 1), ("http", 0)):
        sent = TestClient(app, f"{scheme}://testserver").get("/").headers.get_list("set-cookie")
        assert [header.lower().split("; ").count("secure") for header in sent] == [times, 1]


@pytest.mark.parametrize("base", ["", "/valleys"])
def test_an_address_with_a_secret_is_passed_on_to_nobody(base: str) -> None:
    assert site(base).get("/confirm?key=x").headers["referrer-policy"] == "no-referrer"
    assert site(base).get("/regions").headers["referrer-policy"] != "no-referrer"


@pytest.fixture
def contact(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CYBER_VALLEYS_CONTACT", "security@example.org")
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", "https://x.example")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_a_vulnerability_finds_its_way(contact: None) -> None:
    client = TestClient(Starlette(routes=documents.routes()))
    lines = client.get("/.well-known/security.txt").text.splitlines()
    assert lines[0] == "Contact: mailto:security@example.org"
    assert lines[1].startswith("Expires: 20")
    assert lines[1].endswith("T00:00:00Z")
    assert "Canonical: https://x.example/.well-known/security.txt" in lines


def test_without_a_contact_there_is_nobody_to_report_to() -> None:
    client = TestClient(Starlette(routes=documents.routes()))
    assert client.get("/.well-known/security.txt").status_code == 404
