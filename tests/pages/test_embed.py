"""The dialogue that makes the code for another site."""

from __future__ import annotations

import html
import re

import pytest

from ecosystem.common.settings import settings
from tests.pages.conftest import Visit


@pytest.mark.parametrize(("page", "view"), [("map", "map"), ("directory", "list")])
def test_the_code_holds_the_filter_of_the_page(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, page: str, view: str
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", "https://valleys.example")
    settings.cache_clear()
    app = visit(page, {"country": "FR"})
    app.button(key="embed").click().run()
    assert not app.exception
    (code,) = app.code
    source = html.unescape(re.search('src="([^"]*)"', code.value)[1])
    assert source == f"https://valleys.example/embed?view={view}&country=FR"
    assert any("hasn't named other sites" in caption.value for caption in app.caption)


def test_whoever_may_show_it_is_named(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_EMBEDDING_SITES", "https://one.example, https://two.example")
    settings.cache_clear()
    app = visit("directory")
    app.button(key="embed").click().run()
    (said,) = [c.value for c in app.caption if c.value.startswith("It shows on")]
    assert r"one\.example" in said
    assert r"two\.example" in said
    assert "https:" not in said, "no address becomes a link"
