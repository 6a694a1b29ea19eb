"""Requests have an id, are counted by a few words, and are written down without who asked."""

from __future__ import annotations

import logging
import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ecosystem.web import logs, metrics, requests
from ecosystem.web.addresses import SitePath
from ecosystem.web.requests import Requests

OWN_ID = "3f0c9ad2-from-nginx"
_noted = logging.getLogger("ecosystem.of_this_test")


def document(request: Request) -> Response:
    _noted.warning("a document")
    return PlainTextResponse(request.path_params.get("name", "page"))


def fail(request: Request) -> Response:
    raise ValueError("damaged")


ROUTES = [
    Route("/regions", document),
    Route("/profile/{name}", document),
    Route("/fails", fail),
    Route("/assets/map.js", document),
]


def site(*, base: str = "", proxied: bool = False, client: str = "203.0.113.9") -> TestClient:
    app = Starlette(
        routes=ROUTES,
        middleware=[
            # What the server itself does with a proxy of this machine.
            *([Middleware(ProxyHeadersMiddleware, trusted_hosts=["127.0.0.1"])] if proxied else []),
            Middleware(SitePath, path=base),
            Middleware(Requests, pages=("", "regions"), routes=ROUTES),
        ],
    )
    return TestClient(app, client=(client, 50_000), raise_server_exceptions=False)


def id_of(answer: Response) -> str:
    return str(answer.headers["x-request-id"])


def test_an_id_is_made_for_each_request() -> None:
    client = site()
    made = [id_of(client.get("/regions")) for _ in range(2)]
    assert made[0] != made[1]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made)


@pytest.mark.parametrize(
    "hostile", ["short", "a" * 65, "with space here", "a\tbcdefghij", "<b>abcdefg"]
)
def test_a_proxy_of_this_machine_gives_the_id_if_it_is_one(hostile: str) -> None:
    client = site(client="127.0.0.1")
    assert id_of(client.get("/regions", headers={"x-request-id": OWN_ID})) == OWN_ID
    assert id_of(client.get("/regions", headers={"x-request-id": hostile})) != hostile


def test_a_proxy_is_believed_also_where_the_visitors_address_stands_in_its_place() -> None:
    client = site(proxied=True, client="127.0.0.1")
    headers = {"x-request-id": OWN_ID, "x-forwarded-for": "203.0.113.9"}
    assert id_of(client.get("/regions", headers=headers)) == OWN_ID


def test_a_stranger_gives_no_id() -> None:
    headers = {"x-request-id": OWN_ID, "x-forwarded-for": "127.0.0.1"}
    assert id_of(site(proxied=True).get("/regions", headers=headers)) != OWN_ID


def counted(kind: str, status: str) -> float:
    labels = {"kind": kind, "status": status}
    return metrics.REGISTRY.get_sample_value("cyber_valleys_requests_total", labels) or 0


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/regions?q=anna", "page", "2xx"),
        ("/profile/anna", "document", "2xx"),
        ("/assets/map.js", "file", "2xx"),
        ("/no-such/anna", "document", "4xx"),
        ("/fails", "document", "5xx"),
    ],
)
def test_requests_are_counted_by_kind_and_class_of_status(
    path: str, kind: str, status: str
) -> None:
    before = counted(kind, status)
    site().get(path)
    assert counted(kind, status) == before + 1


def test_the_log_names_the_declared_address_and_no_visitor(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = site()
    with caplog.at_level(logging.INFO, logger=requests.__name__):
        for path in ("/regions?q=anna", "/profile/anna", "/assets/map.js", "/no/anna", "/fails"):
            client.get(path)
    found = [record for record in caplog.records if record.name == requests.__name__]
    assert [(vars(r)["address"], vars(r)["status"], r.levelname) for r in found] == [
        ("/regions", 200, "INFO"),
        ("/profile/{name}", 200, "INFO"),
        ("other", 404, "INFO"),
        ("/fails", 500, "WARNING"),
    ]
    written = "".join(logs.JsonLines().format(record) for record in found)
    assert "anna" not in written
    assert "203.0.113.9" not in written


def test_what_is_logged_meanwhile_has_the_id(caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(logs.JsonLines().format(record))  # type: ignore[method-assign]
    _noted.addHandler(handler)
    try:
        answer = site().get("/profile/anna")
    finally:
        _noted.removeHandler(handler)
    assert f'"request": "{id_of(answer)}"' in lines[0]
