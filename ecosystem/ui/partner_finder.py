"""The partner finder: from a region and a need to the regions that fit, each with its reasons."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import partial_dates, wording
from ecosystem.common.glossary import explain_all
from ecosystem.common.spreadsheet import table_csv
from ecosystem.common.vocabulary import COUNTRIES, PARTNERSHIP_KINDS, PRACTICE_KINDS
from ecosystem.network import needs, partner_finding, partner_words, words
from ecosystem.network.consortium import MOST_MEMBERS, MOST_REGIONS, Plan
from ecosystem.network.consortium_rules import FITS
from ecosystem.network.needs import Need
from ecosystem.network.partner_finding import EXCHANGE, LEADS, PROJECT, Finding, Suggestion
from ecosystem.tables import partnerships, practices, regions
from ecosystem.ui import listing, state, tab_title
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import (
    NETWORK_PAGE,
    ORGANISATION_PAGE,
    PARTNERSHIP_PAGE,
    PRACTICE_PAGE,
    REGION_PAGE,
)

# Not the filter's own parameters, which would go along to the pages that filter.
OWN, NEED, FIT, NEW, VIEW, WITH, MEMBERS, TITLE = (
    "from", "need", "fit", "new", "view", "with", "members", "title",
)  # fmt: skip
_SKETCH, _FIND = "sketch", "find"
_FIT_LABELS = {PROJECT: "A joint project", EXCHANGE: "Exchange of practice"}
LONGEST_TITLE = 100
_FIRST, _MOST = 5, 43
_EACH = 3


@dataclass(frozen=True)
class Choice:
    """What the address asks for.

    Attributes
    ----------
    plan : Plan
        Region that asks, need, purpose, and what the sketch holds.
    beside : tuple of str
        Regions of the sketch without the one that asks.
    only_new : bool
        Whether only valleys without a common partnership are asked for.
    shows_sketch : bool
        Whether the sketch is shown in place of the suggestions.
    unknown : tuple of str
        What of region, need and purpose the release doesn't have.
    """

    plan: Plan
    beside: tuple[str, ...]
    only_new: bool
    shows_sketch: bool
    unknown: tuple[str, ...]

    @property
    def need(self) -> Need | None:
        """What partners are looked for."""
        known: dict[str, Need] = ask(needs.needs)
        return known.get(self.plan.need_id)


def choice() -> Choice:
    """The choice that the address holds."""
    asked = {name: state.get(name) for name in (OWN, NEED, FIT)}
    place = ask(regions.place, asked[OWN]) if asked[OWN] else None
    own = place.place_id if place else ""
    need = asked[NEED] if asked[NEED] in ask(needs.needs) else ""
    fit = asked[FIT] if asked[FIT] in FITS else PROJECT
    beside = tuple(dict.fromkeys(state.params().get(WITH, [])))
    unknown = [
        asked[name]
        for name, is_known in ((OWN, own), (NEED, need), (FIT, asked[FIT] in FITS))
        if asked[name] and not is_known
    ]
    return Choice(
        Plan(
            (own, *beside) if own else beside,
            tuple(dict.fromkeys(state.params().get(MEMBERS, []))),
            own,
            need,
            fit,
            state.get(TITLE)[:LONGEST_TITLE],
        ),
        beside,
        state.get(NEW) == "1",
        state.get(VIEW) == _SKETCH,
        tuple(unknown),
    )


def head(chosen: Choice) -> None:
    """Title, what is asked for, and the two views."""
    plan = chosen.plan
    label = ask(regions.labels).get(plan.own, "")
    tab_title.show(label, "Consortium sketch" if chosen.shows_sketch else "Partners")
    st.title("Find partners", anchor=False, help=explain_all("valley", "domain", "nuts", "s3"))
    if chosen.unknown:
        told = wording.join([f"“{markdown(text[:80])}”" for text in chosen.unknown])
        st.info(f"Left out, not in this release: {told}.", icon=":material/search_off:")
    _controls(chosen)
    n_regions, n_members = len(plan.region_ids), len(plan.org_ids)
    held = f"{wording.count(n_regions, 'region')}, {wording.count(n_members, 'organisation')}"
    labels = {_FIND: "Suggestions", _SKETCH: f"Consortium sketch ({held})"}
    st.segmented_control(
        "View",
        list(labels),
        format_func=labels.__getitem__,
        key="partners_view",
        required=True,
        label_visibility="collapsed",
        on_change=state.bind(
            VIEW, "partners_view", _SKETCH if chosen.shows_sketch else _FIND, default=_FIND
        ),
    )


def _controls(chosen: Choice) -> None:
    plan, places, wanted = chosen.plan, dict(ask(regions.choices)), ask(needs.choices)
    if plan.own and plan.own not in places:
        places[plan.own] = ask(regions.labels)[plan.own]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "My region",
            list(places),
            format_func=places.__getitem__,
            index=None,
            key="partners_own",
            placeholder="Valley or NUTS region",
            width=330,
            on_change=state.bind(OWN, "partners_own", plan.own or None),
        )
        st.selectbox(
            "Need",
            list(wanted),
            format_func=wanted.__getitem__,
            index=None,
            key="partners_need",
            placeholder="Any domain, sector, function or priority",
            width=360,
            on_change=state.bind(NEED, "partners_need", plan.need_id or None),
        )
        st.segmented_control(
            "Partners for",
            list(_FIT_LABELS),
            format_func=_FIT_LABELS.__getitem__,
            key="partners_fit",
            required=True,
            on_change=state.bind(FIT, "partners_fit", plan.fit, default=PROJECT),
        )


def suggestions(chosen: Choice) -> None:
    """The regions that fit, or what to choose first."""
    plan = chosen.plan
    if not plan.own:
        st.info(
            "Choose your region: a valley, a country or a NUTS region. You get the valleys that "
            "fit, each with its reasons, organisations on both sides that could lead, and what "
            "links the two already; from there you sketch a consortium.",
            icon=":material/location_on:",
        )
        return
    found: Finding = ask(partner_finding.partners, plan.own, plan.need_id, plan.fit)
    names, need = ask(regions.names_in_text), chosen.need
    st.markdown(f"**{markdown(partner_words.summary(found, names, need, plan.fit))}**")
    st.caption(partner_words.HOW[plan.fit])
    _own_side(chosen, found)
    st.checkbox(
        "Only valleys that no known partnership joins with mine",
        key="partners_new",
        on_change=state.bind(NEW, "partners_new", chosen.only_new, default=False, write=_one),
    )
    shown = [one for one in found.suggestions if not (chosen.only_new and one.partnerships)]
    if not shown:
        st.info(_why_none(chosen, found), icon=":material/search_off:")
    number = _number_shown()
    for one in shown[:number]:
        _card(chosen, found, one)
    if len(shown) > number:
        st.button(
            f"Show more of the {len(shown)} that fit",
            key="partners_more",
            icon=":material/expand_more:",
            on_click=state.update,
            args=({"shown": str(min(number + _FIRST, _MOST))},),
        )
    _table(chosen, found)


def _one(_: object) -> str:
    return "1"


def _number_shown() -> int:
    asked = state.get("shown")
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= 2
    return min(max(int(asked), _FIRST), _MOST) if is_number else _FIRST


def _why_none(chosen: Choice, found: Finding) -> str:
    if found.suggestions:
        return "Known partnerships join all that fit with your region. Untick the box to see them."
    if chosen.need:
        return (
            f"In no valley three organisations of the register {chosen.need.does}. The table below "
            "has those where any does; the register is a sample, so ask there all the same."
            if chosen.need.is_seen
            else "No valley is known to declare it as a priority."
        )
    return (
        "The register has too little of your region to say what others have more of. Choose what "
        "you look for, or exchange of practice."
    )


def _own_side(chosen: Choice, found: Finding) -> None:
    name = ask(regions.labels)[found.region_id]
    if found.meeting and chosen.need:
        short = ask(regions.names_in_text)[found.region_id]
        st.markdown(markdown(partner_words.meeting(short, found.meeting, chosen.need)))
    with st.expander(f"Who could lead in {markdown(name)}", icon=":material/flag:"):
        _leads(chosen, found.region_id, "")


def _card(chosen: Choice, found: Finding, one: Suggestion) -> None:
    labels = ask(regions.labels)
    with st.container(border=True, key=f"fit_{one.region_id}"):
        st.header(markdown(labels[one.region_id]), anchor=False)
        names = ask(regions.names_in_text)
        why = partner_words.reasons(names, found, one, chosen.need, chosen.plan.fit)
        st.markdown("\n".join(f"- {markdown(sentence)}" for sentence in why))
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown("**What links the two already**")
            _together(found, one)
            if chosen.plan.fit == EXCHANGE:
                _practices(one.region_id)
        with right:
            st.markdown(f"**Who could lead in {markdown(names[one.region_id])}**")
            _leads(chosen, one.region_id, one.region_id)
        with st.container(horizontal=True, vertical_alignment="center"):
            add_region(chosen, one.region_id)
            st.page_link(
                REGION_PAGE,
                label="Its page",
                icon=":material/location_on:",
                query_params={"region": one.region_id},
            )
            if regions.level_of(found.region_id) == "valley":
                pair = "~".join(sorted((found.region_id, one.region_id)))
                st.page_link(
                    NETWORK_PAGE,
                    label="The two on the network",
                    icon=":material/hub:",
                    query_params={"selected": f"link:{pair}"},
                )


def _together(found: Finding, one: Suggestion) -> None:
    st.markdown(partner_words.together(one.partnerships))
    if not one.partnerships:
        return
    rows = ask(partnerships.shared, found.region_id, one.region_id)
    with listing.rows(f"together_{one.region_id}"):
        for row in rows.head(_EACH).to_dict("records"):
            _partnership(row)
    if len(rows) > _EACH:
        st.caption(f"and {wording.number(len(rows) - _EACH)} more, see the network")


def _partnership(row: Mapping[Hashable, Any]) -> None:
    st.page_link(
        PARTNERSHIP_PAGE,
        label=markdown(row["name"]),
        icon=":material/handshake:",
        query_params={"id": str(row["partnership_id"])},
    )
    start, end = (None if pd.isna(row[name]) else row[name] for name in ("start_date", "end_date"))
    st.caption(
        " · ".join(
            filter(None, [PARTNERSHIP_KINDS.label(row["kind"]), partial_dates.period(start, end)])
        )
    )


def _practices(valley_id: str) -> None:
    rows = ask(practices.selection, valleys=[valley_id])
    if rows.empty:
        return
    st.markdown(f"**Practices known there** ({len(rows)})")
    with listing.rows(f"practices_{valley_id}"):
        for row in rows.head(_EACH).to_dict("records"):
            st.page_link(
                PRACTICE_PAGE,
                label=f"{markdown(row['name'])} · {PRACTICE_KINDS.label(row['kind'])}",
                icon=":material/lightbulb:",
                query_params={"id": str(row["practice_id"])},
            )


def _leads(chosen: Choice, region_id: str, valley_id: str) -> None:
    plan = chosen.plan
    rows = ask(partner_finding.leads, region_id, plan.need_id, plan.fit).head(LEADS)
    if rows.empty:
        if chosen.need:
            st.caption(f"No organisation of the register there is known to {chosen.need.does}.")
        else:
            st.caption("No organisation of the register there.")
    for row in rows.to_dict("records"):
        with listing.rows(f"lead_{region_id}_{row['org_id']}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.page_link(
                    ORGANISATION_PAGE,
                    label=markdown(row["name"]),
                    icon=":material/domain:",
                    query_params={"org": str(row["org_id"])},
                )
                add_member(chosen, str(row["org_id"]), f"lead_{region_id}", valley_id)
            st.caption(markdown(partner_words.why_lead(row, chosen.need)))


def add_region(chosen: Choice, region_id: str) -> None:
    """Button that takes a region into the sketch; disabled where it is in it or it is full."""
    is_in = region_id in chosen.plan.region_ids
    st.button(
        "In the sketch" if is_in else "Add to the sketch",
        icon=":material/check:" if is_in else ":material/add:",
        key=f"add_region_{region_id}",
        disabled=is_in or len(chosen.plan.region_ids) >= MOST_REGIONS,
        on_click=state.update,
        args=({WITH: [*chosen.beside, region_id]},),
    )


def add_member(chosen: Choice, org_id: str, key: str, region_id: str = "") -> None:
    """Button that takes an organisation into the sketch, and its region with it.

    Parameters
    ----------
    key : str
        Tells the buttons of a page apart.
    region_id : str
        Region to take with it; none if empty.
    """
    plan = chosen.plan
    is_in, new = org_id in plan.org_ids, region_id and region_id not in plan.region_ids
    takes_region = new and len(plan.region_ids) < MOST_REGIONS
    st.button(
        "In the sketch" if is_in else "Add",
        icon=":material/check:" if is_in else ":material/add:",
        type="tertiary",
        key=f"add_{key}_{org_id}",
        disabled=is_in or len(plan.org_ids) >= MOST_MEMBERS,
        on_click=state.update,
        args=(
            {
                MEMBERS: [*plan.org_ids, org_id],
                WITH: [*chosen.beside, region_id] if takes_region else list(chosen.beside),
            },
        ),
    )


def _table(chosen: Choice, found: Finding) -> None:
    """Every valley with its numbers, those that fit first."""
    every = [*found.suggestions, *found.others]
    shown = pd.DataFrame(
        {
            "Valley": [ask(regions.labels)[one.region_id] for one in every],
            "Fits": ["yes"] * len(found.suggestions) + ["no"] * len(found.others),
            "Country": [COUNTRIES.label(one.country) for one in every],
            "In the register": [found.sizes[one.region_id] for one in every],
            **_need_columns(chosen, every),
            "Similarity": [one.similarity for one in every],
            "Chance": [one.chance for one in every],
            "More of": [len(one.gives) for one in every],
            "Less of": [len(one.gets) for one in every],
            "Beyond chance": [sum(gap.is_clear for gap in one.gives) for one in every],
            "Partnerships": [one.partnerships for one in every],
            "About km": [round(one.km, -1) for one in every],
        }
    )
    st.header("All valleys", anchor=False)
    st.dataframe(
        shown,
        hide_index=True,
        height=320,
        column_config={
            "Similarity": st.column_config.NumberColumn(format="%.2f", help=words.SIMILARITY_NOTE),
            "Chance": st.column_config.NumberColumn(format="percent", help=words.CHANCE_NOTE),
            "More of": st.column_config.NumberColumn(
                help="JRC domains of which it has more and your region little"
            ),
            "Less of": st.column_config.NumberColumn(
                help="JRC domains of which your region has more and it little"
            ),
            "Beyond chance": st.column_config.NumberColumn(
                help="JRC domains that it could add: more of them than chance makes"
            ),
            "Partnerships": st.column_config.NumberColumn(help="That both are known to be in"),
        },
        placeholder=wording.DASH,
        alt="All valleys with the numbers that suggestions rest on",
    )
    st.download_button(
        "Valleys as CSV",
        table_csv(shown),
        file_name="cyber-valleys-partners.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _need_columns(chosen: Choice, every: Sequence[Suggestion]) -> dict[str, list[Any]]:
    if not chosen.need:
        return {}
    met = [one.meeting for one in every]
    columns: dict[str, list[Any]] = {}
    if chosen.need.is_seen:
        columns["Of these meet the need"] = [one.n if one else None for one in met]
    if chosen.need.kind == needs.PRIORITY:
        columns["Declares it"] = [one.wording if one else "" for one in met]
    return columns
