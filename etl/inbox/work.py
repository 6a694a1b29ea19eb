"""A small proof of work that a browser does before it sends a suggestion (hashcash).

It costs a visitor a second in the background while they type, and costs whoever sends hundreds
the more, the more of them come: a flood is paid for by its sender, and locks the form for nobody
else. It needs no cookie, no picture to read and no third party.

See A. Back, Hashcash: A Denial of Service Counter-Measure (2002).
"""

from __future__ import annotations

import hashlib
import re
import secrets

# An integer that JavaScript writes without an exponent.
_ANSWER = re.compile(r"[0-9]{1,15}", re.ASCII)
# As many as a conference or an office sends in an hour without being taken for a flood.
_FREE_OF_SENDER = 3
_FREE_IN_ALL = 50
# More than this nobody's browser does in a minute: the other limits say when it is enough.
MOST_BITS = 26


def new_challenge() -> str:
    """What an answer is sought for: random, and good for one suggestion."""
    return secrets.token_hex(16)


def bits_needed(usual: int, of_sender: int, in_all: int) -> int:
    """How many bits an answer must have, each twice as much work as the one before.

    Parameters
    ----------
    usual : int
        Bits where little comes in; 0 asks nobody for any work.
    of_sender, in_all : int
        How many suggestions came within the hour from the same sender and from everybody.
    """
    if usual <= 0:
        return 0
    more = max(0, of_sender - _FREE_OF_SENDER) + in_all // _FREE_IN_ALL
    return min(usual + more, max(usual, MOST_BITS))


def bits_done(challenge: str, answer: object) -> int:
    """How many zero bits the hash of challenge and answer begins with; 0 for what is no answer."""
    if not challenge or not isinstance(answer, str) or not _ANSWER.fullmatch(answer):
        return 0
    digest = hashlib.sha256(f"{challenge}:{answer}".encode()).digest()
    return 8 * len(digest) - int.from_bytes(digest).bit_length()
