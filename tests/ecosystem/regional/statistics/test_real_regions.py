"""Three real regions, worked out by plain Python from the register file and nothing else.

What is expected is counted here with dictionaries and sums, not with the package; regions are
those of the column ``nuts2_hint``: Bretagne (NUTS 2), Nordrhein-Westfalen (the NUTS 1 of five
of them) and Eesti (a whole country).
"""

import csv
import math
import statistics

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.regional.statistics import counts as c
from ecosystem.regional.statistics.completeness import function_coverage, roles_present
from ecosystem.regional.statistics.diversity import effective_number, herfindahl
from ecosystem.regional.statistics.similarity import cosine_similarity
from ecosystem.regional.statistics.specialisation import location_quotient
from tests.ecosystem.regional.statistics.samples import tabulate

UNITS = ("FRH0", "DEA", "EE")
ROLES = {
    "business": {"sme", "large"},
    "research": {"research"},
    "training": {"training"},
    "public": {"public", "csirt"},
    "support": {"support", "cluster"},
    "capital": {"investor"},
}
LISTS = ("domains", "sectors", "functions")


def read_register() -> list[dict]:
    with (settings().register_dir / "organisations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in LISTS:
            row[column] = [code for code in row[column].split(";") if code]
        row["founded"] = int(row["founded"]) if row["founded"] else None
        row["region"] = next((u for u in UNITS if row["nuts2_hint"].startswith(u)), None)
    return rows


ROWS = read_register()
DOMAINS = sorted({domain for row in ROWS for domain in row["domains"]})
COUNTS = tabulate(pd.DataFrame(ROWS), UNITS)
WHOLE = tabulate(pd.DataFrame(ROWS).assign(region="all"), ["all"])
QUOTIENTS = location_quotient(
    COUNTS.domains,
    COUNTS.n,
    whole_counts=WHOLE.domains.loc["all"],
    whole_n=int(WHOLE.n["all"]),
)


def of(unit: str) -> list[dict]:
    return [row for row in ROWS if row["region"] == unit]


def having(rows: list[dict], column: str, code: str) -> int:
    return sum(code in row[column] for row in rows)


def quotient(unit: str, domain: str) -> float:
    own, all_ = of(unit), ROWS
    return (having(own, "domains", domain) / len(own)) / (
        having(all_, "domains", domain) / len(all_)
    )


def test_there_is_something_to_count():
    # The register grows; these three are not going to be nearly empty.
    assert all(len(of(unit)) >= 10 for unit in UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_headline_numbers(unit):
    own = of(unit)
    years = [row["founded"] for row in own if row["founded"] is not None]
    assert COUNTS.n[unit] == len(own)
    assert c.per_million(COUNTS.n, pd.Series({unit: 2e6}))[unit] == pytest.approx(len(own) / 2)
    by_area = c.per_1000_km2(COUNTS.n, pd.Series({unit: 25_000}))
    assert by_area[unit] == pytest.approx(len(own) / 25)
    assert COUNTS.founded["known"][unit] == len(years)
    assert COUNTS.founded["median"][unit] == statistics.median(years)
    assert c.evidence_share(COUNTS.evidence, COUNTS.n)[unit] == pytest.approx(
        sum(row["evidence"] == "page" for row in own) / len(own)
    )


@pytest.mark.parametrize("unit", UNITS)
def test_types_and_sectors(unit):
    own = of(unit)
    for code, count in COUNTS.types.loc[unit].items():
        assert count == sum(row["type"] == code for row in own)
    for code, count in COUNTS.sectors.loc[unit].items():
        assert count == having(own, "sectors", code)


@pytest.mark.parametrize("unit", UNITS)
def test_quotients(unit):
    found = QUOTIENTS.loc[unit]
    for domain in DOMAINS:
        assert found.loc[domain, "count"] == having(of(unit), "domains", domain)
        assert found.loc[domain, "lq"] == pytest.approx(quotient(unit, domain))
        # Exactly, from the binomial coefficients: so many of the domain's among so many drawn.
        n, drawn, marked = len(ROWS), len(of(unit)), having(ROWS, "domains", domain)
        ways = sum(
            math.comb(marked, k) * math.comb(n - marked, drawn - k)
            for k in range(having(of(unit), "domains", domain), min(drawn, marked) + 1)
        )
        cells = len(UNITS) * len(DOMAINS)
        harmonic = sum(1 / i for i in range(1, cells + 1))
        # Adjusted, a chance is never below itself, nor above cells times harmonic times itself.
        chance = ways / math.comb(n, drawn)
        q = found.loc[domain, "q"]
        assert min(chance, 1) * 0.999 <= q <= min(chance * cells * harmonic, 1) * 1.001


@pytest.mark.parametrize("unit", UNITS)
def test_diversity(unit):
    mentions = [having(of(unit), "domains", domain) for domain in DOMAINS]
    p = [count / sum(mentions) for count in mentions if count]
    assert effective_number(COUNTS.domains)[unit] == pytest.approx(
        math.exp(-sum(share * math.log(share) for share in p))
    )
    assert herfindahl(COUNTS.domains)[unit] == pytest.approx(sum(share**2 for share in p))


@pytest.mark.parametrize("unit", UNITS)
def test_completeness(unit):
    own = of(unit)
    present = roles_present(COUNTS.types).loc[unit]
    for role, types in ROLES.items():
        assert present[role] == any(row["type"] in types for row in own)
    coverage = function_coverage(COUNTS.functions, COUNTS.n).loc[unit]
    for function, share in coverage.items():
        assert share == pytest.approx(having(own, "functions", function) / len(own))


@pytest.mark.parametrize(("one", "other"), [("FRH0", "DEA"), ("FRH0", "EE"), ("DEA", "EE")])
def test_similarity(one, other):
    a, b = ([having(of(unit), "domains", d) for d in DOMAINS] for unit in (one, other))
    expected = (
        sum(x * y for x, y in zip(a, b, strict=True))
        / math.dist(a, [0] * len(a))
        / math.dist(b, [0] * len(b))
    )
    assert cosine_similarity(COUNTS.domains).loc[one, other] == pytest.approx(expected)
