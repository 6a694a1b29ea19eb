"""Which columns of an organisation hold several values, as its Table Schema says."""

from __future__ import annotations

from collections.abc import Mapping

from ecosystem.common.register_lists import register_lists


def list_separators() -> Mapping[str, str]:
    """Column -> what stands between its items where it is written as text."""
    return register_lists()["organisations"].separators
