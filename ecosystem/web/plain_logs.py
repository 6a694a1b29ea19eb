"""Log records that neither steer a terminal nor keep who visited.

An address, a header or a cell may hold escape codes, which a terminal that shows the log would
obey, or line ends, which would forge entries. Libraries write visitors' addresses into their
messages, and what was searched for; neither belongs into a log.
"""

from __future__ import annotations

import ipaddress
import logging
import re

# C0 without the tab, DEL, C1, and what reverses the direction of writing; ends of lines too.
_STEERING = re.compile("[\x00-\x08\n-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# A traceback has lines of its own.
_STEERING_IN_LINES = re.compile(_STEERING.pattern.replace("\n-", "\x0b-"))
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# What may be an address of version 4 or 6: decided by reading it.
_NETWORK = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*)(?!\w)"
)
_QUERY = re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>]+")


class PlainRecord(logging.LogRecord):
    """A log record that writes control characters as what they are: ``\\x1b`` for escape."""

    def getMessage(self) -> str:
        """The message, in one line, without what is a person's."""
        return impersonal(plain(super().getMessage()))

    @property
    def exc_text(self) -> str | None:
        """The traceback, in its lines."""
        return self._exc_text

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        self._exc_text = text and impersonal(_STEERING_IN_LINES.sub(_written_out, text))


def begin() -> None:
    """Let every log record of this process be a plain one from now on."""
    logging.setLogRecordFactory(PlainRecord)


def plain(text: str) -> str:
    """A text with its control characters and ends of lines written out."""
    return _STEERING.sub(_written_out, text)


def impersonal(text: str) -> str:
    """A text without e-mail addresses, addresses of machines, and queries of web addresses."""
    return _NETWORK.sub(_hide_address, _MAIL.sub("[e-mail]", _QUERY.sub(r"\1?[query]", text)))


def _hide_address(found: re.Match[str]) -> str:
    text = found[0].rstrip(".")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return found[0]
    # Where the server itself listens is nobody's.
    hides = not (address.is_loopback or address.is_unspecified)
    return found[0].replace(text, "[address]") if hides else found[0]


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
