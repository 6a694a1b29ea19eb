"""Which regions are alike in what they do, and what one would add to another."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ecosystem.regional.statistics._checks import (
    require_counts,
    require_known,
    require_same_regions,
)
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.regional.statistics.specialisation import (
    FALSE_DISCOVERY_RATE,
    SPECIALISED_ABOVE,
    specialisations,
    upper_tail,
)

# A region is thin in what it has a fifth less of than the whole: on the scale of ratios that
# is as far below 1 as SPECIALISED_ABOVE is above.
THIN_BELOW = 1 / SPECIALISED_ABOVE

# How many codes are named as the reason why two regions are alike.
_REASONS = 3


def cosine_similarity(counts: pd.DataFrame) -> pd.DataFrame:
    r"""Cosine similarity of the domain profiles of all pairs of regions.

    .. math:: s_{ab} = \frac{\sum_d n_{ad} n_{bd}}
                            {\sqrt{\sum_d n_{ad}^2} \sqrt{\sum_d n_{bd}^2}}

    It compares the mix and not the size: a region and one ten times as large with the same
    mix have 1, two regions without a common domain 0.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code, shape (regions, codes).

    Returns
    -------
    DataFrame of float
        0 to 1, shape (regions, regions), symmetric; NaN for a region in which no code occurs.

    References
    ----------
    Salton, G. and McGill, M. J. (1983). Introduction to modern information retrieval.
    McGraw-Hill.

    Examples
    --------
    >>> counts = pd.DataFrame({"detect": [1, 2, 0], "recover": [1, 2, 3]}, index=["A", "B", "C"])
    >>> cosine_similarity(counts).round(2).to_numpy().tolist()
    [[1.0, 1.0, 0.71], [1.0, 1.0, 0.71], [0.71, 0.71, 1.0]]
    """
    unit = _unit_vectors(counts)
    return pd.DataFrame(_cosines(unit, unit), index=counts.index, columns=counts.index)


def similarity_to(counts: pd.DataFrame, region: str) -> pd.Series:
    """Cosine similarity of every region's profile to that of one.

    Formula: one row of :func:`cosine_similarity`, without making the others.

    Parameters
    ----------
    counts : DataFrame of int
        As for :func:`cosine_similarity`.
    region : str
        The one that all are compared with.

    Returns
    -------
    Series of float
        0 to 1, by region; 1 for the region itself, NaN where no code occurs.

    Raises
    ------
    ValueError
        A region that is not in `counts`.

    Examples
    --------
    >>> counts = pd.DataFrame({"detect": [3, 0], "recover": [4, 1]}, index=["A", "B"])
    >>> similarity_to(counts, "B").to_dict()
    {'A': 0.8, 'B': 1.0}
    """
    require_known([region], counts.index, "region")
    unit = _unit_vectors(counts)
    own = counts.index.get_loc(region)
    return pd.Series(_cosines(unit, unit[own]), index=counts.index, name="similarity")


def _cosines(unit: np.ndarray, others: np.ndarray) -> np.ndarray:
    # Floating-point sums leave equal profiles a hair apart; rounded, they are equal.
    cosines: np.ndarray = (unit @ others.T).round(12)
    return cosines


def _unit_vectors(counts: pd.DataFrame) -> np.ndarray:
    require_counts(counts)
    vectors = counts.to_numpy("float64")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: np.ndarray = np.divide(
        vectors, lengths, out=np.full_like(vectors, np.nan), where=lengths > 0
    )
    return unit


def nearest(
    counts: pd.DataFrame,
    n: pd.Series,
    region: str,
    *,
    limit: int = 5,
    least: int = SMALL_N,
) -> pd.DataFrame:
    """The regions whose profile is most like that of one, and why.

    Formula: :func:`similarity_to`, highest first, equals in the order of `counts`. The reason
    is the codes that contribute most to the cosine, ``n_ad * n_bd``.

    Parameters
    ----------
    counts : DataFrame of int
        As for :func:`cosine_similarity`.
    n : Series of int
        Organisations by region, in the same order.
    region : str
        The one that others are looked for.
    limit : int
        How many to return at most.
    least : int
        Organisations that a region must have to be considered: the mix of two or three says
        nothing.

    Returns
    -------
    DataFrame
        Indexed by region: ``similarity`` (0 to 1), ``n``, ``small`` (whether it or the one
        has few organisations) and ``shared`` (list of up to three codes, strongest first).
        Empty if the region has no profile.

    Raises
    ------
    ValueError
        A region that is not in `counts`.

    Examples
    --------
    >>> counts = pd.DataFrame({"detect": [3, 4], "recover": [4, 3]}, index=["A", "B"])
    >>> nearest(counts, pd.Series({"A": 7, "B": 6}), "A", limit=1).loc["B"].to_dict()
    {'similarity': 0.96, 'n': 6, 'small': False, 'shared': ['detect', 'recover']}
    """
    require_same_regions(counts, n.index)
    similar = similarity_to(counts, region).to_numpy()
    cells, size, own = counts.to_numpy(), n.to_numpy(), counts.index.get_loc(region)
    eligible = (size >= least) & ~np.isnan(similar)
    eligible[own] = False
    candidates = np.flatnonzero(eligible)
    chosen = candidates[np.argsort(-similar[candidates], kind="stable")][:limit]
    return pd.DataFrame(
        {
            "similarity": similar[chosen],
            "n": size[chosen],
            "small": (size[chosen] < SMALL_N) | bool(size[own] < SMALL_N),
            "shared": pd.Series(
                [_strongest(row, counts.columns) for row in cells[chosen] * cells[own]],
                index=counts.index[chosen],
                dtype="object",
            ),
        },
        counts.index[chosen],
    )


def _strongest(contributions: np.ndarray, codes: pd.Index) -> list[str]:
    order = np.argsort(-contributions, kind="stable")[:_REASONS]
    return [str(codes[place]) for place in order if contributions[place] > 0]


def complements(
    quotients: pd.DataFrame, givers: Iterable[str], receivers: Iterable[str]
) -> pd.DataFrame:
    """What some regions are specialised in and others lack: one row per pair and code.

    A giver is specialised as :func:`~ecosystem.regional.statistics.specialisation.specialisations`
    says, over all regions of the frame. A receiver lacks a code if it has no organisation with
    it (``absent``) or an LQ below 0.8 (``thin``), the mirror image of 1.25, **and** if the two
    differ by more than chance: the chance of so many at the giver, were the code spread over
    the organisations of both at random (Fisher's exact test), times the number of strengths in
    the frame (Bonferroni), is at most 5 %. None of three is no lack where nobody would wonder
    about none.

    Parameters
    ----------
    quotients : DataFrame
        Of all regions of a level, as
        :func:`~ecosystem.regional.statistics.specialisation.location_quotient` returns it.
    givers, receivers : iterable of str
        Regions on either side; a region is not paired with itself.

    Returns
    -------
    DataFrame
        ``giver, receiver, code``; the reason as data: ``gap`` (``absent`` or ``thin``),
        ``giver_count, giver_n, giver_lq, receiver_count, receiver_n, receiver_lq``, and
        ``chance`` (0 to 1, adjusted). Givers in their order, their highest quotient first.

    Raises
    ------
    ValueError
        A region that is not in `quotients`.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical
    Society 98(1), 39-82.

    Examples
    --------
    >>> from ecosystem.regional.statistics.specialisation import location_quotient
    >>> counts = pd.DataFrame({"cryptology": [19, 11]}, index=["A", "B"])
    >>> quotients = location_quotient(counts, pd.Series({"A": 20, "B": 60}))
    >>> found = complements(quotients, ["A", "B"], ["A", "B"])
    >>> found[["giver", "receiver", "code", "gap"]].to_numpy().tolist()
    [['A', 'B', 'cryptology', 'thin']]
    """
    regions = quotients.index.get_level_values("region")
    givers, receivers = list(givers), list(receivers)
    require_known([*givers, *receivers], regions.unique(), "region")
    strong = specialisations(quotients)
    among = strong.index.get_level_values("region").isin(givers)
    of_interest = quotients.index.get_level_values("code").isin(
        strong.index.get_level_values("code").unique()
    )
    weak = _gaps(quotients[of_interest & regions.isin(receivers)]).reset_index()
    columns = ["region", "code", "count", "n", "lq"]
    pairs = (
        strong[among]
        .reset_index()[columns]
        .merge(weak[[*columns, "gap"]], on="code", suffixes=("_giver", "_receiver"))
    )
    pairs = pairs[pairs["region_giver"] != pairs["region_receiver"]]
    chance = upper_tail(
        pairs["count_giver"],
        pairs["n_giver"],
        pairs["count_giver"] + pairs["count_receiver"],
        pairs["n_giver"] + pairs["n_receiver"],
    )
    found = pd.DataFrame(
        {
            "giver": pairs["region_giver"],
            "receiver": pairs["region_receiver"],
            "code": pairs["code"],
            "gap": pairs["gap"],
            "giver_count": pairs["count_giver"],
            "giver_n": pairs["n_giver"],
            "giver_lq": pairs["lq_giver"],
            "receiver_count": pairs["count_receiver"],
            "receiver_n": pairs["n_receiver"],
            "receiver_lq": pairs["lq_receiver"],
            "chance": np.minimum(chance * len(strong), 1),
        }
    )
    return found[found["chance"] <= FALSE_DISCOVERY_RATE].reset_index(drop=True)


def _gaps(quotients: pd.DataFrame) -> pd.DataFrame:
    absent = quotients["count"] == 0
    gap = pd.Series(np.where(absent, "absent", "thin"), index=quotients.index)
    return quotients.assign(gap=gap)[absent | (quotients["lq"] < THIN_BELOW)]


def partners(
    quotients: pd.DataFrame,
    region: str,
    *,
    limit: int = 5,
    pairs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The regions that would add most to one.

    Formula: regions in the order of how many codes they would add
    (:func:`complements`), then how many they would get in return, then how many
    organisations they have, then their order in `quotients`.

    Parameters
    ----------
    quotients : DataFrame
        As for :func:`complements`.
    region : str
        The one that would be added to.
    limit : int
        How many to return at most.
    pairs : DataFrame, optional
        :func:`complements` of all regions on both sides, if they are there already.

    Returns
    -------
    DataFrame
        Indexed by region: ``n``, ``adds`` and ``gets`` (lists of codes, highest quotient
        first). Only regions that add something.

    Raises
    ------
    ValueError
        A region that is not in `quotients`.

    Examples
    --------
    >>> from ecosystem.regional.statistics.specialisation import location_quotient
    >>> counts = pd.DataFrame(
    ...     {"cryptology": [19, 0], "legal-aspects": [0, 18]}, index=["A", "B"]
    ... )
    >>> quotients = location_quotient(counts, pd.Series({"A": 20, "B": 20}))
    >>> partners(quotients, "A").loc["B"].to_dict()
    {'n': 20, 'adds': ['legal-aspects'], 'gets': ['cryptology']}
    """
    regions = quotients.index.get_level_values("region").unique()
    if pairs is None:
        adds = complements(quotients, regions, [region])
        gets = complements(quotients, [region], regions)
    else:
        require_known([region], regions, "region")
        adds, gets = pairs[pairs["receiver"] == region], pairs[pairs["giver"] == region]
    adding, getting = _codes_by(adds, "giver"), _codes_by(gets, "receiver")
    n = dict(zip(adds["giver"], adds["giver_n"], strict=True))
    chosen = sorted(
        adding,
        key=lambda other: (
            -len(adding[other]), -len(getting.get(other, [])), -n[other], regions.get_loc(other),
        ),
    )[:limit]  # fmt: skip
    return pd.DataFrame(
        {
            "n": pd.Series([n[other] for other in chosen], dtype="int64"),
            "adds": pd.Series([adding[other] for other in chosen], dtype="object"),
            "gets": pd.Series([getting.get(other, []) for other in chosen], dtype="object"),
        }
    ).set_axis(pd.Index(chosen, name="region", dtype=regions.dtype))


def _codes_by(pairs: pd.DataFrame, side: str) -> dict[str, list[str]]:
    """Codes of the pairs in their order, by the region on one side."""
    found: dict[str, list[str]] = {}
    for region, code in zip(pairs[side], pairs["code"], strict=True):
        found.setdefault(region, []).append(code)
    return found
