import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.vocabulary import DOMAINS, EVIDENCE, FUNCTIONS, SECTORS, TYPES
from ecosystem.regional.statistics import counts as c
from tests.ecosystem.regional.statistics.samples import (
    COLUMNS,
    PROPERTY,
    REGIONS,
    frames,
    organisation,
    organisations,
    tabulate,
)

FIELDS = ("n", "types", "domains", "functions", "sectors", "evidence", "founded")


def assert_equal(one: c.RegionCounts, other: c.RegionCounts) -> None:
    for field in FIELDS:
        assert getattr(one, field).equals(getattr(other, field)), field


def by_database(frame: pd.DataFrame, regions: list[str]) -> c.RegionCounts:
    """The same counts as tabulate, by SQL."""
    connection = duckdb.connect()
    lists = "VARCHAR[]"
    connection.execute(
        f"CREATE TABLE o (org_id VARCHAR, region VARCHAR, type VARCHAR, domains {lists}, "
        f"functions {lists}, sectors {lists}, founded SMALLINT, evidence VARCHAR)"
    )
    if len(frame):
        rows = frame.astype(object).where(frame.notna(), None)
        connection.executemany("INSERT INTO o VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows.to_numpy())
    groups = {
        name: connection.sql(
            f"SELECT region, code, count(*) AS n FROM (SELECT region, {code} AS code FROM o) "
            "GROUP BY ALL"
        ).fetchall()
        for name, code in {
            "types": "type",
            "domains": "unnest(domains)",
            "functions": "unnest(functions)",
            "sectors": "unnest(sectors)",
            "evidence": "evidence",
        }.items()
    }
    founded = connection.sql(
        "SELECT region, count(founded) AS known, median(founded) AS median FROM o GROUP BY ALL"
    ).fetchall()
    return c.from_groups(regions, groups, founded)


def test_counts_by_hand():
    # R1: two SMEs and a lab; R2: one investor; R3: nobody; one SME outside all regions.
    # Years of R1: 1990, 2001, 2010, median 2001; of R2: none.
    counts = tabulate(
        organisations(
            organisation(1, "R1", domains=["cryptology", "legal-aspects"], founded=1990),
            organisation(2, "R1", founded=2010, evidence="general", sectors=["energy"]),
            organisation(3, "R1", type="research", domains=["legal-aspects"], founded=2001),
            organisation(4, "R2", type="investor", functions=["detect", "protect"]),
            organisation(5, None),
        ),
        ["R3", "R1", "R2"],
    )
    assert counts.n.to_dict() == {"R3": 0, "R1": 3, "R2": 1}
    assert counts.types.loc["R1"].loc[lambda row: row > 0].to_dict() == {"sme": 2, "research": 1}
    assert counts.domains.loc["R1", ["cryptology", "legal-aspects"]].tolist() == [2, 2]
    assert counts.functions.loc["R2", ["protect", "detect"]].tolist() == [1, 1]
    assert counts.sectors.sum().sum() == 1
    assert counts.evidence.loc["R1"].to_dict() == {"page": 2, "confirmed": 0, "general": 1}
    assert counts.founded["known"].to_dict() == {"R3": 0, "R1": 3, "R2": 0}
    assert counts.founded.loc["R1", "median"] == 2001
    assert counts.founded["median"].isna().to_dict() == {"R3": True, "R1": False, "R2": True}
    assert counts.small.all()
    assert list(counts.regions) == ["R3", "R1", "R2"]


def test_every_code_has_its_column_in_the_order_of_the_vocabulary():
    counts = tabulate(organisations(), REGIONS)
    for name, vocabulary in {
        "types": TYPES,
        "domains": DOMAINS,
        "functions": FUNCTIONS,
        "sectors": SECTORS,
        "evidence": EVIDENCE,
    }.items():
        matrix = getattr(counts, name)
        assert list(matrix.columns) == list(vocabulary)
        assert (matrix.dtypes == "int64").all()
        assert not matrix.to_numpy().any()


def test_no_region_at_all():
    counts = tabulate(organisations(), [])
    assert len(counts.n) == 0
    assert counts.domains.empty


@PROPERTY
@given(frames())
def test_the_database_and_pandas_count_alike(frame):
    assert_equal(tabulate(frame, REGIONS), by_database(frame, REGIONS))


@PROPERTY
@given(frames(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(frame, random):
    rows = list(range(len(frame)))
    random.shuffle(rows)
    assert_equal(tabulate(frame, REGIONS), tabulate(frame.iloc[rows], REGIONS))


@PROPERTY
@given(frames(outside=False))
def test_counts_over_the_regions_add_up_to_the_total(frame):
    counts = tabulate(frame, REGIONS)
    whole = tabulate(frame.assign(region="all"), ["all"])
    assert counts.n.sum() == len(frame)
    for field in ("types", "domains", "functions", "sectors", "evidence"):
        assert getattr(counts, field).sum().equals(getattr(whole, field).loc["all"])
    assert counts.founded["known"].sum() == whole.founded.loc["all", "known"]


def test_a_code_twice_in_a_list_is_one_organisation():
    counts = tabulate(
        organisations(organisation(1, "R1", domains=["cryptology", "cryptology"])), ["R1"]
    )
    assert counts.domains.loc["R1", "cryptology"] == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": "unicorn"}, "unknown Type: unicorn"),
        ({"domains": ["astrology"]}, "unknown JRC domain: astrology"),
        ({"domains": "cryptology;legal-aspects"}, "unknown JRC domain"),
        ({"functions": ["govern"]}, "unknown NIST CSF 1.1 function: govern"),
        ({"sectors": ["magic"]}, "unknown Sector: magic"),
        ({"evidence": "hearsay"}, "unknown Evidence: hearsay"),
        ({"region": "XX00"}, "unknown region: XX00"),
        ({"region": None, "type": "unicorn"}, "unknown Type: unicorn"),
        ({"type": None}, "needs a type"),
        ({"evidence": None}, "needs a type and a kind of evidence"),
    ],
)
def test_what_is_not_in_the_vocabulary_is_an_error(changes, message):
    row = organisation(1, **({"region": "R1"} | changes))
    with pytest.raises(ValueError, match=message):
        tabulate(organisations(row), ["R1"])


def test_a_repeated_organisation_is_an_error():
    twice = organisations(organisation(1, "R1"), organisation(1, "R1"))
    with pytest.raises(ValueError, match="org_id is repeated"):
        tabulate(twice, ["R1"])


def test_a_frame_without_a_column_is_an_error():
    with pytest.raises(ValueError, match="columns missing: founded"):
        tabulate(organisations().drop(columns="founded"), ["R1"])


@pytest.mark.parametrize("regions", [["R1", "R1"], ["R1", None]])
def test_regions_must_be_unique_and_known(regions):
    with pytest.raises(ValueError, match="region ids"):
        tabulate(organisations(), regions)


def test_a_missing_matrix_is_an_error():
    with pytest.raises(ValueError, match="matrices missing: domains, evidence"):
        c.from_groups(
            ["R1"],
            {name: [] for name in ("types", "functions", "sectors")},
            [],
        )


def test_a_pair_twice_is_an_error():
    groups = {name: [] for name in ("types", "domains", "sectors", "evidence")}
    groups["functions"] = [("R1", "detect", 1), ("R1", "detect", 2)]
    with pytest.raises(ValueError, match="there twice"):
        c.from_groups(["R1"], groups, [])


def _broken(**changes):
    counts = tabulate(organisations(organisation(1, "R1", founded=2000)), ["R1"])
    fields = {field: getattr(counts, field).copy() for field in FIELDS}
    return c.RegionCounts(**(fields | {k: f(fields[k]) for k, f in changes.items()}))


@pytest.mark.parametrize(
    ("field", "change", "message"),
    [
        ("n", lambda n: n - 2, "not negative"),
        ("n", lambda n: n + 1, "rows of types must add up to n"),
        ("evidence", lambda m: m * 0, "rows of evidence must add up to n"),
        ("domains", lambda m: m * 2, "more organisations than there are"),
        ("sectors", lambda m: m.rename({"R1": "R2"}), "same regions"),
        ("functions", lambda m: m.iloc[:, ::-1], "in order"),
        ("founded", lambda m: m.assign(known=2), "founded counts more"),
        ("founded", lambda m: m.assign(median=np.nan), "a median year must be there"),
        ("founded", lambda m: m.assign(known=0), "a median year must be there"),
    ],
)
def test_counts_that_contradict_one_another_are_an_error(field, change, message):
    with pytest.raises(ValueError, match=message):
        _broken(**{field: change})


def test_per_million_by_hand():
    # 29 / 3.4 million = 8.529; nobody in a known population is a true 0; a gap stays one.
    n = pd.Series({"FRH0": 29, "EL65": 0, "UKI3": 3, "CH01": 2})
    inhabitants = pd.Series({"EL65": 5e5, "FRH0": 3.4e6, "UKI3": np.nan, "IS00": 4e5})
    found = c.per_million(n, inhabitants)
    assert list(found.index) == list(n.index)
    assert found["FRH0"] == pytest.approx(8.5294, abs=1e-4)
    assert found["EL65"] == 0
    assert found[["UKI3", "CH01"]].isna().all()


def test_per_1000_km2_by_hand():
    # 29 on 27,200 km2: 1.066 on 1,000 km2.
    found = c.per_1000_km2(pd.Series({"FRH0": 29}), pd.Series({"FRH0": 27_200}))
    assert found["FRH0"] == pytest.approx(1.0662, abs=1e-4)


@pytest.mark.parametrize("function", [c.per_million, c.per_1000_km2])
@pytest.mark.parametrize("size", [0, -5])
def test_a_size_of_nothing_is_an_error(function, size):
    with pytest.raises(ValueError, match="greater than zero"):
        function(pd.Series({"R1": 1}), pd.Series({"R1": size}))


def test_shares_need_the_same_regions():
    with pytest.raises(ValueError, match="same regions"):
        c.shares(pd.DataFrame({"detect": {"R1": 1}}), pd.Series({"R2": 1}))


def test_an_empty_frame_needs_no_types():
    assert tabulate(pd.DataFrame(columns=COLUMNS), ["R1"]).n.tolist() == [0]
