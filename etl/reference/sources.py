"""Reading what publishers offer: members of archives, TopoJSON text, and writing GeoParquet.

All geometry is EPSG:4326 in lon/lat order.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio.errors
import shapely

CRS = "EPSG:4326"
ES_MODULE_PREFIX = "export default"
PARQUET_COMPRESSION = "zstd"
PARQUET_COMPRESSION_LEVEL = 19


class SourceError(ValueError):
    """The given source is not the data set that the script needs."""


def read_tar_member(archive: Path, member: str) -> bytes:
    """Return the content of one file in a gzipped tarball.

    Parameters
    ----------
    archive : Path
        A `.tgz` file as `npm pack` leaves it.
    member : str
        Path of the file inside the archive.

    Raises
    ------
    SourceError
        If the archive is unreadable or has no such file.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            handle = tar.extractfile(member)
            if handle is None:
                raise SourceError(f"{archive.name}: {member} is not a file")
            return handle.read()
    except KeyError as error:
        raise SourceError(f"{archive.name} has no {member}: wrong package or version?") from error
    except (tarfile.TarError, OSError, EOFError) as error:
        raise SourceError(f"{archive} cannot be read as a .tgz archive: {error}") from error


def read_zip_members(archive: Path) -> dict[str, bytes]:
    """Return the GeoJSON files of a zip archive by their name without folders.

    Raises
    ------
    SourceError
        If the archive is unreadable.
    """
    try:
        with zipfile.ZipFile(archive) as bundle:
            return {
                Path(name).name: bundle.read(name)
                for name in bundle.namelist()
                if name.endswith(".geojson")
            }
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"{archive} cannot be read as a zip archive: {error}") from error


def strip_es_module(text: bytes) -> bytes:
    """Return the JSON inside a JavaScript module of the form `export default {...};`."""
    return text.decode("utf-8").strip().removeprefix(ES_MODULE_PREFIX).strip().rstrip(";").encode()


def read_vector(content: bytes, label: str, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read GeoJSON or TopoJSON text through GDAL.

    Parameters
    ----------
    content : bytes
        The file's content; coordinates are lon/lat degrees.
    label : str
        What to call the file in an error message.
    layer : str, optional
        The TopoJSON object to read, if there are several.

    Returns
    -------
    geopandas.GeoDataFrame
        In EPSG:4326.

    Raises
    ------
    SourceError
        If GDAL finds no features in it.
    """
    try:
        frame = gpd.read_file(io.BytesIO(content), layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise SourceError(f"{label} is neither GeoJSON nor TopoJSON: {error}") from error
    # TopoJSON declares no reference system; both formats are lon/lat degrees by specification.
    return frame.set_crs(CRS, allow_override=True)


def round_coordinates(geometries: gpd.GeoSeries, decimals: int) -> gpd.GeoSeries:
    """Round coordinates (lon/lat degrees) so that vertices shared by two regions stay shared."""
    rounded = shapely.transform(
        geometries.to_numpy(), lambda coordinates: np.round(coordinates, decimals)
    )
    return gpd.GeoSeries(rounded, index=geometries.index, crs=geometries.crs)


def write_geoparquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GeoParquet file; the same frame gives the same bytes.

    Rings are written in a canonical order, so that the start of a ring in the source is no
    difference in the result.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    canonical = frame.set_geometry(frame.geometry.normalize())
    canonical.to_parquet(
        path,
        index=False,
        compression=PARQUET_COMPRESSION,
        compression_level=PARQUET_COMPRESSION_LEVEL,
    )


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a Parquet file; the same table gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        table, path, compression=PARQUET_COMPRESSION, compression_level=PARQUET_COMPRESSION_LEVEL
    )
