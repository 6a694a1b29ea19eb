"""Rows of a linear programme, added one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array


@dataclass
class Rows:
    """Which variables each row sums up, and from what to what."""

    members: list[list[int]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, members: list[int], low: float, high: float) -> int:
        """Add a row.

        Parameters
        ----------
        members : list of int
            Columns of its variables.
        low, high : float
            What their sum may be.

        Returns
        -------
        int
            The number of the row.
        """
        self.members.append(members)
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def matrix(self, columns: int) -> csr_array:
        """Ones where a variable is in a row.

        Parameters
        ----------
        columns : int
            How many variables there are.
        """
        lengths = [len(members) for members in self.members]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.fromiter((j for row in self.members for j in row), np.int64, int(starts[-1]))
        return csr_array((np.ones(len(places)), places, starts), (len(lengths), columns))
