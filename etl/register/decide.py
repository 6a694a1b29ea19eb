"""Write down what a person decided about a pair of organisations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ecosystem.common.spreadsheet import FORMULA_STARTS
from etl import actions
from etl.actions import Action
from etl.errors import RegisterError
from etl.files import lock, replace
from etl.register.decisions import COLUMNS, DIFFERENT, SAME, Decision, resolve
from etl.register.rows import RegisterFile


def add_decision(
    path: Path,
    org_id_a: str,
    org_id_b: str,
    decision: str,
    reason: str,
    decided_on: date,
    decided_by: str = "",
) -> None:
    """Append a decision to the file; all that is there stays as it is, byte for byte.

    Parameters
    ----------
    path : Path
        The register file ``duplicate_decisions.csv``; it is made if it isn't there.
    org_id_a, org_id_b : str
        Identifiers that the caller knows; of the same organisation, the first stays.
    decision : {"same", "different"}
        What was decided.
    reason : str
        Why, in a sentence.
    decided_on : date
        When.
    decided_by : str
        A role such as "secretariat", not a person.

    Raises
    ------
    RegisterError
        If the decision contradicts an earlier one, or the file isn't as it should be.
    etl.errors.PublishError
        If it can't be written, or another process keeps it locked.
    """
    if decision not in (SAME, DIFFERENT):
        raise RegisterError(f"{decision}: a decision is `{SAME}` or `{DIFFERENT}`.")
    cells = [" ".join(c.split()) for c in (org_id_a, org_id_b, decision, reason)]
    cells += [decided_on.isoformat(), " ".join(decided_by.split())]
    formula = next((cell for cell in cells if cell.startswith(FORMULA_STARTS)), None)
    if formula is not None:
        raise RegisterError(
            f"{formula}: a cell that begins with {formula[0]} is a formula for a spreadsheet "
            "program; begin with a letter."
        )
    actions.require_ready()
    with lock(path):
        content = path.read_bytes() if path.exists() else b""
        replace(path, _append(path, content, cells))
        actions.record(Action.DECIDE, f"{org_id_a}, {org_id_b}", after=f"{decision}: {cells[3]}")


def _append(path: Path, content: bytes, cells: list[str]) -> bytes:
    file = RegisterFile(path, key="", content=content or f"{','.join(COLUMNS)}\n".encode())
    missing = [name for name in COLUMNS[:5] if name not in file.columns]
    if missing:
        raise RegisterError(
            f"{path.name}: column {', '.join(missing)} is missing; the columns are "
            f"{', '.join(COLUMNS)}."
        )
    rows = [
        Decision(
            number,
            row.get("org_id_a", "").strip(),
            row.get("org_id_b", "").strip(),
            row.get("decision", "").strip().casefold(),
        )
        for number, row in file.numbered_rows()
    ]
    new = Decision(max((row.row for row in rows), default=1) + 1, *cells[:3])
    refused = set(resolve(rows).refused)
    for refusal in resolve([*rows, new]).refused:
        if refusal not in refused:
            raise RegisterError(f"{path.name}: {refusal.reason} {refusal.mend}")
    return file.with_new_row(dict(zip(COLUMNS, cells, strict=True)))
