"""A register of any size in a folder of its own, up to a million organisations and beyond.

``python -m benchmarks.generate 1000000 --to FOLDER`` copies the register and puts a file of
organisations in it that has the real ones first and then synthetic ones, each marked as such
(:mod:`benchmarks.synthetic`). ``CYBER_VALLEYS_REGISTER_DIR=FOLDER`` then makes a release of it.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from benchmarks.synthetic import synthetic_register
from ecosystem.common.settings import settings
from etl.schema import load_schemas


def generate(rows: int, folder: Path, seed: int = 0) -> Path:
    """Write a register with that many organisations.

    Parameters
    ----------
    rows : int
        Organisations, the real ones among them.
    folder : Path
        Where to; must not be there yet.
    seed : int
        The same seed gives the same register.

    Returns
    -------
    Path
        The file of organisations.

    Raises
    ------
    FileExistsError
        If the folder is there already.
    """
    shutil.copytree(settings().register_dir, folder)
    file = folder / load_schemas(settings().schema_dir)["organisations"].file
    synthetic_register(rows, seed).to_csv(file, index=False)
    return file


def main() -> None:
    """Write a register and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("--to", type=Path, required=True, help="folder, not there yet")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    file = generate(options.rows, options.to, options.seed)
    print(f"{options.rows:,} organisations, {file.stat().st_size / 1e6:,.0f} MB: {file}")


if __name__ == "__main__":
    main()
