"""Endings of web addresses that are those of a region: ``.re`` of Réunion, ``.wales``."""

from __future__ import annotations

import csv
from functools import cache

from ecosystem.common.links import host
from ecosystem.common.settings import settings


def region_of_ending(address: str) -> tuple[str, str]:
    """Ending of a web address and the NUTS region that it is of; both empty if it is of none.

    Parameters
    ----------
    address : str
        A web address, or nothing.
    """
    ending = host(address).rpartition(".")[2] if address else ""
    region = _regions().get(ending, "")
    return (ending, region) if region else ("", "")


@cache
def _regions() -> dict[str, str]:
    path = settings().schema_dir / "web_endings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["ending"]: row["nuts_code"] for row in csv.DictReader(file)}
