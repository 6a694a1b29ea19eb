"""Check a plan against what the organiser said, without any of the planner's own reasoning.

Nothing is shown or written that this finds at fault. It works from times, names and sheets only:
who is about in a slot is worked out here again, so that a mistake there can't hide itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from ecosystem.common import wording
from ecosystem.matching.investor_day.model import (
    Audience,
    Day,
    Kind,
    Meeting,
    Mode,
    Participant,
    Plan,
    Rule,
    SessionKind,
    Slot,
)

_BREAK = "{pair} meet at {time}, but there is a break then ({session})."
_IN_SESSION = "{pair} meet at {time}, but {who} is in {session} then."
_NOT_IN_SESSION = "{pair} meet at {time}, but {who} doesn't attend {session}."
_ABSENT = "{pair} meet at {time}, but {who} is away then."


def verify(day: Day, plan: Plan) -> list[str]:
    """Every constraint that a plan breaks, as a sentence; empty if it keeps all.

    Parameters
    ----------
    day : Day
        What the organiser said.
    plan : Plan
        Any plan, from wherever it comes.
    """
    gone = {one.id: one.name for one in day.participants if not one.comes}
    late = [
        f"{gone[who]} doesn't come, but has a meeting at {_time(day, meeting.slot)}."
        for meeting in plan.meetings
        for who in meeting.both
        if who in gone
    ]
    if late:
        return late
    day = day.without(gone)
    strange = list(_strangers(day, plan))
    return strange or [
        *_doubles(day, plan),
        *_absences(day, plan),
        *_refusals(day, plan),
        *_omissions(day, plan),
        *_counts(day, plan),
        *_tables(day, plan),
        *_lost_locks(day, plan),
    ]


def _strangers(day: Day, plan: Plan) -> Iterator[str]:
    ids = {one.id for one in day.participants}
    slots, tables = {slot.number for slot in day.slots}, {table.name for table in day.tables}
    for meeting in plan.meetings:
        for who in meeting.both:
            if who not in ids:
                yield f"{who} is in the plan, but not among the participants."
        if meeting.one == meeting.other:
            yield f"{day.name(meeting.one)} meets nobody but themselves."
        if meeting.slot not in slots:
            yield f"{_pair(day, meeting)} meet in slot {meeting.slot}, which the day doesn't have."
        if meeting.table not in tables:
            yield f"{_pair(day, meeting)} meet at table {meeting.table}, which isn't there."


def _doubles(day: Day, plan: Plan) -> Iterator[str]:
    pairs = Counter(frozenset(meeting.both) for meeting in plan.meetings)
    people = Counter((who, one.slot) for one in plan.meetings for who in one.both)
    tables = Counter((one.table, one.slot) for one in plan.meetings)
    for pair, times in pairs.items():
        if times > 1:
            yield f"{day.pair_name(*sorted(pair))} meet {times} times."
    for (who, slot), times in people.items():
        if times > 1:
            yield f"{day.name(who)} has {times} meetings at {_time(day, slot)}."
    for (table, slot), times in tables.items():
        if times > 1:
            yield f"Table {table} has {times} meetings at {_time(day, slot)}."


def _absences(day: Day, plan: Plan) -> Iterator[str]:
    slots = {slot.number: slot for slot in day.slots}
    people = {one.id: one for one in day.participants}
    for meeting in plan.meetings:
        slot = slots[meeting.slot]
        for who in meeting.both:
            said, session = _away(day, people[who], slot)
            if said:
                yield said.format(
                    pair=_pair(day, meeting),
                    time=_time(day, slot.number),
                    who=people[who].name,
                    session=session,
                )


def _away(day: Day, participant: Participant, slot: Slot) -> tuple[str, str]:
    """What to say of a meeting for which somebody is away, and the session; empty if not."""
    for session in day.sessions:
        if session.start >= slot.end or slot.start >= session.end:
            continue
        if session.kind is SessionKind.BREAK:
            return _BREAK, session.name
        if session.kind is SessionKind.MEETINGS:
            continue
        side = Audience.SMES if participant.kind is Kind.SME else Audience.INVESTORS
        if session.audience in (Audience.EVERYBODY, side) or session.name in participant.takes_part:
            return _IN_SESSION, session.name
    if participant.sessions and slot.session not in participant.sessions:
        return _NOT_IN_SESSION, slot.session
    for absence in day.absences:
        if absence.who == participant.id and absence.start < slot.end and slot.start < absence.end:
            return _ABSENT, ""
    return "", ""


def _refusals(day: Day, plan: Plan) -> Iterator[str]:
    refused = {frozenset((one.who, one.whom)): one.who for one in day.wishes if one.refuses}
    barred = {frozenset((one.one, one.other)) for one in day.pairs if one.rule is Rule.MUST_NOT}
    wanted = set(_wanted(day))
    wished = {frozenset((one.who, one.whom)) for one in day.wishes if not one.refuses}
    match = {frozenset((one.one, one.other)): one.match for one in day.pairs}
    kinds = {one.id: one.kind for one in day.participants}
    for meeting in plan.meetings:
        pair = frozenset(meeting.both)
        if pair in refused:
            yield f"{_pair(day, meeting)} meet, but {day.name(refused[pair])} refuses."
        if pair in barred:
            yield f"{_pair(day, meeting)} meet, but they must not."
        if pair in wanted:
            continue
        if day.mode is Mode.PLACE:
            yield f"{_pair(day, meeting)} meet, but nobody asked for it."
        elif kinds[meeting.one] is kinds[meeting.other]:
            yield f"{_pair(day, meeting)} meet, but they are on the same side."
        elif pair not in wished and (match.get(pair) or 0.0) < day.least_match:
            yield f"{_pair(day, meeting)} meet, but their match is below {day.least_match:g}."


def _wanted(day: Day) -> Iterator[frozenset[str]]:
    yield from (frozenset((one.one, one.other)) for one in day.pairs if one.rule is Rule.MUST)
    yield from (frozenset((one.one, one.other)) for one in day.requests)
    yield from (frozenset(one.both) for one in day.locked)


def _omissions(day: Day, plan: Plan) -> Iterator[str]:
    met = {frozenset(meeting.both) for meeting in plan.meetings}
    for pair in dict.fromkeys(_wanted(day)):
        if pair not in met:
            yield f"{day.pair_name(*sorted(pair))} have to meet, but don't."


def _counts(day: Day, plan: Plan) -> Iterator[str]:
    counts = Counter(who for meeting in plan.meetings for who in meeting.both)
    sides = {
        Kind.SME: (day.limits.sme_minimum, day.limits.sme_maximum),
        Kind.INVESTOR: (day.limits.investor_minimum, day.limits.investor_maximum),
    }
    for one in day.participants:
        least, most = sides[one.kind]
        least = least if one.minimum is None else one.minimum
        most = most if one.maximum is None else one.maximum
        number = wording.count(counts[one.id], "meeting")
        if counts[one.id] < least:
            yield f"{one.name} has {number}, but should have at least {least}."
        if most is not None and counts[one.id] > most:
            yield f"{one.name} has {number}, but should have at most {most}."


def _tables(day: Day, plan: Plan) -> Iterator[str]:
    slots = {slot.number: slot for slot in day.slots}
    owners = defaultdict(list)
    for one in day.participants:
        if one.table:
            owners[one.table].append(one)
    stays = {one.id: one.table for one in day.participants if one.table}
    for meeting in plan.meetings:
        for who in meeting.both:
            if stays.get(who, meeting.table) != meeting.table:
                yield (
                    f"{_pair(day, meeting)} meet at table {meeting.table}, but {day.name(who)} "
                    f"stays at table {stays[who]}."
                )
        for owner in owners[meeting.table]:
            if owner.id in meeting.both or set(meeting.both) & {
                one.id for one in owners[meeting.table]
            }:
                continue
            if not any(_away(day, owner, slots[meeting.slot])):
                yield (
                    f"{_pair(day, meeting)} meet at table {meeting.table} at "
                    f"{_time(day, meeting.slot)}, but {owner.name} stays there."
                )


def _lost_locks(day: Day, plan: Plan) -> Iterator[str]:
    found = {(frozenset(one.both), one.slot, one.table) for one in plan.meetings}
    for meeting in day.locked:
        if (frozenset(meeting.both), meeting.slot, meeting.table) not in found:
            yield (
                f"{_pair(day, meeting)} are locked at {_time(day, meeting.slot)}, table "
                f"{meeting.table}, but the plan has it otherwise."
            )


def _pair(day: Day, meeting: Meeting) -> str:
    return day.pair_name(*meeting.both)


def _time(day: Day, number: int) -> str:
    times = {slot.number: f"{slot.start:%d %B, %H:%M}" for slot in day.slots}
    return times.get(number, f"slot {number}")
