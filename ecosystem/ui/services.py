"""The tracker of services that the Cyber Valleys programme has delivered."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.vocabulary import COUNTRIES, SERVICES
from ecosystem.tables import regions, services
from ecosystem.ui import found_line, listing
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.ui.organisation_list import page_number, pagination
from ecosystem.web.pages import ORGANISATION_PAGE

_IN_LIST = 30
_NO_VALLEY = "Outside the valleys"
_NOTHING = "none"
_EMPTY = listing.Empty(
    "There are no services for which all of this holds.",
)
_PARAMS = ("service", "valley", "year")


def page() -> None:
    """Services by valley, service and year, and each of them; how they come in if none has."""
    names = wording.join([f"*{SERVICES.label(code)}*" for code in SERVICES])
    st.markdown(
        "What the Cyber Valleys programme has delivered to organisations of the register, of its "
        f"four services: {names}."
    )
    everything = ask(services.everything)
    if everything.empty:
        _nothing_yet()
        return
    found = _narrowed(everything)
    if found.empty:
        listing.nothing_found(_EMPTY, _PARAMS, is_any=True)
        return
    _summary(found)
    _by_valley(found)
    _list(found)


def _nothing_yet() -> None:
    st.info("No service has been delivered yet, or none was listed.", icon=":material/info:")
    st.markdown(
        "The programme is an idea so far: no participants, editions or results of it were found "
        "on public pages. When a service is delivered, the secretariat adds a row to the list "
        "*Services delivered* of the register, on its page or in `data/register/services.csv`: "
        "organisation, service, date, and, where known, hours, who delivered it, the valley and "
        "the cohort. A row names a public page, or in its notes who recorded it. After the next "
        "refresh it is counted here by region, service and year."
    )


def _narrowed(everything: pd.DataFrame) -> pd.DataFrame:
    columns = st.columns(3)
    with columns[0]:
        service = listing.several("service", "Service", SERVICES.labels())
    with columns[1]:
        labels = listing.names(sorted(set(everything["in_valley"].dropna())), ask(regions.labels))
        valley = listing.several("valley", "Valley", {**labels, _NOTHING: _NO_VALLEY})
    with columns[2]:
        years = sorted({int(year) for year in everything["year"]})
        year = listing.year("year", "Year", years, "The year in which it was delivered.")
    found = everything
    if service:
        found = found[found["service"].isin(service)]
    if valley:
        found = found[found["in_valley"].astype(object).fillna(_NOTHING).isin(valley)]
    return found[found["year"] == year] if year else found


def _summary(found: pd.DataFrame) -> None:
    hours = found["hours"].dropna()
    parts = [
        f"**{wording.count(len(found), 'service')}**",
        wording.count(found["org_id"].nunique(), "organisation"),
    ]
    if len(hours):
        parts.append(f"{hours.sum():,.1f} hours")
    found_line.show(" · ".join(parts))
    if without := len(found) - len(hours):
        st.caption(f"Of {wording.count(without, 'service')} the hours aren't known.")


def _by_valley(found: pd.DataFrame) -> None:
    st.header("By region, service and year", anchor=False)
    names = ask(regions.labels)
    cells = found.assign(
        Region=[names.get(id_, _NO_VALLEY) for id_ in found["in_valley"].astype(object)],
        Year=found["year"].astype(int).astype(str),
        Service=found["service"].map(SERVICES.label),
    )
    table = (
        cells.groupby(["Region", "Year", "Service"])
        .agg(
            Delivered=("org_id", "size"),
            Organisations=("org_id", "nunique"),
            Hours=("hours", lambda hours: hours.sum(min_count=1)),
        )
        .reset_index()
        .sort_values(["Year", "Region"], ascending=[False, True])
    )
    st.dataframe(table, hide_index=True, alt="Services by region, service and year")
    st.caption("A region is the valley that delivered the service, else that of the organisation.")


def _list(found: pd.DataFrame) -> None:
    st.header("Each of them", anchor=False)
    number, offset = page_number(len(found), _IN_LIST)
    with listing.rows("listed"):
        for row in found.iloc[offset : offset + _IN_LIST].to_dict("records"):
            st.page_link(
                ORGANISATION_PAGE,
                label=markdown(row["name"] if isinstance(row["name"], str) else row["org_id"]),
                icon=":material/domain:",
                query_params={"org": str(row["org_id"])},
            )
            provider = row["provider"]
            facts = [
                SERVICES.label(row["service"]),
                row["date"],
                COUNTRIES.label(row["country"]) if isinstance(row["country"], str) else "",
                f"{row['hours']:g} hours" if wording.is_known(row["hours"]) else "",
                f"by {markdown(provider)}" if isinstance(provider, str) else "",
                markdown(row["notes"]) if isinstance(row["notes"], str) else "",
                listing.source_link(row["source_url"]) if row["source_url"] else "",
            ]
            st.markdown(" · ".join(filter(None, facts)))
    pagination(number, len(found), _IN_LIST)
    listing.downloads("services", {"Services": lambda: found.drop(columns=["nuts2"])})
