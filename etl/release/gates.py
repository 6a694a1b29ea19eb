"""Measure a new database against the gates that are declared in ``data/gates.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from ecosystem.common.store import open_read_only
from etl.model import Track, no_progress
from etl.release.change import COLUMNS


@dataclass(frozen=True)
class Gate:
    """Something that must hold before a release is published.

    Attributes
    ----------
    gate, label : str
        Its name, and what it measures.
    sql : str
        Query that gives one number.
    about : str
        ``input`` if a failure means that the register must be corrected, ``release`` if not.
    minimum, maximum : float or None
        Bounds, inclusive.
    waived_by : str
        Option that accepts a failure; empty if none does.
    consent : str
        What somebody says who accepts a failure, as a sentence; empty if nobody can.
    """

    gate: str
    label: str
    sql: str
    about: str
    minimum: float | None
    maximum: float | None
    waived_by: str
    consent: str = ""

    @property
    def option(self) -> str:
        """The option of the command line that accepts a failure."""
        return f"--{self.waived_by.replace('_', '-')}"

    @property
    def bound(self) -> str:
        """What is allowed, as a phrase."""
        if self.minimum is None:
            return f"at most {self.maximum:g}"
        if self.maximum is None:
            return f"at least {self.minimum:g}"
        return f"from {self.minimum:g} to {self.maximum:g}"


@dataclass(frozen=True)
class Against:
    """The current release as the gates see it.

    Attributes
    ----------
    previous : int or None
        Organisations in it; None if there is none.
    difference : pandas.DataFrame
        What differs from it, as :func:`etl.release.change.changes` gives it.
    succession : pandas.DataFrame
        ``old_id, new_id`` of organisations that may go on under another identifier.
    exchange : pandas.DataFrame
        ``resource, column, row`` of cells that hold what is published of another row.
    listed : mapping of str to int
        Published rows of each list besides organisations.
    """

    previous: int | None = None
    difference: pd.DataFrame = field(default_factory=lambda: _empty(*COLUMNS), repr=False)
    succession: pd.DataFrame = field(default_factory=lambda: _empty("old_id", "new_id"), repr=False)
    exchange: pd.DataFrame = field(
        default_factory=lambda: _empty("resource", "column", "row"), repr=False
    )
    listed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a gate measured.

    Attributes
    ----------
    gate : Gate
        The gate.
    value : float or None
        The number; None if there was nothing to measure, which is a failure.
    waived : bool
        Whether a failure was accepted on the command line.
    """

    gate: Gate
    value: float | None
    waived: bool = False

    @property
    def passed(self) -> bool:
        """Whether the number is within its bounds."""
        low, high = self.gate.minimum, self.gate.maximum
        return (
            self.value is not None
            and (low is None or self.value >= low)
            and (high is None or self.value <= high)
        )

    @property
    def stops(self) -> bool:
        """Whether the release must not be published."""
        return not self.passed and not self.waived

    def sentence(self) -> str:
        """Which gate, the number and the bound."""
        return f"{self.gate.label}: {figure(self.value)}, allowed is {self.gate.bound}."


def figure(value: float | None) -> str:
    """What was measured, for people: to two decimals at most."""
    if value is None or value != value:
        return "nothing to measure"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def load_gates(path: Path) -> list[Gate]:
    """Gates in the order of the file."""
    return [
        Gate(
            gate=row["gate"],
            label=row["label"],
            sql=row["sql"],
            about=row["about"],
            minimum=row.get("min"),
            maximum=row.get("max"),
            waived_by=row.get("waived_by", ""),
            consent=row.get("consent", ""),
        )
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["gate"]
    ]


def check(
    database: Path,
    gates: list[Gate],
    against: Against,
    *,
    track: Track = no_progress,
) -> list[Result]:
    """Measure every gate.

    Parameters
    ----------
    database : Path
        The newly built file.
    gates : list of Gate
        What must hold.
    against : Against
        The current release.
    track : Track, optional
        Shows progress.
    """
    with open_read_only(database) as connection:
        # A column without any text has no type that a query could compare with one.
        connection.register("difference", against.difference.astype("str"))
        connection.register("succession", against.succession.astype("str"))
        connection.register("exchange", against.exchange.astype("str"))
        listed = pd.DataFrame(
            {"resource": [*against.listed], "rows": [*against.listed.values()]}
        ).astype({"resource": "str", "rows": "int64"})
        connection.register("listed", listed)
        return [
            Result(gate, _measure(connection, gate, against.previous))
            for gate in track(gates, "Check the gates")
        ]


def waive(results: list[Result], accepted: Collection[str]) -> list[Result]:
    """The results, with the failures that a person accepted marked as such.

    Parameters
    ----------
    results : list of Result
        What was measured.
    accepted : collection of str
        Names of options that waive a gate, such as ``accept_shrink``.
    """
    return [
        Result(r.gate, r.value, waived=not r.passed and r.gate.waived_by in accepted)
        for r in results
    ]


def gate_table(results: list[Result]) -> pd.DataFrame:
    """Rows of the ``gate`` table."""
    return pd.DataFrame(
        [
            {
                "gate": r.gate.gate,
                "label": r.gate.label,
                "value": r.value,
                "bound": r.gate.bound,
                "passed": r.passed,
                "waived": r.waived,
            }
            for r in results
        ]
    )


def _empty(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns), dtype="str")


def _measure(
    connection: duckdb.DuckDBPyConnection, gate: Gate, previous: int | None
) -> float | None:
    parameters = {"previous": previous} if "$previous" in gate.sql else {}
    row = connection.execute(gate.sql, parameters).fetchone()
    return None if row is None or row[0] is None else float(row[0])
