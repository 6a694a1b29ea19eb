"""What the directory says of words that it took for others, and of places without entries."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from tests.pages.conftest import Visit


def captions(app: AppTest) -> list[str]:
    return [caption.value.replace("\\", "") for caption in app.caption]


def way_out(app: AppTest, words: str) -> Button:
    """The button to another search that begins with these words."""
    return next(
        button for button in app.button if button.label.replace("\\", "").startswith(f"{words} (")
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("incidence", "No match for “incidence”; showing “incident”."),
        ("Bundesdrukerei", "No match for “Bundesdrukerei”; showing “Bundesdruckerei”."),
    ],
)
def test_a_correction_is_said_in_words_that_the_page_shows(
    visit: Visit, text: str, said: str
) -> None:
    app = visit("directory", {"q": text})
    assert said in captions(app)
    assert any(said.split("“")[-1].split("”")[0] in markdown.value for markdown in app.markdown)


def test_a_town_without_organisations_leads_to_what_is_near(visit: Visit) -> None:
    app = visit("directory", {"q": "Graz incident"})
    assert "The register has no organisation in “Graz”." in captions(app)
    way_out(app, "Within 100 km of Graz, Austria").click().run()
    assert app.query_params["near"] == "g2778067"
    assert app.query_params["q"] == "incident"
    assert app.query_params["km"] == "100"
    assert any("within 100 km of Graz" in m.value.replace("\\", "") for m in app.markdown)


def test_a_region_without_organisations_leads_to_its_country(visit: Visit) -> None:
    app = visit("directory", {"q": "Styria"})
    assert "The register has no organisation in “Styria” (Steiermark, Austria)." in captions(app)
    way_out(app, "In Austria").click().run()
    assert app.query_params["country"] == "AT"
    assert "q" not in app.query_params


@pytest.mark.parametrize("text", ["Linz", "Krankenhaus", "Verschluesselung", "zzzzqqq"])
def test_nothing_is_said_where_nothing_was_taken_for_another(visit: Visit, text: str) -> None:
    app = visit("directory", {"q": text})
    assert not [said for said in captions(app) if "No match" in said or "no organisation" in said]
