"""What surrounds a list of search results: town, quick facets, spelling, ways to widen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES, TYPES
from ecosystem.finding import nearby, search
from ecosystem.finding.filters import FACETS, Filter
from ecosystem.finding.nearby import Town
from ecosystem.finding.search import Kind, Part, Place
from ecosystem.tables import organisations, regions
from ecosystem.ui import choices, labels, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import LABEL_PAGE, REGION_PAGE

T = TypeVar("T")
_ANY = 0  # a list's None would mean that nothing is chosen yet
# Facet -> how many of its options are shown as chips.
_CHIPS = {"type": 6, "country": 7, "domain": 4}
_TOWNS_OFFERED = 3
_NARROWING = (Kind.TYPE, Kind.PLACE, Kind.LABEL, Kind.WORD)
# A search of names and plain words needs no explanation.
_WORTH_SAYING = (Kind.SUBJECT, Kind.TYPE, Kind.NEAR, Kind.HERE, Kind.LABEL, Kind.LIST)
_ASKED = "_towns_asked_for"


def near(filter_: Filter) -> None:
    """Box for a town, and how far from it; a choice where its name is several towns'."""
    town = ask(nearby.town, filter_.near) if filter_.near else None
    asked, under = st.session_state.get(_ASKED, ("", None))
    if under != filter_:
        asked = ""  # the visitor went on to something else
    state.assign("near_town", asked or (town.label if town else filter_.near))
    if filter_.near:
        box, radius = st.columns([0.62, 0.38], vertical_alignment="bottom")
    else:
        box, radius = st.container(), None
    with box:
        st.text_input(
            "Near a town",
            key="near_town",
            max_chars=nearby.MAX_LENGTH,
            placeholder="Any town in Europe",
            icon=":material/near_me:",
            on_change=_take_over_town,
        )
    if radius is not None:
        with radius:
            _radius(filter_)
    if asked:
        _which_town(asked)


def _radius(filter_: Filter) -> None:
    state.assign("near_km", filter_.km or _ANY)
    st.selectbox(
        "Within",
        [*sorted({*nearby.RADII, filter_.km or _ANY} - {_ANY}), _ANY],
        format_func=lambda km: f"{km:,} km" if km else "Any distance",
        key="near_km",
        on_change=_take_over_radius,
    )


def _which_town(asked: str) -> None:
    """Ask which of several towns is meant, or say that none is known."""
    candidates = ask(nearby.towns, asked)
    if not candidates:
        st.caption(f"No town in Europe is called “{markdown(asked)}”.")
        return
    st.caption(f"Which “{markdown(asked)}”?")
    with st.container(horizontal=True, gap="small"):
        for town in candidates:
            people = f" · {town.population:,} people" if town.population else ""
            st.button(
                f"{markdown(town.label)}{people}",
                key=f"near_{town.town_id}",
                on_click=_choose_town,
                args=(town,),
            )


def _take_over_town() -> None:
    text = st.session_state["near_town"].strip()
    candidates = ask(nearby.towns, text) if text else []
    town = nearby.certain_town(candidates)
    if town is not None:
        _choose_town(town)
        return
    filter_ = replace(state.filter_(), near="", km=None)
    st.session_state[_ASKED] = (text, filter_)
    state.set_filter(filter_)


def _choose_town(town: Town) -> None:
    st.session_state.pop(_ASKED, None)
    filter_ = state.filter_()
    km = filter_.km if filter_.near else ask(nearby.usual_km, town)
    state.set_filter(replace(filter_, near=town.town_id, km=km))


def _take_over_radius() -> None:
    state.set_filter(replace(state.filter_(), km=st.session_state["near_km"] or None))


def chips(filter_: Filter) -> None:
    """The most frequent types, countries and domains as buttons with their counts."""
    with st.container(key="chips", gap="xsmall"):
        for name, most in _CHIPS.items():
            _chips(name, most, filter_)


def _chips(name: str, most: int, filter_: Filter) -> None:
    counts = ask(organisations.facet_counts, filter_, name)
    names = labels.options(name)
    frequent = sorted(counts, key=lambda code: (-counts[code], names[code]))[:most]
    chosen = list(getattr(filter_, name))
    shown = [code for code in names if code in frequent or code in chosen]
    if name != "type":
        shown.sort(key=lambda code: -counts.get(code, 0))
    if not shown:
        return
    key = f"chips_{name}"
    state.assign(key, chosen)
    st.pills(
        FACETS[name].label,
        shown,
        selection_mode="multi",
        format_func=choices.with_counts(names, counts),
        key=key,
        label_visibility="collapsed",
        on_change=choices.take_over,
        args=(name, key),
    )


def show_understanding(filter_: Filter) -> None:
    """Say what each part of the search was understood as; a click takes the part away."""
    question = ask(search.understand, state.search_text())
    is_worth_saying = any(part.kind in _WORTH_SAYING for part in question.parts)
    is_worth_saying = is_worth_saying or any(map(_is_town_otherwise, question.parts))
    town = ask(nearby.town, filter_.near) if filter_.near and question.near is None else None
    if not is_worth_saying and town is None:
        return
    with st.container(key="understood", horizontal=True, gap="xsmall"):
        for i, part in enumerate(question.parts if is_worth_saying else ()):
            if part.kind not in (Kind.ASKING, Kind.HERE):
                _chip(f"understood_{i}", _meaning(part), state.search, question.without(part))
        if town is not None:
            away = replace(filter_, near="", km=None)
            _chip("understood_near", _distance(town, filter_.km), state.set_filter, away)
    if any(part.kind is Kind.HERE for part in question.parts):
        st.caption("The search doesn’t know where you are: press “Near me”, or name a town.")


def regions_named() -> None:
    """Lead to the page of each region that a search names."""
    for id_ in ask(regions.named_in, state.search_text()):
        st.page_link(
            REGION_PAGE,
            label=f"The page of {markdown(ask(regions.labels)[id_])}",
            icon=":material/arrow_forward:",
            query_params={"region": id_},
        )


def _chip(key: str, label: str, take_away: Callable[[T], None], without: T) -> None:
    st.button(
        markdown(label),
        key=key,
        icon=":material/close:",
        help="Search without this",
        on_click=take_away,
        args=(without,),
    )


def _meaning(part: Part) -> str:
    """A part of a search with what it was understood as: ``"company → type ..."``."""
    if part.kind is Kind.SUBJECT:
        return f"{part.text} → true of all here"
    if part.kind is Kind.TYPE:
        return f"{part.text} → type {', '.join(TYPES.label(code) for code in part.types)}"
    if part.kind is Kind.NEAR and part.town is not None:
        return f"{part.text} → {_distance(part.town, part.km)}"
    if part.kind is Kind.LABEL:
        return f"{part.text} → label"
    if part.kind is Kind.LIST:
        return f"{part.text} → another list"
    if part.kind is Kind.YEAR:
        return f"{part.text} → year"
    town = ask(search.town_meant, part)
    if town is not None:
        if ask(search.names_region, part):
            return f"{part.text} → {town.label}, and the region of that name"
        return f"{part.text} → {town.label}"
    return f"{part.text} → place" if part.kind is Kind.PLACE else part.text


def _is_town_otherwise(part: Part) -> bool:
    """Whether a part is a town in another spelling or language: "Koeln" is Köln."""
    if part.kind not in (Kind.PLACE, Kind.WORD):
        return False
    town = ask(search.town_meant, part)
    return town is not None and fold(town.name) != fold(part.text)


def _distance(town: Town, km: int | None) -> str:
    return f"within {km:,} km of {town.label}" if km else f"by distance from {town.label}"


def spelling(filter_: Filter) -> None:
    """Say which words were taken for others, and which are places without an organisation."""
    if not filter_.q:
        return
    reading = ask(search.reading, filter_.q)
    taken = (
        f"No match for “{markdown(wrong)}”; showing “{markdown(right)}”."
        for wrong, right in reading.corrections.items()
    )
    if reading.corrections:
        st.caption(" ".join(taken))
    question = ask(search.understand, filter_.q)
    if any(part.kind is Kind.LABEL for part in question.parts):
        st.page_link(
            LABEL_PAGE,
            label="About the label Cybersecurity Made in Europe, and who has it",
            icon=":material/verified:",
        )
        return
    for place in reading.places:
        _without_organisations(place, filter_)


def _without_organisations(place: Place, filter_: Filter) -> None:
    """Say that a place of the query has no organisation; offer what is near, or its country."""
    others = " ".join(w for w in search.query_words(filter_.q) if w not in place.words)
    rest = replace(filter_, q=others)
    towns = ask(nearby.towns, place.text) if place.is_town else []
    said = f"The register has no organisation in “{markdown(place.text)}”"
    if place.region and not (towns and towns[0].population >= search.CITY):
        country = COUNTRIES.label(place.country)
        where = "" if place.region == country else f" ({markdown(place.region)}, {country})"
        st.caption(f"{said}{where}.")
        _offer([(f"In {country}", replace(rest, country=(place.country,)))])
    else:
        st.caption(f"{said}.")
        meant = towns[:1] if nearby.certain_town(towns) else towns[:_TOWNS_OFFERED]
        _offer([_surroundings(town, rest) for town in meant])


def _surroundings(town: Town, rest: Filter) -> tuple[str, Filter]:
    around = _around(town, rest)
    if around.km:
        return f"Within {around.km:,} km of {town.label}", around
    return f"Nearest to {town.label}", around


def _around(town: Town, filter_: Filter) -> Filter:
    """The filter near a town, within the smallest usual distance that finds something."""
    for km in nearby.RADII:
        near_town = replace(filter_, near=town.town_id, km=km)
        if ask(organisations.summary, near_town).organisations:
            return near_town
    return replace(filter_, near=town.town_id, km=None)


def _offer(ways: Sequence[tuple[str, Filter]]) -> None:
    """Buttons to other filters, those that find something."""
    with st.container(horizontal=True, gap="small"):
        for label, other in ways:
            n = ask(organisations.summary, other).organisations
            if n:
                st.button(
                    f"{markdown(label)} ({n:,})",
                    key=f"instead_{other.near}_{other.km}_{'-'.join(other.country)}_{other.q}",
                    on_click=state.set_filter,
                    args=(other,),
                )


def fewer_words(filter_: Filter) -> None:
    """Offer the search with one word less, where that finds something."""
    question = ask(search.understand, filter_.q)
    narrowing = [part for part in question.parts if part.kind in _NARROWING]
    if len(narrowing) < 2:
        return
    found = []
    for part in narrowing:
        shorter = replace(filter_, q=question.without(part))
        n = ask(organisations.summary, shorter).organisations
        if n:
            found.append((part.text, shorter, n))
    if not found:
        return
    st.markdown("Search with one word less:")
    with st.container(horizontal=True, gap="small"):
        for word, shorter, n in found:
            st.button(
                f"Without “{markdown(word)}” ({n:,})",
                key=f"without_{word}",
                on_click=state.set_filter,
                args=(shorter,),
            )


def mark_words(text: str, words: Sequence[str] | frozenset[str]) -> str:
    """A text as Markdown with the words that were found in bold."""
    return "".join(
        f"**{markdown(piece)}**" if is_hit else markdown(piece)
        for piece, is_hit in search.mark_words(text, words)
    )
