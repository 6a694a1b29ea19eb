"""``cyber-valleys day``: plan an investor day from its workbook, without a browser."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ecosystem.matching.investor_day.model import Mode
from etl.cli.terminal import INPUT, complain, err, fail, say, sentences

if TYPE_CHECKING:
    from ecosystem.matching.investor_day.checks import DayError
    from ecosystem.matching.investor_day.planner import Job, Look
    from ecosystem.matching.investor_day.reading import Document

EXIT_CODES = (
    "Exit codes: 0 done; 1 the workbook was refused, no plan is possible or none was found in the "
    "time; 2 wrong usage; 4 could not write."
)
# How often a log is told how far it is.
_TELL_EVERY = 5.0
_LOOK_EVERY = 0.2

app = typer.Typer(
    help="Plan an investor day: who meets whom, when and at which table. One workbook is the "
    f"document; nothing of it is kept elsewhere.\n\n{EXIT_CODES}",
    no_args_is_help=True,
)
Workbook = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The day's workbook.")]


@app.command(epilog=EXIT_CODES)
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="File to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write an empty workbook to fill in; its first sheet says how.

    Example: `cyber-valleys day template our-day.xlsx`
    """
    from ecosystem.matching.investor_day import workbook

    if file.exists() and not force:
        fail(f"{file}: there is such a file already; take another name, or give --force.", INPUT)
    _write(file, workbook.template())


@app.command(epilog=EXIT_CODES)
def check(file: Workbook) -> None:
    """Say what is wrong in a workbook, cell by cell; or that it can be planned.

    The plan in its sheet Schedule is checked, too. Example: `cyber-valleys day check our-day.xlsx`
    """
    from ecosystem.common import wording
    from ecosystem.matching.investor_day.verify import verify

    document = _read(file)
    _notes(document)
    day = document.day.today
    say(
        f"{file.name} can be planned: {wording.count(len(day.participants), 'participant')}, "
        f"{wording.count(len(day.slots), 'slot')}, {wording.count(len(day.tables), 'table')}, "
        f"{wording.count(len(day.candidates), 'pair')} that could meet."
    )
    if document.plan is not None:
        broken = verify(document.day, document.plan)
        for sentence in broken:
            complain(sentence)
        if broken:
            fail("The plan in the sheet Schedule doesn't fit the day; plan it again.", INPUT)
        say("The plan in the sheet Schedule keeps every limit.")


@app.command(epilog=EXIT_CODES)
def plan(
    file: Workbook,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE.xlsx",
            help="Where the workbook with the plan goes; by default beside FILE, as "
            "NAME-planned.xlsx.",
        ),
    ] = None,
    mode: Annotated[
        Mode | None,
        typer.Option(
            "--mode",
            help="choose who meets whom, or place the accepted requests; by default what the "
            "workbook says.",
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, max=600.0, help="Time for it.")
    ] = 60.0,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Forget the plan in the workbook but for what is locked, instead of changing as "
            "little of it as possible.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show the result only.")] = False,
) -> None:
    """Plan the day, and write the workbook with the plan in it.

    If it has a plan already, as little of it as possible is changed, and what changes is listed.
    Ctrl-C stops and takes the best plan so far.

    Example: `cyber-valleys day plan our-day.xlsx`

    Example: `cyber-valleys day plan our-day.xlsx --mode place --seconds 120 --out plan.xlsx`
    """
    from ecosystem.matching.investor_day import planner, workbook
    from ecosystem.matching.investor_day.checks import DayError
    from ecosystem.matching.investor_day.measures import measure
    from ecosystem.matching.investor_day.results import proof_words
    from ecosystem.matching.investor_day.solver import State
    from ecosystem.matching.investor_day.verify import verify

    document = _read(file)
    if not quiet:
        _notes(document)
    day = document.day if mode is None else replace(document.day, mode=mode)
    before = None if anew else document.plan
    try:
        look = _follow(planner.start(day, seconds, previous=before), quiet=quiet)
    except DayError as error:
        _refuse(error)
    outcome = look.outcome
    if outcome is not None and outcome.state is State.IMPOSSIBLE:
        for fault in outcome.conflicts:
            complain(str(fault))
        fail(
            "No plan is possible: the facts above contradict each other. Change one of them."
            if outcome.conflicts
            else "No plan is possible: limits, rules and times contradict each other.",
            INPUT,
        )
    if look.plan is None:
        fail(look.step or "No plan was found in the time; give more with --seconds.", INPUT)
    if broken := verify(day, look.plan):
        fail(f"The plan is not written, because it breaks a rule: {broken[0]}", INPUT)
    proven = [proof_words(proof) for proof in look.proofs]
    for title, text in (*workbook.in_words(measure(day, look.plan)), *proven):
        say(f"{title}: {text}")
    if before is not None:
        _changes(document, look)
    target = out or file.with_name(f"{file.stem}-planned.xlsx")
    _write(target, workbook.write(day, look.plan, proven))


def _follow(job: Job, *, quiet: bool) -> Look:
    """Wait for a plan, and tell how far it is."""
    told, last = "", float("-inf")
    try:
        while not job.is_over:
            try:
                look = job.wait(_LOOK_EVERY)
                now = time.monotonic()
                text = _state(look)
                if not quiet and text != told and (now - last >= _TELL_EVERY or not told):
                    told, last = text, now
                    say(text, err)
            except KeyboardInterrupt:
                complain("Stopping, with the best plan so far.")
                job.stop()
        return job.look()
    finally:
        job.close()


def _state(look: Look) -> str:
    from ecosystem.matching.investor_day.results import proof_words

    shown = [proof_words(proof) for proof in look.proofs if proof.aim in ("match", "gaps")]
    return "; ".join([f"{look.step}…", *(f"{title}: {text}" for title, text in shown)])


def _changes(document: Document, look: Look) -> None:
    from ecosystem.common import wording
    from ecosystem.matching.investor_day.changes import by_participant, changes, in_words

    if document.plan is None or look.plan is None:
        return
    found = changes(document.plan, look.plan)
    say(f"{wording.count(len(found), 'meeting')} changed against the plan in the workbook.")
    for who, mine in by_participant(document.day, found).items():
        say(f"{document.day.name(who)}:")
        for change in mine:
            say(f"  {in_words(document.day, change, who)}")


def _read(file: Path) -> Document:
    from ecosystem.matching.investor_day import workbook
    from ecosystem.matching.investor_day.checks import DayError

    with sentences():
        content = file.read_bytes()
        try:
            return workbook.read(file.name, content)
        except DayError as error:
            _refuse(error)


def _refuse(error: DayError) -> NoReturn:
    for fault in error.faults:
        complain(str(fault))
    raise typer.Exit(INPUT)


def _notes(document: Document) -> None:
    for note in document.notes:
        complain(note)


def _write(path: Path, content: bytes) -> None:
    from etl.files import replace as put

    with sentences():
        put(path, content)
    say(f"Written: {path}")
