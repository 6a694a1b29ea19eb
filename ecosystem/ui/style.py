"""Style sheets of the site and of single pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import streamlit as st

from ecosystem.common.colours import ACCENT
from ecosystem.common.settings import ROOT

ASSETS = ROOT / "ecosystem" / "ui" / "assets"


def show(name: str) -> None:
    """Put a style sheet on the page; without its comments, since every rerun sends it again."""
    st.html(f"<style>{_short(name)}</style>")


@contextmanager
def unseen(key: str) -> Iterator[None]:
    """Put what nobody sees on the page, without the gap that an element leaves.

    Parameters
    ----------
    key : str
        Of the container around it.
    """
    # As Streamlit makes a class of a key. A rule for each: see the first lines of site.css.
    name = re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
    st.html(f'<style>[data-testid="stLayoutWrapper"]:has(> .st-key-{name}){{display:none}}</style>')
    with st.container(key=key):
        yield


@cache
def _short(name: str) -> str:
    css = (ASSETS / name).read_text(encoding="utf-8")
    # What is filled with it has white writing in both themes.
    accent = f":root{{--accent:{ACCENT[False]}}}" if "var(--accent)" in css else ""
    return accent + re.sub(r"/\*.*?\*/|\n\s*", "", css, flags=re.DOTALL)
