"""The tables ``partnership`` and ``partnership_member``: who works with whom, as public pages say.

The members that are listed are those that a page names: often not all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.tables import regions

# A year may be named by a start or an end alone: what isn't known leaves nothing out.
_ACTIVE = """
    (start_date IS NULL OR left(start_date, 4)::INTEGER <= $year)
    AND (end_date IS NULL OR left(end_date, 4)::INTEGER >= $year)
"""
# Where a member is: its own place in the register; else the region that is sure, or the valley's.
_PLACED = """
    SELECT m.*, o.name AS org_name,
           CASE WHEN m.org_id IS NOT NULL THEN o.lon
                WHEN len(m.nuts_code) > 3 THEN r.lon ELSE coalesce(v.lon, r.lon) END AS lon,
           CASE WHEN m.org_id IS NOT NULL THEN o.lat
                WHEN len(m.nuts_code) > 3 THEN r.lat ELSE coalesce(v.lat, r.lat) END AS lat
    FROM partnership_member m
    LEFT JOIN organisation o ON o.org_id = m.org_id
    LEFT JOIN valley v ON v.valley_id = m.valley_id
    LEFT JOIN region r ON r.nuts_id = m.nuts_code
"""
# Whether a member surely lies in a valley or NUTS region: ids of the one aren't those of the other.
_IN_PLACE = "(valley_id = {place} OR starts_with(nuts_code, {place}))"
_ROLE_ORDER = "array_position(['lead', 'partner', 'advisory'], role)"


def selection(
    database: Database,
    *,
    ids: Sequence[str] | None = None,
    kinds: Sequence[str] = (),
    year: int | None = None,
    countries: Sequence[str] = (),
    valleys: Sequence[str] = (),
) -> pd.DataFrame:
    """Partnerships for which all conditions hold; several values of one are alternatives.

    Parameters
    ----------
    ids : sequence of str, optional
        Only these, in this order; else all, by name.
    kinds : sequence of str
        Codes of :data:`ecosystem.common.vocabulary.PARTNERSHIP_KINDS`; all if empty.
    year : int, optional
        Active in it, as far as is known: one without a known start or end counts as active
        before, or after, what is known.
    countries, valleys : sequence of str
        With a member from one of them; all if empty.

    Returns
    -------
    DataFrame
        Columns of ``partnership``, ``members`` (how many are listed), and lists without
        repetitions: ``countries`` and ``valleys``.
    """
    conditions = {
        "partnership_id IN (SELECT unnest($ids))": ids is not None,
        "kind IN (SELECT unnest($kinds))": bool(kinds),
        _ACTIVE: year is not None,
        "list_has_any(countries, $countries)": bool(countries),
        "list_has_any(valleys, $valleys)": bool(valleys),
    }
    where = " AND ".join(f"({text})" for text, holds in conditions.items() if holds) or "TRUE"
    values = {
        "ids": list(ids or ()),
        "kinds": list(kinds),
        "year": year,
        "countries": list(countries),
        "valleys": list(valleys),
    }
    rows = database.frame(
        f"""
        WITH taking_part AS (
            SELECT partnership_id, count(*)::INTEGER AS members,
                   list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)) AS countries,
                   list_sort(list(DISTINCT valley_id) FILTER (valley_id IS NOT NULL)) AS valleys
            FROM partnership_member GROUP BY partnership_id
        )
        SELECT partnership.*, coalesce(members, 0) AS members,
               coalesce(countries, []) AS countries, coalesce(valleys, []) AS valleys
        FROM partnership LEFT JOIN taking_part USING (partnership_id)
        WHERE {where} ORDER BY strip_accents(lower(name)), partnership_id
        """,
        {name: value for name, value in values.items() if f"${name}" in where},
    )
    if ids is None:
        return rows
    place = {id_: i for i, id_ in enumerate(ids)}
    order = rows["partnership_id"].map(place).sort_values(kind="stable").index
    return rows.loc[order].reset_index(drop=True)


def one(database: Database, partnership_id: str) -> dict[str, Any] | None:
    """One partnership with what it was followed by; None if there is none of that id.

    Returns
    -------
    dict or None
        Columns of ``partnership`` and ``next_name``, the name of the one that came after it.
    """
    return database.record(
        """
        SELECT p.*, n.name AS next_name
        FROM partnership p LEFT JOIN partnership n ON n.partnership_id = p.followed_by
        WHERE p.partnership_id = $id
        """,
        {"id": partnership_id},
    )


def before(database: Database, partnership_id: str) -> pd.DataFrame:
    """Partnerships that a partnership came after: ``partnership_id, name``."""
    return database.frame(
        "SELECT partnership_id, name FROM partnership WHERE followed_by = $id ORDER BY name",
        {"id": partnership_id},
    )


def members(database: Database, partnership_id: str) -> pd.DataFrame:
    """Listed members of a partnership, who leads first.

    Returns
    -------
    DataFrame
        Columns of ``partnership_member``, ``org_name`` (as the register calls the organisation
        that it is) and ``lon, lat`` (degrees, EPSG:4326): of the organisation, else inside the
        NUTS 2 or 3 region, else the valley, else the larger region; missing if none is known.
    """
    return database.frame(
        f"""
        SELECT * FROM ({_PLACED}) WHERE partnership_id = $id
        ORDER BY {_ROLE_ORDER}, country NULLS LAST, strip_accents(lower(member_name))
        """,
        {"id": partnership_id},
    )


def every_member(database: Database, ids: Sequence[str]) -> pd.DataFrame:
    """Rows of ``partnership_member`` of some partnerships, for a download."""
    return database.frame(
        f"""
        SELECT * FROM partnership_member WHERE partnership_id IN (SELECT unnest($ids))
        ORDER BY partnership_id, {_ROLE_ORDER}, member_name
        """,
        {"ids": list(ids)},
    )


def of_organisation(database: Database, org_id: str) -> pd.DataFrame:
    """Partnerships that an organisation is a member of, with its part in each.

    Returns
    -------
    DataFrame
        ``partnership_id, name, kind, start_date, end_date, role``, the latest start first.
    """
    return database.frame(
        f"""
        SELECT partnership_id, name, kind, start_date, end_date,
               arg_min(role, {_ROLE_ORDER}) AS role
        FROM partnership_member JOIN partnership USING (partnership_id)
        WHERE org_id = $org_id GROUP BY ALL ORDER BY start_date DESC NULLS LAST, name
        """,
        {"org_id": org_id},
    )


def in_region(database: Database, region_id: str) -> pd.DataFrame:
    """Partnerships with a member that surely lies in a NUTS region or valley.

    A member of which only a larger region is known isn't counted.

    Returns
    -------
    DataFrame
        ``partnership_id, name, kind, start_date, end_date`` and ``members``, the names of those
        members as a list; the latest start first.
    """
    columns = ["partnership_id", "name", "kind", "start_date", "end_date"]
    there = regions.rows_in(_members_with_places(database), region_id)
    members: dict[str, list[str]] = {}
    for partnership_id, name in zip(there["partnership_id"], there["member_name"], strict=True):
        members.setdefault(partnership_id, []).append(name)
    found = there.drop_duplicates("partnership_id")[columns].reset_index(drop=True)
    return found.assign(members=pd.Series(list(members.values()), dtype="object"))


@per_release
def _members_with_places(database: Database) -> pd.DataFrame:
    """Members with their partnerships, the latest start first, and who leads first in each."""
    return database.frame(
        f"""
        SELECT partnership_id, name, kind, start_date, end_date, member_name,
               nuts_code AS nuts3, valley_id
        FROM partnership_member JOIN partnership USING (partnership_id)
        ORDER BY start_date DESC NULLS LAST, name, partnership_id, {_ROLE_ORDER}, member_name
        """
    )


def with_place(database: Database, region_id: str) -> pd.DataFrame:
    """Valleys that are in a partnership with a valley or NUTS region.

    Returns
    -------
    DataFrame
        ``valley_id`` and ``partnerships``, how many both are in; the region's own valley too.
    """
    return database.frame(
        f"""
        SELECT valley_id, count(DISTINCT partnership_id)::INTEGER AS partnerships
        FROM partnership_member
        WHERE valley_id IS NOT NULL AND partnership_id IN (
            SELECT partnership_id FROM partnership_member
            WHERE {_IN_PLACE.format(place="$region_id")}
        )
        GROUP BY valley_id ORDER BY valley_id
        """,
        {"region_id": region_id},
    )


def led_by(database: Database, org_ids: Sequence[str]) -> pd.DataFrame:
    """Partnerships that some organisations lead: ``org_id, name``, by name."""
    return database.frame(
        """
        SELECT DISTINCT org_id, name FROM partnership_member JOIN partnership USING (partnership_id)
        WHERE role = 'lead' AND list_contains($org_ids, org_id) ORDER BY ALL
        """,
        {"org_ids": list(org_ids)},
    )


def choices(database: Database) -> dict[str, list[Any]]:
    """What a list can be narrowed to: ``kinds``, ``years``, ``countries`` and ``valleys`` there.

    Years run from the first to the last that any start or end names.
    """
    row = database.record(
        """
        WITH named AS (
            SELECT left(unnest([start_date, end_date]), 4)::INTEGER AS year FROM partnership
        )
        SELECT (SELECT list(DISTINCT kind) FROM partnership) AS kinds,
               (SELECT list(DISTINCT country) FROM partnership_member) AS countries,
               (SELECT list(DISTINCT valley_id) FROM partnership_member) AS valleys,
               (SELECT min(year) FROM named) AS first, (SELECT max(year) FROM named) AS last
        """
    )
    assert row is not None  # noqa: S101  (a row of subqueries is always there)
    years = [] if row["first"] is None else list(range(int(row["first"]), int(row["last"]) + 1))
    lists = {
        name: [code for code in row[name] if code is not None] if row[name] is not None else []
        for name in ("kinds", "countries", "valleys")
    }
    return {**lists, "years": years}


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, kind, start, text, others, valleys, countries``.

    ``text`` is the summary and the coordinator, ``others`` the names of the members.
    """
    return database.frame(
        """
        SELECT partnership_id AS id, name, kind, start_date AS start,
               concat_ws(' ', summary, coordinator) AS text,
               coalesce(string_agg(member_name, ' '), '') AS others,
               coalesce(list(DISTINCT valley_id) FILTER (valley_id IS NOT NULL), []) AS valleys,
               coalesce(list(DISTINCT country) FILTER (country IS NOT NULL), []) AS countries
        FROM partnership
        LEFT JOIN (SELECT * EXCLUDE (source_url) FROM partnership_member) USING (partnership_id)
        GROUP BY partnership_id, name, kind, start_date, summary, coordinator ORDER BY id
        """
    )


def memberships(
    database: Database, kinds: Sequence[str] = (), year: int | None = None
) -> pd.DataFrame:
    """Which valleys take part in which partnerships: ``partnership_id, valley_id``, each once.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of partnerships; all if empty.
    year : int, optional
        Only partnerships that were active in it. One without a known start or end counts as
        active before or after what is known.
    """
    return database.frame(
        f"""
        SELECT DISTINCT partnership_id, valley_id
        FROM partnership_member JOIN partnership USING (partnership_id)
        WHERE valley_id IS NOT NULL AND (len($kinds) = 0 OR kind IN (SELECT unnest($kinds)))
          AND ($year IS NULL OR ({_ACTIVE}))
        ORDER BY ALL
        """,
        {"kinds": list(kinds), "year": year},
    )


def shared(database: Database, one: str, other: str) -> pd.DataFrame:
    """Partnerships in which two regions both take part, those with the fewest valleys first.

    Parameters
    ----------
    one, other : str
        Ids of valleys or NUTS regions; in a NUTS region are members that surely lie in it.

    Returns
    -------
    DataFrame
        ``partnership_id, name, kind, start_date, end_date, summary, source_url``, ``valleys``
        (how many take part) and ``members_one``, ``members_other`` (names, as a list).
    """
    return database.frame(
        f"""
        WITH taking_part AS (
            SELECT partnership_id, count(DISTINCT valley_id) AS valleys,
                   list(member_name ORDER BY member_name)
                       FILTER ({_IN_PLACE.format(place="$one")}) AS members_one,
                   list(member_name ORDER BY member_name)
                       FILTER ({_IN_PLACE.format(place="$other")}) AS members_other
            FROM partnership_member GROUP BY partnership_id
        )
        SELECT partnership_id, name, kind, start_date, end_date, summary, source_url,
               valleys::INTEGER AS valleys, members_one, members_other
        FROM taking_part JOIN partnership USING (partnership_id)
        WHERE members_one IS NOT NULL AND members_other IS NOT NULL
        ORDER BY valleys, name
        """,
        {"one": one, "other": other},
    )


def years(database: Database) -> tuple[int, int] | None:
    """The first and last year that any partnership names; None if none does."""
    row = database.record(
        """
        SELECT min(left(start_date, 4)::INTEGER) AS first,
               greatest(max(left(start_date, 4)::INTEGER), max(left(end_date, 4)::INTEGER)) AS last
        FROM partnership
        """
    )
    if not row or row["first"] is None:
        return None
    return int(row["first"]), int(row["last"])


def names(database: Database) -> dict[str, str]:
    """Names of all partnerships by id."""
    found = database.frame("SELECT partnership_id, name FROM partnership ORDER BY name")
    return dict(zip(found["partnership_id"], found["name"], strict=True))
