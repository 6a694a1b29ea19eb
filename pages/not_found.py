import streamlit as st

from ecosystem.web.endpoints import NO_PAGE
from ecosystem.web.pages import DIRECTORY_PAGE, MAP_PAGE

st.title("Page not found", anchor=False)
st.write(NO_PAGE)
st.page_link(MAP_PAGE, label="To the map", icon=":material/map:")
st.page_link(DIRECTORY_PAGE, label="Search the directory", icon=":material/search:")
