import streamlit as st

from ecosystem.tables import organisations
from ecosystem.ui import (
    downloads,
    filter_panel,
    found_elsewhere,
    frame,
    near_me,
    organisation_list,
    search_controls,
    strip,
    style,
)
from ecosystem.ui.data import ask

style.show("directory.css")
st.title("Directory", anchor=False)
box, town = st.columns([0.6, 0.4], vertical_alignment="top")
with box:
    filter_ = filter_panel.search(in_page=True)
with town:
    search_controls.near(filter_)
    near_me.button()
found = ask(organisations.summary, filter_)
strip.headline(filter_, found)
search_controls.show_understanding(filter_)
with st.container(key="ways_on", gap="xxsmall"):
    found_elsewhere.lists_asked_for()
    search_controls.regions_named()
search_controls.spelling(filter_)
found_elsewhere.counts(filter_)
search_controls.chips(filter_)
if found.organisations:
    organisation_list.results(filter_, found.organisations)
    downloads.downloads(filter_, found.organisations)
    strip.pass_on(filter_, "list")
    organisation_list.cohort_way(filter_)
else:
    frame.nothing_found(filter_)
    search_controls.fewer_words(filter_)
    organisation_list.closest(filter_)
found_elsewhere.groups(filter_)
organisation_list.suggest_missing()
filter_panel.facets(filter_)
