"""The page of a participant's day is the same for everybody, and loads nothing from elsewhere."""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.web import my_day
from ecosystem.web.routes import ASSETS


def test_the_page_knows_nobody_and_loads_its_own_script_only() -> None:
    answer = TestClient(Starlette(routes=my_day.routes())).get("/my-day")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert re.findall(r'(?:src|href)="([^"]*)"', answer.text) == [
        "./assets/icon.svg",
        "./assets/my_day.js",
        "./",
    ]
    assert (ASSETS / "my_day.js").exists()


def test_the_script_puts_text_into_the_page_as_text_and_asks_no_server() -> None:
    script = (ASSETS / "my_day.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|fetch|XMLHttp|eval|import\(", script
    )
