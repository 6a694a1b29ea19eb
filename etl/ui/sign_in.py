"""Who may use the secretariat's page: Streamlit's own OpenID Connect login and a list of members.

No password is ever asked for or kept here. Without a provider and a list the page is off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st

from ecosystem.ui.escape import code, markdown
from etl import sign_ins
from etl.actions import Action, acting_as, record
from etl.errors import PublishError
from etl.members import account_name, is_member, members

P = ParamSpec("P")

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
3. Name the people who may enter in the file `data/members.txt`, one in each line, by their
   verified e-mail address or, where the provider doesn't verify addresses, by their subject:

   ```text
   anna@example.org
   sub:248289761001
   ```
4. Start the site again. From now on the file is read anew at every click.
"""
_SIGNED_IN = "Signed in as {address} until {until} UTC"
_SIGNED_IN_NAMELESS = "Signed in as an account without an address until {until} UTC"
_UNLISTED = (
    "You are signed in as {address} ({facts}), which isn't on the list of those who may enter. Ask "
    "whoever runs this site to add it."
)
_UNLISTED_NAMELESS = (
    "You are signed in as an account without an address ({facts}), which isn't on the list of "
    "those who may enter. Ask whoever runs this site to add it."
)
_ENDED = (
    "Your sign-in has ended: it lasts until you sign out, or as long as your provider says, at "
    "most 8 hours. Sign in again to go on here."
)


def is_configured() -> bool:
    """Whether there is a provider to sign in with, and anybody who may enter."""
    has_provider = st.secrets.load_if_toml_exists() and "auth" in st.secrets
    return has_provider and bool(members())


def is_signed_in() -> bool:
    """Whether the visitor is a signed-in member; cheap enough for every page."""
    return is_configured() and _was_signed_in() and may_enter(st.user.to_dict())


def may_enter(claims: Mapping[str, Any]) -> bool:
    """Whether a sign-in still holds and is a member's, by the claims of its identity token."""
    return sign_ins.holds(claims) and is_member(claims, members())


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
        if _was_signed_in():
            st.info(_ENDED, icon=":material/schedule:")
        st.markdown("Here the secretariat refreshes the data. Sign in with your own account.")
        st.button("Sign in", icon=":material/login:", type="primary", on_click=st.login)
        return False
    if not is_signed_in():
        claims = st.user.to_dict()
        st.warning(
            (_UNLISTED if claims.get("email") else _UNLISTED_NAMELESS).format(
                address=code(claims.get("email") or ""), facts=_account_facts(claims)
            ),
            icon=":material/block:",
        )
        _sign_out_button()
        return False
    claims = st.user.to_dict()
    try:
        _record_sign_in(account_name(claims), str(claims["iat"]))
    except PublishError as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return False
    return True


def account() -> None:
    """Who is signed in, until when, and the way out."""
    claims = st.user.to_dict()
    until = datetime.fromtimestamp(sign_ins.end_of(claims), UTC)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = _SIGNED_IN if claims.get("email") else _SIGNED_IN_NAMELESS
        st.caption(said.format(address=code(claims.get("email") or ""), until=f"{until:%H:%M}"))
        _sign_out_button()


@st.cache_resource(max_entries=1_000, show_spinner=False)
def _record_sign_in(account: str, token: str) -> None:
    with acting_as(account):
        record(Action.SIGN_IN, "secretariat")


def _has_account() -> bool:
    """Whether the visitor has signed in, and that still holds."""
    return _was_signed_in() and sign_ins.holds(st.user.to_dict())


def _was_signed_in() -> bool:
    return bool(st.user.get("is_logged_in", False))


def _account_facts(claims: Mapping[str, Any]) -> str:
    """All that whoever keeps the list needs of an account, beside its address."""
    facts = [f"subject {code(claims.get('sub', ''))}"]
    if claims.get("email_verified") not in (True, "true"):
        facts.append("not verified")
    return ", ".join(facts)


def _sign_out_button() -> None:
    st.button("Sign out", icon=":material/logout:", on_click=st.logout)
