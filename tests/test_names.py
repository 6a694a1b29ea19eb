"""Functions are called by verbs or nouns, so that a call says what is done or what comes back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from ecosystem.common.settings import ROOT

PACKAGES = ("ecosystem", "etl")
# Participles and adverbs that would stand for a function alone; an attribute may be called so.
BARE = frozenset({
    "accepted", "adopted", "agreed", "annotated", "appended", "asked", "changed",
    "chosen", "coded", "compared", "counted", "decided", "decoded", "derived",
    "detected", "done", "edited", "exchanged", "filled", "folded", "followed", "given",
    "gone", "held", "joined", "kept", "known", "labelled", "left", "listed", "located",
    "locked", "lost", "lowered", "made", "matched", "meant", "merged", "minted",
    "missing", "misspelt", "moved", "named", "needed", "normalised", "offered",
    "opened", "ordered", "placed", "prepared", "protected", "published", "quoted",
    "recognised", "refused", "repaired", "said", "scored", "settled", "shown",
    "standing", "taken", "there", "twice", "typed", "understood", "unknown", "waiting",
    "written",
})  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function, method and inner function but properties and fixtures."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and not any(map(is_attribute, node.decorator_list)):
            yield node


def is_attribute(decorator: ast.expr) -> bool:
    name = ast.unparse(decorator).split("(")[0]
    return name.rpartition(".")[2] in ("property", "cached_property", "setter")


def bare_names(source: str) -> list[str]:
    return [f.name for f in functions(ast.parse(source)) if f.name.lstrip("_") in BARE]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_function_is_called_by_a_bare_participle(package: str) -> None:
    found = {
        str(path.relative_to(ROOT)): names
        for path in sorted((ROOT / package).rglob("*.py"))
        if (names := bare_names(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def given(): ...", ["given"]),
        ("class A:\n    def _lost(self): ...", ["_lost"]),
        ("async def held(): ...", ["held"]),
        ("class A:\n    @property\n    def published(self): ...", []),
        ("def files_given(): ...", []),
    ],
)
def test_a_bare_participle_is_found(source: str, expected: list[str]) -> None:
    assert bare_names(source) == expected
