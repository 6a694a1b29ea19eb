"""What the check of addresses found: one line an address in a file beside inbox and log.

Lines are only ever added while a check goes on, so that it can be broken off at any moment and
gone on with; the next one begins with a file that holds each address once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecosystem.common.settings import settings
from etl.files import replace, writing
from etl.freshness.fetch import WRONG, Answer, Outcome

_BEGUN, _ENDED = "begun", "ended"


@dataclass(frozen=True)
class Result:
    """What an address said when it was last asked.

    Attributes
    ----------
    address : str
        The address.
    checked_at : str
        When, ISO 8601, UTC.
    outcome : str
        One of :class:`etl.freshness.fetch.Outcome`.
    detail, final : str
        As in :class:`etl.freshness.fetch.Answer`.
    wrong_since : str
        When it was first found so, if it doesn't answer; else empty.
    """

    address: str
    checked_at: str
    outcome: str
    detail: str = ""
    final: str = ""
    wrong_since: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether somebody should look at it."""
        return self.outcome in WRONG


@dataclass(frozen=True)
class Report:
    """All that is known.

    Attributes
    ----------
    results : dict of str to Result
        By address.
    broken_off : str
        When the last check of everything began, if it didn't come to its end; else empty.
    """

    results: dict[str, Result]
    broken_off: str = ""


def read(path: Path | None = None) -> Report:
    """The report; empty if no check was made.

    A line that was not written whole is left out.

    Raises
    ------
    OSError
        If it can't be read.
    """
    path = path or settings().links_file
    results: dict[str, Result] = {}
    broken_off = ""
    for line in _lines(path):
        if _BEGUN in line:
            broken_off = str(line[_BEGUN])
        elif _ENDED in line:
            broken_off = ""
        else:
            known = _result(line)
            if known:
                results[known.address] = known
    return Report(results, broken_off)


class Writer:
    """Adds results to the report as they come; use it in a ``with``.

    Parameters
    ----------
    known : Report
        What is known.
    addresses : collection of str
        All addresses of the register; what is known of others is forgotten.
    path : Path, optional
        The file; this installation's by default.

    Raises
    ------
    etl.errors.PublishError
        If it can't be written.
    """

    def __init__(self, known: Report, addresses: Collection[str], path: Path | None = None) -> None:
        self._path = path or settings().links_file
        self._known = known.results
        kept = [asdict(r) for address, r in known.results.items() if address in addresses]
        self._write([{_BEGUN: known.broken_off or now()}, *kept])

    def add(self, address: str, answer: Answer) -> Result:
        """Keep what an address said."""
        before = self._known.get(address)
        moment = now()
        since = (before.wrong_since if before else "") or moment
        result = Result(
            address, moment, answer.outcome, answer.detail, answer.final,
            since if answer.outcome in WRONG else "",
        )  # fmt: skip
        self._append(asdict(result))
        return result

    def end(self) -> None:
        """Say that everything was asked."""
        self._append({_ENDED: now()})

    def _write(self, lines: list[dict[str, Any]]) -> None:
        with writing(self._path.parent, then=""):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        replace(self._path, b"".join(map(_line, lines)))

    def _append(self, line: dict[str, Any]) -> None:
        with writing(self._path.parent, then=""), self._path.open("ab") as file:
            file.write(_line(line))


def now() -> str:
    """This moment, ISO 8601, UTC, to the second."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode(errors="replace") + b"\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            content = json.loads(line)
        except ValueError:
            continue
        if isinstance(content, dict):
            yield content


def _result(line: dict[str, Any]) -> Result | None:
    try:
        found = Result(**{str(name): str(value) for name, value in line.items()})
    except TypeError:
        return None
    return found if found.outcome in {*Outcome} else None
