"""The shortlist: ticked on a page, kept by the browser, passed on in an address, emptied again."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.finding.filters import MAX_VALUES
from ecosystem.ui import browser_lists
from ecosystem.ui.shortlist import SHORTLIST
from tests.pages.conftest import Visit

LIMES = "at-limes-security-gmbh"
CLUSTER = "at-it-cluster-der-business-upper-austria"


def page_links(app: AppTest) -> list[str]:
    return [str(link.proto.label) for link in app.get("page_link")]


def open_page(app: AppTest, page: str, **params: str | list[str]) -> AppTest:
    app.switch_page(f"pages/{page}.py")
    for name in list(app.query_params):
        del app.query_params[name]
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def test_an_organisation_is_ticked_and_found_again(visit: Visit) -> None:
    app = visit("organisation", {"org": LIMES})
    assert not [label for label in page_links(app) if label.startswith("Shortlist (")]
    app.button(key=f"shortlist_profile_{LIMES}").click().run()
    assert app.button(key=f"shortlist_profile_{LIMES}").label == "On your shortlist"
    assert "Shortlist (1)" in page_links(app)
    open_page(app, "shortlist")
    assert "Limes Security GmbH" in page_links(app)
    assert len(app.table) == 1
    app.button(key=f"remove_{LIMES}").click().run()
    assert "Your shortlist is empty" in app.info[0].value


def test_an_address_holds_a_list(visit: Visit) -> None:
    app = visit("shortlist", {"list": [LIMES, CLUSTER]})
    assert not app.exception
    table = app.table[0].value.set_index("Organisation")
    assert list(table.columns) == [
        r"IT\-Cluster der Business Upper Austria",
        "Limes Security GmbH",
    ]
    assert table.loc["**Founded**", "Limes Security GmbH"] == "2012"
    keep = next(button for button in app.button if button.label == "Keep as my shortlist")
    keep.click().run()
    assert "Shortlist (2)" in page_links(app)


def test_what_is_gone_is_said(visit: Visit) -> None:
    app = visit("shortlist", {"list": [LIMES, "fr-nobody"]})
    assert "1 organisation of this list can't be found" in app.info[0].value
    assert "Limes Security GmbH" in page_links(app)


def test_the_list_of_an_address_and_ones_own_are_told_apart(visit: Visit) -> None:
    app = visit("organisation", {"org": LIMES})
    app.button(key=f"shortlist_profile_{LIMES}").click().run()
    open_page(app, "shortlist", list=[CLUSTER])
    assert "Your own shortlist has 1 organisation." in app.info[0].value
    assert "Empty the list" not in {button.label for button in app.button}
    next(button for button in app.button if button.label == "Add to mine").click().run()
    assert "list" not in app.query_params
    assert not app.info
    assert "Shortlist (2)" in page_links(app)
    assert len(app.table[0].value.columns) == 3
    next(button for button in app.button if button.label == "Empty the list").click().run()
    assert "Your shortlist is empty" in app.info[0].value


def test_what_the_browser_holds_is_the_list_and_what_it_can_not_be_is_said(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []

    def mount(**_: object) -> None:
        if told:
            SHORTLIST.take_over(told.pop())

    monkeypatch.setattr(browser_lists, "_mount", mount)
    app = visit("shortlist")
    assert "Your shortlist is empty" in app.info[0].value
    told.append({"items": [CLUSTER, LIMES, "fr-nobody", "<script>`x`"], "damaged": 1})
    app.run()
    app.run()
    assert "Shortlist (2)" in page_links(app)
    assert len(app.table[0].value.columns) == 3
    assert app.info[0].value.startswith("3 entries of your shortlist in this browser")
    app.button(key="close_browser_list_of_shortlist").click().run()
    assert not app.info


def test_an_address_that_is_no_list_is_an_empty_one(visit: Visit) -> None:
    app = visit("shortlist", {"list": ["<script>", "'; drop table organisation"]})
    assert not app.exception
    assert "Your shortlist is empty" in app.info[0].value


def test_a_shortlist_has_an_end(visit: Visit) -> None:
    app = visit("organisation", {"org": LIMES})
    held = {"session": "s", "changes": [], "shown": [f"fr-x{i}" for i in range(MAX_VALUES)]}
    app.session_state["_browser_list_of_shortlist"] = held
    app.run()
    assert app.button(key=f"shortlist_profile_{LIMES}").disabled
