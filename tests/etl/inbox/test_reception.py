"""What the form sends is checked as a refresh would, and robots and mistakes are turned away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from etl.identity.deduplicate import Candidate, likely_duplicates
from etl.inbox.check import Reference
from etl.inbox.known import LIKEST, Known
from etl.inbox.model import FIELDS, Draft, Refused
from etl.inbox.reception import contact_fault, make_draft, published_cells, receive, whole_row
from etl.inbox.store import Inbox
from etl.register.rows import RegisterFile
from tests.etl.inbox.conftest import LIMES, correction, new


@pytest.fixture
def send(box: Inbox, known: pd.DataFrame, against: Reference) -> Any:
    def send_(draft: Draft, **options: Any) -> int:
        return receive(box, draft, "form", known, against, **{"seconds": 60.0, **options})

    return send_


def record(known: pd.DataFrame, org_id: str) -> dict[str, Any]:
    return {str(k): v for k, v in known[known["org_id"] == org_id].iloc[0].items()}


def test_a_new_one_and_a_correction_are_kept(send: Any, box: Inbox) -> None:
    assert (send(new()), send(correction())) == (1, 2)
    assert send(new()) == 1, "a double click is one suggestion"
    assert [(s.is_new, s.org_id) for s in box.suggestions()] == [(True, ""), (False, LIMES)]


@pytest.mark.parametrize(
    ("draft", "options", "sentence"),
    [
        (replace(correction(), org_id="at-nobody"), {}, "no such organisation"),
        (replace(correction(), org_id="'; DROP TABLE x;--"), {}, "no such organisation"),
        (Draft(LIMES, {"source_url": "https://limessecurity.com"}), {}, "Nothing is changed"),
        (new(), {"seconds": 0.5}, "faster than anybody"),
        (new(), {"trap": "http://spam.example"}, "as robots do"),
        (new(notes="x" * 5_000_000), {}, "too long"),
        (new(name="x" * 201), {}, "has 201 characters"),
        (new(source_url=""), {}, "Source is empty"),
        (new(founded="soon"), {}, "must be a whole number"),
        (replace(new(), values={**new().values, "org_id": "fr-mine"}), {}, "fields that there are"),
        (replace(new(), values={"name": "A"}), {}, "not complete"),
        (replace(new(), contact="not an address"), {}, "not an e-mail address"),
        (replace(new(), comment="x" * 2_001), {}, "comment is too long"),
    ],
)
def test_what_is_not_taken(
    send: Any, box: Inbox, draft: Draft, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        send(draft, **options)
    assert box.suggestions() == []


@pytest.mark.slow
def test_every_published_organisation_passes_its_own_check(
    known: pd.DataFrame, against: Reference
) -> None:
    """So a correction of one field is never held up by another."""
    organisations = Known(known)
    for row in known.iloc[::23].to_dict("records"):
        cells = published_cells({str(k): v for k, v in row.items()})
        checked = against.check(whole_row({n: cells[n] for n in FIELDS}, cells), organisations)
        assert (checked.faults, checked.lost) == ([], [])
        assert make_draft(checked, cells, "", "").before == {}


def test_the_published_cells_are_those_of_the_register(known: pd.DataFrame) -> None:
    file = RegisterFile(settings().register_dir / "organisations.csv")
    for org_id in file.ids()[::17]:
        written, cells = file.row(org_id), published_cells(record(known, org_id))
        for column in set(FIELDS) - {"nuts2_hint"}:
            # A register without the column has active organisations only.
            meant = written.get(column, "active" if column == "status" else "")
            assert cells[column] == meant, (org_id, column)


def test_a_correction_holds_what_changes_and_the_source(
    known: pd.DataFrame, against: Reference
) -> None:
    published = published_cells(record(known, LIMES))
    typed = {n: published[n] for n in FIELDS} | {
        "city": "Wien",
        "founded": " 2011.0 ",
        "nuts2_hint": "",
        "source_url": "limessecurity.com/about",
    }
    draft = make_draft(against.check(whole_row(typed, published)), published, " a\nb ", "")
    assert draft.values == {
        "city": "Wien",
        "founded": "2011",
        "source_url": "https://limessecurity.com/about",
    }
    assert draft.before == {
        "city": "Hagenberg im Mühlkreis",
        "founded": "2012",
        "source_url": "https://limessecurity.com",
    }
    assert draft.comment == "a b"


def test_the_town_is_found_or_its_candidates_are_named(against: Reference) -> None:
    found = against.check(new().values)
    assert found.town is not None
    assert found.town.sentence() == "Cesson-Sévigné, Ille-et-Vilaine (FRH03)"
    several = against.check(new(city="Salamanca", country="ES").values)
    assert several.town is None
    assert set(several.candidates) == {"ES30", "ES41"}
    chosen = against.check(new(city="Salamanca", country="ES", nuts2_hint="ES41").values)
    assert chosen.town is not None
    assert chosen.town.nuts3.startswith("ES41")
    assert set(chosen.candidates) == {"ES30", "ES41"}, "another can still be chosen"
    misspelt = against.check(new(city="Cesson Sevinge").values)
    assert "Cesson-Sévigné" in misspelt.similar


def test_an_unknown_town_can_be_sent_for_people_to_look_for(send: Any) -> None:
    assert send(new(city="Nowhere at all")) == 1


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Limes Security", {"city": "Hagenberg im Mühlkreis", "country": "AT"}),
        ("LIMES SECURITY GMBH", {"city": "Hagenberg im Mühlkreis", "country": "AT"}),
    ],
)
def test_a_likely_duplicate_is_found(
    known: pd.DataFrame, against: Reference, name: str, cells: dict[str, str]
) -> None:
    assert LIMES in against.check(new(name, **cells).values, Known(known)).duplicates


def test_names_are_folded_once_and_a_question_is_answered_once(
    known: pd.DataFrame, against: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form asks again with every field that is filled in."""
    folded: list[str] = []
    compared: list[int] = []

    def fold_(text: str) -> str:
        folded.append(text)
        return fold(text)

    def likely(rows: pd.DataFrame, forms: list[str]) -> list[Candidate]:
        compared.append(len(rows))
        return likely_duplicates(rows, forms)

    monkeypatch.setattr("etl.inbox.known.fold", fold_)
    monkeypatch.setattr("etl.inbox.known.likely_duplicates", likely)
    organisations = Known(known)
    at_limes = {"city": "Hagenberg im Mühlkreis", "country": "AT"}
    sent = [new("Limes Security", **at_limes, notes=notes).values for notes in ("", "a", "b")]
    found = [against.check(cells, organisations).duplicates for cells in sent]
    assert found[0] == found[1] == found[2]
    assert LIMES in found[0]
    assert (len(compared), len(folded)) == (1, 1 + (known["country"] == "AT").sum())
    assert against.check(new("Quantum", **at_limes).values, organisations).duplicates == {}
    assert (len(compared), folded[-1]) == (2, "Quantum")
    assert max(compared) <= 2 * (LIKEST + 1) + 1, "of however many"


def test_a_row_is_no_duplicate_of_itself(known: pd.DataFrame, against: Reference) -> None:
    cells = published_cells(record(known, LIMES))
    assert LIMES not in against.check(cells, Known(known)).duplicates
    twin = {**cells, "org_id": "at-limes-security-gmbh-2"}
    assert LIMES in against.check(twin, Known(known)).duplicates


def test_something_else_in_the_town_is_no_duplicate(
    known: pd.DataFrame, against: Reference
) -> None:
    cells = {"city": "Hagenberg im Mühlkreis", "country": "AT"}
    found = against.check(new("Quantum Orchard", **cells).values, Known(known))
    assert found.duplicates == {}


@pytest.mark.parametrize("contact", ["", "a@example.org", "jürgen.müller+x@bücher.example"])
def test_contact_addresses(contact: str) -> None:
    assert contact_fault(contact) == ""


@pytest.mark.parametrize(
    "contact", ["a", "a@b", "a b@example.org", "<a@example.org>", "a@x.org, b@x.org", "@", "a@.."]
)
def test_no_contact_addresses(contact: str) -> None:
    assert "not an e-mail address" in contact_fault(contact)
