import streamlit as st

from ecosystem.ui import about

st.title("About Cyber Valleys", anchor=False)
about.origin()
about.method()
about.release()
about.not_shown()
about.sources()
