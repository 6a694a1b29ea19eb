"""What others build on the interface: the notebook of the documentation, and made-up requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from ecosystem.common.settings import ROOT
from tests.browser.server import serving
from tests.ecosystem.api.conftest import BASE
from tests.examples import examples

NOTEBOOK = ROOT / "docs" / "open-data.ipynb"


@pytest.fixture(scope="module")
def served(releases_dir: Path) -> Iterator[str]:
    # A process of its own: GDAL lets no other thread of this one work while it waits.
    with serving(releases_dir) as address:
        yield f"{address}/api"


@pytest.mark.slow
def test_the_notebook_runs(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_API", served)
    mpl.use("agg")
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # noqa: S102  (our own)
    assert names["difference"] < 1e-9  # type: ignore[operator]
    assert len(names["together"]) > 40  # type: ignore[arg-type]


def test_no_request_that_the_definition_allows_breaks_it(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    cases = schema.as_strategy()

    @settings(
        max_examples=examples(60),
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        deadline=None,
    )
    @given(case=cases)
    def asked(case: schemathesis.Case) -> None:
        path = case.formatted_path
        answer = client.get(f"{BASE}/api{path}", params=case.query or None)
        assert answer.status_code < 500, (path, case.query, answer.text)

    asked()
