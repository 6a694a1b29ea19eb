"""How widely a kind of organisation is found: a measure that few rows don't distort."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystem.regional.statistics._checks import require_counts, require_same_regions

# Name of the row over all regions, beside the countries' codes.
EUROPE = "Europe"


def presence(counts: pd.DataFrame, countries: pd.Series) -> pd.DataFrame:
    """Share of regions with at least one organisation of each code, per country and in all.

    Formula: ``regions with n_rc > 0 / regions``. All regions of the level count, also those
    without any organisation.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code (domain, type or function).
    countries : Series of str
        Country of each region, in the same order.

    Returns
    -------
    DataFrame
        Indexed by (``area``, ``code``), first :data:`EUROPE` and then the countries in the
        order of their codes: ``regions_with`` and ``regions`` (numbers of regions), ``share``
        (0 to 1; NaN if there is no region at all).

    Raises
    ------
    ValueError
        A region without a country, or other regions on either side.

    Examples
    --------
    >>> counts = pd.DataFrame({"detect": {"FRH0": 3, "FR10": 0, "EE00": 1}})
    >>> countries = pd.Series({"FRH0": "FR", "FR10": "FR", "EE00": "EE"})
    >>> presence(counts, countries)["share"].round(2).to_dict()
    {('Europe', 'detect'): 0.67, ('EE', 'detect'): 1.0, ('FR', 'detect'): 0.5}
    """
    require_same_regions(counts, countries.index)
    require_counts(counts)
    if countries.isna().any():
        raise ValueError("every region needs a country")
    names, of_region = np.unique(countries.to_numpy(dtype=object), return_inverse=True)
    there = (counts.to_numpy() > 0).astype("int64")
    by_country = np.zeros((len(names), len(counts.columns)), dtype="int64")
    np.add.at(by_country, of_region, there)
    found = np.vstack([there.sum(axis=0), by_country])
    sizes = np.array([len(counts), *np.bincount(of_region, minlength=len(names))])
    with_, of = found.ravel(), sizes.repeat(len(counts.columns))
    share = np.divide(with_, of, out=np.full(len(of), np.nan), where=of > 0)
    return pd.DataFrame(
        {"regions_with": with_, "regions": of, "share": share},
        index=pd.MultiIndex.from_product(
            [[EUROPE, *names], counts.columns], names=["area", "code"]
        ),
    )
