"""The data package names every file, its origin and its terms."""

from __future__ import annotations

import json

import pytest
from frictionless import Package, Resource

from tests.etl.reference.conftest import REFERENCE

UNLISTED = {"README.md", "datapackage.json"}
REPOSITORY = REFERENCE.parents[1]
DESCRIPTOR = json.loads((REFERENCE / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = DESCRIPTOR["resources"]


def test_descriptor_is_a_valid_data_package() -> None:
    assert list(Package.metadata_validate(DESCRIPTOR)) == []


def test_every_file_is_a_resource_and_every_resource_a_file() -> None:
    files = {
        path.relative_to(REFERENCE).as_posix()
        for path in REFERENCE.rglob("*")
        if path.is_file() and path.name not in UNLISTED
    }
    assert {resource["path"] for resource in RESOURCES} == files


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource["name"])
def test_resource_names_origin_terms_and_script(resource: dict) -> None:
    for key in ("title", "description", "edition", "sources", "licenses", "attribution"):
        assert resource[key], key
    for licence in resource["licenses"]:
        assert {"name", "title", "path"} <= licence.keys()
    if "script" in resource:
        assert (REPOSITORY / resource["script"]).is_file()


def test_required_attributions_are_given() -> None:
    attributions = {resource["name"]: resource["attribution"] for resource in RESOURCES}
    boundaries = [text for name, text in attributions.items() if name.startswith("nuts-2021")]
    assert set(boundaries) == {"© EuroGeographics for the administrative boundaries"}
    assert "Source: Eurostat" in attributions["region-indicators"]
    assert "nama_10r_2gdp" in attributions["region-indicators"]
    assert attributions["gazetteer"] == "GeoNames, CC BY 4.0"
    assert "Natural Earth" in attributions["neighbours"]


@pytest.mark.parametrize(
    "name", [resource["name"] for resource in RESOURCES if resource["format"] == "csv"]
)
def test_tables_match_their_schema(name: str) -> None:
    descriptor = next(resource for resource in RESOURCES if resource["name"] == name)
    resource = Resource.from_descriptor(descriptor, basepath=str(REFERENCE))
    report = resource.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:5]
