"""Find a Chromium for the browser tests, or install one; print its path.

An installed browser comes first, then Playwright's own, then the system's package manager
where this user may use it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
VARIABLE = "CYBER_VALLEYS_CHROMIUM"
# Headless and quiet: no first-run pages, no component updates, no look-ups of other hosts.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed() -> str | None:
    """Path of a browser that is on this machine already."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if Path(named).exists() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in APPLICATIONS if Path(path).exists()), None)


def playwrights() -> str | None:
    """Path of the browser that Playwright brought, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def run(*command: str) -> bool:
    """Run a command that installs something; whether that went well."""
    print("+", *command, file=sys.stderr)
    try:
        return subprocess.run(command, stdout=sys.stderr, timeout=600, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _from_system() -> str | None:
    if not shutil.which("apt-get"):
        return None
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if run(*may, "apt-get", "update", "-qq") and run(
        *may, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"
    ):
        return installed()
    return None


def find() -> str:
    """Path of a Chromium, installed if need be.

    Raises
    ------
    SystemExit
        If there is none and none could be installed; says what to do.
    """
    path = installed() or playwrights()
    if not path and run(sys.executable, "-m", "playwright", "install", "chromium"):
        path = playwrights()
    path = path or _from_system()
    if not path:
        sys.exit(
            "The browser tests need Chromium and none could be found or installed.\n"
            f"Install it (Debian: apt install chromium), or set {VARIABLE} to its path."
        )
    return path


if __name__ == "__main__":
    print(find())
