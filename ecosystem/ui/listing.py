"""What the pages of lists share: choices that the address holds, rows, downloads, empty lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ecosystem import export
from ecosystem.common import links, wording
from ecosystem.common.search_words import MAX_LENGTH
from ecosystem.common.vocabulary import EVIDENCE, Vocabulary
from ecosystem.ui import state, style
from ecosystem.ui.data import database
from ecosystem.ui.escape import link, markdown
from ecosystem.ui.organisation_list import page_number, pagination

# Not the filter's own parameter, which would go along to the pages that filter.
WORDS = "words"


def rows(key: str) -> DeltaGenerator:
    """Container of rows that lead to other pages.

    Parameters
    ----------
    key : str
        Tells it from others of the page; ``"listed"`` for the rows that a page is about.
    """
    style.show("listing.css")
    return st.container(key=f"rows_{key}", gap="small" if key == "listed" else "xxsmall")


def cards(found: pd.DataFrame, size: int, show: Callable[[Mapping[Hashable, Any]], None]) -> None:
    """The rows that a page is about, a page of them at a time, each in a frame.

    Parameters
    ----------
    found : DataFrame
        All rows, in order.
    size : int
        How many stand on a page.
    show : callable
        Shows one row in the container that is open.
    """
    number, offset = page_number(len(found), size)
    with rows("listed"):
        for record in found.iloc[offset : offset + size].to_dict("records"):
            with st.container(border=True, gap="xxsmall"):
                show(record)
    pagination(number, len(found), size)


class NoRow(NamedTuple):
    """What a page of one row says where that row isn't there."""

    title: str
    missing: str
    choose: str
    list: str


def no_such_row(words: NoRow, page: str, *, asked: bool) -> None:
    """A page of one row that isn't there: its title, why, and the way to the list.

    Parameters
    ----------
    words : NoRow
        The page's title, that no such row is at the address, that one be chosen, the list's name.
    page : str
        The list.
    asked : bool
        Whether the address names one.
    """
    st.title(words.title, anchor=False)
    st.info(words.missing if asked else words.choose)
    st.page_link(page, label=words.list, icon=":material/list:")


def labels_of(vocabulary: Vocabulary, codes: Collection[str]) -> dict[str, str]:
    """Labels of the codes that occur, in the order of the vocabulary."""
    return {code: label for code, label in vocabulary.labels().items() if code in codes}


def words(label: str, placeholder: str) -> str:
    """Box for words to search a list by; what it holds."""
    text = state.get(WORDS)[:MAX_LENGTH]
    st.text_input(
        label,
        key="list_words",
        max_chars=MAX_LENGTH,
        placeholder=placeholder,
        icon=":material/search:",
        on_change=state.bind(WORDS, "list_words", text, default="", resets=["page"]),
    )
    return text


def several(param: str, label: str, options: Mapping[str, str]) -> list[str]:
    """Choice of some of the options; those that the address names, without unknown ones."""
    chosen = [code for code in state.params().get(param, ()) if code in options]
    st.multiselect(
        label,
        list(options),
        format_func=options.__getitem__,
        key=f"list_{param}",
        placeholder="All",
        on_change=state.bind(
            param, f"list_{param}", chosen, default=[], write=list, resets=["page"]
        ),
    )
    return chosen


def year(param: str, label: str, years: Sequence[int], explanation: str) -> int | None:
    """Choice of one year; the one that the address names, None for any."""
    asked = state.get(param)
    chosen = next((number for number in years if str(number) == asked), None)
    st.selectbox(
        label,
        list(years)[::-1],
        index=None,
        key=f"list_{param}",
        placeholder="Any year",
        help=explanation,
        on_change=state.bind(param, f"list_{param}", chosen, resets=["page"]),
    )
    return chosen


def left_out(says: str, taken: Mapping[str, tuple[str, Sequence[str]]]) -> None:
    """Say which values of the address no row of the list has; nothing if there are none.

    Parameters
    ----------
    says : str
        The sentence, with ``{values}`` where they stand.
    taken : mapping of str to tuple
        Label and understood values of each parameter.
    """
    unknown = [
        f"{label} “{markdown(value)}”"
        for param, (label, values) in taken.items()
        for value in state.params().get(param, ())
        if value not in values
    ]
    if unknown:
        st.caption(says.format(values=wording.join(unknown)))


class Empty(NamedTuple):
    """What an empty list says: that nothing fits the choice, or that nothing is there yet."""

    none: str
    yet: str = ""


def nothing_found(says: Empty, params: Sequence[str], *, is_any: bool) -> None:
    """Say why a list is empty, and offer to begin again where a choice is the reason.

    Parameters
    ----------
    says : Empty
        The sentences.
    params : sequence of str
        Parameters of the address that narrow it.
    is_any : bool
        Whether there is anything without them.
    """
    if not is_any:
        st.info(says.yet, icon=":material/info:")
        return
    st.info(says.none, icon=":material/search_off:")
    st.button(
        "Show all",
        key="list_show_all",
        on_click=state.update,
        args=({**dict.fromkeys(params), WORDS: None, "page": None},),
    )


def downloads(name: str, sheets: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
    """What is listed as CSV, the first table alone, and as a workbook with all tables.

    Parameters
    ----------
    name : str
        What the files are called, without their ending.
    sheets : mapping of str to callable
        Name of each table, and what gives it when a file is asked for.
    """
    first = next(iter(sheets.values()))
    address = state.address()
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            data=lambda: export.table(database(), first(), address, export.REGISTER_ALONE),
            file_name=f"cyber-valleys-{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"{name}_csv",
        )
        st.download_button(
            "Excel",
            data=partial(_workbook, sheets, address),
            file_name=f"cyber-valleys-{name}.xlsx",
            mime=export.XLSX_TYPE,
            icon=":material/download:",
            on_click="ignore",
            key=f"{name}_xlsx",
        )


def _workbook(sheets: Mapping[str, Callable[[], pd.DataFrame]], address: str) -> bytes:
    tables = {name: table() for name, table in sheets.items()}
    return export.tables_xlsx(database(), tables, address, export.REGISTER_ALONE)


def source(record: Mapping[Any, Any]) -> None:
    """Buttons to the website and the source of a row, and what kind of evidence it has."""
    website, page = (
        links.web_address(record.get("website")),
        links.web_address(record["source_url"]),
    )
    with st.container(horizontal=True):
        if website:
            st.link_button(markdown(links.host(website)), website, icon=":material/language:")
        if page and page != website:
            st.link_button("Source", page, icon=":material/menu_book:")
    st.caption(f"Evidence: {EVIDENCE.label(record['evidence'])}.")


def source_link(address: object) -> str:
    """A row's source as a short link in Markdown; empty if it can't be linked to."""
    page = links.web_address(address)
    return link("source", page) if page else ""


def names(codes: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Names of codes, in the order of the names; a code that is unknown is its own."""
    return dict(sorted(((code, known.get(code, code)) for code in codes), key=lambda pair: pair[1]))
