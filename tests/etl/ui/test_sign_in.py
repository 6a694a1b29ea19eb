"""Who may enter the secretariat's page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.settings import Settings
from etl.ui.sign_in import is_member

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
