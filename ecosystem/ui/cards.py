"""Cards beside the map: one organisation, one town, one valley, one region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import links, wording
from ecosystem.common.vocabulary import (
    COUNTRIES,
    DOMAINS,
    FUNCTIONS,
    SECTORS,
    TYPES,
    Vocabulary,
)
from ecosystem.drawing import type_marks
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage
from ecosystem.regional.profiles import LEVEL_NAMES
from ecosystem.regional.statistics import words
from ecosystem.tables import organisations, regions, valleys
from ecosystem.ui import (
    card_focus,
    figure,
    made_in_europe,
    organisation_facts,
    share,
    shortlist,
    state,
    tab_title,
)
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web import addresses
from ecosystem.web.pages import MAP_PAGE, ORGANISATION_PAGE, REGION_PAGE

# Kinds of selection that the list beside the map narrows to, each with the filter that does it.
_PAGE_BEFORE = "_page_before_narrowing"
_INHABITANTS = "{inhabitants} inhabitants on 1 January {year}"
_DENSITY = "{density} per million of {inhabitants} inhabitants on 1 January {year}"
NARROWING = {"valley": "valley", "region": "nuts"}


def select(kind: str, id_: str, *, by_map: bool = False) -> None:
    """Callback: put a selection into the address; an empty id takes it away.

    A list that narrows to what is selected begins at its first page; when that is closed, the
    list is again where it was. Any other stays where it is.
    """
    card_focus.count_choice(by_map=by_map)
    changes = {"selected": f"{kind}:{id_}" if id_ else None}
    narrows, narrowed = kind in NARROWING, selected_id()[0] in NARROWING
    if narrows and not narrowed:
        st.session_state[_PAGE_BEFORE] = state.filter_(), state.get("page")
    if narrows:
        changes["page"] = None
    elif narrowed:
        under, page = st.session_state.pop(_PAGE_BEFORE, (None, ""))
        changes["page"] = page if page and under == state.filter_() else None
    state.update(changes)


def selected_id() -> tuple[str, str]:
    """Kind and id of what the address selects; both empty if nothing."""
    kind, _, id_ = state.get("selected").partition(":")
    return (kind, id_) if id_ else ("", "")


def selection(filter_: Filter) -> None:
    """Card of what is selected; nothing if nothing is."""
    kind, id_ = selected_id()
    cards = {"org": _organisation, "place": _place, "valley": _valley, "region": _region}
    # Its place is kept while there is none, so that what follows stays the same to the browser.
    place = st.container()
    if kind in cards:
        with place.container(border=True, key="card"):
            cards[kind](id_, filter_)
    card_focus.follow(f"{kind}:{id_}" if kind in cards else "")


def _head(title: str) -> None:
    if not state.get("region"):
        # The page of a region is named by it, whatever is selected there.
        tab_title.show(title)
    with st.container(horizontal=True, vertical_alignment="top"):
        st.header(markdown(title), anchor=False)
        st.button(
            "Close",
            icon=":material/close:",
            type="tertiary",
            key="close_card",
            on_click=select,
            args=("", ""),
        )


def _say_unknown(said: str) -> None:
    _head("Not found")
    st.write(said)


def _organisation(org_id: str, filter_: Filter) -> None:
    record = ask(organisations.one, org_id)
    if record is None:
        _say_unknown("This organisation is not in the current release.")
        return
    _head(record["name"])
    st.page_link(
        ORGANISATION_PAGE,
        label="Open its page",
        icon=":material/arrow_forward:",
        query_params={"org": org_id},
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        shortlist.button(org_id, "card")
        share.button(addresses.profile(state.site(), org_id), record["name"], "card")
    st.markdown(organisation_facts.kind(record))
    made_in_europe.badge(record)
    organisation_facts.fate(record)
    if record["notes"]:
        st.markdown(markdown(record["notes"]))
    names = ask(regions.labels)
    where = [record["city"], names.get(record["nuts2"]), COUNTRIES.label(record["country"])]
    st.markdown(":material/location_on: " + markdown(", ".join(w for w in where if w)))
    if record["valley_name"]:
        st.page_link(
            MAP_PAGE,
            label=f"Valley: {markdown(names[record['valley_id']])}",
            icon=":material/hub:",
            query_params={"selected": f"valley:{record['valley_id']}"},
        )
    _chips("JRC domains", record["domains"], DOMAINS)
    _chips("NIST CSF 1.1 functions", record["functions"], FUNCTIONS)
    _chips("Sectors", record["sectors"], SECTORS)
    organisation_facts.sources(record)


def _chips(title: str, codes: Sequence[str], vocabulary: Vocabulary) -> None:
    if len(codes):
        chips = " ".join(f":violet-badge[{vocabulary.label(code)}]" for code in codes)
        st.markdown(f"{title}  \n{chips}")


def _place(place_id: str, filter_: Filter) -> None:
    found = ask(organisations.in_place, filter_, place_id)
    if found.empty:
        _head(figure.nothing("No organisation here", "No organisation here under these filters"))
        return
    town = f"{found['city'].mode().iloc[0]}, {COUNTRIES.label(found['country'].iloc[0])}"
    _head(town)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(wording.count(len(found), "organisation"), width="content")
        share.button(state.address(), town, "card")
    with st.container(height=360 if len(found) > 8 else "content", border=False):
        rows(organisations.in_short(found), "place")


def rows(found: Sequence[Mapping[str, Any]], key: str) -> None:
    """Organisations as a list of buttons, each of which opens its card.

    Parameters
    ----------
    found : sequence of mapping
        As :func:`ecosystem.tables.organisations.in_short` gives them.
    key : str
        Tells the lists of a page apart.
    """
    with st.container(key="organisations" if key == "list" else f"organisations_{key}", gap=None):
        for row in found:
            st.button(
                f"{type_marks.spoken_image(row['type'])} {markdown(row['name'])} · "
                f"{markdown(row['city'])}{made_in_europe.mark(row)}",
                key=f"{key}_{row['org_id']}",
                type="tertiary",
                help=made_in_europe.with_label(TYPES.label(row["type"]), row),
                on_click=select,
                args=("org", row["org_id"]),
            )


def _counted_elsewhere(region_id: str) -> None:
    """What others count of the same territory, since the register is a sample."""
    for text in list(ask(coverage.spans, [region_id])["text"]) or [coverage.UNCOUNTED]:
        st.markdown(f":material/groups: {markdown(text)}")


def _open_region(region_id: str, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(
            REGION_PAGE,
            label="Open the region's page",
            icon=":material/arrow_forward:",
            query_params={"region": region_id},
        )
        share.button(addresses.region(state.site(), region_id), name, "card")


def _valley(valley_id: str, filter_: Filter) -> None:
    record = ask(valleys.one, valley_id)
    if record is None:
        _say_unknown("This valley is not in the current release.")
        return
    _head(ask(regions.labels)[valley_id])
    _open_region(valley_id, ask(regions.labels)[valley_id])
    if record["summary"]:
        st.markdown(markdown(record["summary"]))
    counts = ask(valleys.type_counts, filter_, valley_id)
    total = sum(counts.values())
    by_type = ", ".join(f"{n:,} {TYPES[code].label}" for code, n in counts.items())
    n = wording.count(total, "organisation")
    said = f"**{n}** in the register"
    st.markdown(f"{said}: {by_type}" if by_type else said)
    _counted_elsewhere(valley_id)
    if record["coordinator"]:
        st.markdown(f"Coordinated by **{markdown(record['coordinator'])}**")
    if len(record["s3_priorities"]):
        priorities = "; ".join(markdown(p) for p in record["s3_priorities"])
        st.markdown(f"Smart-specialisation priorities: {priorities}")
    website = links.web_address(record["website"])
    with st.container(horizontal=True):
        if filter_.valley != (valley_id,):
            st.button(
                "Only this valley",
                icon=":material/filter_alt:",
                key="only_valley",
                on_click=state.set_filter,
                args=(filter_.with_values("valley", [valley_id]),),
            )
        if website:
            st.link_button(markdown(links.host(website)), website, icon=":material/language:")


def _region(nuts_id: str, filter_: Filter) -> None:
    record = ask(regions.one, nuts_id)
    if record is None:
        _say_unknown("This region is not in the current release.")
        return
    level, name = f"nuts{record['level']}", ask(regions.labels)[nuts_id]
    n = int(ask(regions.organisation_counts, filter_, level)[nuts_id])
    people = ask(regions.population, level).loc[nuts_id]
    _head(name)
    st.caption(f"{LEVEL_NAMES[level]} {nuts_id} · {COUNTRIES.label(record['country'])}")
    _open_region(nuts_id, name)
    is_collected = nuts_id in ask(regions.collected_ids)
    if is_collected:
        st.markdown(f"**{wording.count(n, 'organisation')}** in the register")
    else:
        st.markdown(markdown(words.not_collected(ask(regions.names_in_text)[nuts_id])))
    _counted_elsewhere(nuts_id)
    if pd.isna(people["inhabitants"]):
        st.caption("Eurostat has no population figure for this region here.")
    else:
        said = _DENSITY if is_collected else _INHABITANTS
        st.markdown(
            said.format(
                density=wording.number(1e6 * n / people["inhabitants"], 1),
                inhabitants=wording.number(people["inhabitants"]),
                year=wording.year(people["year"]),
            )
        )
        if in_part := ask(coverage.collected_in_part, nuts_id):
            st.caption(markdown(in_part))
        st.caption("Source: Eurostat, table demo_r_d2jan.")
    if filter_.nuts != (nuts_id,):
        st.button(
            "Only this region",
            icon=":material/filter_alt:",
            key="only_region",
            on_click=state.set_filter,
            args=(filter_.with_values("nuts", [nuts_id]),),
        )
