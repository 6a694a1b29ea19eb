"""The secretariat's page: closed to all but those on the list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.settings import ROOT, settings
from tests.pages.conftest import Visit

ANNA = {
    "is_logged_in": True,
    "sub": "1",
    "email": "anna@example.org",
    "email_verified": True,
    "name": "Anna",
}


@pytest.fixture
def open_to_anna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CYBER_VALLEYS_SECRETARIAT", ANNA["email"])
    settings.cache_clear()
    yield
    settings.cache_clear()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def visit_as(visit: Visit, user: dict[str, object]) -> AppTest:
    app = visit("about").switch_page("pages/secretariat.py")
    app.secrets["auth"] = {"client_id": "x"}
    app.user = user
    return app.run()


def test_the_page_is_off_without_a_provider(visit: Visit) -> None:
    app = visit("secretariat")
    assert "This page is off" in app.info[0].value
    assert any("secrets.toml" in text.value for text in app.markdown)
    assert labels(app) == []
    assert len(app.get("file_uploader")) == 0


@pytest.mark.usefixtures("open_to_anna")
def test_a_stranger_sees_the_way_in_and_nothing_else(visit: Visit) -> None:
    app = visit_as(visit, {"is_logged_in": False})
    assert labels(app) == ["Sign in"]
    assert len(app.get("file_uploader")) == 0


@pytest.mark.usefixtures("open_to_anna")
@pytest.mark.parametrize(
    "changed",
    [{"email": "bob@example.org"}, {"email_verified": False}, {"email": "<b>anna</b>"}],
)
def test_another_account_is_sent_away(visit: Visit, changed: dict[str, object]) -> None:
    app = visit_as(visit, ANNA | changed)
    assert "isn't on the list" in app.warning[0].value
    assert labels(app) == ["Sign out"]
    assert "<b>" not in app.warning[0].value
    assert len(app.get("file_uploader")) == 0


@pytest.mark.usefixtures("open_to_anna")
def test_a_member_comes_in(visit: Visit) -> None:
    app = visit_as(visit, ANNA)
    assert not app.warning
    assert not app.exception
    assert len(app.get("file_uploader")) == 1


def test_the_page_says_nothing_of_a_list_that_is_not_there(visit: Visit) -> None:
    """A provider alone opens nothing: somebody has to be named."""
    app = visit_as(visit, ANNA)
    assert "This page is off" in app.info[0].value


def test_the_way_to_turn_it_on_names_what_exists() -> None:
    text = (ROOT / "ecosystem" / "ui" / "sign_in.py").read_text(encoding="utf-8")
    assert "CYBER_VALLEYS_SECRETARIAT" in text
    assert "secretariat" in type(settings()).model_fields
