"""The command line: refresh the published data, look at releases, go back.

Commands import what they need when they run, so that help comes at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl.errors import PublishError, RegisterError

if TYPE_CHECKING:
    from etl.model import Rejection
    from etl.pipeline import Outcome

OK, INPUT, USAGE, GATE, WRITE = range(5)
MAX_REJECTIONS_SHOWN = 50

EXIT_CODES = (
    "Exit codes: 0 done; 1 the input was refused (unreadable or invalid); 2 wrong usage; "
    "3 a gate failed; 4 could not write. Whatever happens, the current release goes on being "
    "served until a new one is complete."
)

app = typer.Typer(
    name="cyber-valleys",
    help=f"From the register to the published map.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_out = Console()
_err = Console(stderr=True)


@app.command(epilog=EXIT_CODES)
def refresh(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE|DIR]",
            help="A file of organisations (CSV or XLSX), or a folder with all register "
            "files. The register of this installation by default.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")] = False,
    accept_shrink: Annotated[
        bool,
        typer.Option(
            "--accept-shrink", help="Publish even if the number of organisations changes a lot."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show problems and the result only.")
    ] = False,
) -> None:
    """Build a release from the register, check it, and publish it if it holds.

    Examples: `cyber-valleys refresh`; `cyber-valleys refresh register.xlsx --dry-run`.
    """
    with _sentences():
        from etl.pipeline import run
        from etl.progress import tracker

        is_file = source is not None and not source.is_dir()
        outcome = run(
            register_dir=None if is_file else source,
            organisations_file=source if is_file else None,
            dry_run=dry_run,
            accepted=["accept_shrink"] if accept_shrink else [],
            track=tracker(_out, quiet=quiet),
        )
    _report(outcome, quiet=quiet)
    raise typer.Exit(_exit_code(outcome))


@app.command()
def releases() -> None:
    """List the releases, newest first; the current one is marked."""
    from ecosystem.settings import settings
    from etl import publish

    folder = settings().releases_dir
    known = publish.releases(folder)
    if not known:
        _say("There is no release yet. Run `cyber-valleys refresh` to make one.")
        return
    current = publish.current_id(folder)
    _out.print(
        _table(
            ["", "release", "organisations", "MB", "state"],
            [
                [
                    "*" if manifest.release_id == current else "",
                    manifest.release_id,
                    f"{manifest.organisations:,}",
                    f"{manifest.bytes / 1e6:.1f}",
                    "whole" if publish.is_intact(folder, manifest) else "DAMAGED",
                ]
                for manifest in known
            ],
        )
    )


@app.command(epilog=EXIT_CODES)
def rollback(
    release_id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="The release to go back to; the one before the current one by default.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make an earlier release the current one."""
    with _sentences():
        from ecosystem.settings import settings
        from etl import publish

        chosen = publish.rollback(settings().releases_dir, release_id)
    _say(f"Current release: {chosen.release_id} ({chosen.organisations:,} organisations).")


@app.command(epilog=EXIT_CODES)
def locate(
    town: Annotated[str, typer.Argument(help="Name of a town, in any spelling.")],
    country: Annotated[str, typer.Argument(help="Country: FR, France, UK.")],
    hint: Annotated[
        str, typer.Option("--hint", help="NUTS 2 code, for names that several towns have.")
    ] = "",
) -> None:
    """Show what the locator finds for a town, and why.

    Example: `cyber-valleys locate "Cesson-Sévigné" FR`.
    """
    with _sentences():
        from ecosystem.settings import settings
        from ecosystem.vocabulary import LOCATION_PRECISION
        from etl.gazetteer import load_gazetteer
        from etl.normalise import load_aliases, normalise_code
        from etl.regions import load_regions
        from etl.towns import Question, answer_questions

        own = settings()
        code = normalise_code(country, load_aliases(own.schema_dir / "aliases.csv")["country"])
        question = Question(town, code, hint.upper())
        gazetteer = load_gazetteer(own.reference_dir, own.schema_dir)
        regions = load_regions(own.reference_dir)
        answer = answer_questions([question], gazetteer, regions)[question]
    if answer.row < 0:
        _fail(f"{answer.reason} {answer.mend}", INPUT)
    place = gazetteer.places.loc[answer.row]
    _say(
        f"{place['name']} ({code}), latitude {place['lat']:.4f}, longitude {place['lon']:.4f}, "
        f"NUTS 3 {answer.nuts3}. {LOCATION_PRECISION.label(answer.precision)}."
    )


@app.command(epilog=EXIT_CODES)
def mint(
    file: Annotated[Path, typer.Argument(help="CSV file of organisations.")],
) -> None:
    """Write identifiers into a register file where they are missing; others stay."""
    with _sentences():
        from ecosystem.settings import settings
        from etl.mint import mint as mint_file
        from etl.normalise import load_aliases
        from etl.publish import writing

        countries = load_aliases(settings().schema_dir / "aliases.csv")["country"]
        with writing(file.parent):
            made = mint_file(file, countries)
    _say(f"{file.name}: {made:,} identifiers made.")


@contextmanager
def _sentences() -> Iterator[None]:
    """Say what went wrong in a sentence, and leave with the exit code that it has."""
    try:
        yield
    except RegisterError as error:
        _fail(str(error), INPUT)
    except PublishError as error:
        _fail(str(error), WRITE)
    except OSError as error:
        _fail(f"{error.filename or error}: {error.strerror or 'unreadable'}.", INPUT)


def _fail(message: str, code: int) -> NoReturn:
    _say(message, _err)
    raise typer.Exit(code)


def _exit_code(outcome: Outcome) -> int:
    from etl.pipeline import Status

    return {Status.INPUT_REFUSED: INPUT, Status.GATE_FAILED: GATE}.get(outcome.status, OK)


def _report(outcome: Outcome, *, quiet: bool) -> None:
    from etl.pipeline import Status

    if not quiet:
        for note in outcome.notes:
            _say(f"Note: {note}")
        _print_counts(outcome)
    _print_rejections(outcome.rejections)
    for result in outcome.gates:
        if not result.passed:
            state = "Accepted" if result.waived else "Gate failed"
            _say(f"{state}: {result.sentence()}", _err)
    message = {
        Status.PUBLISHED: f"Published {outcome.release_id}.",
        Status.PASSED: "Dry run: this would have been published.",
        Status.INPUT_REFUSED: "Nothing was published: mend the cells above and run it again.",
        Status.GATE_FAILED: "Nothing was published.",
    }[outcome.status]
    _say(message)


def _print_counts(outcome: Outcome) -> None:
    shown = ("organisation", "place", "valley", "network_entity", "investor", "event", "document")
    _out.print(_table(["table", "rows"], [[name, f"{outcome.counts[name]:,}"] for name in shown]))
    if outcome.previous_id:
        moves = ", ".join(f"{n:,} {kind}" for kind, n in sorted(outcome.changes.items()))
        _say(f"Against {outcome.previous_id}: {moves or 'no change'}.")
    if outcome.candidates:
        _say(f"{len(outcome.candidates):,} pairs may be duplicates:")
        for pair in outcome.candidates[:MAX_REJECTIONS_SHOWN]:
            _say(f"  {pair.evidence}")


def _print_rejections(rejections: Sequence[Rejection]) -> None:
    shown = rejections[:MAX_REJECTIONS_SHOWN]
    if _out.is_terminal and shown:
        _out.print(
            _table(
                ["file", "row", "column", "value", "what is wrong", "how to mend it"],
                [[r.file, str(r.row), r.column, r.value, r.reason, r.mend] for r in shown],
            )
        )
    else:
        for r in shown:
            _say(f"{r.file}, row {r.row}, {r.column} “{r.value}”: {r.reason} {r.mend}")
    if len(rejections) > len(shown):
        _say(f"and {len(rejections) - len(shown):,} more cells.")


def _say(text: str, console: Console = _out) -> None:
    # Text from the register is shown as it is: never read as markup, never cut in a log; but no
    # control character of it reaches the terminal.
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    console.print(shown, markup=False, highlight=False, soft_wrap=not console.is_terminal)


def _table(header: list[str], rows: list[list[str]]) -> Table:
    table = Table(*header, show_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
