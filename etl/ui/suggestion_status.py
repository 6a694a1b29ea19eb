"""What became of a suggestion, for whoever has its link, and of all that this browser has sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ecosystem.common.vocabulary import inside
from ecosystem.tables import organisations
from ecosystem.ui import tab_title
from ecosystem.ui.browser_lists import BrowserList
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import ORGANISATION_PAGE, SUGGEST_PAGE
from etl.errors import PublishError
from etl.inbox.model import State, Suggestion
from etl.inbox.store import inbox

_KEY_PATTERN = re.compile("[0-9a-f]{64}")
_MAX_OWN = 50
_WORDS = {
    State.OPEN: "Open",
    State.ACCEPTING: "Accepted",
    State.ACCEPTED: "Accepted",
    State.REJECTED: "Rejected",
    State.TAKING_BACK: "Open",
}
_SUBJECTS = {
    "new": "A new organisation",
    "confirmation": "A confirmation of {name}",
    "correction": "A correction of {name}",
}
_RECEIVED = {
    "new": "A new organisation, received on {day}.",
    "confirmation": "A confirmation of {name}, received on {day}.",
    "correction": "A correction of {name}, received on {day}.",
}
_REJECTED = "Rejected."
_REJECTED_ON = "Rejected on {day}."
_ACCEPTED = "Accepted: it is written into the register."
_ACCEPTED_ON = "Accepted on {day}: it is written into the register."
_NOT_SHOWN_YET = "The site shows it after the next refresh of the data."
_ANSWER = "The moderator’s answer:\n\n“{reason}”"
_ICONS = {
    State.OPEN: "hourglass_empty",
    State.ACCEPTING: "check_circle",
    State.ACCEPTED: "check_circle",
    State.REJECTED: "do_not_disturb_on",
    State.TAKING_BACK: "hourglass_empty",
}


def _find(keys: list[str]) -> dict[str, str]:
    try:
        return {key: key for key in inbox().of_keys(keys)}
    except PublishError:
        # What can't be read now isn't gone.
        return {key: key for key in keys}


OWN = BrowserList("suggestions", _KEY_PATTERN, _MAX_OWN, _find)


def of_one(key: str) -> None:
    """What became of one suggestion, for whoever has its link; nothing of what was typed."""
    try:
        found = inbox().of_keys([key]).get(key) if _KEY_PATTERN.fullmatch(key) else None
    except PublishError:
        st.title("Your suggestion", anchor=False)
        st.error("The suggestions can’t be read at the moment. Please try again later.")
        return
    if found is None:
        st.title("Your suggestion", anchor=False)
        st.info("There is no suggestion at this link. It may have been mistyped.")
        st.page_link(SUGGEST_PAGE, label="Suggest an organisation", icon=":material/edit_note:")
        return
    title = f"Your suggestion, number {found.number}"
    tab_title.show(title)
    st.title(title, anchor=False)
    published = _organisation(found)
    st.markdown(_in_words(_RECEIVED, found, published))
    st.markdown(f":material/{_ICONS[found.state]}: **{_WORDS[found.state]}**")
    _explain(found, is_shown=found.is_new and published is not None)
    if published:
        st.page_link(
            ORGANISATION_PAGE,
            label=markdown(published["name"]),
            icon=":material/domain:",
            query_params={"org": found.org_id},
        )
    st.caption("Who has this link sees what became of it, and nothing of what you wrote.")


def _explain(found: Suggestion, *, is_shown: bool) -> None:
    day = f"{found.decided:%-d %B %Y}" if found.decided else ""
    if found.state in (State.OPEN, State.TAKING_BACK):
        st.markdown("Nobody has decided yet. Somebody will compare it with the page named.")
    elif found.state is State.REJECTED:
        rejected = (_REJECTED_ON if day else _REJECTED).format(day=day)
        st.markdown(f"{rejected} {_ANSWER.format(reason=markdown(found.reason))}")
    else:
        accepted = (_ACCEPTED_ON if day else _ACCEPTED).format(day=day)
        st.markdown(accepted if is_shown else f"{accepted} {_NOT_SHOWN_YET}")
        if found.reason:
            st.markdown(_ANSWER.format(reason=markdown(found.reason)))


def _organisation(suggestion: Suggestion) -> dict[str, Any] | None:
    """The organisation that it is about, as it is published now; None if it isn't."""
    return ask(organisations.one, suggestion.org_id) if suggestion.org_id else None


def _in_words(
    says: Mapping[str, str], suggestion: Suggestion, published: dict[str, Any] | None
) -> str:
    kind = "confirmation" if suggestion.is_confirmation else "correction"
    return says["new" if suggestion.is_new else kind].format(
        name=markdown(published["name"] if published else suggestion.org_id),
        day=f"{suggestion.received:%-d %B %Y}",
    )


def of_own() -> None:
    """What this browser has suggested, and what became of each; nothing if it hasn't."""
    try:
        found = inbox().of_keys(OWN.items())
    except PublishError:
        return
    if not found:
        return
    st.header("What became of your suggestions", anchor=False)
    with st.container(key="own_suggestions", gap="xsmall"):
        for key in reversed(OWN.items()):
            if key in found:
                _own_suggestion(key, found[key])
    st.caption("Only this browser knows that they are yours. Whoever uses it sees this list.")
    st.button(
        "Forget this list",
        icon=":material/delete:",
        help="The links stay valid",
        on_click=OWN.replace,
        args=([],),
    )


def _own_suggestion(key: str, suggestion: Suggestion) -> None:
    subject = _in_words(_SUBJECTS, suggestion, _organisation(suggestion))
    st.page_link(
        SUGGEST_PAGE,
        label=f"Number {suggestion.number}, {suggestion.received:%-d %B %Y} · {subject} · "
        f"**{inside(_WORDS[suggestion.state])}**",
        icon=f":material/{_ICONS[suggestion.state]}:",
        query_params={"status": key},
    )
