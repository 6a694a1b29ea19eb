"""The registration's form of the ECCC's Atlas, and the crosswalk to the JRC's taxonomy."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from ecosystem import export
from ecosystem.api import atlas
from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS, SECTORS
from ecosystem.finding.filters import Filter
from etl import pipeline
from etl.reading import ColumnMapping
from etl.reading.columns import match_headers
from etl.schema import load_schemas

HOSTILE = '=HYPERLINK("//evil")</script>\x07'


def test_each_code_has_its_term_and_no_other() -> None:
    for dimension, vocabulary in (("domains", DOMAINS), ("sectors", SECTORS)):
        assert list(atlas.concepts(dimension)) == list(vocabulary)
    uris = [concept.uri for concept in atlas.taxonomy()]
    assert len(set(uris)) == len(uris) == 15 + 15 + 17 + 6
    assert all(
        uri.startswith("http://data.jrc.ec.europa.eu/ontology/cybersecurity/") for uri in uris
    )
    # The register says nothing of technologies and use cases.
    assert not atlas.concepts("technologies")
    assert not atlas.concepts("use_cases")


def test_what_only_the_organisation_knows_stays_open(client: TestClient) -> None:
    answer = client.get("/api/atlas", params={"orgs": "fr-bretagne-cyber-alliance"})
    (record,) = answer.json()["organisations"]
    form = record["form"]
    assert list(form) == list(atlas.FIELDS)
    assert (form["name_national"], form["city"]) == ("Bretagne Cyber Alliance", "Rennes")
    assert form["domains"] == ["Security Management and Governance", "Education and Training"]
    assert record["uris"]["domains"][1].endswith("/education_training")
    for name in ("name_english", "department", "street", "goals_to_achieve", "consent"):
        assert form[name] is None


def test_a_filter_leaves_the_same_as_on_the_site(client: TestClient, database: Database) -> None:
    answer = client.get("/api/atlas", params={"country": "FR", "type": "sme", "f": "xlsx"})
    sheet = pd.read_excel(io.BytesIO(answer.content), sheet_name="Organisations")
    ids = set(export.rows(database, Filter(country=("FR",), type=("sme",)))["org_id"])
    assert set(sheet["org_id"]) == ids
    assert client.get("/api/atlas", params={"colour": "red"}).status_code == 400


def test_hostile_names_are_plain_text(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = export.rows(database, Filter(orgs=("fr-bretagne-cyber-alliance",)))
    monkeypatch.setattr(export, "rows", lambda *_: rows.assign(name=HOSTILE, notes=HOSTILE))
    book = load_workbook(io.BytesIO(atlas.as_xlsx(database, Filter())))
    assert book["Organisations"]["A2"].value.startswith("'=HYPERLINK")
    assert book["Organisations"]["A2"].data_type == "s"
    (record,) = json.loads(atlas.as_json(database, Filter()))["organisations"]
    assert record["form"]["name_national"] == HOSTILE


@pytest.mark.slow
def test_a_form_comes_back_with_the_difference_of_its_fields(
    client: TestClient, releases_dir: Path, reference_data_read_once: None, tmp_path: Path
) -> None:
    book = load_workbook(io.BytesIO(client.get("/api/atlas", params={"f": "xlsx"}).content))
    sheet = book["Organisations"]
    heads = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet if row[heads.index("org_id")].value == "fr-glimps")
    row[heads.index("Description")].value = "Analyses malware, as it says itself"
    row[heads.index("Sectors (JRC taxonomy)")].value = "Telecomm Infrastructure;Nuclear"
    path = tmp_path / "atlas.xlsx"
    book.save(path)
    mapping = ColumnMapping.load(Path("atlas"))
    with pipeline.prepare([path], releases_dir=releases_dir, mapping=mapping) as prepared:
        changed = prepared.change
    assert set(changed["row_id"]) == {"fr-glimps"}
    assert set(changed["field"]) == {"notes", "sectors"}


def test_the_list_of_an_openxeco_is_read() -> None:
    header = ["id", "name", "headline", "legal_status", "is_startup", "trade_register_number",
              "creation_date", "description", "website", "status"]  # fmt: skip
    schema = load_schemas(settings().schema_dir)["organisations"]
    mapping = ColumnMapping.load(Path("openxeco"))
    found = match_headers("list.csv", header, schema, settings().schema_dir, mapping)
    assert {column: header[position] for column, position in found.items()} == {
        "name": "name",
        "founded": "creation_date",
        "notes": "description",
        "website": "website",
    }
