"""How commands speak: sentences, tables, questions and exit codes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl.errors import PublishError, RegisterError

if TYPE_CHECKING:
    from etl.pipeline import Outcome

OK, INPUT, USAGE, GATE, WRITE = range(5)
EXIT_CODES = (
    "Exit codes: 0 done; 1 the input was refused (unreadable or invalid); 2 wrong usage; "
    "3 a gate failed; 4 could not write. Whatever happens, the current release goes on being "
    "served until a new one is complete."
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
out = Console()
err = Console(stderr=True)


def say(text: str, console: Console = out) -> None:
    """Print a text as it is: never read as markup, never cut in a log.

    No control character of it reaches the terminal.
    """
    console.print(_escape(text), markup=False, highlight=False, soft_wrap=not console.is_terminal)


def complain(text: str) -> None:
    """Print a text to the stream of errors."""
    say(text, err)


def fail(message: str, code: int) -> NoReturn:
    """Say what is wrong, and leave with an exit code."""
    complain(message)
    raise typer.Exit(code)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; long cells are wrapped to the width of the terminal."""
    drawn = Table(*header, show_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(Text(_escape(cell), overflow="fold") for cell in row))
    out.print(drawn)


def is_interactive() -> bool:
    """Whether a person reads the output and can answer."""
    return out.is_terminal and sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask a question that is answered with yes or no; no by default."""
    return typer.confirm(question, default=False)


@contextmanager
def sentences() -> Iterator[None]:
    """Say what went wrong in a sentence, and leave with the exit code that it has."""
    try:
        yield
    except RegisterError as error:
        fail(str(error), INPUT)
    except PublishError as error:
        fail(str(error), WRITE)
    except OSError as error:
        fail(f"{error.filename or error}: {error.strerror or 'unreadable'}.", INPUT)


def exit_code(outcome: Outcome) -> int:
    """Exit code of what a refresh did."""
    from etl.pipeline import Status

    return {Status.INPUT_REFUSED: INPUT, Status.GATE_FAILED: GATE}.get(outcome.status, OK)


def _escape(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
