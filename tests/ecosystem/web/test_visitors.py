"""Strangers can't take every place: sessions are counted, bounded, and end when nobody is there."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ecosystem.common.settings import settings
from ecosystem.web import open_files, visitors
from ecosystem.web.addresses import SitePath
from ecosystem.web.visitors import IDLE_CODE, Connections, Visitors, share_of

STREAM = "/_stcore/stream"


async def shell(_: object) -> HTMLResponse:
    return HTMLResponse("the page")


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await websocket.send_text(await websocket.receive_text())


def site(known: Visitors, *, idle_s: float = 60, base: str = "") -> TestClient:
    app = Starlette(
        routes=[
            WebSocketRoute(base + STREAM, echo),
            Route(f"{base}/profile/{{name}}", shell),
            Route(f"{base}/{{path:path}}", shell),
        ],
        middleware=[
            Middleware(SitePath, path=base),
            Middleware(ProxyHeadersMiddleware, trusted_hosts=["testclient"]),
            Middleware(Connections, pages=("", "regions"), known=known, idle_s=idle_s),
        ],
    )
    return TestClient(app)


def from_(address: str) -> dict[str, str]:
    return {"x-forwarded-for": address}


@pytest.mark.parametrize("base", ["", "/valleys"])
def test_who_comes_when_it_is_full_gets_a_page_and_documents_go_on(base: str) -> None:
    known = Visitors(2, 2)
    client = site(known, base=base)
    with (
        client.websocket_connect(base + STREAM, headers=from_("203.0.113.1")),
        client.websocket_connect(base + STREAM, headers=from_("203.0.113.2")),
    ):
        assert len(known) == 2
        answer = client.get(f"{base}/regions", headers=from_("203.0.113.3"))
        assert answer.status_code == 503
        assert "as it can serve at once" in answer.text
        assert answer.headers["retry-after"] == "30"
        with (
            pytest.raises(WebSocketDenialResponse) as denied,
            client.websocket_connect(base + STREAM, headers=from_("203.0.113.3")),
        ):
            pass
        assert denied.value.status_code == 503
        for needs_none in ("/profile/x", "/regions?type=sme&plain=1"):
            answer = client.get(base + needs_none, headers=from_("203.0.113.3"))
            assert answer.text == "the page"
    assert len(known) == 0
    assert client.get(f"{base}/regions").text == "the page"


def test_one_address_takes_no_more_than_its_share() -> None:
    known = Visitors(10, 2)
    client = site(known)
    with (
        client.websocket_connect(STREAM, headers=from_("2001:db8::1")),
        client.websocket_connect(STREAM, headers=from_("2001:db8::ffff")),
    ):
        refused = client.get("/", headers=from_("2001:db8::2"))
        assert refused.status_code == 429
        assert "From your network" in refused.text
        with (
            pytest.raises(WebSocketDenialResponse) as denied,
            client.websocket_connect(STREAM, headers=from_("2001:db8::2")),
        ):
            pass
        assert denied.value.status_code == 429
        other = from_("2001:db8:0:1::2")
        assert client.get("/", headers=other).status_code == 200
        with client.websocket_connect(STREAM, headers=other) as session:
            session.send_text("served")
            assert session.receive_text() == "served"


def test_a_header_counts_only_if_a_trusted_proxy_sends_it() -> None:
    known = Visitors(10, 1)
    app = Starlette(
        routes=[WebSocketRoute(STREAM, echo)],
        middleware=[
            Middleware(ProxyHeadersMiddleware, trusted_hosts=["10.0.0.0/8"]),
            Middleware(Connections, pages=("",), known=known, idle_s=60),
        ],
    )
    stranger, proxy = (
        TestClient(app, client=("9.9.9.9", 1)),
        TestClient(app, client=("10.1.2.3", 1)),
    )
    with (
        stranger.websocket_connect(STREAM, headers=from_("203.0.113.1")),
        pytest.raises(WebSocketDenialResponse),
        stranger.websocket_connect(STREAM, headers=from_("203.0.113.2")),
    ):
        pass
    with (
        proxy.websocket_connect(STREAM, headers=from_("203.0.113.1")),
        # What a visitor made up stands before what the proxy has added.
        pytest.raises(WebSocketDenialResponse),
        proxy.websocket_connect(STREAM, headers=from_("198.51.100.7, 203.0.113.1")),
    ):
        pass


@pytest.fixture
def behind_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CYBER_VALLEYS_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::5")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_a_proxy_that_names_nobody_is_no_single_visitor(behind_proxies: None) -> None:
    assert visitors.is_shared("127.0.0.1")
    assert visitors.is_shared("10.20.30.40")
    assert visitors.is_shared("2001:db8::5")
    assert not visitors.is_shared("203.0.113.9")
    known = Visitors(10, 1, exempt=visitors.is_shared)
    known.come("10.20.30.40")
    assert known.refusal("10.20.30.40") is None


@pytest.mark.parametrize(
    ("address", "share"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_what_of_an_address_is_one_visitors(address: str, share: str) -> None:
    assert share_of(address) == share


def test_a_silent_session_ends_with_its_own_code() -> None:
    known = Visitors(10, 10)
    client = site(known, idle_s=0.2)
    with client.websocket_connect(STREAM) as session:
        session.send_text("here")
        assert session.receive_text() == "here"
        with pytest.raises(WebSocketDisconnect) as ended:
            session.receive_text()
    assert ended.value.code == IDLE_CODE
    assert len(known) == 0


def test_before_files_run_out_nobody_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_files, "limit", lambda: 1024)
    monkeypatch.setattr(open_files, "count", lambda: 100)
    known = Visitors(10_000, 10_000)
    n = 0
    while known.refusal("203.0.113.1") is None:
        known.come("203.0.113.1")
        n += 1
    # 200 files stay free of 1,024 of which 100 were open, and each session takes four.
    assert n == (1024 - 100 - 200) // 4
    assert known.refusal("203.0.113.1") is visitors.Refusal.FULL


def test_the_soft_limit_rises_to_the_hard_one() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
        assert open_files.limit() == 512
        assert open_files.raise_limit() == open_files.limit() > 512
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert open_files.count() > 3
