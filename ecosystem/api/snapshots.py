"""Releases as they were published: which are kept, their data in files, and how to cite them.

A release's database isn't given away as it is: it also holds what people decided about pairs of
rows, and counts of investor days that only sums of may be told.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from ecosystem.api import descriptors, items
from ecosystem.api.collections import Collection, Shape, collections_of
from ecosystem.common.per_release import per_release
from ecosystem.common.publisher import publisher
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, Release, fault, in_order, read_manifests
from ecosystem.regional.profiles import SAMPLE_NOTE
from ecosystem.tables import features, releases

# As many as a sheet of paper has lines; ten are kept by default.
_MOST = 100
_OPEN = 2
# Rows that are read and, of these, written at once: bounds the memory. To find the first costs
# nearly as much however few they are.
_READ, _WRITTEN = 20_000, 2_000
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Snapshot:
    """A release that is kept.

    Attributes
    ----------
    release_id : str
        Its id.
    created_at : datetime
        UTC.
    organisations : int
        How many are in it.
    sha256 : str
        Of its database, hexadecimal: what tells it from any other.
    """

    release_id: str
    created_at: datetime
    organisations: int
    sha256: str


def list_all(folder: Path) -> list[Snapshot]:
    """The releases of a folder, the newest first."""
    manifests = read_manifests(folder)
    known = [manifests[id_] for id_ in reversed(in_order(manifests))]
    return [
        Snapshot(
            manifest.release_id,
            manifest.created,
            manifest.organisations,
            manifest.sha256,
        )
        for manifest in known[:_MOST]
        if manifest is not None
    ]


@lru_cache(maxsize=_OPEN)
def database(folder: Path, release_id: str, sha256: str) -> Database | None:
    """A release that is kept, opened; None if its file isn't as it was published.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    release_id, sha256 : str
        As :func:`list_all` gives them.
    """
    del sha256  # another file of the same name is another release
    if fault(folder, release_id):
        return None
    return Database(Release(release_id, folder / f"{release_id}.duckdb"))


@dataclass(frozen=True)
class DataFile:
    """A file that is given away of a release.

    Attributes
    ----------
    path : Path
        Where it is as long as the release is open.
    size : int
        Bytes.
    sha256 : str
        Hexadecimal.
    """

    path: Path
    size: int
    sha256: str


@per_release
def files(database: Database) -> dict[str, DataFile]:
    """What is given away of a release, by file name: tables, their description, how to cite.

    They are written to the disk some rows at a time, so that a release takes the same memory
    however large it is, and go when the release is closed. Outlines of regions aren't
    among them, since their licence is another; the open data interface has them.
    """
    folder = _folder(database)
    there = collections_of(database)
    found = {}
    for collection in there:
        name = f"{collection.name}.csv"
        found[name] = _write(
            folder / name, items.write_csv(database, collection, _rows(database, collection))
        )
        if collection.shape is Shape.POINT:
            name = f"{collection.name}.geojson"
            features = items.write_geojson(database, collection, _rows(database, collection), {})
            found[name] = _write(folder / name, features)
    package = descriptors.data_package(
        database, {c.name: f"{c.name}.csv" for c in there}, name=f"cyber-valleys-{_slug(database)}"
    )
    texts = {
        "datapackage.json": json.dumps(package, ensure_ascii=False, indent=1),
        "CITATION.cff": citation_file(database),
        "citation.bib": bibtex(database),
        "README.txt": _readme(database),
    }
    for name, text in texts.items():
        found[name] = _write(folder / name, [text.encode()])
    sums = "".join(f"{file.sha256}  {name}\n" for name, file in found.items())
    return {**found, SUMS: _write(folder / SUMS, [sums.encode()])}


@per_release
def archive(database: Database) -> DataFile:
    """All files of a release in one, the same bytes whenever it is made."""
    made = releases.story(database)["created_at"].timetuple()[:6]
    path = _folder(database) / "archive.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, file in files(database).items():
            entry = zipfile.ZipInfo(name, date_time=made)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with file.path.open("rb") as content, zipped.open(entry, "w") as packed:
                shutil.copyfileobj(content, packed)
    with path.open("rb") as content:
        return DataFile(
            path, path.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest()
        )


@per_release
def _folder(database: Database) -> Path:
    """Where the files of a release are until it is closed."""
    folder = Path(tempfile.mkdtemp(prefix="cyber-valleys-files-"))
    _folders.add(folder)
    weakref.finalize(database, _remove, folder)
    return folder


_folders: set[Path] = set()


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _folders.discard(folder)


def remove_files() -> None:
    """Remove the files of all releases, when nobody asks for any more.

    A server that a signal ends doesn't come to what Python does at its own end.
    """
    for folder in [*_folders]:
        _remove(folder)


def _write(path: Path, parts: Iterable[bytes]) -> DataFile:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for part in parts:
            file.write(part)
            digest.update(part)
            size += len(part)
    return DataFile(path, size, digest.hexdigest())


def address(database: Database) -> str:
    """Where a release stays, as far as the installation knows its own address."""
    site = settings().site_url.rstrip("/")
    return f"{site}/releases/{database.release.release_id}" if site else ""


def citation_file(database: Database) -> str:
    """How to cite a release, in the Citation File Format (https://citation-file-format.github.io).

    A string of JSON is one of YAML, so nothing in a name can end it.
    """
    made, to = releases.story(database)["created_at"], address(database)
    lines = {
        "cff-version": "1.2.0",
        "message": "If you use this data, please cite it as below.",
        "type": "dataset",
        "title": _TITLE,
        "version": database.release.release_id,
        "date-released": f"{made:%Y-%m-%d}",
        "license": "CC-BY-4.0",
        **({"url": to} if to else {}),
    }
    said = [f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in lines.items()]
    author = json.dumps(publisher().author, ensure_ascii=False)
    return "\n".join([*said, "authors:", f"  - name: {author}"]) + "\n"


def bibtex(database: Database) -> str:
    """How to cite a release, for BibTeX and BibLaTeX."""
    made, to = releases.story(database)["created_at"], address(database)
    fields = {
        "author": f"{{{_tex(publisher().author)}}}",
        "title": _tex(_TITLE),
        "year": f"{made:%Y}",
        "version": _tex(database.release.release_id),
        "note": f"Release {_tex(database.release.release_id)}, CC BY 4.0",
        **({"url": _tex(to)} if to else {}),
    }
    said = ",\n".join(f"  {name} = {{{text}}}" for name, text in fields.items())
    return f"@misc{{cyber-valleys-{_slug(database)},\n{said}\n}}\n"


_TITLE = "Cyber Valleys, the open map of Europe's regional cybersecurity ecosystems"
# What TeX would take for an instruction.
_TEX = {**{sign: f"\\{sign}" for sign in "&%$#_{}"}, "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in text if sign.isprintable())


def _slug(database: Database) -> str:
    return re.sub("[^a-z0-9]+", "-", database.release.release_id.lower()).strip("-")


def _rows(database: Database, collection: Collection) -> Iterator[pa.Table]:
    """All rows, some at a time; once without any where there are none."""
    for rows in features.pieces(database, collection.table, collection.key, size=_READ):
        yield from items.pieces(rows, _WRITTEN)


def _readme(database: Database) -> str:
    return (
        f"{_TITLE}\n\nRelease {database.release.release_id}. {releases.citation(database)}\n\n"
        f"{SAMPLE_NOTE}\nCompiled from public sources after ECSO's 2019 map; not ECSO's own data. "
        "Each row names its source.\n\n"
        f"{releases.attribution(database)}\n\n"
        "datapackage.json says what the columns are (Data Package, https://datapackage.org). "
        "Lists in a cell are separated by semicolons. SHA256SUMS has the checksum of each file. "
        "Outlines of valleys and regions are in the open data interface of the site: their "
        "licence is another.\n"
    )
