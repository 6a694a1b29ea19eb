"""What's new, the history of an organisation, and data quality, on a real second release."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.conftest import Visit, use_releases
from tests.pages.test_pages import words

MOVED = "at-it-cluster-der-business-upper-austria"


@pytest.fixture
def changed(visit: Visit, changed_releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    use_releases(monkeypatch, changed_releases_dir)
    return visit


def test_a_first_release_says_that_it_is_the_first(visit: Visit) -> None:
    app = visit("whats_new")
    assert app.info[0].value == "This is the first release: nothing to compare with."


def test_whats_new_counts_and_lists(changed: Visit) -> None:
    app = changed("whats_new")
    assert not app.exception
    shown = words(app)
    assert (
        "1 added · 1 removed · 1 merged into another · 1 moved on the map · "
        "3 with changed details · 1 row of other lists" in shown
    )
    assert "Softwarepark Hagenberg" in shown
    assert "Moved on the map: Hagenberg im Mühlkreis → **Linz\\, 18 km away**" in shown
    assert "Merged into: **Aikido Security**" in shown
    assert "Decisions on duplicates" in [header.value for header in app.subheader]
    assert "**Aikido Security and A6K** · added" in shown
    assert "1 to 7 of 7 entries" in shown


def test_choosing_region_and_kind_narrows_the_list_and_is_in_the_address(changed: Visit) -> None:
    app = changed("whats_new", {"page": "7"})
    app.selectbox(key="news_region").set_value("at-oberoesterreich").run()
    app.selectbox(key="news_kind").set_value("moved").run()
    assert app.query_params["region"] == "at-oberoesterreich"
    assert app.query_params["kind"] == "moved"
    assert "page" not in app.query_params
    assert "1 to 1 of 1 entry" in words(app)
    app.selectbox(key="news_region").set_value("fr-bretagne").run()
    assert app.info[0].value == "No change matches this choice."
    app.button(key="all_changes").click().run()
    assert "region" not in app.query_params
    assert "1 to 7 of 7 entries" in words(app)


def test_one_list_can_be_looked_at(changed: Visit) -> None:
    app = changed("whats_new", {"kind": "added"})
    app.selectbox(key="news_list").set_value("duplicate_decisions").run()
    assert app.query_params["list"] == "duplicate_decisions"
    assert "1 to 1 of 1 entry" in words(app)
    assert "Neuve" not in words(app)
    app = changed("whats_new", {"list": "no-such-list"})
    assert "1 to 7 of 7 entries" in words(app)


def test_a_small_region_can_be_asked_for_by_address(changed: Visit) -> None:
    app = changed("whats_new", {"region": "AT312"})
    assert not app.exception
    assert app.selectbox(key="news_region").value == "AT312"
    assert "1 to 1 of 1 entry" in words(app)


def test_an_organisation_shows_its_own_history_and_only_that(changed: Visit) -> None:
    app = changed("organisation", {"org": MOVED})
    assert "History" in [header.value for header in app.header]
    assert "Moved on the map: Hagenberg im Mühlkreis → **Linz\\, 18 km away**" in words(app)
    other = changed("organisation", {"org": "de-secunet-security-networks-ag"})
    assert "History" not in [header.value for header in other.header]


def test_the_address_of_a_merged_organisation_shows_its_successor(changed: Visit) -> None:
    app = changed("organisation", {"org": "be-a6k"})
    assert app.title[0].value == "Aikido Security"
    assert "was merged into Aikido Security" in app.info[0].value
    assert "A6K was merged into this entry" in words(app)


def test_quality_counts_what_is_not_checked_as_not_checked(visit: Visit) -> None:
    app = visit("quality")
    figures = {metric.label: metric for metric in app.metric}
    assert figures["Organisations"].value == "465"
    assert figures["Confirmed"].value == "84.5%"
    assert figures["Checked within a year"].delta == "72 not checked"
    table = app.dataframe[0].value
    assert len(table) == 43
    assert table["Not checked"].sum() == 72


def test_quality_by_country_is_in_the_address(visit: Visit) -> None:
    app = visit("quality")
    app.segmented_control(key="quality_level").set_value("nuts0").run()
    assert app.query_params["level"] == "nuts0"
    table = app.dataframe[0].value.set_index("Region")
    assert table["Organisations"].sum() == 465
    assert "Luxembourg" in table.index
    assert table.loc["Luxembourg", "Counted elsewhere"] == 310
