"""Every fact has its page, and rows that are named are rows of the register."""

from __future__ import annotations

import csv

from ecosystem.common import facts
from ecosystem.common.links import web_address
from tests.conftest import REGISTER


def test_every_fact_has_a_page_to_link_to() -> None:
    for topic in facts.topics():
        assert all(web_address(fact.source) and fact.text for fact in facts.facts(topic))


def test_the_working_group_has_two_objectives_and_three_sub_groups() -> None:
    assert len(facts.facts("wg4-objectives")) == 2
    assert sum(fact.text.startswith("Sub-group") for fact in facts.facts("wg4-chairs")) == 3


def test_rows_of_interreg_cyber_are_in_the_register() -> None:
    for name in ("practices", "events"):
        with (REGISTER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            known = {next(iter(row.values())) for row in csv.DictReader(file)}
        missing = set(facts.cyber_rows()[name]) - known
        # The tests' register is frozen and has fewer events.
        assert name == "events" or not missing
        assert len(missing) < len(facts.cyber_rows()[name])
