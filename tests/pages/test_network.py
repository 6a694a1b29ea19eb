"""The network page: links, their reasons, and what isn't drawn."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from ecosystem.network import valley_network
from tests.pages.conftest import Visit


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def test_it_says_how_many_are_linked_and_what_is_not_drawn(visit: Visit) -> None:
    app = visit("network")
    said = texts(app)
    assert "**36 of 43** valleys are in a partnership with another one: 27 partnerships" in said
    assert "The 60 strongest of 209 links by partnerships are drawn" in said
    assert len(app.dataframe[0].value) == 209
    assert "In no known partnership with another valley" in said
    assert "All 209 links by partnerships are drawn." in texts(visit("network", {"drawn": "all"}))


def test_a_link_gives_its_reason_with_members_and_source(visit: Visit) -> None:
    app = visit("network", {"selected": "link:es-castilla-y-leon~es-pais-vasco"})
    said = texts(app)
    assert "ARGOS" in " ".join(link.label for link in app.get("page_link"))
    assert "Cybasque" in said
    assert said.count("[Source](https://") >= 4
    assert re.search(r"Castilla y León \(\d+ organisations in the register\)", said)
    assert re.search(r"Of pairs of this size drawn at random, [\d.]+% are at least as alike", said)


def test_a_valley_shows_its_links_only(visit: Visit) -> None:
    app = visit("network", {"selected": "valley:uk-wales"})
    assert "All 18 links of the selected valley are drawn." in texts(app)
    assert "is in partnerships with 18 of the 42 other valleys" in texts(app)
    alone = texts(visit("network", {"selected": "valley:at-wien"}))
    assert "No partnership joins Vienna with another valley, as far as is known." in alone


def test_an_unknown_link_is_a_sentence(visit: Visit) -> None:
    assert "There is no such link in this release." in texts(
        visit("network", {"selected": "link:a~b"})
    )


def test_kind_and_year_come_from_the_address(visit: Visit) -> None:
    of_kind = visit("network", {"kind": "interreg-project", "year": "2019"})
    assert of_kind.multiselect[0].value == ["interreg-project"]
    assert len(of_kind.dataframe[0].value) == 21
    none = visit("network", {"kind": "eurocluster"})
    assert "No link of this kind. Choose another kind or year." in texts(none)


def test_chance_is_told_beside_every_computed_pair(visit: Visit) -> None:
    app = visit("network", {"show": "similar"})
    said = texts(app)
    found = re.search(r"Of 703 pairs .*? (\d+) are so alike .*? about (\d+), so the list", said)
    assert found
    assert int(found[2]) == 35
    assert (app.dataframe[0].value["Chance"] < valley_network.CHANCE).all()
    assert len(app.dataframe[0].value) == int(found[1])


def test_bodies_are_listed_and_counted(visit: Visit) -> None:
    app = visit("network", {"show": "bodies", "scope": "regional"})
    rows = app.dataframe[0].value
    assert set(rows["Scope"]) == {"Regional"}
    assert f"{len(rows)} bodies; " in texts(app)
    there = visit("network", {"show": "bodies", "valley": "fr-bretagne"})
    in_brittany = there.dataframe[0].value
    assert set(in_brittany["Valley"]) == {"Brittany (Bretagne)"}
    assert "Bretagne Next" in set(in_brittany["Name"])
    assert there.selectbox(key="bodies_valley").value == "fr-bretagne"
    nobody = visit("network", {"show": "bodies", "words": "nobody has this name"})
    assert "No body matches" in texts(nobody)
