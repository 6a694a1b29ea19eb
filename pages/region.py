import streamlit as st

from ecosystem.regional import profiles
from ecosystem.ui import (
    cards,
    drawn_once,
    filter_panel,
    funding,
    history,
    region_profile,
    region_ties,
    region_views,
    tab_title,
)
from ecosystem.ui.data import ask

filter_ = filter_panel.search()
region_id = region_profile.region_id()
profile = ask(profiles.profile, filter_, region_id) if region_id else None

if profile is None:
    st.title("Find a region", anchor=False)
    region_profile.choose(region_id)
else:
    own = filter_, profile.region_id
    tab_title.show(profile.name)
    drawn_once.show(region_profile.title, profile, told_by=own)
    region_views.sample_note()
    region_profile.downloads(profile, filter_)
    drawn_once.show(region_profile.headline, profile, told_by=own)
    cards.selection(filter_)
    region_profile.map_and_organisations(profile, filter_)
    left, right = st.columns([0.6, 0.4], gap="large")
    with left:
        region_profile.domains(profile, own)
    with right:
        drawn_once.show(region_profile.who, profile, told_by=own)
    region_profile.types_and_functions(profile, own)
    drawn_once.show(region_profile.context, profile, told_by=own)
    drawn_once.show(region_profile.related_regions, profile, told_by=own)
    drawn_once.show(region_ties.show, profile, told_by=own)
    funding.of_region(profile, own)
    history.of_region(profile.region_id)
filter_panel.facets(filter_)
