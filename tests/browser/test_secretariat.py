"""The secretariat signs in, checks a file, publishes it and goes back, in Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ecosystem.settings import settings
from tests.browser.provider import CLIENT_ID, Provider, providing
from tests.browser.server import free_port, serving
from tests.browser.site import Site

ANNA = {"sub": "1", "email": "anna@example.org", "email_verified": True, "name": "Anna"}


@dataclass
class Office:
    """A site whose secretariat can sign in, on data of its own."""

    address: str
    provider: Provider
    register: Path
    releases: Path


@pytest.fixture(scope="module")
def office(releases_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    releases = Path(shutil.copytree(releases_dir, folder / "releases"))
    register = Path(shutil.copytree(settings().register_dir, folder / "register"))
    port = free_port()
    with providing() as provider:
        secrets = folder / "secrets.toml"
        secrets.write_text(
            f"""
            [auth]
            redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
            cookie_secret = "{"x" * 40}"
            client_id = "{CLIENT_ID}"
            client_secret = "of the test"
            server_metadata_url = "{provider.address}/.well-known/openid-configuration"
            """,
            encoding="utf-8",
        )
        environment = {
            "CYBER_VALLEYS_SECRETARIAT": ANNA["email"],
            "CYBER_VALLEYS_REGISTER_DIR": str(register),
            "CYBER_VALLEYS_INBOX_FILE": str(folder / "inbox.sqlite"),
        }
        options = ["--secrets.files", str(secrets)]
        with serving(releases, port=port, options=options, environment=environment) as address:
            yield Office(address, provider, register, releases)


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    with Site(browser, office.address) as site:
        yield site.page


def sign_in(page: Page, office: Office, **changed: object) -> None:
    office.provider.claims = ANNA | changed
    page.goto(f"{office.address}/secretariat")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("not ECSO's own data").first.wait_for(timeout=60_000)
    page.goto(f"{office.address}/secretariat")


def test_a_member_signs_in_and_out(page: Page, office: Office) -> None:
    sign_in(page, office)
    expect(page.get_by_text("Signed in as anna@example.org")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("not ECSO's own data").first.wait_for(timeout=60_000)
    page.goto(f"{office.address}/secretariat")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_somebody_else_is_sent_away(page: Page, office: Office) -> None:
    sign_in(page, office, email="bob@example.org")
    expect(page.get_by_text("isn't on the list")).to_be_visible()
    expect(page.get_by_text("Register files")).to_have_count(0)
