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

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.finding import made_in_europe, nearby, search
from ecosystem.finding.filters import FACETS, Filter, Shown
from ecosystem.finding.per_filter import per_filter
from ecosystem.tables import life, regions

# What a list may be sorted by, and the SQL that does it.
SORTS = {
    "name": "name_sorted",
    "type": "type",
    "city": "city",
    "country": "country",
    "valley": "valley_name",
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
    SELECT o.*, v.name AS valley_name, r.name AS nuts2_name,
           strip_accents(lower(o.name)) AS name_sorted, l.* EXCLUDE (labelled)
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
    where, bound = filter_.where()
    ((*numbers,),) = database.rows(
        f"""
        SELECT count(*) AS organisations, count(DISTINCT valley_id) AS valleys,
               count(DISTINCT country) AS countries, count(*) FILTER (type = 'sme') AS smes,
               count(*) FILTER ({made_in_europe.IS_LABELLED}) AS labelled
        FROM organisation WHERE {where}
        """,
        {**bound, **made_in_europe.BOUND},
    )
    return Summary(*numbers)


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
    if name in _COUNTED_IN_MEMORY:
        known, numbers, ordinals = _codes(database)[name]
        there = np.bincount(
            numbers[_filter_mask(database, filter_)[ordinals]], minlength=len(known)
        ).tolist()
        found = [(code, n) for code, n in zip(known, there, strict=True) if n]
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
    where, bound = filter_.where()
    return dict(
        database.rows(
            f"""
            SELECT code, count(*) AS n
            FROM (SELECT unnest({FACETS[name].codes}) AS code FROM organisation WHERE {where})
            WHERE code IS NOT NULL GROUP BY code ORDER BY n DESC, code
            """,
            {**bound, **FACETS[name].bound},
        )
    )


@per_filter
def _filter_mask(database: Database, filter_: Filter) -> npt.NDArray[np.bool_]:
    """Which organisations a filter leaves, by their ``ordinal``."""
    where, bound = filter_.where()
    flags = np.zeros(_size(database), dtype=np.bool_)
    flags[database.column(f"SELECT ordinal FROM organisation WHERE {where}", bound)] = True
    return flags


@per_release
def _size(database: Database) -> int:
    return int(database.value("SELECT coalesce(max(ordinal) + 1, 0) FROM organisation"))


# The facets that the panel always shows, all at once for every new filter: one pass over the
# table says which organisations the others leave, and counting them by code is done in memory.
_COUNTED_IN_MEMORY = {
    name
    for name, facet in FACETS.items()
    if facet.shown in (Shown.BUTTONS, Shown.LIST) and facet.offered_if is None
}


@per_release
def _codes(
    database: Database,
) -> dict[str, tuple[list[str], npt.NDArray[np.int32], npt.NDArray[np.int32]]]:
    """Codes of a facet, and for each code of an organisation its number and the ordinal."""
    found = {}
    for name in _COUNTED_IN_MEMORY:
        each = f"SELECT ordinal, unnest({FACETS[name].codes}) AS code FROM organisation"
        known = [
            code
            for (code,) in database.rows(
                f"SELECT DISTINCT code FROM ({each}) WHERE code IS NOT NULL ORDER BY code"
            )
        ]
        numbered = "SELECT unnest($known::VARCHAR[]) AS code, unnest(range(len($known))) AS number"
        rows = database.frame(
            f"""
            SELECT ordinal, number::INTEGER AS number
            FROM ({each}) JOIN ({numbered}) USING (code)
            """,
            {"known": known},
        )
        found[name] = (
            known,
            rows["number"].to_numpy(np.int32),
            rows["ordinal"].to_numpy(np.int32),
        )
    return found


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
    if sort in (RELEVANCE, DISTANCE) and sort in sorts(filter_):
        ordinals = _rank(database, filter_, sort, descending)[offset : offset + limit]
        return _with_km(database, filter_, _list(database, ordinals))
    where, bound = filter_.where()
    direction = "DESC" if descending else "ASC"
    order = SORTS.get(sort, SORTS["name"])
    rows = database.frame(
        f"""
        SELECT * FROM ({_LISTED}) WHERE {where}
        ORDER BY {order} {direction} NULLS LAST, name_sorted, org_id
        LIMIT $limit OFFSET $offset
        """,
        {**bound, "limit": limit, "offset": offset},
    ).drop(columns="name_sorted")
    return _with_km(database, filter_, rows)


def in_short(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Organisations as a short list shows them, with :data:`SHORT` of a page's columns."""
    # Text lies in Arrow's memory: each column that nobody shows costs as much as one that is shown.
    rows: list[dict[str, Any]] = found[SHORT].to_dict("records")  # type: ignore[assignment]
    return rows


def short_page(
    database: Database, filter_: Filter, *, sort: str, limit: int, offset: int
) -> list[dict[str, Any]]:
    """One page of the list as :func:`in_short` gives it; parameters are those of :func:`page`."""
    return in_short(page(database, filter_, sort=sort, limit=limit, offset=offset))


def closest(database: Database, filter_: Filter) -> pd.DataFrame:
    """Organisations with most of the words of a search, where none has all; columns as a page.

    The rest of the filter does not count here.
    """
    ordinals = search.find(database, filter_.q).closest if filter_.q else ()
    return _list(database, np.array(ordinals, dtype=np.int32))


def _rank(
    database: Database, filter_: Filter, sort: str, descending: bool
) -> npt.NDArray[np.int32]:
    """Ordinals of a filter's organisations by relevance or distance, equals by name."""
    if sort == RELEVANCE and filter_.active() == ["q"]:
        ranked = search.find(database, filter_.q).ordinals
        return ranked[::-1] if descending else ranked
    where, bound = filter_.where()
    rows = database.frame(f"SELECT ordinal FROM organisation WHERE {where}", bound)
    ordinals = rows["ordinal"].to_numpy(np.int32)
    if sort == RELEVANCE:
        found = search.find(database, filter_.q)
        kept = np.zeros(8 * len(found.bits), dtype=np.bool_)
        kept[ordinals] = True
        ranked = found.ordinals[kept[found.ordinals]]
        return ranked[::-1] if descending else ranked
    ordinals = np.sort(ordinals)
    km = _km(database, filter_)[ordinals]
    return ordinals[np.argsort(-km if descending else km, kind="stable")]


def _km(database: Database, filter_: Filter) -> npt.NDArray[np.float32]:
    """Distance of every organisation from the filter's town, by ordinal; NaN if it is unknown."""
    town = nearby.town(database, filter_.near)
    if town is not None:
        return nearby.distances(database, town.lon, town.lat)
    n = int(database.value("SELECT count(*) FROM organisation"))
    return np.full(n, np.nan, dtype=np.float32)


def _with_km(database: Database, filter_: Filter, rows: pd.DataFrame) -> pd.DataFrame:
    if not filter_.near:
        return rows
    return rows.assign(km=_km(database, filter_)[rows["ordinal"].to_numpy(np.int32)])


def _list(database: Database, ordinals: npt.NDArray[np.int32]) -> pd.DataFrame:
    """Rows of the list by ordinal, in the order given."""
    rows = database.frame(
        f"""
        {_LISTED} WHERE o.rowid IN (
            SELECT rowid FROM organisation WHERE ordinal IN (SELECT unnest($ordinals::INTEGER[]))
        )
        """,
        {"ordinals": ordinals.tolist()},
    ).drop(columns="name_sorted")
    order = rows["ordinal"].map({number: i for i, number in enumerate(ordinals.tolist())})
    return rows.iloc[np.argsort(order.to_numpy())].reset_index(drop=True)


def everything(database: Database, filter_: Filter) -> pd.DataFrame:
    """All organisations of a filter with all columns, for downloads; ordered by name."""
    where, bound = filter_.where()
    return database.frame(
        f"SELECT * FROM ({_LISTED}) WHERE {where} ORDER BY name_sorted, org_id",
        bound,
    ).drop(columns="name_sorted")


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
            del record["name_sorted"]
            successor_id = record.get("successor_id") or ""
            return {**record, "successor": life.name(database, successor_id)}
    return None


def ended(database: Database) -> pd.DataFrame:
    """Organisations that closed or merged, with the columns of :func:`everything`; by name."""
    if life.TABLE not in life.tables(database):
        return pd.DataFrame()
    return database.frame(
        f"SELECT * FROM ({_LISTED_FROM.format(table=life.TABLE)}) ORDER BY name_sorted, org_id"
    ).drop(columns="name_sorted")


def ids(database: Database, *, limit: int, offset: int = 0) -> list[str]:
    """Identifiers in alphabetical order, a part at a time."""
    found = database.frame(
        "SELECT org_id FROM organisation ORDER BY org_id LIMIT $limit OFFSET $offset",
        {"limit": limit, "offset": offset},
    )
    return list(found["org_id"])


def count(database: Database) -> int:
    """Number of organisations in the release."""
    return int(database.value("SELECT count(*) FROM organisation"))


def in_place(database: Database, filter_: Filter, place_id: str) -> pd.DataFrame:
    """Organisations of one town under a filter, by name."""
    where, bound = filter_.where()
    return database.frame(
        f"""
        SELECT * FROM ({_LISTED}) WHERE {where} AND place_id = $place_id
        ORDER BY name_sorted, org_id
        """,
        {**bound, "place_id": place_id},
    ).drop(columns="name_sorted")


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
        SELECT * FROM organisation WHERE {column} = $region_id
        ORDER BY strip_accents(lower(name)), org_id
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
    where, bound = filter_.where()
    counts = database.frame(
        f"""
        SELECT domain, count(*) AS n
        FROM (SELECT unnest(domains) AS domain FROM organisation WHERE {where})
        GROUP BY domain ORDER BY n DESC, domain
        """,
        bound,
    )
    return counts.set_index("domain")["n"].astype(int)


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
