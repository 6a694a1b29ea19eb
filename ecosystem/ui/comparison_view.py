"""The compare page: two to four regions side by side."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from ecosystem import brief
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS
from ecosystem.drawing import charts
from ecosystem.finding.filters import Filter
from ecosystem.regional import measures
from ecosystem.regional.comparisons import LEAST, MOST, Comparison, compare
from ecosystem.tables import regions
from ecosystem.ui import downloads as files
from ecosystem.ui import figure, state
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import markdown
from ecosystem.ui.theme import is_dark

_KEY = "compare_regions"


def choice() -> list[str]:
    """Let the visitor pick regions; returns what the address holds."""
    options = ask(regions.comparable)
    asked = state.params().get("compare", [])
    known = [id_ for id_ in dict.fromkeys(asked) if id_ in options][:MOST]
    missing = [id_ for id_ in dict.fromkeys(asked) if id_ not in options]
    if missing:
        st.info(f"Left out, not in this release: {markdown(', '.join(missing)[:200])}.")
    st.multiselect(
        f"Regions or valleys, {LEAST} to {MOST}, also of different levels",
        list(options),
        format_func=lambda id_: options[id_],
        key=_KEY,
        max_selections=MOST,
        # Else Enter after a few letters takes all that match, not the first.
        select_all=False,
        placeholder="Choose regions or valleys",
        on_change=state.bind("compare", _KEY, known, write=list),
    )
    return known


def comparison(filter_: Filter, region_ids: list[str]) -> Comparison | None:
    """The comparison, or a sentence and None if these regions can't be compared."""
    if len(region_ids) < LEAST:
        st.info(f"Choose at least {LEAST} regions to compare.", icon=":material/compare_arrows:")
        return None
    try:
        return ask(compare, filter_, region_ids)
    except ValueError as error:
        st.info(markdown(error))
        return None


def in_words(found: Comparison) -> None:
    """The comparison in plain English, and what to keep in mind."""
    for sentence in found.sentences:
        st.markdown(markdown(sentence))
    for remark in found.remarks:
        st.caption(f":material/info: {markdown(remark)}")


def downloads(found: Comparison, filter_: Filter) -> None:
    """The brief as PDF and its numbers as XLSX."""
    name = "cyber-valleys-" + "-".join(found.region_ids)
    with st.container(horizontal=True):
        files.brief(
            name,
            partial(brief.comparison_pdf, database(), filter_, found, state.address()),
            lambda: brief.comparison_xlsx(database(), filter_, found),
        )


def table(found: Comparison) -> None:
    """All measures side by side; the best of each has a star."""
    rows = []
    for code, measure in ask(measures.catalogue).items():
        row = {"Measure": measure.label}
        for id_ in found.region_ids:
            star = " ★" if found.best.loc[code, id_] else ""
            known = bool(found.table[id_].notna()[code])
            few = " (few)" if found.small[id_] and measure.needs and known else ""
            row[found.names[id_]] = measures.in_words(code, found.table.loc[code, id_]) + star + few
        rows.append(row)
    st.header("Side by side", anchor=False)
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Measures side by side")
    st.caption(
        "★ best of a measure where more is better; “few” marks fewer than 5 organisations. "
        "Size, specialisation and completeness are separate measures and never one score."
    )
    with st.expander("How these are computed"):
        for measure in ask(measures.catalogue).values():
            st.markdown(f"**{measure.label}.** {measure.method}")


def pictures(found: Comparison) -> None:
    """Domains as a heat map, functions as parallel lines."""
    left, right = st.columns([0.55, 0.45], gap="large")
    with left:
        shares = found.shares.rename(columns=found.names)
        shares.insert(0, "JRC domain", [DOMAINS.label(str(code)) for code in shares.index])
        figure.figure(
            "Domains",
            charts.heat(found.shares, found.names, dark=is_dark()),
            shares,
            "Share of each region's organisations that work on a domain. Source: the register.",
        )
    with right:
        functions = found.functions.rename(columns=found.names)
        functions.insert(0, "Function", [FUNCTIONS.label(str(code)) for code in functions.index])
        figure.figure(
            "NIST CSF 1.1 functions",
            charts.parallel(found.functions, found.names),
            functions,
            "Share of each region's organisations that serve a function. Source: the register.",
        )
