"""Sets of organisations as bits, one for each by its ``ordinal``.

A set that Python has worked out reaches a query as one value, however large the release is, and
`get_bit($name::BIT, ordinal) = 1` asks it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def pack(flags: npt.NDArray[np.bool_]) -> bytes:
    """The bits as DuckDB counts them: from the highest of the first byte; never empty."""
    return np.packbits(flags).tobytes() or b"\0"


def holds(name: str) -> str:
    """SQL condition on ``organisation``: its bit is set in the value bound to ``$name``."""
    return f"get_bit(${name}::BIT, ordinal) = 1"
