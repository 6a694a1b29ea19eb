"""A site whose secretariat can sign in, on data of its own; and the files that it brings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from playwright.sync_api import Page

from ecosystem.common.settings import settings
from tests.browser.provider import CLIENT_ID, Provider, providing
from tests.browser.server import free_port, serving

ANNA = {"sub": "1", "email": "anna@example.org", "email_verified": True, "name": "Anna"}


@dataclass
class Office:
    """Where the site is, who signs in, and where its data lies."""

    address: str
    provider: Provider
    folder: Path
    register: Path
    releases: Path
    members: Path

    def register_as_sheet(self) -> pd.DataFrame:
        """The organisations as the secretariat has them in its spreadsheet program."""
        return pd.read_csv(self.register / "organisations.csv", dtype="str", keep_default_na=False)

    def save(self, sheet: pd.DataFrame, name: str) -> Path:
        """A workbook of organisations, to be chosen on the page."""
        path = self.folder / name
        sheet.to_excel(path, index=False, sheet_name="Organisations")
        return path

    def sign_in(self, page: Page, **changed: object) -> None:
        """Sign in as Anna, or as somebody a little different, and open the page."""
        self.provider.claims = ANNA | changed
        page.goto(f"{self.address}/secretariat")
        page.get_by_role("button", name="Sign in").click()
        # The provider leads back to the page that was asked for.
        page.get_by_text("igned in as").first.wait_for()

    def sign_out(self, page: Page) -> None:
        """Sign out and open the page again."""
        page.get_by_role("button", name="Sign out").click()
        # Every page has the footer: only the address tells that it is the front page.
        page.wait_for_url(f"{self.address}/")
        page.get_by_text("not ECSO's own data").first.wait_for()
        page.goto(f"{self.address}/secretariat")

    def name_members(self, *members: str) -> None:
        """Let these accounts enter from now on, and nobody else."""
        self.members.write_text("\n".join(members) + "\n", encoding="utf-8")

    def check(self, page: Page, path: Path) -> None:
        """Choose a file on the page and have it checked."""
        page.locator("input[type=file]").set_input_files(str(path))
        page.get_by_text(path.name).first.wait_for()
        page.get_by_role("button", name="Check", exact=True).click()


@contextmanager
def office(releases_dir: Path, folder: Path) -> Iterator[Office]:
    """Serve a copy of the releases and of the register, with a provider to sign in with.

    Parameters
    ----------
    releases_dir : Path
        Releases to begin with.
    folder : Path
        An empty folder for everything that is written.
    """
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
            "CYBER_VALLEYS_SECRETARIAT_FILE": str(folder / "members.txt"),
            "CYBER_VALLEYS_REGISTER_DIR": str(register),
            "CYBER_VALLEYS_INBOX_FILE": str(folder / "inbox.sqlite"),
        }
        options = ["--secrets.files", str(secrets)]
        with serving(releases, port=port, options=options, environment=environment) as address:
            desk = Office(address, provider, folder, register, releases, folder / "members.txt")
            desk.name_members(str(ANNA["email"]))
            yield desk
