"""The page from top to bottom."""

from __future__ import annotations

import streamlit as st

from ecosystem.common.settings import ROOT
from ecosystem.ui import guide
from ecosystem.ui.investor_day import beginning, late, planning, result, timetable, upload

GUIDE = ROOT / "docs" / "investor-day.md"


def view() -> None:
    """Show the way from the empty workbook to the list for the door."""
    st.markdown(
        "Plan one-to-one meetings between companies and investors: who meets whom, when and at "
        "which table. Nothing about participants is stored on the server."
    )
    guide.guide(GUIDE)
    beginning.view()
    here = upload.view()
    if here.day is None:
        return
    planning.view(here)
    if here.plan is None:
        return
    figures = result.view(here, here.day, here.plan)
    timetable.view(here, here.day, here.plan)
    late.view(here, here.day, here.plan)
    timetable.downloads(here, here.day, here.plan, figures)
