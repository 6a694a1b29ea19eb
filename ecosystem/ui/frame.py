"""What surrounds every page: navigation, footer, and the states in which there is no page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import streamlit as st

from ecosystem.common import wording
from ecosystem.common.publisher import Publisher, publisher
from ecosystem.common.store import ReleaseError
from ecosystem.finding import nearby
from ecosystem.finding.filters import PARAMS, Filter
from ecosystem.tables import organisations, releases
from ecosystem.ui import drawn_once, shortlist, state, style
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import (
    ACCESSIBILITY_PAGE,
    GLOSSARY_PAGE,
    QUALITY_PAGE,
    SECRETARIAT_PAGE,
    SUGGEST_PAGE,
    Menu,
    PageEntry,
)


def header(pages: Sequence[PageEntry], shown: str) -> None:
    """Site name and navigation; the filter goes along between the pages that use it.

    Parameters
    ----------
    pages : sequence of PageEntry
        All pages of the site.
    shown : str
        Address below the site's root of the one that is open: its menu stands out.
    """
    style.show("site.css")
    drawn_once.show(_script, of_release=False)
    carried = state.filter_().to_params()
    with st.container(key="site-header", horizontal=True, vertical_alignment="center"):
        drawn_once.show(_menus, tuple(pages), shown, carried, of_release=False)
        shortlist.link()
    shortlist.SHORTLIST.connect()


def _script() -> None:
    with style.unseen("site-script"):
        st.html('<script src="assets/site.js"></script>', unsafe_allow_javascript=True)


def _menus(pages: Sequence[PageEntry], shown: str, carried: Mapping[str, Any]) -> None:
    st.markdown("**Cyber Valleys**")
    for menu in Menu:
        _menu(menu, [page for page in pages if page.menu is menu], shown, carried)


def _menu(menu: Menu, pages: Sequence[PageEntry], shown: str, carried: Mapping[str, Any]) -> None:
    """A menu of the navigation; a page that is alone in it is a link without one."""
    if not pages:
        return
    # A popover can't be marked as current: the page's own link in it is, and its label is bold.
    label = f"**{menu}**" if shown in {page.url_path for page in pages} else menu
    alone = len(pages) == 1
    with nullcontext() if alone else st.popover(label, type="tertiary", key=f"menu_{menu.name}"):
        for page in pages:
            st.page_link(
                page.path,
                icon=None if alone else page.icon,
                query_params=carried if page.filters else None,
            )


def footer() -> None:
    """Attribution and release, under every page."""
    drawn_once.show(_footer, publisher())


def _footer(known: Publisher) -> None:
    story = ask(releases.story)
    st.divider()
    st.caption(
        "Compiled from public sources after ECSO's 2019 map; not ECSO's own data. "
        f"{_dates(story)} "
        "© EuroGeographics for the administrative boundaries. Source: Eurostat. "
        "GeoNames, CC BY 4.0. Neighbouring land: Natural Earth."
    )
    links = "".join(f" · {link(label, address)}" for label, address in known.links().items())
    st.caption(f"Published by {markdown(known.name)}{links}")
    with st.container(horizontal=True):
        st.page_link(GLOSSARY_PAGE, label="Glossary", icon=":material/dictionary:")
        st.page_link(QUALITY_PAGE, label="How good is this data?", icon=":material/fact_check:")
        st.page_link(SUGGEST_PAGE, label="Suggest an organisation", icon=":material/edit_note:")
        st.page_link(ACCESSIBILITY_PAGE, label="Accessibility", icon=":material/accessibility_new:")
        st.page_link(SECRETARIAT_PAGE, label="Secretariat", icon=":material/lock:")


def _dates(story: dict[str, Any]) -> str:
    """When people checked the register last, which is not when this release was made of it."""
    made = f"Release built on {story['created_at']:%-d %B %Y}."
    checks = ask(organisations.checks)
    if not checks.checked:
        return f"No source has been checked yet. {made}"
    share = wording.percent(checks.checked / checks.organisations, checks.organisations)
    return f"Last check of sources {checks.latest}, {share} of the rows checked. {made}"


def run(page: Callable[[], None], *, needs_release: bool = True) -> None:
    """Run a page and its footer; a missing or damaged release is a sentence, not a traceback.

    Parameters
    ----------
    page : callable
        Shows the page.
    needs_release : bool
        Whether it shows nothing without a release; one that doesn't is shown below the sentence.
    """
    try:
        trouble = database().release.trouble
        if trouble:
            st.warning(
                f"{trouble} You see the last good one; nothing is lost.",
                icon=":material/history:",
            )
        page()
        footer()
    except ReleaseError as error:
        st.error(str(error), icon=":material/database_off:")
        if not needs_release:
            page()


def nothing_found(filter_: Filter) -> None:
    """Say that a filter leaves nothing, and offer to take away one condition at a time."""
    st.info("No organisation matches all of these filters.", icon=":material/search_off:")
    with st.container(horizontal=True):
        for key, label, widened in _ways_out(filter_):
            n = ask(organisations.summary, widened).organisations
            if n:
                st.button(f"{label} ({n:,})", key=key, on_click=state.set_filter, args=(widened,))
        st.button("Clear all", key="drop_all", on_click=state.set_filter, args=(Filter(),))


def _ways_out(filter_: Filter) -> Iterator[tuple[str, str, Filter]]:
    """Key, label and filter of each way to ask for a little more."""
    for km in nearby.RADII:
        if filter_.km and km > filter_.km:
            yield f"within_{km}", f"Within {km} km", replace(filter_, km=km)
    for param in filter_.active():
        # A distance without a town means nothing: the two go together.
        if param != "km":
            yield f"drop_{param}", f"Drop “{PARAMS[param]}”", filter_.without(param)
