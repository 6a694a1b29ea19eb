"""Register text is shown as it is, and not as Markdown or typography."""

from __future__ import annotations

import pytest

from ecosystem.ui.escape import code, link, markdown


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


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("see https://evil.example/x", "https\u2060://"),
        ("HTTP://EVIL.EXAMPLE", "HTTP\u2060://"),
        ("www.evil.example", "www\u2060."),
        ("write to me@evil.example", "me\u2060@"),
    ],
)
def test_an_address_that_is_written_out_is_no_link(text: str, apart: str) -> None:
    """Streamlit's Markdown makes links of addresses after it has taken escapes away."""
    shown = markdown(text)
    assert apart in shown.replace("\\", "")
    assert without_escapes(shown) == text


def test_what_is_copied_has_nothing_in_it() -> None:
    assert code("me@example.org") == "` me@example.org `"
    assert code("a``b\n") == "``` a``b  ```"
