"""Every faulty cell is reported with its place, the reason and a remedy."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import frictionless
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.common.vocabulary import BY_COLUMN
from etl.errors import RegisterError
from etl.model import Rejection
from etl.reading.model import NO_RESULT
from etl.register import validate as validation
from etl.register.normalise import normalise
from etl.register.validate import validate, validate_references
from etl.release.build import cast
from etl.schema import Schema
from tests.etl.conftest import small_frame

Aliases = dict[str, dict[str, str]]

GOOD = {
    "org_id": "fr-secure-ic",
    "name": "Secure-IC",
    "type": "sme",
    "city": "Cesson-Sévigné",
    "country": "FR",
    "domains": "cryptology",
    "functions": "protect",
    "evidence": "page",
    "source_url": "https://example.eu",
}


def found(schemas: dict[str, Schema], **cells: str) -> list[Rejection]:
    schema = schemas["organisations"]
    return validate(small_frame(schema, **{**GOOD, **cells}), schema)


def test_every_number_is_bounded_on_both_sides(schemas: dict[str, Schema]) -> None:
    """A number that the database has no room for would break the build."""
    for schema in schemas.values():
        for column in schema.columns.values():
            if column.type in ("integer", "number"):
                assert {"minimum", "maximum"} <= set(column.constraints), column.name


def test_a_good_row_has_no_errors(schemas: dict[str, Schema]) -> None:
    assert found(schemas) == []


@pytest.mark.parametrize(
    ("column", "value", "reason", "mend"),
    [
        ("type", "smee", "Unknown code in Type: smee.", "Did you mean sme (SME or start-up)?"),
        ("type", "reserch", "Unknown code in Type: reserch.", "Did you mean research (Research)?"),
        ("type", "Forschungsinsttut", "Unknown code in Type", "Did you mean research (Research)?"),
        ("type", "sme, research", "holds 2 codes: sme (SME or start-up), research", "one type a"),
        ("domains", "criptologia", "Unknown code in JRC domains", "cryptology (Cryptology)"),
        ("domains", "cryptology;privcy", "domains: privcy.", "data-security-privacy (Data"),
        ("country", "Frankreych", "Unknown code in Country", "Did you mean FR (France)?"),
        ("country", "FR, BE", "holds 2 codes: FR (France), BE (Belgium)", "one country a row"),
        ("country", "Atlantis", "Unknown code in Country: Atlantis.", ""),
        ("domains", "cryptologie", "Unknown code in JRC domains", "cryptology"),
        ("domains", ";".join(["cryptology"] * 5), "5 codes are too many", "One to four"),
        ("country", "XX", "Unknown code in Country", ""),
        ("name", "", "Name is empty.", "Fill it in"),
        ("name", "n" * 10_000, "10,000 characters; at most 200", "Shorten"),
        ("founded", "98", "two digits only", "such as 1998."),
        ("founded", "’05", "two digits only", "such as 1905 or 2005"),
        ("founded", "3000", "out of range", "from 1000 to 2100"),
        ("founded", "-5", "out of range", "from 1000"),
        ("founded", "2099", "lies in the future", "Check"),
        ("founded", "ca. 2010", "must be a whole number", "Write a whole number"),
        ("lat", "95", "out of range", "from -90 to 90"),
        ("lon", "181", "out of range", "from -180 to 180"),
        ("lat", "48°07'N", "degrees with decimals", "Write 48.1167."),
        ("lat", "48° 7′ 18,5″ N", "degrees with decimals", "Write 48.1218."),
        ("lat", "N 48.1217", "degrees with decimals", "Write 48.1217."),
        ("lat", "48,12°", "degrees with decimals", "Write 48.12."),
        ("lon", "1°36'12\"W", "degrees with decimals", "Write -1.6033."),
        ("lon", "1°36'O", "must be a number", "Write a number"),
        ("lon", "48°07'N", "must be a number", "Write a number"),
        ("lat", "48°75'N", "must be a number", "Write a number"),
        ("lat", "4830.5 N", "must be a number", "Write a number"),
        ("lat", "north", "must be a number", "Write a number"),
        ("lat", "nan", "must be a number", "Write a number"),
        ("lat", "inf", "must be a number", "Write a number"),
        ("lat", "٤٨.٢", "must be a number", "Write a number"),
        ("lat", "4_8", "must be a number", "Write a number"),
        ("founded", "٢٠١٠", "must be a whole number", "Write a whole number"),
        ("founded", "20_10", "must be a whole number", "Write a whole number"),
        ("founded", "9" * 5_000, "must be a whole number", "Write a whole number"),
        ("type", "ѕme", "Unknown code in Type: ѕme.", "Did you mean sme"),  # a Cyrillic letter
        ("org_id", "fr-a\u200d", "not written as it should be", "such as fr-secure-ic"),
        ("website", "javascript:alert(1)", "not a web address", "https://"),
        ("website", "https://good.eu@evil.eu", "not a web address", "https://"),
        ("website", 'https://a.eu/"><script>', "not a web address", "https://"),
        ("website", "ftp://a.eu", "not a web address", "https://"),
        ("website", "www.", "not a web address", "write the whole address"),
        ("website", "https://www./", "not a web address", "write the whole address"),
        ("website", "info@example.eu", "an e-mail address", "https://www.example.eu"),
        ("website", "mailto:info@example.eu", "an e-mail address", "https://www.example.eu"),
        ("website", "https://exam ple.eu", "not a web address", "Delete the spaces"),
        ("website", "https://example.eu, example.fr", "not a web address", "Several addresses"),
        ("website", "https://a.eu https://b.eu", "not a web address", "Several addresses"),
        ("source_url", "see the brochure", "not a web address", "Delete the spaces"),
        ("website", "http://localhost:8501", "not the address of a public website", "everybody"),
        ("source_url", "http://169.254.1.1/a", "not the address of a public website", "everybody"),
        ("checked_on", "21.11.2026", "a day in another form", "Write 2026-11-21."),
        ("checked_on", "05/11/2026", "a day in another form", "2026-05-11 or 2026-11-05."),
        ("checked_on", "21. November 2026", "a day in another form", "Write 2026-11-21."),
        ("checked_on", "Nov-99", "may be a month or a day", "such as 2026-11"),
        ("country", "UA", "UA (Ukraine) is not in the area of the map", "delete the row"),
        ("name", "M\ufffdller", "lost a letter", "Type it again"),
        ("name", "MÃ¼ller", "wrong encoding", "Write “Müller”"),
        ("notes", "MÃ¼nchen", "wrong encoding", "Write “München”"),
        ("name", "<b>Müller</b>", "markup of a web page", "without what is in < >"),
        ("name", "M&uuml;ller &amp; Co", "as web pages write them", "Write “Müller & Co”"),
        ("name", "N/A", "Name is none: “N/A”", "delete the row"),
        ("name", "---", "Name is none: “---”", "delete the row"),
        ("name", "2026-03-01", "Name is a date", "Format the cell as text"),
        ("name", "3-Mar", "Name is a date", "Format the cell as text"),
        ("nuts2_hint", "FRH01", "not written as it should be", "Example: FRH0"),
        ("org_id", "FR Secure", "not written as it should be", "Empty the cell: an organisation"),
    ],
)
def test_faulty_cells(
    schemas: dict[str, Schema], column: str, value: str, reason: str, mend: str
) -> None:
    (error,) = found(schemas, **{column: value})
    assert (error.file, error.row, error.column) == ("organisations.csv", 2, column)
    assert reason in error.reason
    assert mend in error.mend
    assert len(error.value) <= 121


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NV"])
def test_errors_of_spreadsheets_in_any_column(schemas: dict[str, Schema], error: str) -> None:
    columns = schemas["organisations"].columns
    errors = found(schemas, **dict.fromkeys(columns, error))
    assert [e.column for e in errors] == list(columns)
    for e in errors:
        assert f"the error {error} of a spreadsheet formula" in e.reason
        assert "correct the formula" in e.mend


def test_formulas_that_were_saved_without_their_result(schemas: dict[str, Schema]) -> None:
    for column in schemas["organisations"].columns:
        (error,) = found(schemas, **{column: NO_RESULT})
        assert "saved without its result" in error.reason
        assert "save it again" in error.mend


def test_an_error_among_the_items_of_a_list(schemas: dict[str, Schema]) -> None:
    (error,) = found(schemas, domains="cryptology;#REF!")
    assert "the error #REF!" in error.reason


@pytest.mark.parametrize(
    ("column", "value", "character", "mend"),
    [
        ("name", "Sеcure-IC", "character 2, “е”, is Cyrillic", "Latin letter e"),
        ("name", "Lab Сyber", "character 5, “С”, is Cyrillic", "Latin letter C"),
        ("city", "Reννes", "character 3, “ν”, is Greek", "Latin letter v"),
        ("city", "Αthens", "character 1, “Α”, is Greek", "Latin letter A"),
        ("city", "Мocквa", "", "Cyrillic letter о"),
        ("notes", "A wоrd", "character 4, “о”, is Cyrillic", "Latin letter o"),
        ("former_names", "Good;Bаd", "character 7, “а”, is Cyrillic", "Latin letter a"),
        ("website", "https://www.еxample.eu", "character 13, “е”, is Cyrillic", "letter e"),
    ],
)
def test_words_of_two_alphabets(
    schemas: dict[str, Schema], column: str, value: str, character: str, mend: str
) -> None:
    (error,) = found(schemas, **{column: value})
    assert error.column == column
    assert "mixes Latin and" in error.reason
    assert character in error.reason
    assert mend in error.mend
    at = re.search(r"character (\d+), “(.)”", error.reason)
    assert at is not None
    assert value[int(at[1]) - 1] == at[2]


@pytest.mark.parametrize(
    "value",
    [
        "Москва",
        "Αθήνα",
        "IT-компания София",
        "Кибер Lab",
        "Θ Labs",
        "μTorrent",
        "Ωmega",
        "Škoda Łódź Þór",
        "3D-принтер",
    ],
)
def test_words_of_one_alphabet(schemas: dict[str, Schema], value: str) -> None:
    assert found(schemas, name=value, city=value, notes=value) == []


def test_several_faults_of_a_row_are_all_reported(schemas: dict[str, Schema]) -> None:
    errors = found(
        schemas,
        name="",
        type="smee",
        country="FR, BE",
        website="www.",
        founded="98",
        domains="#REF!",
        lat="95",
        lon="1°O",
    )
    columns = ["name", "type", "country", "website", "founded", "domains", "lat", "lon"]
    assert [error.column for error in errors] == columns


def test_a_spoilt_row_of_the_register_is_mended_or_reported(
    schemas: dict[str, Schema], aliases: Aliases, frames: dict[str, pd.DataFrame]
) -> None:
    schema = schemas["organisations"]
    good = frames["organisations"].head(30)
    spoilt = good.assign(
        name=[f"\u00a0{name}\u200b " for name in good["name"]],
        country=[f"{code}/{code.lower()}" for code in good["country"]],
        website=[site.removeprefix("https://") for site in good["website"]],
        domains=[cell.replace(";", "\n• ") for cell in good["domains"]],
        functions=[cell.replace(";", "، ") for cell in good["functions"]],
    )
    mended = normalise(spoilt, schema, aliases)
    pd.testing.assert_frame_equal(mended, good)
    assert validate(mended, schema) == []


WORDS = [*BY_COLUMN["type"], *BY_COLUMN["domains"], *BY_COLUMN["country"], "PME", "GR/EL", "FR, BE"]
TRAPS = ["#REF!", NO_RESULT, "www.", "a@b.eu", "https://", "48°07'N", "1e999", "-5", "٢٠١٠", "98",
         "Sеcure", "\u202e", "\x00", "2010.0", "nan", "1,5", "+", "°", "9" * 400,
         ]  # fmt: skip
ANY_TEXT = st.text() | st.lists(st.sampled_from([*WORDS, *TRAPS]) | st.text(max_size=3)).map(
    "".join
)


@settings(database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_text_in_any_cell_is_a_value_or_a_rejection(
    schemas: dict[str, Schema], aliases: Aliases, data: st.DataObject
) -> None:
    schema = data.draw(st.sampled_from(list(schemas.values())))
    cells = {name: data.draw(ANY_TEXT, label=name) for name in schema.columns}
    frame = normalise(small_frame(schema, **cells), schema, aliases)
    errors = validate(frame, schema)
    assert all(e.row == 2 and e.reason and e.column in schema.columns for e in errors)
    assert len({e.column for e in errors}) == len(errors)
    cast(frame.drop(index=[e.row for e in errors]), schema)


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "`${1}` \"quoted\" 'name'",
        "=HYPERLINK(1)",
        "אבטחת מידע",
        "🔐 Lab",
        "'; DROP TABLE organisation; --",
    ],
)
def test_odd_names_are_names(schemas: dict[str, Schema], name: str) -> None:
    assert found(schemas, name=name) == []


def test_identifiers_stand_once(schemas: dict[str, Schema]) -> None:
    schema = schemas["organisations"]
    frame = pd.concat([small_frame(schema, **GOOD)] * 2).set_axis([2, 7])
    (error,) = validate(frame, schema)
    assert (error.row, error.column, error.step) == (7, "org_id", "deduplicate")
    assert "row 2" in error.reason
    assert "empty the cell" in error.mend


def test_only_organisations_may_leave_their_identifier_empty(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    events = frames["events"].iloc[[0, 0]].set_axis([2, 3])
    (error,) = validate(events, schemas["events"])
    assert "write another identifier" in error.mend
    (error,) = validate(events.head(1).assign(event_id=""), schemas["events"])
    assert error.reason == "Identifier is empty."


def test_references_lead_somewhere(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    assert validate_references(frames, schemas) == []
    network = frames["network"].assign(valley_id="fr-bretange")
    errors = validate_references({**frames, "network": network}, schemas)
    assert len(errors) == len(network)
    assert "fr-bretagne" in errors[0].mend
    assert "or empty the cell" in errors[0].mend


def test_an_unknown_organisation_is_copied_from_the_register(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    award = small_frame(schemas["labels"], org_id="fr-secure-it", awarded="2026-01-01", label="x")
    (error,) = validate_references({**frames, "labels": award}, schemas)
    assert "Did you mean fr-secure-ic" in error.mend
    assert "Copy it from the column org_id of organisations.csv, or delete the row" in error.mend
    network = frames["network"].head(1).assign(org_id="Secure IC")
    (error,) = validate(network, schemas["network"])
    assert "Copy it from the column org_id of organisations.csv" in error.mend
    assert "or empty the cell" in error.mend


def test_frictionless_finds_the_same_cells(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    """Checking distinct values one by one is checking the table."""
    schema = schemas["organisations"]
    frame = frames["organisations"].head(40).copy()
    frame.iloc[3, 2], frame.iloc[5, 7], frame.iloc[8, 1] = "smee", "soon", ""
    report: Any = frictionless.Resource(
        data=[list(frame.columns), *frame.to_numpy().tolist()],
        schema=frictionless.Schema.from_descriptor(
            {k: v for k, v in schema.descriptor.items() if k != "foreignKeys"}
        ),
    ).validate()
    expected = {tuple(pair) for pair in report.flatten(["rowNumber", "fieldName"])}
    assert {(error.row, error.column) for error in validate(frame, schema)} == expected
    assert len(expected) == 3


def test_what_plainly_keeps_a_column_s_constraints_keeps_them_for_frictionless(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    """A value that Frictionless isn't asked about would have been sound, and most are such."""
    odd = ["", " ", "0", "-0", "007", "90", "-90", "90.0", "90.00000000000001", "180.1", "1e3",
           "1_000", "١", "nan", "inf", "2026", "2026-11", "2026-11\n", "true", "True", "yes",
           "fr-secure-ic", "fr-x\n", "https://a.eu", "FR", "FR;BE", "sme", "x" * 501]  # fmt: skip
    for resource, schema in schemas.items():
        for column in schema.columns.values():
            is_plain = validation._plain_reader(column.type, json.dumps(column.constraints))
            own = list(frames[resource][column.name].unique())
            plain = [value for value in [*own, *odd] if is_plain(value)]
            assert not [v for v in plain if validation._broken(v, column)], column.name
            assert all(map(is_plain, own)), column.name


def test_a_sound_register_is_checked_without_frictionless() -> None:
    """It takes nearly half a second to load, of the two that a small check has."""
    program = (
        "import sys\n"
        "from ecosystem.common.settings import settings\n"
        "from etl.reading import extract\n"
        "from etl.register.validate import validate\n"
        "from etl.schema import load_schemas\n"
        "schema = load_schemas(settings().schema_dir)['valleys']\n"
        "frame = extract(settings().register_dir / schema.file, schema).frame\n"
        "assert not validate(frame, schema)\n"
        "print('frictionless' in sys.modules)\n"
        "assert validate(frame.assign(website='none'), schema)\n"
        "print('frictionless' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"], done.stderr


def test_more_faults_than_anybody_mends_are_one_sentence(schemas: dict[str, Schema]) -> None:
    schema = schemas["organisations"]
    many = repeated(small_frame(schema, name="x", type="y"), 20_000)
    with pytest.raises(RegisterError, match=r"more than 100,000 cells.*this looks like another"):
        validate(many, schema)
    notes = repeated(small_frame(schema, name="x"), 100_001)
    with pytest.raises(RegisterError, match=r"more than 100,000 cells.*this looks like another"):
        validate(notes, schema)


def repeated(row: pd.DataFrame, times: int) -> pd.DataFrame:
    return row.loc[row.index.repeat(times)].reset_index(drop=True)


@pytest.mark.parametrize("written", [str, str.upper, lambda name: name.replace("_", " ")])
@pytest.mark.parametrize("resource", ["organisations", "network", "events", "labels"])
def test_a_header_among_the_rows_is_one_fault(
    schemas: dict[str, Schema],
    aliases: Aliases,
    frames: dict[str, pd.DataFrame],
    resource: str,
    written: Callable[[str], str],
) -> None:
    schema = schemas[resource]
    header = small_frame(schema, **{name: written(name) for name in schema.columns})
    header = normalise(header, schema, aliases)
    rows = pd.concat([frames[resource], header.set_axis([5_000])])
    (fault,) = validate(rows, schema)
    assert fault.reason == "Row 5000 repeats the header."
    assert fault.mend.startswith("Delete this row")
    assert validate_references({**frames, resource: rows}, schemas) == []


def test_a_header_in_another_language_and_order_is_one_fault(
    schemas: dict[str, Schema], aliases: Aliases
) -> None:
    schema = schemas["organisations"]
    header = small_frame(schema, org_id="Nom", name="Ville", type="Pays", city="Site web")
    (fault,) = validate(normalise(header, schema, aliases), schema)
    assert fault.reason == "Row 2 repeats the header."


def test_a_row_with_the_word_name_in_it_is_no_header(schemas: dict[str, Schema]) -> None:
    assert found(schemas, name="Name", notes="City") == []


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"org_id": "Source: own research"}, "org_id"),
        ({"org_id": "at-total", "name": "Total: 465"}, "name"),
    ],
)
def test_a_note_below_the_table_is_one_fault(
    schemas: dict[str, Schema], cells: dict[str, str], column: str
) -> None:
    schema = schemas["organisations"]
    (fault,) = validate(small_frame(schema, **cells), schema)
    assert (fault.column, fault.value) == (column, cells[column])
    assert "if it is a note or a total" in fault.mend
    assert "Town, Country" in fault.mend
