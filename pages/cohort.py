import streamlit as st

from ecosystem.ui import cohort

st.title("Cohort builder", anchor=False)
cohort.page()
cohort.panel()
