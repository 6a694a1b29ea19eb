"""Which organisations a filter leaves, as an array that counting in memory starts from."""

from __future__ import annotations

import numpy as np

from ecosystem.common.store import Database
from ecosystem.finding import code_index
from ecosystem.finding.filters import MEMBERS, Filter
from ecosystem.finding.masks import Flags, holds, unpack
from ecosystem.finding.per_filter import per_filter

# Those whose label Cybersecurity Made in Europe is valid today: until its last day, whether or not
# that is near.
LABELLED = Filter(label=("expiring", "valid"))


@per_filter
def flags(database: Database, filter_: Filter) -> Flags:
    """Which organisations a filter leaves.

    Returns
    -------
    array of bool, shape (number of organisations,)
        By ``ordinal``. It is shared and must not be changed.
    """
    where, bound = filter_.where()
    size = code_index.size(database)
    if where == holds(MEMBERS):
        return unpack(bound[MEMBERS](database), size)
    found = np.zeros(size, dtype=np.bool_)
    found[database.column(f"SELECT ordinal FROM organisation WHERE {where}", bound)] = True
    return found
