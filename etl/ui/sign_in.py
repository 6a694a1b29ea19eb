"""Who may use the secretariat's page: Streamlit's own OpenID Connect login and a list of members.

No password is ever asked for or kept here. Without a provider and a list the page is off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.ui.escape import code, markdown
from etl.actions import Action, acting_as, record
from etl.errors import PublishError

P = ParamSpec("P")
# How an entry of the list names an account by the provider's own number instead of an address.
SUBJECT = "sub:"

_HOW_TO = """
1. Register the site with your OpenID Connect provider (Microsoft Entra, Google, Keycloak, EU Login
   through a gateway ...), with the redirect address `https://your-site/oauth2callback`.
2. Write what the provider gives you into `.streamlit/secrets.toml`:

   ```toml
   [auth]
   redirect_uri = "https://your-site/oauth2callback"
   cookie_secret = "a long random text"
   client_id = "..."
   client_secret = "..."
   server_metadata_url = "https://your-provider/.well-known/openid-configuration"
   ```
3. Name the people who may enter in the environment, by their verified e-mail address or, where
   the provider doesn't verify addresses, by their subject:
   `CYBER_VALLEYS_SECRETARIAT="anna@example.org, sub:248289761001"`
4. Start the site again.
"""


def is_member(claims: Mapping[str, Any], members: Collection[str]) -> bool:
    """Whether an account is on the list.

    Parameters
    ----------
    claims : mapping
        Claims of the identity token: ``sub``, ``email``, ``email_verified``.
    members : collection of str
        E-mail addresses, which count only if the provider has verified them, or ``sub:`` and
        the provider's number of the account.
    """
    email = str(claims.get("email") or "").casefold()
    verified = claims.get("email_verified") in (True, "true")
    subject = str(claims.get("sub") or "")
    return any(
        bool(subject) and member == SUBJECT + subject
        if member.startswith(SUBJECT)
        else verified and member.casefold() == email
        for member in members
    )


def is_configured() -> bool:
    """Whether there is a provider to sign in with, and anybody who may enter."""
    has_provider = st.secrets.load_if_toml_exists() and "auth" in st.secrets
    return has_provider and bool(settings().secretariat)


def is_signed_in() -> bool:
    """Whether the visitor is a signed-in member; cheap enough for every page."""
    return (
        is_configured() and _has_account() and is_member(st.user.to_dict(), settings().secretariat)
    )


def by_member(write: Callable[P, None]) -> Callable[P, None]:
    """Let a function that writes do so for members only, and write down for whom.

    What a button calls runs before the page asks again who is there.
    """

    @wraps(write)
    def write_as_member(*args: P.args, **kwargs: P.kwargs) -> None:
        if is_signed_in():
            with acting_as(account_name(st.user.to_dict())):
                write(*args, **kwargs)

    return write_as_member


def account_name(claims: Mapping[str, Any]) -> str:
    """What an account is called in the log: its verified address, or the provider's number."""
    email = str(claims.get("email") or "")
    if email and claims.get("email_verified") in (True, "true"):
        return email
    return f"{SUBJECT}{claims.get('sub', '')}"


def require() -> bool:
    """Whether the visitor is a member; anybody else is shown how to enter."""
    if not is_configured():
        st.info(
            "This page is off: it needs a sign-in, and none is configured. The command line does "
            "the same without it: `cyber-valleys --help`.",
            icon=":material/lock:",
        )
        with st.expander("How to turn it on"):
            st.markdown(_HOW_TO)
        return False
    if not _has_account():
        st.markdown("Here the secretariat refreshes the data. Sign in with your own account.")
        st.button("Sign in", icon=":material/login:", type="primary", on_click=st.login)
        return False
    if not is_signed_in():
        claims = st.user.to_dict()
        st.warning(
            f"You are signed in as {_account_in_full(claims)}, which isn't on the list of those "
            "who may enter. Ask whoever runs this site to add it.",
            icon=":material/block:",
        )
        _sign_out_button()
        return False
    claims = st.user.to_dict()
    try:
        _record_sign_in(account_name(claims), str(claims.get("iat") or claims.get("exp") or ""))
    except PublishError as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return False
    return True


def account() -> None:
    """Who is signed in, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Signed in as {_address(st.user.to_dict())}")
        _sign_out_button()


@st.cache_resource(max_entries=1_000, show_spinner=False)
def _record_sign_in(account: str, token: str) -> None:
    with acting_as(account):
        record(Action.SIGN_IN, "secretariat")


def _has_account() -> bool:
    return bool(st.user.get("is_logged_in", False))


def _address(claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    return code(email) if email else "an account without an address"


def _account_in_full(claims: Mapping[str, Any]) -> str:
    """All that whoever keeps the list needs of it."""
    verified = "" if claims.get("email_verified") in (True, "true") else ", not verified"
    return f"{_address(claims)} (subject {code(claims.get('sub', ''))}{verified})"


def _sign_out_button() -> None:
    st.button("Sign out", icon=":material/logout:", on_click=st.logout)
