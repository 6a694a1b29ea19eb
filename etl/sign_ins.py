"""How long a sign-in holds: until its identity token, eight hours or signing out end it.

The browser keeps a sign-in in a cookie, and a cookie can be copied. So what has ended is written
down, as a hash, until it would have ended by itself.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ecosystem.common.settings import Settings, settings
from ecosystem.common.whole_files import write_whole
from etl.errors import PublishError
from etl.files import OWNER_ONLY, OWNER_ONLY_FOLDER, lock, writing
from etl.members import is_member, members

LONGEST_S = 8 * 3_600
# By how much the provider's clock may be ahead of this one.
_AHEAD_S = 300
_FILE = "ended_sign_ins.txt"
# What tells one sign-in from all others: the nonce is drawn anew for each.
_TELLING = ("iss", "sub", "iat", "exp", "nonce", "jti", "sid")

_log = logging.getLogger(__name__)
# Also those that could not be written down.
_ended_here: dict[str, float] = {}


def end_of(claims: Mapping[str, Any]) -> float:
    """When a sign-in ends by itself, in seconds since 1970.

    The sooner of what the token says and eight hours after it was issued; the beginning of time
    for claims that don't say, or that were issued later than now.

    Parameters
    ----------
    claims : mapping
        Claims of the identity token: ``iat`` and ``exp``, in seconds since 1970.
    """
    issued, expires = (_seconds(claims.get(name)) for name in ("iat", "exp"))
    if issued is None or expires is None or issued > time.time() + _AHEAD_S:
        return 0.0
    return min(expires, issued + LONGEST_S)


def holds(claims: Mapping[str, Any]) -> bool:
    """Whether a sign-in neither has ended by itself nor was ended."""
    return end_of(claims) > time.time() and not _is_ended(claims)


def end(claims: Mapping[str, Any]) -> None:
    """End a sign-in for good, wherever its cookie is.

    Only that of a member is written down: another one opens nothing, and anybody may have an
    account with a large provider. What can't be written holds until this process ends.

    Parameters
    ----------
    claims : mapping
        Claims of the identity token.
    """
    until, now = end_of(claims), time.time()
    if until <= now or not is_member(claims, members()):
        return
    name, path = _name(claims), list_of_ended()
    _ended_here[name] = until
    try:
        with writing(path.parent, then=""):
            path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
        with lock(path), writing(path.parent, then=""):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
            known = {**_read(path), name: until}
            lines = [f"{one} {end:.0f}\n" for one, end in known.items() if end > now]
            write_whole(path, "".join(lines).encode("ascii"))
    except PublishError as error:
        _log.warning("A sign-out could not be written down: a restart forgets it. %s", error)


def list_of_ended(own: Settings | None = None) -> Path:
    """Where it is written down what has ended, beside the inbox.

    Parameters
    ----------
    own : Settings, optional
        Of the installation; those of this process by default.
    """
    return (own or settings()).inbox_file.with_name(_FILE)


def _is_ended(claims: Mapping[str, Any]) -> bool:
    name = _name(claims)
    if name in _ended_here:
        return True
    try:
        return name in _read(list_of_ended())
    except OSError as error:
        _log.warning("Nobody is signed in: what has ended can't be read. %s", error)
        return True


def _read(path: Path) -> dict[str, float]:
    """Hashes of what has ended, with when each would have ended by itself."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    known = {}
    for line in lines:
        name, _, until = line.partition(" ")
        with suppress(ValueError):
            known[name] = float(until)
    return known


def _name(claims: Mapping[str, Any]) -> str:
    told = [str(claims.get(key, "")) for key in _TELLING]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _seconds(value: object) -> float | None:
    """A claim's time; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) else None
