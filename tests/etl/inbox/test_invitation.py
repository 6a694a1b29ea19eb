"""Links to organisations: nobody else can make one, and none lasts."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import settings
from etl.cli import app
from etl.errors import PublishError
from etl.inbox.invitation import (
    NotInvited,
    TooLate,
    address_key,
    invite,
    make_secret,
    read_link,
    secret_file,
)
from etl.inbox.mail_merge import before
from tests.etl.inbox.conftest import LIMES

UNTIL = date(2026, 12, 31)
SITE = "https://map.example.org"


@pytest.fixture(autouse=True)
def _own_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox" / "inbox.sqlite"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def params(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_a_link_names_one_organisation_until_a_day() -> None:
    link = invite(f"{SITE}/", LIMES, UNTIL)
    assert link.startswith(f"{SITE}/confirm?org={LIMES}&until=2026-12-31&key=")
    found = read_link(params(link), UNTIL)
    assert (found.org_id, found.until) == (LIMES, UNTIL)
    with pytest.raises(TooLate, match="valid until 31 December 2026"):
        read_link(params(link), UNTIL + timedelta(days=1))


@pytest.mark.parametrize(
    "change",
    [
        {"org": "fr-secure-ic"},
        {"until": "2027-12-31"},
        {"until": "20261231"},
        {"until": "soon"},
        {"until": ""},
        {"key": ""},
        {"key": "x" * 43},
        {"key": "é" * 43},
        {"org": "\ud800"},
    ],
)
def test_what_was_changed_is_no_link(change: dict[str, str]) -> None:
    told = params(invite(SITE, LIMES, UNTIL)) | change
    with pytest.raises(NotInvited, match="isn't valid"):
        read_link(told, UNTIL)


def test_a_link_of_another_secret_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    told = params(invite(SITE, LIMES, UNTIL))
    monkeypatch.setenv("CYBER_VALLEYS_LINK_SECRET", "another one")
    settings.cache_clear()
    with pytest.raises(NotInvited):
        read_link(told, UNTIL)
    assert read_link(params(invite(SITE, LIMES, UNTIL)), UNTIL).org_id == LIMES
    assert "another one" not in repr(settings())


def test_without_a_secret_nobody_is_invited() -> None:
    assert address_key("feed") == ""
    with pytest.raises(NotInvited):
        read_link({"org": LIMES, "until": "2026-12-31", "key": "x" * 43}, UNTIL)


def test_the_secret_is_made_once_and_for_this_user_alone() -> None:
    secret = make_secret()
    assert make_secret() == secret
    assert stat.S_IMODE(secret_file().stat().st_mode) == 0o600
    assert len(address_key("feed")) == 43
    assert address_key("feed") != address_key("other")
    secret_file().write_bytes(b"short")
    with pytest.raises(PublishError, match="bring it back from a copy"):
        make_secret()


def test_a_month_counts_from_its_first_day() -> None:
    rows = pd.DataFrame({"checked_on": ["2026-11", "2026-10-31", "2026-11-02", None]})
    assert before(rows, date(2026, 11, 1)).index.tolist() == [1, 3]
    assert before(rows, date(2026, 11, 2)).index.tolist() == [0, 1, 3]


@pytest.mark.usefixtures("_use_test_release")
def test_the_command_writes_a_table_for_a_mail_merge(tmp_path: Path) -> None:
    run, file = CliRunner().invoke, tmp_path / "links.csv"
    asked = ["confirm", str(file), "--days", "30", "--site", SITE]
    result = run(app, [*asked, "--filter", f"{SITE}/directory?country=AT&type=sme"])
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["Country"], row["Type"]) for row in rows} == {("Austria", "SME or start-up")}
    (row,) = (row for row in rows if row["Identifier"] == LIMES)
    assert row["Website"] == "https://limessecurity.com"
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    assert read_link(params(row["Link"]), until).org_id == LIMES
    book = tmp_path / "links.xlsx"
    assert run(app, ["confirm", str(book), "--ids", LIMES, "--site", SITE]).exit_code == 0
    cells = list(openpyxl.load_workbook(book).active.iter_rows(values_only=True))
    assert [len(cells), cells[1][0]] == [2, "Limes Security GmbH"]


@pytest.mark.usefixtures("_use_test_release")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--site", SITE, "--ids", "fr-nobody"], "fr-nobody: not among the published"),
        (["--site", SITE, "--filter", "land=FR"], "land: no filter of the site is called so"),
        (["--site", SITE, "--filter", "x"], "x: no filter of the site"),
        ([], "give --site https://"),
        (["--site", "javascript:alert(1)"], "give --site https://"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    result = CliRunner().invoke(app, ["confirm", str(tmp_path / "links.csv"), *options])
    assert (result.exit_code, sentence in result.output) == (1, True), result.output
    assert not (tmp_path / "links.csv").exists()
