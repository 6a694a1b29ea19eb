"""Days that the tests plan: one that a reader can hold in mind, and small random ones."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from ecosystem.matching.investor_day.model import (
    Audience,
    Day,
    Kind,
    Limits,
    Mode,
    Pair,
    Participant,
    Request,
    Rule,
    Session,
    SessionKind,
    Table,
    Wish,
)

START = datetime(2027, 3, 4, 9, 0)


def meetings_session(name: str, slots: int, start: datetime = START, minutes: int = 20) -> Session:
    """A session of meetings with that many slots."""
    end = start + timedelta(minutes=minutes * slots)
    return Session(name, SessionKind.MEETINGS, start, end, minutes)


def small_day() -> Day:
    """Two SMEs, two investors, a morning of three slots and a pitch in the second of them."""
    return Day(
        title="Small day",
        participants=(
            Participant("a", "Alpha", Kind.SME),
            Participant("b", "Beta", Kind.SME, takes_part=("Pitches",)),
            Participant("x", "Xenon Ventures", Kind.INVESTOR, table="1"),
            Participant("y", "Yttrium Capital", Kind.INVESTOR),
        ),
        sessions=(
            meetings_session("Morning", 3),
            Session(
                "Pitches",
                SessionKind.PITCH,
                START + timedelta(minutes=20),
                START + timedelta(minutes=40),
                10,
                audience=Audience.NAMED,
            ),
        ),
        tables=(Table("1"), Table("2")),
        wishes=(Wish("a", "x"), Wish("x", "a"), Wish("b", "y"), Wish("y", "a", refuses=True)),
        pairs=(Pair("a", "x", match=0.5, why="same field"), Pair("b", "x", Rule.MUST)),
    )


def random_day(seed: int, mode: Mode = Mode.CHOOSE) -> Day:
    """A day small enough to try every plan of it; not every one has a plan."""
    draw = random.Random(seed)  # noqa: S311
    smes = [f"s{n}" for n in range(draw.randint(2, 3))]
    investors = [f"i{n}" for n in range(draw.randint(1, 3))]
    first = draw.randint(2, 4)
    sessions = [meetings_session("One", first)]
    if draw.random() < 0.4:
        sessions.append(meetings_session("Two", 1 if first > 2 else 2, START.replace(hour=14)))
    if draw.random() < 0.3:
        begin = START + timedelta(minutes=20)
        audience = draw.choice([Audience.SMES, Audience.NAMED])
        sessions.append(
            Session(
                "Pitch",
                SessionKind.PITCH,
                begin,
                begin + timedelta(minutes=20),
                5,
                audience=audience,
            )
        )
    tables = [Table(str(n)) for n in range(1, draw.choice([1, 2, 2, 3]) + 1)]
    names = [session.name for session in sessions if session.kind is SessionKind.MEETINGS]
    participants = []
    for who in smes + investors:
        participants.append(
            Participant(
                who,
                who.upper(),
                Kind.SME if who.startswith("s") else Kind.INVESTOR,
                sessions=(draw.choice(names),)
                if draw.random() < (0.25 if mode is Mode.CHOOSE else 0.1)
                else (),
                takes_part=("Pitch",) if len(sessions) > len(names) and draw.random() < 0.4 else (),
                minimum=1 if draw.random() < 0.15 else None,
                maximum=draw.randint(1, 2)
                if draw.random() < (0.3 if mode is Mode.CHOOSE else 0.02)
                else None,
                table=draw.choice(tables).name if draw.random() < 0.15 else "",
            )
        )
    wishes, pairs, requests = [], [], []
    across = [(one, other) for one in smes for other in investors]
    for one, other in across:
        for who, whom in ((one, other), (other, one)):
            if draw.random() < 0.3:
                wishes.append(
                    Wish(who, whom, refuses=draw.random() < (0.15 if mode is Mode.CHOOSE else 0.05))
                )
        if mode is Mode.PLACE:
            if draw.random() < 0.55:
                requests.append(Request(one, other))
        elif draw.random() < 0.7:
            rule = draw.choices([Rule.FREE, Rule.MUST, Rule.MUST_NOT], [8, 1, 1])[0]
            pairs.append(Pair(one, other, rule, draw.randint(0, 4) / 4))
    if mode is Mode.PLACE and len(smes) > 1 and draw.random() < 0.4:
        requests.append(Request(smes[0], smes[1]))
    return Day(
        mode=mode,
        participants=tuple(participants),
        sessions=tuple(sessions),
        tables=tuple(tables),
        wishes=tuple(wishes),
        pairs=tuple(pairs),
        requests=tuple(requests),
        limits=Limits(sme_maximum=3) if draw.random() < 0.2 else Limits(),
        fair=draw.random() < 0.7,
        least_match=0.25 if draw.random() < 0.2 else 0.0,
    )


def large_day() -> Day:
    """A day whose gaps no solver closes at once: 60 SMEs, 20 investors, 12 slots, 20 tables."""
    draw = random.Random(7)  # noqa: S311
    smes, investors = [f"s{n}" for n in range(60)], [f"i{n}" for n in range(20)]
    return Day(
        participants=tuple(
            Participant(who, who.upper(), Kind.SME if who in smes else Kind.INVESTOR)
            for who in smes + investors
        ),
        sessions=(
            meetings_session("Morning", 6),
            meetings_session("Afternoon", 6, START.replace(hour=14)),
        ),
        tables=tuple(Table(str(n)) for n in range(1, 21)),
        wishes=tuple(Wish(one, other) for one in smes for other in draw.sample(investors, 4)),
        pairs=tuple(
            Pair(one, other, match=draw.randint(0, 100) / 100)
            for one in smes
            for other in investors
        ),
    )


def middling_day(seed: int, mode: Mode) -> Day:
    """A day too large to try every plan: half days, pitches, tables that are kept, limits."""
    draw = random.Random(seed)  # noqa: S311
    smes, investors = [f"s{n}" for n in range(9)], [f"i{n}" for n in range(5)]
    pitch = Session(
        "Pitch", SessionKind.PITCH, START, START + timedelta(minutes=40), 10,
        audience=Audience.NAMED,
    )  # fmt: skip
    sides = draw.choice([smes, investors, smes + investors])
    tables = [str(n) for n in range(1, 7)]
    across = [(one, other) for one in smes for other in investors]
    asked = draw.sample(across, 14) if mode is Mode.PLACE else []
    return Day(
        mode=mode,
        participants=tuple(
            Participant(
                who,
                who.upper(),
                Kind.SME if who in smes else Kind.INVESTOR,
                sessions=draw.choice([(), (), (), ("One",), ("Two",)]),
                takes_part=("Pitch",) if who in smes[:3] else (),
                maximum=draw.choice([None, None, 3, 4]) if mode is Mode.CHOOSE else None,
                table=draw.choice(tables) if who in sides and draw.random() < 0.3 else "",
            )
            for who in smes + investors
        ),
        sessions=(
            pitch,
            meetings_session("One", 4),
            meetings_session("Two", 3, START.replace(hour=14)),
        ),
        tables=tuple(map(Table, tables)),
        wishes=tuple(Wish(*draw.choice(across)) for _ in range(10)) if mode is Mode.CHOOSE else (),
        pairs=tuple(
            Pair(one, other, match=draw.random()) for one, other in across if draw.random() < 0.8
        ),
        requests=tuple(Request(one, other) for one, other in asked),
        least_match=draw.choice([0.0, 0.3]),
    )
