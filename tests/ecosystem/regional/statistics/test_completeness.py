import pandas as pd
import pytest

from ecosystem.common.vocabulary import FUNCTIONS, ROLE_OF_TYPE, ROLES, TYPES
from ecosystem.regional.statistics.completeness import function_coverage, role_counts, roles_present


def types(**counts: int) -> pd.DataFrame:
    return pd.DataFrame([{code: counts.get(code, 0) for code in TYPES}], index=["A"])


def test_every_type_has_a_role_and_every_role_a_type():
    assert set(ROLE_OF_TYPE) == set(TYPES)
    assert set(ROLE_OF_TYPE.values()) == set(ROLES)


def test_roles_by_hand():
    # SMEs and large companies are one role; a CSIRT is public, a cluster is support.
    found = role_counts(types(sme=3, large=2, csirt=1, cluster=1, support=1))
    assert found.loc["A"].to_dict() == {
        "business": 5, "research": 0, "training": 0, "public": 1, "support": 2, "capital": 0,
    }  # fmt: skip
    assert list(found.columns) == list(ROLES)
    assert roles_present(types(sme=3, csirt=1)).sum(axis=1).tolist() == [2]


def test_complete_and_empty():
    assert roles_present(types(**dict.fromkeys(TYPES, 1))).to_numpy().all()
    assert not roles_present(types()).to_numpy().any()
    assert list(roles_present(types()).columns) == list(ROLES)


def test_investors_of_their_own_file_are_capital_too():
    found = role_counts(types(sme=1, investor=1), pd.Series({"A": 2}))
    assert found.loc["A", ["business", "capital"]].tolist() == [1, 3]
    assert roles_present(types(sme=1), pd.Series({"A": 1})).loc["A", "capital"]
    with pytest.raises(ValueError, match="same regions"):
        role_counts(types(), pd.Series({"B": 1}))
    with pytest.raises(ValueError, match="not negative"):
        role_counts(types(), pd.Series({"A": -1}))


def test_unknown_types_and_functions_are_errors():
    with pytest.raises(ValueError, match="unknown type: unicorn"):
        roles_present(pd.DataFrame({"unicorn": [1]}))
    with pytest.raises(ValueError, match="unknown function: govern"):
        function_coverage(pd.DataFrame({"govern": [1]}), pd.Series([1]))


def test_coverage_by_hand():
    # Of 4, all protect and one detects; nobody in B, so no share.
    functions = pd.DataFrame({"protect": [4, 0], "detect": [1, 0]}, index=["A", "B"])
    found = function_coverage(functions, pd.Series({"A": 4, "B": 0}))
    assert list(found.columns) == list(FUNCTIONS)
    assert found.loc["A"].tolist() == [0, 1, 0.25, 0, 0]
    assert found.loc["B"].isna().all()
