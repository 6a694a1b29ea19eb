"""Who may import whom: one way from pages to the common ground, and what writes stands apart."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from ecosystem.common.settings import ROOT

Imports = dict[str, set[str]]

# Modules of ours; a folder of tests or benchmarks may import what it likes.
SOURCES = ("app.py", "pages", "ecosystem", "etl")
STREAMLIT_ROOMS = ("app", "pages", "ecosystem.ui", "etl.ui")
# The command line offers what a release holds, as the site does, and what writes has pages too.
ETL_BEYOND_COMMON = ("etl.cli", "etl.ui")
# What people see of suggestions must not carry what publishes, mints or moderates.
WRITERS = ("etl.release.shelf", "etl.release.adopt", "etl.register.rows", "etl.register.mint",
           "etl.inbox.moderation", "etl.pipeline")  # fmt: skip


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_files() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Every name that a module imports, as ``package.module`` and ``package.module.name``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def read_imports(paths: Iterable[Path]) -> Imports:
    return {
        module_name(path): set(imported_names(ast.parse(path.read_text(encoding="utf-8"))))
        for path in paths
    }


def is_in(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def breaches(imports: Imports) -> list[str]:
    """Every import that the layers forbid, as a sentence."""
    return [
        f"{module} imports {name}: {reason}"
        for module, names in imports.items()
        for name in sorted(names)
        if (reason := breach(module, name))
    ]


def breach(module: str, name: str) -> str:
    """Why a module may not import a name; empty if it may."""
    if is_in(module, "ecosystem") and is_in(name, "etl", "pages"):
        return "what reads never imports what writes"
    if is_in(name, "streamlit") and not is_in(module, *STREAMLIT_ROOMS):
        return "Streamlit belongs into pages and ui"
    if not is_in(name, "ecosystem", "etl") or is_in(name, "ecosystem.common"):
        return ""
    if is_in(module, "ecosystem.common"):
        return "common ground stands on nothing else"
    reads = is_in(name, "ecosystem") and name != "ecosystem"
    if is_in(module, "etl") and reads and not is_in(module, *ETL_BEYOND_COMMON):
        return "etl takes the common ground only"
    return ""


def modules_between(imports: Imports) -> Imports:
    """The imports as edges between modules of ours."""
    return {
        module: {
            name if name in imports else name.rpartition(".")[0]
            for name in names
            if (name in imports or name.rpartition(".")[0] in imports) and name != module
        }
        - {module}
        for module, names in imports.items()
    }


def rooms_between(edges: Imports) -> Imports:
    """The edges between rooms: ``ecosystem.finding``, ``etl.places``, a flat file as itself."""
    rooms: Imports = {}
    for module, names in edges.items():
        own = ".".join(module.split(".")[:2])
        others = {".".join(name.split(".")[:2]) for name in names}
        rooms.setdefault(own, set()).update(others - {own})
    return rooms


def circle(edges: Imports) -> list[str]:
    """A circle of imports, if there is one."""
    try:
        tuple(TopologicalSorter(edges).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.fixture(scope="module")
def imports() -> Imports:
    return read_imports(source_files())


def real_edges(imports: Imports) -> Imports:
    edges = modules_between(imports)
    # A package's __init__ that gathers its modules is imported by them in name only.
    packages = {module for module in imports if any(m.startswith(f"{module}.") for m in imports)}
    return {
        module: {name for name in names if not (name in packages and is_in(module, name))}
        for module, names in edges.items()
    }


def test_every_import_keeps_to_the_layers(imports: Imports) -> None:
    assert breaches(imports) == []


def test_no_circle_of_modules_or_rooms(imports: Imports) -> None:
    edges = real_edges(imports)
    assert circle(edges) == []
    assert circle(rooms_between(edges)) == []


def test_the_public_form_carries_no_writer(imports: Imports) -> None:
    edges = real_edges(imports)
    reached, waiting = set(), ["pages.suggest"]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += edges.get(module, ())
    assert "etl.inbox.reception" in reached
    assert not reached & set(WRITERS)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("ecosystem.tables.regions", "etl.model"),
        ("ecosystem.regional.measures", "streamlit"),
        ("etl.pipeline", "streamlit.testing"),
        ("ecosystem.common.text", "ecosystem.finding.filters"),
        ("etl.places.towns", "ecosystem.tables.regions"),
    ],
)
def test_a_forbidden_import_is_found(imports: Imports, module: str, name: str) -> None:
    assert breaches({**imports, module: imports[module] | {name}}) != []


def test_a_circle_is_found(imports: Imports) -> None:
    edges = real_edges(imports)
    edges["ecosystem.common.settings"] = {"ecosystem.common.store"}
    assert set(circle(edges)) >= {"ecosystem.common.settings", "ecosystem.common.store"}
