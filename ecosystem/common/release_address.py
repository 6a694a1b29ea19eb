"""Addresses of releases on other machines: a web server's folder, a bucket, a DuckLake.

Credentials and endpoint of an object store come from the environment, by the names that all its
tools use (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEMES = ("http", "https", "s3")
LAKE = "ducklake:"
_LAKE_IN_POSTGRES = f"{LAKE}postgres:"
# Letters of what a library said that the log gets.
_LONGEST = 300
# Passwords in the two forms that PostgreSQL's client takes: by names, and as an address.
_PASSWORD = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s'&]+)|(?<=//)[^/@]*@")
# A dropped connection is tried again at once; what stays away is left for the next look.
_RETRIES = 2


class AddressError(Exception):
    """What an address gives can't be had or taken.

    The message is a sentence that visitors may read: it doesn't name the address.
    """


def check(address: str) -> None:
    """Refuse what is no address of releases.

    Raises
    ------
    ValueError
        With the reason; the address is not repeated, it may hold a password.
    """
    if address.startswith(LAKE):
        if not address.removeprefix(_LAKE_IN_POSTGRES).strip() or not is_lake(address):
            raise ValueError(f"a lake is given as {_LAKE_IN_POSTGRES}dbname=... host=...")
        return
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES:
        known = ", ".join([*(f"{scheme}://" for scheme in SCHEMES), _LAKE_IN_POSTGRES])
        raise ValueError(f"an address of releases begins with {known}")
    if not parts.hostname:
        raise ValueError("the address names no host and no bucket")
    if parts.query or parts.fragment:
        raise ValueError("an address of releases ends with its path")


def is_lake(address: str) -> bool:
    """Whether an address is that of a DuckLake with its catalogue in PostgreSQL."""
    return address.startswith(_LAKE_IN_POSTGRES)


def without_password(address: str) -> str:
    """An address as people and logs may see it."""
    if address.startswith(LAKE):
        return _PASSWORD.sub(lambda match: f"{match[1]}..." if match[1] else "", address)
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def cause(error: AddressError) -> str:
    """What the library said in the first place, for the log: one line, and no password of it."""
    said = str(error.__cause__ or "").strip().partition("\n")[0]
    return _PASSWORD.sub(lambda match: f"{match[1]}..." if match[1] else "", said)[:_LONGEST]


def open_store(address: str, answer_s: float, whole_s: float) -> ObjectStore:
    """What is at an address, to be read and, if it is a bucket, written.

    Nothing is asked of it yet.

    Parameters
    ----------
    address : str
        As :func:`check` takes it.
    answer_s : float
        Seconds that it may take to connect, and from one piece of an answer to the next.
    whole_s : float
        Seconds for a whole answer.
    """
    # Half a second of import, and only where an installation has an address.
    from obstore.store import from_url

    return from_url(
        address,
        client_options={
            # Whoever writes http:// means it; what arrives is checked all the same.
            "allow_http": True,
            "connect_timeout": timedelta(seconds=answer_s),
            "read_timeout": timedelta(seconds=answer_s),
            "timeout": timedelta(seconds=whole_s),
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=answer_s)},
    )


@contextmanager
def asking(where: str = "Where releases are fetched from") -> Iterator[None]:
    """Turn what may go wrong while an address is asked into a sentence.

    Parameters
    ----------
    where : str
        How the sentence begins.

    Raises
    ------
    AddressError
        In place of the library's errors, whose text holds the address and its password.
    """
    from obstore import exceptions

    try:
        yield
    except exceptions.NotModifiedError:
        raise
    except FileNotFoundError as error:
        raise AddressError(f"{where}, what is looked for is missing.") from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise AddressError(f"{where}, these credentials let nobody in.") from error
    except exceptions.BaseError as error:
        raise AddressError(f"{where}, nobody answers as they should.") from error
