"""What connects a region: its partnerships, practices, bodies of the network and events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import links, partial_dates, wording
from ecosystem.common.vocabulary import ENTITY_KINDS, EVENT_KINDS, SCOPES
from ecosystem.regional.profiles import Profile
from ecosystem.tables import events as event_table
from ecosystem.tables import network_entities, partnerships, practices
from ecosystem.ui import listing
from ecosystem.ui import partnerships as partnership_view
from ecosystem.ui import practices as practice_view
from ecosystem.ui.data import ask
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import EVENTS_PAGE, NETWORK_PAGE, PARTNERSHIPS_PAGE, PRACTICES_PAGE

_EACH = 6


def show(profile: Profile) -> None:
    """The four lists of a region or valley; one sentence where the register knows of none."""
    is_valley, place = profile.level == "valley", profile.region_id
    # Practices are known by valley alone.
    done = ask(practices.of_valley, place)
    together = ask(partnerships.in_region, place)
    bodies = ask(network_entities.in_region, place)
    events = ask(event_table.in_region, place)
    st.header("In the network of regions", anchor=False)
    lists: list[tuple[str, pd.DataFrame, Callable[[pd.DataFrame], None], str]] = [
        ("Partnerships", together, _partnerships, PARTNERSHIPS_PAGE if is_valley else ""),
        ("Practices", done, practice_view.links, PRACTICES_PAGE if is_valley else ""),
        ("Bodies of the network", bodies, _bodies, NETWORK_PAGE if is_valley else ""),
        ("Events", events, _events, ""),
    ]
    present = [entry for entry in lists if len(entry[1])]
    if not present:
        st.caption(
            "The register knows of no partnership, practice, body of the network or event here. "
            "That is no sign that there is none."
        )
        return
    for column, (heading, rows, shown, page) in zip(
        st.columns(len(present), gap="large"), present, strict=True
    ):
        with column:
            st.subheader(f"{heading} ({len(rows):,})", anchor=False)
            shown(rows.head(_EACH))
            _more(rows, page, place)
    st.caption(partnership_view.INCOMPLETE)


def _more(rows: pd.DataFrame, page: str, valley_id: str) -> None:
    more = len(rows) - _EACH
    if more > 0 and page:
        st.page_link(
            page,
            label=f"All {len(rows):,} in the list",
            icon=":material/arrow_forward:",
            query_params={"valley": valley_id}
            | ({"show": "bodies"} if page == NETWORK_PAGE else {}),
        )
    elif more > 0:
        st.caption(f"and {wording.number(more)} more")


def _partnerships(rows: pd.DataFrame) -> None:
    partnership_view.links(rows, members=True)


def _bodies(rows: pd.DataFrame) -> None:
    with listing.rows("bodies"):
        for row in rows.to_dict("records"):
            st.page_link(
                NETWORK_PAGE,
                label=markdown(row["name"]),
                icon=":material/account_balance:",
                query_params={"show": "bodies", "words": str(row["name"])},
            )
            website = links.web_address(row["website"]) or links.web_address(row["source_url"])
            facts = [
                ENTITY_KINDS.label(row["kind"]),
                SCOPES.inside(row["scope"]),
                link(markdown(links.host(website)), website) if website else "",
            ]
            st.caption(" · ".join(filter(None, facts)))


def _events(rows: pd.DataFrame) -> None:
    with listing.rows("events"):
        for row in rows.to_dict("records"):
            st.page_link(
                EVENTS_PAGE,
                label=markdown(row["name"]),
                icon=":material/event:",
                query_params={"id": str(row["event_id"])},
            )
            facts = [EVENT_KINDS.label(row["kind"]), _text(row["city"]), _when(row)]
            st.caption(markdown(" · ".join(filter(None, facts))))


def _when(row: Any) -> str:
    return partial_dates.of_event(_text(row["start_date"]) or None, _text(row["end_date"]) or None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
