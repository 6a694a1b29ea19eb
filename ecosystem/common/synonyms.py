"""Words that people search by, beside the labels and names that the register gives things."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from ecosystem.common.text import fold


def load_synonyms(path: Path) -> dict[str, dict[str, list[str]]]:
    """Words that people look for, beside the aliases that a cell of the register may hold.

    Parameters
    ----------
    path : Path
        CSV file with the columns ``column, code, language, word``. The column is one of the
        register with a vocabulary; or ``region``, with a NUTS id as code; or ``notes``, with a
        phrase as code: notes that have the phrase are found by the word; or ``question``, with a
        kind of :data:`ecosystem.common.search_words.QUESTION_KINDS` as code: what words do in a
        question; or the name of another list, with a code of its column ``kind``.

    Returns
    -------
    dict of dict of list of str
        Column -> code -> folded words; a column without any is empty.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["column"]][row["code"]].append(fold(row["word"]))
    return found
