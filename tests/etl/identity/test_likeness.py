"""What tells two websites apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.identity import likeness
from etl.identity.likeness import page

ADDRESSES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "HTTPS://", "https://www.", "https://u@", "ftp://", ""]),
    st.sampled_from(["a.org", "www.B.co.uk", "x", "", "é.de", "a.org:80", "www."]),
    st.sampled_from(["", "/", "/en", "/de/", "/A/b.html/", "/index.php", "/é", "//x"]),
    st.sampled_from(["", "?q", "#f", ";p", " ", "\n"]),
)


@given(ADDRESSES)
def test_a_plain_address_is_parted_as_any_other(address: str) -> None:
    found = page(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "_PLAIN_SITE", re.compile(r"(?!)"))
        assert page(address) == found


@pytest.mark.parametrize(
    ("address", "told_by"),
    [
        ("https://www.example.org/", "example.org"),
        ("http://Example.org/en", "example.org"),
        ("https://example.org/lab/?q=1", "example.org/lab"),
        ("", ""),
        (None, ""),
        ("https://[", ""),
    ],
)
def test_what_tells_a_page(address: str | None, told_by: str) -> None:
    assert page(address) == told_by
