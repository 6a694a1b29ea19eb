"""The register that is published from, in ``data/register``, is one that a release can be made of.

No other test looks at it. These hold for every valid register, so they say nothing of what is in
it, and each is tried on a copy to which rows were added as well.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import frictionless
import numpy as np
import pandas as pd
import pytest

from ecosystem.common.settings import ROOT
from etl.pipeline import Status, run
from etl.places.gazetteer import Gazetteer
from etl.places.regions import Regions
from etl.places.valleys import assign_valleys
from etl.reading import extract
from etl.register.decisions import check_decisions, load_decisions
from etl.register.normalise import normalise
from etl.schema import Schema

LIVE = ROOT / "data" / "register"
SOURCE = {"evidence": "page", "source_url": "https://www.example.eu/source"}


@pytest.fixture(scope="module", params=["as it is", "with more rows"])
def live(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    gazetteer: Gazetteer,
    regions: Regions,
) -> Path:
    """Folder of the live register; never written to."""
    if request.param == "as it is":
        return LIVE
    folder = Path(shutil.copytree(LIVE, tmp_path_factory.mktemp("live") / "register"))
    _add_rows(folder, _town_outside_valleys(folder, gazetteer, regions))
    return folder


def _town_outside_valleys(folder: Path, gazetteer: Gazetteer, regions: Regions) -> pd.Series:
    """The largest town that no valley covers yet, with its NUTS 3 region."""
    towns = gazetteer.places.nlargest(500, "population")
    nuts3 = regions.locate(
        np.asarray(towns["lon"], dtype=np.float64),
        np.asarray(towns["lat"], dtype=np.float64),
        towns["country"].to_numpy(object),
    )
    towns = towns.assign(nuts3=nuts3).query("nuts3 != ''")
    valley = assign_valleys(towns["nuts3"], _read(folder / "valleys.csv"))
    return towns[valley.isna()].iloc[0]


def _add_rows(folder: Path, town: pd.Series) -> None:
    """Three organisations, the valley that they are in, an investor and an event."""
    place = {"city": town["name"], "country": town["country"]}
    work = {"domains": "cryptology", "functions": "protect", "nuts2_hint": town["nuts3"][:4]}
    _append(
        folder / "organisations.csv",
        *(
            {"org_id": f"zz-added-{kind}", "name": name, "type": kind, "status": "active"}
            | place
            | work
            | SOURCE
            for kind, name in [
                ("sme", "Quill Cipher Works"),
                ("research", "Laboratory of Lattices"),
                ("training", "School for Night Watches"),
            ]
        ),
    )
    valley = {
        "valley_id": "zz-added",
        "name": "A valley more",
        "country": town["country"],
        "nuts_codes": town["nuts3"],
        "anchor_city": town["name"],
    }
    _append(folder / "valleys.csv", valley | SOURCE)
    investor = {"investor_id": "zz-added", "name": "Added Capital", "stages": "seed"}
    _append(folder / "investors.csv", investor | place | SOURCE)
    days = {"start_date": "2026-03-02", "end_date": "2026-03-03"}
    event = {"event_id": "zz-added", "name": "A day more", "kind": "conference"} | days
    _append(folder / "events.csv", event | place | SOURCE)


def _append(path: Path, *rows: dict[str, str]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header).writerows(rows)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


@pytest.mark.slow
def test_a_release_can_be_made_of_it(live: Path, tmp_path: Path) -> None:
    outcome = run(live, tmp_path / "releases", dry_run=True)
    faults = [rejection.reason for rejection in outcome.rejections]
    assert outcome.status is Status.PASSED, faults or [r.sentence() for r in outcome.gates]


@pytest.mark.slow
def test_it_is_a_valid_data_package(live: Path, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "data" / "datapackage.json", tmp_path / "datapackage.json")
    shutil.copytree(ROOT / "data" / "schema", tmp_path / "schema")
    shutil.copytree(live, tmp_path / "register")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]


def test_every_file_of_it_has_a_schema_and_stands_in_the_data_package(
    live: Path, schemas: dict[str, Schema]
) -> None:
    package = frictionless.Package(str(ROOT / "data" / "datapackage.json"))
    listed = {Path(str(resource.path)).name for resource in package.resources}
    assert listed == {schema.file for schema in schemas.values()}
    assert listed == {path.name for path in live.glob("*.csv")}


def test_it_is_in_normal_form(
    live: Path, schemas: dict[str, Schema], aliases: dict[str, dict[str, str]]
) -> None:
    for schema in schemas.values():
        frame = extract(live / schema.file, schema).frame
        changed = normalise(frame, schema, aliases) != frame
        assert not changed.to_numpy().any(), frame[changed.any(axis=1)]


def test_no_decision_contradicts_another(live: Path, schemas: dict[str, Schema]) -> None:
    decisions = _read(live / "duplicate_decisions.csv")
    assert decisions.columns.tolist() == list(schemas["duplicate_decisions"].columns)
    assert check_decisions(load_decisions(decisions)) == []


def test_links_to_organisations_are_between_bodies_of_one_country(live: Path) -> None:
    country = _read(live / "organisations.csv").set_index("org_id")["country"]
    for file in ("valleys.csv", "network.csv"):
        linked = _read(live / file).query("org_id != ''")
        assert (linked["org_id"].map(country) == linked["country"]).all(), file
