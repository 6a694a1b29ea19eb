"""The table ``change``: what happened to the register from release to release."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.common.list_columns import list_separators
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import BY_COLUMN, CHANGES
from ecosystem.tables import regions, valleys
from ecosystem.tables.regions import level_of

# What people call the columns whose changes are kept.
FIELD_LABELS = {
    "name": "Name",
    "former_names": "Former names",
    "type": "Type",
    "city": "Town",
    "country": "Country",
    "nuts3": "Small region (NUTS 3)",
    "valley_id": "Valley",
    "website": "Website",
    "founded": "Founded",
    "domains": "JRC domains",
    "sectors": "Sectors",
    "functions": "NIST CSF 1.1 functions",
    "evidence": "Evidence",
    "source_url": "Source",
    "checked_on": "Source last checked",
    "notes": "Notes",
}
_NOTHING = "nothing"
# Where a town's name is followed by latitude and longitude in degrees.
_POINT = re.compile(r" \(-?[\d.]+, -?[\d.]+\)")
# A note may have a thousand characters; a line of a list of changes should be read at a glance.
_MAX_LENGTH = 160


@dataclass(frozen=True)
class Selection:
    """Which changes are looked at; by default all of them.

    Attributes
    ----------
    region : str
        Id of a valley, country or NUTS region: changes of organisations that are there, last
        were there, or left it. Empty for all.
    kind : str
        A code of :data:`ecosystem.common.vocabulary.CHANGES`; empty for all.
    release_id : str
        Changes of this release only; empty for all.
    """

    region: str = ""
    kind: str = ""
    release_id: str = ""

    def where(self) -> tuple[str, dict[str, Any]]:
        """SQL condition on the table ``change`` and its bound values."""
        conditions, bound = ["TRUE"], {}
        if self.region:
            bound["region"] = self.region
            column = "valley_id" if level_of(self.region) == "valley" else "nuts3"
            # A NUTS id begins with the ids of the regions that it lies in; a valley id is whole.
            inside = "starts_with({}, $region)" if column == "nuts3" else "{} = $region"
            conditions.append(
                f"({inside.format(column)} OR field = '{column}' AND {inside.format('old')})"
            )
        for name in ("kind", "release_id"):
            if getattr(self, name):
                conditions.append(f"{name} = ${name}")
                bound[name] = getattr(self, name)
        return " AND ".join(conditions), bound


@dataclass(frozen=True)
class Line:
    """One difference in words: what it is about, what it was and what it is now.

    Attributes
    ----------
    about : str
        Field, or what happened.
    old, new : str
        Both empty if there is nothing to add to `about`; `old` alone is empty where `new` says
        it all, as for lists: what was added and removed.
    """

    about: str
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        words = f"{self.old} → {self.new}" if self.old else self.new
        return f"{self.about}: {words}" if words else self.about


def region_name(database: Database, region_id: str) -> str | None:
    """Name of a valley, country or NUTS region; None if the release has none of that id."""
    if level_of(region_id) == "valley":
        return valleys.names(database).get(region_id)
    record = regions.one(database, region_id)
    return str(record["name"]) if record else None


def releases(database: Database, selection: Selection) -> pd.DataFrame:
    """Releases with changes, newest first.

    Returns
    -------
    DataFrame
        ``release_id, released_at`` (UTC), ``organisations`` (with any change), and how many
        organisations were ``added, removed, merged, moved, changed``; one can count in several.
    """
    where, bound = selection.where()
    kinds = ", ".join(
        f"count(DISTINCT org_id) FILTER (kind = '{kind}') AS {kind}" for kind in CHANGES
    )
    return database.frame(
        f"""
        SELECT release_id, released_at, count(DISTINCT org_id) AS organisations, {kinds}
        FROM change WHERE {where} GROUP BY release_id, released_at
        ORDER BY released_at DESC, release_id DESC
        """,
        bound,
    )


def page(
    database: Database, selection: Selection, *, limit: int = 50, offset: int = 0
) -> pd.DataFrame:
    """Changes of some organisations: the newest release first, in it by kind and name.

    Parameters
    ----------
    limit, offset : int
        Count organisations within a release, so that all changes of one stay together.

    Returns
    -------
    DataFrame
        ``release_id, released_at, org_id, name, kind, field, old, new``, and ``exists``:
        whether the organisation is in the current release.
    """
    where, bound = selection.where()
    found = database.frame(
        f"""
        WITH chosen AS (
            SELECT *, list_position($kinds, kind) AS rank,
                   list_position($fields, field) AS field_rank
            FROM change WHERE {where}
        ),
        entry AS (
            SELECT release_id, released_at, org_id, min(rank) AS first_rank,
                   strip_accents(lower(any_value(name))) AS name_sorted
            FROM chosen GROUP BY ALL
            ORDER BY released_at DESC, release_id DESC, first_rank, name_sorted, org_id
            LIMIT $limit OFFSET $offset
        )
        SELECT release_id, c.released_at, org_id, c.name, c.kind, c.field, c.old, c.new,
               o.org_id IS NOT NULL AS exists
        FROM chosen c JOIN entry e USING (release_id, org_id)
        LEFT JOIN (SELECT org_id FROM organisation) o USING (org_id)
        ORDER BY c.released_at DESC, release_id DESC, first_rank, name_sorted, org_id,
                 rank, field_rank NULLS FIRST
        """,
        {
            **bound,
            "kinds": list(CHANGES),
            "fields": list(FIELD_LABELS),
            "limit": limit,
            "offset": offset,
        },
    )
    return _tell_once(found)


def of_organisation(database: Database, org_id: str) -> pd.DataFrame:
    """Changes of one organisation and what was merged into it, newest first.

    Returns
    -------
    DataFrame
        Columns as of :func:`page`.
    """
    found = database.frame(
        """
        SELECT release_id, released_at, org_id, name, kind, field, old, new, TRUE AS exists
        FROM change WHERE org_id = $org_id OR (kind = 'merged' AND new = $org_id)
        ORDER BY released_at DESC, release_id DESC, list_position($kinds, kind),
                 list_position($fields, field) NULLS FIRST
        """,
        {"org_id": org_id, "kinds": list(CHANGES), "fields": list(FIELD_LABELS)},
    )
    return _tell_once(found)


def _tell_once(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the new town of an organisation whose move to it is among the rows."""
    moved = rows["kind"].eq("moved").groupby([rows["release_id"], rows["org_id"]]).transform("any")
    return rows[~(moved & rows["field"].eq("city"))].reset_index(drop=True)


def successor(database: Database, org_id: str) -> str | None:
    """The organisation of the current release that an identifier was merged into, if any."""
    found: str | None = database.value(
        """
        WITH RECURSIVE into_ AS (
            SELECT merged_into FROM organisation_alias WHERE org_id = $org_id
            UNION
            SELECT a.merged_into FROM organisation_alias a JOIN into_ i ON a.org_id = i.merged_into
        )
        SELECT org_id FROM organisation WHERE org_id IN (SELECT merged_into FROM into_)
        """,
        {"org_id": org_id},
    )
    return found


def names(database: Database) -> dict[str, dict[str, str]]:
    """Labels of the codes that are data of the release, by the field that holds them."""
    merged = database.frame(
        """
        SELECT org_id, name FROM organisation
        WHERE org_id IN (SELECT new FROM change WHERE kind = 'merged')
        """
    )
    return {
        "nuts3": regions.names(database),
        "valley_id": valleys.names(database),
        "merged": dict(zip(merged["org_id"], merged["name"], strict=True)),
    }


def in_words(row: Mapping[Any, Any], known: Mapping[str, Mapping[str, str]]) -> Line:
    """A row of the table as a reader understands it.

    Parameters
    ----------
    row : mapping
        ``kind, field, old, new``.
    known : mapping
        As :func:`names` gives it.
    """
    kind = str(row["kind"])
    if kind == "merged":
        return Line("Merged into", new=known["merged"].get(str(row["new"]), str(row["new"])))
    if kind == "moved":
        return Line(CHANGES.label(kind), *_move(str(row["old"]), str(row["new"])))
    if kind != "changed":
        return Line(CHANGES.label(kind))
    field = str(row["field"])
    about = FIELD_LABELS.get(field, field)
    old, new = (_values(field, row[when], known) for when in ("old", "new"))
    if field not in list_separators():
        return Line(about, *(_short(texts[0]) if texts else _NOTHING for texts in (old, new)))
    parts = {
        "added": [text for text in new if text not in old],
        "removed": [text for text in old if text not in new],
    }
    return Line(
        about, new="; ".join(f"{what} “{'”, “'.join(of)}”" for what, of in parts.items() if of)
    )


def _values(field: str, text: object, known: Mapping[str, Mapping[str, str]]) -> list[str]:
    if not isinstance(text, str) or not text:
        return []
    separator = list_separators().get(field)
    codes = text.split(separator) if separator else [text]
    if field in BY_COLUMN:
        return [BY_COLUMN[field].label(code) for code in codes]
    return [known.get(field, {}).get(code, code) for code in codes]


def _move(old: str, new: str) -> tuple[str, str]:
    """From where to where, without the coordinates unless the town is the same."""
    towns = _POINT.sub("", old), _POINT.sub("", new)
    return towns if towns[0] != towns[1].partition(",")[0] else (old, new)


def _short(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH].rstrip()}…"
