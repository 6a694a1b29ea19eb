"""The glossary."""

from __future__ import annotations

import pytest

from ecosystem.common.glossary import GLOSSARY, explain
from ecosystem.common.links import web_address
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS, ROLES
from ecosystem.regional.measures import MEASURES


def test_every_word_says_something_and_links_to_a_page() -> None:
    for word in GLOSSARY.values():
        assert word.meaning.endswith("."), word.code
        assert word.source is None or web_address(word.source.url), word.code
    labels = [word.label for word in GLOSSARY.values()]
    assert len({label.casefold() for label in labels}) == len(labels)


def test_the_numbers_in_it_are_those_of_the_vocabularies() -> None:
    assert f"One of the {len(DOMAINS)} fields" in explain("domain")
    assert "five functions" in explain("function")
    assert all(code in explain("function") for code in FUNCTIONS)
    assert len(FUNCTIONS) == 5
    assert "Six parts" in explain("roles")
    assert len(ROLES) == 6


def test_a_share_confirmed_says_of_what_and_by_whom() -> None:
    measure = MEASURES["evidence-share"]
    assert measure.label == "Share of organisations confirmed"
    for text in (measure.method, explain("confirmed")):
        assert "organisations" in text
        assert "public page" in text


def test_an_unknown_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        explain("synergy")
