import streamlit as st

from ecosystem.ui import programme

st.title("The Cyber Valleys programme", anchor=False)
programme.about()
programme.services()
programme.cohort_way()
programme.similar()
