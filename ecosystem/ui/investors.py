"""Investors: the list to narrow, on a map and to take away, and one of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import site_search
from ecosystem.common import money, wording
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, INVESTOR_KINDS, STAGES
from ecosystem.plain import connected
from ecosystem.tables import funding_rounds, investors, regions
from ecosystem.tables.investors import EU, Conditions
from ecosystem.ui import cards, found_line, funding, listing, state, tab_title
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.ui.map import view
from ecosystem.web.pages import INVESTOR_PAGE, INVESTORS_PAGE, MATCHING_PAGE, REGION_PAGE

_IN_LIST = 20
_PARAMS = ("stage", "amount", "domain", "focus", "country", "specialist", "unknown", "selected")
_NO_ROW = listing.NoRow(
    "Investor",
    connected.NO_INVESTOR,
    "Choose an investor from the list.",
    "All investors",
)
_EMPTY = listing.Empty(
    "There are no investors for which all of this holds.",
    "The register lists no investors yet.",
)
_MOST_MEUR = 100_000.0
_SPECIALIST = {"yes": "Cyber specialists", "no": "Others"}
_YES, _NO = "yes", "no"
TICKETS = (
    "Tickets are as public pages of 2017 to 2024 tell them; of most investors none was found, "
    "which is not zero. What domains they look for was found of none."
)


def list_page() -> None:
    """The list, narrowed by what the address says, beside the map, with its downloads."""
    st.markdown(
        "Who finances cybersecurity firms in Europe: stages, tickets and countries, as far as "
        "public pages tell them."
    )
    conditions = _choice()
    found = ask(investors.selection, conditions)
    _left_out(conditions, len(found))
    if found.empty:
        listing.nothing_found(_EMPTY, _PARAMS, is_any=not ask(investors.selection).empty)
        return
    kind, selected = cards.selected_id()
    keys = investors.town_keys(found)
    in_town = found[keys == selected] if kind == "town" else found.head(0)
    left, right = st.columns([0.5, 0.5], gap="medium")
    with left:
        symbols = ask(investors.symbols, conditions)
        view.towns_map(symbols, selected, INVESTOR_KINDS, ("investor", "investors"))
        if without := int(found["lon"].isna().sum()):
            st.caption(
                f"Not on the map: {wording.count(without, 'investor')} whose town isn't known, or "
                "lies outside the area of the map."
            )
    with right:
        if not in_town.empty:
            _town_head(str(in_town["city"].iloc[0]))
        listing.cards(found if in_town.empty else in_town, _IN_LIST, _row)
    st.caption(TICKETS)
    listing.downloads("investors", {"Investors": lambda: found, "Rounds": _rounds_of(found)})


def _rounds_of(found: pd.DataFrame) -> Any:
    """What gives the rounds in which any of some investors is named first."""
    ids = set(found["investor_id"])

    def rounds() -> pd.DataFrame:
        everything = ask(funding_rounds.everything)
        return everything[[bool(ids & {*named}) for named in everything["lead_investor_ids"]]]

    return rounds


def _choice() -> Conditions:
    there = ask(investors.choices)
    text = listing.words("Search investors", "Name, town or what they financed")
    first = st.columns(3)
    with first[0]:
        stage = listing.several("stage", "Stage", listing.labels_of(STAGES, there["stages"]))
    with first[1]:
        amount = _amount()
    with first[2]:
        specialist = _specialist()
    more = ("domain", "focus", "country")
    is_open = any(name in state.params() for name in more)
    second = st.expander("Domain, countries and seat", expanded=is_open).columns(3)
    with second[0]:
        domain = listing.several("domain", "Looks for the JRC domain", DOMAINS.labels())
    with second[1]:
        countries = {**COUNTRIES.labels(), EU: "European Union"}
        focus = listing.several("focus", "Invests in", listing.names(there["focus"], countries))
    with second[2]:
        seats = listing.names(there["countries"], COUNTRIES.labels())
        country = listing.several("country", "Seat in", seats)
    ids = ask(site_search.ids, site_search.Kind.INVESTOR, text) if text else None
    return Conditions(
        ids=tuple(ids) if ids is not None else None,
        stages=tuple(stage),
        amount_meur=amount,
        domains=tuple(domain),
        focus=tuple(focus),
        countries=tuple(country),
        specialist=specialist,
        with_unknown=state.get("unknown") == _YES,
    )


def _amount() -> float | None:
    """What a ticket must cover; the address's amount, None if it names none that can be."""
    try:
        asked: float | None = float(state.get("amount"))
    except ValueError:
        asked = None
    value = asked if asked is not None and 0 < asked <= _MOST_MEUR else None
    st.number_input(
        "Ticket covers, million euro",
        min_value=0.0,
        max_value=_MOST_MEUR,
        step=0.5,
        placeholder="Any",
        key="list_amount",
        help="An investor whose smallest and largest ticket hold this amount between them. If only "
        "one of the two is known, it counts alone.",
        on_change=state.bind(
            "amount", "list_amount", value, default=0.0, write=lambda n: f"{n:g}", resets=["page"]
        ),
    )
    return value


def _specialist() -> bool | None:
    asked = state.get("specialist")
    value = asked if asked in _SPECIALIST else None
    st.selectbox(
        "Cyber specialist",
        list(_SPECIALIST),
        index=None,
        format_func=_SPECIALIST.__getitem__,
        placeholder="All",
        key="list_specialist",
        on_change=state.bind("specialist", "list_specialist", value, resets=["page"]),
    )
    return None if value is None else value == _YES


def _left_out(conditions: Conditions, found: int) -> None:
    """How many are left out, or are there, only because a fact isn't known; and the choice."""
    everybody = len(ask(investors.selection, replace(conditions, with_unknown=True)))
    sure = len(ask(investors.selection, replace(conditions, with_unknown=False)))
    unknown = everybody - sure
    said = f"**{wording.count(found, 'investor')}**"
    if not unknown:
        found_line.show(said)
        return
    what = _not_known(conditions)
    found_line.show(
        f"{said}, {unknown:,} of them only because {what} isn't known"
        if conditions.with_unknown
        else f"{said}; {unknown:,} more are left out because {what} isn't known"
    )
    st.checkbox(
        f"Include those of which this isn't known ({unknown:,})",
        key="list_unknown",
        on_change=state.bind(
            "unknown",
            "list_unknown",
            conditions.with_unknown,
            default=False,
            write=lambda chosen: _YES if chosen else _NO,
            resets=["page"],
        ),
    )


def _not_known(conditions: Conditions) -> str:
    names = {
        "their ticket": conditions.amount_meur is not None,
        "the domains that they look for": bool(conditions.domains),
        "where they invest": bool(conditions.focus),
        "their seat": bool(conditions.countries),
        "whether they are specialists": conditions.specialist is not None,
    }
    return wording.join([name for name, is_asked in names.items() if is_asked], "or")


def _town_head(city: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(markdown(city), anchor=False)
        st.button(
            "All towns",
            icon=":material/close:",
            key="town_close",
            type="tertiary",
            on_click=cards.select,
            args=("town", ""),
        )


def _row(record: Mapping[Hashable, Any]) -> None:
    st.page_link(
        INVESTOR_PAGE,
        label=f":primary[{markdown(record['name'])}]",
        query_params={"id": str(record["investor_id"])},
    )
    st.markdown(f"{_line(record)}  \n{_focus(record)}")
    if n := ask(funding_rounds.investor_counts).get(str(record["investor_id"])):
        st.caption(f"Named first in {wording.count(n, 'round')} of the register")


def _line(record: Mapping[Any, Any]) -> str:
    parts = [_place(record), money.stages(record["stages"]), funding.ticket(record)]
    if record["cyber_specialist"] is True or str(record["cyber_specialist"]) == "True":
        parts.insert(0, "**Cyber specialist**")
    return " · ".join(parts)


def _place(record: Mapping[Any, Any]) -> str:
    city, country = record["city"], record["country"]
    known = [city if isinstance(city, str) else "",
             COUNTRIES.label(country) if isinstance(country, str) else ""]  # fmt: skip
    return markdown(", ".join(filter(None, known)) or "seat not known")


def _focus(record: Mapping[Any, Any]) -> str:
    return f"Invests in: {_countries(record['focus_countries'])}"


def _countries(codes: Any) -> str:
    names = ["the European Union" if code == EU else COUNTRIES.label(code) for code in codes]
    return markdown(wording.join(names)) if names else money.UNKNOWN


def page() -> None:
    """The investor that the address names; a sentence if there is none."""
    asked = state.get("id")
    record = ask(investors.one, asked) if asked else None
    if record is None:
        listing.no_such_row(_NO_ROW, INVESTORS_PAGE, asked=bool(asked))
        return
    tab_title.show(record["name"])
    st.title(markdown(record["name"]), anchor=False)
    st.markdown(_place(record))
    if isinstance(record["doubt"], str):
        st.warning(f"Doubtful: {markdown(record['doubt'])}", icon=":material/help:")
    if isinstance(record["notes"], str):
        st.markdown(markdown(record["notes"]))
    left, right = st.columns([0.45, 0.55], gap="large")
    with left:
        _facts(record)
        _alike(record)
    with right:
        _portfolio(record)
    with st.container(horizontal=True):
        st.page_link(
            MATCHING_PAGE,
            label="Companies that fit it",
            icon=":material/join_inner:",
            query_params={"show": "companies", "investor": str(record["investor_id"])},
        )
        st.page_link(INVESTORS_PAGE, label="All investors", icon=":material/list:")


def _facts(record: Mapping[str, Any]) -> None:
    st.header("What it finances", anchor=False)
    domains = wording.join([DOMAINS.label(code) for code in record["focus_domains"]])
    known = {True: "yes", False: "no"}
    specialist = record["cyber_specialist"]
    facts = {
        "Stages": money.stages(record["stages"]),
        "Ticket": money.ticket(record["ticket_min_meur"], record["ticket_max_meur"]),
        "JRC domains": domains or money.UNKNOWN,
        "Countries": _countries(record["focus_countries"]),
        "Cyber specialist": money.UNKNOWN if pd.isna(specialist) else known[bool(specialist)],
    }
    st.markdown("\n".join(f"- {name}: **{text}**" for name, text in facts.items()))
    if record["stages_seen"] is True or str(record["stages_seen"]) == "True":
        st.caption(
            "The stages are those of rounds in which it was seen, not its own statement; town, "
            "country and most websites of such investors are general knowledge, unchecked."
        )
    if money.ticket(record["ticket_min_meur"], record["ticket_max_meur"]) != money.UNKNOWN:
        st.caption("Tickets are as public pages of 2017 to 2024 tell them.")
    listing.source(record)
    if isinstance(record["nuts2"], str):
        st.page_link(
            REGION_PAGE,
            label=f"Region: {markdown(ask(regions.labels)[record['nuts2']])}",
            icon=":material/location_on:",
            query_params={"region": record["nuts2"]},
        )
        key = investors.town_keys(pd.DataFrame([record])).iloc[0]
        st.page_link(
            INVESTORS_PAGE,
            label="Show on the map",
            icon=":material/map:",
            query_params={"selected": f"town:{key}"},
        )


def _portfolio(record: Mapping[str, Any]) -> None:
    rounds = ask(funding_rounds.of_investor, record["investor_id"])
    st.header("Rounds that name it first", anchor=False)
    if rounds.empty:
        st.caption(
            "No round of the register names it first. That is no sign that it has financed "
            "nobody: its notes and its website may tell more."
        )
        return
    funding.rounds_list(rounds, whose=True)
    st.caption(
        "Rounds in which it took part without being named first are not told apart, so its "
        f"portfolio is larger. {funding_rounds.LIMITS}"
    )
    listing.downloads(f"rounds-{record['investor_id']}", {"Rounds": lambda: rounds})


def _alike(record: Mapping[str, Any]) -> None:
    others = ask(investors.alike, record["investor_id"])
    if others.empty:
        return
    st.header("Similar investors", anchor=False)
    says = {str(other["investor_id"]): _in_common(other) for other in others.to_dict("records")}
    funding.investor_links(others, says)


def _in_common(other: Mapping[Hashable, Any]) -> str:
    parts = [f"both finance {money.stages(other['shared_stages'])}"]
    if len(other["shared_focus"]):
        parts.append(f"both invest in {_countries(other['shared_focus'])}")
    if other["is_near"]:
        parts.append("seats in the same country")
    if other["both_specialists"]:
        parts.append("both cyber specialists")
    return " · ".join(parts)
