import streamlit as st

from ecosystem import organisations
from ecosystem.ui import downloads, frame, organisation_list, strip
from ecosystem.ui.data import ask
from ecosystem.ui.filter_panel import filter_panel

filter_ = filter_panel()
found = ask(organisations.summary, filter_)

st.title("Directory", anchor=False)
strip.headline(filter_, found)
if found.organisations:
    downloads.downloads(filter_, found.organisations)
    organisation_list.table(filter_, found.organisations)
else:
    frame.nothing_found(filter_)
