"""Addresses of other sites, as the register gives them: which may be linked to, and how."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

# A host whose last part is a number is an IPv4 address to a browser, in any of its old forms.
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_NOT_IN_ADDRESS = re.compile(r"[\s\x00-\x1f]")
_OF_THIS_NETWORK = ("localhost", "local", "internal", "home.arpa")
# As most are written; the others are taken apart, which takes four times as long.
_PLAIN = re.compile(r"https?://(?:[a-z0-9-]+\.)+(?P<last>[a-z]{2,24})(?:[/?#][!-~]*)?")


@dataclass(frozen=True)
class Link:
    """A public page: its title and its address."""

    title: str
    url: str


def web_address(text: object) -> str | None:
    """A text as an address that may be linked to: absolute, http or https; else None.

    Addresses of the visitor's own computer or network, such as ``http://localhost`` or
    ``http://169.254.1.1``, are no websites.
    """
    if not isinstance(text, str):
        return None
    plain = _PLAIN.fullmatch(text)
    if plain and not any(own.endswith(plain["last"]) for own in _OF_THIS_NETWORK):
        return text
    if _NOT_IN_ADDRESS.search(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return text if _is_public(parts.hostname) else None


def _is_public(name: str) -> bool:
    """Whether a host name can be that of a website for everybody."""
    bare = name.rstrip(".").lower()
    labels = bare.split(".")
    if any(bare == own or bare.endswith(f".{own}") for own in _OF_THIS_NETWORK):
        return False
    try:
        if ":" in bare:
            address = ipaddress.IPv6Address(bare.partition("%")[0])
            return (address.ipv4_mapped or address).is_global
        if _NUMBER.fullmatch(labels[-1]):
            return ipaddress.IPv4Address(socket.inet_aton(bare)).is_global
    except (OSError, ValueError):
        return False
    return True


def host(address: str) -> str:
    """Host name of an address, without a leading ``www.``, as a short text for a link."""
    return (urlsplit(address).hostname or address).removeprefix("www.")
