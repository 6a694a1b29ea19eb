"""What a suggestion says has happened to an organisation, beside mere corrections of its entry."""

from __future__ import annotations

from collections.abc import Mapping

from ecosystem.common.text import fold

_OF_STATUS = {
    "closed": "has closed",
    "merged": "has merged",
    "acquired": "was acquired",
    "active": "is active again",
}


def event(values: Mapping[str, str], before: Mapping[str, str]) -> str:
    """What has happened, as a phrase: ``"has closed"``, ``"has moved"``; else empty.

    Parameters
    ----------
    values, before : mapping of str to str
        As in :class:`etl.inbox.model.Suggestion`.
    """
    if "status" in before:
        return _OF_STATUS.get(values.get("status", ""), "")
    # The same letters with other accents are a correction of the spelling.
    moved = "city" in before and fold(before["city"]) != fold(values.get("city", ""))
    return "has moved" if moved else ""
