"""The list of organisations: beside the map as buttons, in the directory as rows or a table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from ecosystem.common import paging, wording
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, TYPES, inside
from ecosystem.drawing import type_marks
from ecosystem.finding import search
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations, regions
from ecosystem.ui import cards, drawn_once, made_in_europe, search_controls, shortlist, state
from ecosystem.ui.data import ask
from ecosystem.web.pages import COHORT_PAGE, ORGANISATION_PAGE, SUGGEST_PAGE

BESIDE_MAP = 12
IN_TABLE = 50
_SORT_LABELS = {
    organisations.RELEVANCE: "Relevance",
    organisations.DISTANCE: "Distance",
    "name": "Name",
    "type": "Type",
    "city": "Town",
    "country": "Country",
    "valley": "Valley",
    "founded": "Founded",
}
_COLUMNS = {
    "Organisation": st.column_config.TextColumn(width=300),
    "Type": st.column_config.TextColumn(width=130),
    "Country": st.column_config.TextColumn(width=120),
    "km": st.column_config.NumberColumn(format="%.0f", width=60),
    "Founded": st.column_config.NumberColumn(format="%d", width=70),
    "What it does": st.column_config.TextColumn(width=380),
}


def beside_map(filter_: Filter, total: int) -> None:
    """The same organisations as on the map, a page at a time; each opens its card.

    Below the card of a valley or region they are those in it.
    """
    within = _within_selection(filter_)
    if within != filter_:
        filter_, total = within, ask(organisations.summary, within).organisations
    if not total:
        return
    number, offset = page_number(total, BESIDE_MAP)
    sort = organisations.sorts(filter_)[0]
    found = ask(organisations.short_page, filter_, sort=sort, limit=BESIDE_MAP, offset=offset)
    st.caption(f"{wording.span(offset, len(found), total)}, by {inside(_SORT_LABELS[sort])}")
    cards.rows(found, "list")
    pagination(number, total, BESIDE_MAP)


def _within_selection(filter_: Filter) -> Filter:
    """The filter narrowed to the selected valley or region, unless it names others already."""
    kind, id_ = cards.selected_id()
    name = cards.NARROWING.get(kind)
    if name is None or getattr(filter_, name):
        return filter_
    return filter_.with_values(name, [id_])


def results(filter_: Filter, total: int) -> None:
    """The whole choice, as a list to read or as a table; sorted and cut into pages."""
    sort, descending = _sorting(filter_)
    view = state.get("view")
    as_table = view == "table"
    with st.container(key="list_controls", horizontal=True, vertical_alignment="bottom"):
        _sort_controls(filter_, sort, descending)
        _view_control(as_table)
    size = IN_TABLE if as_table else organisations.PER_PAGE
    number, offset = page_number(total, size)
    cut: dict[str, Any] = {"sort": sort, "descending": descending, "limit": size, "offset": offset}
    if as_table:
        found = ask(organisations.page, filter_, **cut)
        _table(found, f"table_{sort}_{descending}_{number}_{hash(filter_)}")
        st.caption(f"{wording.span(offset, len(found), total)}. Tick a row to open it.")
    else:
        entries = drawn_once.keep(_page_entries, filter_, cut, told_by=(filter_, cut))
        st.caption(wording.span(offset, len(entries), total))
        _rows(entries)
    pagination(number, total, size)


class _Entry(NamedTuple):
    """What a list says of an organisation, as Markdown."""

    org_id: str
    name: str
    text: str


def _page_entries(filter_: Filter, cut: Mapping[str, Any]) -> list[_Entry]:
    return _entries(ask(organisations.page, filter_, **cut), filter_)


def _entries(found: pd.DataFrame, filter_: Filter) -> list[_Entry]:
    """Organisations as :func:`ecosystem.tables.organisations.page` gives them, in words."""
    words = ask(search.reading, filter_.q).words if filter_.q else frozenset[str]()
    return [_entry(record, words) for record in found.to_dict("records")]


def _rows(entries: Sequence[_Entry]) -> None:
    """Organisations one below the other, what the search found in bold; each opens its page."""
    with st.container(key="results", gap="small"):
        for entry in entries:
            with st.container(border=True, gap="xxsmall"):
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.page_link(
                        ORGANISATION_PAGE,
                        label=f":primary[{entry.name}]",
                        query_params={"org": entry.org_id},
                        width="stretch",
                    )
                    shortlist.button(entry.org_id, "row")
                st.markdown(entry.text)


def suggest_missing() -> None:
    """The way to the form for what isn't in the list and should be."""
    st.page_link(
        SUGGEST_PAGE, label="Suggest an organisation that is missing", icon=":material/edit_note:"
    )


def closest_beside_map(filter_: Filter) -> None:
    """The same as :func:`closest`, as rows that open their cards."""
    found = ask(organisations.short_closest, filter_)
    if found:
        st.markdown("Closest, with some of the words:")
        cards.rows(found, "closest")


def closest(filter_: Filter) -> None:
    """Organisations that have some of a search's words, where none has all."""
    found = ask(organisations.closest, filter_)
    if len(found):
        st.header("Closest, with some of the words", anchor=False)
        _rows(_entries(found, filter_))


def _entry(record: Mapping[Hashable, Any], words: frozenset[str]) -> _Entry:
    former = record["former_names"]
    where = ", ".join((record["city"], COUNTRIES.label(record["country"])))
    type_ = search_controls.mark_words(TYPES.label(record["type"]), words)
    facts = [
        " ".join((type_marks.silent_image(record["type"]), type_)),
        search_controls.mark_words(where, words),
        _distance(record.get("km")),
        f"formerly {search_controls.mark_words(', '.join(former), words)}" if len(former) else "",
        made_in_europe.in_list(record),
    ]
    lines = [" · ".join(filter(None, facts))]
    if pd.notna(record["notes"]):
        lines.append(search_controls.mark_words(record["notes"], words))
    domains = " ".join(
        f":violet-badge[{search_controls.mark_words(DOMAINS.label(code), words)}]"
        for code in record["domains"]
    )
    return _Entry(
        str(record["org_id"]),
        search_controls.mark_words(record["name"], words),
        "  \n".join(filter(None, (*lines, domains))),
    )


def _distance(km: float | None) -> str:
    if km is None or pd.isna(km):
        return ""
    # Both ends are centres of towns.
    return f"about {wording.number(km)} km away" if km >= 1 else "in the same town"


def _table(found: pd.DataFrame, key: str) -> None:
    event = st.dataframe(
        _readable(found),
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        column_config=_COLUMNS,
        placeholder="",
        alt="Organisations with type, town, country, valley, founding year and what they do",
    )
    chosen = event["selection"]["rows"]
    if chosen:
        org_id = str(found["org_id"].iloc[chosen[0]])
        st.switch_page(ORGANISATION_PAGE, query_params={"org": org_id})


def _readable(found: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "Organisation": found["name"],
        "Type": found["type"].map(TYPES.label),
        "Town": found["city"],
        "Country": found["country"].map(COUNTRIES.label),
        "Valley": found["valley_id"].map(ask(regions.labels)),
        "Founded": found["founded"],
        "What it does": found["notes"],
    }
    if found["label_valid_until"].notna().any():
        words = [made_in_europe.status_words(row) for row in found.to_dict("records")]
        columns["Label"] = pd.Series(words, index=found.index)
    if "km" in found:
        columns = {"km": found["km"], **columns}
    return pd.DataFrame(columns)


def _sorting(filter_: Filter) -> tuple[str, bool]:
    possible = organisations.sorts(filter_)
    asked = state.get("sort")
    return (asked if asked in possible else possible[0]), state.get("order") == "desc"


def _sort_controls(filter_: Filter, sort: str, descending: bool) -> None:
    sorts = organisations.sorts(filter_)
    st.selectbox(
        "Sort by",
        sorts,
        format_func=_SORT_LABELS.__getitem__,
        key="sort",
        width=180,
        on_change=state.bind("sort", "sort", sort, default=sorts[0], resets=["page"]),
    )
    st.toggle(
        "Reverse",
        key="order",
        on_change=state.bind(
            "order", "order", descending, default=False, write=lambda _: "desc", resets=["page"]
        ),
    )


def _view_control(as_table: bool) -> None:
    view = "table" if as_table else "list"
    st.segmented_control(
        "Show as",
        ["list", "table"],
        format_func={"list": "List", "table": "Table"}.__getitem__,
        key="view",
        label_visibility="collapsed",
        required=True,
        on_change=state.bind("view", "view", view, default="list", resets=["page"]),
    )


def cohort_way(filter_: Filter) -> None:
    """Link to the cohort builder with the same filter."""
    st.page_link(
        COHORT_PAGE,
        label="Choose a cohort from these",
        icon=":material/groups:",
        query_params=filter_.to_params(),
    )


def page_number(total: int, size: int) -> tuple[int, int]:
    """The page that the address asks for, within what there is, and how many come before it."""
    return paging.turn(state.get("page", "1"), total, size)


def pagination(number: int, total: int, size: int) -> None:
    """Buttons to the other pages of a list, if it has any."""
    if total <= size:
        return
    key = f"page_{size}_{number}"
    st.pagination(
        -(-total // size),
        default=number,
        key=key,
        max_visible_pages=5,
        on_change=_turn,
        args=(key,),
    )


def _turn(key: str) -> None:
    number = st.session_state[key]
    state.update({"page": str(number) if number > 1 else None})
