"""Which column of a file is which: said with options, in a file, or asked on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from etl.cli.terminal import confirm, is_interactive, say

if TYPE_CHECKING:
    from etl.reading import ColumnMapping, ColumnsUnsure

MAX_CHOICES = 30
NONE = "none"
T = TypeVar("T")

Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="HEADER=COLUMN",
        help='Which column a header is: --map "Nom=name"; may be given several times.',
        show_default=False,
    ),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help="A mapping that was saved, or one that is known by name: atlas, openxeco.",
        show_default=False,
    ),
]
SaveMapping = Annotated[
    Path | None,
    typer.Option(
        "--save-mapping",
        metavar="FILE",
        help="Write the mapping there, to be used again with --mapping.",
        show_default=False,
    ),
]


def with_columns(
    read: Callable[[ColumnMapping], T],
    pairs: list[str] | None,
    mapping_file: Path | None,
    save_to: Path | None,
) -> T:
    """Read files whose columns may be called anything, asking a person where that can be done.

    Parameters
    ----------
    read : callable
        Reads with a mapping; raises :class:`ColumnsUnsure` if that doesn't do.
    pairs : list of str or None
        ``header=column`` from the command line; it goes before the file.
    mapping_file, save_to : Path or None
        Where to read a mapping from, and where to write it.

    Raises
    ------
    etl.errors.RegisterError
        If a column is unsure and nobody can be asked, or a mapping can't be read.
    """
    from etl.reading import ColumnMapping, ColumnsUnsure

    mapping = ColumnMapping.load(mapping_file) if mapping_file else ColumnMapping()
    mapping = mapping.merge_with(ColumnMapping.parse(pairs or []))
    asked = False
    while True:
        try:
            result = read(mapping)
            break
        except ColumnsUnsure as unsure:
            if not is_interactive():
                raise
            answers = _ask(unsure)
            if not answers.columns:
                raise
            mapping, asked = mapping.merge_with(answers), True
    if asked and save_to is None and confirm("Save which column is which for the next time?"):
        save_to = Path(typer.prompt("File", default="columns.toml"))
    if save_to:
        mapping.save(save_to)
        say(f"Written: {save_to}")
    return result


def _ask(unsure: ColumnsUnsure) -> ColumnMapping:
    from etl.reading import ColumnMapping

    say(f"{unsure.file}: some columns of {unsure.resource} weren't recognised.")
    columns: dict[str, str] = {}
    for column, likely in unsure.missing.items():
        rest = [header for header in unsure.found if header not in likely]
        choices = [header for header in [*likely, *rest] if header not in columns][:MAX_CHOICES]
        say(f"Which one is {column}?")
        for number, header in enumerate([NONE, *choices]):
            say(f"  {number}  {header}")
        number = _number(len(choices), 1 if likely and likely[0] in choices else 0)
        if number:
            columns[choices[number - 1]] = column
    return ColumnMapping(columns)


def _number(highest: int, default: int) -> int:
    while True:
        number = int(typer.prompt("Number", default=default, type=int))
        if 0 <= number <= highest:
            return number
        say(f"Give a number from 0 to {highest}.")
