"""Streamlit's files go out compressed, and nothing else is touched."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ecosystem.web.compression import CompressedFiles

SCRIPT = "console.log('Łódź');\n" * 500


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    files = tmp_path / "static"
    (files / "js").mkdir(parents=True)
    (files / "js" / "index.abc.js").write_text(SCRIPT, encoding="utf-8")
    (files / "font.woff2").write_bytes(b"font")
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")

    async def below(_: object) -> PlainTextResponse:
        return PlainTextResponse("passed on")

    app = Starlette(
        routes=[Route("/{path:path}", below, methods=["GET", "POST", "HEAD"])],
        middleware=[Middleware(CompressedFiles, folder=files)],
    )
    return TestClient(app)


def test_a_script_is_sent_compressed_and_kept_by_the_browser(client: TestClient) -> None:
    with client.stream("GET", "/static/js/index.abc.js") as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw).decode("utf-8") == SCRIPT
    assert len(raw) < len(SCRIPT) / 10
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "accept-encoding"
    assert int(answer.headers["content-length"]) == len(raw)


def test_it_works_below_a_base_path(client: TestClient) -> None:
    assert client.get("/valleys/static/js/index.abc.js").text == SCRIPT


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/static/font.woff2",
        "/static/js/unknown.js",
        "/static/js",
        "/static/../secret.js",
        "/static/%2e%2e/secret.js",
        "/static/js/..%2f..%2fsecret.js",
        "/other/js/index.abc.js",
    ],
)
def test_everything_else_passes_through(client: TestClient, path: str) -> None:
    assert client.get(path).text == "passed on"


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-encoding": "identity"},
        {"accept-encoding": "br, gzip;q=0"},
        {"accept-encoding": "gzip", "range": "bytes=0-10"},
    ],
)
def test_what_a_browser_does_not_take_passes_through(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.get("/static/js/index.abc.js", headers=headers).text == "passed on"


def test_a_post_passes_through(client: TestClient) -> None:
    assert client.post("/static/js/index.abc.js").text == "passed on"
