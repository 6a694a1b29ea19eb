"""Two small servers on this computer that answer in every way that a website may."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic


@dataclass
class Site:
    """A server, and what it was asked.

    Attributes
    ----------
    url : str
        Its address without a slash at its end.
    asked : list of (str, str)
        Method and path of each request.
    agents : set of str
        How those who asked named themselves.
    most_at_once : int
        How many requests it had at once at most.
    times : list of float
        When each request came, seconds.
    """

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    most_at_once: int = 0
    now: int = 0


@contextmanager
def serving(hold: threading.Event | None = None) -> Iterator[Site]:
    """A server as long as the block lasts; ``/slow`` waits for `hold`."""
    lock = threading.Lock()
    release = hold or threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._serve()

        def do_GET(self) -> None:
            self._serve()

        def _serve(self) -> None:
            with lock:
                site.asked.append((self.command, self.path))
                site.agents.add(self.headers.get("User-Agent", ""))
                site.times.append(monotonic())
                site.now += 1
                site.most_at_once = max(site.most_at_once, site.now)
            try:
                self._answer(self.path)
            finally:
                with lock:
                    site.now -= 1

        def _answer(self, path: str) -> None:
            head, get = self.command == "HEAD", self.command == "GET"
            if path == "/missing":
                self._say(404)
            elif path == "/gone":
                self._say(410)
            elif path == "/no-head":
                self._say(405 if head else 200)
            elif path == "/head-lies":
                self._say(404 if head else 206)
            elif path == "/forbidden":
                self._say(403)
            elif path == "/broken":
                self._say(500)
            elif path == "/moved":
                self._say(301, "/new place?q=é")
            elif path == "/for-now":
                self._say(302, "/")
            elif path.startswith("/to?"):
                self._say(301, path.removeprefix("/to?"))
            elif path == "/loop":
                self._say(302, "/loop")
            elif path == "/hang":
                release.wait(30)
            elif path == "/drip":
                self._drip()
            elif path == "/big" and get:
                self.send_response(200)
                self.end_headers()
                for _ in range(1000):
                    self.wfile.write(b"x" * 10_000)
            elif path == "/big":
                self._say(405)
            else:
                self._say(200)

        def _say(self, status: int, location: str = "") -> None:
            self.send_response(status)
            if location:
                self.send_header("Location", location.encode().decode("latin-1"))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not release.wait(0.1):
                self.wfile.write(b"X: y\r\n")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is no fault."""

    server = Server(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        release.set()
        server.shutdown()
        server.server_close()
