"""Charts and tables lead to their numbers as data."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest

from ecosystem.api import statistics
from ecosystem.web import serving
from tests.pages.conftest import Visit

DATA = re.compile(r"\[Data\]\((api/statistics\?[^)]*)\)")
REGION = {"measures", "representation", "types", "function-shares", "founding-years", "eurostat"}


@pytest.mark.parametrize(
    ("page", "params", "expected"),
    [
        ("regions", {"country": "FR"}, {"organisations", "map-concentration", "presence-domains"}),
        ("region", {"region": "FRH0", "type": "sme"}, {*REGION, "funding-rounds"}),
        ("compare", {"compare": ["fr-bretagne", "ee-estonia"]},
         {"measures", "representation", "function-shares", "coverage"}),
        ("quality", {"level": "nuts0"}, {"quality"}),
        ("network", {"kind": "pilot", "year": "2021"}, {"links", "connections"}),
        ("network", {"show": "similar", "kind": "pilot"}, {"similar-profiles", "connections"}),
    ],
)  # fmt: skip
def test_each_link_gives_the_figure_that_is_shown(
    visit: Visit, page: str, params: dict[str, str | list[str]], expected: set[str]
) -> None:
    app = visit(page, params)
    assert not app.exception
    links = [to for caption in app.caption for to in DATA.findall(caption.value)]
    queries = [statistics.read(serving.database(), parse_qs(to.partition("?")[2])) for to in links]
    assert {query.figure.code for query in queries} == expected
    for query in queries:
        if query.figure.takes_filter:
            assert query.of.filter.to_params() == {
                name: [value] for name, value in params.items() if name in ("country", "type")
            }
