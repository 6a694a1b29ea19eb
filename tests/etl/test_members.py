"""Who may enter the secretariat's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.settings import Settings
from etl.members import is_member, members

MEMBERS = ("Anna@Example.org", "sub:248289761001")


@pytest.mark.parametrize(
    ("claims", "enters"),
    [
        ({"email": "anna@example.org", "email_verified": True}, True),
        ({"email": "ANNA@EXAMPLE.ORG", "email_verified": "true"}, True),
        ({"email": "anna@example.org", "email_verified": False}, False),
        ({"email": "anna@example.org"}, False),
        ({"email": "anna@example.org", "email_verified": "false"}, False),
        ({"email": "bob@example.org", "email_verified": True}, False),
        ({"sub": "248289761001", "email": "bob@example.org"}, True),
        ({"sub": "24828976100"}, False),
        ({"sub": ""}, False),
        ({"email": "sub:248289761001", "email_verified": True}, False),
        ({}, False),
    ],
)
def test_only_who_is_on_the_list_enters(claims: dict[str, Any], enters: bool) -> None:
    assert is_member(claims, MEMBERS) is enters


@given(st.dictionaries(st.sampled_from(["sub", "email", "email_verified"]), st.text()))
def test_nobody_enters_by_an_empty_list(claims: dict[str, str]) -> None:
    assert not is_member(claims, ())


@given(st.text().filter(lambda text: text != "248289761001"))
def test_no_other_subject_enters(subject: str) -> None:
    assert not is_member({"sub": subject}, MEMBERS)


def test_the_list_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_SECRETARIAT", " anna@example.org, ,sub:12 ")
    assert Settings().secretariat == ("anna@example.org", "sub:12")
    monkeypatch.setenv("CYBER_VALLEYS_SECRETARIAT", "")
    assert Settings().secretariat == ()


def test_the_file_is_read_anew_each_time(tmp_path: Path) -> None:
    file = tmp_path / "members.txt"
    own = Settings(secretariat=("anna@example.org",), secretariat_file=file)
    assert members(own) == ("anna@example.org",), "no file is no member"
    file.write_text("# the office\n bob@example.org # until May\n\nsub:12\n", encoding="utf-8")
    assert members(own) == ("anna@example.org", "bob@example.org", "sub:12")
    file.write_text("sub:12\n", encoding="utf-8")
    assert members(own) == ("anna@example.org", "sub:12")


def test_a_file_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "members.txt"
    file.write_bytes(b"anna@example.org\n\xff\xfe")
    assert members(Settings(secretariat=(), secretariat_file=file)) == ()
    assert members(Settings(secretariat=(), secretariat_file=tmp_path)) == ()
