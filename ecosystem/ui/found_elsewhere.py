"""What a search finds besides organisations, in groups that lead to the pages and lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ecosystem import asked_lists, site_search
from ecosystem.asked_lists import AskedList
from ecosystem.common import wording
from ecosystem.common.vocabulary import inside
from ecosystem.finding.filters import Filter
from ecosystem.site_search import Entry, Group, Kind
from ecosystem.ui import listing, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import (
    EVENTS_PAGE,
    INVESTOR_PAGE,
    INVESTORS_PAGE,
    LIBRARY_PAGE,
    NETWORK_PAGE,
    PARTNERSHIP_PAGE,
    PARTNERSHIPS_PAGE,
    PRACTICE_PAGE,
    PRACTICES_PAGE,
    PROGRAMME_PAGE,
    REGION_PAGE,
)

_EACH = 3


@dataclass(frozen=True)
class _Place:
    """Where the entries of a kind are.

    Attributes
    ----------
    plural, icon : str
        What they are called and shown with.
    page : str
        The page of one.
    params : callable
        Its parameters there.
    list_page : str
        The page that lists all that are found; empty if there is none.
    list_params : dict
        Its parameters besides the words.
    """

    plural: str
    icon: str
    page: str
    params: Callable[[Entry], dict[str, str]]
    list_page: str = ""
    list_params: tuple[tuple[str, str], ...] = ()


_PLACES = {
    Kind.REGION: _Place(
        "Regions", ":material/location_on:", REGION_PAGE, lambda entry: {"region": entry.id}
    ),
    Kind.PARTNERSHIP: _Place(
        "Partnerships",
        ":material/handshake:",
        PARTNERSHIP_PAGE,
        lambda entry: {"id": entry.id},
        PARTNERSHIPS_PAGE,
    ),
    Kind.PRACTICE: _Place(
        "Practices",
        ":material/lightbulb:",
        PRACTICE_PAGE,
        lambda entry: {"id": entry.id},
        PRACTICES_PAGE,
    ),
    Kind.INVESTOR: _Place(
        "Investors",
        ":material/savings:",
        INVESTOR_PAGE,
        lambda entry: {"id": entry.id},
        INVESTORS_PAGE,
    ),
    Kind.PROGRAMME: _Place(
        "Programmes",
        ":material/rocket_launch:",
        PROGRAMME_PAGE,
        lambda entry: {listing.WORDS: entry.name},
        PROGRAMME_PAGE,
    ),
    Kind.NETWORK_ENTITY: _Place(
        "Bodies of the network",
        ":material/lan:",
        NETWORK_PAGE,
        lambda entry: {"show": "bodies", "words": entry.name},
        NETWORK_PAGE,
        (("show", "bodies"),),
    ),
    Kind.EVENT: _Place(
        "Events",
        ":material/event:",
        EVENTS_PAGE,
        lambda entry: {"id": entry.id},
    ),
    Kind.DOCUMENT: _Place(
        "Documents",
        ":material/description:",
        LIBRARY_PAGE,
        lambda entry: {"id": entry.id},
        LIBRARY_PAGE,
    ),
}


# What a link to a list says: where it has none under the conditions, where it has some, all of it.
_NONE = "Looking for {what}? None {conditions}; all of the register"
_SOME = "Looking for {what}? {list} {conditions}"
_ALL = "Looking for {what}? {list}"


def address(entry: Entry) -> tuple[str, dict[str, str]]:
    """Page of an entry and its parameters there."""
    place = _PLACES[entry.kind]
    return place.page, place.params(entry)


def lists_asked_for() -> None:
    """Lead to each other list that the search asks for, narrowed as its page can be."""
    for asked in ask(asked_lists.asked_lists, state.search_text()):
        plural, conditions = _PLACES[asked.kind].plural, _conditions(asked)
        data = {"what": inside(plural), "conditions": conditions}
        if not asked.total and asked.is_narrowed:
            _list_link(ask(asked_lists.whole, asked), _NONE.format(**data))
        else:
            _list_link(asked, (_SOME if conditions else _ALL).format(**data, list=plural))


def _conditions(asked: AskedList) -> str:
    """What the list is narrowed to, as a list of conditions; empty for all of it."""
    where = ask(asked_lists.where, asked)
    parts = {
        "about “{}”": markdown(asked.words),
        "in {}": markdown(where),
        "of {}": str(asked.year or ""),
    }
    return " ".join(condition.format(value) for condition, value in parts.items() if value)


def _list_link(asked: AskedList, label: str) -> None:
    place = _PLACES[asked.kind]
    given = {
        "country": asked.country,
        "valley": asked.valley,
        listing.WORDS: asked.words,
        "year": str(asked.year or ""),
    }
    st.page_link(
        place.list_page or place.page,
        label=f"{label} ({wording.number(asked.total)})",
        icon=place.icon,
        query_params={**{k: v for k, v in given.items() if v}, **dict(place.list_params)},
    )


def counts(filter_: Filter) -> None:
    """One line above the organisations that says what else was found; nothing without a search."""
    found = _found(filter_)
    if not found:
        return
    with st.container(
        key="found_counts", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.markdown("Also found, below:", width="content")
        said = [f"{_PLACES[kind].plural} ({group.total:,})" for kind, group in found.items()]
        st.markdown(" · ".join(said), width="content")


def groups(filter_: Filter) -> None:
    """The first of each kind, with the way to all of them; nothing without a search."""
    found = _found(filter_)
    if not found:
        return
    st.header("Besides organisations", anchor=False)
    others = [name for name in filter_.active() if name not in ("q", "near", "km")]
    if others:
        st.caption("The filters of organisations don't narrow these.")
    for kind, group in found.items():
        _group(kind, group)


def _found(filter_: Filter) -> dict[Kind, Group]:
    text = state.search_text()
    if not filter_.q or not text:
        return {}
    found: dict[Kind, Group] = ask(site_search.find, text, _EACH)
    return found


def _group(kind: Kind, group: Group) -> None:
    place = _PLACES[kind]
    with listing.rows(f"found_{kind}"):
        st.markdown(f"**{place.plural}**")
        for entry in group.entries:
            page, params = address(entry)
            st.page_link(
                page,
                label=f"{markdown(entry.name)} · {markdown(entry.what)}",
                icon=place.icon,
                query_params=params,
            )
        more = group.total - len(group.entries)
        if more and place.list_page:
            words = {listing.WORDS: state.search_text(), **dict(place.list_params)}
            st.page_link(
                place.list_page,
                label=f"All {wording.number(group.total)} in the list",
                icon=":material/arrow_forward:",
                query_params=words,
            )
        elif more:
            st.caption(f"{wording.number(more)} more; a longer search narrows them.")
