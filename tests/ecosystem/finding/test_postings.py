"""Words and postings of the index are read in their order, whatever order they are written in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ecosystem.common.store import Database
from ecosystem.finding.search import engine

_PIECE = 1_000  # rows: terms begin in one piece and end in the next


def test_postings_written_in_another_order_are_put_in_theirs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = database.arrow("SELECT term, ordinal FROM search_posting")
    wanted = written.sort_by([("term", "ascending"), ("ordinal", "ascending")])
    terms = 1 + int(wanted["term"][-1].as_py())
    mixed = written.take(np.random.default_rng(1).permutation(len(written)))
    for rows in (written, mixed):

        def pieces(_: Database, sql: str, rows: pa.Table = rows) -> Iterator[pd.DataFrame]:
            asked = wanted if "ORDER BY" in sql else rows
            yield from (piece.to_pandas() for piece in asked.to_batches(_PIECE))

        monkeypatch.setattr(Database, "pieces", pieces)
        counts, ordinals = engine._postings(database, terms)
        assert ordinals.tolist() == wanted["ordinal"].to_pylist()
        assert np.arange(terms).repeat(counts).tolist() == wanted["term"].to_pylist()


def test_a_release_without_postings_has_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "pieces", lambda *_: iter(()))
    monkeypatch.setattr(Database, "value", lambda *_: 0)
    assert [len(values) for values in engine._postings(database, 0)] == [0, 0]


def test_words_written_in_another_order_are_put_in_theirs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = database.arrow("SELECT word, term, field FROM search_word")
    wanted = written.to_pandas().sort_values(["word", "term"])[["word", "term"]]
    mixed = written.take(np.random.default_rng(1).permutation(len(written)))
    for rows in (written, mixed, written.slice(0, 0)):
        monkeypatch.setattr(Database, "arrow", lambda *_, rows=rows: rows)
        links = engine._links(database).to_pandas()[["word", "term"]]
        pd.testing.assert_frame_equal(links, wanted[: len(rows)].reset_index(drop=True))
