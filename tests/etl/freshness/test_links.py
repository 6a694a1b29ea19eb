"""The check of all addresses: in turn, to be gone on with, and a report that lasts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import settings
from etl.cli import app
from etl.freshness import fetch, links, report
from etl.freshness.fetch import Client, Turns
from etl.freshness.links import OfflineError, check_links, contacts, places
from tests.etl.freshness.server import Site, serving

Edit = Callable[..., Path]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "links" / "links.jsonl"


def client(pause: float = 0.0) -> Client:
    return Client("Test", allows=lambda _: True, turns=Turns(pause))


def of(site: Site, *paths: str) -> list[str]:
    return [f"{site.url}{path}" for path in paths]


def test_each_address_is_asked_once_and_kept(site: Site, path: Path) -> None:
    found = check_links(of(site, "/", "/missing", "/", "/forbidden"), client(), path=path)
    assert {r.address.removeprefix(site.url): str(r.outcome) for r in found} == {
        "/": "answers",
        "/missing": "page missing",
        "/forbidden": "refuses programs",
    }
    kept = report.read(path)
    assert kept.results == {r.address: r for r in found}
    assert kept.broken_off == ""
    assert [r.is_wrong for r in found] == [r.outcome == "page missing" for r in found]
    assert [bool(r.wrong_since) for r in found] == [r.is_wrong for r in found]


def test_one_host_is_asked_one_address_at_a_time_with_a_pause(site: Site, path: Path) -> None:
    check_links(of(site, *(f"/{n}" for n in range(5))), client(0.05), path=path)
    assert site.most_at_once == 1
    steps = [b - a for a, b in zip(site.times, site.times[1:], strict=False)]
    assert len(steps) == 4
    assert min(steps) >= 0.05


def test_hosts_are_asked_side_by_side(path: Path) -> None:
    """One that hangs keeps nobody else waiting."""
    with serving() as slow, serving() as quick:
        other = quick.url.replace("127.0.0.1", "localhost")
        addresses = [f"{slow.url}/hang", *(f"{other}/{n}" for n in range(4))]
        order: list[str] = []
        hasty = Client("Test", allows=lambda _: True, turns=Turns(0), timeout=3.0)
        check_links(addresses, hasty, path=path, track=lambda _, r: order.append(r.address))
        assert order[-1] == f"{slow.url}/hang"


def test_with_a_limit_those_asked_longest_ago_come_first(site: Site, path: Path) -> None:
    addresses = of(site, "/a", "/b", "/c")
    for moment, address in zip(("2026-03-01", "2026-01-01"), addresses, strict=False):
        path.parent.mkdir(exist_ok=True)
        line = {"address": address, "checked_at": f"{moment}T00:00:00Z", "outcome": "answers"}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    found = check_links(addresses, client(), limit=2, path=path)
    assert [r.address for r in found] == [addresses[2], addresses[1]]


def test_what_was_broken_off_is_gone_on_with(site: Site, path: Path) -> None:
    addresses = of(site, *(f"/{n}" for n in range(6)))
    seen: list[str] = []

    def stop(left: int, result: report.Result) -> None:
        seen.append(result.address)
        if left == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_links(addresses, client(), path=path, track=stop)
    kept = report.read(path)
    assert set(kept.results) == set(seen)
    assert kept.broken_off
    rest = check_links(addresses, client(), resume=True, path=path)
    assert {r.address for r in rest} == set(addresses) - set(seen)
    assert report.read(path).broken_off == ""
    assert len(check_links(addresses, client(), resume=True, path=path)) == 6


def test_without_a_way_to_the_internet_nothing_is_kept(site: Site, path: Path) -> None:
    """Or a machine without a network would call every website dead."""
    dead = [f"http://{name}.invalid/" for name in "abcde"]
    check_links(of(site, "/"), client(), path=path)
    before = path.read_bytes()
    with pytest.raises(OfflineError, match="None of 5 addresses answers"):
        check_links(dead, client(), path=path)
    assert path.read_bytes() == before
    found = check_links([*dead, *of(site, "/")], client(), path=path)
    assert sum(r.is_wrong for r in found) == 5
    # A few may all be dead.
    assert len(check_links(dead[:4], client(), path=path)) == 4


def test_a_line_cut_by_a_power_failure_and_nonsense_are_left_out(site: Site, path: Path) -> None:
    check_links(of(site, "/a"), client(), path=path)
    path.write_bytes(path.read_bytes() + b'[1]\n{"x": 1}\n{"address": "http://h/", "chec')
    assert set(report.read(path).results) == set(of(site, "/a"))
    assert report.read(path.with_name("none")).results == {}


def test_since_when_an_address_is_wrong_stays_and_goes(site: Site, path: Path) -> None:
    address = f"{site.url}/missing"
    path.parent.mkdir()
    before = report.Result(
        address, "2026-01-01T00:00:00Z", "page missing", "", "", "2025-12-01T00:00:00Z"
    )
    path.write_text(json.dumps(vars(before)) + "\n", encoding="utf-8")
    (still,) = check_links([address], client(), path=path)
    assert still.wrong_since == "2025-12-01T00:00:00Z"
    # What is no longer in the register is forgotten.
    check_links(of(site, "/"), client(), path=path)
    assert set(report.read(path).results) == {f"{site.url}/"}


def test_every_address_of_the_register_has_its_place(edit: Edit) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0] |= {"website": "www.itcluster.at", "source_url": "HTTPS://www.itcluster.at/x"}

    found = places(edit(change))
    mine = [p for p in found if p.row_id == "at-it-cluster-der-business-upper-austria"]
    assert [(p.resource, p.column, p.title, p.address) for p in mine] == [
        ("organisations", "website", "Website", "https://www.itcluster.at"),
        ("organisations", "source_url", "Source", "https://www.itcluster.at/x"),
    ]
    assert {"valleys", "network", "investors", "events", "coverage"} <= {p.resource for p in found}
    assert all(p.address.startswith("http") and p.name for p in found)


def test_the_command_asks_reports_and_changes_nothing(
    site: Site, edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0] |= {"website": f"{site.url}/", "source_url": f"{site.url}/missing"}

    register = edit(change)
    before = (register / "organisations.csv").read_bytes()
    for name, value in {
        "REGISTER_DIR": str(register),
        "LINKS_FILE": str(tmp_path / "links.jsonl"),
        "CONTACT": "anna@example.org",
    }.items():
        monkeypatch.setenv(f"CYBER_VALLEYS_{name}", value)
    settings.cache_clear()
    # Of all addresses only those of the server here.
    monkeypatch.setattr(
        links, "_in_order", lambda addresses, _: [a for a in addresses if site.url in a]
    )
    own = links.client_of_installation()
    assert own.allows is fetch.is_public
    assert "anna@example.org" in own.user_agent
    allowing = Client(own.user_agent, allows=lambda _: True, turns=Turns(0))
    monkeypatch.setattr(links, "client_of_installation", lambda: allowing)
    table = tmp_path / "links.csv"
    result = CliRunner().invoke(app, ["links", "--csv", str(table)])
    settings.cache_clear()
    assert result.exit_code == 0, result.output
    assert "page missing" in result.output
    assert "says 404" in result.output
    assert (register / "organisations.csv").read_bytes() == before
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    (missing,) = [line for line in lines if "/missing" in line]
    assert ",source_url," in missing
    assert ",page missing,the server says 404," in missing


def test_who_asks_is_named_with_ascii_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", "https://valleys.example\r\nX: y")
    monkeypatch.setenv("CYBER_VALLEYS_CONTACT", "anna@example.org")
    settings.cache_clear()
    try:
        assert contacts() == ["anna@example.org"]
    finally:
        settings.cache_clear()
