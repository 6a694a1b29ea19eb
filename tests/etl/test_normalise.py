"""Cells come to one written form, and stay there."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.text import fold
from ecosystem.vocabulary import BY_COLUMN
from etl.normalise import (
    cell_normaliser,
    clean,
    normalise,
    normalise_list,
    normalise_number,
    normalise_url,
    normalise_year,
)
from etl.schema import Schema

Aliases = dict[str, dict[str, str]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Wien \t", "Wien"),
        ("Cesson\u00a0 Se\u0301vigne\u0301", "Cesson Sévigné"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("a\x00b\x07c", "abc"),
        ("two\r\nlines", "two lines"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("\u2066אבטחה\u2069", "אבטחה"),
        ("سايبر", "سايبر"),
        ("👩\u200d💻 lab", "👩\u200d💻 lab"),
        ("<script>alert(`${1}`)</script>", "<script>alert(`${1}`)</script>"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPS://Example.EU/Path", "https://example.eu/Path"),
        ("www.example.eu", "https://www.example.eu"),
        ("example.eu:8080/x", "https://example.eu:8080/x"),
        ("//example.eu", "https://example.eu"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("mailto:a@example.eu", "mailto:a@example.eu"),
        ("none", "none"),
        ("http://[", "http://["),
        ("", ""),
    ],
)
def test_addresses(text: str, expected: str) -> None:
    assert normalise_url(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2010", "2010"), ("2010.0", "2010"), ("2010-05-01", "2010"), ("ca. 2010", "ca. 2010")],
)
def test_years(text: str, expected: str) -> None:
    assert normalise_year(text) == expected


def test_numbers_with_a_decimal_comma() -> None:
    assert [normalise_number(n) for n in ("48,12", "-1.6", "1,2,3")] == ["48.12", "-1.6", "1,2,3"]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("country", "UK", "GB"),
        ("country", "el", "GR"),
        ("country", "Türkiye", "TR"),
        ("type", "PME", "sme"),
        ("type", "Forschung", "research"),
        ("type", "CSIRT", "csirt"),
        ("type", "something else", "something else"),
    ],
)
def test_codes(
    aliases: Aliases, schemas: dict[str, Schema], column: str, text: str, code: str
) -> None:
    field = schemas["organisations"].columns[column]
    assert cell_normaliser(field, aliases[column])(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "cryptology;data-security-privacy",
        " Cryptology | data-security-privacy ",
        "cryptology, data-security-privacy, cryptology",
        "Cryptology; Data security and privacy",
        "cryptology/data-security-privacy;",
    ],
)
def test_lists(aliases: Aliases, text: str) -> None:
    assert normalise_list(text, ";", aliases["domains"]) == "cryptology;data-security-privacy"


def test_a_label_with_a_comma_is_one_item(aliases: Aliases) -> None:
    text = "Assurance, audit and certification; Cryptology"
    expected = "assurance-audit-certification;cryptology"
    assert normalise_list(text, ";", aliases["domains"]) == expected


def test_lists_of_free_text_keep_their_commas() -> None:
    assert normalise_list("defence, space;data", ";", {}) == "defence, space;data"


def test_aliases_name_codes_of_the_vocabulary(aliases: Aliases) -> None:
    for column, lookup in aliases.items():
        assert set(lookup.values()) <= set(BY_COLUMN[column])
        assert all(lookup[fold(code)] == code for code in BY_COLUMN[column])


text = st.text(
    st.characters(codec="utf-8")
    | st.sampled_from("\u00a0\u200b\u202e\u2066\ufeff\u0301\u1100\u1161;,/|. \t\n")
)


@settings(database=None, deadline=None)
@given(text)
def test_clean_is_idempotent_and_composed(value: str) -> None:
    once = clean(value)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "  " not in once
    assert once.isprintable() or any(c in once for c in value)


@settings(database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_normalising_twice_changes_nothing_more(
    schemas: dict[str, Schema], aliases: Aliases, data: st.DataObject
) -> None:
    words = [*aliases["domains"], *aliases["country"], "https://", "WWW.a.eu/", "2010.0", "1,5"]
    cell = data.draw(text | st.lists(st.sampled_from(words) | text, max_size=3).map(";".join))
    for name, column in schemas["organisations"].columns.items():
        normalised = cell_normaliser(column, aliases.get(name, {}))
        assert normalised(normalised(cell)) == normalised(cell), name


def test_the_register_is_in_normal_form(schemas: dict[str, Schema], aliases: Aliases) -> None:
    from ecosystem.settings import settings as own
    from etl.extract import extract

    for schema in schemas.values():
        frame = extract(own().register_dir / schema.file, schema).frame
        changed = normalise(frame, schema, aliases) != frame
        assert not changed.to_numpy().any(), frame[changed.any(axis=1)]
