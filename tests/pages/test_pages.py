"""Every page, at good and bad addresses: content, no exception, no traceback."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import wrap

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ecosystem.common.glossary import explain
from ecosystem.common.settings import ROOT
from ecosystem.ui import about
from ecosystem.web.pages import PAGES, Menu
from tests.pages.conftest import Visit, use_releases

ADDRESSES: list[tuple[str, dict[str, str | list[str]]]] = [
    *((entry.name, {}) for entry in PAGES),
    ("map", {"type": ["sme", "research"], "domain": "cryptology", "q": "cyber"}),
    ("map", {"level": "valley"}),
    ("map", {"level": "nuts1"}),
    ("map", {"level": "nuts2", "measure": "per-million"}),
    ("map", {"level": "nonsense", "measure": "nonsense", "founded": "x", "page": "-3"}),
    ("map", {"selected": "org:at-limes-security-gmbh"}),
    ("map", {"selected": "valley:fr-bretagne"}),
    ("map", {"selected": "region:FRH0"}),
    ("map", {"selected": "region:nowhere"}),
    ("map", {"selected": "valley:nowhere"}),
    ("map", {"selected": "place:nowhere"}),
    ("map", {"selected": "<script>alert(1)</script>"}),
    ("map", {"q": "`${alert(1)}` <b> \" ' \\"}),
    ("map", {"page": "999999"}),
    ("directory", {"sort": "founded", "order": "desc", "page": "2"}),
    ("directory", {"sort": "nonsense", "page": "zwei"}),
    ("directory", {"country": ["UK", "zz"], "type": "sme)."}),
    ("directory", {"q": "nobody has this name"}),
    ("directory", {"q": "bundesdrukerei"}),
    ("directory", {"q": "cryptology Leuven", "view": "table"}),
    ("directory", {"near": "g2983990", "km": "50", "type": "sme"}),
    ("directory", {"near": "g2983990", "view": "table", "sort": "distance"}),
    ("directory", {"near": "g1", "km": "50"}),
    ("directory", {"near": "<b>", "km": "x", "view": "x"}),
    ("organisation", {"org": "at-limes-security-gmbh"}),
    ("network", {"show": "similar", "selected": "link:ie-cork~ro-bucuresti-ilfov"}),
    ("network", {"show": "complementary", "selected": "valley:de-bayern", "drawn": "all"}),
    ("network", {"show": "bodies", "scope": "regional", "country": "FR", "words": "cyber"}),
    ("network", {"show": "bodies", "words": "nobody has this name"}),
    ("network", {"kind": "eurocluster"}),
    ("matching", {"org": "fr-yeswehack", "w_stage": "0", "sure": "50", "country": "FR"}),
    ("matching", {"org": "fr-yeswehack", "view": "table", "order": "score"}),
    ("matching", {"show": "companies", "investor": "tikehau-capital", "page": "999"}),
    ("matching", {"show": "partners", "org": "fr-yeswehack", "page": "2"}),
    ("matching", {"show": "x", "org": "<b>", "w_stage": "-1", "sure": "x", "order": "x"}),
    ("matching", {"show": "companies", "investor": "<b>"}),
    ("cohort", {"most_per_valley": "2", "least_countries": "8", "most_per_domain": "9"}),
    ("cohort", {"size": "x", "age": "9-x", "stages": "x", "c_stage": "99", "in": "<b>"}),
    ("cohort", {"q": "nobody has this name"}),
    ("cohort", {"list": ["<b>", "fr-nobody"]}),
    ("programme", {"country": ["EE", "<b>"], "words": "accelerator", "page": "99"}),
    ("specialisation", {"cell": "fr-bretagne~digital-trust"}),
    ("specialisation", {"cell": "<b>~x"}),
    ("specialisation", {"by": "domain", "cell": "fr-bretagne~cryptology"}),
    ("specialisation", {"by": "<b>", "cell": "fr-bretagne~cryptology"}),
    ("partners", {"from": "<b>", "need": "x", "fit": "x", "shown": "x", "with": "x"}),
    ("partners", {"view": "sketch", "with": ["<b>", "FRH0"], "members": ["<b>", "ee-cybernetica"]}),
    ("network", {"show": "x", "kind": ["x"], "year": "x", "drawn": "-1", "selected": "link:a~b"}),
    ("organisation", {"org": "nobody"}),
    ("suggest", {"org": "at-limes-security-gmbh"}),
    ("suggest", {"org": "nobody"}),
    ("shortlist", {"list": ["at-limes-security-gmbh", "nobody", "<b>"]}),
    ("map", {"label": "valid"}),
    ("regions", {"measure": "labelled"}),
    ("whats_new", {"region": "fr-bretagne", "kind": "moved", "page": "999"}),
    ("whats_new", {"region": "<script>", "kind": "nonsense", "page": "-1"}),
    ("quality", {"level": "nuts3"}),
    ("quality", {"level": "nonsense"}),
    ("regions", {"level": "valley", "measure": "per-million"}),
    ("regions", {"measure": "representation", "of_domain": "cryptology", "type": "sme"}),
    ("regions", {"level": "nuts3", "measure": "median-founded", "selected": "region:FRH03"}),
    ("regions", {"q": "nobody has this name"}),
    ("regions", {"level": "x", "measure": "x", "of_domain": "x"}),
    ("region", {"region": "nowhere"}),
    ("region", {"region": "FRH0"}),
    ("region", {"region": "fr-bretagne"}),
    ("region", {"region": "ES70"}),
    ("region", {"region": "DE", "q": "nobody has this name"}),
    ("compare", {"compare": ["FRH0"]}),
    ("compare", {"compare": ["FRH0", "nowhere"]}),
    ("compare", {"compare": ["FRH0", "FRH0"]}),
    ("compare", {"compare": ["FR", "FRH0", "fr-bretagne"]}),
    ("compare", {"compare": ["DEA", "EE"], "q": "nobody has this name"}),
]


def plain(text: str) -> str:
    """Text without the marks that keep it from being Markdown."""
    return text.replace("\\", "")


def words(app: AppTest) -> str:
    """All text of the main part of a page."""
    kinds = [app.title, app.subheader, app.markdown, app.caption, app.info, app.error, app.warning]
    return "\n".join(element.value for elements in kinds for element in elements)


@pytest.mark.parametrize(("page", "params"), ADDRESSES)
def test_every_address_shows_a_page(
    visit: Visit, page: str, params: dict[str, str | list[str]]
) -> None:
    app = visit(page, params)
    assert not app.exception
    assert not app.error
    assert "not ECSO's own data" in words(app), "the footer is on every page"


@pytest.mark.parametrize(
    ("page", "params", "title"),
    [
        ("map", {}, "Cyber Valleys"),
        ("about", {}, "About · Cyber Valleys"),
        ("organisation", {"org": "at-limes-security-gmbh"}, "Limes Security GmbH · Cyber Valleys"),
        ("map", {"selected": "org:at-limes-security-gmbh"}, "Limes Security GmbH · Cyber Valleys"),
        ("region", {"region": "ES11"}, "Galicia · Cyber Valleys"),
        ("whats_new", {"region": "ES11"}, "Galicia · What's new · Cyber Valleys"),
        (
            "suggest",
            {"org": "at-limes-security-gmbh"},
            "Correct Limes Security GmbH · Cyber Valleys",
        ),
    ],
)
def test_the_tab_names_what_is_shown(
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    params: dict[str, str | list[str]],
    title: str,
) -> None:
    titles: list[str] = []
    monkeypatch.setattr(st, "set_page_config", lambda **config: titles.append(config["page_title"]))
    visit(page, params)
    assert titles[-1] == title


def test_words_are_explained_where_they_stand(visit: Visit) -> None:
    app = visit("map")
    helps = {
        str(widget.label): str(widget.help) for widget in [*app.multiselect, *app.button_group]
    }
    for label, codes in {
        "Type": ("sme", "csirt"), "Valley": ("valley",), "JRC domain": ("domain",),
        "NIST CSF 1.1 function": ("function",),
    }.items():  # fmt: skip
        assert all(explain(code) in helps[label] for code in codes)
    assert {m.label: m.help for m in app.metric}["Valleys"] == explain("valley")
    for page, codes in {
        "network": ("valley", "partnership", "network-body", "domain"),
        "partners": ("valley", "domain", "nuts", "s3"),
        "specialisation": ("s3", "valley", "domain"),
    }.items():
        (title,) = visit(page).title
        assert all(explain(code) in str(title.help) for code in codes)


def test_rejected_cells_are_under_words_that_people_read() -> None:
    cells = {
        "file": ["organisations.csv", "other.csv"], "row": [7, 8], "name": ["A", "B"],
        "column": ["source_url", "source_url"], "value": ["x", "y"], "reason": ["r", "r"],
        "mend": ["m", "m"],
    }  # fmt: skip
    shown = about._readable(pd.DataFrame(cells))
    assert list(shown.columns)[-2:] == ["What is wrong", "How to correct it"]
    assert list(shown["Column"]) == ["Source", "source_url"]


def test_map_says_how_many(visit: Visit) -> None:
    app = visit("map")
    assert "**465 organisations** · 43 valleys · 25 countries" in words(app)
    assert {m.label: m.value for m in app.metric} == {
        "Organisations": "465",
        "Valleys": "43",
        "Countries": "25",
        "SMEs": "38.9%",
    }


def test_choosing_a_type_filters_and_writes_the_address(visit: Visit) -> None:
    app = visit("map")
    app.button_group(key="filter_type").set_value(["csirt"]).run()
    assert "**20 organisations**" in words(app)
    assert app.query_params["type"] == "csirt"
    app.button(key="clear_headline").click().run()
    assert "**465 organisations**" in words(app)
    assert "type" not in app.query_params


def test_search_founding_years_and_valley_go_together(visit: Visit) -> None:
    app = visit("map", {"valley": "fr-bretagne"})
    before = app.metric[0].value
    app.text_input(key="filter_q").set_value("rennes").run()
    app.slider(key="filter_founded").set_value((2000, 2025)).run()
    assert app.query_params["valley"] == "fr-bretagne"
    assert app.query_params["q"] == "rennes"
    assert app.query_params["founded"] == "2000-"
    assert int(app.metric[0].value) < int(before)


def test_options_carry_their_counts_under_the_other_filters(visit: Visit) -> None:
    app = visit("map", {"country": "EE"})
    labels = [str(option) for option in app.button_group(key="filter_type").options]
    assert all(label.endswith(")") for label in labels)
    assert sum(int(label.rpartition("(")[2][:-1]) for label in labels) == 18


def test_a_row_of_the_list_opens_its_card(visit: Visit) -> None:
    app = visit("map", {"q": "limes security"})
    app.button(key="list_at-limes-security-gmbh").click().run()
    assert app.query_params["selected"] == "org:at-limes-security-gmbh"
    assert "OT security consulting and training" in words(app)
    app.button(key="close_card").click().run()
    assert "selected" not in app.query_params


def test_valley_card_can_filter_to_the_valley(visit: Visit) -> None:
    app = visit("map", {"selected": "valley:fr-bretagne"})
    assert "Bretagne Next" in words(app)
    assert "Smart-specialisation priorities" in words(app)
    app.button(key="only_valley").click().run()
    assert app.query_params["valley"] == "fr-bretagne"


def test_region_card_has_the_year_of_its_population(visit: Visit) -> None:
    app = visit("map", {"level": "nuts2", "selected": "region:ES11"})
    assert "2,714,741 inhabitants on 1 January 2025" in words(app)
    # Nobody collected Galicia: no 0.0 per million.
    assert "The register was not collected for Galicia" in words(app)
    assert "per million" not in words(app)


def test_a_card_says_what_others_count(visit: Visit) -> None:
    for selected in ("valley:fr-bretagne", "region:FRH0"):
        app = visit("map", {"level": "nuts2", "selected": selected})
        assert "Brittany (Bretagne)" in [plain(header.value) for header in app.header]
        assert "**29 organisations** in the register" in words(app)
        assert "counted by others: 8% (8% to 10% over 2 counts)" in plain(words(app))


@pytest.mark.parametrize("region_id", ["fr-bretagne", "FRH0", "FRH"])
def test_any_id_of_a_place_leads_to_its_page(visit: Visit, region_id: str) -> None:
    app = visit("region", {"region": region_id})
    assert plain(app.title[0].value) == "Brittany (Bretagne)"
    assert "Valley · NUTS FRH, FRH0 · France" in [caption.value for caption in app.caption]
    assert "**Coverage:** 13 of about 160 companies (2024) counted by others: 8%" in plain(
        words(app)
    )


def test_regions_are_compared_once_and_by_one_name(visit: Visit) -> None:
    app = visit("compare", {"compare": ["FRH0", "fr-bretagne", "EE00"]})
    chosen = app.multiselect(key="compare_regions")
    assert chosen.value == ["fr-bretagne", "ee-estonia"]
    assert sum("Bretagne" in option for option in chosen.options) == 1
    assert [header.value for header in app.header][:2] == ["What others count", "Side by side"]
    table = next(shown.value for shown in app.dataframe if "Measure" in shown.value)
    assert list(table.columns) == ["Measure", "Brittany (Bretagne)", "Estonia (Eesti)"]
    assert table["Measure"].tolist()[:3] == [
        "Counted by others", "Of these in the register", "Organisations",
    ]  # fmt: skip
    # On a phone: one table for each region.
    names = [plain(list(shown.value.columns)[1]) for shown in app.table]
    assert names == list(table.columns)[1:]


@pytest.mark.slow
def test_regions_of_the_filter_can_be_compared(visit: Visit) -> None:
    app = visit("compare", {"valley": ["fr-bretagne", "ee-estonia"]})
    app.button(key="compare_filtered").click().run()
    assert app.query_params["compare"] == ["ee-estonia", "fr-bretagne"]
    assert "valley" not in app.query_params
    assert "Side by side" in [header.value for header in app.header]
    # A share says of how many it is.
    charts = [chart.proto.spec for chart in app.get("vega_lite_chart")]
    assert all("Brittany (29)" in chart for chart in charts)
    assert len(charts) == 2


def test_the_filter_of_nuts_regions_offers_a_place_once(visit: Visit) -> None:
    app = visit("directory", {"nuts": "FRH"})
    chosen = app.multiselect(key="filter_nuts")
    assert chosen.value == ["FRH"]
    assert [option for option in chosen.options if "Bretagne" in option] == [
        "Brittany (Bretagne) (29)"
    ]


@pytest.mark.slow
def test_peers_are_none_where_none_was_collected(visit: Visit) -> None:
    app = visit("region", {"region": "CZ01"})
    said = "The register was not collected for Prague, so it has no peers here."
    # Beside the files, and under its heading.
    assert [plain(caption.value) for caption in app.caption].count(said) == 2


def test_bars_are_in_order_after_a_search(visit: Visit) -> None:
    app = visit("map", {})
    for text in ("Paris", "forensics"):
        app.text_input(key="filter_q").set_value(text).run()
        texts = [element.proto.body for element in app.get("html")]
        (bars,) = [text for text in texts if text.startswith('<ul class="cv-bars"')]
        numbers = [int(n) for n in re.findall(r"<b>(\d+)</b>", bars)]
        assert len(numbers) > 2
        assert numbers == sorted(numbers, reverse=True)


def test_distances_are_between_towns(visit: Visit) -> None:
    app = visit("directory", {"q": "near Rennes"})
    assert "in the same town" in words(app)
    assert " · about " in words(app)
    assert "under 1 km" not in words(app)


@pytest.mark.slow
def test_an_empty_region_blames_no_filter_unless_there_is_one(visit: Visit) -> None:
    empty = visit("region", {"region": "DK02"})
    assert "The register has no organisation here." in words(empty)
    assert "filter" not in words(empty)
    assert "Founding years of those in the register" not in [
        header.value for header in empty.header
    ]
    assert not [m.delta for m in empty.metric if "rank" in m.delta]
    filtered = visit("region", {"region": "FRH0", "q": "nobody has this name"})
    assert "The register has no organisation here under these filters." in words(filtered)


def test_few_organisations_are_listed_after_the_ranks(visit: Visit) -> None:
    tables = visit("regions", {"measure": "evidence-share"}).dataframe
    table = next(shown.value for shown in tables if "Rank" in shown.value)
    ranked = table[table["Rank"] != "–"]
    assert ranked.index.max() == len(ranked) - 1
    assert ranked["n"].min() >= 5
    assert table["n"][len(ranked) :].max() < 5


@pytest.mark.parametrize("level", ["nuts0", "nuts2", "valley"])
def test_names_of_regions_have_room_in_their_table(visit: Visit, level: str) -> None:
    shown = next(t for t in visit("regions", {"level": level}).dataframe if "Region" in t.value)
    width = json.loads(shown.proto.columns)["Region"]["width"]
    letters = (width - 16) // 7  # as wide as the widest usual letter
    lines = max(len(wrap(name, letters)) for name in shown.value["Region"])
    assert (shown.proto.row_height or 35) >= 20 * lines
    assert width <= 250  # of 390 px


def test_empty_result_offers_to_drop_one_condition(visit: Visit) -> None:
    app = visit("map", {"q": "zzzz", "type": "sme"})
    assert "No organisation matches all of these filters." in words(app)
    app.button(key="drop_q").click().run()
    assert "**181 organisations**" in words(app)


def test_empty_result_near_a_town_offers_to_look_further(visit: Visit) -> None:
    app = visit("directory", {"q": "zzzz", "near": "g2778067", "km": "25"})
    ways = {str(button.key) for button in app.button if str(button.key).startswith(("dr", "wi"))}
    assert ways == {"drop_all"}, "nothing is offered that finds nothing either"
    app = visit("directory", {"type": "csirt", "near": "g2778067", "km": "25"})
    assert "No organisation matches all of these filters." in words(app)
    assert "drop_km" not in {button.key for button in app.button}
    wider = next(button for button in app.button if str(button.key).startswith("within_"))
    wider.click().run()
    assert app.query_params["near"] == "g2778067"
    assert int(app.query_params["km"]) > 25
    assert "No organisation matches all of these filters." not in words(app)


def test_directory_turns_pages_and_sorts(visit: Visit) -> None:
    app = visit("directory", {"view": "table"})
    first = app.dataframe[0].value
    assert len(first) == 50
    app.selectbox(key="sort").select("founded").run()
    app.toggle(key="order").set_value(True).run()
    assert app.query_params["sort"] == "founded"
    assert app.query_params["order"] == "desc"
    years = app.dataframe[0].value["Founded"]
    assert years.iloc[0] >= years.iloc[10]


def test_directory_lists_by_relevance_and_marks_what_was_found(visit: Visit) -> None:
    app = visit("directory", {"q": "cryptolgy Rennes"})
    assert app.selectbox(key="sort").value == "relevance"
    assert "**2 organisations**" in words(app)
    captions = [caption.value.replace("\\", "") for caption in app.caption]
    assert "No match for “cryptolgy”; showing “Cryptology”." in captions
    assert ":violet-badge[**Cryptology**]" in words(app)
    app.selectbox(key="sort").select("name").run()
    assert app.query_params["sort"] == "name"


def test_directory_chips_filter(visit: Visit) -> None:
    app = visit("directory", {"q": "Tallinn"})
    app.button_group(key="chips_type").set_value(["sme"]).run()
    assert app.query_params["type"] == "sme"
    assert app.query_params["q"] == "Tallinn"


def test_directory_near_a_town_in_any_spelling(visit: Visit) -> None:
    app = visit("directory")
    app.text_input(key="near_town").set_value("Munich").run()
    assert app.query_params["near"] == "g2867714"
    assert app.query_params["km"] == "25"
    assert "within 25 km of Munich, Germany" in words(app).replace("\\", "")
    app.selectbox(key="near_km").select(100).run()
    assert app.query_params["km"] == "100"
    assert app.selectbox(key="sort").value == "distance"
    app.text_input(key="near_town").set_value("").run()
    assert "near" not in app.query_params
    assert "**465 organisations**" in words(app)


def test_directory_asks_which_town_is_meant(visit: Visit) -> None:
    app = visit("directory")
    app.text_input(key="near_town").set_value("Neustadt").run()
    assert "near" not in app.query_params
    choice = next(b for b in app.button if (b.key or "").startswith("near_"))
    choice.click().run()
    assert app.query_params["near"] == choice.key.removeprefix("near_")
    app.text_input(key="near_town").set_value("nowhere at all").run()
    assert "No town in Europe is called" in words(app)


def test_directory_offers_ways_to_widen(visit: Visit) -> None:
    app = visit("directory", {"q": "cryptology Leuven zzzzqqq"})
    assert "No organisation matches all of these filters." in words(app)
    assert "COSIC" in "".join(link.label for link in app.get("page_link"))
    app.button(key="without_zzzzqqq").click().run()
    assert "**2 organisations**" in words(app)


def test_organisation_page_shows_source_and_evidence(visit: Visit) -> None:
    app = visit("organisation", {"org": "at-softwarepark-hagenberg"})
    assert "Softwarepark Hagenberg" in app.title[0].value
    assert "A public page confirms it" in words(app)
    assert "Hagenberg im Mühlkreis" in words(app)


def test_missing_database_is_a_sentence_with_the_command(
    visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit("about")
    use_releases(monkeypatch, tmp_path)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert "cyber-valleys refresh" in app.error[0].value


def test_damaged_release_is_said_and_the_last_good_one_shown(
    visit: Visit, releases_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    folder = tmp_path / "releases"
    shutil.copytree(releases_dir, folder)
    good = next(folder.glob("*.duckdb"))
    for ending in ("duckdb", "json"):
        shutil.copy(good.with_suffix(f".{ending}"), folder / f"3000-damaged.{ending}")
    (folder / "3000-damaged.duckdb").write_bytes(b"damaged")
    (folder / "CURRENT").write_text("3000-damaged\n")
    use_releases(monkeypatch, folder)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert "3000-damaged is damaged" in app.warning[0].value
    assert "**465 organisations**" in words(app)


@pytest.mark.slow
def test_a_region_that_is_chosen_is_in_the_address(visit: Visit) -> None:
    app = visit("region", {})
    app.selectbox(key="choose_region").select("ES11").run()
    assert app.query_params["region"] == "ES11"
    assert "Galicia" in words(app)


def test_a_region_is_found_by_a_town_in_it(visit: Visit) -> None:
    app = visit("region", {})
    said = {
        "Köln": "Köln, Germany: North Rhine-Westphalia (Nordrhein-Westfalen)",
        "Valencia, Spain": "Valencia, Spain: Valencian Community (Comunitat Valenciana)",
    }
    for town, link in said.items():
        app.text_input(key="region_town").set_value(town).run()
        assert link in [plain(shown.proto.label) for shown in app.get("page_link")]
    app.text_input(key="region_town").set_value("Xyzzyq").run()
    assert "No town in Europe is called “Xyzzyq”." in words(app)


@pytest.mark.slow
def test_a_region_says_that_nobody_counted_it_and_what_its_figures_are(visit: Visit) -> None:
    app = visit("region", {"region": "DEA"})
    assert "**Coverage:** not known. No count by others is known" in words(app)
    figures = next(t.value for t in app.dataframe if "Made from" in t.value)
    people = figures.set_index("Indicator").loc["Population"]
    assert (people["Value"], people["Made from"]) == ("18,034,454", "sum of 5 regions, 2025")


@pytest.mark.slow
def test_how_widespread_a_kind_is_says_of_how_many_regions(visit: Visit) -> None:
    app = visit("regions", {})
    table = app.dataframe[-1].value.set_index("JRC domain")
    assert "Estonia (of 1)" in table
    assert table["Estonia (of 1)"]["Cryptology"] == 1
    of_europe = next(int(name[len("Europe (of ") : -1]) for name in table if "Europe" in name)
    assert 0 < table.iloc[:, 0].max() <= of_europe < 100
    assert f"Over the {of_europe} NUTS 2 regions that the register was collected for" in words(app)


def test_the_glossary_begins_with_the_word_that_was_asked_for(visit: Visit) -> None:
    app = visit("glossary", {"word": "valley"})
    labels = [header.value for header in app.header]
    assert labels[0] == "Cyber valley"
    assert len(labels) == len(set(labels))


def test_what_of_an_address_can_not_be_understood_is_said(visit: Visit) -> None:
    app = visit("directory", {"country": ["UK", "zz"], "type": "sme)."})
    captions = [caption.value for caption in app.caption]
    assert any("Left out" in text and "Country “zz”" in text for text in captions)
    assert not any("sme)" in text for text in captions)
    app = visit("directory", {"country": "UK"})
    assert not any("Left out" in caption.value for caption in app.caption)


def test_each_page_is_in_the_menu_that_its_entry_names(visit: Visit) -> None:
    app = visit("regions", {"type": "csirt"})
    links = {link.proto.label: link.proto for link in app.get("page_link")[: len(PAGES)]}
    for entry in PAGES:
        if entry.menu:
            assert entry.title in links
            assert ("type=csirt" in links[entry.title].query_string) == entry.filters
    assert len(Menu) <= 6
