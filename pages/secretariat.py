import streamlit as st

from ecosystem.ui import sign_in

st.title("Secretariat", anchor=False)
sign_in.require()
sign_in.account()
if sign_in.is_signed_in():
    # What writes is loaded for members only: it is no part of the public site.
    from ecosystem.ui.office import sections

    sections.view()
