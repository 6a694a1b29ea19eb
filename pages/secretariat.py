import streamlit as st

from ecosystem.ui import sign_in

st.title("Secretariat", anchor=False)
sign_in.require()
sign_in.account()
