import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.regional.statistics.peers import STRUCTURE, peers, standardise
from tests.ecosystem.regional.statistics.samples import PROPERTY

FOUR = pd.DataFrame(
    {
        "population": [1e6, 1e6, 1e6, 4e6],
        "gdp_pps_per_inhabitant": [20_000, 30_000, 40_000, None],
        "gerd_pct_gdp": [1.0, None, 3.0, None],
        "tertiary_25_64_pct": [30.0, 30.0, None, None],
    },
    index=["A", "B", "C", "D"],
)


def test_scores_by_hand():
    # GDP of A, B, C: mean 30,000, standard deviation sqrt((10² + 0 + 10²) / 3) = 8.165 thousand:
    # -1.2247, 0, 1.2247. Research of A and C: mean 2, deviation 1. Tertiary: all equal, 0.
    # ln population: three times x and once x + ln 4; mean x + ln 4 / 4, deviation
    # ln 4 · sqrt(3) / 4: A is -1 / sqrt(3), D is sqrt(3).
    scores = standardise(FOUR)
    assert scores["gdp_pps_per_inhabitant"].tolist()[:3] == pytest.approx(
        [-math.sqrt(1.5), 0, math.sqrt(1.5)]
    )
    assert scores.loc[["A", "C"], "gerd_pct_gdp"].tolist() == [-1, 1]
    assert scores.loc[["A", "B"], "tertiary_25_64_pct"].tolist() == [0, 0]
    assert scores["population"].tolist() == pytest.approx([-1 / math.sqrt(3)] * 3 + [math.sqrt(3)])
    assert scores.isna().equals(FOUR.isna())


def test_peers_by_hand():
    # A and B share population (0), GDP (1.2247) and tertiary (0): sqrt(1.5 / 3) = 0.7071.
    # A and C share population (0), GDP (2.4495) and research (2): sqrt((6 + 4) / 3) = 1.8257.
    # A and D share only population: too little.
    found = peers(FOUR, "A")
    assert found["distance"].to_dict() == pytest.approx(
        {"B": math.sqrt(0.5), "C": math.sqrt(10 / 3)}
    )
    assert found.loc["B", "used"] == [
        "population", "gdp_pps_per_inhabitant", "tertiary_25_64_pct",
    ]  # fmt: skip
    assert list(found.columns) == ["distance", "used"]
    assert list(peers(FOUR, "A", limit=1).index) == ["B"]
    assert "D" in peers(FOUR, "A", minimum=1).index


def test_regions_that_share_more_come_first():
    # C is nearer in what it has, but lacks one that B has.
    three = pd.DataFrame(
        {
            "gdp_pps_per_inhabitant": [1.0, 2.0, 1.0, 9.0],
            "gerd_pct_gdp": [1.0, 2.0, 1.0, 9.0],
            "tertiary_25_64_pct": [1.0, 2.0, None, 9.0],
        },
        index=["A", "B", "C", "D"],
    )
    found = peers(three, "A")
    assert list(found.index) == ["B", "D", "C"]
    assert found.loc["C", "distance"] == 0


def test_a_region_with_one_value_has_no_peers():
    found = peers(FOUR, "D")
    assert found.empty
    assert list(found.columns) == ["distance", "used"]


def test_years_that_differ_are_named():
    years = FOUR.notna().replace(False, np.nan).astype(float) * 2023
    years.loc["B", "gdp_pps_per_inhabitant"] = 2019
    found = peers(FOUR, "A", years=years.astype("Int64"))
    assert found["other_year"].to_dict() == {"B": ["gdp_pps_per_inhabitant"], "C": []}


@pytest.mark.parametrize(
    ("indicators", "region", "message"),
    [
        (FOUR, "X", "unknown region: X"),
        (FOUR.rename(columns={"gerd_pct_gdp": "luck"}), "A", "unknown indicator: luck"),
        (FOUR.assign(population=0), "A", "greater than zero"),
    ],
)
def test_bad_input_is_an_error(indicators, region, message):
    with pytest.raises(ValueError, match=message):
        peers(indicators, region)


def test_years_of_other_regions_are_an_error():
    with pytest.raises(ValueError, match="same regions"):
        peers(FOUR, "A", years=FOUR.iloc[:2])


VALUES = st.none() | st.floats(1, 1e6)


@PROPERTY
@given(st.lists(st.tuples(VALUES, VALUES, VALUES, VALUES), min_size=1, max_size=8))
def test_distances_are_mutual(rows):
    indicators = pd.DataFrame(rows, columns=list(STRUCTURE), dtype=float)
    indicators.index = pd.Index([f"R{i}" for i in range(len(rows))])
    found = {region: peers(indicators, region, limit=99) for region in indicators.index}
    for region, frame in found.items():
        order = list(zip(-frame["used"].map(len), frame["distance"], strict=True))
        assert order == sorted(order)
        for other, row in frame.iterrows():
            assert row["distance"] == pytest.approx(found[other].loc[region, "distance"])
            assert len(row["used"]) >= 2


def test_against_scikit_learn():
    # Its distance is scaled up to all four indicators, ours down to one: a factor of 2.
    from sklearn.metrics.pairwise import nan_euclidean_distances

    random = np.random.default_rng(3)
    values = random.lognormal(size=(30, 4))
    values[random.random((30, 4)) < 0.3] = np.nan
    indicators = pd.DataFrame(values, columns=list(STRUCTURE))
    expected = nan_euclidean_distances(standardise(indicators))[0] / 2
    found = peers(indicators, 0, limit=99, minimum=1)["distance"]
    assert np.allclose(found, expected[found.index])
