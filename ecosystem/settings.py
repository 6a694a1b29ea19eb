"""Where things are, read once from the environment (``CYBER_VALLEYS_...``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Paths of one installation.

    Attributes
    ----------
    register_dir : Path
        Folder of the reviewed register files.
    schema_dir : Path
        Folder of the Table Schema of each register file.
    reference_dir : Path
        Folder of boundaries, gazetteer and indicators.
    releases_dir : Path
        Folder that the ETL publishes to and the app reads from.
    gates_file : Path
        TOML file that declares what must hold before a release is published.
    """

    model_config = SettingsConfigDict(env_prefix="CYBER_VALLEYS_", frozen=True)

    register_dir: Path = ROOT / "data" / "register"
    schema_dir: Path = ROOT / "data" / "schema"
    reference_dir: Path = ROOT / "data" / "reference"
    releases_dir: Path = ROOT / "data" / "releases"
    gates_file: Path = ROOT / "data" / "gates.toml"


@cache
def settings() -> Settings:
    """Settings of this process, read at the first call."""
    return Settings()
