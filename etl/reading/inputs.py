"""Files and folders as they are given: what kind each is, and which register file it stands for."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from etl.errors import RegisterError
from etl.model import Track, no_progress
from etl.reading.columns import ColumnMapping, fold_header, resource_names
from etl.reading.frame import HEADER_WITHIN, header_of, needed_columns, to_extract
from etl.reading.geojson import read_geojson
from etl.reading.model import Extract, Sheet, list_names
from etl.reading.scan import protection_error
from etl.reading.text import decode, read_text, text_records
from etl.reading.workbook import read_workbook
from etl.schema import Schema

MAX_FILE_BYTES = 200 * 1024 * 1024
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
JSON = (".geojson", ".json")
SUFFIXES = (".csv", ".tsv", ".txt", *WORKBOOKS, *JSON)
# What the secretariat's file holds if it doesn't say anything else.
USUAL = "organisations"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Fewer recognised columns than this say nothing about what a sheet is.
_ENOUGH = 2
# Sheets that the register's workbook, downloads and the copy with the faults marked have besides.
_COPY_NUMBER = re.compile(r" [0-9]+$")
_OUR_SHEETS = {"codes", "what to correct", "about"}


@dataclass(frozen=True)
class _Given:
    """One sheet of a given file, and the register file that it was found to be."""

    path: Path
    sha256: str
    sheet: Sheet
    notes: tuple[str, ...]
    resource: str
    by_name: bool

    def __str__(self) -> str:
        return f"{self.path.name}, sheet {self.sheet.name}" if self.sheet.name else self.path.name


def extract(path: Path, schema: Schema, mapping: ColumnMapping | None = None) -> Extract:
    """Read one file as a certain register file.

    Parameters
    ----------
    path : Path
        CSV, XLSX, XLS, ODS or GeoJSON.
    schema : Schema
        What it is; of a workbook, the sheet that fits it best is taken.
    mapping : ColumnMapping, optional
        What somebody said about its headers.

    Raises
    ------
    RegisterError
        If the file is missing, empty, unreadable or broken off, or lacks a column.
    """
    said = mapping or ColumnMapping()
    schema_dir = settings().schema_dir
    content = _read_bytes(path)
    notes: list[str] = []
    sheets = read_sheets(path.name, content, notes, is_own=_is_own(path))
    sheet = _best(path.name, sheets, schema, schema_dir, said)
    digest = hashlib.sha256(content).hexdigest()
    return to_extract(path, digest, sheet, schema, schema_dir, said, notes)


def read_inputs(
    paths: Sequence[Path],
    register_dir: Path,
    schemas: Mapping[str, Schema],
    mapping: ColumnMapping | None = None,
    *,
    adding: bool = False,
    track: Track = no_progress,
) -> dict[str, Extract]:
    """Every register file: from what was given, else from the register's own folder.

    Parameters
    ----------
    paths : sequence of Path
        Files, workbooks of several sheets, or folders of them.
    register_dir : Path
        Folder of the register files.
    schemas : mapping of str to Schema
        The register files by resource.
    mapping : ColumnMapping, optional
        What somebody said about the headers of the given files.
    adding : bool
        The given rows are added to those of the register, instead of standing in for them.
    track : Track, optional
        Shows progress.

    Returns
    -------
    dict of str to Extract
        One for each schema.

    Raises
    ------
    RegisterError
        If a file can't be read, is no register file, or two are the same one.
    """
    said = mapping or ColumnMapping()
    schema_dir = settings().schema_dir
    if adding and not paths:
        raise RegisterError("There are no rows to add; give the file that holds them.")
    given: dict[str, _Given] = {}
    for path in track(_files(paths), "Open the files"):
        for found in _recognise(path, schemas, schema_dir, said):
            other = given.get(found.resource)
            if other is not None:
                raise RegisterError(
                    f"{other} and {found} are both {found.resource}; give one of them only."
                )
            given[found.resource] = found
    _check_mapping(said, given, schemas)
    extracts = {}
    for resource, schema in track(list(schemas.items()), "Read the register"):
        one = given.get(resource)
        if one is None:
            extracts[resource] = extract(register_file(register_dir, resource), schema)
            continue
        read = to_extract(
            one.path, one.sha256, one.sheet, schema, schema_dir, said, one.notes, adding=adding
        )
        extracts[resource] = _add_to_register(read, register_dir, schema) if adding else read
    return extracts


def _add_to_register(read: Extract, register_dir: Path, schema: Schema) -> Extract:
    own = register_file(register_dir, schema.resource)
    if own.resolve() == read.origin.path.resolve():
        raise RegisterError(
            f"{read.file}: this is the register itself; give a file with the rows to add to it."
        )
    return replace(read, added_to=extract(own, schema))


def register_file(folder: Path, resource: str) -> Path:
    """File of a resource in a register folder: CSV first, else a spreadsheet.

    Raises
    ------
    RegisterError
        If the folder or the file isn't there.
    """
    if not folder.is_dir():
        raise RegisterError(
            f"{folder}: there is no such folder; give the folder of the register files."
        )
    for suffix in SUFFIXES:
        path = folder / f"{resource}{suffix}"
        if path.is_file():
            return path
    raise RegisterError(f"{folder}: the file {resource}.csv is missing; put it into the folder.")


def read_records(path: Path) -> list[list[str]]:
    """All rows of a text file with their cells, the header and blank rows among them.

    Raises
    ------
    RegisterError
        If the file is missing, empty, unreadable or broken off.
    """
    return text_records(path.name, _read_bytes(path), is_own=_is_own(path))


def read_sheets(
    name: str, content: bytes, notes: list[str], *, is_own: bool = False
) -> list[Sheet]:
    """All tables of a file; what kind it is, its content decides and not its name.

    Parameters
    ----------
    name : str
        File name.
    content : bytes
        What is in it.
    notes : list of str
        What had to be assumed is added.
    is_own : bool
        Whether it is the register's own text file, which may have any number of rows.

    Raises
    ------
    RegisterError
        If it is of no kind that can be read, or damaged.
    """
    if content.startswith(_ZIP):
        return _filled_sheets(name, read_workbook(name, content, _zip_kind(name, content), notes))
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise protection_error(name)
        return _filled_sheets(name, read_workbook(name, content, "xls", notes))
    _refuse_known(name, content)
    if _is_json(name, content):
        return [read_geojson(name, decode(name, content, notes)[0])]
    if name.lower().endswith((*WORKBOOKS, *JSON)):
        notes.append(f"{name}: is a text file in spite of its name, and is read as one.")
    return _filled_sheets(name, [read_text(name, content, notes, is_own=is_own)])


def _filled_sheets(name: str, sheets: list[Sheet]) -> list[Sheet]:
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise RegisterError(f"{name}: the file has no rows; save it again from its program.")
    return filled


def _zip_kind(name: str, content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise RegisterError(
            f"{name}: the file breaks off or is damaged; open it and save it again as XLSX."
        ) from error
    if "xl/workbook.xml" in members:
        return "xlsx"
    if "xl/workbook.bin" in members:
        return "xlsb"
    if "content.xml" in members:
        return "ods"
    raise RegisterError(
        f"{name}: this kind of file can't be read; save the sheet as XLSX, ODS or CSV UTF-8."
    )


def _is_json(name: str, content: bytes) -> bool:
    """Whether a file begins as GeoJSON does, by its name or by what it says of itself."""
    start = content[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    named = name.lower().endswith(JSON)
    return start.startswith((b"{", b"[")) and (named or b"FeatureCollection" in start)


def _refuse_known(name: str, content: bytes) -> None:
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kinds = {
        "a web page": (b"<html", b"<!doctype html", b"<table", b"<head", b"<body", b"<style"),
        "an XML file": (b"<?xml", b"mime-version:", b"<workbook"),
        "a SYLK or DIF file": (b"id;pwxl", b"id;pcalc", b"table\r\n0,1", b"table\n0,1"),
        "a PDF file": (b"%pdf",),
        "a text document": (b"{\\rtf",),
    }
    for kind, starts in kinds.items():
        if head.startswith(starts):
            raise RegisterError(
                f"{name}: this is {kind}, whatever its name says; open it in a spreadsheet "
                "program and save it as XLSX or CSV UTF-8."
            )


def _files(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
        # Spreadsheet programs leave such files beside one that is open.
        inside = [p for p in inside if not p.name.startswith(("~$", ".~lock", "."))]
        if not inside:
            raise RegisterError(
                f"{path}: there is no register file in this folder; put CSV, XLSX, ODS or GeoJSON "
                "files into it."
            )
        files += inside
    return files


def _recognise(
    path: Path, schemas: Mapping[str, Schema], schema_dir: Path, mapping: ColumnMapping
) -> list[_Given]:
    """The sheets of a file that are register files; the others are left out with a note."""
    content = _read_bytes(path)
    digest = hashlib.sha256(content).hexdigest()
    notes: list[str] = []
    sheets = read_sheets(path.name, content, notes, is_own=_is_own(path))
    found: dict[str, list[_Given]] = {}
    left_out = []
    for sheet in sheets:
        resource, by_name = _resource(path, sheet, len(sheets), schemas, schema_dir, mapping)
        if resource:
            one = _Given(path, digest, sheet, tuple(notes), resource, by_name)
            found.setdefault(resource, []).append(one)
        elif _COPY_NUMBER.sub("", fold(sheet.name)) not in _OUR_SHEETS:
            left_out.append(sheet.name)
    if not found:
        # One table that nothing is known about is what the secretariat usually has.
        if len(sheets) > 1:
            raise RegisterError(
                f"{path.name}: none of its sheets ({list_names(left_out)}) looks like a register "
                "file; put the column names above the rows, or save the right sheet as CSV UTF-8."
            )
        return [_Given(path, digest, sheets[0], tuple(notes), USUAL, by_name=False)]
    chosen = [_one_of(path, several) for several in found.values()]
    said = _left_out(path.name, left_out, found, chosen)
    return [replace(chosen[0], notes=(*notes, *said)), *chosen[1:]]


def _one_of(path: Path, several: list[_Given]) -> _Given:
    # What nobody sees in the file nobody means, nor could rename.
    visible = [one for one in several if not one.sheet.hidden] or several
    candidates = [one for one in visible if one.by_name] or visible
    if len(candidates) > 1:
        names = list_names([one.sheet.name for one in candidates])
        raise RegisterError(
            f"{path.name}: the sheets {names} are all {several[0].resource}; rename or delete the "
            "ones that aren't meant."
        )
    return candidates[0]


def _left_out(
    file: str,
    unknown: list[str],
    found: Mapping[str, list[_Given]],
    chosen: list[_Given],
) -> Iterator[str]:
    """What is said of the sheets that aren't read, and of those that nobody sees but are."""
    if unknown:
        yield f"{file}: sheet {list_names(unknown)} is no register file and is left out."
    for one in chosen:
        others = [o.sheet.name for o in found[one.resource] if o is not one]
        if others:
            yield (
                f"{file}: sheet {list_names(others)} is left out; {one.resource} are read from the "
                f"sheet {one.sheet.name}."
            )
        if one.sheet.hidden:
            yield f"{file}: sheet {one.sheet.name} is hidden, and is read all the same."


def _resource(
    path: Path,
    sheet: Sheet,
    n_sheets: int,
    schemas: Mapping[str, Schema],
    schema_dir: Path,
    mapping: ColumnMapping,
) -> tuple[str, bool]:
    """Which register file a sheet is, by its name or else by its header; and whether by name."""
    names = resource_names(schemas, schema_dir)
    own = names.get(fold(sheet.name)) or (names.get(fold(path.stem)) if n_sheets == 1 else None)
    if own:
        return own, True
    fits = {}
    for resource, schema in schemas.items():
        try:
            header = header_of(path.name, sheet, schema, schema_dir, mapping)
        except RegisterError:
            continue
        found = set(header[1]) if header else set()
        if len(found) >= min(_ENOUGH, len(needed_columns(schema))):
            fits[resource] = (
                len(found & set(needed_columns(schema))) / len(needed_columns(schema)),
                len(found),
            )
    if not fits:
        return "", False
    best = max(fits.values())
    equal = [resource for resource, fit in fits.items() if fit == best]
    if len(equal) > 1:
        raise RegisterError(
            f"{path.name}: it may be {' or '.join(equal)}; name the file or its sheet after the "
            "register file that it is."
        )
    return equal[0], False


def _best(
    file: str,
    sheets: list[Sheet],
    schema: Schema,
    schema_dir: Path,
    mapping: ColumnMapping,
) -> Sheet:
    """The sheet in which most columns of a schema are recognised; the first if none is."""
    if len(sheets) == 1:
        return sheets[0]
    counts = []
    for sheet in sheets:
        header = header_of(file, sheet, schema, schema_dir, mapping)
        counts.append(len(header[1]) if header else 0)
    return sheets[counts.index(max(counts))]


def _check_mapping(
    mapping: ColumnMapping, given: Mapping[str, _Given], schemas: Mapping[str, Schema]
) -> None:
    columns = {column for schema in schemas.values() for column in schema.columns}
    cells = {
        fold_header(cell)
        for one in given.values()
        for _, row in one.sheet.rows[:HEADER_WITHIN]
        for cell in row
    }
    for header, column in mapping.columns.items():
        if column not in columns:
            raise RegisterError(
                f"--map “{header}={column}”: there is no column {column} in the register; the "
                f"columns are: {list_names(list(schemas[USUAL].columns))}."
            )
        if fold_header(header) not in cells:
            raise RegisterError(
                f"--map “{header}={column}”: no file that you gave has a column “{header}”."
            )


def _is_own(path: Path) -> bool:
    """Whether a file is the register's: it grows as it may, and limits guard what is sent."""
    return path.resolve().parent == settings().register_dir.resolve()


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise RegisterError(f"{path}: this is a folder, not a file; name a file.")
        # Reading from a pipe or a device may never end.
        if path.exists() and not path.is_file():
            raise RegisterError(f"{path}: this is a pipe or a device, not a file; name a file.")
        is_large = path.stat().st_size > MAX_FILE_BYTES
        if is_large and not _is_own(path):
            raise RegisterError(
                f"{path.name}: larger than {MAX_FILE_BYTES // 1024**2} MB; split the file."
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise RegisterError(f"{path}: there is no such file; check the name.") from error
    except OSError as error:
        raise RegisterError(
            f"{path}: the file can't be read ({error.strerror}); check its permissions."
        ) from error
    if not content.strip():
        raise RegisterError(f"{path.name}: the file is empty; save it again from its program.")
    return content
