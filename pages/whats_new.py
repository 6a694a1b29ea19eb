import streamlit as st

from ecosystem.ui import history

st.title("What's new", anchor=False)
st.markdown("What was added to the register, left it, moved or was corrected, release by release.")
history.whats_new()
