import streamlit as st

from ecosystem.ui import practices

st.title("Practices", anchor=False)
practices.list_page()
