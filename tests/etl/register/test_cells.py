"""Cells that say in another form what the register means."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.nuts import editions, nuts_2021, prefixes
from etl.places.regions import Regions
from etl.register.cells import days_meant, read_list, read_month, read_town
from etl.register.texts import is_date, is_placeholder, repair


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("Nov-26", "2026-11"),
        ("nov. 2025", "2025-11"),
        ("août-25", "2025-08"),
        ("Mär 26", "2026-03"),
        ("Dez-25", "2025-12"),
        ("11/2026", "2026-11"),
        ("2026/11", "2026-11"),
        ("2026-11", "2026-11"),
        # A month that is yet to come may be a day of this one.
        ("Nov-99", "Nov-99"),
        ("26-Nov", "26-Nov"),
        ("21.11.2026", "21.11.2026"),
        ("Foo-26", "Foo-26"),
    ],
)
def test_months(text: str, month: str) -> None:
    assert read_month(text) == month


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("21.11.2026", ["2026-11-21"]),
        ("1.2.2026", ["2026-02-01"]),
        ("21.11.26", ["2026-11-21"]),
        ("11/21/2026", ["2026-11-21"]),
        ("3/4/2026", ["2026-03-04", "2026-04-03"]),
        ("5/5/2026", ["2026-05-05"]),
        ("2026/11/21", ["2026-11-21"]),
        ("2026.1.2", ["2026-01-02"]),
        ("20261121", ["2026-11-21"]),
        ("2026-11-21 00:00:00", ["2026-11-21"]),
        ("21 November 2026", ["2026-11-21"]),
        ("21. März 2026", ["2026-03-21"]),
        ("21-nov-2026", ["2026-11-21"]),
        ("31.02.2026", []),
        ("2026-13-01", []),
        ("2026112", []),
        ("46347", []),
        ("21 Foo 2026", []),
    ],
)
def test_days(text: str, days: list[str]) -> None:
    assert days_meant(text) == days


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("(2:a,b)", "a\nb"),
        ("(0:)", ""),
        ('[ "a", "b" ]', "a\nb"),
        ("[ ]", ""),
        ("(3:a,b)", "(3:a,b)"),
        ("[x", "[x"),
        ("a;b", "a;b"),
    ],
)
def test_lists(text: str, items: str) -> None:
    assert read_list(text) == items


@pytest.mark.parametrize(
    ("text", "country", "town"),
    [
        ("1010 Wien", "AT", "Wien"),
        ("Wien, 10. Bezirk", "AT", "Wien"),
        ("Paris Cedex 15", "FR", "Paris"),
        ("75008 PARIS CEDEX 08", "FR", "PARIS"),
        ("Paris 15e arrondissement", "FR", "Paris"),
        ("Praha 4", "CZ", "Praha"),
        ("København K", "DK", "København"),
        ("D-80331 München", "DE", "München"),
        ("111 22 Stockholm", "SE", "Stockholm"),
        ("1012 AB Amsterdam", "NL", "Amsterdam"),
        ("00-950 Warszawa", "PL", "Warszawa"),
        ("LV-1010 Rīga", "LV", "Rīga"),
        ("London EC2A 4NE", "GB", "London"),
        ("Budapest XI. kerület", "HU", "Budapest"),
        ("Palmas, Las", "ES", "Las Palmas"),
        ("Halle (Saale)", "DE", "Halle (Saale)"),
        ("Donostia / San Sebastián", "ES", "Donostia / San Sebastián"),
        ("1010", "AT", "1010"),
        ("Sector 3", "RO", "Sector 3"),
    ],
)
def test_towns(text: str, country: str, town: str) -> None:
    assert read_town(text, country) == town
    assert read_town(town, country) == town


def test_the_correspondence_of_editions_leads_to_regions_of_2021(regions: Regions) -> None:
    for code, (edition, found) in editions().items():
        assert code not in regions.codes
        assert regions.codes.issuperset(found)
        assert edition in {"2006", "2010", "2013", "2016", "2024"}


@pytest.mark.parametrize(
    ("code", "own"),
    [
        ("FR52", "FRH0"),
        ("FR91", "FRY1"),
        ("GR30", "EL30"),
        ("GR11", "EL51"),
        ("GBI3", "UKI3"),
        ("ITD5", "ITH5"),
        ("NL35", "NL31"),
        ("PT1C", "PT18"),
        ("FRH0", "FRH0"),
        ("IE02", "IE02"),
    ],
)
def test_codes_of_other_editions(code: str, own: str) -> None:
    assert nuts_2021(code) == own


def test_a_region_that_was_split_holds_for_its_parts() -> None:
    assert prefixes("IE02") == ("IE05", "IE06")
    assert prefixes("FRH0") == ("FRH0",)


@pytest.mark.parametrize("text", ["NULL", "N/A", "n. a.", "-", "--", "???", "tbd", "k. A.", "…"])
def test_what_only_stands_where_a_name_should(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["X", "3M", "ANSSI", "Ελλάς", "NA-KD", "None of Your Business"])
def test_short_names_are_names(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("MÃ¼ller", "Müller"), ("Ã‰cole de GdaÅ„sk", "École de Gdańsk"), ("Müller", "Müller"),
     ("Škoda", "Škoda"), ("Łódź", "Łódź"), ("Ángel", "Ángel")],
)  # fmt: skip
def test_text_that_was_read_in_the_wrong_encoding(text: str, meant: str) -> None:
    assert repair(text) == meant


def test_names_that_a_spreadsheet_program_made_a_date() -> None:
    dates = ["2026-03-01", "2026-03-01 00:00:00", "3-Mar", "Mar-22", "1.3.2026", "01-Mär"]
    assert [text for text in dates if not is_date(text)] == []
    names = [
        "12-Sec",
        "24-7 Security",
        "1.1.1.1",
        "Mars-22 Labs",
        "2026",
        "Nova-21",
        "Mark-42",
        "Deck-15",
    ]
    assert [text for text in names if is_date(text)] == []


def test_a_cell_that_is_far_too_long_is_left_alone() -> None:
    text = "a" + "," * 50_000 + "b"
    assert read_town(text, "FR") == text


def test_nothing_in_the_gazetteer_but_parts_of_towns_is_shortened() -> None:
    from ecosystem.common.settings import settings

    places = pd.read_parquet(settings().reference_dir / "gazetteer.parquet")
    changed = [
        name
        for name, country in zip(places["name"], places["country"], strict=True)
        if read_town(name, country) != name
    ]
    assert len(changed) < 70
    assert all(any(c.isdigit() for c in name) or "kerület" in name for name in changed)
