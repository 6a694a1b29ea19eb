"""Look through the records of an XLS workbook for what its reader keeps silent about.

The records are described in [MS-XLS], "Excel Binary File Format (.xls) Structure", section 2.4.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from etl.reading.scan import ERROR_CODES, Scan, protection_error, too_far_apart

# Streams of Excel 97 and later, and of Excel 5 and 95.
_STREAMS = ("Workbook", "Book")

_BOF, _EOF, _FORMULA, _FILEPASS, _BOUNDSHEET, _BOOLERR = 0x809, 0x0A, 0x06, 0x2F, 0x85, 0x205
# What holds a cell: Formula, MulRk, RString, LabelSst, Number, Label, BoolErr, RK.
_CELLS = frozenset({_FORMULA, 0xBD, 0xD6, 0xFD, 0x203, 0x204, _BOOLERR, 0x27E})
_DIMENSIONS = 0x200
# As many as this kind of file has.
_MAX_CELLS = 65_536 * 256
_WORKSHEET = 0


def scan_xls(name: str, content: bytes) -> list[Scan]:
    """Which cells of each worksheet hold errors, in the order of the workbook.

    How far the cells reach isn't in the answer: the reader has the memory for all that this kind
    of file may have, and what claims more is refused.

    Parameters
    ----------
    name : str
        File name, for messages.
    content : bytes
        The file.

    Raises
    ------
    RegisterError
        If a password protects it, or its cells lie too far from each other.
    ValueError
        If it holds no workbook, or is damaged.
    """
    stream = _workbook(content)
    starts = []
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise protection_error(name)
        if kind == _BOUNDSHEET and data[5] == _WORKSHEET:
            starts.append(_number(data, 0))
    return [Scan(flaws=_errors(name, stream, start)) for start in starts]


def _errors(name: str, stream: bytes, start: int) -> dict[tuple[int, int], str]:
    scan = Scan()
    for kind, data in _records(stream, start):
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            scan.rows, scan.columns = max(scan.rows, row + 1), max(scan.columns, column + 1)
        elif kind == _DIMENSIONS:
            _, rows, _, columns = struct.unpack_from("<IIHH", data)
            scan.rows, scan.columns = max(scan.rows, rows), max(scan.columns, columns)
        if scan.cells > _MAX_CELLS:
            raise too_far_apart(name, scan)
        is_error = (kind == _BOOLERR and data[7] == 1) or (
            kind == _FORMULA and data[6] == 2 and data[12:14] == b"\xff\xff"
        )
        if is_error:
            code = data[6] if kind == _BOOLERR else data[8]
            scan.add(row + 1, column + 1, ERROR_CODES.get(code, "#N/A"))
    return scan.flaws


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Type and content of each record of a part of the workbook, its charts left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook(content: bytes) -> bytes:
    """The stream of a compound file that is the workbook."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            for stream in _STREAMS:
                if file.exists(stream):
                    return bytes(file.openstream(stream).read())
    except OSError as error:
        raise ValueError("the file of streams is damaged") from error
    raise ValueError("there is no workbook in the file")


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
