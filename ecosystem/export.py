"""What is filtered, as files that stand on their own: CSV, XLSX, GeoJSON.

Each file names its source, licence, release and how to cite it. Spreadsheet programs treat
cells that begin with certain characters as formulas: such text gets an apostrophe in front.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from openpyxl import Workbook

from ecosystem.common.column_texts import (
    csv_head,
    csv_lines,
    join,
    json_members,
    json_values,
    rows_of,
)
from ecosystem.common.list_columns import list_separators
from ecosystem.common.spreadsheet import header, neutralise, table_csv, workbook_bytes
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import BY_COLUMN, LOCATION_PRECISION
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations, releases

LICENCE = "CC BY 4.0"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SOURCE = (
    "Cyber Valleys register, compiled from public sources; each row names its own in source_url"
)
# What rows of organisations, and of the other lists, are made of, by the names of the sources.
REGISTER_ALONE = ("register",)
OF_ORGANISATIONS = ("register", "boundaries", "gazetteer")
# Excel's limit of rows in a sheet, with the header.
MAX_XLSX_ROWS = 1_048_576
# Rows that are written at once.
_AT_ONCE = 20_000
# Of the label Cybersecurity Made in Europe; its days and not its status, for a file is kept.
_LABEL = [
    "label_issuer",
    "label_awarded",
    "label_valid_until",
    "label_reference",
    "label_source_url",
]
# What became of it; those that closed or merged aren't among what is filtered.
_LIFE = ["status", "status_year", "successor_id", "successor_name", "status_source_url"]
_COLUMNS = [
    "org_id",
    "name",
    "former_names",
    "type",
    "city",
    "country",
    "lat",
    "lon",
    "location_precision",
    "nuts0",
    "nuts1",
    "nuts2",
    "nuts3",
    "valley_id",
    "valley_name",
    "website",
    "founded",
    "domains",
    "sectors",
    "functions",
    "notes",
    "evidence",
    "checked_on",
    "source_url",
    *_LIFE,
    *_LABEL,
]


@dataclass(frozen=True)
class Format:
    """A file format of the downloads: its label, file ending, media type and writer.

    The writer takes a database, a filter and the address of the page that asks for the file.
    """

    label: str
    ending: str
    media_type: str
    write: Callable[..., bytes]


def rows(database: Database, filter_: Filter) -> pd.DataFrame:
    """The organisations of a filter as they are exported, one row each, lists as lists."""
    # Releases up to November 2026 say nothing of what became of an organisation.
    frame = organisations.everything(database, filter_).reindex(columns=_COLUMNS)
    days = {
        name: frame[name].dt.strftime("%Y-%m-%d") for name in ("label_awarded", "label_valid_until")
    }
    years = {name: frame[name].astype("Int64") for name in ("founded", "status_year")}
    return frame.assign(**years, **days)


def about(database: Database, filter_: Filter, address: str = "") -> dict[str, str]:
    """Source, licence, attribution, release, citation and filter, as they go into every file.

    Parameters
    ----------
    address : str
        Web address of the page that it is from, for the citation.
    """
    return {**_origin(database, OF_ORGANISATIONS, address), "filter": filter_.sentence()}


def _origin(database: Database, sources: Collection[str] | None, address: str) -> dict[str, str]:
    return {
        "source": SOURCE,
        "licence": LICENCE,
        "attribution": releases.attribution(database, sources),
        "release_id": database.release.release_id,
        "citation": releases.citation(database, address),
    }


def table(
    database: Database,
    numbers: pd.DataFrame,
    address: str = "",
    sources: Collection[str] | None = None,
) -> bytes:
    """Any table of this site as CSV, each row with source, licence, release and citation.

    Parameters
    ----------
    numbers : DataFrame
        With readable column names; lists are joined by ``;``.
    address : str
        Web address of the page that it is from, for the citation.
    sources : collection of str, optional
        Names of the sources that it is made of; all by default.
    """
    return table_csv(_lists_as_text(numbers).assign(**_origin(database, sources, address)))


def tables_xlsx(
    database: Database,
    tables: Mapping[str, pd.DataFrame],
    address: str = "",
    sources: Collection[str] | None = None,
) -> bytes:
    """Tables of this site as a workbook, a sheet each, and a sheet about them.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By the name of the sheet; lists are joined by ``;``.
    address, sources
        As :func:`table` takes them.
    """
    book = Workbook(write_only=True)
    for name, rows_ in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        header(sheet, rows_.columns)
        flat = _lists_as_text(rows_).astype(object)
        for record in flat.where(flat.notna(), None).itertuples(index=False):
            sheet.append([neutralise(value) for value in record])
    notes = book.create_sheet("About")
    for name, value in _origin(database, sources, address).items():
        notes.append([name, neutralise(value)])
    return workbook_bytes(book)


def _lists_as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """A table in which lists are text."""
    return frame.map(
        lambda value: ";".join(value) if isinstance(value, list | np.ndarray) else value
    )


def csv(database: Database, filter_: Filter, address: str = "") -> bytes:
    """CSV in UTF-8 with a byte order mark (so that Excel reads accents); lists joined by ``;``.

    Source, licence, attribution, release and citation are columns, so that each row stands on its
    own. `address` as for :func:`about`.
    """
    origin = _origin(database, OF_ORGANISATIONS, address)
    lines = (csv_lines([*piece.columns, *origin.values()]) for piece in _pieces(database, filter_))
    return b"".join([csv_head([*_COLUMNS, *origin]), *lines])


def xlsx(database: Database, filter_: Filter, address: str = "") -> bytes:
    """Excel workbook: the organisations, what the codes mean, and source, licence and citation.

    Raises
    ------
    ValueError
        If there are more rows than a sheet can hold.
    """
    frame = _flat(rows(database, filter_))
    if len(frame) >= MAX_XLSX_ROWS:
        raise ValueError("An Excel sheet can't hold this many rows; take CSV or GeoJSON.")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Organisations")
    sheet.freeze_panes = "C2"
    header(sheet, frame.columns)
    for record in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
        sheet.append(list(record))
    codes = book.create_sheet("Codes")
    header(codes, ["column", "code", "meaning"])
    for column, vocabulary in {**BY_COLUMN, "location_precision": LOCATION_PRECISION}.items():
        for code, label in vocabulary.labels().items():
            codes.append([column, code, label])
    notes = book.create_sheet("About")
    for name, value in about(database, filter_, address).items():
        notes.append([name, neutralise(value)])
    return workbook_bytes(book)


def geojson(database: Database, filter_: Filter, address: str = "") -> bytes:
    """GeoJSON feature collection of points (EPSG:4326), with ``metadata`` at the top."""
    head = {"type": "FeatureCollection", "metadata": about(database, filter_, address)}
    text = json.dumps({**head, "features": []}, ensure_ascii=False)
    features = b", ".join(_features(piece) for piece in _pieces(database, filter_))
    return b"".join([text.removesuffix("]}").encode(), features, b"]}"])


def _features(piece: pa.RecordBatch) -> bytes:
    """Rows as GeoJSON features, one after the other."""
    columns = dict(zip(piece.schema.names, piece.columns, strict=True))
    lon, lat = (json_values(columns.pop(name)) for name in ("lon", "lat"))
    parts = ['{"type": "Feature", "properties": {', *json_members(columns)]
    parts += ['}, "geometry": {"type": "Point", "coordinates": [', lon, ", ", lat, "]}}"]
    return join(rows_of(parts), ", ")


def _pieces(database: Database, filter_: Filter) -> list[pa.RecordBatch]:
    """What :func:`rows` gives, some rows at a time."""
    found = pa.Table.from_pandas(rows(database, filter_), preserve_index=False)
    return found.to_batches(max_chunksize=_AT_ONCE)


def geoparquet(database: Database, filter_: Filter) -> bytes:
    """GeoParquet of points (EPSG:4326); source, licence and citation are pandas' ``attrs``."""
    frame = rows(database, filter_)
    points = gpd.GeoDataFrame(
        frame.drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(frame["lon"], frame["lat"]),
        crs=4326,
    )
    points.attrs = about(database, filter_)
    file = io.BytesIO()
    points.to_parquet(file, index=False)
    return file.getvalue()


FORMATS = (
    Format("CSV", "csv", "text/csv", csv),
    Format(
        "Excel",
        "xlsx",
        XLSX_TYPE,
        xlsx,
    ),
    Format("GeoJSON", "geojson", "application/geo+json", geojson),
)


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    flat = frame.copy()
    for name, separator in list_separators().items():
        flat[name] = flat[name].map(separator.join)
    for name in flat.columns:
        if pd.api.types.is_string_dtype(flat[name]) or flat[name].dtype == object:
            flat[name] = flat[name].map(neutralise, na_action="ignore")
    return flat
