"""Bad files, each named for what is wrong.

``python -m tests.etl.reading.corpus FOLDER`` writes them.

All begin with a few real rows of the register. What must become of each is beside it.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from ecosystem.common.settings import settings

ROWS = 6
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Cells = list[list[str]]


@dataclass(frozen=True)
class Bad:
    """One file and what must become of it.

    Attributes
    ----------
    source : bytes or callable
        The file, or what makes it: a large one is made when it is asked for.
    refused : str
        Words of the sentence that refuses the whole file; empty if it is read.
    cell : tuple of (int, str)
        Row and column of the cell that is refused.
    mend : str
        Words of how to correct that cell.
    taken : tuple of (int, str, str)
        Row, column and normalised text of a cell that is taken in spite of its looks.
    note : str
        Words of a note that must be given.
    """

    source: bytes | Callable[[], bytes]
    refused: str = ""
    cell: tuple[int, str] = (0, "")
    mend: str = ""
    taken: tuple[int, str, str] = (0, "", "")
    note: str = ""

    @property
    def content(self) -> bytes:
        """All bytes of the file."""
        return self.source() if callable(self.source) else self.source


def rows() -> Cells:
    """The header and the first rows of the register."""
    path = settings().register_dir / "organisations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[: ROWS + 1]


def as_csv(cells: Cells, delimiter: str = ",", end: str = "\n") -> bytes:
    """Cells as a text file in UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(cells)
    return text.getvalue().encode()


def as_xlsx(*sheets: Cells, change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """Cells as a workbook, one sheet for each table."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, cells in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in cells:
            sheet.append([cell or None for cell in row])
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_cell(column: str, value: str, row: int = 3) -> Cells:
    """The rows with one cell changed; the header is row 1."""
    cells = rows()
    cells[row - 1][cells[0].index(column)] = value
    return cells


def with_cells(**values: str) -> Cells:
    """The rows with several cells of row 3 changed."""
    cells = rows()
    for column, value in values.items():
        cells[2][cells[0].index(column)] = value
    return cells


def repacked(content: bytes, changes: Mapping[str, bytes]) -> bytes:
    """A ZIP file with members added or replaced."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return file.getvalue()


def sheet_with(addition: str) -> bytes:
    """A workbook whose sheet holds further XML."""
    content = as_xlsx(rows())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    forged = sheet.replace("</sheetData>", f"{addition}</sheetData>").encode()
    return repacked(content, {"xl/worksheets/sheet1.xml": forged})


def ods(body: str) -> bytes:
    """A spreadsheet of LibreOffice with the given rows."""
    document = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", document)
    return file.getvalue()


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of an XLS workbook: [MS-XLS] section 2.1.4."""
    return struct.pack("<HH", kind, len(content)) + content


def xls(cells: Cells, *, before: bytes = b"", more: bytes = b"", pad: int = 4096) -> bytes:
    """Cells as a workbook of Excel 97 with one sheet.

    Further records may stand before the list of sheets and after the cells. Streams shorter than
    4,096 bytes are kept in another way.
    """
    begin, end = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), record(0x0A)
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for i, row in enumerate(cells):
        for j, text in enumerate(row):
            if text:
                head = struct.pack("<HHHHB", i, j, 0, len(text), 1)
                sheet += record(0x204, head + text.encode("utf-16-le"))
    name = b"\x04\x00Data"
    place = len(begin + before) + 4 + 6 + len(name) + len(end)
    book = begin + before + record(0x85, struct.pack("<IBB", place, 0, 0) + name) + end
    return compound("Workbook", (book + sheet + more + end).ljust(pad, b"\0"))


def compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream: [MS-CFB] section 2."""
    last, free, own = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    length = len(stream)
    stream += bytes(-length % 512)
    n = len(stream) // 512
    # First the table of sectors, the directory, and the table of small sectors; then the stream.
    tables = -(-(n + 2) // 127)
    start = tables + 2
    table = [own] * tables + [last, last, *range(start + 1, start + n), last]
    if length < 4096:
        small = [*range(1, n * 8), last]
        root, file = (start, n * 512), (0, length)
    else:
        small = []
        root, file = (last, 0), (start, length)
    directory = b"".join(
        title.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBB3I36xIQ", 2 * len(title) + 2, kind, 1, free, free, child, *where)
        for title, kind, child, where in (("Root Entry", 5, 1, root), (name, 2, free, file))
    )
    header = struct.pack("<8s16x5H6x", OLE, 62, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, tables, tables, 0, 4096, tables + 1, 1, last, 0)
    return b"".join(
        [
            header + _sectors(range(tables), 109),
            _sectors(table, 128 * tables),
            directory.ljust(512, b"\0"),
            _sectors(small, 128),
            stream,
        ]
    )


def _sectors(numbers: Sequence[int], size: int) -> bytes:
    return struct.pack(f"<{size}I", *numbers, *[0xFFFFFFFF] * (size - len(numbers)))


def geojson(**changes: object) -> bytes:
    """The rows as GeoJSON, with members of the document changed."""
    header, *body = rows()
    features = [
        {"type": "Feature", "properties": dict(zip(header, row, strict=True)), "geometry": None}
        for row in body
    ]
    return json.dumps({"type": "FeatureCollection", "features": features} | changes).encode()


def formula(book: openpyxl.Workbook) -> None:
    """A formula that no program has worked out yet."""
    book.active["B3"] = '="A"&"B"'


def error(book: openpyxl.Workbook) -> None:
    """A cell with the error of a formula."""
    book.active["D3"] = "#REF!"
    book.active["D3"].data_type = "e"


def hide(book: openpyxl.Workbook) -> None:
    """A second sheet that nobody sees."""
    book["Sheet2"].sheet_state = "hidden"


def files() -> dict[str, Bad]:
    """All bad files by name."""
    return {**unreadable_files(), **odd_files(), **cells_files(), **harmless_files()}


def unreadable_files() -> dict[str, Bad]:
    good, book = as_csv(rows()), as_xlsx(rows())
    header = as_csv(rows()[:1])
    twice = [[*rows()[0], "name"], *([*row, "x"] for row in rows()[1:])]
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    many = cell.replace(
        "<table:table-cell", '<table:table-cell table:number-columns-repeated="999"'
    )
    return {
        "empty.csv": Bad(b"", "is empty"),
        "only_spaces.csv": Bad(b" \n \n", "is empty"),
        "only_a_header.csv": Bad(header, "no row below"),
        "no_header.csv": Bad(as_csv(rows()[1:]), "no header row"),
        "header_of_something_else.csv": Bad(b"a,b\n1,2\n", "no header row"),
        "columns_missing.csv": Bad(as_csv([r[:4] for r in rows()]), "missing"),
        "header_twice.csv": Bad(as_csv(twice), "is there twice"),
        "delimiter_pipe.csv": Bad(as_csv(rows(), "|"), "commas, semicolons or tabs"),
        "quote_never_closed.csv": Bad(good + b'"x,y\n', "isn't closed"),
        "broken_off_in_a_row.csv": Bad(good + b"at-x,Broken", "breaks off"),
        "broken_off_in_a_letter.csv": Bad(good + "Z\u00fc".encode()[:-1], "breaks off"),
        "more_cells_than_columns.csv": Bad(good + b"x," * 40 + b"x\n", "cells but the header"),
        "nul_byte.csv": Bad(good.replace(b"Limes", b"Li\x00mes"), "a NUL byte"),
        "utf32_without_mark.csv": Bad(good.decode().encode("utf-32-le"), "not a text file"),
        "utf16_cut_off.csv": Bad(good.decode().encode("utf-16")[:-1], "breaks off"),
        "picture.csv": Bad(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "not a text file"),
        "document.pdf.csv": Bad(b"%PDF-1.7 \n", "a PDF file"),
        "web_page.xls": Bad(b"<html><table><tr><td>name</td></tr></table>", "a web page"),
        "xml_spreadsheet.xls": Bad(b'<?xml version="1.0"?><Workbook/>', "an XML file"),
        "password.xlsx": Bad(compound("EncryptedPackage", bytes(4096)), "password"),
        "password.xls": Bad(xls(rows(), before=record(0x2F, bytes(54))), "password"),
        "text_document.xls": Bad(compound("WordDocument", bytes(4096)), "can't be read"),
        "damaged.xls": Bad(OLE + bytes(600), "can't be read"),
        "cut_off.xlsx": Bad(book[: len(book) // 2], "breaks off"),
        "no_workbook.xlsx": Bad(repacked(_zip({}), {"readme.txt": b"x"}), "can't be read"),
        "damaged_sheet.xlsx": Bad(
            repacked(book, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
            "can't be read",
        ),
        "row_a_billion.xlsx": Bad(
            sheet_with('<row r="999999999"><c r="A999999999"><v>1</v></c></row>'), "rows"
        ),
        "million_rows.xlsx": Bad(lambda: sheet_with("<row/>" * 1_048_577), "rows"),
        "zip_bomb.xlsx": Bad(
            lambda: repacked(book, {"xl/media/x": bytes(1_100_000_000)}), "unpacks"
        ),
        "undeclared_entity.xlsx": Bad(
            sheet_with('<row><c t="inlineStr"><is><t>&x;</t></is></c></row>'), "can't be read"
        ),
        "repeated_for_ever.ods": Bad(
            ods(f'<table:table-row table:number-rows-repeated="1000000">{many}</table:table-row>'),
            "to column ALK",
        ),
        "cell_far_away.ods": Bad(
            ods(
                '<table:table-row table:number-rows-repeated="999999"/><table:table-row>'
                f'<table:table-cell table:number-columns-repeated="99"/>{cell}</table:table-row>'
            ),
            "down to row 1,000,000",
        ),
        "sylk.slk": Bad(b'ID;PCALCOOO32\r\nC;X1;Y1;K"org_id"\r\nE\r\n', "a SYLK or DIF file"),
        "million_empty_rows.csv": Bad(good + b"\n" * 1_048_577, "more than 1,048,576 rows"),
        "billion_laughs.ods": Bad(_laughs(), "damaged"),
        "cut_off.ods": Bad(ods("")[:200], "breaks off"),
        "two_sheets_of_organisations.xlsx": Bad(as_xlsx(rows(), rows()), "Sheet1, Sheet2"),
        "not_whole.geojson": Bad(b'{"type": "FeatureColl', "isn't whole GeoJSON"),
        "other_json.geojson": Bad(b'{"a": 1}', "isn't a GeoJSON FeatureCollection"),
        "lambert.geojson": Bad(geojson(crs={"name": "EPSG:3035"}), "EPSG:4326"),
        "no_features.geojson": Bad(geojson(features=[]), "no features"),
        "line.geojson": Bad(
            geojson(
                features=[
                    {
                        "properties": {"name": "x"},
                        "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
                    }
                ]
            ),
            "isn't a point",
        ),
    }


def odd_files() -> dict[str, Bad]:
    good, town = as_csv(rows()), (2, "city", "Hagenberg im Mühlkreis")
    macros = repacked(as_xlsx(rows()), {"xl/vbaProject.bin": b"x"})
    links = repacked(as_xlsx(rows()), {"xl/externalLinks/externalLink1.xml": b"<x/>"})
    mixed = good.replace(b"\n", b"\r\n", 3)
    latin = as_csv(rows()).decode().encode("cp1252", errors="replace")
    titled = [["Register 2026"], [], *rows()]
    hidden = as_xlsx(rows(), with_cell("city", "Wien"), change=hide)
    return {
        "windows_1252.csv": Bad(latin, taken=town, note="Windows-1252"),
        "utf16.csv": Bad(good.decode().encode("utf-16"), taken=town),
        "utf16_without_mark.csv": Bad(
            good.decode().encode("utf-16-le"), taken=town, note="UTF-16-LE"
        ),
        "byte_order_mark.csv": Bad(b"\xef\xbb\xbf" + good, taken=town),
        "semicolons.csv": Bad(as_csv(rows(), ";"), taken=town, note="semicolons"),
        "tabs.csv": Bad(as_csv(rows(), "\t"), taken=town, note="tabs"),
        "mixed_line_ends.csv": Bad(mixed, taken=town),
        "old_mac_line_ends.csv": Bad(as_csv(rows(), end="\r"), taken=town),
        "text_called_xlsx.xlsx": Bad(good, taken=town, note="in spite of its name"),
        "macros.xlsm": Bad(macros, taken=town, note="macros"),
        "external_links.xlsx": Bad(links, taken=town, note="links to other files"),
        "excel_97.xls": Bad(xls(rows()), taken=town),
        "excel_97_short.xls": Bad(xls(rows()[:3], pad=0), taken=town),
        "older_copy_on_a_hidden_sheet.xlsx": Bad(hidden, taken=town, note="Sheet2 is left out"),
        "titles_above.xlsx": Bad(as_xlsx(titled), taken=(4, *town[1:])),
        "sheet_of_notes_first.xlsx": Bad(
            as_xlsx([["Notes", "of", "the", "office"]], rows()), taken=town
        ),
        "stray_cell_far_away.xlsx": Bad(
            sheet_with('<row r="99999"><c r="XFD99999"><v>1</v></c></row>'), taken=town
        ),
        "unknown_column.csv": Bad(
            as_csv([[*r, "x" if i else "phone"] for i, r in enumerate(rows())]),
            taken=town,
            note="phone",
        ),
    }


def cells_files() -> dict[str, Bad]:
    def cell(name: str, column: str, value: str, mend: str = "") -> dict[str, Bad]:
        return {f"{name}.csv": Bad(as_csv(with_cell(column, value)), cell=(3, column), mend=mend)}

    def swapped(lat: str, lon: str) -> bytes:
        return as_csv(with_cells(lat=lat, lon=lon))

    same = with_cell("org_id", rows()[1][0])
    return {
        "formula_without_result.xlsx": Bad(
            as_xlsx(rows(), change=formula), cell=(3, "name"), mend="save"
        ),
        "formula_error.xlsx": Bad(as_xlsx(rows(), change=error), cell=(3, "city"), mend="formula"),
        "formula_error.xls": Bad(
            xls(with_cell("founded", ""), more=_xls_error(3, "founded")),
            cell=(3, "founded"),
            mend="formula",
        ),
        "header_again.csv": Bad(
            as_csv([*rows()[:2], rows()[0], *rows()[2:]]),
            cell=(3, "org_id"),
            mend="Row 3 repeats the header",
        ),
        "note_below.csv": Bad(
            as_csv([*rows(), ["Source: own research"]]) + b"\n",
            cell=(ROWS + 2, "org_id"),
            mend="a note or a total",
        ),
        **cell("error_as_text", "name", "#N/A", "formula"),
        **cell("name_missing", "name", ""),
        **cell("source_missing", "source_url", ""),
        **cell("type_unknown", "type", "Forschng", "research"),
        **cell("domain_unknown", "domains", "cryptolgy", "cryptology"),
        **cell("function_unknown", "functions", "protekt", "protect"),
        **cell("two_types", "type", "sme, research"),
        **cell("country_two", "country", "FR, BE"),
        **cell("country_unknown", "country", "Wakanda"),
        **cell("year_negative", "founded", "-2010"),
        **cell("year_3000", "founded", "3000"),
        **cell("year_of_two_digits", "founded", "98"),
        **cell("year_in_words", "founded", "two thousand"),
        **cell("website_script", "website", "javascript:alert(1)"),
        **cell("website_mail", "website", "info@example.org"),
        **cell("website_spaces", "website", "https://exa mple.org"),
        **cell("homoglyph", "name", "Lim\u0435s Security"),
        **cell("very_long_name", "name", "x" * 5_000, "horten"),
        **cell("very_long_notes", "notes", "x" * 100_000, "horten"),
        **cell("longest_notes", "notes", "x" * 200_000, "horten"),
        **cell("identifier_not_minted", "org_id", "Limes Security!", "mpty the cell"),
        **cell("town_unknown", "city", "Nirgendwo"),
        **cell("latitude_out_of_range", "lat", "123"),
        **cell("degrees_and_minutes", "lat", "48\u00b007'N"),
        "identifier_twice.csv": Bad(as_csv(same), cell=(3, "org_id"), mend="identifier"),
        "coordinates_swapped.csv": Bad(swapped("14.5", "48.4"), cell=(3, "lat"), mend="swap"),
        "coordinates_elsewhere.csv": Bad(swapped("40.4", "-3.7"), cell=(3, "lat")),
    }


def harmless_files() -> dict[str, Bad]:
    def taken(name: str, column: str, value: str, becomes: str) -> dict[str, Bad]:
        return {f"{name}.csv": Bad(as_csv(with_cell(column, value)), taken=(3, column, becomes))}

    return {
        "country_gr_el.csv": Bad(
            as_csv(with_cells(country="GR/EL", city="Athina", nuts2_hint="")),
            taken=(3, "country", "GR"),
        ),
        "country_uk.csv": Bad(
            as_csv(with_cells(country="UK", city="Cardiff", nuts2_hint="")),
            taken=(3, "country", "GB"),
        ),
        **taken("country_in_german", "country", "\u00d6sterreich", "AT"),
        **taken("type_in_french", "type", "PME", "sme"),
        **taken("type_in_german", "type", "Forschung", "research"),
        **taken("website_without_scheme", "website", "limessecurity.com",
                "https://limessecurity.com"),
        **taken("no_break_space", "name", "Limes\u00a0Security", "Limes Security"),
        **taken("zero_width_space", "name", "Li\u200bmes Security", "Limes Security"),
        **taken("spaces_around", "city", "  Hagenberg  ", "Hagenberg"),
        **taken("list_by_bars", "functions", "identify | protect", "identify;protect"),
        **taken("list_by_line_ends", "functions", "identify\nprotect", "identify;protect"),
        **taken("list_by_bullets", "functions", "\u2022 Identify \u2022 Protect",
                "identify;protect"),
        **taken("year_as_excel_stores_it", "founded", "2012.0", "2012"),
        **taken("year_as_a_date", "founded", "2012-03-01", "2012"),
    }  # fmt: skip


def _xls_error(row: int, column: str) -> bytes:
    """The result of a formula that is #DIV/0!: [MS-XLS] section 2.5.133."""
    place = struct.pack("<HHH", row - 1, rows()[0].index(column), 0)
    return record(0x06, place + struct.pack("<BBBBHH", 2, 0, 7, 0, 0, 0xFFFF) + bytes(8))


def _zip(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(10))
    document = f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><x>&l9;</x>'
    return repacked(ods(""), {"content.xml": document.encode()})


def main() -> None:
    """Write the files for people to look at."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, bad in files().items():
        (folder / name).write_bytes(bad.content)
        print(name)


if __name__ == "__main__":
    main()
