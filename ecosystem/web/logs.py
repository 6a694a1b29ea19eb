"""How the site's log is written, and which request or rerun each entry is of.

An operator reads lines of text; a program reads JSON, one object a line. Neither names a visitor.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from ecosystem.common.settings import settings
from ecosystem.web import plain_logs

OWN = ("ecosystem", "etl")
# Of whom only warnings are wanted; they say each connection otherwise. uvicorn may leave them
# without any handler.
_SERVERS = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "websockets")
# What an entry may hold beside its message; nothing of it is a visitor's.
EXTRAS = ("event", "method", "address", "status", "page", "part", "outcome", "ms")
_request: ContextVar[str] = ContextVar("cyber_valleys_request", default="")


@contextmanager
def numbering(request_id: str = "") -> Iterator[str]:
    """Give all entries that are written within it the id of a request, or one that is made."""
    own = request_id or uuid.uuid4().hex
    token = _request.set(own)
    try:
        yield own
    finally:
        _request.reset(token)


class JsonLines(logging.Formatter):
    """An entry as a JSON object in one line: time, level, logger, message, request, extras."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry of a record."""
        when = datetime.fromtimestamp(record.created, UTC)
        entry: dict[str, object] = {
            "time": when.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := _request.get():
            entry["request"] = request
        entry |= {name: vars(record)[name] for name in EXTRAS if name in vars(record)}
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
            entry["trace"] = plain_logs.impersonal(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=True)


class TextLines(logging.Formatter):
    """An entry as a line of text, with the request that it is of."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line of a record, without its traceback."""
        request = _request.get()
        return super().formatMessage(record) + (f" [{request}]" if request else "")


def formatter() -> logging.Formatter:
    """How entries are written in this installation."""
    return JsonLines() if settings().log_format == "json" else TextLines()


def begin() -> None:
    """Write all that this process logs in the installation's way, from now on."""
    plain_logs.begin()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    level = logging.INFO if settings().log_format == "json" else logging.WARNING
    for name in OWN:
        logging.getLogger(name).setLevel(level)
    threading.excepthook = _log_end_of_thread


def _log_end_of_thread(error: threading.ExceptHookArgs) -> None:
    if error.exc_value and not isinstance(error.exc_value, SystemExit):
        name = error.thread.name if error.thread else "A thread"
        raised = (error.exc_type, error.exc_value, error.exc_traceback)
        logging.getLogger(__name__).error("%s ended with an error.", name, exc_info=raised)


def take_over() -> None:
    """Give the handlers that libraries have put up by now the installation's way of writing."""
    for known in list(logging.root.manager.loggerDict.values()):
        for handler in known.handlers if isinstance(known, logging.Logger) else ():
            handler.setFormatter(formatter())
    for server in map(logging.getLogger, _SERVERS):
        server.setLevel(logging.WARNING)
        server.propagate = server.propagate or not server.handlers
