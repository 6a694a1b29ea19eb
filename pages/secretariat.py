import streamlit as st

from etl.ui import sign_in

st.title("Secretariat", anchor=False)
if sign_in.require():
    # What writes is loaded for members only: it is no part of the public site.
    from etl.ui.secretariat import sections

    sign_in.account()
    sections.view()
