import streamlit as st

from ecosystem.tables import organisations
from ecosystem.ui import comparison_view, filter_panel, region_views, strip
from ecosystem.ui.data import ask

filter_ = filter_panel.search()
st.title("Compare regions", anchor=False)
strip.headline(filter_, ask(organisations.summary, filter_))
region_views.sample_note()

found = comparison_view.comparison(filter_, comparison_view.choice())
if found:
    comparison_view.in_words(found)
    comparison_view.downloads(found, filter_)
    comparison_view.counts_elsewhere(found)
    comparison_view.table(found)
    comparison_view.pictures(found)
filter_panel.facets(filter_)
