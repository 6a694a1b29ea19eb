"""Partnerships and practices: lists that the address narrows, and a page for each row."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit
from tests.pages.test_pages import plain, words


def links(app: AppTest) -> list[str]:
    return [plain(link.label) for link in app.get("page_link")]


def listed(app: AppTest) -> list[str]:
    return [
        label.removeprefix(":primary[").removesuffix("]")
        for label in links(app)
        if label.startswith(":primary[")
    ]


def test_partnerships_are_narrowed_by_the_address(visit: Visit) -> None:
    app = visit("partnerships", {"kind": "pilot", "year": "2020", "valley": "fi-keski-suomi"})
    assert not app.exception
    assert [name.partition(" ")[0] for name in listed(app)] == ["CyberSec4Europe"]
    assert "Lists are often incomplete" in words(app)
    app = visit("partnerships", {"words": "interreg cyber"})
    assert listed(app)[0].startswith("Interreg Europe CYBER")
    app.multiselect(key="list_country").select("SK").run()
    assert app.query_params["country"] == "SK"
    assert app.query_params["words"] == "interreg cyber"
    assert len(listed(app)) == 1


def test_partnerships_that_are_none_are_said_with_the_way_back(visit: Visit) -> None:
    app = visit("partnerships", {"words": "zzzzqqq", "kind": "nonsense", "year": "x"})
    assert "There are no partnerships for which all of this holds." in words(app)
    app.button(key="list_show_all").click().run()
    assert "words" not in app.query_params
    assert "**43 partnerships** with 286 listed memberships" in words(app)
    assert len(listed(app)) == 20


@pytest.mark.slow
def test_a_partnership_says_what_is_known(visit: Visit) -> None:
    app = visit("partnership", {"id": "interreg-cyber"})
    assert "**Interreg project** · 2018 to May 2023" in words(app)
    assert any("It was followed by: Interreg Europe CAMPUS" in label for label in links(app))
    assert "Brittany (Bretagne)" in links(app)
    assert "Košice IT Valley" in links(app)
    assert "13 members listed." in words(app)
    app = visit("partnership", {"id": "interreg-campus"})
    assert any("It came after: Interreg Europe CYBER" in label for label in links(app))
    app = visit("partnership", {"id": "global-epic"})
    assert "from October 2017, no end known" in words(app)


@pytest.mark.parametrize("page", ["partnership", "practice"])
@pytest.mark.parametrize("id_", ["nobody", "<script>alert(1)</script>", "'; --"])
def test_an_unknown_id_is_a_sentence(visit: Visit, page: str, id_: str) -> None:
    app = visit(page, {"id": id_})
    assert not app.exception
    assert f"There is no {page} at this address." in words(app)


def test_who_runs_a_voucher(visit: Visit) -> None:
    app = visit("practices", {"words": "who runs a cyber voucher?"})
    assert len(listed(app)) >= 5
    assert "Voucher for cybersecurity" in listed(app)[:5]
    app = visit("practices", {"kind": "voucher", "valley": "es-pais-vasco"})
    assert "**2 practices** of 1 valley" in words(app)
    app = visit("practice", {"id": "slovenia-cyber-voucher"})
    assert "**Voucher** · Slovenia \\(Slovenija\\) · 2019" in words(app)
    assert "Run by the valley: Slovenia (Slovenija)" in links(app)
    assert "Digital Wallonia 4 Cyber business cheque" in links(app)


@pytest.mark.parametrize("page", ["map", "directory"])
def test_a_search_also_finds_what_is_no_organisation(visit: Visit, page: str) -> None:
    app = visit(page, {"q": "interreg"})
    assert "Besides organisations" in [header.value for header in app.header]
    shown = links(app)
    partnerships = [label for label in shown if label.endswith("· Interreg project")]
    assert len(partnerships) == 3, "the first ones, and a way to the others"
    assert "All 5 in the list" in shown
    assert "Besides organisations" not in [header.value for header in visit(page).header]


def test_a_search_without_organisations_still_finds_the_rest(visit: Visit) -> None:
    app = visit("directory", {"q": "PESCO"})
    assert "No organisation matches all of these filters." in words(app)
    assert "Cyber rapid response teams (PESCO) · Network" in links(app)


@pytest.mark.slow
def test_a_region_shows_what_connects_it(visit: Visit) -> None:
    shown = links(visit("region", {"region": "fr-bretagne"}))
    assert "Cyberbreakfast" in shown
    assert any(label.startswith("Interreg Europe CAMPUS") for label in shown)
    assert "Bretagne Next" in shown, "its entry among the bodies of the network"
    app = visit("region", {"region": "NL21"})
    assert any(label.startswith("CONCORDIA") for label in links(app))
    assert "Universiteit Twente" in words(app)
    app = visit("region", {"region": "BG31"})
    assert "That is no sign that there is none." in words(app)


def test_an_organisation_shows_its_partnerships(visit: Visit) -> None:
    app = visit("organisation", {"org": "ee-cybernetica"})
    assert "Partnerships" in [header.value for header in app.header]
    assert any(label.startswith("CyberSec4Europe") for label in links(app))
    app = visit("organisation", {"org": "at-limes-security-gmbh"})
    assert "Partnerships" not in [header.value for header in app.header]
