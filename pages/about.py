import streamlit as st

from ecosystem.common.publisher import publisher
from ecosystem.ui import about, drawn_once, state
from ecosystem.ui.data import database

st.title("About Cyber Valleys", anchor=False)
drawn_once.show(about.content, publisher(), database().release.trouble, state.address())
