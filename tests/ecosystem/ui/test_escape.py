"""Register text is shown as it is, and not as Markdown or typography."""

from __future__ import annotations

import pytest

from ecosystem.ui.escape import link, markdown


def without_escapes(text: str) -> str:
    return text.replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("sign", ["--", "->", "<-", "<->", ">=", "<=", "~="])
def test_signs_that_streamlit_would_replace_stay(sign: str) -> None:
    """They are replaced where they stand alone; a joiner without width keeps them apart."""
    for text in (sign, f"a {sign} b", f"{sign} {sign}"):
        shown = markdown(text)
        assert sign not in shown.replace("\\", "")
        assert without_escapes(shown) == text


def test_options_and_hyphens_are_left_alone() -> None:
    assert markdown("--map x-y") == r"\-\-map x\-y"


def test_an_address_can_not_end_its_link() -> None:
    made = link("source", "https://x.example/)[a](https://evil.example/")
    assert made == "[source](https://x.example/%29%5Ba%5D%28https://evil.example/)"
    assert link("site", "https://x.example/a?b=c&d=e#f") == "[site](https://x.example/a?b=c&d=e#f)"
