"""Write the tables of a release into one new DuckDB file.

Register text only ever reaches the database as Arrow data or as bound parameters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely

from etl.identity.deduplicate import Candidate
from etl.model import Rejection, Track, no_progress
from etl.places.regions import Regions, region_table
from etl.places.valleys import valley_shapes
from etl.release.search_index import ordinals
from etl.schema import Column, Schema
from etl.tuples import sorted_rows

SCHEMA_SQL = Path(__file__).with_name("schema.sql")
# Type of a column by that of its Table Schema.
_SQL_TYPES = {
    "string": "VARCHAR",
    "integer": "INTEGER",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
}
# What a seat adds to a table: where it was found, empty if it wasn't.
_SEAT = {
    "lon": "DOUBLE",
    "lat": "DOUBLE",
    **dict.fromkeys(("nuts0", "nuts1", "nuts2", "nuts3", "valley_id"), "VARCHAR"),
}

# As many as DuckDB compresses together.
_ROWS_AT_ONCE = 122_880

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class ReleaseRow:
    """What a release says of itself.

    Attributes
    ----------
    release_id : str
        Its id.
    created_at : datetime
        UTC.
    previous_id : str or None
        The release that was current when it was built.
    input_hashes, tool_versions : dict of str to str
        File -> SHA-256, and tool -> version.
    """

    release_id: str
    created_at: datetime
    previous_id: str | None
    input_hashes: dict[str, str]
    tool_versions: dict[str, str]


def cast(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Valid text cells as values: numbers, booleans, lists; missing where a cell is empty."""
    return frame.assign(**{name: _cast(frame[name], schema, name) for name in schema.columns})


def organisation_table(organisations: pd.DataFrame) -> pd.DataFrame:
    """Rows of the ``organisation`` table, near ones on the map near each other in the file.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Typed register columns with those of the location and ``valley_id``.
    """
    near = morton(organisations["x"].to_numpy(), organisations["y"].to_numpy())
    order = sorted_rows(near, organisations["org_id"])
    return organisations.iloc[order].assign(
        ordinal=ordinals(organisations["name"], organisations["org_id"])[order]
    )


def morton(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Quadkey of whole metres as a number: the bits of `x` and `y` by turns.

    Parameters
    ----------
    x, y : array of int, shape (n,)
        From 0 to 2**31; `y` gives the higher bit of each pair, as in quadkeys.
    """
    return _spread(x) | (_spread(y) << np.uint64(1))


def register_tables(valid: Mapping[str, pd.DataFrame], schemas: Mapping[str, Schema]) -> Tables:
    """Tables that take the rows of a register file as they are."""
    return {
        schema.table: cast(valid[resource], schema)
        for resource, schema in schemas.items()
        if schema.table
    }


def create_statement(schema: Schema) -> str:
    """SQL that creates the table of a register file, as its Table Schema describes it.

    A list is never missing, only empty. A seat adds its columns.
    """
    columns = {
        name: f"{_sql_type(column)}{_restriction(column, schema)}"
        for name, column in schema.columns.items()
    }
    if schema.has_seat:
        columns |= {name: type_ for name, type_ in _SEAT.items() if name not in columns}
    listed = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
    return f'CREATE TABLE IF NOT EXISTS "{schema.table}" ({listed})'


def reference_tables(
    valleys: pd.DataFrame, schema: Schema, regions: Regions, reference_dir: Path, sources: Path
) -> Tables:
    """Tables of regions, valleys, indicators and sources.

    Parameters
    ----------
    valleys : pandas.DataFrame
        Valid rows of the register file.
    schema : Schema
        Its schema.
    regions : Regions
        NUTS regions.
    reference_dir : Path
        Folder of the indicator files.
    sources : Path
        TOML file of sources and attributions.
    """
    return {
        "region": _region_table(regions, reference_dir),
        "neighbour": _neighbour_table(reference_dir),
        "valley": pd.concat([cast(valleys, schema), valley_shapes(valleys, regions)], axis=1),
        "indicator": pd.read_csv(reference_dir / "indicators.csv"),
        "region_indicator": pd.read_parquet(reference_dir / "region_indicators.parquet"),
        "source": _source_table(sources),
    }


def finding_tables(rejections: list[Rejection], candidates: list[Candidate]) -> Tables:
    """Tables of what the steps found fault with."""
    return {
        "rejected": pd.DataFrame(
            map(asdict, rejections), columns=[f.name for f in fields(Rejection)]
        ),
        "duplicate_candidate": pd.DataFrame(
            map(asdict, candidates), columns=[f.name for f in fields(Candidate)]
        ),
    }


def build(
    path: Path, tables: Tables, schemas: Mapping[str, Schema], *, track: Track = no_progress
) -> None:
    """Make a new database file with the given tables.

    Parameters
    ----------
    path : Path
        The file; it must not exist.
    tables : dict of str to pandas.DataFrame
        Rows by table name; columns that a table hasn't are left out.
    schemas : mapping of str to Schema
        Schemas of the register files: they describe the tables that ``schema.sql`` doesn't.
    track : Track, optional
        Shows progress.

    Raises
    ------
    duckdb.Error
        If the file can't be written.
    """
    with _open(path) as connection:
        connection.begin()
        connection.execute(SCHEMA_SQL.read_text(encoding="utf-8"))
        for schema in schemas.values():
            if schema.table:
                connection.execute(create_statement(schema))
        for table, frame in track(list(tables.items()), "Write the tables"):
            _insert(connection, table, frame)
        connection.commit()


def complete(
    path: Path,
    rows: Sequence[tuple[str, pd.DataFrame]],
    release: ReleaseRow,
    *,
    track: Track = no_progress,
) -> int:
    """Add to a new database file what a release has and a check doesn't need; see :func:`build`.

    Parameters
    ----------
    path : Path
        The file.
    rows : sequence of (str, pandas.DataFrame)
        Table and rows for it; columns that a table hasn't are left out.
    release : ReleaseRow
        The release's own row; it also gets the number of rows of every table.
    track : Track, optional
        Shows progress.

    Returns
    -------
    int
        Number of organisations.
    """
    with _open(path) as connection:
        for table, frame in track(rows, "Write the index"):
            _insert(connection, table, frame)
        return _add_release(connection, release)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    frame = frame[connection.table(table).columns]
    schema = pa.schema([(name, _arrow_type(frame[name])) for name in frame])
    # Piece by piece, since a table as Arrow data takes as much memory once more; but in one
    # statement, for several make DuckDB write what it wrote before again.
    pieces = pa.RecordBatchReader.from_batches(
        schema,
        (
            _to_arrow(frame.iloc[start : start + _ROWS_AT_ONCE], schema)
            for start in range(0, len(frame), _ROWS_AT_ONCE)
        ),
    )
    connection.from_arrow(pieces).insert_into(table)


def _add_release(connection: duckdb.DuckDBPyConnection, release: ReleaseRow) -> int:
    names = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
    counts = {name: _count(connection, name) for name in names if name != "release"}
    connection.execute(
        "INSERT INTO release VALUES ($release_id, $created_at, $previous_id, "
        "map($files, $hashes), map($tools, $versions), map($tables, $rows))",
        {
            "release_id": release.release_id,
            "created_at": release.created_at.replace(tzinfo=None),
            "previous_id": release.previous_id,
            "files": list(release.input_hashes),
            "hashes": list(release.input_hashes.values()),
            "tools": list(release.tool_versions),
            "versions": list(release.tool_versions.values()),
            "tables": list(counts),
            "rows": list(counts.values()),
        },
    )
    return counts["organisation"]


@contextmanager
def _open(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that ends with everything in the file, or with an error."""
    with duckdb.connect(str(path)) as connection:
        yield connection
        # While it closes, DuckDB says nothing if the disk has no room for this.
        connection.execute("CHECKPOINT")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.table(table).count("*").fetchone()
    return int(row[0]) if row else 0


def _sql_type(column: Column) -> str:
    return "VARCHAR[]" if column.separator else _SQL_TYPES[column.type]


def _restriction(column: Column, schema: Schema) -> str:
    if column.name == schema.primary_key:
        return " PRIMARY KEY"
    return " NOT NULL" if column.separator or column.constraints.get("required") else ""


def _cast(cells: pd.Series, schema: Schema, name: str) -> pd.Series:
    column = schema.columns[name]
    if column.separator:
        # Cells that say the same have one list, which nobody changes; a million take a gigabyte.
        lists = {t: t.split(column.separator) if t else [] for t in cells.unique()}
        return cells.map(lists).astype(object)
    present = cells.where(cells != "")
    if column.type == "boolean":
        return present.map({"true": True, "false": False}).astype("boolean")
    if column.type in ("integer", "number"):
        return pd.to_numeric(present).astype("Int64" if column.type == "integer" else "Float64")
    return present


def _region_table(regions: Regions, reference_dir: Path) -> pd.DataFrame:
    english = pd.read_csv(reference_dir / "region_names.csv", index_col="nuts_id")["name_en"]
    table = region_table(regions)
    return table.assign(name_en=table["nuts_id"].map(english))


def _neighbour_table(reference_dir: Path) -> pd.DataFrame:
    land = gpd.read_parquet(reference_dir / "boundaries" / "neighbours.parquet")
    return pd.DataFrame({"name": land["name"], "geometry": shapely.to_wkb(land.geometry)})


def _source_table(path: Path) -> pd.DataFrame:
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["source"]
    optional = dict.fromkeys(("licence_url", "url", "edition"))
    return pd.DataFrame([optional | row for row in rows])


def _to_arrow(frame: pd.DataFrame, schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch(
        [_arrow_column(frame[field.name], field.type) for field in schema], schema
    )


def _arrow_column(values: pd.Series, of_column: pa.DataType) -> pa.Array:
    # Pandas looks for missing texts first, which takes three times as long.
    cells = values.to_numpy() if of_column == pa.string() else values.array
    return pa.array(cells, type=of_column, from_pandas=True)


def _arrow_type(values: pd.Series) -> pa.DataType:
    """What a whole column is as Arrow data; a piece of it may have no value."""
    if isinstance(values.dtype, pd.StringDtype):
        return pa.string()
    if values.dtype != object:
        return pa.Array.from_pandas(values.iloc[:1]).type
    if isinstance(next(iter(values.dropna()), None), list):
        return pa.list_(pa.string())
    return pa.infer_type(values.to_numpy(), from_pandas=True)


def _spread(values: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Put a zero bit before each of the lower 32 bits."""
    bits = values.astype(np.uint64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits
