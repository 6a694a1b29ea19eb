"""The consortium sketch: regions and organisations, roles and rules, and the files to take away."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import brief, export
from ecosystem.common import wording
from ecosystem.common.search_words import MAX_LENGTH
from ecosystem.common.vocabulary import COUNTRIES, TYPES
from ecosystem.finding.filters import Filter
from ecosystem.network import consortium, consortium_rules, partner_words
from ecosystem.network.consortium import MOST_MEMBERS, MOST_REGIONS, Consortium
from ecosystem.network.consortium_rules import Verdict
from ecosystem.tables import organisations, regions
from ecosystem.ui import listing, partner_finder, share, shortlist, state
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import link, markdown
from ecosystem.ui.partner_finder import MEMBERS, TITLE, WITH, Choice
from ecosystem.web.pages import ORGANISATION_PAGE

_SEARCH = "find"
_FOUND = 8


def sketch(chosen: Choice) -> None:
    """The sketch of what the address holds, and what to do where it holds nothing."""
    found: Consortium = ask(consortium.sketch, chosen.plan)
    _unusable(found)
    _choose(chosen, found)
    if found.is_empty:
        st.info(
            "Nothing is picked yet. Choose regions above, take organisations from the suggestions, "
            "from your shortlist or by search; then you see which roles are covered, who is "
            "missing, and whether the usual rules hold.",
            icon=":material/group_add:",
        )
        return
    _downloads(chosen)
    left, right = st.columns(2, gap="large")
    with left:
        _members(found)
        _regions(found)
        _rules(found)
    with right:
        _roles(chosen, found)
    _links(found)


def _unusable(found: Consortium) -> None:
    if found.unknown:
        told = wording.join_first([f"“{markdown(text[:80])}”" for text in found.unknown], 6)
        st.info(f"Left out, not in this release: {told}.", icon=":material/search_off:")
    if found.cut:
        st.info(
            f"A sketch holds {MOST_REGIONS} regions and {MOST_MEMBERS} organisations; "
            f"{found.cut} more of the address are left out."
        )


def _choose(chosen: Choice, found: Consortium) -> None:
    places = {id_: label for id_, label in ask(regions.choices).items() if id_ != chosen.plan.own}
    labels = ask(regions.labels)
    beside = [str(id_) for id_ in found.regions.index if id_ != chosen.plan.own]
    places |= {id_: labels[id_] for id_ in beside if id_ not in places}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Working title",
            key="sketch_title",
            max_chars=partner_finder.LONGEST_TITLE,
            placeholder="Shown in the files",
            width=300,
            on_change=state.bind(TITLE, "sketch_title", chosen.plan.title, default=""),
        )
        st.multiselect(
            "Regions beside mine" if chosen.plan.own else "Regions",
            list(places),
            format_func=places.__getitem__,
            key="sketch_regions",
            max_selections=MOST_REGIONS - bool(chosen.plan.own),
            select_all=False,
            placeholder="Choose regions or valleys",
            width=520,
            on_change=state.bind(WITH, "sketch_regions", beside, write=list),
        )
    with st.expander("Add organisations", icon=":material/add:", expanded=bool(state.get(_SEARCH))):
        _shortlisted(chosen)
        _search(chosen)


def _shortlisted(chosen: Choice) -> None:
    listed = [id_ for id_ in shortlist.ids() if id_ not in chosen.plan.org_ids]
    if listed:
        st.button(
            f"Add my shortlist ({wording.count(len(listed), 'organisation')})",
            icon=":material/bookmarks:",
            key="sketch_shortlist",
            on_click=state.update,
            args=({MEMBERS: [*chosen.plan.org_ids, *listed][:MOST_MEMBERS]},),
        )


def _search(chosen: Choice) -> None:
    text = state.get(_SEARCH)[:MAX_LENGTH]
    st.text_input(
        "Search organisations",
        key="sketch_search",
        max_chars=MAX_LENGTH,
        placeholder="Name, town or topic",
        icon=":material/search:",
        on_change=state.bind(_SEARCH, "sketch_search", text, default=""),
    )
    if not text.strip():
        return
    filter_ = Filter.from_params({"q": [text]})
    rows = ask(organisations.page, filter_, sort=organisations.sorts(filter_)[0], limit=_FOUND)
    if rows.empty:
        st.caption("No organisation of the register is found by these words.")
    for row in rows.to_dict("records"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _organisation(row["org_id"], row["name"])
            st.caption(
                f"{TYPES.label(row['type'])} · {markdown(row['city'])}, "
                f"{COUNTRIES.label(row['country'])}",
                width="content",
            )
            partner_finder.add_member(chosen, row["org_id"], "search")


def _organisation(org_id: str, name: str) -> None:
    st.page_link(
        ORGANISATION_PAGE,
        label=markdown(name),
        icon=":material/domain:",
        query_params={"org": org_id},
    )


def _downloads(chosen: Choice) -> None:
    plan, address = chosen.plan, state.address()
    name = "cyber-valleys-consortium"
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, ending, mime, write in _FILES:
            st.download_button(
                label,
                data=partial(write, database(), plan, address),
                file_name=f"{name}.{ending}",
                mime=mime,
                icon=icon,
                on_click="ignore",
                key=f"sketch_{ending}",
            )
        share.button(address, plan.title or "Consortium sketch", "sketch")
    st.caption(brief.NO_PROMISE)


_FILES: tuple[tuple[str, str, str, str, Callable[..., bytes]], ...] = (
    ("Sketch (PDF)", ":material/picture_as_pdf:", "pdf", "application/pdf", brief.consortium_pdf),
    ("Sketch (Excel)", ":material/download:", "xlsx", export.XLSX_TYPE, brief.consortium_xlsx),
)


def _members(found: Consortium) -> None:
    st.header("Organisations", anchor=False)
    if found.members.empty:
        st.caption("None is picked yet.")
    with listing.rows("sketched"):
        for row in found.members.to_dict("records"):
            _member(found, row)


def _member(found: Consortium, row: Mapping[Hashable, Any]) -> None:
    where = row["region"] or "outside the regions"
    facts = f"{TYPES.label(row['type'])} · {COUNTRIES.label(row['country'])} · {where}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _organisation(row["org_id"], row["name"])
        st.caption(markdown(facts), width="content")
        st.button(
            "Remove",
            icon=":material/close:",
            type="tertiary",
            key=f"sketch_remove_{row['org_id']}",
            on_click=state.update,
            args=({MEMBERS: [id_ for id_ in found.members["org_id"] if id_ != row["org_id"]]},),
        )


def _regions(found: Consortium) -> None:
    without = [row["label"] for row in found.regions.to_dict("records") if not row["members"]]
    if without:
        st.info(
            f"No organisation is picked yet in {markdown(wording.join(without))}.",
            icon=":material/info:",
        )


def _roles(chosen: Choice, found: Consortium) -> None:
    st.header("Roles", anchor=False)
    st.markdown(partner_words.open_roles(found.missing))
    for role, names in found.roles.items():
        note = [f"*{role.note}*"] if role.note else []
        if names:
            taken = f":material/check_circle: **{role.label}**: {markdown(wording.join(names))}."
            st.markdown(" ".join([taken, *note]))
            continue
        free = f":material/radio_button_unchecked: **{role.label}**: nobody yet."
        st.markdown(" ".join([free, *note]))
        could = found.candidates[found.candidates["role"] == role.label]
        if could.empty:
            st.caption("The register has none in the regions picked that isn't picked already.")
        with listing.rows(f"role_{role.code}"):
            for row in could.to_dict("records"):
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    _organisation(row["org_id"], row["name"])
                    st.caption(markdown(row["region"]), width="content")
                    partner_finder.add_member(chosen, row["org_id"], role.code)


def _rules(found: Consortium) -> None:
    st.header("Usual rules", anchor=False)
    for verdict in found.verdicts:
        with st.container(border=True):
            _rule(verdict)
    st.caption("A call may ask for more, or for something else: its own text counts.")


def _rule(verdict: Verdict) -> None:
    rule = verdict.rule
    icon = ":material/check_circle:" if verdict.holds else ":material/pending:"
    st.markdown(f"{icon} **{markdown(verdict.sentence)}**")
    for remark in verdict.remarks:
        st.markdown(markdown(remark))
    countries = [COUNTRIES.label(code) for code in sorted(rule.associated) if code in COUNTRIES]
    sources = [
        f"{link(f'{i}', row['source'])}: {markdown(row['source_is'])}"
        for i, row in enumerate(consortium_rules.country_sources(rule), start=1)
    ]
    st.caption(
        f"{markdown(rule.text)} {markdown(rule.unknown)} {link('Source', rule.source)}: "
        f"{markdown(rule.source_is)}, read on {rule.read}. Beside the member states these "
        f"countries of the map count: {wording.join(countries)} (source {'; '.join(sources)})."
    )


def _links(found: Consortium) -> None:
    if found.pairs.empty:
        return
    st.header("What links the regions", anchor=False)
    rows: list[dict[str, Any]] = [
        {
            "Regions": f"{row['one']} and {row['other']}",
            "About km": round(row["km"], -1),
            "Common partnerships": "; ".join(row["partnerships"]) or "none known",
        }
        for row in found.pairs.to_dict("records")
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="What links the regions of the sketch")
