"""Commands that read register files: check, diff, refresh."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.cli.columns import Map, MappingFile, SaveMapping, with_columns
from etl.cli.terminal import (
    INPUT,
    complain,
    confirm,
    err,
    exit_code,
    fail,
    is_interactive,
    say,
    sentences,
)

if TYPE_CHECKING:
    from etl.model import Track
    from etl.pipeline import Prepared
    from etl.report.content import Content

REPORT_DIR = Path("check-report")
GC_THRESHOLD = 500_000
NEEDS_YES = "To publish all the same and lose them, give --yes."
PAGE, DIFF_PAGE, DIFF_BOOK = "check.html", "changes.html", "changes.xlsx"

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="Files to read (CSV, XLSX, XLS, ODS, GeoJSON), or folders of them. They stand in for "
        "the register files of the same content; the others come from the register of this "
        "installation.",
        show_default=False,
    ),
]
Add = Annotated[
    bool,
    typer.Option(
        "--add",
        help="FILE holds new rows only: add them to the list in the register, which stays as it "
        "is otherwise.",
    ),
]
PutRight = Annotated[
    bool,
    typer.Option(
        "--put-right",
        help="Where a column holds what is published of other rows, as if it had been sorted "
        "alone, take the published values for it.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show problems and the result only.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say how long each step took, also in a log.")
]


def check(
    files: Files = None,
    pairs: Map = None,
    mapping_file: MappingFile = None,
    save_mapping: SaveMapping = None,
    report: Annotated[
        Path, typer.Option("--report", metavar="DIR", help="Folder to write the report to.")
    ] = REPORT_DIR,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report.")] = False,
    adding: Add = False,
    putting_right: PutRight = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Do all that a refresh would do, but publish nothing; write a report.

    The report is a web page, and a copy of each file with faults in which the faulty cells are
    coloured and say what is wrong.

    Example: `cyber-valleys check organisations.xlsx`

    Example: `cyber-valleys check organisations.csv events.ods --report our-report`

    Example: `cyber-valleys check new-ones.xlsx --add`

    Example: `cyber-valleys check liste.xlsx --map "Nom=name" --save-mapping liste.toml`
    """
    with sentences():
        from etl.cli.findings import print_findings, print_losses
        from etl.report import words
        from etl.report.content import Content

        with prepared_from(
            files,
            pairs,
            mapping_file,
            save_mapping,
            adding=adding,
            putting_right=putting_right,
            quiet=quiet,
            verbose=verbose,
        ) as prepared:
            outcome = prepared.verdict()
            content = Content(outcome)
            print_findings(content, quiet=quiet)
            if prepared.adoptable.losses and not quiet:
                print_losses(prepared.adoptable.losses)
            if not no_report:
                _write_report(content, report)
    say(f"{words.verdict(outcome)} {words.options(outcome)}".strip())
    raise typer.Exit(exit_code(outcome))


def diff(
    files: Files = None,
    pairs: Map = None,
    mapping_file: MappingFile = None,
    save_mapping: SaveMapping = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a web page, too.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write it as a workbook, too.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="DIR", help="Write both into this folder."),
    ] = None,
    adding: Add = False,
    putting_right: PutRight = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Rows of each list at most, on the terminal.")
    ] = 200,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show what would change against the current release.

    Counts first, then the organisations that are added, removed, changed (field by field),
    moved, merged or perhaps renamed.

    Example: `cyber-valleys diff organisations.xlsx`

    Example: `cyber-valleys diff organisations.xlsx --xlsx changes.xlsx`
    """
    with sentences():
        from etl.cli.findings import print_changes
        from etl.report.content import Content
        from etl.report.differences import workbook
        from etl.report.page import page

        with prepared_from(
            files,
            pairs,
            mapping_file,
            save_mapping,
            adding=adding,
            putting_right=putting_right,
            quiet=quiet,
            verbose=verbose,
        ) as prepared:
            content = Content(prepared.verdict())
        print_changes(content, limit)
        if report:
            html, xlsx = html or report / DIFF_PAGE, xlsx or report / DIFF_BOOK
        if html:
            _write(html, page(content, differences_only=True).encode())
        if xlsx:
            _write(xlsx, workbook(content))


def refresh(
    files: Files = None,
    pairs: Map = None,
    mapping_file: MappingFile = None,
    save_mapping: SaveMapping = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")] = False,
    accept_shrink: Annotated[
        bool,
        typer.Option("--accept-shrink", help="Publish even if far fewer organisations remain."),
    ] = False,
    accept_growth: Annotated[
        bool,
        typer.Option("--accept-growth", help="Publish even if far more organisations are added."),
    ] = False,
    accept_changes: Annotated[
        bool,
        typer.Option(
            "--accept-changes",
            help="Publish even if many organisations have another name, identifier, website, "
            "domains or place at once.",
        ),
    ] = False,
    accept_list_changes: Annotated[
        bool,
        typer.Option(
            "--accept-list-changes",
            help="Publish even if many rows of another list have another identifier, name, "
            "website, domains or place at once.",
        ),
    ] = False,
    accept_list_shrink: Annotated[
        bool,
        typer.Option(
            "--accept-list-shrink", help="Publish even if far fewer rows of another list remain."
        ),
    ] = False,
    accept_list_growth: Annotated[
        bool,
        typer.Option(
            "--accept-list-growth", help="Publish even if far more rows are added to another list."
        ),
    ] = False,
    accept_exchange: Annotated[
        bool,
        typer.Option(
            "--accept-exchange",
            help="Publish even if a column holds what is published of other rows: it was wrong "
            "there, and is right now.",
        ),
    ] = False,
    adding: Add = False,
    putting_right: PutRight = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    into_register: Annotated[
        bool,
        typer.Option(
            "--into-register",
            help="Take what was published from FILE into the register, so that the next refresh "
            "without FILE begins with it.",
        ),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Build a release from the register, check it, and publish it if it holds.

    On a terminal it shows what changes and asks before it publishes; elsewhere it never asks.
    With --into-register, what is published from a FILE is in the register afterwards. What
    the register has and the FILE lacks is listed first; to lose it, say yes or give --yes.

    Example: `cyber-valleys refresh`

    Example: `cyber-valleys refresh organisations.xlsx --dry-run`

    Example: `cyber-valleys refresh new-ones.xlsx --add --into-register`
    """
    said = {
        "accept_shrink": accept_shrink,
        "accept_growth": accept_growth,
        "accept_changes": accept_changes,
        "accept_list_changes": accept_list_changes,
        "accept_list_shrink": accept_list_shrink,
        "accept_list_growth": accept_list_growth,
        "accept_exchange": accept_exchange,
    }
    accepted = [option for option, given in said.items() if given]
    with sentences():
        from ecosystem.common.settings import settings
        from etl.cli.findings import print_findings, print_losses
        from etl.pipeline import Status, publish
        from etl.release.adopt import NOT_ADOPTED, adoption_sentence
        from etl.release.workshop import require_own
        from etl.report import words
        from etl.report.content import Content

        track = _tracker(quiet=quiet, verbose=verbose, publishing=not dry_run)
        if not dry_run:
            # Before minutes of work that could not be published.
            require_own(settings().releases_dir)
        with prepared_from(
            files,
            pairs,
            mapping_file,
            save_mapping,
            adding=adding,
            putting_right=putting_right,
            quiet=quiet,
            track=track,
        ) as prepared:
            outcome = prepared.verdict(accepted)
            print_findings(Content(outcome), quiet=quiet)
            wanted = outcome.status is Status.PASSED and not dry_run
            lost = prepared.adoptable.losses if into_register else []
            if lost:
                print_losses(lost)
            if wanted and lost and not yes and not is_interactive():
                fail(f"Nothing was published. {NEEDS_YES}", INPUT)
            if wanted and not yes and is_interactive():
                all_the_same = " all the same" if lost else ""
                wanted = confirm(f"{words.comparison(outcome)} Publish{all_the_same}?")
                if not wanted:
                    say("Nothing was published.")
                    return
            if wanted:
                outcome = publish(
                    prepared,
                    accepted,
                    into_register=into_register,
                    on_wait=complain,
                    track=track,
                )
                if outcome.not_copied:
                    complain(outcome.not_copied)
                files_of_register = prepared.adoptable.files
                if outcome.status is Status.PUBLISHED and files_of_register:
                    say(adoption_sentence(files_of_register) if into_register else NOT_ADOPTED)
    say(f"{words.verdict(outcome)} {words.options(outcome)}".strip())
    raise typer.Exit(exit_code(outcome))


def prepared_from(
    files: list[Path] | None,
    pairs: list[str] | None,
    mapping_file: Path | None,
    save_mapping: Path | None,
    *,
    adding: bool = False,
    putting_right: bool = False,
    quiet: bool,
    verbose: bool = False,
    track: Track | None = None,
) -> Prepared:
    """What the files would make, with progress shown; asks about columns on a terminal."""
    import pandas as pd

    from etl.pipeline import prepare

    # Cells are looked at one by one, and each is made anew of an Arrow array, which takes a fifth
    # of the time of a check.
    pd.options.mode.string_storage = "python"
    # The tables hold millions of small objects that live to the end; looking through them for
    # garbage takes a sixth of the time.
    gc.set_threshold(GC_THRESHOLD)
    return with_columns(
        lambda mapping: prepare(
            files or [],
            mapping=mapping,
            adding=adding,
            putting_right=putting_right,
            track=track or _tracker(quiet=quiet, verbose=verbose),
        ),
        pairs,
        mapping_file,
        save_mapping,
    )


def _tracker(*, quiet: bool, verbose: bool, publishing: bool = False) -> Track:
    from etl.progress import tracker

    # In a log, a line for each step hides the result.
    return tracker(err, quiet=quiet or not (verbose or err.is_terminal), publishing=publishing)


def _write_report(content: Content, folder: Path) -> None:
    from etl.report.page import page

    _write(folder / PAGE, page(content).encode())
    if not content.outcome.rejections:
        return
    from etl.report.workbook import annotated_copies  # a quarter of a second that few need

    for name, copy in annotated_copies(content):
        _write(folder / name, copy)


def _write(path: Path, content: bytes) -> None:
    from etl.files import writing

    with writing(path.parent, then=""):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    say(f"Written: {path}")
