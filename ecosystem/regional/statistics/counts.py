"""Organisations per region: counted by kind, per inhabitant and per area.

Everything else in this package starts from :class:`RegionCounts`. :func:`from_groups` makes it
from the few thousand rows that a database's ``GROUP BY`` returns, however many organisations
there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common.vocabulary import (
    CONFIRMING,
    DOMAINS,
    EVIDENCE,
    FUNCTIONS,
    SECTORS,
    TYPES,
    Vocabulary,
)
from ecosystem.regional.statistics._checks import (
    region_index,
    require_columns,
    require_counts,
    require_known,
    require_same_regions,
)

# Fewer organisations than this say little: pages grey them, sentences hedge.
SMALL_N = 5

# Matrix of RegionCounts, vocabulary of its codes.
_MATRICES = {
    "types": TYPES,
    "domains": DOMAINS,
    "functions": FUNCTIONS,
    "sectors": SECTORS,
    "evidence": EVIDENCE,
}
# Region (None: outside all of them), code, number of organisations.
Group = tuple[str | None, str, int]
# An organisation has exactly one of these, but any number of the others.
_ONE_EACH = ("types", "evidence")


@dataclass(frozen=True, eq=False)
class RegionCounts:
    """How many organisations of each kind every region has.

    All fields share one index: the region ids, unique, named ``region``, **including regions
    without an organisation**. Columns of a matrix are all codes of its vocabulary in the
    vocabulary's order. Cells are numbers of organisations (int64): an organisation counts
    once in each of its codes, so a row of ``domains`` may add up to more than ``n``, while a
    row of ``types`` or ``evidence`` adds up to exactly ``n``. An organisation outside every
    region is counted nowhere.

    Attributes
    ----------
    n : Series of int
        Organisations; shape (regions,).
    types : DataFrame of int
        Organisations of each type; shape (regions, 9).
    domains : DataFrame of int
        Organisations working on each JRC domain; shape (regions, 15).
    functions : DataFrame of int
        Organisations serving each NIST CSF function; shape (regions, 5).
    sectors : DataFrame of int
        Organisations serving each sector; shape (regions, 15).
    evidence : DataFrame of int
        Organisations by kind of evidence; shape (regions, 3).
    founded : DataFrame
        ``known`` (int), organisations whose founding year is known, and ``median`` (float,
        calendar year), the median over those; NaN where ``known`` is 0.

    Raises
    ------
    ValueError
        If the fields contradict one another or the above.
    """

    n: pd.Series
    types: pd.DataFrame
    domains: pd.DataFrame
    functions: pd.DataFrame
    sectors: pd.DataFrame
    evidence: pd.DataFrame
    founded: pd.DataFrame

    def __post_init__(self) -> None:
        region_index(self.n.index)
        require_counts(self.n)
        for name, vocabulary in _MATRICES.items():
            self._check_matrix(name, vocabulary)
        self._check_founded()

    def _check_matrix(self, name: str, vocabulary: Vocabulary) -> None:
        matrix: pd.DataFrame = getattr(self, name)
        require_same_regions(matrix, self.n.index, f"n and {name}")
        require_counts(matrix)
        if list(matrix.columns) != list(vocabulary):
            raise ValueError(f"columns of {name} must be the codes of the vocabulary, in order")
        cells, n = matrix.to_numpy(), self.n.to_numpy()
        if name in _ONE_EACH and (cells.sum(axis=1) != n).any():
            raise ValueError(f"rows of {name} must add up to n")
        if (cells > n[:, None]).any():
            raise ValueError(f"{name} counts more organisations than there are")

    def _check_founded(self) -> None:
        require_columns(self.founded, ["known", "median"])
        require_same_regions(self.founded, self.n.index, "n and founded")
        require_counts(self.founded["known"])
        if (self.founded["known"] > self.n).any():
            raise ValueError("founded counts more organisations than there are")
        if not (self.founded["median"].isna() == (self.founded["known"] == 0)).all():
            raise ValueError("a median year must be there where a year is known, and only there")

    @property
    def regions(self) -> pd.Index:
        """Region ids, in order."""
        return self.n.index

    @property
    def small(self) -> pd.Series:
        """Whether a region has fewer organisations than say much (:data:`SMALL_N`)."""
        return (self.n < SMALL_N).rename("small")


def from_groups(
    regions: Iterable[str],
    groups: Mapping[str, Iterable[Group]],
    founded: Iterable[tuple[str | None, int, float | None]],
) -> RegionCounts:
    """Region counts from the rows of a ``GROUP BY``, as plain values.

    Parameters
    ----------
    regions : iterable of str
        All regions of the level, with or without an organisation.
    groups : mapping of str to iterable of (str or None, str, int)
        ``types``, ``domains``, ``functions``, ``sectors`` and ``evidence``: region, code and
        number of each pair that occurs, from ``SELECT region, type AS code, count(*) ... GROUP
        BY ALL``, lists unnested and without repetitions. Rows without a region are organisations
        outside all of them, and are left out; a pair without a row is 0: none was counted.
    founded : iterable of (str or None, int, float or None)
        Region, number of known years and their median, from ``SELECT region, count(founded),
        median(founded) ... GROUP BY ALL``; regions without a row have no year.

    Returns
    -------
    RegionCounts
        In the order of `regions`.

    Raises
    ------
    ValueError
        An unknown code or region, a pair that is there twice, a missing matrix, rows that
        contradict one another.

    Examples
    --------
    >>> counts = from_groups(
    ...     ["FRH0", "MT00"],
    ...     {
    ...         "types": [("FRH0", "sme", 2), ("FRH0", "csirt", 1)],
    ...         "domains": [("FRH0", "cryptology", 3)],
    ...         "functions": [("FRH0", "detect", 1)],
    ...         "sectors": [],
    ...         "evidence": [("FRH0", "page", 3)],
    ...     },
    ...     [("FRH0", 1, 2001.0)],
    ... )
    >>> counts.n.to_dict()
    {'FRH0': 3, 'MT00': 0}
    """
    index = region_index(regions)
    missing = set(_MATRICES) - set(groups)
    if missing:
        raise ValueError(f"matrices missing: {', '.join(sorted(missing))}")
    row = {region: number for number, region in enumerate(index.tolist())}
    matrices = {
        name: pd.DataFrame(_cells(groups[name], row, vocabulary), index, _columns(name))
        for name, vocabulary in _MATRICES.items()
    }
    n = matrices["types"].to_numpy().sum(axis=1, dtype="int64")
    return RegionCounts(
        n=pd.Series(n, index, name="n"), founded=_founded_of(founded, row, index), **matrices
    )


@cache
def _columns(name: str) -> pd.Index:
    return pd.Index(list(_MATRICES[name]), name="code")


def _cells(
    groups: Iterable[Group], row: Mapping[str, int], vocabulary: Vocabulary
) -> npt.NDArray[np.int64]:
    """Organisations by region and code, shape (regions, codes)."""
    column = {code: number for number, code in enumerate(vocabulary)}
    cells = np.zeros((len(row), len(column)), dtype="int64")
    known = list(groups)
    if len({(region, code) for region, code, _ in known}) < len(known):
        raise ValueError("a pair of region and code is there twice")
    require_known({code for _, code, _ in known}, column, vocabulary.name)
    inside = [(region, code, n) for region, code, n in known if region is not None]
    require_known({region for region, _, _ in inside}, row, "region")
    for region, code, n in inside:
        cells[row[region], column[code]] = n
    return cells


def _founded_of(
    founded: Iterable[tuple[str | None, int, float | None]],
    row: Mapping[str, int],
    index: pd.Index,
) -> pd.DataFrame:
    inside = {region: summary for region, *summary in founded if region is not None}
    require_known(inside, row, "region")
    known, median = np.zeros(len(row), dtype="int64"), np.full(len(row), np.nan)
    for region, (years, middle) in inside.items():
        known[row[region]] = years
        median[row[region]] = np.nan if middle is None else middle
    return pd.DataFrame({"known": known, "median": median}, index)


def per_million(n: pd.Series, inhabitants: pd.Series) -> pd.Series:
    """Organisations per million inhabitants.

    Formula: ``1e6 * n / inhabitants``.

    Parameters
    ----------
    n : Series of int
        Organisations; shape (regions,).
    inhabitants : Series of float
        Persons, by region id; missing where no figure is known, other regions are ignored.

    Returns
    -------
    Series of float
        Organisations per million inhabitants, indexed as `n`; NaN where the population is
        not known.

    Raises
    ------
    ValueError
        A population of zero or less.

    Examples
    --------
    >>> n = pd.Series({"FRH0": 29, "UKI3": 3})
    >>> per_million(n, pd.Series({"FRH0": 3_400_000.0})).round(2).to_dict()
    {'FRH0': 8.53, 'UKI3': nan}
    """
    return (1e6 * _per(n, inhabitants, "inhabitants")).rename("per_million")


def per_1000_km2(n: pd.Series, area_km2: pd.Series) -> pd.Series:
    """Organisations per 1,000 km².

    Formula: ``1000 * n / area``.

    Parameters
    ----------
    n : Series of int
        Organisations; shape (regions,).
    area_km2 : Series of float
        Area of the geometry in EPSG:3035, km², by region id; may be missing.

    Returns
    -------
    Series of float
        Organisations per 1,000 km², indexed as `n`; NaN where the area is not known.

    Raises
    ------
    ValueError
        An area of zero or less.

    Examples
    --------
    >>> per_1000_km2(pd.Series({"FRH0": 29}), pd.Series({"FRH0": 27_200.0})).round(2).to_dict()
    {'FRH0': 1.07}
    """
    return (1e3 * _per(n, area_km2, "area_km2")).rename("per_1000_km2")


def _per(n: pd.Series, size: pd.Series, what: str) -> pd.Series:
    require_counts(n)
    known = size.reindex(n.index).astype("float64")
    if (known <= 0).any():
        raise ValueError(f"{what} must be greater than zero where known")
    return n / known


def shares(counts: pd.DataFrame, n: pd.Series) -> pd.DataFrame:
    """Share of a region's organisations that have each code.

    Formula: ``n_rc / n_r``. Where an organisation has several codes, a row adds up to more
    than 1.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code, any matrix of :class:`RegionCounts`.
    n : Series of int
        Organisations by region, in the same order.

    Returns
    -------
    DataFrame of float
        0 to 1, same shape as `counts`; a row of NaN where a region has no organisation.

    Examples
    --------
    >>> n = pd.Series({"FRH0": 4, "MT00": 0})
    >>> detect = pd.DataFrame({"detect": {"FRH0": 1, "MT00": 0}})
    >>> shares(detect, n)["detect"].to_dict()
    {'FRH0': 0.25, 'MT00': nan}
    """
    require_same_regions(counts, n.index)
    require_counts(counts)
    require_counts(n)
    return counts.div(n.where(n > 0), axis=0)


def evidence_share(evidence: pd.DataFrame, n: pd.Series) -> pd.Series:
    """Share of a region's organisations that a public page or they themselves confirm.

    Formula: ``n with evidence "page" or "confirmed" / n``.

    Parameters
    ----------
    evidence : DataFrame of int
        Organisations by region and kind of evidence.
    n : Series of int
        Organisations by region, in the same order.

    Returns
    -------
    Series of float
        0 to 1; NaN for a region without an organisation.

    Examples
    --------
    >>> codes = {"page": {"FRH0": 2}, "confirmed": {"FRH0": 1}, "general": {"FRH0": 1}}
    >>> evidence_share(pd.DataFrame(codes), pd.Series({"FRH0": 4})).to_dict()
    {'FRH0': 0.75}
    """
    return (count_confirmed(evidence) / n.where(n > 0)).rename("evidence_share")


def count_confirmed(evidence: pd.DataFrame) -> pd.Series:
    """Organisations of each region that a public page or they themselves confirm.

    Formula: the sum over the kinds of evidence that confirm.

    Parameters
    ----------
    evidence : DataFrame of int
        Organisations by region and kind of evidence.

    Returns
    -------
    Series of int
        By region.

    Examples
    --------
    >>> evidence = pd.DataFrame({"page": [2], "confirmed": [1], "general": [4]}, index=["A"])
    >>> count_confirmed(evidence).to_dict()
    {'A': 3}
    """
    cells = evidence[list(CONFIRMING)].to_numpy()
    return pd.Series(cells.sum(axis=1, dtype="int64"), evidence.index)
