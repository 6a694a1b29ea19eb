"""What an organisation sees that follows the link it was sent: its entry, and two ways on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import BY_COLUMN
from ecosystem.tables import history, organisations
from ecosystem.ui import state, tab_title
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import ORGANISATION_PAGE, SUGGEST_PAGE
from etl.errors import PublishError
from etl.inbox.check import RESOURCE
from etl.inbox.invitation import Invitation, NotInvited, TooLate, read_link
from etl.inbox.model import FIELDS, LIFE, Refused, Suggestion, key_of_link
from etl.inbox.reception import confirm, published_cells
from etl.inbox.store import inbox
from etl.register.life import ACTIVE
from etl.schema import Schema, load_schemas
from etl.ui import suggestion

_REFUSED, _WRONG = "_confirm_refused", "confirm_wrong"
_CONFIRMED = (
    "This link was used on {day}: you have sent that all is right, which has the number "
    "**{number}**. It can be used once."
)
_CORRECTED = (
    "This link was used on {day}: you have sent a correction, which has the number **{number}**. "
    "It can be used once."
)
_SHOWN = tuple(name for name in FIELDS if name != "nuts2_hint")


def view() -> None:
    """The page: the entry to confirm or to correct, or why this link shows none."""
    try:
        params = {name: state.get(name) for name in ("org", "until", "key")}
        invitation = read_link(params, datetime.now(UTC).date())
    except NotInvited as error:
        _refuse(str(error), state.get("org") if isinstance(error, TooLate) else "")
        return
    try:
        answer = inbox().of_keys([key_of_link(invitation.link)]).get(key_of_link(invitation.link))
    except PublishError:
        _refuse("Answers can’t be read or kept at the moment. Please try again later.")
        return
    if answer is not None:
        _say_answered(answer, invitation)
        return
    record = ask(organisations.one, invitation.org_id)
    if record is None:
        _say_gone(invitation.org_id)
        return
    _ask(published_cells(record), invitation)


def _ask(published: Mapping[str, str], invitation: Invitation) -> None:
    name = markdown(published["name"])
    tab_title.show(f"Is this right? {published['name']}")
    st.title(f"Is this right? {name}", anchor=False)
    st.markdown(
        f"This is what is published about {name}. You can say that all of it is right, or correct "
        f"it, once, until {invitation.until:%-d %B %Y}. You need no account."
    )
    schema = load_schemas(settings().schema_dir)[RESOURCE]
    with st.container(border=True, width=760):
        st.markdown("\n".join(_lines(published, schema)))
    refused = st.session_state.pop(_REFUSED, "")
    if refused:
        st.error(markdown(refused), icon=":material/block:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "All of this is right",
            key="confirm_right",
            type="primary",
            icon=":material/check:",
            on_click=_confirm,
            args=(published, invitation.link),
        )
        st.toggle("Something is wrong or missing", key=_WRONG)
    if st.session_state[_WRONG]:
        suggestion.own_form(published, invitation.link)
    st.caption(
        "Your answer is kept without anything about you, and a moderator takes it over. The entry "
        "then says that the organisation itself has confirmed it, and when. Whoever has this link "
        "can answer in its name: pass it on to nobody else."
    )


def _lines(published: Mapping[str, str], schema: Schema) -> list[str]:
    lines = []
    for name in _SHOWN:
        if name in LIFE and (published["status"] == ACTIVE or not published[name]):
            continue
        column, cell = schema.columns[name], published[name]
        codes = cell.split(column.separator) if column.separator else [cell]
        terms = BY_COLUMN.get(name)
        words = ", ".join(terms.label(code) for code in codes) if terms and cell else cell
        lines.append(f"- **{column.title}**: {markdown(words) or '*not known*'}")
    return lines


def _confirm(published: Mapping[str, str], link: str) -> None:
    try:
        confirm(inbox(), published, link, "")
    except Refused as error:
        st.session_state[_REFUSED] = str(error)


def _say_answered(answer: Suggestion, invitation: Invitation) -> None:
    key = key_of_link(invitation.link)
    suggestion.forget_own(invitation.link)
    st.title("Your answer is kept", anchor=False)
    st.success(
        (_CONFIRMED if answer.is_confirmation else _CORRECTED).format(
            day=f"{answer.received:%-d %B %Y}", number=answer.number
        ),
        icon=":material/mark_email_read:",
    )
    st.markdown("Somebody looks at it, and the site says so after the next refresh of the data.")
    with st.container(horizontal=True):
        st.page_link(
            SUGGEST_PAGE,
            label="What became of it",
            icon=":material/hourglass_empty:",
            query_params={"status": key},
        )
        _correct_as_everybody(invitation.org_id)


def _say_gone(org_id: str) -> None:
    successor = ask(history.successor, org_id)
    if successor:
        _refuse("The entry that this link is for was merged with another one.")
        st.page_link(
            ORGANISATION_PAGE,
            label="Look at that one",
            icon=":material/domain:",
            query_params={"org": successor},
        )
        return
    _refuse("The organisation that this link is for is no longer on the map.")
    st.page_link(SUGGEST_PAGE, label="Suggest it again", icon=":material/edit_note:")


def _refuse(sentence: str, org_id: str = "") -> None:
    st.title("Is this right?", anchor=False)
    st.info(markdown(sentence), icon=":material/link_off:")
    if org_id:
        _correct_as_everybody(org_id)


def _correct_as_everybody(org_id: str) -> None:
    if ask(organisations.one, org_id) is not None:
        st.page_link(
            SUGGEST_PAGE,
            label="Correct the entry",
            icon=":material/edit:",
            query_params={"org": org_id},
        )
