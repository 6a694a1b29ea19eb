"""What the site takes from Streamlit's own is there, and as it expects it."""

from __future__ import annotations

import json

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from ecosystem.ui import streamlit_internals
from ecosystem.ui.streamlit_internals import signed_in_claims

NAME, SECRET = "_streamlit_user", "x" * 40
CLAIMS = {"sub": "1", "email": "anna@example.org", "iat": 1, "is_logged_in": True}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_internals, "get_cookie_secret", lambda: SECRET)


def signed(value: str, secret: str = SECRET, name: str = NAME) -> str:
    return create_signed_value(secret, name, value).decode()


def test_the_claims_of_a_signed_cookie_are_read_whole_or_in_parts() -> None:
    told = json.dumps(CLAIMS)
    assert signed_in_claims({NAME: signed(told)}) == CLAIMS
    parts = {f"{NAME}_1": signed(told[:20], name=f"{NAME}_1"),
             f"{NAME}_2": signed(told[20:], name=f"{NAME}_2")}  # fmt: skip
    assert signed_in_claims({NAME: signed("chunks-2"), **parts}) == CLAIMS
    assert signed_in_claims({NAME: signed("chunks-3"), **parts}) == {}


FORGED = {
    "none": "",
    "unsigned": json.dumps(CLAIMS),
    "signed with another secret": signed(json.dumps(CLAIMS), "y" * 40),
    "signed with an empty secret": signed(json.dumps(CLAIMS), " "),
    "signed for another cookie": signed(json.dumps(CLAIMS), name="_streamlit_xsrf"),
    "signature cut off": signed(json.dumps(CLAIMS)).rpartition(".")[0],
    "signature of another": signed("{}").rpartition(".")[0]
    + "."
    + signed(json.dumps(CLAIMS)).rpartition(".")[2],
    "one sign changed": "A" + signed(json.dumps(CLAIMS))[1:],
    "no JSON": signed("{"),
    "no object": signed("[1]"),
    "no text": signed("\udcff".encode("utf-8", "replace").decode()),
    "many parts": signed("chunks-999999"),
    "beyond Latin": "\u2603" * 9,
}


@pytest.mark.parametrize("cookie", FORGED.values(), ids=FORGED.keys())
def test_a_forged_cookie_is_nobody_s(cookie: str) -> None:
    assert signed_in_claims({NAME: cookie}) == {}
