"""Codes of NUTS regions as people write them: other editions, other letters for a country.

The correspondence of editions stands in ``data/schema/nuts_editions.csv``: NUTS 2 codes of 2006,
2010, 2013, 2016 and 2024 that NUTS 2021 hasn't, after the regulations (EC) 105/2007, (EU) 31/2011,
1319/2013, 2016/2066, 2019/1755 and 2023/674. The register is in NUTS 2021.
"""

from __future__ import annotations

import csv
from functools import cache
from typing import NamedTuple

from ecosystem.common.settings import settings

# Greece and the United Kingdom have other letters in NUTS than in ISO 3166.
_LETTERS = {"GR": "EL", "GB": "UK"}


class Edition(NamedTuple):
    """A code of another edition: its last year of validity, and its regions in NUTS 2021."""

    edition: str
    regions: tuple[str, ...]


def nuts_2021(code: str) -> str:
    """Code of NUTS 2021 for one of another edition that is one region there; others as they are.

    Parameters
    ----------
    code : str
        In capitals: ``"GR30"`` becomes ``"EL30"``, ``"FR52"`` ``"FRH0"``.
    """
    own = _LETTERS.get(code[:2], code[:2]) + code[2:]
    other = editions().get(own)
    return other.regions[0] if other and len(other.regions) == 1 else own


def prefixes(code: str) -> tuple[str, ...]:
    """Beginnings of the NUTS 2021 ids that lie in a region: its own, or those it was split into."""
    other = editions().get(code)
    return other.regions if other else (code,)


@cache
def editions() -> dict[str, Edition]:
    """Code that NUTS 2021 hasn't -> its edition and regions."""
    path = settings().schema_dir / "nuts_editions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Edition(row["edition"], tuple(row["nuts_2021"].split(";")))
            for row in csv.DictReader(file)
        }
