"""Measure the tables of an ODS file with their repetitions, which a few bytes can claim."""

from __future__ import annotations

import io
import zipfile
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from etl.errors import RegisterError
from etl.reading.model import NO_RESULT, is_error
from etl.reading.scan import Scan, check_rows, check_size, protection_error, too_far_apart

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# The reader holds all tables at once with their gaps filled, at some 65 bytes a cell.
MAX_CELLS = 10_000_000


def scan_ods(name: str, content: bytes) -> list[Scan]:
    """What each table holds and what is wrong in its cells, in the order of the file.

    Raises
    ------
    RegisterError
        If it is protected or damaged, or larger than any register.
    """
    check_size(name, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise protection_error(name)
        try:
            with archive.open("content.xml") as stream:
                return _scan_tables(name, stream)
        except (ParseError, DefusedXmlException) as error:
            raise RegisterError(
                f"{name}: the spreadsheet is damaged; open it and save it again as XLSX."
            ) from error


def _scan_tables(name: str, stream: IO[bytes]) -> list[Scan]:
    scans: list[Scan] = []
    before = rows = 0  # cells of the tables before, and rows of this one
    elements = 0  # rows as they are written, which take time even where they are empty
    for event, element in iterparse(stream, events=("start", "end")):
        if event == "start" and element.tag == f"{_TABLE}table":
            before += scans[-1].cells if scans else 0
            scans.append(Scan())
            rows = 0
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            scan = scans[-1]
            width = _scan_row(element, rows + 1, scan)
            if width and element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                scan.hidden_rows.add(rows + 1)
            rows += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
            element.clear()
            elements += 1
            check_rows(name, Scan(rows=elements))
            if width:
                scan.rows, scan.columns = rows, max(scan.columns, width)
            if before + scan.cells > MAX_CELLS:
                raise too_far_apart(name, scan)
    return scans


def _scan_row(row: Any, number: int, scan: Scan) -> int:
    """Last column of a row with a cell, 0 without; what is wrong in cells goes into the scan."""
    filled = width = 0
    for cell in row:
        width += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        has_value = len(cell) or cell.get(f"{_OFFICE}value-type")
        if has_value:
            filled = width
        if cell.get(f"{_TABLE}formula"):
            shown = "".join(cell.itertext()).strip() if has_value else NO_RESULT
            if is_error(shown):
                scan.add(number, width, shown)
    return filled
