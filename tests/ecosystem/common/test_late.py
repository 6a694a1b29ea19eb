"""Late libraries come whole, however many threads ask for them at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ecosystem.common import late

# In a process of its own, where none of them has been imported.
_SCRIPT = """
from concurrent.futures import ThreadPoolExecutor
from ecosystem.common import late
names = [*late.LIBRARIES, *reversed(late.LIBRARIES)] * 2
with ThreadPoolExecutor(len(names)) as threads:
    modules = list(threads.map(late.load, names))
late.load("libpysal.graph").Graph.build_knn
late.load("esda.moran").Moran
"""


@pytest.mark.slow
def test_many_threads_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_anything_else_is_imported_at_the_top() -> None:
    with pytest.raises(ValueError, match="late libraries"):
        late.load("os")
