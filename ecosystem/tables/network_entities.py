"""The table ``network_entity``: bodies of the communication network for SMEs."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import ENTITY_KINDS
from ecosystem.tables import regions


def near(database: Database, org_id: str, valley_id: str) -> pd.DataFrame:
    """Bodies that an organisation is or whose valley it is in: ``entity_id, name, website, same``.

    Parameters
    ----------
    org_id : str
        The organisation.
    valley_id : str
        Its valley; empty if it is in none.

    Returns
    -------
    DataFrame
        ``same`` says that the body is the organisation itself; such a one comes first.
    """
    return database.frame(
        """
        SELECT entity_id, name, website, coalesce(org_id = $org_id, false) AS same
        FROM network_entity
        WHERE org_id = $org_id OR (valley_id = $valley_id AND $valley_id != '')
        ORDER BY same DESC, name
        """,
        {"org_id": org_id, "valley_id": valley_id},
    )


def in_region(database: Database, region_id: str) -> pd.DataFrame:
    """Bodies of a valley, or with their seat in a NUTS region: all columns, by name.

    In a NUTS region are none of those without a known town.
    """
    return regions.rows_in(_every(database), region_id)


@per_release
def _every(database: Database) -> pd.DataFrame:
    return database.frame("SELECT * FROM network_entity ORDER BY strip_accents(lower(name))")


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, kind, scope, city, country, valley_id, website, text``."""
    return database.frame(
        """
        SELECT entity_id AS id, name, kind, scope, city, country, valley_id, website,
               coalesce(notes, '') AS text
        FROM network_entity ORDER BY id
        """
    )


_CHOSEN = """
    ($scope = '' OR scope = $scope) AND ($kind = '' OR kind = $kind)
    AND ($country = '' OR country = $country) AND ($valley = '' OR valley_id = $valley)
    AND contains(
        strip_accents(lower(concat_ws(' ', name, city, notes))), strip_accents(lower($words))
    )
"""
# Bodies of one town share a symbol.
_TOWN = "round(lon, 3)::VARCHAR || ',' || round(lat, 3)::VARCHAR"


def _bound(words: str, scope: str, kind: str, country: str, valley: str) -> dict[str, str]:
    return {
        "words": words.strip(),
        "scope": scope,
        "kind": kind,
        "country": country,
        "valley": valley,
    }


def valley_ids(database: Database) -> list[str]:
    """Identifiers of the valleys that a body is in."""
    rows = database.frame(
        "SELECT DISTINCT valley_id FROM network_entity WHERE valley_id IS NOT NULL "
        "ORDER BY valley_id"
    )
    return [str(id_) for id_ in rows["valley_id"]]


def search(
    database: Database,
    words: str = "",
    scope: str = "",
    kind: str = "",
    country: str = "",
    valley: str = "",
) -> pd.DataFrame:
    """Bodies in the order of their names, those that match.

    Parameters
    ----------
    words : str
        Text that name, town or notes must hold, whatever its case and accents.
    scope, kind, country, valley : str
        Codes, and the identifier of a valley; all if empty.

    Returns
    -------
    DataFrame
        The table's columns, and ``town_key``, the key of its symbol; missing without a place.
    """
    return database.frame(
        f"""
        SELECT *, {_TOWN} AS town_key FROM network_entity WHERE {_CHOSEN}
        ORDER BY strip_accents(lower(name))
        """,
        _bound(words, scope, kind, country, valley),
    )


def symbols(
    database: Database,
    words: str = "",
    scope: str = "",
    kind: str = "",
    country: str = "",
    valley: str = "",
) -> pd.DataFrame:
    """A row for each town with bodies that match; parameters as for :func:`search`.

    Returns
    -------
    DataFrame
        ``key, name, lon, lat`` (degrees), ``kind`` (what a click selects: a town) and a count
        for each kind of body.
    """
    counts = ", ".join(f"count(*) FILTER (kind = '{code}') AS \"{code}\"" for code in ENTITY_KINDS)
    found = database.frame(
        f"""
        SELECT {_TOWN} AS key, any_value(city) AS name, any_value(lon) AS lon,
               any_value(lat) AS lat, {counts}
        FROM network_entity WHERE lon IS NOT NULL AND {_CHOSEN}
        GROUP BY key ORDER BY key
        """,
        _bound(words, scope, kind, country, valley),
    )
    return found.assign(kind="town")
