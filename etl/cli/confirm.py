"""``cyber-valleys confirm``: links by which organisations confirm their own entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from etl.cli.terminal import INPUT, fail, say, sentences

if TYPE_CHECKING:
    import pandas as pd


def confirm(
    file: Annotated[Path, typer.Argument(help="File to write: its name ends in .csv or .xlsx.")],
    days: Annotated[
        int, typer.Option("--days", min=1, max=366, help="How long the links are valid.")
    ] = 60,
    ids: Annotated[
        str,
        typer.Option(
            "--ids", metavar="ID,ID,…", help="Only these organisations, by their identifiers."
        ),
    ] = "",
    view: Annotated[
        str,
        typer.Option(
            "--filter",
            metavar="ADDRESS",
            help="Only those that a view of the site shows: its address, or what follows the "
            "question mark in it.",
        ),
    ] = "",
    older_than: Annotated[
        int,
        typer.Option(
            "--older-than", min=0, metavar="MONTHS", help="Only those not checked for so long."
        ),
    ] = 0,
    site: Annotated[
        str,
        typer.Option("--site", metavar="ADDRESS", help="Address of the site, if not set already."),
    ] = "",
) -> None:
    """Write a table for a mail merge, with a link for each organisation to confirm its entry.

    The link is signed and expires. Behind it the organisation sees its published entry, and says
    that all is right or corrects it; the answer comes as a suggestion. No mail is sent by this.
    Whoever has a link can answer in the organisation's name: treat the file as confidential.

    Example: `cyber-valleys confirm links.xlsx --older-than 12`

    Example: `cyber-valleys confirm links.csv --filter "country=FR&type=sme" --days 30`
    """
    with sentences():
        from ecosystem.common.settings import settings
        from etl import actions
        from etl.actions import Action
        from etl.files import OWNER_ONLY, writing
        from etl.inbox.mail_merge import MONTH_DAYS, as_csv, as_xlsx, before, merge_table

        kinds = {".csv": as_csv, ".xlsx": as_xlsx}
        if file.suffix.lower() not in kinds:
            raise typer.BadParameter("The name must end in .csv or .xlsx.")
        address = site or settings().site_url
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
            fail(
                "Links need the address of the site: give --site https://…, or set "
                "CYBER_VALLEYS_SITE_URL.",
                INPUT,
            )
        now = datetime.now(UTC)
        chosen = _choose(ids, view)
        if older_than:
            chosen = before(chosen, (now - timedelta(days=older_than * MONTH_DAYS)).date())
        until = (now + timedelta(days=days)).date()
        table = merge_table(chosen, address, until)
        with writing(file.parent, then=""):
            file.touch(mode=OWNER_ONLY)
            file.chmod(OWNER_ONLY)
            file.write_bytes(kinds[file.suffix.lower()](table))
        actions.record(
            Action.INVITE, f"{len(table):,} organisations", after=f"links valid until {until}"
        )
    say(f"Written: {file} ({len(table):,} links, valid until {until:%-d %B %Y}).")


def _choose(ids: str, view: str) -> pd.DataFrame:
    """The published organisations that are meant."""
    from ecosystem.common.store import ReleaseError
    from ecosystem.finding.filters import PARAMS, Filter
    from ecosystem.tables.organisations import everything
    from ecosystem.web.serving import database
    from etl.errors import PublishError

    query = urlsplit(view).query or view.lstrip("?")
    params = parse_qs(query)
    unknown = sorted(set(params) - set(PARAMS)) if params or query else []
    if unknown or (query and not params):
        fail(
            f"{', '.join(unknown) or view}: no filter of the site is called so; these are: "
            f"{', '.join(PARAMS)}.",
            INPUT,
        )
    try:
        found = everything(database(), Filter.from_params(params))
    except ReleaseError as error:
        raise PublishError(str(error)) from error
    wanted = list(dict.fromkeys(filter(None, map(str.strip, ids.split(",")))))
    missing = [org_id for org_id in wanted if org_id not in set(found["org_id"])]
    if missing:
        fail(f"{', '.join(missing)}: not among the published organisations that are meant.", INPUT)
    return found[found["org_id"].isin(wanted)] if wanted else found
