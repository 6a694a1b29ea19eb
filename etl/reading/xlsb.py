"""Look through the binary sheets of an XLSB workbook: records of a type, a length and content.

The records are described in [MS-XLSB], "Excel (.xlsb) Binary File Format", section 2.3.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import IO

from etl.reading import scan as limits
from etl.reading.scan import (
    ERROR_CODES,
    Scan,
    check_rows,
    check_size,
    too_far_apart,
    too_much_text,
    worksheet_targets,
)

# Types of records: BrtRowHdr, BrtCellBlank to BrtFmlaError, and the two of them with errors.
_ROW = 0
_CELLS = range(1, 12)
_ERRORS = (3, 11)
_SHARED = 7
_BUNDLE_SHEET = 156
_TEXT = 19
_TEXTS = "xl/sharedStrings.bin"
_MAX_RECORD = 64 * 1024 * 1024


def scan_xlsb(name: str, content: bytes) -> list[Scan]:
    """How far the cells of each sheet reach and which hold errors, in the order of the workbook.

    Raises
    ------
    RegisterError
        If it unpacks to more than any register needs, or its cells lie too far from each other.
    """
    check_size(name, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # Files are numbered as sheets were made; only the workbook knows in which order they are.
        relations = archive.read("xl/_rels/workbook.bin.rels")
        texts = []
        if _TEXTS in archive.namelist():
            with archive.open(_TEXTS) as stream:
                texts = [len(data) for kind, data in _records(stream) if kind == _TEXT]
        scans = []
        for path in _paths(archive.read("xl/workbook.bin"), relations):
            with archive.open(path) as stream:
                scan = _scan(name, stream, texts)
            if scan.is_sparse:
                raise too_far_apart(name, scan)
            scans.append(scan)
    return scans


def _paths(book: bytes, relations: bytes) -> list[str]:
    targets = worksheet_targets(relations)
    paths = []
    for kind, data in _records(io.BytesIO(book)):
        if kind == _BUNDLE_SHEET:
            length = int.from_bytes(data[8:12], "little")
            relation = data[12 : 12 + 2 * length].decode("utf-16-le")
            if relation in targets:
                paths.append(targets[relation])
    return paths


def _scan(name: str, stream: IO[bytes], texts: list[int]) -> Scan:
    scan, row, text_bytes = Scan(), 0, 0
    for kind, data in _records(stream):
        if kind == _ROW:
            row = int.from_bytes(data[:4], "little") + 1
        elif kind in _CELLS:
            column = int.from_bytes(data[:4], "little") + 1
            scan.rows, scan.columns = max(scan.rows, row), max(scan.columns, column)
            if kind in _ERRORS:
                scan.add(row, column, ERROR_CODES.get(data[8], "#N/A"))
            elif kind == _SHARED and (i := int.from_bytes(data[8:12], "little")) < len(texts):
                text_bytes += texts[i]
                if text_bytes > limits.MAX_TEXT_BYTES:
                    raise too_much_text(name)
    check_rows(name, scan)
    return scan


def _records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Type and content of each record; both numbers before it are of seven bits a byte."""
    while (kind := _number(stream, 2)) is not None:
        size = _number(stream, 4) or 0
        if size > _MAX_RECORD:
            raise ValueError("a record of the workbook is too long")
        yield kind, stream.read(size)


def _number(stream: IO[bytes], most: int) -> int | None:
    number = 0
    for i in range(most):
        byte = stream.read(1)
        if not byte:
            return None
        number |= (byte[0] & 0x7F) << (7 * i)
        if byte[0] < 0x80:
            break
    return number
