"""What a plan reaches, aim by aim in their order, and what changed for whom."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.matching.investor_day import changes
from ecosystem.matching.investor_day.measures import Measures, measure
from ecosystem.matching.investor_day.model import AIMS, Day, Kind, Mode, Plan
from ecosystem.matching.investor_day.results import proof_words
from ecosystem.ui.escape import markdown
from ecosystem.ui.investor_day.desk import Desk

_MOST_BREACHES = 20
_CHANGES_TO_WORKBOOK = "Against the plan in the workbook: {changes}, {participants} to tell."
_CHANGES_TO_BEFORE = "Against the plan before: {changes}, {participants} to tell."
_STILL = ("{n} meeting still takes place.", "{n} meetings still take place.")
_KEPT_AND_ALL = (
    "Every limit is kept, and the {n} meeting that must take place does.",
    "Every limit is kept, and all of {n} meetings that must take place do.",
)


def view(here: Desk, day: Day, plan: Plan) -> list[tuple[str, str]]:
    """Show what the plan reaches; what of it a late change has broken comes first.

    Returns
    -------
    list of (str, str)
        Lines for the workbook's sheet of figures: what is proven of each aim.
    """
    st.header("The plan", anchor=False)
    broken = here.broken()
    if broken:
        st.warning(
            "This plan doesn't keep what the day says now. Plan again.",
            icon=":material/sync_problem:",
        )
        for sentence in broken[:_MOST_BREACHES]:
            st.markdown(f"- {markdown(sentence)}")
    reached = reached_in_words(day, measure(day, plan), is_kept=not broken)
    proofs = {proof.aim: proof_words(proof) for proof in here.proofs}
    rows = [
        (markdown(f"{number}. {AIMS[aim]}"), markdown(text), markdown(proofs.get(aim, ("", ""))[1]))
        for number, (aim, text) in enumerate(reached.items(), start=1)
    ]
    columns = ["Aim, the first before all others", "Reached", "Proven"]
    table = pd.DataFrame(rows, columns=columns)
    st.table(table if proofs else table.drop(columns="Proven"), hide_index=True)
    _changes(here, day, plan)
    return list(proofs.values())


def _changes(here: Desk, day: Day, plan: Plan) -> None:
    """Whom a new plan concerns, against what they have been told, and against the plan before."""
    base = here.base
    if base is None or base is plan:
        return
    st.header("What changed for whom", anchor=False)
    found = changes.changes(base, plan)
    concerned = changes.by_participant(day, found)
    if not found:
        st.success("Nothing has changed for anybody.", icon=":material/check:")
        return
    kept = sum(meeting.key in base.at for meeting in plan.meetings)
    changed = (_CHANGES_TO_WORKBOOK if here.told else _CHANGES_TO_BEFORE).format(
        changes=wording.count(len(found), "change"),
        participants=wording.count(len(concerned), "participant"),
    )
    st.markdown(f"{changed} {wording.agree(kept, *_STILL)}")
    rows = [
        (
            markdown(day.name(who)),
            markdown(" ".join(changes.in_words(day, change, who) for change in mine)),
        )
        for who, mine in concerned.items()
    ]
    st.table(pd.DataFrame(rows, columns=["Whom", "What"]), hide_index=True)


def reached_in_words(day: Day, found: Measures, *, is_kept: bool = True) -> dict[str, str]:
    """What a plan reaches of each aim, by the code of the aim, in their order."""
    musts = len(day.today.musts)
    evenness = "; ".join(f"evenness among {kind}s {found.fairness[kind]:.2f} of 1" for kind in Kind)
    scored = f" (mean {found.mean_score:.2f})" if found.mean_score is not None else ""
    is_whole = wording.agree(musts, *_KEPT_AND_ALL) if musts else "Every limit is kept."
    said = {
        "must": is_whole if is_kept else "Not everything is kept; see above.",
        "fair": f"Everybody has at least {wording.count(found.fair_minimum, 'meeting')}, or as "
        f"many as they could have at all; {evenness}.",
        "match": f"{found.total_match:,.2f} for {wording.count(found.meetings, 'meeting')}, "
        f"{found.scored:,} of them with a score{scored}. {found.wishes_met:,} of "
        f"{found.wishes:,} wishes are met, and {found.mutual_met:,} of {found.mutual:,} mutual "
        "ones.",
        "gaps": f"{wording.count(found.idle_in_all, 'idle slot')} between meetings.",
        "spread": f"Nobody has more than {wording.count(found.most_idle, 'idle slot')}.",
        "tables": f"{wording.count(found.table_changes_in_all, 'change')} of table.",
    }
    left_out = {"fair", "match"} if day.mode is Mode.PLACE else set()
    if not day.fair:
        left_out.add("fair")
    return {aim: said[aim] for aim in AIMS if aim in said and aim not in left_out}
