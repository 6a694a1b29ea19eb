"""A flood costs its sender, and locks the form for nobody else."""

from __future__ import annotations

import hashlib
from itertools import count
from pathlib import Path

import pytest

from etl.inbox.floods import floods, same_sender
from etl.inbox.model import Refused
from etl.inbox.senders import sender_of
from etl.inbox.store import HOUR_S, SENDER_H, Inbox
from etl.inbox.work import MOST_BITS, bits_done, bits_needed, new_challenge
from tests.etl.inbox.conftest import new


def solve(challenge: str, bits: int) -> str:
    return next(str(n) for n in count() if bits_done(challenge, str(n)) >= bits)


def test_an_answer_counts_by_the_zero_bits_of_its_hash() -> None:
    challenge = new_challenge()
    answer = solve(challenge, 9)
    digest = hashlib.sha256(f"{challenge}:{answer}".encode()).hexdigest()
    assert digest.startswith("00")
    assert bits_done(challenge, answer) == 256 - int(digest, 16).bit_length() >= 9
    # What ecosystem/ui/assets/work.js finds for this challenge.
    assert bits_done("ab" * 16, "79571") == 18
    assert bits_done("ab" * 16, "79570") < 17
    assert bits_done(new_challenge(), answer) < bits_done(challenge, answer)


@pytest.mark.parametrize("answer", [None, 951, "", "-1", "951 ", "9" * 16, "٣", "1e3", ["951"]])
def test_what_is_no_answer_counts_for_nothing(answer: object) -> None:
    assert bits_done("ab" * 16, answer) == 0
    assert bits_done("", "951") == 0


def test_more_is_asked_of_who_sends_many_and_little_more_of_the_others() -> None:
    assert bits_needed(17, 0, 0) == bits_needed(17, 3, 49) == 17
    assert bits_needed(17, 10, 10) == 17 + 7
    # A flood of 200 by others: a bit for every 50.
    assert bits_needed(17, 0, 200) == 17 + 4
    assert bits_needed(17, 20, 2_000) == MOST_BITS
    assert bits_needed(0, 20, 2_000) == 0


def test_one_sender_is_turned_away_and_others_are_not(tmp_path: Path) -> None:
    now = [1_000_000.0]
    box = Inbox(tmp_path / "inbox.sqlite", per_sender=3, clock=lambda: now[0])
    flood, other = sender_of("203.0.113.7"), sender_of("203.0.113.8")
    for number in range(3):
        box.add(new(name=f"Flood {number}"), f"session {number}", flood)
    with pytest.raises(Refused, match="From your network, 3 suggestions"):
        box.add(new(name="Flood 3"), "session 3", flood)
    assert box.add(new(name="Other"), "another session", other) == 4
    assert box.count_recent(flood) == (3, 4)
    # Where nobody can be told apart, the other limits hold.
    for number in range(4):
        box.add(new(name=f"Local {number}"), f"local {number}", "")
    assert box.count_recent("") == (0, 8)
    now[0] += HOUR_S + 1
    assert box.count_recent(flood) == (0, 0)
    assert box.add(new(name="Later"), "session 4", flood) == 9


def test_a_sender_is_no_address_and_is_forgotten(tmp_path: Path) -> None:
    now = [1_000_000.0]
    box = Inbox(tmp_path / "inbox.sqlite", clock=lambda: now[0])
    sender = sender_of("203.0.113.7")
    assert sender == sender_of("203.0.113.7") != sender_of("203.0.113.8")
    assert sender_of("") == ""
    for name in ("Kept", "Decided"):
        box.add(new(name=name), name, sender)
    assert box.reject(2, "A flood.")
    assert [s.sender for s in box.suggestions()] == [sender, ""]
    assert b"203.0.113" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    now[0] += SENDER_H * HOUR_S + 1
    box.forget()
    assert [s.sender for s in box.suggestions()] == ["", ""]


def test_a_flood_is_found_by_its_sender_and_by_its_hour(tmp_path: Path) -> None:
    now = [1_000_000_800.0]
    box = Inbox(tmp_path / "inbox.sqlite", per_sender=100, clock=lambda: now[0])
    flood = sender_of("203.0.113.7")
    for number in range(6):
        box.add(new(name=f"Flood {number}"), f"session {number}", flood)
    box.add(new(name="Sound"), "sound", sender_of("203.0.113.8"))
    (found,) = floods(box.suggestions())
    assert found.numbers == (1, 2, 3, 4, 5, 6)
    assert found.label == "6 suggestions from one sender, the first of them number 1"
    assert same_sender(box.suggestions(), 3) == [1, 2, 3, 4, 5, 6]
    assert same_sender(box.suggestions(), 7) == [7]
    # From many addresses, only the time tells.
    for number in range(50):
        box.add(new(name=f"Botnet {number}"), f"bot {number}", sender_of(f"198.51.100.{number}"))
    largest = floods(box.suggestions())[0]
    assert largest.label == "57 suggestions on 9 September 2001 from 02:00 to 03:00 UTC"
