import streamlit as st

from ecosystem.ui.investor_day import page

st.title("Investor day", anchor=False)
page.view()
