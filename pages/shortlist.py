import streamlit as st

from ecosystem.ui import shortlist

st.title("Shortlist", anchor=False)
shortlist.page(shortlist.content())
