"""Sets of organisations as bits, one for each by its ``ordinal``.

A set that Python has worked out reaches a query as one value, however large the release is, and
`get_bit($name::BIT, ordinal) = 1` asks it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


def pack(flags: Flags) -> bytes:
    """The bits as DuckDB counts them: from the highest of the first byte; never empty."""
    return np.packbits(flags).tobytes() or b"\0"


def unpack(bits: bytes, size: int) -> Flags:
    """The set of :func:`pack` as an array of bool, shape (size,)."""
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=size).view(np.bool_)


def holds(name: str) -> str:
    """SQL condition on ``organisation``: its bit is set in the value bound to ``$name``."""
    return f"get_bit(${name}::BIT, ordinal) = 1"
