"""The feed of what waits: for those who know its address, and with nothing that was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from defusedxml import ElementTree
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from etl.inbox.invitation import make_secret
from etl.inbox.store import Inbox
from etl.ui.suggestions_feed import feed_address, routes
from tests.etl.inbox.conftest import correction, file_of, new

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    settings.cache_clear()
    yield Inbox(tmp_path / "inbox.sqlite")
    settings.cache_clear()


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()), base_url="https://map.example.org")


def test_only_those_who_know_the_address_read_it(inbox: Inbox, client: TestClient) -> None:
    assert feed_address("") == ""
    assert client.get("/suggestions/.xml").status_code == 404
    make_secret()
    address = feed_address("")
    assert client.get(address).status_code == 200
    for wrong in ("x", "é", "x" * 43, address[13:-5]):
        assert client.get(f"/suggestions/{wrong}.xml").status_code == 404


def test_it_says_what_waits_and_nothing_that_was_typed(inbox: Inbox, client: TestClient) -> None:
    inbox.add(new("Mark & Co", notes="Mark", city="Marktown"), "a")
    inbox.add(replace(correction(contact="mark@example.org"), comment="Mark"), "b")
    inbox.add(replace(correction(), link="x"), "c")
    inbox.reject(2, "Mark")
    make_secret()
    answer = client.get(feed_address(""))
    assert answer.headers["cache-control"] == "no-store"
    assert "mark" not in answer.text.casefold()
    root = ElementTree.fromstring(answer.content)
    assert root.findtext(f"{ATOM}title") == "Cyber Valleys: 2 suggestions wait"
    assert [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")] == [
        "Suggestion 3: a correction of at-limes-security-gmbh by the organisation itself",
        "Suggestion 1: a new organisation",
    ]
    assert feed_address("").split("/")[2] not in answer.text, "the address isn't in it"


def test_an_inbox_that_can_not_be_read_is_said(inbox: Inbox, client: TestClient) -> None:
    make_secret()
    file_of(inbox).write_bytes(b"no database" * 1000)
    assert client.get(feed_address("")).status_code == 503
