"""The cohort builder and the programme's page, as the address has them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit


def texts(app: AppTest) -> str:
    return "\n".join(str(markdown.value) for markdown in app.markdown)


def test_a_cohort_is_chosen_with_its_firmness(visit: Visit) -> None:
    app = visit("cohort", {"most_per_valley": "1", "least_countries": "10", "in": "fr-yeswehack"})
    assert not app.exception
    assert [header.value for header in app.header] == [
        "Candidates",
        "The cohort",
        "How firm the choice is",
        "Side by side",
        "Take it with you",
    ]
    assert "**20 companies** of " in texts(app)
    assert "named by you" in texts(app)
    costs = next(table.value for table in app.dataframe if "It costs" in table.value)
    assert set(costs["Limit"]) == {
        "at most 1 of one valley",
        "at least 10 different countries",
        "YesWeHack is in",
    }
    app.number_input(key="cohort_size").set_value(5).run()
    assert app.query_params["size"] == "5"
    assert "No cohort of 5 can be made" in app.warning[0].value
    assert "at least 10 different countries" in app.warning[0].value


@pytest.mark.slow
def test_weights_and_wishes_are_kept_by_the_address(visit: Visit) -> None:
    app = visit("cohort", {"c_stage": "0", "age": "2-8", "wanted": "cryptology"})
    assert app.slider(key="cohort_weight_stage").value == 0
    assert app.slider(key="cohort_age").value == (2, 8)
    app.slider(key="cohort_weight_age").set_value(5).run()
    assert dict(app.query_params) == {
        "c_stage": "0", "age": "2-8", "wanted": "cryptology", "c_age": "5"
    }  # fmt: skip


def test_a_list_takes_the_place_of_the_filter(visit: Visit) -> None:
    app = visit("cohort", {"list": ["fr-yeswehack", "es-alias-robotics", "fr-nobody"], "size": "2"})
    assert not app.exception
    assert "fr\\-nobody" in app.info[0].value
    assert "**2 companies** of 2 candidates" in texts(app)
    too_many = visit("cohort", {"list": ["fr-yeswehack"]})
    assert "A cohort of 20 can't be chosen from 1 candidate" in too_many.warning[0].value.replace(
        "\\", ""
    )
    nobody = visit("cohort", {"list": "fr-nobody"})
    assert "There are no candidates" in nobody.warning[0].value


def test_identifiers_are_typed(visit: Visit) -> None:
    app = visit("cohort")
    app.text_area(key="cohort_typed").set_value("FR-YesWeHack, es-alias-robotics\nfr-yeswehack")
    next(button for button in app.button if button.label == "Take these").click().run()
    assert app.query_params["list"] == ["fr-yeswehack", "es-alias-robotics"]


def test_the_filter_narrows_the_candidates(visit: Visit) -> None:
    app = visit("cohort", {"country": "FR", "size": "3", "least_countries": "2"})
    assert "at least 2 different countries" in app.warning[0].value


def test_zero_weights_are_a_sentence(visit: Visit) -> None:
    zero = {f"c_{code}": "0" for code in ("stage", "age", "domain", "evidence", "region", "label")}
    app = visit("cohort", zero)
    assert not app.exception
    assert "All weights are zero" in app.warning[0].value


def test_the_programme_says_what_is_known_and_what_is_not(visit: Visit) -> None:
    app = visit("programme", {"country": "EE"})
    assert not app.exception
    said = texts(app)
    for service in ("1. Training and mentoring", "2. Consulting", "3. Communication", "4. Access"):
        assert service in said
    assert "not found on any public page" in app.info[0].value
    assert "Tehnopol Cyber Accelerator" in said
    assert "Cyber Runway" not in said.replace("\\", "")
    assert "size: unknown" in said


def test_programmes_are_searched_as_the_search_box_does(visit: Visit) -> None:
    app = visit("programme", {"words": "CyberNort"})
    assert not app.exception
    assert "**CyberNorth**" in texts(app)
    assert "Cyber Runway" not in texts(app)


def test_ways_to_the_cohort(visit: Visit) -> None:
    def ways(app: AppTest) -> set[str]:
        return {link.proto.label for link in app.get("page_link") if link.proto.page == "cohort"}

    assert ways(visit("programme")) == {"Open the cohort builder"}
    assert ways(visit("directory", {"country": "FR"})) == {"Choose a cohort from these"}
    assert ways(visit("shortlist", {"list": ["fr-yeswehack"]})) == {"Choose a cohort"}
