"""Gates are data: measured on the database, bounded, and waived only where that is declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecosystem.common.settings import settings
from etl.release.gates import Gate, check, load_gates, waive


def test_the_real_release_passes_all_gates(database: Path) -> None:
    gates = load_gates(settings().gates_file)
    results = check(database, gates, previous=465)
    assert all(result.passed for result in results)
    assert {gate.about for gate in gates} == {"input", "release"}


@pytest.mark.parametrize(
    ("previous", "accepted", "stops"),
    [(465, (), False), (None, (), False), (560, (), False), (600, (), True), (300, (), True),
     (600, ("accept_shrink",), False)],
)  # fmt: skip
def test_the_total_may_not_jump(
    database: Path, previous: int | None, accepted: tuple[str, ...], stops: bool
) -> None:
    gates = [gate for gate in load_gates(settings().gates_file) if gate.gate == "total"]
    (result,) = waive(check(database, gates, previous), accepted)
    assert result.stops is stops


def test_the_sentence_says_which_gate_and_by_how_much(database: Path) -> None:
    gates = [gate for gate in load_gates(settings().gates_file) if gate.gate == "total"]
    (result,) = check(database, gates, 600)
    assert result.sentence() == (
        "Change in the number of organisations against the current release, in percent: "
        "-22.5, allowed is from -20 to 20."
    )


def test_nothing_to_measure_is_a_failure(database: Path) -> None:
    gate = Gate("none", "None", "SELECT NULL", "release", None, 1, "")
    assert check(database, [gate], None)[0].stops
