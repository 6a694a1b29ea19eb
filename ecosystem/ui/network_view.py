"""The network page: links between valleys, their reasons, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.api import figures
from ecosystem.common import partial_dates, wording
from ecosystem.common.links import web_address
from ecosystem.common.spreadsheet import table_csv
from ecosystem.common.vocabulary import COUNTRIES, ENTITY_KINDS, PARTNERSHIP_KINDS, SCOPES
from ecosystem.network import valley_network, weighted_links, words
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.tables import network_entities, partnerships, regions, valleys
from ecosystem.ui import cards, drawn_once, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import link, markdown
from ecosystem.ui.figure import data_link
from ecosystem.ui.map import view
from ecosystem.ui.map.drawing import Arc
from ecosystem.web.pages import PARTNERSHIP_PAGE, REGION_PAGE

SHOWN = {
    "partnerships": "Partnerships",
    "similar": "Similar profiles",
    "complementary": "Complementary profiles",
    "bodies": "Bodies",
}
_DEFAULT = "partnerships"
_FIGURES = {
    "partnerships": "links",
    "similar": "similar-profiles",
    "complementary": "complementary-profiles",
}
# How many links are drawn at most; the table has all.
DRAWN = {"30": "30 strongest", "60": "60 strongest", "120": "120 strongest", "all": "All"}
_DEFAULT_DRAWN = "60"
_ALL_YEARS = "All years"
_JOIN = "~"
# How many pairs without a link are told in sentences.
_LISTED = 10
_IN_BOTH = ("{n} of {of} is in both.", "{n} of {of} are in both.")


@dataclass(frozen=True)
class Choice:
    """What the address asks for.

    Attributes
    ----------
    show : str
        A key of :data:`SHOWN`.
    kinds : tuple of str
        Kinds of partnerships; all if empty.
    year : int or None
        Only partnerships active in it.
    most : int or None
        How many links are drawn at most.
    """

    show: str
    kinds: tuple[str, ...]
    year: int | None
    most: int | None


def choice() -> Choice:
    """The choice that the address holds; what it holds besides is left out."""
    show, drawn = state.get("show", _DEFAULT), state.get("drawn", _DEFAULT_DRAWN)
    kinds = [code for code in state.params().get("kind", []) if code in PARTNERSHIP_KINDS]
    year = state.get("year")
    drawn = drawn if drawn in DRAWN else _DEFAULT_DRAWN
    return Choice(
        show if show in SHOWN else _DEFAULT,
        tuple(kinds),
        int(year) if year.isascii() and year.isdigit() and len(year) == len("2026") else None,
        int(drawn) if drawn.isdigit() else None,
    )


def controls(chosen: Choice) -> None:
    """Which links, of which kind and year, and how many of them are drawn."""
    st.segmented_control(
        "Show",
        list(SHOWN),
        format_func=SHOWN.__getitem__,
        key="network_show",
        required=True,
        label_visibility="collapsed",
        on_change=state.bind(
            "show", "network_show", chosen.show, default=_DEFAULT, resets=("selected",)
        ),
    )
    if chosen.show == "bodies":
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if chosen.show == _DEFAULT:
            st.multiselect(
                "Kind of partnership",
                list(PARTNERSHIP_KINDS),
                format_func=PARTNERSHIP_KINDS.label,
                key="network_kinds",
                placeholder="All kinds",
                width=360,
                on_change=state.bind("kind", "network_kinds", list(chosen.kinds), write=list),
            )
            _year(chosen)
        st.selectbox(
            "Links drawn",
            list(DRAWN),
            format_func=DRAWN.__getitem__,
            key="network_drawn",
            width=170,
            on_change=state.bind(
                "drawn",
                "network_drawn",
                str(chosen.most) if chosen.most else "all",
                default=_DEFAULT_DRAWN,
            ),
        )


def _year(chosen: Choice) -> None:
    span = ask(partnerships.years)
    if span is None:
        return
    options = [_ALL_YEARS, *(str(year) for year in range(span[1], span[0] - 1, -1))]
    value = str(chosen.year) if str(chosen.year) in options else _ALL_YEARS
    st.selectbox(
        "Active in",
        options,
        key="network_year",
        width=140,
        on_change=state.bind("year", "network_year", value, default=_ALL_YEARS),
    )


def _pairs(chosen: Choice) -> pd.DataFrame:
    found: pd.DataFrame = ask(weighted_links.pairs, chosen.show, chosen.kinds, chosen.year)
    return found


def introduction(chosen: Choice) -> None:
    """What the links are, in a sentence or two, with what they can't say."""
    if chosen.show == "bodies":
        st.markdown(
            "The bodies that carry the network: agencies, clusters, authorities and associations "
            "that speak for a region, a country or all of Europe."
        )
    elif chosen.show == "similar":
        st.markdown(
            "Valleys whose organisations work on much the same JRC domains could exchange "
            f"practice. {words.how_much_is_chance(ask(valley_network.similar))}"
        )
    elif chosen.show == "complementary":
        st.markdown(
            "Valleys each of which has more of a domain of which the other has little could do a "
            "project together. "
            f"{words.how_many_are_clear(ask(valley_network.complementary))}"
        )
    else:
        st.markdown(words.size(_network(chosen)))


def map_and_reason(chosen: Choice) -> None:
    """The links on the map, and beside it why the selected one is there."""
    found = _pairs(chosen)
    kind, selected = cards.selected_id()
    shown = found.head(chosen.most) if chosen.most else found
    if kind == "valley":
        shown = found[(found["one"] == selected) | (found["other"] == selected)]
    left, right = st.columns([0.64, 0.36], gap="medium")
    with left:
        arcs = _arcs(shown)
        if kind == "link" and selected not in {arc.id for arc in arcs}:
            arcs += _arcs(found[found["one"].str.cat(found["other"], sep=_JOIN) == selected])
        view.links_map(arcs, _partners(found), selected)
        if kind == "valley":
            st.caption(f"All {len(shown):,} links of the selected valley are drawn.")
        else:
            st.caption(words.drawing_note(len(shown), len(found), chosen.show))
    with right:
        _reason(chosen, kind, selected)


def _arcs(shown: pd.DataFrame) -> list[Arc]:
    places = ask(regions.units, valley_network.LEVEL).set_index("region_id")[["lon", "lat"]]
    at = {str(id_): (float(lon), float(lat)) for id_, lon, lat in places.itertuples()}
    names = ask(regions.names_in_text)
    return [
        Arc(
            f"{row['one']}{_JOIN}{row['other']}",
            (*at[row["one"]], *at[row["other"]]),
            row["weight"],
            (f"{names[row['one']]} – {names[row['other']]}", row["text"]),
        )
        for row in shown.to_dict("records")
    ]


def _partners(found: pd.DataFrame) -> dict[str, tuple[int, str]]:
    n = pd.concat([found["one"], found["other"]]).value_counts().to_dict()
    return {
        id_: (n.get(id_, 0), wording.count(n[id_], "link") if id_ in n else "No link")
        for id_ in ask(valleys.names)
    }


def _names() -> Mapping[str, str]:
    """Names of valleys and regions as Markdown."""
    return drawn_once.keep(_names_as_markdown, told_by=())


def _names_as_markdown() -> dict[str, str]:
    return {id_: markdown(name) for id_, name in ask(regions.names_in_text).items()}


def _reason(chosen: Choice, kind: str, selected: str) -> None:
    if kind == "link":
        one, _, other = selected.partition(_JOIN)
        known = ask(valleys.names)
        if one in known and other in known:
            _link_card(one, other)
        else:
            st.info("There is no such link in this release.", icon=":material/search_off:")
    elif kind == "valley" and selected in ask(valleys.names):
        _valley_card(chosen, selected)
    else:
        st.info(
            "Click an arc to read why it is there, or a valley to see only its links. "
            "The table below does the same.",
            icon=":material/touch_app:",
        )
        if chosen.show == _DEFAULT:
            _strongest(chosen)


def _strongest(chosen: Choice) -> None:
    names = _names()
    top = _pairs(chosen).head(5)
    if top.empty:
        st.caption("No partnership of this kind and year joins two valleys.")
        return
    st.markdown("**Closest by partnerships**")
    closest = st.container(key="closest", gap="small")
    for row in top.itertuples():
        closest.button(
            f"{names[str(row.one)]} – {names[str(row.other)]}: {row.text}",
            key=f"strongest_{row.one}_{row.other}",
            type="tertiary",
            on_click=cards.select,
            args=("link", f"{row.one}{_JOIN}{row.other}"),
        )


def _head(title: str) -> None:
    """The head of a card; `title` is Markdown."""
    with st.container(horizontal=True, vertical_alignment="top"):
        st.header(title, anchor=False)
        st.button("Close", icon=":material/close:", type="tertiary", key="close_link",
                  on_click=cards.select, args=("", ""))  # fmt: skip


def _link_card(one: str, other: str) -> None:
    names = _names()
    with st.container(border=True, key="card"):
        _head(f"{names[one]} – {names[other]}")
        shared = ask(partnerships.shared, one, other)
        if shared.empty:
            st.markdown("No common partnership is known.")
        for row in shared.to_dict("records"):
            _shared(row, names[one], names[other])
        _profiles(one, other)
        with st.container(horizontal=True):
            for id_ in (one, other):
                st.page_link(
                    REGION_PAGE,
                    label=names[id_],
                    icon=":material/location_on:",
                    query_params={"region": id_},
                )


def _shared(row: dict[Any, Any], one: str, other: str) -> None:
    start, end = (None if pd.isna(row[name]) else row[name] for name in ("start_date", "end_date"))
    facts = [
        PARTNERSHIP_KINDS.label(row["kind"]),
        partial_dates.period(start, end),
        f"{wording.count(row['valleys'], 'valley')} in all",
    ]
    st.page_link(
        PARTNERSHIP_PAGE,
        label=f":primary[{markdown(row['name'])}]",
        query_params={"id": str(row["partnership_id"])},
    )
    st.markdown(
        f"{', '.join(filter(None, facts))}. {one}: {_members(row['members_one'])}. "
        f"{other}: {_members(row['members_other'])}. {_source(row['source_url'])}"
    )


def _members(names: Any) -> str:
    return markdown(wording.join([str(name) for name in names]))


def _source(url: str) -> str:
    return link("Source", url) if web_address(url) else ""


def _profiles(one: str, other: str) -> None:
    """What the two profiles say of each other."""
    names = _names()
    every = ask(valley_network.similar)
    pair = every[(every["one"] == one) & (every["other"] == other)
                 | (every["one"] == other) & (every["other"] == one)]  # fmt: skip
    if pair.empty:
        st.caption(
            f"Their profiles are not compared: one of them has fewer than {SMALL_N} organisations "
            "in the register."
        )
        return
    row = pair.iloc[0].to_dict()
    n = ask(valley_network.sizes)
    st.markdown(words.alike(names, row, n, ask(valley_network.in_common, one, other)))
    added = [
        words.gives(names, giver, receiver, ask(valley_network.differences, giver, receiver))
        for giver, receiver in ((one, other), (other, one))
    ]
    for sentence in filter(None, added):
        st.markdown(sentence)
    if any(added):
        st.caption(words.COMPLEMENT_NOTE)


def _valley_card(chosen: Choice, valley_id: str) -> None:
    names = _names()
    with st.container(border=True, key="card"):
        _head(markdown(ask(regions.labels)[valley_id]))
        if chosen.show == _DEFAULT:
            st.markdown(words.connections_of(_network(chosen), names, valley_id))
        found = _pairs(chosen)
        here = found[(found["one"] == valley_id) | (found["other"] == valley_id)]
        if here.empty:
            st.caption("No link of this kind.")
        with st.container(height=320, border=False):
            for row in here.itertuples():
                other = str(row.other if row.one == valley_id else row.one)
                st.button(
                    f"{names[other]}: {row.text}",
                    key=f"of_valley_{other}",
                    type="tertiary",
                    on_click=cards.select,
                    args=("link", f"{row.one}{_JOIN}{row.other}"),
                )
        st.page_link(
            REGION_PAGE,
            label=f"All about {names[valley_id]}",
            icon=":material/location_on:",
            query_params={"region": valley_id},
        )


def table(chosen: Choice) -> None:
    """All links as a table: what the map shows, for whoever can't use it; a row selects."""
    found = _pairs(chosen)
    labels = ask(regions.labels)
    columns = {
        "partnerships": {"partnerships": "Partnerships", "strength": "Strength"},
        "similar": {"similarity": "Similarity", "chance": "Chance"},
        "complementary": {"gives": "More of", "gets": "Less of", "clear": "Beyond chance"},
    }[chosen.show]
    shown = pd.DataFrame(
        {
            "Region": found["one"].map(labels),
            "With": found["other"].map(labels),
            **{title: found[name] for name, title in columns.items()},
        }
    )
    st.header("All links", anchor=False)
    if shown.empty:
        st.caption("No link of this kind. Choose another kind or year.")
        return
    ids = [f"{one}{_JOIN}{other}" for one, other in zip(found["one"], found["other"], strict=True)]
    key = f"links_{chosen.show}"
    st.dataframe(
        shown,
        hide_index=True,
        height=380,
        key=key,
        on_select=_picks(key, "link", ids),
        selection_mode=["single-row", "single-cell"],
        column_config={
            "Strength": st.column_config.NumberColumn(format="%.2f", help=words.STRENGTH_NOTE),
            "Similarity": st.column_config.NumberColumn(format="%.2f", help=words.SIMILARITY_NOTE),
            "Chance": st.column_config.NumberColumn(format="percent", help=words.CHANCE_NOTE),
            "More of": st.column_config.NumberColumn(
                help="JRC domains of which the first has more and the second little"
            ),
            "Less of": st.column_config.NumberColumn(
                help="JRC domains of which the second has more and the first little"
            ),
            "Beyond chance": st.column_config.NumberColumn(
                help="How many of these differences chance hardly makes"
            ),
        },
        alt="All links between valleys",
    )
    data = figures.address(_FIGURES[chosen.show])
    if chosen.show == _DEFAULT:
        data = figures.address("links", kinds=chosen.kinds, year=chosen.year)
    notes = {_DEFAULT: words.STRENGTH_NOTE, "complementary": words.COMPLEMENT_NOTE}
    st.caption(f"{notes.get(chosen.show, 'Source: the register.')} {data_link(data)}")
    st.download_button(
        "Links as CSV",
        table_csv(shown),
        file_name=f"cyber-valleys-links-{chosen.show}.csv",
        mime="text/csv",
        icon=":material/download:",
    )


def _picks(key: str, kind: str, ids: list[str]) -> Callable[[], None]:
    def take_pick() -> None:
        selection = st.session_state[key]["selection"]
        chosen = [row for row, _ in selection["cells"]] or selection["rows"]
        cards.select(kind, ids[chosen[0]] if chosen else "")

    return take_pick


def measures(chosen: Choice) -> None:
    """What the network adds up to, each in sentences with its method."""
    parts = {
        "Alike without a link": _alike_without_link,
        "Bridges and groups": _bridges_and_groups,
        "Overlapping partnerships": _overlaps,
    }
    for tab, part in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            drawn_once.show(part, chosen)


def _bridges_and_groups(chosen: Choice) -> None:
    found, names = _network(chosen), _names()
    for sentence in words.bridges(found, names):
        st.markdown(f"- {sentence}")
    st.markdown("**Groups**: " + " | ".join(words.groups(found, names)))
    if found.unlinked:
        alone = wording.join([names[id_] for id_ in found.unlinked])
        st.markdown(f"**In no known partnership with another valley**: {alone}.")
    data = figures.address("connections", kinds=chosen.kinds, year=chosen.year)
    st.caption(f"{words.BRIDGE_NOTE} {data_link(data)}")


def _alike_without_link(chosen: Choice) -> None:
    names, n = _names(), ask(valley_network.sizes)
    every = ask(valley_network.alike_without_link, chosen.kinds, chosen.year)
    found = every.head(_LISTED)
    st.markdown(
        "Valleys with matching profiles that no partnership of this choice joins: whom to ask "
        f"first. {words.how_much_is_chance(ask(valley_network.similar))}"
    )
    for row in found.to_dict("records"):
        one, other = str(row["one"]), str(row["other"])
        shared = ask(valley_network.in_common, one, other)
        st.markdown(f"- {words.alike(names, row, n, shared)}")
    if len(every) > len(found):
        st.caption(
            f"The {len(found)} that chance makes least often, of "
            f"{wording.count(len(every), 'pair')} without a link."
        )


def _overlaps(chosen: Choice) -> None:
    found = ask(valley_network.overlaps, chosen.kinds, chosen.year)
    if found.empty:
        st.caption("No two partnerships of this choice have two valleys in common.")
        return
    known = ask(partnerships.names)
    st.markdown("Partnerships in which much the same valleys take part:")
    for row in found.to_dict("records"):
        st.markdown(
            f"- {markdown(known[row['one']])} and {markdown(known[row['other']])}: "
            + wording.agree(row["both"], *_IN_BOTH, of=wording.count(row["either"], "valley"))
        )
    st.caption("Overlap: valleys in both over valleys in either (Jaccard 1912).")


def _network(chosen: Choice) -> valley_network.Network:
    found: valley_network.Network = ask(valley_network.network, chosen.kinds, chosen.year)
    return found


def bodies() -> None:
    """The bodies of the network on a map and as a list, with filters in the address."""
    asked = _body_filter()
    found = ask(network_entities.search, *asked)
    chosen_kind, selected = cards.selected_id()
    left, right = st.columns([0.6, 0.4], gap="medium")
    with left:
        towns = ask(network_entities.symbols, *asked)
        view.towns_map(towns, selected, ENTITY_KINDS, ("body", "bodies"))
    with right:
        here = found[found["town_key"] == selected] if chosen_kind == "town" else found
        if chosen_kind == "town":
            _head(markdown(", ".join(map(str, here["city"].head(1)))))
        _body_table(here)
    placed = int(found["lon"].notna().sum())
    st.caption(
        f"{wording.count(len(found), 'body', 'bodies')}; {placed} on the map, the others have no "
        "town that is known."
    )


def _body_filter() -> tuple[str, str, str, str, str]:
    """Words, scope, kind, country and valley that the address holds; empty for all."""
    names = ("words", "scope", "entity_kind", "country", "valley")
    values = {name: state.get(name) for name in names}
    labels = ask(regions.labels)
    there = sorted(ask(network_entities.valley_ids), key=lambda id_: labels[id_].casefold())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Search",
            key="bodies_words",
            placeholder="Name, town or note",
            width=240,
            on_change=state.bind("words", "bodies_words", values["words"], default=""),
        )
        for name, title, codes, label in (
            ("scope", SCOPES.name, list(SCOPES), SCOPES.label),
            ("entity_kind", ENTITY_KINDS.name, list(ENTITY_KINDS), ENTITY_KINDS.label),
            ("country", COUNTRIES.name, list(COUNTRIES), COUNTRIES.label),
            ("valley", "Valley", there, labels.__getitem__),
        ):
            value = values[name] if values[name] in codes else None
            values[name] = value or ""
            key = f"bodies_{name}"
            st.selectbox(
                title,
                codes,
                format_func=label,
                key=key,
                placeholder="All",
                index=None,
                width=180,
                on_change=state.bind(name, key, value),
            )
    words_, scope, kind, country, valley = values.values()
    return words_, scope, kind, country, valley


def _body_table(found: pd.DataFrame) -> None:
    if found.empty:
        st.info("No body matches. Take a filter away.", icon=":material/search_off:")
        return
    shown = pd.DataFrame(
        {
            "Name": found["name"],
            "Scope": found["scope"].map(SCOPES.label),
            "Kind": found["kind"].map(ENTITY_KINDS.label),
            "Town": found["city"],
            "Country": found["country"].map(COUNTRIES.label),
            "Valley": found["valley_id"].map(ask(regions.labels)),
            "Website": found["website"].map(web_address),
            "Source": found["source_url"].map(web_address),
            "Notes": found["notes"],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=480,
        column_config={
            "Website": st.column_config.LinkColumn(),
            "Source": st.column_config.LinkColumn(),
        },
        placeholder=wording.DASH,
        alt="Bodies of the network",
    )
    st.download_button(
        "Bodies as CSV",
        table_csv(shown),
        file_name="cyber-valleys-network-bodies.csv",
        mime="text/csv",
        icon=":material/download:",
    )
