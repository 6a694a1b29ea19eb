"""What the search box says that it understood, and what it makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.common.store import Database, current
from ecosystem.finding import nearby
from ecosystem.ui import near_me
from tests.pages.conftest import Visit
from tests.pages.test_pages import words

RENNES = "g2983990"


def chips(app: AppTest) -> list[str]:
    return [b.label.replace("\\", "") for b in app.button if (b.key or "").startswith("understood")]


def take_away(app: AppTest, start: str) -> AppTest:
    chip = next(
        b
        for b in app.button
        if (b.key or "").startswith("understood") and b.label.replace("\\", "").startswith(start)
    )
    return chip.click().run()


@pytest.mark.parametrize("page", ["map", "directory"])
def test_a_question_is_answered_and_says_how_it_was_understood(visit: Visit, page: str) -> None:
    app = visit(page)
    app.text_input(key="filter_q").set_value("cybersecurity company near Rennes").run()
    assert app.query_params["q"] == "cybersecurity company near Rennes"
    assert app.text_input(key="filter_q").value == "cybersecurity company near Rennes"
    assert chips(app) == [
        "cybersecurity → true of all here",
        "company → type SME or start-up, Large company",
        "near Rennes → within 25 km of Rennes, France",
    ]
    assert "**10 organisations**" in words(app)
    assert app.text_input(key="near_town").value == "Rennes, France"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["map", "directory"])
def test_each_chip_can_be_taken_away(visit: Visit, page: str) -> None:
    app = visit(page, {"q": "company near Rennes"})
    app = take_away(app, "company")
    assert app.query_params["q"] == "near Rennes"
    assert "**22 organisations**" in words(app)
    app = take_away(app, "near Rennes")
    assert "q" not in app.query_params
    assert "**465 organisations**" in words(app)
    assert chips(app) == []


def test_another_filter_leaves_the_question_as_it_was_written(visit: Visit) -> None:
    app = visit("map", {"q": "who does cybersecurity near Rennes"})
    app.button_group(key="filter_type").set_value(["research"]).run()
    assert app.query_params["q"] == "who does cybersecurity near Rennes"
    assert app.query_params["type"] == "research"
    assert "near" not in app.query_params


def test_a_new_distance_becomes_the_filters_own(visit: Visit) -> None:
    app = visit("directory", {"q": "companies near Leuven"})
    assert "**2 organisations**" in words(app)
    app.selectbox(key="near_km").select(50).run()
    assert app.query_params["q"] == "companies"
    assert app.query_params["km"] == "50"
    assert chips(app)[-1] == "within 50 km of Leuven, Belgium"


def test_a_town_in_the_search_replaces_the_one_chosen_before(visit: Visit) -> None:
    app = visit("directory", {"near": RENNES, "km": "50"})
    app.text_input(key="filter_q").set_value("near Brno").run()
    assert "near" not in app.query_params
    assert "**19 organisations**" in words(app)


@pytest.mark.parametrize("text", ["guardtime", "cryptology Leuven"])
def test_names_and_plain_words_need_no_explanation(visit: Visit, text: str) -> None:
    assert chips(visit("directory", {"q": text})) == []


def links(app: AppTest) -> dict[str, str]:
    """Address of each link to a page, by its label."""
    return {
        link.label.replace("\\", ""): f"{link.proto.page}?{link.proto.query_string}"
        for link in app.get("page_link")
    }


@pytest.mark.parametrize("page", ["map", "directory"])
def test_a_search_for_another_list_leads_there_and_keeps_the_organisations(
    visit: Visit, page: str
) -> None:
    app = visit(page, {"q": "events Brussels"})
    found = {k: v for k, v in links(app).items() if k.startswith("Looking for events? ")}
    ((label, to),) = found.items()
    assert label.startswith("Looking for events? Events in Belgium (")
    assert "country=BE" in to
    assert to.startswith("events")
    assert chips(app) == [
        "events → another list",
        "Brussels → Brussels, Belgium, and the region of that name",
    ]
    assert "**0 organisations**" not in words(app)


def test_a_list_without_what_is_asked_says_so_and_leads_to_all_of_it(visit: Visit) -> None:
    app = visit("directory", {"q": "documents about zzzzqqq"})
    start = "Looking for documents? None about “zzzzqqq”; all of the register ("
    (to,) = (to for label, to in links(app).items() if label.startswith(start))
    assert to == "library?"


@pytest.mark.parametrize("page", ["map", "directory"])
def test_a_town_in_another_spelling_is_said_to_be_understood(visit: Visit, page: str) -> None:
    assert chips(visit(page, {"q": "Koeln"})) == [
        "Koeln → Köln, Germany, and the region of that name"
    ]
    assert chips(visit(page, {"q": "Goeteborg"})) == ["Goeteborg → Gothenburg, Sweden"]
    assert chips(visit(page, {"q": "Köln"})) == []


def test_chips_show_hostile_text_as_it_is(visit: Visit) -> None:
    app = visit("map", {"q": "<b>x</b> [y](http://e.example) companies `${1}`"})
    shown = [b.label for b in app.button if (b.key or "").startswith("understood")]
    assert "companies → type SME or start\\-up\\, Large company" in shown
    assert all("<b>" not in label and "](" not in label for label in shown)
    assert not app.exception


@pytest.mark.parametrize("page", ["map", "directory"])
def test_a_town_without_organisations_is_said_with_its_surroundings(
    visit: Visit, page: str
) -> None:
    app = visit(page, {"q": "companies in London"})
    captions = [caption.value.replace("\\", "") for caption in app.caption]
    assert "The register has no organisation in “London”." in captions
    around = next(b for b in app.button if (b.key or "").startswith("instead_"))
    assert "km of London, United Kingdom (" in around.label.replace("\\", "")
    around.click().run()
    assert app.query_params["q"] == "companies"
    assert int(app.query_params["km"]) > 100


def test_the_map_helps_like_the_directory_where_nothing_is_found(visit: Visit) -> None:
    app = visit("map", {"q": "cryptology Leuven zzzzqqq"})
    assert app.button(key="closest_be-cosic-ku-leuven")
    assert "Suggest an organisation that is missing" in [
        link.label for link in app.get("page_link")
    ]
    app.button(key="without_zzzzqqq").click().run()
    assert "**2 organisations**" in words(app)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("companies in Nordrhein-Westfalen", "North Rhine-Westphalia (Nordrhein-Westfalen)"),
        ("Normandy", "Normandy (Normandie)"),
    ],
)
def test_a_region_in_the_search_has_a_page(visit: Visit, text: str, name: str) -> None:
    app = visit("map", {"q": text})
    pages = [link.label.replace("\\", "") for link in app.get("page_link")]
    assert f"The page of {name}" in pages


def test_the_label_has_a_page_and_is_no_town(visit: Visit) -> None:
    app = visit("map", {"q": "Cybersecurity Made in Europe"})
    assert chips(app) == ["Cybersecurity Made in Europe → label"]
    (link,) = [link for link in app.get("page_link") if "who has it" in link.label]
    assert link.proto.page == "label"
    assert "Netherlands" not in "".join(caption.value for caption in app.caption)


def test_near_me_without_the_location_is_a_hint(visit: Visit) -> None:
    app = visit("map", {"q": "companies near me"})
    captions = [caption.value for caption in app.caption]
    assert any("press “Near me”" in caption for caption in captions)
    assert "**233 organisations**" in words(app)


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("48.12,-1.61", (48.12, -1.61)),
        ("91.00,0.00", None),
        ("nan,0.00", None),
        ("48.12,-1.61'; DROP TABLE town --", None),
        (None, None),
        ({"lat": 48}, None),
    ],
)
def test_only_a_place_on_earth_is_taken_from_a_browser(told: object, place: object) -> None:
    assert near_me.position(told) == place


def test_the_nearest_town_to_a_point(releases_dir: Path) -> None:
    database = Database(current(releases_dir))
    town = nearby.nearest_town(database, -1.68, 48.11)
    assert town is not None
    assert town.label == "Rennes, France"
    assert nearby.nearest_town(database, -40.0, 40.0) is None
    database.close()
