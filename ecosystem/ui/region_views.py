"""The regions page: a measure on the map and as a ranking, and how concentrated the map is."""

from __future__ import annotations

import math
from textwrap import wrap

import pandas as pd
import streamlit as st

from ecosystem.api import figures
from ecosystem.common import wording
from ecosystem.common.glossary import explain
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS, TYPES, Vocabulary
from ecosystem.drawing import charts
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage, map_concentration, measures, shading
from ecosystem.regional.profiles import SAMPLE_NOTE
from ecosystem.regional.region_counts import region_counts
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.regional.statistics.presence import EUROPE, presence
from ecosystem.regional.statistics.ranking import rank
from ecosystem.tables import regions
from ecosystem.ui import cards, drawn_once, figure, state
from ecosystem.ui.data import ask, database
from ecosystem.web.pages import ABOUT_PAGE, REGION_PAGE

LEVELS = regions.LEVEL_LABELS
# Longer values have an interval beside them.
_SHORT = 10
# Of a column of names and its rows, in pixels.
_LETTER, _LINE, _PADDING = 7, 20, 16
_NARROWEST, _WIDEST = 155, 250
_DEFAULTS = {"level": "nuts2", "measure": "organisations", "of_domain": next(iter(DOMAINS))}

_NO_VALUE = "No region has a value for this measure."
_NO_VALUE_FILTERED = "No region has a value for this measure under these filters."
# By whether the measure ranks regions.
_ALT = {True: "Ranking by {measure}", False: "Regions by name, with {measure}"}
_SMALL = {
    True: f"Fewer than {SMALL_N} organisations say little, so they have no rank and no class of "
    "the map.",
    False: f"Fewer than {SMALL_N} organisations say little, so they have no class of the map.",
}


def sample_note() -> None:
    """The line that every statistics page carries, with a link to the method."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(SAMPLE_NOTE, width="content")
        st.page_link(ABOUT_PAGE, label="How the data is made")


def finder() -> None:
    """The way to one region, for who knows its name or a town in it."""
    st.page_link(
        REGION_PAGE,
        label="Find one by its name or a town in it",
        icon=":material/search:",
    )


def controls() -> tuple[str, str, str]:
    """Level, measure and domain of the representation quotient, as the address holds them."""
    level = _choice("level", LEVELS)
    known = _measures()
    measure = _choice("measure", known)
    domain = _choice("of_domain", DOMAINS.labels())
    with st.container(horizontal=True):
        _select("Regions", "level", level, LEVELS, help=explain("nuts"))
        _select("Measure", "measure", measure, known, help=_about(measure))
        if measure == shading.REPRESENTATION:
            _select("JRC domain", "of_domain", domain, DOMAINS.labels())
    return level, measure, domain


def _about(measure: str) -> str:
    """What a measure says, where it is chosen."""
    if measure == shading.REPRESENTATION:
        return explain("quotient")
    return ask(measures.catalogue)[measure].method


def _measures() -> dict[str, str]:
    offered = ask(measures.catalogue)
    return {
        **{code: measure.label for code, measure in offered.items()},
        shading.REPRESENTATION: "Representation of a JRC domain",
    }


def _choice(name: str, options: dict[str, str]) -> str:
    value = state.get(name, _DEFAULTS[name])
    return value if value in options else _DEFAULTS[name]


def _select(
    label: str, name: str, value: str, options: dict[str, str], help: str | None = None
) -> None:
    key = f"regions_{name}"
    st.selectbox(
        label,
        list(options),
        format_func=lambda code: options[code],
        key=key,
        on_change=state.bind(name, key, value, default=_DEFAULTS[name]),
        help=help,
        width=300,
    )


def _room_for(names: pd.Series) -> tuple[int, int | None]:
    """Width of a column, and height of its rows, in which every name is whole; None for a line."""
    longest = _LETTER * int(names.str.len().max()) + _PADDING
    if longest <= _WIDEST:
        return max(_NARROWEST, longest), None
    letters = (_WIDEST - _PADDING) // _LETTER
    lines = max(len(wrap(name, letters)) for name in names)
    return _WIDEST, _LINE * lines + _PADDING


def ranking(
    shaded: shading.Shaded, level: str, measure: str, selected: str, told_by: object
) -> None:
    """Regions by the measure; ties share a rank; a click selects the region on the map too.

    Parameters
    ----------
    told_by : object
        What tells the measure and its filter from others.
    """
    table = drawn_once.keep(_rank, shaded, told_by=told_by)
    if table.empty:
        st.caption(figure.nothing(_NO_VALUE, _NO_VALUE_FILTERED))
        return
    ids = list(table["region"])
    rows = [ids.index(selected)] if selected in ids else []
    key = f"ranking_{level}_{selected}"
    width, row_height = drawn_once.keep(_room_for, table["Region"], told_by=told_by)
    st.dataframe(
        table.drop(columns="region"),
        hide_index=True,
        height=560,
        row_height=row_height,
        key=key,
        on_select=lambda: _take_pick(key, ids, level),
        # Who clicks a name means its region; the tick box is for the keyboard.
        selection_mode=["single-row", "single-cell"],
        selection_default={"selection": {"rows": rows, "columns": [], "cells": []}},
        column_config={
            "Rank": st.column_config.TextColumn(width=50),
            "Region": st.column_config.TextColumn(width=width),
            "Value": st.column_config.TextColumn(
                width=50 if table["Value"].str.len().max() < _SHORT else 120, help=shaded.label
            ),
            "n": st.column_config.NumberColumn(width=40, help="Organisations in the register"),
            "Coverage": st.column_config.TextColumn(width=112, help=coverage.RULE),
            "Others count about": st.column_config.TextColumn(
                width=150, help="What others count for the same territory; scopes differ"
            ),
        },
        alt=_ALT[shaded.ranked].format(measure=shaded.label),
    )
    notes = [f"Value: {shaded.label}."]
    notes.append("= marks a shared rank." if shaded.ranked else shaded.unranked)
    if "n" in table:
        notes.append("n: organisations in the register.")
    if shaded.regions.loc[table["region"], "small"].any():
        notes.append(_SMALL[shaded.ranked])
    if len(shaded.years) > 1:
        notes.append("Values rest on population figures of different years.")
    notes.append(figure.data_link(figures.address(measure, level, state.filter_())))
    st.caption(" ".join(notes))


def _rank(shaded: shading.Shaded) -> pd.DataFrame:
    rows = shaded.regions[(shaded.regions["n"] > 0) & shaded.regions["value"].notna()]
    places = rank(rows["value"].where(~rows["small"] & shaded.ranked))
    place, names = places["rank"].to_numpy("float64", na_value=math.inf), rows["name"].tolist()
    order = sorted(range(len(rows)), key=lambda row: (place[row], names[row]))
    rows, places = rows.iloc[order], places.iloc[order]
    columns = {
        "region": rows.index,
        "Rank": [
            wording.DASH if pd.isna(place) else f"{place}{'=' if tied else ''}"
            for place, tied in zip(places["rank"], places["tied"], strict=True)
        ],
        "Region": rows["name"].array,
        "Value": rows["text"].array,
        "n": rows["n"].array,
        "Coverage": rows["coverage"].array,
        "Others count about": rows["elsewhere"].str.removeprefix("about ").array,
    }
    # A column that says nothing takes the others' room on a phone, whose screen ends behind the
    # coverage.
    said = {
        "Rank": shaded.ranked,
        "n": not rows["n"].eq(rows["value"]).all(),
        "Coverage": rows["coverage"].any(),
        "Others count about": rows["elsewhere"].any(),
    }
    return pd.DataFrame({name: cells for name, cells in columns.items() if said.get(name, True)})


def _take_pick(key: str, ids: list[str], level: str) -> None:
    selection = st.session_state[key]["selection"]
    # The cell was clicked now; the row may be the one that was selected before.
    chosen = [row for row, _ in selection["cells"]] or selection["rows"]
    kind = "valley" if level == "valley" else "region"
    cards.select(kind, ids[chosen[0]] if chosen else "")


def map_files(shaded: shading.Shaded, level: str, told_by: object) -> None:
    """The map's numbers and the map as a picture; parameters as of :func:`ranking`."""
    table = drawn_once.keep(_map_table, shaded, told_by=told_by)
    title = f"{shaded.label} by {LEVELS[level]}"

    def picture() -> charts.Spec:
        colours = shaded.regions.reset_index(names="region_id")[["region_id", "colour"]]
        coloured = ask(regions.outlines, level).merge(colours, on="region_id")
        return charts.choropleth(coloured, shaded.legend, title)

    with st.popover("Table and files", icon=":material/table_chart:"):
        figure.files(title, table, picture)


def _map_table(shaded: shading.Shaded) -> pd.DataFrame:
    numbers = shaded.regions.reset_index(names="region_id")
    columns = ["region_id", "name", "country", "n", "value", "elsewhere", "coverage"]
    table = numbers.assign(n=numbers["n"].astype("Int64").where(numbers["is_collected"]))[columns]
    return table.rename(columns={"value": shaded.label, "elsewhere": "counted by others"})


def _two_digits(value: float) -> str:
    return wording.number(value, 2, gap=wording.DASH)


def how_concentrated(filter_: Filter) -> None:
    """Spatial concentration of what is filtered, in a sentence, with its numbers."""
    found = ask(map_concentration.over_nuts2, filter_)
    st.header("How concentrated is the map?", anchor=False)
    st.markdown(found.sentence)
    st.caption(
        f"Over the {found.regions:,} NUTS 2 regions that the register was collected for; of the "
        f"others it says nothing. Gini of organisations: {_two_digits(found.gini)} (0: all "
        "have as many, 1: one has all). Whether neighbours are alike, Moran's I: "
        f"{_two_digits(found.moran_i)} (0: no, 1: wholly); share of random maps as alike, p: "
        f"{_two_digits(found.moran_p)} (one-sided, 999 permutations, six nearest "
        "neighbours; computed with PySAL's esda). "
        + figure.data_link(figures.address("map-concentration", "", filter_))
    )


def how_widespread(filter_: Filter) -> None:
    """NUTS 2 regions with at least one organisation of a kind, by country."""
    st.header("Where there is at least one", anchor=False)
    st.markdown(
        "Whether a region has *at least one* organisation of a kind is less distorted by a small "
        "register than how many it has. The table counts the NUTS 2 regions that do; behind each "
        "country stands how many of its regions the register was collected for."
    )
    kind = st.segmented_control(
        "Of each",
        ["JRC domain", "Type", FUNCTIONS.name],
        default="JRC domain",
        required=True,
        key="presence_kind",
    )
    drawn_once.show(_presence, filter_, str(kind))


def _presence(filter_: Filter, kind: str) -> None:
    """The table of :func:`how_widespread`, for JRC domains, types or NIST CSF functions."""
    counts = region_counts(database(), filter_, "nuts2")
    codes, vocabulary, matrix = {
        "JRC domain": ("domains", DOMAINS, counts.domains),
        "Type": ("types", TYPES, counts.types),
        FUNCTIONS.name: ("functions", FUNCTIONS, counts.functions),
    }[kind]
    countries = ask(regions.units, "nuts2").set_index("region_id")["country"]
    there = ask(regions.is_collected, "nuts2").to_numpy()
    st.dataframe(
        _with_at_least_one(presence(matrix[there], countries[there]), vocabulary),
        hide_index=True,
        height="content",
        alt="NUTS 2 regions with at least one organisation",
    )
    to = figures.address(f"presence-{codes}", "", filter_)
    st.caption(f"Source: the register. {figure.data_link(to)}")


def _with_at_least_one(found: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """How many regions of how many, by country: a share of two regions is none."""
    areas, codes = (found.index.unique(name) for name in ("area", "code"))
    shape = len(areas), len(codes)
    there = found["regions_with"].to_numpy().reshape(shape)
    of = found["regions"].to_numpy().reshape(shape)[:, 0]
    table = {
        f"{COUNTRIES.label(area)} (of {of[row]:,})": there[row]
        for row, area in enumerate(areas)
        if area == EUROPE or there[row].any()
    }
    return pd.DataFrame({vocabulary.name: [vocabulary.label(str(code)) for code in codes], **table})
