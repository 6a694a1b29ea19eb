"""Identifiers are made once, from country and name, and never change."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from etl import files
from etl.errors import PublishError, RegisterError
from etl.files import lock
from etl.register.mint import mint

Aliases = dict[str, dict[str, str]]


def minted(path: Path, aliases: Aliases) -> list[str]:
    mint(path, aliases["country"])
    with path.open(encoding="utf-8", newline="") as file:
        return [row["org_id"] for row in csv.DictReader(file)]


def test_mint(tmp_path: Path, aliases: Aliases) -> None:
    path = tmp_path / "o.csv"
    path.write_text(
        "name,city,country,extra\n"
        "Pôle d'excellence cyber,Rennes,FR,kept\n"
        "Thales,Rennes,FR,\n"
        "Thales,Cergy,France,\n"
        "Thales,Cergy,FR,\n"
        "Thales,Newport,UK,\n"
        "!!!,Paris,FR,\n",
        encoding="utf-8",
    )
    ids = [
        "fr-pole-d-excellence-cyber",
        "fr-thales",
        "fr-thales-cergy",
        "fr-thales-cergy-2",
        "gb-thales",
        "fr-organisation",
    ]
    assert minted(path, aliases) == ids
    assert "Rennes,FR,kept" in path.read_text(encoding="utf-8")
    assert mint(path, aliases["country"]) == 0
    assert minted(path, aliases) == ids


def test_renaming_keeps_the_identifier(tmp_path: Path, aliases: Aliases) -> None:
    path = tmp_path / "o.csv"
    path.write_text("org_id,name,city,country\nfr-old,New,Paris,FR\n,Old,Paris,FR\n")
    assert minted(path, aliases) == ["fr-old", "fr-old-paris"]


def test_the_register_is_minted(aliases: Aliases, register: Path) -> None:
    before = (register / "organisations.csv").read_bytes()
    assert mint(register / "organisations.csv", aliases["country"]) == 0
    assert (register / "organisations.csv").read_bytes() == before


def test_minting_needs_name_town_and_country(tmp_path: Path, aliases: Aliases) -> None:
    (tmp_path / "o.csv").write_text("name,town\nA,B\n")
    with pytest.raises(RegisterError, match="city, country is missing"):
        mint(tmp_path / "o.csv", aliases["country"])
    with pytest.raises(RegisterError, match="save the sheet as CSV"):
        mint(tmp_path / "o.xlsx", aliases["country"])


def test_a_minted_file_keeps_its_mark_and_permissions(tmp_path: Path, aliases: Aliases) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"\xef\xbb\xbfname,city,country\nA,Paris,FR\n")
    path.chmod(0o640)
    assert mint(path, aliases["country"]) == 1
    assert path.read_bytes() == b"\xef\xbb\xbforg_id,name,city,country\nfr-a,A,Paris,FR\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_nothing_is_minted_while_somebody_else_changes_the_file(
    tmp_path: Path, aliases: Aliases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_WAIT_S", 0.1)
    path = tmp_path / "o.csv"
    path.write_text("name,city,country\nA,Paris,FR\n")
    with lock(path), pytest.raises(PublishError, match="Somebody else is changing"):
        mint(path, aliases["country"])
    assert mint(path, aliases["country"]) == 1


def test_a_file_that_is_not_there(tmp_path: Path, aliases: Aliases) -> None:
    with pytest.raises(RegisterError, match="no such file"):
        mint(tmp_path / "o.csv", aliases["country"])
    assert not list(tmp_path.iterdir())


def test_everything_but_the_identifiers_stays_byte_for_byte(
    tmp_path: Path, aliases: Aliases
) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes('name;"city";country\r\n"Müller";Köln;DE\r\n;;\r\nB;;DE'.encode("cp1252"))
    assert mint(path, aliases["country"]) == 2
    assert path.read_bytes() == (
        'org_id;name;"city";country\r\nde-muller;"Müller";Köln;DE\r\n;;;\r\nde-b;B;;DE'
    ).encode("cp1252")


def test_a_row_that_breaks_off_gets_no_identifier(tmp_path: Path, aliases: Aliases) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"org_id,name,city,country\n,A\n,B,Paris,FR\n")
    assert mint(path, aliases["country"]) == 1
    assert path.read_bytes() == b"org_id,name,city,country\n,A\nfr-b,B,Paris,FR\n"
