"""The secretariat's view of what visitors suggest: compare, change, accept or reject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.store import ReleaseError
from ecosystem.common.vocabulary import BY_COLUMN
from ecosystem.tables import regions
from ecosystem.ui import drafts, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import code, markdown
from ecosystem.web.pages import ORGANISATION_PAGE
from etl.errors import PublishError, RegisterError
from etl.inbox import moderation
from etl.inbox.events import event
from etl.inbox.floods import floods
from etl.inbox.invitation import make_secret
from etl.inbox.model import MAX_BYTES, Suggestion
from etl.inbox.moderation import Change, Desk, Review
from etl.ui import sign_in
from etl.ui.suggestions_feed import feed_address

_SAID, _CHOSEN = "_moderation_said", "moderation_chosen"
_MANY, _ANSWER = "moderation_many", "moderation_answer"
_FLOOD_REASON = "moderation_flood_reason"
_MOST_AT_ONCE = 100
_ACCEPTED = ("{n} of {of} is accepted.", "{n} of {of} are accepted.")
_REJECTED = ("{n} of {of} is rejected.", "{n} of {of} are rejected.")
_DONE = "_moderation_done"
_FLOOD_SHOWN = 5
_DECIDED_SHOWN = 200
_UNREASONED = "_moderation_without_reason"


def view() -> None:
    """All suggestions that wait for a decision, and those decided; for signed-in members only."""
    st.header("Suggestions", anchor=False)
    good, said = st.session_state.pop(_SAID, (True, ""))
    if said:
        (st.success if good else st.warning)(markdown(said))
    for number in st.session_state.pop(_DONE, ()):
        drafts.forget(_draft_name(number))
    try:
        desk = moderation.desk()
        waiting = {suggestion.number: suggestion for suggestion in desk.open_suggestions()}
        if waiting:
            _one(desk, waiting)
            if len(waiting) > 1:
                _several(desk, waiting)
            _floods(desk, waiting)
        else:
            st.markdown("No suggestion waits for a decision.")
        _decisions(desk)
        _feed()
    except (RegisterError, PublishError) as error:
        st.error(markdown(error))


def _one(desk: Desk, waiting: dict[int, Suggestion]) -> None:
    if st.session_state.get(_CHOSEN) not in waiting:
        st.session_state[_CHOSEN] = next(iter(waiting))
    number = st.selectbox(
        f"Waiting for a decision: {len(waiting):,}",
        list(waiting),
        format_func=lambda number: _heading(waiting[number]),
        key=_CHOSEN,
    )
    _decide(desk, desk.review(number))


def _heading(suggestion: Suggestion) -> str:
    about = suggestion.values.get("name", "") if suggestion.is_new else suggestion.org_id
    day = f"{suggestion.received:%-d %B %Y}"
    return f"{suggestion.number} · {what(suggestion)} · {about or '(text deleted)'} · {day}"


def what(suggestion: Suggestion) -> str:
    """What kind of suggestion it is, in small letters."""
    if suggestion.is_new:
        return "new"
    if suggestion.is_confirmation:
        return "confirmation by the organisation itself"
    if happened := event(suggestion.values, suggestion.before):
        return happened
    return "correction by the organisation itself" if suggestion.is_own else "correction"


def is_open(box: Any) -> bool:
    """Whether an expander is open: what it holds is made only then."""
    return bool(box.open)


def _several(desk: Desk, waiting: dict[int, Suggestion]) -> None:
    """Decide many at once, with one answer; those that need a look of their own are left."""
    box = st.expander("Several at once", icon=":material/checklist:", on_change="rerun")
    if not is_open(box):
        return
    with box:
        confirmations = [number for number, s in waiting.items() if s.is_confirmation]
        if confirmations:
            st.button(
                f"Choose all confirmations by organisations ({len(confirmations):,})",
                on_click=lambda: st.session_state.update({_MANY: confirmations[:_MOST_AT_ONCE]}),
            )
        st.session_state[_MANY] = [n for n in st.session_state.get(_MANY, []) if n in waiting]
        chosen = st.multiselect(
            "Suggestions",
            list(waiting),
            format_func=lambda number: _heading(waiting[number]),
            key=_MANY,
            max_selections=_MOST_AT_ONCE,
            placeholder="Choose",
        )
        reviews = [desk.review(number) for number in chosen]
        for review in reviews:
            number = review.suggestion.number
            alone = " **Needs a look of its own.**" if review.needs_look else ""
            st.markdown(f"**{markdown(_heading(waiting[number]))}**{alone}")
            st.markdown(_lines(review.changes, is_new=review.suggestion.is_new) or "No change.")
        ready = [r.suggestion.number for r in reviews if not r.needs_look]
        with drafts.keep("moderation-many", {_ANSWER: drafts.text(moderation.MAX_REASON)}):
            st.text_input(
                "Answer to all of them; a reason, if you reject them", key=_ANSWER,
                max_chars=moderation.MAX_REASON,
                help="Whoever has made the suggestions reads it, and whoever else has their links.",
            )  # fmt: skip
        seen = st.checkbox(
            f"I have looked at what {wording.count(len(chosen), 'suggestion')} would change",
            key=f"moderation_many_seen_{'_'.join(map(str, chosen))}",
            disabled=not chosen,
        )
        with st.container(horizontal=True):
            st.button(
                f"Accept {len(ready):,} into the register",
                key="moderation_accept_many",
                type="primary",
                icon=":material/done_all:",
                disabled=not seen or not ready,
                on_click=_accept_many,
                args=(desk, ready),
            )
            st.button(
                f"Reject {len(chosen):,}",
                key="moderation_reject_many",
                icon=":material/close:",
                disabled=not seen or not chosen,
                on_click=_reject_many,
                args=(desk, chosen),
            )


def _floods(desk: Desk, waiting: dict[int, Suggestion]) -> None:
    """Reject what came as a flood, in one action; without a look at each."""
    found = floods(waiting.values())
    if not found:
        return
    st.warning(
        f"This looks like a flood: {markdown(found[0].label)}. *Reject a flood* rejects all of it.",
        icon=":material/flood:",
    )
    box = st.expander("Reject a flood", icon=":material/flood:", on_change="rerun")
    if not is_open(box):
        return
    with box:
        flood = st.selectbox(
            "Which", found, format_func=lambda flood: flood.label, key="moderation_flood"
        )
        st.markdown(
            "\n".join(
                f"- {markdown(_heading(waiting[number]))}"
                for number in flood.numbers[:_FLOOD_SHOWN]
            )
        )
        if len(flood.numbers) > _FLOOD_SHOWN:
            st.caption(f"and {len(flood.numbers) - _FLOOD_SHOWN:,} more")
        with drafts.keep("moderation-flood", {_FLOOD_REASON: drafts.text(moderation.MAX_REASON)}):
            st.text_input(
                "Reason, which whoever made them reads", key=_FLOOD_REASON,
                max_chars=moderation.MAX_REASON,
            )  # fmt: skip
        sure = st.checkbox(
            f"Reject all {len(flood.numbers):,} without looking at each",
            key=f"moderation_flood_sure_{flood.numbers[0]}_{len(flood.numbers)}",
        )
        st.button(
            f"Reject {len(flood.numbers):,}",
            key="moderation_reject_flood",
            icon=":material/delete_sweep:",
            disabled=not sure,
            on_click=_reject_flood,
            args=(desk, flood.numbers),
        )


def _decisions(desk: Desk) -> None:
    """What was decided, by whom and when, and the way back."""
    box = st.expander("Decided", icon=":material/history:", on_change="rerun")
    if not is_open(box):
        return
    with box:
        found = desk.decisions()
        if not found:
            st.markdown("Nothing has been decided yet.")
            return
        st.dataframe(
            pd.DataFrame(
                [
                    (
                        f"{s.decided:%Y-%m-%d %H:%M}" if s.decided else "",
                        s.number,
                        what(s),
                        s.org_id or s.values.get("name", ""),
                        str(s.state),
                        s.decided_by,
                        s.reason,
                    )
                    for s in found[:_DECIDED_SHOWN]
                ],
                columns=["Decided, UTC", "Number", "Kind", "About", "Decision", "By", "Answer"],
            ),
            hide_index=True,
            alt="Decided suggestions, the latest first",
        )
        if len(found) > _DECIDED_SHOWN:
            st.caption(
                f"The latest {_DECIDED_SHOWN:,} of {len(found):,}; `cyber-valleys inbox export "
                "FILE --all` writes all."
            )
        back = {s.number: s for s in found[:_DECIDED_SHOWN] if not desk.why_not_undo(s)}
        if not back:
            st.caption(
                "None can be taken back: an acceptance can until the next release is published, a "
                "rejection as long as the texts are kept."
            )
            return
        number = st.selectbox(
            "Take a decision back",
            list(back),
            index=None,
            format_func=lambda number: f"{_heading(back[number])} · {back[number].state}",
            placeholder="Choose",
            key="moderation_back",
            help="It waits for a decision again; what was accepted goes out of the register.",
        )
        st.button(
            "Take it back",
            key="moderation_undo",
            icon=":material/undo:",
            disabled=number is None,
            on_click=_undo,
            args=(desk, number),
        )


def _feed() -> None:
    """The address of the feed of what waits, for members' own readers of feeds."""
    box = st.expander("Be told of new suggestions", icon=":material/rss_feed:", on_change="rerun")
    if not is_open(box):
        return
    with box:
        make_secret()
        st.markdown(
            "Give this address to a reader of feeds or a mail program. It says which suggestions "
            "wait, of which kind and since when; nothing that anybody has typed. Whoever has it "
            "reads the same: pass it on to members only."
        )
        st.code(feed_address(state.site()), language=None, wrap_lines=True)


def _decide(desk: Desk, review: Review) -> None:
    suggestion = review.suggestion
    number = suggestion.number
    typed = {_reason_key(number): drafts.text(moderation.MAX_REASON), **_edit_fields(review)}
    with drafts.keep(_draft_name(number), typed), st.container(border=True):
        _facts(review)
        edits, review = _edit_cells(desk, review, typed)
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
        st.text_input(
            "Answer; a reason, if you reject it", key=_reason_key(number),
            max_chars=moderation.MAX_REASON,
            help="Whoever has made the suggestion reads it, and whoever else has its link.",
        )  # fmt: skip
        st.button(
            "Accept into the register",
            key="moderation_accept",
            type="primary",
            icon=":material/check:",
            disabled=bool(review.faults or review.unseen) or not seen or review.missing,
            on_click=_accept,
            args=(desk, number, edits, review.version, keeps),
        )
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
        "decision. An acceptance can be taken back until the next release is published."
    )


def _facts(review: Review) -> None:
    suggestion = review.suggestion
    name = suggestion.values.get("name", "") if suggestion.is_new else review.checked.cells["name"]
    st.markdown(f"**{markdown(name or suggestion.org_id)}**: {what(suggestion)}")
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
        st.markdown(f"**Contact for questions**: {code(suggestion.contact)}")


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
    if review.unseen:
        st.error(
            "The organisation has confirmed what the register no longer says. Reject it, and send "
            f"a new link.\n{_lines(review.unseen, is_new=False)}"
        )
    for fault in review.faults:
        st.error(
            f"A refresh would refuse {markdown(fault.title)}: {markdown(fault.reason)} "
            f"{markdown(fault.mend)}"
        )


def _edit_cells(
    desk: Desk, review: Review, typed: dict[str, drafts.Field]
) -> tuple[dict[str, str], Review]:
    """What the moderator has changed, and the suggestion with it, checked like what came in.

    Fields that a change calls for are added to what is typed.
    """
    number = review.suggestion.number
    with st.expander("Change something before accepting"):
        edits = _edits(number, review.offered)
        edited = desk.review(number, edits) if edits else review
        # A change may need another one: a town that is one of several needs its region.
        offered = {change.column for change in review.offered}
        typed |= _edit_fields(edited)
        more = _edits(number, [c for c in edited.offered if c.column not in offered])
    return edits | more, desk.review(number, edits | more) if more else edited


def _edit_fields(review: Review) -> dict[str, drafts.Field]:
    number = review.suggestion.number
    return {
        _edit_key(number, change): drafts.text(MAX_BYTES, change.new) for change in review.offered
    }


def _edit_key(number: int, change: Change) -> str:
    return f"moderation_{number}_{change.column}"


def _reason_key(number: int) -> str:
    return f"moderation_reason_{number}"


def _draft_name(number: int) -> str:
    return f"moderation-{number}"


def _edits(number: int, offered: list[Change]) -> dict[str, str]:
    edits = {}
    for change in offered:
        key = _edit_key(number, change)
        # What the browser brings back is in the session already.
        value = "" if key in st.session_state else change.new
        text = st.text_input(change.title, value=value, key=key, max_chars=MAX_BYTES)
        if text != change.new:
            edits[change.column] = text
    return edits


@sign_in.by_member
def _accept(desk: Desk, number: int, edits: dict[str, str], over: str, was_renamed: bool) -> None:
    try:
        org_id = desk.accept(
            number, edits=edits, over=over, was_renamed=was_renamed,
            answer=st.session_state[_reason_key(number)],
        )  # fmt: skip
    except (RegisterError, PublishError) as error:
        st.session_state[_SAID] = False, str(error)
    else:
        st.session_state[_DONE] = [number]
        st.session_state[_SAID] = (
            True,
            f"Suggestion {number} is in the register: {org_id}. It is not yet on the map: choose "
            "“Refresh the data”, then Check without a file, then Publish.",
        )


@sign_in.by_member
def _reject(desk: Desk, number: int) -> None:
    reason = st.session_state[_reason_key(number)]
    if not reason.strip():
        st.session_state[_UNREASONED] = number
        return
    try:
        desk.reject(number, reason)
    except (RegisterError, PublishError) as error:
        st.session_state[_SAID] = False, str(error)
    else:
        st.session_state[_DONE] = [number]
        st.session_state[_SAID] = True, f"Suggestion {number} is rejected."


@sign_in.by_member
def _accept_many(desk: Desk, numbers: list[int]) -> None:
    _say_many(numbers, _ACCEPTED, lambda: desk.accept_many(numbers, st.session_state[_ANSWER]))


@sign_in.by_member
def _reject_many(desk: Desk, numbers: list[int]) -> None:
    _say_many(numbers, _REJECTED, lambda: desk.reject_many(numbers, st.session_state[_ANSWER]))


@sign_in.by_member
def _reject_flood(desk: Desk, numbers: Sequence[int]) -> None:
    reason = st.session_state[_FLOOD_REASON]
    _say_many(numbers, _REJECTED, lambda: desk.reject_many(numbers, reason))


def _say_many(
    numbers: Sequence[int], says: tuple[str, str], decide: Callable[[], dict[int, str]]
) -> None:
    try:
        refused = decide()
    except (RegisterError, PublishError) as error:
        st.session_state[_SAID] = False, str(error)
        return
    of = wording.number(len(numbers))
    said = wording.agree(len(numbers) - len(refused), *says, of=of)
    st.session_state[_SAID] = not refused, " ".join([said, *refused.values()])
    if not refused:
        for answer in (_ANSWER, _FLOOD_REASON):
            if answer in st.session_state:
                st.session_state[answer] = ""


@sign_in.by_member
def _undo(desk: Desk, number: int) -> None:
    try:
        org_id = desk.undo(number)
    except (RegisterError, PublishError) as error:
        st.session_state[_SAID] = False, str(error)
    else:
        said = [f"Suggestion {number} waits for a decision again."]
        if org_id:
            said.append(f"{org_id} is as it was before.")
        st.session_state[_SAID] = True, " ".join(said)
