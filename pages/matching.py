import streamlit as st

from ecosystem.ui import matching

st.title("Matching", anchor=False)
matching.page()
