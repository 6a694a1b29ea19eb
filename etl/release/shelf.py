"""Publish releases: whole or not at all, and reversible.

A release is a DuckDB file with a JSON file beside it that holds its checksum. The file
``CURRENT`` names the release that is served, ``SHOWN`` those that were served before it. Whatever
moment a refresh is killed at, ``CURRENT`` names a whole release: everything new is written
elsewhere first, and the pointer moves last.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from ecosystem.common import store
from ecosystem.common.settings import settings
from ecosystem.common.store import (
    POINTER,
    Manifest,
    in_order,
    nearest,
    pointed_at,
    read_manifests,
)
from ecosystem.common.whole_files import sync, write_whole
from etl import actions
from etl.actions import Action, Done, Entry
from etl.errors import PublishError
from etl.files import sha256, writing
from etl.release.change import changes, count_kinds
from etl.release.earlier import kinds_of, published_lists, published_organisations
from etl.release.lists import list_changes
from etl.release.workshop import Say, alone, remove, require_own, require_whole, say_nothing
from etl.schema import load_schemas
from etl.shared_lock import require_held

SHOWN = "SHOWN"
KEEP = 10
ANY_BASELINE: Final = "any"
_MAX_NAMED = 5
# No folder has more releases, unless somebody wants to keep them.
_MAX_WAY = 1_000
_READABLE_FILE = 0o444


class BaselineMovedError(PublishError):
    """What was checked against is no longer so; nothing was published."""


def new_release_id(folder: Path, input_hash: str, now: datetime | None = None) -> str:
    """An id that no release has: a file that may be open is never replaced.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    input_hash : str
        Hash of all inputs, hexadecimal.
    now : datetime, optional
        UTC; the present by default.
    """
    moment = now or datetime.now(UTC)
    while True:
        release_id = f"{moment:%Y-%m-%dT%H%M%SZ}-{input_hash[:6]}"
        if not (folder / f"{release_id}.duckdb").exists():
            return release_id
        moment += timedelta(seconds=1)


def publish(
    built: Path,
    folder: Path,
    release_id: str,
    organisations: int,
    created_at: datetime,
    *,
    expected_baseline: str | None = ANY_BASELINE,
) -> Manifest:
    """Make a built database the current release; only within :func:`etl.release.workshop.workshop`.

    Parameters
    ----------
    built : Path
        Closed database file on the same file system as `folder`.
    folder : Path
        Folder of the releases.
    release_id : str
        From :func:`new_release_id`.
    organisations : int
        Number of organisations in it.
    created_at : datetime
        UTC.
    expected_baseline : str or None, optional
        See :func:`require_baseline`; by default any will do.

    Raises
    ------
    OSError
        If the folder can't be written; the current release is as it was, and nothing of the new
        one is left.
    PublishError
        If the database isn't whole, another release is current than expected, or the disk fails
        after the release was published.
    """
    require_held()
    require_baseline(folder, expected_baseline)
    require_whole(built, folder)
    _readable(built)
    sync(built)
    manifest = Manifest(
        release_id,
        sha256(built),
        built.stat().st_size,
        created_at.isoformat(),
        organisations,
        1 + max((known.number for known in releases(folder)), default=0),
    )
    database, sidecar = folder / f"{release_id}.duckdb", folder / f"{release_id}.json"
    try:
        built.replace(database)
        _write(sidecar, json.dumps(asdict(manifest), indent=2) + "\n")
        point_to(folder, release_id)
    except OSError as error:
        if current_id(folder) == release_id:
            raise PublishError(
                f"Release {release_id} is published, but {folder} could not be saved for good "
                f"({error.strerror or error}); check the disk."
            ) from error
        for path in (database, sidecar):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    _prune(folder, KEEP)
    return manifest


def require_baseline(folder: Path, expected: str | None) -> None:
    """Refuse to go on if another release is compared with than the one that was checked against.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    expected : str or None
        Id of the release that :func:`baseline` gave at the check; None if there was none,
        ``ANY_BASELINE`` if it doesn't matter.

    Raises
    ------
    BaselineMovedError
        If :func:`baseline` gives another one now.
    """
    if expected == ANY_BASELINE:
        return
    found = baseline(folder)
    now = found.release_id if found else None
    if now != expected:
        raise BaselineMovedError(
            f"The check compared with {_name(expected)}, but now {_name(now)} is current. "
            "Nothing was published: check again, and look at the changes before you publish."
        )


def _name(release_id: str | None) -> str:
    return f"release {release_id}" if release_id else "no release"


def point_to(folder: Path, release_id: str) -> None:
    """Make a release the current one, in one step that can't be seen half done.

    Those that :func:`rollback` leads back to are kept beside it, the latest last: one that was
    taken back is none of them.
    """
    before = _shown_ids(folder)
    way = before[: before.index(release_id)] if release_id in before else before
    _write(folder / SHOWN, "".join(f"{known}\n" for known in [*way[-_MAX_WAY:], release_id]))
    _write(folder / POINTER, f"{release_id}\n")


def when_shown(folder: Path, release_id: str, done: Entry) -> Done:
    """An action that makes a release the current one."""
    pointer = f"{release_id}\n".encode()
    return Done(done, folder / POINTER, hashlib.sha256(pointer).hexdigest())


def previous(folder: Path) -> Manifest | None:
    """The whole release that was served before the current one; None if there is none."""
    known = {manifest.release_id: manifest for manifest in releases(folder)}
    way = [known[id_] for id_ in reversed(_shown_ids(folder)[:-1]) if id_ in known]
    return next((manifest for manifest in way if is_intact(folder, manifest)), None)


def changes_of(folder: Path, release_id: str) -> dict[str, int] | None:
    """Organisations by kind of change, and rows of other lists, that a release brought.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    release_id : str
        Which one.

    Returns
    -------
    dict of str to int or None
        Empty if nothing changed; None if it can't be said: the release was the first, is
        damaged, or of another version of the database.
    """
    try:
        previous, change = kinds_of(folder / f"{release_id}.duckdb")
    except duckdb.Error:
        return None
    return count_kinds(change) if previous else None


def difference(folder: Path, before: str, now: str) -> dict[str, int] | None:
    """Organisations by kind of change, and rows of other lists, between two releases.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    before, now : str
        Their ids.

    Returns
    -------
    dict of str to int or None
        None if one of them is damaged, or of another version of the database.
    """
    paths = [folder / f"{id_}.duckdb" for id_ in (before, now)]
    schemas = load_schemas(settings().schema_dir)
    try:
        old, new = map(published_organisations, paths)
        old_lists, new_lists = (published_lists(path, schemas) for path in paths)
    except (duckdb.Error, KeyError):
        return None
    found = [changes(new, old), list_changes(new_lists, old_lists, schemas, {})]
    return count_kinds(pd.concat([part.astype(object) for part in found]))


def _shown_ids(folder: Path) -> list[str]:
    """Ids of the releases that led to the current one, which is the last."""
    now = current_id(folder)
    if now is None:
        return []
    try:
        way = (folder / SHOWN).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        # Of a folder from before there was this file, the order of the ids.
        way = sorted(manifest.release_id for manifest in releases(folder))
        way = [release_id for release_id in way if release_id <= now]
    return [*(way[: way.index(now)] if now in way else way), now]


def releases(folder: Path) -> list[Manifest]:
    """Releases in a folder by their manifests, newest first; unreadable ones are left out."""
    known = read_manifests(folder)
    newest_first = [known[release_id] for release_id in reversed(in_order(known))]
    return [manifest for manifest in newest_first if manifest]


def is_intact(folder: Path, manifest: Manifest) -> bool:
    """Whether a release's database file is as it was published."""
    return store.is_intact(folder, manifest.release_id)


def current_id(folder: Path) -> str | None:
    """Id that the pointer names; None if there is no readable pointer."""
    return pointed_at(folder) or None


def baseline(folder: Path) -> Manifest | None:
    """The release to compare with: the current one, or what stands in for it if it is damaged."""
    now = current_id(folder) or ""
    known = {manifest.release_id: manifest for manifest in releases(folder)}
    candidates = [known[id_] for id_ in (now, *nearest([*known][::-1], now)) if id_ in known]
    return next((manifest for manifest in candidates if is_intact(folder, manifest)), None)


def find(folder: Path, release_id: str) -> Manifest:
    """A release by its id or the beginning of it.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    release_id : str
        The id, or so many of its first characters that only one release has them.

    Raises
    ------
    PublishError
        If no release, or more than one, begins like this.
    """
    known = releases(folder)
    if not known:
        raise PublishError("There is no release yet; run `cyber-valleys refresh` to make one.")
    match = [m for m in known if m.release_id == release_id] or [
        m for m in known if release_id and m.release_id.startswith(release_id)
    ]
    if not match:
        raise PublishError(f"There is no release {release_id}; see `cyber-valleys releases`.")
    if len(match) > 1:
        names = ", ".join(m.release_id for m in match[:_MAX_NAMED])
        more = ", ..." if len(match) > _MAX_NAMED else ""
        raise PublishError(
            f"{len(match)} releases begin with {release_id}: {names}{more}. Write more of it."
        )
    return match[0]


def rollback(
    folder: Path,
    release_id: str | None = None,
    on_wait: Say = say_nothing,
    *,
    wait_s: float | None = None,
) -> Manifest:
    """Make an earlier release the current one.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    release_id : str, optional
        Which one, as :func:`find` takes it; the whole one that was served before the current
        one by default.
    on_wait, wait_s
        See :func:`etl.release.workshop.workshop`.

    Raises
    ------
    PublishError
        If there is no such release, its file is damaged, or the folder can't be written.
    """
    if not folder.is_dir():
        raise PublishError("There is no release yet; run `cyber-valleys refresh` to make one.")
    require_own(folder)
    actions.require_ready()
    with alone(folder, on_wait, wait_s), writing(folder):
        before = current_id(folder) or ""
        chosen = previous(folder) if release_id is None else find(folder, release_id)
        if chosen is None:
            raise PublishError("There is no earlier release to go back to.")
        if not is_intact(folder, chosen):
            raise PublishError(f"Release {chosen.release_id} is damaged; choose another one.")
        require_held()
        done = actions.entry(Action.ROLLBACK, chosen.release_id, before, chosen.release_id)
        with actions.written_down(when_shown(folder, chosen.release_id, done)):
            point_to(folder, chosen.release_id)
    return chosen


def prune(
    folder: Path, keep: int, on_wait: Say = say_nothing, *, wait_s: float | None = None
) -> list[Manifest]:
    """Remove old releases.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    keep : int
        How many of the newest stay. The current one stays whatever its age, and so does what
        stands in for it if it is damaged.
    on_wait, wait_s
        See :func:`etl.release.workshop.workshop`.

    Returns
    -------
    list of Manifest
        The releases that were removed, newest first.

    Raises
    ------
    PublishError
        If there is no release, or the folder can't be written.
    """
    if keep < 0:
        raise PublishError(f"{keep} releases can't be kept; give a number from 0.")
    if not folder.is_dir():
        raise PublishError("There is no release yet; run `cyber-valleys refresh` to make one.")
    require_own(folder)
    actions.require_ready()
    with alone(folder, on_wait, wait_s), writing(folder):
        before = releases(folder)
        going = [
            Done(actions.entry(Action.PRUNE, m.release_id), folder / f"{m.release_id}.json")
            for m in prunable(folder, keep)
        ]
        with actions.written_down(*going):
            _prune(folder, keep)
        left = {manifest.release_id for manifest in releases(folder)}
    return [manifest for manifest in before if manifest.release_id not in left]


def prunable(folder: Path, keep: int) -> list[Manifest]:
    """The releases that :func:`prune` would remove, newest first."""
    kept = _kept_ids(folder, keep)
    return [manifest for manifest in releases(folder) if manifest.release_id not in kept]


def _write(path: Path, text: str) -> None:
    write_whole(path, text.encode("utf-8"), readable=True)


def _readable(path: Path) -> None:
    """Let the site's user read what another user publishes, whatever that one's umask."""
    path.chmod(path.stat().st_mode | _READABLE_FILE)


def _prune(folder: Path, keep: int) -> None:
    kept = _kept_ids(folder, keep)
    there = {path.stem for path in (*folder.glob("*.json"), *folder.glob("*.duckdb"))}
    for release_id in sorted(there.difference(kept)):
        # Who is killed in between leaves what the next one sweeps: a database without its manifest.
        for ending in ("json", "duckdb"):
            remove(folder / f"{release_id}.{ending}")


def _kept_ids(folder: Path, keep: int) -> set[str | None]:
    """The newest releases, the current one, and what stands in for it if it is damaged."""
    standing_in = baseline(folder)
    kept = {*(m.release_id for m in releases(folder)[:keep]), current_id(folder)}
    return kept | {standing_in.release_id} if standing_in else kept
