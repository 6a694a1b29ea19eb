"""A web server's folder or a bucket, laid out as the folder of releases itself."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ecosystem.common.release_address import (
    AddressError,
    asking,
    open_store,
)
from ecosystem.common.store import POINTER, Manifest, is_release_id, parse_manifest
from ecosystem.fetch.source import Pointed

if TYPE_CHECKING:
    from obstore import GetOptions, GetResult

# No pointer and no manifest is longer, whatever somebody serves under their names.
_MOST_BYTES = 65_536
_CHUNK_BYTES = 1_048_576
# Servers make an answer's tag of its time in whole seconds and its length, which two pointers
# have in common: only an answer that had been there for long is told from another by its tag.
_SETTLED = timedelta(minutes=1)


class Objects:
    """Releases at an address.

    Parameters
    ----------
    address : str
        Of the folder.
    answer_s, whole_s : float
        Seconds to wait for an answer, and for the whole of a release.
    """

    def __init__(self, address: str, answer_s: float, whole_s: float) -> None:
        self._whole_s = whole_s
        self._small = open_store(address, answer_s, answer_s)
        self._large = open_store(address, answer_s, whole_s)

    def pointed(self, known: Pointed | None = None) -> Pointed | None:
        """The release that is current there; None if nothing has changed."""
        from obstore.exceptions import NotModifiedError

        with suppress(NotModifiedError):
            return self._pointed(_unless(known))
        return None

    def _pointed(self, options: GetOptions) -> Pointed:
        from obstore import get

        with asking():
            answer = get(self._small, POINTER, options=options)
            release_id = _text(answer).strip()
        if not is_release_id(release_id):
            raise AddressError(f"{POINTER} where releases are fetched from names no release.")
        modified = answer.meta["last_modified"]
        if datetime.now(UTC) - modified < _SETTLED:
            return Pointed(release_id)
        return Pointed(release_id, answer.meta["e_tag"] or "", modified)

    def manifest(self, release_id: str) -> Manifest:
        """What lies beside the release there."""
        from obstore import get

        with asking():
            text = _text(get(self._small, f"{release_id}.json"))
        try:
            manifest = parse_manifest(text, release_id)
        except ValueError as error:
            raise AddressError(str(error)) from error
        if manifest.release_id != release_id:
            raise AddressError(f"The manifest of release {release_id} tells of another one.")
        return manifest

    def fetch(self, manifest: Manifest, part: Path) -> Manifest:
        """Write the database to a file: as long as the manifest says, and with its checksum."""
        from obstore import get

        end = time.monotonic() + self._whole_s
        digest, n_bytes = hashlib.sha256(), 0
        with asking(), part.open("wb") as file:
            answer = get(self._large, f"{manifest.release_id}.duckdb")
            for chunk in answer.stream(min_chunk_size=_CHUNK_BYTES):
                n_bytes += len(chunk)
                if n_bytes > manifest.bytes:
                    break
                if time.monotonic() > end:
                    raise AddressError(
                        f"Release {manifest.release_id} did not arrive within {self._whole_s:g} "
                        "seconds."
                    )
                digest.update(chunk)
                file.write(chunk)
        if n_bytes != manifest.bytes or digest.hexdigest() != manifest.sha256:
            raise AddressError(
                f"Release {manifest.release_id} did not arrive as it was published: length or "
                "checksum is another."
            )
        return manifest


def _text(answer: GetResult) -> str:
    """A short answer; nothing of one that is none, and of what no text is."""
    if answer.meta["size"] > _MOST_BYTES:
        return ""
    return bytes(answer.bytes()).decode("utf-8", errors="replace")


def _unless(known: Pointed | None) -> GetOptions:
    """Ask for an answer only if it is another one than that known."""
    if known is None or known.modified is None:
        return {}
    return {"if_none_match": known.e_tag} if known.e_tag else {"if_modified_since": known.modified}
