import streamlit as st

from ecosystem.ui import services

st.title("Services delivered", anchor=False)
services.page()
