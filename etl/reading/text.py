"""Text files: which encoding, which delimiter, whole or broken off."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from etl.errors import RegisterError
from etl.model import MAX_ROWS_NAMED
from etl.reading.codepages import code_page
from etl.reading.model import Sheet
from etl.reading.scan import MAX_SHEET_ROWS

DELIMITERS = ",;\t"
# Lines that are looked at to find out what separates the cells.
_SAMPLE_LINES = 20
_SAMPLE_CHARACTERS = 100_000
_QUOTED = re.compile(r'(?m)(?:^|(?<=[,;\t]))"(?:[^"]|"")*"')
_LINE_END = re.compile(r"\r\n?|\n")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
# Of a file that is sent: what its cells take is bounded, at 60 bytes and more for each.
MAX_CELLS = 20_000_000
# Longer than any file that is read.
_NO_LIMIT = 2**31 - 1
_LIMIT = Lock()
# Text may hold a stray zero byte or two; what has more is none.
_FEW_ZEROS = 10
# The first bytes of a file say which Unicode encoding it is in; longest mark first.
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def read_text(name: str, content: bytes, notes: list[str], *, is_own: bool = False) -> Sheet:
    """The one table of a text file.

    Parameters
    ----------
    name : str
        File name, for messages.
    content : bytes
        CSV with comma, semicolon or tab, in UTF-8, UTF-16, UTF-32 or a Windows code page.
    notes : list of str
        What had to be assumed is added.
    is_own : bool
        Whether it is the register's own file, which may have any number of rows.

    Raises
    ------
    RegisterError
        If it is no text, or breaks off, or somebody sends more than any register has.
    """
    text, encoding = decode(name, content, notes)
    records, delimiter = _records(name, text, notes, is_own=is_own)
    rows = [(i, r) for i, r in enumerate(records, start=1) if any(map(str.strip, r))]
    return Sheet("", rows, kind="csv", delimiter=delimiter, encoding=encoding)


def text_records(name: str, content: bytes, *, is_own: bool = False) -> list[list[str]]:
    """All rows of a text file, blank ones too; parameters as of :func:`read_text`.

    Raises
    ------
    RegisterError
        If it is no text, or breaks off.
    """
    return _records(name, decode(name, content, [])[0], [], is_own=is_own)[0]


def _records(
    name: str, text: str, notes: list[str], *, is_own: bool
) -> tuple[list[list[str]], str]:
    delimiter = delimiter_of(text)
    if delimiter != ",":
        written = {";": "semicolons", "\t": "tabs"}[delimiter]
        notes.append(f"{name}: columns are separated by {written}.")
    if not is_own and text.count(delimiter) > MAX_CELLS:
        raise RegisterError(
            f"{name}: the file has more than {MAX_CELLS:,} cells, which no register needs; check "
            "that it is the right one."
        )
    records: list[list[str]] = []
    lines = (line[0] for line in _LINE.finditer(text))
    try:
        with _cells_of_any_length():
            # Strict reading finds a quote that is never closed, as in a file that breaks off.
            for record in csv.reader(lines, delimiter=delimiter, strict=True):
                records.append(record)
                if not is_own and len(records) > MAX_SHEET_ROWS:
                    raise RegisterError(
                        f"{name}: the file has more than {MAX_SHEET_ROWS:,} rows; delete the "
                        "empty rows below the last one, or check that it is the right file."
                    )
    except csv.Error as error:
        raise RegisterError(
            f"{name}: a quoted cell isn't closed ({error}); the file breaks off or a quotation "
            "mark is missing: save it again from its program."
        ) from error
    _check_complete(name, records, text)
    return records, delimiter


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Read cells whatever limit is set: it is one for the process, and any library may set it."""
    with _LIMIT:
        before = csv.field_size_limit(_NO_LIMIT)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def decode(name: str, content: bytes, notes: list[str]) -> tuple[str, str]:
    """Text of the bytes of a file, and Python's name of the encoding that it is in.

    Raises
    ------
    RegisterError
        If it is no text.
    """
    encoding = next((e for mark, e in _MARKS.items() if content.startswith(mark)), None)
    head = content[:4096]
    if encoding is None and head.count(0) > len(head) / 3:
        # Plain text has no zero bytes; UTF-16 without a mark has one in almost every pair.
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        notes.append(f"{name}: read as {encoding.upper()}, though the file doesn't say so.")
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        broken_off = error.end == len(content) and error.reason == "unexpected end of data"
        if encoding is not None or broken_off:
            raise RegisterError(
                f"{name}: the file breaks off or is no text ({error.reason} at byte "
                f"{error.start}); save it again as CSV UTF-8."
            ) from error
        return _by_lines(name, content, notes)
    if "\x00" in text:
        raise RegisterError(_about_zeros(name, text))
    return text, encoding or "utf-8"


def _about_zeros(name: str, text: str) -> str:
    """What is said of characters that no text has."""
    number = text.count("\x00")
    if number > _FEW_ZEROS:
        return f"{name}: this is not a text file; save it as CSV UTF-8 or as XLSX."
    row = _row_of(text, text.count("\n", 0, text.index("\x00")) + 1)
    return (
        f"{name}: a NUL byte (U+0000) stands in row {row}, which no text has; delete it there, or "
        "save the file again as CSV UTF-8 or as XLSX."
    )


def _by_lines(name: str, content: bytes, notes: list[str]) -> tuple[str, str]:
    """Text of a file that isn't all UTF-8: each line in UTF-8 if it can be, else in a code page.

    Raises
    ------
    RegisterError
        If it is no text, or its letters don't tell which code page it is in.
    """
    if content.count(0):
        raise RegisterError(f"{name}: this is not a text file; save it as CSV UTF-8 or as XLSX.")
    lines = content.splitlines(keepends=True)
    texts = [_utf8(line) for line in lines]
    odd = [i for i, text in enumerate(texts) if text is None]
    page = code_page([lines[i] for i in odd], [text for text in texts if text])
    if page is None:
        raise RegisterError(f"{name}: this is not a text file; save it as CSV UTF-8 or as XLSX.")
    # A code page that isn't clear is named, not taken.
    shown = page.encoding if page.is_sure else "latin-1"
    text = "".join(
        line.decode(shown) if text is None else text
        for line, text in zip(lines, texts, strict=True)
    )
    rows = list(dict.fromkeys(_row_of(text, i + 1) for i in odd[:MAX_ROWS_NAMED]))
    more = f" and {len(odd) - MAX_ROWS_NAMED:,} more" if len(odd) > MAX_ROWS_NAMED else ""
    where = f"row{'s' if len(odd) > 1 else ''} {', '.join(map(str, rows))}{more}"
    if not page.is_sure:
        raise RegisterError(
            f"{name}: not UTF-8 ({where}), and the letters don't tell what else; likeliest is "
            f"{page.label}. Open it in its program and save it as CSV UTF-8."
        )
    mixed = any(text is not None and not text.isascii() for text in texts)
    others = "; the other rows are UTF-8" if mixed else ""
    notes.append(
        f"{name}: not UTF-8 ({where}); read as {page.label}{others}. "
        "Check names with accents, and save as CSV UTF-8 next time."
    )
    return text, "utf-8" if mixed else page.encoding


def _utf8(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _row_of(text: str, line: int) -> int:
    """Row that a line belongs to: a quoted cell may hold several lines."""
    with _cells_of_any_length():
        reader = csv.reader(
            (found[0] for found in _LINE.finditer(text)), delimiter=delimiter_of(text)
        )
        for row, _ in enumerate(reader, start=1):
            if reader.line_num >= line:
                return row
    return line


def delimiter_of(text: str) -> str:
    """What separates the cells: what the first line has most of that the lines below have too.

    So a title with commas above the header doesn't decide, nor does a cell full of semicolons.
    """
    unquoted = _QUOTED.sub("", text[:_SAMPLE_CHARACTERS])
    # Tabs alone are no blank line: they are what is left of a row whose cells are all quoted.
    lines = [line for line in _LINE_END.split(unquoted)[:_SAMPLE_LINES] if line.strip(" ")]
    for i, line in enumerate(lines):
        mark = max(DELIMITERS, key=line.count)
        below = sorted(other.count(mark) for other in lines[i + 1 :])
        if line.count(mark) > 1 and (not below or below[len(below) // 2] >= line.count(mark)):
            return mark
    return max(DELIMITERS, key="".join(lines).count)


def _check_complete(name: str, records: list[list[str]], text: str) -> None:
    width = max((len(record) for record in records[:_SAMPLE_LINES]), default=0)
    ended = text.endswith(("\n", "\r"))
    if not ended and len(records) > 1 and 0 < len(records[-1]) < width:
        raise RegisterError(
            f"{name}: the file breaks off in row {len(records)} ({len(records[-1])} of "
            f"{width} cells); save or copy it again."
        )
