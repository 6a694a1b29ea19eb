"""Check the websites and sources of the register: a report, and never a change."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from ecosystem.common.publisher import publisher
from ecosystem.common.settings import settings
from etl.errors import RegisterError
from etl.freshness.fetch import Answer, Client, Outcome
from etl.freshness.report import Report, Result, Writer, read
from etl.reading import read_inputs
from etl.register.normalise import load_aliases, normalise
from etl.schema import Schema, load_schemas

AT_ONCE = 8
# So many that don't answer, of so many hosts, with none that does: it isn't they who are silent.
_SILENT, _SILENT_HOSTS = 25, 5


class OfflineError(RegisterError):
    """There seems to be no way to the internet; the message says so."""


@dataclass(frozen=True)
class Place:
    """Where an address stands in the register.

    Attributes
    ----------
    resource, row_id, name : str
        The list, the row's identifier and what the row is about.
    column, title : str
        The column, and what people call it.
    address : str
        The address.
    """

    resource: str
    row_id: str
    name: str
    column: str
    title: str
    address: str


def places(register_dir: Path | None = None) -> list[Place]:
    """Every address of the register with its place, list by list.

    Raises
    ------
    etl.errors.RegisterError
        If a register file can't be read.
    """
    schemas = load_schemas(settings().schema_dir)
    extracts = read_inputs((), register_dir or settings().register_dir, schemas)
    aliases = load_aliases(settings().schema_dir / "aliases.csv")
    return [
        place
        for resource, schema in schemas.items()
        for row in normalise(extracts[resource].whole, schema, aliases).to_dict("records")
        for place in _of_row({str(k): str(v) for k, v in row.items()}, schema)
    ]


def check_links(
    addresses: Sequence[str],
    client: Client,
    *,
    limit: int | None = None,
    resume: bool = False,
    path: Path | None = None,
    track: Callable[[int, Result], None] = lambda done, result: None,
) -> list[Result]:
    """Ask addresses whether they answer, and keep what they say.

    Those that were never asked come first, then those that were asked longest ago. Hosts are asked
    side by side, each one address at a time. It can be broken off at any moment: what was found
    until then is kept.

    Parameters
    ----------
    addresses : sequence of str
        All addresses of the register; one may be there several times.
    client : Client
        Who asks.
    limit : int, optional
        How many at most.
    resume : bool
        Leave out what was asked since the last check began that was broken off.
    path : Path, optional
        The report; this installation's by default.
    track : callable, optional
        Is told each result as it comes, and how many are still to come.

    Returns
    -------
    list of Result
        What was asked now.

    Raises
    ------
    OfflineError
        If nothing answers at all. Nothing was kept of that.
    etl.errors.PublishError
        If the report can't be written.
    OSError
        If it can't be read.
    """
    known = read(path)
    if not resume:
        known = Report(known.results)
    asked = _in_order(addresses, known)
    chosen = asked if limit is None else asked[:limit]
    found: list[Result] = []
    with closing(_online(_answers(chosen, client))) as answers:
        writer: Writer | None = None
        for address, answer in answers:
            writer = writer or Writer(known, set(addresses), path)
            result = writer.add(address, answer)
            found.append(result)
            track(len(chosen) - len(found), result)
    writer = writer or Writer(known, set(addresses), path)
    if len(chosen) == len(asked):
        writer.end()
    return found


def client_of_installation() -> Client:
    """Who asks, in the name of this installation, with its site and its contact."""
    about = "; ".join(["link check", *contacts()])
    return Client(f"CyberValleysLinkCheck/{version('cyber-valleys')} ({about})")


def contacts() -> list[str]:
    """Where those who are asked can learn who asks; none if the installation doesn't say."""
    known = (settings().site_url, publisher().contact.removeprefix("mailto:"))
    # A header holds ASCII only, and nothing that would end it.
    return [text for text in known if text.isascii() and text.isprintable() and text]


def _of_row(row: Mapping[str, str], schema: Schema) -> Iterator[Place]:
    row_id = row.get(schema.primary_key, "")
    name = next((row[column] for column in schema.naming_columns if row.get(column)), row_id)
    for column in schema.columns.values():
        if "http" in column.constraints.get("pattern", "") and row[column.name]:
            yield Place(schema.resource, row_id, name, column.name, column.title, row[column.name])


def _in_order(addresses: Sequence[str], known: Report) -> list[str]:
    """Each address once: never asked ones first, then those that were asked longest ago."""
    when = {a: known.results[a].checked_at if a in known.results else "" for a in addresses}
    left = [a for a, moment in when.items() if not known.broken_off or moment < known.broken_off]
    return sorted(left, key=when.__getitem__)


def _answers(addresses: Sequence[str], client: Client) -> Generator[tuple[str, Answer]]:
    """Answers as they come, of several hosts side by side."""
    of_host: dict[str, list[str]] = {}
    for address in addresses:
        of_host.setdefault(_host(address), []).append(address)
    waiting = list(of_host.values())
    running: dict[Future[Answer], tuple[str, list[str]]] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links") as pool:
        try:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    first, *rest = waiting.pop(0)
                    running[pool.submit(client.ask, first)] = first, rest
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    address, rest = running.pop(future)
                    if rest:
                        waiting.append(rest)
                    yield address, future.result()
        finally:
            for future in running:
                future.cancel()


def _online(answers: Generator[tuple[str, Answer]]) -> Generator[tuple[str, Answer]]:
    """The answers, unless the first of them all say that there is no way to the internet."""
    silent: list[tuple[str, Answer]] = []
    with closing(answers):
        for address, answer in answers:
            silent.append((address, answer))
            if answer.outcome is not Outcome.FAILS or len(silent) == _SILENT:
                break
        hosts = {_host(address) for address, _ in silent}
        if len(hosts) >= _SILENT_HOSTS and silent[-1][1].outcome is Outcome.FAILS:
            raise OfflineError(
                f"None of {len(silent):,} addresses answers: is this computer connected to the "
                "internet? Nothing was kept; try again."
            )
        yield from silent
        yield from answers


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address
