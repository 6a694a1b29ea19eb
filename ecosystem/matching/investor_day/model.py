"""What an investor day is, and what a plan of it is: plain data that nothing can change.

The aims of a plan, the first before all others (:data:`AIMS` says them to people):

1. What must be: meetings that must take place, and every limit. A plan that breaks one is none.
2. The fair minimum: as many meetings as possible for who has the fewest.
3. The total match: scores of the pairs that meet, and their wishes, mutual ones above all.
4. Gaps: as few idle slots between somebody's meetings as possible, and nobody with many.
5. Table changes: nobody walks without need.

In the mode that places given meetings, what meets whom is given, so aims 2 and 3 are met before it
begins. When a plan is changed late, a further aim comes after the first: what is in the plan
already stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

AIMS: Mapping[str, str] = {
    "must": "What must be: meetings that must take place, and every limit",
    "kept": "Fewest changes to the plan that is there, if there is one",
    "fair": "Fair minimum: as many meetings as possible for who has the fewest",
    "match": "Total match: scores of the pairs that meet, and their wishes",
    "gaps": "Fewest gaps: idle slots between somebody's meetings",
    "spread": "Gaps spread fairly: few for who has the most",
    "tables": "Fewest changes of table",
}


class Kind(StrEnum):
    """The side that a participant is on."""

    SME = "SME"
    INVESTOR = "investor"


class Mode(StrEnum):
    """Whether the planner chooses who meets whom, or only when and where."""

    CHOOSE = "choose"
    PLACE = "place"


class SessionKind(StrEnum):
    """What happens in a session."""

    MEETINGS = "meetings"
    PITCH = "pitch"
    TRAINING = "training"
    BREAK = "break"


class Audience(StrEnum):
    """Whom a pitch or training session keeps from meetings that overlap it."""

    EVERYBODY = "everybody"
    SMES = "SMEs"
    INVESTORS = "investors"
    NAMED = "named"


class Rule(StrEnum):
    """What the organiser says of a pair."""

    FREE = ""
    MUST = "must"
    MUST_NOT = "must not"


@dataclass(frozen=True)
class Where:
    """A row of the workbook that says something.

    Attributes
    ----------
    sheet : str
        Name of the sheet; empty for what comes from elsewhere.
    row : int
        Its number, from 1.
    columns : mapping of str to str
        Letter of the column of each field.
    """

    sheet: str = ""
    row: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)

    def cell(self, field: str = "") -> str:
        """The cell of a field such as ``Sessions!E5``, by default the first; empty for nowhere."""
        if not self.sheet:
            return ""
        letter = self.columns.get(field) or next(iter(self.columns.values()), "A")
        return f"{self.sheet}!{letter}{self.row}"


NOWHERE = Where()
Key = tuple[str, str]


def key(one: str, other: str) -> Key:
    """A pair of participants, whoever is named first."""
    return (one, other) if one <= other else (other, one)


@dataclass(frozen=True)
class Session:
    """A part of the day.

    Attributes
    ----------
    name : str
        What the sheets call it; no two sessions have the same.
    kind : SessionKind
        Meetings are cut into slots. A break is everybody's: no slot overlaps it.
    start, end : datetime
        Local time of the day's place.
    minutes, pause : int
        Length of a slot (of a pitch), and minutes between two.
    audience : Audience
        Whom a pitch or training session keeps from meetings; named ones say so themselves.
    where : Where
        Where the workbook says it.
    """

    name: str
    kind: SessionKind
    start: datetime
    end: datetime
    minutes: int = 0
    pause: int = 0
    audience: Audience = Audience.EVERYBODY
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Slot:
    """Time for one meeting of everybody, numbered from 1 through all sessions."""

    number: int
    session: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Table:
    """A place where two meet."""

    name: str
    note: str = ""
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Participant:
    """Somebody who comes: one seat, so one meeting at a time.

    Attributes
    ----------
    id : str
        Unique; the register's identifier where there is one.
    name, region, note : str
        As people read them.
    kind : Kind
        SME or investor.
    comes : bool
        Whether they come at all; who doesn't is left out of every plan.
    sessions : tuple of str
        Sessions of meetings that they attend; all of them if it is empty.
    takes_part : tuple of str
        Pitch and training sessions that they take part in by name.
    minimum, maximum : int or None
        Meetings; None leaves it to the limits of the kind.
    table : str
        Where they stay, kept free for them; empty if they walk.
    where : Where
        Where the workbook says it.
    """

    id: str
    name: str
    kind: Kind
    region: str = ""
    comes: bool = True
    sessions: tuple[str, ...] = ()
    takes_part: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    table: str = ""
    note: str = ""
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Absence:
    """Somebody is away from some time to another."""

    who: str
    start: datetime
    end: datetime
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Wish:
    """Somebody wants to meet somebody, or refuses to."""

    who: str
    whom: str
    refuses: bool = False
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Pair:
    """What the organiser knows of two participants.

    Attributes
    ----------
    one, other : str
        Identifiers.
    rule : Rule
        Whether they must meet or must not.
    match : float or None
        How well they fit, 0 to 1; None if nobody worked it out.
    why : str
        The reason for the match, in words.
    where : Where
        Where the workbook says it.
    """

    one: str
    other: str
    rule: Rule = Rule.FREE
    match: float | None = None
    why: str = ""
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Request:
    """A meeting that both sides have accepted: it has to be placed."""

    one: str
    other: str
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Limits:
    """Meetings a participant of each kind; a participant's own limits come before these."""

    sme_minimum: int = 0
    sme_maximum: int | None = None
    investor_minimum: int = 0
    investor_maximum: int | None = None


@dataclass(frozen=True)
class Weights:
    """What counts in the total match of a plan.

    Attributes
    ----------
    match : float
        For a full score of 1.
    wish : float
        For a wish of one side only.
    mutual : float
        For a wish of both sides.
    """

    match: float = 1.0
    wish: float = 0.5
    mutual: float = 1.5


@dataclass(frozen=True)
class Meeting:
    """Two participants at a table.

    Attributes
    ----------
    one, other : str
        Identifiers; of an SME and an investor the SME comes first (:meth:`Day.in_order`).
    slot : int
        Number of the slot.
    table : str
        Name of the table.
    locked : bool
        Whether a new plan must leave it as it is.
    reason : str
        Why they meet, in words.
    where : Where
        Where the workbook says it.
    """

    one: str
    other: str
    slot: int
    table: str
    locked: bool = False
    reason: str = ""
    where: Where = field(default=NOWHERE, compare=False, repr=False)

    @property
    def key(self) -> Key:
        """The pair, whoever is named first."""
        return key(self.one, self.other)

    @property
    def both(self) -> tuple[str, str]:
        """Identifiers of the two."""
        return self.one, self.other


@dataclass(frozen=True)
class Plan:
    """A timetable: meetings in the order of slot and table."""

    meetings: tuple[Meeting, ...] = ()

    @cached_property
    def of(self) -> Mapping[str, tuple[Meeting, ...]]:
        """Meetings of each participant who has any, in the order of time."""
        found: dict[str, list[Meeting]] = defaultdict(list)
        for meeting in sorted(self.meetings, key=lambda one: one.slot):
            for who in meeting.both:
                found[who].append(meeting)
        return {who: tuple(meetings) for who, meetings in found.items()}

    @cached_property
    def at(self) -> Mapping[Key, Meeting]:
        """The meeting of each pair that meets."""
        return {meeting.key: meeting for meeting in self.meetings}


@dataclass(frozen=True)
class Pitch:
    """A participant's turn in a pitch session."""

    session: str
    who: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Day:
    """All that an organiser says of an investor day.

    Attributes
    ----------
    title, place, timezone : str
        For the sheets; the time zone by its IANA name.
    mode : Mode
        Whether meetings are chosen or only placed.
    participants, sessions, tables, absences, wishes, pairs, requests : tuple
        What the workbook's sheets of these names hold.
    limits : Limits
        Meetings a participant of each kind.
    weights : Weights
        What counts in the total match.
    fair : bool
        Whether the fewest meetings that somebody has are raised as far as possible.
    least_match : float
        A pair that scores less meets only if one of them wishes it or it must.
    locked : tuple of Meeting
        Meetings that are fixed in slot and table.
    where : mapping of str to str
        The workbook's cell of each setting, by the name of the field here or in limits or weights.
    """

    title: str = "Investor day"
    place: str = ""
    timezone: str = "Europe/Brussels"
    mode: Mode = Mode.CHOOSE
    participants: tuple[Participant, ...] = ()
    sessions: tuple[Session, ...] = ()
    tables: tuple[Table, ...] = ()
    absences: tuple[Absence, ...] = ()
    wishes: tuple[Wish, ...] = ()
    pairs: tuple[Pair, ...] = ()
    requests: tuple[Request, ...] = ()
    limits: Limits = Limits()
    weights: Weights = Weights()
    fair: bool = True
    least_match: float = 0.0
    locked: tuple[Meeting, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def today(self) -> Day:
        """The day of those who come: what is planned, checked and measured."""
        gone = [one.id for one in self.participants if not one.comes]
        return self.without(gone) if gone else self

    @cached_property
    def by_id(self) -> Mapping[str, Participant]:
        """Participants by identifier."""
        return {participant.id: participant for participant in self.participants}

    def name(self, who: str) -> str:
        """Name of a participant; an unknown identifier as it is."""
        found = self.by_id.get(who)
        return found.name if found else who

    def pair_name(self, one: str, other: str) -> str:
        """Both names, the SME's first."""
        first, second = self.in_order(one, other)
        return f"{self.name(first)} and {self.name(second)}"

    def in_order(self, one: str, other: str) -> tuple[str, str]:
        """The SME before the investor; of the same kind, in the order of the sheet."""
        places = self._places
        return (
            (one, other) if places.get(one, (2, 0)) <= places.get(other, (2, 0)) else (other, one)
        )

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, int]]:
        return {
            participant.id: (participant.kind is Kind.INVESTOR, number)
            for number, participant in enumerate(self.participants)
        }

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Time for meetings: sessions cut into slots, around breaks, in the order of time."""
        breaks = [one for one in self.sessions if one.kind is SessionKind.BREAK]
        found: list[tuple[datetime, datetime, str]] = []
        for session in self.sessions:
            if session.kind is not SessionKind.MEETINGS or session.minutes <= 0:
                continue
            length, pause = timedelta(minutes=session.minutes), timedelta(minutes=session.pause)
            start = session.start
            while start + length <= session.end:
                end = start + length
                over = max((one.end for one in breaks if overlap(one, start, end)), default=None)
                if over is None:
                    found.append((start, end, session.name))
                start = end + pause if over is None else over
        return tuple(
            Slot(number, session, start, end)
            for number, (start, end, session) in enumerate(sorted(found), start=1)
        )

    @cached_property
    def slot(self) -> Mapping[int, Slot]:
        """Slots by number."""
        return {slot.number: slot for slot in self.slots}

    @cached_property
    def free(self) -> Mapping[str, frozenset[int]]:
        """Numbers of the slots in which each participant could meet somebody."""
        away: dict[str, list[Absence]] = defaultdict(list)
        for absence in self.absences:
            away[absence.who].append(absence)
        return {
            one.id: frozenset(
                slot.number
                for slot in self.slots
                if (not one.sessions or slot.session in one.sessions)
                and not any(overlap(busy, slot.start, slot.end) for busy in self.busy(one))
                and not any(overlap(absence, slot.start, slot.end) for absence in away[one.id])
            )
            for one in self.participants
        }

    def busy(self, participant: Participant) -> list[Session]:
        """Pitch and training sessions that keep a participant from meetings."""
        side = Audience.SMES if participant.kind is Kind.SME else Audience.INVESTORS
        return [
            session
            for session in self.sessions
            if session.kind in (SessionKind.PITCH, SessionKind.TRAINING)
            and (
                session.audience in (Audience.EVERYBODY, side)
                or session.name in participant.takes_part
            )
        ]

    @cached_property
    def pitches(self) -> tuple[Pitch, ...]:
        """Turns in the pitch sessions: who names one, in the order of the sheet."""
        found = []
        for session in self.sessions:
            if session.kind is SessionKind.PITCH and session.minutes > 0:
                start = session.start
                for one in self.participants:
                    if session.name in one.takes_part:
                        end = start + timedelta(minutes=session.minutes)
                        found.append(Pitch(session.name, one.id, start, end))
                        start = end + timedelta(minutes=session.pause)
        return tuple(found)

    def limit(self, participant: Participant, name: str) -> int | None:
        """Somebody's ``minimum`` or ``maximum`` of meetings: their own, else that of their side."""
        own: int | None = getattr(participant, name)
        return getattr(self.limits, _of_side(participant, name)) if own is None else own

    def limit_cell(self, participant: Participant, name: str) -> str:
        """The cell that says :meth:`limit`; empty if none does."""
        if getattr(participant, name) is None:
            return self.where.get(_of_side(participant, name), "")
        return participant.where.cell(name)

    def minimum(self, participant: Participant) -> int:
        """Meetings that a participant has at least."""
        return self.limit(participant, "minimum") or 0

    def maximum(self, participant: Participant) -> int:
        """Meetings that a participant has at most; never more than the slots they could use."""
        said = self.limit(participant, "maximum")
        most = len(self.free[participant.id])
        return most if said is None else min(said, most)

    @cached_property
    def wished(self) -> frozenset[Key]:
        """Who wishes to meet whom, in this order."""
        return frozenset((wish.who, wish.whom) for wish in self.wishes if not wish.refuses)

    @cached_property
    def mutual(self) -> frozenset[Key]:
        """Pairs of which both wish it."""
        return frozenset(key(*wish) for wish in self.wished if wish[::-1] in self.wished)

    @cached_property
    def barred(self) -> frozenset[Key]:
        """Pairs that may not meet: somebody refuses, or the organiser says so."""
        found = {key(wish.who, wish.whom) for wish in self.wishes if wish.refuses}
        return frozenset(
            found | {key(one.one, one.other) for one in self.pairs if one.rule is Rule.MUST_NOT}
        )

    @cached_property
    def musts(self) -> frozenset[Key]:
        """Pairs that have to meet: by a rule, an accepted request or a locked meeting."""
        return frozenset(
            {key(one.one, one.other) for one in self.pairs if one.rule is Rule.MUST}
            | {key(one.one, one.other) for one in self.requests}
            | {meeting.key for meeting in self.locked}
        )

    @cached_property
    def said(self) -> Mapping[Key, Pair]:
        """What the organiser knows of a pair."""
        return {key(one.one, one.other): one for one in self.pairs}

    def score(self, one: str, other: str) -> float | None:
        """Match of two participants, 0 to 1; None if nobody worked it out."""
        found = self.said.get(key(one, other))
        return found.match if found else None

    def wishes_of(self, one: str, other: str) -> int:
        """How many of the two wish the meeting."""
        return ((one, other) in self.wished) + ((other, one) in self.wished)

    def value(self, one: str, other: str) -> float:
        """What a meeting adds to the total match."""
        wishes = (0.0, self.weights.wish, self.weights.mutual)[self.wishes_of(one, other)]
        return self.weights.match * (self.score(one, other) or 0.0) + wishes

    @cached_property
    def candidates(self) -> tuple[Key, ...]:
        """Pairs that could meet, SME first, in the order of the sheet.

        Who must meet is among them even if it can't be, so that a reader sees why.
        """
        if self.mode is Mode.PLACE:
            found = set(self.musts)
        else:
            smes = [one.id for one in self.participants if one.kind is Kind.SME]
            investors = [one.id for one in self.participants if one.kind is Kind.INVESTOR]
            found = {
                key(sme, investor)
                for sme in smes
                for investor in investors
                if (self.score(sme, investor) or 0.0) >= self.least_match
                or self.wishes_of(sme, investor)
            }
            found = {
                pair
                for pair in found - self.barred
                if self.free[pair[0]] & self.free[pair[1]] and self.tables_agree(*pair)
            } | self.musts
        places = self._places
        pairs = (self.in_order(*pair) for pair in found if set(pair) <= set(self.by_id))
        return tuple(sorted(pairs, key=lambda pair: (places[pair[0]], places[pair[1]])))

    def tables_agree(self, one: str, other: str) -> bool:
        """Whether not each of the two stays at a table of their own."""
        tables = {self.by_id[who].table for who in (one, other)} - {""}
        return len(tables) < 2

    def table_of(self, one: str, other: str) -> str:
        """The table at which one of the two stays; empty if both walk."""
        return self.by_id[one].table or self.by_id[other].table

    def reserved(self, slot: int) -> frozenset[str]:
        """Tables kept free in a slot for who stays there and is about."""
        return self._reserved[slot]

    @cached_property
    def _reserved(self) -> Mapping[int, frozenset[str]]:
        return {
            slot.number: frozenset(
                one.table
                for one in self.participants
                if one.table and slot.number in self.free[one.id]
            )
            for slot in self.slots
        }

    def reason(self, one: str, other: str) -> str:
        """Why two participants meet, in words."""
        pair = key(one, other)
        said, wishes = self.said.get(pair), self.wishes_of(one, other)
        parts = []
        if said is not None and said.rule is Rule.MUST:
            parts.append("must meet")
        if pair in {key(request.one, request.other) for request in self.requests}:
            parts.append("accepted request")
        if wishes == 2:
            parts.append("both wish it")
        elif wishes:
            parts.append(f"wish of {self.name(one if (one, other) in self.wished else other)}")
        if said is not None and said.match is not None:
            parts.append(f"match {said.match:.2f}" + (f" ({said.why})" if said.why else ""))
        return "; ".join(parts) or "free on both sides"

    def with_matches(self, matches: Mapping[Key, tuple[float, str]]) -> Day:
        """The same day with scores for pairs whose match the workbook leaves open.

        Parameters
        ----------
        matches : mapping of (str, str) to (float, str)
            Score, 0 to 1, and its reason in words, by :func:`key` of the pair.
        """
        pairs = [
            replace(one, match=matches[pair][0], why=one.why or matches[pair][1])
            if one.match is None and (pair := key(one.one, one.other)) in matches
            else one
            for one in self.pairs
        ]
        new = [
            Pair(*self.in_order(*pair), match=match, why=why)
            for pair, (match, why) in matches.items()
            if pair not in self.said
        ]
        return replace(self, pairs=(*pairs, *new))

    def without(self, ids: Iterable[str]) -> Day:
        """The same day when some participants don't come: all that names them goes as well."""
        gone = set(ids)
        return replace(
            self,
            participants=tuple(one for one in self.participants if one.id not in gone),
            absences=tuple(one for one in self.absences if one.who not in gone),
            wishes=tuple(one for one in self.wishes if not {one.who, one.whom} & gone),
            pairs=tuple(one for one in self.pairs if not {one.one, one.other} & gone),
            requests=tuple(one for one in self.requests if not {one.one, one.other} & gone),
            locked=tuple(one for one in self.locked if not set(one.both) & gone),
        )

    def with_locked(self, meetings: Iterable[Meeting]) -> Day:
        """The same day with just these meetings fixed in slot and table."""
        made = replace(self, locked=tuple(replace(meeting, locked=True) for meeting in meetings))
        # What was worked out and doesn't depend on locks need not be again: a plan tries several.
        keep = _WITHOUT_LOCKS
        before, after = ({one.key for one in day.locked} for day in (self, made))
        if before <= after <= {key(*pair) for pair in self.__dict__.get("candidates", ())}:
            keep = keep | {"candidates"}
        made.__dict__.update({name: self.__dict__[name] for name in keep & self.__dict__.keys()})
        return made


# Attributes of a day that are the same whatever is locked.
_WITHOUT_LOCKS = frozenset(
    {"by_id", "_places", "slots", "slot", "free", "wished", "mutual", "barred", "said", "_reserved"}
)


def overlap(one: Session | Absence, start: datetime, end: datetime) -> bool:
    """Whether something and a time have more than a moment in common."""
    return one.start < end and start < one.end


def _of_side(participant: Participant, name: str) -> str:
    """The field of :class:`Limits` that stands for somebody without a limit of their own."""
    return f"{'sme' if participant.kind is Kind.SME else 'investor'}_{name}"
