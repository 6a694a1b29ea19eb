"""Which codes organisations have, kept in memory by ``ordinal``: a filter is counted there.

A set of organisations is an array of bool by ``ordinal``. DuckDB compares the lists of a column
word by word at every question: of 100,000 organisations, those of a JRC domain take it 30 ms of
processor time, and this 0.1 ms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.finding.masks import Flags, pack, unpack

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lists:
    """A column of lists of a vocabulary's codes.

    Attributes
    ----------
    known : tuple of str
        The codes that any organisation has, in order.
    words : array of uint64, shape (len(known), words that one bit for each organisation takes)
        For each of `known`, who has it: the bits of :func:`ecosystem.finding.masks.pack`.
    """

    known: tuple[str, ...]
    words: npt.NDArray[np.uint64]

    def count(self, among: Flags) -> dict[str, int]:
        """How many of a set of organisations have each code; codes that none has are left out."""
        there = np.bitwise_count(self.words & _words(among)).sum(axis=1, dtype=np.int64)
        return _by_code(self.known, there)

    def tally_by(self, column: Column, among: Flags) -> Counts:
        """How many of a set of organisations have each code, apart for the codes of a column.

        Returns
        -------
        array of int, shape (len(self.known), len(column.known))
        """
        of_code = self.words & _words(among)
        size = len(column.numbers)
        rows = [column.tally(unpack(words.tobytes(), size)) for words in of_code]
        return np.array(rows, dtype=np.int64).reshape(len(self.known), len(column.known))

    def bits(self, codes: Collection[str]) -> bytes:
        """Organisations that have any of some codes, one bit each by ``ordinal``."""
        rows = [self.known.index(code) for code in codes if code in self.known]
        return np.bitwise_or.reduce(self.words[rows], axis=0).tobytes() or b"\0"


@dataclass(frozen=True)
class Column:
    """A column with one code for each organisation, or none.

    Attributes
    ----------
    known : tuple of str
        The codes that any organisation has, in order.
    numbers : array of int32
        By ``ordinal``, which of `known` the organisation has; ``len(known)`` if none.
    """

    known: tuple[str, ...]
    numbers: npt.NDArray[np.int32]

    def tally(self, among: Flags) -> Counts:
        """How many of a set of organisations have each of `known`, in that order."""
        return np.bincount(self.numbers[among], minlength=len(self.known) + 1)[:-1]

    def count(self, among: Flags) -> dict[str, int]:
        """How many of a set of organisations have each code; codes that none has are left out."""
        return _by_code(self.known, self.tally(among))

    def tally_by(self, column: Column, among: Flags) -> Counts:
        """How many of a set of organisations have each pair of codes of two columns.

        Returns
        -------
        array of int, shape (len(self.known), len(column.known))
        """
        both = (self.numbers, len(self.known)), (column.numbers, len(column.known))
        return tally_pairs(*both, among)

    def bits(self, codes: Collection[str]) -> bytes:
        """Organisations that have one of some codes, one bit each by ``ordinal``."""
        is_one = np.array([*(code in codes for code in self.known), False])
        return pack(is_one[self.numbers])


def tally_pairs(
    first: tuple[npt.NDArray[np.int32], int],
    second: tuple[npt.NDArray[np.int32], int],
    among: Flags,
) -> Counts:
    """How many of a set of organisations have each pair of two numbers.

    Parameters
    ----------
    first, second : tuple of array and int
        By ``ordinal``, a number below that given, or that itself where there is none.

    Returns
    -------
    array of int, shape (first[1], second[1])
    """
    shape = first[1] + 1, second[1] + 1
    pairs = first[0][among] * np.int64(shape[1]) + second[0][among]
    return np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)[:-1, :-1]


@per_release
def size(database: Database) -> int:
    """How many organisations the release has."""
    return int(database.value("SELECT count(*) FROM organisation"))


def lists(database: Database, name: str) -> Lists:
    """A column of lists of the table ``organisation``.

    Parameters
    ----------
    name : str
        The column; never what a visitor wrote.
    """
    kept = _lists(database)
    if name not in kept:
        combinations, ordinals = _holders(database, name)
        known = tuple(sorted(set[str]().union(*combinations)))
        have = np.zeros((len(known), size(database)), dtype=np.bool_)
        for codes, own in zip(combinations, ordinals, strict=True):
            for code in codes:
                have[known.index(code), own.values.to_numpy()] = True
        kept[name] = Lists(known, _words(have))
    return kept[name]


def column(database: Database, name: str) -> Column:
    """A column of codes of the table ``organisation``; parameters as of :func:`lists`."""
    kept = _columns(database)
    if name not in kept:
        codes, ordinals = _holders(database, name)
        by_ordinal = np.full(size(database), len(codes), dtype=np.int32)
        numbers = np.arange(len(codes)).repeat(ordinals.value_lengths().to_numpy())
        by_ordinal[ordinals.flatten().to_numpy()] = numbers
        kept[name] = Column(tuple(codes), by_ordinal)
    return kept[name]


@per_release
def _lists(database: Database) -> dict[str, Lists]:
    del database
    return {}


@per_release
def _columns(database: Database) -> dict[str, Column]:
    del database
    return {}


def _holders(database: Database, name: str) -> tuple[list[Any], pa.ListArray]:
    """Distinct values of a column in order, and the ordinals of those that have each.

    Organisations have few different values, and few different lists of them: grouped they come out
    of DuckDB in half the time that a value for each takes. Hashes, of 64 bits, are compared sooner
    than lists.
    """
    rows = database.arrow(
        f"SELECT any_value({name}) AS value, list(ordinal) AS ordinals FROM organisation "
        f"GROUP BY hash({name}) HAVING value IS NOT NULL ORDER BY value"
    )
    return rows["value"].to_pylist(), rows["ordinals"].combine_chunks()


def _words(flags: Flags) -> npt.NDArray[np.uint64]:
    """Bits along the last axis, in whole words: 64 organisations are counted at a time."""
    missing = -flags.shape[-1] % 64
    packed = np.packbits(flags, axis=-1)
    padded = np.pad(packed, [(0, 0)] * (flags.ndim - 1) + [(0, missing // 8)])
    return padded.view(np.uint64)


def _by_code(known: Iterable[str], counts: Counts) -> dict[str, int]:
    return {code: n for code, n in zip(known, counts.tolist(), strict=True) if n}
