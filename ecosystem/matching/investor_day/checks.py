"""What is wrong with a day before anybody plans it, each as a sentence with its cell.

A fault keeps the day from being planned; a note is only worth knowing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from ecosystem.common import wording
from ecosystem.common.text import fold
from ecosystem.matching.investor_day.model import (
    Audience,
    Day,
    Kind,
    Meeting,
    Mode,
    Pair,
    Pitch,
    Request,
    Rule,
    Session,
    SessionKind,
    key,
)

MAX_PARTICIPANTS = 1_000
MAX_SLOTS = 100
MAX_TABLES = 500
# Pairs that could meet times slots: beyond it no plan is found in any time that people wait.
MAX_CHOICES = 1_500_000
MAX_MINUTES = 24 * 60
_NO_MEETINGS = "{name} is no session of meetings; there is {known}."
_NO_MEETINGS_AT_ALL = "{name} is no session of meetings; the sheet Sessions has none."
_NO_PITCH = "{name} is no pitch or training session; there is {known}."
_NO_PITCH_AT_ALL = "{name} is no pitch or training session; the sheet Sessions has none."


@dataclass(frozen=True)
class Fault:
    """Something that must be put right.

    Attributes
    ----------
    text : str
        What is wrong, and the way out.
    cell : str
        Where it is, such as ``Sessions!E5``; empty if it is in no cell.
    """

    text: str
    cell: str = ""

    def __str__(self) -> str:
        return f"{self.cell}: {self.text}" if self.cell else self.text


class DayError(Exception):
    """A day that can't be planned; each fault says why.

    Attributes
    ----------
    faults : list of Fault
        All that were found.
    """

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def faults(day: Day) -> list[Fault]:
    """All that keeps a day from being planned.

    Parameters
    ----------
    day : Day
        As an organiser, a page or a workbook says it.
    """
    large = list(_size(day))
    return large or [
        *_people(day),
        *_sessions(day),
        *_tables(day),
        *_names(day),
        *lock_faults(day),
        *_rules(day),
        *_weights(day),
        *_choices(day),
    ]


def notes(day: Day) -> list[str]:
    """What an organiser should know of a day that can be planned."""
    day = day.today
    return [*_more_wishes_than_slots(day), *_idle_wishes(day), *_nothing_known(day)]


def _size(day: Day) -> Iterator[Fault]:
    for rows, most, noun in (
        (day.participants, MAX_PARTICIPANTS, "participants"),
        (day.tables, MAX_TABLES, "tables"),
    ):
        if len(rows) > most:
            yield Fault(
                f"{len(rows):,} {noun} are more than the {most:,} that can be planned together; "
                "split the day into several workbooks.",
                rows[most].where.cell("name"),
            )


def _people(day: Day) -> Iterator[Fault]:
    if not day.participants:
        yield Fault("There are no participants; write them into the sheet Participants.")
        return
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for one in day.participants:
        where = one.where
        if one.id in ids:
            yield Fault(
                f"The identifier {one.id} stands twice ({ids[one.id] or one.name}); delete one row "
                "or give it another identifier.",
                where.cell("id"),
            )
        elif fold(one.name) in names:
            yield Fault(
                f"{one.name} stands twice ({names[fold(one.name)]}); delete one row, or add to the "
                "names what tells them apart.",
                where.cell("name"),
            )
        ids.setdefault(one.id, where.cell("id"))
        names.setdefault(fold(one.name) or one.id, where.cell("name"))
        for number, name in ((one.minimum, "minimum"), (one.maximum, "maximum")):
            if number is not None and number < 0:
                yield Fault("Meetings can't be fewer than 0.", where.cell(name))
        if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
            yield Fault(
                f"{one.name} should have at least {one.minimum} and at most {one.maximum} "
                "meetings; lower the first or raise the second.",
                where.cell("minimum"),
            )
    if day.mode is Mode.CHOOSE:
        for kind, noun in ((Kind.SME, "SMEs"), (Kind.INVESTOR, "investors")):
            if not any(one.kind is kind and one.comes for one in day.participants):
                yield Fault(
                    f"There are no {noun} who come, so nobody can meet; add them to the sheet "
                    "Participants, or set the mode to place."
                )
    limits = day.limits
    for noun, least, most, name in (
        ("SMEs", limits.sme_minimum, limits.sme_maximum, "sme_minimum"),
        ("investors", limits.investor_minimum, limits.investor_maximum, "investor_minimum"),
    ):
        if least < 0 or (most is not None and most < least):
            yield Fault(
                f"The {noun} should have at least {least} and at most {most} meetings; lower the "
                "first or raise the second.",
                day.where.get(name, ""),
            )


def _sessions(day: Day) -> Iterator[Fault]:
    names: dict[str, Session] = {}
    sound = []
    for session in day.sessions:
        where = session.where
        if fold(session.name) in names:
            yield Fault(
                f"Two sessions are called {session.name}; give one another name.",
                where.cell("name"),
            )
        names.setdefault(fold(session.name), session)
        if session.end <= session.start:
            yield Fault(
                f"{session.name} ends at {session.end:%H:%M}, but starts at "
                f"{session.start:%H:%M}; the end must come after the start.",
                where.cell("end"),
            )
            continue
        if not 0 <= session.minutes <= MAX_MINUTES or not 0 <= session.pause <= MAX_MINUTES:
            yield Fault(f"Minutes must be from 0 to {MAX_MINUTES}.", where.cell("minutes"))
            continue
        length = (session.end - session.start).total_seconds() / 60
        if session.kind is SessionKind.MEETINGS and session.minutes <= 0:
            yield Fault(
                f"{session.name} has no length of a slot; say how many minutes a meeting takes.",
                where.cell("minutes"),
            )
        elif session.kind is SessionKind.MEETINGS and session.minutes > length:
            yield Fault(
                f"A slot of {session.minutes} minutes doesn't fit into {session.name}, which "
                f"takes {length:.0f}.",
                where.cell("minutes"),
            )
        else:
            sound.append(session)
    yield from _overlaps(sound)
    yield from _pitches(day)
    if not any(session.kind is SessionKind.MEETINGS for session in day.sessions):
        yield Fault("There is no session of meetings; add one to the sheet Sessions.")
    elif sound and not day.slots:
        yield Fault("No slot is left beside the breaks; make a session of meetings longer.")
    elif len(day.slots) > MAX_SLOTS:
        yield Fault(
            f"The sessions make {len(day.slots):,} slots, more than the {MAX_SLOTS} that can be "
            "planned together; make slots longer, or split the day into several workbooks."
        )


def _overlaps(sessions: list[Session]) -> Iterator[Fault]:
    for one, other in combinations(sessions, 2):
        if one.end <= other.start or other.end <= one.start:
            continue
        kinds = {one.kind, other.kind}
        # A break may stand in any session; who is in a pitch meanwhile, meets nobody.
        if SessionKind.BREAK in kinds or (
            SessionKind.MEETINGS in kinds and one.kind is not other.kind
        ):
            continue
        apart = {one.audience, other.audience} == {Audience.SMES, Audience.INVESTORS}
        named = Audience.NAMED in (one.audience, other.audience)
        if one.kind is SessionKind.MEETINGS or not (apart or named):
            yield Fault(
                f"{other.name} begins before {one.name} ends, and the same people are in both; "
                "change the times of one."
                if one.start <= other.start
                else f"{other.name} ends after {one.name} has begun, and the same people are in "
                "both; change the times of one.",
                other.where.cell("start"),
            )


def _pitches(day: Day) -> Iterator[Fault]:
    sessions = {session.name: session for session in day.sessions}
    late: dict[str, Pitch] = {}
    for pitch in day.pitches:
        if pitch.end > sessions[pitch.session].end:
            late.setdefault(pitch.session, pitch)
    for name, pitch in late.items():
        yield Fault(
            f"{name} ends before all have pitched: {day.name(pitch.who)} would end at "
            f"{pitch.end:%H:%M}; make the session longer or the pitches shorter.",
            sessions[name].where.cell("end"),
        )
    for one in day.participants:
        mine = [sessions[name] for name in one.takes_part if name in sessions]
        for first, second in combinations(mine, 2):
            if first.start < second.end and second.start < first.end:
                yield Fault(
                    f"{one.name} takes part in {first.name} and {second.name}, which overlap; "
                    "take one away.",
                    one.where.cell("takes_part"),
                )


def _tables(day: Day) -> Iterator[Fault]:
    if not day.tables:
        yield Fault("There are no tables; write at least one into the sheet Tables.")
    for name, times in Counter(table.name for table in day.tables).items():
        if times > 1:
            last = [table for table in day.tables if table.name == name][-1]
            yield Fault(f"Table {name} stands {times} times; keep one.", last.where.cell("name"))
    names = {table.name for table in day.tables}
    for one in day.participants:
        if one.table and one.table not in names:
            yield Fault(
                f"{one.name} stays at table {one.table}, which isn't in the sheet Tables; add it "
                "there, or take another.",
                one.where.cell("table"),
            )


def _names(day: Day) -> Iterator[Fault]:
    sessions = {session.name: session.kind for session in day.sessions}
    for one in day.participants:
        for name in one.sessions:
            if sessions.get(name) is not SessionKind.MEETINGS:
                known = _sessions_of(day, SessionKind.MEETINGS)
                said = _NO_MEETINGS if known else _NO_MEETINGS_AT_ALL
                yield Fault(said.format(name=name, known=known), one.where.cell("sessions"))
        for name in one.takes_part:
            if sessions.get(name) not in (SessionKind.PITCH, SessionKind.TRAINING):
                known = _sessions_of(day, SessionKind.PITCH, SessionKind.TRAINING)
                said = _NO_PITCH if known else _NO_PITCH_AT_ALL
                yield Fault(said.format(name=name, known=known), one.where.cell("takes_part"))
    ids = set(day.by_id)
    for wish in day.wishes:
        for who, name in ((wish.who, "who"), (wish.whom, "whom")):
            if who not in ids:
                yield _nobody(who, wish.where.cell(name))
        if wish.who == wish.whom:
            yield Fault(f"{day.name(wish.who)} is on both sides.", wish.where.cell("whom"))
    for absence in day.absences:
        if absence.who not in ids:
            yield _nobody(absence.who, absence.where.cell("who"))
        if absence.end <= absence.start:
            yield Fault(
                f"The absence ends at {absence.end:%H:%M}, but starts at {absence.start:%H:%M}; "
                "the end must come after the start.",
                absence.where.cell("end"),
            )
    yield from _both_sides(day, (*day.pairs, *day.requests))


def lock_faults(day: Day) -> Iterator[Fault]:
    """What is wrong with the locked meetings of a day."""
    yield from _both_sides(day, day.locked)
    slots, tables = day.slot, {table.name for table in day.tables}
    for meeting in day.locked:
        if meeting.slot not in slots:
            yield Fault("A locked meeting is in no slot of the day.", meeting.where.cell("start"))
        if meeting.table not in tables:
            yield Fault(
                f"A locked meeting is at table {meeting.table}, which isn't in the sheet Tables.",
                meeting.where.cell("table"),
            )


def _both_sides(day: Day, all_: Iterable[Pair | Request | Meeting]) -> Iterator[Fault]:
    for both in all_:
        for who, name in ((both.one, "one"), (both.other, "other")):
            if who not in day.by_id:
                yield _nobody(who, both.where.cell(name))
        if both.one == both.other:
            yield Fault(f"{day.name(both.one)} is on both sides.", both.where.cell("other"))


def _nobody(who: str, cell: str) -> Fault:
    return Fault(
        f"{who} isn't among the participants; correct the name, or add them to the sheet "
        "Participants.",
        cell,
    )


def _sessions_of(day: Day, *kinds: SessionKind) -> str:
    return ", ".join(session.name for session in day.sessions if session.kind in kinds)


def _rules(day: Day) -> Iterator[Fault]:
    seen: dict[tuple[str, str], str] = {}
    for pair in day.pairs:
        both, cell = key(pair.one, pair.other), pair.where.cell("one")
        if both in seen:
            yield Fault(
                f"{day.pair_name(*both)} stand twice ({seen[both]}); keep one row.",
                cell,
            )
        seen.setdefault(both, cell or "above")
        if pair.match is not None and not 0 <= pair.match <= 1:
            yield Fault(f"A match is from 0 to 1, not {pair.match:g}.", pair.where.cell("match"))
    wants = {(wish.who, wish.whom) for wish in day.wishes if not wish.refuses}
    for wish in day.wishes:
        if wish.refuses and (wish.who, wish.whom) in wants:
            yield Fault(
                f"{day.name(wish.who)} both wishes and refuses to meet {day.name(wish.whom)}; "
                "delete one row.",
                wish.where.cell("refuses"),
            )


def _weights(day: Day) -> Iterator[Fault]:
    weights = day.weights
    for name in ("match", "wish", "mutual"):
        if not 0 <= getattr(weights, name) <= 1000:
            yield Fault("A weight is from 0 to 1,000.", day.where.get(name, ""))
    if not 0 <= day.least_match <= 1:
        yield Fault("The least match is from 0 to 1.", day.where.get("least_match", ""))
    if day.mode is Mode.CHOOSE and not (weights.match or weights.wish or weights.mutual):
        yield Fault(
            "All weights are 0, so no meeting is better than another; raise at least one.",
            day.where.get("match", ""),
        )


def _choices(day: Day) -> Iterator[Fault]:
    if len(day.by_id) != len(day.participants) or not day.slots:
        return
    today = day.today
    known = set(today.by_id)
    both: tuple[Pair | Request, ...] = (*today.pairs, *today.requests)
    if any({one.one, one.other} - known for one in both):
        return
    number = len(today.candidates) * len(today.slots)
    if number > MAX_CHOICES:
        yield Fault(
            f"{len(today.candidates):,} pairs in {len(today.slots)} slots are more than can be "
            "planned together; raise the least match, or split the day into several workbooks.",
            day.where.get("least_match", ""),
        )
    elif not number:
        yield _nothing_to_plan(day)


def _nothing_to_plan(day: Day) -> Fault:
    if day.mode is Mode.PLACE:
        return Fault(
            "There are no meetings to place; write accepted requests into the sheet Requests, or "
            "set the mode to choose.",
            day.where.get("mode", ""),
        )
    return Fault(
        "No two participants could meet: they are never there together, refuse each other, or "
        "their match is below the least; loosen one of these.",
        day.where.get("least_match", ""),
    )


def _with_cell(said: str, cell: str) -> str:
    return f"{said} ({cell})." if cell else f"{said}."


def _more_wishes_than_slots(day: Day) -> Iterator[str]:
    wishes = Counter(who for who, _ in day.wished)
    for one in day.participants:
        most = day.maximum(one)
        if wishes[one.id] > most:
            said = (
                f"{one.name} has {wording.count(wishes[one.id], 'wish', 'wishes')}, but "
                f"{wording.count(most, 'meeting')} at most; not all can be met"
            )
            yield _with_cell(said, one.where.cell("name"))


def _idle_wishes(day: Day) -> Iterator[str]:
    if day.mode is Mode.PLACE:
        if day.wished:
            yield "Wishes don't count where given meetings are placed; only refusals do."
        return
    could = {key(*pair) for pair in day.candidates}
    vain = [
        wish for wish in day.wishes if not wish.refuses and key(wish.who, wish.whom) not in could
    ]
    for wish in vain[:20]:
        said = (
            f"{day.name(wish.who)} can't meet {day.name(wish.whom)}: they are on the same side, "
            "one refuses, they must not, or they are never there together"
        )
        yield _with_cell(said, wish.where.cell("whom"))
    if len(vain) > 20:
        yield f"{len(vain) - 20:,} more wishes can't be met for the same reasons."


def _nothing_known(day: Day) -> Iterator[str]:
    if day.mode is Mode.PLACE:
        return
    known = {who for pair in day.pairs if pair.match is not None for who in (pair.one, pair.other)}
    known |= {who for wish in day.wishes for who in (wish.who, wish.whom)}
    known |= {
        who for pair in day.pairs if pair.rule is not Rule.FREE for who in (pair.one, pair.other)
    }
    bare = [one.name for one in day.participants if one.id not in known]
    if bare:
        yield (
            f"Nothing is known of {wording.join(_first(bare))}: no match, no wish. They "
            "get meetings, but none is better than another."
        )


def _first(names: list[str], most: int = 10) -> list[str]:
    left = len(names) - most
    return names if left <= 0 else [*names[:most], f"{left:,} more"]
