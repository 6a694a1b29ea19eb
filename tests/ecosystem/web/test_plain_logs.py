"""What strangers send can't steer the terminal that shows a log, nor forge an entry."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from ecosystem.web import plain_logs


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    before, to = logging.getLogRecordFactory(), io.StringIO()
    logger, handler = logging.getLogger("of this test"), logging.StreamHandler(to)
    logger.addHandler(handler)
    plain_logs.begin()
    yield logger, to
    logging.setLogRecordFactory(before)
    logger.removeHandler(handler)


def test_a_message_is_one_line_without_escape_codes(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, to = written
    logger.error("asked for %s", "/a\x1b[2J\r\nINFO all is well\x9b\u202e\tx é")
    assert to.getvalue() == "asked for /a\\x1b[2J\\r\\nINFO all is well\\x9b\\u202e\tx é\n"


def test_a_traceback_keeps_its_lines_and_no_escape_code(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, to = written
    try:
        raise ValueError("cell \x1b]0;owned\x07")
    except ValueError:
        logger.exception("failed")
    lines = to.getvalue().splitlines()
    assert lines[0] == "failed"
    assert lines[-1] == "ValueError: cell \\x1b]0;owned\\x07"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('203.0.113.9:0 - "WebSocket /_stcore/stream?q=a" [accepted]',
         '[address]:0 - "WebSocket /_stcore/stream?[query]" [accepted]'),
        ("from ('2001:db8::1', 0) at 12:30:45", "from ('[address]', 0) at 12:30:45"),
        ("from 198.51.100.7.", "from [address]."),
        ("an.na+x@mail.example.org wrote", "[e-mail] wrote"),
        ("on http://127.0.0.1:8501 and [::1]:8501", "on http://127.0.0.1:8501 and [::1]:8501"),
        ("version 1.67.0, 3:1, a::z, why? because", "version 1.67.0, 3:1, a::z, why? because"),
    ],
)  # fmt: skip
def test_visitors_are_not_named(said: str, kept: str) -> None:
    assert plain_logs.impersonal(said) == kept
