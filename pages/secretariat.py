import streamlit as st

from ecosystem.ui import sign_in

st.title("Secretariat", anchor=False)
if sign_in.require():
    # What writes is loaded for members only: it is no part of the public site.
    from ecosystem.ui.office import sections

    sign_in.account()
    sections.view()
