"""Ask one public address whether it answers, and be no burden to it.

Addresses come from anybody, so a request never goes to the machine itself or to its network: each
name is resolved here, every address that it stands for must be public, and the connection goes to
just that one, after each redirect again.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from time import monotonic, sleep
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

TIMEOUT_S = 15.0
# A page that only drips is given up.
DEADLINE_S = 40.0
PAUSE_S = 1.0
MAX_REDIRECTS = 6
MAX_BYTES = 2_048
_REFUSES = frozenset((401, 403, 405, 406, 407, 418, 423, 429, 451, 503, 999))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_FOR_GOOD = frozenset((301, 308))
# What may stand in an address as it is; the rest is escaped, as browsers do.
_SAFE = "/%:=&?~#+!$,;'@()*[]"

Rule = Callable[[str], bool]


class Outcome(StrEnum):
    """What came of a request."""

    ANSWERS = "answers"
    # Somebody is there, but lets no program in.
    REFUSES = "refuses programs"
    MISSING = "page missing"
    FAILS = "does not answer"


# What a person should look at; a site that refuses programs may be all right.
WRONG = (Outcome.MISSING, Outcome.FAILS)


@dataclass(frozen=True)
class Answer:
    """What an address said.

    Attributes
    ----------
    outcome : Outcome
        What came of it.
    detail : str
        Why, in a few words; empty if it answers.
    final : str
        Where it was read in the end, if that is elsewhere for good.
    """

    outcome: Outcome
    detail: str = ""
    final: str = ""


class NotAllowed(OSError):
    """The address is none of a public website."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, with what it may hide within it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner: list[ipaddress.IPv4Address | None] = []
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        inner = [found.sixtofour, *(found.teredo or ())]
        if found in ipaddress.IPv6Network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(found.packed[-4:]))
    return all(a.is_global and not a.is_multicast for a in (found, *filter(None, inner)))


@dataclass
class Turns:
    """One request at a time to each host, with a pause between two.

    Attributes
    ----------
    pause : float
        Seconds from the end of a request to the begin of the next one.
    """

    pause: float = PAUSE_S
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until the host may be asked, and let no other one ask it meanwhile."""
        with self._guard:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            rest = self._last.get(host, -self.pause) + self.pause - monotonic()
            if rest > 0:
                sleep(rest)
            try:
                yield
            finally:
                self._last[host] = monotonic()


@dataclass(frozen=True)
class Client:
    """Who asks.

    Attributes
    ----------
    user_agent : str
        How the requests name this installation and its contact.
    allows : callable
        Whether a connection to an IP address may be made.
    turns : Turns
        Keeps it from asking a host too often.
    timeout, deadline : float
        Seconds for each step of a request, and for the whole of it.
    """

    user_agent: str
    allows: Rule = is_public
    turns: Turns = field(default_factory=Turns)
    timeout: float = TIMEOUT_S
    deadline: float = DEADLINE_S

    def ask(self, address: str) -> Answer:
        """Whether an address answers: with HEAD, and with GET where that isn't understood."""
        # Where it is for good; a redirect for the moment says nothing of that.
        final, is_for_good = "", True
        try:
            at = _escaped(address)
            for _ in range(MAX_REDIRECTS):
                status, location = self._status(at)
                if status not in _REDIRECTS or not location:
                    return _answer(status, final)
                at = _escaped(urljoin(at, location))
                is_for_good = is_for_good and status in _FOR_GOOD
                final = at if is_for_good else final
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(Outcome.FAILS, _why(error))
        return Answer(Outcome.FAILS, "it leads from one address to the next")

    def _status(self, address: str) -> tuple[int, str]:
        status, location = self._request("HEAD", address)
        # Many servers answer HEAD with a fault; only a GET says what is there.
        return (
            (status, location) if status < HTTPStatus.BAD_REQUEST else self._request("GET", address)
        )

    def _request(self, method: str, address: str) -> tuple[int, str]:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotAllowed("it is no address of a website")
        # An IPv6 address is no name.
        host = parts.hostname
        host = host if ":" in host else host.encode("idna").decode()
        with self.turns.turn(host):
            connection = self._connection(parts.scheme, host, parts.port)
            with _until(self.deadline, connection):
                try:
                    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
                    connection.request(method, target, headers=self._headers())
                    response = connection.getresponse()
                    response.read(MAX_BYTES)
                    found = response.status, _text(response.getheader("Location", ""))
                finally:
                    connection.close()
        return found

    def _headers(self) -> dict[str, str]:
        return {
            "User-Agent": self.user_agent,
            "Accept": "text/html,*/*;q=0.5",
            "Accept-Encoding": "identity",
            "Range": f"bytes=0-{MAX_BYTES - 1}",
        }

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            return _Secure(host, port, self.timeout, self.allows)
        return _Plain(host, port, self.timeout, self.allows)


class _Plain(http.client.HTTPConnection):
    """A connection to an allowed address only."""

    def __init__(self, host: str, port: int | None, timeout: float, allows: Rule) -> None:
        super().__init__(host, port, timeout=timeout)
        self._allows = allows

    def connect(self) -> None:
        self.sock = _connect(self.host, self.port, self.timeout or TIMEOUT_S, self._allows)


class _Secure(http.client.HTTPSConnection):
    """The same with TLS, whose certificate must be the host's."""

    def __init__(self, host: str, port: int | None, timeout: float, allows: Rule) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout, context=self._tls)
        self._allows = allows

    def connect(self) -> None:
        plain = _connect(self.host, self.port, self.timeout or TIMEOUT_S, self._allows)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _connect(host: str, port: int, timeout: float, allows: Rule) -> socket.socket:
    """A connection to a host, if all that its name stands for may be connected to."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(place[0]) for *_, place in found]
    if not all(map(allows, addresses)):
        raise NotAllowed("it is an address of this computer or network")
    trouble: OSError = OSError("it has no address")
    for address in addresses:
        try:
            # The address and not the name, which could stand for another one by now.
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            trouble = error
    raise trouble


@contextmanager
def _until(seconds: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """End a connection that takes too long in all, however it drips."""

    expired = threading.Event()

    def end() -> None:
        expired.set()
        sock = connection.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if not expired.is_set():
            raise
    finally:
        timer.cancel()
    # The end of a connection looks like the end of an answer.
    if expired.is_set():
        raise TimeoutError


def _text(header: str) -> str:
    """A header as it is meant: what isn't ASCII is UTF-8 to those who write it."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _answer(status: int, final: str) -> Answer:
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Answer(Outcome.MISSING, f"the server says {status}", final)
    if status in _REFUSES:
        return Answer(Outcome.REFUSES, f"the server says {status}", final)
    if status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return Answer(Outcome.FAILS, f"the server says {status}", final)
    return Answer(Outcome.ANSWERS, "", final)


def _why(error: Exception) -> str:
    """Why there was no answer, in a few words; nothing that a server has written."""
    if isinstance(error, NotAllowed):
        return str(error)
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can't be trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return "no secure connection could be made"
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, ConnectionRefusedError):
        return "it refused the connection"
    if isinstance(error, OSError):
        return "the connection failed"
    if isinstance(error, http.client.HTTPException):
        return "its answer makes no sense"
    return "the address can't be read"


def _escaped(address: str) -> str:
    """An address of a redirect as it may be sent: servers write letters of every kind into it."""
    parts = urlsplit(address)
    return urlunsplit(
        parts._replace(path=quote(parts.path, _SAFE), query=quote(parts.query, _SAFE), fragment="")
    )
