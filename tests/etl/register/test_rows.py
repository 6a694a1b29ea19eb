"""A register file keeps every byte that a change has nothing to do with."""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.settings import settings
from etl.errors import RegisterError
from etl.reading import read_records
from etl.register.rows import RegisterFile, _raw_cells, organisations_file
from tests.etl.inbox.conftest import LIMES

REGISTER = settings().register_dir / "organisations.csv"
HEADER = ["org_id", "name", "country", "notes"]
ROWS = [
    ["at-a", "Ä, the first", "AT", 'says "yes"'],
    ["at-b", "B", "AT", ""],
    ["fr-c", "Stoïk", "FR", "two\nlines"],
]


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8", **dialect: object) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, **{"lineterminator": "\n", **dialect}).writerows(rows)  # type: ignore[arg-type]
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read(content: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    text = content.decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_form_of_the_file_stays(
    tmp_path: Path, encoding: str, end: str, quoting: int, delimiter: str
) -> None:
    form = {"delimiter": delimiter, "quoting": quoting, "lineterminator": end}
    path = write(tmp_path / "o.csv", [HEADER, *ROWS], encoding, **form)
    file = RegisterFile(path)
    changed = file.with_row("at-b", {"notes": "ü; x, y", "country": "AT"})
    rows = [ROWS[0], ["at-b", "B", "AT", "ü; x, y"], ROWS[2]]
    assert changed == write(tmp_path / "c.csv", [HEADER, *rows], encoding, **form).read_bytes()
    added = file.with_row("de-x", {"name": "X", "country": "DE"})
    rows = [*ROWS[:2], ["de-x", "X", "DE", ""], ROWS[2]]
    assert added == write(tmp_path / "a.csv", [HEADER, *rows], encoding, **form).read_bytes()


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, b""])
def test_the_other_order_of_bytes_stays(tmp_path: Path, mark: bytes) -> None:
    path = write(tmp_path / "o.csv", [HEADER, ROWS[1]], "utf-16-be")
    path.write_bytes(mark + path.read_bytes())
    changed = RegisterFile(path).with_row("at-b", {"name": "Č"})
    assert changed == path.read_bytes().replace("B".encode("utf-16-be") + b"\0,", b"\x01\x0c\0,")
    assert changed.decode("utf-16-be").endswith("at-b,Č,AT,\n")


@pytest.mark.parametrize(
    "header", ['org_id;name;"notes, short, long, all"', '"org_id"\t"name"\t"notes, a, b, c"']
)
def test_cells_are_told_apart_as_a_refresh_does(tmp_path: Path, header: str) -> None:
    path = tmp_path / "o.csv"
    mark = ";" if ";" in header else "\t"
    path.write_text(f"{header}\na{mark}A{mark}x\n", encoding="utf-8")
    assert read_records(path)[1] == list(RegisterFile(path).row("a").values()) == ["a", "A", "x"]


def test_only_what_changes_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    taken_apart: list[str] = []

    def counted(record: str, delimiter: str) -> list[str]:
        taken_apart.append(record)
        return _raw_cells(record, delimiter)

    monkeypatch.setattr("etl.register.rows._raw_cells", counted)
    RegisterFile(REGISTER).with_row(LIMES, {"founded": "2011"})
    assert [record.partition(",")[0] for record in taken_apart] == [LIMES]


def test_one_line_of_the_real_register_changes() -> None:
    before = REGISTER.read_bytes().splitlines(keepends=True)
    changed = RegisterFile(REGISTER).with_row(LIMES, {"founded": "2011"}).splitlines(keepends=True)
    assert len(before) == len(changed)
    different = [(a, b) for a, b in zip(before, changed, strict=True) if a != b]
    assert [(a.replace(b",2012,", b",2011,"), b) for a, b in different] == [
        (different[0][1], different[0][1])
    ]


@pytest.mark.parametrize("org_id", RegisterFile(REGISTER).ids()[::31])
def test_a_row_of_the_real_register_goes_back_to_its_place(tmp_path: Path, org_id: str) -> None:
    """The register is kept by country, town, type and name."""
    file = RegisterFile(REGISTER)
    lines = REGISTER.read_bytes().splitlines(keepends=True)
    at = file.ids().index(org_id) + 1
    path = tmp_path / "o.csv"
    path.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
    assert RegisterFile(path).with_row(org_id, file.row(org_id)) == REGISTER.read_bytes()


def test_a_row_out_of_order_moves_no_other(tmp_path: Path) -> None:
    rows = [[f"at-{i:02}", "N", "AT", ""] for i in range(30)]
    rows.insert(3, ["zz-moved", "N", "AT", ""])
    path = write(tmp_path / "o.csv", [HEADER, *rows])
    added = read(RegisterFile(path).with_row("at-155", {"name": "N"}), "utf-8", ",")
    assert [row[0] for row in added].index("at-155") == [r[0] for r in rows].index("at-15") + 2


def test_a_file_without_an_order_or_a_last_line_end(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"org_id,name\nb,1\na,3\nc,2")
    assert RegisterFile(path).with_row("aa", {"name": "x"}) == b"org_id,name\nb,1\na,3\nc,2\naa,x"


def test_short_rows_and_unknown_columns(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"org_id,name,notes\na,A\n\nb,B,note\n")
    changed = RegisterFile(path).with_row("a", {"notes": "n", "checked_on": "2026-01-01"})
    assert changed == b"org_id,name,notes\na,A,n\n\nb,B,note\n"


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6), CELL, st.data())
def test_any_cell_can_be_changed_and_read_back(
    rows: list[list[str]], cell: str, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        keyed = [[f"x-{i}", *row] for i, row in enumerate(rows)]
        path = write(Path(folder) / "o.csv", [HEADER, *keyed])
        number = data.draw(st.integers(0, len(rows) - 1))
        changed = RegisterFile(path).with_row(f"x-{number}", {"notes": cell})
    expected = [HEADER, *keyed]
    expected[number + 1][3] = cell
    assert read(changed, "utf-8", ",") == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "org_id"),
        (b"name,city\nA,B\n", "org_id"),
        (b'org_id,name\na,"open\n', "isn't closed"),
        (b"org_id\x81\n", "not UTF-8"),
    ],
)
def test_a_file_that_can_not_be_changed(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(content)
    with pytest.raises(RegisterError, match=message):
        RegisterFile(path)


def test_a_spreadsheet_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "organisations.xlsx").write_bytes(b"x")
    with pytest.raises(RegisterError, match="CSV files only"):
        organisations_file(tmp_path)
