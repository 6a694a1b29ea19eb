"""Check one row as a refresh would: the same rules, the same words, the same town."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

import numpy as np
import pandas as pd

from ecosystem.common.settings import settings
from ecosystem.common.spreadsheet import FORMULA_STARTS
from etl.identity.deduplicate import load_legal_forms
from etl.inbox.known import COLUMNS, Known
from etl.inbox.model import FIELDS, LIFE, MAX_BYTES
from etl.model import Rejection
from etl.places.gazetteer import Gazetteer, load_gazetteer
from etl.places.locate import locate
from etl.places.regions import Regions, load_regions
from etl.places.towns import Question, answer_questions
from etl.register.life import check_life
from etl.register.normalise import Lookup, load_aliases, normalise
from etl.register.validate import validate_cells
from etl.schema import Schema, load_schemas

RESOURCE = "organisations"
# Identifier of a row that has none yet; never written anywhere.
_NO_ID = "xx-suggested"
_ROW = 0
_CANDIDATE = re.compile(r"(?P<town>.+) in (?P<region>[A-Z]{2}[A-Z0-9]{2})")
_COLUMN_NAME = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
_QUOTED = re.compile("(“[^”]*”)")
_WORDS_OF_FORM = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in {
        r" \(column [^)]*\)": "",
        r"\bempty the cell\b": "leave the field empty",
        r"\bEmpty the cell\b": "Leave the field empty",
        r"\bcell\b": "field",
        r"\bcells\b": "fields",
        r"\ba row\b": "an entry",
        r"\brow\b": "entry",
        r"\brows\b": "entries",
    }.items()
)
_loading = Lock()


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, and how to correct it; a sentence each.

    Attributes
    ----------
    column, title : str
        The cell's column, and what people call it.
    reason, mend : str
        In the words of a form: columns are called by their titles.
    """

    column: str
    title: str
    reason: str
    mend: str


@dataclass(frozen=True)
class Town:
    """Where the gazetteer finds the town.

    Attributes
    ----------
    name : str
        Its name there.
    region, nuts3 : str
        Name and id of its NUTS 3 region.
    """

    name: str
    region: str
    nuts3: str

    def sentence(self) -> str:
        """For people: ``"Cesson-Sévigné, Ille-et-Vilaine (FRH03)"``."""
        return f"{self.name}, {self.region} ({self.nuts3})"


@dataclass(frozen=True)
class Checked:
    """A row, checked.

    Attributes
    ----------
    cells : dict of str to str
        The row normalised, by column of the register.
    faults : list of Fault
        Cells that the schema refuses, in the order of the columns.
    lost : list of Fault
        Why its place can't be found; a refresh refuses it for that too.
    town : Town or None
        Where it is, if its town was found.
    candidates : dict of str to str
        NUTS 2 id -> words, where the town's name alone can be one of several.
    similar : list of str
        Names of towns that may be meant, where none of this name is known.
    duplicates : dict of str to str
        Identifier -> what speaks for its being the same, as a sentence.
    """

    cells: dict[str, str]
    faults: list[Fault]
    lost: list[Fault] = field(default_factory=list)
    town: Town | None = None
    candidates: dict[str, str] = field(default_factory=dict)
    similar: list[str] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """What a row is checked against; heavy, so read once in a process."""

    schema: Schema
    aliases: dict[str, dict[str, str]]
    gazetteer: Gazetteer
    regions: Regions
    legal_forms: Sequence[str]

    @property
    def countries(self) -> Lookup:
        """Folded names of countries -> code."""
        return self.aliases["country"]

    def titles(self) -> dict[str, str]:
        """What people call each column."""
        return {name: column.title for name, column in self.schema.columns.items()}

    def check(self, cells: Mapping[str, str], known: Known | None = None) -> Checked:
        """Check one row.

        Parameters
        ----------
        cells : mapping of str to str
            By column; missing ones count as empty.
        known : Known, optional
            Organisations to compare it with. The row with its own identifier is left out.
        """
        frame = self._frame(cells)
        row = {name: str(frame.at[_ROW, name]) for name in self.schema.columns}
        invalid = validate_cells(frame, self.schema)
        if not {fault.column for fault in invalid} & _LIVING:
            invalid = sorted([*invalid, *check_life(frame)], key=self._position)
        faults = [self._fault(r) for r in invalid]
        if not row["city"] or {fault.column for fault in faults} & _PLACING:
            return Checked(_own(row, cells), faults)
        located, unlocated, _ = locate(frame, self.gazetteer, self.regions)
        if unlocated:
            unplaced = [self._fault(r) for r in unlocated]
            candidates, similar = self._candidates(row)
            return Checked(
                _own(row, cells), faults, unplaced, candidates=candidates, similar=similar
            )
        place = located.iloc[0]
        nuts3 = str(place["nuts3"])
        town = Town(str(place["town"]), self._region(nuts3), nuts3)
        duplicates = {}
        if known is not None and row["name"]:
            placed = {name: place[name] for name in ("place_id", "lon", "lat")}
            duplicates = known.duplicates({**row, **placed, "former_names": []}, self.legal_forms)
        settled = place["location_precision"] == "hint"
        candidates = self._candidates(row)[0] if settled else {}
        return Checked(
            _own(row, cells), faults, town=town, candidates=candidates, duplicates=duplicates
        )

    def _position(self, rejection: Rejection) -> int:
        return list(self.schema.columns).index(rejection.column)

    def _fault(self, rejection: Rejection) -> Fault:
        """A rejection in the words of a form, which shows no names of columns."""
        titles = self.titles()
        reason, mend = (
            with_words_of_form(with_titles(text, titles))
            for text in (rejection.reason, rejection.mend)
        )
        return Fault(rejection.column, titles[rejection.column], reason, mend)

    def place(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of a register that can be compared, at the towns that they name.

        Parameters
        ----------
        rows : pandas.DataFrame
            Cells of a register. Rows whose town can't be found are left out.

        Returns
        -------
        pandas.DataFrame
            The columns :data:`etl.inbox.known.COLUMNS`.
        """
        columns = ["city", "country", "nuts2_hint"]
        asked = [Question(*row) for row in rows[columns].itertuples(index=False, name=None)]
        answers = answer_questions(list(dict.fromkeys(asked)), self.gazetteer, self.regions)
        at = np.array([answers[question].row for question in asked], dtype=int)
        places = self.gazetteer.places.loc[at[at >= 0], ["place_id", "lon", "lat"]]
        placed = rows.loc[at >= 0].drop(columns=["lon", "lat"]).reset_index(drop=True)
        placed["former_names"] = placed["former_names"].str.split(";")
        return placed.join(places.reset_index(drop=True))[COLUMNS]

    def _frame(self, cells: Mapping[str, str]) -> pd.DataFrame:
        # What is far too long is refused for its length; no more of it need be read.
        record = {name: cells.get(name, "")[:MAX_BYTES] for name in self.schema.columns}
        record["org_id"] = record["org_id"] or _NO_ID
        frame = pd.DataFrame([record], index=pd.Index([_ROW], name="row"), dtype="str")
        return normalise(frame, self.schema, self.aliases)

    def _candidates(self, row: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Towns of the name by their regions; else names that are like it."""
        question = Question(row["city"], row["country"], "")
        answer = answer_questions([question], self.gazetteer, self.regions)[question]
        matches = list(filter(None, map(_CANDIDATE.fullmatch, answer.candidates)))
        towns = {m["region"]: f"{m['town']}, {self._region(m['region'])}" for m in matches}
        return towns, [] if towns else list(answer.candidates)

    def _region(self, nuts_id: str) -> str:
        drawn = self.regions.drawn
        return str(drawn.loc[drawn["nuts_id"] == nuts_id, "name"].iloc[0])


_LIVING = frozenset({"founded", *LIFE})
_PLACING = frozenset({"city", "country", "nuts2_hint", "lat", "lon"})


def reference() -> Reference:
    """The reference data of this installation, read at the first call of the process."""
    with _loading:
        return _reference()


@lru_cache(maxsize=1)
def _reference() -> Reference:
    own = settings()
    return Reference(
        schema=load_schemas(own.schema_dir)[RESOURCE],
        aliases=load_aliases(own.schema_dir / "aliases.csv"),
        gazetteer=load_gazetteer(own.reference_dir, own.schema_dir),
        regions=load_regions(own.reference_dir),
        legal_forms=tuple(load_legal_forms(own.schema_dir)),
    )


def with_titles(text: str, titles: Mapping[str, str]) -> str:
    """A sentence with the titles of columns in place of their names.

    Names that are also words of a sentence, such as ``city``, are left as they are.
    """
    return _COLUMN_NAME.sub(lambda name: titles.get(name[0], name[0]), text)


def with_words_of_form(text: str) -> str:
    """A sentence about a table as one about a form: fields and entries, not cells and rows.

    What somebody wrote stands in quotation marks and is left as it is.
    """
    pieces = _QUOTED.split(text)
    for pattern, instead in _WORDS_OF_FORM:
        pieces[::2] = [pattern.sub(instead, piece) for piece in pieces[::2]]
    return "".join(pieces)


def cautions(values: Mapping[str, str], titles: Mapping[str, str]) -> list[str]:
    """What a moderator should look at twice, as sentences; empty for most suggestions.

    Parameters
    ----------
    values : mapping of str to str
        Cells by column.
    titles : mapping of str to str
        What people call each column.
    """
    found = []
    for column in FIELDS:
        text = values.get(column, "")
        scripts = sorted(set().union(*map(_scripts, text.split())) if text else ())
        if any(len(_scripts(word)) > 1 for word in text.split()):
            found.append(
                f"{titles[column]} mixes letters of several alphabets in one word "
                f"({', '.join(scripts)}): it may imitate another name."
            )
        if text.startswith(FORMULA_STARTS):
            found.append(f"{titles[column]} begins like a formula of a spreadsheet.")
        if any(sign in text for sign in ("<", "`", "${", "{{")):
            found.append(f"{titles[column]} holds signs of a program or of HTML.")
    return found


def _scripts(word: str) -> set[str]:
    """First words of the Unicode names of its letters: ``LATIN``, ``CYRILLIC``."""
    return {unicodedata.name(c, "?").split()[0].capitalize() for c in word if c.isalpha()}


def _own(row: Mapping[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    """The row without the identifier that it was only lent."""
    return {**row, "org_id": cells.get("org_id", "")}
