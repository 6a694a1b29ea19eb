"""The label's page, its marks elsewhere, and a self-check that nothing remembers."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.common.settings import settings
from ecosystem.finding import made_in_europe
from ecosystem.ui import data
from etl import pipeline
from tests.pages.conftest import Visit, use_releases

LIMES, SECURE, HAGENBERG = "at-limes-security-gmbh", "fr-secure-ic", "at-softwarepark-hagenberg"
DAYS_LEFT = {LIMES: 400, SECURE: 30, HAGENBERG: -10}
COMPANY = "Very Secret Ltd 4711"


@pytest.fixture(scope="module")
def with_labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release in which one label is valid, one expires soon and one has expired."""
    folder = tmp_path_factory.mktemp("labels")
    register = Path(shutil.copytree(settings().register_dir, folder / "register"))
    day = made_in_europe.today()
    with (register / "labels.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                org_id,
                "<b>Issuer</b>",
                day - timedelta(500),
                day + timedelta(left),
                "",
                "https://x.eu",
            ]
            for org_id, left in DAYS_LEFT.items()
        )
    pipeline.run(register, folder / "releases")
    return folder / "releases"


def words(app: AppTest) -> str:
    kinds = [app.title, app.header, app.markdown, app.caption, app.info]
    return "\n".join(str(element.value) for elements in kinds for element in elements)


def legend(app: AppTest) -> str:
    return next(html.proto.body for html in app.get("html") if "cv-legend" in html.proto.body)


def test_an_empty_register_says_so_and_shows_no_zero(visit: Visit) -> None:
    assert made_in_europe.EMPTY in words(visit("label"))
    app = visit("map")
    assert "labelled" not in words(app)
    assert made_in_europe.NAME not in legend(app)
    assert "filter_label" not in [box.key for box in app.multiselect]


@pytest.mark.slow
def test_labels_are_listed_with_status_day_and_issuer(
    visit: Visit, with_labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_releases(monkeypatch, with_labels)
    app = visit("label")
    assert not app.exception
    text = words(app)
    for status in ("valid", "expires within 90 days", "expired"):
        assert f"Cybersecurity Made in Europe: {status}]" in text
    assert "<b>" not in text
    assert made_in_europe.EMPTY not in text


@pytest.mark.slow
def test_the_label_filters_and_is_counted(
    visit: Visit, with_labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_releases(monkeypatch, with_labels)
    app = visit("map")
    assert "2 labelled" in words(app)
    assert made_in_europe.NAME in legend(app)
    app.multiselect(key="filter_label").set_value(["expired"]).run()
    assert app.query_params["label"] == "expired"
    assert "**1 organisation**" in words(app)
    assert made_in_europe.NAME not in legend(app)
    app = visit("organisation", {"org": SECURE})
    assert "expires within 90 days" in words(app)
    app = visit("directory", {"label": "valid"})
    assert "Cybersecurity Made in Europe, valid until" in words(app)


def test_answers_give_a_result_and_can_be_cleared(visit: Visit) -> None:
    app = visit("label")
    assert "Nothing is answered yet." in words(app)
    app.radio(key="label_check_company").set_value("yes")
    app.radio(key="label_check_ownership").set_value("no").run()
    assert "1 of 5 criteria answered with yes." in words(app)
    assert "By your answers these are not met: European ownership." in words(app)
    clear = next(button for button in app.button if button.label == "Clear my answers")
    clear.click().run()
    assert "Nothing is answered yet." in words(app)
    assert not app.exception


def test_nothing_of_the_self_check_is_kept(
    visit: Visit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[str] = []
    answers = data._answers

    class Listener:
        def get(self, question: tuple[Any, ...], answer: Callable[[], bytes]) -> bytes:
            asked.append(repr(question))
            return answers.get(question, answer)

    monkeypatch.setattr(data, "_answers", Listener())
    app = visit("label")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    app.radio(key="label_check_data").set_value("unsure")
    app.checkbox(key="label_check_data_0").check()
    app.text_input(key="label_check_name").set_value(COMPANY).run()
    assert "To clear up:" in words(app)
    assert dict(app.query_params) == {}
    assert list(tmp_path.iterdir()) == []
    assert COMPANY not in caplog.text
    assert asked, "the cache was asked for other things"
    assert not [args for args in asked if COMPANY in args or "unsure" in args]
    assert COMPANY not in words(app)
    other = visit("label")
    assert other.text_input(key="label_check_name").value == ""
    assert other.radio(key="label_check_data").value is None
