"""The table ``valley``: the regional ecosystems, their outlines and who animates them."""

from __future__ import annotations

from typing import Any

from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.finding.filters import Filter
from ecosystem.tables import regions


def names(database: Database) -> dict[str, str]:
    """How every valley is written, by its id, in the order of the names."""
    known = regions.labels(database)
    ordered = sorted(regions.ids(database, "valley"), key=lambda id_: fold(known[id_]))
    return {id_: known[id_] for id_ in ordered}


def one(database: Database, valley_id: str) -> dict[str, Any] | None:
    """One valley as a mapping of its columns, without its geometry; None if there is none."""
    return database.record(
        "SELECT * EXCLUDE (geometry) FROM valley WHERE valley_id = $valley_id",
        {"valley_id": valley_id},
    )


def count(database: Database) -> int:
    """How many valleys the register has."""
    return int(database.value("SELECT count(*) FROM valley"))


def type_counts(database: Database, filter_: Filter, valley_id: str) -> dict[str, int]:
    """Organisations of one valley by type under a filter, most frequent first."""
    where, bound = filter_.where()
    rows = database.frame(
        f"""
        SELECT type, count(*) AS n FROM organisation
        WHERE {where} AND valley_id = $of_valley GROUP BY type ORDER BY n DESC, type
        """,
        {**bound, "of_valley": valley_id},
    )
    return dict(zip(rows["type"], rows["n"].astype(int), strict=True))


def valley_around(database: Database, nuts_id: str) -> str | None:
    """Id of the valley that covers a NUTS region whole; None if none does."""
    valley_id: str | None = database.value(
        """
        SELECT valley_id FROM valley
        WHERE len(list_filter(nuts_codes, lambda code: starts_with($nuts_id, code))) > 0
        """,
        {"nuts_id": nuts_id},
    )
    return valley_id
