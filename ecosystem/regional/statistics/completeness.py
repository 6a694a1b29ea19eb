"""Whether an ecosystem has all its parts: the six roles and the five NIST functions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystem.common.vocabulary import FUNCTIONS, ROLE_OF_TYPE, ROLES
from ecosystem.regional.statistics._checks import (
    require_counts,
    require_known,
    require_same_regions,
)
from ecosystem.regional.statistics.counts import shares


def role_counts(types: pd.DataFrame, investors: pd.Series | None = None) -> pd.DataFrame:
    """Organisations of each region by role.

    Formula: the sum over the types that fill the role
    (:data:`~ecosystem.common.vocabulary.ROLE_OF_TYPE`): business (SMEs, large companies), research,
    training, public sector (public bodies, CSIRTs), support (support bodies, clusters),
    capital (investors).

    Parameters
    ----------
    types : DataFrame of int
        Organisations by region and type; a type without a column has none anywhere.
    investors : Series of int, optional
        Investors by region, in the same order, that are not among the organisations: the
        register keeps most of them in a file of their own. They are capital too.

    Returns
    -------
    DataFrame of int
        Shape (regions, 6), columns in the order of :data:`~ecosystem.common.vocabulary.ROLES`.

    Raises
    ------
    ValueError
        A column that is not a type, or other regions in `investors`.

    Examples
    --------
    >>> types = pd.DataFrame({"sme": {"FRH0": 2}, "large": {"FRH0": 1}, "csirt": {"FRH0": 1}})
    >>> counts = role_counts(types).loc["FRH0"]
    >>> counts[counts > 0].to_dict()
    {'business': 3, 'public': 1}
    """
    require_known(types.columns, ROLE_OF_TYPE, "type")
    require_counts(types)
    fills = np.array([[ROLE_OF_TYPE[type_] == role for role in ROLES] for type_ in types.columns])
    cells = types.to_numpy(dtype="int64") @ fills.reshape(len(types.columns), len(ROLES))
    counts = pd.DataFrame(cells, types.index, list(ROLES))
    if investors is None:
        return counts
    require_same_regions(types, investors.index, "types and investors")
    require_counts(investors)
    return counts.assign(capital=counts["capital"] + investors)


def roles_present(types: pd.DataFrame, investors: pd.Series | None = None) -> pd.DataFrame:
    """Which of the six roles of a complete ecosystem a region has.

    Formula: ``role count > 0``. Summed over a row it is the completeness, 0 to 6. After the
    quadruple-helix reading of an ecosystem, with capital and support beside it; an absent
    role is absent from the register, which need not hold every organisation.

    Parameters
    ----------
    types : DataFrame of int
        Organisations by region and type.
    investors : Series of int, optional
        Investors by region that are not among the organisations; see :func:`role_counts`.

    Returns
    -------
    DataFrame of bool
        Shape (regions, 6), columns in the order of :data:`~ecosystem.common.vocabulary.ROLES`.

    References
    ----------
    Carayannis, E. G. and Campbell, D. F. J. (2009). "Mode 3" and "Quadruple Helix": toward a
    21st century fractal innovation ecosystem. International Journal of Technology Management
    46(3/4), 201-234.

    Examples
    --------
    >>> types = pd.DataFrame({"sme": {"FRH0": 2}, "large": {"FRH0": 1}, "csirt": {"FRH0": 1}})
    >>> roles_present(types).sum(axis=1).to_dict()
    {'FRH0': 2}
    """
    return role_counts(types, investors) > 0


def function_coverage(functions: pd.DataFrame, n: pd.Series) -> pd.DataFrame:
    """Share of a region's organisations that serve each NIST CSF function.

    Formula: ``n_rf / n_r``. Rows add up to more than 1, since most serve several.

    Parameters
    ----------
    functions : DataFrame of int
        Organisations by region and function; a function without a column has none.
    n : Series of int
        Organisations by region, in the same order.

    Returns
    -------
    DataFrame of float
        0 to 1, shape (regions, 5), in the order of :data:`~ecosystem.common.vocabulary.FUNCTIONS`;
        a row of NaN for a region without an organisation.

    Raises
    ------
    ValueError
        A column that is not a function.

    References
    ----------
    National Institute of Standards and Technology (2018). Framework for improving critical
    infrastructure cybersecurity, version 1.1.

    Examples
    --------
    >>> functions = pd.DataFrame({"detect": {"FRH0": 1}, "protect": {"FRH0": 4}})
    >>> function_coverage(functions, pd.Series({"FRH0": 4})).loc["FRH0"].to_dict()
    {'identify': 0.0, 'protect': 1.0, 'detect': 0.25, 'respond': 0.0, 'recover': 0.0}
    """
    require_known(functions.columns, FUNCTIONS, "function")
    return shares(functions.reindex(columns=list(FUNCTIONS), fill_value=0), n)
