"""Log records without control characters: what strangers send must not steer a terminal.

An address, a header or a cell may hold escape codes, which a terminal that shows the log would
obey, or line ends, which would forge entries.
"""

from __future__ import annotations

import logging
import re

# C0 without the tab, DEL, C1, and what reverses the direction of writing; ends of lines too.
_STEERING = re.compile("[\x00-\x08\n-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# A traceback has lines of its own.
_STEERING_IN_LINES = re.compile(_STEERING.pattern.replace("\n-", "\x0b-"))


class PlainRecord(logging.LogRecord):
    """A log record that writes control characters as what they are: ``\\x1b`` for escape."""

    def getMessage(self) -> str:
        """The message, in one line."""
        return plain(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        """The traceback, in its lines."""
        return self._exc_text

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        self._exc_text = text and _STEERING_IN_LINES.sub(_written_out, text)


def begin() -> None:
    """Let every log record of this process be a plain one from now on."""
    logging.setLogRecordFactory(PlainRecord)


def plain(text: str) -> str:
    """A text with its control characters and ends of lines written out."""
    return _STEERING.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
