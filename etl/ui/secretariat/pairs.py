"""Pairs that may be one organisation: both in full, and the decision about them."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from ecosystem.common import wording
from ecosystem.common.settings import settings
from ecosystem.ui import drafts
from ecosystem.ui.escape import markdown
from etl.errors import PublishError, RegisterError
from etl.register.decide import add_decision, decided_pairs, take_back
from etl.register.decisions import DIFFERENT, FILE, SAME
from etl.report.pairs import Pair, Side, pairs
from etl.ui import sign_in
from etl.ui.secretariat.desk import Desk

PER_PAGE = 20
_LONGEST = 200
_KEPT_DIFFERENT = "Kept: different. Check again to see what follows from it."
_KEPT_SAME = "Kept: the same; {name} stays. Check again to see what follows from it."
_DIFFERS = "≠"


def view(here: Desk) -> None:
    """All pairs of the check, some at a time, and what was decided before."""
    assert here.prepared is not None  # noqa: S101  (there are no pairs without a check)
    found = pairs(here.prepared)
    decided = decided_pairs(settings().register_dir / FILE)
    if not found and not decided:
        return
    label = (
        f"{wording.count(len(found), 'pair')} may be one organisation twice"
        if found
        else f"No pair to decide about; {wording.count(len(decided), 'pair')} decided before"
    )
    # With a key it stays as open as it is, whatever is decided in it.
    box = st.expander(
        label,
        expanded=any(pair.must_decide for pair in found),
        key=f"pairs_{here.number}",
        on_change="rerun",
    )
    if not box.open:
        return
    with box:
        if found:
            st.markdown(
                "What you decide is kept, and holds from then on. Only pairs of one name and town "
                "must be decided before anything is published."
            )
        shown = _page(here, found)
        open_ = [pair for pair in shown if pair.key not in here.decided]
        reasons = {_why(pair): drafts.text(_LONGEST) for pair in open_}
        # By what is shown: of the reasons on another page the browser knows by its name.
        with drafts.keep(f"why-{shown[0].key if shown else ''}", reasons):
            for pair in shown:
                _card(here, pair)
        _offer_to_take_back(here, decided)


def _page(here: Desk, found: list[Pair]) -> list[Pair]:
    if len(found) <= PER_PAGE:
        return found
    first = st.selectbox(
        "Which pairs",
        range(0, len(found), PER_PAGE),
        format_func=lambda at: wording.span(at, min(PER_PAGE, len(found) - at), len(found)),
        key=f"pairs_from_{here.number}",
    )
    return found[first : first + PER_PAGE]


def _card(here: Desk, pair: Pair) -> None:
    first, second = pair.first, pair.second
    with st.container(border=True, key=f"pair_{pair.key}"):
        st.markdown(f"**{markdown(first.name)}** and **{markdown(second.name)}**")
        st.caption(markdown(pair.evidence))
        st.markdown(_comparison(pair))
        if pair.key in here.decided:
            st.success(here.decided[pair.key])
            return
        reason = st.text_input("Why", key=_why(pair), max_chars=_LONGEST)
        with st.container(horizontal=True):
            for key, label, decision, kept, other in (
                ("first", "The same: keep the first", SAME, first, second),
                ("second", "The same: keep the second", SAME, second, first),
                ("different", "Different", DIFFERENT, first, second),
            ):
                if st.button(label, key=f"{key}_{pair.key}", disabled=not reason.strip()):
                    _decide(here, pair, decision, reason, kept, other)


def _why(pair: Pair) -> str:
    return f"why_{pair.key}"


def _comparison(pair: Pair) -> str:
    """Both sides as a table; a sign marks the fields that differ."""
    lines = [f"| | First: {markdown(pair.first.name)} | Second: {markdown(pair.second.name)} |",
             "|---|---|---|"]  # fmt: skip
    for title, one, other, differs in pair.rows():
        cells = [f"**{markdown(cell)}**" if cell and differs else markdown(cell)
                 for cell in (one, other)]  # fmt: skip
        field = " ".join([markdown(title), *([_DIFFERS] if differs else [])])
        lines.append(f"| {field} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


@sign_in.by_member
def _decide(here: Desk, pair: Pair, decision: str, reason: str, kept: Side, other: Side) -> None:
    try:
        add_decision(
            settings().register_dir / FILE,
            kept.org_id,
            other.org_id,
            decision,
            reason,
            datetime.now(UTC).date(),
            decided_by="secretariat",
            row_a=kept.content,
            row_b=other.content,
        )
    except (RegisterError, PublishError) as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return
    said = _KEPT_DIFFERENT if decision == DIFFERENT else _KEPT_SAME
    here.decided[pair.key] = said.format(name=markdown(kept.name))
    st.rerun()


def _offer_to_take_back(here: Desk, decided: list[tuple[str, str, str]]) -> None:
    """Let a decision be taken back, the latest first."""
    if not decided:
        return
    st.markdown("**Decided before**")
    chosen = st.selectbox(
        "A decision to take back",
        decided[::-1],
        format_func=lambda row: f"{row[0]} and {row[1]}: {row[2]}",
        index=None,
        placeholder="Choose one, if it was wrong",
        key=f"decided_{here.number}_{len(decided)}",
    )
    if chosen and st.button("Take this decision back", icon=":material/undo:"):
        _take_back(here, *chosen[:2])


@sign_in.by_member
def _take_back(here: Desk, org_id_a: str, org_id_b: str) -> None:
    try:
        take_back(settings().register_dir / FILE, org_id_a, org_id_b)
    except (RegisterError, PublishError) as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return
    for key in (f"{org_id_a}_{org_id_b}", f"{org_id_b}_{org_id_a}"):
        here.decided.pop(key, None)
    st.rerun()
