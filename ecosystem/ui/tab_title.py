"""The title of the browser's tab, which is also that of a bookmark."""

from __future__ import annotations

import streamlit as st

SITE = "Cyber Valleys"


def show(*subjects: str) -> None:
    """Name what is shown before the site, the nearest first: ``"Brittany · Region · ..."``."""
    st.set_page_config(page_title=" · ".join([*filter(None, subjects), SITE]))
