"""Organisations that stand in the register twice, surely or perhaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from ecosystem.text import fold
from etl.model import Rejection, Track, untracked

MIN_SCORE = 90.0
# Rows compared at once: bounds the memory of a block, which is the square of its size.
CHUNK = 500
_COMPARED = ["org_id", "name", "website"]


@dataclass(frozen=True)
class Candidate:
    """Two organisations that may be one; a person decides.

    Attributes
    ----------
    org_id_a, org_id_b : str
        Their identifiers, in alphabetical order.
    score : float
        Likeness of the names from 0 to 100.
    evidence : str
        What speaks for it, as a sentence.
    """

    org_id_a: str
    org_id_b: str
    score: float
    evidence: str


def exact_duplicates(organisations: pd.DataFrame) -> list[Rejection]:
    """Rows with the name, town and country of an earlier row.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Located rows; the index is the spreadsheet's row number.
    """
    first: dict[tuple[str, str, str], int] = {}
    rejections = []
    columns = organisations[["country", "name", "place_id"]]
    for row, country, name, place in columns.itertuples(name=None):
        # A name of nothing but signs folds to nothing, and is only equal to itself.
        earlier = first.setdefault((country, fold(name) or name, place), row)
        if earlier != row:
            reason = f"Row {earlier} has the same name, town and country."
            mend = "Delete one of the two rows."
            rejections.append(
                Rejection("deduplicate", "organisations.csv", row, name, "name", name, reason, mend)
            )
    return rejections


def likely_duplicates(
    organisations: pd.DataFrame, legal_forms: list[str], *, track: Track = untracked
) -> list[Candidate]:
    """Pairs in the same place whose names are nearly the same.

    A shared website is evidence only: organisations of one parent share it.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Located rows with ``org_id, name, country, place_id, website``.
    legal_forms : list of str
        Folded endings of names that say nothing about who it is.
    track : Track, optional
        Shows progress.
    """
    ending = re.compile(rf"(?: (?:{'|'.join(map(re.escape, legal_forms))}))+$")
    records = {record.Index: record for record in organisations[_COMPARED].itertuples()}
    names = organisations["name"].map(lambda name: ending.sub("", fold(name)))
    blocks = list(names.groupby(organisations["place_id"], sort=True))
    return sorted(
        (
            _candidate(records[a], records[b], score)
            for _, block in track(blocks, "Compare names in each town")
            for a, b, score in _alike(block)
        ),
        key=lambda c: (c.org_id_a, c.org_id_b),
    )


def load_legal_forms(schema_dir: Path) -> list[str]:
    """Folded legal forms, from ``legal_forms.csv``."""
    return list(pd.read_csv(schema_dir / "legal_forms.csv", dtype="str")["word"])


def _alike(names: pd.Series) -> Iterator[tuple[int, int, float]]:
    texts = names.tolist()
    for start in range(0, len(texts), CHUNK):
        scores = process.cdist(
            texts[start : start + CHUNK],
            texts[start:],
            scorer=fuzz.token_sort_ratio,
            score_cutoff=MIN_SCORE,
            dtype=np.float32,
            workers=-1,
        )
        for i, j in np.argwhere(np.triu(scores, k=1) > 0):
            yield names.index[start + i], names.index[start + j], float(scores[i, j])


def _candidate(a: Any, b: Any, score: float) -> Candidate:
    first, second = sorted((a.org_id, b.org_id))
    same_site = isinstance(a.website, str) and a.website == b.website
    website = " and the same website" if same_site else ""
    evidence = f"“{a.name}” and “{b.name}”: names {score:.0f} % alike, the same town{website}."
    return Candidate(first, second, round(score, 1), evidence)
