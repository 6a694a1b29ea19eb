"""Who may use the secretariat's page: those whom the settings name, and those in a file.

The file is read anew each time, so that whoever is taken off it is out at once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from ecosystem.common.settings import Settings, settings

# How an entry of the list names an account by the provider's own number instead of an address.
SUBJECT = "sub:"
_COMMENT = "#"

_log = logging.getLogger(__name__)


def members(own: Settings | None = None) -> tuple[str, ...]:
    """Accounts on the list now, as :func:`is_member` takes them.

    A file that can't be read names nobody: whoever was taken off it must not come back by that.

    Parameters
    ----------
    own : Settings, optional
        Of the installation; those of this process by default.
    """
    own = own or settings()
    try:
        text = own.secretariat_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        _log.warning("%s can't be read, so it lets nobody in: %s", own.secretariat_file, error)
        text = ""
    lines = (line.partition(_COMMENT)[0].strip() for line in text.splitlines())
    return (*own.secretariat, *filter(None, lines))


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


def account_name(claims: Mapping[str, Any]) -> str:
    """What an account is called in the log: its verified address, or the provider's number."""
    email = str(claims.get("email") or "")
    if email and claims.get("email_verified") in (True, "true"):
        return email
    return f"{SUBJECT}{claims.get('sub', '')}"
