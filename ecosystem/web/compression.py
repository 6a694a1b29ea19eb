"""Streamlit's own files, compressed once and kept: a visitor loads a quarter of the bytes.

Streamlit leaves its bundle uncompressed at the origin, because its middleware would compress
every file anew for every visitor. The files never change while the server runs, so each is
compressed once, when it is first asked for, and kept; all of them together take about 1 MB.
"""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ecosystem.web.streamlit_bundle import adapt, without_late_fonts

PREFIX = "/static/"
# Pictures and fonts are compressed already.
SUFFIXES = frozenset((".js", ".css", ".json", ".svg", ".txt", ".wasm", ".map"))
_LEVEL = 9
# A file's name holds the hash of its content.
_FOREVER = "public, immutable, max-age=31536000"


class CompressedFiles:
    """ASGI middleware that answers for Streamlit's static files with compressed ones.

    Whatever it doesn't know (another path or method, a browser that doesn't take gzip, a part of
    a file) passes through to Streamlit.

    Parameters
    ----------
    app : ASGIApp
        What it wraps.
    folder : Path
        Folder of the files, whose addresses begin with :data:`PREFIX`.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app = app
        self._folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the compressed file, or pass the request on."""
        path = self._file(scope)
        if path is None:
            await self.app(scope, receive, send)
            return
        body = await run_in_threadpool(compress, path)
        headers = {
            "cache-control": _FOREVER,
            "content-encoding": "gzip",
            "vary": "accept-encoding",
        }
        media_type = mimetypes.guess_type(path.name)[0]
        await Response(body, headers=headers, media_type=media_type)(scope, receive, send)

    def _file(self, scope: Scope) -> Path | None:
        """The file that a request asks for, if it is one to compress."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        _, found, name = scope["path"].partition(PREFIX)
        headers = Headers(scope=scope)
        if not found or "range" in headers or not _takes_gzip(headers):
            return None
        path = (self._folder / name).resolve()
        is_inside = path.is_relative_to(self._folder)
        return path if is_inside and path.suffix in SUFFIXES and path.is_file() else None


@cache
def compress(path: Path) -> bytes:
    """A file's content in gzip's format, made once; scripts and styles as the site adapts them."""
    content = path.read_bytes()
    if path.suffix == ".js":
        content = adapt(content)
    elif path.suffix == ".css":
        content = without_late_fonts(content.decode()).encode()
    return gzip.compress(content, _LEVEL, mtime=0)


def _takes_gzip(headers: Headers) -> bool:
    """Whether a browser takes gzip; ``gzip;q=0`` says that it doesn't."""
    for part in headers.get("accept-encoding", "").lower().split(","):
        coding, _, quality = part.strip().partition(";")
        if coding.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
