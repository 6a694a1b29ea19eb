"""Which valley an organisation belongs to, and what a valley looks like on the map."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from etl.model import Rejection
from etl.places.regions import LEVELS, Regions, label_points


def valley_codes(valleys: pd.DataFrame) -> pd.Series:
    """NUTS codes of all valleys, one per row.

    Parameters
    ----------
    valleys : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.

    Returns
    -------
    pandas.Series
        Codes; the index is that of `valleys`, repeated.
    """
    return valleys["nuts_codes"].str.split(";").explode().astype("str")


def check_codes(valleys: pd.DataFrame, regions: Regions) -> list[Rejection]:
    """Valleys that cover a region which doesn't exist, or which another valley has."""
    codes = valley_codes(valleys)
    rejections = [
        _rejection(
            valleys, row, f"{code} is no NUTS 2021 code.", "Correct it; see the NUTS 2021 list."
        )
        for row, code in _items(codes[~codes.isin(regions.drawn["nuts_id"])])
    ]
    rejections += [
        _rejection(valleys, row, f"{code} is in another valley too.", "Delete it in one of them.")
        for row, code in _items(codes[codes.duplicated()])
    ]
    return rejections


def assign_valleys(nuts3: pd.Series, valleys: pd.DataFrame) -> pd.Series:
    """Valley of each NUTS 3 region: the one whose longest code the region's id begins with.

    Parameters
    ----------
    nuts3 : pandas.Series of str
        NUTS 3 ids.
    valleys : pandas.DataFrame
        Valid rows of the register file.

    Returns
    -------
    pandas.Series of str
        Valley ids with the same index; missing where no valley covers the region.
    """
    codes = valley_codes(valleys)
    valley_of = dict(zip(codes, valleys["valley_id"].loc[codes.index], strict=True))
    found = {
        region: next((valley_of[c] for c in _prefixes(region) if c in valley_of), None)
        for region in nuts3.unique()
    }
    return nuts3.map(found).astype("str")


def valley_shapes(valleys: pd.DataFrame, regions: Regions) -> pd.DataFrame:
    """Area, label point and outline of each valley.

    Parameters
    ----------
    valleys : pandas.DataFrame
        Valid rows of the register file.
    regions : Regions
        NUTS regions; the outline is the union of their drawn boundaries.

    Returns
    -------
    pandas.DataFrame
        ``area_km2`` (measured in EPSG:3035), ``lon``, ``lat`` (degrees, a point inside) and
        ``geometry`` (WKB, EPSG:4326), by the index of `valleys`.
    """
    codes = valley_codes(valleys)
    drawn = dict(zip(regions.drawn["nuts_id"], regions.drawn.geometry, strict=True))
    outlines = np.array(
        [shapely.union_all([drawn[code] for code in codes.loc[[row]]]) for row in valleys.index],
        dtype=object,
    )
    lon, lat = label_points(outlines)
    return pd.DataFrame(
        {
            "area_km2": codes.map(regions.area_km2).groupby(level=0).sum().loc[valleys.index],
            "lon": lon,
            "lat": lat,
            "geometry": shapely.to_wkb(outlines),
        },
        index=valleys.index,
    )


def _items(codes: pd.Series) -> list[tuple[int, str]]:
    return list(zip(codes.index.tolist(), codes.tolist(), strict=True))


def _prefixes(region: str) -> list[str]:
    return [region[: level + 2] for level in reversed(LEVELS)]


def _rejection(valleys: pd.DataFrame, row: int, reason: str, mend: str) -> Rejection:
    name, codes = str(valleys.at[row, "name"]), str(valleys.at[row, "nuts_codes"])
    return Rejection("validate", "valleys.csv", row, name, "nuts_codes", codes, reason, mend)
