"""Links by which organisations confirm their own entries, as a table for a mail merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common.store import ReleaseError
from ecosystem.common.vocabulary import COUNTRIES, TYPES
from ecosystem.export import XLSX_TYPE
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from ecosystem.ui import state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from etl import actions
from etl.actions import Action, acting_as
from etl.inbox.mail_merge import MAX_DAYS, MONTH_DAYS, as_csv, as_xlsx, before, merge_table
from etl.members import account_name
from etl.ui import sign_in

_MONTHS = {0: "at any time, or never", 6: "6 months or more", 12: "a year or more",
           24: "two years or more"}  # fmt: skip
_DAYS = 60


def view() -> None:
    """Choose whom to ask and for how long the links are valid, and download the table."""
    st.header("Ask organisations", anchor=False)
    st.markdown(
        "The table has a link for each organisation, for a mail merge in your word processor or "
        "mail program; no mail is sent from here. Behind the link the organisation sees its entry, "
        "and says that all is right or corrects it, without an account. The answer waits under "
        "“Suggestions”. Whoever has a link can answer in the organisation's name: keep the table "
        "to yourselves."
    )
    try:
        found = _choose()
    except ReleaseError as error:
        st.info(markdown(str(error)))
        return
    days = st.number_input("Days that the links are valid", 1, MAX_DAYS, _DAYS)
    until = (datetime.now(UTC) + timedelta(days=int(days))).date()
    st.markdown(f"**{len(found):,} organisations** would be asked, until {until:%-d %B %Y}.")
    claims = st.user.to_dict()
    with st.container(horizontal=True):
        for label, ending, kind, write in (
            ("Download as Excel", "xlsx", XLSX_TYPE, as_xlsx),
            ("Download as CSV", "csv", "text/csv", as_csv),
        ):
            st.download_button(
                label,
                partial(_table, found, state.site(), until, claims, write),
                f"cyber-valleys-links-until-{until}.{ending}",
                kind,
                icon=":material/download:",
                on_click="ignore",
                disabled=found.empty,
            )


def _choose() -> pd.DataFrame:
    """The published organisations that are meant."""
    countries, types = COUNTRIES.labels(), TYPES.labels()
    left, right = st.columns(2)
    with left:
        country = st.multiselect(
            "Country", list(countries), format_func=countries.__getitem__, placeholder="All"
        )
    with right:
        kind = st.multiselect("Type", list(types), format_func=types.__getitem__, placeholder="All")
    months = st.selectbox("Last checked", list(_MONTHS), format_func=_MONTHS.__getitem__)
    found = ask(organisations.everything, Filter(country=tuple(country), type=tuple(kind)))
    if months:
        day = datetime.now(UTC) - timedelta(days=months * MONTH_DAYS)
        found = before(found, day.date())
    return found


def _table(
    found: pd.DataFrame,
    site: str,
    until: date,
    claims: Mapping[str, Any],
    write: Callable[[pd.DataFrame], bytes],
) -> bytes:
    # Made when the button is pressed, which may be long after the page was shown.
    if not sign_in.may_enter(claims):
        raise PermissionError("Your sign-in has ended.")
    content = write(merge_table(found, site, until))
    with acting_as(account_name(claims)):
        actions.record(
            Action.INVITE, f"{len(found):,} organisations", after=f"links valid until {until}"
        )
    return content
