"""All rows of a table in pieces: none is missed, none comes twice, in the order of their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from ecosystem.common.store import Database, Release
from ecosystem.tables import features

Open = Callable[[list[str]], Database]


@pytest.fixture
def with_keys(tmp_path: Path) -> Iterator[Open]:
    """Makes a database with a table of such keys, each row with a number of its own."""
    opened: list[Database] = []

    def make(keys: list[str]) -> Database:
        path = tmp_path / f"{len(opened)}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE thing (key VARCHAR NOT NULL, number INTEGER)")
            for number, key in enumerate(keys):
                connection.execute("INSERT INTO thing VALUES (?, ?)", [key, number])
        opened.append(Database(Release("things", path)))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["a"],
        list("hgfedcba"),
        list("abcdefghi"),
        list("bbbbbbbbbbbb"),
        list("cabbbbbbbcad"),
        ["'; DROP TABLE thing --", "é", "e", "", "%", "Z", "a\u0000b", "a"],
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_every_row_comes_once_in_the_order_of_keys(
    with_keys: Open, keys: list[str], size: int
) -> None:
    found = list(features.pieces(with_keys(keys), "thing", "key", size=size))
    assert [key for piece in found for key in piece["key"].to_pylist()] == sorted(
        keys, key=str.encode
    )
    numbers = [number for piece in found for number in piece["number"].to_pylist()]
    assert sorted(numbers) == list(range(len(keys)))
    assert all(piece.num_rows for piece in found) or (not keys and len(found) == 1)
    if len(set(keys)) == len(keys):
        assert all(piece.num_rows <= size for piece in found)


def test_pieces_hold_what_a_page_of_all_rows_holds(database: Database) -> None:
    args = (database, "organisation", "org_id")
    whole = features.page(*args, features.EVERYTHING, limit=10**6, offset=0)
    sizes = []
    for piece in features.pieces(*args, size=50):
        assert piece.equals(whole.slice(sum(sizes), piece.num_rows))
        sizes.append(piece.num_rows)
    assert sum(sizes) == whole.num_rows
    assert set(sizes[:-1]) == {50}
