"""The accessibility statement has every part of the EU's model, and names who is to be told."""

from __future__ import annotations

from ecosystem.common.accessibility import Section, statement
from ecosystem.common.publisher import publisher
from ecosystem.common.settings import Settings

MODEL = [
    "Compliance status",
    "Non-accessible content",
    "Content that is not within the scope",
    "Preparation of this accessibility statement",
    "Feedback and contact information",
    "Enforcement procedure",
]


def sections(**own: str) -> dict[str, Section]:
    return {one.heading: one for one in statement(publisher(Settings(**own)))}  # type: ignore[arg-type]


def test_it_has_the_parts_of_the_model_in_their_order() -> None:
    found = sections(publisher="Region of Example")
    assert list(found) == ["", *MODEL]
    assert found[""].sentences[0].startswith("Region of Example is committed")


def test_what_falls_short_names_the_criterion_that_it_misses() -> None:
    for point in sections()["Non-accessible content"].points:
        assert any(f"{a}.{b}." in point for a in range(1, 5) for b in range(1, 6)), point


def test_who_is_told_comes_from_the_settings() -> None:
    found = sections(contact="office@example.org", enforcement_url="https://example.org/complain")
    assert found["Feedback and contact information"].links == (
        ("Contact", "mailto:office@example.org"),
    )
    assert found["Enforcement procedure"].links == (
        ("Enforcement procedure", "https://example.org/complain"),
    )


def test_an_installation_that_names_nobody_says_so() -> None:
    found = sections(enforcement_url="javascript:alert(1)")
    assert found[""].sentences[0].startswith("The operator of this installation, who has not")
    assert "doesn't say how to reach" in found["Feedback and contact information"].sentences[0]
    assert "doesn't name the body" in found["Enforcement procedure"].sentences[0]
    assert "javascript" not in str(found)
