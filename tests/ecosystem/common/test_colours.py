"""The accent colour is the same wherever a file can't ask for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ecosystem.common.colours import ACCENT
from ecosystem.common.settings import ROOT

LIGHT, DARK = ACCENT[False], ACCENT[True]
# Files that are read as they are, and what in them is the accent.
FILES = {
    "ecosystem/brief/templates/style.typ": r'let accent = rgb\("(#\w+)"\)',
    "ecosystem/ui/assets/icon.svg": r'<rect[^>]* fill="(#\w+)"',
    "ecosystem/ui/assets/map.css": r"border: 3px solid (#\w+)",
    "ecosystem/ui/assets/map/base.js": r'region: "(#\w+)", ink: "#1f2430"',
    "ecosystem/web/templates/embed.html": r"min-width: 2px; background: (#\w+)",
    "ecosystem/web/templates/plain_page.css": r"baseline; \}\s#plain a \{ color: (#\w+)",
    "ecosystem/web/templates/style.html": r"color-scheme: light dark;.* --link: (#\w+)",
}


def test_the_theme_has_it() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    assert theme["light"]["primaryColor"] == theme["light"]["linkColor"] == LIGHT
    assert theme["dark"]["primaryColor"] == DARK


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_it(name: str) -> None:
    assert re.findall(FILES[name], (ROOT / name).read_text("utf-8")) == [LIGHT]


def test_code_and_other_style_sheets_ask_for_it() -> None:
    files = [
        path
        for path in (ROOT / "ecosystem").rglob("*")
        if path.suffix in {".py", ".css", ".js", ".typ", ".html", ".svg"}
        and path != ROOT / "ecosystem" / "common" / "colours.py"
    ]
    assert _with_accent(files) == set(FILES)


def _with_accent(files: list[Path]) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in files
        if re.search(f"{LIGHT}|{DARK}", path.read_text("utf-8"), re.IGNORECASE)
    }
