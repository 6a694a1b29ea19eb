"""Addresses of a PostgreSQL database, as its own tools write them."""

from __future__ import annotations

import re

# What stands for itself, or for another sign as its tools write that: never a zero byte.
_SIGN = r"(?:[^\s:@/?#%\[\]]|%(?!00)[0-9A-Fa-f]{2})"
_ADDRESS = re.compile(
    rf"postgresql://(?:{_SIGN}+(?::{_SIGN}*)?@)?(?:{_SIGN}+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?"
    rf"/{_SIGN}+(?:\?(?P<options>[\w=&./%~-]+))?",
)
# How to reach the server and whom to believe; all else is the program's to say.
_OPTION = re.compile(r"(?:ssl\w+|gssencmode|channel_binding|require_auth|target_session_attrs)=.+")


def check(address: str) -> None:
    """Refuse what is no address of a database.

    Whatever passes, PostgreSQL's client can read: where it can't, its message would repeat parts
    of the address, and one of them may be a password.

    Raises
    ------
    ValueError
        With the reason; the address is not repeated.
    """
    match = _ADDRESS.fullmatch(address)
    if not match:
        raise ValueError(
            "an address of a database is written postgresql://user@host:port/name, and other signs "
            "than letters and digits in a password as in %40"
        )
    options = (match["options"] or "").split("&")
    if options != [""] and not all(map(_OPTION.fullmatch, options)):
        raise ValueError("after the name of the database only options of the connection may stand")
