"""What the site gives to download is the register, when it is read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ecosystem import export
from ecosystem.common import store
from ecosystem.finding.filters import Filter
from etl.reading import extract
from etl.register.normalise import normalise
from etl.register.validate import validate
from etl.schema import Schema


@pytest.mark.parametrize("format_", export.FORMATS, ids=lambda f: f.ending)
def test_a_download_reads_back_without_a_change(
    format_: export.Format,
    release_dir: Path,
    tmp_path: Path,
    schemas: dict[str, Schema],
    aliases: dict[str, dict[str, str]],
    frames: dict[str, pd.DataFrame],
) -> None:
    database = store.Database(store.current(release_dir))
    file = tmp_path / f"list.{format_.ending}"
    file.write_bytes(format_.write(database, Filter()))
    schema = schemas["organisations"]
    read = extract(file, schema)
    back = normalise(read.frame, schema, aliases)
    own = frames["organisations"].set_index("org_id").sort_index()
    again = back.set_index("org_id").sort_index()
    columns = [name for name in schema.columns if name not in ("org_id", "nuts2_hint")]
    pd.testing.assert_frame_equal(again[columns], own[columns])
    assert validate(back, schema) == []
    hints = zip(again["nuts2_hint"], own["nuts2_hint"], strict=True)
    assert all(now.startswith(before) for now, before in hints)
    assert read.notes == [
        f"list.{format_.ending}: a download of this site; what follows from the other columns, "
        "such as the coordinates of towns, is left out."
    ]
