"""Partnerships: the list to narrow and take away, and one with its members."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import site_search
from ecosystem.common import partial_dates, wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, MEMBER_ROLES, PARTNERSHIP_KINDS
from ecosystem.drawing import european_map
from ecosystem.plain import connected
from ecosystem.tables import partnerships, regions
from ecosystem.ui import found_line, listing, state, tab_title
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.ui.organisation_list import page_number, pagination
from ecosystem.ui.theme import is_dark
from ecosystem.web.pages import (
    ORGANISATION_PAGE,
    PARTNERSHIP_PAGE,
    PARTNERSHIPS_PAGE,
    REGION_PAGE,
)

INCOMPLETE = (
    "Members are those that a public page names, each in the region of its seat, an authority of "
    "the whole country too. Lists are often incomplete: a region without a partnership here may "
    "well have one."
)
_IN_LIST, _MEMBERS = 20, 40
_NO_ROW = listing.NoRow(
    "Partnership",
    connected.NO_PARTNERSHIP,
    "Choose a partnership from the list.",
    "All partnerships",
)
_EMPTY = listing.Empty(
    "There are no partnerships for which all of this holds.",
    "The register lists no partnerships yet.",
)
_PARAMS = ("kind", "year", "country", "valley")
_OPEN_ENDED = (
    "A partnership whose start or end isn't known counts as active before, or after, what is known."
)


def list_page() -> None:
    """The list, narrowed by what the address says, with its downloads."""
    st.markdown(
        "Projects, networks and agreements in which regions and their bodies work together on "
        "cybersecurity."
    )
    found = _choice()
    if found.empty:
        listing.nothing_found(_EMPTY, _PARAMS, is_any=not ask(partnerships.selection).empty)
        return
    members = int(found["members"].sum())
    found_line.show(
        f"**{wording.count(len(found), 'partnership')}** with "
        f"{wording.count(members, 'listed membership')}"
    )
    st.caption(INCOMPLETE)
    listing.cards(found, _IN_LIST, _row)
    listing.downloads(
        "partnerships",
        {
            "Partnerships": lambda: found,
            "Members": lambda: ask(partnerships.every_member, list(found["partnership_id"])),
        },
    )


def _choice() -> pd.DataFrame:
    there = ask(partnerships.choices)
    text = listing.words("Search partnerships", "Name, region, member or topic")
    columns = st.columns(4)
    with columns[0]:
        kinds = listing.labels_of(PARTNERSHIP_KINDS, there["kinds"])
        kind = listing.several("kind", "Kind", kinds)
    with columns[1]:
        active = listing.year("year", "Active in", there["years"], _OPEN_ENDED)
    with columns[2]:
        country = listing.several(
            "country", "Country of a member", listing.names(there["countries"], COUNTRIES.labels())
        )
    with columns[3]:
        valley = listing.several(
            "valley", "Valley of a member", listing.names(there["valleys"], ask(regions.labels))
        )
    ids = ask(site_search.ids, site_search.Kind.PARTNERSHIP, text) if text else None
    return ask(
        partnerships.selection, ids=ids, kinds=kind, year=active, countries=country, valleys=valley
    )


def _row(record: Mapping[Hashable, Any]) -> None:
    st.page_link(
        PARTNERSHIP_PAGE,
        label=f":primary[{markdown(record['name'])}]",
        query_params={"id": str(record["partnership_id"])},
    )
    countries = len(record["countries"])
    st.markdown(
        " · ".join(
            filter(
                None,
                [
                    f"**{PARTNERSHIP_KINDS.label(record['kind'])}**",
                    _period(record),
                    wording.count(record["members"], "member listed", "members listed"),
                    wording.count(countries, "country", "countries") if countries else "",
                ],
            )
        )
        + (f"  \n{markdown(record['summary'])}" if _has_text(record["summary"]) else "")
    )


def page() -> None:
    """The partnership that the address names; a sentence if there is none."""
    asked = state.get("id")
    record = ask(partnerships.one, asked) if asked else None
    if record is None:
        listing.no_such_row(_NO_ROW, PARTNERSHIPS_PAGE, asked=bool(asked))
        return
    tab_title.show(record["name"])
    st.title(markdown(record["name"]), anchor=False)
    st.markdown(f"**{PARTNERSHIP_KINDS.label(record['kind'])}** · {_period(record)}")
    if _has_text(record["summary"]):
        st.markdown(markdown(record["summary"]))
    listed = ask(partnerships.members, record["partnership_id"])
    left, right = st.columns([0.6, 0.4], gap="large")
    with left:
        members_map(record, listed)
    with right:
        _facts(record)
    members_list(record, listed)
    st.page_link(PARTNERSHIPS_PAGE, label="All partnerships", icon=":material/list:")


def _facts(record: Mapping[str, Any]) -> None:
    st.header("About it", anchor=False)
    if _has_text(record["coordinator"]):
        st.markdown(f"Coordinated by **{markdown(record['coordinator'])}**")
    listing.source(record)
    with listing.rows("before_and_after"):
        for earlier in ask(partnerships.before, record["partnership_id"]).itertuples():
            _other("It came after", str(earlier.partnership_id), str(earlier.name))
        if _has_text(record["next_name"]):
            _other("It was followed by", record["followed_by"], record["next_name"])


def _other(says: str, id_: str, name: str) -> None:
    st.page_link(
        PARTNERSHIP_PAGE,
        label=f"{says}: {markdown(name)}",
        icon=":material/arrow_forward:",
        query_params={"id": id_},
    )


def members_map(record: Mapping[str, Any], listed: pd.DataFrame) -> None:
    """Where the members of a partnership are, and who can't be placed.

    Parameters
    ----------
    record : mapping
        As :func:`ecosystem.tables.partnerships.one` gives it.
    listed : DataFrame
        As :func:`ecosystem.tables.partnerships.members` gives them.
    """
    drawn = ask(_draw, record["partnership_id"], dark=is_dark())
    if drawn:
        st.image(
            drawn,
            width="stretch",
            alt=f"Map of Europe with the members of {record['name']}; they are listed below.",
        )
        st.caption(
            "A full dot is who leads, a ring a partner; +2 says that two more are there. Tinted is "
            "the region or valley that is sure. The list below has the same."
        )
    placed = listed["lon"].notna() | listed["valley_id"].notna() | listed["nuts_code"].notna()
    if listed.empty:
        st.caption("No page seen names a member.")
    elif not placed.all():
        without = wording.join([markdown(name) for name in listed["member_name"][~placed]])
        st.caption(f"Not on the map, since no region of theirs is sure: {without}.")


def _draw(database: Database, partnership_id: str, *, dark: bool) -> str:
    """The map of a partnership's members as SVG; empty if no place is known."""
    listed = partnerships.members(database, partnership_id)
    labels = regions.names_in_text(database)
    where = listed["valley_id"].fillna(listed["nuts_code"])
    points = pd.DataFrame(
        {
            "lon": listed["lon"],
            "lat": listed["lat"],
            "label": listed["member_name"],
            "leads": listed["role"] == "lead",
        }
    )
    areas = tuple(dict.fromkeys(id_ for id_ in where.dropna() if id_ in labels))
    return european_map.draw(database, points, areas, dark=dark)


def members_list(record: Mapping[str, Any], listed: pd.DataFrame) -> None:
    """The members of a partnership, as :func:`members_map` takes them, with roles and sources."""
    st.header("Members listed", anchor=False)
    st.caption(f"{wording.count(len(listed), 'member')} listed. {INCOMPLETE}")
    if listed.empty:
        return
    number, offset = page_number(len(listed), _MEMBERS)
    with listing.rows("members"):
        for member in listed.iloc[offset : offset + _MEMBERS].to_dict("records"):
            _member(member)
    pagination(number, len(listed), _MEMBERS)
    columns = listed.columns.drop(["org_name", "lon", "lat"])
    listing.downloads(f"members-{record['partnership_id']}", {"Members": lambda: listed[columns]})


def _member(member: Mapping[Hashable, Any]) -> None:
    country = member["country"]
    facts = [
        MEMBER_ROLES.label(member["role"]),
        COUNTRIES.label(country) if _has_text(country) else "several countries or not known",
        listing.source_link(member["source_url"]),
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if _has_text(member["org_name"]):
            st.page_link(
                ORGANISATION_PAGE,
                label=markdown(member["member_name"]),
                icon=":material/domain:",
                query_params={"org": member["org_id"]},
                help="Its page in the register",
            )
        else:
            st.markdown(markdown(member["member_name"]), width="content")
        st.markdown(" · ".join(filter(None, facts)), width="content")
        place = member["valley_id"] if _has_text(member["valley_id"]) else member["nuts_code"]
        if _has_text(place) and place in (names := ask(regions.labels)):
            st.page_link(
                REGION_PAGE,
                label=markdown(names[place]),
                icon=":material/location_on:",
                query_params={"region": place},
            )


def _period(record: Mapping[Any, Any]) -> str:
    start, end = record["start_date"], record["end_date"]
    return partial_dates.period(
        start if _has_text(start) else None, end if _has_text(end) else None
    )


def _has_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def links(rows: pd.DataFrame, *, members: bool = False) -> None:
    """Partnerships as links with their kind and period, in the container that is open.

    Parameters
    ----------
    rows : DataFrame
        As :func:`ecosystem.tables.partnerships.in_region` or ``of_organisation`` gives them.
    members : bool
        Whether to name the members that the rows are about.
    """
    with listing.rows("partnerships"):
        for row in rows.to_dict("records"):
            st.page_link(
                PARTNERSHIP_PAGE,
                label=markdown(row["name"]),
                icon=":material/handshake:",
                query_params={"id": str(row["partnership_id"])},
            )
            facts = [PARTNERSHIP_KINDS.label(row["kind"]), _period(row)]
            if "role" in row and row["role"] != "partner":
                facts.append(MEMBER_ROLES.inside(row["role"]))
            if members:
                facts.append(markdown(wording.join(list(row["members"]))))
            st.caption(" · ".join(facts))


def of_organisation(org_id: str) -> None:
    """Partnerships that list an organisation as a member; nothing if none does."""
    rows = ask(partnerships.of_organisation, org_id)
    if rows.empty:
        return
    st.header("Partnerships", anchor=False)
    links(rows)
