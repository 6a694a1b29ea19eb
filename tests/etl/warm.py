"""What a process that refreshes has read before it begins; a fork server imports this module.

Imports, regions and gazetteer take most of a small refresh, and nothing is written meanwhile.
"""

from __future__ import annotations

import pandas as pd

import etl.cli
import etl.pipeline
import etl.progress  # noqa: F401
from ecosystem.common.settings import settings
from etl.register.validate import validate
from etl.schema import load_schemas
from tests import reference

reference.fill()
for schema in load_schemas(settings().schema_dir).values():
    # One empty row makes the readers of all columns.
    validate(pd.DataFrame("", index=[2], columns=list(schema.columns), dtype="str"), schema)
