"""The tables of a release without their rows, for whoever takes releases from elsewhere.

``python -m etl.release.structure`` writes ``ecosystem/fetch/release.sql``; a test holds it against
``schema.sql`` and the Table Schemas.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from ecosystem.common.settings import ROOT, settings
from etl.release.build import build
from etl.schema import load_schemas

PAGE = ROOT / "ecosystem" / "fetch" / "release.sql"
_HEAD = "-- Made by `python -m etl.release.structure`: the tables of a release of this version.\n\n"


def statements() -> str:
    """SQL that makes all tables of a release, by their names."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        build(path, {}, load_schemas(settings().schema_dir))
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute(
                "SELECT sql FROM duckdb_tables() WHERE NOT internal ORDER BY table_name"
            ).fetchall()
    return _HEAD + "\n".join(str(sql) for (sql,) in rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(statements(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
