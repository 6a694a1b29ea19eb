"""Every figure of the regional pages as a table: asked of the functions that the pages ask.

To offer another one, add a :class:`Figure` and, if it is no measure of
:mod:`ecosystem.regional.measures`, a function that gives its table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS, TYPES, Vocabulary
from ecosystem.finding.filters import Filter
from ecosystem.regional import (
    coverage,
    map_concentration,
    measures,
    outside_figures,
    quality,
    region_counts,
    shading,
    uncertainty,
)
from ecosystem.regional.profiles import quotients_of
from ecosystem.regional.statistics import completeness
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.regional.statistics.presence import EUROPE, presence
from ecosystem.tables import regions

ADDRESS = "api/statistics"
# All organisations of the register as one region.
REGISTER = "register"
LEVELS = {**regions.LEVEL_LABELS, REGISTER: "The register as a whole"}
WHOLE = "all"
# Why there is no value, or what to keep in mind of one.
NOT_COLLECTED, NOBODY, FEW, NO_VALUE = "not collected", "no organisation", "few", "no figure"
_REGISTER, _BOUNDARIES, _INDICATORS = "register", "boundaries", "indicators"
_OF_REGION = "organisations of the register in the region, under the filter"
_QUALITY = "quality-"


@dataclass(frozen=True)
class Column:
    """A number that a table has of each of its rows.

    Attributes
    ----------
    name, label : str
        Its name in files and what people read.
    unit : str
        What it counts or measures; ``"1"`` of a plain number.
    digits : int
        Decimals that people are shown; files have all.
    """

    name: str
    label: str
    unit: str = "1"
    digits: int = 0


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of a figure.

    Attributes
    ----------
    rows : DataFrame
        One column for each of `dimensions` and `columns`, and ``status``: a word where there is
        no value, or a reservation; else empty.
    dimensions : dict of str to dict of str to str
        What the rows are by, each with the label of its codes.
    columns : tuple of Column
        The numbers, the value first.
    """

    rows: pd.DataFrame
    dimensions: dict[str, dict[str, str]]
    columns: tuple[Column, ...]


Make = Callable[[Database, Filter, str, Sequence[str]], Table]


@dataclass(frozen=True)
class Figure:
    """A figure that there is.

    Attributes
    ----------
    code, label : str
        Value of the parameter ``measure`` and what people read.
    method : str
        How it is computed, with its source.
    denominator : str
        Of what it is: what ``n`` counts.
    interval : str
        What ``low`` and ``high`` are; empty if it has none.
    sources : tuple of str
        Names of the release's sources that it is made of.
    levels : tuple of str
        Levels that it is there at, the usual one first.
    make : callable
        Gives its table of a database, a filter, a level and regions (none: all).
    takes_filter : bool
        Whether the filter changes it.
    needs_region : bool
        Whether regions have to be named.
    """

    code: str
    label: str
    method: str
    denominator: str
    interval: str
    sources: tuple[str, ...]
    levels: tuple[str, ...]
    make: Make
    takes_filter: bool = True
    needs_region: bool = False


def address(
    measure: str, level: str = "", filter_: Filter | None = None, region_ids: Sequence[str] = ()
) -> str:
    """Where a figure is to be had, below the root of the site."""
    of = {"measure": [measure], "level": [level] if level else [], "region": list(region_ids)}
    params = {**of, **(filter_ or Filter()).to_params()}
    return f"{ADDRESS}?{urlencode(params, doseq=True)}"


def catalogue(database: Database) -> dict[str, Figure]:
    """All figures of a release by code."""
    return {
        **{code: _of_measure(measure) for code, measure in measures.catalogue(database).items()},
        **{figure.code: figure for figure in _OTHERS},
    }


def _of_measure(measure: measures.Measure) -> Figure:
    sources = {"per-million": (_REGISTER, _INDICATORS), "per-1000-km2": (_REGISTER, _BOUNDARIES)}
    denominators = {
        "per-million": "inhabitants of the region",
        "per-1000-km2": "area of the region",
        "median-founded": f"{_OF_REGION}, whose founding year is known",
        "roles": "six roles",
        "nist-functions": "five functions",
    }

    def make(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
        return _measure_table(database, filter_, level, ids, measure)

    return Figure(
        measure.code,
        measure.label,
        measure.method,
        denominators.get(measure.code, _OF_REGION),
        "95 %" if measure.code in uncertainty.MEASURES else "",
        sources.get(measure.code, (_REGISTER,)),
        ("nuts2", *(level for level in LEVELS if level != "nuts2")),
        make,
    )


def _measure_table(
    database: Database, filter_: Filter, level: str, ids: Sequence[str], measure: measures.Measure
) -> Table:
    columns = (
        Column("value", measure.label, _unit(measure), 2 if measure.is_share else measure.digits),
        Column("low", "Lower end of the 95 % interval", _unit(measure), measure.digits),
        Column("high", "Upper end of the 95 % interval", _unit(measure), measure.digits),
        Column("n", "Organisations that it rests on", "organisations"),
        Column("population_year", "Year of the population", "year"),
    )
    if level == REGISTER:
        whole = measures.of_whole(database, filter_)
        row = {"value": whole[measure.code], "n": whole["organisations"], "status": ""}
        rows = pd.DataFrame([{"region": WHOLE, **row}])
        return _table(rows, {"region": {WHOLE: LEVELS[REGISTER]}}, columns)
    found = _rows_of(measures.table(database, filter_, level), ids)
    having = [str(id_) for id_ in found.index[found[measure.code].notna()]]
    ends = uncertainty.intervals_of(database, filter_, having, measure.code).reindex(found.index)
    own_n = ends["of"] if "of" in ends and ends["of"].notna().any() else found["organisations"]
    rows = pd.DataFrame(
        {
            "region": found.index,
            "value": found[measure.code].astype("Float64"),
            "low": ends["low"].astype("Float64"),
            "high": ends["high"].astype("Float64"),
            "n": own_n.astype("Float64"),
            "population_year": found["population_year"].astype("Float64")
            if measure.code == "per-million"
            else None,
            "status": [
                _status(bool(there), n, value, measure.needs)
                for there, n, value in zip(
                    found["is_collected"], found["organisations"], found[measure.code], strict=True
                )
            ],
        }
    )
    return _table(rows, {"region": _labels(database, rows["region"])}, columns)


def _status(is_collected: bool, n: object, value: object, needs: int) -> str:
    if not is_collected:
        return NOT_COLLECTED
    count = 0 if pd.isna(n) else int(n)  # type: ignore[call-overload]
    if not count:
        return NOBODY
    if pd.isna(value):  # type: ignore[call-overload]
        return NO_VALUE
    return FEW if count < needs else ""


def _unit(measure: measures.Measure) -> str:
    units = {
        "organisations": "organisations",
        "labelled": "organisations",
        "per-million": "organisations per million inhabitants",
        "per-1000-km2": "organisations per 1,000 km²",
        "effective-domains": "equally frequent domains",
        "roles": "roles",
        "nist-functions": "functions",
        "median-founded": "year",
    }
    return units.get(measure.code, "1")


def _rows_of(found: pd.DataFrame, ids: Sequence[str]) -> pd.DataFrame:
    return found.loc[[id_ for id_ in found.index if id_ in set(ids)]] if ids else found


def _labels(database: Database, ids: Sequence[str] | pd.Series) -> dict[str, str]:
    names = regions.labels(database)
    return {str(id_): names[str(id_)] for id_ in dict.fromkeys(ids)}


def _table(
    rows: pd.DataFrame, dimensions: dict[str, dict[str, str]], columns: tuple[Column, ...]
) -> Table:
    # A column without any number says nothing.
    there = [
        column
        for column in columns
        if column.name == "value" or (column.name in rows and rows[column.name].notna().any())
    ]
    names = [*dimensions, *(column.name for column in there), "status"]
    return Table(rows[names].reset_index(drop=True), dimensions, tuple(there))


def _representation(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
    counts = region_counts.region_counts(database, filter_, level)
    found = quotients_of(database, filter_, counts).reset_index()
    found = found.rename(columns={"lq": "value", "code": "domain"})
    return _by_code(
        database,
        _of_regions(found, ids),
        level,
        "domain",
        DOMAINS,
        (
            Column("value", "Representation quotient", "1", 2),
            Column("low", "Lower end of the 95 % interval", "1", 2),
            Column("high", "Upper end of the 95 % interval", "1", 2),
            Column("count", "Organisations that work on it", "organisations"),
            Column("n", "Organisations of the region", "organisations"),
            Column("share", "Share of the region's organisations", "1", 2),
            Column("whole_share", "Share in the register", "1", 2),
        ),
    )


def _types(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
    counts = region_counts.region_counts(database, filter_, level)
    found = _long(counts.types, "type")
    rows = found.assign(n=lambda frame: frame["region"].map(counts.n))
    columns = (
        Column("value", "Organisations of the type", "organisations"),
        Column("n", "Organisations of the region", "organisations"),
    )
    return _by_code(database, _of_regions(rows, ids), level, "type", TYPES, columns)


def _functions(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
    counts = region_counts.region_counts(database, filter_, level)
    shares = completeness.function_coverage(counts.functions, counts.n)
    found = _long(shares, "function")
    rows = found.assign(n=lambda frame: frame["region"].map(counts.n))
    columns = (
        Column("value", "Share serving the function", "1", 2),
        Column("n", "Organisations of the region", "organisations"),
    )
    return _by_code(database, _of_regions(rows, ids), level, "function", FUNCTIONS, columns)


def _long(matrix: pd.DataFrame, of: str) -> pd.DataFrame:
    """A matrix of regions and codes as rows: ``region``, the code, ``value``."""
    regions_first = matrix.rename_axis(index="region").reset_index()
    return regions_first.melt(id_vars="region", var_name=of, value_name="value")


def _of_regions(rows: pd.DataFrame, ids: Sequence[str]) -> pd.DataFrame:
    return rows[rows["region"].isin(list(ids))].reset_index(drop=True) if ids else rows


def _by_code(
    database: Database,
    rows: pd.DataFrame,
    level: str,
    name: str,
    vocabulary: Vocabulary,
    columns: tuple[Column, ...],
) -> Table:
    there = rows["region"].map(regions.is_collected(database, level)).to_numpy(dtype=bool)
    rows = rows.astype({column.name: "Float64" for column in columns})
    rows["status"] = [
        _status(bool(is_there), n, value, SMALL_N)
        for is_there, n, value in zip(there, rows["n"], rows["value"], strict=True)
    ]
    for column in columns:
        rows[column.name] = rows[column.name].where(there)
    labels = {code: vocabulary.label(code) for code in vocabulary}
    return _table(rows, {"region": _labels(database, rows["region"]), name: labels}, columns)


def _founding(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
    parts = [region_counts.founding_years(database, filter_, id_).assign(region=id_) for id_ in ids]
    rows = pd.concat(parts).rename(columns={"organisations": "value"})
    rows = rows.astype({"year": "int64", "value": "Float64"}).assign(status="")
    rows["year"] = rows["year"].astype(str)
    years = {year: year for year in sorted(set(rows["year"]))}
    return _table(
        rows,
        {"region": _labels(database, ids), "year": years},
        (Column("value", "Organisations founded by the end of the year", "organisations"),),
    )


def _eurostat(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
    parts = [outside_figures.figures(database, id_).assign(region=id_) for id_ in ids]
    rows = pd.concat(parts).assign(status="")
    rows["year"] = rows["year"].astype("Int64").astype(str)
    rows = rows.astype({"value": "Float64", "parts": "Float64"})
    units = rows.drop_duplicates("indicator").set_index("indicator")
    labels = {
        str(code): f"{row['label']} ({row['unit']}; {row['source']})"
        for code, row in units.iterrows()
    }
    return _table(
        rows,
        {
            "region": _labels(database, ids),
            "indicator": labels,
            "year": {year: year for year in sorted(set(rows["year"]))},
        },
        (
            Column("value", "Figure", "as the indicator says", 2),
            Column("parts", "NUTS 2 regions that it is made from", "regions"),
        ),
    )


def _coverage(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
    found = coverage.spans(database, list(ids) or regions.ids(database, level))
    rows = found.rename(columns={"coverage": "value", "of": "counts_there"})
    rows = rows.drop(columns="counts").reset_index(names="region")
    numbers = ("value", "low", "high", "n", "counted", "year", "counts_there")
    rows = rows.astype(dict.fromkeys(numbers, "Float64"))
    rows["status"] = ["" if has else NOT_COLLECTED for has in rows["value"].notna()]
    return _table(
        rows,
        {"region": _labels(database, rows["region"])},
        (
            Column("value", "Register divided by what others count", "1", 2),
            Column("low", "Least over counts of the same kind", "1", 2),
            Column("high", "Largest over counts of the same kind", "1", 2),
            Column("n", "In the register", "organisations"),
            Column("counted", "Counted by others, about", "organisations"),
            Column("year", "Year of the count", "year"),
            Column("counts_there", "Counts that there are", "counts"),
        ),
    )


def _concentration(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
    found = map_concentration.over_nuts2(database, filter_)
    names = {"gini": "Gini coefficient", "moran-i": "Moran's I", "moran-p": "p of Moran's I"}
    values = [found.gini, found.moran_i, found.moran_p]
    rows = pd.DataFrame({"statistic": list(names), "value": values, "n": float(found.regions)})
    rows["status"] = ["" if has else NO_VALUE for has in rows["value"].notna()]
    columns = (
        Column("value", "Value", "1", 2),
        Column("n", "NUTS 2 regions that were collected", "regions"),
    )
    return _table(rows, {"statistic": names}, columns)


def _presence(kind: str, vocabulary: Vocabulary) -> Make:
    def make(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
        counts = region_counts.region_counts(database, filter_, "nuts2")
        there = regions.is_collected(database, "nuts2").to_numpy()
        countries = regions.units(database, "nuts2").set_index("region_id")["country"]
        found = presence(getattr(counts, kind)[there], countries[there]).reset_index()
        rows = found.rename(columns={"regions_with": "value", "regions": "n"}).assign(status="")
        rows = rows.astype({"value": "Float64", "n": "Float64", "share": "Float64"})
        areas = {
            str(area): str(area) if area == EUROPE else COUNTRIES.label(str(area))
            for area in dict.fromkeys(rows["area"])
        }
        labels = {code: vocabulary.label(code) for code in vocabulary}
        columns = (
            Column("value", "NUTS 2 regions with at least one organisation", "regions"),
            Column("n", "NUTS 2 regions that were collected", "regions"),
            Column("share", "Share of these", "1", 2),
        )
        return _table(rows, {"area": areas, "code": labels}, columns)

    return make


def _quality(name: str) -> Make:
    column = quality.COLUMNS[name]

    def make(database: Database, filter_: Filter, level: str, ids: Sequence[str]) -> Table:
        found = _rows_of(quality.by_region(database, level), ids)
        rows = pd.DataFrame(
            {
                "region": found.index,
                "value": found[name].astype("Float64"),
                "n": found["organisations"].astype("Float64"),
            }
        )
        rows["status"] = ["" if has else NO_VALUE for has in rows["value"].notna()]
        unit = "1" if column.is_share else "organisations"
        columns = (
            Column("value", column.label, unit, 2 if column.is_share else 0),
            Column("n", "Organisations of the region", "organisations"),
        )
        return _table(rows, {"region": _labels(database, rows["region"])}, columns)

    return make


_AREAS = ("nuts2", *(level for level in regions.LEVELS if level != "nuts2"))
_OTHERS = (
    Figure(
        shading.REPRESENTATION,
        "Representation of the JRC domains",
        shading.REPRESENTATION_METHOD,
        _OF_REGION,
        "95 %",
        (_REGISTER,),
        _AREAS,
        _representation,
    ),
    Figure(
        "types",
        "Organisations by type",
        "Organisations of the register by type.",
        _OF_REGION,
        "",
        (_REGISTER,),
        _AREAS,
        _types,
    ),
    Figure(
        "function-shares",
        "NIST CSF 1.1 functions",
        "Share of the organisations that serve each function; most serve several.",
        _OF_REGION,
        "",
        (_REGISTER,),
        _AREAS,
        _functions,
    ),
    Figure(
        "founding-years",
        "Founding years of those in the register",
        "Of the organisations in the register today whose founding year is known, those founded "
        "by the end of each year. Who closed, moved or isn't registered is missing: no growth.",
        f"{_OF_REGION}, whose founding year is known",
        "",
        (_REGISTER,),
        _AREAS,
        _founding,
        needs_region=True,
    ),
    Figure(
        "eurostat",
        "The region in Eurostat's figures",
        "Eurostat's figures of NUTS 2 regions, and of larger regions what is made of them: sums of "
        "population and GDP, means of all others, weighted by population or GDP. A gap stays one.",
        "as each indicator's unit says",
        "",
        (_INDICATORS,),
        _AREAS,
        _eurostat,
        takes_filter=False,
        needs_region=True,
    ),
    Figure(
        "coverage",
        "Register divided by what others count",
        coverage.RULE,
        "what somebody else counted in the territory",
        "least and largest over counts of the same kind; no confidence interval",
        (_REGISTER,),
        _AREAS,
        _coverage,
        takes_filter=False,
    ),
    Figure(
        "map-concentration",
        "How concentrated the map is",
        "Over the NUTS 2 regions that the register was collected for. Gini of organisations: 0 all "
        "have as many, 1 one has all. Moran's I: whether neighbours are alike; p one-sided, 999 "
        "permutations, six nearest neighbours, computed with PySAL's esda.",
        "NUTS 2 regions that the register was collected for",
        "",
        (_REGISTER, _BOUNDARIES),
        (REGISTER,),
        _concentration,
    ),
    *(
        Figure(
            f"presence-{kind}",
            f"Regions with at least one organisation, by {what}",
            "NUTS 2 regions that the register was collected for and that have at least one "
            "organisation of the kind, by country.",
            "NUTS 2 regions that the register was collected for",
            "",
            (_REGISTER,),
            (REGISTER,),
            _presence(kind, vocabulary),
        )
        for kind, what, vocabulary in (
            ("domains", "JRC domain", DOMAINS),
            ("types", "type", TYPES),
            ("functions", "NIST CSF 1.1 function", FUNCTIONS),
        )
    ),
    *(
        Figure(
            f"{_QUALITY}{name.replace('_', '-')}",
            f"Data quality: {column.label}",
            column.method,
            "organisations of the register in the region"
            if name != "covered"
            else "what somebody else counted in the territory",
            "",
            (_REGISTER,),
            ("valley", *(level for level in regions.LEVELS if level != "valley")),
            _quality(name),
            takes_filter=False,
        )
        for name, column in quality.COLUMNS.items()
        # A day and words are no numbers.
        if name not in ("oldest", "scope")
    ),
)


def list_of(database: Database, api: str) -> dict[str, object]:
    """All figures with their addresses, as what answers when no figure is asked for."""
    site = api.rpartition("/")[0]
    return {
        "title": "Figures as data",
        "description": "Every figure of the regional pages, as JSON-stat 2.0 and as CSV on the "
        "web. Parameters: measure, level, region, and those of the site's filter.",
        "levels": LEVELS,
        "figures": [
            {
                "measure": figure.code,
                "title": figure.label,
                "levels": list(figure.levels),
                "method": figure.method,
                "denominator": figure.denominator,
                "links": [
                    {
                        "href": f"{site}/{address(figure.code, figure.levels[0])}",
                        "rel": "item",
                        "type": "application/json",
                        "title": figure.label,
                    }
                ]
                if not figure.needs_region
                else [],
            }
            for figure in catalogue(database).values()
        ],
    }


def statuses() -> Mapping[str, str]:
    """What the words of the column ``status`` mean."""
    return {
        NOT_COLLECTED: "The register was not collected for the region; not zero.",
        NOBODY: "The register has no organisation there under the filter.",
        FEW: f"Fewer than {SMALL_N} organisations, or than the measure needs: it says little.",
        NO_VALUE: "There is nothing to compute it from.",
    }
