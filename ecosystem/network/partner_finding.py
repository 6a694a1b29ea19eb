"""Regions that fit one region for a need: to exchange practice with, or for a joint project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Geod

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import CONFIRMING
from ecosystem.finding.filters import Filter
from ecosystem.network import consortium_rules, links, needs, valley_network
from ecosystem.network.links import Difference
from ecosystem.network.needs import Need
from ecosystem.network.specialisation import LEAST
from ecosystem.regional import region_counts
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.regional.statistics.specialisation import FALSE_DISCOVERY_RATE, upper_tail
from ecosystem.tables import organisations, partnerships, regions, s3_priorities, valleys

EXCHANGE, PROJECT = consortium_rules.FITS
# How many organisations are named that could lead.
LEADS = 3
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Meeting:
    """How many organisations of a region meet a need.

    Attributes
    ----------
    n : int or None
        How many do; None where no column of the register shows it.
    of : int
        Organisations of the region in the register.
    whole : float
        Share of all organisations of valleys that do, 0 to 1.
    could_give, lacks : bool
        By the rule of :func:`ecosystem.network.links.give_and_lack`, for the need in place of a
        domain.
    wording : str
        The region's own words, where it declares the need as a priority.
    """

    n: int | None
    of: int
    whole: float
    could_give: bool = False
    lacks: bool = False
    wording: str = ""

    @property
    def is_there(self) -> bool:
        """Whether so many meet it, or the region declares it, that one could ask there."""
        return bool(self.wording) or (self.n is not None and self.n >= LEAST)


@dataclass(frozen=True)
class Suggestion:
    """A valley that fits.

    Attributes
    ----------
    region_id, country : str
        The valley and its ISO 3166-1 country.
    meeting : Meeting or None
        How many there meet the need; None without a need.
    similarity, chance : float or None
        As :func:`ecosystem.network.links.similar_links` gives them; None if one of the two has
        too few organisations.
    shared : tuple of str
        Domains that make them alike.
    gives, gets : tuple of Difference
        What the valley could add to the region that asks, and get from it.
    partnerships : int
        How many both are in, as far as is known.
    km : float
        Along the geodesic between points inside the two, kilometres.
    adds_need : bool
        Whether more there meet the need than in the region that asks, beyond chance; see
        :func:`is_clearly_more`.
    """

    region_id: str
    country: str
    meeting: Meeting | None
    similarity: float | None
    chance: float | None
    shared: tuple[str, ...]
    gives: tuple[Difference, ...]
    gets: tuple[Difference, ...]
    partnerships: int
    km: float
    adds_need: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether the valley could add something that is more than chance."""
        return self.adds_need or any(one.is_clear for one in self.gives)


@dataclass(frozen=True)
class Finding:
    """What is found for a region.

    Attributes
    ----------
    region_id, country : str
        The region that asks, and its country.
    n : int
        Its organisations in the register.
    is_collected : bool
        Whether the register was collected for it.
    meeting : Meeting or None
        How many there meet the need; None without a need.
    suggestions : tuple of Suggestion
        Valleys that fit, best first.
    others : tuple of Suggestion
        The other valleys, in the same order.
    sizes : dict of str to int
        Organisations of each valley and of the region.
    """

    region_id: str
    country: str
    n: int
    is_collected: bool
    meeting: Meeting | None
    suggestions: tuple[Suggestion, ...]
    others: tuple[Suggestion, ...]
    sizes: dict[str, int]


def partners(database: Database, region_id: str, need_id: str = "", fit: str = PROJECT) -> Finding:
    """Valleys that fit a region, best first.

    To exchange practice, those whose mix of domains is most surely alike; for a joint project,
    those that could add something beyond chance, then those that have more of most domains of
    which the other has little, on both sides. With a need, only those where at
    least three organisations meet it, or which declare it as a priority; for a project first those
    where more meet it than in the whole while few do in the region that asks. Valleys that overlap
    the region are left out.

    Parameters
    ----------
    region_id : str
        A valley or a NUTS region of the release.
    need_id : str
        As :attr:`ecosystem.network.needs.Need.id`; none if empty.
    fit : str
        ``exchange`` or ``project``.

    Raises
    ------
    KeyError
        If there is no such region or need.
    """
    own = regions.places(database)[region_id].place_id
    need = needs.needs(database)[need_id] if need_id else None
    counts, n = _counts(database, own)
    met = _met(database, need, own) if need else {}
    similar = _similar(database, own, counts, n)
    sizes = {str(id_): int(count) for id_, count in n.items()}
    could_add = links.give_and_lack(counts, n, valley_network.shares(database))
    clear = (
        valley_network.clear_differences(database)
        if own in valley_network.counts(database).n.index
        else valley_network.clear_among(database, counts, n)
    )
    apart = _apart(database, own)
    together = partnerships.with_place(database, own).set_index("valley_id")["partnerships"]
    there = _places(database, own)
    country, km = there["country"].to_dict(), there["km"].to_dict()
    found = []
    for valley_id in apart:
        alike = similar.get(valley_id)
        gives, gets = (
            tuple(links.differences(counts, sizes, could_add, giver, receiver, clear))
            if min(sizes[giver], sizes[receiver]) >= SMALL_N
            else ()
            for giver, receiver in ((valley_id, own), (own, valley_id))
        )
        found.append(
            Suggestion(
                valley_id,
                country[valley_id],
                met.get(valley_id),
                alike[0] if alike else None,
                alike[1] if alike else None,
                tuple(links.in_common(counts, own, valley_id)),
                gives,
                gets,
                int(together.get(valley_id, 0)),
                km[valley_id],
                is_clearly_more(met.get(valley_id), met.get(own), len(apart)),
            )
        )
    ordered = sorted(found, key=lambda one: _order(one, fit, met.get(own)))
    fitting = [one for one in ordered if _fits(one, fit)]
    return Finding(
        own,
        country[own],
        sizes[own],
        own in regions.collected_ids(database),
        met.get(own),
        tuple(fitting),
        tuple(one for one in ordered if one not in fitting),
        sizes,
    )


def is_clearly_more(there: Meeting | None, here: Meeting | None, compared: int) -> bool:
    """Whether chance hardly makes so many meet a need there and so few here.

    Fisher's exact test, one-sided, times the number of regions compared (Bonferroni): at most 5 %.

    Parameters
    ----------
    there, here : Meeting or None
        Of the region that could give and of the one that asks.
    compared : int
        How many regions are looked at.
    """
    if there is None or here is None or there.n is None or here.n is None:
        return False
    if not (there.could_give and here.lacks):
        return False
    chance = upper_tail(there.n, there.of, there.n + here.n, there.of + here.of)
    return bool(chance * compared <= FALSE_DISCOVERY_RATE)


def _fits(one: Suggestion, fit: str) -> bool:
    if one.meeting is not None:
        return one.meeting.is_there
    return one.chance is not None if fit == EXCHANGE else bool(one.gives)


def _order(one: Suggestion, fit: str, own: Meeting | None) -> tuple[Any, ...]:
    met = one.meeting.n or 0 if one.meeting else 0
    chance = 1.0 if one.chance is None else one.chance
    if fit == EXCHANGE:
        return (chance, -met, one.region_id)
    adds = own is not None and one.meeting is not None and one.meeting.could_give and own.lacks
    mutual = min(len(one.gives), len(one.gets))
    return (
        not one.adds_need,
        not adds,
        not one.is_clear,
        -mutual,
        -len(one.gives) - len(one.gets),
        -met,
        one.region_id,
    )


def _counts(database: Database, own: str) -> tuple[pd.DataFrame, pd.Series]:
    """Organisations of every valley and of the region by domain, and of each altogether."""
    known = valley_network.counts(database)
    if own in known.n.index:
        return known.domains, known.n
    one = region_counts.counts_of(database, Filter(), [own])
    return pd.concat([known.domains, one.domains]), pd.concat([known.n, one.n])


def _similar(
    database: Database, own: str, counts: pd.DataFrame, n: pd.Series
) -> dict[str, tuple[float, float]]:
    """Similarity and chance of each valley that is compared with the region."""
    pairs = (
        valley_network.similar(database)
        if own in valley_network.counts(database).n.index
        else links.similar_links(counts, n, organisations.mixes(database))
    )
    rows = links.of_region(pairs, own)
    return {
        str(id_): (float(similarity), float(chance))
        for id_, similarity, chance in rows[["region", "similarity", "chance"]].itertuples(
            index=False
        )
    }


def _met(database: Database, need: Need, own: str) -> dict[str, Meeting]:
    """How many meet the need, in each valley and in the region."""
    known = valley_network.counts(database)
    counted: dict[str, int] = {}
    if need.kind == needs.PRIORITY:
        rows = s3_priorities.organisations_by_priority(database)
        rows = rows[rows["code"] == need.code]
        counted = dict(zip(rows["valley_id"], rows["n"].astype(int), strict=True))
    elif need.is_seen:
        matrix: pd.DataFrame = getattr(known, needs.COLUMNS[need.kind])
        counted = {str(id_): int(count) for id_, count in matrix[need.code].items()}
    size = {str(id_): int(count) for id_, count in known.n.items()}
    whole = sum(counted.values()) / max(sum(size.values()), 1)
    if own not in size:
        rows = organisations.of_region(database, own)
        counted[own], size[own] = int(need.is_met_by(rows).sum()), len(rows)
    declared: dict[str, str] = {}
    if need.kind == needs.PRIORITY:
        words = s3_priorities.wordings(database)
        words = words[words["code"] == need.code]
        declared = dict(zip(words["valley_id"], words["wording"], strict=True))
    around = declared.get(valleys.valley_around(database, own) or "", "")
    found = pd.DataFrame({"need": {id_: counted.get(id_, 0) for id_ in size}})
    gives, lacks = links.give_and_lack(found, pd.Series(size), pd.Series({"need": whole}))
    could_give, lacking = gives["need"].to_dict(), lacks["need"].to_dict()
    return {
        id_: Meeting(
            counted.get(id_, 0) if need.is_seen else None,
            of,
            whole,
            need.is_seen and could_give[id_],
            need.is_seen and lacking[id_],
            declared.get(id_, around if id_ == own else ""),
        )
        for id_, of in size.items()
    }


def _apart(database: Database, own: str) -> list[str]:
    """Valleys that have no land in common with a region."""
    outlines = regions.outlines_of(database)
    return [
        id_
        for id_ in regions.ids(database, valley_network.LEVEL)
        if id_ != own and outlines[id_].isdisjoint(outlines[own])
    ]


def _places(database: Database, own: str) -> pd.DataFrame:
    """Country of every valley and of the region, and how far each is from the region."""
    rows = pd.concat(
        [regions.units(database, level) for level in {valley_network.LEVEL, regions.level_of(own)}]
    ).set_index("region_id")
    return rows.assign(km=distances(rows, own))


def distances(rows: pd.DataFrame, own: str) -> np.ndarray:
    """Distance of regions from one of them, in kilometres along the geodesic.

    Parameters
    ----------
    rows : DataFrame
        Indexed by region: ``lon, lat`` (degrees, EPSG:4326).
    own : str
        The one that is measured from.
    """
    here = rows.loc[own]
    *_, metres = _GEOD.inv(
        np.full(len(rows), here["lon"]),
        np.full(len(rows), here["lat"]),
        rows["lon"].to_numpy(),
        rows["lat"].to_numpy(),
    )
    return np.asarray(metres) / 1000


def leads(
    database: Database,
    region_id: str,
    need_id: str = "",
    fit: str = PROJECT,
    leaving_out: Sequence[str] = (),
) -> pd.DataFrame:
    """Organisations of a region that could lead, whom to ask first at the top.

    Only those that meet the need. First those that lead a partnership already, then by type
    (``lead`` in ``data/consortium_rules.toml``), then those that a public page or they themselves
    confirm, then those of more domains.

    Parameters
    ----------
    region_id : str
        A valley or a NUTS region.
    need_id, fit
        As for :func:`partners`.
    leaving_out : sequence of str
        Identifiers of organisations that are chosen already.

    Returns
    -------
    DataFrame
        Columns of the table, and ``leads``, the partnerships that it leads (list of str).
    """
    rows = organisations.of_region(database, region_id)
    if need_id and needs.needs(database)[need_id].is_seen:
        rows = rows[needs.needs(database)[need_id].is_met_by(rows)]
    order = consortium_rules.lead_types(fit)
    rows = rows[rows["type"].isin(order) & ~rows["org_id"].isin(list(leaving_out))]
    led = partnerships.led_by(database, list(rows["org_id"]))
    by_org: dict[str, list[str]] = {}
    for org_id, name in zip(led["org_id"], led["name"], strict=True):
        by_org.setdefault(org_id, []).append(name)
    rows = rows.assign(
        leads=pd.Series([by_org.get(id_, []) for id_ in rows["org_id"]], rows.index, "object"),
        place=[order.index(type_) for type_ in rows["type"]],
    )
    rows = rows.assign(
        led=[-len(names) for names in rows["leads"]],
        unconfirmed=~rows["evidence"].isin(CONFIRMING),
        breadth=[-len(codes) for codes in rows["domains"]],
    )
    keys = ["led", "place", "unconfirmed", "breadth"]
    ordered = rows.sort_values(keys, kind="stable")
    return ordered.drop(columns=["place", "led", "unconfirmed", "breadth"]).reset_index(drop=True)
