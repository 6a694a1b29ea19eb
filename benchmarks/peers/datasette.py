"""Datasette with datasette-cluster-map, in an environment of its own beside the project's."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ecosystem.common.settings import ROOT
from ecosystem.common.store import Database, current
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from tests.browser.server import Server, free_port, wait_for

ENVIRONMENT = ROOT / ".venv-peers"
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
TABLE = "organisation"
_EXPORTS = re.compile("^export .*$", re.MULTILINE)
# As it comes, the map holds the first thousand, and the others after a click on "load all".
_SETTINGS = ("--setting", "max_returned_rows", "1000000", "--setting", "sql_time_limit_ms", "60000")


def install() -> None:
    """Make the environment, if it isn't there; needs the package registry once."""
    if (ENVIRONMENT / "bin" / "datasette").exists():
        return
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    python = ENVIRONMENT / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", _REQUIREMENTS], check=True)


def read_file(name: str) -> str | None:
    """A file of Leaflet's cluster plugin by its name elsewhere; None if its package hasn't it."""
    folder = next(ENVIRONMENT.glob("lib/python3*/site-packages/datasette_cluster_map/static"))
    for path in (folder / name, folder / f"leaflet.{name.lower()}"):
        if path.exists():
            # It was made a module; who asks for it elsewhere asks for a script.
            return _EXPORTS.sub("", path.read_text(encoding="utf-8"))
    return None


@contextmanager
def serve(releases: Path, folder: Path) -> Iterator[Server]:
    """Serve the organisations of a release from a SQLite database; ends the process afterwards."""
    path = folder / "organisations.db"
    with closing(Database(current(releases))) as database:
        rows = organisations.everything(database, Filter())
    rows = rows[["name", "city", "type", "lat", "lon"]]
    rows = rows.rename(columns={"lat": "latitude", "lon": "longitude"})
    with closing(sqlite3.connect(path)) as connection:
        rows.to_sql(TABLE, connection, index_label="id", if_exists="replace")
        connection.execute(f"CREATE INDEX of_type ON {TABLE} (type)")
        connection.commit()
    port = free_port()
    process = subprocess.Popen(
        [ENVIRONMENT / "bin" / "datasette", "serve", path, "--port", str(port), *_SETTINGS],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/{path.stem}/{TABLE}"
    try:
        wait_for(address, process)
        yield Server(address, process)
    finally:
        process.terminate()
        process.wait(timeout=60)
