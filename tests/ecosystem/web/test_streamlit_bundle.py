"""The site changes one function of Streamlit's bundle, and the bundle still has it."""

from __future__ import annotations

from pathlib import Path

import streamlit

from ecosystem.web.streamlit_bundle import adapt

FOLDER = Path(streamlit.__file__).parent / "static" / "static" / "js"


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
