"""The numbers in plain English: deterministic, hedged where they are small, without jargon.

Sentences are plain text: whoever puts them on a page escapes them there. A number that is not
known is said to be so or left out; no sentence holds a NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.vocabulary import COUNTED, DOMAINS, ROLES
from ecosystem.common.wording import agree, count, is_known, join, number
from ecosystem.regional.statistics._checks import require_known
from ecosystem.regional.statistics.completeness import roles_present
from ecosystem.regional.statistics.counts import SMALL_N, RegionCounts
from ecosystem.regional.statistics.specialisation import specialisations

# More strengths than these make a sentence that nobody reads to its end.
_STRENGTHS = 2
_FEWEST, _MOST = 2, 4
_SMALL_SHARE = 0.02
# What the register has of what others count, one and several of it.
_COMPANY = ("company", "companies")
_ORGANISATION = ("organisation", "organisations")
_REGISTERED = {
    "companies": _COMPANY,
    "organisations": _ORGANISATION,
    "vendors": _COMPANY,
    "part": _COMPANY,
    "members": _ORGANISATION,
    "clusters": ("cluster", "clusters"),
    "centres": ("research organisation", "research organisations"),
}
_SAME_WORD = ("companies", "organisations", "clusters", "part")

# How much of what others count the register has.
_NOT_COLLECTED = "not collected for the register"
_NOT_COLLECTED_OF = "not collected for the register; about {counted} {what} counted elsewhere"
_REGISTER = "{own} in the register"
_REGISTER_OF = "{own} in the register of about {counted} {what} counted elsewhere"
_REGISTER_OF_SAME = "{own} in the register of about {counted} counted elsewhere"
_SIZE = "{name} has {n} in the register."
_SIZE_AND_DENSITY = "{name} has {n} in the register, {density} per million inhabitants."
# By whether regions share domains, and whether one is so small that chance may do it.
_SIMILAR = {
    (False, False): "{other} has a similar mix to {region} ({similarity} of 1).",
    (False, True): "{other} has a similar mix to {region} ({similarity} of 1), though with so few "
    "organisations that may be chance.",
    (True, False): "{other} has a similar mix to {region} ({similarity} of 1): both have much of "
    "{shared}.",
    (True, True): "{other} has a similar mix to {region} ({similarity} of 1): both have much of "
    "{shared}, though with so few organisations that may be chance.",
}
# Clauses of a comparison, each for one region and for several that are alike.
_AHEAD = (
    "{names} has the most organisations in the register ({most}), ahead of {others}",
    "{names} have the most organisations in the register ({most} each), ahead of {others}",
)
_BY_NAME = ("In the register is {sizes}", "In the register are {sizes}")
_DENSITIES = "per million inhabitants that is {densities}"
_SOME_DENSITIES = "per million inhabitants that is {densities}, and not known for {missing}"
_TOO_FEW = (
    "{names} has too few organisations for strengths to be named",
    "{names} have too few organisations for strengths to be named",
)
_NO_STRENGTH = (
    "{names} has no strength that stands out from chance",
    "{names} have no strength that stands out from chance",
)
_ALL_ROLES = (
    "{names} has all six roles of an ecosystem",
    "{names} have all six roles of an ecosystem",
)
_FEW_ROLES = (
    "{names} has only {there} of the six roles of an ecosystem: {roles}",
    "{names} have only {there} of the six roles of an ecosystem: {roles}",
)
_MOST_ROLES = (
    "{names} has {there} of the six roles of an ecosystem (not {missing})",
    "{names} have {there} of the six roles of an ecosystem (not {missing})",
)


def coverage(
    n: int | None,
    counted: float | None,
    scope: str = "",
    year: float | None = None,
    *,
    counts: str = "organisations",
) -> str:
    """How much of an ecosystem the register holds, where somebody else has counted it.

    Parameters
    ----------
    n : int or None
        What the register has of what is counted: companies against companies; None if it was
        not collected for the region.
    counted : float or None
        What the other count has.
    scope : str
        What the other count counts, in its own words.
    year : float or None
        Of the other count.
    counts : str
        Code of what is counted, in :data:`~ecosystem.common.vocabulary.COUNTED`.

    Returns
    -------
    str
        A phrase, without a full stop.

    Examples
    --------
    >>> coverage(13, 160, "companies; 8,000 jobs", 2024, counts="companies")
    '13 companies in the register of about 160 counted elsewhere (8%; 2024, companies; 8,000 jobs)'
    >>> coverage(1, 180, "list lines", 2026)
    '1 organisation in the register of about 180 counted elsewhere (0.6%; 2026, list lines)'
    >>> coverage(3, None)
    '3 organisations in the register'
    >>> coverage(None, 77, "", 2022, counts="companies")
    'not collected for the register; about 77 companies counted elsewhere (2022)'
    """
    own = "" if n is None else count(n, *_REGISTERED[counts])
    if not is_known(counted):
        return _REGISTER.format(own=own) if own else _NOT_COLLECTED
    # A year is not a quantity: no thousands separator.
    notes = [wording.year(year)] if year is not None and is_known(year) else []
    notes += [scope] if scope else []
    data = {"own": own, "counted": number(counted), "what": COUNTED.label(counts)}
    if n is None or counted is None:
        return _with_notes(_NOT_COLLECTED_OF.format(**data), ", ".join(notes))
    share = [coverage_percent(n / counted)] if counted else []
    said = _REGISTER_OF_SAME if counts in _SAME_WORD else _REGISTER_OF
    return _with_notes(said.format(**data), "; ".join(filter(None, [*share, ", ".join(notes)])))


def coverage_percent(share: float) -> str:
    """A coverage as a percentage, with a decimal where it is small: there it differs by factors.

    Parameters
    ----------
    share : float
        0 to 1, or more.

    Returns
    -------
    str
        Such as ``"8%"``.

    Examples
    --------
    >>> coverage_percent(13 / 160), coverage_percent(3 / 581)
    ('8%', '0.5%')
    """
    return f"{share:.1%}" if 0 < share < _SMALL_SHARE else f"{share:.0%}"


def not_collected(name: str) -> str:
    """That nobody collected organisations of a region, which is no zero.

    Parameters
    ----------
    name : str
        Of the region.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> not_collected("Praha")
    'The register was not collected for Praha: it says nothing about how many there are.'
    """
    return f"The register was not collected for {name}: it says nothing about how many there are."


def profile(
    region: str,
    names: Mapping[str, str],
    counts: RegionCounts,
    quotients: pd.DataFrame,
    *,
    per_million: pd.Series | None = None,
    roles: pd.DataFrame | None = None,
) -> list[str]:
    """One region in a few sentences: size, strengths, what is most frequent, roles.

    Parameters
    ----------
    region : str
        Region id.
    names : mapping of str to str
        Name of each region id; the id is used where a name is missing.
    counts : RegionCounts
        What is in the regions.
    quotients : DataFrame
        Of the domains, of all regions of the level, as
        :func:`~ecosystem.regional.statistics.specialisation.location_quotient` returns them.
    per_million : Series of float, optional
        Organisations per million inhabitants, by region id.
    roles : DataFrame of bool, optional
        As :func:`~ecosystem.regional.statistics.completeness.roles_present` returns it with the
        investors; without it the types of `counts` decide.

    Returns
    -------
    list of str
        One to four sentences.

    Raises
    ------
    ValueError
        A region that is not in `counts` or `quotients`.

    Examples
    --------
    >>> from ecosystem.regional.statistics._examples import two_regions
    >>> for sentence in profile("A", {"A": "Bretagne"}, *two_regions())[:2]:
    ...     print(sentence)
    Bretagne has 10 organisations in the register.
    Compared with the register as a whole, Bretagne is clearly stronger in cryptology (9 of 10).
    """
    _require_regions([region], counts, quotients)
    name, n = _name(region, names), int(counts.n[region])
    if not n:
        return [f"The register holds no organisation in {name}."]
    density = _known_values([region], per_million)
    size = (_SIZE_AND_DENSITY if region in density else _SIZE).format(
        name=name, n=count(n, "organisation"), density=number(density.get(region), 1)
    )
    strengths, *roles_too = _strengths_and_roles([region], names, counts, quotients, roles)
    often = _most_frequent(region, names, counts)
    return [size, strengths, *([often] if often else []), *roles_too]


def comparison(
    regions: Sequence[str],
    names: Mapping[str, str],
    counts: RegionCounts,
    quotients: pd.DataFrame,
    *,
    per_million: pd.Series | None = None,
    roles: pd.DataFrame | None = None,
    comparable: bool = False,
) -> list[str]:
    """Two to four regions compared in a few sentences: size, strengths, roles.

    Which region has the most is only said where all were collected about as completely;
    otherwise they are named by name and not by size.

    A strength is what
    :func:`~ecosystem.regional.statistics.specialisation.specialisations` holds to be more than
    chance, with all regions of `quotients` taken into account. Regions with fewer than five
    organisations are said to be too small instead.

    Parameters
    ----------
    regions : sequence of str
        Two to four different region ids, in the order in which equals are named.
    names, counts, quotients, per_million, roles
        As for :func:`profile`; the regions may be of different levels, and those that are not
        compared may be left out.
    comparable : bool
        Whether the regions' coverages are known and comparable.

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
    >>> from ecosystem.regional.statistics._examples import two_regions
    >>> names = {"A": "Bretagne", "B": "Malta"}
    >>> comparison(["A", "B"], names, *two_regions())[0]
    'In the register are 10 organisations in Bretagne and 30 in Malta.'
    >>> comparison(["A", "B"], names, *two_regions(), comparable=True)[0]
    'Malta has the most organisations in the register (30), ahead of Bretagne (10).'
    """
    if not _FEWEST <= len(regions) <= _MOST or len(set(regions)) < len(regions):
        raise ValueError("a comparison is of two to four different regions")
    _require_regions(regions, counts, quotients)
    if not counts.n[list(regions)].any():
        return [f"The register holds no organisation in {_names(regions, names, 'or')}."]
    return [
        _sizes(regions, names, counts.n, per_million)
        if comparable
        else _sizes_by_name(regions, names, counts.n, per_million),
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
    shared = join([DOMAINS.inside(code) for code in row["shared"]])
    return _SIMILAR[bool(shared), bool(row["small"])].format(
        other=_name(other, names),
        region=_name(region, names),
        similarity=number(row["similarity"], 2),
        shared=shared,
    )


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
    ...     }
    ... )
    >>> complement_reason({"A": "Saarland", "B": "Bretagne"}, row)
    'Saarland could add cryptology: 8 of its 28 organisations work on it, in Bretagne 0 of 29.'
    """
    return (
        f"{_name(row['giver'], names)} could add {DOMAINS.inside(row['code'])}: "
        f"{number(row['giver_count'])} of its {number(row['giver_n'])} organisations work on it, "
        f"in {_name(row['receiver'], names)} {number(row['receiver_count'])} of "
        f"{number(row['receiver_n'])}."
    )


def _require_regions(regions: Iterable[str], counts: RegionCounts, quotients: pd.DataFrame) -> None:
    regions = list(regions)
    require_known(regions, counts.regions, "region")
    require_known(regions, quotients.index.get_level_values("region").unique(), "region")


def _most_frequent(region: str, names: Mapping[str, str], counts: RegionCounts) -> str:
    """What most organisations work on, which says what is there and not what is special."""
    n = int(counts.n[region])
    own = counts.domains.T[region].sort_values(ascending=False, kind="stable")
    top = own[own > 0].head(_STRENGTHS)
    if n < SMALL_N or top.empty:
        return ""
    return (
        f"The organisations in {_name(region, names)} work most often on "
        f"{_with_counts(top.index, top, [n] * len(top))}."
    )


def _name(region: str, names: Mapping[str, str]) -> str:
    return names.get(region, region)


def _names(regions: Iterable[str], names: Mapping[str, str], conjunction: str = "and") -> str:
    return join([_name(region, names) for region in regions], conjunction)


def _with_notes(text: str, notes: str) -> str:
    return f"{text} ({notes})" if notes else text


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
    if behind:
        after = join([f"{_name(r, names)} ({number(n[r])})" for r in behind])
        data = {"names": _names(first, names), "most": number(top), "others": after}
        size = agree(len(first), *_AHEAD, **data)
    else:
        size = f"{_names(first, names)} have {count(top, 'organisation')} each in the register"
    return f"{'; '.join([size, *_densities(regions, names, per_million)])}."


def _sizes_by_name(
    regions: Sequence[str],
    names: Mapping[str, str],
    n: pd.Series,
    per_million: pd.Series | None,
) -> str:
    ordered = sorted(regions, key=lambda region: _name(region, names).casefold())
    first, *others = ordered
    text = join(
        [
            f"{count(int(n[first]), 'organisation')} in {_name(first, names)}",
            *(f"{number(n[region])} in {_name(region, names)}" for region in others),
        ]
    )
    sizes = agree(int(n[first]), *_BY_NAME, sizes=text)
    return f"{'; '.join([sizes, *_densities(ordered, names, per_million, by_size=False)])}."


def _densities(
    regions: Sequence[str],
    names: Mapping[str, str],
    per_million: pd.Series | None,
    *,
    by_size: bool = True,
) -> list[str]:
    """The clause on numbers per million inhabitants; none where none is known."""
    known = _known_values(regions, per_million)
    if not known:
        return []
    ordered = sorted(known, key=lambda region: -known[region]) if by_size else list(known)
    text = join([f"{number(known[r], 1)} in {_name(r, names)}" for r in ordered])
    missing = [region for region in regions if region not in known]
    said = _SOME_DENSITIES if missing else _DENSITIES
    return [said.format(densities=text, missing=_names(missing, names))]


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
    too_few = agree(len(small), *_TOO_FEW, names=few)
    if not enough:
        return [f"{too_few}."]
    strengths = "; ".join([*_strengths(enough, names, quotients), *([too_few] if small else [])])
    if roles is None:
        in_roles = f"In the register, {_roles(enough, names, roles_present(counts.types))}."
    else:
        in_roles = f"In the register and its list of investors, {_roles(enough, names, roles)}."
    return [f"Compared with the register as a whole, {strengths}.", in_roles]


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
        clauses.append(agree(len(without), *_NO_STRENGTH, names=_names(without, names)))
    return clauses


def _strength(name: str, strong: pd.DataFrame) -> str:
    named = strong.head(_STRENGTHS)
    domains = _with_counts(named.index, named["count"], named["n"])
    return f"{name} is clearly stronger in {domains}"


def _with_counts(codes: Iterable[object], counts: Iterable[int], n: Iterable[int]) -> str:
    return join(
        [
            f"{DOMAINS.inside(str(code))} ({number(own)} of {number(size)})"
            for code, own, size in zip(codes, counts, n, strict=True)
        ]
    )


def _roles(regions: Sequence[str], names: Mapping[str, str], present: pd.DataFrame) -> str:
    alike: dict[tuple[str, ...], list[str]] = {}
    for region in regions:
        row = present.loc[region]
        there = tuple(role for role in ROLES if row[role])
        alike.setdefault(there, []).append(region)
    return "; ".join(
        agree(
            len(same),
            *_roles_clauses(there),
            names=_names(same, names),
            there=len(there),
            roles=_role_words(there),
            missing=_role_words([role for role in ROLES if role not in there], "or"),
        )
        for there, same in alike.items()
    )


def _roles_clauses(there: Sequence[str]) -> tuple[str, str]:
    missing = len(ROLES) - len(there)
    if not missing:
        return _ALL_ROLES
    return _FEW_ROLES if len(there) <= missing else _MOST_ROLES


def _role_words(roles: Iterable[str], conjunction: str = "and") -> str:
    return join([ROLES.inside(role) for role in roles], conjunction)
