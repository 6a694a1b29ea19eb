"""Who may upload a file: sessions on a page that takes some, within bounds.

Streamlit takes files from any session, whether or not a page asks for one, and keeps them in
memory. Here a page that takes files is on a list with what it takes, each rerun notes which
sessions are on such a page, and whatever else is sent is refused before it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ecosystem.web import addresses
from ecosystem.web.pages import DAY_PAGE, SECRETARIAT_PAGE

PREFIX = "/_stcore/upload_file/"
MB = 1024 * 1024
# What a form puts around the file that it sends.
_AROUND = 64 * 1024
_MOST_SESSIONS = 10_000


@dataclass(frozen=True)
class Allowance:
    """What a page takes.

    Attributes
    ----------
    file_mb, session_mb, all_mb : float
        How large a file may be, all files of one session together, and all files of the page's
        visitors together, in MB of 2²⁰ bytes. A file counts until its session ends or lets go of
        it.
    members_only : bool
        Whether only signed-in members of the secretariat may send one.
    """

    file_mb: float
    session_mb: float
    all_mb: float
    members_only: bool = False


# By the page's script. To let a page take files, add its line.
PAGES_WITH_UPLOAD: Mapping[str, Allowance] = {
    DAY_PAGE: Allowance(file_mb=10, session_mb=30, all_mb=200),
    SECRETARIAT_PAGE: Allowance(file_mb=20, session_mb=100, all_mb=400, members_only=True),
}


class Uploaders:
    """Which sessions are on a page that takes files from them.

    Parameters
    ----------
    pages : mapping of str to Allowance
        What each page takes, by its script.
    """

    def __init__(self, pages: Mapping[str, Allowance] = PAGES_WITH_UPLOAD) -> None:
        self._pages = pages
        self._on: dict[str, str] = {}

    def note(self, session_id: str, page: str, is_member: Callable[[], bool]) -> None:
        """Note which page a session shows; call it at every rerun.

        Parameters
        ----------
        session_id : str
            Streamlit's name of the session, which only its browser knows.
        page : str
            The page's script.
        is_member : callable
            Whether the visitor is a signed-in member; asked where it matters.
        """
        allowance = self._pages.get(page)
        if allowance and (not allowance.members_only or is_member()):
            self._on[session_id] = page
            while len(self._on) > _MOST_SESSIONS:
                del self._on[next(iter(self._on))]
        else:
            self._on.pop(session_id, None)

    def page(self, session_id: str) -> str | None:
        """The page from which a session may send a file; None if it may not."""
        return self._on.get(session_id)

    def allowance(self, page: str) -> Allowance:
        """What a page takes."""
        return self._pages[page]


@cache
def uploaders() -> Uploaders:
    """The uploaders of this process."""
    return Uploaders()


class UploadsOnlyWhereAsked:
    """ASGI middleware before Streamlit's way to upload a file.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    uploaders : Uploaders
        Who may send files.
    held : callable
        Gives how many bytes the server keeps of each session's files.
    """

    def __init__(
        self,
        app: ASGIApp,
        uploaders: Uploaders,
        held: Callable[[], Mapping[str, int]],
    ) -> None:
        self.app = app
        self._uploaders = uploaders
        self._held = held
        self._coming = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it sends a file that nobody asked for."""
        path = addresses.below(scope) if scope["type"] == "http" else None
        if path is None or not path.startswith(PREFIX) or scope["method"] in ("OPTIONS", "DELETE"):
            await self.app(scope, receive, send)
            return
        session_id = path.removeprefix(PREFIX).partition("/")[0]
        told = Headers(scope=scope).get("content-length", "")
        size = int(told) if told.isascii() and told.isdigit() else None
        refusal = self._refusal(session_id, size)
        if refusal:
            status, sentence = refusal
            # What is still coming isn't kept: the server throws it away as it arrives.
            await PlainTextResponse(sentence, status)(scope, receive, send)
            return
        coming = size or 0
        self._coming[session_id] += coming
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming[session_id] -= coming
            if not self._coming[session_id]:
                del self._coming[session_id]

    def _refusal(self, session_id: str, size: int | None) -> tuple[int, str] | None:
        """Status and sentence for a file that isn't taken; None if it is."""
        page = self._uploaders.page(session_id)
        if page is None:
            return 403, "No page that you have open takes a file from you."
        if size is None:
            return 411, "Say how long the file is."
        allowance = self._uploaders.allowance(page)
        if size > allowance.file_mb * MB + _AROUND:
            return 413, f"The file is too large: {allowance.file_mb:g} MB are taken."
        held = Counter(self._held())
        held.update(self._coming)
        if held[session_id] + size > allowance.session_mb * MB + _AROUND:
            return 413, (
                f"These are too many files: {allowance.session_mb:g} MB in all are taken. Remove "
                "some first."
            )
        # Whoever has left the page may have left files behind: they count.
        here = sum(n for whose, n in held.items() if self._uploaders.page(whose) in (page, None))
        if here + size > allowance.all_mb * MB:
            return 503, "Too many files are being sent at the moment. Please try again later."
        return None
