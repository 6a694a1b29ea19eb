"""A visitor's shortlist: organisations ticked on any page, side by side, to take away.

The visitor's browser keeps it, and an address can hold one to pass on; the server keeps none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import brief
from ecosystem.common import links, wording
from ecosystem.common.store import ReleaseError
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS, SECTORS, TYPES, Vocabulary
from ecosystem.finding.filters import MAX_VALUES, Filter
from ecosystem.matching.register import COMPANY
from ecosystem.tables import history, life, organisations, regions
from ecosystem.ui import downloads, share, state
from ecosystem.ui.browser_lists import BrowserList
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import (
    COHORT_PAGE,
    DAY_PAGE,
    DIRECTORY_PAGE,
    MAP_PAGE,
    MATCHING_PAGE,
    ORGANISATION_PAGE,
    SHORTLIST_PAGE,
)

# Not the filter's own parameter, which would go along to the pages that filter.
_PARAM = "list"
# More columns than this can't be read side by side.
SIDE_BY_SIDE = 6


def _find(org_ids: list[str]) -> Mapping[str, str]:
    try:
        return ask(history.current_ids, org_ids)
    except ReleaseError:
        # The page says so; what can't be looked up isn't gone.
        return {org_id: org_id for org_id in org_ids}


SHORTLIST = BrowserList("shortlist", re.compile(r"[a-z]{2}-[a-z0-9-]{1,257}"), MAX_VALUES, _find)


def ids() -> list[str]:
    """Identifiers on the shortlist, in the order in which they were ticked."""
    return SHORTLIST.items()


def button(org_id: str, key: str) -> None:
    """Button that puts an organisation on the shortlist, or takes it off."""
    listed = org_id in ids()
    full = len(ids()) >= MAX_VALUES and not listed
    st.button(
        "On your shortlist" if listed else "Add to shortlist",
        icon=":material/bookmark_added:" if listed else ":material/bookmark_add:",
        key=f"shortlist_{key}_{org_id}",
        disabled=full,
        help=f"A shortlist holds {MAX_VALUES} organisations" if full else None,
        on_click=_toggle,
        args=(org_id,),
    )


def link() -> None:
    """Link to the shortlist's page for the header; nothing while it is empty."""
    chosen = ids()
    if chosen:
        st.page_link(SHORTLIST_PAGE, label=f"Shortlist ({len(chosen)})")


def content() -> Filter:
    """What the page shows: the organisations in the address, or else the visitor's own list."""
    asked = state.params().get(_PARAM) or ids()
    return Filter.from_params({"orgs": asked})


def page(filter_: Filter) -> None:
    """The shortlist: side by side, with its downloads."""
    found = ask(organisations.everything, filter_) if filter_.orgs else pd.DataFrame()
    ended = ask(life.ended, list(filter_.orgs))
    for org_id, name in ended.items():
        st.info(f"{markdown(name)} has closed or merged.", icon=":material/door_front:")
        st.page_link(
            ORGANISATION_PAGE,
            label="What became of it",
            icon=":material/arrow_forward:",
            query_params={"org": org_id},
        )
    missing = len(filter_.orgs) - len(found) - len(ended)
    if missing:
        st.info(f"{wording.count(missing, 'organisation')} of this list can't be found any more.")
    _say_whose(list(filter_.orgs))
    if found.empty:
        st.info(
            "Your shortlist is empty. “Add to shortlist” is beside every organisation in the "
            "directory and on its page."
        )
        st.page_link(DIRECTORY_PAGE, label="Open the directory", icon=":material/list:")
        return
    here = list(found["org_id"])
    address = state.address({_PARAM: here})
    _actions(filter_, here, address)
    _table(found)
    _entries(found)
    st.header("Take it with you", anchor=False)
    with st.container(horizontal=True):
        st.download_button(
            "PDF",
            data=partial(brief.collection_pdf, database(), filter_, address),
            file_name="cyber-valleys-shortlist.pdf",
            mime="application/pdf",
            icon=":material/picture_as_pdf:",
            on_click="ignore",
        )
        downloads.downloads(filter_, len(found), "shortlist", address)
    st.caption(
        "This browser keeps your shortlist, in all of its tabs; the server keeps none. "
        "“Pass it on” gives an address that holds the list."
    )


def _say_whose(here: list[str]) -> None:
    """Say that a list came with the address, where the visitor has one of their own."""
    own = ids()
    if own and set(here) != set(own):
        st.info(
            "This list came with the address. Your own shortlist has "
            f"{wording.count(len(own), 'organisation')}.",
            icon=":material/link:",
        )
        st.page_link(SHORTLIST_PAGE, label="Show my own", icon=":material/bookmarks:")


def _actions(filter_: Filter, here: list[str], address: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            MAP_PAGE,
            label="Show on the map",
            icon=":material/map:",
            query_params=filter_.to_params(),
        )
        st.page_link(
            DAY_PAGE,
            label="Plan an investor day",
            icon=":material/event_seat:",
            query_params={_PARAM: here},
        )
        st.page_link(
            COHORT_PAGE,
            label="Choose a cohort",
            icon=":material/groups:",
            query_params={_PARAM: here},
        )
        share.button(address, "Shortlist", "shortlist")
        _pass_on(address)
        own = ids()
        if set(here) - set(own):
            st.button(
                "Keep as my shortlist",
                icon=":material/bookmark_added:",
                help="In place of your own" if own else None,
                on_click=_replace,
                args=(here,),
            )
        if set(here) - set(own) and own and len(set(here) | set(own)) <= MAX_VALUES:
            st.button(
                "Add to mine",
                icon=":material/bookmark_add:",
                on_click=_replace,
                args=([*own, *here],),
            )
        if set(here) == set(own):
            st.button("Empty the list", icon=":material/delete:", on_click=_replace, args=([],))


def _pass_on(address: str) -> None:
    """The address that holds a list, to copy."""
    with st.popover("Pass it on", icon=":material/share:"):
        st.markdown("This address holds the list, for a colleague or as a bookmark.")
        st.code(address, language=None, wrap_lines=True)


def _table(found: pd.DataFrame) -> None:
    columns = {
        "Type": found["type"].map(TYPES.label),
        "Town": found["city"],
        "Country": found["country"].map(COUNTRIES.label),
        "Valley": found["valley_id"].map(ask(regions.labels)).fillna(wording.DASH),
        "Founded": found["founded"].map(wording.year),
        "JRC domains": found["domains"].map(lambda codes: _words(codes, DOMAINS)),
        "NIST CSF 1.1 functions": found["functions"].map(lambda codes: _words(codes, FUNCTIONS)),
        "Sectors": found["sectors"].map(lambda codes: _words(codes, SECTORS)),
        "Website": found["website"].map(_host),
        "Notes": found["notes"].fillna(wording.DASH),
    }
    table = pd.DataFrame(columns)
    if len(found) <= SIDE_BY_SIDE:
        st.table(_side_by_side(table, found["name"]), hide_index=True)
    else:
        table.insert(0, "Name", found["name"])
        st.dataframe(table, hide_index=True, alt="Organisations of the shortlist")


def _side_by_side(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """A column for each organisation, all Markdown: a table's headings are rendered too."""
    # Names may be equal, column names may not: a space that nobody sees tells them apart.
    again = names.groupby(names).cumcount()
    headings = [markdown(name) + "\u2009" * n for name, n in zip(names, again, strict=True)]
    columns = table.set_axis(headings, axis=0).T.map(markdown)
    # As a column, since Streamlit gives an index a heading cell without a word.
    columns.insert(0, "Organisation", [f"**{aspect}**" for aspect in columns.index])
    return columns


def _entries(found: pd.DataFrame) -> None:
    with st.container(gap=None):
        for row in found.to_dict("records"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.page_link(
                    ORGANISATION_PAGE,
                    label=markdown(row["name"]),
                    icon=":material/domain:",
                    query_params={"org": row["org_id"]},
                )
                if row["type"] == COMPANY:
                    st.page_link(
                        MATCHING_PAGE,
                        label="Investors that fit",
                        icon=":material/join_inner:",
                        query_params={"org": row["org_id"]},
                    )
                st.button(
                    "Remove",
                    icon=":material/close:",
                    type="tertiary",
                    key=f"remove_{row['org_id']}",
                    on_click=_remove,
                    args=(row["org_id"],),
                )


def _toggle(org_id: str) -> None:
    listed = ids()
    if org_id in listed:
        listed.remove(org_id)
    else:
        if not listed:
            st.toast(
                "This browser keeps your shortlist, in all of its tabs, until you empty it.",
                icon=":material/bookmark_added:",
                duration="long",
            )
        listed.append(org_id)
    SHORTLIST.replace(listed)


def _remove(org_id: str) -> None:
    SHORTLIST.replace(id_ for id_ in ids() if id_ != org_id)
    if _PARAM in state.params():
        state.update({_PARAM: [id_ for id_ in content().orgs if id_ != org_id]})


def _replace(org_ids: list[str]) -> None:
    SHORTLIST.replace(org_ids)
    state.update({_PARAM: None})


def _words(codes: Any, vocabulary: Vocabulary) -> str:
    return ", ".join(vocabulary.label(code) for code in codes) or wording.DASH


def _host(website: object) -> str:
    address = links.web_address(website)
    return links.host(address) if address else wording.DASH
