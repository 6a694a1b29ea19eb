import streamlit as st

from ecosystem.tables import organisations
from ecosystem.ui import (
    cards,
    filter_panel,
    found_elsewhere,
    frame,
    made_in_europe,
    near_me,
    organisation_list,
    search_controls,
    strip,
    welcome,
)
from ecosystem.ui.data import ask
from ecosystem.ui.map import view

welcome.heading()
box, count = st.columns([0.5, 0.5], vertical_alignment="center")
with box, st.container(key="search_row", horizontal=True):
    filter_ = filter_panel.search(in_page=True, with_label=False)
    near_me.button()
found = ask(organisations.summary, filter_)
with st.sidebar:
    search_controls.near(filter_)
with count:
    strip.headline(filter_, found)
search_controls.show_understanding(filter_)
with st.container(key="ways_on", gap="xxsmall"):
    found_elsewhere.lists_asked_for()
    search_controls.regions_named()
search_controls.spelling(filter_)
with st.container(key="map_and_card"):
    left, right = st.columns([0.7, 0.3], gap="medium")
with left:
    level, measure = view.controls()
    made_in_europe.on_map(filter_)
    view.show(filter_, level, measure)
    below = st.container(key="below_map_numbers")
with right:
    cards.selection(filter_)
    if found.organisations:
        organisation_list.beside_map(filter_, found.organisations)
    else:
        with st.container(key="nothing_found"):
            frame.nothing_found(filter_)
            search_controls.fewer_words(filter_)
            organisation_list.closest_beside_map(filter_)
            organisation_list.suggest_missing()
    found_elsewhere.groups(filter_)
filter_panel.facets(filter_)
with below:
    strip.statistics(filter_, found)
    strip.pass_on(filter_, "map")
