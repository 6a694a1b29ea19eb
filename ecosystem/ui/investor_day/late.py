"""Late changes: who drops out or joins, what stays as it is, and a new plan with few changes."""

from __future__ import annotations

import streamlit as st

from ecosystem.common.text import fold, slug
from ecosystem.matching.investor_day.agenda import by_name
from ecosystem.matching.investor_day.model import Day, Kind, Meeting, Participant, Plan, Wish
from ecosystem.ui.escape import markdown
from ecosystem.ui.investor_day import planning
from ecosystem.ui.investor_day.desk import Desk

_NOTHING = 0
_LONGEST = 120


def view(here: Desk, day: Day, plan: Plan) -> None:
    """Let the organiser say what has changed, and plan again."""
    st.header("Late changes", anchor=False)
    st.markdown(
        "Somebody cancels or joins: the new plan changes as little as it can, and nothing that you "
        "keep here."
    )
    _keep(here, day, plan)
    drop_out, join = st.columns(2)
    with drop_out:
        _drop_out(here, day)
    with join:
        _join(here, day)


def _keep(here: Desk, day: Day, plan: Plan) -> None:
    """Which meetings stay as they are: all before a time, and any that are named."""
    slots = sorted({meeting.slot for meeting in plan.meetings})
    until = st.selectbox(
        "Keep everything before",
        [_NOTHING, *slots[1:]],
        format_func=lambda n: f"{day.slot[n].start:%a %-d %b, %H:%M}" if n else "keep nothing",
        key=f"keep_until_{here.number}",
        help="What has taken place already can't change any more.",
    )
    labels = {_label(day, one): one.key for one in plan.meetings}
    fixed = {one.key for one in day.locked}
    named = st.multiselect(
        "Keep these meetings",
        list(labels),
        default=[label for label, pair in labels.items() if pair in fixed],
        key=f"keep_{here.number}_{here.plans}",
        placeholder="None by name",
    )
    pairs = {labels[label] for label in named}
    here.kept = tuple(
        one for one in plan.meetings if one.slot < (until or _NOTHING) or one.key in pairs
    )


def _drop_out(here: Desk, day: Day) -> None:
    who = st.selectbox(
        "Who doesn't come after all",
        by_name(day),
        index=None,
        format_func=day.name,
        placeholder="Choose a participant",
        key=f"drop_{here.number}_{len(day.today.participants)}",
    )
    st.button(
        "Drop out and plan again",
        icon=":material/person_remove:",
        disabled=who is None,
        on_click=_change,
        args=(here, who, False),
    )
    gone = [one.id for one in day.participants if not one.comes]
    if gone:
        back = st.selectbox(
            "Who comes all the same",
            gone,
            format_func=day.name,
            key=f"back_{here.number}_{len(gone)}",
        )
        st.button(
            "Take back in and plan again",
            icon=":material/person_add:",
            on_click=_change,
            args=(here, back, True),
        )


def _join(here: Desk, day: Day) -> None:
    with st.form(f"join_{here.number}_{len(day.participants)}", border=False):
        name = st.text_input("Who joins", max_chars=_LONGEST, placeholder="Name")
        kind = st.radio("Side", list(Kind), format_func=str, horizontal=True) or Kind.SME
        wishes = st.multiselect(
            "Wishes to meet",
            by_name(day),
            format_func=day.name,
            placeholder="Whoever fits",
        )
        if not st.form_submit_button("Add and plan again", icon=":material/person_add:"):
            return
    name = " ".join(name.split())
    if not fold(name):
        st.error("Write the name of who joins.", icon=":material/error:")
    elif fold(name) in {fold(one.name) for one in day.participants}:
        st.error(
            f"{markdown(name)} is among the participants already; add to the name what tells them "
            "apart.",
            icon=":material/error:",
        )
    else:
        one = Participant(_new_id(day, name), name, kind)
        here.add(one, [Wish(one.id, whom) for whom in wishes])
        planning.start(here)
        st.rerun()


def _change(here: Desk, who: str, comes: bool) -> None:
    here.change(who, comes=comes)
    planning.start(here)


def _new_id(day: Day, name: str) -> str:
    made = slug(name)
    while made in day.by_id:
        made += "-2"
    return made


def _label(day: Day, meeting: Meeting) -> str:
    slot = day.slot[meeting.slot]
    return f"{slot.start:%a %H:%M}, {day.pair_name(*meeting.both)}, table {meeting.table}"
