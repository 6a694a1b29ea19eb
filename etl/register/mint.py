"""Give every organisation of a register file an identifier that it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ecosystem.common.text import slug
from etl import actions
from etl.actions import Action
from etl.errors import RegisterError
from etl.reading import WORKBOOKS
from etl.register.normalise import Lookup, clean, normalise_code
from etl.register.rows import KEY, RegisterFile
from etl.shared_lock import register_lock

NEEDED = ("name", "city", "country")
MAX_SLUG = 200


def mint(path: Path, countries: Lookup) -> int:
    """Fill in the missing identifiers of a register file; the others stay.

    Everything else in the file stays as it was, byte for byte. Nobody else changes it meanwhile.

    Parameters
    ----------
    path : Path
        CSV file with the columns ``name, city, country`` and perhaps ``org_id``.
    countries : mapping of str to str
        Folded country names and aliases -> code.

    Returns
    -------
    int
        Number of identifiers made.

    Raises
    ------
    RegisterError
        If the file can't be read, lacks a column or isn't a CSV file.
    etl.errors.PublishError
        If it can't be written, or somebody else changes it for too long.
    """
    if path.suffix.lower() in WORKBOOKS:
        raise RegisterError(
            f"{path.name}: identifiers are written to CSV files; save the sheet as CSV UTF-8."
        )
    if not path.is_file():
        raise RegisterError(f"{path}: there is no such file; check the name.")
    actions.require_ready()
    with register_lock(path):
        return _mint(path, countries)


def possible_ids(name: str, city: str, country: str) -> Iterator[str]:
    """Identifiers for an organisation, best first, without an end: take the first that is free.

    Parameters
    ----------
    name, city : str
        As they are written.
    country : str
        ISO 3166-1 alpha-2 code.
    """
    base = f"{country.lower()}-{slug(name)[:MAX_SLUG].strip('-') or 'organisation'}"
    yield base
    longer = f"{base}-{slug(city)}".strip("-")
    yield longer
    yield from (f"{longer}-{number}" for number in count(2))


def _mint(path: Path, countries: Lookup) -> int:
    file = RegisterFile(path, key="")
    missing = [name for name in NEEDED if name not in file.columns]
    if missing:
        raise RegisterError(f"{path.name}: column {', '.join(missing)} is missing; add it.")
    rows = [row for _, row in file.numbered_rows()]
    ids = [row.get(KEY, "") for row in rows]
    used = {org_id.strip() for org_id in ids}
    made = 0
    for at, row in enumerate(rows):
        # A row that breaks off is refused when the register is read.
        if not ids[at].strip() and row.keys() >= {*NEEDED}:
            code = normalise_code(clean(row["country"]), countries)
            candidates = possible_ids(row["name"], row["city"], code)
            ids[at] = next(org_id for org_id in candidates if org_id not in used)
            used.add(ids[at])
            made += 1
    if made:
        done = actions.entry(Action.MINT, path.name, after=f"{made} identifiers")
        actions.replace_file(path, file.with_column(KEY, ids), done)
    return made
