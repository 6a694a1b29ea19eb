"""``cyber-valleys inbox``: what visitors suggest, decided at a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.cli.terminal import complain, say, sentences, table

if TYPE_CHECKING:
    from etl.inbox.model import Suggestion
    from etl.inbox.moderation import Change, Desk, Review

EXIT_CODES = (
    "Exit codes: 0 done; 1 it can't be decided like this (no such suggestion, a row that a "
    "refresh would refuse, or a register that changed meanwhile); 2 wrong usage; 4 could not write."
)
MAX_SHOWN = 240

app = typer.Typer(
    help=f"Look at what visitors suggest, and decide it.\n\n{EXIT_CODES}", no_args_is_help=True
)
Number = Annotated[int, typer.Argument(help="Number of the suggestion.")]
Edits = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="COLUMN=TEXT", help="Change a cell before accepting; repeatable."
    ),
]


@app.command("list", epilog=EXIT_CODES)
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
) -> None:
    """List the suggestions that wait for a decision.

    Texts of what was decided 180 days ago are deleted by this command. Contact addresses are
    deleted with the decision. Example: `cyber-valleys inbox list --all`.
    """
    with sentences():
        desk = _desk()
        waiting = desk.open_suggestions()
        shown = desk.inbox.suggestions() if everything else waiting
    if not shown:
        say("No suggestion waits for a decision.")
        return
    table(["number", "received", "state", "what", "about"], map(_row, shown))


@app.command(epilog=EXIT_CODES)
def show(number: Number, edits: Edits = None) -> None:
    """Show what a suggestion would change in the register as it is now.

    Example: `cyber-valleys inbox show 12 --set founded=2012`.
    """
    with sentences():
        review = _desk().review(number, _edits(edits))
    _print(review)


@app.command(epilog=EXIT_CODES)
def accept(
    number: Number,
    edits: Edits = None,
    over: Annotated[
        str,
        typer.Option(
            metavar="VERSION",
            help="Accept although the register has changed since; the version is the one that "
            "`show` names.",
        ),
    ] = "",
    spelling_only: Annotated[
        bool,
        typer.Option(
            "--spelling-only", help="The name was misspelt: don't keep it as a former name."
        ),
    ] = False,
) -> None:
    """Write a suggestion into the register; the next refresh publishes it.

    Examples: `cyber-valleys inbox accept 12`; `cyber-valleys inbox accept 12 --set type=sme`.
    """
    with sentences():
        org_id = _desk().accept(
            number, edits=_edits(edits), over=over, was_renamed=not spelling_only
        )
    say(f"Suggestion {number} is in the register: {org_id}. `cyber-valleys refresh` publishes it.")


@app.command(epilog=EXIT_CODES)
def reject(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why, in a sentence; kept with the suggestion.")],
) -> None:
    """Decide against a suggestion.

    Example: `cyber-valleys inbox reject 12 --reason "The page names another town."`.
    """
    with sentences():
        _desk().reject(number, reason)
    say(f"Suggestion {number} is rejected.")


@app.command(epilog=EXIT_CODES)
def export(
    file: Annotated[Path, typer.Argument(help="File to write: its name ends in .csv or .json.")],
    everything: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
) -> None:
    """Write the suggestions to a file, without contact addresses.

    Example: `cyber-valleys inbox export suggestions.csv`.
    """
    from etl.files import writing
    from etl.inbox.export import as_csv, as_json

    kinds = {".csv": as_csv, ".json": as_json}
    if file.suffix.lower() not in kinds:
        raise typer.BadParameter("The name must end in .csv or .json.")
    with sentences():
        desk = _desk()
        waiting = desk.open_suggestions()
        shown = desk.inbox.suggestions() if everything else waiting
        with writing(file.parent, then=""):
            file.write_bytes(kinds[file.suffix.lower()](shown))
    say(f"{file.name}: {len(shown):,} suggestions.")


def _desk() -> Desk:
    from etl.inbox.moderation import desk

    return desk()


def _edits(pairs: list[str] | None) -> dict[str, str]:
    edits = {}
    for pair in pairs or []:
        column, sign, text = pair.partition("=")
        if not sign:
            raise typer.BadParameter(f"{pair}: write COLUMN=TEXT, for example founded=2012.")
        edits[column.strip()] = text
    return edits


def _row(suggestion: Suggestion) -> list[str]:
    from etl.inbox.events import event

    fields = ", ".join(suggestion.before) or "source"
    happened = event(suggestion.values, suggestion.before)
    name = suggestion.values.get("name", "")
    return [
        str(suggestion.number),
        f"{suggestion.received:%Y-%m-%d %H:%M}",
        str(suggestion.state),
        "new" if suggestion.is_new else happened or f"correction of {fields}",
        (name or "(text deleted)") if suggestion.is_new else suggestion.org_id,
    ]


def _print(review: Review) -> None:
    suggestion, checked = review.suggestion, review.checked
    what = "a new organisation" if suggestion.is_new else f"a correction of {review.org_id}"
    say(f"Suggestion {suggestion.number} ({suggestion.state}): {what}.")
    if suggestion.reason:
        say(f"Rejected: {suggestion.reason}")
    if review.missing:
        complain("The organisation is no longer in the register.")
    table(["column", "now", "suggested"], [_comparison(change) for change in review.changes])
    if suggestion.comment:
        say(f"Comment: {suggestion.comment}")
    if suggestion.contact:
        say(f"Contact for questions: {suggestion.contact}")
    if checked.town:
        say(f"Located: {checked.town.sentence()}.")
    for org_id, evidence in checked.duplicates.items():
        say(f"Perhaps the same as {org_id}: {evidence}")
    for caution in review.cautions:
        say(f"Look twice: {caution}")
    for fault in review.faults:
        complain(f"A refresh would refuse {fault.column}: {fault.reason} {fault.mend}")
    if review.conflicts:
        say(
            "The register has changed since this was suggested. To accept it all the same: "
            f"cyber-valleys inbox accept {suggestion.number} --over {review.version}"
        )


def _comparison(change: Change) -> list[str]:
    seen = "" if change.seen is None else f" (was “{change.seen}” when it was suggested)"
    return [change.column, _short(change.old) + seen, _short(change.new)]


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
