"""Cells come to one written form, and stay there."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.common.text import fold
from ecosystem.common.vocabulary import BY_COLUMN
from etl.reading.model import NO_RESULT
from etl.register import normalise as normalisation
from etl.register.normalise import (
    cell_normaliser,
    clean,
    normalise,
    normalise_boolean,
    normalise_list,
    normalise_number,
    normalise_url,
    normalise_year,
)
from etl.schema import Schema
from tests.etl.conftest import small_frame

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
        ("Cy\u200dber\u200c lab", "Cyber\u200c lab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
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


@given(st.from_regex(r"https?://[a-z.]{1,4}(/[A-Za-z0-9._~%/-]{0,6})?[ ?#@:]?", fullmatch=True))
def test_a_plain_address_is_what_taking_it_apart_leaves(text: str) -> None:
    found = normalise_url(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normalisation, "_PLAIN_ADDRESS", re.compile(r"(?!)"))
        assert normalise_url(text) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2010", "2010"),
        ("2010.0", "2010"),
        ("2010-05-01", "2010"),
        ("2010-05-01 00:00:00", "2010"),
        ("01.05.2010", "2010"),
        ("5/1/2010", "2010"),
        ("1.5/2010", "1.5/2010"),
        ("ca. 2010", "ca. 2010"),
        ("1/5/10", "1/5/10"),
    ],
)
def test_years(text: str, expected: str) -> None:
    assert normalise_year(text) == expected


def test_numbers_with_a_decimal_comma() -> None:
    assert [normalise_number(n) for n in ("48,12", "-1.6", "1,2,3")] == ["48.12", "-1.6", "1,2,3"]


def test_numbers_with_a_typographic_minus() -> None:
    assert [normalise_number(n) for n in ("−1,6", "–1.6", "48–49")] == ["-1.6", "-1.6", "48–49"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("yes oui ja sí sì Si vrai VRAI wahr WAHR verdadero vero true 1", "true"),
        ("no non nein faux FAUX falsch FALSCH falso false 0", "false"),
    ],
)
def test_yes_and_no_in_five_languages(words: str, expected: str) -> None:
    assert {normalise_boolean(word) for word in words.split()} == {expected}


@pytest.mark.parametrize("text", ["", "perhaps", "-1", "2", "yes?"])
def test_what_is_neither_yes_nor_no_stays(text: str) -> None:
    assert normalise_boolean(text) == text


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
        ("country", "GR/EL", "GR"),
        ("country", "UK (GB)", "GB"),
        ("country", "FR, BE", "FR, BE"),
        ("country", "France et Belgique", "FR, BE"),
        ("country", "FR, Atlantis", "FR, Atlantis"),
        ("country", "Bosnia and Herzegovina", "Bosnia and Herzegovina"),
        ("type", "PME / Forschung", "sme, research"),
        ("type", "PME ou start-up", "sme"),
        ("type", "#N/A", "#N/A"),
        ("type", "large companies", "large"),
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
        "cryptology\ndata-security-privacy",
        "• Cryptology\r\n• Data security and privacy",
        "- cryptologie\n- vie privée",
        "cryptology\u2028privacy",
        "cryptology، data-security-privacy",
        "cryptology؛ data-security-privacy",
        "cryptology；data-security-privacy",
        "cryptology，data-security-privacy",
        "Kryptologie•Datenschutz",
    ],
)
def test_lists(aliases: Aliases, text: str) -> None:
    assert normalise_list(text, ";", aliases["domains"]) == "cryptology;data-security-privacy"


def test_a_label_with_a_comma_is_one_item(aliases: Aliases) -> None:
    text = "Assurance, audit and certification; Cryptology"
    expected = "assurance-audit-certification;cryptology"
    assert normalise_list(text, ";", aliases["domains"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Steganography, steganalysis and watermarking, crypto", "steganography;cryptology"),
        ("Assurance, audit\nand certification", "assurance-audit-certification"),
        ("#N/A", "#N/A"),
        ("#N/A; crypto", "#N/A;cryptology"),
    ],
)
def test_items_that_hold_a_separator(aliases: Aliases, text: str, expected: str) -> None:
    assert normalise_list(text, ";", aliases["domains"]) == expected


@pytest.mark.parametrize("text", ["nuclear, energy", "nuclear\nenergy", "nuclear; energy"])
def test_two_items_are_never_taken_for_one_label(aliases: Aliases, text: str) -> None:
    assert aliases["sectors"]["nuclear energy"] == "nuclear"
    assert normalise_list(text, ";", aliases["sectors"]) == "nuclear;energy"


def test_lists_of_free_text_keep_their_commas() -> None:
    assert normalise_list("defence, space;data", ";", {}) == "defence, space;data"
    assert normalise_list("Acme, Inc.\nAcme/Lab", ";", {}) == "Acme, Inc.;Acme/Lab"


def test_lists_of_codes_without_a_vocabulary_have_no_commas(schemas: dict[str, Schema]) -> None:
    column = schemas["valleys"].columns["nuts_codes"]
    assert cell_normaliser(column, {})("FRH0, FRG0/FRG0") == "FRH0;FRG0"


def test_investors_say_their_focus_in_the_words_of_the_vocabularies(
    schemas: dict[str, Schema], aliases: Aliases
) -> None:
    frame = small_frame(
        schemas["investors"], focus_domains="Kryptologie, Datenschutz", focus_countries="EL, US"
    )
    row = normalise(frame, schemas["investors"], aliases).loc[2]
    assert row["focus_domains"] == "cryptology;data-security-privacy"
    assert row["focus_countries"] == "GR;US"


ERRORS = ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", NO_RESULT,
          "#VALEUR!", "#BEZUG!", "#NV", "#¡VALOR!", "#N/D", "#RIF!", "Err:502", "####"]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS)
def test_errors_of_spreadsheets_stay_what_they_are(
    schemas: dict[str, Schema], aliases: Aliases, error: str
) -> None:
    for name, column in schemas["organisations"].columns.items():
        assert cell_normaliser(column, aliases.get(name, {}))(f" {error}\u00a0") == error, name


def test_aliases_name_codes_of_the_vocabulary(aliases: Aliases) -> None:
    for column, lookup in aliases.items():
        assert set(lookup.values()) <= set(BY_COLUMN[column])
        assert all(lookup[fold(code)] == code for code in BY_COLUMN[column])


text = st.text(
    st.characters(codec="utf-8")
    | st.sampled_from(
        "\u00a0\u200b\u200d\u202e\u2066\ufeff\u0301\u1100\u1161\u037e;؛；،，,/|•(). \t\n−&"
    )
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
    words = [*aliases["domains"], *aliases["country"], *ERRORS, "https://", "WWW.a.eu/", "2010.0"]
    words += ["1,5", "01.05.2010"]
    pieces = st.lists(st.sampled_from(words) | text, max_size=4)
    cell = data.draw(text | st.builds(str.join, st.sampled_from([";", ", ", "\n", "/"]), pieces))
    for schema in (schemas["organisations"], schemas["investors"]):
        for name, column in schema.columns.items():
            normalised = cell_normaliser(column, aliases.get(name, aliases["domains"]))
            assert normalised(normalised(cell)) == normalised(cell), name
