"""The region page: one region's numbers, charts, neighbours in profile, and its brief."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import brief
from ecosystem.api import figures
from ecosystem.common import links, wording
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS, ROLES, TYPES
from ecosystem.drawing import charts
from ecosystem.finding import nearby
from ecosystem.finding.filters import Filter
from ecosystem.finding.nearby import Town
from ecosystem.regional import coverage, measures
from ecosystem.regional import outside_figures as region_context
from ecosystem.regional.profiles import STRENGTH_RULE, Profile
from ecosystem.regional.statistics import words
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.tables import regions, valleys
from ecosystem.ui import downloads as files
from ecosystem.ui import drawn_once, figure, organisation_list, share, state
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import link, markdown
from ecosystem.ui.figure import Figure
from ecosystem.ui.map import view
from ecosystem.ui.theme import is_dark
from ecosystem.web import addresses
from ecosystem.web.pages import COMPARE_PAGE, DIRECTORY_PAGE, REGION_PAGE

_NOBODY = "The register has no organisation here."
_NOBODY_FILTERED = "The register has no organisation here under these filters."
_ROLES = "Roles present: **{roles}**"
_NO_ROLES = "Roles present: **none**"
_WHOLE = (
    "For numbers per inhabitant and per area, the whole register is the NUTS 2 regions that it "
    "was collected for, as far as Eurostat has their population, and not all of their countries."
)
_QUOTIENT_METHOD = (
    "Share of the region's organisations that work on a domain, divided by the share in the "
    "whole register: a location quotient with the register, not an economy, as denominator. "
    "1 is as in the register, 2 twice that share. The lines are 95 % intervals of each domain by "
    "itself (from Wilson's, MOVER-R). Among so many regions and domains some leave out 1 by "
    f"chance, so only strengths have a colour: {STRENGTH_RULE}. Source: the register."
)


def title(profile: Profile) -> None:
    """Name, level and country, who coordinates, and the profile in words."""
    st.title(markdown(profile.name), anchor=False)
    st.caption(profile.kind)
    size, *others = profile.sentences
    st.markdown(markdown(size))
    if profile.span is not None:
        st.markdown(f":material/groups: **Coverage:** {markdown(profile.span['text'])}")
    else:
        st.markdown(f":material/groups: **Coverage:** not known. {coverage.UNCOUNTED}")
    for sentence, counted in zip(
        profile.coverage_sentences, profile.counted.to_dict("records"), strict=True
    ):
        address = links.web_address(counted["source_url"])
        source = f" ({link('source', address)})" if address else ""
        st.caption(f"{markdown(sentence)}{source}")
    for sentence in others:
        st.markdown(markdown(sentence))
    if 0 < profile.n < SMALL_N:
        st.warning(
            f"With {wording.count(profile.n, 'organisation')} in the register, shares and "
            "quotients of this region say little.",
            icon=":material/info:",
        )


def downloads(profile: Profile, filter_: Filter) -> None:
    """The brief as PDF and its numbers as XLSX."""
    name, address = f"cyber-valleys-{profile.region_id}", state.address()
    with st.container(horizontal=True):
        files.brief(
            name,
            lambda: brief.region_pdf(database(), filter_, profile, address),
            lambda: brief.region_xlsx(database(), filter_, profile, address),
        )
        lasting = addresses.region(state.site(), profile.region_id)
        share.button(lasting if filter_ == Filter() else address, profile.name, "region")
        _compare_link(profile)


def _compare_link(profile: Profile) -> None:
    """The way to a comparison: with its peers, where there are none with those alike in work."""
    structure = profile.related[-1]
    ways = (
        ("Compare with its peers", profile.peers),
        ("Compare with those alike", profile.nearest),
    )
    label, others = next(((label, found) for label, found in ways if len(found)), ("", None))
    if others is not None:
        st.page_link(
            COMPARE_PAGE,
            label=label,
            icon=":material/compare_arrows:",
            query_params={"compare": [profile.region_id, *map(str, others.index[:2])]},
        )
    elif note := structure.note or structure.none:
        st.caption(markdown(note), width="content")


def headline(profile: Profile) -> None:
    """Measures with the register as a whole and the rank beside each."""
    with st.container(horizontal=True, key="headline_numbers"):
        rows = profile.headline.to_dict("index")
        for code, measure in ask(measures.catalogue).items():
            row = rows[code]
            beside = []
            if not pd.isna(row["low"]) and not pd.isna(row["value"]):
                low, high = (measures.in_words(code, row[end]) for end in ("low", "high"))
                beside.append(f"{low} to {high}")
            if not pd.isna(row["whole"]):
                whole = (
                    f"{profile.n} of the register" if code in measures.BY_SIZE else "whole register"
                )
                beside.append(f"{whole}: {measures.in_words(code, row['whole'])}")
            if not pd.isna(row["rank"]):
                beside.append(f"rank {row['rank']}{'=' if row['tied'] else ''} of {row['of']}")
            elif row["small"] and profile.n:
                beside.append("few organisations")
            st.metric(
                measure.label,
                measures.in_words(code, row["value"]),
                " · ".join(beside) or None,
                delta_color="off",
                delta_arrow="off",
                help=measure.method,
                border=True,
                width=285,
            )
    notes = [_WHOLE, profile.rank_note]
    if profile.population_year:
        notes.append(f"Population: Eurostat, {profile.population_year}.")
    st.caption(" ".join([*notes, figure.data_link(_data("measures", profile))]))


def _data(measure: str, profile: Profile) -> str:
    return figures.address(measure, "", state.filter_(), [profile.region_id])


def domains(profile: Profile, told_by: object) -> None:
    """Domain profile as representation quotients with intervals; nothing if none.

    Parameters
    ----------
    told_by : object
        What tells the profile from others.
    """
    if profile.n:
        figure.show_once(_domains, profile, told_by=told_by)


def _domains(profile: Profile) -> Figure:
    table = profile.quotients.reset_index().assign(
        code=lambda frame: frame["code"].map(DOMAINS.label)
    )
    table.columns = [_COLUMN.get(str(column), str(column)) for column in table.columns]
    return Figure(
        "What its organisations work on",
        charts.quotients(profile.quotients, dark=is_dark()),
        table,
        _QUOTIENT_METHOD,
        _data("representation", profile),
    )


_COLUMN = {
    "code": "JRC domain",
    "count": "Organisations",
    "n": "of",
    "share": "Share",
    "whole_share": "Share in the register",
    "lq": "Quotient",
    "low": "from",
    "high": "to",
    "small": "Few organisations",
    "shrunk": "Quotient, shrunk",
    "q": "Chance, adjusted",
    "clear": "Strength",
}


def types_and_functions(profile: Profile, told_by: object) -> None:
    """Organisations by type, NIST CSF functions, founding years; nothing if none.

    Parameters
    ----------
    told_by : object
        What tells the profile from others.
    """
    if not profile.n:
        return
    left, middle, right = st.columns(3, gap="large")
    with left:
        figure.show_once(_types, profile, told_by=told_by)
        drawn_once.show(_roles, profile, told_by=told_by)
    with middle:
        figure.show_once(_functions, profile, told_by=told_by)
    with right:
        figure.show_once(_founding_years, profile, told_by=told_by)


def _types(profile: Profile) -> Figure:
    types = profile.types[profile.types > 0].sort_values(ascending=False)
    return Figure(
        "Types",
        charts.bars(types, TYPES.labels(), dark=is_dark()),
        _two_columns(types, TYPES.labels(), "Type", "Organisations"),
        "Organisations by type. Source: the register.",
        _data("types", profile),
    )


def _roles(profile: Profile) -> None:
    present = [ROLES.label(str(r)) for r, there in profile.roles.items() if there]
    absent = [ROLES.label(str(r)) for r, there in profile.roles.items() if not there]
    st.markdown(_ROLES.format(roles=", ".join(present)) if present else _NO_ROLES)
    if absent:
        st.markdown(f"Not in the register: {', '.join(absent)}")
    if profile.investors_note:
        st.caption(profile.investors_note)


def _functions(profile: Profile) -> Figure:
    shares = profile.functions.dropna()
    return Figure(
        "NIST CSF 1.1 functions",
        charts.shares(shares, FUNCTIONS.labels(), dark=is_dark()),
        _two_columns(shares, FUNCTIONS.labels(), "Function", "Share"),
        "Share of the organisations that serve each function; most serve several. "
        "Source: the register.",
        _data("function-shares", profile),
    )


def _founding_years(profile: Profile) -> Figure:
    years = profile.founding.rename(columns={"year": "Year", "organisations": "Organisations"})
    return Figure(
        "Founding years of those in the register",
        charts.founding(profile.founding, dark=is_dark()),
        # One year makes no series.
        years if len(years) > 1 else years.head(0),
        f"{profile.founding_sentence} Source: the register.",
        _data("founding-years", profile),
    )


def _two_columns(values: pd.Series, names: dict[str, str], first: str, second: str) -> pd.DataFrame:
    return pd.DataFrame(
        {first: [names.get(str(code), str(code)) for code in values.index], second: list(values)}
    )


def map_and_organisations(profile: Profile, filter_: Filter) -> None:
    """The region on the map, and its organisations."""
    inside = filter_.with_values(
        "valley" if profile.level == "valley" else "nuts", [profile.region_id]
    )
    left, right = st.columns([0.55, 0.45], gap="large")
    with left:
        view.region_map(filter_, profile.region_id, profile.level)
    with right:
        st.header("Organisations", anchor=False)
        if profile.n:
            organisation_list.beside_map(inside, profile.n)
            st.page_link(
                DIRECTORY_PAGE,
                label="All of them in the directory",
                icon=":material/list:",
                query_params=inside.to_params(),
            )
        elif profile.is_collected:
            st.write(figure.nothing(_NOBODY, _NOBODY_FILTERED))
        else:
            st.write(markdown(words.not_collected(profile.short_name)))


def who(profile: Profile) -> None:
    """Coordinator and smart-specialisation priorities of the valley."""
    valley = profile.valley
    if valley is None:
        return
    st.header("Who coordinates", anchor=False)
    if profile.level != "valley":
        name = ask(regions.labels)[valley["valley_id"]]
        st.caption(f"It lies in the valley {markdown(name)}.")
    if valley["coordinator"]:
        st.markdown(f"**{markdown(valley['coordinator'])}**")
    if len(valley["s3_priorities"]):
        priorities = "; ".join(markdown(p) for p in valley["s3_priorities"])
        st.markdown(f"Smart-specialisation priorities: {priorities}")
    website = links.web_address(valley["website"])
    if website:
        st.link_button(markdown(links.host(website)), website, icon=":material/language:")


def context(profile: Profile) -> None:
    """Eurostat's figures with year, table and history."""
    st.header("The region in Eurostat's figures", anchor=False)
    if profile.figures.empty:
        st.caption(
            "Eurostat's figures here are of NUTS 2 regions and what is made of them; a part of "
            "this region is smaller or has none. A gap stays a gap."
        )
        return
    by_label: dict[str, list[dict[Any, Any]]] = {}
    for figure_ in profile.figures.to_dict("records"):
        by_label.setdefault(figure_["label"], []).append(figure_)
    rows = [
        {
            "Indicator": label,
            "Value": wording.figure(years[-1]["value"]),
            "Year": years[-1]["year"],
            "Unit": years[-1]["unit"],
            "Made from": years[-1]["made"] or "the region's own figure",
            "Eurostat table": years[-1]["source"],
            "History": [one["value"] for one in years] if len(years) > 1 else None,
            "Years": ", ".join(str(one["year"]) for one in years),
        }
        for label, years in by_label.items()
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "Value": st.column_config.TextColumn(width=80, alignment="right"),
            "Year": st.column_config.NumberColumn(format="%d"),
            "History": st.column_config.LineChartColumn(),
        },
        height="content",
        placeholder="",
        alt="Eurostat's figures",
    )
    st.caption(
        "Source: Eurostat, the tables named. Only years that Eurostat has; none is filled in. "
        + figure.data_link(figures.address("eurostat", region_ids=[profile.region_id]))
    )
    with st.expander("What they measure"):
        for row in ask(region_context.indicators).to_dict("records"):
            if row["label"] in set(profile.figures["label"]):
                st.markdown(f"**{markdown(row['label'])}.** {markdown(row['description'])}")


def related_regions(profile: Profile) -> None:
    """Nearest in profile, best complements, peers in structure, each with the reason."""
    kinds = profile.related
    for column, kind in zip(st.columns(len(kinds), gap="large"), kinds, strict=True):
        with column:
            st.header(kind.heading, anchor=False)
            if kind.regions.empty:
                st.caption(markdown(kind.none))
                continue
            for id_, row in kind.regions.iterrows():
                _related_region(str(id_), row)
            if kind.note:
                st.caption(f"**{kind.note}**")
            st.caption(kind.method)


def _related_region(region_id: str, row: Any) -> None:
    st.page_link(
        REGION_PAGE,
        label=markdown(row["name"]),
        icon=":material/arrow_forward:",
        query_params={"region": region_id},
    )
    st.caption(markdown(row["reason"]))


def region_id() -> str:
    """Id of the place that the address names, by any of its ids; as it is if there is none."""
    asked = state.get("region")
    place = ask(regions.place, asked) if asked else None
    return place.place_id if place else asked


def choose(current: str) -> None:
    """Ask for a region where the address names none, or one that is not there."""
    if current:
        st.info(f"There is no region {markdown(current)} in the current release.")
    options = ask(regions.choices)
    st.selectbox(
        "Region or valley",
        list(options),
        index=None,
        format_func=options.__getitem__,
        placeholder="Choose a region or valley",
        key="choose_region",
        on_change=lambda: state.update({"region": st.session_state["choose_region"]}),
    )
    _choose_by_town()


def _region_of(town: Town) -> str:
    """Id of the valley that a town is in, else of its NUTS 2 region; empty if it is in none."""
    nuts3 = ask(regions.nuts3_at, town.lon, town.lat)
    return (ask(valleys.valley_around, nuts3) or nuts3[:4]) if nuts3 else ""


def _choose_by_town() -> None:
    """Who knows a town and not what its region is called finds the region, or its valley."""
    asked = st.text_input(
        "Or a town in it",
        key="region_town",
        max_chars=nearby.MAX_LENGTH,
        placeholder="Any town in Europe",
        icon=":material/near_me:",
    )
    if not asked:
        return
    candidates = ask(nearby.towns, asked)
    meant = nearby.certain_town(candidates)
    found = {town: _region_of(town) for town in ([meant] if meant else candidates)}
    if not any(found.values()):
        st.caption(f"No town in Europe is called “{markdown(asked)}”.")
    for town, id_ in found.items():
        if id_:
            st.page_link(
                REGION_PAGE,
                label=f"{markdown(town.label)}: {markdown(ask(regions.labels)[id_])}",
                icon=":material/arrow_forward:",
                query_params={"region": id_},
            )
