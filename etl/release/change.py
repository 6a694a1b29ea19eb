"""What differs from the release before, and the history that each release hands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Geod

from ecosystem.common.vocabulary import ENDED
from etl.register.comparable import once_each

# The fields that mean something to a reader, in the order of an organisation's page. Where it
# is on the map is a kind of change of its own.
FIELDS = (
    "name", "former_names", "type", "city", "country", "nuts3", "valley_id", "website",
    "founded", "domains", "sectors", "functions", "evidence", "source_url", "checked_on", "notes",
    "status", "status_year", "successor_id", "successor_name", "status_source_url",
)  # fmt: skip
COLUMNS = ["resource", "row_id", "name", "kind", "field", "old", "new", "nuts3", "valley_id"]
HISTORY_COLUMNS = ["release_id", "released_at", *COLUMNS]
ORGANISATIONS = "organisations"
# Stands for all other lists where rows are counted by kind of change.
OTHER_LISTS = "other lists"
# A shorter way is a better coordinate of the same town and no move.
MOVED_KM = 1.0
_NO_ROWS = pd.DataFrame()
_PLACE = ["city", "lon", "lat"]
_LIFE = frozenset(("status", "status_year", "successor_id", "successor_name", "status_source_url"))
_ACTIVE = "active"
# What every row says of its organisation.
_TOLD = ["name", "nuts3", "valley_id"]


def changes(
    new: pd.DataFrame, old: pd.DataFrame | None, aliases: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """What differs between the organisations of two releases; see `lists` for the other lists.

    Only fields that both have are compared. An organisation whose position differs by more
    than :data:`MOVED_KM` has moved; distances are geodesics on the WGS 84 ellipsoid.

    Parameters
    ----------
    new, old : pandas.DataFrame
        Rows of the ``organisation`` table; `old` is None if nothing was published before, and
        then nothing has changed.
    aliases : mapping of str to str, optional
        Identifier that was given up -> identifier of the organisation it was merged into.

    Notes
    -----
    What has become of an organisation (closed, merged, acquired) is a kind of change: `new` is
    the year in which it closed, or who owns or succeeds it. Nothing else is told of it then.

    Returns
    -------
    pandas.DataFrame
        One row per difference: ``resource, row_id`` (the list, and the identifier in it), ``name,
        kind`` (added, removed, closed, merged, acquired, moved, changed), ``field, old, new``, and
        ``nuts3, valley_id`` (where the organisation is or last was); ordered by identifier. Empty
        values are empty texts in `old` and `new` of a changed field. A merged one has the
        identifier that it was merged into as `new`.
    """
    if old is None:
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    after, before = _by_id(new), _by_id(old)
    both = after.index.intersection(before.index)
    added = after.loc[after.index.difference(before.index)]
    removed = before.loc[before.index.difference(after.index)]
    has_ended = _status(added).isin(ENDED)
    # Aligned once, then compared a field at a time: that bounds the memory.
    after, before = _rows_of(after, both), _rows_of(before, both)
    events = _events(after, before)
    parts = [
        _row_each(added[~has_ended], "added"),
        _told_as_events(added[has_ended]),
        events,
        _removals(removed, aliases or {}),
    ]
    if {*_PLACE} <= {*after} & {*before}:
        parts.append(_moves(after, before))
    told = after.index.isin(events.index)
    for name in FIELDS:
        if name in after and name in before:
            parts.append(_field_changes(after, before, name, told if name in _LIFE else None))
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    found = pd.concat(parts).rename_axis("row_id").sort_index(kind="stable")
    return found.reset_index().assign(resource=ORGANISATIONS).reindex(columns=COLUMNS)


def date_past(past: pd.DataFrame, created_at: datetime) -> pd.DataFrame:
    """The history with no change later than the release that follows it.

    Where a clock was wrong, a release is dated a second before the next one at the latest, so
    that it doesn't stay on top of the news for years.

    Parameters
    ----------
    past : pandas.DataFrame
        Columns of :data:`HISTORY_COLUMNS`.
    created_at : datetime
        When the next release was made, UTC.
    """
    latest = pd.Timestamp(created_at).tz_localize(None) - pd.Timedelta(seconds=1)
    dates = past["released_at"]
    return past.assign(released_at=dates.where(dates <= latest, latest))


def stamp(changes: pd.DataFrame, release_id: str, released_at: datetime) -> pd.DataFrame:
    """Changes with the release that brought them: rows of the ``change`` table.

    Parameters
    ----------
    changes : pandas.DataFrame
        As :func:`changes` gives them.
    release_id : str
        The release that is being made.
    released_at : datetime
        When, UTC.
    """
    moment = pd.Timestamp(released_at).tz_localize(None)
    stamped = changes.assign(release_id=release_id, released_at=moment)
    return stamped.astype({"released_at": "datetime64[us]"})[HISTORY_COLUMNS]


def count_kinds(change: pd.DataFrame) -> dict[str, int]:
    """Number of organisations added, removed, merged, moved and changed, and of other rows.

    One that moved and has another name counts as both. Rows of other lists are counted once,
    as :data:`OTHER_LISTS`, if there are any.
    """
    own = change["resource"] == ORGANISATIONS
    organisations = change[own].drop_duplicates(["row_id", "kind"])
    counts = {str(kind): int(n) for kind, n in organisations["kind"].value_counts().items()}
    others = len(change[~own].drop_duplicates(["resource", "row_id"]))
    return counts | ({OTHER_LISTS: others} if others else {})


def count_lists(change: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Number of rows added, removed and changed by list, besides the organisations."""
    others = change[change["resource"] != ORGANISATIONS]
    rows = others.drop_duplicates(["resource", "row_id", "kind"])
    counts: dict[str, dict[str, int]] = {}
    for resource, kind in zip(rows["resource"], rows["kind"], strict=True):
        of_list = counts.setdefault(str(resource), {})
        of_list[str(kind)] = of_list.get(str(kind), 0) + 1
    return counts


def _by_id(organisations: pd.DataFrame) -> pd.DataFrame:
    """Rows by identifier; what goes into every change as plain objects, which are cheap to copy."""
    told = {name: organisations[name].astype(object) for name in _TOLD if name in organisations}
    return organisations.assign(**told).set_index("org_id")


def _rows_of(organisations: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Rows of some identifiers, in their order; mostly all that there are."""
    return organisations if organisations.index.equals(ids) else organisations.loc[ids]


def _row_each(organisations: pd.DataFrame, kind: str) -> pd.DataFrame:
    return organisations.reindex(columns=_TOLD).assign(kind=kind)


def _removals(removed: pd.DataFrame, aliases: Mapping[str, str]) -> pd.DataFrame:
    into = pd.Series([aliases.get(str(org_id)) for org_id in removed.index], removed.index)
    rows = _row_each(removed, "removed").assign(new=into)
    rows["kind"] = rows["kind"].where(rows["new"].isna(), "merged")
    return rows


def _events(after: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Organisations that were acquired, or have merged or closed, since the release before."""
    now = _status(after)
    has_happened = (now != _status(before)) & (now != _ACTIVE)
    return _told_as_events(after[has_happened])


def _told_as_events(organisations: pd.DataFrame) -> pd.DataFrame:
    """What has become of organisations: in which year, or into whose hands."""
    rows = _row_each(organisations, "").assign(kind=_status(organisations))
    if organisations.empty:
        return rows
    who = organisations["successor_id"].fillna("").astype(object)
    who = who.where(who != "", organisations["successor_name"].fillna(""))
    year = organisations["status_year"].map(lambda value: "" if pd.isna(value) else f"{value:.0f}")
    return rows.assign(new=year.where(rows["kind"] == "closed", who))


def _status(organisations: pd.DataFrame) -> pd.Series:
    """Status of each; releases up to November 2026 have none, and all were active."""
    if "status" in organisations:
        return organisations["status"].astype(object)
    return pd.Series(_ACTIVE, index=organisations.index, dtype=object)


def _moves(after: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    start, end = (
        (frame["lon"].to_numpy(dtype=float), frame["lat"].to_numpy(dtype=float))
        for frame in (before, after)
    )
    km = Geod(ellps="WGS84").inv(*start, *end)[2] / 1000
    far = km > MOVED_KM
    return _row_each(after[far], "moved").assign(
        old=[_place(row) for row in before.loc[far, _PLACE].itertuples(index=False)],
        new=[
            f"{_place(row)}, {distance:,.0f} km away"
            for row, distance in zip(
                after.loc[far, _PLACE].itertuples(index=False), km[far], strict=True
            )
        ],
    )


def _place(row: Any) -> str:
    return f"{row.city} ({row.lat:.4f}, {row.lon:.4f})"


def _field_changes(
    after: pd.DataFrame, before: pd.DataFrame, name: str, told: npt.NDArray[np.bool_] | None
) -> pd.DataFrame:
    """Rows whose field differs, but for those of which it was told as an event."""
    at = _differing(after[name], before[name])
    if told is not None:
        at = at[~told[at]]
    if not len(at):
        return _NO_ROWS
    rows = after.iloc[at]
    return _row_each(rows, "changed").assign(
        field=name, old=_as_text(before[name].iloc[at]), new=_as_text(rows[name])
    )


def _differing(new: pd.Series, old: pd.Series) -> npt.NDArray[np.int64]:
    """Positions of the cells that say something else."""
    if isinstance(new.dtype, pd.StringDtype) and isinstance(old.dtype, pd.StringDtype):
        # As arrays: whether a million rows have the same labels needn't be found out once more.
        differs = np.asarray(new.fillna("").array != old.fillna("").array, dtype=bool)
    else:
        differs = _as_text(new) != _as_text(old)
    return np.flatnonzero(differs)


def _as_text(values: pd.Series) -> npt.NDArray[np.object_]:
    """Texts to compare and to show; the order of a list in the register means nothing."""
    cells = values.to_numpy(dtype=object, na_value="")
    if pd.api.types.infer_dtype(cells) == "string":
        return cells
    return once_each(cells, _text)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    return ";".join(sorted(cell)) if isinstance(cell, list) else f"{cell:.10g}"
