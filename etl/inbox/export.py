"""Suggestions as files for a spreadsheet or a program, without contact addresses."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from ecosystem.common.spreadsheet import neutralise, table_csv
from etl.inbox.model import FIELDS, Suggestion

COLUMNS = ["number", "state", "received", "decided", "kind", "by_itself", "org_id", *FIELDS,
           "comment", "reason"]  # fmt: skip


def as_csv(suggestions: Sequence[Suggestion]) -> bytes:
    """CSV in UTF-8 with a byte order mark; no cell can be taken for a formula."""
    return table_csv(pd.DataFrame([_record(s) for s in suggestions], columns=COLUMNS))


def as_json(suggestions: Sequence[Suggestion]) -> bytes:
    """A JSON list in UTF-8, texts neutralised as in the CSV file."""
    records = [{k: neutralise(v) for k, v in _record(s).items()} for s in suggestions]
    return json.dumps(records, ensure_ascii=False, indent=2).encode()


def _record(suggestion: Suggestion) -> dict[str, object]:
    decided = suggestion.decided
    return {
        "number": suggestion.number,
        "state": str(suggestion.state),
        "received": f"{suggestion.received:%Y-%m-%dT%H:%M:%SZ}",
        "decided": f"{decided:%Y-%m-%dT%H:%M:%SZ}" if decided else "",
        "kind": _kind(suggestion),
        "by_itself": "yes" if suggestion.is_own else "",
        "org_id": suggestion.org_id,
        **{name: suggestion.values.get(name, "") for name in FIELDS},
        "comment": suggestion.comment,
        "reason": suggestion.reason,
    }


def _kind(suggestion: Suggestion) -> str:
    if suggestion.is_new:
        return "new"
    return "confirmation" if suggestion.is_confirmation else "correction"
