"""All that an installation can't make again, in one checked archive, and back from it.

The archive is a ZIP file: ``backup.json`` names every other member with its checksum. What
others may do meanwhile waits; what an installation has is set aside, never thrown away.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import shutil
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Any

from ecosystem.common.settings import Settings, settings
from ecosystem.common.whole_files import sync, write_whole
from etl import actions, files
from etl.actions import RESTORING, Action, Done
from etl.errors import PublishError, RegisterError
from etl.inbox.invitation import secret_file
from etl.inbox.store import Inbox, inbox
from etl.release import shelf
from etl.release.workshop import Say, alone, say_nothing, scratch
from etl.shared_lock import register_lock

CONTENTS = "backup.json"
VERSION = 1
_BLOCK = 1 << 20
_REGISTER, _RELEASES = "register", "releases"
_INBOX, _LOG = "inbox/inbox.sqlite", "log/actions.jsonl"
_LINKS = "inbox/links.key"
_AUTOMATIC = "cyber-valleys-backup-"
_FOR_ALL = 0o644
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Backup:
    """What an archive holds.

    Attributes
    ----------
    path : Path
        The archive.
    made_at : str
        ISO 8601, UTC.
    release_id : str
        The release that was shown; empty if there was none.
    members : dict of str to str
        Name of each file and its SHA-256.
    """

    path: Path
    made_at: str
    release_id: str
    members: dict[str, str]


def back_up(path: Path, *, every_release: bool = False, on_wait: Say = say_nothing) -> Backup:
    """Write register, inbox, log, and releases into one archive, and read it back.

    Parameters
    ----------
    path : Path
        The archive; one that is there is replaced when the new one is whole.
    every_release : bool
        All releases, not the current one alone. The history of changes is in each.
    on_wait : callable, optional
        Is told, in a sentence, whom this process waits for.

    Raises
    ------
    PublishError
        If something can't be read or written, or others don't finish.
    RegisterError
        If what was written can't be read back.
    """
    own = settings()
    actions.require_ready()
    part = path.with_name(f".{path.name}.part")
    with files.writing(path.parent, then=""):
        path.parent.mkdir(parents=True, exist_ok=True, mode=files.OWNER_ONLY_FOLDER)
        part.touch(mode=files.OWNER_ONLY)
        part.chmod(files.OWNER_ONLY)
        try:
            with scratch() as folder, _stillness(own, on_wait):
                shown = shelf.baseline(own.releases_dir)
                release_id = shown.release_id if shown else ""
                wanted = {release_id} - {""}
                if every_release:
                    wanted |= {known.release_id for known in shelf.releases(own.releases_dir)}
                _write(part, release_id, _members(own, Path(folder), wanted))
            made = read_backup(part)
            sync(part)
            done = Done(actions.entry(Action.BACKUP, path.name), path, files.sha256(part))
            with actions.written_down(done):
                part.replace(path)
                sync(path.parent)
        finally:
            part.unlink(missing_ok=True)
    return dataclasses.replace(made, path=path)


def back_up_into_folder(*, every_release: bool = False, on_wait: Say = say_nothing) -> Backup:
    """Put a copy, named by the time, into the installation's folder of copies; remove old ones.

    Raises
    ------
    PublishError
        If the installation has no such folder, or as :func:`back_up` says.
    RegisterError
        As :func:`back_up` says.
    """
    folder = settings().backup_dir
    if folder is None:
        raise PublishError(
            "CYBER_VALLEYS_BACKUP_DIR is not set, so name the archive to write: "
            "`cyber-valleys backup FILE`."
        )
    path = folder / f"{_AUTOMATIC}{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.zip"
    made = back_up(path, every_release=every_release, on_wait=on_wait)
    for old in sorted(folder.glob(f"{_AUTOMATIC}*.zip"))[: -max(1, settings().backup_keep)]:
        old.unlink(missing_ok=True)
    return made


def back_up_after_publication() -> str:
    """Put a copy into the installation's folder of copies, if it has one.

    Returns
    -------
    str
        Why that failed, as a sentence; empty if it didn't.
    """
    if settings().backup_dir is None:
        return ""
    try:
        back_up_into_folder()
    except (PublishError, RegisterError, OSError) as error:
        _log.exception("The automatic copy failed.")
        return f"The release is published, but the copy of the data was not made: {error}"
    return ""


def read_backup(path: Path) -> Backup:
    """What an archive holds, after every checksum was compared.

    Raises
    ------
    RegisterError
        If it is no archive of this kind, is damaged, or comes from a later version.
    """
    with _open_archive(path) as archive:
        return _read(path, archive)


def restore(
    path: Path, *, replace: bool = False, on_wait: Say = say_nothing
) -> tuple[Backup, list[Path]]:
    """Bring an installation to what an archive holds.

    A restoration that was broken off is finished by doing it again; until then nothing can be
    published. The log is the exception: its lines are added to those that are there.

    Parameters
    ----------
    path : Path
        From :func:`back_up`.
    replace : bool
        Also where there is a register or a release already.
    on_wait : callable, optional
        Is told, in a sentence, whom this process waits for.

    Returns
    -------
    backup : Backup
        What was restored.
    aside : list of Path
        Where that is now which was there before.

    Raises
    ------
    RegisterError
        If the archive isn't whole. Nothing was changed.
    PublishError
        If there is something already and `replace` is false, or something can't be written.
    """
    own = settings()
    actions.require_log()
    with _open_archive(path) as archive:
        backup = _read(path, archive)
        has_data = shelf.current_id(own.releases_dir) or any(_files_of(own.register_dir))
        if has_data and not replace:
            raise PublishError(
                "This installation has a register or a release already. Give --replace to put "
                "the archive's in their place; what is there is set aside, not deleted."
            )
        with files.writing(own.releases_dir, then="Restore again when that is put right."):
            for folder in (own.register_dir, own.releases_dir, own.inbox_file.parent):
                folder.mkdir(parents=True, exist_ok=True)
            with _stillness(own, on_wait):
                marker = own.releases_dir / RESTORING
                marker.write_text(path.name, encoding="utf-8")
                aside = _put_back(archive, backup, own)
                actions.record(Action.RESTORE, path.name, after=backup.release_id)
                marker.unlink()
    return backup, aside


def _put_back(archive: zipfile.ZipFile, backup: Backup, own: Settings) -> list[Path]:
    """Everything in its place; the pointer to the release moves last."""
    stamp = f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    aside = []
    if own.log_file.exists() or _LOG in backup.members:
        _add_to_log(archive, backup, own.log_file)
    wanted = {PurePosixPath(name).name: name for name in _names(backup, _REGISTER)}
    present = list(_files_of(own.register_dir))
    if any(_differs(backup, file, wanted.get(file.name)) for file in present):
        old = _free(own.register_dir.with_name(f"{own.register_dir.name}.before-{stamp}"))
        shutil.copytree(own.register_dir, old, ignore=shutil.ignore_patterns(".*"))
        aside.append(old)
    for name, member in wanted.items():
        _extract(archive, member, own.register_dir / name)
    for file in present:
        if file.name not in wanted:
            file.unlink()
    if not inbox().is_empty():
        old = _free(own.inbox_file.with_name(f"{own.inbox_file.name}.before-{stamp}"))
        inbox().copy_into(old)
        aside.append(old)
    _put_inbox_back(archive, backup, own)
    if _LINKS in backup.members:
        # Links that were sent stay valid.
        _extract(archive, _LINKS, secret_file(), mode=files.OWNER_ONLY)
    for member in sorted(_names(backup, _RELEASES)):  # the database comes before its manifest
        name = PurePosixPath(member).name
        target = own.releases_dir / name
        if not (target.exists() and files.sha256(target) == backup.members[member]):
            _extract(archive, member, target)
    if backup.release_id:
        shelf.point_to(own.releases_dir, backup.release_id)
    return aside


def _put_inbox_back(archive: zipfile.ZipFile, backup: Backup, own: Settings) -> None:
    if own.inbox_database:
        with scratch() as folder:
            copy = Path(folder) / "inbox.sqlite"
            if _INBOX in backup.members:
                _extract(archive, _INBOX, copy, mode=files.OWNER_ONLY)
            inbox().take_from(Inbox(copy))
        return
    for journal in (f"{own.inbox_file.name}-wal", f"{own.inbox_file.name}-shm"):
        own.inbox_file.with_name(journal).unlink(missing_ok=True)
    if _INBOX in backup.members:
        _extract(archive, _INBOX, own.inbox_file, mode=files.OWNER_ONLY)
    else:
        own.inbox_file.unlink(missing_ok=True)


def _free(path: Path) -> Path:
    """A name that nothing has: what was set aside is never written over."""
    others = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(known for known in chain([path], others) if not known.exists())


def _extract(archive: zipfile.ZipFile, member: str, target: Path, *, mode: int = _FOR_ALL) -> None:
    """Write a member whole or not at all, with constant memory."""
    part = target.with_name(f".{target.name}.part")
    try:
        with archive.open(member) as source, part.open("wb") as file:
            shutil.copyfileobj(source, file)
        part.chmod(mode)
        sync(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _add_to_log(archive: zipfile.ZipFile, backup: Backup, path: Path) -> None:
    present = path.read_bytes().splitlines() if path.exists() else []
    earlier = archive.read(_LOG).splitlines() if _LOG in backup.members else []
    known = set(present)
    lines = [*(line for line in earlier if line not in known), *present]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, b"".join(line + b"\n" for line in lines))
    path.chmod(files.OWNER_ONLY)


def _differs(backup: Backup, file: Path, member: str | None) -> bool:
    return member is None or files.sha256(file) != backup.members[member]


def _names(backup: Backup, folder: str) -> list[str]:
    return [name for name in backup.members if name.startswith(f"{folder}/")]


@contextmanager
def _stillness(own: Settings, on_wait: Say) -> Iterator[None]:
    """Nobody publishes, moderates or decides meanwhile."""
    with ExitStack() as stack:
        if own.releases_dir.is_dir():
            stack.enter_context(alone(own.releases_dir, on_wait, None))
        stack.enter_context(register_lock(*_files_of(own.register_dir)))
        yield


def _files_of(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(
            path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")
        )


def _members(own: Settings, copies: Path, release_ids: Collection[str]) -> dict[str, Path]:
    """Files by their name in the archive."""
    members = {f"{_REGISTER}/{file.name}": file for file in _files_of(own.register_dir)}
    if inbox().exists():
        members[_INBOX] = copies / "inbox.sqlite"
        inbox().copy_into(members[_INBOX])
    if secret_file().exists():
        members[_LINKS] = secret_file()
    if own.log_file.exists() and own.log_file.stat().st_size:
        members[_LOG] = copies / "actions.jsonl"
        shutil.copyfile(own.log_file, members[_LOG])
    for release_id in sorted(release_ids):
        for ending in ("duckdb", "json"):
            name = f"{release_id}.{ending}"
            members[f"{_RELEASES}/{name}"] = own.releases_dir / name
    return members


def _write(path: Path, release_id: str, members: dict[str, Path]) -> None:
    contents = {
        "version": VERSION,
        "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "release_id": release_id,
        "members": {name: files.sha256(file) for name, file in members.items()},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr(CONTENTS, json.dumps(contents, indent=2))
        for name, file in members.items():
            archive.write(file, name)


@contextmanager
def _open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise RegisterError(f"{path}: there is no such file; check the name.") from error
    # The last is how zipfile refuses a way of packing that it can't undo.
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as error:
        raise RegisterError(
            f"{path.name} is no archive of `cyber-valleys backup`, or is damaged ({error}). "
            "Nothing was changed; take another one."
        ) from error


def _read(path: Path, archive: zipfile.ZipFile) -> Backup:
    try:
        contents: dict[str, Any] = json.loads(archive.read(CONTENTS))
        backup = Backup(
            path,
            str(contents["made_at"]),
            str(contents["release_id"]),
            {str(name): str(sha256) for name, sha256 in contents["members"].items()},
        )
        version = int(contents["version"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise RegisterError(
            f"{path.name} is no archive of `cyber-valleys backup`: its list of contents is missing "
            "or damaged. Nothing was changed."
        ) from error
    if version > VERSION:
        raise RegisterError(
            f"{path.name} was made by a later version of Cyber Valleys; update this one first."
        )
    _require_whole(backup, archive)
    if backup.release_id:
        _require_release(backup, archive)
    return backup


def _require_whole(backup: Backup, archive: zipfile.ZipFile) -> None:
    found = {name for name in archive.namelist() if name != CONTENTS}
    odd = sorted(found ^ set(backup.members)) or [n for n in backup.members if not _is_ours(n)]
    if odd:
        raise RegisterError(
            f"{backup.path.name} is damaged: {odd[0]!r} doesn't belong there, or is missing. "
            "Nothing was changed."
        )
    for name, sha256 in backup.members.items():
        with archive.open(name) as member:
            digest = hashlib.sha256()
            while block := member.read(_BLOCK):
                digest.update(block)
            if digest.hexdigest() != sha256:
                raise RegisterError(
                    f"{backup.path.name} is damaged: the checksum of {name} is another. Nothing "
                    "was changed; take another archive."
                )


def _require_release(backup: Backup, archive: zipfile.ZipFile) -> None:
    """Refuse an archive whose release is not the one that was published."""
    database, manifest = (
        f"{_RELEASES}/{backup.release_id}.{ending}" for ending in ("duckdb", "json")
    )
    try:
        published = json.loads(archive.read(manifest))["sha256"]
    except (KeyError, ValueError, TypeError):
        published = ""
    if not published or published != backup.members.get(database):
        raise RegisterError(
            f"{backup.path.name}: release {backup.release_id} in it is damaged. Nothing was "
            "changed; take another archive."
        )


def _is_ours(name: str) -> bool:
    """Whether a member has its place: no path out of the folders."""
    if name in (_INBOX, _LOG, _LINKS):
        return True
    folder, _, file = name.partition("/")
    is_plain = file == PurePosixPath(file).name and "\\" not in file and not file.startswith(".")
    return is_plain and bool(file) and folder in (_REGISTER, _RELEASES)
