"""The library: documents on regional ecosystems, to search, to cite and to take away."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import streamlit as st

from ecosystem.common import links, partial_dates, wording
from ecosystem.common.vocabulary import DOCUMENT_KINDS
from ecosystem.tables import documents
from ecosystem.ui import found_line, listing, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import LIBRARY_PAGE

PER_PAGE = 20
_NOT_AT_ADDRESS = "There is no document at this address. It may have been removed or mistyped."
_EMPTY = listing.Empty(
    "There are no documents for which all of this holds.",
    "The register lists no documents yet.",
)
_LEFT_OUT = "Left out, since no document has it: {values}."
_PARAMS = ("kind", "year", "author")


def page() -> None:
    """The documents that the address asks for: one, or those that its choices leave."""
    everything = ask(documents.selection)
    if asked := state.get("id"):
        found = everything[everything["doc_id"] == asked]
        if found.empty:
            st.info(_NOT_AT_ADDRESS, icon=":material/search_off:")
        for record in found.to_dict("records"):
            with st.container(border=True, gap="xxsmall"):
                _entry(record)
        st.page_link(LIBRARY_PAGE, label="All documents", icon=":material/menu_book:")
        return
    st.markdown(
        "Papers, reports and maps on Europe's regional cybersecurity ecosystems, with a summary in "
        "this register's own words. A link may lead to a copy or to a page that tells of the "
        "document; the summary says so."
    )
    found = _narrowed()
    if found.empty:
        listing.nothing_found(_EMPTY, _PARAMS, is_any=not everything.empty)
        return
    without = int(found["date"].isna().sum())
    found_line.show(f"**{wording.count(len(found), 'document')}**")
    if without:
        st.caption(f"{wording.count(without, 'document')} without a known date: they come last.")
    listing.cards(found, PER_PAGE, _entry)
    listing.downloads("documents", {"Documents": lambda: found})


def _narrowed() -> Any:
    there = ask(documents.choices)
    words = listing.words("Search the library", "Words of a title or summary")
    columns = st.columns(3)
    with columns[0]:
        kinds = listing.labels_of(DOCUMENT_KINDS, there.kinds)
        kind = listing.several("kind", "Kind", kinds)
    with columns[1]:
        year = listing.year(
            "year", "Year", there.years, "A document without a known date is in no year."
        )
    with columns[2]:
        author = listing.several("author", "Group or body", {name: name for name in there.authors})
    listing.left_out(
        _LEFT_OUT,
        {
            "kind": (DOCUMENT_KINDS.name, kind),
            "year": ("Year", [str(year)]),
            "author": ("Group or body", author),
        },
    )
    return ask(documents.selection, words=words, kinds=kind, year=year, authors=author)


def _entry(record: Mapping[Hashable, Any]) -> None:
    address = links.web_address(record["url"])
    title = markdown(record["title"])
    st.markdown(f"**{link(title, address) if address else title}**")
    date = _text(record["date"])
    facts = [
        DOCUMENT_KINDS.label(record["kind"]),
        markdown(_text(record["working_group"]) or "Author not known"),
        partial_dates.in_words(date) if date else "date not known",
    ]
    st.markdown(" · ".join(facts))
    if summary := _text(record["summary"]):
        st.markdown(markdown(summary))
    if not address:
        st.caption("No public copy was found.")
    with st.expander("Cite it"):
        st.code(citation(record), language=None, wrap_lines=True)


def citation(record: Mapping[Hashable, Any]) -> str:
    """How to cite a document: author, date, title, kind and address, as far as they are known."""
    date = _text(record["date"])
    parts = [
        _text(record["working_group"]) or "Author not known",
        f"({partial_dates.in_words(date) if date else 'n.d.'}).",
        f"{record['title']} [{DOCUMENT_KINDS.label(record['kind'])}].",
        links.web_address(record["url"]) or "",
    ]
    return " ".join(" ".join(filter(None, parts)).split())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
