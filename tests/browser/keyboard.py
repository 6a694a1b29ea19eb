"""A visitor without a mouse: goes through a page with the Tab key and notes where it stops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# More stops than any page has; who comes this far is caught.
_MOST = 600
_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Stop:
    """Where the Tab key led.

    Attributes
    ----------
    name : str
        What stands there.
    is_visible : bool
        Whether it is in view, with something around it that says that the keyboard is there.
    is_backwards : bool
        Whether it stands before the stop before it.
    """

    name: str
    is_visible: bool
    is_backwards: bool


def walk(page: Page) -> tuple[list[Stop], list[str]]:
    """Every stop of the Tab key from the start of a page to its end, and what it never reached."""
    page.evaluate(_SCRIPT)
    stops: list[Stop] = []
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        found: dict[str, Any] | None = page.evaluate("window.keyboardStop()")
        if found is None:
            missed: list[str] = page.evaluate("window.keyboardMissed()")
            return stops, missed
        assert not found["again"], f"the keyboard goes in circles at {found['name']}"
        visible = found["ring"] and found["inView"]
        stops.append(Stop(found["name"], visible, found["backwards"]))
    raise AssertionError(f"the keyboard doesn't leave {stops[-1].name}")
