"""Write down what a person decided about a pair of organisations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ecosystem.common.spreadsheet import FORMULA_STARTS
from etl import actions
from etl.actions import Action
from etl.errors import RegisterError
from etl.register.decisions import COLUMNS, DIFFERENT, SAME, Decision, resolve
from etl.register.rows import RegisterFile
from etl.shared_lock import register_lock


def add_decision(
    path: Path,
    org_id_a: str,
    org_id_b: str,
    decision: str,
    reason: str,
    decided_on: date,
    decided_by: str = "",
    *,
    row_a: str = "",
    row_b: str = "",
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
    row_a, row_b : str
        Content of the rows that have no identifier of their own, from
        :func:`etl.register.decisions.content_of`: so the decision holds for them at the next
        check.

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
    cells += [decided_on.isoformat(), *(" ".join(c.split()) for c in (decided_by, row_a, row_b))]
    formula = next((cell for cell in cells if cell.startswith(FORMULA_STARTS)), None)
    if formula is not None:
        raise RegisterError(
            f"{formula}: a cell that begins with {formula[0]} is a formula for a spreadsheet "
            "program; begin with a letter."
        )
    actions.require_ready()
    with register_lock(path):
        content = path.read_bytes() if path.exists() else b""
        after = f"{decision}: {cells[3]}"
        done = actions.entry(Action.DECIDE, f"{org_id_a}, {org_id_b}", after=after)
        actions.replace_file(path, _append(path, content, cells), done)


def decided_pairs(path: Path) -> list[tuple[str, str, str]]:
    """Both identifiers and the decision of every row of the file, in its order.

    Parameters
    ----------
    path : Path
        The register file ``duplicate_decisions.csv``; nothing is decided if it isn't there or
        can't be read as CSV.
    """
    try:
        rows = RegisterFile(path, key="").rows()
    except RegisterError:
        return []
    names = COLUMNS[:3]
    return [(*(row.get(name, "").strip() for name in names),) for row in rows]  # type: ignore[misc]


def take_back(path: Path, org_id_a: str, org_id_b: str) -> None:
    """Take a decision out of the file; all other rows stay as they are, byte for byte.

    Parameters
    ----------
    path : Path
        The register file ``duplicate_decisions.csv``.
    org_id_a, org_id_b : str
        The pair, in any order.

    Raises
    ------
    RegisterError
        If nothing was decided about it, or the file isn't as it should be.
    etl.errors.PublishError
        If it can't be written, or another process keeps it locked.
    """
    actions.require_ready()
    with register_lock(path):
        file = RegisterFile(path, key="", content=path.read_bytes() if path.exists() else b"")
        pair = {org_id_a, org_id_b}
        numbers = [
            number
            for number, row in file.numbered_rows()
            if {row.get("org_id_a", "").strip(), row.get("org_id_b", "").strip()} == pair
        ]
        if not numbers:
            raise RegisterError(f"Nothing is decided about {org_id_a} and {org_id_b}.")
        done = actions.entry(Action.DECIDE, f"{org_id_a}, {org_id_b}", after="taken back")
        actions.replace_file(path, file.without_rows(numbers), done)


def _append(path: Path, content: bytes, cells: list[str]) -> bytes:
    file = RegisterFile(path, key="", content=content or f"{','.join(COLUMNS)}\n".encode())
    missing = [name for name in COLUMNS[:5] if name not in file.columns]
    if missing:
        raise RegisterError(
            f"{path.name}: column {', '.join(missing)} is missing; the columns are "
            f"{', '.join(COLUMNS)}."
        )
    for name, cell in zip(COLUMNS[6:], cells[6:], strict=True):
        if cell and name not in file.columns:
            n_rows = sum(1 for _ in file.numbered_rows())
            file = RegisterFile(path, key="", content=file.with_column(name, [""] * n_rows))
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
