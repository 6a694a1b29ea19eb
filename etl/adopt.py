"""Take what was published from other files into the register, which the next refresh reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from etl.inbox.register import locked, replace
from etl.publish import writing
from etl.reading import Extract

NOT_ADOPTED = (
    "The register itself is as it was: the next refresh without FILE goes back to it. Publish "
    "with --into-register to change it, too."
)


def given(
    extracts: Mapping[str, Extract], frames: Mapping[str, pd.DataFrame], register_dir: Path
) -> dict[str, pd.DataFrame]:
    """Register files that came from elsewhere, as they would stand in the register.

    Parameters
    ----------
    extracts : mapping of str to Extract
        Files as read, by resource.
    frames : mapping of str to pandas.DataFrame
        Their normalised cells as text; organisations with their identifiers.
    register_dir : Path
        Folder of the register files.
    """
    home = register_dir.resolve()
    return {
        resource: frames[resource]
        for resource, read in extracts.items()
        if read.origin.path.resolve().parent != home
    }


def adopt(files: Mapping[str, pd.DataFrame], register_dir: Path) -> list[Path]:
    """Write files into the register folder as CSV; each is replaced whole or not at all.

    A spreadsheet of the same register file in the folder would not be read any more, since CSV
    goes first.

    Parameters
    ----------
    files : mapping of str to pandas.DataFrame
        From :func:`given`.
    register_dir : Path
        Folder of the register files.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    etl.errors.PublishError
        If the folder can't be written.
    """
    written: list[Path] = []
    for resource, frame in files.items():
        path = register_dir / f"{resource}.csv"
        with writing(register_dir), locked(path):
            text = frame.to_csv(index=False, lineterminator="\n")
            replace(path, text.encode("utf-8"))
        written.append(path)
    return written


def adopted(files: Collection[str]) -> str:
    """That the register holds these files now, as a sentence; empty if there are none."""
    if not files:
        return ""
    listed = ", ".join(f"{resource}.csv" for resource in sorted(files))
    return f"The register now holds what was published: {listed}."
