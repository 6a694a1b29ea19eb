"""Which theme the visitor uses."""

from __future__ import annotations

import streamlit as st


def is_dark() -> bool:
    """Whether the visitor uses the dark theme."""
    return st.context.theme.type == "dark"
