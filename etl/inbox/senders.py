"""Who sends suggestions, as far as a flood needs it: a hash that can't be read back to an address.

The hash is salted with random bytes that this process alone has and that nobody writes down, so
whoever gets hold of the inbox can't find out an address by trying all of them. It is deleted with
the decision, and after three days at the latest (:meth:`etl.inbox.store.Inbox.forget`).
"""

from __future__ import annotations

import hashlib
import secrets

_SALT = secrets.token_bytes(32)
_BYTES = 12


def sender_of(address: str) -> str:
    """The sender that an address is; empty if there is none that tells visitors apart.

    Parameters
    ----------
    address : str
        What of a client's address is one visitor's.
    """
    if not address:
        return ""
    return hashlib.blake2b(address.encode(), key=_SALT, digest_size=_BYTES).hexdigest()
