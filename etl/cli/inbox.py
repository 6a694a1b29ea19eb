"""``cyber-valleys inbox``: what visitors suggest, decided at a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.cli.terminal import INPUT, complain, say, sentences, table

if TYPE_CHECKING:
    from collections.abc import Mapping

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
Numbers = Annotated[list[int], typer.Argument(help="Number of the suggestion, or several.")]
Edits = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="COLUMN=TEXT", help="Change a cell before accepting; repeatable."
    ),
]


@app.command("list", epilog=EXIT_CODES)
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
    decided: Annotated[
        bool,
        typer.Option("--decided", help="Those that are decided: by whom, when, with what answer."),
    ] = False,
) -> None:
    """List the suggestions that wait for a decision, or those that are decided.

    Texts of what was decided 180 days ago are deleted by this command. Contact addresses are
    deleted with the decision. Example: `cyber-valleys inbox list --all`.
    """
    with sentences():
        desk = _desk()
        waiting = desk.open_suggestions()
        known = desk.decisions() if decided else []
        shown = desk.inbox.suggestions() if everything else waiting
        titles = desk.titles()
    if decided:
        if not known:
            say("Nothing has been decided yet.")
            return
        header = ["decided", "number", "about", "decision", "by", "answer"]
        table(header, map(_decided_row, known))
        return
    if not shown:
        say("No suggestion waits for a decision.")
        return
    rows = (_row(suggestion, titles) for suggestion in shown)
    table(["number", "received", "state", "what", "about"], rows)


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
    numbers: Numbers,
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
    reason: Annotated[
        str, typer.Option(help="A word to whoever made it; the suggestion's link shows it.")
    ] = "",
) -> None:
    """Write suggestions into the register; the next refresh publishes them.

    Of several, those that need a look of their own are left, and named.

    Examples: `cyber-valleys inbox accept 12 --set type=sme`; `cyber-valleys inbox accept 3 4 7`.
    """
    if len(numbers) > 1:
        if edits or over or spelling_only:
            raise typer.BadParameter("--set, --over and --spelling-only go with one number.")
        with sentences():
            refused = _desk().accept_many(numbers, reason)
        _say_many(numbers, refused, "in the register. `cyber-valleys refresh` publishes them.")
        return
    (number,) = numbers
    with sentences():
        org_id = _desk().accept(
            number, edits=_edits(edits), over=over, was_renamed=not spelling_only, answer=reason
        )
    say(f"Suggestion {number} is in the register: {org_id}. `cyber-valleys refresh` publishes it.")


@app.command(epilog=EXIT_CODES)
def reject(
    numbers: Numbers,
    reason: Annotated[
        str, typer.Option(help="Why, in a sentence; the suggestion's link shows it.")
    ],
    same_sender: Annotated[
        bool,
        typer.Option(
            "--same-sender",
            help="Reject all that wait and came from the same sender as these: a flood. Who sent "
            "one is known for three days at most, and only as a hash.",
        ),
    ] = False,
) -> None:
    """Decide against suggestions, with one reason for all.

    Examples: `cyber-valleys inbox reject 12 --reason "The page names another town."`;
    `cyber-valleys inbox reject 12 --same-sender --reason "Sent by a robot."`.
    """
    if same_sender:
        from etl.inbox.floods import same_sender as all_of

        with sentences():
            waiting = _desk().open_suggestions()
        numbers = sorted({other for number in numbers for other in all_of(waiting, number)})
    if len(numbers) > 1:
        with sentences():
            refused = _desk().reject_many(numbers, reason)
        _say_many(numbers, refused, "rejected.")
        return
    with sentences():
        _desk().reject(numbers[0], reason)
    say(f"Suggestion {numbers[0]} is rejected.")


@app.command(epilog=EXIT_CODES)
def undo(number: Number) -> None:
    """Take a decision back: the suggestion waits again, and the register's row is as it was.

    An acceptance can be taken back until the next release is published, a rejection as long as
    the texts are kept. The contact address is gone.

    Example: `cyber-valleys inbox undo 12`.
    """
    with sentences():
        org_id = _desk().undo(number)
    row = f" {org_id} is as it was before." if org_id else ""
    say(f"Suggestion {number} waits for a decision again.{row}")


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


def _say_many(numbers: list[int], refused: dict[int, str], done: str) -> None:
    say(f"{len(numbers) - len(refused):,} of {len(numbers):,} are {done}")
    for sentence in refused.values():
        complain(sentence)
    if refused:
        raise typer.Exit(INPUT)


def _row(suggestion: Suggestion, titles: Mapping[str, str]) -> list[str]:
    from etl.inbox.events import event

    happened = event(suggestion.values, suggestion.before)
    fields = ", ".join(titles.get(name, name) for name in suggestion.before) or "the source"
    if suggestion.is_new:
        what = "new"
    elif suggestion.is_confirmation:
        what = "confirmation by the organisation itself"
    else:
        own = " by the organisation itself" if suggestion.is_own else ""
        what = happened or f"correction{own} of {fields}"
    return [
        str(suggestion.number),
        f"{suggestion.received:%Y-%m-%d %H:%M}",
        str(suggestion.state),
        what,
        _about(suggestion),
    ]


def _decided_row(suggestion: Suggestion) -> list[str]:
    return [
        f"{suggestion.decided:%Y-%m-%d %H:%M}" if suggestion.decided else "",
        str(suggestion.number),
        _about(suggestion),
        str(suggestion.state),
        suggestion.decided_by,
        suggestion.reason,
    ]


def _about(suggestion: Suggestion) -> str:
    return suggestion.org_id or suggestion.values.get("name", "") or "(text deleted)"


def _print(review: Review) -> None:
    suggestion, checked = review.suggestion, review.checked
    kind = "confirmation" if suggestion.is_confirmation else "correction"
    own = " by the organisation itself" if suggestion.is_own else ""
    what = "a new organisation" if suggestion.is_new else f"a {kind} of {review.org_id}{own}"
    say(f"Suggestion {suggestion.number} ({suggestion.state}): {what}.")
    if suggestion.reason:
        say(f"{str(suggestion.state).capitalize()}: {suggestion.reason}")
    if review.missing:
        complain("The organisation is no longer in the register.")
    columns = ["field", "for --set", "now", "suggested"]
    table(columns, [_comparison(change) for change in review.changes])
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
        complain(f"A refresh would refuse {fault.title}: {fault.reason} {fault.mend}")
    for change in review.unseen:
        complain(
            f"The organisation has confirmed {change.title} “{change.seen}”, which is "
            f"“{change.old}” now: reject it, and send a new link."
        )
    if review.conflicts:
        say(
            "The register has changed since this was suggested. To accept it all the same: "
            f"cyber-valleys inbox accept {suggestion.number} --over {review.version}"
        )


def _comparison(change: Change) -> list[str]:
    seen = "" if change.seen is None else f" (was “{change.seen}” when it was suggested)"
    return [change.title, change.column, _short(change.old) + seen, _short(change.new)]


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
