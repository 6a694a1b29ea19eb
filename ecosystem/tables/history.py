"""The table ``change``: what happened to the register from release to release."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.register_lists import register_lists
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import CHANGES, vocabulary_of
from ecosystem.tables import life, regions, valleys
from ecosystem.tables.regions import level_of

ORGANISATIONS = "organisations"
# What people call the columns of organisations whose changes are kept.
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
    "status": "Status",
    "status_year": "Status since",
    "successor_id": "Successor or owner",
    "successor_name": "Successor or owner",
    "status_source_url": "Source of the status",
}
_NOTHING = "nothing"
# Kinds of change that name another organisation.
_INTO_OTHER_HANDS = {"merged": "Merged into", "acquired": "Acquired by"}
# Columns that are written in the vocabulary of another.
_WRITTEN_AS = {"focus_domains": "domains", "focus_countries": "country"}
_YES_OR_NO = {"true": "yes", "false": "no"}
# Counts that may tell of one deal: that they changed is told, not from what to what.
_CONFIDENTIAL = {("event_outcomes", field) for field in ("meetings", "follow_ups", "deals")}
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
        Id of a valley, country or NUTS region: changes of what is there, last was there, or
        left it. Empty for all.
    resource : str
        Changes of this list of the register only; empty for all.
    kind : str
        A code of :data:`ecosystem.common.vocabulary.CHANGES`; empty for all.
    release_id : str
        Changes of this release only; empty for all.
    """

    region: str = ""
    resource: str = ""
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
        for name in ("resource", "kind", "release_id"):
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
    return regions.labels(database).get(region_id)


def releases(database: Database, selection: Selection) -> pd.DataFrame:
    """Releases with changes, newest first.

    Returns
    -------
    DataFrame
        ``release_id, released_at`` (UTC), ``entries`` (rows with any change), how many
        organisations were ``added, removed, merged, moved, changed`` (one can count in several),
        and ``others``: rows of other lists with any change.
    """
    where, bound = selection.where()
    is_own = f"resource = '{ORGANISATIONS}'"
    kinds = ", ".join(
        f"count(DISTINCT row_id) FILTER ({is_own} AND kind = '{kind}') AS {kind}"
        for kind in CHANGES
    )
    return database.frame(
        f"""
        SELECT release_id, released_at, count(DISTINCT (resource, row_id)) AS entries, {kinds},
               count(DISTINCT (resource, row_id)) FILTER (NOT {is_own}) AS others
        FROM {_change(database)} WHERE {where} GROUP BY release_id, released_at
        ORDER BY released_at DESC, release_id DESC
        """,
        bound,
    )


def counts(release: Mapping[Any, Any]) -> list[str]:
    """How much changed in a release, as phrases; a row of :func:`releases`."""
    parts = [f"{release[kind]:,} {CHANGES[kind].plural}" for kind in CHANGES if release[kind]]
    if release["others"]:
        parts.append(wording.count(release["others"], "row of other lists", "rows of other lists"))
    return parts


def page(
    database: Database, selection: Selection, *, limit: int = 50, offset: int = 0
) -> pd.DataFrame:
    """Changes of some rows: the newest release first, in it by list, kind and name.

    Parameters
    ----------
    limit, offset : int
        Count rows within a release, so that all changes of one stay together.

    Returns
    -------
    DataFrame
        ``release_id, released_at, resource, row_id, name, kind, field, old, new``, and
        ``exists``: whether it is an organisation of the current release.
    """
    where, bound = selection.where()
    found = database.frame(
        f"""
        WITH chosen AS (
            SELECT *, list_position($resources, resource) AS list_rank,
                   list_position($kinds, kind) AS rank,
                   list_position($fields, resource || '.' || field) AS field_rank
            FROM {_change(database)} WHERE {where}
        ),
        entry AS (
            SELECT release_id, released_at, resource, row_id, any_value(list_rank) AS list_rank,
                   min(rank) AS first_rank, strip_accents(lower(any_value(name))) AS name_sorted
            FROM chosen GROUP BY release_id, released_at, resource, row_id
            ORDER BY released_at DESC, release_id DESC, list_rank, first_rank, name_sorted, row_id
            LIMIT $limit OFFSET $offset
        )
        SELECT release_id, c.released_at, resource, row_id, c.name, c.kind, c.field, c.old, c.new,
               o.org_id IS NOT NULL AS exists
        FROM chosen c JOIN entry e USING (release_id, resource, row_id)
        LEFT JOIN {life.everyone(database)} o
            ON o.org_id = row_id AND resource = '{ORGANISATIONS}'
        ORDER BY c.released_at DESC, release_id DESC, e.list_rank, first_rank, name_sorted, row_id,
                 rank, field_rank NULLS FIRST
        """,
        {
            **bound,
            "resources": list(register_lists()),
            "kinds": list(CHANGES),
            "fields": _fields(),
            "limit": limit,
            "offset": offset,
        },
    )
    return _tell_once(found)


def of_organisation(database: Database, org_id: str) -> pd.DataFrame:
    """Changes of one organisation and what went over to it, newest first.

    Returns
    -------
    DataFrame
        Columns as of :func:`page`.
    """
    found = database.frame(
        f"""
        SELECT release_id, released_at, resource, row_id, name, kind, field, old, new,
               TRUE AS exists
        FROM {_change(database)}
        WHERE resource = '{ORGANISATIONS}'
            AND (row_id = $org_id OR (kind IN ('merged', 'acquired') AND new = $org_id))
        ORDER BY released_at DESC, release_id DESC, list_position($kinds, kind),
                 list_position($fields, field) NULLS FIRST
        """,
        {"org_id": org_id, "kinds": list(CHANGES), "fields": list(FIELD_LABELS)},
    )
    return _tell_once(found)


def _change(database: Database) -> str:
    """The table of changes as SQL; releases up to November 2026 tell of organisations only."""
    has_lists = database.value(
        "SELECT count(*) FROM information_schema.columns "
        "WHERE table_name = 'change' AND column_name = 'row_id'"
    )
    if has_lists:
        return "change"
    return f"(SELECT '{ORGANISATIONS}' AS resource, org_id AS row_id, * FROM change)"


def _fields() -> list[str]:
    """Fields with their list before them, in the order in which they are told."""
    columns = {resource: list(known.columns) for resource, known in register_lists().items()}
    columns[ORGANISATIONS] = list(FIELD_LABELS)
    return [f"{resource}.{name}" for resource, names in columns.items() for name in names]


def _tell_once(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the new town of an organisation whose move to it is among the rows."""
    moved = rows["kind"].eq("moved").groupby([rows["release_id"], rows["row_id"]]).transform("any")
    return rows[~(moved & rows["field"].eq("city"))].reset_index(drop=True)


def successor(database: Database, org_id: str) -> str | None:
    """The organisation of the current release that an identifier was merged into, if any."""
    found: str | None = database.value(
        f"""
        WITH RECURSIVE into_ AS (
            SELECT merged_into FROM organisation_alias WHERE org_id = $org_id
            UNION
            SELECT a.merged_into FROM organisation_alias a JOIN into_ i ON a.org_id = i.merged_into
        )
        SELECT org_id FROM {life.everyone(database)}
        WHERE org_id IN (SELECT merged_into FROM into_)
        """,
        {"org_id": org_id},
    )
    return found


def current_ids(database: Database, org_ids: Sequence[str]) -> dict[str, str]:
    """What each identifier is in the current release: itself, or what it was merged into.

    Those of which nothing is left are left out.
    """
    there = database.frame(
        f"SELECT org_id FROM {life.everyone(database)} WHERE list_contains($org_ids, org_id)",
        {"org_ids": list(org_ids)},
    )
    current = {org_id: org_id for org_id in there["org_id"]}
    gone = {org_id: successor(database, org_id) for org_id in org_ids if org_id not in current}
    return current | {org_id: into for org_id, into in gone.items() if into}


def names(database: Database) -> dict[str, dict[str, str]]:
    """Labels of the codes that are data of the release, by the field that holds them."""
    named = database.frame(
        f"""
        SELECT org_id, name FROM {life.everyone(database)} WHERE org_id IN (
            SELECT unnest([old, new]) FROM {_change(database)}
            WHERE kind IN ('merged', 'acquired') OR starts_with(field, 'org_id')
                OR field = 'successor_id'
        )
        """
    )
    organisations = dict(zip(named["org_id"], named["name"], strict=True))
    return {
        "nuts3": regions.names(database),
        "valley_id": valleys.names(database),
        **dict.fromkeys(
            ("merged", "successor_id", "org_id", "org_id_a", "org_id_b"), organisations
        ),
    }


def in_words(row: Mapping[Any, Any], known: Mapping[str, Mapping[str, str]]) -> Line:
    """A row of the table as a reader understands it.

    Parameters
    ----------
    row : mapping
        ``resource, kind, field, old, new``.
    known : mapping
        As :func:`names` gives it.
    """
    kind = str(row["kind"])
    if kind in _INTO_OTHER_HANDS:
        who = known["merged"].get(str(row["new"]), str(row["new"]))
        return Line(_INTO_OTHER_HANDS[kind], new=who)
    if kind == "closed":
        return Line(f"{CHANGES.label(kind)} in {row['new']}" if row["new"] else CHANGES.label(kind))
    if kind == "moved":
        return Line(CHANGES.label(kind), *_move(str(row["old"]), str(row["new"])))
    if kind != "changed":
        return Line(CHANGES.label(kind))
    resource, field = str(row["resource"]), str(row["field"])
    about = field_label(resource, field)
    if (resource, field) in _CONFIDENTIAL:
        return Line(f"{about} changed")
    old, new = (_values(resource, field, row[when], known) for when in ("old", "new"))
    if not _separator(resource, field):
        return Line(about, *(_short(texts[0]) if texts else _NOTHING for texts in (old, new)))
    parts = {
        "added": [text for text in new if text not in old],
        "removed": [text for text in old if text not in new],
    }
    return Line(
        about, new="; ".join(f"{what} “{'”, “'.join(of)}”" for what, of in parts.items() if of)
    )


def field_label(resource: str, field: str) -> str:
    """What people call a column of a list."""
    if resource == ORGANISATIONS:
        return FIELD_LABELS.get(field, field)
    known = register_lists().get(resource)
    return known.columns.get(field, field) if known else field


def list_title(resource: str) -> str:
    """What people call a list of the register."""
    known = register_lists().get(resource)
    return known.title if known else resource


def _separator(resource: str, field: str) -> str:
    known = register_lists().get(resource)
    return known.separators.get(field, "") if known else ""


def _values(
    resource: str, field: str, text: object, known: Mapping[str, Mapping[str, str]]
) -> list[str]:
    if not isinstance(text, str) or not text:
        return []
    separator = _separator(resource, field)
    codes = text.split(separator) if separator else [text]
    vocabulary = vocabulary_of(resource, _WRITTEN_AS.get(field, field))
    if vocabulary is not None:
        return [vocabulary.label(code) if code in vocabulary else code for code in codes]
    return [known.get(field, _YES_OR_NO).get(code, code) for code in codes]


def _move(old: str, new: str) -> tuple[str, str]:
    """From where to where, without the coordinates unless the town is the same."""
    towns = _POINT.sub("", old), _POINT.sub("", new)
    return towns if towns[0] != towns[1].partition(",")[0] else (old, new)


def _short(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH].rstrip()}…"
