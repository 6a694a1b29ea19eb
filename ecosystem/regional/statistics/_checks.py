"""What every measure asks of its input, so that a wrong frame is an error and not a number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pandas as pd


def region_index(regions: Iterable[str]) -> pd.Index:
    """Region ids as an index named ``region``; a missing or repeated id is an error."""
    index = (
        regions.rename("region")
        if isinstance(regions, pd.Index)
        else pd.Index(list(regions), name="region")
    )
    if index.hasnans or not index.is_unique:
        raise ValueError("region ids must be unique and none may be missing")
    return index


def require_columns(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise ValueError if the frame lacks a column."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"columns missing: {', '.join(missing)}")


def require_known(values: Iterable[Any], known: Collection[str], what: str) -> None:
    """Raise ValueError if a value is not among the known ones."""
    unknown = sorted({str(value) for value in values if value not in known})
    if unknown:
        raise ValueError(f"unknown {what}: {', '.join(unknown[:5])}")


def require_counts(counts: pd.DataFrame | pd.Series) -> None:
    """Raise ValueError unless every cell is a number of things: known and not negative."""
    if counts.isna().to_numpy().any() or (counts.to_numpy() < 0).any():
        raise ValueError("counts must be known and not negative")


def require_same_regions(
    frame: pd.DataFrame | pd.Series, index: pd.Index, what: str = "both frames"
) -> None:
    """Raise ValueError unless the frame has exactly these regions in this order."""
    if not frame.index.equals(index):
        raise ValueError(f"{what} must have the same regions in the same order")
