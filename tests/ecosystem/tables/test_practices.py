"""Practices, narrowed and looked up, against the register's own rows."""

from __future__ import annotations

import csv

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.tables import practices


def rows() -> list[dict[str, str]]:
    with (settings().register_dir / "practices.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_who_runs_a_voucher(database: Database) -> None:
    found = practices.selection(database, kinds=["voucher"])
    expected = {row["practice_id"] for row in rows() if row["kind"] == "voucher"}
    assert set(found["practice_id"]) == expected
    basque = practices.selection(database, kinds=["voucher"], valleys=["es-pais-vasco"])
    assert set(basque["practice_id"]) == {
        "euskadi-industrial-cyber-aid",
        "gipuzkoa-secure-products",
    }
    order = ["slovenia-cyber-voucher", "hessen-3c"]
    assert practices.selection(database, ids=order)["practice_id"].tolist() == order
    assert len(practices.selection(database)) == len(rows())


def test_one_and_those_of_its_kind(database: Database) -> None:
    record = practices.one(database, "hessen-3c")
    assert record is not None
    assert (record["valley_id"], record["year"]) == ("de-hessen", 2019)
    alike = set(practices.alike(database, "hessen-3c")["practice_id"])
    csirts = {row["practice_id"] for row in rows() if row["kind"] == "csirt"}
    assert alike == csirts - {"hessen-3c"}
    assert practices.one(database, "nobody") is None
    assert practices.alike(database, "nobody").empty


def test_choices_are_what_there_is(database: Database) -> None:
    choices = practices.choices(database)
    assert set(choices["kinds"]) == {row["kind"] for row in rows()}
    assert set(choices["valleys"]) == {row["valley_id"] for row in rows()} - {""}
