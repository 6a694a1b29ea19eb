"""Which columns of an organisation hold several values, as its Table Schema says."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from ecosystem.common.settings import settings


def list_separators() -> dict[str, str]:
    """Column -> what stands between its items where it is written as text."""
    return _separators(settings().schema_dir / "organisations.json")


@cache
def _separators(path: Path) -> dict[str, str]:
    fields = json.loads(path.read_text(encoding="utf-8"))["fields"]
    return {field["name"]: field["separator"] for field in fields if field.get("separator")}
