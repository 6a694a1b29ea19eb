"""What a process that refreshes has read before it begins; a fork server imports this module.

Imports, regions and gazetteer take most of a small refresh, and nothing is written meanwhile.
"""

from __future__ import annotations

import etl.cli
import etl.pipeline
import etl.progress  # noqa: F401
from tests import reference

reference.fill()
