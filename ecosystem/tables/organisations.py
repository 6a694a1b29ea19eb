"""The table ``organisation``: who is in the register, listed, counted and looked up.

Every function takes the database first and costs one pass over the table at most, however
many rows it returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.finding import chosen, code_index, made_in_europe, nearby, search
from ecosystem.finding.filters import FACETS, Filter
from ecosystem.tables import life, regions

# What a list may be sorted by, and the SQL that does it; `ordinal` is the order of names.
SORTS = {
    "name": "ordinal",
    "type": "type",
    "city": "city",
    "country": "country",
    "valley": "(SELECT name FROM valley v WHERE v.valley_id = organisation.valley_id)",
    "founded": "founded",
}
# What a short list shows of an organisation, with the mark of a label.
SHORT = ["org_id", "name", "type", "city", "label_valid_until"]
# Orders that a filter gives: how well the words of its search fit, how far from its town.
RELEVANCE, DISTANCE = "relevance", "distance"
# How many a page of the list has.
PER_PAGE = 20
_MANY = 50  # organisations from which on the outermost don't decide what a map shows
_LISTED_FROM = f"""
    SELECT o.*, v.name AS valley_name, r.name AS nuts2_name, l.* EXCLUDE (labelled)
    FROM {{table}} o
    LEFT JOIN valley v USING (valley_id)
    LEFT JOIN region r ON r.nuts_id = o.nuts2
    LEFT JOIN ({made_in_europe.LONGEST}) l ON l.labelled = o.org_id
"""
_LISTED = _LISTED_FROM.format(table="organisation")


@dataclass(frozen=True)
class Summary:
    """What a filter leaves, in a few numbers.

    Attributes
    ----------
    organisations, valleys, countries, smes : int
        How many there are of each.
    labelled : int
        Organisations whose label Cybersecurity Made in Europe is valid today.
    """

    organisations: int
    valleys: int
    countries: int
    smes: int
    labelled: int

    @property
    def sme_share(self) -> float | None:
        """Share of SMEs and start-ups, 0 to 1; None if there is no organisation."""
        return self.smes / self.organisations if self.organisations else None


@made_in_europe.depends_on_today
def summary(database: Database, filter_: Filter) -> Summary:
    """Numbers of the statistics strip."""
    there = chosen.flags(database, filter_)
    return Summary(
        organisations=int(np.count_nonzero(there)),
        valleys=len(counts_of(database, filter_, "valley_id")),
        countries=len(counts_of(database, filter_, "country")),
        smes=counts_of(database, filter_, "type").get("sme", 0),
        labelled=int(np.count_nonzero(there & chosen.flags(database, chosen.LABELLED))),
    )


@made_in_europe.depends_on_today
def facet_counts(database: Database, filter_: Filter, name: str) -> dict[str, int]:
    """How many organisations each code of a facet has under the *other* filters.

    Parameters
    ----------
    name : str
        A key of :data:`ecosystem.finding.filters.FACETS`.

    Returns
    -------
    dict of str to int
        The largest first, equal ones by code; codes without an organisation are not in it.
    """
    return code_counts(database, filter_.with_values(name, ()), name)


def code_counts(database: Database, filter_: Filter, name: str) -> dict[str, int]:
    """How many of the organisations of a filter have each code of a facet.

    Parameters and result are those of :func:`facet_counts`, which leaves the facet's own filter
    out.
    """
    facet = FACETS[name]
    if facet.lists:
        return _largest_first(
            code_index.lists(database, facet.lists).count(chosen.flags(database, filter_))
        )
    if facet.column:
        return counts_of(database, filter_, facet.column)
    where, bound = filter_.where()
    return dict(
        database.rows(
            f"""
            SELECT code, count(*) AS n
            FROM (SELECT unnest({facet.codes}) AS code FROM organisation WHERE {where})
            WHERE code IS NOT NULL GROUP BY code ORDER BY n DESC, code
            """,
            {**bound, **facet.bound},
        )
    )


def counts_of(database: Database, filter_: Filter, column: str) -> dict[str, int]:
    """How many of the organisations of a filter have each code of a column.

    Parameters
    ----------
    column : str
        Of the table ``organisation``, with one code for each or none, such as ``nuts2``.

    Returns
    -------
    dict of str to int
        The largest first, equal ones by code; codes without an organisation are not in it.
    """
    return _largest_first(
        code_index.column(database, column).count(chosen.flags(database, filter_))
    )


def _largest_first(counts: dict[str, int]) -> dict[str, int]:
    # Those that are equal stay as they came, in the order of codes.
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def sorts(filter_: Filter) -> list[str]:
    """What the list of a filter can be sorted by; the first is its own order."""
    given = [(DISTANCE, bool(filter_.near)), (RELEVANCE, bool(filter_.q))]
    return [*(sort for sort, has in given if has), *SORTS]


def page(
    database: Database,
    filter_: Filter,
    *,
    sort: str = "name",
    descending: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> pd.DataFrame:
    """One page of the list, sorted over the whole of it; empty values come last.

    Parameters
    ----------
    sort : str
        One of :func:`sorts`; any other is by name.

    Returns
    -------
    DataFrame
        All columns of ``organisation`` plus ``valley_name`` and ``nuts2_name``, ``label_*`` of
        the label that is valid longest (missing without one), and, if the filter names a town,
        ``km`` from there.
    """
    return _with_km(
        database,
        filter_,
        _list(database, _page(database, filter_, sort, limit, offset, descending=descending)),
    )


def _page(
    database: Database, filter_: Filter, sort: str, limit: int, offset: int, *, descending: bool
) -> npt.NDArray[np.int32]:
    """Ordinals of one page of the list: what a page doesn't show is never read."""
    if sort in (RELEVANCE, DISTANCE) and sort in sorts(filter_):
        return _rank(database, filter_, sort, descending)[offset : offset + limit]
    by = SORTS.get(sort, SORTS["name"])
    if by == SORTS["name"]:
        ordinals = np.flatnonzero(chosen.flags(database, filter_)).astype(np.int32)
        return (ordinals[::-1] if descending else ordinals)[offset : offset + limit]
    where, bound = filter_.where()
    return database.column(
        f"""
        SELECT ordinal FROM organisation WHERE {where}
        ORDER BY {by} {"DESC" if descending else "ASC"} NULLS LAST, ordinal
        LIMIT $limit OFFSET $offset
        """,
        {**bound, "limit": limit, "offset": offset},
    )


def in_short(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Organisations of a page as a short list shows them, with :data:`SHORT` of its columns."""
    # Text lies in Arrow's memory: each column that nobody shows costs as much as one that is shown.
    rows: list[dict[str, Any]] = found[SHORT].to_dict("records")  # type: ignore[assignment]
    return rows


def short_page(
    database: Database, filter_: Filter, *, sort: str, limit: int, offset: int
) -> list[dict[str, Any]]:
    """One page of the list as :func:`in_short` gives it; parameters are those of :func:`page`."""
    return _in_short(database, _page(database, filter_, sort, limit, offset, descending=False))


def _in_short(database: Database, ordinals: npt.NDArray[np.int32]) -> list[dict[str, Any]]:
    """Organisations by ordinal, in the order given: no column is read but those that are shown."""
    of_ordinal = {
        ordinal: row
        for ordinal, *row in database.rows(
            f"""
            SELECT ordinal, {", ".join(SHORT[:-1])} FROM organisation
            WHERE list_contains($ordinals::INTEGER[], ordinal)
            """,
            {"ordinals": ordinals.tolist()},
        )
    }
    labels = dict(
        database.rows(
            "SELECT org_id, max(valid_until) FROM label "
            "WHERE list_contains($ids::VARCHAR[], org_id) GROUP BY 1",
            {"ids": [row[0] for row in of_ordinal.values()]},
        )
    )
    rows = [of_ordinal[ordinal] for ordinal in ordinals.tolist()]
    return [dict(zip(SHORT, (*row, labels.get(row[0])), strict=True)) for row in rows]


def closest(database: Database, filter_: Filter) -> pd.DataFrame:
    """Organisations with most of the words of a search, where none has all; columns as a page.

    The rest of the filter does not count here.
    """
    return _list(database, _closest(database, filter_))


def short_closest(database: Database, filter_: Filter) -> list[dict[str, Any]]:
    """The same as :func:`closest` as :func:`in_short` gives it."""
    return _in_short(database, _closest(database, filter_))


def _closest(database: Database, filter_: Filter) -> npt.NDArray[np.int32]:
    ordinals = search.find(database, filter_.q).closest if filter_.q else ()
    return np.array(ordinals, dtype=np.int32)


def _rank(
    database: Database, filter_: Filter, sort: str, descending: bool
) -> npt.NDArray[np.int32]:
    """Ordinals of a filter's organisations by relevance or distance, equals by name."""
    if sort == RELEVANCE and filter_.active() == ["q"]:
        ranked = search.find(database, filter_.q).ordinals
        return ranked[::-1] if descending else ranked
    there = chosen.flags(database, filter_)
    if sort == RELEVANCE:
        found = search.find(database, filter_.q)
        ranked = found.ordinals[there[found.ordinals]]
        return ranked[::-1] if descending else ranked
    ordinals = np.flatnonzero(there).astype(np.int32)
    km = _km(database, filter_)[ordinals]
    return ordinals[np.argsort(-km if descending else km, kind="stable")]


def _km(database: Database, filter_: Filter) -> npt.NDArray[np.float32]:
    """Distance of every organisation from the filter's town, by ordinal; NaN if it is unknown."""
    town = nearby.town(database, filter_.near)
    if town is not None:
        return nearby.distances(database, town.lon, town.lat)
    return np.full(code_index.size(database), np.nan, dtype=np.float32)


def _with_km(database: Database, filter_: Filter, rows: pd.DataFrame) -> pd.DataFrame:
    if not filter_.near:
        return rows
    return rows.assign(km=_km(database, filter_)[rows["ordinal"].to_numpy(np.int32)])


def _list(database: Database, ordinals: npt.NDArray[np.int32]) -> pd.DataFrame:
    """Rows of the list by ordinal, in the order given."""
    rows = database.frame(
        f"""
        {_LISTED} WHERE list_contains($ordinals::INTEGER[], o.ordinal)
        """,
        {"ordinals": ordinals.tolist()},
    )
    order = rows["ordinal"].map({number: i for i, number in enumerate(ordinals.tolist())})
    return rows.iloc[np.argsort(order.to_numpy())].reset_index(drop=True)


def everything(database: Database, filter_: Filter) -> pd.DataFrame:
    """All organisations of a filter with all columns, for downloads; ordered by name."""
    where, bound = filter_.where()
    return database.frame(
        f"SELECT * FROM ({_LISTED}) WHERE {where} ORDER BY ordinal",
        bound,
    )


def one(database: Database, org_id: str) -> dict[str, Any] | None:
    """One organisation as a mapping of its columns; None if there is none of that id.

    It may have closed or merged: see :func:`ecosystem.tables.life.fate`. ``successor`` is the name
    of who owns or succeeds it; empty if there is nobody, or nobody knows.
    """
    for table in life.tables(database):
        record = database.record(
            f"SELECT * FROM ({_LISTED_FROM.format(table=table)}) WHERE org_id = $org_id",
            {"org_id": org_id},
        )
        if record:
            successor_id = record.get("successor_id") or ""
            return {**record, "successor": life.name(database, successor_id)}
    return None


def ended(database: Database) -> pd.DataFrame:
    """Organisations that closed or merged, with the columns of :func:`everything`; by name."""
    if life.TABLE not in life.tables(database):
        return pd.DataFrame()
    return database.frame(
        f"SELECT * FROM ({_LISTED_FROM.format(table=life.TABLE)}) "
        "ORDER BY strip_accents(lower(name)), org_id"
    )


def ids(database: Database, *, limit: int, offset: int = 0) -> list[str]:
    """Identifiers in alphabetical order, a part at a time."""
    found = database.frame(
        "SELECT org_id FROM organisation ORDER BY org_id LIMIT $limit OFFSET $offset",
        {"limit": limit, "offset": offset},
    )
    return list(found["org_id"])


def count(database: Database) -> int:
    """Number of organisations in the release."""
    return code_index.size(database)


def in_place(database: Database, filter_: Filter, place_id: str) -> pd.DataFrame:
    """Organisations of one town under a filter, by name."""
    where, bound = filter_.where()
    return database.frame(
        f"""
        SELECT * FROM ({_LISTED}) WHERE {where} AND place_id = $place_id ORDER BY ordinal
        """,
        {**bound, "place_id": place_id},
    )


def of_region(database: Database, region_id: str) -> pd.DataFrame:
    """All organisations of a region or valley, with all columns of the table, by name.

    Parameters
    ----------
    region_id : str
        Of a valley or a NUTS region; none is there if it is unknown.
    """
    column = regions.LEVELS[regions.level_of(region_id)]
    return database.frame(
        f"""
        SELECT * FROM organisation WHERE {column} = $region_id ORDER BY ordinal
        """,
        {"region_id": region_id},
    )


@made_in_europe.depends_on_today
def founding_years(database: Database) -> tuple[int, int]:
    """First and last founding year in the register; this year twice if none is known."""
    row = database.record(
        """
        SELECT coalesce(min(founded), year(today())) AS first,
               coalesce(max(founded), year(today())) AS last FROM organisation
        """
    )
    assert row is not None  # noqa: S101  (an aggregate always has a row)
    return int(row["first"]), int(row["last"])


def domain_counts(database: Database, filter_: Filter) -> pd.Series:
    """Organisations by JRC domain under a filter, most frequent first.

    An organisation counts once in each of its domains, so the counts exceed their number.
    """
    counts = code_counts(database, filter_, "domain")
    return pd.Series(counts, pd.Index(counts, name="domain", dtype="str"), name="n", dtype="int64")


def box(database: Database, filter_: Filter) -> tuple[float, float, float, float] | None:
    """West, south, east and north, in degrees, of what a filter leaves; None if that is nothing.

    Of many organisations the outermost 2 % on each side are left out: an overseas region would
    make all others small.
    """
    where, bound = filter_.where()
    row = database.record(
        f"""
        SELECT count(*) AS n, quantile_cont(lon, [0, 0.02, 0.98, 1]) AS lon,
               quantile_cont(lat, [0, 0.02, 0.98, 1]) AS lat
        FROM organisation WHERE {where}
        """,
        bound,
    )
    if row is None or not row["n"]:
        return None
    low, high = (1, 2) if row["n"] > _MANY else (0, 3)
    lon, lat = row["lon"], row["lat"]
    return float(lon[low]), float(lat[low]), float(lon[high]), float(lat[high])


def evidence_counts(database: Database) -> dict[str, int]:
    """Organisations by kind of evidence, over the whole register."""
    counts = database.frame("SELECT evidence, count(*) AS n FROM organisation GROUP BY ALL")
    return dict(zip(counts["evidence"], counts["n"].astype(int), strict=True))


@dataclass(frozen=True)
class Checks:
    """When people saw the sources of the rows confirm them.

    Attributes
    ----------
    latest : str
        Month or day of the latest check, ISO 8601; empty if nothing was checked.
    checked, organisations : int
        Rows with a date of a check, and all rows.
    """

    latest: str
    checked: int
    organisations: int


def checks(database: Database) -> Checks:
    """How much of the register was checked, and when last."""
    row = database.frame(
        "SELECT coalesce(max(checked_on), '') AS latest, count(checked_on) AS checked, "
        "count(*) AS organisations FROM organisation"
    ).iloc[0]
    return Checks(str(row["latest"]), int(row["checked"]), int(row["organisations"]))


def precision_counts(database: Database) -> dict[str, int]:
    """Organisations by how their town was found, over the whole register."""
    counts = database.frame("SELECT location_precision, count(*) AS n FROM organisation GROUP BY 1")
    return dict(zip(counts["location_precision"], counts["n"].astype(int), strict=True))


def mixes(database: Database) -> pd.DataFrame:
    """What organisations of valleys work on together: a row for each set of JRC domains.

    Returns
    -------
    DataFrame
        A column a domain (1 if it is in the set, else 0), and ``organisations``, how many have
        exactly that set.
    """
    sets = database.frame(
        """
        SELECT list_sort(domains) AS domains, count(*)::INTEGER AS organisations
        FROM organisation WHERE valley_id IS NOT NULL GROUP BY 1 ORDER BY 1
        """
    )
    marked = {code: [int(code in codes) for codes in sets["domains"]] for code in DOMAINS}
    return pd.DataFrame({**marked, "organisations": sets["organisations"]})
