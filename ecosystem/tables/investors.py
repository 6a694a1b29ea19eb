"""The table ``investor``: who finances cybersecurity firms, as far as public pages say.

An empty cell is unknown: a ticket that isn't known is no ticket of zero, and a focus that isn't
known is no lack of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import EU_MEMBERS, INVESTOR_KINDS
from ecosystem.tables import regions

EU = "EU"


@dataclass(frozen=True)
class Conditions:
    """What investors are narrowed by; several values of one are alternatives.

    Attributes
    ----------
    ids : tuple of str, optional
        Only these, in this order; None for all, by name.
    stages : tuple of str
        Codes of :data:`ecosystem.common.vocabulary.STAGES`.
    amount_meur : float, optional
        Million euro that a single ticket of theirs must be able to cover.
    domains : tuple of str
        JRC domains that they look for.
    focus : tuple of str
        Countries that they invest in; who names the whole Union invests in each of its members.
    countries : tuple of str
        Where their seat is.
    specialist : bool, optional
        Whether cybersecurity is what they do above all; None for both.
    with_unknown : bool
        Whether those belong to it of which ticket, focus or seat isn't known.
    """

    ids: tuple[str, ...] | None = None
    stages: tuple[str, ...] = ()
    amount_meur: float | None = None
    domains: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    specialist: bool | None = None
    with_unknown: bool = False

    def parts(self) -> Iterator[tuple[str, str]]:
        """SQL of each condition, and of where it can't be told for lack of a fact."""
        if self.ids is not None:
            yield "investor_id IN (SELECT unnest($ids))", "FALSE"
        if self.stages:
            yield "list_has_any(stages, $stages)", "FALSE"
        if self.amount_meur is not None:
            yield (
                "coalesce(ticket_min_meur <= $amount, TRUE) "
                "AND coalesce(ticket_max_meur >= $amount, TRUE)",
                "ticket_min_meur IS NULL AND ticket_max_meur IS NULL",
            )
        if self.domains:
            yield "list_has_any(focus_domains, $domains)", "len(focus_domains) = 0"
        if self.focus:
            yield "list_has_any(focus_countries, $focus)", "len(focus_countries) = 0"
        if self.countries:
            yield "country IN (SELECT unnest($countries))", "country IS NULL"
        if self.specialist is not None:
            yield "cyber_specialist = $specialist", "cyber_specialist IS NULL"

    def values(self) -> dict[str, Any]:
        """What is bound to the names in :meth:`parts`."""
        focus = {*self.focus, *([EU] if EU_MEMBERS & {*self.focus} else [])}
        return {
            "ids": list(self.ids or ()),
            "stages": list(self.stages),
            "amount": self.amount_meur,
            "domains": list(self.domains),
            "focus": sorted(focus),
            "countries": list(self.countries),
            "specialist": self.specialist,
        }


EVERYBODY = Conditions()


def selection(database: Database, conditions: Conditions = EVERYBODY) -> pd.DataFrame:
    """Investors for which all conditions hold, by name.

    Returns
    -------
    DataFrame
        Columns of ``investor``. A ticket of which only one end is known counts as open at the
        other.
    """
    parts = [
        f"(coalesce({holds}, FALSE) AND NOT ({unknown})"
        + (f" OR ({unknown}))" if conditions.with_unknown else ")")
        for holds, unknown in conditions.parts()
    ]
    where = " AND ".join(parts) or "TRUE"
    values = {name: value for name, value in conditions.values().items() if f"${name}" in where}
    found = database.frame(
        f"SELECT * FROM investor WHERE {where} ORDER BY strip_accents(lower(name)), investor_id",
        values,
    )
    if conditions.ids is None:
        return found
    place = {id_: i for i, id_ in enumerate(conditions.ids)}
    order = found["investor_id"].map(place).sort_values(kind="stable").index
    return found.loc[order].reset_index(drop=True)


def symbols(database: Database, conditions: Conditions = EVERYBODY) -> pd.DataFrame:
    """A row for each town with investors for which all conditions hold.

    Returns
    -------
    DataFrame
        ``key, name, lon, lat`` (degrees, EPSG:4326), ``kind`` (what a click selects: a town) and
        a count for each of :data:`ecosystem.common.vocabulary.INVESTOR_KINDS`.
    """
    found = selection(database, conditions).dropna(subset=["lon", "lat"])
    what = found["cyber_specialist"].map({True: "specialist", False: "general"}).fillna("unknown")
    towns = found.groupby(town_keys(found)).agg(
        name=("city", "first"), lon=("lon", "first"), lat=("lat", "first")
    )
    counts = {
        kind: (what == kind).groupby(town_keys(found)).sum().astype(int) for kind in INVESTOR_KINDS
    }
    return towns.assign(**counts, kind="town").rename_axis("key").reset_index()


def town_keys(found: pd.DataFrame) -> pd.Series:
    """Key of the symbol that each investor of a frame belongs to; missing without a place."""
    return found["lon"].round(3).astype(str) + "," + found["lat"].round(3).astype(str)


def one(database: Database, investor_id: str) -> dict[str, Any] | None:
    """One investor as a mapping of its columns; None if there is none of that id."""
    return database.record("SELECT * FROM investor WHERE investor_id = $id", {"id": investor_id})


def names(database: Database) -> dict[str, str]:
    """Names of all investors by id."""
    found = database.frame("SELECT investor_id, name FROM investor ORDER BY investor_id")
    return dict(zip(found["investor_id"], found["name"], strict=True))


def choices(database: Database) -> dict[str, list[str]]:
    """What the list can be narrowed to: ``stages, domains, focus, countries`` that there are."""
    found = selection(database)
    lists = {"stages": "stages", "domains": "focus_domains", "focus": "focus_countries"}
    there = {name: sorted(set(found[column].explode().dropna())) for name, column in lists.items()}
    # Whoever names the whole Union can be found by each of its members.
    focus = {*there["focus"], *(EU_MEMBERS if EU in there["focus"] else ())}
    return {
        **there,
        "focus": sorted(focus),
        "countries": sorted(set(found["country"].dropna())),
    }


def alike(database: Database, investor_id: str, most: int = 5) -> pd.DataFrame:
    """Investors that are most like one, with what they have in common.

    Parameters
    ----------
    investor_id : str
        The one.
    most : int
        How many at most.

    Returns
    -------
    DataFrame
        Columns of ``investor``, ``shared_stages`` and ``shared_focus`` (lists), and
        ``is_near`` and ``both_specialists`` (whether both sit in one country, and are both
        specialists). Only such as share a stage and one thing more; the more they share, the
        earlier they come, a stage or a country of focus counting by its part of all that either
        has.
    """
    return database.frame(
        """
        WITH this AS (SELECT * FROM investor WHERE investor_id = $id),
        pair AS (
            SELECT i.*, list_sort(list_intersect(i.stages, t.stages)) AS shared_stages,
                   list_sort(list_intersect(i.focus_countries, t.focus_countries)) AS shared_focus,
                   coalesce(i.country = t.country, FALSE) AS is_near,
                   coalesce(i.cyber_specialist AND t.cyber_specialist, FALSE) AS both_specialists,
                   len(list_distinct(i.stages || t.stages)) AS all_stages,
                   len(list_distinct(i.focus_countries || t.focus_countries)) AS all_focus
            FROM investor i, this t WHERE i.investor_id != t.investor_id
        )
        SELECT * EXCLUDE (all_stages, all_focus) FROM pair
        WHERE len(shared_stages) > 0 AND (len(shared_focus) > 0 OR is_near OR both_specialists)
        ORDER BY len(shared_stages) / all_stages + coalesce(len(shared_focus) / all_focus, 0)
                 + is_near::INTEGER + both_specialists::INTEGER DESC,
                 strip_accents(lower(name)), investor_id
        LIMIT $most
        """,
        {"id": investor_id, "most": most},
    )


def in_region(database: Database, region_id: str) -> pd.DataFrame:
    """Investors with their seat in a NUTS region or valley: columns of ``investor``, by name."""
    return regions.rows_in(_every(database), region_id)


@per_release
def _every(database: Database) -> pd.DataFrame:
    return database.frame("SELECT * FROM investor ORDER BY strip_accents(lower(name))")


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, city, country, valley_id, website, stages, text``."""
    return database.frame(
        """
        SELECT investor_id AS id, name, city, country, valley_id, website, stages,
               coalesce(notes, '') AS text
        FROM investor ORDER BY id
        """
    )
