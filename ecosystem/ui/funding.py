"""Funding as public sources tell it: rounds, facts, and what they add up to in a region."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.api import figures
from ecosystem.common import links, money, partial_dates, wording
from ecosystem.common.vocabulary import (
    COMPANY_STAGES,
    COUNTRIES,
    FACT_EVIDENCE,
    FACTS,
    NOT_RAISED,
    ROUNDS,
)
from ecosystem.regional.profiles import Profile
from ecosystem.tables import funding_rounds, investors, organisation_facts
from ecosystem.ui import drawn_once, figure, listing
from ecosystem.ui.data import ask
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import INVESTOR_PAGE, INVESTORS_PAGE, ORGANISATION_PAGE

_INVESTORS = 6
_COLUMNS = {
    "year": "Year",
    "raised": "Rounds",
    "sum_meur": "EUR million",
    "in_euro": "In euro",
    "in_other": "Other currency",
    "unknown": "Not known",
    "doubtful": "Doubtful",
    "changed_hands": "Bought, listed",
}
_VALUES = {
    "stage": COMPANY_STAGES.label,
    "headquarters_country_of_owner": COUNTRIES.label,
}


def of_organisation(org_id: str) -> None:
    """Rounds of an organisation and facts on it; nothing where no source tells any."""
    rounds = ask(funding_rounds.of_organisation, org_id)
    if not rounds.empty:
        st.header("Funding", anchor=False)
        rounds_list(rounds)
        st.caption(funding_rounds.LIMITS)
    facts = ask(organisation_facts.of_organisation, org_id)
    if not facts.empty:
        st.header("What pages tell of it", anchor=False)
        for record in facts.to_dict("records"):
            _fact(record)
        st.caption("Each is of its year and may no longer hold.")


def rounds_list(rounds: pd.DataFrame, *, whose: bool = False) -> None:
    """Rounds with date, amount, investors and source, each as exact as its source.

    Parameters
    ----------
    rounds : DataFrame
        Columns of ``funding_round``.
    whose : bool
        Whether to name the organisations, with the way to their pages.
    """
    with listing.rows("listed"):
        for record in rounds.to_dict("records"):
            with st.container(border=True, gap="xxsmall"):
                if whose:
                    _who(record)
                st.markdown(_round(record))
                _doubt(record)
                if not whose:
                    _in_register(record)


def _who(record: Mapping[Hashable, Any]) -> None:
    name = markdown(record["name"])
    country = COUNTRIES.label(record["country"])
    if isinstance(record["org_id"], str):
        st.page_link(
            ORGANISATION_PAGE,
            label=f"{name} · {country}",
            icon=":material/domain:",
            query_params={"org": record["org_id"]},
        )
    else:
        st.markdown(f"**{name}** · {country} · not in the register")


def _round(record: Mapping[Hashable, Any]) -> str:
    when = record["date"]
    parts = [
        f"**{ROUNDS.label(record['round'])}**",
        partial_dates.in_words(when) if isinstance(when, str) else "date not known",
        markdown(money.amount(record)),
        _investors(record),
        *_sources(record),
    ]
    notes = f"  \n{markdown(record['notes'])}" if isinstance(record["notes"], str) else ""
    return " · ".join(filter(None, parts)) + notes


def _investors(record: Mapping[Hashable, Any]) -> str:
    named = list(record["lead_investors"])
    if not named:
        return "investors not named"
    is_stated = record["lead_stated"] is True or str(record["lead_stated"]) == "True"
    names = markdown(wording.join(named))
    if not is_stated:
        return f"named first: {names}"
    return f"bought by {names}" if record["round"] in NOT_RAISED else f"led by {names}"


def _in_register(record: Mapping[Hashable, Any]) -> None:
    """Ways to the investors of a round that the register lists."""
    known = ask(investors.names)
    there = [id_ for id_ in record["lead_investor_ids"] if id_ in known]
    if not there:
        return
    with st.container(horizontal=True, gap="small"):
        for id_ in there:
            st.page_link(
                INVESTOR_PAGE,
                label=markdown(known[id_]),
                icon=":material/savings:",
                query_params={"id": id_},
            )


def _sources(record: Mapping[Hashable, Any]) -> list[str]:
    parts = [listing.source_link(record["source_url"])]
    if record["evidence"] != "page":
        parts.append(FACT_EVIDENCE.inside(record["evidence"]))
    seen = links.web_address(record.get("seen_in"))
    if seen:
        parts.append(link("seen in", seen))
    return parts


def _doubt(record: Mapping[Hashable, Any]) -> None:
    if isinstance(record["doubt"], str) and record["doubt"]:
        st.caption(f":material/help: Doubtful: {markdown(record['doubt'])}")


def _fact(record: Mapping[Hashable, Any]) -> None:
    label = _VALUES.get(record["fact"], str)(record["value"])
    of = f" ({wording.year(record['year'])})" if wording.is_known(record["year"]) else ""
    parts = [
        f"{FACTS.label(record['fact'])}: **{markdown(label)}**{of}",
        *_sources(record),
    ]
    notes = f"  \n{markdown(record['notes'])}" if isinstance(record["notes"], str) else ""
    st.markdown(" · ".join(filter(None, parts)) + notes)
    _doubt(record)


def of_region(profile: Profile, told_by: object) -> None:
    """Rounds of a region by year, and the investors with their seat there.

    Parameters
    ----------
    told_by : object
        What tells the profile from others.
    """
    region_id = profile.region_id
    st.header("Funding and investors", anchor=False)
    left, right = st.columns([0.65, 0.35], gap="large")
    with left:
        drawn_once.show(_rounds_by_year, profile, told_by=told_by)
        if ask(funding_rounds.is_any_in_region, region_id):
            rounds = {"Rounds": lambda: ask(funding_rounds.in_region, region_id)}
            listing.downloads(f"funding-{region_id}", rounds)
    with right:
        drawn_once.show(_seated, profile, told_by=told_by)


def _rounds_by_year(profile: Profile) -> None:
    rounds = ask(funding_rounds.in_region, profile.region_id)
    if rounds.empty:
        st.caption(
            "No funding round of an organisation here is known. That is no sign that there was "
            "none."
        )
        return
    table = funding_rounds.by_year(rounds)
    st.markdown(_total(table))
    shown = table.rename(columns=_COLUMNS)
    shown["Year"] = [str(year) if year else "not known" for year in table["year"]]
    shown["EUR million"] = [
        money.UNKNOWN if total is None else f"{total:,.2f}" for total in table["sum_meur"]
    ]
    st.dataframe(shown, hide_index=True, alt="Funding rounds by year")
    st.caption(
        "The sum is that of the rounds in euro alone: no currency is converted, and doubtful "
        "amounts, acquisitions and listings are left out. "
        + figure.data_link(figures.address("funding-rounds", region_ids=[profile.region_id]))
    )
    firms = (
        "Rounds of firms with their seat in the country, those outside the register included."
        if profile.level == "nuts0"
        else "Rounds of the register's organisations here."
    )
    st.caption(f"{firms} {funding_rounds.LIMITS}")


def _total(table: pd.DataFrame) -> str:
    raised, in_euro = int(table["raised"].sum()), int(table["in_euro"].sum())
    parts = [f"**{wording.count(raised, 'round')}** in which money was raised"]
    if in_euro:
        total = float(table["sum_meur"].dropna().astype(float).sum())
        parts.append(f"{wording.count(in_euro, 'round')} in euro: **{money.millions(total)}**")
    for column, says in (
        ("in_other", "only in another currency"),
        ("unknown", "without a known amount"),
        ("doubtful", "with a doubtful amount, left out of the sum"),
    ):
        if n := int(table[column].sum()):
            parts.append(f"{n:,} {says}")
    return " · ".join(parts)


def _seated(profile: Profile) -> None:
    seated = ask(investors.in_region, profile.region_id)
    st.markdown(f"**Investors with their seat here ({len(seated):,})**")
    if seated.empty:
        st.caption("The register knows of none; that is no sign that there is none.")
        return
    investor_links(seated.head(_INVESTORS))
    more = len(seated) - _INVESTORS
    if profile.level == "nuts0" and more > 0:
        st.page_link(
            INVESTORS_PAGE,
            label=f"All {len(seated):,} in the list",
            icon=":material/arrow_forward:",
            query_params={"country": str(seated["country"].iloc[0])},
        )
    elif more > 0:
        st.caption(f"and {wording.number(more)} more")


def investor_links(found: pd.DataFrame, says: Mapping[str, str] | None = None) -> None:
    """Investors as links, each with a line, in the container that is open.

    Parameters
    ----------
    found : DataFrame
        Columns of ``investor``.
    says : mapping of str to str, optional
        Markdown of the line below each, by its id; else stages and ticket.
    """
    line = partial(_line, says or {})
    with listing.rows("investors"):
        for record in found.to_dict("records"):
            st.page_link(
                INVESTOR_PAGE,
                label=markdown(record["name"]),
                icon=":material/savings:",
                query_params={"id": str(record["investor_id"])},
            )
            st.caption(line(record))


def _line(says: Mapping[str, str], record: Mapping[Hashable, Any]) -> str:
    return (
        says.get(str(record["investor_id"]))
        or f"{money.stages(record['stages'])} · {ticket(record)}"
    )


def ticket(record: Mapping[Any, Any]) -> str:
    """An investor's ticket in words: ``"ticket not known"``."""
    return f"ticket {money.ticket(record['ticket_min_meur'], record['ticket_max_meur'])}"
