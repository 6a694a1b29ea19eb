import streamlit as st

from ecosystem.ui import quality

st.title("Data quality", anchor=False)
quality.summary()
quality.by_region()
quality.methods()
