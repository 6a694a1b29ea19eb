"""The compare page: two to four regions side by side."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from ecosystem import brief
from ecosystem.api import figures
from ecosystem.common import links, wording
from ecosystem.common.vocabulary import COUNTED, DOMAINS, FUNCTIONS
from ecosystem.drawing import charts
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage, measures
from ecosystem.regional.comparisons import LEAST, MOST, Comparison, Row, compare, side_by_side
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.tables import regions
from ecosystem.ui import downloads as files
from ecosystem.ui import figure, share, state, tab_title
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import markdown
from ecosystem.ui.theme import is_dark

_KEY = "compare_regions"
# Pixels; with its outside count, no cell is cut.
_MEASURE_WIDTH, _REGION_WIDTH = 230, 195


def choice() -> list[str]:
    """Let the visitor pick regions; returns what the address holds."""
    options, places = dict(ask(regions.choices)), regions.places(database())
    asked = dict.fromkeys(state.params().get("compare", []))
    # Any id of a place stands for it.
    known = list(dict.fromkeys(places[id_].place_id for id_ in asked if id_ in places))[:MOST]
    options |= {id_: ask(regions.labels)[id_] for id_ in known if id_ not in options}
    missing = [id_ for id_ in asked if id_ not in places]
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
        _offer_filtered(filter_)
        return None
    try:
        return ask(compare, filter_, region_ids)
    except ValueError as error:
        st.info(markdown(error))
        return None


def _offer_filtered(filter_: Filter) -> None:
    """Compare the regions that the filter names, where it names as many as can be compared."""
    known = regions.places(database())
    ids = dict.fromkeys(
        known[id_].place_id for id_ in (*filter_.valley, *filter_.nuts) if id_ in known
    )
    if LEAST <= len(ids) <= MOST:
        labels = ask(regions.labels)
        st.button(
            f"Compare {markdown(wording.join([labels[id_] for id_ in ids]))}",
            key="compare_filtered",
            help="In place of the filter",
            on_click=state.update,
            args=({"compare": list(ids), "valley": None, "nuts": None},),
        )


def in_words(found: Comparison) -> None:
    """The comparison in plain English, and what to keep in mind."""
    tab_title.show(wording.join(list(found.names.values())), "Compare")
    for sentence in found.sentences:
        st.markdown(markdown(sentence))
    for remark in found.remarks:
        st.caption(f":material/info: {markdown(remark)}")


def downloads(found: Comparison, filter_: Filter) -> None:
    """The brief as PDF and its numbers as XLSX."""
    name, address = "cyber-valleys-" + "-".join(found.region_ids), state.address()
    with st.container(horizontal=True):
        files.brief(
            name,
            partial(brief.comparison_pdf, database(), filter_, found, address),
            lambda: brief.comparison_xlsx(database(), filter_, found, address),
        )
        share.button(address, wording.join(list(found.names.values())), "compare")


def counts_elsewhere(found: Comparison) -> None:
    """What others count in the regions, with source, scope and year; nothing if nobody does."""
    if found.counted.empty:
        return
    st.header("What others count", anchor=False)
    rows = [
        {
            "Region": found.names[str(id_)],
            "Counted": row["counted"],
            "What": COUNTED.label(row["counts"]),
            "Year": row["year"],
            "In the register": row["n"],
            "Coverage": 100 * row["coverage"],
            "Scope": row["scope"],
            "Source": links.web_address(row["source_url"]),
        }
        for id_, row in found.counted.iterrows()
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        column_config={
            "Year": st.column_config.NumberColumn(format="%d"),
            "In the register": st.column_config.NumberColumn(
                help="What the register has of what is counted: companies against companies"
            ),
            "Coverage": st.column_config.NumberColumn(format="%.1f %%", help=coverage.RULE),
            "Scope": st.column_config.TextColumn(width=320),
            "Source": st.column_config.LinkColumn(display_text="source"),
        },
        placeholder=wording.DASH,
        alt="What others count in the regions compared",
    )
    st.caption(figure.data_link(figures.address("coverage", region_ids=found.region_ids)))


def table(found: Comparison) -> None:
    """All measures side by side, on a phone one region below the other."""
    rows, names = side_by_side(found), found.names
    labels = [row.label for row in rows]
    columns = {names[id_]: [_cell(row, id_) for row in rows] for id_ in found.region_ids}
    st.header("Side by side", anchor=False)
    with st.container(key="compare_side_by_side"):
        st.dataframe(
            pd.DataFrame({"Measure": labels, **columns}),
            hide_index=True,
            height="content",
            column_config={
                "Measure": st.column_config.TextColumn(width=_MEASURE_WIDTH),
                **{name: st.column_config.TextColumn(width=_REGION_WIDTH) for name in columns},
            },
            alt="Measures side by side",
        )
    with st.container(key="compare_one_by_one"):
        for name, cells in columns.items():
            one = pd.DataFrame({"Measure": labels, markdown(name): map(markdown, cells)})
            st.table(one, hide_index=True)
    st.caption(
        "★ best of a measure where more is better and the regions can be ranked by it; “few” marks "
        f"fewer than {SMALL_N} organisations; in brackets, 95 % intervals. Size, specialisation "
        "and completeness are separate measures and never one score. "
        + figure.data_link(_data("measures", found))
    )
    with st.expander("How these are computed"):
        for measure in ask(measures.catalogue).values():
            st.markdown(f"**{measure.label}.** {measure.method}")


def _data(measure: str, found: Comparison) -> str:
    return figures.address(measure, "", state.filter_(), found.region_ids)


def _cell(row: Row, region_id: str) -> str:
    star = " ★" if region_id in row.best else ""
    few = " (few)" if region_id in row.small else ""
    return row.cells[region_id] + star + few


def pictures(found: Comparison) -> None:
    """Domains as a heat map, functions as parallel lines, each share with of how many it is."""
    short, n = ask(regions.names_in_text), found.table.T["organisations"]
    names = {id_: f"{short[id_]} ({wording.number(float(n[id_]))})" for id_ in found.region_ids}
    of = "In brackets, of how many. Source: the register."
    left, right = st.columns([0.55, 0.45], gap="large")
    with left:
        shares = found.shares.rename(columns=found.names)
        shares.insert(0, "JRC domain", [DOMAINS.label(str(code)) for code in shares.index])
        figure.figure(
            "Domains",
            charts.heat(found.shares, names, dark=is_dark()),
            shares,
            f"Share of each region's organisations that work on a domain. {of}",
            _data("representation", found),
        )
    with right:
        functions = found.functions.rename(columns=found.names)
        functions.insert(0, "Function", [FUNCTIONS.label(str(code)) for code in functions.index])
        figure.figure(
            "NIST CSF 1.1 functions",
            charts.parallel(found.functions, names),
            functions,
            f"Share of each region's organisations that serve a function. {of}",
            _data("function-shares", found),
        )
