"""What changed in the register: the page of all of it, and an organisation's own part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.register_lists import register_lists
from ecosystem.common.vocabulary import CHANGES
from ecosystem.tables import history, organisations, regions, releases
from ecosystem.tables.history import Selection
from ecosystem.ui import state, tab_title
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.ui.organisation_list import page_number, pagination
from ecosystem.web.pages import NEWS_PAGE, ORGANISATION_PAGE

PER_PAGE = 50
_ICONS = {
    "added": ":material/add_circle:",
    "removed": ":material/do_not_disturb_on:",
    "closed": ":material/door_front:",
    "merged": ":material/merge:",
    "acquired": ":material/handshake:",
    "moved": ":material/moved_location:",
    "changed": ":material/edit:",
}


def whats_new() -> None:
    """All changes, release by release, with a choice of region and kind."""
    selection = _selection()
    if selection.region:
        tab_title.show(str(ask(history.region_name, selection.region)), "What's new")
    everything = ask(history.releases, Selection())
    if everything.empty:
        _nothing_yet()
        return
    _choices(selection)
    feed_link(selection.region)
    found = ask(history.releases, selection)
    if found.empty:
        st.info("No change matches this choice.", icon=":material/search_off:")
        st.button("Show all changes", key="all_changes", on_click=state.update, args=(_ALL,))
        return
    total = int(found["entries"].sum())
    number, offset = page_number(total, PER_PAGE)
    rows = ask(history.page, selection, limit=PER_PAGE, offset=offset)
    counts = found.set_index("release_id", drop=False).to_dict("index")
    for release_id, shown in rows.groupby("release_id", sort=False):
        _release(counts[release_id])
        _entries(shown)
    here = min(PER_PAGE, total - offset)
    st.caption(wording.span(offset, here, total, "entry", "entries"))
    pagination(number, total, PER_PAGE)


def of_organisation(org_id: str) -> None:
    """What happened to one organisation; nothing if nothing is known."""
    rows = ask(history.of_organisation, org_id)
    if rows.empty:
        return
    st.header("History", anchor=False)
    known = ask(history.names)
    for released_at, shown in rows.groupby("released_at", sort=False):
        st.markdown(f"**{_day(released_at)}**")
        st.markdown("\n".join(_line(row, known, org_id) for row in shown.to_dict("records")))


def record(org_id: str) -> dict[str, Any] | None:
    """The organisation of an identifier, or the one that it was merged into; else None."""
    found = ask(organisations.one, org_id)
    successor = None if found else ask(history.successor, org_id)
    return ask(organisations.one, successor) if successor else found


def merger_note(asked: str, record: Mapping[str, Any]) -> None:
    """Say so if the address names an organisation that is now part of another entry."""
    if record["org_id"] == asked:
        return
    st.info(
        f"The entry {markdown(asked)} was merged into {markdown(record['name'])}, "
        "which you see here.",
        icon=":material/merge:",
    )


def feed_link(region_id: str = "") -> None:
    """Link to the Atom feed of all changes, or of one region's."""
    st.link_button(
        "Follow as a feed (Atom)",
        f"feed/{region_id}.xml" if region_id else "feed.xml",
        icon=":material/rss_feed:",
        type="tertiary",
        help="Put this link into a feed reader to hear of changes.",
    )


def of_region(region_id: str) -> None:
    """Ways to the changes of one region: their page and their feed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            NEWS_PAGE,
            label="What's new here",
            icon=":material/update:",
            query_params={"region": region_id},
        )
        feed_link(region_id)


_ALL = {"region": None, "list": None, "kind": None, "page": None}


def _selection() -> Selection:
    region, resource, kind = map(state.get, ("region", "list", "kind"))
    place = ask(regions.place, region)
    return Selection(
        region=place.place_id if place else "",
        resource=resource if resource in register_lists() else "",
        kind=kind if kind in CHANGES else "",
    )


def _nothing_yet() -> None:
    story = ask(releases.story)
    if pd.isna(story["previous_id"]):
        st.info("This is the first release: nothing to compare with.", icon=":material/history:")
    else:
        st.info("Nothing in the register has changed since the release before.")
    feed_link()


def _choices(selection: Selection) -> None:
    options = dict(ask(regions.choices))
    if selection.region:  # of NUTS 3: too many to offer
        options.setdefault(selection.region, ask(regions.labels)[selection.region])
    left, middle, right = st.columns(3)
    left.selectbox(
        "Region or valley",
        list(options),
        format_func=options.__getitem__,
        key="news_region",
        placeholder="All of Europe",
        on_change=state.bind("region", "news_region", selection.region or None, resets=["page"]),
    )
    middle.selectbox(
        "List",
        list(register_lists()),
        format_func=history.list_title,
        key="news_list",
        placeholder="All lists",
        on_change=state.bind("list", "news_list", selection.resource or None, resets=["page"]),
    )
    right.selectbox(
        "Kind of change",
        list(CHANGES),
        format_func=CHANGES.label,
        key="news_kind",
        placeholder="All kinds",
        on_change=state.bind("kind", "news_kind", selection.kind or None, resets=["page"]),
    )


def _release(counts: Mapping[Any, Any]) -> None:
    st.header(f"{counts['released_at']:%-d %B %Y, %H:%M} UTC", anchor=False)
    st.markdown(" · ".join(history.counts(counts)))
    st.caption(f"Release {counts['release_id']}")


def _entries(rows: pd.DataFrame) -> None:
    """Changes of one release, each list under its name but for the organisations."""
    for resource, shown in rows.groupby("resource", sort=False):
        if resource != history.ORGANISATIONS:
            st.subheader(markdown(history.list_title(str(resource))), anchor=False)
        _entries_of_list(shown)


def _entries_of_list(rows: pd.DataFrame) -> None:
    known = ask(history.names)
    for (release_id, resource, row_id), shown in rows.groupby(
        ["release_id", "resource", "row_id"], sort=False
    ):
        first = shown.iloc[0]
        with st.container(gap=None, key=f"change_{release_id}_{resource}_{row_id}"):
            label = f"**{markdown(first['name'])}** · {CHANGES.inside(first['kind'])}"
            if first["exists"]:
                st.page_link(
                    ORGANISATION_PAGE,
                    label=label,
                    icon=_ICONS[first["kind"]],
                    query_params={"org": str(row_id)},
                )
            else:
                st.markdown(f"{_ICONS[first['kind']]} {label}")
            details = [row for row in shown.to_dict("records") if row["kind"] in _DETAILED]
            if details:
                st.markdown("\n".join(_line(row, known, str(row_id)) for row in details))


# What an entry's title doesn't say already.
_DETAILED = {"closed", "merged", "acquired", "moved", "changed"}


def _line(row: Mapping[Any, Any], known: Mapping[str, Mapping[str, str]], org_id: str) -> str:
    if row["kind"] == "merged" and row["row_id"] != org_id:
        return f"- {markdown(row['name'])} was merged into this entry"
    if row["kind"] == "acquired" and row["row_id"] != org_id:
        return f"- {markdown(row['name'])} was acquired by this organisation"
    line = history.in_words(row, known)
    if not line.new:
        return f"- {markdown(line.about)}"
    before = f"{markdown(line.old)} → " if line.old else ""
    return f"- {markdown(line.about)}: {before}**{markdown(line.new)}**"


def _day(moment: Any) -> str:
    return f"{moment:%-d %B %Y}"
