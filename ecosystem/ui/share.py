"""A button that passes a page on: the device's own sharing, or the link on the clipboard."""

from __future__ import annotations

import streamlit as st

from ecosystem.web.routes import ASSETS

_mount = st.components.v2.component(
    "share",
    html='<button type="button">Share</button><p role="status"></p>',
    css=(ASSETS / "button.css").read_text(encoding="utf-8"),
    js=(ASSETS / "share.js").read_text(encoding="utf-8"),
)


def button(address: str, title: str, key: str, *, with_view: bool = False) -> None:
    """Show the button.

    Parameters
    ----------
    address : str
        Web address to pass on: one that lasts.
    title : str
        What is there, for the message that a phone composes.
    key : str
        Tells the buttons of a page apart.
    with_view : bool
        Whether to pass on what the browser's own address says at the click: where a visitor has
        moved the map to is written there, and the server isn't told.
    """
    label = "Share this view" if with_view else "Share"
    told = {"address": address, "title": title, "label": label, "with_view": with_view}
    _mount(key=f"share_{key}", width="content", data=told)
