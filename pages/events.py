import streamlit as st

from ecosystem.ui import events

st.title("Events", anchor=False)
events.page()
