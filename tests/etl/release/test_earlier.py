"""What earlier releases hold, as it stands in their files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from ecosystem.common.store import open_read_only
from etl.release.earlier import published_organisations

_LISTS = ["former_names", "domains", "sectors", "functions"]


def test_published_organisations_are_the_rows_of_both_tables(
    ended_releases_dir: Path, database: Path
) -> None:
    for path in (database, *ended_releases_dir.glob("*.duckdb")):
        with open_read_only(path) as connection:
            plain = connection.execute(
                "FROM organisation UNION ALL BY NAME FROM ended_organisation"
            ).df()
        published = published_organisations(path)
        assert published.columns.tolist() == plain.columns.tolist()
        cells = published.drop(columns=_LISTS)
        # A column of texts without any is one of texts here.
        wanted = plain.drop(columns=_LISTS).astype(cells.dtypes)
        pd.testing.assert_frame_equal(cells, wanted, check_index_type=False)
        for name in _LISTS:
            assert published[name].tolist() == [cell.tolist() for cell in plain[name]], name
        assert published["former_names"].map(len).min() == 0


def test_equal_cells_of_what_is_published_are_one_object(database: Path) -> None:
    pd.options.mode.string_storage, before = "python", pd.options.mode.string_storage
    try:
        published = published_organisations(database)
    finally:
        pd.options.mode.string_storage = before
    for name in ("country", "domains"):
        cells = published[name].tolist()
        assert len(set(map(id, cells))) == len(set(map(str, cells))) < len(cells), name


def test_an_organisation_without_lists_of_an_older_release(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE organisation AS "
            "SELECT 'a' AS org_id, NULL::VARCHAR[] AS domains UNION ALL SELECT NULL, ['b', 'c']"
        )
    assert published_organisations(path)["domains"].tolist() == [None, ["b", "c"]]
