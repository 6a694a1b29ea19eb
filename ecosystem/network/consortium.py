"""A consortium as somebody sketches it: regions, organisations, roles, rules, what links them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.network import consortium_rules, needs, partner_finding, partner_words
from ecosystem.network.consortium_rules import Entity, Role, Verdict
from ecosystem.tables import history, organisations, partnerships, regions

# More than these can't be read on two pages.
MOST_REGIONS, MOST_MEMBERS = 8, 30
# Organisations that are named for a role that nobody plays.
_CANDIDATES = 3


@dataclass(frozen=True)
class Plan:
    """What somebody chooses for a sketch.

    Attributes
    ----------
    region_ids : tuple of str
        Valleys and NUTS regions; of more than :data:`MOST_REGIONS` the first count.
    org_ids : tuple of str
        Organisations; of more than :data:`MOST_MEMBERS` the first count.
    own, need_id, fit : str
        Region that asks, need and purpose, as :func:`ecosystem.network.partner_finding.partners`
        takes them; region and need may be empty.
    title : str
        Working title; may be empty.
    """

    region_ids: tuple[str, ...] = ()
    org_ids: tuple[str, ...] = ()
    own: str = ""
    need_id: str = ""
    fit: str = partner_finding.PROJECT
    title: str = ""


@dataclass(frozen=True, eq=False)
class Consortium:
    """A sketch.

    Attributes
    ----------
    regions : DataFrame
        Indexed by region, in the order of the choice: ``name``, ``label``, ``country``,
        ``organisations`` (in the register), ``members`` (of the sketch that lie in it).
    members : DataFrame
        Columns of ``organisation`` in the order of the choice, ``role`` (label, empty for
        none) and ``region`` (label of the chosen region that it lies in; empty for none).
    roles : dict of Role to list of str
        Who plays each role, by name.
    candidates : DataFrame
        ``role, org_id, name, type, region``: organisations of the chosen regions that could play
        a role that nobody plays.
    verdicts : tuple of Verdict
        What each rule says.
    pairs : DataFrame
        ``one, other`` (names), ``partnerships`` (their names, a list) and ``km``, for each two of
        the chosen regions.
    unknown : tuple of str
        Regions and organisations of the choice that the release doesn't have, or that have ended.
    cut : int
        How many of the choice are left out because there are too many.
    """

    regions: pd.DataFrame
    members: pd.DataFrame
    roles: dict[Role, list[str]]
    candidates: pd.DataFrame
    verdicts: tuple[Verdict, ...]
    pairs: pd.DataFrame
    unknown: tuple[str, ...]
    cut: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing is chosen."""
        return self.regions.empty and self.members.empty

    @property
    def missing(self) -> list[str]:
        """Roles that nobody plays."""
        return [role.label for role, names in self.roles.items() if not names]

    @property
    def countries(self) -> list[str]:
        """ISO 3166-1 codes of the members' countries, each once, in order."""
        return sorted(set(self.members["country"]))


def sketch(database: Database, plan: Plan) -> Consortium:
    """The consortium of a plan: its regions and organisations, counted against roles and rules.

    An organisation that merged is who took it in.
    """
    region_ids, org_ids, need_id = plan.region_ids, plan.org_ids, plan.need_id
    places = regions.places(database)
    asked = list(dict.fromkeys(places[id_].place_id for id_ in region_ids if id_ in places))
    known = asked[:MOST_REGIONS]
    current = history.current_ids(database, list(org_ids))
    every = _members(
        database, list(dict.fromkeys(current[id_] for id_ in org_ids if id_ in current)), known
    )
    members = every.head(MOST_MEMBERS)
    there = set(every["org_id"])
    roles = {
        role: list(members.loc[members["type"].isin(role.types), "name"])
        for role in consortium_rules.roles()
    }
    entities = [
        Entity(
            row["org_id"],
            row["name"],
            row["country"],
            row["type"],
            _text(row.get("successor_id")) or _text(row.get("successor_name")),
        )
        for row in members.to_dict("records")
    ]
    return Consortium(
        _regions(database, known, members),
        members,
        roles,
        _candidates(database, known, roles, sorted(there), need_id),
        tuple(consortium_rules.verdict(rule, entities) for rule in consortium_rules.rules()),
        _pairs(database, known),
        (
            *(id_ for id_ in region_ids if id_ not in places),
            *(id_ for id_ in org_ids if current.get(id_) not in there),
        ),
        len(asked) - len(known) + len(every) - len(members),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _members(database: Database, org_ids: Sequence[str], region_ids: Sequence[str]) -> pd.DataFrame:
    # An empty filter would be everybody.
    chosen = Filter(orgs=tuple(org_ids) or ("",))
    rows = organisations.everything(database, chosen)
    place = {id_: i for i, id_ in enumerate(org_ids)}
    rows = rows.sort_values("org_id", key=lambda ids: ids.map(place), kind="stable")
    names = regions.labels(database)
    role_of = {type_: role.label for role in consortium_rules.roles() for type_ in role.types}
    return rows.assign(
        role=[role_of.get(type_, "") for type_ in rows["type"]],
        region=[
            next((names[id_] for id_ in region_ids if row[_column(id_)] == id_), "")
            for row in rows.to_dict("records")
        ],
    ).reset_index(drop=True)


def _column(region_id: str) -> str:
    return regions.LEVELS[regions.level_of(region_id)]


def _regions(database: Database, ids: Sequence[str], members: pd.DataFrame) -> pd.DataFrame:
    names, labels = regions.names_in_text(database), regions.labels(database)
    units = pd.concat(
        [pd.DataFrame(columns=["region_id", "country"])]
        + [regions.units(database, level) for level in sorted({regions.level_of(i) for i in ids})]
    ).set_index("region_id")
    rows = [
        {
            "region": id_,
            "name": names[id_],
            "label": labels[id_],
            "country": units.loc[id_, "country"],
            "organisations": len(organisations.of_region(database, id_)),
            "members": int((members[_column(id_)] == id_).sum()),
        }
        for id_ in ids
    ]
    columns = ["region", "name", "label", "country", "organisations", "members"]
    return pd.DataFrame(rows, columns=columns).set_index("region")


def _candidates(
    database: Database,
    region_ids: Sequence[str],
    roles: dict[Role, list[str]],
    chosen: Sequence[str],
    need_id: str,
) -> pd.DataFrame:
    names_of = regions.names_in_text(database)
    need = needs.needs(database).get(need_id)
    there = []
    for id_ in region_ids:
        rows = organisations.of_region(database, id_)
        rows = rows[~rows["org_id"].isin(list(chosen))]
        meets = need.is_met_by(rows) if need and need.is_seen else False
        there.append(rows.assign(region=names_of[id_], meets=meets))
    columns = ["role", "org_id", "name", "type", "region"]
    if not there:
        return pd.DataFrame(columns=columns)
    every = pd.concat(there).drop_duplicates("org_id")
    found = [
        _in_turn(every[every["type"].isin(role.types)]).head(_CANDIDATES).assign(role=role.label)
        for role, names in roles.items()
        if not names
    ]
    return pd.concat([every.head(0).assign(role=""), *found])[columns].reset_index(drop=True)


def _in_turn(rows: pd.DataFrame) -> pd.DataFrame:
    """Those that meet the need first, and of these one of each region in turn."""
    turn = rows.groupby(["meets", "region"], sort=False).cumcount()
    ordered = rows.assign(turn=turn).sort_values(
        ["meets", "turn"], ascending=[False, True], kind="stable"
    )
    return ordered.drop(columns="turn")


def _pairs(database: Database, ids: Sequence[str]) -> pd.DataFrame:
    names = regions.names_in_text(database)
    columns = ["one", "other", "partnerships", "km"]
    if len(ids) < 2:
        return pd.DataFrame(columns=columns)
    units = pd.concat(
        [regions.units(database, level) for level in sorted({regions.level_of(i) for i in ids})]
    ).set_index("region_id")
    rows = [
        {
            "one": names[one],
            "other": names[other],
            "partnerships": list(partnerships.shared(database, one, other)["name"]),
            "km": float(partner_finding.distances(units.loc[[one, other]], one)[1]),
        }
        for one, other in combinations(ids, 2)
    ]
    return pd.DataFrame(rows, columns=columns)


def reasons(database: Database, plan: Plan) -> list[tuple[str, list[str]]]:
    """Why each valley of a plan fits the region that asks: its label and sentences; none else."""
    place = regions.place(database, plan.own)
    if place is None:
        return []
    known = needs.needs(database)
    need = known.get(plan.need_id)
    finding = partner_finding.partners(database, plan.own, plan.need_id if need else "", plan.fit)
    found = {one.region_id: one for one in (*finding.suggestions, *finding.others)}
    names, labels = regions.names_in_text(database), regions.labels(database)
    places = regions.places(database)
    chosen = dict.fromkeys(places[id_].place_id for id_ in plan.region_ids if id_ in places)
    return [
        (labels[id_], partner_words.reasons(names, finding, found[id_], need, plan.fit))
        for id_ in list(chosen)[:MOST_REGIONS]
        if id_ in found
    ]
