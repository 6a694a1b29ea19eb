"""What the sheets of the workbook hold: the one list that template, reading and writing share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecosystem.matching.investor_day.model import (
    Audience,
    Kind,
    Limits,
    Mode,
    Rule,
    SessionKind,
    Weights,
)

# What the first cell of the first sheet says, so that another template is told from this one.
TITLE, EDITION = "Investor-day planner, template", 1
YES, NO = "yes", "no"
WISH, REFUSAL = "wish", "refusal"


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    field : str
        Name of the field in the model that it fills.
    title : str
        Heading, by which it is found wherever it stands.
    help : str
        What to write, shown when a cell of it is chosen.
    choices : tuple of str
        Values that it may have; others are refused.
    names : str
        Sheet of which it names a row, for the list to choose from.
    width : int
        Characters.
    needed : bool
        Whether each row must have it.
    """

    field: str
    title: str
    help: str
    choices: tuple[str, ...] = ()
    names: str = ""
    width: int = 18
    needed: bool = False


@dataclass(frozen=True)
class SheetColumns:
    """A sheet that is read: what it is for, and its columns."""

    name: str
    about: str
    columns: tuple[Column, ...]
    needed: bool = True


@dataclass(frozen=True)
class Setting:
    """A row of the sheet Day."""

    field: str
    title: str
    help: str
    choices: tuple[str, ...] = ()


DAY = "Day"
SETTINGS = (
    Setting("title", "Title", "What the day is called."),
    Setting("place", "Place", "Venue and town, for the sheets and calendars."),
    Setting("timezone", "Time zone", "IANA name, such as Europe/Brussels."),
    Setting(
        "mode",
        "Mode",
        "choose: the planner chooses who meets whom. place: it places the accepted requests only.",
        tuple(Mode),
    ),
    Setting("sme_minimum", "SMEs: meetings at least", "0 if it is empty."),
    Setting("sme_maximum", "SMEs: meetings at most", "No limit if it is empty."),
    Setting("investor_minimum", "Investors: meetings at least", "0 if it is empty."),
    Setting("investor_maximum", "Investors: meetings at most", "No limit if it is empty."),
    Setting(
        "fair",
        "Fair minimum",
        "yes: the fewest meetings that somebody has are raised as far as possible, before the "
        "total match counts.",
        (YES, NO),
    ),
    Setting("match", "Weight of the match", f"{Weights().match:g} if it is empty."),
    Setting("wish", "Weight of a wish of one side", f"{Weights().wish:g} if it is empty."),
    Setting("mutual", "Weight of a wish of both sides", f"{Weights().mutual:g} if it is empty."),
    Setting(
        "least_match",
        "Least match",
        "Pairs that score less meet only if one wishes it, or they must. 0 if it is empty.",
    ),
)

PARTICIPANTS, SESSIONS, TABLES = "Participants", "Sessions", "Tables"
_WHO = "Name or identifier of a participant."

SHEETS = (
    SheetColumns(
        SESSIONS,
        "The day's parts. Sessions of meetings are cut into slots; breaks, pitches and training "
        "take slots away.",
        (
            Column("name", "Session", "What the sheets call it.", width=24, needed=True),
            Column(
                "kind", "What", "What happens in it.", tuple(SessionKind), width=12, needed=True
            ),
            Column("date", "Date", "Such as 2027-03-04.", width=13, needed=True),
            Column("start", "Start", "Local time, such as 09:00.", width=9, needed=True),
            Column("end", "End", "Local time, such as 12:30.", width=9, needed=True),
            Column(
                "minutes",
                "Minutes",
                "Length of a meeting (in a pitch session, of a pitch).",
                width=10,
            ),
            Column("pause", "Pause", "Minutes between two meetings; 0 if empty.", width=9),
            Column(
                "audience",
                "Takes part",
                "Pitch and training: whom it keeps from meetings at that time. named: who names it "
                "in the sheet Participants.",
                tuple(Audience),
                width=13,
            ),
        ),
    ),
    SheetColumns(
        TABLES,
        "Where meetings take place, one at a time.",
        (
            Column("name", "Table", "Number or name.", width=12, needed=True),
            Column("note", "Note", "Such as the room.", width=30),
        ),
    ),
    SheetColumns(
        PARTICIPANTS,
        "Everybody who can be met: one row a seat, so two colleagues who meet apart are two rows.",
        (
            Column(
                "id",
                "Identifier",
                "Of the register, or any short name; made from the name if it is empty.",
                width=22,
            ),
            Column("name", "Name", "As others read it.", width=32, needed=True),
            Column("kind", "Side", "SME or investor.", tuple(Kind), width=11, needed=True),
            Column("region", "Region", "For the sheets.", width=20),
            Column("comes", "Comes", "no: left out of the plan; yes if empty.", (YES, NO), width=9),
            Column(
                "sessions",
                "Meets in",
                "Sessions of meetings, separated by semicolons; all of them if it is empty.",
                width=24,
            ),
            Column(
                "takes_part",
                "Takes part in",
                "Pitch and training sessions, separated by semicolons. SMEs pitch in the pitch "
                "sessions named here, in the order of this sheet.",
                width=24,
            ),
            Column("minimum", "At least", "Meetings; as the sheet Day says if empty.", width=10),
            Column("maximum", "At most", "Meetings; as the sheet Day says if empty.", width=10),
            Column(
                "table",
                "Stays at table",
                "Only for who doesn't walk; the table is kept for them.",
                names=TABLES,
                width=14,
            ),
            Column("note", "Note", "Yours; kept as it is.", width=30),
        ),
    ),
    SheetColumns(
        "Absences",
        "Who is away for a part of a session.",
        (
            Column("who", "Who", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("date", "Date", "Such as 2027-03-04.", width=13, needed=True),
            Column("start", "From", "Local time.", width=9, needed=True),
            Column("end", "Until", "Local time.", width=9, needed=True),
        ),
        needed=False,
    ),
    SheetColumns(
        "Wishes",
        "Whom each side wishes to meet, or refuses to.",
        (
            Column("who", "Who", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("whom", "Whom", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("refuses", "What", "wish if it is empty.", (WISH, REFUSAL), width=11),
        ),
        needed=False,
    ),
    SheetColumns(
        "Pairs",
        "What you know of a pair: whether they must meet or must not, and how well they fit.",
        (
            Column("one", "One", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("other", "Other", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("rule", "Rule", "Empty if they may.", (Rule.MUST, Rule.MUST_NOT), width=11),
            Column("match", "Match", "0 to 1; empty if nobody worked it out.", width=9),
            Column("why", "Why", "The reason, in words.", width=50),
        ),
        needed=False,
    ),
    SheetColumns(
        "Requests",
        "Meetings that both sides have accepted: each is placed, also between two SMEs.",
        (
            Column("one", "One", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("other", "Other", _WHO, names=PARTICIPANTS, width=32, needed=True),
        ),
        needed=False,
    ),
    SheetColumns(
        "Schedule",
        "The plan. Write yes into Locked for what a new plan must leave as it is.",
        (
            Column("date", "Date", "Such as 2027-03-04.", width=13, needed=True),
            Column("start", "Start", "When a slot starts.", width=9, needed=True),
            Column("end", "End", "Not read.", width=9),
            Column("table", "Table", "Of the sheet Tables.", names=TABLES, width=12, needed=True),
            Column("one", "One", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("other", "Other", _WHO, names=PARTICIPANTS, width=32, needed=True),
            Column("locked", "Locked", "yes: stays as it is.", (YES, NO), width=9),
            Column("reason", "Reason", "Why they meet.", width=50),
        ),
        needed=False,
    ),
)
BY_NAME: Mapping[str, SheetColumns] = {sheet.name: sheet for sheet in SHEETS}
# Sheets that are written from the plan and never read.
READ_ME, BY_PARTICIPANT, BY_TABLE, PITCHES, FIGURES = (
    "Read me",
    "By participant",
    "By table",
    "Pitches",
    "Figures",
)
OUTPUT = (READ_ME, BY_PARTICIPANT, BY_TABLE, PITCHES, FIGURES)
LIMIT_FIELDS = tuple(Limits.__dataclass_fields__)
WEIGHT_FIELDS = tuple(Weights.__dataclass_fields__)
