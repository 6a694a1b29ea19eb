"""Folding and addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common import links
from ecosystem.common.text import fold, slug


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Cesson-Sévigné", "cesson sevigne"),
        ("Hagenberg im Mühlkreis", "hagenberg im muhlkreis"),
        ("Łódź", "lodz"),
        ("København", "kobenhavn"),
        ("Αθήνα", "athina"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("  ", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://x",
        "data:text/html,<script>",
        "//no-scheme.eu",
        "ftp://old.eu",
        "https://",
        "https://a b.eu",
        "https://x.eu\njavascript:1",
        "http://[bad",
        None,
        float("nan"),
    ],
)
def test_only_web_addresses_are_linked_to(text: object) -> None:
    assert links.web_address(text) is None


def test_a_web_address_is_kept_as_it_is() -> None:
    assert links.web_address("https://cispa.de/en?x=1#y") == "https://cispa.de/en?x=1#y"
    assert links.host("https://www.cispa.de/en") == "cispa.de"
