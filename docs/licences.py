"""Licences of all that the site is installed with, from what each package says of itself.

``python -m docs.licences`` writes ``docs/licences.md``; a test holds it against the lock file and
refuses a licence under which the whole could not be passed on as it is (MIT).
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from ecosystem.common.settings import ROOT

PAGE = ROOT / "docs" / "licences.md"
LOCK = ROOT / "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_HEAD = """# Licences

Cyber Valleys itself is under the [MIT licence](../LICENSE); its data have their own, which the site
names beside them. It is installed with the packages below, each from its own publisher and
unchanged. Where a package offers several licences, one that is compatible is enough. The versions
are in [requirements.lock](../requirements.lock).

| package | licence |
|---|---|
"""
# Where a package's metadata say nothing, too little, or are missing on this system.
_KNOWN = {
    "altair": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "feedgen": "BSD-2-Clause OR LGPL-3.0-or-later",
    "isodate": "BSD-3-Clause",
    "pyogrio": "MIT",
    "scipy": "BSD-3-Clause",
    "streamlit-folium": "MIT",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
}
_AS_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "SIL OFL 1.1": "OFL-1.1",
}
# Permissive ones, and those that ask for changes of their own files alone, of which there are none.
COMPATIBLE = frozenset({
    "0BSD", "Apache-2.0", "Artistic-1.0-Perl", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0",
    "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Zlib",
})  # fmt: skip


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {licence(name)} |" for name in pinned()]
    return _HEAD + "\n".join(rows) + "\n"


def pinned(lock: Path = LOCK) -> list[str]:
    """Names of all packages that a lock file pins."""
    return sorted(set(_PINNED.findall(lock.read_text(encoding="utf-8"))), key=str.casefold)


def licence(name: str) -> str:
    """A package's licence as an SPDX expression; empty if nothing is known of it."""
    if name in _KNOWN:
        return _KNOWN[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    expression = str(told.get("License-Expression") or "")
    if expression:
        return expression
    classifiers = [str(line) for line in told.get_all("Classifier") or []]
    named = [line.split(" :: ")[-1] for line in classifiers if line.startswith("License ::")]
    short = str(told.get("License") or "").strip()
    found = short if short and "\n" not in short else " OR ".join(named)
    return _AS_SPDX.get(found, found)


def is_compatible(expression: str) -> bool:
    """Whether what is under a licence can be passed on with the site."""
    return any(
        all(part.strip(" ()") in COMPATIBLE for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
