"""What a visitor notices when the connection is lost, blocked, or let go of by the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.server import free_port, serving
from tests.browser.site import Site


class Line:
    """The connection of a page to the site, on which answers can be held back."""

    def __init__(self, page: Page) -> None:
        self._held: list[tuple[WebSocketRoute, str | bytes]] | None = None
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, visitor: WebSocketRoute) -> None:
        site = visitor.connect_to_server()
        site.on_message(lambda message: self._answer(visitor, message))

    def _answer(self, visitor: WebSocketRoute, message: str | bytes) -> None:
        if self._held is None:
            visitor.send(message)
        else:
            self._held.append((visitor, message))

    def hold(self) -> None:
        self._held = []

    def release(self) -> None:
        held, self._held = self._held or [], None
        for visitor, message in held:
            visitor.send(message)


def test_what_was_typed_outlives_a_restart_and_a_visitor_hears_of_both(
    browser: Browser, releases_dir: Path
) -> None:
    port = free_port()
    with Site(browser, f"http://127.0.0.1:{port}") as site:
        page = site.alter_page()
        line = Line(page)
        name, town, founded = (
            page.get_by_role("textbox", name=label, exact=True)
            for label in ("Name (required)", "Town (required)", "Founded")
        )
        notice = page.locator("#cv-connection")
        app = page.get_by_test_id("stApp")
        listed = page.get_by_role("link", name="Shortlist (1)")
        with serving(releases_dir, port=port):
            site.visit("/organisation?org=at-limes-security-gmbh")
            page.get_by_role("button", name="Add to shortlist").click()
            expect(listed).to_be_visible()
            page.wait_for_function("() => localStorage.getItem('cyber-valleys-shortlist')")
            site.visit("/suggest", with_map=False)
            expect(listed).to_be_visible()
            expect(app).to_have_attribute("data-test-script-state", "notRunning")
            line.hold()
            name.fill("Armor Test Lab")
            name.press("Tab")
            # Typed, and the field not left: the server has not heard of it, and what it answers
            # to the name knows nothing of the town.
            town.press_sequentially("Brest")
            line.release()
            page.wait_for_function(
                """() => Object.entries(sessionStorage).some(
                  ([key, value]) => key.startsWith("cyber-valleys-draft")
                    && value.includes("Armor Test Lab") && value.includes("Brest"))"""
            )
            expect(app).to_have_attribute("data-test-script-state", "notRunning")
        expect(notice).to_contain_text("The connection to the site is lost.")
        with serving(releases_dir, port=port):
            expect(notice).to_contain_text("The connection is back.")
            expect(listed).to_be_visible()
            # A new session, which knows nothing yet.
            founded.fill("2011")
            founded.press("Tab")
            expect(app).to_have_attribute("data-test-script-state", "notRunning")
            for visit in range(2):
                expect(name).to_have_value("Armor Test Lab")
                expect(town).to_have_value("Brest")
                expect(founded).to_have_value("2011")
                if not visit:
                    site.visit("/suggest", with_map=False)


@pytest.fixture(scope="module")
def drowsy(releases_dir: Path) -> Iterator[str]:
    """A site that lets go of a page after three seconds."""
    with serving(
        releases_dir, environment={"CYBER_VALLEYS_SESSION_IDLE_MINUTES": "0.05"}
    ) as address:
        yield address


def test_a_page_left_alone_sleeps_until_somebody_is_there(browser: Browser, drowsy: str) -> None:
    opened = []
    with Site(browser, drowsy) as site:
        page = site.page
        site.listen("websocket", lambda _: opened.append(1))
        site.visit("/glossary", with_map=False)
        notice = page.locator("#cv-connection")
        expect(notice).to_contain_text("is asleep")
        n = len(opened)
        page.wait_for_timeout(2_000)
        assert len(opened) == n, "nobody is there, so nobody connects"
        page.mouse.move(200, 200)
        page.mouse.move(210, 210)
        expect(notice).to_contain_text("The connection is back.")
        assert len(opened) == n + 1


def test_who_cannot_connect_reads_where_plain_pages_are(browser: Browser, drowsy: str) -> None:
    with Site(browser, drowsy) as site:
        page = site.alter_page()
        page.route_web_socket("**/_stcore/stream", lambda socket: socket.close())
        page.goto(f"{drowsy}/organisation?org=at-limes-security-gmbh")
        notice = page.locator("#cv-connection")
        expect(notice).to_contain_text("Some company networks block it")
        notice.get_by_role("link", name="This organisation").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Limes Security GmbH")
        page.go_back()
        expect(notice).to_contain_text("You see the page in plain words")
        expect(page.get_by_role("heading", level=1, name="Limes Security GmbH")).to_be_visible()
        notice.get_by_role("button", name="Close").click()
        expect(notice).to_be_empty()
        page.reload()
        notice.get_by_role("link", name="The directory").click()
        expect(page.locator("#plain").get_by_role("link", name="Aikido Security")).to_be_visible()
        assert site.foreign == []
