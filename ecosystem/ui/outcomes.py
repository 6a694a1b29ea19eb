"""What came of investor days, told in sums that give no single deal away."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.small_sums import SafeSums
from ecosystem.common.vocabulary import inside
from ecosystem.tables import event_outcomes, events
from ecosystem.tables.event_outcomes import GUARDED, OPEN, Outcomes
from ecosystem.ui import listing
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown

FEW = "fewer than three"
_UNKNOWN, _WITHHELD = "not known", "only in the sum"
RULE = (
    f"A sum of {FEW} is told as just that. Where one event or year alone has {FEW} of something, "
    "only the sum of all is told, since the others would give it away."
)


def overall() -> None:
    """What came of all events together and, where none is small, of each; nothing if unlisted."""
    found = ask(event_outcomes.overall)
    if not found.editions:
        return
    st.header("What came of investor days", anchor=False)
    listed = ask(events.selection)
    names = dict(zip(listed["event_id"], listed["name"], strict=True))
    _show(found, "Event", names)
    _sources(ask(event_outcomes.sources))


def of_event(event_id: str) -> None:
    """What came of an event, by year where none is small; nothing where none is listed."""
    found = ask(event_outcomes.of_event, event_id)
    if found is None:
        return
    st.header("What came of it", anchor=False)
    _show(found, "Year", {})
    listed = ask(event_outcomes.sources)
    _sources(listed[listed["event_id"] == event_id])


def _show(found: Outcomes, part: str, names: Mapping[str, str]) -> None:
    figures = {title: _number(found.open[column]) for column, title in OPEN.items()}
    figures |= {title: in_words(found.guarded[column]) for column, title in GUARDED.items()}
    said = " · ".join(f"{title}: **{text}**" for title, text in figures.items())
    st.markdown(f"Of {wording.count(found.editions, 'edition')}: {said}")
    table = _table(found.guarded, part, names)
    if len(table) > 1:
        st.dataframe(table, hide_index=True, alt=f"Outcomes by {inside(part)}")
    st.caption(RULE)


def in_words(sums: SafeSums[str]) -> str:
    """A sum as a reader may know it: a number, “fewer than three” or “not known”."""
    if sums.total is not None:
        return f"{sums.total:,}"
    if sums.is_few:
        return FEW
    return _WITHHELD if sums.withheld else _UNKNOWN


def _number(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value:,}"


def _table(
    guarded: Mapping[str, SafeSums[str]], part: str, names: Mapping[str, str]
) -> pd.DataFrame:
    """What is told of each part, one row a part; what isn't told alone says so."""
    told = [name for sums in guarded.values() for name in (*sums.parts, *sums.withheld)]
    unknown = [name for sums in guarded.values() for name in sums.unknown]
    parts = list(dict.fromkeys([*told, *unknown]))
    return pd.DataFrame(
        {
            part: [names.get(name, name) for name in parts],
            **{
                title: [_cell(guarded[column], name) for name in parts]
                for column, title in GUARDED.items()
            },
        }
    )


def _cell(sums: SafeSums[str], name: str) -> str:
    if name in sums.parts:
        return f"{sums.parts[name]:,}"
    return _WITHHELD if name in sums.withheld else _UNKNOWN


def _sources(listed: pd.DataFrame) -> None:
    for row in listed.to_dict("records"):
        notes = f" {markdown(row['notes'])}." if isinstance(row["notes"], str) else ""
        st.markdown(
            f"{markdown(row['name'])}, {markdown(row['edition'])}:{notes} "
            f"{listing.source_link(row['source_url'])}"
        )
