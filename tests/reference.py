"""Regions and gazetteer, read once by all tests of a process.

Reading them again for every refresh would take most of the tests' time, and so would writing all
towns for the search: only the releases that all tests share have them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pandas as pd
import pytest

import etl.inbox.check
import etl.places.gazetteer
import etl.places.regions
from benchmarks import duplicates, synthetic
from ecosystem.common.settings import settings
from etl import pipeline, transform
from etl.places.gazetteer import Gazetteer, load_gazetteer
from etl.places.regions import Regions, load_regions, region_table
from etl.release import build
from etl.release.search_index import town_table

CITY = 50_000  # inhabitants; the search takes names of regions from such towns, and no smaller


@cache
def regions() -> Regions:
    """The regions, as a refresh reads them."""
    return load_regions(settings().reference_dir)


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer, as a refresh reads it."""
    return load_gazetteer(settings().reference_dir, settings().schema_dir)


@cache
def _region_rows() -> pd.DataFrame:
    return region_table(regions())


@cache
def _towns() -> pd.DataFrame:
    return town_table(gazetteer())


@cache
def _cities() -> pd.DataFrame:
    towns = _towns()
    return towns[towns["population"] >= CITY]


def fill() -> None:
    """Read all of it now, for processes that are forked from this one."""
    _region_rows()
    _cities()


@contextmanager
def all_towns() -> Iterator[None]:
    """Let a refresh write every town, as it does outside the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transform, "town_table", lambda _: _towns())
        yield


@contextmanager
def read_once() -> Iterator[None]:
    """Let everything that reads reference data take what was read already."""
    readers = (pipeline, synthetic, duplicates, etl.inbox.check)
    with pytest.MonkeyPatch.context() as patch:
        for module in (*readers, etl.places.gazetteer):
            patch.setattr(module, "load_gazetteer", lambda *_: gazetteer())
        for module in (*readers, etl.places.regions):
            patch.setattr(module, "load_regions", lambda *_: regions())
        patch.setattr(transform, "town_table", lambda _: _cities())
        patch.setattr(build, "region_table", lambda _: _region_rows())
        patch.setattr(build, "_neighbour_table", cache(build._neighbour_table))
        yield
