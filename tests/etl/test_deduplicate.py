"""The same organisation twice is found; relatives are left alone."""

from __future__ import annotations

import pandas as pd
import pytest

from ecosystem.settings import settings
from etl.deduplicate import exact_duplicates, likely_duplicates, load_legal_forms


@pytest.fixture(scope="module")
def legal_forms() -> list[str]:
    return load_legal_forms(settings().schema_dir)


def rows(*names: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "org_id": [f"fr-{i}" for i in range(len(names))],
            "name": list(names),
            "country": "FR",
            "place_id": "g1",
            "website": None,
            **columns,
        },
        index=pd.RangeIndex(2, 2 + len(names)),
    )


def test_case_and_accents_make_no_other_organisation() -> None:
    (error,) = exact_duplicates(rows("Stoïk", "Filigran", "STOIK"))
    assert (error.row, error.column, error.step) == (4, "name", "deduplicate")
    assert "Row 2" in error.reason


def test_the_same_name_elsewhere_is_another_organisation() -> None:
    assert exact_duplicates(rows("Thales", "Thales", place_id=["g1", "g2"])) == []
    assert exact_duplicates(rows("!!!", "???")) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Limes Security", "Limes Security GmbH"),
        ("Orange Cyberdefense", "Orange Cyberdefence"),
        ("Cybersecurity Hub", "Hub Cybersecurity"),
        ("G DATA CyberDefense AG", "G Data Cyberdefense"),
    ],
)
def test_likely_duplicates(legal_forms: list[str], a: str, b: str) -> None:
    (pair,) = likely_duplicates(rows(a, b, website="https://a.eu"), legal_forms)
    assert (pair.org_id_a, pair.org_id_b) == ("fr-0", "fr-1")
    assert pair.score >= 90
    assert a in pair.evidence
    assert "the same website" in pair.evidence


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("CISPA Helmholtz-Zentrum für Informationssicherheit", "CISPA Incubator"),
        ("INCIBE - Instituto Nacional de Ciberseguridad", "INCIBE-CERT"),
        ("Thales", "Thales – National Digital Exploitation Centre / ResilientWorks"),
    ],
)
def test_a_shared_website_alone_is_no_sign(legal_forms: list[str], a: str, b: str) -> None:
    assert likely_duplicates(rows(a, b, website="https://a.eu"), legal_forms) == []


def test_more_rows_than_one_chunk(legal_forms: list[str]) -> None:
    names = [f"{i:04d} {i * 7919 % 10007:05d}" for i in range(1200)]
    found = likely_duplicates(rows(*names, "Stormshield", "Stormshield SAS"), legal_forms)
    assert ("fr-1200", "fr-1201") in {(pair.org_id_a, pair.org_id_b) for pair in found}
