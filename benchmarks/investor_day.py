"""Seconds and quality of planned investor days, and what organisers get without a planner.

Run ``python -m benchmarks.investor_day``; a name as argument measures that day only. Every plan is
checked by the verifier. Participants and matches are invented, with a fixed seed; nothing of them
is in the product.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from benchmarks.visitor import Visitor, visiting
from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.matching.investor_day import workbook
from ecosystem.matching.investor_day.changes import What, changes
from ecosystem.matching.investor_day.measures import Measures, measure
from ecosystem.matching.investor_day.model import (
    Day,
    Key,
    Kind,
    Meeting,
    Mode,
    Pair,
    Participant,
    Plan,
    Request,
    Session,
    SessionKind,
    Table,
    Wish,
)
from ecosystem.matching.investor_day.solver import Outcome, Progress, solve
from ecosystem.matching.investor_day.verify import verify
from tests.browser.server import serving

MORNING, AFTERNOON = "Morning", "Afternoon"
MINUTES = 20
# What a visitor of the map looks at while others plan, how long between two looks, how often all.
MAP_QUERIES = ("", *(f"country={code}" for code in list(COUNTRIES)[:15]))
THINKING_S = 0.3
ROUNDS = 3


def sessions(slots: int) -> tuple[Session, ...]:
    """A morning and an afternoon with that many slots in all."""
    found = []
    for name, hour, number in (
        (MORNING, 8, slots // 2),
        (AFTERNOON, 14, slots - slots // 2),
    ):
        start = datetime(2027, 3, 4, hour)
        end = start + timedelta(minutes=MINUTES * number)
        found.append(Session(name, SessionKind.MEETINGS, start, end, MINUTES))
    return tuple(found)


def choosing(smes: int, investors: int, slots: int, tables: int, seed: int = 1) -> Day:
    """A day on which everybody is about, with matches for all pairs and wishes of both sides."""
    draw = random.Random(seed)  # noqa: S311
    companies = [f"s{n}" for n in range(smes)]
    funds = [f"i{n}" for n in range(investors)]
    wishes = [
        Wish(who, whom) for who in companies for whom in draw.sample(funds, draw.randint(2, 8))
    ]
    for who in funds:
        for whom in draw.sample(companies, draw.randint(3, 15)):
            wishes.append(Wish(who, whom, refuses=draw.random() < 0.05))
    return Day(
        participants=tuple(
            Participant(who, who.upper(), Kind.SME if who in companies else Kind.INVESTOR)
            for who in companies + funds
        ),
        sessions=sessions(slots),
        tables=tuple(Table(str(n + 1)) for n in range(tables)),
        wishes=tuple(wishes),
        pairs=tuple(
            Pair(sme, fund, match=round(draw.betavariate(2, 3), 3))
            for sme in companies
            for fund in funds
        ),
    )


def placing(people: int, meetings: int, slots: int, tables: int, seed: int = 1) -> Day:
    """Meetings that were accepted, on a day that many attend for one half only.

    A timetable is drawn first, so that there is one; its gaps are as they come.
    """
    draw = random.Random(seed)  # noqa: S311
    half = [draw.choice([(), (), (MORNING,), (AFTERNOON,)]) for _ in range(people)]
    taken: set[tuple[int, int]] = set()
    load: dict[int, int] = defaultdict(int)
    met: set[tuple[int, int]] = set()
    while len(met) < meetings:
        one, other = sorted(draw.sample(range(people), 2))
        could = [
            slot
            for slot in range(slots)
            if load[slot] < tables
            and not taken & {(one, slot), (other, slot)}
            and all(
                not half[who] or (half[who] == (MORNING,)) == (slot < slots // 2)
                for who in (one, other)
            )
        ]
        if (one, other) not in met and could:
            slot = draw.choice(could)
            load[slot] += 1
            taken |= {(one, slot), (other, slot)}
            met.add((one, other))
    return Day(
        mode=Mode.PLACE,
        participants=tuple(
            Participant(
                f"p{n}", f"P {n}", Kind.INVESTOR if n % 3 == 2 else Kind.SME, sessions=half[n]
            )
            for n in range(people)
        ),
        sessions=sessions(slots),
        tables=tuple(Table(str(n + 1)) for n in range(tables)),
        requests=tuple(Request(f"p{one}", f"p{other}") for one, other in sorted(met)),
    )


def booked(day: Day, order: Iterable[Key]) -> Plan:
    """Give pairs in an order the first slot that suits both, while tables and limits last."""
    free = {who: set(slots) for who, slots in day.free.items()}
    left = {one.id: day.maximum(one) for one in day.participants}
    tables = {slot.number: [table.name for table in day.tables] for slot in day.slots}
    meetings = []
    for one, other in order:
        could = [slot for slot in sorted(free[one] & free[other]) if tables[slot]]
        if could and left[one] and left[other]:
            slot = could[0]
            meetings.append(Meeting(*day.in_order(one, other), slot, tables[slot].pop(0)))
            for who in (one, other):
                free[who].discard(slot)
                left[who] -= 1
    return Plan(tuple(sorted(meetings, key=lambda meeting: (meeting.slot, meeting.table))))


def first_come(day: Day, seed: int = 2) -> Plan:
    """First come, first served: everybody books whom they wish, in the order in which they come.

    Whoever comes books one meeting, the best that can still be had, and queues again; without a
    wish left, any pair that the other side hasn't refused, best match first.
    """
    draw = random.Random(seed)  # noqa: S311
    could: dict[str, list[Key]] = defaultdict(list)
    for pair in day.candidates:
        for who in pair:
            could[who].append(pair)
    queue = [one.id for one in day.participants]
    draw.shuffle(queue)
    for who in queue:
        could[who].sort(key=lambda pair: _liking(day, who, pair))
    order, seen = [], set()
    while queue:
        for who in list(queue):
            pair = next((one for one in could[who] if one not in seen), None)
            if pair is None:
                queue.remove(who)
                continue
            seen.add(pair)
            order.append(pair)
    return booked(day, order)


def _liking(day: Day, who: str, pair: Key) -> tuple[bool, float]:
    other = pair[0] if pair[1] == who else pair[1]
    return (who, other) not in day.wished, -(day.score(*pair) or 0.0)


def greedy(day: Day) -> Plan:
    """The pair that adds most first, then the next."""
    return booked(day, sorted(day.candidates, key=lambda pair: -day.value(*pair)))


def main() -> None:
    """Measure and print."""
    wanted = sys.argv[1:]
    for name, measure_it in MEASURED.items():
        if not wanted or name in wanted:
            measure_it()


def small() -> None:
    """60 SMEs, 20 investors, 12 slots: proven, or within 0.5 %, in 10 s."""
    day = choosing(60, 20, 12, 20)
    outcome, first = run("60 SMEs x 20 investors x 12 slots, 20 tables", day, 10)
    gap = {proof.aim: proof for proof in outcome.proofs}["match"].gap
    verdict("gap of the total match at most 0.5 % within 10 s", gap <= 0.005)
    compare(day, outcome)
    del first


def large() -> None:
    """All six days as one: within 1 % in 60 s, a first plan within 10 s."""
    day = choosing(180, 60, 16, 60)
    outcome, first = run("180 SMEs x 60 investors x 16 slots, 60 tables", day, 60)
    gap = {proof.aim: proof for proof in outcome.proofs}["match"].gap
    verdict("gap of the total match at most 1 % within 60 s", gap <= 0.01)
    verdict("a plan within 10 s", first <= 10)
    compare(day, outcome)


def place() -> None:
    """Given meetings with half-day attendances: fewest idle slots, proven in 60 s."""
    for seed in (1, 2, 3):
        day = placing(70, 160, 20, 14, seed)
        outcome, _ = run(f"70 participants, 160 meetings, 20 slots, 14 tables, #{seed}", day, 60)
        proof = {proof.aim: proof for proof in outcome.proofs}["gaps"]
        verdict("fewest idle slots proven within 60 s", proof.is_proven)
        order = [(one.one, one.other) for one in day.requests]
        random.Random(seed).shuffle(order)  # noqa: S311
        plan = booked(day, order)
        lost = len(day.requests) - len(plan.meetings)
        print(f"  first come: {line(measure(day, plan))}; {lost} of 160 not placed")


def late() -> None:
    """A drop-out on the large day, and a newcomer, within 5 s."""
    day = choosing(180, 60, 16, 60)
    before = solve(day, 25).plan
    assert before is not None
    for name, later in (
        ("an investor drops out", gone(day, "i7")),
        ("a company drops out", gone(day, "s11")),
        ("a company comes with three must-meetings", newcomer(day)),
    ):
        began = time.perf_counter()
        outcome = solve(later, 5, previous=before)
        taken = time.perf_counter() - began
        assert outcome.plan is not None
        assert verify(later, outcome.plan) == []
        found = changes(before, outcome.plan)
        moved = sum(one.what in (What.MOVED, What.TABLE) for one in found)
        cancelled = sum(one.what is What.CANCELLED for one in found)
        new = sum(one.what is What.NEW for one in found)
        print(
            f"late: {name}: {taken:.1f} s, {moved} moved, {cancelled} cancelled, {new} new "
            f"of {len(before.meetings)}"
        )
        verdict("replanned within 5 s", taken <= 5.5)


def site() -> None:
    """The map's answers while an organiser watches the large day being planned: within 1.5 x."""
    content = workbook.write(choosing(180, 60, 16, 60))
    usual, meanwhile = asyncio.run(_visit_while_planning(content))
    times = {"usual": usual, "while a day is planned": meanwhile}
    for name, seconds in times.items():
        tenth = statistics.quantiles(seconds, n=10)[-1]
        print(
            f"map, {name}: median {1000 * statistics.median(seconds):.0f} ms, "
            f"nine of ten within {1000 * tenth:.0f} ms ({len(seconds)} answers)"
        )
    print(f"  load of the machine {os.getloadavg()[0]:.1f}")
    ratio = statistics.median(meanwhile) / statistics.median(usual)
    verdict(f"{ratio:.2f} x, at most 1.5 x", ratio <= 1.5)


async def _visit_while_planning(content: bytes) -> tuple[list[float], list[float]]:
    """Seconds of answers of the map before and between plans, and during them."""
    usual: list[float] = []
    meanwhile: list[float] = []
    with serving(settings().releases_dir) as address:
        async with visiting(address) as visitor, visiting(address) as organiser:
            for query in MAP_QUERIES:
                await visitor.go("/", query)
            await organiser.go("/day")
            await organiser.upload("Filled-in workbook", "day.xlsx", content)
            for round_ in range(ROUNDS):
                usual += await _answers(visitor)
                await organiser.press("Plan again" if round_ else "Plan")
                watching = asyncio.create_task(_watch(organiser))
                meanwhile += await _answers(visitor, watching)
                await watching
    return usual, meanwhile


async def _answers(visitor: Visitor, watching: asyncio.Task[None] | None = None) -> list[float]:
    """Seconds of answers to each address, no longer than somebody watches what is planned."""
    found = []
    for query in MAP_QUERIES:
        await asyncio.sleep(THINKING_S)
        answer = await visitor.go("/", query)
        if watching is not None and watching.done():
            break
        found.append(answer.seconds)
    return found


async def _watch(organiser: Visitor) -> None:
    """Ask every second how far the plan is, as the page does, until it is there."""
    while organiser.is_watching:
        await asyncio.sleep(1)
        await organiser.look_again()


def gone(day: Day, who: str) -> Day:
    """The day without somebody."""
    people = (replace(one, comes=one.id != who) for one in day.participants)
    return replace(day, participants=tuple(people))


def newcomer(day: Day) -> Day:
    """The day with one more company, which must meet three investors."""
    from ecosystem.matching.investor_day.model import Rule

    new = tuple(Pair("new", f"i{n}", Rule.MUST, 0.9) for n in (1, 2, 3))
    return replace(
        day,
        participants=(*day.participants, Participant("new", "New", Kind.SME)),
        pairs=(*day.pairs, *new),
    )


def run(title: str, day: Day, seconds: float) -> tuple[Outcome, float]:
    """Plan a day; the outcome, and the seconds to the first plan."""
    first: list[float] = []
    began = time.perf_counter()

    def seen(progress: Progress) -> None:
        if progress.plan is not None and not first:
            first.append(time.perf_counter() - began)

    outcome = solve(day, seconds, on_progress=seen)
    taken = time.perf_counter() - began
    assert outcome.plan is not None
    assert verify(day, outcome.plan) == []
    print(f"{title}: {taken:.1f} s, first plan after {first[0]:.1f} s")
    for proof in outcome.proofs:
        known = "proven" if proof.is_proven else f"bound {proof.bound:g}"
        print(f"  {proof.aim}: {proof.value:g} ({known} {proof.scope})".replace(" )", ")"))
    return outcome, first[0]


def compare(day: Day, outcome: Outcome) -> None:
    """Print the plan beside what comes of booking and of a greedy planner."""
    assert outcome.plan is not None
    for name, plan in (
        ("planned", outcome.plan),
        ("first come", first_come(day)),
        ("greedy", greedy(day)),
    ):
        print(f"  {name}: {line(measure(day, plan))}")


def line(found: Measures) -> str:
    """A plan's figures in a line."""
    counts = [n for who, n in found.counts.items() if who.startswith(("s", "p"))]
    share = f"{found.mutual_met}/{found.mutual}" if found.mutual else "none"
    return (
        f"{found.meetings} meetings, match {found.total_match:.1f}, mutual wishes {share}, "
        f"idle slots {found.idle_in_all}, SMEs have {min(counts)} to {max(counts)}, fairness "
        f"{found.fairness[Kind.SME]:.3f}"
    )


def verdict(what: str, kept: bool) -> None:
    """Print whether a promise is kept."""
    print(f"  {what}: {'kept' if kept else 'NOT KEPT'}")


MEASURED: dict[str, Callable[[], None]] = {
    "small": small,
    "large": large,
    "place": place,
    "late": late,
    "site": site,
}

if __name__ == "__main__":
    main()
