"""The log is JSON, an object a line, where an installation wants it; it names no visitor."""

from __future__ import annotations

import json
import logging
from datetime import datetime

import pytest

from ecosystem.common.settings import settings
from ecosystem.web import logs, plain_logs


def record(message: str, *values: object, **more: object) -> logging.LogRecord:
    made = plain_logs.PlainRecord(
        "ecosystem.web", logging.ERROR, "file.py", 1, message, values, more.pop("exc_info", None)
    )
    vars(made).update(more)
    return made


def test_an_entry_is_one_object_in_one_line() -> None:
    with logs.numbering("abcdefgh"):
        line = logs.JsonLines().format(record("page\x1b[2J\n%s", "é", event="rerun", ms=12))
    assert "\n" not in line
    entry = json.loads(line)
    assert datetime.fromisoformat(entry.pop("time")).tzinfo is not None
    assert entry == {
        "level": "error",
        "logger": "ecosystem.web",
        "message": "page\\x1b[2J\\né",
        "request": "abcdefgh",
        "event": "rerun",
        "ms": 12,
    }


def test_an_error_is_told_with_its_trace_and_without_a_person() -> None:
    try:
        raise ValueError("no such account: anna@example.org")
    except ValueError as error:
        raised = (type(error), error, error.__traceback__)
    entry = json.loads(logs.JsonLines().format(record("failed", exc_info=raised)))
    assert entry["error"] == "ValueError"
    assert "test_logs.py" in entry["trace"]
    assert "anna" not in entry["trace"]


def test_a_line_of_text_ends_with_the_request() -> None:
    with logs.numbering() as made:
        assert logs.TextLines().format(record("failed")).endswith(f"failed [{made}]")
    assert logs.TextLines().format(record("failed")).endswith("failed")


def test_the_setting_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(logs.formatter(), logs.TextLines)
    monkeypatch.setenv("CYBER_VALLEYS_LOG_FORMAT", "json")
    settings.cache_clear()
    assert isinstance(logs.formatter(), logs.JsonLines)
    monkeypatch.setenv("CYBER_VALLEYS_LOG_FORMAT", "xml")
    settings.cache_clear()
    with pytest.raises(ValueError, match="log_format"):
        settings()


def test_handlers_of_libraries_are_taken_over() -> None:
    logger, handler = logging.getLogger("of a library"), logging.NullHandler()
    logger.addHandler(handler)
    logs.take_over()
    assert isinstance(handler.formatter, logs.TextLines)
    logger.removeHandler(handler)


def test_a_server_without_a_handler_is_heard_all_the_same() -> None:
    logger = logging.getLogger("uvicorn.error")
    before = logger.handlers, logger.propagate, logger.level
    try:
        logger.handlers, logger.propagate = [], False
        logs.take_over()
        assert logger.propagate
        assert logger.isEnabledFor(logging.ERROR)
        assert not logger.isEnabledFor(logging.INFO)
    finally:
        logger.handlers, logger.propagate = before[0], before[1]
        logger.setLevel(before[2])
