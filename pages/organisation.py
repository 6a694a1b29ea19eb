import streamlit as st

from ecosystem import organisations
from ecosystem.ui import cards, map_view, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown

record = ask(organisations.one, state.get("org"))
if record is None:
    st.title("Organisation", anchor=False)
    st.info("There is no organisation at this address. It may have been removed or mistyped.")
    st.page_link("pages/directory.py", label="Look in the directory", icon=":material/list:")
else:
    st.title(markdown(record["name"]), anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        cards.facts(record)
    with right:
        map_view.locator(record)
