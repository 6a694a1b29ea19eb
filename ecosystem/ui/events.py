"""Events as far as public pages say: to narrow, to subscribe to and to take away."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import partial_dates, wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, EVENT_KINDS
from ecosystem.drawing import charts, european_map
from ecosystem.finding.made_in_europe import today
from ecosystem.plain import connected
from ecosystem.tables import events
from ecosystem.ui import found_line, listing, outcomes, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.ui.figure import figure
from ecosystem.ui.theme import is_dark
from ecosystem.web.pages import EVENTS_PAGE

PER_PAGE = 20
_PUBLISHED = (
    "Of {n} of them a page publishes the number of SMEs, investors or B2B meetings, mostly "
    "rounded: the notes say “about” or “over” where the page does."
)
_NONE_PUBLISHED = "Of none of them a page publishes the number of SMEs, investors or B2B meetings."
_EMPTY = listing.Empty(
    "There are no events for which all of this holds.",
    "The register lists no events yet.",
)
_LEFT_OUT = "Left out, since no event has it: {values}."
_PARAMS = ("kind", "year", "country")
# Their titles in a table, in the order of their columns.
_TITLES = {"name": "Event", "kind": "Kind", "when": "When", "where": "Where"}


def page() -> None:
    """The events that the address asks for: one, or those that its choices leave."""
    asked = state.get("id")
    everything = ask(events.selection)
    if asked:
        _one(everything[everything["event_id"] == asked])
        return
    st.markdown(
        "Investor days, interregional events, workshops and conferences, as public pages "
        "announced or reported them. The list is a sample: not every event of the years is in it."
    )
    _subscribe(everything)
    found = _narrowed()
    if found.empty:
        listing.nothing_found(_EMPTY, _PARAMS, is_any=not everything.empty)
        return
    _summary(found)
    _timeline(found)
    _map(found)
    _list(found)
    outcomes.overall()


def _one(found: pd.DataFrame) -> None:
    if found.empty:
        st.info(connected.NO_EVENT, icon=":material/search_off:")
    for record in found.to_dict("records"):
        with st.container(border=True, gap="xxsmall"):
            _entry(record)
        outcomes.of_event(str(record["event_id"]))
    st.page_link(EVENTS_PAGE, label="All events", icon=":material/event:")


def _subscribe(everything: pd.DataFrame) -> None:
    without = len(everything) - int(everything["is_day_known"].sum())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            "Subscribe to the calendar",
            "events.ics",
            icon=":material/calendar_add_on:",
            type="tertiary",
            help="Put this link into a calendar program to have the events in it, always current.",
        )
        if without:
            st.caption(
                f"The calendar leaves out {wording.count(without, 'event')} of which only a month "
                "or year is published, or nothing; a file of its own covers all days possible."
            )


def _narrowed() -> pd.DataFrame:
    there = ask(events.choices)
    columns = st.columns(3)
    with columns[0]:
        kinds = listing.labels_of(EVENT_KINDS, there.kinds)
        kind = listing.several("kind", "Kind", kinds)
    with columns[1]:
        year = listing.year(
            "year", "Year", there.years, "An event counts in each year that it touches."
        )
    with columns[2]:
        countries = listing.names(there.countries, COUNTRIES.labels())
        country = listing.several("country", "Country", countries)
    listing.left_out(
        _LEFT_OUT,
        {
            "kind": (EVENT_KINDS.name, kind),
            "year": ("Year", [str(year)]),
            "country": ("Country", country),
        },
    )
    return ask(events.selection, kinds=kind, year=year, countries=country)


def _summary(found: pd.DataFrame) -> None:
    day = today()
    past = sum(events.is_past(last, day) for last in found["last"])
    coming = sum(events.is_coming(first, day) for first in found["first"])
    parts = [f"**{wording.count(len(found), 'event')}**", f"{past:,} past", f"{coming:,} coming"]
    if rest := len(found) - past - coming:
        parts.append(f"{rest:,} running, or without a date that tells")
    found_line.show(" · ".join(parts))
    published = int(found[list(events.FIGURES)].notna().any(axis=1).sum())
    says = _PUBLISHED if published else _NONE_PUBLISHED
    st.caption(
        f"{says.format(n=wording.number(published))} Where none is published, that isn't zero."
    )


def _timeline(found: pd.DataFrame) -> None:
    dated = found.dropna(subset=["first"])
    rows = [
        {
            "name": str(record["name"]),
            "kind": EVENT_KINDS.label(record["kind"]),
            "when": _when(record),
            "where": _where(record) or "Not known",
            "first": record["first"].isoformat(),
            "last": record["last"].isoformat(),
            "day": "yes" if record["is_day_known"] else "no",
        }
        for record in dated.to_dict("records")
    ]
    shown = {row["kind"] for row in rows}
    kinds = [label for label in EVENT_KINDS.labels().values() if label in shown]
    figure(
        "Timeline",
        charts.timeline(rows, kinds, dark=is_dark()),
        pd.DataFrame(rows, columns=list(_TITLES)).rename(columns=_TITLES),
        "A dot is an event whose day is known; a bar covers all days that are possible where only "
        "the month or year is published. Source: the pages named with each event.",
        "api/collections/events/items",
    )


def _map(found: pd.DataFrame) -> None:
    placed = found.dropna(subset=["lon", "lat"])
    if not placed.empty:
        st.header("Where", anchor=False)
        ids = tuple(placed["event_id"])
        drawn = ask(_drawn, ids, today(), dark=is_dark())
        if drawn:
            st.image(drawn, width=720, alt="Map of Europe with the towns of the events below.")
            st.caption(
                "A dot is a town with events; +2 says that two more took place there. It is full "
                "where an event is still to come. The list below has the same."
            )
    if without := len(found) - len(placed):
        st.caption(
            f"Not on the map: {wording.count(without, 'event')} whose town isn't known, or that "
            "had none."
        )


def _drawn(database: Database, ids: tuple[str, ...], day: date, *, dark: bool) -> str:
    """Map of the towns of events as SVG; empty if none is in Europe."""
    found = events.selection(database)
    here = found[found["event_id"].isin(ids)]
    points = pd.DataFrame(
        {
            "lon": here["lon"],
            "lat": here["lat"],
            "label": here["city"].fillna(""),
            "leads": [events.is_coming(first, day) for first in here["first"]],
        }
    )
    return european_map.draw(database, points, (), dark=dark)


def _list(found: pd.DataFrame) -> None:
    st.header("List", anchor=False)
    listing.cards(found, PER_PAGE, _entry)
    columns = found.columns.drop(["first", "last", "is_day_known"])
    listing.downloads("events", {"Events": lambda: found[columns]})


def _entry(record: Mapping[Hashable, Any]) -> None:
    st.markdown(f"**{markdown(record['name'])}**")
    facts = [EVENT_KINDS.label(record["kind"]), _when(record), _tense(record)]
    st.markdown(" · ".join([*facts, markdown(_where(record) or "Place not known")]))
    if isinstance(record["organiser"], str):
        st.markdown(f"Organised by {markdown(record['organiser'])}")
    figures = [
        f"{says} {record[column]:,}" if pd.notna(record[column]) else f"{says} not published"
        for column, says in events.FIGURES.items()
    ]
    st.caption(" · ".join(figures))
    if isinstance(record["notes"], str):
        st.markdown(markdown(record["notes"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        if record["first"] is not None:
            st.link_button(
                "Calendar file",
                f"events/{record['event_id']}.ics",
                icon=":material/event:",
                type="tertiary",
            )
        st.markdown(listing.source_link(record["source_url"]))


def _when(record: Mapping[Any, Any]) -> str:
    start, end = (
        text if isinstance(text, str) and text else None
        for text in (record["start_date"], record["end_date"])
    )
    return partial_dates.of_event(start, end)


def _where(record: Mapping[Any, Any]) -> str:
    country = record["country"]
    known = [record["city"], COUNTRIES.label(country) if isinstance(country, str) else None]
    return ", ".join(text for text in known if isinstance(text, str) and text)


def _tense(record: Mapping[Any, Any]) -> str:
    if events.is_coming(record["first"], today()):
        return "**coming**"
    if events.is_past(record["last"], today()):
        return "past"
    if record["first"] is None:
        return "past or coming not known"
    return "**running**" if record["is_day_known"] else "past or coming depends on the day"
