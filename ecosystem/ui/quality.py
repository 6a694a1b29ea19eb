"""The data-quality page: the register's state as a whole and region by region."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import export
from ecosystem.api import figures
from ecosystem.common import links, wording
from ecosystem.common.glossary import explain
from ecosystem.regional import coverage, quality
from ecosystem.tables import regions
from ecosystem.ui import figure, state
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import DIRECTORY_PAGE

_WIDTHS = {"name": 220, "country": 120, "scope": 340}


def summary() -> None:
    """The register as a whole in a few numbers, and what they don't say."""
    found = ask(quality.whole)
    n = int(found["organisations"])
    st.markdown(
        "How far the register can be trusted, measured on this release. It is a sample of "
        "mature ecosystems, not a census: no figure here says how complete it is."
    )
    if not n:
        st.info("This release has no organisation.")
        return
    with st.container(horizontal=True):
        _metric("Organisations", f"{n:,}", f"{found['no_valley']:,} in no valley")
        _metric(
            "Confirmed",
            wording.percent(found["confirmed"], n),
            "by a page or by itself",
        )
        _metric(
            "Checked within a year",
            wording.percent(found["recent"], n),
            f"{found['unchecked']:,} not checked",
        )
        _metric("Town is certain", wording.percent(found["sure_town"], n), "else: largest town")
        _metric("Possible duplicates", f"{found['pairs']:,}", "pairs, undecided")
        _metric("Cells rejected", f"{found['rejected']:,}", "see “About”")
    _to_check(found)
    filled = ", ".join(
        f"{quality.COLUMNS[name].label.removeprefix('Has ')} {wording.percent(found[name], n)}"
        for name in quality.COLUMNS
        if name.startswith("has_")
    )
    st.markdown(f"Fields that may be empty are filled in: {filled} of the rows.")


def _to_check(found: Mapping[str, Any]) -> None:
    """Ways to the organisations that somebody should look at again."""
    counts = {
        "never": ("never checked", int(found["unchecked"])),
        "old": ("checked more than a year ago", int(found["old"])),
    }
    with st.container(horizontal=True):
        for code, (words, n) in counts.items():
            if n:
                st.page_link(
                    DIRECTORY_PAGE,
                    label=f"List the {n:,} {words}",
                    icon=":material/list:",
                    query_params={"checked": code},
                )


def by_region() -> None:
    """The table of regions at the chosen level, with its download."""
    st.header("Region by region", anchor=False)
    level = state.get("level")
    level = level if level in regions.LEVELS else "valley"
    st.segmented_control(
        "Level",
        list(regions.LEVELS),
        format_func=regions.LEVEL_LABELS.__getitem__,
        key="quality_level",
        required=True,
        help=explain("nuts"),
        on_change=state.bind("level", "quality_level", level, default="valley"),
    )
    table = ask(quality.by_region, level)
    st.dataframe(
        _readable(_in_per_cent(table)),
        hide_index=True,
        height=560,
        column_config=_columns(),
        placeholder="",
        alt="Data quality by region",
    )
    st.caption(
        f"{wording.count(len(table), 'region')}. Click a column's head to sort. "
        "Where a region has few rows, "
        "each of them moves its shares a lot. "
        + figure.data_link(figures.address("quality", level))
    )
    st.download_button(
        "CSV of this table",
        data=partial(export.table, database(), _readable(table).reset_index(), state.address()),
        file_name=f"cyber-valleys-quality-{level}-{database().release.release_id}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def methods() -> None:
    """How each figure is computed, and the outside counts with their sources."""
    st.header("How each figure is computed", anchor=False)
    st.markdown(
        "\n".join(
            f"- **{', '.join(column.label for column in columns)}**: {method}"
            for method, columns in groupby(quality.COLUMNS.values(), lambda column: column.method)
        )
    )
    outside = ask(coverage.of_europe)
    if not outside.empty:
        st.header("Outside counts for Europe", anchor=False)
        st.markdown("\n".join(_outside(row) for row in outside.to_dict("records")))
        st.caption(
            "Each counts something else, so none is the number that the register should have."
        )


def _outside(row: Mapping[Any, Any]) -> str:
    address = links.web_address(row["source_url"])
    counted = f"{row['counted']:,} {markdown(row['scope'])}"
    facts = [counted] if pd.isna(row["year"]) else [counted, wording.year(row["year"])]
    source = f" ({link('source', address)})" if address else ""
    return f"- {markdown(row['territory'])}: {', '.join(facts)}{source}"


def _metric(label: str, value: str, beside: str) -> None:
    st.metric(label, value, beside, delta_color="off", delta_arrow="off", border=True, width=175)


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    heads = {name: column.label for name, column in quality.COLUMNS.items()}
    return table.rename(columns={"name": "Region", "country": "Country", **heads})


def _in_per_cent(table: pd.DataFrame) -> pd.DataFrame:
    shares = [name for name, column in quality.COLUMNS.items() if column.is_share]
    return table.assign(**{name: 100 * table[name] for name in shares})


def _columns() -> dict[str, Any]:
    heads = {"name": "Region", "country": "Country"}
    config: dict[str, Any] = {
        heads.get(name, quality.COLUMNS[name].label if name in quality.COLUMNS else name): (
            st.column_config.TextColumn(width=width)
        )
        for name, width in _WIDTHS.items()
    }
    for column in quality.COLUMNS.values():
        if column.is_share:
            config[column.label] = st.column_config.NumberColumn(
                format="%.0f %%", help=column.method
            )
    return config
