"""The list of organisations: beside the map as buttons, in the directory as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecosystem import organisations
from ecosystem.filters import Filter
from ecosystem.ui import cards, state
from ecosystem.ui.data import ask
from ecosystem.ui.navigation import ORGANISATION_PAGE
from ecosystem.vocabulary import COUNTRIES, TYPES

BESIDE_MAP = 12
IN_TABLE = 50
# Column of the table -> what the list is sorted by when its header is clicked.
_SORT_OF_COLUMN = {
    "Organisation": "name",
    "Type": "type",
    "Town": "city",
    "Country": "country",
    "Valley": "valley",
    "Founded": "founded",
}


_COLUMNS = {
    "Organisation": st.column_config.TextColumn(width=300),
    "Type": st.column_config.TextColumn(width=130),
    "Country": st.column_config.TextColumn(width=120),
    "Founded": st.column_config.NumberColumn(format="%d", width=70),
    "What it does": st.column_config.TextColumn(width=380),
}


def beside_map(filter_: Filter, total: int) -> None:
    """The same organisations as on the map, a page at a time; each opens its card."""
    number, offset = _page_number(total, BESIDE_MAP)
    found = ask(organisations.page, filter_, limit=BESIDE_MAP, offset=offset)
    st.caption(f"{offset + 1:,} to {offset + len(found):,} of {total:,}, by name")
    cards.rows(found, "list")
    _pagination(number, total, BESIDE_MAP)


def table(filter_: Filter, total: int) -> None:
    """The whole choice as a table, sorted and cut into pages by the database."""
    number, offset = _page_number(total, IN_TABLE)
    sort, descending = _sorting()
    found = ask(
        organisations.page,
        filter_,
        sort=sort,
        descending=descending,
        limit=IN_TABLE,
        offset=offset,
    )
    _sort_controls(sort, descending)
    event = st.dataframe(
        _readable(found),
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        key=f"table_{sort}_{descending}_{number}_{hash(filter_)}",
        column_config=_COLUMNS,
        placeholder="",
    )
    chosen = event["selection"]["rows"]
    if chosen:
        org_id = str(found["org_id"].iloc[chosen[0]])
        st.switch_page(ORGANISATION_PAGE, query_params={"org": org_id})
    st.caption(f"{offset + 1:,} to {offset + len(found):,} of {total:,}. Tick a row to open it.")
    _pagination(number, total, IN_TABLE)


def _readable(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Organisation": found["name"],
            "Type": found["type"].map(TYPES.label),
            "Town": found["city"],
            "Country": found["country"].map(COUNTRIES.label),
            "Valley": found["valley_name"],
            "Founded": found["founded"],
            "What it does": found["notes"],
        }
    )


def _sorting() -> tuple[str, bool]:
    sort = state.get("sort", "name")
    return (sort if sort in organisations.SORTS else "name"), state.get("order") == "desc"


def _sort_controls(sort: str, descending: bool) -> None:
    by_sort = {sort: column for column, sort in _SORT_OF_COLUMN.items()}
    st.session_state["sort"], st.session_state["order"] = sort, descending
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Sort by",
            list(by_sort),
            format_func=lambda code: by_sort[code],
            key="sort",
            width=220,
            on_change=_sorted,
        )
        st.toggle("Descending", key="order", on_change=_sorted)


def _sorted() -> None:
    state.update(
        {
            "sort": None if st.session_state["sort"] == "name" else st.session_state["sort"],
            "order": "desc" if st.session_state["order"] else None,
            "page": None,
        }
    )


def _page_number(total: int, size: int) -> tuple[int, int]:
    last = max(1, -(-total // size))
    asked = state.get("page", "1")[:9]
    number = min(max(int(asked) if asked.isascii() and asked.isdigit() else 1, 1), last)
    return number, (number - 1) * size


def _pagination(number: int, total: int, size: int) -> None:
    if total <= size:
        return
    key = f"page_{size}_{number}"
    st.pagination(
        -(-total // size),
        default=number,
        key=key,
        max_visible_pages=5,
        on_change=_turned,
        args=(key,),
    )


def _turned(key: str) -> None:
    number = st.session_state[key]
    state.update({"page": str(number) if number > 1 else None})
