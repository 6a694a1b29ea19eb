"""What links two regions: partnerships that both are in, similar and complementary profiles.

Pure functions on frames and matrices; :mod:`ecosystem.network.valley_network` asks a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, special

from ecosystem.common.vocabulary import DOMAINS
from ecosystem.regional.statistics import similarity
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.regional.statistics.specialisation import SPECIALISED_ABOVE, location_quotient

# Who could give, who lacks, and the JRC domain.
Gap = tuple[str, str, str]

# So many organisations of a domain are needed before a region could give of it.
LEAST_TO_GIVE = 3
# Registers drawn to see what chance alone makes alike, and the seed that makes them the same.
_DRAWS, _SEED = 100, 0
# More organisations make the draws no more telling, only slower.
_MOST_DRAWN = 100
_LEAST_DEVIATION = 1e-6
# Beyond this, a cosine is 1 but for rounding, and its transform would be infinite.
_ALMOST_ONE = 1 - 1e-6


def declared_links(memberships: pd.DataFrame, regions: Sequence[str]) -> pd.DataFrame:
    r"""Pairs of regions that are in a partnership together.

    The strength of a pair is the sum over its partnerships of one over the number of others in
    it, :math:`w_{ab} = \sum_p 1 / (k_p - 1)`: an agreement of two counts 1, a network of 27
    counts 1/26 for each pair of it, so that large networks don't drown the rest.

    Parameters
    ----------
    memberships : DataFrame
        ``partnership_id`` and the region, one row each, no row twice; see
        :func:`ecosystem.tables.partnerships.memberships`.
    regions : sequence of str
        Regions, in order; rows of others are left out.

    Returns
    -------
    DataFrame
        ``one, other`` (in the order of `regions`), ``partnerships`` (how many) and
        ``strength``, strongest first.

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted
    networks, and centrality. Physical Review E 64, 016132.

    Examples
    --------
    >>> rows = [("p", "A"), ("p", "B"), ("q", "A"), ("q", "B"), ("q", "C")]
    >>> memberships = pd.DataFrame(rows, columns=["partnership_id", "valley_id"])
    >>> declared_links(memberships, ["A", "B", "C"]).to_numpy().tolist()
    [['A', 'B', 2, 1.5], ['A', 'C', 1, 0.5], ['B', 'C', 1, 0.5]]
    """
    taking_part = incidence(memberships, regions)
    sizes = np.asarray(taking_part.sum(axis=1)).ravel()
    joins = sparse.csr_array(taking_part[sizes > 1])
    weights = sparse.diags_array(1 / (sizes[sizes > 1] - 1))
    strength = _upper(joins.T @ weights @ joins)
    together = _upper(joins.T @ joins)
    rows, columns = strength.tocoo().coords
    found = pd.DataFrame(
        {
            "one": np.asarray(regions, dtype=object)[rows],
            "other": np.asarray(regions, dtype=object)[columns],
            "partnerships": together.data.astype("int64"),
            "strength": strength.data,
        }
    )
    return _strongest_first(found, "strength")


def _upper(matrix: sparse.csr_array) -> sparse.csr_array:
    """Each pair once, in the order of rows and columns."""
    upper = sparse.csr_array(sparse.triu(matrix, k=1))
    upper.sort_indices()
    return upper


def incidence(memberships: pd.DataFrame, regions: Sequence[str]) -> sparse.csr_array:
    """Which partnership (row, in the order of ids) has which region (column): 0 or 1."""
    known = memberships[memberships.iloc[:, 1].isin(list(regions))]
    numbers, ids = pd.factorize(known["partnership_id"], sort=True)
    columns = pd.Index(regions).get_indexer(pd.Index(known.iloc[:, 1]))
    cells = np.ones(len(known))
    return sparse.csr_array((cells, (numbers, columns)), shape=(len(ids), len(regions)))


def similar_links(
    counts: pd.DataFrame, n: pd.Series, mixes: pd.DataFrame, *, least: int = SMALL_N
) -> pd.DataFrame:
    r"""Pairs of regions by how alike their domains are, and how often chance makes them so.

    Similarity is the cosine of
    :func:`~ecosystem.regional.statistics.similarity.cosine_similarity`. Small regions are alike
    or not by accident, so each pair is compared with regions of as many organisations drawn at
    random from the whole: their cosines are made normal by Fisher's transform, and `chance` is
    the share of draws that are at least as alike. It isn't adjusted for the number of pairs: of
    100 pairs about five are below 5 % by chance alone, which whoever shows them must say.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and domain, shape (regions, domains).
    n : Series of int
        Organisations by region.
    mixes : DataFrame of int
        What organisations work on together: a row for each set of domains, 1 in the columns of
        its domains and 0 in the others, and ``organisations``, how many have exactly that set.
    least : int
        Organisations that a region needs.

    Returns
    -------
    DataFrame
        ``one, other, similarity`` (0 to 1) and ``chance`` (0 to 1), most alike first.
    """
    enough = counts[(n >= least) & (counts.sum(axis=1) > 0)]
    if len(enough) < 2:
        return pd.DataFrame(columns=["one", "other", "similarity", "chance"])
    cosine = similarity.cosine_similarity(enough).to_numpy()
    upper = np.triu_indices(len(enough), k=1)
    found = pd.DataFrame(
        {
            "one": enough.index[upper[0]],
            "other": enough.index[upper[1]],
            "similarity": cosine[upper],
            "chance": _chance(cosine, n[enough.index].to_numpy(), mixes[counts.columns],
                              mixes["organisations"].to_numpy())[upper],
        }
    )  # fmt: skip
    return _strongest_first(found, "similarity")


def _chance(
    cosines: np.ndarray, n: np.ndarray, mixes: pd.DataFrame, weights: np.ndarray
) -> np.ndarray:
    # What chance makes of a pair hangs on the two sizes alone, and few sizes differ.
    sizes, place = np.unique(np.minimum(n, _MOST_DRAWN), return_inverse=True)
    random = np.random.default_rng(_SEED)
    ones, others = (_draw(random, sizes, mixes.to_numpy("float32"), weights) for _ in range(2))
    z = _to_normal(np.einsum("dik,djk->dij", ones, others))
    z = np.concatenate([z, z.transpose(0, 2, 1)])
    mean, deviation = (values[np.ix_(place, place)] for values in (z.mean(0), z.std(0)))
    chance: np.ndarray = special.ndtr(
        (mean - _to_normal(cosines)) / np.maximum(deviation, _LEAST_DEVIATION)
    )
    return chance


def _draw(
    random: np.random.Generator, sizes: np.ndarray, sets: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Profiles of unit length of regions drawn at random, shape (draws, sizes, domains)."""
    bounds = np.cumsum(weights) / weights.sum()
    chosen = np.searchsorted(bounds, random.random((_DRAWS, sizes.sum())))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    drawn = np.add.reduceat(sets[np.minimum(chosen, len(sets) - 1)], starts, axis=1)
    lengths = np.linalg.norm(drawn, axis=2, keepdims=True)
    return np.divide(drawn, lengths, out=np.zeros_like(drawn), where=lengths > 0)


def _to_normal(cosines: np.ndarray) -> np.ndarray:
    transformed: np.ndarray = np.arctanh(np.minimum(cosines, _ALMOST_ONE))
    return transformed


def complementary_links(
    counts: pd.DataFrame, n: pd.Series, *, least: int = SMALL_N
) -> pd.DataFrame:
    """Pairs of regions each of which has domains that the other lacks.

    A region could give a domain if at least three of its organisations work on it and its
    representation quotient is above 1.25; a region lacks it if none works on it or the quotient
    is below 0.8. These are what the register shows, a sample; with domains dealt out at random it
    shows nearly as many. What chance hardly explains is said by :func:`clear_differences`.

    Parameters
    ----------
    counts, n, least
        As for :func:`similar_links`.

    Returns
    -------
    DataFrame
        ``one, other, gives`` (how many domains one could give the other), ``gets`` and
        ``domains`` (both together). Only pairs that could give both ways, most mutual first.
    """
    enough = counts[n >= least]
    gives, lacks = give_and_lack(enough, n[enough.index], counts.sum() / max(n.sum(), 1))
    adds = gives.to_numpy("int64") @ lacks.to_numpy("int64").T
    one, other = np.triu_indices(len(enough), k=1)
    found = pd.DataFrame(
        {
            "one": enough.index[one],
            "other": enough.index[other],
            "gives": adds[one, other],
            "gets": adds[other, one],
        }
    )
    found["domains"] = found["gives"] + found["gets"]
    found["mutual"] = found[["gives", "gets"]].min(axis=1)
    found = _strongest_first(found[found["mutual"] > 0], "mutual", "domains")
    return found.drop(columns="mutual")


def give_and_lack(
    counts: pd.DataFrame, n: pd.Series, whole: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which domains each region could give, and which it lacks; see :func:`complementary_links`.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and domain.
    n : Series of int
        Organisations by region.
    whole : Series of float
        Share of all organisations that work on each domain, 0 to 1.

    Returns
    -------
    gives, lacks : DataFrame of bool
        Shaped as `counts`.
    """
    share = counts.div(n.where(n > 0), axis=0)
    quotient = share / whole.where(whole > 0)
    gives = (counts >= LEAST_TO_GIVE) & (quotient > SPECIALISED_ABOVE)
    lacks = ((counts == 0) & (n.to_numpy()[:, None] > 0)) | (quotient < similarity.THIN_BELOW)
    return gives, lacks & (whole > 0)


@dataclass(frozen=True)
class Difference:
    """A domain that one region could give another.

    Attributes
    ----------
    code : str
        JRC domain.
    giver, receiver : tuple of int
        Organisations that work on it, of how many in the register.
    is_clear : bool
        Whether chance hardly explains it; see :func:`clear_differences`.
    """

    code: str
    giver: tuple[int, int]
    receiver: tuple[int, int]
    is_clear: bool = False

    @property
    def label(self) -> str:
        """The domain inside a sentence."""
        return DOMAINS.inside(self.code)


def differences(
    counts: pd.DataFrame,
    n: Mapping[str, int],
    could_add: tuple[pd.DataFrame, pd.DataFrame],
    giver: str,
    receiver: str,
    clear: frozenset[Gap] = frozenset(),
) -> list[Difference]:
    """What one region could give another, what is clear first, then most frequent at the giver.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and domain.
    n : mapping of str to int
        Organisations by region.
    could_add : tuple of DataFrame
        As :func:`give_and_lack` gives them.
    giver, receiver : str
        The regions.
    clear : frozenset of tuple of str
        As :func:`clear_differences` gives them.
    """
    there, here = (counts.loc[id_].to_dict() for id_ in (giver, receiver))
    gives, lacks = could_add[0].loc[giver].to_dict(), could_add[1].loc[receiver].to_dict()
    found = [
        Difference(
            str(code),
            (int(there[code]), n[giver]),
            (int(here[code]), n[receiver]),
            (giver, receiver, str(code)) in clear,
        )
        for code in counts.columns
        if gives[code] and lacks[code]
    ]
    return sorted(found, key=lambda one: (not one.is_clear, -one.giver[0]))


def clear_differences(
    counts: pd.DataFrame, n: pd.Series, whole_counts: pd.Series, whole_n: int
) -> frozenset[Gap]:
    """Differences between regions that chance hardly makes, however many are looked at.

    Those of :func:`ecosystem.regional.statistics.similarity.complements`: the giver is specialised
    with the false discovery rate over all regions and domains held at 5 %, and Fisher's exact test
    of the two regions, adjusted for the number of such strengths, is at most 5 %.

    Parameters
    ----------
    counts, n
        As for :func:`similar_links`.
    whole_counts, whole_n : Series of int and int
        Organisations of the whole by domain and in total.

    Returns
    -------
    frozenset of tuple of str
        Giver, receiver and JRC domain.
    """
    quotients = location_quotient(counts, n, whole_counts=whole_counts, whole_n=whole_n)
    if not quotients["clear"].any():
        return frozenset()
    found = similarity.complements(quotients, counts.index, counts.index)
    return frozenset(zip(found["giver"], found["receiver"], found["code"], strict=True))


def in_common(counts: pd.DataFrame, one: str, other: str) -> list[str]:
    """The domains that make two regions alike, at most three, strongest first.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and domain.
    one, other : str
        The regions.
    """
    together = (counts.loc[one] * counts.loc[other]).to_dict()
    ordered = sorted(together, key=lambda code: -together[code])
    return [str(code) for code in ordered[:3] if together[code] > 0]


def of_region(links: pd.DataFrame, region: str) -> pd.DataFrame:
    """The links of one region: ``region`` (the other end) and the columns that describe a link.

    Parameters
    ----------
    links : DataFrame
        ``one, other`` and more.
    region : str
        The region.
    """
    here = links[(links["one"] == region) | (links["other"] == region)]
    other_end = here["other"].where(here["one"] == region, here["one"])
    return here.drop(columns=["one", "other"]).assign(region=other_end).reset_index(drop=True)


def _strongest_first(found: pd.DataFrame, *by: str) -> pd.DataFrame:
    return found.sort_values(list(by), ascending=False, kind="stable").reset_index(drop=True)
