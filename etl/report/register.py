"""The register as one workbook, to be worked on in a spreadsheet program and brought back."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import Workbook

from ecosystem.settings import settings
from ecosystem.spreadsheet import header, text_cell
from etl.reading import read_inputs
from etl.schema import load_schemas


def register_workbook(register_dir: Path | None = None) -> bytes:
    """All register files, one sheet each, with the cells as they are written.

    Parameters
    ----------
    register_dir : Path, optional
        Folder of the register files; the installation's own by default.

    Returns
    -------
    bytes
        An XLSX file that ``check`` and ``refresh`` read back to the same register.

    Raises
    ------
    etl.errors.RegisterError
        If a register file can't be read.
    """
    schemas = load_schemas(settings().schema_dir)
    extracts = read_inputs((), register_dir or settings().register_dir, schemas)
    book = Workbook(write_only=True)
    for resource, read in extracts.items():
        sheet = book.create_sheet(resource)
        sheet.freeze_panes = "C2"
        header(sheet, read.frame.columns)
        for row in read.frame.itertuples(index=False, name=None):
            sheet.append([text_cell(sheet, text) if text else None for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
