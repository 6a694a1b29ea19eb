"""A folder of releases behind a web server of this process, which can be told to misbehave."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb

# What is done before a file is given; gives whether it has answered itself.
Hook = Callable[["Handler"], bool]


class Handler(SimpleHTTPRequestHandler):
    """Serves the folder, and tells which files were asked for and how they were answered."""

    publisher: Publisher

    def do_GET(self) -> None:
        hook = self.publisher.hooks.get(self.name)
        if hook is None or not hook(self):
            super().do_GET()

    @property
    def name(self) -> str:
        """What is asked for: the pointer, or the end of a file's name."""
        return self.path.rpartition("/")[2].rpartition(".")[2]

    def send_file(self, content: bytes, length: int | None = None) -> None:
        """Answer with other bytes, and perhaps another length, than the file has."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.send_header("Last-Modified", self.date_time_string())
        self.end_headers()
        self.wfile.write(content)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        del size
        self.publisher.asked.append((self.name, int(getattr(code, "value", code))))  # type: ignore[call-overload]

    def log_message(self, *_: object) -> None:
        """Nothing: whoever is cut off complains otherwise."""


class Publisher:
    """A folder of releases and the server before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hooks: dict[str, Hook] = {}
        self.asked: list[tuple[str, int]] = []
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/releases"

    @property
    def release_id(self) -> str:
        return (self.folder / "CURRENT").read_text(encoding="utf-8").strip()

    def point_to(self, release_id: str) -> None:
        (self.folder / "CURRENT").write_text(f"{release_id}\n", encoding="utf-8")

    def add(self, release_id: str, change: str = "") -> str:
        """Publish a copy of the current release under another name, changed by SQL."""
        path = self.folder / f"{release_id}.duckdb"
        shutil.copy(self.folder / f"{self.release_id}.duckdb", path)
        path.chmod(0o644)
        if change:
            with duckdb.connect(str(path)) as connection:
                connection.execute(change)
        manifest = json.loads((self.folder / f"{self.release_id}.json").read_text("utf-8"))
        content = path.read_bytes()
        manifest |= {
            "release_id": release_id,
            "sha256": sha256(content).hexdigest(),
            "bytes": len(content),
            "number": manifest["number"] + 1,
        }
        path.with_suffix(".json").write_text(json.dumps(manifest), encoding="utf-8")
        self.point_to(release_id)
        return release_id

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer, on the same port each time."""
        handler = type("Own", (Handler,), {"publisher": self, "protocol_version": "HTTP/1.1"})
        server = ThreadingHTTPServer(
            ("127.0.0.1", self.port), partial(handler, directory=str(self.folder.parent))
        )
        server.daemon_threads = True
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
