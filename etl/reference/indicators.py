"""Eurostat figures of the NUTS 2 regions, checked and typed.

Run `python -m etl.reference.indicators`. It reads `data/reference/source/region_indicators.csv`
and writes the figures (`region_indicators.parquet`), what each indicator means
(`indicators.csv`), and which years and Eurostat tables they are of (`datapackage.json`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import typer

from etl.reference.sources import SourceError, write_parquet

NUTS2_FILE = "nuts_2021_l2.parquet"
FIGURES_FILE = "region_indicators.parquet"
INDICATORS_FILE = "indicators.csv"
PACKAGE_FILE = "datapackage.json"
FIRST_YEAR = 2000
KEY = ["nuts_id", "indicator", "year"]
LIST_SEPARATOR = ";"
_EUROSTAT_TABLE = re.compile("[a-z0-9_]+")
# Resource of the data package -> what is said of it that follows from the figures.
_DERIVED = {
    "region-indicators": ("attribution", "edition"),
    "region-indicators-source": ("attribution", "edition"),
    "indicators": ("attribution",),
}

SCHEMA = pa.schema(
    [
        ("nuts_id", pa.string()),
        ("indicator", pa.string()),
        ("year", pa.int16()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("source", pa.string()),
        ("retrieved_from", pa.string()),
    ]
)


@dataclass(frozen=True)
class Indicator:
    """What a figure means.

    Attributes
    ----------
    indicator : str
        Code in the data.
    label : str
        For people.
    unit : str
        Of the values, as shown beside them.
    source : str
        Eurostat tables, separated by semicolons.
    description : str
        One sentence.
    higher_is_more : bool
        False where a high value stands for a weaker region.
    """

    indicator: str
    label: str
    unit: str
    source: str
    description: str
    higher_is_more: bool = True


INDICATORS = (
    Indicator(
        "area_km2",
        "Area",
        "km²",
        "demo_r_d3area;JRC NUTSconverter",
        "Total area; the figures of 2021 are areas of the boundary polygon instead. Areas measured "
        "on the boundaries themselves compare better and cover every region.",
    ),
    Indicator(
        "employment_rate_15_64",
        "Employment rate",
        "% of population aged 15-64",
        "tgs00007",
        "Employed persons aged 15 to 64 as a share of the population of that age.",
    ),
    Indicator(
        "gdp_mio_eur",
        "Gross domestic product",
        "million EUR",
        "nama_10r_2gdp;tgs00003",
        "Gross domestic product at current market prices.",
    ),
    Indicator(
        "gdp_pps_index",
        "GDP per inhabitant, EU = 100",
        "% of the EU average",
        "nama_10r_2gdp",
        "Gross domestic product per inhabitant in purchasing power standards, relative to the "
        "average of the 27 member states.",
    ),
    Indicator(
        "gdp_pps_per_inhabitant",
        "GDP per inhabitant",
        "PPS per inhabitant",
        "nama_10r_2gdp",
        "Gross domestic product per inhabitant in purchasing power standards, which level out "
        "price differences between countries.",
    ),
    Indicator(
        "gerd_pct_gdp",
        "R&D expenditure",
        "% of GDP",
        "tgs00042",
        "Gross domestic expenditure on research and development of all sectors, relative to GDP.",
    ),
    Indicator(
        "hightech_employment_pct",
        "High-technology employment",
        "% of total employment",
        "htec_emp_reg2",
        "Employment in high-technology manufacturing and knowledge-intensive high-technology "
        "services.",
    ),
    Indicator(
        "hightech_kis_employment_pct",
        "High-technology services employment",
        "% of total employment",
        "htec_emp_reg2",
        "Employment in knowledge-intensive high-technology services.",
    ),
    Indicator(
        "ict_sector_employment_pct",
        "Information and communication employment",
        "% of total employment",
        "htec_emp_reg2",
        "Employment in information and communication (NACE section J).",
    ),
    Indicator(
        "population",
        "Population",
        "inhabitants",
        "demo_r_d2jan",
        "Inhabitants on 1 January.",
    ),
    Indicator(
        "tertiary_25_64_pct",
        "Tertiary education",
        "% of population aged 25-64",
        "tgs00109",
        "Inhabitants aged 25 to 64 who completed tertiary education.",
    ),
    Indicator(
        "unemployment_rate",
        "Unemployment rate",
        "% of labour force aged 15-74",
        "tgs00010",
        "Unemployed persons aged 15 to 74 as a share of the labour force.",
        higher_is_more=False,
    ),
)


def read_figures(source: Path) -> pd.DataFrame:
    """Read the CSV of figures, one row per region, indicator and year.

    Raises
    ------
    SourceError
        If the file is missing or lacks a column.
    """
    if not source.is_file():
        raise SourceError(f"{source} does not exist")
    figures = pd.read_csv(source, dtype="str", keep_default_na=False)
    missing = [name for name in SCHEMA.names if name not in figures.columns]
    if missing:
        raise SourceError(f"{source.name} lacks the columns {', '.join(missing)}")
    return figures[SCHEMA.names]


def build_figures(figures: pd.DataFrame, nuts2_ids: Collection[str]) -> pa.Table:
    """Check and type the figures.

    Parameters
    ----------
    figures : pandas.DataFrame
        Text columns as in `SCHEMA`.
    nuts2_ids : collection of str
        The NUTS 2021 level 2 codes that exist.

    Returns
    -------
    pyarrow.Table
        Columns as in `SCHEMA`, ordered by region, indicator and year.

    Raises
    ------
    SourceError
        Naming the check that failed and the first rows that failed it.
    """
    known = {indicator.indicator: indicator for indicator in INDICATORS}
    year = pd.to_numeric(figures["year"], errors="coerce")
    value = pd.to_numeric(figures["value"], errors="coerce")
    _refuse(figures, ~figures["nuts_id"].isin(nuts2_ids), "no NUTS 2021 level 2 region")
    _refuse(figures, ~figures["indicator"].isin(known), "an undeclared indicator")
    _refuse(figures, ~_is_declared_source(figures, known), "a source its indicator does not name")
    _refuse(figures, ~year.between(FIRST_YEAR, date.today().year), "an implausible year")
    _refuse(figures, year % 1 != 0, "a year that is no whole number")
    _refuse(figures, ~np.isfinite(value) | (value < 0), "a value that is no number from 0 upwards")
    _refuse(figures, (figures[["unit", "retrieved_from"]] == "").any(axis=1), "an empty cell")
    typed = figures.assign(year=year.astype("int16"), value=value)
    _refuse(figures, typed.duplicated(KEY, keep=False), "another row of the same key")
    ordered = typed.sort_values(KEY)
    return pa.Table.from_pandas(
        ordered, schema=SCHEMA, preserve_index=False
    ).replace_schema_metadata()


def describe_indicators(figures: pa.Table) -> pd.DataFrame:
    """Return one row per indicator: its declared meaning and the years that there are figures of.

    Raises
    ------
    SourceError
        If a declared indicator has no figures.
    """
    years = figures.to_pandas().groupby("indicator")["year"].unique()
    absent = [entry.indicator for entry in INDICATORS if entry.indicator not in years]
    if absent:
        raise SourceError(f"no figures of {', '.join(absent)}")
    return pd.DataFrame(
        {
            **asdict(entry),
            "higher_is_more": str(entry.higher_is_more).lower(),
            "years": LIST_SEPARATOR.join(map(str, sorted(years[entry.indicator]))),
        }
        for entry in INDICATORS
    )


def describe_package(package: dict[str, Any], figures: pa.Table) -> dict[str, Any]:
    """Bring years and Eurostat tables of a data package up to date.

    Parameters
    ----------
    package : dict
        Descriptor of the reference data.
    figures : pyarrow.Table
        From :func:`build_figures`.
    """
    years = figures.column("year").to_pylist()
    named = {table for entry in INDICATORS for table in entry.source.split(LIST_SEPARATOR)}
    tables = ", ".join(sorted(filter(_EUROSTAT_TABLE.fullmatch, named)))
    current = {
        "attribution": f"Source: Eurostat ({tables})",
        "edition": f"as retrieved, figures of {min(years)} to {max(years)}",
    }
    resources = [
        {**resource, **{key: current[key] for key in _DERIVED.get(resource["name"], ())}}
        for resource in package["resources"]
    ]
    return {**package, "resources": resources}


def _is_declared_source(figures: pd.DataFrame, known: dict[str, Indicator]) -> pd.Series:
    # The data may name the table that a table was derived from, in brackets after it.
    return pd.Series(
        [
            indicator in known
            and source.startswith(tuple(known[indicator].source.split(LIST_SEPARATOR)))
            for indicator, source in zip(figures["indicator"], figures["source"], strict=True)
        ],
        index=figures.index,
    )


def _refuse(figures: pd.DataFrame, failed: pd.Series, reason: str) -> None:
    if failed.any():
        examples = figures.loc[failed, KEY].head(3).agg(" ".join, axis=1)
        raise SourceError(f"{failed.sum()} rows have {reason}: {'; '.join(examples)}")


def main(
    source: Annotated[Path, typer.Option(help="CSV of the figures")] = Path(
        "data/reference/source/region_indicators.csv"
    ),
    boundaries: Annotated[Path, typer.Option(help="Folder of the NUTS boundary files")] = Path(
        "data/reference/boundaries"
    ),
    out: Annotated[
        Path,
        typer.Option(help="Folder to write the files to; its data package is brought up to date"),
    ] = Path("data/reference"),
) -> None:
    """Build the regional indicators."""
    nuts2_ids = set(pd.read_parquet(boundaries / NUTS2_FILE, columns=["nuts_id"])["nuts_id"])
    try:
        figures = build_figures(read_figures(source), nuts2_ids)
        indicators = describe_indicators(figures)
    except SourceError as error:
        raise typer.BadParameter(str(error), param_hint="--source") from error
    write_parquet(figures, out / FIGURES_FILE)
    indicators.to_csv(out / INDICATORS_FILE, index=False, lineterminator="\n")
    package = out / PACKAGE_FILE
    described = describe_package(json.loads(package.read_text(encoding="utf-8")), figures)
    text = json.dumps(described, indent=2, ensure_ascii=False)
    package.write_text(f"{text}\n", encoding="utf-8")
    typer.echo(f"{out}: {figures.num_rows:,} figures of {len(indicators)} indicators")


if __name__ == "__main__":
    typer.run(main)
