"""The parts of the secretariat's page, one at a time."""

from __future__ import annotations

import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.ui.escape import markdown
from etl import actions
from etl.errors import PublishError
from etl.inbox.store import inbox
from etl.release.unfinished import finish
from etl.ui import moderation
from etl.ui.secretariat import ask, entry, log, refresh, releases, worklist
from etl.ui.secretariat.guide import guide

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
    guide()
    try:
        actions.add_missing()
    except PublishError as error:
        st.error(markdown(str(error)), icon=":material/error:")
    for sentence in finish(settings().releases_dir):
        st.warning(markdown(sentence), icon=":material/build:")
    names = list(SECTIONS)
    section = st.segmented_control(
        "What to do", names, default=names[0], required=True, format_func=_with_number
    )
    SECTIONS[str(section)]()


def _with_number(name: str) -> str:
    """A part's name, with how many suggestions wait."""
    if SECTIONS[name] is not moderation.view:
        return name
    try:
        waiting = inbox().count_open()
    except PublishError:
        return name
    return f"{name} ({waiting:,})" if waiting else name
