"""Events: narrowed by the address, said to be past or coming, with figures as published."""

from __future__ import annotations

from tests.pages.conftest import Visit
from tests.pages.test_pages import words


def test_events_are_narrowed_by_the_address(visit: Visit) -> None:
    app = visit("events", {"kind": "investor-day"})
    assert not app.exception
    said = words(app)
    assert "SMEs 180 · Investors 60 · B2B meetings 400" in said
    assert "2017 to 2019" in said
    assert "SMEs not published · Investors not published" in said
    app.multiselect(key="list_kind").set_value(["workshop"]).run()
    assert app.query_params["kind"] == "workshop"
    assert "SMEs 180" not in words(app)


def test_what_no_event_has_is_said_with_the_way_back(visit: Visit) -> None:
    app = visit("events", {"kind": "<b>nope", "year": "1800", "country": "zz"})
    assert not app.exception
    assert "Left out, since no event has it: Kind" in words(app)
    assert "Year “1800”" in words(app)
    app = visit("events", {"kind": "investor-day", "country": "FR"})
    assert "There are no events for which all of this holds." in words(app)
    app.button(key="list_show_all").click().run()
    assert "kind" not in app.query_params


def test_an_address_names_one_event(visit: Visit) -> None:
    app = visit("events", {"id": "ecso-investor-days-2017-2019"})
    assert "ECSO Cyber Investor Days" in words(app).replace("\\", "")
    app = visit("events", {"id": "<script>alert(1)</script>"})
    assert not app.exception
    assert "There is no event at this address." in words(app)
