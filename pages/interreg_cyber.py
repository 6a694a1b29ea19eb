import streamlit as st

from ecosystem.ui import interreg_cyber

st.title("Interreg Europe CYBER", anchor=False)
interreg_cyber.page()
