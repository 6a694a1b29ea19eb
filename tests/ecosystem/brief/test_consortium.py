"""The sketch of a consortium as PDF and workbook, whatever names it holds."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator

import duckdb
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from ecosystem import brief
from ecosystem.common.spreadsheet import FORMULA_STARTS
from ecosystem.common.store import Database, Release
from ecosystem.network.consortium import MOST_MEMBERS, Plan
from ecosystem.tables import organisations

ADDRESS = "https://example.org/partners?from=fr-bretagne"
PLAN = Plan(
    ("fr-bretagne", "es-cataluna", "ee-estonia"),
    ("fr-secure-ic", "ee-cybernetica", "es-quside"),
    own="fr-bretagne",
    need_id="domain:cryptology",
    title="Post-quantum pilot",
)
HOSTILE = '=1+1 #read("style.typ") $x^2$ <b>b</b> `${1}` \\u{41} \x07 深圳'


def pages(pdf: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_two_pages_say_who_which_roles_and_which_rules(database: Database) -> None:
    first, second = pages(brief.consortium_pdf(database, PLAN, ADDRESS))
    assert "Post-quantum pilot" in first
    assert "3 organisations in 3 regions; countries: Estonia, Spain and France" in first
    assert "Nobody plays yet: Research, Cluster, Public body, CSIRT and Training." in first
    assert "Horizon Europe, research and innovation actions: holds" in first
    assert "Interreg Europe: does not hold yet" in first
    assert "nobody named here has been asked" in first
    for name in ("Secure-IC", "Cybernetica", "Quside"):
        assert name in second
    assert "4 of its 9 organisations in the register work on cryptology" in second
    assert "Brittany and Estonia 2,180 km Interreg Europe CYBER" in second
    assert "https://example.org/par" in second


def test_the_workbook_has_the_same(database: Database) -> None:
    book = load_workbook(io.BytesIO(brief.consortium_xlsx(database, PLAN, ADDRESS)))
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    assert list(sheets) == [
        "Organisations", "Regions", "Roles", "Rules", "Reasons", "Links", "Choice", "About",
    ]  # fmt: skip
    header, *rows = sheets["Organisations"]
    assert [row[header.index("name")] for row in rows] == ["Secure-IC", "Cybernetica", "Quside"]
    assert {row[header.index("member_state")] for row in rows} == {True}
    rules = [(row[0], row[2], row[3], row[4]) for row in sheets["Rules"][1:]]
    assert ("Horizon Europe, research and innovation actions", "countries", 3, 3) in rules
    assert ("Interreg Europe", "EU member states", 0, 2) in rules
    assert ("Working title", "Post-quantum pilot") in sheets["Choice"]
    assert len(sheets["Reasons"]) > 5


def test_nothing_chosen_makes_files_too(database: Database) -> None:
    first, second = pages(brief.consortium_pdf(database, Plan()))
    assert "No region is chosen." in first
    assert "No organisation is chosen." in second
    book = load_workbook(io.BytesIO(brief.consortium_xlsx(database, Plan())))
    assert book["Organisations"].max_row == 1


@pytest.fixture(scope="module")
def hostile(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("hostile") / "hostile.duckdb"
    shutil.copyfile(database.release.path, path)
    with duckdb.connect(str(path)) as connection:
        for statement in (
            "UPDATE organisation SET name = $t, city = $t, notes = $t, source_url = $t",
            "UPDATE valley SET name = $t",
            "UPDATE partnership SET name = $t",
        ):
            connection.execute(statement, {"t": HOSTILE})
    opened = Database(Release(database.release.release_id, path))
    yield opened
    opened.close()


@pytest.mark.slow
def test_hostile_names_are_only_text(hostile: Database) -> None:
    ids = tuple(organisations.ids(hostile, limit=MOST_MEMBERS))
    plan = Plan(PLAN.region_ids, ids, PLAN.own, PLAN.need_id, title=HOSTILE)
    found = pages(brief.consortium_pdf(hostile, plan, ADDRESS))
    assert len(found) == 2
    for text in found:
        assert '#read("style.typ") $x^2$ <b>b</b> `${1}` \\u{41}' in text
    assert "#import" not in " ".join(found)
    book = load_workbook(io.BytesIO(brief.consortium_xlsx(hostile, plan, ADDRESS)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(FORMULA_STARTS)
