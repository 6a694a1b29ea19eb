"""The postings of the index are read in their order, whatever order they are written in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ecosystem.common.store import Database
from ecosystem.finding.search import engine


def test_postings_written_in_another_order_are_put_in_theirs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = database.arrow("SELECT term, ordinal FROM search_posting")
    wanted = written.to_pandas().sort_values(["term", "ordinal"])
    mixed = written.take(np.random.default_rng(1).permutation(len(written)))
    for rows in (written, mixed):
        monkeypatch.setattr(Database, "arrow", lambda *_, rows=rows: rows)
        terms, ordinals = engine._postings(database)
        pd.testing.assert_frame_equal(
            pd.DataFrame({"term": terms, "ordinal": ordinals}), wanted.reset_index(drop=True)
        )
    nothing = pa.table({"term": pa.array([], pa.int32()), "ordinal": pa.array([], pa.int32())})
    monkeypatch.setattr(Database, "arrow", lambda *_: nothing)
    assert [len(values) for values in engine._postings(database)] == [0, 0]
