"""Commands about releases: list, show, export, go back, remove."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.cli.terminal import (
    OK,
    USAGE,
    complain,
    confirm,
    fail,
    is_interactive,
    say,
    sentences,
    table,
)

if TYPE_CHECKING:
    from ecosystem.common.store import Database
    from etl.release.shelf import Manifest


class FileFormat(enum.StrEnum):
    """What a release can be exported as: the first four are files, the last a folder."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GEOPARQUET = "geoparquet"
    SITE = "site"


def list_releases() -> None:
    """List the releases, newest first; the current one is marked.

    Example: `cyber-valleys releases`
    """
    with sentences():
        from ecosystem.common.settings import settings
        from etl.release import shelf
        from etl.report import words

        folder = settings().releases_dir
        known = shelf.releases(folder)
        if not known:
            say("There is no release yet. Run `cyber-valleys refresh` to make one.")
            return
        current = shelf.current_id(folder)
        for manifest in known:
            mark = "*" if manifest.release_id == current else " "
            changes = shelf.changes_of(folder, manifest.release_id)
            state = "whole" if shelf.is_intact(folder, manifest) else "DAMAGED"
            say(f"{mark} {words.release(manifest.created_at, changes)}")
            say(
                f"    {manifest.release_id}, "
                f"{words.quantity(manifest.organisations, 'organisation')}, "
                f"{manifest.bytes / 1e6:.1f} MB, {state}"
            )


def show(
    release_id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="The release, or the beginning of its id; the current one by default.",
            show_default=False,
        ),
    ] = None,
    details: Annotated[
        bool,
        typer.Option("--details", help="Rows of each table, checksums and versions, too."),
    ] = False,
) -> None:
    """Show a release's story: what it changed, what it was made from, and what was checked.

    Example: `cyber-valleys show`

    Example: `cyber-valleys show 2026-11-25T065103Z`
    """
    with sentences():
        manifest = _choose(release_id)
        database = _open(manifest)
        try:
            _print_story(database, manifest, details=details)
        finally:
            database.close()


def export(
    release_id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="The release, or the beginning of its id; the current one by default. With "
            "--format site and without --output: the folder to write.",
            show_default=False,
        ),
    ] = None,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="Format of the file; site is a folder.")
    ] = FileFormat.CSV,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file or folder to write.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the organisations of a release to a file, or the whole site as a folder of files.

    Example: `cyber-valleys export --format geojson --output organisations.geojson`

    Example: `cyber-valleys export --format site cyber-valleys-copy`, a copy that opens from a
    stick without a network
    """
    if file_format is FileFormat.SITE and output is None and release_id:
        output, release_id = Path(release_id), None
    if output is None:
        fail("Say where to write it: --output FILE.", USAGE)
    with sentences():
        database = _open(_choose(release_id))
        try:
            write = _write_site if file_format is FileFormat.SITE else _write_file
            written = write(database, output, file_format)
        finally:
            database.close()
    say(written)


def _write_file(database: Database, output: Path, file_format: FileFormat) -> str:
    from ecosystem.export import FORMATS, geoparquet
    from ecosystem.finding.filters import Filter
    from etl.files import writing

    writers = {form.ending: form.write for form in FORMATS} | {"geoparquet": geoparquet}
    content = writers[file_format.value](database, Filter())
    with writing(output.parent, then=""):
        output.write_bytes(content)
    return f"Written: {output} ({len(content) / 1e6:,.1f} MB)."


def _write_site(database: Database, output: Path, _: FileFormat) -> str:
    from ecosystem.web import static_site
    from etl.files import write_folder
    from etl.report import words

    contents = ((file.path, file.content) for file in static_site.files(database))
    n_files, n_bytes = write_folder(output, contents, static_site.MARK)
    return (
        f"Written: {output}, {words.quantity(n_files, 'file')} ({n_bytes / 1e6:,.1f} MB). "
        f"Open {output / 'index.html'} in a browser."
    )


def rollback(
    release_id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="The release to show, or the beginning of its id; the one that was shown before "
            "the current one by default.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show the release again that was shown before the current one, or any other.

    Example: `cyber-valleys rollback`
    """
    with sentences():
        from ecosystem.common.settings import settings
        from etl.release import shelf
        from etl.report import words

        folder = settings().releases_dir
        before = shelf.current_id(folder) or ""
        chosen = shelf.rollback(folder, release_id, complain)
        counts = shelf.difference(folder, before, chosen.release_id)
        named = {
            m.release_id: f"{words.moment(m.created_at)} ({m.release_id})"
            for m in shelf.releases(folder)
        }
    say(words.went_back(named.get(before, before), named[chosen.release_id], counts))


def prune(
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="How many of the newest releases stay.")
    ] = 10,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
) -> None:
    """Remove old releases; the current one always stays.

    Example: `cyber-valleys prune --keep 3`
    """
    with sentences():
        from ecosystem.common.settings import settings
        from etl.release import shelf

        folder = settings().releases_dir
        going = shelf.prunable(folder, keep)
        if not going:
            say("There is nothing to remove.")
            return
        for manifest in going:
            say(f"{manifest.release_id} ({manifest.bytes / 1e6:.1f} MB)")
        if not yes and is_interactive() and not confirm(f"Remove these {len(going):,}?"):
            say("Nothing was removed.")
            raise typer.Exit(OK)
        gone = shelf.prune(folder, keep, complain)
    say(f"Removed: {len(gone):,}.")


def upload(
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="[ADDRESS]",
            help="Where to: s3://bucket/folder or a lake; by default CYBER_VALLEYS_UPLOAD_ADDRESS.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        int, typer.Option("--keep", min=1, help="How many of the newest releases stay there.")
    ] = 10,
) -> None:
    """Copy the current release to an object store or a lake, for sites on other machines to fetch.

    What is current here is current there afterwards, also when it is an earlier release.

    Example: `cyber-valleys upload s3://valleys/releases`

    Example: `cyber-valleys upload "ducklake:postgres:dbname=valleys host=db.example.org"`
    """
    with sentences():
        from ecosystem.common.release_address import without_password
        from ecosystem.common.settings import settings
        from etl.release import upload as uploads

        own = settings()
        address = address or own.upload_address
        if not address:
            fail("Say where to copy it: cyber-valleys upload s3://bucket/folder.", USAGE)
        done = uploads.upload(own.releases_dir, address, keep=keep)
    manifest, shown = done.manifest, without_password(address)
    if done.copied:
        say(f"Copied: {manifest.release_id} ({done.copied}).")
    say(f"Release {manifest.release_id} is current at {shown}.")
    if done.removed:
        say(f"Removed there: {done.removed:,}.")


def _choose(release_id: str | None) -> Manifest:
    from ecosystem.common.settings import settings
    from etl.errors import PublishError
    from etl.release import shelf

    folder = settings().releases_dir
    wanted = release_id or shelf.current_id(folder)
    if not wanted:
        raise PublishError("There is no release yet; run `cyber-valleys refresh` to make one.")
    manifest = shelf.find(folder, wanted)
    if not shelf.is_intact(folder, manifest):
        raise PublishError(f"Release {manifest.release_id} is damaged; choose another one.")
    return manifest


def _open(manifest: Manifest) -> Database:
    from ecosystem.common.settings import settings
    from ecosystem.common.store import Database, Release, ReleaseError
    from etl.errors import PublishError

    path = settings().releases_dir / f"{manifest.release_id}.duckdb"
    try:
        return Database(Release(manifest.release_id, path))
    except ReleaseError as error:
        raise PublishError(str(error)) from error


def _print_story(database: Database, manifest: Manifest, *, details: bool) -> None:
    from ecosystem.common.settings import settings
    from ecosystem.tables import releases
    from etl.release import shelf
    from etl.release.gates import figure
    from etl.release.provenance import register_files
    from etl.report import words

    story = releases.story(database)
    say(f"Release {manifest.release_id}, made on {story['created_at']:%-d %B %Y at %H:%M} UTC.")
    say(f"{words.quantity(manifest.organisations, 'organisation')}.")
    before = story["previous_id"]
    changes = shelf.changes_of(settings().releases_dir, manifest.release_id)
    if isinstance(before, str) and changes is not None:
        say(f"Against release {before}: {words.change_counts(changes)}.")
    made_from = register_files(story["input_hashes"])
    say(f"Made from {', '.join(made_from)}.\n")
    table(
        words.GATE_COLUMNS,
        [
            [str(gate["label"]), figure(gate["value"]), str(gate["bound"]),
             words.holds(bool(gate["passed"]), bool(gate["waived"]))]
            for gate in releases.gates(database).to_dict("records")
        ],
    )  # fmt: skip
    if not details:
        return
    say("")
    table(["table", "rows"], [[name, f"{n:,}"] for name, n in story["counts"].items()])
    say(f"\nSHA-256 {manifest.sha256}, {manifest.bytes / 1e6:.1f} MB.")
    for name, sha256 in made_from.items():
        say(f"  {sha256[:12]}  {name}")
    tools = ", ".join(f"{tool} {version}" for tool, version in story["tool_versions"].items())
    say(f"Made with {tools}.")
