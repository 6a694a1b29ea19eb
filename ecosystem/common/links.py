"""Addresses of other sites, as the register gives them: which may be linked to, and how."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Link:
    """A public page: its title and its address."""

    title: str
    url: str


def web_address(text: object) -> str | None:
    """A text as an address that may be linked to: absolute, http or https; else None."""
    if not isinstance(text, str) or any(c.isspace() or ord(c) < 32 for c in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname else None


def host(address: str) -> str:
    """Host name of an address, without a leading ``www.``, as a short text for a link."""
    return (urlsplit(address).hostname or address).removeprefix("www.")
