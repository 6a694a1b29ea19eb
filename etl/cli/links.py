"""``cyber-valleys links``: which websites and sources of the register answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.cli.terminal import complain, err, say, sentences, table

if TYPE_CHECKING:
    from etl.freshness.links import Place
    from etl.freshness.report import Result

_SHOWN = 30
_EVERY = 50


def links(
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Ask so many addresses at most: those asked longest ago."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with a check that was broken off or limited."),
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Ask nobody; show what the last check found.")
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write what is known of all addresses."),
    ] = None,
) -> None:
    """Ask the websites and sources of all lists whether they answer; change nothing.

    Each host is asked one address at a time, with a pause, and never one of this computer or its
    network. What is found is kept, and fills the page's work list. It can be stopped with Ctrl+C at
    any moment.

    Example: `cyber-valleys links --limit 200`

    Example: `cyber-valleys links --report --csv links.csv`
    """
    with sentences():
        from etl.freshness.links import check_links, client_of_installation, contacts, places
        from etl.freshness.report import read

        known = places()
        if not report:
            if not contacts():
                complain(
                    "Nobody who is asked can tell who asks: set CYBER_VALLEYS_CONTACT or "
                    "CYBER_VALLEYS_SITE_URL."
                )
            try:
                check_links(
                    [place.address for place in known],
                    client_of_installation(),
                    limit=limit,
                    resume=resume,
                    track=_tell,
                )
            except KeyboardInterrupt:
                complain("Stopped. `cyber-valleys links --resume` goes on with it.")
        found = read()
        if csv:
            _write(csv, known, found.results)
    _summarise(known, found.results)
    if found.broken_off:
        say("Not all were asked yet: `cyber-valleys links --resume` goes on.")


def _tell(left: int, result: Result) -> None:
    if err.is_terminal and left % _EVERY == 0:
        complain(f"{left:,} to go; {result.address}: {result.outcome}")


def _summarise(known: list[Place], results: dict[str, Result]) -> None:
    asked = [place for place in known if place.address in results]
    counts: dict[str, int] = {}
    for address in {place.address for place in asked}:
        outcome = results[address].outcome
        counts[outcome] = counts.get(outcome, 0) + 1
    never = len({place.address for place in known} - set(results))
    if never:
        counts["never asked"] = never
    table(["addresses", "what they do"], [[f"{n:,}", name] for name, n in sorted(counts.items())])
    wrong = [place for place in asked if results[place.address].is_wrong]
    if wrong:
        table(
            ["list", "what", "column", "address", "why"],
            [
                [p.resource, p.name, p.column, p.address, results[p.address].detail]
                for p in wrong[:_SHOWN]
            ],
        )
    if len(wrong) > _SHOWN:
        say(f"The first {_SHOWN} of {len(wrong):,}; --csv FILE writes all.")


def _write(path: Path, known: list[Place], results: dict[str, Result]) -> None:
    import pandas as pd

    from ecosystem.common.spreadsheet import table_csv
    from etl.files import writing

    rows = [
        {
            "list": place.resource, "identifier": place.row_id, "name": place.name,
            "column": place.column, "address": place.address,
            "outcome": result.outcome if result else "never asked",
            "detail": result.detail if result else "",
            "now_at": result.final if result else "",
            "asked_at": result.checked_at if result else "",
            "wrong_since": result.wrong_since if result else "",
        }
        for place in known
        for result in [results.get(place.address)]
    ]  # fmt: skip
    with writing(path.parent, then=""):
        path.write_bytes(table_csv(pd.DataFrame(rows)))
    n = len({place.address for place in known})
    say(f"Written: {path} ({n:,} addresses in {len(rows):,} cells).")
