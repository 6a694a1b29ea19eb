"""The secretariat's view of what visitors suggest: compare, change, accept or reject."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from ecosystem.common.store import ReleaseError
from ecosystem.common.vocabulary import BY_COLUMN
from ecosystem.tables import regions
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import ORGANISATION_PAGE
from etl.errors import PublishError, RegisterError
from etl.inbox import moderation
from etl.inbox.events import event
from etl.inbox.model import MAX_BYTES, Suggestion
from etl.inbox.moderation import Change, Desk, Review
from etl.ui import sign_in

_SAID, _CHOSEN = "_moderation_said", "moderation_chosen"
_UNREASONED = "_moderation_without_reason"


def view() -> None:
    """All suggestions that wait for a decision, one at a time; for signed-in members only."""
    st.header("Suggestions", anchor=False)
    good, said = st.session_state.pop(_SAID, (True, ""))
    if said:
        (st.success if good else st.warning)(markdown(said))
    try:
        desk = moderation.desk()
        waiting = {suggestion.number: suggestion for suggestion in desk.open_suggestions()}
        if not waiting:
            st.markdown("No suggestion waits for a decision.")
            return
        if st.session_state.get(_CHOSEN) not in waiting:
            st.session_state[_CHOSEN] = next(iter(waiting))
        number = st.selectbox(
            f"Waiting for a decision: {len(waiting):,}",
            list(waiting),
            format_func=lambda number: _heading(waiting[number]),
            key=_CHOSEN,
        )
        _decide(desk, desk.review(number))
    except (RegisterError, PublishError) as error:
        st.error(markdown(error))


def _heading(suggestion: Suggestion) -> str:
    about = suggestion.values.get("name", "") if suggestion.is_new else suggestion.org_id
    happened = event(suggestion.values, suggestion.before)
    what = "new" if suggestion.is_new else happened or "correction"
    return f"{suggestion.number} · {what} · {about} · {suggestion.received:%-d %B %Y}"


def _decide(desk: Desk, review: Review) -> None:
    suggestion = review.suggestion
    number = suggestion.number
    with st.container(border=True):
        _facts(review)
        edits, review = _edit_cells(desk, review)
        if edits:
            lines = _lines(review.changes, is_new=suggestion.is_new)
            st.markdown(f"**With your changes**\n{lines}")
        _findings(review)
        if review.conflicts:
            changed = ", ".join(change.title for change in review.conflicts)
            st.warning(
                f"The register has changed since this was suggested ({changed}): compare what "
                "is there now with what was suggested."
            )
        seen = not review.conflicts or st.checkbox(
            "I have seen that the register has changed since, and want to change it all the same",
            key=f"moderation_seen_{number}",
        )
        renamed = any(change.column == "name" and change.old for change in review.changes)
        keeps = not renamed or st.checkbox(
            "Keep the old name as a former name", value=True, key=f"moderation_former_{number}"
        )
        st.button(
            "Accept into the register",
            key="moderation_accept",
            type="primary",
            icon=":material/check:",
            disabled=bool(review.faults) or not seen or review.missing,
            on_click=_accept,
            args=(desk, number, edits, review.version, keeps),
        )
        st.text_input(
            "Reason, if you reject it", key=f"moderation_reason_{number}",
            max_chars=moderation.MAX_REASON,
            help="Whoever has made the suggestion reads it, and whoever else has its link.",
        )  # fmt: skip
        unreasoned = st.session_state.pop(_UNREASONED, None)
        if unreasoned == number:
            st.error("Write a reason first.")
        st.button(
            "Reject",
            key="moderation_reject",
            icon=":material/close:",
            on_click=_reject,
            args=(desk, number),
        )
    st.caption(
        "What you accept is in the register at once, and on the map after the next refresh. "
        "Either decision deletes the contact address. Texts are deleted 180 days after the "
        "decision."
    )


def _facts(review: Review) -> None:
    suggestion = review.suggestion
    name = suggestion.values.get("name", "") if suggestion.is_new else review.checked.cells["name"]
    happened = event(suggestion.values, suggestion.before)
    what = "New" if suggestion.is_new else happened.capitalize() or "Correction"
    st.markdown(f"**{what}: {markdown(name or suggestion.org_id)}**")
    if review.org_id:
        st.page_link(
            ORGANISATION_PAGE,
            label="The organisation as it is published",
            icon=":material/open_in_new:",
            query_params={"org": review.org_id},
        )
    if review.missing:
        st.warning("The organisation is no longer in the register: reject the suggestion.")
    st.markdown(_lines(review.changes, is_new=suggestion.is_new) or "It would change nothing.")
    if suggestion.comment:
        st.markdown(f"**Comment**: {markdown(suggestion.comment)}")
    if suggestion.contact:
        st.markdown(f"**Contact for questions**: {markdown(suggestion.contact)}")


def _lines(changes: list[Change], *, is_new: bool) -> str:
    lines = []
    for change in changes:
        old, new = _cell(change.column, change.old), _cell(change.column, change.new)
        seen = ""
        if change.seen is not None:
            seen = f" (was {_cell(change.column, change.seen)} when suggested)"
        # What is new has no cell before.
        before = "" if is_new else f"{old}{seen} → "
        lines.append(f"- **{change.title}**: {before}{new}")
    return "\n".join(lines)


def _cell(column: str, text: str) -> str:
    """A cell of the register for people: codes by their labels."""
    if not text:
        return "*empty*"
    if column in BY_COLUMN:
        text = ", ".join(BY_COLUMN[column].label(code) for code in text.split(";"))
    elif column == "nuts2_hint":
        # Before the first release there are no names of regions.
        with suppress(ReleaseError):
            text = ask(regions.names).get(text, text)
    return markdown(text)


def _findings(review: Review) -> None:
    checked = review.checked
    if checked.town:
        st.markdown(f":material/location_on: Located: {markdown(checked.town.sentence())}")
    for org_id, evidence in checked.duplicates.items():
        # The sentence names both.
        st.warning(f"Perhaps the same as another organisation: {markdown(evidence)}")
        st.page_link(
            ORGANISATION_PAGE,
            label=f"Look at {markdown(org_id)}",
            icon=":material/open_in_new:",
            query_params={"org": org_id},
        )
    for caution in review.cautions:
        st.warning(f"Look twice: {markdown(caution)}")
    for fault in review.faults:
        st.error(
            f"A refresh would refuse {markdown(fault.title)}: {markdown(fault.reason)} "
            f"{markdown(fault.mend)}"
        )


def _edit_cells(desk: Desk, review: Review) -> tuple[dict[str, str], Review]:
    """What the moderator has changed, and the suggestion with it, checked like what came in."""
    number = review.suggestion.number
    with st.expander("Change something before accepting"):
        edits = _edits(number, review.offered)
        edited = desk.review(number, edits) if edits else review
        # A change may need another one: a town that is one of several needs its region.
        offered = {change.column for change in review.offered}
        more = _edits(number, [c for c in edited.offered if c.column not in offered])
    return edits | more, desk.review(number, edits | more) if more else edited


def _edits(number: int, offered: list[Change]) -> dict[str, str]:
    edits = {}
    for change in offered:
        text = st.text_input(
            change.title,
            value=change.new,
            key=f"moderation_{number}_{change.column}",
            max_chars=MAX_BYTES,
        )
        if text != change.new:
            edits[change.column] = text
    return edits


@sign_in.by_member
def _accept(desk: Desk, number: int, edits: dict[str, str], over: str, was_renamed: bool) -> None:
    try:
        org_id = desk.accept(number, edits=edits, over=over, was_renamed=was_renamed)
    except (RegisterError, PublishError) as error:
        st.session_state[_SAID] = False, str(error)
    else:
        st.session_state[_SAID] = (
            True,
            f"Suggestion {number} is in the register: {org_id}. It is not yet on the map: choose "
            "“Refresh the data”, then Check without a file, then Publish.",
        )


@sign_in.by_member
def _reject(desk: Desk, number: int) -> None:
    reason = st.session_state[f"moderation_reason_{number}"]
    if not reason.strip():
        st.session_state[_UNREASONED] = number
        return
    try:
        desk.reject(number, reason)
    except (RegisterError, PublishError) as error:
        st.session_state[_SAID] = False, str(error)
    else:
        st.session_state[_SAID] = True, f"Suggestion {number} is rejected."
