import streamlit as st

from ecosystem.ui import investors

st.title("Investors", anchor=False)
investors.list_page()
