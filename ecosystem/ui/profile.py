"""An organisation's page: what it does, where, what supports it, and how to pass it on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import segno
import streamlit as st

from ecosystem.common import links
from ecosystem.common.glossary import explain
from ecosystem.common.vocabulary import (
    COUNTRIES,
    DOMAINS,
    FUNCTIONS,
    SECTORS,
    Vocabulary,
)
from ecosystem.finding import similar_organisations as alike
from ecosystem.finding.made_in_europe import NAME
from ecosystem.matching.register import COMPANY
from ecosystem.tables import life, network_entities, regions
from ecosystem.ui import made_in_europe, organisation_facts, state, tab_title
from ecosystem.ui import share as share_button
from ecosystem.ui.data import ask
from ecosystem.ui.escape import link, markdown
from ecosystem.web import addresses
from ecosystem.web.pages import (
    DIRECTORY_PAGE,
    LABEL_PAGE,
    MAP_PAGE,
    MATCHING_PAGE,
    ORGANISATION_PAGE,
    REGION_PAGE,
    SUGGEST_PAGE,
)

# Kinds of organisation that the label is made for.
_COMPANIES = ("sme", "large")


def title(record: dict[str, Any]) -> None:
    """Name in the browser's tab and above the page, with type and town."""
    tab_title.show(record["name"])
    st.title(markdown(record["name"]), anchor=False)
    place = markdown(f"{record['city']}, {COUNTRIES.label(record['country'])}")
    st.markdown(organisation_facts.kind(record, place))
    made_in_europe.badge(record)
    if len(record["former_names"]):
        st.caption(f"Formerly {markdown(', '.join(record['former_names']))}")
    organisation_facts.fate(record)
    if record["notes"]:
        st.markdown(markdown(record["notes"]))


def offer(record: dict[str, Any]) -> None:
    """Domains, functions and sectors, each a link to the organisations that have it too."""
    st.header("What it does", anchor=False)
    _chips("domain", record["domains"], DOMAINS)
    _chips("function", record["functions"], FUNCTIONS)
    _chips("sector", record["sectors"], SECTORS)


def place(record: dict[str, Any]) -> None:
    """Region, valley and the network's bodies there."""
    names = ask(regions.labels)
    st.page_link(
        REGION_PAGE,
        label=f"Region: {markdown(names[record['nuts2']])}",
        icon=":material/location_on:",
        query_params={"region": record["nuts2"]},
    )
    valley_id = record["valley_id"] if isinstance(record["valley_id"], str) else ""
    if valley_id:
        st.page_link(
            REGION_PAGE,
            label=f"Valley: {markdown(names[valley_id])}",
            icon=":material/hub:",
            query_params={"region": valley_id},
        )
    if not life.has_ended(record):
        st.page_link(
            MAP_PAGE,
            label="Show on the map",
            icon=":material/map:",
            query_params={"selected": f"org:{record['org_id']}"},
        )
    for body in ask(network_entities.near, record["org_id"], valley_id).itertuples():
        _body(body)


def source(record: dict[str, Any]) -> None:
    """Website, source and evidence, with the date of the last check."""
    st.header("Sources", anchor=False)
    organisation_facts.sources(record)


def share(record: dict[str, Any]) -> None:
    """The page's lasting address, to pass on, to copy or to scan."""
    address = addresses.profile(state.site(), record["org_id"])
    share_button.button(address, record["name"], "profile")
    with st.popover("Address and QR code", icon=":material/qr_code_2:"):
        st.markdown("This address stays, even if the organisation is renamed.")
        st.code(address, language=None, wrap_lines=True)
        st.image(qr_code(address), caption="The same as a QR code", width=220)


def suggest(record: dict[str, Any]) -> None:
    """The way to send a correction."""
    st.page_link(
        SUGGEST_PAGE,
        label="Suggest a correction",
        icon=":material/edit:",
        query_params={"org": record["org_id"]},
    )


def matches(record: dict[str, Any]) -> None:
    """For an SME: the ways to investors, and to others for a joint project, that fit."""
    if record["type"] != COMPANY or life.has_ended(record):
        return
    for label, mode in (("Investors that fit", {}), ("Partners that fit", {"show": "partners"})):
        st.page_link(
            MATCHING_PAGE,
            label=label,
            icon=":material/join_inner:",
            query_params={"org": record["org_id"], **mode},
        )


def label_check(record: dict[str, Any]) -> None:
    """For a company without the label: the way to what it asks for."""
    is_company = record["type"] in _COMPANIES and not life.has_ended(record)
    if is_company and not made_in_europe.status_words(record):
        st.page_link(
            LABEL_PAGE,
            label=f"{NAME}: what the label asks for",
            icon=":material/verified:",
        )


def similar(record: dict[str, Any]) -> None:
    """Organisations that do alike things, those of other regions first, each with the reason."""
    found = ask(alike.similar, record["org_id"])
    if found.empty:
        return
    st.header("Similar organisations", anchor=False)
    with st.container(key="similar", gap="xsmall"):
        for row in found.itertuples():
            where = f"{row.city}, {COUNTRIES.label(str(row.country))}"
            st.page_link(
                ORGANISATION_PAGE,
                label=markdown(f"{row.name} · {where}"),
                icon=":material/domain:",
                query_params={"org": str(row.org_id)},
            )
            st.caption(markdown(row.reason))


@st.cache_data(max_entries=500, show_spinner=False)
def qr_code(address: str) -> bytes:
    """QR code of an address as PNG, dark on white in every theme."""
    file = io.BytesIO()
    segno.make(address, error="m").save(file, kind="png", scale=8, border=3)
    return file.getvalue()


def _chips(param: str, codes: Sequence[str], vocabulary: Vocabulary) -> None:
    if not len(codes):
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"chips_{param}"):
        st.markdown(vocabulary.name + "s" * (len(codes) > 1), help=explain(param))
        for code in codes:
            st.page_link(
                DIRECTORY_PAGE,
                label=vocabulary.label(code),
                query_params={param: code},
                help="Show all organisations that have it",
            )


def _body(body: Any) -> None:
    website = links.web_address(body.website)
    name = markdown(body.name)
    linked = link(name, website) if website else name
    says = (
        "In the network of regions itself"
        if body.same
        else "In the network of regions, from its valley"
    )
    st.markdown(f":material/lan: {says}: {linked}")
