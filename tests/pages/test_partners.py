"""The partner finder and its sketch: what the address asks for, and what it can't find."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit
from tests.pages.test_pages import plain

SKETCH = {
    "from": "fr-bretagne",
    "view": "sketch",
    "with": ["es-cataluna", "ee-estonia"],
    "members": ["fr-secure-ic", "ee-cybernetica", "es-quside"],
}


def texts(app: AppTest) -> str:
    return plain("\n".join(element.value for element in [*app.markdown, *app.caption, *app.info]))


def cards(app: AppTest) -> list[str]:
    return [plain(header.value) for header in app.header]


def test_nothing_chosen_says_what_to_do(visit: Visit) -> None:
    assert "Choose your region: a valley, a country or a NUTS region." in texts(visit("partners"))
    empty = visit("partners", {"view": "sketch"})
    assert "Nothing is picked yet." in texts(empty)
    assert not empty.get("download_button")


@pytest.mark.slow
def test_a_region_and_a_need_give_regions_with_reasons(visit: Visit) -> None:
    app = visit("partners", {"from": "FRH0", "need": "domain:cryptology"})
    said = texts(app)
    assert "12 of 42 valleys fit for a joint project with Brittany on cryptology." in said
    assert cards(app)[0] == "Catalonia (Cataluña)"
    assert "4 of its 9 organisations in the register work on cryptology (44%" in said
    assert "About 790 km apart, in France and Spain." in said
    assert "Who could lead in Catalonia" in said
    assert len(cards(app)) == 6, "five, and the table"
    assert len(app.dataframe[0].value) == 42
    app.button(key="partners_more").click().run()
    assert len(cards(app)) == 11
    exchange = visit("partners", {"from": "fr-bretagne", "fit": "exchange"})
    assert "Practices known there" in texts(exchange)


@pytest.mark.slow
def test_only_those_without_a_common_partnership(visit: Visit) -> None:
    app = visit("partners", {"from": "fr-bretagne", "new": "1", "shown": "43"})
    assert "in the two are together in" not in texts(app)
    assert "No common partnership is known." in texts(app)


@pytest.mark.slow
def test_adding_goes_into_the_address(visit: Visit) -> None:
    app = visit("partners", {"from": "fr-bretagne", "need": "domain:cryptology"})
    app.button(key="add_region_es-cataluna").click().run()
    assert app.query_params["with"] == "es-cataluna"
    assert app.button(key="add_region_es-cataluna").disabled
    (add,) = [b for b in app.button if b.key == "add_lead_de-berlin-brandenburg_de-nitrokey-gmbh"]
    add.click().run()
    assert app.query_params["members"] == "de-nitrokey-gmbh"
    assert app.query_params["with"] == ["es-cataluna", "de-berlin-brandenburg"]


@pytest.mark.slow
def test_a_sketch_counts_roles_and_rules(visit: Visit) -> None:
    app = visit("partners", SKETCH)
    said = texts(app)
    assert "Nobody plays yet: Research, Cluster, Public body, CSIRT and Training." in said
    assert "research and innovation actions: holds (independent entities: 3 of at least 3" in said
    assert "Interreg Europe: does not hold yet" in said
    assert "Brittany and Catalonia" in set(app.dataframe[0].value["Regions"])
    app.button(key="sketch_remove_es-quside").click().run()
    assert app.query_params["members"] == ["fr-secure-ic", "ee-cybernetica"]
    assert "does not hold yet (independent entities: 2 of at least 3" in texts(app)
    assert "No organisation is picked yet in Catalonia (Cataluña)." in texts(app)


def test_organisations_come_by_search(visit: Visit) -> None:
    app = visit("partners", {**SKETCH, "find": "tartu"})
    key = "add_search_ee-university-of-tartu-institute-of-computer-science"
    app.button(key=key).click().run()
    assert len(app.query_params["members"]) == 4
    assert "does not hold yet" not in texts(app).split("Interreg Europe")[0]


def test_unknown_ids_are_a_sentence(visit: Visit) -> None:
    app = visit("partners", {"from": "nowhere", "need": "domain:x", "fit": "x"})
    assert "Left out, not in this release: “nowhere”, “domain:x” and “x”." in texts(app)
    app = visit("partners", {"view": "sketch", "with": "nowhere", "members": "<script>"})
    assert "Left out, not in this release: “nowhere” and “<script>”." in texts(app)
    assert "Nothing is picked yet." in texts(app)
