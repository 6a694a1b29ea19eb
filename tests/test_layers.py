"""Who may import whom: one way from pages to the common ground, and what writes stands apart."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest

from docs import rooms
from docs.rooms import (
    Imports,
    is_in,
    modules_between,
    read_imports,
    rooms_between,
    source_files,
)

STREAMLIT_ROOMS = ("app", "pages", "ecosystem.ui", "etl.ui")
# The command line offers what a release holds, as the site does, and what writes has pages too.
ETL_BEYOND_COMMON = ("etl.cli", "etl.ui")
# What people see of suggestions must not carry what publishes, mints or moderates.
WRITERS = ("etl.release.shelf", "etl.release.adopt", "etl.register.rows", "etl.register.mint",
           "etl.register.decide", "etl.inbox.moderation", "etl.pipeline")  # fmt: skip


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
        return "Streamlit belongs in pages and ui"
    if not is_in(name, "ecosystem", "etl") or is_in(name, "ecosystem.common"):
        return ""
    if is_in(module, "ecosystem.common"):
        return "common ground builds on nothing else"
    reads = is_in(name, "ecosystem") and name != "ecosystem"
    if is_in(module, "etl") and reads and not is_in(module, *ETL_BEYOND_COMMON):
        return "etl takes the common ground only"
    return ""


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


def test_every_import_keeps_to_the_layers(imports: Imports) -> None:
    assert breaches(imports) == []


def test_no_circle_of_modules_or_rooms(imports: Imports) -> None:
    edges = modules_between(imports)
    assert circle(edges) == []
    assert circle(rooms_between(edges)) == []


@pytest.mark.parametrize("page", ["pages.suggest", "pages.confirm"])
def test_the_public_form_carries_no_writer(imports: Imports, page: str) -> None:
    edges = modules_between(imports)
    reached, waiting = set(), [page]
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
    edges = modules_between(imports)
    edges["ecosystem.common.settings"] = {"ecosystem.common.store"}
    assert set(circle(edges)) >= {"ecosystem.common.settings", "ecosystem.common.store"}


def test_the_picture_shows_the_rooms_as_they_are() -> None:
    """Run `make architecture` after a change of who imports whom."""
    found = rooms.read_rooms()
    assert rooms.PICTURE.read_text(encoding="utf-8") == rooms.picture(found)
    found["etl.places"].add("etl.errors")
    assert rooms.PICTURE.read_text(encoding="utf-8") != rooms.picture(found)


def test_what_other_arrows_imply_is_not_drawn() -> None:
    edges = {"a": {"b", "c", "d"}, "b": {"c"}, "c": set(), "d": set()}
    assert rooms.without_implied(edges) == {"a": {"b", "d"}, "b": {"c"}, "c": set(), "d": set()}
    assert rooms.floors(edges) == {"a": 2, "b": 1, "c": 0, "d": 0}
