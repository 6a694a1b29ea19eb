"""Commands about an installation as a whole: who did what, a copy of all, and back from it."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Annotated

import typer

from etl.cli.terminal import INPUT, complain, confirm, is_interactive, say, sentences, table


def log(
    account: Annotated[
        str, typer.Option(metavar="TEXT", help="Only accounts that contain this text.")
    ] = "",
    action: Annotated[
        str, typer.Option(metavar="NAME", help="Only this action: publish, rollback, accept …")
    ] = "",
    last: Annotated[int, typer.Option(min=1, help="How many of the latest.")] = 50,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write them to a file instead, without limit."),
    ] = None,
) -> None:
    """Show who did what: published, went back, accepted, rejected, decided, signed in.

    Example: `cyber-valleys log --last 20`

    Example: `cyber-valleys log --action publish --csv published.csv`
    """
    with sentences():
        from etl import actions
        from etl.report import words

        known = actions.entries()
        wanted = [
            entry
            for entry in known
            if account.casefold() in entry.account.casefold() and action in ("", entry.action)
        ]
        if csv:
            import pandas as pd

            from ecosystem.common.spreadsheet import table_csv
            from etl.files import writing

            with writing(csv.parent, then=""):
                csv.write_bytes(table_csv(pd.DataFrame(wanted, columns=[*actions.COLUMNS])))
            say(f"Written: {csv} ({len(wanted):,} of {len(known):,} actions).")
            return
    if not wanted:
        say("Nothing of this kind has been done." if known else "Nothing has been done yet.")
        return
    for entry in wanted[-last:]:
        # A text of several lines must not look like several actions.
        cells = [" ".join(cell.split()) for cell in astuple(entry)]
        _, who, what, subject, before, after = cells
        say(f"{entry.second}  {who}  {what}  {subject}")
        if before or after:
            say(f"    {before or words.EMPTY} -> {after or words.EMPTY}")
    if len(wanted) > last:
        say(f"The latest {last:,} of {len(wanted):,}; --csv FILE writes all.")


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="The archive to write: a ZIP file. Without it, one named by the time in "
            "CYBER_VALLEYS_BACKUP_DIR, where as many stay as CYBER_VALLEYS_BACKUP_KEEP says."
        ),
    ] = None,
    every_release: Annotated[
        bool,
        typer.Option("--every-release", help="All releases that are kept, not the current alone."),
    ] = False,
) -> None:
    """Write register, decisions, suggestions, log and the current release into one archive.

    It holds contact addresses of people who suggested something: keep it where nobody else
    reads it. Every checksum is compared before the command says that it is written.

    Example: `cyber-valleys backup /var/backups/cyber-valleys.zip`
    """
    with sentences():
        from etl.backup import back_up, back_up_into_folder

        if file is None:
            made = back_up_into_folder(every_release=every_release, on_wait=complain)
        else:
            made = back_up(file, every_release=every_release, on_wait=complain)
    shown = f"release {made.release_id}" if made.release_id else "no release"
    say(f"Written and checked: {made.path} ({len(made.members):,} files, {shown}).")


def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `cyber-valleys backup`.")],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Also where there is a register or a release; what is there is set aside.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Restore without asking.")] = False,
) -> None:
    """Bring this installation to what an archive holds: the same site, history and feeds.

    Example: `cyber-valleys restore /var/backups/cyber-valleys.zip`
    """
    with sentences():
        from etl.backup import read_backup
        from etl.backup import restore as put_back

        if replace and not yes and is_interactive():
            made_at = read_backup(file).made_at
            question = f"Put the data of {made_at} in the place of this installation's?"
            if not confirm(question):
                say("Nothing was changed.")
                return
        restored, aside = put_back(file, replace=replace, on_wait=complain)
    for path in aside:
        say(f"Set aside: {path}")
    shown = f"Release {restored.release_id} is shown." if restored.release_id else ""
    say(f"Restored from {file.name}, made at {restored.made_at}. {shown}".rstrip())


def doctor(
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Only what needs something.")
    ] = False,
) -> None:
    """Tell what is wrong with this installation, and what to do about it; changes nothing.

    It looks at register, releases, clock, disk, permissions, limits, settings, sign-in, backup and
    port. Ends with 1 if something is wrong; advice alone is no fault.

    Example: `cyber-valleys doctor`
    """
    with sentences():
        from etl.doctor import Verdict, examine

        findings = examine()
    shown = [one for one in findings if not (quiet and one.verdict is Verdict.FINE)]
    if shown:
        table(["", "What", "Found"], [[o.verdict.value, o.subject, o.sentence] for o in shown])
    wrong = sum(one.verdict is Verdict.WRONG for one in findings)
    advice = sum(one.verdict is Verdict.ADVICE for one in findings)
    say(f"{wrong} wrong, {advice} to think about, {len(findings) - wrong - advice} fine.")
    if wrong:
        raise typer.Exit(INPUT)
