"""Partnerships, practices, bodies, events and documents, and the words of the site, plainly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from ecosystem.common import accessibility, links, money, partial_dates, wording
from ecosystem.common.glossary import GLOSSARY
from ecosystem.common.publisher import publisher
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import (
    COUNTRIES,
    DOCUMENT_KINDS,
    ENTITY_KINDS,
    EVENT_KINDS,
    MEMBER_ROLES,
    PARTNERSHIP_KINDS,
    PRACTICE_KINDS,
    ROUNDS,
)
from ecosystem.plain.page import Item, Listing, Params, PlainPage, first
from ecosystem.tables import (
    documents,
    events,
    funding_rounds,
    investors,
    network_entities,
    partnerships,
    practices,
)

NO_PARTNERSHIP = "There is no partnership at this address. It may have been removed or mistyped."
NO_PRACTICE = "There is no practice at this address. It may have been removed or mistyped."
NO_INVESTOR = "There is no investor at this address. It may have been removed or mistyped."
NO_EVENT = "There is no event at this address. It may have been removed or mistyped."


def network_page(database: Database, params: Params) -> PlainPage:
    """Who coordinates and supports: the bodies of the network, and the partnerships."""
    del params
    bodies = network_entities.search(database)
    return PlainPage(
        heading="Network",
        description="Who works with whom in Europe's cybersecurity regions: partnerships, "
        "coordination centres, clusters and competence centres.",
        facts=(
            ("Bodies", f"{len(bodies):,}"),
            ("Partnerships", f"{len(partnerships.selection(database)):,}"),
        ),
        listings=(
            Listing(
                "Bodies",
                tuple(
                    Item(
                        row["name"],
                        links.web_address(row["website"]) or "",
                        _join(ENTITY_KINDS.label(row["kind"]), _place(row)),
                    )
                    for row in bodies.to_dict("records")
                ),
            ),
        ),
        canonical="network",
    )


def partnerships_page(database: Database, params: Params) -> PlainPage:
    """All partnerships with their kind and period."""
    del params
    return _list_page(
        "Partnerships",
        "Interregional projects and networks on cybersecurity, with their members.",
        "partnership",
        [
            Item(
                row["name"],
                f"partnership?{urlencode({'id': row['partnership_id']})}",
                _join(PARTNERSHIP_KINDS.label(row["kind"]), _period(row)),
            )
            for row in partnerships.selection(database).to_dict("records")
        ],
        "partnerships",
    )


def partnership_page(database: Database, params: Params) -> PlainPage:
    """One partnership and its members."""
    record = partnerships.one(database, first(params, "id"))
    if record is None:
        return _nothing_at("Partnership", NO_PARTNERSHIP, "partnerships", "All partnerships")
    members = partnerships.members(database, record["partnership_id"])
    return PlainPage(
        heading=record["name"],
        description=_text(record["summary"]) or PARTNERSHIP_KINDS.label(record["kind"]),
        paragraphs=_paragraphs(record),
        facts=_without_gaps(
            Kind=PARTNERSHIP_KINDS.label(record["kind"]),
            Period=_period(record),
            Coordinator=_text(record["coordinator"]),
        ),
        listings=(
            Listing(
                "Members that a page seen names",
                tuple(
                    Item(
                        row["member_name"],
                        note=_join(MEMBER_ROLES.label(row["role"]), _country(row)),
                    )
                    for row in members.to_dict("records")
                ),
            ),
            *_source(record),
        ),
        canonical=f"partnership?{urlencode({'id': record['partnership_id']})}",
    )


def practices_page(database: Database, params: Params) -> PlainPage:
    """All practices with their kind."""
    del params
    return _list_page(
        "Practices",
        "What regions do for cybersecurity: vouchers, labels, test beds, training.",
        "practice",
        [
            Item(
                row["name"],
                f"practice?{urlencode({'id': row['practice_id']})}",
                PRACTICE_KINDS.label(row["kind"]),
            )
            for row in practices.selection(database).to_dict("records")
        ],
        "practices",
    )


def practice_page(database: Database, params: Params) -> PlainPage:
    """One practice."""
    record = practices.one(database, first(params, "id"))
    if record is None:
        return _nothing_at("Practice", NO_PRACTICE, "practices", "All practices")
    return PlainPage(
        heading=record["name"],
        description=_text(record["summary"]) or PRACTICE_KINDS.label(record["kind"]),
        paragraphs=_paragraphs(record),
        facts=_without_gaps(Kind=PRACTICE_KINDS.label(record["kind"])),
        listings=_source(record),
        canonical=f"practice?{urlencode({'id': record['practice_id']})}",
    )


def investors_page(database: Database, params: Params) -> PlainPage:
    """All investors with seat, stages and ticket."""
    del params
    found = investors.selection(database)
    return PlainPage(
        heading="Investors",
        description="Who finances cybersecurity firms in Europe, as far as public pages tell.",
        listings=(
            Listing(
                wording.count(len(found), "investor"),
                tuple(
                    Item(
                        row["name"],
                        f"investor?{urlencode({'id': row['investor_id']})}",
                        _join(_place(row), money.stages(row["stages"]), f"ticket {_ticket(row)}"),
                    )
                    for row in found.to_dict("records")
                ),
            ),
        ),
        canonical="investors",
    )


def investor_page(database: Database, params: Params) -> PlainPage:
    """One investor with the rounds that name it first."""
    record = investors.one(database, first(params, "id"))
    if record is None:
        return _nothing_at("Investor", NO_INVESTOR, "investors", "All investors")
    rounds = funding_rounds.of_investor(database, record["investor_id"])
    named = tuple(
        Item(row["name"], "", _join(ROUNDS.label(row["round"]), _date(row), money.amount(row)))
        for row in rounds.to_dict("records")
    )
    return PlainPage(
        heading=record["name"],
        description=_text(record["notes"]) or f"Finances {money.stages(record['stages'])}",
        paragraphs=tuple(filter(None, (_text(record["notes"]), _text(record["doubt"])))),
        facts=_without_gaps(
            Seat=_place(record),
            Stages=money.stages(record["stages"]),
            Ticket=_ticket(record),
        ),
        listings=(
            *((Listing("Rounds that name it first", named),) if named else ()),
            *_source(record),
        ),
        canonical=f"investor?{urlencode({'id': record['investor_id']})}",
    )


def _ticket(row: Any) -> str:
    return money.ticket(row["ticket_min_meur"], row["ticket_max_meur"])


def _date(row: Any) -> str:
    return partial_dates.in_words(row["date"]) if _text(row["date"]) else "date not known"


def events_page(database: Database, params: Params) -> PlainPage:
    """The event that an address names, or all, the latest first."""
    found = events.selection(database)
    asked = first(params, "id")
    if asked:
        found = found[found["event_id"] == asked]
        if found.empty:
            return _nothing_at("Events", NO_EVENT, "events", "All events")
    return _list_page(
        "Events",
        "Investor days, interregional events, workshops and conferences.",
        "event",
        [
            Item(
                row["name"],
                f"events?{urlencode({'id': row['event_id']})}",
                _join(EVENT_KINDS.label(row["kind"]), _when(row), _place(row)),
            )
            for row in found.to_dict("records")
        ],
        f"events?{urlencode({'id': asked})}" if asked else "events",
    )


def library_page(database: Database, params: Params) -> PlainPage:
    """All documents, the latest first."""
    del params
    return _list_page(
        "Library",
        "What working groups and others published on Europe's cyber regions.",
        "document",
        [
            Item(
                row["title"],
                links.web_address(row["url"]) or "",
                _join(
                    DOCUMENT_KINDS.label(row["kind"]), partial_dates.in_words(_text(row["date"]))
                ),
            )
            for row in documents.selection(database).to_dict("records")
        ],
        "library",
    )


def glossary_page(database: Database, params: Params) -> PlainPage:
    """The words of the site with their meanings."""
    del database, params
    return PlainPage(
        heading="Glossary",
        description="The words of this site, each explained once.",
        listings=(
            Listing(
                "Words", tuple(Item(word.label, note=word.meaning) for word in GLOSSARY.values())
            ),
        ),
        canonical="glossary",
    )


def accessibility_page(database: Database, params: Params) -> PlainPage:
    """The accessibility statement."""
    del database, params
    introduction, *sections = accessibility.statement(publisher())
    return PlainPage(
        heading=accessibility.TITLE,
        description="How far everybody can use this site, what falls short, and whom to tell.",
        paragraphs=introduction.sentences,
        listings=tuple(
            Listing(
                section.heading,
                (
                    *(Item(text) for text in (*section.sentences, *section.points)),
                    *(Item(label, address) for label, address in section.links),
                ),
            )
            for section in sections
        ),
        canonical="accessibility",
    )


def _list_page(
    heading: str, description: str, noun: str, items: Sequence[Item], canonical: str
) -> PlainPage:
    """A page that is one list, with how many entries it has."""
    return PlainPage(
        heading=heading,
        description=description,
        listings=(Listing(wording.count(len(items), noun), tuple(items)),),
        canonical=canonical,
    )


def _nothing_at(heading: str, sentence: str, list_path: str, list_name: str) -> PlainPage:
    return PlainPage(
        heading=heading,
        description=sentence,
        paragraphs=(sentence,),
        listings=(Listing("Instead", (Item(list_name, list_path),)),),
        is_lasting=False,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _join(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _period(row: Any) -> str:
    start, end = _text(row["start_date"]), _text(row["end_date"])
    return partial_dates.period(start or None, end or None)


def _when(row: Any) -> str:
    start, end = _text(row["start_date"]), _text(row["end_date"])
    return partial_dates.of_event(start or None, end or None)


def _country(row: Any) -> str:
    country = _text(row["country"])
    return COUNTRIES.label(country)


def _place(row: Any) -> str:
    return ", ".join(filter(None, (_text(row["city"]), _country(row))))


def _paragraphs(record: Any) -> tuple[str, ...]:
    return tuple(filter(None, (_text(record["summary"]),)))


def _without_gaps(**facts: str) -> tuple[tuple[str, str], ...]:
    return tuple((term, value) for term, value in facts.items() if value)


def _source(record: Any) -> tuple[Listing, ...]:
    address = links.web_address(record["source_url"])
    if pd.isna(address) or not address:
        return ()
    return (Listing("Source", (Item(links.host(address), address),)),)
