"""The columns of the register as tables for the guide.

Run ``python -m etl.report.columns``: it brings ``docs/secretariat.md`` up to date with the schemas.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ecosystem.common.settings import ROOT, settings
from ecosystem.common.vocabulary import BY_COLUMN
from etl.report.register import codes_of
from etl.schema import Column, Schema, load_schemas

GUIDE = ROOT / "docs" / "secretariat.md"
BEGIN, END = "<!-- columns: begin -->\n", "<!-- columns: end -->\n"
# A list of more codes than this is in the sheet `codes` only.
_MAX_CODES = 20


def tables(schemas: dict[str, Schema]) -> str:
    """One table per register file, as Markdown: column, whether it is needed, what belongs there.

    Parameters
    ----------
    schemas : dict of str to Schema
        Schemas by resource.
    """
    return "\n".join(line for schema in schemas.values() for line in _table(schema))


def _table(schema: Schema) -> Iterator[str]:
    yield f"### {schema.resource}\n"
    yield "| column | needed | what belongs there |"
    yield "|---|---|---|"
    for column in schema.columns.values():
        needed = "yes" if column.constraints.get("required") else ""
        if column.name == schema.primary_key == "org_id":
            needed = "is made"
        yield f"| `{column.name}` | {needed} | {_about(column)} |"
    yield ""


def _about(column: Column) -> str:
    parts = [column.description]
    codes = list(codes_of(column))
    if 0 < len(codes) <= _MAX_CODES:
        parts.append(f"Codes: {', '.join(f'`{code}`' for code in codes)}.")
    elif codes or column.name in BY_COLUMN:
        parts.append("The codes are in the sheet `codes`.")
    elif column.example:
        parts.append(f"Example: `{column.example}`.")
    return " ".join(parts).replace("|", "\\|")


def update_guide(guide: str, schemas: dict[str, Schema]) -> str:
    """The guide with its tables up to date."""
    before, rest = guide.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{tables(schemas)}{END}{after}"


def main(path: Path = GUIDE) -> None:
    """Write the tables into the guide."""
    guide = path.read_text(encoding="utf-8")
    path.write_text(update_guide(guide, load_schemas(settings().schema_dir)), encoding="utf-8")


if __name__ == "__main__":
    main()
