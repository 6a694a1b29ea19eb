"""Copy a release to an object store or a lake, from which sites on other machines fetch it.

In an object store it lies as in the folder of releases. The pointer is written last, so that
whoever reads meanwhile finds a whole release, the one before or this.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecosystem.common import wording
from ecosystem.common.release_address import AddressError, asking, cause, check, is_lake, open_store
from ecosystem.common.settings import settings
from ecosystem.common.store import POINTER, Manifest, in_order, parse_manifest
from etl import actions
from etl.actions import Action
from etl.errors import PublishError
from etl.release import lake, shelf

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_log = logging.getLogger(__name__)
_THERE = "At that address"
_AS_IT_WAS = "What was current there is current still."


@dataclass(frozen=True)
class Upload:
    """What an upload did.

    Attributes
    ----------
    manifest : Manifest
        The release that is current there now.
    copied : str
        How much was copied, in words; empty if the release was there.
    removed : int
        How many old releases were removed there.
    """

    manifest: Manifest
    copied: str
    removed: int


def upload(folder: Path, address: str, *, keep: int) -> Upload:
    """Make the current release of a folder the current one at an address.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    address : str
        Of a folder in a bucket, ``s3://...``, or of a lake.
    keep : int
        How many of the newest releases stay there.

    Raises
    ------
    PublishError
        If there is no whole current release, or the address doesn't take it.
    """
    _require_writable(address)
    wanted = shelf.current_id(folder)
    if wanted is None:
        raise PublishError("There is no release yet; run `cyber-valleys refresh` to make one.")
    manifest = shelf.find(folder, wanted)
    if not shelf.is_intact(folder, manifest):
        raise PublishError(f"Release {wanted} is damaged; nothing was copied.")
    actions.require_log()
    to = _Tables(address) if is_lake(address) else _Files(address)
    try:
        before, copied = to.publish(folder, manifest)
    except AddressError as error:
        _log.warning("%s", cause(error))
        raise PublishError(f"The release could not be copied. {error} {_AS_IT_WAS}") from error
    if before != wanted:
        actions.record(Action.UPLOAD, wanted, before, wanted)
    try:
        removed = to.prune(keep, wanted)
    except AddressError as error:
        raise PublishError(
            f"Release {wanted} is current there, but old ones could not be removed. {error}"
        ) from error
    return Upload(manifest, copied, removed)


class _Files:
    """A bucket that takes releases as files."""

    def __init__(self, address: str) -> None:
        own = settings()
        self._store = open_store(address, own.database_answer_seconds, own.database_fetch_seconds)

    def publish(self, folder: Path, manifest: Manifest) -> tuple[str, str]:
        """Which release was current there, and what was copied."""
        with asking(_THERE):
            before = _text(self._store, POINTER).strip()
            n_bytes = _put_release(self._store, folder, manifest)
            if before != manifest.release_id:
                _put(self._store, POINTER, f"{manifest.release_id}\n")
        return before, f"{n_bytes / 1e6:,.1f} MB" if n_bytes else ""

    def prune(self, keep: int, wanted: str) -> int:
        """How many old releases were removed."""
        with asking(_THERE):
            return _prune(self._store, keep, wanted)


class _Tables:
    """A lake that takes releases as snapshots."""

    def __init__(self, address: str) -> None:
        self._address = address

    def publish(self, folder: Path, manifest: Manifest) -> tuple[str, str]:
        """Which release was current there, and what was copied."""
        data = settings().lake_data
        before, n_tables = lake.publish(folder, manifest, self._address, data)
        return before, wording.count(n_tables, "table") if n_tables else ""

    def prune(self, keep: int, wanted: str) -> int:
        """How many old releases were removed."""
        del wanted
        return lake.prune(self._address, keep)


def _require_writable(address: str) -> None:
    try:
        check(address)
    except ValueError as error:
        raise PublishError(f"Nothing can be copied there: {error}.") from error
    if not address.startswith("s3://") and not is_lake(address):
        raise PublishError(
            "Releases are copied to an address that begins with s3:// or ducklake:. A web server "
            "gives the folder of releases as it is."
        )


def _put_release(store: ObjectStore, folder: Path, manifest: Manifest) -> int:
    """Copy database and manifest unless they are there; gives the bytes of the database."""
    import obstore

    release_id = manifest.release_id
    database, beside = f"{release_id}.duckdb", f"{release_id}.json"
    with suppress(FileNotFoundError):
        same_size = obstore.head(store, database)["size"] == manifest.bytes
        if same_size and _manifest(store, release_id) == manifest:
            return 0
    obstore.put(store, database, folder / database)
    _put(store, beside, json.dumps(asdict(manifest), indent=2) + "\n")
    return manifest.bytes


def _prune(store: ObjectStore, keep: int, wanted: str) -> int:
    """Remove all but the newest releases there; gives how many went."""
    import obstore

    paths = {str(meta["path"]) for page in obstore.list(store) for meta in page}
    there = {path.removesuffix(".json") for path in paths if path.endswith(".json")}
    known: Mapping[str, Manifest | None] = {id_: _manifest(store, id_) for id_ in there}
    # What isn't a release stays: somebody else may keep it there.
    oldest = [id_ for id_ in in_order(known) if known[id_] and id_ != wanted]
    going = oldest[: max(len(oldest) + 1 - keep, 0)]
    for release_id in going:
        # Without its manifest it is no release any more.
        for name in (f"{release_id}.json", f"{release_id}.duckdb"):
            if name in paths:
                obstore.delete(store, name)
    return len(going)


def _manifest(store: ObjectStore, release_id: str) -> Manifest | None:
    try:
        return parse_manifest(_text(store, f"{release_id}.json"), release_id)
    except ValueError:
        return None


def _text(store: ObjectStore, name: str) -> str:
    """A short file there; empty if it isn't there."""
    import obstore

    try:
        return bytes(obstore.get(store, name).bytes()).decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _put(store: ObjectStore, name: str, text: str) -> None:
    import obstore

    obstore.put(store, name, text.encode("utf-8"))
