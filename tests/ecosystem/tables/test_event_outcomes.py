"""What came of events is told in sums that give no deal away, by whatever way they are asked."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ecosystem.common.small_sums import SafeSums
from ecosystem.common.store import Database, Release
from ecosystem.tables import event_outcomes

COLUMNS = ("event_id", "edition", "start_date", "editions", "smes", "investors", "meetings",
           "follow_ups", "deals")  # fmt: skip


@pytest.fixture
def asked(tmp_path: Path):
    """A database that holds some outcomes only."""
    opened: list[Database] = []

    def make(*rows: tuple[object, ...]) -> Database:
        path = tmp_path / f"{len(opened)}.duckdb"
        with duckdb.connect(str(path)) as connection:
            types = {"event_id": "VARCHAR", "edition": "VARCHAR", "start_date": "VARCHAR"}
            listed = ", ".join(f"{name} {types.get(name, 'BIGINT')}" for name in COLUMNS)
            connection.execute(f"CREATE TABLE event_outcome ({listed}, end_date VARCHAR)")
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO event_outcome VALUES ({marks}, NULL)", list(row))
        opened.append(Database(Release("x", path)))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


def edition(event_id: str, year: str, deals: int | None, meetings: int = 50) -> tuple[object, ...]:
    return (event_id, f"{event_id} {year}", year, None, 30, 10, meetings, None, deals)


def test_what_is_published_is_summed_and_what_isn_t_is_unknown(database: Database) -> None:
    series = "ecso-investor-days-2017-2019"
    found = event_outcomes.overall(database)
    assert (found.editions, found.open) == (6, {"smes": 180, "investors": 60})
    assert found.guarded["meetings"].total == 400
    assert found.guarded["deals"] == SafeSums(unknown=(series,))
    own = event_outcomes.of_event(database, series)
    assert own is not None
    assert own.guarded["meetings"].parts == {"2017 to 2019": 400}
    assert event_outcomes.of_event(database, "ecw-2016") is None
    (source,) = event_outcomes.sources(database).to_dict("records")
    assert set(source) == {"event_id", "name", "edition", "source_url", "notes"}


def test_years_are_told_where_none_is_small(asked) -> None:
    database = asked(
        edition("day", "2021", 4), edition("day", "2022", 3), edition("day", "2022", 5)
    )
    own = event_outcomes.of_event(database, "day")
    assert own.guarded["deals"].parts == {"2021": 4, "2022": 8}
    assert event_outcomes.overall(database).guarded["deals"].total == 12
    assert own.editions == 3


def test_a_year_with_one_deal_withholds_all_years(asked) -> None:
    database = asked(edition("day", "2021", 4), edition("day", "2022", 1))
    own = event_outcomes.of_event(database, "day")
    assert own.guarded["deals"] == SafeSums(total=5, withheld=("2021", "2022"))
    assert own.guarded["meetings"].parts == {"2021": 50, "2022": 50}, "each figure for itself"


def test_an_event_with_two_deals_can_t_be_had_by_subtraction(asked) -> None:
    database = asked(edition("a", "2021", 9), edition("b", "2021", 2), edition("b", "2022", 0))
    assert event_outcomes.overall(database).guarded["deals"] == SafeSums(11, withheld=("a", "b"))
    for event_id in ("a", "b"):
        own = event_outcomes.of_event(database, event_id)
        assert own.guarded["deals"] == SafeSums(withheld=(event_id,))


def test_few_deals_in_all_are_fewer_than_three_and_nothing_else(asked) -> None:
    database = asked(edition("a", "2021", 1), edition("b", "2021", None))
    deals = event_outcomes.overall(database).guarded["deals"]
    assert (deals.is_few, deals.total, deals.parts) == (True, None, {})
    assert event_outcomes.of_event(database, "a").guarded["deals"].parts == {}
    assert event_outcomes.of_event(database, "b").guarded["deals"].unknown == ("2021",)


def test_nothing_listed_is_no_zero(asked) -> None:
    found = event_outcomes.overall(asked())
    assert (found.editions, found.open) == (0, {"smes": None, "investors": None})
    assert found.guarded["deals"] == SafeSums()
