"""What is ready before the first visitor asks."""

from __future__ import annotations

import pytest

from ecosystem.common import late
from ecosystem.common.store import Database
from ecosystem.matching import register
from ecosystem.web import serving, warm_up


def test_what_matching_needs_is_read_at_the_start(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after a start: nothing was asked of this one yet.
    opened = Database(database.release)
    monkeypatch.setattr(serving, "database", lambda: opened)
    monkeypatch.setattr(late, "LIBRARIES", ())
    warm_up._warm_up()
    # Whoever asks now finds an answer without another look at the organisations.
    monkeypatch.delattr(register, "_organisations")
    assert len(register.facts(opened).companies) == 465
    opened.close()
