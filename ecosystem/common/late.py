"""Libraries that take seconds to import, imported when they are first needed, one at a time.

Their modules import each other in circles. Python lets two threads that enter such a circle at
different places see half-made modules, and a web server has many threads.
"""

from __future__ import annotations

import importlib
from threading import RLock
from types import ModuleType
from typing import Any

# Everything that is imported late, in the order in which a server warms up.
LIBRARIES = ("scipy.stats", "esda.moran", "libpysal.graph", "libpysal.weights", "networkx")
_LOCK = RLock()


def load(name: str) -> Any:
    """A module of :data:`LIBRARIES`, imported if it is not there yet.

    Raises
    ------
    ValueError
        If it is none of them: anything else is imported at the top of its module.
    """
    if name not in LIBRARIES:
        raise ValueError(f"{name} is not among the late libraries.")
    with _LOCK:
        module: ModuleType = importlib.import_module(name)
    return module
