"""The marks of the types are pictures that every browser draws, and say what they are."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree

from ecosystem.common.vocabulary import DARK_TEXT_ON, TYPES
from ecosystem.drawing import type_marks


@pytest.mark.parametrize("type_", TYPES)
def test_a_mark_has_the_letter_and_the_colour_of_the_map(type_: str) -> None:
    circle, text = ElementTree.fromstring(type_marks.svg(type_))
    term = TYPES[type_]
    assert circle.get("fill") == term.colour
    assert text.text == term.letter
    assert text.get("fill") == ("#000" if term.colour in DARK_TEXT_ON else "#fff")


def test_a_mark_alone_is_read_as_its_label() -> None:
    assert type_marks.spoken_image("sme") == "![SME or start-up](assets/type/sme.svg)"
    assert type_marks.silent_image("sme") == "![](assets/type/sme.svg)"
