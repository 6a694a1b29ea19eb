"""How long a refresh takes and how much memory it needs.

Run `python -m benchmarks.refresh --rows 465 100000`. Each refresh reads a register of its own of
that size; with `--check`, it is followed by a check of the same rows against the release that it
made, and with `--changed 100` by a refresh after as many rows were changed. Every one is a process
of its own, so the time holds the interpreter's start and all imports. Where a machine has other
work as well, the processor time says more than the seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks.generate import generate

Measured = tuple[float, float, float]


def measure(rows: int, seed: int, *, check: bool = False, changed: int = 0) -> dict[str, Measured]:
    """Wall-clock and processor seconds and peak memory in MB of each command on synthetic rows."""
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "register"
        organisations = generate(rows, register, seed)
        environment = os.environ | {
            "CYBER_VALLEYS_REGISTER_DIR": str(register),
            "CYBER_VALLEYS_RELEASES_DIR": str(Path(folder) / "releases"),
        }
        refresh = ["refresh", "--yes", "--quiet"]
        measured = {"refresh": time_command(refresh, environment)}
        if check:
            measured["check"] = time_command(["check", "--report", folder, "--quiet"], environment)
        if changed:
            change(organisations, changed)
            measured["changed"] = time_command(refresh, environment)
        return measured


def change(file: Path, number: int) -> None:
    """Change one cell in each of some rows far apart: a name, notes and a source by turns."""
    rows = pd.read_csv(file, dtype="str", keep_default_na=False)
    at = rows.index[len(rows) // number // 2 :: max(1, len(rows) // number)][:number]
    for turn, (column, text) in enumerate(
        (("name", " Zwo"), ("notes", " Checked again."), ("source_url", "#2"))
    ):
        rows.loc[at[turn::3], column] += text
    rows.to_csv(file, index=False)


def time_command(arguments: list[str], environment: dict[str, str]) -> Measured:
    """Wall-clock and processor seconds and peak memory in MB of one command of the ETL."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(os.waitstatus_to_exitcode(status))
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Print seconds and peak memory of a refresh, and of what else is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[465, 100_000])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=1, help="the median counts")
    parser.add_argument("--check", action="store_true", help="measure a check as well")
    parser.add_argument(
        "--changed", type=int, default=0, help="measure a refresh after so many rows changed, too"
    )
    options = parser.parse_args()
    print(f"{'':7}  {'rows':>9}  {'seconds':>8}  {'processor':>9}  {'peak MB':>8}")
    for number in options.rows:
        runs = [
            measure(number, options.seed, check=options.check, changed=options.changed)
            for _ in range(options.repeat)
        ]
        for command in runs[0]:
            of_command = sorted(run[command] for run in runs)
            seconds, processor, memory = of_command[len(of_command) // 2]
            print(
                f"{command:7}  {number:>9,}  {seconds:>8.2f}  {processor:>9.2f}  {memory:>8.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
