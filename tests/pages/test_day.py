"""An answer is kept for a day only where it depends on the day, and everywhere where it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations, regions
from ecosystem.ui import data
from tests.pages.conftest import Visit

PAGES = (
    ("map", {}),
    ("regions", {"measure": "labelled-share"}),
    ("directory", {"label": "valid"}),
    ("region", {"region": "FRH0"}),
    ("compare", {"compare": ["FRH0", "EE00"]}),
)


class Watch:
    """Answers every question anew and notes those that look at the day without saying so."""

    def __init__(self) -> None:
        self.silent: list[str] = []
        self._name = ""

    def get(self, question: tuple[Any, ...], answer: Callable[[], bytes]) -> bytes:
        _release, day, name, *_arguments = question
        with self._unless(day is not None, name):
            return answer()

    @contextmanager
    def _unless(self, is_daily: bool, name: str) -> Iterator[None]:
        before, self._name = self._name, "" if is_daily else name
        yield
        self._name = before

    def today(self, _: Any) -> date:
        if self._name:
            self.silent.append(self._name)
        return made_in_europe.today()


@pytest.mark.parametrize(("page", "params"), PAGES)
def test_no_question_hides_that_it_depends_on_the_day(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, page: str, params: dict[str, Any]
) -> None:
    watch = Watch()
    monkeypatch.setattr(data, "_answers", watch)
    monkeypatch.setitem(made_in_europe.BOUND, "today", watch.today)
    assert not visit(page, params).exception
    assert watch.silent == []


def test_questions_about_anything_else_outlive_the_day() -> None:
    assert data._is_daily(organisations.summary, Filter())
    assert data._is_daily(regions.organisation_counts, Filter(label=("valid",)), "nuts2")
    assert not data._is_daily(regions.organisation_counts, Filter(type=("sme",)), "nuts2")
    assert not data._is_daily(regions.names)
