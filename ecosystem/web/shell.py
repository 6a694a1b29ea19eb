"""The document of each page: Streamlit's shell with the page's title, and its content in it.

Streamlit sends the same empty document to every address. This one tells link previews and search
engines what the page is, and shows its content before, and without, any script.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.store import Database, ReleaseError
from ecosystem.drawing import european_map
from ecosystem.finding.made_in_europe import today
from ecosystem.plain.catalogue import MAKERS
from ecosystem.plain.page import ATTRIBUTION, Item, PlainPage, is_elsewhere
from ecosystem.web import addresses, embed, serving
from ecosystem.web.endpoints import has_it
from ecosystem.web.pages import PAGES, PageEntry
from ecosystem.web.streamlit_bundle import late_fonts
from ecosystem.web.templates import template

SITE = "Cyber Valleys"
_ABOUT = "The open map of Europe's regional cybersecurity ecosystems."
# What of Streamlit's shell gives way: its title, its words for browsers without scripts, and the
# place before which the content stands.
_TITLE = "<title>Streamlit</title>"
_NO_SCRIPT = ("<noscript>", "</noscript>")
_ROOT = '<div id="root"></div>'
# A font that a browser would load before all else; and the sheets that the fonts stand in.
_PRELOAD = re.compile(r"\s*<link\s[^>]*as=\"font\"[^>]*>")
# What Streamlit's own page needs and the content doesn't.
_LOADS = re.compile(
    r'\s*(?:<script type="module"[^>]*></script>|<link rel="(?:modulepreload|stylesheet)"[^>]*>)'
)
_SHEET = re.compile(r'<link rel="stylesheet"[^>]* href="\./(static/css/[^"]+)">')
_LONGEST_QUERY, _MOST_PARAMS = 2_000, 200
_KEPT = 300
_LISTED = tuple(entry for entry in PAGES if entry.menu and entry.in_sitemap)
# The first page of each menu.
_MENU = tuple(
    next(e for e in _LISTED if e.menu is menu) for menu in dict.fromkeys(e.menu for e in _LISTED)
)


@dataclass(frozen=True)
class Shell:
    """Streamlit's document, cut where the site's own parts go.

    Attributes
    ----------
    before, between, after : str
        What stands before the title, between title and content, and after the content: there
        also what Streamlit loads in the head, where a browser would wait for it before it paints.
    fonts : str
        Rules of the fonts that may come after the page; empty if there are none.
    """

    before: str
    between: str
    after: str
    fonts: str = ""

    @classmethod
    def read(cls, folder: Path) -> Shell:
        """Cut the document in Streamlit's folder.

        Raises
        ------
        ValueError
            If the document isn't what this version of the site was made for.
        """
        whole = (folder / "index.html").read_text(encoding="utf-8")
        if whole.count(_TITLE) != 1 or whole.count(_ROOT) != 1:
            raise ValueError("Streamlit's document has another form than this site knows.")
        before, rest = whole.split(_TITLE)
        between, after = rest.split(_ROOT)
        start, end = (between.find(tag) for tag in _NO_SCRIPT)
        if 0 <= start < end:
            between = between[:start] + between[end + len(_NO_SCRIPT[1]) :]
        loads = "".join(_LOADS.findall(between))
        between = _LOADS.sub("", between)
        sheets = (folder / name for name in _SHEET.findall(whole))
        fonts = "".join(late_fonts(sheet.read_text(encoding="utf-8")) for sheet in sheets)
        return cls(before, between, f"{loads}\n{_ROOT}{after}", fonts)


@dataclass(frozen=True)
class Document:
    """A finished document.

    Attributes
    ----------
    body : bytes
        In gzip's format.
    tag : str
        Its entity tag.
    """

    body: bytes
    tag: str

    @property
    def text(self) -> str:
        """The document itself."""
        return gzip.decompress(self.body).decode()


def routes(folder: Path) -> list[BaseRoute]:
    """A route for each page of the site.

    Parameters
    ----------
    folder : Path
        Folder of Streamlit's own files.
    """
    shell = Shell.read(folder)
    return [_route(entry, shell) for entry in PAGES]


def page_not_found(folder: Path, sentence: str) -> Callable[[Request], Response]:
    """Answer a visitor of an address without a page: with the document that then shows the site's.

    Parameters
    ----------
    folder : Path
        Folder of Streamlit's own files.
    sentence : str
        What isn't there, in plain words.
    """
    shell = Shell.read(folder)
    page = PlainPage("Page not found", sentence, paragraphs=(sentence,), is_lasting=False)

    def answer(request: Request) -> Response:
        found = document(shell, page, addresses.base(request), addresses.home(request.scope))
        return Response(found.text, status_code=404, media_type="text/html")

    return answer


def _route(entry: PageEntry, shell: Shell) -> Route:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, request, entry, shell)

    return Route(f"/{entry.url_path}", answer, name=f"page {entry.name}")


def _answer(request: Request, entry: PageEntry, shell: Shell) -> Response:
    base_url = addresses.base(request)
    root = addresses.home(request.scope)
    query = _query(request, entry)
    try:
        database = serving.database()
        found = _documents(database).get(
            (entry.name, query, base_url, today()),
            lambda: document(shell, _render(database, entry, query), base_url, root),
        )
    except ReleaseError:
        found = document(shell, _without_content(entry), base_url, root)
    headers = {"cache-control": "no-cache", "etag": found.tag, "vary": "accept-encoding"}
    if has_it(request, found.tag):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.text, headers=headers, media_type="text/html")
    headers["content-encoding"] = "gzip"
    return Response(found.body, headers=headers, media_type="text/html")


def _query(request: Request, entry: PageEntry) -> str:
    """What of the address decides what a page shows in plain words; empty if nothing does."""
    query = request.url.query
    is_read = entry.name in MAKERS and len(query) <= _LONGEST_QUERY
    return query if is_read and query.count("&") < _MOST_PARAMS else ""


@per_release
def _documents(database: Database) -> Recent[Document]:
    del database
    return Recent(_KEPT)


def _render(database: Database, entry: PageEntry, query: str) -> PlainPage:
    make = MAKERS.get(entry.name)
    if make is None:
        return _without_content(entry)
    return make(database, parse_qs(query, max_num_fields=_MOST_PARAMS))


def _without_content(entry: PageEntry) -> PlainPage:
    description = entry.description or f"{entry.title}. {_ABOUT}"
    return PlainPage(
        heading=entry.title,
        description=description,
        paragraphs=(description,),
        canonical=entry.url_path,
        is_lasting=entry.in_sitemap,
    )


def document(shell: Shell, page: PlainPage, base_url: str, root: str = "") -> Document:
    """A page in plain words inside Streamlit's document; all text is escaped.

    Parameters
    ----------
    base_url : str
        Address of the site without a slash at its end.
    root : str
        What the addresses of links begin with; the address of the site by default.
    """
    root = root or f"{base_url}/"
    values = {
        "page": page,
        "fonts": shell.fonts,
        "kind": "website",
        "description": page.description,
        "title": f"{page.title or page.heading} · {SITE}",
        "canonical": f"{base_url}/{page.canonical}",
        "preview": f"{base_url}/{page.preview}",
        "oembed": _oembed(page, base_url),
        "root": root,
        "menu": _MENU,
        "pages": _LISTED,
        "picture": european_map.with_addresses(page.picture, lambda address: f"{root}{address}"),
        "href": lambda item: _href(item, root),
        "is_elsewhere": is_elsewhere,
        "attribution": ATTRIBUTION,
    }
    before = _PRELOAD.sub("", shell.before) if page.fonts_wait and shell.fonts else shell.before
    text = "".join(
        (
            before,
            template("shell_head.html").render(values),
            shell.between,
            template("shell_body.html").render(values),
            shell.after,
        )
    )
    body = gzip.compress(text.encode(), 6, mtime=0)
    return Document(body, f'W/"{hashlib.sha256(body).hexdigest()[:24]}"')


def _oembed(page: PlainPage, base_url: str) -> str:
    """Where programs read how to show the page in a frame; empty if it isn't made for one."""
    if page.canonical not in embed.PAGES:
        return ""
    return f"{base_url}/oembed?{urlencode({'url': f'{base_url}/{page.canonical}'})}"


def _href(item: Item, root: str) -> str:
    return item.address if is_elsewhere(item) or not item.address else f"{root}{item.address}"
