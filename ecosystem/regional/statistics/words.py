"""The numbers in plain English: deterministic, hedged where they are small, without jargon.

Sentences are plain text: whoever puts them on a page escapes them there. A number that is not
known is said to be so or left out; no sentence holds a NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.vocabulary import DOMAINS, ROLES
from ecosystem.common.wording import count, is_known, join, number
from ecosystem.regional.statistics._checks import require_known
from ecosystem.regional.statistics.completeness import roles_present
from ecosystem.regional.statistics.counts import SMALL_N, RegionCounts
from ecosystem.regional.statistics.specialisation import specialisations

# More strengths than these make a sentence that nobody reads to its end.
_STRENGTHS = 2
_FEWEST, _MOST = 2, 4


def coverage(n: int, counted: float | None, scope: str = "", year: float | None = None) -> str:
    """How much of an ecosystem the register holds, where somebody else has counted it.

    Parameters
    ----------
    n : int
        Organisations in the register.
    counted : float or None
        What the other count has.
    scope : str
        What the other count counts: ``"companies"``.
    year : float or None
        Of the other count.

    Returns
    -------
    str
        A phrase, without a capital or a full stop.

    Examples
    --------
    >>> coverage(29, 160, "companies", 2024)
    '29 in the register of about 160 counted elsewhere (companies, 2024)'
    >>> coverage(3, None)
    '3 in the register'
    """
    if not is_known(counted):
        return f"{number(n)} in the register"
    notes = [scope] if scope else []
    notes += [wording.year(year)] if year is not None and is_known(year) else []
    return (
        f"{number(n)} in the register of about {number(counted)} counted elsewhere"
        f"{_brackets(', '.join(notes))}"
    )


def profile(
    region: str,
    names: Mapping[str, str],
    counts: RegionCounts,
    quotients: pd.DataFrame,
    *,
    per_million: pd.Series | None = None,
    roles: pd.DataFrame | None = None,
) -> list[str]:
    """One region in a few sentences: size, strengths, roles.

    Parameters
    ----------
    region : str
        Region id.
    names : mapping of str to str
        Name of each region id; the id is used where a name is missing.
    counts : RegionCounts
        What is in the regions.
    quotients : DataFrame
        Of the domains, as
        :func:`~ecosystem.regional.statistics.specialisation.location_quotient` returns them.
    per_million : Series of float, optional
        Organisations per million inhabitants, by region id.
    roles : DataFrame of bool, optional
        As :func:`~ecosystem.regional.statistics.completeness.roles_present` returns it with the
        investors; without it the types of `counts` decide.

    Returns
    -------
    list of str
        One to three sentences.

    Raises
    ------
    ValueError
        A region that is not in `counts` or `quotients`.

    Examples
    --------
    >>> from ecosystem.regional.statistics.counts import from_groups
    >>> from ecosystem.regional.statistics.specialisation import location_quotient
    >>> def rows(*cells):
    ...     return pd.DataFrame(cells, columns=["region", "code", "n"])
    >>> counts = from_groups(
    ...     ["A", "B"],
    ...     {
    ...         "types": rows(("A", "sme", 9), ("B", "sme", 3)),
    ...         "domains": rows(("A", "cryptology", 6), ("B", "legal-aspects", 3)),
    ...         "functions": rows(),
    ...         "sectors": rows(),
    ...         "evidence": rows(("A", "page", 9), ("B", "page", 3)),
    ...     },
    ...     pd.DataFrame(columns=["region", "known", "median"]),
    ... )
    >>> quotients = location_quotient(counts.domains, counts.n)
    >>> for sentence in profile("A", {"A": "Bretagne"}, counts, quotients)[:2]:
    ...     print(sentence)
    Bretagne has 9 organisations in the register.
    Compared with the register as a whole, Bretagne is clearly stronger in cryptology (6 of 9).
    """
    _require_regions([region], counts, quotients)
    name, n = _name(region, names), int(counts.n[region])
    if not n:
        return [f"The register holds no organisation in {name}."]
    density = _known_values([region], per_million)
    size = f"{name} has {count(n, 'organisation')} in the register"
    if region in density:
        size += f", {number(density[region], 1)} per million inhabitants"
    return [f"{size}.", *_strengths_and_roles([region], names, counts, quotients, roles)]


def comparison(
    regions: Sequence[str],
    names: Mapping[str, str],
    counts: RegionCounts,
    quotients: pd.DataFrame,
    *,
    per_million: pd.Series | None = None,
    roles: pd.DataFrame | None = None,
) -> list[str]:
    """Two to four regions compared in a few sentences: size, strengths, roles.

    A strength is a specialisation (LQ > 1.25, at least three organisations); it is called
    clear where its whole interval lies above 1, and said to be possibly chance otherwise.
    Regions with fewer than five organisations are said to be too small instead.

    Parameters
    ----------
    regions : sequence of str
        Two to four different region ids, in the order in which equals are named.
    names : mapping of str to str
        Name of each region id; the id is used where a name is missing.
    counts : RegionCounts
        What is in the regions; they may be of different levels.
    quotients : DataFrame
        Of the domains, as
        :func:`~ecosystem.regional.statistics.specialisation.location_quotient` returns them.
    per_million : Series of float, optional
        Organisations per million inhabitants, by region id.
    roles : DataFrame of bool, optional
        As :func:`~ecosystem.regional.statistics.completeness.roles_present` returns it with the
        investors; without it the types of `counts` decide.

    Returns
    -------
    list of str
        One to three sentences.

    Raises
    ------
    ValueError
        Other than two to four different regions, or one that is not in `counts` or
        `quotients`.

    Examples
    --------
    >>> from ecosystem.regional.statistics.counts import from_groups
    >>> from ecosystem.regional.statistics.specialisation import location_quotient
    >>> def rows(*cells):
    ...     return pd.DataFrame(cells, columns=["region", "code", "n"])
    >>> counts = from_groups(
    ...     ["A", "B"],
    ...     {
    ...         "types": rows(("A", "sme", 9), ("B", "sme", 3)),
    ...         "domains": rows(("A", "cryptology", 6), ("B", "legal-aspects", 3)),
    ...         "functions": rows(),
    ...         "sectors": rows(),
    ...         "evidence": rows(("A", "page", 9), ("B", "page", 3)),
    ...     },
    ...     pd.DataFrame(columns=["region", "known", "median"]),
    ... )
    >>> quotients = location_quotient(counts.domains, counts.n)
    >>> sentences = comparison(["A", "B"], {"A": "Bretagne", "B": "Malta"}, counts, quotients)
    >>> sentences[0]
    'Bretagne has the most organisations in the register (9), ahead of Malta (3).'
    >>> sentences[2]
    'In the register, Bretagne has only 1 of the six roles of an ecosystem: business.'
    """
    if not _FEWEST <= len(regions) <= _MOST or len(set(regions)) < len(regions):
        raise ValueError("a comparison is of two to four different regions")
    _require_regions(regions, counts, quotients)
    if not counts.n[list(regions)].any():
        return [f"The register holds no organisation in {_names(regions, names, 'or')}."]
    return [
        _sizes(regions, names, counts.n, per_million),
        *_strengths_and_roles(regions, names, counts, quotients, roles),
    ]


def similar_reason(region: str, other: str, names: Mapping[str, str], row: pd.Series) -> str:
    """Why two regions are alike, in a sentence.

    Parameters
    ----------
    region, other : str
        The region looked at, and the one like it.
    names : mapping of str to str
        Name of each region id.
    row : Series
        Row of `other` in what :func:`~ecosystem.regional.statistics.similarity.nearest` returns.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> row = pd.Series({"similarity": 0.934, "small": False, "shared": ["cryptology"]})
    >>> similar_reason("A", "B", {"A": "Bretagne", "B": "Eesti"}, row)
    'Eesti has a similar mix to Bretagne (0.93 of 1): both have much of cryptology.'
    """
    mix = f"{_name(other, names)} has a similar mix to {_name(region, names)}"
    shared = join([DOMAINS.inside(code) for code in row["shared"]])
    reason = f": both have much of {shared}" if shared else ""
    return f"{mix} ({number(row['similarity'], 2)} of 1){reason}{_hedge(row['small'])}."


def complement_reason(names: Mapping[str, str], row: pd.Series) -> str:
    """What one region would add to another, in a sentence.

    Parameters
    ----------
    names : mapping of str to str
        Name of each region id.
    row : Series
        A row of what :func:`~ecosystem.regional.statistics.similarity.complements` returns.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> row = pd.Series(
    ...     {
    ...         "giver": "A", "receiver": "B", "code": "cryptology", "gap": "absent",
    ...         "giver_count": 8, "giver_n": 28, "receiver_count": 0, "receiver_n": 29,
    ...         "small": False,
    ...     }
    ... )
    >>> complement_reason({"A": "Saarland", "B": "Bretagne"}, row)
    'Saarland could add cryptology: 8 of its 28 organisations work on it, in Bretagne 0 of 29.'
    """
    return (
        f"{_name(row['giver'], names)} could add {DOMAINS.inside(row['code'])}: "
        f"{number(row['giver_count'])} of its {number(row['giver_n'])} organisations work on it, "
        f"in {_name(row['receiver'], names)} {number(row['receiver_count'])} of "
        f"{number(row['receiver_n'])}{_hedge(row['small'])}."
    )


def _require_regions(regions: Iterable[str], counts: RegionCounts, quotients: pd.DataFrame) -> None:
    regions = list(regions)
    require_known(regions, counts.regions, "region")
    require_known(regions, quotients.index.get_level_values("region").unique(), "region")


def _name(region: str, names: Mapping[str, str]) -> str:
    return names.get(region, region)


def _names(regions: Iterable[str], names: Mapping[str, str], conjunction: str = "and") -> str:
    return join([_name(region, names) for region in regions], conjunction)


def _brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _hedge(small: bool) -> str:
    return ", though with so few organisations that may be chance" if small else ""


def _has(regions: Sequence[str]) -> str:
    return "has" if len(regions) == 1 else "have"


def _known_values(regions: Iterable[str], values: pd.Series | None) -> dict[str, float]:
    if values is None:
        return {}
    known = {region: float(values.get(region, math.nan)) for region in regions}
    return {region: value for region, value in known.items() if is_known(value)}


def _sizes(
    regions: Sequence[str],
    names: Mapping[str, str],
    n: pd.Series,
    per_million: pd.Series | None,
) -> str:
    top = int(n[list(regions)].max())
    first = [region for region in regions if n[region] == top]
    behind = sorted((r for r in regions if n[r] < top), key=lambda region: -int(n[region]))
    each = " each" if len(first) > 1 else ""
    if behind:
        after = join([f"{_name(r, names)} ({number(n[r])})" for r in behind])
        text = (
            f"{_names(first, names)} {_has(first)} the most organisations in the register "
            f"({number(top)}{each}), ahead of {after}"
        )
    else:
        text = f"{_names(first, names)} have {count(top, 'organisation')} each in the register"
    return f"{text}{_densities(regions, names, per_million)}."


def _densities(
    regions: Sequence[str], names: Mapping[str, str], per_million: pd.Series | None
) -> str:
    known = _known_values(regions, per_million)
    if not known:
        return ""
    ordered = sorted(known, key=lambda region: -known[region])
    text = join([f"{number(known[r], 1)} in {_name(r, names)}" for r in ordered])
    missing = [region for region in regions if region not in known]
    gap = f", and not known for {_names(missing, names)}" if missing else ""
    return f"; per million inhabitants that is {text}{gap}"


def _strengths_and_roles(
    regions: Sequence[str],
    names: Mapping[str, str],
    counts: RegionCounts,
    quotients: pd.DataFrame,
    roles: pd.DataFrame | None,
) -> list[str]:
    small = [region for region in regions if counts.n[region] < SMALL_N]
    enough = [region for region in regions if region not in small]
    few = join([f"{_name(region, names)} ({number(counts.n[region])})" for region in small])
    too_few = f"{few} {_has(small)} too few organisations for strengths to be named"
    if not enough:
        return [f"{too_few}."]
    strengths = "; ".join([*_strengths(enough, names, quotients), *([too_few] if small else [])])
    return [
        f"Compared with the register as a whole, {strengths}.",
        _roles(enough, names, roles_present(counts.types) if roles is None else roles),
    ]


def _strengths(
    regions: Sequence[str], names: Mapping[str, str], quotients: pd.DataFrame
) -> list[str]:
    strong = specialisations(quotients[quotients.index.get_level_values("region").isin(regions)])
    having = strong.index.get_level_values("region")
    clauses = [
        _strength(_name(region, names), strong[having == region].droplevel("region"))
        for region in regions
        if region in having
    ]
    without = [region for region in regions if region not in having]
    if without:
        clauses.append(f"{_names(without, names)} {_has(without)} no strength that stands out")
    return clauses


def _strength(name: str, strong: pd.DataFrame) -> str:
    clear = bool(strong["clear"].any())
    named = (strong[strong["clear"]] if clear else strong).head(_STRENGTHS)
    domains = join(
        [
            f"{DOMAINS.inside(str(code))} ({number(count)} of {number(n)})"
            for code, count, n in zip(named.index, named["count"], named["n"], strict=True)
        ]
    )
    if clear:
        return f"{name} is clearly stronger in {domains}"
    return f"{name} has no clear strength, only a lean towards {domains} that may be chance"


def _roles(regions: Sequence[str], names: Mapping[str, str], present: pd.DataFrame) -> str:
    alike: dict[str, list[str]] = {}
    for region, row in zip(
        regions, present.loc[list(regions), list(ROLES)].to_numpy(), strict=True
    ):
        there = [role for role, is_there in zip(ROLES, row, strict=True) if is_there]
        alike.setdefault(_part_of_roles(there), []).append(region)
    clauses = [f"{_names(same, names)} {_has(same)} {part}" for part, same in alike.items()]
    return f"In the register, {'; '.join(clauses)}."


def _part_of_roles(there: Sequence[str]) -> str:
    missing = [role for role in ROLES if role not in there]
    if not missing:
        return "all six roles of an ecosystem"
    if len(there) <= len(missing):
        return f"only {len(there)} of the six roles of an ecosystem: {_role_words(there)}"
    return f"{len(there)} of the six roles of an ecosystem (not {_role_words(missing, 'or')})"


def _role_words(roles: Iterable[str], conjunction: str = "and") -> str:
    return join([ROLES.inside(role) for role in roles], conjunction)
