"""The command line: check a file, publish a release, look at releases, go back.

Commands import what they need when they run, so that help comes at once.
"""

from __future__ import annotations

import typer

from etl.cli import data, installation, links, register, releases
from etl.cli.confirm import confirm
from etl.cli.day import app as day
from etl.cli.inbox import app as inbox
from etl.cli.terminal import EXIT_CODES, GATE, INPUT, OK, USAGE, WRITE, complain, fail

__all__ = ["GATE", "INPUT", "OK", "USAGE", "WRITE", "app"]

app = typer.Typer(
    name="cyber-valleys",
    help=f"From the register to the published map.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.callback()
def begin() -> None:
    """Finish what a killed publication or change left undone, and say so."""
    from pydantic import ValidationError

    from ecosystem.common.settings import faults, settings
    from etl import actions
    from etl.errors import PublishError
    from etl.release.workshop import KEPT

    try:
        settings()
    except ValidationError as error:
        fail("\n".join(faults(error)), INPUT)
    try:
        actions.add_missing()
    except PublishError as error:
        complain(str(error))
    if any(settings().releases_dir.glob(f"{KEPT}*")):
        from etl.release.unfinished import finish

        for sentence in finish(settings().releases_dir):
            complain(sentence)


for command in (
    data.check,
    data.diff,
    data.refresh,
    releases.list_releases,
    releases.show,
    releases.export,
    releases.rollback,
    releases.prune,
    releases.upload,
    register.duplicates,
    register.decide,
    register.locate,
    register.mint,
    links.links,
    confirm,
    installation.log,
    installation.backup,
    installation.restore,
    installation.doctor,
):
    app.command(command.__name__.removeprefix("list_"), epilog=EXIT_CODES)(command)
app.add_typer(day, name="day")
app.add_typer(inbox, name="inbox")
