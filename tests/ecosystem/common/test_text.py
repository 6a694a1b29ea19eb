"""Folding and addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common import links
from ecosystem.common.text import fold, fold_all, slug


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


@given(st.lists(st.text() | st.text("aB é\n\t-")))
def test_many_texts_are_folded_as_each_alone(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]


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
        "http://localhost:8501/",
        "http://app.localhost",
        "http://printer.local/",
        "http://files.internal/a",
        "http://home.arpa",
        "http://router.home.arpa?x",
        "http://a.eu:x@127.0.0.1/",
        "http://127.0.0.1",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
        "http://192.168.1.1",
        "http://0.0.0.0:80",
        None,
        float("nan"),
    ],
)
def test_only_web_addresses_are_linked_to(text: object) -> None:
    assert links.web_address(text) is None


def test_a_web_address_is_kept_as_it_is() -> None:
    assert links.web_address("https://cispa.de/en?x=1#y") == "https://cispa.de/en?x=1#y"
    assert links.web_address("http://8.8.8.8/") == "http://8.8.8.8/"
    assert links.host("https://www.cispa.de/en") == "cispa.de"


@given(st.from_regex(r"https?://[a-z0-9@:.\\-]{1,12}\.[a-zA-Z0-9]{1,4}[/?#@\\]?[!-~]{0,9}\n?"))
def test_how_plainly_an_address_is_written_changes_nothing(text: str) -> None:
    # A host in capitals is the same, but no plainly written one.
    scheme, _, rest = text.partition("://")
    loud = f"{scheme.upper()}://{rest}"
    assert (links.web_address(text) is None) == (links.web_address(loud) is None)
