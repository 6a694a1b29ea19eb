"""Investors, funding, outcomes and services on their pages: what isn't known is said to be so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.common.store import Database, current
from ecosystem.finding import made_in_europe
from ecosystem.tables import (
    event_outcomes,
    funding_rounds,
    investors,
    organisation_facts,
    services,
)
from ecosystem.ui import data
from ecosystem.ui.escape import markdown
from tests.pages.conftest import Visit
from tests.pages.test_pages import plain, words


def read(app: AppTest) -> str:
    """All text of a page without its marks."""
    return plain(words(app)).replace("**", "")


def test_a_ticket_leaves_out_whom_nothing_is_known_of_and_says_so(visit: Visit) -> None:
    app = visit("investors", {"amount": "12"})
    assert not app.exception
    assert "2 investors; 49 more are left out because their ticket isn't known" in read(app)
    (box,) = app.checkbox
    box.check().run()
    said = read(app)
    assert "51 investors, 49 of them only because their ticket isn't known" in said
    assert app.query_params["unknown"] == "yes"
    assert "ticket not known" in said
    assert "ticket EUR 0 " not in said


@pytest.mark.slow
def test_what_an_address_asks_for_is_what_the_list_has(visit: Visit) -> None:
    app = visit("investors", {"stage": "seed", "country": "EE", "words": "Tallinn"})
    names = [plain(link.label) for link in app.get("page_link")]
    assert [name for name in names if "Ventures" in name] == [
        ":primary[Tera Ventures]",
        ":primary[Trind Ventures]",
    ]
    nothing = visit("investors", {"domain": "cryptology", "amount": "x", "specialist": "perhaps"})
    assert not nothing.exception
    assert any("no investors" in info.value for info in nothing.info)
    assert "54 more are left out" in read(nothing)


def test_an_investor_has_facts_rounds_and_others_like_it(visit: Visit) -> None:
    app = visit("investor", {"id": "tikehau-capital"})
    assert not app.exception
    said = read(app)
    assert "Ticket: not known" in said
    assert "Growth · 2022 · EUR 28 million · named first: Tikehau Capital and Bpifrance" in said
    assert "Doubtful: The page names no currency; its text is in euro." in said
    links = [plain(link.label) for link in app.get("page_link")]
    assert any(label.startswith("Region: Paris Region") for label in links)
    assert "Companies that fit it" in links
    assert "Similar investors" in [header.value for header in app.header]


@pytest.mark.parametrize("params", [{"id": "nobody"}, {}, {"id": "<script>"}])
def test_an_investor_that_there_isn_t_is_a_sentence(visit: Visit, params: dict[str, str]) -> None:
    app = visit("investor", params)
    assert not app.exception
    assert len(app.info) == 1


def test_an_organisation_tells_rounds_and_facts_with_their_evidence(visit: Visit) -> None:
    app = visit("organisation", {"org": "be-aikido-security"})
    said = read(app)
    assert "Series A · May 2024 · USD 17 million · led by Singular" in said
    assert "hearsay" in said
    assert "Stage: Series B (2026)" in said
    assert "over-represented" in said
    ended = read(visit("organisation", {"org": "es-scytl"}))
    assert "Situation: in liquidation (2024)" in ended


@pytest.mark.slow
def test_a_region_sums_what_is_known_in_euro_and_counts_the_rest(
    visit: Visit, releases_dir: Path
) -> None:
    database = Database(current(releases_dir))
    rounds = funding_rounds.in_region(database, "FR")
    database.close()
    raised = rounds[~rounds["round"].isin(["acquisition", "ipo"])]
    sure = raised[raised["doubt"].isna() & raised["amount_meur"].notna()]
    said = read(visit("region", {"region": "FR"}))
    total = f"{sure['amount_meur'].sum():,.3f}".rstrip("0").rstrip(".")
    assert f"{len(raised)} rounds in which money was raised" in said
    assert f"{len(sure)} rounds in euro: EUR {total} million" in said
    assert "those outside the register included" in said


@pytest.mark.slow
def test_outcomes_are_told_with_their_source_and_what_isn_t_known(visit: Visit) -> None:
    for params in ({}, {"id": "ecso-investor-days-2017-2019"}):
        said = read(visit("events", params))
        assert "Of 6 editions: SMEs: 180 · Investors: 60 · Meetings held: 400" in said
        assert "Deals: not known" in said
        assert "almost 180 SMEs" in said
    assert "Deals" not in read(visit("events", {"id": "ecw-2016"}))


def test_no_service_yet_is_explained_and_services_are_counted(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit("services")
    assert not app.exception
    assert "data/register/services.csv" in words(app)
    monkeypatch.setattr(services, "everything", delivered)
    data.forget()
    app = visit("services", {"year": "2027"})
    assert "1 service · 1 organisation · 4.5 hours" in read(app)
    table = app.dataframe[0].value
    row = ["Brittany (Bretagne)", "2027", "Access to funding", 1, 1, 4.5]
    assert table.to_numpy().tolist() == [row]
    data.forget()


def delivered(database: Database) -> pd.DataFrame:
    del database
    row = {"org_id": "fr-secure-ic", "name": "Secure-IC", "country": "FR", "nuts2": "FRH0",
           "service": "access-to-funding", "date": "2027-03", "year": 2027, "hours": 4.5,
           "in_valley": "fr-bretagne", "provider": "A & B", "cohort": None, "source_url": None,
           "notes": "Secretariat", "valley_id": None}  # fmt: skip
    other = {**row, "date": "2026", "year": 2026, "hours": None, "in_valley": None}
    return pd.DataFrame([row, other])


def test_a_map_of_label_holders_says_that_there_are_none(visit: Visit) -> None:
    assert made_in_europe.EMPTY in words(visit("map", {"label": "valid"}))


HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil.example/x) :material/bolt: $x^2$"
Question = Callable[..., Any]


def spoilt(question: Question, columns: tuple[str, ...], lists: tuple[str, ...] = ()) -> Question:
    """A question whose answer holds what nobody should in text columns and addresses."""

    @wraps(question)
    def ask_(*args: Any) -> Any:
        answer = question(*args)
        addresses = [n for n in ("source_url", "website", "seen_in") if n in answer]
        changes = dict.fromkeys(columns, HOSTILE) | dict.fromkeys(addresses, "javascript:alert(1)")
        if isinstance(answer, pd.DataFrame):
            listed = {name: [[HOSTILE]] * len(answer) for name in lists}
            return answer.assign(**changes, **listed)
        return answer | changes

    return ask_


def test_text_of_the_register_stays_text(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ("name", "city", "notes", "doubt")
    rounds = ("name", "notes", "doubt")
    for module, name, columns, lists in (
        (investors, "selection", text, ()),
        (investors, "one", text, ()),
        (funding_rounds, "of_organisation", rounds, ("lead_investors",)),
        (funding_rounds, "of_investor", rounds, ("lead_investors",)),
        (organisation_facts, "of_organisation", ("value", "notes", "doubt"), ()),
        (event_outcomes, "sources", ("name", "edition", "notes"), ()),
        (services, "everything", ("name", "provider", "notes"), ()),
    ):
        question = delivered if module is services else getattr(module, name)
        monkeypatch.setattr(module, name, spoilt(question, columns, lists))
    data.forget()
    for page, params in (
        ("investors", {}),
        ("investor", {"id": "tikehau-capital"}),
        ("organisation", {"org": "be-aikido-security"}),
        ("events", {"id": "ecso-investor-days-2017-2019"}),
        ("services", {}),
    ):
        app = visit(page, params)
        assert not app.exception
        shown = (*app.markdown, *app.caption, *app.warning, *app.title)
        said = [e.value for e in shown if "onerror" in e.value]
        labels = [link.label for link in app.get("page_link") if "onerror" in link.label]
        assert said
        assert all(markdown(HOSTILE) in value for value in (*said, *labels))
        assert not any("javascript:" in value for value in (*said, *labels))
    data.forget()
