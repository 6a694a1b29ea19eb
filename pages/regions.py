import streamlit as st

from ecosystem.regional import shading
from ecosystem.tables import organisations
from ecosystem.ui import cards, drawn_once, filter_panel, region_views, strip
from ecosystem.ui.data import ask
from ecosystem.ui.map import view
from ecosystem.ui.theme import is_dark

filter_ = filter_panel.search()
st.title("Regions", anchor=False)
strip.headline(filter_, ask(organisations.summary, filter_))
region_views.sample_note()
region_views.finder()

level, measure, domain = region_views.controls()
shaded = ask(shading.shade, filter_, level, measure, domain=domain, dark=is_dark())
own = filter_, level, measure, domain
_, selected = cards.selected_id()
left, right = st.columns(2, gap="medium")
with left:
    view.choropleth(shaded, level, selected, own)
    region_views.map_files(shaded, level, own)
with right:
    cards.selection(filter_)
    region_views.ranking(shaded, level, measure, selected, own)

filter_panel.facets(filter_)
drawn_once.show(region_views.how_concentrated, filter_)
region_views.how_widespread(filter_)
