"""Who is connected: how many pages may be open in all and from one address, and for how long.

Every open page holds a websocket, and a websocket four of the process's files. Without a bound a
few hundred idle visitors would leave no file to answer anybody with.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import Callable, Collection
from enum import Enum
from functools import cache

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem.common.settings import settings
from ecosystem.web import addresses, open_files
from ecosystem.web.templates import template

# A socket, and the three files of the event loop that Streamlit keeps for each session.
FILES_PER_SESSION = 4
# Files that are left for all other answers, and for the database.
_KEPT_FREE = 200
# Streamlit's page takes it for any lost connection; connection.js knows that it may sleep.
IDLE_CODE = 4001
_RETRY_S = 30
_PLAIN = b"plain=1"


class Refusal(Enum):
    """Why a visitor isn't let in: the status of the answer, and what a page says."""

    FULL = (
        503,
        "Too many visitors at once",
        "As many people are looking at this site as it can serve at once. This page tries again "
        "by itself in half a minute.",
    )
    SHARE = (
        429,
        "Too many pages open",
        "From your network, as many pages of this site are open as one network may have. Close "
        "some; this page tries again by itself in half a minute.",
    )

    def __init__(self, status: int, title: str, sentence: str) -> None:
        self.status = status
        self.title = title
        self.sentence = sentence


class Visitors:
    """The sessions of this process; used on its event loop alone.

    Parameters
    ----------
    most : int
        How many there may be.
    per_address : int
        How many of one client's address; of IPv6, of one network of 64 bits.
    room : open_files.Room, optional
        How many files the process may still open.
    exempt : callable
        Whether many people may stand behind an address: a proxy that doesn't name them.
    """

    def __init__(
        self,
        most: int,
        per_address: int,
        *,
        room: open_files.Room | None = None,
        exempt: Callable[[str], bool] = lambda address: False,
    ) -> None:
        self._most = most
        self._per_address = per_address
        self._room = room or open_files.Room()
        self._exempt = exempt
        self._of = Counter[str]()
        self.refused = Counter[Refusal]()

    def __len__(self) -> int:
        # A copy, since whoever watches the site asks from another thread.
        return sum([*self._of.values()])

    def refusal(self, address: str) -> Refusal | None:
        """Why there is no place for one more session of an address; None if there is."""
        kept_free = min(_KEPT_FREE, open_files.limit() // 4)
        if len(self) >= self._most or self._room.rest() < FILES_PER_SESSION + kept_free:
            return Refusal.FULL
        share = share_of(address)
        if not self._exempt(address) and self._of[share] >= self._per_address:
            return Refusal.SHARE
        return None

    def come(self, address: str) -> None:
        """A session begins."""
        self._of[share_of(address)] += 1
        self._room.take(FILES_PER_SESSION)

    def go(self, address: str) -> None:
        """A session ends."""
        share = share_of(address)
        self._of[share] -= 1
        if not self._of[share]:
            del self._of[share]


@cache
def visitors() -> Visitors:
    """The visitors of this process, with the bounds of its settings."""
    own = settings()
    return Visitors(own.max_sessions, own.sessions_per_address, exempt=is_shared)


def share_of(address: str) -> str:
    """What of a client's address is one visitor's, as far as anybody can tell.

    An IPv6 network of 64 bits is one connection at home, and its addresses are free to choose.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def is_shared(address: str) -> bool:
    """Whether an address says nothing of who is behind it: this machine, or a trusted proxy."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return not address
    if parsed.is_loopback:
        return True
    return any(
        parsed in ipaddress.ip_network(trusted, strict=False)
        for trusted in settings().trusted_proxies
    )


class Connections:
    """ASGI middleware that lets in as many visitors as there is room for, and ends idle sessions.

    What keeps no session (documents, feeds, files) is answered all the same.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    pages : collection of str
        Addresses of the pages below the root, without slashes.
    known : Visitors
        Who is there.
    idle_s : float
        After how many seconds without a message in either direction a session ends.
    """

    def __init__(
        self, app: ASGIApp, pages: Collection[str], known: Visitors, idle_s: float
    ) -> None:
        self.app = app
        self._pages = frozenset(pages)
        self._known = known
        self._idle_s = idle_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say that there is no room for it."""
        if scope["type"] == "websocket":
            await self._session(scope, receive, send)
        elif scope["type"] == "http" and self._is_page(scope):
            refusal = self._known.refusal(_address(scope))
            app = self._page(scope, refusal) if refusal else self.app
            await app(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_page(self, scope: Scope) -> bool:
        path = addresses.below(scope)
        # A page in plain words needs no session.
        is_plain = _PLAIN in scope.get("query_string", b"").split(b"&")
        is_page = path is not None and path.strip("/") in self._pages
        return is_page and not is_plain and scope["method"] == "GET"

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(scope)
        refusal = self._known.refusal(address)
        if refusal:
            self._known.refused[refusal] += 1
            await _deny(refusal, scope, receive, send)
            return
        self._known.come(address)
        try:
            idle = _IdleEnd(receive, send, self._idle_s)
            await self.app(scope, idle.receive, idle.send)
        finally:
            self._known.go(address)

    def _page(self, scope: Scope, refusal: Refusal) -> Response:
        self._known.refused[refusal] += 1
        text = template("no_room.html").render(refusal=refusal, retry_s=_RETRY_S)
        headers = {"retry-after": str(_RETRY_S), "cache-control": "no-store"}
        return HTMLResponse(text, status_code=refusal.status, headers=headers)


class _IdleEnd:
    """One websocket, ended after a time in which nothing went either way."""

    def __init__(self, receive: Receive, send: Send, idle_s: float) -> None:
        self._receive = receive
        self._send = send
        self._idle_s = idle_s
        self._last = time.monotonic()
        self._ended = False

    async def receive(self) -> Message:
        """The next message of the browser; that it is gone, once it was silent for too long."""
        while True:
            left = self._idle_s - (time.monotonic() - self._last)
            if left <= 0:
                await self.send({"type": "websocket.close", "code": IDLE_CODE, "reason": "idle"})
                self._ended = True
                return {"type": "websocket.disconnect", "code": IDLE_CODE}
            try:
                message = await asyncio.wait_for(self._receive(), left)
            except TimeoutError:
                continue
            self._last = time.monotonic()
            return message

    async def send(self, message: Message) -> None:
        """Pass a message on to the browser, if it is still there."""
        if not self._ended:
            self._last = time.monotonic()
            await self._send(message)


async def _deny(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a websocket, with a status where the server can send one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await receive()
        await send({"type": "websocket.close", "code": 1013, "reason": "try again later"})
        return
    headers = {"retry-after": str(_RETRY_S)}
    answer = PlainTextResponse(refusal.sentence, status_code=refusal.status, headers=headers)
    # For a websocket Starlette sends it as the answer to the handshake.
    await answer(scope, receive, send)


def _address(scope: Scope) -> str:
    client = HTTPConnection(scope).client
    return client.host if client else ""
