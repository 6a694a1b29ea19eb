"""A button that passes a page on: the device's own sharing, or the link on the clipboard."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.web.routes import ASSETS

_mount = st.components.v2.component(
    "share",
    html='<button type="button">Share</button><p role="status"></p>',
    css=(ASSETS / "button.css").read_text(encoding="utf-8"),
    js=(ASSETS / "share.js").read_text(encoding="utf-8"),
)


def site() -> str:
    """Address of the site without a slash at its end, for the links that a page passes on."""
    if settings().site_url:
        return settings().site_url.rstrip("/")
    parts = urlsplit(st.context.url or "")
    # The page's own name is the last part of the path; what is before it is the site's.
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}"


def button(address: str, title: str, key: str) -> None:
    """Show the button.

    Parameters
    ----------
    address : str
        Web address to pass on: one that lasts.
    title : str
        What is there, for the message that a phone composes.
    key : str
        Tells the buttons of a page apart.
    """
    _mount(key=f"share_{key}", width="content", data={"address": address, "title": title})
