"""Whether the site stays whole under visitors, refreshes, lost connections and a restart.

``python -m benchmarks.soak`` serves a copy of the current release to 100 visitors for 30 minutes
and ends by itself. Each visitor has an address of its own, goes from page to page with filters,
thinks in between, now and then loses the connection and comes back with the same session, and some
send suggestions. Every minute a refresh publishes a changed register; after a quarter of the time
the server is ended and started again. Counted are

- *errors that a visitor sees*: an exception on a page, a page that doesn't come to its end, a
  place that is refused, an answer by HTTP with a status of 500 or more; while the server is away
  its page waits and connects again by itself, as a browser does, which is told apart;
- *acknowledged suggestions that are lost*: whose number isn't in the inbox at the end, or is
  another's;
- memory of the server's process over time, with the slope between refreshes after the first fifth.

The command ends with 1 if a visitor saw an error or a suggestion was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from benchmarks.visitor import Meter, PageError, Visitor, call
from ecosystem.common.settings import ROOT, settings
from ecosystem.web.metrics import HOST
from etl.inbox.store import Inbox
from tests.browser.server import Server, free_port, server

PATHS = ("/", "/regions", "/directory", "/whats_new", "/partnerships", "/investors", "/network",
         "/events", "/about", "/compare")  # fmt: skip
QUERIES = ("", "type=sme", "country=FR", "domain=cryptology", "country=DE&type=sme", "q=Rennes")
DOCUMENTS = ("/healthz", "/readyz", "/feed.xml", "/sitemap.xml", "/api/collections", "/events.ics")
_COUNTED = re.compile(r'^cyber_valleys_reruns_total\{outcome="(\w+)".*\} (\S+)$', re.MULTILINE)
_NUMBER = re.compile(r"has the number \*\*(\d+)\*\*")
# A form that is sent faster is taken for a robot's; see etl.inbox.reception.
_TYPING_S = 5.0
_LOSES_CONNECTION = 0.04
_AWAY_S = 0.5
# A browser tries again for longer; what takes more is an error that a visitor sees.
_PATIENCE_S = 180.0


@dataclass(frozen=True)
class Plan:
    """What a soak consists of.

    Attributes
    ----------
    visitors : int
        How many come at once.
    seconds : float
        How long.
    thinks_s : float
        How long a visitor thinks between two steps, on average.
    refresh_s : float
        After how long the next refresh begins; also how often one is made.
    suggesters : int
        How many of the visitors send a suggestion at each of their turns.
    restarts : int
        How often the server is ended and started again, the last time after a quarter of the time:
        what comes after it shows whether memory stays as it is.
    """

    visitors: int = 100
    seconds: float = 1_800
    thinks_s: float = 5
    refresh_s: float = 60
    suggesters: int = 5
    restarts: int = 1


@dataclass
class Outcome:
    """What became of it.

    Attributes
    ----------
    steps : int
        Reruns that visitors waited for.
    seconds : list of float
        How long each of them took.
    errors : Counter of str
        Errors that a visitor saw, by what they say.
    reconnected : int
        Connections that were lost and came back.
    acknowledged : dict of int to str
        Name of the organisation of each number that was given for a suggestion.
    lost : list of int
        Those of them that the inbox doesn't have.
    refreshes, failed_refreshes : int
        How many were published, and how many were not.
    releases : set of str
        Those that ``/readyz`` named.
    restarts : int
        How often the server was ended and started.
    counted : Counter of str
        Reruns as the server counted them, by how they ended.
    memory : list of tuple
        Seconds since the start, number of the process, MB that it holds.
    """

    steps: int = 0
    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    reconnected: int = 0
    acknowledged: dict[int, str] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    refreshes: int = 0
    failed_refreshes: int = 0
    releases: set[str] = field(default_factory=set)
    restarts: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, int, float]] = field(default_factory=list)

    def slope_mb_min(self, process: int, every_s: float) -> float | None:
        """By how much a process grew, in MB a minute, after its first fifth; None if unknown.

        Parameters
        ----------
        process : int
            Its number.
        every_s : float
            Compared is the least of each so many seconds: for a while after a refresh two releases
            are open.
        """
        own = [(at, mb) for at, number, mb in self.memory if number == process]
        settled = groupby(own[len(own) // 5 :], key=lambda one: one[0] // every_s)
        least = [min(those, key=itemgetter(1)) for _, those in settled]
        if len(least) < 3:
            return None
        at, mb = zip(*least, strict=True)
        return 60 * statistics.linear_regression(at, mb).slope

    def is_fine(self) -> bool:
        """Whether no visitor saw an error and nothing acknowledged is lost."""
        return not self.errors and not self.lost and not self.counted["error"]


class Soak:
    """One soak.

    Parameters
    ----------
    plan : Plan
        What it consists of.
    releases : Path
        Folder of releases; a copy of it is served.
    folder : Path
        An empty folder for all that it writes.
    """

    def __init__(self, plan: Plan, releases: Path, folder: Path) -> None:
        self.plan = plan
        self.outcome = Outcome()
        self._folder = folder
        self._releases = Path(shutil.copytree(releases, folder / "releases"))
        self._register = Path(shutil.copytree(settings().register_dir, folder / "register"))
        self._inbox = folder / "inbox" / "inbox.sqlite"
        self._port = free_port()
        self._address = f"http://127.0.0.1:{self._port}"
        self._metrics_port = free_port()
        self._environment = {
            "CYBER_VALLEYS_RELEASES_DIR": str(self._releases),
            "CYBER_VALLEYS_REGISTER_DIR": str(self._register),
            "CYBER_VALLEYS_INBOX_FILE": str(self._inbox),
            "CYBER_VALLEYS_LOG_FILE": str(folder / "actions.jsonl"),
            "CYBER_VALLEYS_METRICS_PORT": str(self._metrics_port),
            # Only a browser can work, and each visitor here sends more than people do.
            "CYBER_VALLEYS_INBOX_WORK_BITS": "0",
            "CYBER_VALLEYS_INBOX_PER_SESSION": "1000000",
            "CYBER_VALLEYS_INBOX_PER_ADDRESS": "1000000",
            "CYBER_VALLEYS_INBOX_PER_HOUR": "1000000",
            "CYBER_VALLEYS_INBOX_MAX_OPEN": "1000000",
        }
        self._running: Server | None = None
        self._is_up = asyncio.Event()
        self._begun = 0.0
        self._came_through: set[int] = set()
        self._stack = ExitStack()

    async def run(self) -> Outcome:
        """Serve, visit, refresh and restart until the time is over."""
        await self._start()
        self._begun = time.monotonic()
        try:
            async with asyncio.timeout(self.plan.seconds + 2 * _PATIENCE_S):
                await asyncio.gather(
                    *(self._visits(number) for number in range(self.plan.visitors)),
                    self._refreshes(),
                    self._restarts(),
                    self._documents(),
                    self._memory(),
                )
        finally:
            await self._end()
        self._compare_with_inbox()
        return self.outcome

    def _rest(self) -> float:
        return self.plan.seconds - (time.monotonic() - self._begun)

    async def _sleep(self, seconds: float) -> bool:
        """Wait, at most to the end; whether there is time left."""
        await asyncio.sleep(max(0.0, min(seconds, self._rest())))
        return self._rest() > 0

    async def _start(self) -> None:
        serving = server(self._releases, port=self._port, environment=self._environment)
        self._running = await asyncio.to_thread(self._stack.enter_context, serving)
        self._is_up.set()

    async def _end(self) -> None:
        with contextlib.suppress(OSError):
            address = f"http://{HOST}:{self._metrics_port}/metrics"
            _, body = await asyncio.to_thread(_get, address)
            for outcome, number in _COUNTED.findall(body.decode()):
                self.outcome.counted[outcome] += int(float(number))
        await asyncio.to_thread(self._stack.close)

    async def _restarts(self) -> None:
        for _ in range(self.plan.restarts):
            if not await self._sleep(self.plan.seconds / 4 / self.plan.restarts):
                return
            self._is_up.clear()
            await self._end()
            self.outcome.restarts += 1
            await self._start()

    async def _refreshes(self) -> None:
        number = 0
        while await self._sleep(self.plan.refresh_s):
            number += 1
            self._change_register(number)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "etl", "refresh", "--yes",
                cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **self._environment},
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            if await process.wait():
                self.outcome.failed_refreshes += 1
            else:
                self.outcome.refreshes += 1

    def _change_register(self, number: int) -> None:
        """One cell is another at each refresh, so that each publishes something."""
        path = self._register / "organisations.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, header = list(reader), list(reader.fieldnames or [])
        rows[0]["notes"] = f"Changed by refresh {number} of a soak"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(rows)

    async def _documents(self) -> None:
        for number in range(10**9):
            if not await self._sleep(1):
                return
            path = DOCUMENTS[number % len(DOCUMENTS)]
            began_up = self._is_up.is_set()
            try:
                status, body = await asyncio.to_thread(_get, self._address + path)
            except OSError as error:
                if began_up and self._is_up.is_set():
                    self.outcome.errors[f"{path}: {error}"] += 1
                continue
            if status >= 500:
                self.outcome.errors[f"{path}: {status}"] += 1
            elif path == "/readyz":
                self.outcome.releases.add(json.loads(body)["release"])

    async def _memory(self) -> None:
        while await self._sleep(min(5.0, self.plan.seconds / 20)):
            running = self._running
            if self._is_up.is_set() and running and running.process.poll() is None:
                at = time.monotonic() - self._begun
                memory = Meter(running.process).memory_mb()
                self.outcome.memory.append((at, self.outcome.restarts, memory))

    async def _visits(self, number: int) -> None:
        """One visitor, for the whole time: comes, looks around, is cut off, comes back."""
        chance = random.Random(number)  # noqa: S311
        client = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        session = ""
        # Not all at the same moment.
        more = await self._sleep(chance.random() * min(self.plan.thinks_s, self.plan.seconds / 4))
        # However slow the machine is: each visitor comes through to the end of one step.
        while more or (number not in self._came_through and not self.outcome.errors):
            try:
                async with call(self._address, client, session) as connection:
                    visitor = Visitor(connection, self._address)
                    visitor.session = session
                    more = await self._look_around(visitor, chance, number)
                    session = visitor.session
                    # As a lost connection does: without a word.
                    connection.transport.abort()
                self.outcome.reconnected += more
            except InvalidStatus as error:
                # The server is about to end, or has no place.
                if self._is_up.is_set():
                    self.outcome.errors[f"refused: {error.response.status_code}"] += 1
                more = await self._sleep(_AWAY_S)
            except (PageError, TimeoutError, LookupError) as error:
                if await self._was_ended(error):
                    self.outcome.reconnected += 1
                else:
                    self.outcome.errors[f"{type(error).__name__}: {error}"[:200]] += 1
                more = await self._sleep(_AWAY_S)
            except (ConnectionClosed, InvalidHandshake, OSError, EOFError) as error:
                if not await self._is_back():
                    self.outcome.errors[f"not back: {type(error).__name__}"] += 1
                    return
                self.outcome.reconnected += 1
                more = self._rest() > 0

    async def _was_ended(self, error: Exception) -> bool:
        """Whether a page came to no end because the server did: it comes back by itself."""
        if "closed the connection" not in str(error):
            return False
        return await self._is_back()

    async def _is_back(self) -> bool:
        await asyncio.sleep(_AWAY_S)
        try:
            await asyncio.wait_for(self._is_up.wait(), _PATIENCE_S)
        except TimeoutError:
            return False
        return True

    async def _look_around(self, visitor: Visitor, chance: random.Random, number: int) -> bool:
        """Pages one after the other, until the connection is lost; whether there is time left."""
        while True:
            if number < self.plan.suggesters:
                await self._suggest(visitor, number)
            else:
                path = chance.choice(PATHS)
                answer = await visitor.go(path, chance.choice(QUERIES))
                self._note(answer.seconds)
            self._came_through.add(number)
            if not await self._sleep(chance.expovariate(1 / self.plan.thinks_s)):
                return False
            if chance.random() < _LOSES_CONNECTION:
                return True

    async def _suggest(self, visitor: Visitor, number: int) -> None:
        name = f"Soak {number} {time.monotonic_ns()}"
        self._note((await visitor.go("/suggest")).seconds)
        if "has the number" in visitor.texts() or _said(visitor):
            self._note((await visitor.press("Suggest something else")).seconds)
        values: dict[str, str | list[str]] = {
            "Name (required)": name,
            "Type (required)": "SME or start-up",
            "Town (required)": "Rennes",
            "Country (required)": "France",
            "JRC domains (required)": ["Cryptology"],
            "NIST CSF 1.1 functions (required)": ["Protect"],
            "Source (required)": f"https://example.org/{number}",
        }
        self._note((await visitor.fill(values)).seconds)
        await asyncio.sleep(_TYPING_S)
        self._note((await visitor.press("Send")).seconds)
        found = _said(visitor)
        if not found:
            raise PageError(f"A suggestion was sent and not acknowledged: {_shown(visitor)}")
        self.outcome.acknowledged[found] = name

    def _note(self, seconds: float) -> None:
        self.outcome.steps += 1
        self.outcome.seconds.append(seconds)

    def _compare_with_inbox(self) -> None:
        known = {one.number: one.values.get("name") for one in Inbox(self._inbox).suggestions()}
        self.outcome.lost = [
            number
            for number, name in self.outcome.acknowledged.items()
            if known.get(number) != name
        ]


def _said(visitor: Visitor) -> int:
    """The number that the page gives for a suggestion; 0 if it gives none."""
    texts = [e.alert.body for e in visitor.elements() if e.HasField("alert")]
    found = _NUMBER.search("\n".join(texts))
    return int(found[1]) if found else 0


def _shown(visitor: Visitor) -> str:
    texts = [e.alert.body for e in visitor.elements() if e.HasField("alert")]
    marked = [line for line in visitor.texts().splitlines() if ":red[" in line]
    return " ".join([*texts, *marked])[:150]


def _get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b"{}"


def tell(plan: Plan, outcome: Outcome, say: Callable[[str], None] = print) -> None:
    """Say what was found, line by line."""
    times = sorted(outcome.seconds)
    say(f"{plan.visitors} visitors for {plan.seconds:.0f} s, thinking {plan.thinks_s:g} s")
    say(f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if times:
        p95 = times[int(0.95 * (len(times) - 1))]
        say(f"steps: {outcome.steps:,}, p50 {statistics.median(times):.2f} s, p95 {p95:.2f} s")
    counted = ", ".join(f"{number:,} {name}" for name, number in sorted(outcome.counted.items()))
    say(f"reruns that the server counted: {counted or 'none'}")
    say(f"connections lost and back: {outcome.reconnected:,}, restarts: {outcome.restarts}")
    say(
        f"refreshes: {outcome.refreshes} published, {outcome.failed_refreshes} not; "
        f"releases seen: {len(outcome.releases)}"
    )
    say(f"suggestions: {len(outcome.acknowledged):,} acknowledged, {len(outcome.lost)} lost")
    for process in range(outcome.restarts + 1):
        own = [mb for _, number, mb in outcome.memory if number == process]
        if own:
            slope = outcome.slope_mb_min(process, 2 * plan.refresh_s)
            grown = (
                ""
                if slope is None
                else f", {slope:+.1f} MB a minute between refreshes after the first fifth"
            )
            say(f"memory of process {process + 1}: {own[0]:.0f} to {own[-1]:.0f} MB{grown}")
    say(f"errors that a visitor saw: {outcome.errors.total()}")
    for sentence, times_seen in outcome.errors.most_common():
        say(f"  {times_seen} x {sentence}")


def as_json(plan: Plan, outcome: Outcome) -> str:
    """Everything that was measured, and what was meant to be."""
    found = {**vars(outcome), "releases": sorted(outcome.releases), "plan": vars(plan)}
    return json.dumps(found)


def main() -> None:
    """Soak and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=Plan.visitors)
    parser.add_argument("--minutes", type=float, default=Plan.seconds / 60)
    parser.add_argument("--thinks", type=float, default=Plan.thinks_s, metavar="SECONDS")
    parser.add_argument("--releases", type=Path, default=settings().releases_dir)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    chosen = parser.parse_args()
    plan = Plan(visitors=chosen.visitors, seconds=60 * chosen.minutes, thinks_s=chosen.thinks)
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(Soak(plan, chosen.releases, Path(folder)).run())
    tell(plan, outcome)
    if chosen.json:
        chosen.json.write_text(as_json(plan, outcome), encoding="utf-8")
    sys.exit(not outcome.is_fine())


if __name__ == "__main__":
    main()
