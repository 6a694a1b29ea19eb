"""What a release was made from: files by their hashes, and tools by their versions."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from ecosystem.common.settings import settings
from etl.reading import Extract

TOOLS = ("duckdb", "pandas", "geopandas", "shapely", "frictionless", "rapidfuzz")
_REGISTER = "register/"


def sources_file() -> Path:
    """File of sources and attributions; it lies beside that of the gates."""
    return settings().gates_file.with_name("sources.toml")


def input_hashes(extracts: Iterable[Extract]) -> dict[str, str]:
    """SHA-256 of every file that a release depends on, by folder and name."""
    own = settings()
    files = [
        *own.schema_dir.glob("*"),
        *own.reference_dir.glob("*.*"),
        *own.reference_dir.glob("boundaries/*"),
        own.gates_file,
        sources_file(),
    ]
    hashes = {
        f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    read = [part for given in extracts for part in (given.added_to, given) if part]
    hashes |= {f"{_REGISTER}{one.file}": one.sha256 for one in read}
    return dict(sorted(hashes.items()))


def register_files(hashes: Mapping[str, str]) -> dict[str, str]:
    """Those of the files that hold the register, by name."""
    return {
        name.removeprefix(_REGISTER): value
        for name, value in hashes.items()
        if name.startswith(_REGISTER)
    }


def digest(hashes: dict[str, str]) -> str:
    """One hash of all inputs, hexadecimal."""
    lines = "\n".join(f"{name} {value}" for name, value in hashes.items())
    return hashlib.sha256(lines.encode()).hexdigest()


def tool_versions() -> dict[str, str]:
    """Versions of what the tables may depend on."""
    return {"python": platform.python_version(), **{tool: version(tool) for tool in TOOLS}}
