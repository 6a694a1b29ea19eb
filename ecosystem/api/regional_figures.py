"""Every figure of the regional pages as a table: asked of the functions that the pages ask."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from ecosystem.api.tables import (
    LEVELS,
    NO_VALUE,
    NOT_COLLECTED,
    REGISTER,
    WHOLE,
    Choice,
    Column,
    Figure,
    Make,
    Table,
    make_table,
    region_labels,
    rows_of,
    rows_of_regions,
    status_of,
)
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS, TYPES, Vocabulary
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

_REGISTER, _BOUNDARIES, _INDICATORS = "register", "boundaries", "indicators"
_OF_REGION = "organisations of the register in the region, under the filter"
_AREAS = ("nuts2", *(level for level in regions.LEVELS if level != "nuts2"))


def catalogue(database: Database) -> dict[str, Figure]:
    """The regional pages' figures by code."""
    return {
        **{code: _of_measure(measure) for code, measure in measures.catalogue(database).items()},
        **{figure.code: figure for figure in _OTHERS},
    }


def _of_measure(measure: measures.Measure) -> Figure:
    sources = {"per-million": (_REGISTER, _INDICATORS), "per-1000-km2": (_REGISTER, _BOUNDARIES)}
    denominators = {
        "per-million": "inhabitants of the region; of the register, those of the NUTS 2 regions "
        "that it was collected for",
        "per-1000-km2": "area of the region; of the register, that of the NUTS 2 regions that it "
        "was collected for",
        "median-founded": f"{_OF_REGION}, whose founding year is known",
        "roles": "six roles",
        "nist-functions": "five functions",
    }

    def make(database: Database, of: Choice) -> Table:
        return _measure_table(database, of, measure)

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


def _measure_table(database: Database, of: Choice, measure: measures.Measure) -> Table:
    columns = (
        Column("value", measure.label, _unit(measure), 2 if measure.is_share else measure.digits),
        Column("low", "Lower end of the 95 % interval", _unit(measure), measure.digits),
        Column("high", "Upper end of the 95 % interval", _unit(measure), measure.digits),
        Column("n", "Organisations that it rests on", "organisations"),
        Column("population_year", "Year of the population", "year"),
    )
    if of.level == REGISTER:
        whole = measures.of_whole(database, of.filter)
        row = {"value": whole[measure.code], "n": whole["organisations"], "status": ""}
        rows = pd.DataFrame([{"region": WHOLE, **row}])
        return make_table(rows, {"region": {WHOLE: LEVELS[REGISTER]}}, columns)
    found = rows_of(measures.table(database, of.filter, of.level), of.region_ids)
    rows = _measure_rows(database, of, measure, found)
    return make_table(rows, {"region": region_labels(database, rows["region"])}, columns)


def _measure_rows(
    database: Database, of: Choice, measure: measures.Measure, found: pd.DataFrame
) -> pd.DataFrame:
    """A row a region: ``region, value, low, high, n, population_year, status``."""
    having = [str(id_) for id_ in found.index[found[measure.code].notna()]]
    ends = uncertainty.intervals_of(database, of.filter, having, measure.code).reindex(found.index)
    own_n = ends["of"] if "of" in ends and ends["of"].notna().any() else found["organisations"]
    return pd.DataFrame(
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
                status_of(bool(there), n, value, measure.needs)
                for there, n, value in zip(
                    found["is_collected"], found["organisations"], found[measure.code], strict=True
                )
            ],
        }
    )


def _side_by_side(database: Database, of: Choice) -> Table:
    known = measures.catalogue(database)
    found = rows_of(measures.table(database, of.filter, of.level), of.region_ids)
    sizes = found["organisations"].fillna(0).astype(int)
    beside = {n: measures.whole_beside(database, of.filter, n) for n in sizes.unique()}
    parts = [
        _measure_rows(database, of, measure, found).assign(
            measure=code, whole=[beside[n][code] for n in sizes]
        )
        for code, measure in known.items()
    ]
    numbers = ("value", "low", "high", "n", "population_year", "whole")
    rows = pd.concat([part.astype(dict.fromkeys(numbers, "Float64")) for part in parts])
    return make_table(
        rows,
        {
            "region": region_labels(database, rows["region"]),
            "measure": {
                code: f"{measure.label} ({_unit(measure)})"
                if _unit(measure) != "1"
                else measure.label
                for code, measure in known.items()
            },
        },
        (
            Column("value", "Value", "as the measure says", 2),
            Column("low", "Lower end of the 95 % interval", "as the measure says", 2),
            Column("high", "Upper end of the 95 % interval", "as the measure says", 2),
            Column("n", "Organisations that it rests on", "organisations"),
            Column(
                "whole",
                "The register as a whole, at the region's size where that matters",
                "as the measure says",
                2,
            ),
            Column("population_year", "Year of the population", "year"),
        ),
    )


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


def _representation(database: Database, of: Choice) -> Table:
    counts = region_counts.region_counts(database, of.filter, of.level)
    found = quotients_of(database, of.filter, counts).reset_index()
    found = found.rename(columns={"lq": "value", "code": "domain"})
    return _by_code(
        database,
        rows_of_regions(found, of.region_ids),
        of.level,
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


def _types(database: Database, of: Choice) -> Table:
    counts = region_counts.region_counts(database, of.filter, of.level)
    found = _long(counts.types, "type")
    rows = found.assign(n=lambda frame: frame["region"].map(counts.n))
    columns = (
        Column("value", "Organisations of the type", "organisations"),
        Column("n", "Organisations of the region", "organisations"),
    )
    own = rows_of_regions(rows, of.region_ids)
    return _by_code(database, own, of.level, "type", TYPES, columns)


def _functions(database: Database, of: Choice) -> Table:
    counts = region_counts.region_counts(database, of.filter, of.level)
    shares = completeness.function_coverage(counts.functions, counts.n)
    found = _long(shares, "function")
    rows = found.assign(n=lambda frame: frame["region"].map(counts.n))
    columns = (
        Column("value", "Share serving the function", "1", 2),
        Column("n", "Organisations of the region", "organisations"),
    )
    own = rows_of_regions(rows, of.region_ids)
    return _by_code(database, own, of.level, "function", FUNCTIONS, columns)


def _long(matrix: pd.DataFrame, of: str) -> pd.DataFrame:
    """A matrix of regions and codes as rows: ``region``, the code, ``value``."""
    regions_first = matrix.rename_axis(index="region").reset_index()
    return regions_first.melt(id_vars="region", var_name=of, value_name="value")


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
        status_of(bool(is_there), n, value, SMALL_N)
        for is_there, n, value in zip(there, rows["n"], rows["value"], strict=True)
    ]
    for column in columns:
        rows[column.name] = rows[column.name].where(there)
    labels = {code: vocabulary.label(code) for code in vocabulary}
    return make_table(
        rows, {"region": region_labels(database, rows["region"]), name: labels}, columns
    )


def _founding(database: Database, of: Choice) -> Table:
    parts = [
        region_counts.founding_years(database, of.filter, id_).assign(region=id_)
        for id_ in of.region_ids
    ]
    rows = pd.concat(parts).rename(columns={"organisations": "value"})
    rows = rows.astype({"year": "int64", "value": "Float64"}).assign(status="")
    rows["year"] = rows["year"].astype(str)
    years = {year: year for year in sorted(set(rows["year"]))}
    return make_table(
        rows,
        {"region": region_labels(database, of.region_ids), "year": years},
        (Column("value", "Organisations founded by the end of the year", "organisations"),),
    )


def _eurostat(database: Database, of: Choice) -> Table:
    parts = [outside_figures.figures(database, id_).assign(region=id_) for id_ in of.region_ids]
    rows = pd.concat(parts).assign(status="")
    rows["year"] = rows["year"].astype("Int64").astype(str)
    rows = rows.astype({"value": "Float64", "parts": "Float64"})
    units = rows.drop_duplicates("indicator").set_index("indicator")
    labels = {
        str(code): f"{row['label']} ({row['unit']}; {row['source']})"
        for code, row in units.iterrows()
    }
    return make_table(
        rows,
        {
            "region": region_labels(database, of.region_ids),
            "indicator": labels,
            "year": {year: year for year in sorted(set(rows["year"]))},
        },
        (
            Column("value", "Figure", "as the indicator says", 2),
            Column("parts", "NUTS 2 regions that it is made from", "regions"),
        ),
    )


def _coverage(database: Database, of: Choice) -> Table:
    found = coverage.spans(database, list(of.region_ids) or regions.ids(database, of.level))
    rows = found.rename(columns={"coverage": "value", "of": "counts_there"})
    rows = rows.drop(columns="counts").reset_index(names="region")
    numbers = ("value", "low", "high", "n", "counted", "year", "counts_there")
    rows = rows.astype(dict.fromkeys(numbers, "Float64"))
    rows["status"] = ["" if has else NOT_COLLECTED for has in rows["value"].notna()]
    return make_table(
        rows,
        {"region": region_labels(database, rows["region"])},
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


def _concentration(database: Database, of: Choice) -> Table:
    found = map_concentration.over_nuts2(database, of.filter)
    names = {"gini": "Gini coefficient", "moran-i": "Moran's I", "moran-p": "p of Moran's I"}
    values = [found.gini, found.moran_i, found.moran_p]
    rows = pd.DataFrame({"statistic": list(names), "value": values, "n": float(found.regions)})
    rows["status"] = ["" if has else NO_VALUE for has in rows["value"].notna()]
    columns = (
        Column("value", "Value", "1", 2),
        Column("n", "NUTS 2 regions that were collected", "regions"),
    )
    return make_table(rows, {"statistic": names}, columns)


def _presence(kind: str, vocabulary: Vocabulary) -> Make:
    def make(database: Database, of: Choice) -> Table:
        counts = region_counts.region_counts(database, of.filter, "nuts2")
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
        return make_table(rows, {"area": areas, "code": labels}, columns)

    return make


# A day and words are no numbers.
_OF_QUALITY = {
    name: column for name, column in quality.COLUMNS.items() if name not in ("oldest", "scope")
}


def _quality(database: Database, of: Choice) -> Table:
    found = rows_of(quality.by_region(database, of.level), of.region_ids)
    parts = [
        pd.DataFrame(
            {
                "region": found.index,
                "column": name.replace("_", "-"),
                "value": found[name].astype("Float64"),
                "n": found["organisations"].astype("Float64"),
                "status": ["" if has else NO_VALUE for has in found[name].notna()],
            }
        )
        for name in _OF_QUALITY
    ]
    rows = pd.concat(parts)
    labels = {
        name.replace("_", "-"): f"{column.label}, as a share" if column.is_share else column.label
        for name, column in _OF_QUALITY.items()
    }
    return make_table(
        rows,
        {"region": region_labels(database, rows["region"]), "column": labels},
        (
            Column("value", "Value", "as the column says", 2),
            Column("n", "Organisations of the region", "organisations"),
        ),
    )


_OTHERS = (
    Figure(
        "measures",
        "All measures side by side",
        "Each as the list of figures says of the measure alone.",
        "as each measure by itself has it",
        "95 %, of the measures that have one",
        (_REGISTER, _BOUNDARIES, _INDICATORS),
        _AREAS,
        _side_by_side,
        needs_region=True,
    ),
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
    Figure(
        "quality",
        "Data quality by region",
        " ".join(
            f"{', '.join(column.label for column in columns)}: {method}"
            for method, columns in groupby(_OF_QUALITY.values(), lambda column: column.method)
        ),
        "organisations of the register in the region; of “Register / outside count”, what somebody "
        "else counted in the territory",
        "",
        (_REGISTER,),
        ("valley", *(level for level in regions.LEVELS if level != "valley")),
        _quality,
        takes_filter=False,
    ),
)
