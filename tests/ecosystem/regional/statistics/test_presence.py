import pandas as pd
import pytest

from ecosystem.regional.statistics.presence import EUROPE, presence

COUNTS = pd.DataFrame(
    {"detect": [3, 0, 1, 0], "recover": [0, 0, 9, 0]}, index=["FR10", "FRH0", "EE00", "FRI1"]
)
COUNTRIES = pd.Series({"FR10": "FR", "FRH0": "FR", "EE00": "EE", "FRI1": "FR"})


def test_by_hand():
    # Detecting: one of three French regions, the one Estonian, two of four in all.
    found = presence(COUNTS, COUNTRIES)
    assert found["share"].unstack().loc[[EUROPE, "EE", "FR"]].to_dict("list") == {
        "detect": [0.5, 1.0, pytest.approx(1 / 3)],
        "recover": [0.25, 1.0, 0.0],
    }
    assert found.loc[("FR", "detect"), ["regions_with", "regions"]].tolist() == [1, 3]
    assert list(found.index.get_level_values("area").unique()) == [EUROPE, "EE", "FR"]


def test_many_rows_in_one_region_change_nothing():
    assert presence(COUNTS * 50, COUNTRIES).equals(presence(COUNTS, COUNTRIES))


def test_no_regions():
    found = presence(COUNTS.iloc[:0], COUNTRIES.iloc[:0])
    assert list(found.index.get_level_values("area").unique()) == [EUROPE]
    assert found["share"].isna().all()


def test_a_region_needs_its_country():
    with pytest.raises(ValueError, match="needs a country"):
        presence(COUNTS, COUNTRIES.where(COUNTRIES != "EE"))
    with pytest.raises(ValueError, match="same regions"):
        presence(COUNTS, COUNTRIES.iloc[::-1])
