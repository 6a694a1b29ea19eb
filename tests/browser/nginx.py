"""nginx before the site: found on this machine or installed, run on a free port."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.chromium import run

PATH = "/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"
START_TIMEOUT = 30
# As an operator writes it, with two connections for each of a crowd's visitors.
_AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host;
{servers}
}}
"""


def find() -> str:
    """Path of an nginx, installed if need be.

    Raises
    ------
    SystemExit
        If there is none and none could be installed; says what to do.
    """
    path = _installed()
    if not path and shutil.which("apt-get"):
        may = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if run(*may, "apt-get", "update", "-qq"):
            run(*may, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "nginx-light")
        path = _installed()
    if not path:
        sys.exit(
            "The tests behind a proxy need nginx and none could be found or installed.\n"
            "Install it (Debian: apt install nginx-light)."
        )
    return path


def _installed() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:{PATH}")


@contextmanager
def proxying(folder: Path, servers: str, address: str) -> Iterator[None]:
    """Run nginx; ends it afterwards.

    Parameters
    ----------
    folder : Path
        An empty folder for its configuration and files.
    servers : str
        Blocks ``server`` of its configuration.
    address : str
        Address that answers once it runs.
    """
    configuration = folder / "nginx.conf"
    configuration.write_text(_AROUND.format(folder=folder, servers=servers), encoding="utf-8")
    command = [find(), "-e", str(folder / "error.log"), "-c", str(configuration)]
    process = subprocess.Popen(command)
    try:
        _wait_for(address, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended with {process.returncode} while starting.")
        try:
            with urllib.request.urlopen(address, timeout=30):  # noqa: S310
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"nginx did not answer within {START_TIMEOUT} s.")
