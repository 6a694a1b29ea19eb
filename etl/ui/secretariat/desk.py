"""What the page keeps for one signed-in member: the files and the check that was made of them."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from etl.pipeline import Outcome, Prepared
from etl.reading import ColumnMapping, ColumnsUnsure
from etl.release.workshop import scratch

_KEY = "_office_desk"
# One check at a time in this process: each may take as much memory as a register is large.
_ONE_AT_A_TIME = threading.Lock()
_WAIT_S = 120
_FILES = "{files}, checked on {when}"
_ADDING = "Rows to add: {files}, checked on {when}"
_AS_IT_IS = "the register as it is, checked on {when}"


class Busy(Exception):
    """Another check is going on; the message says so."""


@dataclass
class Desk:
    """Files, answers and findings between two reruns.

    Attributes
    ----------
    prepared : Prepared or None
        The last check.
    outcome : Outcome or None
        What became of it.
    unsure : ColumnsUnsure or None
        What it has to ask before it can be made.
    number : int
        Tells this check from every other: what was ticked or chosen for one holds for no other.
    mapping : ColumnMapping
        Which header is which column, as far as it was asked.
    said, trouble : str
        What to say at the next rerun, after something was done or failed.
    about : str
        What was checked, and when: names of the files and the time, UTC.
    adding : bool
        Whether the files hold rows to add, and not whole lists.
    decided : dict of str to str
        What was decided since about pairs of this check: their key, and a sentence.
    """

    prepared: Prepared | None = None
    outcome: Outcome | None = None
    unsure: ColumnsUnsure | None = None
    number: int = 0
    mapping: ColumnMapping = field(default_factory=ColumnMapping)
    said: str = ""
    trouble: str = ""
    about: str = ""
    adding: bool = False
    decided: dict[str, str] = field(default_factory=dict)
    _files: frozenset[str] = frozenset()
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def take(self, files: Sequence[UploadedFile], *, adding: bool) -> list[Path]:
        """Write uploaded files into a folder of their own; a former check is forgotten."""
        self.clear()
        self.adding = adding
        self.number += 1
        self._files = _ids(files)
        said = (_ADDING if adding else _FILES) if files else _AS_IT_IS
        self.about = said.format(
            files=", ".join(file.name for file in files),
            when=f"{datetime.now(UTC):%-d %B %Y at %H:%M} UTC",
        )
        self._folder = scratch()
        paths = []
        for number, file in enumerate(files):
            # Only the last part of the name is used; two files of one name stay two.
            folder = Path(self._folder.name) / str(number)
            folder.mkdir()
            path = folder / (PurePath(file.name).name or "upload")
            path.write_bytes(file.getbuffer())
            paths.append(path)
        return paths

    def take_content(self, name: str, content: bytes) -> Path:
        """Write one file into a folder of its own; a former check is forgotten."""
        self.clear()
        self.number += 1
        self._files, self.about = frozenset(), name
        self._folder = scratch()
        path = Path(self._folder.name) / name
        path.write_bytes(content)
        return path

    def is_about(self, files: Sequence[UploadedFile], *, adding: bool) -> bool:
        """Whether the check is one of these files, and not of others that were chosen before."""
        return self._files == _ids(files) and self.adding == adding

    def clear(self) -> None:
        """Forget the check and remove its files."""
        if self.prepared is not None:
            self.prepared.close()
        if self._folder is not None:
            self._folder.cleanup()
        self.prepared = self.outcome = self.unsure = self._folder = None
        self.decided = {}


def desk() -> Desk:
    """The desk of this session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Desk()
    found: Desk = st.session_state[_KEY]
    return found


@contextmanager
def alone() -> Iterator[None]:
    """Work that only one session may do at a time.

    Raises
    ------
    Busy
        If another session is at it for too long.
    """
    if not _ONE_AT_A_TIME.acquire(timeout=_WAIT_S):
        raise Busy("Somebody else is checking a file at the moment. Try again in a few minutes.")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


def _ids(files: Sequence[UploadedFile]) -> frozenset[str]:
    return frozenset(file.file_id for file in files)
