"""The matching page: who fits whom, with weights that the address keeps."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.matching import score
from ecosystem.web.pages import MATCHING_PAGE
from tests.pages.conftest import Visit

YESWEHACK = {"org": "fr-yeswehack"}


def texts(app: AppTest) -> str:
    return "\n".join(str(markdown.value) for markdown in app.markdown)


def test_a_company_is_searched_for_and_its_investors_are_shown(visit: Visit) -> None:
    app = visit("matching")
    app.text_input(key="matching_words").set_value("YesWeHack").run()
    app.button(key="matching_org_fr-yeswehack").click().run()
    assert not app.exception
    assert app.query_params["org"] == "fr-yeswehack"
    assert [header.value for header in app.header] == ["Investors for YesWeHack"]
    assert "after Series B \\(2021\\) comes growth" in texts(app)
    assert "Ticket **unknown**" in texts(app)


def test_weights_are_kept_by_the_address(visit: Visit) -> None:
    app = visit("matching", YESWEHACK)
    app.slider(key="matching_investors_stage").set_value(0).run()
    assert app.query_params["w_stage"] == "0"
    again = visit("matching", {**YESWEHACK, "w_stage": "0"})
    assert again.slider(key="matching_investors_stage").value == 0
    assert texts(again) == texts(app)
    again.button(key="matching_reset").click().run()
    assert "w_stage" not in again.query_params
    assert again.slider(key="matching_investors_stage").value == 3


def test_zero_weights_are_a_sentence_and_a_way_out(visit: Visit) -> None:
    zero = {f"w_{part.code}": "0" for part in score.INVESTMENT}
    app = visit("matching", {**YESWEHACK, **zero})
    assert not app.exception
    assert "All weights are zero" in app.warning[0].value
    assert not app.header
    next(b for b in app.button if b.label == "Weights as they were").click().run()
    assert app.header[0].value == "Investors for YesWeHack"


@pytest.mark.parametrize(
    "address", [{"org": "fr-nobody"}, {"show": "companies", "investor": "nobody"}]
)
def test_an_unknown_identifier_is_a_sentence(visit: Visit, address: dict[str, str]) -> None:
    app = visit("matching", address)
    assert not app.exception
    assert "with this identifier" in app.info[0].value


def test_another_kind_of_match_begins_anew(visit: Visit) -> None:
    app = visit("matching", {**YESWEHACK, "w_stage": "0", "country": "FR", "page": "2"})
    app.segmented_control(key="matching_show").set_value("partners").run()
    assert dict(app.query_params) == {"org": "fr-yeswehack", "show": "partners"}
    assert app.header[0].value == "Companies for YesWeHack"


def test_the_ways_there(visit: Visit) -> None:
    def ways(app: AppTest) -> set[str]:
        links = app.get("page_link")
        return {link.proto.label for link in links if link.proto.page == "matching"}

    assert {"Investors that fit", "Partners that fit"} <= ways(visit("organisation", YESWEHACK))
    assert "Investors that fit" not in ways(
        visit("organisation", {"org": "be-centre-for-cybersecurity-belgium-ccb"})
    )
    assert "Investors that fit" in ways(visit("shortlist", {"list": ["fr-yeswehack"]}))
    assert MATCHING_PAGE == "pages/matching.py"
