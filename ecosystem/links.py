"""Every address within the site is made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from ecosystem.filters import Filter


def query_string(params: Mapping[str, Sequence[str]]) -> str:
    """Query string of parameters that may have several values, without the question mark."""
    return urlencode([(name, value) for name, values in params.items() for value in values])


def organisation(org_id: str) -> str:
    """Address of an organisation's page, relative to the site's root."""
    return f"organisation?{query_string({'org': [org_id]})}"


def directory(filter_: Filter) -> str:
    """Address of the directory under a filter, relative to the site's root."""
    query = query_string(filter_.to_params())
    return f"directory?{query}" if query else "directory"


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
