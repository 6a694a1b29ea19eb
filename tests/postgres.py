"""A PostgreSQL of the test's own: found on this machine or installed, on a free port."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.chromium import run
from tests.browser.server import free_port

START_TIMEOUT = 120
USER = "valleys"


@dataclass(frozen=True)
class Postgres:
    """A running server.

    Attributes
    ----------
    port : int
        Of 127.0.0.1, where it answers.
    process : subprocess.Popen
        The server.
    """

    port: int
    process: subprocess.Popen[bytes] = field(repr=False)

    def lake(self, name: str) -> str:
        """Address of a lake with a database of its own, made here."""
        self._create(name)
        return f"ducklake:postgres:dbname={name} host=127.0.0.1 port={self.port} user={USER}"

    def database(self, name: str) -> str:
        """Address of an empty database of its own, made here."""
        self._create(name)
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def _create(self, name: str) -> None:
        _run(_program("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, name)

    @contextmanager
    def hang(self) -> Iterator[None]:
        """Take connections and answer nobody."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a server with an empty disk; ends it afterwards."""
    # It refuses to run as root, and whoever it runs as can't look into the folders of tests.
    user = "postgres" if os.geteuid() == 0 else None
    folder, port = Path(tempfile.mkdtemp(prefix="cyber-valleys-postgres-")), free_port()
    data, log = folder / "data", folder / "log"
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    _run(_program("initdb"), "-D", str(data), "-A", "trust", "-U", USER, "--no-sync", user=user)
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [_program("postgres"), "-D", str(data), "-p", str(port), "-k", "",
             "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
            stdout=stream, stderr=stream, user=user, cwd="/",
        )  # fmt: skip
    try:
        _wait_for(port, process)
        yield Postgres(port, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    """Path of one of PostgreSQL's programs, installed if need be.

    Raises
    ------
    SystemExit
        If there is none and none could be installed; says what to do.
    """
    path = _installed(name)
    if not path and shutil.which("apt-get"):
        may = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if run(*may, "apt-get", "update", "-qq"):
            run(*may, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql")
        path = _installed(name)
    if not path:
        sys.exit(
            "Some tests need PostgreSQL and none could be found or installed.\n"
            "Install it (Debian: apt install postgresql)."
        )
    return path


def _installed(name: str) -> str | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ["PATH"]]))


def _run(*command: str, user: str | None = None) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=START_TIMEOUT, user=user,
                   cwd="/")  # fmt: skip


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_TIMEOUT
    ready = [_program("pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-q"]
    while subprocess.run(ready, check=False).returncode:
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended with {process.returncode} while starting.")
        if time.monotonic() > end:
            raise RuntimeError(f"PostgreSQL did not answer within {START_TIMEOUT} s.")
        time.sleep(0.1)
