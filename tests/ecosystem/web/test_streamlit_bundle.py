"""The site changes one function and some fonts of Streamlit's bundle, which still has them."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit

from ecosystem.web.streamlit_bundle import adapt, late_fonts, without_late_fonts

ROOT = Path(streamlit.__file__).parent / "static"
FOLDER = ROOT / "static" / "js"


def test_one_script_of_the_installed_streamlit_asks_the_site_first() -> None:
    changed = {}
    for path in FOLDER.glob("*.js"):
        before = path.read_bytes()
        after = adapt(before)
        if after != before:
            changed[path.name] = (before, after)
    assert len(changed) == 1
    ((before, after),) = changed.values()
    asked = b"if(globalThis.cyberValleysChoices)return globalThis.cyberValleysChoices("
    assert after.count(asked) == 1
    start = after.index(asked)
    end = after.index(b";", start) + 1
    assert after[:start] + after[end:] == before


def test_other_scripts_stay_as_they_are() -> None:
    for script in (b"", b"let a = 1", b"function f(e,t){if(!t)return e;return e.filter(t)}"):
        assert adapt(script) == script


def test_the_installed_sheet_gives_up_the_fonts_that_can_wait_and_nothing_else() -> None:
    (path,) = (ROOT / "static" / "css").glob("index.*.css")
    sheet = path.read_text(encoding="utf-8")
    late, rest = late_fonts(sheet), without_late_fonts(sheet)
    assert len(rest) + len(late) == len(sheet) + late.count("url(") * (
        len("./static/media/") - len("../media/")
    )
    assert set(re.findall("font-family:([^;]+);", late)) == {
        "Source Sans",
        "Material Symbols Rounded",
    }
    assert "font-family:Source Sans" not in rest
    assert "font-family:Source Code Pro" in rest
    files = [ROOT / name for name in re.findall(r"url\(\./([^)]+)\)", late)]
    assert len(files) == 3  # upright, italic and the icons
    assert sum(file.stat().st_size for file in files) > 500_000
