"""How long a visitor waits for the form's check, and a moderator for a look at a suggestion.

Run `python -m benchmarks.suggestions`. All organisations of the check are in one country, which
is the worst case; the register of the moderator is :mod:`benchmarks.synthetic`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.synthetic import synthetic_register
from etl.inbox.check import Reference, reference
from etl.inbox.known import Known
from etl.inbox.model import FIELDS, Draft
from etl.inbox.moderation import Desk
from etl.inbox.store import Inbox

_CELLS = dict.fromkeys(FIELDS, "") | {
    "name": "Armor Test Lab", "type": "sme", "city": "Cesson-Sévigné", "country": "FR",
    "domains": "cryptology", "functions": "protect", "source_url": "https://example.org/about",
}  # fmt: skip


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--published", type=int, default=100_000)
    parser.add_argument("--register", type=int, default=23_250)
    options = parser.parse_args()
    against = reference()
    against.check(_CELLS)
    _check(options.published, against)
    _review(options.register, against)


def _check(n: int, against: Reference) -> None:
    known = Known(against.place(synthetic_register(n)).assign(country="FR"))
    print(f"Check against {n:,} organisations of one country:")
    _timed("  first of the release", lambda: against.check(_CELLS, known))
    _timed("  another name", lambda: against.check({**_CELLS, "name": "Armor Lab"}, known))
    _timed("  another field", lambda: against.check({**_CELLS, "notes": "Since 2011"}, known))


def _review(n: int, against: Reference) -> None:
    with tempfile.TemporaryDirectory() as folder:
        synthetic_register(n).to_csv(Path(folder) / "organisations.csv", index=False)
        inbox = Inbox(Path(folder) / "inbox.sqlite")
        number = inbox.add(Draft("", _CELLS), "form")
        desk = Desk(inbox, Path(folder), against)
        print(f"Suggestion against a register of {n:,} rows:")
        _timed("  look", lambda: desk.review(number))


def _timed(what: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    print(f"{what}: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
