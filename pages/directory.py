import streamlit as st

from ecosystem import organisations
from ecosystem.ui import downloads, filter_panel, frame, organisation_list, strip
from ecosystem.ui.data import ask

filter_ = filter_panel.search()
found = ask(organisations.summary, filter_)

st.title("Directory", anchor=False)
strip.headline(filter_, found)
if found.organisations:
    downloads.downloads(filter_, found.organisations)
    organisation_list.table(filter_, found.organisations)
else:
    frame.nothing_found(filter_)
filter_panel.facets(filter_)
