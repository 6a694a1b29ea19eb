"""The parts of the secretariat's page, one at a time."""

from __future__ import annotations

import streamlit as st

from ecosystem.common import fetch_state
from ecosystem.common.release_address import without_password
from ecosystem.common.settings import ROOT, settings
from ecosystem.ui.escape import markdown
from ecosystem.ui.guide import guide
from etl import actions
from etl.errors import PublishError
from etl.inbox.store import inbox
from etl.release.unfinished import finish
from etl.ui import moderation
from etl.ui.secretariat import ask, entry, log, refresh, releases, worklist

GUIDE = ROOT / "docs" / "secretariat.md"
_SECTION, _FIRST, _WAITING = "_section", "_section_first", "_section_waiting"
SECTIONS = {
    "Refresh the data": refresh.view,
    "One entry": entry.view,
    "Releases": releases.view,
    "Suggestions": moderation.view,
    "To check": worklist.view,
    "Ask organisations": ask.view,
    "Log": log.view,
}


def view() -> None:
    """Let the member choose a part, and show it."""
    guide(GUIDE)
    try:
        actions.add_missing()
    except PublishError as error:
        st.error(markdown(str(error)), icon=":material/error:")
    for sentence in finish(settings().releases_dir):
        st.warning(markdown(sentence), icon=":material/build:")
    _tell_of_fetch()
    names, waiting = list(SECTIONS), _count_waiting()
    if st.session_state.get(_WAITING) != waiting:
        # With another number it is another widget, which begins where the member is.
        st.session_state[_WAITING] = waiting
        st.session_state[_FIRST] = st.session_state.get(_SECTION, names[0])
    section = st.segmented_control(
        "What to do",
        names,
        default=st.session_state[_FIRST],
        required=True,
        format_func=lambda name: _with_number(name, waiting),
    )
    st.session_state[_SECTION] = section
    SECTIONS[str(section)]()


def _tell_of_fetch() -> None:
    """Where a site that publishes nothing itself has its releases from, and what is wrong there."""
    if not settings().database:
        return
    address = without_password(settings().database)
    st.info(
        f"This site shows what is published at {markdown(address)}. Publish and go back there.",
        icon=":material/cloud_download:",
    )
    if trouble := fetch_state.trouble():
        st.warning(
            f"{markdown(trouble)} What is here is shown meanwhile.", icon=":material/cloud_off:"
        )


def _count_waiting() -> int:
    """How many suggestions wait; none if that can't be read."""
    try:
        return inbox().count_open()
    except PublishError:
        return 0


def _with_number(name: str, waiting: int) -> str:
    """A part's name, with how many suggestions wait."""
    is_counted = SECTIONS[name] is moderation.view and waiting
    return f"{name} ({waiting:,})" if is_counted else name
