"""The database holds what the register says, in the types and the order that the app needs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import open_read_only
from etl.release.build import build, cast, morton
from etl.release.earlier import published_organisations
from etl.schema import Schema
from tests.etl.conftest import small_frame


@pytest.fixture
def query(database: Path):
    with open_read_only(database) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def test_every_organisation_is_there_located_and_in_a_valley(query) -> None:
    assert query(
        "SELECT count(*), count(valley_id), count(DISTINCT valley_id), count(DISTINCT country) "
        "FROM organisation"
    ) == [(465, 465, 43, 25)]


def test_the_register_comes_through_unharmed(query, frames: dict[str, pd.DataFrame]) -> None:
    expected = frames["organisations"].set_index("org_id")
    rows = query(
        "SELECT org_id, name, type, city, country, website, founded, domains, sectors, functions, "
        "evidence, source_url, notes FROM organisation"
    )
    for org_id, *values in rows:
        row = expected.loc[org_id]
        texts = [
            ";".join(v) if isinstance(v, list) else "" if v is None else str(v) for v in values
        ]
        columns = ["name", "type", "city", "country", "website", "founded", "domains", "sectors",
                   "functions", "evidence", "source_url", "notes"]  # fmt: skip
        assert texts == [row[column] for column in columns]


def test_empty_cells_are_null_and_empty_lists_are_lists(query) -> None:
    assert query("SELECT count(*) FROM organisation WHERE website = '' OR notes = ''") == [(0,)]
    assert query("SELECT count(*) FROM organisation WHERE founded IS NULL") == [(223,)]
    assert query("SELECT count(*) FROM organisation WHERE len(sectors) = 0") == [(199,)]
    assert query("SELECT count(*) FROM investor WHERE isnan(ticket_min_meur)") == [(0,)]
    assert query("SELECT count(*) FROM investor WHERE ticket_min_meur IS NULL") == [(49,)]
    assert query("SELECT count(*) FROM valley WHERE ecso_region_member IS NULL") == [(41,)]


def test_a_table_is_the_same_in_pieces_of_any_size(
    database: Path, tmp_path: Path, schemas: dict[str, Schema], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first piece has no value in some columns that later ones fill.
    whole = published_organisations(database).assign(ordinal=lambda rows: range(len(rows)))
    assert whole.iloc[:5].isna().all().any()
    monkeypatch.setattr("etl.release.build._ROWS_AT_ONCE", 5)
    build(tmp_path / "pieces.duckdb", {"organisation": whole}, schemas)
    written = published_organisations(tmp_path / "pieces.duckdb")
    pd.testing.assert_frame_equal(written, whole.astype({"ordinal": "int32"}))


def test_rows_lie_in_the_order_of_the_quadkey(query) -> None:
    rows = np.array(query("SELECT x, y FROM organisation"))
    assert (np.diff(morton(rows[:, 0], rows[:, 1]).astype(np.int64)) >= 0).all()


def test_morton_is_the_quadkey() -> None:
    x, y = np.array([3, 0, 5]), np.array([5, 1, 0])
    # The tile 3/5 at zoom 3 has the quadkey 213.
    assert [np.base_repr(int(code), 4) for code in morton(x, y)] == ["213", "2", "101"]


def test_organisations_and_places_agree(query) -> None:
    assert query(
        "SELECT count(*) FROM organisation o JOIN place p USING (place_id) WHERE "
        "(o.lon, o.lat, o.x, o.y, o.nuts3, o.country) = "
        "(p.lon, p.lat, p.x, p.y, p.nuts3, p.country)"
    ) == [(465,)]
    assert query("SELECT count(*) FROM place ANTI JOIN organisation USING (place_id)") == [(0,)]


def test_investors_are_placed_in_regions_and_valleys(query) -> None:
    rows = query(
        "SELECT investor_id, nuts0, nuts1, nuts2, nuts3, valley_id FROM investor WHERE "
        "investor_id IN ('ecapital', 'insight-partners', 'tiin-capital') ORDER BY ALL"
    )
    assert rows == [
        ("ecapital", "DE", "DEA", "DEA3", "DEA33", "de-nordrhein-westfalen"),
        ("insight-partners", None, None, None, None, None),
        ("tiin-capital", "NL", "NL3", "NL32", "NL327", None),
    ]
    assert query("SELECT count(*), count(lon), count(lat), count(nuts3) FROM investor") == [
        (54, 53, 53, 53)
    ]


def test_the_network_keeps_the_valley_that_the_register_gives(
    query, frames: dict[str, pd.DataFrame]
) -> None:
    given = frames["network"].set_index("entity_id")["valley_id"]
    rows = query("SELECT entity_id, valley_id FROM network_entity")
    assert {key: valley or "" for key, valley in rows} == given.to_dict()
    assert query("SELECT nuts2, valley_id FROM network_entity WHERE entity_id = 'incibe'") == [
        ("ES41", None)
    ]
    # Where both are known they agree.
    assert (
        query(
            "SELECT entity_id FROM network_entity n JOIN valley v USING (valley_id) "
            "WHERE NOT list_has_any(v.nuts_codes, [nuts0, nuts1, nuts2, nuts3])"
        )
        == []
    )


def test_the_release_tells_its_own_story(query) -> None:
    ((hashes, tools, counts),) = query("SELECT input_hashes, tool_versions, counts FROM release")
    assert "register/organisations.csv" in hashes
    assert "reference/gazetteer.parquet" in hashes
    assert tools["duckdb"] == duckdb.__version__
    assert counts["organisation"] == 465
    assert counts["region"] == 2010


def test_attributions_are_word_for_word(query) -> None:
    texts = {row[0] for row in query("SELECT attribution FROM source")}
    assert {
        "© EuroGeographics for the administrative boundaries",
        "Source: Eurostat",
        "GeoNames, CC BY 4.0",
    } <= texts


def test_every_table_of_the_schema_is_filled(query) -> None:
    may_be_empty = {"rejected", "duplicate_candidate", "change", "organisation_alias", "label",
                    "duplicate_decision", "ended_organisation", "service"}  # fmt: skip
    ((counts,),) = query("SELECT counts FROM release")
    assert {table for table, rows in counts.items() if rows == 0} <= may_be_empty


def test_typed(schemas: dict[str, Schema]) -> None:
    schema = schemas["organisations"]
    row = cast(small_frame(schema, founded="2010", domains="cryptology;x", lat=""), schema).loc[2]
    assert (row["founded"], row["domains"], row["sectors"]) == (2010, ["cryptology", "x"], [])
    assert pd.isna(row["lat"])
    assert pd.isna(row["website"])


def test_regions_have_their_indicators(query) -> None:
    assert query("SELECT count(*) FROM region_indicator ANTI JOIN indicator USING (indicator)") == [
        (0,)
    ]
    assert query("SELECT count(*) FROM region_indicator ANTI JOIN region USING (nuts_id)") == [(0,)]
    assert (settings().reference_dir / "indicators.csv").is_file()
