"""Facts beyond the register, each with the public page that says so (``data/facts.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecosystem.common.links import web_address
from ecosystem.common.settings import ROOT

FILE = ROOT / "data" / "facts.toml"


@dataclass(frozen=True)
class Fact:
    """One fact: what it belongs to, the fact in own words, and the page that says so."""

    topic: str
    text: str
    source: str


def facts(topic: str) -> list[Fact]:
    """The facts of a topic, in the order of the file."""
    return [Fact(**entry) for entry in _file()["fact"] if entry["topic"] == topic]


def topics() -> set[str]:
    """All topics of the file."""
    return {entry["topic"] for entry in _file()["fact"]}


def cyber_rows() -> Mapping[str, Sequence[str]]:
    """Rows of the register that belong to Interreg Europe CYBER: identifiers by list."""
    rows: Mapping[str, Sequence[str]] = _file()["cyber"]
    return rows


@cache
def _file() -> dict[str, Any]:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    wrong = [entry["text"] for entry in content["fact"] if web_address(entry["source"]) is None]
    if wrong:
        raise ValueError(f"Facts without a page to link to: {wrong}")
    return content
