"""Who publishes an installation."""

from __future__ import annotations

import pytest

from ecosystem.common.publisher import UNNAMED, publisher
from ecosystem.common.settings import Settings


def test_an_installation_that_says_nothing_says_so() -> None:
    nobody = publisher(Settings())
    assert nobody.name == UNNAMED
    assert nobody.links() == {}
    assert len(nobody.missing_details()) == 5


def test_an_installation_that_says_everything() -> None:
    own = Settings(
        publisher="  Region of  Example ",
        contact="valleys@example.org",
        imprint_url="https://example.org/imprint",
        privacy_url="https://example.org/privacy",
        source_code_url="https://example.org/code",
    )
    known = publisher(own)
    assert known.name == "Region of Example"
    assert known.missing_details() == []
    assert known.links() == {
        "Contact": "mailto:valleys@example.org",
        "Imprint": "https://example.org/imprint",
        "Data protection": "https://example.org/privacy",
        "Source code": "https://example.org/code",
    }


@pytest.mark.parametrize(
    "contact", ["javascript:alert(1)", "a@b", "x y@example.org", "<b>@example.org", "file:///x"]
)
def test_a_contact_that_is_neither_kind_of_address_is_left_out(contact: str) -> None:
    assert publisher(Settings(contact=contact)).contact == ""


def test_a_contact_may_be_a_web_page() -> None:
    assert publisher(Settings(contact="https://example.org/form")).contact.startswith("https://")
