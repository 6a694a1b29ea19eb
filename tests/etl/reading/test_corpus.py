"""Every bad file comes back with the cell and a remedy, or is refused in one sentence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from ecosystem.common.settings import settings
from etl.errors import RegisterError
from etl.places.gazetteer import Gazetteer
from etl.places.locate import locate
from etl.places.regions import Regions
from etl.reading import Extract, extract, read_inputs
from etl.register.normalise import normalise
from etl.register.validate import validate
from etl.schema import Schema
from tests.etl.reading import corpus


@cache
def _files() -> dict[str, corpus.Bad]:
    return corpus.files()


def _named(kind: str) -> list[str]:
    """Names of the files of a kind; the large ones are made when a test runs."""
    groups = {
        "refused": corpus.unreadable_files,
        "read": lambda: {
            **corpus.odd_files(),
            **corpus.cells_files(),
            **corpus.harmless_files(),
        },
    }
    return sorted(groups[kind]())


def test_there_are_many() -> None:
    assert len(_files()) >= 60


@pytest.mark.parametrize("name", _named("refused"))
def test_an_unreadable_file_is_refused_in_one_sentence(
    tmp_path: Path, schemas: dict[str, Schema], name: str
) -> None:
    bad = _files()[name]
    path = tmp_path / name
    path.write_bytes(bad.content)
    with pytest.raises(RegisterError) as refusal:
        _read(path, schemas)
    said = str(refusal.value)
    assert bad.refused in said
    assert name in said
    assert "\n" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", _named("read"))
def test_a_readable_file_names_the_cell_or_is_taken(
    tmp_path: Path,
    schemas: dict[str, Schema],
    aliases: dict[str, dict[str, str]],
    gazetteer: Gazetteer,
    regions: Regions,
    name: str,
) -> None:
    bad = _files()[name]
    path = tmp_path / name
    path.write_bytes(bad.content)
    read = _read(path, schemas)
    frame = normalise(read.frame, schemas["organisations"], aliases)
    faults = validate(frame, schemas["organisations"])
    if not faults:
        faults = locate(frame, gazetteer, regions)[1]
    if bad.cell[0]:
        found = [fault for fault in faults if (fault.row, fault.column) == bad.cell]
        assert found, faults
        assert all(fault.reason and fault.mend for fault in found)
        assert bad.mend in found[0].reason + found[0].mend
        assert {fault.row for fault in faults} == {bad.cell[0]}
    else:
        row, column, becomes = bad.taken
        assert faults == []
        assert frame.at[row, column] == becomes
    assert bad.note in " ".join(read.notes)


def _read(path: Path, schemas: dict[str, Schema]) -> Extract:
    """As a refresh reads a file that it is given."""
    if path.name.startswith(("two_sheets", "older_copy")):
        return read_inputs([path], settings().register_dir, schemas)["organisations"]
    return extract(path, schemas["organisations"])
