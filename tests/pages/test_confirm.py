"""The page behind the link that an organisation gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.common.settings import settings
from etl.inbox.invitation import invite
from etl.inbox.store import Inbox
from tests.etl.inbox.conftest import LIMES
from tests.pages.conftest import Visit
from tests.pages.test_pages import words


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    settings.cache_clear()
    yield Inbox(tmp_path / "inbox.sqlite")
    settings.cache_clear()


def link(org_id: str = LIMES, days: int = 30) -> dict[str, str | list[str]]:
    until = (datetime.now(UTC) + timedelta(days=days)).date()
    return dict(parse_qsl(urlsplit(invite("https://x.eu", org_id, until)).query))


def said(app: AppTest) -> str:
    boxes = [*app.success, *app.info, *app.error, *app.title]
    return "\n".join([words(app), *(box.value for box in boxes)]).replace("\\", "")


def test_an_organisation_says_that_all_is_right(visit: Visit, inbox: Inbox) -> None:
    app = visit("confirm", link())
    assert "Is this right? Limes Security GmbH" in said(app)
    assert "- **Founded**: 2012" in said(app)
    assert "**Status**" not in said(app)
    assert inbox.suggestions() == [], "to look at a link changes nothing"
    app.button(key="confirm_right").click().run()
    assert "you have sent that all is right, which has the number **1**" in said(app)
    (kept,) = inbox.suggestions()
    assert (kept.is_confirmation, kept.org_id, kept.before["founded"]) == (True, LIMES, "2012")


def test_a_link_is_used_once(visit: Visit, inbox: Inbox) -> None:
    same = link()
    app, other = visit("confirm", same), visit("confirm", same)
    app.button(key="confirm_right").click().run()
    other.button(key="confirm_right").click().run()
    later = visit("confirm", same)
    for page in (other, later):
        assert "This link was used on" in said(page)
    assert not [button for button in later.button if button.key == "confirm_right"]
    assert len(inbox.suggestions()) == 1


@pytest.mark.slow
def test_an_organisation_corrects_its_entry(visit: Visit, inbox: Inbox) -> None:
    app = visit("confirm", link())
    app.toggle(key="confirm_wrong").set_value(True).run()
    (founded,) = (field for field in app.text_input if field.label == "Founded")
    founded.set_value("2011").run()
    (source,) = (field for field in app.text_input if field.label.startswith("Source"))
    assert source.value == "https://limessecurity.com"
    app.button(key="send").click().run()
    assert not app.exception
    assert "you have sent a correction" in said(app)
    (kept,) = inbox.suggestions()
    assert (kept.is_own, kept.is_confirmation) == (True, False)
    assert kept.values == {"founded": "2011", "source_url": "https://limessecurity.com"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": "x" * 43}, "This link isn't valid"),
        ({"org": "fr-secure-ic"}, "This link isn't valid"),
        ({"org": "<script>", "key": "![x](y)"}, "This link isn't valid"),
        ({"until": ""}, "This link isn't valid"),
    ],
)
def test_a_link_that_is_none_shows_no_entry(
    visit: Visit, inbox: Inbox, change: dict[str, str], sentence: str
) -> None:
    app = visit("confirm", link() | change)
    assert sentence in said(app)
    assert not [button for button in app.button if button.key == "confirm_right"]


def test_a_link_ends_and_an_organisation_may_be_gone(visit: Visit, inbox: Inbox) -> None:
    assert "This link was valid until" in said(visit("confirm", link(days=-1)))
    assert "is no longer on the map" in said(visit("confirm", link("fr-gone")))
