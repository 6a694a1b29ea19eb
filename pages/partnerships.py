import streamlit as st

from ecosystem.ui import partnerships

st.title("Partnerships", anchor=False)
partnerships.list_page()
