"""Style sheets of the site and of single pages."""

from __future__ import annotations

import re
from functools import cache

import streamlit as st

from ecosystem.common.colours import ACCENT
from ecosystem.common.settings import ROOT

ASSETS = ROOT / "ecosystem" / "ui" / "assets"


def show(name: str) -> None:
    """Put a style sheet on the page; without its comments, since every rerun sends it again."""
    st.html(f"<style>{_short(name)}</style>")


@cache
def _short(name: str) -> str:
    css = (ASSETS / name).read_text(encoding="utf-8")
    # What is filled with it has white writing in both themes.
    accent = f":root{{--accent:{ACCENT[False]}}}" if "var(--accent)" in css else ""
    return accent + re.sub(r"/\*.*?\*/|\n\s*", "", css, flags=re.DOTALL)
