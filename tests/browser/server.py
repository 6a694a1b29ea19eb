"""The real app in a process of its own, on a free port of this machine."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosystem.common.settings import ROOT

START_TIMEOUT = 180
# Below those that systems give to connections, and above those that browsers refuse.
_PORTS = range(12_000, 32_000)
# Far apart from one process to the next, so that two don't come to the same one.
_next_ports = itertools.islice(itertools.cycle(_PORTS), os.getpid() * 997 % len(_PORTS), None)


@dataclass(frozen=True)
class Server:
    """A running site.

    Attributes
    ----------
    address : str
        Where it answers.
    process : subprocess.Popen
        What serves it.
    """

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def server(
    releases_dir: Path,
    script: str = "app.py",
    *,
    port: int | None = None,
    path: str = "",
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Serve a folder of releases; ends the process afterwards.

    ``path`` is what the options say that the site is below, as ``/valleys``.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    process = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env={
            **os.environ,
            "CYBER_VALLEYS_RELEASES_DIR": str(releases_dir),
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}{path}"
    try:
        wait_for(f"{address}/_stcore/health", process)
        yield Server(address, process)
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def serving(*args: Any, **options: Any) -> Iterator[str]:
    """As :func:`server`, for whoever needs the site's address only."""
    with server(*args, **options) as running:
        yield running.address


def free_port() -> int:
    """A port of this machine that nobody listens on, another one each time."""
    for port in _next_ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process that was started answers at an address."""
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"The app ended with {process.returncode} while starting.")
        try:
            with urllib.request.urlopen(address, timeout=20):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The app did not answer within {START_TIMEOUT} s.")
