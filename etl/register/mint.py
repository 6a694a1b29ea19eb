"""Give every organisation of a register file an identifier that it keeps."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ecosystem.common.text import slug
from etl.errors import RegisterError
from etl.files import lock, replace
from etl.reading import WORKBOOKS, header_name, read_records
from etl.register.normalise import Lookup, clean, normalise_code

KEY = "org_id"
NEEDED = ("name", "city", "country")
MAX_SLUG = 200


def mint(path: Path, countries: Lookup) -> int:
    """Fill in the missing identifiers of a register file; the others stay.

    The file is written again as CSV in UTF-8, with everything else in it as it was. Nobody else
    changes it meanwhile.

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
    with lock(path):
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
    header, *rows = read_records(path)
    names = [header_name(cell) for cell in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise RegisterError(f"{path.name}: column {', '.join(missing)} is missing; add it.")
    if KEY not in names:
        names = [KEY, *names]
        header, rows = [KEY, *header], [["", *row] if row else row for row in rows]
    key, (name, city, country) = names.index(KEY), map(names.index, NEEDED)
    taken = {row[key].strip() for row in rows if len(row) > key}
    made = 0
    for row in rows:
        if len(row) > max(key, name, city, country) and not row[key].strip():
            code = normalise_code(clean(row[country]), countries)
            row[key] = next(i for i in possible_ids(row[name], row[city], code) if i not in taken)
            taken.add(row[key])
            made += 1
    if made:
        _write(path, [header, *rows])
    return made


def _write(path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    # Excel reads accents only behind a mark: a file that had one keeps it.
    mark = codecs.BOM_UTF8 if path.read_bytes().startswith(codecs.BOM_UTF8) else b""
    replace(path, mark + text.getvalue().encode("utf-8"))
