"""Gates are data: measured on the database, bounded, and waived only where that is declared."""

from __future__ import annotations

import inspect
from pathlib import Path

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from etl.cli.data import refresh
from etl.release.change import COLUMNS, ORGANISATIONS
from etl.release.gates import Against, Gate, check, load_gates, waive


def test_the_real_release_passes_all_gates(database: Path) -> None:
    gates = load_gates(settings().gates_file)
    results = check(database, gates, Against(465))
    assert all(result.passed for result in results)
    assert {gate.about for gate in gates} == {"input", "release"}


@pytest.mark.parametrize(
    ("previous", "accepted", "stops"),
    [(465, (), set()), (None, (), set()), (560, (), set()), (600, (), {"total"}),
     (300, (), {"growth"}), (600, ("accept_shrink",), set()), (300, ("accept_growth",), set()),
     (300, ("accept_shrink",), {"growth"}), (600, ("accept_growth",), {"total"})],
)  # fmt: skip
def test_the_total_may_not_jump_and_each_way_has_its_own_option(
    database: Path, previous: int | None, accepted: tuple[str, ...], stops: set[str]
) -> None:
    results = check(database, load_gates(settings().gates_file), Against(previous))
    assert {result.gate.gate for result in waive(results, accepted) if result.stops} == stops


def difference(number: int, **change: str) -> Against:
    """That many organisations of 465 differ from the release before in the same way."""
    empty = dict.fromkeys(COLUMNS) | {"resource": ORGANISATIONS}
    rows = [{**empty, "row_id": f"fr-{i}", **change} for i in range(number)]
    return Against(465, pd.DataFrame(rows, columns=COLUMNS))


@pytest.mark.parametrize(
    ("number", "change", "stops"),
    [(93, {"kind": "changed", "field": "name"}, False),
     (94, {"kind": "changed", "field": "name"}, True),
     (94, {"kind": "changed", "field": "website"}, True),
     (94, {"kind": "changed", "field": "domains"}, True),
     (94, {"kind": "changed", "field": "city"}, True),
     (94, {"kind": "moved"}, True),
     (400, {"kind": "changed", "field": "checked_on"}, False),
     (400, {"kind": "added"}, False)],
)  # fmt: skip
def test_what_identifies_organisations_may_not_change_for_many_at_once(
    database: Path, number: int, change: dict[str, str], stops: bool
) -> None:
    gates = [gate for gate in load_gates(settings().gates_file) if gate.gate == "renewed"]
    against = difference(number, **change)
    (result,) = check(database, gates, against)
    assert result.stops is stops
    (result,) = waive([result], ["accept_changes"])
    assert not result.stops


def test_other_identifiers_count_as_changes_and_a_few_of_a_small_register_do_not(
    database: Path,
) -> None:
    (gate,) = [gate for gate in load_gates(settings().gates_file) if gate.gate == "renewed"]
    others = pd.DataFrame({"old_id": [f"fr-{i}" for i in range(94)], "new_id": "fr-new"})
    (result,) = check(database, [gate], Against(465, succession=others))
    assert result.value == pytest.approx(100 * 94 / 465)
    (result,) = check(database, [gate], Against(9, succession=others[:9]))
    assert result.value == 0


@pytest.mark.parametrize(
    ("number", "change", "value"),
    [(9, {"kind": "changed", "field": "name"}, 0),
     (10, {"kind": "changed", "field": "name"}, 25),
     (10, {"kind": "changed", "field": "website"}, 25),
     (40, {"kind": "changed", "field": "notes"}, 0),
     (40, {"kind": "added"}, 0)],
)  # fmt: skip
def test_rows_of_another_list_may_not_change_for_many_at_once(
    database: Path, number: int, change: dict[str, str], value: float
) -> None:
    (gate,) = [gate for gate in load_gates(settings().gates_file) if gate.gate == "renewed_lists"]
    empty = dict.fromkeys(COLUMNS)
    rows = [{**empty, "resource": "investors", "row_id": f"i-{i}", **change} for i in range(number)]
    against = Against(465, pd.DataFrame(rows, columns=COLUMNS), listed={"investors": 40})
    (result,) = check(database, [gate], against)
    assert result.value == value
    assert result.stops is (value > 20)
    assert not waive([result], ["accept_list_changes"])[0].stops


@pytest.mark.parametrize(
    ("added", "removed", "rows", "stops"),
    [(0, 9, 40, set()), (0, 10, 40, {"lists_total"}), (0, 20, 119, set()),
     (4, 29, 119, {"lists_total"}), (9, 0, 40, set()), (10, 0, 40, {"lists_growth"}),
     (20, 0, 119, set()), (30, 5, 119, {"lists_growth"}), (500, 0, 0, set())],
)  # fmt: skip
def test_another_list_may_not_jump_either_and_each_way_has_its_own_option(
    database: Path, added: int, removed: int, rows: int, stops: set[str]
) -> None:
    """The whole of a list is lost as easily as that of the organisations."""
    wanted = {"lists_total": "accept_list_shrink", "lists_growth": "accept_list_growth"}
    gates = [gate for gate in load_gates(settings().gates_file) if gate.gate in wanted]
    empty = dict.fromkeys(COLUMNS) | {"resource": "investors"}
    numbers = {"added": added, "removed": removed}
    changed = [
        {**empty, "row_id": f"{kind}-{i}", "kind": kind}
        for kind, number in numbers.items()
        for i in range(number)
    ]
    against = Against(
        465, pd.DataFrame(changed, columns=COLUMNS), listed={"investors": rows, "events": 96}
    )
    results = check(database, gates, against)
    assert {result.gate.gate for result in results if result.stops} == stops
    accepted = [wanted[name] for name in stops]
    assert not any(result.stops for result in waive(results, accepted))


def test_other_identifiers_of_a_list_count_as_changes(database: Path) -> None:
    (gate,) = [gate for gate in load_gates(settings().gates_file) if gate.gate == "renewed_lists"]
    empty = dict.fromkeys(COLUMNS) | {"resource": "events"}
    rows = [{**empty, "row_id": f"{kind}-{i}", "kind": kind}
            for kind, n in (("added", 30), ("removed", 12)) for i in range(n)]  # fmt: skip
    against = Against(465, pd.DataFrame(rows, columns=COLUMNS), listed={"events": 40})
    assert check(database, [gate], against)[0].value == 30


def test_a_value_of_another_row_stops_and_every_waiver_says_what_it_means(
    database: Path,
) -> None:
    cells = pd.DataFrame({"resource": ["organisations"], "column": ["name"], "row": [3]})
    gates = load_gates(settings().gates_file)
    results = check(database, gates, Against(465, exchange=cells))
    assert {result.gate.gate for result in results if result.stops} == {"exchanged"}
    assert not any(result.stops for result in waive(results, ["accept_exchange"]))
    assert {bool(gate.consent) for gate in gates if gate.waived_by} == {True}
    assert all(gate.waived_by in inspect.signature(refresh).parameters
               for gate in gates if gate.waived_by)  # fmt: skip


def test_the_sentence_says_which_gate_and_by_how_much(database: Path) -> None:
    gates = [gate for gate in load_gates(settings().gates_file) if gate.gate == "total"]
    (result,) = check(database, gates, Against(600))
    assert result.sentence() == (
        "Change in the number of organisations against the current release, in percent: "
        "not far fewer: -22.5, allowed is at least -20."
    )


def test_nothing_to_measure_is_a_failure(database: Path) -> None:
    gate = Gate("none", "None", "SELECT NULL", "release", None, 1, "")
    assert check(database, [gate], Against())[0].stops
