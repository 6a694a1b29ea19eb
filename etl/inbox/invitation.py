"""Links by which an organisation itself answers: signed, for one organisation, until a day.

A link holds no account and no password; whoever has it may answer once. It is worth as much as the
address that it was sent to, so a moderator still decides about the answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from ecosystem.common.settings import Settings, settings
from ecosystem.common.whole_files import sync
from etl.errors import PublishError
from etl.files import OWNER_ONLY, OWNER_ONLY_FOLDER, writing

PAGE = "confirm"
_ORG, _UNTIL, _KEY = "org", "until", "key"
_SECRET_BYTES = 32
_SIGNATURE = re.compile(r"[\w-]{43}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class NotInvited(Exception):
    """A link isn't valid; the message is a sentence for whoever has followed it."""


class TooLate(NotInvited):
    """A link was valid, and isn't any more."""


@dataclass(frozen=True)
class Invitation:
    """A link that is valid.

    Attributes
    ----------
    org_id : str
        The organisation that may answer.
    until : date
        The last day on which it may, UTC.
    link : str
        What makes the link, as :class:`etl.inbox.model.Draft` keeps it.
    """

    org_id: str
    until: date
    link: str


def invite(site: str, org_id: str, until: date) -> str:
    """A link for an organisation; the same organisation and day give the same link.

    Parameters
    ----------
    site : str
        Web address of the site.
    org_id : str
        Its identifier.
    until : date
        The last day on which the link is valid, UTC.

    Raises
    ------
    etl.errors.PublishError
        If there is no secret to sign with, and none can be written.
    """
    params = {_ORG: org_id, _UNTIL: until.isoformat(), _KEY: _sign(make_secret(), org_id, until)}
    return f"{site.rstrip('/')}/{PAGE}?{urlencode(params)}"


def read_link(params: Mapping[str, str], today: date) -> Invitation:
    """The invitation that a link's parameters hold.

    Parameters
    ----------
    params : mapping of str to str
        Parameters of the address; they may be anything.
    today : date
        UTC.

    Raises
    ------
    NotInvited
        If nobody here has made such a link.
    TooLate
        If it was valid until an earlier day.
    """
    org_id, day, key = (params.get(name, "") for name in (_ORG, _UNTIL, _KEY))
    until = None
    with suppress(ValueError):
        until = date.fromisoformat(day) if _DAY.fullmatch(day) else None
    secret = read_secret()
    if until is None or not secret or not _SIGNATURE.fullmatch(key):
        raise NotInvited(_NOT_VALID)
    if not hmac.compare_digest(key, _sign(secret, org_id, until)):
        raise NotInvited(_NOT_VALID)
    if today > until:
        raise TooLate(
            f"This link was valid until {until:%-d %B %Y}. Ask whoever sent it for a new one, or "
            "correct the entry as everybody can."
        )
    return Invitation(org_id, until, f"{org_id}\n{day}\n{key}")


def address_key(purpose: str) -> str:
    """A part of a web address that only those know whom it was told to; empty if there is none.

    Parameters
    ----------
    purpose : str
        What it is for: each purpose has its own.
    """
    secret = read_secret()
    return _encode(hmac.digest(secret, f"address\n{purpose}".encode(), "sha256")) if secret else ""


def read_secret() -> bytes:
    """What links are signed with: a setting, else a file beside the inbox; empty if neither is."""
    told = settings().link_secret.get_secret_value()
    if told:
        return hashlib.sha256(told.encode()).digest()
    try:
        secret = secret_file().read_bytes()
    except OSError:
        return b""
    return secret if len(secret) == _SECRET_BYTES else b""


def make_secret() -> bytes:
    """What links are signed with; made at the first call, and readable by this user alone.

    Raises
    ------
    etl.errors.PublishError
        If it can't be written, or the file isn't one of this kind.
    """
    path = secret_file()
    if not read_secret() and not path.exists():
        with writing(path.parent, then="No link can be made."):
            path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
            part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            try:
                part.touch(mode=OWNER_ONLY, exist_ok=False)
                part.write_bytes(secrets.token_bytes(_SECRET_BYTES))
                sync(part)
                with suppress(FileExistsError):  # another process was first
                    os.link(part, path)
            finally:
                part.unlink(missing_ok=True)
            sync(path.parent)
    secret = read_secret()
    if not secret:
        raise PublishError(
            f"{path} can't be read, or isn't the secret of the links; bring it back from a copy, "
            "or remove it: links that were sent are no longer valid then."
        )
    return secret


def secret_file(own: Settings | None = None) -> Path:
    """Where the secret is, unless a setting holds it.

    Parameters
    ----------
    own : Settings, optional
        Of the installation; those of this process by default.
    """
    return (own or settings()).inbox_file.with_name("links.key")


_NOT_VALID = (
    "This link isn't valid. It may have been cut off or mistyped: copy it whole from the message "
    "that you got."
)


def _sign(secret: bytes, org_id: str, until: date) -> str:
    told = f"confirm\n{org_id}\n{until.isoformat()}".encode(errors="replace")
    return _encode(hmac.digest(secret, told, "sha256"))


def _encode(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
