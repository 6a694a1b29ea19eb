"""Plan in the background: choose how, watch the best plan so far, stop and take it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from ecosystem.common import wording
from ecosystem.matching.investor_day import planner
from ecosystem.matching.investor_day.checks import DayError
from ecosystem.matching.investor_day.measures import measure
from ecosystem.matching.investor_day.model import Mode
from ecosystem.matching.investor_day.planner import BusyError, Look, Stage
from ecosystem.matching.investor_day.results import proof_words
from ecosystem.matching.investor_day.solver import State
from ecosystem.matching.investor_day.verify import verify
from ecosystem.ui.escape import markdown
from ecosystem.ui.investor_day.attendance import Attended
from ecosystem.ui.investor_day.desk import Desk
from ecosystem.ui.investor_day.upload import show_faults

_SECONDS, _MOST_SECONDS = 20, 120
_EVERY_S = 1.0
_LEFT = "Planning ended, since nobody looked at it any more."
_BEFORE = (
    "{n} other day is planned before this one.",
    "{n} other days are planned before this one.",
)
_MODES = {
    Mode.CHOOSE: "Choose who meets whom, then when and where",
    Mode.PLACE: "Place the given meetings only",
}


def view(here: Desk) -> None:
    """Choose how to plan and begin; or how far it is."""
    st.header("3. Plan", anchor=False)
    if here.planning is not None:
        _watch(here)
        return
    _ask(here)
    _say_trouble(here)


def start(here: Desk) -> None:
    """Plan the day in a process of its own, with few changes to the plan that is there."""
    here.stop()
    here.trouble, here.conflict = "", []
    if here.day is None:
        return
    try:
        job = planner.start(
            here.day.with_locked(here.kept),
            here.seconds,
            previous=here.plan if here.few_changes else None,
        )
    except DayError as error:
        here.trouble, here.conflict = "The day can't be planned like this.", error.faults
    except BusyError as error:
        here.trouble = str(error)
    else:
        here.planning = Attended(job)


def _ask(here: Desk) -> None:
    day = here.day
    if day is None:
        return
    mode = st.radio(
        "What to plan",
        list(Mode),
        index=list(Mode).index(day.mode),
        format_func=_MODES.__getitem__,
        key=f"mode_{here.number}",
    )
    if mode is not None and mode is not day.mode:
        here.day = replace(day, mode=mode)
    here.seconds = st.slider(
        "Seconds it may take",
        1,
        _MOST_SECONDS,
        _SECONDS,
        key=f"seconds_{here.number}",
        help="It ends before that where nothing better is possible.",
    )
    if here.plan is not None:
        here.few_changes = st.checkbox(
            "Change the plan that is there as little as possible",
            value=True,
            key=f"few_changes_{here.number}",
        )
    st.button(
        "Plan" if here.plan is None else "Plan again",
        type="primary",
        icon=":material/event_seat:",
        on_click=start,
        args=(here,),
    )


@st.fragment(run_every=_EVERY_S)
def _watch(here: Desk) -> None:
    """How far the plan is, again and again; when nobody looks any more, planning ends."""
    if here.planning is None:
        st.rerun()
    before = here.planning.ask()
    look = here.planning.job.look()
    if look.outcome is not None:
        _take(here, look)
        st.rerun()
    with st.container(border=True):
        if look.stage is Stage.WAITING and before:
            st.markdown(f"**Waiting for its turn.** {wording.agree(before, *_BEFORE)}")
        else:
            st.markdown(f"**{markdown(look.step)}.** {_best_so_far(here, look)}")
        with st.container(horizontal=True):
            st.button(
                "Stop and take it",
                icon=":material/stop_circle:",
                disabled=look.plan is None,
                on_click=here.planning.job.stop,
            )
            st.button("Give up", icon=":material/close:", type="tertiary", on_click=here.stop)


def _best_so_far(here: Desk, look: Look) -> str:
    if here.day is None or look.plan is None:
        return "There is no plan yet."
    found = measure(here.day, look.plan)
    said = (
        f"The best plan so far has {wording.count(found.meetings, 'meeting')}, a total match of "
        f"{found.total_match:,.2f} and {wording.count(found.idle_in_all, 'idle slot')}."
    )
    proven = [
        f"- {markdown(title.removesuffix(' (proof)'))}: {markdown(text)}"
        for title, text in map(proof_words, look.proofs)
    ]
    return "\n".join([said, "", *proven])


def _take(here: Desk, look: Look) -> None:
    """Take the plan over, unless it breaks what the organiser said."""
    was_left = here.planning is not None and here.planning.was_left
    here.planning = None
    outcome = look.outcome
    if outcome is None or here.day is None:
        return
    failed = _LEFT if was_left else look.step
    here.conflict = list(outcome.conflicts)
    if outcome.state is State.IMPOSSIBLE:
        here.trouble = "No plan can keep everything that the workbook says must be."
        return
    if outcome.plan is None:
        seconds = wording.count(here.seconds, "second")
        here.trouble = (
            failed
            if look.stage is Stage.FAILED
            else f"Nothing was found in {seconds}. Give it more time, or fewer participants, slots "
            "or limits."
        )
        return
    if look.stage is Stage.FAILED:
        here.trouble = f"{failed} What was found before that is below."
    day = here.day.with_locked(here.kept)
    broken = verify(day, outcome.plan)
    if broken:
        here.trouble = (
            "The plan that was found breaks what the workbook says, so it was thrown away: "
            f"{broken[0]} Please report this."
        )
        return
    here.day, here.former, here.plan = day, here.plan, outcome.plan
    here.proofs = outcome.proofs
    here.plans += 1
    here.made = datetime.now(UTC)


def _say_trouble(here: Desk) -> None:
    if here.trouble:
        st.error(markdown(here.trouble), icon=":material/error:")
    if here.conflict:
        st.markdown(
            "To correct in the workbook. Where several contradict each other, changing one of them "
            "takes this contradiction away."
        )
        show_faults(here.conflict)
