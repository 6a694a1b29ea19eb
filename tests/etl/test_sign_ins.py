"""A sign-in ends with its token, after eight hours, or for good by signing out."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ecosystem.common.settings import settings
from etl import sign_ins
from etl.sign_ins import LONGEST_S, end, end_of, holds

HOUR = 3_600


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the inbox is; Anna is a member."""
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox" / "inbox.sqlite"))
    monkeypatch.setenv("CYBER_VALLEYS_SECRETARIAT", "anna@example.org")
    settings.cache_clear()
    monkeypatch.setattr(sign_ins, "_ended_here", {})
    yield tmp_path / "inbox"
    monkeypatch.undo()
    settings.cache_clear()


@cache
def beginning() -> int:
    """One moment for all tests: two tokens of another second would be two sign-ins."""
    return int(time.time())


def claims(issued: float = 0, expires: float = HOUR, **other: object) -> dict[str, Any]:
    """Of a token that was issued and expires so many seconds from now."""
    now = beginning()
    anna = {"iss": "https://id.example", "sub": "1", "nonce": "n1",
            "email": "anna@example.org", "email_verified": True}  # fmt: skip
    return {**anna, "iat": now + issued, "exp": now + expires, **other}


@pytest.mark.parametrize(
    ("issued", "expires", "valid"),
    [
        (0, HOUR, True),
        (-HOUR, 60, True),
        (-HOUR, -60, False),
        (-7 * HOUR, 24 * HOUR, True),
        (-8 * HOUR - 60, 24 * HOUR, False),
        (60, HOUR, True),
        # The clock was set back, or the token is forged.
        (HOUR, 2 * HOUR, False),
    ],
)
def test_it_ends_with_the_token_or_after_eight_hours(
    issued: int, expires: int, valid: bool
) -> None:
    assert holds(claims(issued, expires)) is valid


def test_the_sooner_of_both_counts() -> None:
    told = claims(-HOUR, 24 * HOUR)
    assert end_of(told) == told["iat"] + LONGEST_S == told["iat"] + 28_800
    told = claims(-HOUR, HOUR)
    assert end_of(told) == told["exp"]


@pytest.mark.parametrize(
    "odd", [None, "", "soon", "nan", "inf", [], {}, True, -1, float("nan"), "1e999", 10**400]
)
@pytest.mark.parametrize("name", ["iat", "exp"])
def test_without_a_time_it_does_not_hold(name: str, odd: object) -> None:
    told = claims() | {name: odd}
    assert not holds(told) or (name, odd) == ("exp", 10**400)
    del told[name]
    assert not holds(told)


def test_signing_out_ends_it_for_good_and_no_other(folder: Path) -> None:
    first, second = claims(), claims(nonce="n2")
    end(first)
    assert not holds(first)
    assert holds(second)
    assert not holds({**first, "tokens": {}, "is_logged_in": True}), "whatever else is told of it"


def test_a_restart_does_not_forget_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end(claims(nonce="n1"))
    end(claims(nonce="n2"))
    monkeypatch.setattr(sign_ins, "_ended_here", {})
    assert not holds(claims(nonce="n1"))
    assert not holds(claims(nonce="n2"))
    assert holds(claims(nonce="n3"))


def test_the_list_is_its_owner_s_and_does_not_grow(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(claims(expires=30))
    end(claims(nonce="n2"))
    (file,) = folder.glob("ended*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "anna" not in file.read_text(encoding="ascii")
    assert len(file.read_text(encoding="ascii").splitlines()) == 2
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 60)
    end(claims(nonce="n3"))
    assert len(file.read_text(encoding="ascii").splitlines()) == 2, "one has ended by itself"


def test_strangers_cannot_fill_the_list(folder: Path) -> None:
    end(claims(email="eve@example.org"))
    end(claims(email_verified=False))
    end(claims(expires=-1))
    assert not folder.exists()


def test_what_cannot_be_written_holds_until_a_restart(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.parent.joinpath("inbox").write_text("a file in the way", encoding="utf-8")
    told = claims()
    end(told)
    assert not holds(told)
    assert "could not be written down" in caplog.text


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_lets_nobody_in(folder: Path) -> None:
    end(claims())
    (file,) = folder.glob("ended*")
    file.chmod(0)
    assert not holds(claims(nonce="n2"))


def test_a_damaged_list_keeps_what_can_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(claims())
    (file,) = folder.glob("ended*")
    file.write_bytes(b"\xff\n" + file.read_bytes() + b"half a li")
    monkeypatch.setattr(sign_ins, "_ended_here", {})
    assert not holds(claims())
    assert holds(claims(nonce="n2"))
