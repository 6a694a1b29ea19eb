"""Releases of a DuckLake, made into files of this site by a process of its own.

PostgreSQL's client waits for as long as its server does; a process can be ended. Nor are DuckDB's
extensions part of the one that serves visitors.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ecosystem.common.release_address import AddressError
from ecosystem.common.settings import ROOT
from ecosystem.common.store import Manifest, is_release_id, parse_manifest
from ecosystem.fetch.source import Pointed

# For Python and the extensions to be there, on a busy machine.
_START_S = 20.0


class Lake:
    """Releases in a DuckLake.

    Parameters
    ----------
    address : str
        As ``ducklake:postgres:dbname=valleys host=db.example.org``.
    answer_s, whole_s : float
        Seconds to wait for an answer, and for the whole of a release.
    """

    def __init__(self, address: str, answer_s: float, whole_s: float) -> None:
        self._address, self._answer_s, self._whole_s = address, answer_s, whole_s
        # A question costs the start of a process: the first answer holds what comes next.
        self._told = {"release_id": "", "manifest": ""}

    def pointed(self, known: Pointed | None = None) -> Pointed | None:
        """The release that is current there."""
        del known
        self._told = dict(self._ask(self._answer_s, "pointed"))
        release_id = str(self._told["release_id"])
        if not is_release_id(release_id):
            raise AddressError("The lake of the releases names none that is current.")
        return Pointed(release_id)

    def manifest(self, release_id: str) -> Manifest:
        """What lies beside the release's snapshot."""
        if self._told["release_id"] == release_id and self._told["manifest"]:
            return self._manifest(self._told["manifest"], release_id)
        return self._manifest(self._ask(self._answer_s, "manifest", release_id), release_id)

    def fetch(self, manifest: Manifest, part: Path) -> Manifest:
        """Make a file of the release's snapshot, and hold it against what was published."""
        release_id = manifest.release_id
        told = self._ask(self._whole_s, "fetch", release_id, str(part.resolve()))
        return self._manifest(told, release_id)

    def _manifest(self, told: Any, release_id: str) -> Manifest:
        try:
            manifest = parse_manifest(str(told), release_id)
        except ValueError as error:
            raise AddressError(str(error)) from error
        if manifest.release_id != release_id:
            raise AddressError(f"The manifest of release {release_id} tells of another one.")
        return manifest

    def _ask(self, seconds: float, *question: str) -> Any:
        # The address may hold a password: every user of the machine sees a command's arguments.
        asked = json.dumps([self._address, *question])
        try:
            done = subprocess.run(
                [sys.executable, "-m", "ecosystem.fetch.lake_reader"],
                input=asked, capture_output=True, text=True, cwd=ROOT,
                timeout=seconds + _START_S, check=False,
            )  # fmt: skip
            answer = json.loads(done.stdout)
        except subprocess.TimeoutExpired as error:
            raise AddressError(
                f"The lake of the releases did not answer within {seconds:g} seconds."
            ) from error
        except ValueError as error:
            raise AddressError("The lake of the releases could not be read.") from error
        if "error" in answer:
            raise AddressError(str(answer["error"])) from AddressError(answer["cause"])
        return answer["answer"]
