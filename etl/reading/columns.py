"""Which column of a file is which column of the schema: by name, title or alias, or by asking."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from etl.errors import RegisterError
from etl.reading.model import list_names
from etl.schema import Schema

# Headers that are this alike to a missing column's names are offered first.
_LIKELY = 60
_MAX_LIKELY = 3
_MAX_COMPARED = 200
# Columns of the site's downloads that follow from the others.
_OWN_DOWNLOAD = {"location_precision", "valley_name", "nuts0", "nuts1", "nuts2", "nuts3"}
# In the table of aliases: the alias is one of the register file itself.
_FILE = "*"


class ColumnsUnsure(RegisterError):
    """A needed column wasn't recognised; somebody has to say which one it is.

    Attributes
    ----------
    file : str
        Name of the file.
    resource : str
        Register file that it stands for.
    missing : dict of str to list of str
        Column of the schema -> headers of the file that it may be, likeliest first.
    found : list of str
        Headers that are not used yet.
    """

    def __init__(
        self, file: str, resource: str, missing: Mapping[str, list[str]], found: Sequence[str]
    ) -> None:
        self.file, self.resource = file, resource
        self.missing, self.found = dict(missing), list(found)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        names = list(self.missing)
        example = next((headers[0] for headers in self.missing.values() if headers), "Your header")
        column = next((name for name, headers in self.missing.items() if headers), names[0])
        plural = len(names) > 1
        return (
            f"{self.file}: {'columns' if plural else 'column'} {list_names(names)} "
            f"{'are' if plural else 'is'} missing; add what is missing to the header row, or say "
            f'which header it is, such as --map "{example}={column}" '
            f"(columns found: {list_names(self.found) or 'none that is not used already'})."
        )


@dataclass(frozen=True)
class ColumnMapping:
    """What somebody said about the headers of a file.

    Attributes
    ----------
    columns : mapping of str to str
        Header as it is written -> column of the schema; empty if it stands for none.
    """

    columns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> ColumnMapping:
        """Read ``header=column`` pairs, as they are given on the command line.

        Raises
        ------
        RegisterError
            If one isn't such a pair, or a header is given twice.
        """
        columns: dict[str, str] = {}
        for pair in pairs:
            header, equals, column = pair.rpartition("=")
            if not (equals and header.strip() and column.strip()):
                raise RegisterError(f'“{pair}” isn\'t a mapping; write it as --map "Nom=name".')
            if columns.setdefault(header.strip(), column.strip()) != column.strip():
                raise RegisterError(f"“{header.strip()}” is mapped twice; leave one away.")
        return cls(columns)

    @classmethod
    def load(cls, path: Path) -> ColumnMapping:
        """Read a mapping that was saved, or one of ``data/mappings`` by its name.

        Raises
        ------
        RegisterError
            If there is no such file, or it holds something else.
        """
        kept = _mappings() / f"{path.name}.toml"
        if path.name == str(path) and not path.exists() and kept.exists():
            path = kept
        try:
            columns = tomllib.loads(path.read_text(encoding="utf-8"))["columns"]
            return cls({str(header): str(column) for header, column in columns.items()})
        except FileNotFoundError as error:
            raise RegisterError(f"{path}: there is no such file; check the name.") from error
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise RegisterError(
                f"{path}: this isn't a saved mapping; make one with --save-mapping."
            ) from error

    def save(self, path: Path) -> None:
        """Write the mapping, to be used again.

        Raises
        ------
        OSError
            If the file can't be written.
        """
        lines = [f"{_quote(header)} = {_quote(name)}" for header, name in self.columns.items()]
        path.write_text("\n".join(["[columns]", *lines, ""]), encoding="utf-8")

    def merge_with(self, other: ColumnMapping) -> ColumnMapping:
        """Both together; what the other says comes first."""
        return ColumnMapping({**self.columns, **other.columns})


def known_mappings() -> dict[str, str]:
    """Names of the mappings that are kept for other bodies' lists, with what each reads."""
    files = sorted(_mappings().glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8"))["title"] for file in files}


def _mappings() -> Path:
    return settings().schema_dir.with_name("mappings")


def header_name(cell: str) -> str:
    """Column name of a header cell, whatever its case and spaces."""
    return "_".join(cell.strip().strip("\ufeff").lower().split())


def match_headers(
    file: str, header: Sequence[str], schema: Schema, schema_dir: Path, mapping: ColumnMapping
) -> dict[str, int]:
    """Column of the schema -> position in the header, for all that are recognised.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    header : sequence of str
        Cells of the header row.
    schema : Schema
        What is looked for.
    schema_dir : Path
        Folder of the aliases.
    mapping : ColumnMapping
        What somebody said; it goes before everything else.

    Raises
    ------
    RegisterError
        If two headers are the same column.
    """
    known = names_of(schema, schema_dir)
    if is_own_download(header):
        # Its other columns only look like ones of the register: "source" is that of the file.
        known = {fold_header(name): name for name in schema.columns} | {"nuts2": "nuts2_hint"}
    said = {fold_header(h): c for h, c in mapping.columns.items() if c in schema.columns}
    left_out = {fold_header(header) for header, column in mapping.columns.items() if not column}
    # A header that somebody has spoken for stands for nothing else, nor does another for it.
    taken = set(said.values()) & {said.get(fold_header(cell)) for cell in header}
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        if not cell.strip():
            continue
        key = fold_header(cell)
        column = said.get(key) or known.get(key)
        if column is None or key in left_out or (column in taken and key not in said):
            continue
        if column in found:
            if header_name(header[found[column]]) == header_name(cell):
                raise RegisterError(
                    f"{file}: column {column} is there twice; delete or rename one."
                )
            raise RegisterError(
                f"{file}: the columns “{header[found[column]]}” and “{cell}” are both {column}; "
                "rename the one that isn't."
            )
        found[column] = position
    return found


def is_own_download(header: Sequence[str]) -> bool:
    """Whether a header is that of a list of organisations as the site gives it to download."""
    return {header_name(cell) for cell in header} >= _OWN_DOWNLOAD


def likely_headers(
    columns: Sequence[str], headers: Sequence[str], schema: Schema, schema_dir: Path
) -> dict[str, list[str]]:
    """Headers that each column may be, likeliest first; none of them is taken without asking.

    A header stands only under the column that it is most like.
    """
    names = names_of(schema, schema_dir)
    own = {column: [name for name, code in names.items() if code == column] for column in columns}
    scored: dict[str, list[tuple[float, str]]] = {column: [] for column in columns}
    for header in headers[:_MAX_COMPARED]:
        scores = {column: _likeness(fold_header(header), own[column]) for column in columns}
        best = max(scores.values(), default=0)
        for column, score in scores.items():
            if score == best >= _LIKELY:
                scored[column].append((-score, header))
    return {
        column: [header for _, header in sorted(found)][:_MAX_LIKELY]
        for column, found in scored.items()
    }


def fold_header(cell: str) -> str:
    """A header for comparing; one of signs only, such as “№”, stays what it is."""
    return fold(cell) or cell.strip()


def names_of(schema: Schema, schema_dir: Path) -> dict[str, str]:
    """Folded name, title or alias -> column of a schema."""
    titles = tuple((name, column.title) for name, column in schema.columns.items())
    return dict(_names_of(schema.resource, titles, schema_dir))


@cache
def _names_of(
    resource: str, titles: tuple[tuple[str, str], ...], schema_dir: Path
) -> dict[str, str]:
    names = {fold(name): name for name, _ in titles}
    for name, title in titles:
        names.setdefault(fold(title), name)
    for name, alias in _aliases_of(resource, schema_dir):
        names.setdefault(alias, name)
    return names


def resource_names(resources: Iterable[str], schema_dir: Path) -> dict[str, str]:
    """Folded name or alias, as a file or a sheet may be called -> register file."""
    names = {fold(resource): resource for resource in resources}
    for resource, name, alias in _aliases(schema_dir):
        if name == _FILE and resource in names.values():
            names.setdefault(alias, resource)
    return names


@cache
def _aliases_of(resource: str, schema_dir: Path) -> list[tuple[str, str]]:
    """Column and folded alias of each column of a register file."""
    rows = _aliases(schema_dir)
    return [(name, alias) for of, name, alias in rows if of == resource and name != _FILE]


@cache
def _aliases(schema_dir: Path) -> list[tuple[str, str, str]]:
    """Resource, column and folded alias of each row of ``column_aliases.csv``."""
    text = (schema_dir / "column_aliases.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return [(row["resource"], row["column"], fold(row["alias"])) for row in rows]


def _likeness(header: str, names: Sequence[str]) -> float:
    """0 to 100: how many words a header shares with the nearest name, and how alike both are."""
    return max(
        ((fuzz.token_set_ratio(header, name) + fuzz.ratio(header, name)) / 2 for name in names),
        default=0,
    )


def _quote(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04X}" if ord(c) < 32 or c == "\x7f" else f"\\{c}" if c in '"\\' else c
        for c in text
    )
    return f'"{escaped}"'
