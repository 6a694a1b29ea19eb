"""The site as files that open from a stick with the network off.

Each page is the one that the site gives readers without scripts, made by the same function, so
that both say the same; its links lead to files beside it. Filters, the moving map and whatever
plans or compares need the site itself.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

import pandas as pd

from ecosystem import export
from ecosystem.api import snapshots
from ecosystem.common import text, wording
from ecosystem.common.store import Database
from ecosystem.drawing import european_map
from ecosystem.finding.filters import Filter
from ecosystem.plain import explore
from ecosystem.plain.catalogue import MAKERS
from ecosystem.plain.page import ATTRIBUTION, Item, Listing, PlainPage, is_elsewhere
from ecosystem.tables import documents, organisations, practices, regions, releases
from ecosystem.web.pages import PAGES
from ecosystem.web.shell import SITE
from ecosystem.web.templates import template

# Tells a folder that holds a copy, which a newer one may replace.
MARK = ".cyber-valleys-copy"
# A browser takes a second to read a list of this length, and a stick has no server to ask.
MOST_TO_SEARCH = 50_000
# Pages of the menu that have content without the site; the others are reached from them.
_MENU = tuple(entry for entry in PAGES if entry.menu and entry.in_sitemap and entry.name in MAKERS)
_BY_ADDRESS = {entry.url_path: entry.name for entry in PAGES if entry.name in MAKERS}
_ABOUT, _INDEX, _STYLE = "about.html", "organisations.js", "style.css"
_SCRIPT = "search.js"
_OWN_STYLE = "body { margin: 0; }\ninput { font: inherit; max-width: 100%; padding: .3rem; }\n"
_PROFILE = "profile/"
_NOT_IN_NAMES = re.compile("[^A-Za-z0-9._-]+")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class File:
    """One file of the copy.

    Attributes
    ----------
    path : str
        Where it goes, below the copy's folder, with ``/`` between its parts.
    content : bytes
        All of it.
    """

    path: str
    content: bytes


def files(database: Database) -> Iterator[File]:
    """All files of the copy, one after the other, so that few are in memory at once.

    Starting from the menu, each page that a page leads to is written once.
    """
    downloads = list(_downloads(database))
    yield from downloads
    sheet = template("plain_page.css").render()
    yield File(_STYLE, f"{_OWN_STYLE}{sheet}".encode())
    pages = Paths()
    for entry in _MENU:
        pages.path_of(entry.url_path)
    about = _about(database, downloads)
    yield File(_ABOUT, render(database, pages, _ABOUT, about))
    while pages.waiting:
        address, path = pages.waiting.popleft()
        has_search = path == pages.path_of("directory") and _is_searchable(database)
        page = _make(database, address)
        yield File(path, render(database, pages, path, page, has_search=has_search))
    if _is_searchable(database):
        yield File(_SCRIPT, Path(__file__).with_name(_SCRIPT).read_bytes())
        yield File(_INDEX, _index(database, pages))


class Paths:
    """Which page is in which file, and which of them are still to be written.

    Attributes
    ----------
    waiting : deque of (str, str)
        Addresses with their files, in the order in which they were asked for.
    """

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}
        self._taken: set[str] = {_ABOUT}
        self.waiting: deque[tuple[str, str]] = deque()

    def path_of(self, address: str) -> str:
        """File of the page at an address of the site; empty if the copy has no such page."""
        if _split(address) is None:
            return ""
        if address not in self._paths:
            self._paths[address] = path = self._free(_file_name(address))
            self.waiting.append((address, path))
        return self._paths[address]

    def _free(self, stem: str) -> str:
        """A name that no other has, also where case makes no difference."""
        path, number = f"{stem}.html", 1
        while path.casefold() in self._taken:
            number += 1
            path = f"{stem}-{number}.html"
        self._taken.add(path.casefold())
        return path


def _split(address: str) -> tuple[str, dict[str, list[str]]] | None:
    """Name of a page and its parameters; None if the copy has no such page."""
    if address.startswith(_PROFILE):
        return "organisation", {"org": [unquote(address.removeprefix(_PROFILE))]}
    path, _, query = address.partition("?")
    if path not in _BY_ADDRESS:
        return None
    params: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        params.setdefault(name, []).append(value)
    return _BY_ADDRESS[path], params


def _file_name(address: str) -> str:
    name, params = _split(address) or ("", {})
    if not params:
        return "index" if name == "map" else name
    said = "-".join(value for values in params.values() for value in values)
    return f"{name}/{_NOT_IN_NAMES.sub('_', said)[:_LONGEST_NAME].strip('.')}"


def _make(database: Database, address: str) -> PlainPage:
    name, params = _split(address) or ("map", {})
    return MAKERS[name](database, params)


def render(
    database: Database, pages: Paths, path: str, page: PlainPage, *, has_search: bool = False
) -> bytes:
    """A page as the file at a path; all text is escaped.

    Parameters
    ----------
    pages : Paths
        Where the pages are that it leads to; those that are new to it wait there.
    path : str
        Where it goes.
    has_search : bool
        Whether the search box is on it.
    """

    def to(file: str) -> str:
        return quote(posixpath.relpath(file, posixpath.dirname(path) or ".")) if file else ""

    def href(item: Item) -> str:
        if not item.address or is_elsewhere(item):
            return item.address
        return to(item.address if path == _ABOUT else pages.path_of(item.address))

    picture = european_map.with_addresses(page.picture, lambda address: to(pages.path_of(address)))
    document = template("static_page.html").render(
        page=page,
        title=f"{page.title or page.heading} · {SITE}",
        picture=picture,
        href=href,
        is_elsewhere=is_elsewhere,
        to=to,
        menu=[(entry.title, to(pages.path_of(entry.url_path))) for entry in _MENU],
        about=_ABOUT,
        style=_STYLE,
        scripts=(_INDEX, _SCRIPT) if has_search else (),
        attribution=ATTRIBUTION,
        release_id=database.release.release_id,
    )
    return document.encode()


def _about(database: Database, downloads: list[File]) -> PlainPage:
    """What the copy is, what it leaves out, and the files with its data."""
    story = releases.story(database)
    total = organisations.count(database)
    no_search = (
        f"A search box needs a site from {MOST_TO_SEARCH:,} organisations on: browse by region.",
    )
    return PlainPage(
        heading="About this copy",
        description="What this copy of Cyber Valleys is, how to cite it, and its data as files.",
        paragraphs=(
            "This is a copy of Cyber Valleys, the open map of Europe's regional cybersecurity "
            "ecosystems, as plain files. It asks nobody for anything and stays as it is.",
            *(() if _is_searchable(database) else no_search),
            "Filters, the moving map, comparisons, matching and suggestions need the site itself.",
            explore.SAMPLE_NOTE,
            releases.citation(database),
            releases.attribution(database),
        ),
        facts=(
            ("Release", database.release.release_id),
            ("Made on", f"{story['created_at']:%-d %B %Y}"),
            ("Organisations", f"{total:,}"),
        ),
        listings=(
            Listing(
                "Data",
                tuple(
                    Item(posixpath.basename(file.path), file.path, _size(len(file.content)))
                    for file in downloads
                ),
            ),
        ),
    )


def _size(n_bytes: int) -> str:
    return f"{max(1, round(n_bytes / 1e3)):,} kB"


def _downloads(database: Database) -> Iterator[File]:
    """What is in the copy as data: what is given away of a release, and what that has no
    collection of."""
    for name, file in snapshots.files(database).items():
        yield File(f"data/{name}", file.path.read_bytes())
    if organisations.count(database) < export.MAX_XLSX_ROWS:
        yield File("data/organisations.xlsx", export.xlsx(database, Filter()))
    tables = {
        "organisations-by-region": _counts_by_region(database),
        "practices": practices.selection(database),
        "documents": documents.selection(database),
    }
    for name, rows in tables.items():
        content = export.table(database, rows, "", export.REGISTER_ALONE)
        yield File(f"data/{name}.csv", content)


def _counts_by_region(database: Database) -> pd.DataFrame:
    """Organisations in the register of each region that has any, at all levels."""
    names = regions.labels(database)
    return pd.DataFrame(
        [
            (level, id_, names[str(id_)], int(n))
            for level in regions.LEVELS
            for id_, n in regions.organisation_counts(database, Filter(), level).items()
            if n > 0
        ],
        columns=["level", "region_id", "name", "organisations_in_register"],
    )


def _is_searchable(database: Database) -> bool:
    return organisations.count(database) <= MOST_TO_SEARCH


def _index(database: Database, pages: Paths) -> bytes:
    """What the search box looks through: name, note, file and words of each organisation."""
    rows = []
    for record in organisations.everything(database, Filter()).to_dict("records"):
        summary = explore.summary_of(record)
        names = [record["name"], *record["former_names"]]
        words = text.fold(" ".join([*names, summary]))
        path = pages.path_of(f"{_PROFILE}{quote(record['org_id'], safe='')}")
        rows.append([record["name"], summary, quote(path), words])
    # In a script of its own, where "<" can end nothing.
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    noun = wording.count(len(rows), "organisation")
    return f"const ORGANISATIONS = {data};\nconst ALL = {json.dumps(noun)};\n".encode()
