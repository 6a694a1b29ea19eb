import streamlit as st

from ecosystem.finding import made_in_europe
from ecosystem.ui import made_in_europe as view

st.title(made_in_europe.NAME, anchor=False)
view.about()
view.organisations()
view.self_check()
