"""Finish a publication that was killed after the release was shown and before the register had it.

Before a release is shown, what the register will hold is kept beside the releases. It goes when the
register holds it. What is found later was left by a killed process, or by a disk that failed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ecosystem.common.whole_files import sync, write_whole
from etl import actions
from etl.actions import Action, Done
from etl.errors import PublishError, RegisterError
from etl.files import replace, writing
from etl.release import shelf
from etl.release.adopt import hash_register, register_path
from etl.release.workshop import KEPT, alone, say_nothing
from etl.shared_lock import register_lock

_PLAN = "plan.json"


@dataclass(frozen=True)
class _Plan:
    """What a register file was and will be."""

    folder: Path
    release_id: str
    register_dir: Path
    before: Mapping[str, str]

    def content(self, resource: str) -> bytes:
        return (self.folder / f"{resource}.csv").read_bytes()


def keep(
    folder: Path,
    release_id: str,
    contents: Mapping[str, bytes],
    register_dir: Path,
    hashes: Mapping[str, str],
) -> None:
    """Keep what the register will hold, before the release is shown.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    release_id : str
        The release that will be shown.
    contents : mapping of str to bytes
        Register files by resource; nothing is kept if there are none.
    register_dir : Path
        Folder of the register files.
    hashes : mapping of str to str
        What they are now, from :func:`etl.release.adopt.hash_register`.

    Raises
    ------
    OSError
        If it can't be written.
    """
    if not contents:
        return
    own = folder / f"{KEPT}{release_id}"
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    for resource, content in contents.items():
        write_whole(own / f"{resource}.csv", content)
    plan = {
        "release_id": release_id,
        "register_dir": str(register_dir.resolve()),
        "before": {resource: hashes[resource] for resource in contents},
    }
    # It comes last: without it nothing here counts.
    write_whole(own / _PLAN, json.dumps(plan).encode("utf-8"))
    sync(folder)


def drop(folder: Path, release_id: str, resources: Collection[str] = ()) -> None:
    """Forget what was kept for a release, and for earlier ones that these files take the place of.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    release_id : str
        The release.
    resources : collection of str, optional
        Register files that hold what was published.
    """
    for own in folder.glob(f"{KEPT}*"):
        plan = _read(own)
        if plan is None or plan.release_id == release_id or set(plan.before) <= set(resources):
            shutil.rmtree(own, ignore_errors=True)


def finish(folder: Path) -> list[str]:
    """Bring a register up to date with the release that is shown, if that was left undone.

    Parameters
    ----------
    folder : Path
        Folder of the releases.

    Returns
    -------
    list of str
        What was done or can't be done, as sentences; empty if there was nothing to do, or
        somebody is publishing at the moment.
    """
    left = sorted(folder.glob(f"{KEPT}*"))
    if not left:
        return []
    try:
        with alone(folder, say_nothing, 0):
            return [sentence for own in left for sentence in _finish(folder, own)]
    except PublishError:
        return []


def _finish(folder: Path, own: Path) -> list[str]:
    plan = _read(own)
    if plan is None or plan.release_id != shelf.current_id(folder):
        # It was never shown, or something else has been since.
        shutil.rmtree(own, ignore_errors=True)
        return []
    done: list[str] = []
    changed: list[str] = []
    try:
        actions.require_ready()
        for resource in plan.before:
            (done if _adopt(plan, resource) else changed).append(f"{resource}.csv")
    except (OSError, PublishError, RegisterError) as error:
        return [
            f"Release {plan.release_id} is published, but the register does not hold it yet: "
            f"{error} It will be tried again."
        ]
    if changed:
        return [
            f"Release {plan.release_id} is published, but the process ended before the register "
            f"held it, and {' and '.join(changed)} of the register was changed since. What was "
            f"published is in {own}: make the later change there, too, check it and publish it; "
            "otherwise the next refresh takes it back."
        ]
    kept = actions.entry(Action.EDIT, ", ".join(done), after=f"as in release {plan.release_id}")
    with suppress(PublishError), actions.written_down(Done(kept, own / _PLAN)):
        shutil.rmtree(own, ignore_errors=True)
    return [
        f"Release {plan.release_id} was published, but the process ended before the register held "
        f"it. That was made up for now: {', '.join(done)}."
    ]


def _adopt(plan: _Plan, resource: str) -> bool:
    """Whether the register holds a file now; false if somebody else has changed it since."""
    content = plan.content(resource)
    path = register_path(plan.register_dir, resource)
    with writing(path.parent, then=""), register_lock(path):
        now = hash_register(plan.register_dir, [resource])[resource]
        if now == f"{resource}.csv {hashlib.sha256(content).hexdigest()}":
            return True
        if now != plan.before[resource]:
            return False
        replace(plan.register_dir / f"{resource}.csv", content)
    return True


def _read(own: Path) -> _Plan | None:
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads((own / _PLAN).read_text(encoding="utf-8"))
        return _Plan(own, told["release_id"], Path(told["register_dir"]), dict(told["before"]))
    return None
