"""Take what was published from other files into the register, which the next refresh reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from etl.errors import PublishError, RegisterError
from etl.files import replace, sha256
from etl.reading import Extract, register_file
from etl.release.losses import Loss, losses
from etl.release.shelf import BaselineMovedError
from etl.schema import Schema
from etl.shared_lock import register_lock

# More names say less than their number.
_MAX_NAMED = 5
NOT_ADOPTED = (
    "The register itself is as it was: the next refresh without FILE goes back to it. Publish "
    "with --into-register to change it, too."
)


class NotAdoptedError(PublishError):
    """A release was published, but the register does not hold all of it."""


@dataclass(frozen=True)
class Adoptable:
    """Register files that came from outside the register, and what taking them would cost it.

    Attributes
    ----------
    files : dict of str to pandas.DataFrame
        As they would stand in the register, by resource.
    losses : list of Loss
        What the register would no longer have if they were taken into it.
    register_dir : Path
        Folder of the register files.
    hashes : dict of str to str
        What the register's own files were when the check began, by resource.
    """

    files: dict[str, pd.DataFrame] = field(repr=False)
    losses: list[Loss]
    register_dir: Path
    hashes: dict[str, str] = field(repr=False)


def files_from_elsewhere(
    extracts: Mapping[str, Extract],
    frames: Mapping[str, pd.DataFrame],
    register_dir: Path,
    changed: Collection[str] = (),
) -> dict[str, pd.DataFrame]:
    """Register files that came from elsewhere, as they would stand in the register.

    Parameters
    ----------
    extracts : mapping of str to Extract
        Files as read, by resource.
    frames : mapping of str to pandas.DataFrame
        Their normalised cells as text; organisations with their identifiers.
    register_dir : Path
        Folder of the register files.
    changed : collection of str, optional
        Resources that were changed after they were read, and so are other than their file.
    """
    return {
        resource: frames[resource]
        for resource, read in extracts.items()
        if resource in changed or not is_own(read.origin.path, register_dir, resource)
    }


def hash_register(register_dir: Path, resources: Iterable[str]) -> dict[str, str]:
    """What the register's own files are at the moment.

    Parameters
    ----------
    register_dir : Path
        Folder of the register files.
    resources : iterable of str
        Which of them.

    Returns
    -------
    dict of str to str
        Resource -> name and SHA-256 of its file; empty if there is none.

    Raises
    ------
    RegisterError
        If one can't be read.
    """
    return {resource: _hash(register_dir, resource) for resource in resources}


def compare_with_register(
    files: dict[str, pd.DataFrame],
    register_dir: Path,
    hashes: dict[str, str],
    schemas: Mapping[str, Schema],
    published: Mapping[str, pd.DataFrame],
    merged_into: Mapping[str, str],
    own: Collection[str] = (),
) -> tuple[Adoptable, list[str]]:
    """What the register would lose by files in its place, and why that can't be said.

    Parameters
    ----------
    files : dict of str to pandas.DataFrame
        From :func:`files_from_elsewhere`.
    register_dir : Path
        Folder of the register files.
    hashes : dict of str to str
        From :func:`hash_register`.
    schemas, published, merged_into
        As :func:`etl.release.losses.losses` takes them.
    own : collection of str, optional
        Resources that were read from the register: they lose nothing that isn't wrong.

    Returns
    -------
    adoptable : Adoptable
        The files with their losses.
    notes : list of str
        Why the losses aren't known, as a sentence; empty if they are.
    """
    replacing = {
        resource: frame
        for resource, frame in files.items()
        if hashes.get(resource) and resource not in own
    }
    try:
        lost = losses(replacing, register_dir, schemas, published, merged_into)
    except RegisterError as error:
        # A register that can't be read is replaced by a file in its place.
        note = f"Your file can't be compared with the register as it stands. {error}"
        return Adoptable(files, [], register_dir, hashes), [note]
    return Adoptable(files, lost, register_dir, hashes), []


@contextmanager
def hold(files: Collection[str], register_dir: Path, hashes: Mapping[str, str]) -> Iterator[None]:
    """Let nobody else change register files, which must be as they were at the check.

    Parameters
    ----------
    files : collection of str
        Resources that will be written.
    register_dir : Path
        Folder of the register files.
    hashes : mapping of str to str
        From :func:`hash_register`, before the check.

    Raises
    ------
    etl.release.shelf.BaselineMovedError
        If one has changed since.
    RegisterError
        If one can't be read.
    PublishError
        If somebody else holds one for too long, or the folder can't be written.
    """
    with register_lock(*(register_path(register_dir, resource) for resource in sorted(files))):
        now = hash_register(register_dir, files)
        moved = [resource for resource in sorted(files) if now[resource] != hashes[resource]]
        if moved:
            raise BaselineMovedError(
                f"The register changed since the check ({', '.join(moved)}), perhaps by a "
                "suggestion that was accepted, and what you gave may lack that. Nothing was "
                "published: make the change there, too, and check again."
            )
        yield


def file_contents(files: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Register files as they are written: CSV in UTF-8."""
    return {
        resource: frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
        for resource, frame in files.items()
    }


def adopt(contents: Mapping[str, bytes], register_dir: Path, release_id: str) -> list[Path]:
    """Write files into the register folder as CSV, each whole or not at all; only within `hold`.

    A spreadsheet of the same register file in the folder would not be read any more, since CSV
    goes first.

    Parameters
    ----------
    contents : mapping of str to bytes
        From :func:`file_contents`.
    register_dir : Path
        Folder of the register files.
    release_id : str
        The release that they were published in.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    NotAdoptedError
        If the folder can't be written.
    """
    written: list[Path] = []
    for resource, content in contents.items():
        path = _csv(register_dir, resource)
        try:
            replace(path, content)
        except PublishError as error:
            but = f" apart from {', '.join(p.name for p in written)}" if written else ""
            raise NotAdoptedError(
                f"Published as release {release_id}, but the register could not be changed{but}: "
                f"{error} What is missing is kept: when that is fixed, the next command, or a "
                "look at the secretariat's page, brings the register up to date."
            ) from error
        written.append(path)
    return written


def register_path(register_dir: Path, resource: str) -> Path:
    """The file that the register reads for a resource; where it will be if there is none."""
    return _own(register_dir, resource) or _csv(register_dir, resource)


def adoption_sentence(files: Collection[str]) -> str:
    """That the register holds these files now, as a sentence; empty if there are none."""
    if not files:
        return ""
    listed = (
        f"{len(files):,} lists"
        if len(files) > _MAX_NAMED
        else ", ".join(f"{resource}.csv" for resource in sorted(files))
    )
    return f"The register now holds what was published: {listed}."


def _csv(register_dir: Path, resource: str) -> Path:
    return register_dir / f"{resource}.csv"


def is_own(path: Path, register_dir: Path, resource: str) -> bool:
    """Whether a file is the one that the register reads for a resource."""
    own = _own(register_dir, resource)
    return own is not None and own.resolve() == path.resolve()


def _own(register_dir: Path, resource: str) -> Path | None:
    try:
        return register_file(register_dir, resource)
    except RegisterError:
        return None


def _hash(register_dir: Path, resource: str) -> str:
    own = _own(register_dir, resource)
    if own is None:
        return ""
    try:
        return f"{own.name} {sha256(own)}"
    except OSError as error:
        raise RegisterError(
            f"{own}: the file can't be read ({error.strerror}); check its permissions."
        ) from error
