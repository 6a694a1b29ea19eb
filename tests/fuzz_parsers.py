"""Feed the parsers of our own with what reaches new code: ``python -m tests.fuzz_parsers``.

Guided by coverage: needs `atheris <https://github.com/google/atheris>`_, which is there for Linux
and isn't among the project's dependencies. The options are libFuzzer's, such as
``-max_total_time=600``. Anything but a table or a sentence is a fault, and ends the run.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["etl", "ecosystem"]):
    from ecosystem.common import links
    from ecosystem.common.settings import settings
    from ecosystem.common.text import fold, slug
    from etl.errors import RegisterError
    from etl.reading.inputs import read_sheets
    from etl.register.normalise import cell_normaliser, load_aliases
    from etl.schema import load_schemas

# How every compound file begins.
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
SCHEMA = load_schemas(settings().schema_dir)["organisations"]
ALIASES = load_aliases(settings().schema_dir / "aliases.csv")
NORMALISERS = [
    cell_normaliser(column, ALIASES.get(column.name, {})) for column in SCHEMA.columns.values()
]


def _archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def text(data: bytes) -> None:
    """A text file of any encoding and delimiter."""
    read_sheets("fuzz.csv", data, [])


def cells(data: bytes) -> None:
    """A cell of each column; what comes out must come out the same once more."""
    cell = data.decode("utf-8", "replace")
    for normalise in NORMALISERS:
        once = normalise(cell)
        assert normalise(once) == once, (cell, once)
    address = links.web_address(cell)
    if address:
        links.host(address)
    assert fold(fold(cell)) == fold(cell), cell
    slug(cell)


def xlsx(data: bytes) -> None:
    """The XML of a sheet, and of the texts that cells share."""
    sheet, _, texts = data.partition(b"\0")
    relations = (
        b'<Relationships><Relationship Id="r" Type="x/worksheet" Target="s.xml"/></Relationships>'
    )
    members = {
        "xl/workbook.xml": b'<workbook><sheet name="S" r:id="r"/></workbook>',
        "xl/_rels/workbook.xml.rels": relations,
        "xl/s.xml": sheet,
        "xl/sharedStrings.xml": texts,
    }
    read_sheets("fuzz.xlsx", _archive(members), [])


def xlsb(data: bytes) -> None:
    """The records of a workbook and of its sheet."""
    book, _, sheet = data.partition(b"\0\0\0\0")
    relations = (
        b'<Relationships><Relationship Id="r" Type="x/worksheet" Target="s.bin"/></Relationships>'
    )
    members = {
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relations,
        "xl/s.bin": sheet,
    }
    read_sheets("fuzz.xlsb", _archive(members), [])


def xls(data: bytes) -> None:
    """A compound file."""
    read_sheets("fuzz.xls", COMPOUND + data, [])


def ods(data: bytes) -> None:
    """The XML of a LibreOffice spreadsheet."""
    manifest = b"<manifest/>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    members = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": data}
    read_sheets("fuzz.ods", _archive(members), [])


def geojson(data: bytes) -> None:
    """A GeoJSON document."""
    read_sheets("fuzz.geojson", b"{" + data, [])


PARSERS: tuple[Callable[[bytes], None], ...] = (text, cells, xlsx, xlsb, xls, ods, geojson)


def attempt(data: bytes) -> None:
    """Give the input to the parser that its first byte names."""
    if not data:
        return
    parser = PARSERS[data[0] % len(PARSERS)]
    try:
        parser(data[1:])
    except RegisterError:
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, attempt)
    atheris.Fuzz()
