import streamlit as st

from ecosystem.ui import about

st.title("About Cyber Valleys", anchor=False)
about.origin()
about.working_group()
about.method()
about.release()
about.sources()
