"""What releases can be fetched from, whatever kind of place it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ecosystem.common.store import Manifest


@dataclass(frozen=True)
class Pointed:
    """Which release a place says is current.

    Attributes
    ----------
    release_id : str
        Its id.
    e_tag : str
        What the place calls this version of its answer; empty if it doesn't say.
    modified : datetime or None
        When the place says that its answer last changed; None if that can't be relied on to tell
        the answer from the next one.
    """

    release_id: str
    e_tag: str = ""
    modified: datetime | None = None


class Source(Protocol):
    """A place with releases. What it can't do it says as an ``AddressError``."""

    def pointed(self, known: Pointed | None = None) -> Pointed | None:
        """The release that is current there.

        Parameters
        ----------
        known : Pointed, optional
            An earlier answer: where nothing has changed since, None may be the answer.
        """
        ...

    def manifest(self, release_id: str) -> Manifest:
        """What the place says of a release."""
        ...

    def fetch(self, manifest: Manifest, part: Path) -> Manifest:
        """Write a release's database to a file and check it.

        Returns
        -------
        Manifest
            What lies beside the file here: the place's own, unless the file was made here.
        """
        ...
