"""The planner's own process: ``python -m ecosystem.matching.investor_day.worker``.

It reads an order and then waits for the word to stop on its standard input; when that closes,
whoever gave the order is gone, and so is it. It never outlives its time by more than a minute.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time

from filelock import FileLock, Timeout

from ecosystem.matching.investor_day.messages import MESSAGE, ORDER, STOP, Message, Order
from ecosystem.matching.investor_day.solver import Outcome, Progress, State, solve

# The site's own work comes first, but a busy machine still plans: three to one.
NICENESS = 5
# After its time, and half of it after the word to stop; explaining a conflict may take as long.
_GRACE = 40.0
_LOOK_EVERY = 0.2
_speaking = threading.Lock()


def main() -> None:
    """Plan what the first line says."""
    order = ORDER.validate_json(sys.stdin.buffer.readline())
    _limit(order.megabytes)
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    lock = FileLock(order.queue)
    while not stop.is_set():
        try:
            lock.acquire(timeout=_LOOK_EVERY)
        except Timeout:
            continue
        break
    _say(Message(outcome=Outcome(State.NOTHING)) if stop.is_set() else _plan(order, stop))
    # Solvers' threads and the one that listens have nothing left to do.
    os._exit(0)


def _plan(order: Order, stop: threading.Event) -> Message:
    best = Progress("")

    def tell(progress: Progress) -> None:
        nonlocal best
        best = progress
        _say(Message(progress=progress))

    def give_up() -> None:
        """A library that doesn't look at the clock must not keep what was found before."""
        until = time.monotonic() + order.seconds + _GRACE
        while time.monotonic() < until:
            if stop.wait(_LOOK_EVERY):
                until = min(until, time.monotonic() + _GRACE / 2)
                time.sleep(_LOOK_EVERY)
        state = State.NOTHING if best.plan is None else State.STOPPED
        _say(Message(outcome=Outcome(state, best.plan, best.proofs)))
        os._exit(0)

    threading.Thread(target=give_up, daemon=True).start()
    outcome = solve(
        order.day,
        order.seconds,
        previous=order.previous,
        on_progress=tell,
        should_stop=stop.is_set,
    )
    return Message(progress=Progress("", outcome.plan, outcome.proofs), outcome=outcome)


def _say(message: Message) -> None:
    line = MESSAGE.dump_json(message) + b"\n"
    with _speaking:
        try:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        except OSError:
            os._exit(0)


def _listen(stop: threading.Event) -> None:
    for line in sys.stdin.buffer:
        if line.strip() == STOP.encode():
            stop.set()
    os._exit(0)


def _limit(megabytes: int) -> None:
    os.nice(NICENESS)
    # Not every system can limit memory.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        most = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
