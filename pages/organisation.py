import streamlit as st

from ecosystem.ui import funding, history, partnerships, profile, shortlist, state
from ecosystem.ui.map import view
from ecosystem.web.pages import DIRECTORY_PAGE

record = history.record(state.get("org"))
if record is None:
    st.title("Organisation", anchor=False)
    st.info("There is no organisation at this address. It may have been removed or mistyped.")
    st.page_link(DIRECTORY_PAGE, label="Look in the directory", icon=":material/list:")
else:
    profile.title(record)
    history.merger_note(state.get("org"), record)
    with st.container(horizontal=True, vertical_alignment="center"):
        shortlist.button(record["org_id"], "profile")
        profile.share(record)
        profile.suggest(record)
        profile.label_check(record)
        profile.matches(record)
    left, right = st.columns(2, gap="large")
    with left:
        profile.offer(record)
        funding.of_organisation(record["org_id"])
        profile.source(record)
        history.of_organisation(record["org_id"])
    with right:
        view.locator(record)
        profile.place(record)
        partnerships.of_organisation(record["org_id"])
        profile.similar(record)
