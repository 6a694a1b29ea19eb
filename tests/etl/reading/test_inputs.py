"""Files as a secretariat has them: titles above, other names, several sheets, other programs."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from ecosystem.common.settings import settings as own_settings
from etl.errors import RegisterError
from etl.reading import ColumnMapping, ColumnsUnsure, extract, inputs, read_inputs
from etl.reading.model import NO_RESULT
from etl.schema import Schema
from tests.examples import examples

Rows = Sequence[Sequence[Any]]
FRENCH = {
    "name": "Nom",
    "type": "Type",
    "city": "Ville",
    "country": "Pays",
    "website": "Site web",
}


@pytest.fixture
def schema(schemas: dict[str, Schema]) -> Schema:
    return schemas["organisations"]


@pytest.fixture
def plain(schema: Schema) -> pd.DataFrame:
    return extract(own_settings().register_dir / "organisations.csv", schema).frame.head(12)


def rows_of(frame: pd.DataFrame, names: dict[str, str] | None = None) -> list[list[str]]:
    return [[(names or {}).get(name, name) for name in frame], *frame.to_numpy().tolist()]


def xlsx(path: Path, **sheets: Rows) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell if cell != "" else None for cell in row])
    book.save(path)
    return path


def ods(path: Path, **sheets: Rows) -> Path:
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                cell = TableCell(valuetype="string") if value != "" else TableCell()
                if value != "":
                    cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def same(read: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(read.reset_index(drop=True), wanted.reset_index(drop=True))


@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_header_below_titles_is_found_and_rows_keep_their_numbers(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema, write: Callable[..., Path]
) -> None:
    ending = "xlsx" if write is xlsx else "ods"
    titles: list[list[str]] = [["Register 2026"], [], ["as of", "November"], []]
    path = write(tmp_path / f"o.{ending}", Data=[*titles, *rows_of(plain)])
    read = extract(path, schema)
    same(read.frame, plain)
    assert read.frame.index[0] == 6
    assert read.origin.header_row == 5
    assert read.cell(6, "city") == "D6"


def test_a_title_above_the_header_of_a_text_file(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    text = plain.to_csv(index=False, sep=";")
    (tmp_path / "o.csv").write_text(f"Register, as of November, 2026;;;\n\n{text}", "utf-8")
    read = extract(tmp_path / "o.csv", schema)
    same(read.frame, plain)
    assert read.frame.index[0] == 4
    assert read.cell(4, "city") == "row 4, column “city”"


def test_empty_columns_and_rows_do_not_matter(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    wide: list[list[str]] = []
    for row in rows_of(plain):
        wide += [["", "", *row[:3], "", *row[3:]], []]
    read = extract(xlsx(tmp_path / "o.xlsx", S=wide), schema)
    same(read.frame, plain)
    assert list(read.frame.index[:3]) == [3, 5, 7]
    assert read.cell(3, "name") == "D3"


def test_a_merged_title_and_the_right_one_of_several_sheets(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "Read me"
    notes.append(["This workbook", "is the register"])
    sheet = book.create_sheet("Data")
    sheet["A1"] = "Register"
    sheet.merge_cells("A1:F1")
    for row in rows_of(plain):
        sheet.append([cell or None for cell in row])
    book.save(tmp_path / "o.xlsx")
    read = extract(tmp_path / "o.xlsx", schema)
    same(read.frame, plain)
    assert read.origin.sheet == "Data"


def test_cells_as_excel_stores_them(tmp_path: Path, plain: pd.DataFrame, schema: Schema) -> None:
    rows: list[list[Any]] = [list(row) for row in rows_of(plain)]
    at = {name: i for i, name in enumerate(rows[0])}
    rows[1][at["founded"]] = 2013.0
    rows[2][at["founded"]] = datetime.date(2012, 1, 1)
    rows[3][at["lat"]] = 48.5
    rows[4][at["name"]] = "  Name with spaces  "
    frame = extract(xlsx(tmp_path / "o.xlsx", S=rows), schema).frame
    assert frame["founded"].tolist()[:2] == ["2013", "2012-01-01"]
    assert frame["lat"].tolist()[2] == "48.5"
    assert frame["name"].tolist()[3] == "  Name with spaces  "


def test_errors_and_formulas_without_result_are_in_their_cells(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    path = xlsx(tmp_path / "o.xlsx", S=rows_of(plain))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["B3"] = '="A"&"B"'
    sheet["D4"] = "#REF!"
    sheet["D4"].data_type = "e"
    book.save(path)
    frame = extract(path, schema).frame
    assert frame.at[3, "name"] == NO_RESULT
    assert frame.at[4, "city"] == "#REF!"
    assert frame.at[5, "city"] == plain.at[5, "city"]


def test_geojson(tmp_path: Path, plain: pd.DataFrame, schema: Schema) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {k: v for k, v in record.items() if v and k not in ("lat", "lon")},
            "geometry": {"type": "Point", "coordinates": [14.5, 48.4]},
        }
        for record in plain.to_dict("records")
    ]
    path = tmp_path / "o.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    read = extract(path, schema)
    same(read.frame, plain.assign(lat="48.4", lon="14.5"))
    assert read.cell(2, "name") == "feature 1, “name”"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "isn't whole GeoJSON"),
        ("[" * 5000, "isn't whole GeoJSON"),
        ('{"type": "Feature"}', "isn't a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": {}}', "list of features"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "FeatureCollection", "features": [3]}', "feature 1 is not"),
        (
            '{"type": "FeatureCollection", "crs": {"name": "EPSG:3035"}, "features": []}',
            "EPSG:4326",
        ),
        (
            '{"type": "FeatureCollection", "features": [{"properties": {"name": "x"}, '
            '"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}]}',
            "feature 1 isn't a point",
        ),
    ],
)
def test_broken_geojson(tmp_path: Path, schema: Schema, document: str, words: str) -> None:
    (tmp_path / "o.geojson").write_text(document, encoding="utf-8")
    with pytest.raises(RegisterError, match=words):
        extract(tmp_path / "o.geojson", schema)


def test_columns_by_their_french_names(tmp_path: Path, plain: pd.DataFrame, schema: Schema) -> None:
    read = extract(xlsx(tmp_path / "o.xlsx", S=rows_of(plain, FRENCH)), schema)
    same(read.frame, plain)
    assert read.origin.columns["name"][1] == "Nom"


def test_an_unknown_header_is_asked_for_and_never_guessed(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    rows = rows_of(plain, {"city": "Name of the town or city", "name": "Label of it"})
    path = xlsx(tmp_path / "o.xlsx", S=rows)
    with pytest.raises(ColumnsUnsure, match=r'--map "Name of the town or city=') as unsure:
        extract(path, schema)
    assert unsure.value.missing["city"][0] == "Name of the town or city"
    assert set(unsure.value.missing) == {"name", "city"}
    mapping = ColumnMapping.parse(["Name of the town or city=city", "Label of it=name"])
    mapping.save(tmp_path / "mapping.toml")
    again = ColumnMapping.load(tmp_path / "mapping.toml")
    assert again == mapping
    same(extract(path, schema, again).frame, plain)


def test_rows_to_add_need_only_the_columns_that_every_row_needs(
    tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema]
) -> None:
    """A whole list that lacked a column would empty it everywhere; rows to add empty nothing."""
    needed = ["name", "type", "city", "country", "domains", "functions", "evidence", "source_url"]
    rows = plain[needed].iloc[:2]
    path = xlsx(tmp_path / "organisations.xlsx", S=rows_of(rows))
    own = own_settings().register_dir
    both = read_inputs([path], own, schemas, adding=True)["organisations"].whole
    assert both[needed].iloc[-2:].to_numpy().tolist() == rows.to_numpy().tolist()
    assert set(both["website"].iloc[-2:]) == {""}
    with pytest.raises(ColumnsUnsure, match=r"columns nuts2_hint, website.* are missing"):
        read_inputs([path], own, schemas)
    path = xlsx(tmp_path / "organisations.xlsx", S=rows_of(rows.drop(columns="city")))
    with pytest.raises(ColumnsUnsure, match="column city is missing"):
        read_inputs([path], own, schemas, adding=True)


def test_a_mapping_goes_before_a_name(tmp_path: Path, plain: pd.DataFrame, schema: Schema) -> None:
    changed = plain.assign(**{"Better name": plain["name"], "name": "old"})
    path = xlsx(tmp_path / "o.xlsx", S=rows_of(changed))
    read = extract(path, schema, ColumnMapping.parse(["Better name=name"]))
    same(read.frame, plain)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["Nom"], "isn't a mapping"),
        (["=name"], "isn't a mapping"),
        (["A=name", "A=city"], "mapped twice"),
    ],
)
def test_a_mapping_that_makes_no_sense(pairs: list[str], words: str) -> None:
    with pytest.raises(RegisterError, match=words):
        ColumnMapping.parse(pairs)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.text(min_size=1).filter(str.strip), st.sampled_from(["name", "city"])))
def test_a_mapping_is_saved_and_read_back(tmp_path: Path, columns: dict[str, str]) -> None:
    try:
        ColumnMapping(columns).save(tmp_path / "m.toml")
    except UnicodeEncodeError:
        return  # half of a surrogate pair is in no file
    assert ColumnMapping.load(tmp_path / "m.toml").columns == columns


def test_inputs_stand_in_for_register_files(
    tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema]
) -> None:
    register = own_settings().register_dir
    path = xlsx(tmp_path / "our list.xlsx", Tabelle1=rows_of(plain))
    read = read_inputs([path], register, schemas)
    assert set(read) == set(schemas)
    assert read["organisations"].file == "our list.xlsx"
    assert len(read["organisations"].frame) == len(plain)
    assert read["valleys"].file == "valleys.csv"


def test_a_workbook_may_hold_several_register_files(
    tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema]
) -> None:
    register = own_settings().register_dir
    investors = extract(register / "investors.csv", schemas["investors"]).frame
    path = xlsx(
        tmp_path / "all.xlsx",
        Notes=[["nothing", "of", "the", "register"]],
        Members=rows_of(plain),
        investors=rows_of(investors.head(5)),
    )
    read = read_inputs([path], register, schemas)
    same(read["organisations"].frame, plain)
    assert len(read["investors"].frame) == 5
    assert any("sheet Notes is no register file" in note for r in read.values() for note in r.notes)


def test_a_folder_of_files(tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema]) -> None:
    register = own_settings().register_dir
    xlsx(tmp_path / "organisations.xlsx", S=rows_of(plain))
    (tmp_path / "events.csv").write_bytes((register / "events.csv").read_bytes())
    (tmp_path / "~$organisations.xlsx").write_bytes(b"lock")
    (tmp_path / "picture.png").write_bytes(b"png")
    read = read_inputs([tmp_path], register, schemas)
    assert len(read["organisations"].frame) == len(plain)
    assert read["events"].origin.path.parent == tmp_path


def test_two_files_for_the_same_register_file_are_refused(
    tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema]
) -> None:
    one = xlsx(tmp_path / "a.xlsx", S=rows_of(plain))
    two = xlsx(tmp_path / "b.xlsx", S=rows_of(plain))
    with pytest.raises(RegisterError, match=r"a\.xlsx, sheet S and b\.xlsx, sheet S are both"):
        read_inputs([one, two], own_settings().register_dir, schemas)
    both = xlsx(tmp_path / "c.xlsx", One=rows_of(plain), Two=rows_of(plain))
    with pytest.raises(RegisterError, match="One, Two are all organisations"):
        read_inputs([both], own_settings().register_dir, schemas)


@pytest.mark.parametrize("name", ["Old", "organisations"])
def test_a_hidden_sheet_does_not_stand_in_for_one_that_people_see(
    tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema], name: str
) -> None:
    path = xlsx(tmp_path / "o.xlsx", **{name: rows_of(plain.head(2)), "List": rows_of(plain)})
    book = openpyxl.load_workbook(path)
    book[name].sheet_state = "veryHidden"
    book.active = 1
    book.save(path)
    read = read_inputs([path], own_settings().register_dir, schemas)["organisations"]
    same(read.frame, plain)
    assert any(f"sheet {name} is left out" in note for note in read.notes)


def test_a_hidden_sheet_is_read_if_there_is_no_other(
    tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema]
) -> None:
    path = xlsx(tmp_path / "o.xlsx", Notes=[["read", "me"]], List=rows_of(plain))
    book = openpyxl.load_workbook(path)
    book["List"].sheet_state = "hidden"
    book.save(path)
    read = read_inputs([path], own_settings().register_dir, schemas)["organisations"]
    same(read.frame, plain)
    assert any("sheet List is hidden" in note for note in read.notes)


@pytest.mark.parametrize("pair", ["Nobody has this=name", "name=nothing"])
def test_a_mapping_of_what_is_not_there_is_refused(
    tmp_path: Path, plain: pd.DataFrame, schemas: dict[str, Schema], pair: str
) -> None:
    path = xlsx(tmp_path / "o.xlsx", S=rows_of(plain))
    with pytest.raises(RegisterError, match="--map"):
        read_inputs([path], own_settings().register_dir, schemas, ColumnMapping.parse([pair]))


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r\n", exclude_categories=["Cs", "Cc"]),
    max_size=30,
)


@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(cells=st.lists(_TEXT, min_size=1, max_size=8), kind=st.sampled_from(["csv", "xlsx", ";"]))
def test_what_was_written_is_read(
    tmp_path: Path, schema: Schema, plain: pd.DataFrame, cells: list[str], kind: str
) -> None:
    frame = pd.concat([plain.head(1)] * len(cells), ignore_index=True).assign(notes=cells)
    if kind == "xlsx":
        texts = [cell for cell in cells if cell.startswith("=") or cell.strip() != cell]
        frame["notes"] = ["x" if cell in texts else cell for cell in cells]
        path = xlsx(tmp_path / "o.xlsx", S=rows_of(frame))
    else:
        path = tmp_path / "o.csv"
        frame.to_csv(path, index=False, sep=";" if kind == ";" else ",")
    assert extract(path, schema).frame["notes"].tolist() == frame["notes"].tolist()


@settings(deadline=None, max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(
    content=st.binary(max_size=400),
    start=st.sampled_from(
        [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{", b"\xff\xfe"]
    ),
    ending=st.sampled_from(["csv", "xlsx", "xls", "ods", "geojson", "tsv"]),
)
def test_any_bytes_are_read_or_refused_in_one_sentence(
    tmp_path: Path, schema: Schema, content: bytes, start: bytes, ending: str
) -> None:
    path = tmp_path / f"o.{ending}"
    path.write_bytes(start + content)
    said = ""
    try:
        extract(path, schema)
    except RegisterError as error:
        said = str(error)
    assert "\n" not in said.strip()


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ("etl.reading.inputs.MAX_FILE_BYTES", "larger than"),
        ("etl.reading.text.MAX_CELLS", "more than 2 cells"),
        ("etl.reading.text.MAX_SHEET_ROWS", "more than 2 rows"),
    ],
)
def test_limits_of_size_are_for_what_is_sent_and_not_for_the_register(
    tmp_path: Path,
    plain: pd.DataFrame,
    schema: Schema,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    says: str,
) -> None:
    register = tmp_path / "register"
    register.mkdir()
    for folder in (register, tmp_path):
        plain.to_csv(folder / "organisations.csv", index=False)
    monkeypatch.setattr(limit, 2)
    own = own_settings().model_copy(update={"register_dir": register})
    monkeypatch.setattr(inputs, "settings", lambda: own)
    assert len(extract(register / "organisations.csv", schema).frame) == len(plain)
    assert len(inputs.read_records(register / "organisations.csv")) == len(plain) + 1
    with pytest.raises(RegisterError, match=says):
        extract(tmp_path / "organisations.csv", schema)
