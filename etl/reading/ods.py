"""Count the cells of an ODS file with their repetitions, which a few bytes can claim."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from etl.errors import RegisterError
from etl.reading.model import NO_RESULT, is_error
from etl.reading.scan import MAX_CELLS, Scan, check_size, protected

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


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
            raise RegisterError(protected(name))
        cells, scans = 0, [Scan()]
        try:
            with archive.open("content.xml") as stream:
                for event, element in iterparse(stream, events=("start", "end")):
                    if event == "start" and element.tag == f"{_TABLE}table":
                        scans.append(Scan(rows=0))
                    elif event == "end" and element.tag == f"{_TABLE}table-row":
                        cells += _scan_ods_row(element, scans[-1])
                        element.clear()
                        if cells > MAX_CELLS:
                            raise RegisterError(
                                f"{name}: its cells are repeated more often than any register "
                                "has cells; save the sheet as CSV UTF-8."
                            )
        except (ParseError, DefusedXmlException) as error:
            raise RegisterError(
                f"{name}: the spreadsheet is damaged; open it and save it again as XLSX."
            ) from error
    return scans[1:]


def _scan_ods_row(row: Any, scan: Scan) -> int:
    """How many cells a row fills; what is wrong in them goes into the scan."""
    times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
    filled = width = 0
    for cell in row:
        width += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        has_value = len(cell) or cell.get(f"{_OFFICE}value-type")
        if has_value:
            filled = width
        if cell.get(f"{_TABLE}formula"):
            shown = "".join(cell.itertext()).strip() if has_value else NO_RESULT
            if is_error(shown):
                scan.add(scan.rows + 1, width, shown)
    scan.rows += times
    return times * filled
