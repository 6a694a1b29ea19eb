"""Identifiers that are taken for good, because an earlier release or a decision has them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb

from ecosystem.common.settings import settings
from ecosystem.common.store import open_read_only
from etl.reading import extract, register_file
from etl.register.decisions import FILE as DECISIONS
from etl.release import shelf
from etl.release.change import ORGANISATIONS
from etl.release.earlier import history, published_organisations
from etl.schema import load_schemas


def past_ids(register_dir: Path, releases_dir: Path) -> set[str]:
    """Identifiers that no new organisation may get, besides those in the register file.

    They are those of the current release, of what was merged or removed before it, and those
    that a decision speaks of: a new organisation with one of them would be taken for an old one.

    Parameters
    ----------
    register_dir : Path
        Folder of the register files.
    releases_dir : Path
        Folder of the releases.

    Raises
    ------
    etl.errors.RegisterError
        If the decisions can't be read.
    """
    schema = load_schemas(settings().schema_dir)[Path(DECISIONS).stem]
    decided = extract(register_file(register_dir, schema.resource), schema).frame
    ids = {*decided["org_id_a"].str.strip(), *decided["org_id_b"].str.strip()}
    baseline = shelf.baseline(releases_dir)
    # A release of another version of the database can't be compared with; nor does a refresh.
    with suppress(duckdb.Error):
        if baseline:
            path = releases_dir / f"{baseline.release_id}.duckdb"
            with open_read_only(path) as connection:
                ids.update(connection.table("organisation_alias").select("org_id").df()["org_id"])
            ids.update(published_organisations(path)["org_id"])
            past = history(path)
            ids.update(past.loc[past["resource"] == ORGANISATIONS, "row_id"])
    return ids - {""}
