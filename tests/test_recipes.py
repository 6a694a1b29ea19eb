"""The recipes of CONTRIBUTING work to the letter: each is performed, from its text, on a copy.

A recipe's code, commands and tests are taken from the text; only where they go is said here.
All go into one copy, so that its release is built once.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecosystem.common.settings import ROOT

# Each recipe runs tests of its own in a copy.
pytestmark = [pytest.mark.recipe, pytest.mark.xdist_group("recipes")]
# Made on the machine, or running the recipes again.
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "test_recipes.py"
)


def left_out(folder: Path, names: list[str]) -> set[str]:
    """What isn't copied of a folder; ``etl/inbox`` is code, ``data/inbox`` is what came in."""
    made = {"releases", "inbox"} if folder == ROOT / "data" else set()
    return LEFT_OUT(str(folder), names) | (made & set(names))


@dataclass(frozen=True)
class Recipe:
    """One section of CONTRIBUTING.

    Attributes
    ----------
    text : str
        All of it.
    """

    text: str

    @property
    def blocks(self) -> list[str]:
        """Its code, without the indentation of the list that it stands in."""
        found = re.findall(r"^( *)```\w+\n(.*?)^ *```$", self.text, re.MULTILINE | re.DOTALL)
        return [re.sub(rf"^{margin}", "", code, flags=re.MULTILINE) for margin, code in found]

    def commands(self, program: str) -> list[list[str]]:
        """Arguments of each command of a program that the text names, without a browser's."""
        found = re.findall(rf"`{program}\s([^`]+)`", self.text)
        return [shlex.split(command) for command in found if "browser" not in command]


def recipe(title: str) -> Recipe:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return Recipe(re.split(r"^## ", text.split(f"## {title}\n")[1], flags=re.MULTILINE)[0])


PAGE, FILTER, INDICATOR, TABLE, TERM, GATE = RECIPES = [
    recipe(title)
    for title in (
        "Add a page",
        "Add a filter",
        "Add an indicator",
        "Add a register file with a table and a page",
        "Change a term of a vocabulary",
        "Add a gate",
    )
]


@dataclass(frozen=True)
class Copy:
    """A copy of the repository, and what is done to it."""

    root: Path

    def write(self, file: str, text: str) -> None:
        """A new file."""
        assert not (self.root / file).exists()
        (self.root / file).write_text(text, encoding="utf-8")

    def insert(self, file: str, text: str, before: str) -> None:
        """New lines before the first one that begins so."""
        path = self.root / file
        head, found, tail = path.read_text(encoding="utf-8").partition(before)
        assert found, before
        path.write_text(f"{head}{text}{found}{tail}", encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        """New lines at the end."""
        with (self.root / file).open("a", encoding="utf-8") as stream:
            stream.write(text)

    def run(self, module: str, *arguments: str) -> str:
        """What a Python program says, which must end well."""
        foreign = ("CYBER_", "PYTEST_", "PYTHONDONTWRITEBYTECODE")
        own = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        # Compiled once for all runs, and not into the copy.
        compiled = str(self.root.with_name("compiled"))
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root,
            env=own | {"PYTHONPATH": str(self.root), "PYTHONPYCACHEPREFIX": compiled},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{module} {arguments}\n{done.stdout[-8000:]}{done.stderr}"
        return done.stdout

    def test(self, *arguments: str) -> str:
        """Run tests; they share one release."""
        folder = self.root.with_name("releases") / "run"
        folder.parent.mkdir(exist_ok=True)
        return self.run(
            "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={folder}", *arguments
        )

    def passes(self, *arguments: str) -> bool:
        """Whether tests pass."""
        try:
            self.test(*arguments)
        except AssertionError:
            return False
        return True


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy in which all recipes have been followed up to their tests."""
    root = tmp_path_factory.mktemp("recipes") / "copy"
    shutil.copytree(ROOT, root, ignore=lambda folder, names: left_out(Path(folder), names))
    copy = Copy(root)
    add_page(copy)
    add_filter(copy)
    add_indicator(copy)
    add_table(copy)
    change_terms(copy)
    copy.append("data/gates.toml", f"\n{GATE.blocks[0]}")
    return copy


def add_page(copy: Copy) -> None:
    script, line = PAGE.blocks
    copy.write("pages/countries.py", script)
    copy.insert("ecosystem/web/pages.py", line, "    PageEntry(DIRECTORY_PAGE")


def add_filter(copy: Copy) -> None:
    field, codes = FILTER.blocks
    copy.insert("ecosystem/finding/filters.py", "    EVIDENCE,\n", "    FUNCTIONS,\n")
    copy.insert("ecosystem/finding/filters.py", field, "    founded_from: int")
    copy.insert("tests/ecosystem/finding/test_filters.py", codes, '        "orgs": {row')


def add_indicator(copy: Copy) -> None:
    figures, entry = INDICATOR.blocks
    copy.append("data/reference/source/region_indicators.csv", figures)
    # Put first, where one test once expected another.
    copy.insert("etl/reference/indicators.py", entry, '    Indicator(\n        "area_km2"')
    copy.run(*INDICATOR.commands("python -m")[0])


def add_table(copy: Copy) -> None:
    schema, rows, names, module, page, line, test = TABLE.blocks
    copy.write("data/schema/courses.json", schema)
    for register in ("data/register", "tests/register"):
        copy.write(f"{register}/courses.csv", rows)
    copy.append("data/schema/column_aliases.csv", names)
    for command in TABLE.commands("python -m"):
        copy.run(*command)
    copy.write("ecosystem/tables/courses.py", module)
    copy.write("pages/courses.py", page)
    copy.insert("ecosystem/web/pages.py", line, "    PageEntry(LIBRARY_PAGE")
    copy.write("tests/ecosystem/tables/test_courses.py", test)


def change_terms(copy: Copy) -> None:
    for file, line in zip(
        ("data/schema/aliases.csv", "data/schema/search_synonyms.csv"), TERM.blocks, strict=True
    ):
        copy.append(file, line)


def test_what_the_recipes_say_is_formatted_and_typed_as_the_rest(copy: Copy) -> None:
    copy.run("ruff", "format", "--check", ".")
    copy.run("ruff", "check", "--no-cache", ".")


@pytest.fixture(scope="module")
def together(copy: Copy) -> bool:
    """Whether all test files that recipes name whole pass in one run.

    To start Python and read the reference data takes longer than most of these tests.
    """
    commands = [command for recipe in RECIPES for command in recipe.commands("pytest")]
    files = {file for command in commands if "-k" not in command for file in command}
    return copy.passes(*sorted(files))


@pytest.mark.parametrize(
    "followed", RECIPES, ids=["page", "filter", "indicator", "table", "term", "gate"]
)
def test_the_tests_that_a_recipe_names_pass(copy: Copy, followed: Recipe, together: bool) -> None:
    commands = followed.commands("pytest")
    assert commands, "a recipe says how to check it"
    for command in commands:
        # If they didn't all pass, each recipe runs its own: the one at fault is told.
        if "-k" in command or not together:
            copy.test(*command)


def test_the_command_line_publishes_what_the_recipes_added(copy: Copy) -> None:
    said = copy.run("etl", "refresh", "--yes")
    assert re.search(r"course\W+1\b", said), said
    assert "Organisations without a source" in copy.run("etl", "show")


def test_a_facet_that_does_not_say_where_its_labels_come_from_can_not_be_imported(
    copy: Copy,
) -> None:
    field = FILTER.blocks[0]
    careless = copy.root / "ecosystem" / "finding" / "filters.py"
    text = careless.read_text(encoding="utf-8")
    try:
        careless.write_text(text.replace(field, field.replace("labels=EVIDENCE, ", "")))
        with pytest.raises(AssertionError, match="missing 1 required keyword-only argument"):
            copy.run("ecosystem.finding.filters")
    finally:
        careless.write_text(text, encoding="utf-8")
