"""Take a suggestion in: everything that a form has to check before it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from etl.inbox.check import Checked, Reference
from etl.inbox.model import (
    FIELDS,
    MAX_BYTES,
    MAX_COMMENT,
    MAX_CONTACT,
    Draft,
    Refused,
)
from etl.inbox.store import Inbox
from etl.register.life import ACTIVE
from etl.register.normalise import clean

# Nobody has read the form, let alone filled it in, in less.
MIN_SECONDS = 4.0
_CONTACT = re.compile(r"[^\s@<>\"',;:\\]+@[^\s@<>\"',;:\\]+\.[^\s@<>\"',;:\\.]{2,}")
_PLACE = ("city", "country")


def published_cells(record: Mapping[str, Any]) -> dict[str, str]:
    """An organisation of a release as cells of the register.

    Parameters
    ----------
    record : mapping
        Row of the table ``organisation``.
    """
    cells = {name: _text(record.get(name)) for name in FIELDS} | {
        "org_id": _text(record.get("org_id")),
        "evidence": _text(record.get("evidence")),
        "nuts2_hint": _text(record.get("nuts2")),
        "status": _text(record.get("status")) or ACTIVE,
    }
    if record.get("location_precision") == "register":
        cells |= {"lat": _text(record.get("lat")), "lon": _text(record.get("lon"))}
    return cells


def whole_row(cells: Mapping[str, str], published: Mapping[str, str]) -> dict[str, str]:
    """The row as it would be: what is published, changed by what was typed.

    Parameters
    ----------
    cells : mapping of str to str
        What was typed, by column of :data:`etl.inbox.model.FIELDS`.
    published : mapping of str to str
        From :func:`published_cells`; empty for a new organisation.
    """
    row = {**published, **cells, "evidence": "page"}
    if published and any(row[name] != published[name] for name in _PLACE):
        return {**row, "lat": "", "lon": ""}
    return {**row, "nuts2_hint": published["nuts2_hint"]} if published else row


def make_draft(
    checked: Checked,
    published: Mapping[str, str],
    comment: str,
    contact: str,
    link: str = "",
) -> Draft:
    """What is sent: all cells of a new organisation, or those that a correction changes.

    Parameters
    ----------
    checked : Checked
        The row of :func:`whole_row`, checked.
    published : mapping of str to str
        From :func:`published_cells`; empty for a new organisation.
    comment, contact : str
        As typed.
    link : str
        As in :class:`etl.inbox.model.Draft`.
    """
    row = {name: checked.cells.get(name, "") for name in FIELDS}
    comment, contact = clean(comment[:MAX_BYTES]), clean(contact[:MAX_BYTES])
    if not published:
        return Draft("", row, {}, comment, contact)
    changed = {name: text for name, text in row.items() if text != published[name]}
    for name in ("nuts2_hint", "source_url"):
        if not row[name]:
            changed.pop(name, None)
    return Draft(
        published["org_id"],
        {**changed, "source_url": row["source_url"]},
        # The published region is worked out, and need not be what the register says.
        {name: published[name] for name in changed if name != "nuts2_hint"},
        comment,
        contact,
        link,
    )


def confirm(inbox: Inbox, published: Mapping[str, str], link: str, session: str) -> int:
    """Keep that an organisation finds all that is published of it right.

    Parameters
    ----------
    inbox : Inbox
        Where it is kept.
    published : mapping of str to str
        From :func:`published_cells`: what it has seen.
    link : str
        As in :class:`etl.inbox.model.Draft`.
    session : str
        Random text of the page's session.

    Returns
    -------
    int
        Its number; that of the first answer, if the link was used before.

    Raises
    ------
    Refused
        If it isn't taken.
    etl.inbox.model.NotKept
        If it can't be written.
    """
    # The published region is worked out, and need not be what the register says.
    seen = {name: published[name] for name in FIELDS if name != "nuts2_hint"}
    return inbox.add(Draft(published["org_id"], {}, seen, link=link), session)


def receive(
    inbox: Inbox,
    draft: Draft,
    session: str,
    known: pd.DataFrame,
    against: Reference,
    *,
    seconds: float,
    trap: str = "",
    sender: str = "",
) -> int:
    """Check a suggestion once more and keep it.

    Parameters
    ----------
    inbox : Inbox
        Where it is kept.
    draft : Draft
        From :func:`make_draft`.
    session : str
        Random text of the form's session.
    known : pandas.DataFrame
        The published organisations: rows of the table ``organisation``.
    against : Reference
        What it is checked against.
    seconds : float
        How long the form was open.
    trap : str
        Content of a field that people don't see.
    sender : str
        From :func:`etl.inbox.senders.sender_of`.

    Returns
    -------
    int
        Its number. The same suggestion sent again gets the same one.

    Raises
    ------
    Refused
        If it isn't taken.
    etl.inbox.model.NotKept
        If it can't be written.
    """
    if not draft.link:
        _check_sender(seconds, trap)
    _check_sizes(draft)
    published: dict[str, str] = {}
    if draft.org_id:
        rows = known[known["org_id"] == draft.org_id]
        if rows.empty:
            raise Refused(
                "There is no such organisation on the map, so it can't be corrected. Nothing was "
                "kept. Suggest it as a new one."
            )
        published = published_cells({str(k): v for k, v in rows.iloc[0].items()})
        if not draft.before and not set(draft.values) - {"source_url"} and not draft.comment:
            raise Refused(
                "Nothing is changed. Change a field, or say in the comment what is wrong."
            )
    elif set(draft.values) != set(FIELDS):
        raise Refused("The form is not complete. Nothing was kept; open the page again.")
    faults = against.check(whole_row({**_blank(published), **draft.values}, published)).faults
    if faults:
        sentences = " ".join(f"{fault.reason} {fault.mend}" for fault in faults[:3])
        raise Refused(f"Nothing was sent yet. {sentences}")
    return inbox.add(draft, session, sender)


def contact_fault(contact: str) -> str:
    """What is wrong with a contact address, as a sentence; empty if nothing is."""
    if contact and (len(contact) > MAX_CONTACT or not _CONTACT.fullmatch(contact)):
        return "This is not an e-mail address. Correct it or leave it empty."
    return ""


def _check_sender(seconds: float, trap: str) -> None:
    if trap:
        raise Refused("A field that must stay empty was filled in, as robots do. Nothing was kept.")
    if seconds < MIN_SECONDS:
        raise Refused(
            "The form was sent faster than anybody can fill it in. Nothing was kept; wait a "
            "moment and send it again."
        )


def _check_sizes(draft: Draft) -> None:
    size = len(draft.content().encode(errors="replace")) + len(draft.contact)
    if size > MAX_BYTES:
        raise Refused(
            f"The suggestion is too long: it may have {MAX_BYTES // 1000} kB in all. Nothing was "
            "kept; shorten the longest text."
        )
    if len(draft.comment) > MAX_COMMENT:
        raise Refused(f"The comment is too long: at most {MAX_COMMENT:,} characters fit.")
    if set(draft.values) - set(FIELDS):
        raise Refused("The form sent fields that there are not. Nothing was kept.")
    fault = contact_fault(draft.contact)
    if fault:
        raise Refused(fault)


def _blank(published: Mapping[str, str]) -> dict[str, str]:
    """What is published, but for the region: it says nothing of another town."""
    return {name: published.get(name, "") for name in FIELDS if name != "nuts2_hint"} | {
        "nuts2_hint": ""
    }


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | np.ndarray):
        return ";".join(map(str, value))
    return "" if value is None or pd.isna(value) else f"{value:.10g}"
