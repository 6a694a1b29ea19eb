import streamlit as st

from ecosystem.ui import library

st.title("Library", anchor=False)
library.page()
