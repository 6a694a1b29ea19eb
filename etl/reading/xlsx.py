"""Go through the XML of an XLSX workbook's sheets in pieces, without believing what it says."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import IO

from etl.reading import scan as limits
from etl.reading.model import NO_RESULT
from etl.reading.scan import CHUNK, Scan, check_rows, check_size, too_much_text, worksheet_targets

# Longest piece of a sheet's XML that a pattern below may have to see at once.
_OVERLAP = 4096
_TEXTS = "xl/sharedStrings.xml"

# No pattern may run past the next tag: tried again at each of very many tags that never end, it
# would take as long as their number squared.
# These two count too much rather than too little: attributes may hold any sign.
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,20})["']""")
_OPENED = re.compile(rb"<(?:\w+:)?(row|c)[\s/>]")
_SHARED = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?\bt\s*=\s*["']s["'][^<>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*<"""
)
_ERROR = re.compile(
    rb'<(?:\w+:)?c\s(?=[^<>]*\bt="e")[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*>'
    rb"(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]{0,2000}</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,20})<"
)
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*>'
    rb"<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]{0,2000}</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?</(?:\w+:)?c>"
)
_HIDDEN = re.compile(
    rb"""<(?:\w+:)?row\s(?=[^<>]*\shidden=["'](?:1|true)["'])[^<>]*?\br=["']([0-9]{1,7})["']"""
)
# A cell that holds something, with the number of its style.
_STYLED = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^<>]*\br=["'][A-Z]{1,3}([0-9]{1,7})["'])[^<>]*?\ss=["']([0-9]{1,5})["']"""
    rb"""[^<>]*(?<!/)>(?!</)"""
)
_STYLES = "xl/styles.xml"
_MAX_STYLES = 4 * 1024 * 1024
_FONTS = re.compile(rb"<(?:\w+:)?fonts\b[^<>]*>(.*?)</(?:\w+:)?fonts>", re.DOTALL)
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b[^<>]*>(.*?)</(?:\w+:)?cellXfs>", re.DOTALL)
_FONT = re.compile(rb"<(?:\w+:)?font\s*/>|<(?:\w+:)?font\b[^<>]*>.*?</(?:\w+:)?font>", re.DOTALL)
_STRIKE = re.compile(rb"""<(?:\w+:)?strike(?:\s*/>|\s+val=["'](?:1|true)["'])""")
_FONT_ID = re.compile(rb"""<(?:\w+:)?xf\s[^<>]*?\bfontId=["']([0-9]{1,5})["']""")
_SHEET_ID = re.compile(rb"""<(?:\w+:)?sheet\s[^<>]*?\s\w+:id\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def scan_xlsx(name: str, content: bytes, notes: list[str]) -> list[Scan]:
    """How far the cells of each sheet reach and which hold errors, in the order of the workbook.

    Parameters
    ----------
    name : str
        File name, for messages.
    content : bytes
        The file.
    notes : list of str
        What is not done with it, such as running its macros, is added.

    Raises
    ------
    RegisterError
        If it is larger than any register.
    """
    check_size(name, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = set(archive.namelist())
        if "xl/vbaProject.bin" in members:
            notes.append(f"{name}: holds macros; they were not run, and only its cells are read.")
        if any(member.startswith("xl/externalLinks/") for member in members):
            notes.append(
                f"{name}: holds links to other files; they were not followed, and the values "
                "that were saved with the file are read."
            )
        texts = _text_sizes(archive) if _TEXTS in members else []
        struck = _struck_styles(archive) if _STYLES in members else frozenset()
        scans = []
        for path in _sheet_paths(archive):
            scan = Scan()
            if path in members:
                with archive.open(path) as stream:
                    _scan_sheet(name, stream, scan, texts, struck)
            scans.append(scan)
    return scans


def _sheet_paths(archive: zipfile.ZipFile) -> list[str]:
    """Members of the archive that are worksheets, in the workbook's order."""
    targets = worksheet_targets(archive.read("xl/_rels/workbook.xml.rels"))
    ids = [one or other for one, other in _SHEET_ID.findall(archive.read("xl/workbook.xml"))]
    return [targets[id_.decode()] for id_ in ids if id_.decode() in targets]


def _text_sizes(archive: zipfile.ZipFile) -> list[int]:
    """Bytes of each shared text, with its markup."""
    sizes, open_bytes, rest = [], 0, b""
    with archive.open(_TEXTS) as stream:
        while piece := stream.read(CHUNK):
            *whole, rest = (rest + piece).replace(b":si>", b"si>").split(b"si>")
            for text in whole:
                open_bytes += len(text)
                if text.endswith(b"/"):
                    sizes.append(open_bytes)
                    open_bytes = 0
            open_bytes += max(0, len(rest) - 8)
            rest = rest[-8:]
    return sizes


def _struck_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    """Numbers of the cell styles whose font is struck through."""
    with archive.open(_STYLES) as stream:
        styles = stream.read(_MAX_STYLES)
    fonts, formats = _FONTS.search(styles), _FORMATS.search(styles)
    if not fonts or not formats:
        return frozenset()
    struck = {
        str(i).encode() for i, font in enumerate(_FONT.findall(fonts[1])) if _STRIKE.search(font)
    }
    return frozenset(
        str(i).encode() for i, font in enumerate(_FONT_ID.findall(formats[1])) if font in struck
    )


def _scan_sheet(
    name: str, stream: IO[bytes], scan: Scan, texts: list[int], struck: frozenset[bytes]
) -> None:
    opened: Counter[bytes] = Counter()
    referenced, text_bytes, longest = 0, 0, max(texts, default=0)
    for fresh, text in _pieces(stream):
        opened.update(_OPENED.findall(fresh))
        found = _REFERENCE.findall(fresh)
        scan.rows = max([scan.rows, opened[b"row"], *(int(digits) for _, digits in found)])
        referenced += sum(1 for letters, _ in found if letters)
        for letters in {letters.upper() for letters, _ in found if letters}:
            scan.columns = max(scan.columns, _column(letters))
        # Working the sizes out takes time that no usual file needs.
        if longest * opened[b"c"] > limits.MAX_TEXT_BYTES:
            text_bytes += _shared_bytes(fresh, texts)
        scan.hidden_rows |= {int(digits) for digits in _HIDDEN.findall(fresh)}
        if struck:
            scan.struck_rows |= {
                int(digits) for digits, style in _STYLED.findall(text) if style in struck
            }
        for letters, digits, value in _ERROR.findall(text):
            scan.add(int(digits), _column(letters), value.decode(errors="replace"))
        for letters, digits in _NO_RESULT.findall(text):
            scan.add(int(digits), _column(letters), NO_RESULT)
        # Cells that don't say where they are may all be in one row.
        scan.columns = max(scan.columns, opened[b"c"] - referenced)
        check_rows(name, scan)
        if text_bytes > limits.MAX_TEXT_BYTES or opened[b"c"] > limits.MAX_CELLS:
            raise too_much_text(name)


def _shared_bytes(piece: bytes, texts: list[int]) -> int:
    counts = Counter(_SHARED.findall(piece))
    return sum(n * texts[int(i)] for i, n in counts.items() if int(i) < len(texts))


def _pieces(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The XML in pieces that end with a tag; and each with the end of the piece before it."""
    rest, before = b"", b""
    while piece := stream.read(CHUNK):
        whole, end, rest = (rest + piece).rpartition(b">")
        if len(rest) > CHUNK:
            raise ValueError("a tag in a sheet has no end")
        fresh = whole + end
        yield fresh, before + fresh
        before = fresh[-_OVERLAP:]
    yield rest, before + rest


def _column(letters: bytes) -> int:
    from openpyxl.utils import column_index_from_string  # slow to import, and seldom needed

    return column_index_from_string(letters.decode())
