"""The documents name only what there is, and leave nothing out."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
import typer
import yaml

from docs import settings as settings_page
from ecosystem.common.settings import ROOT, Settings, settings
from etl.cli import app
from etl.report import columns
from etl.schema import load_schemas

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/investor-day.md",
    "docs/operating.md",
    "docs/secretariat.md",
)
_COMMAND = re.compile(r"^\s*(cyber-valleys|make|python -m) ([\w.-]+)(.*)", re.MULTILINE)


# Where the messages are that the guide explains.
_SAYING = ("etl/**/*.py",)


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def commands(document: str) -> list[tuple[str, str, str]]:
    """Program, its first argument and the rest, of every command in code."""
    text = text_of(document)
    code = [*re.findall(r"```sh\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)]
    return [match.groups() for part in code for match in _COMMAND.finditer(part)]  # type: ignore[misc]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_exist(document: str) -> None:
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    for program, argument, rest in commands(document):
        if program == "cyber-valleys":
            command = known[argument]
            if hasattr(command, "commands") and rest:
                command = command.commands[rest.split()[0]]
            options = {opt for param in command.params for opt in param.opts}
            assert set(re.findall(r"--[a-z-]+", rest.partition("#")[0])) <= options
        elif program == "make":
            assert argument in targets
        else:
            path = ROOT.joinpath(*argument.split("."))
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), argument


@pytest.mark.parametrize("document", DOCUMENTS)
def test_pictures_and_links_exist(document: str) -> None:
    folder = (ROOT / document).parent
    for target in re.findall(r"\]\(([^)]+)\)", text_of(document)):
        assert target.startswith("https://") or (folder / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_exist(document: str) -> None:
    named = re.findall(r"`((?:\w[\w.-]*/)+[\w.-]*|[\w-]+\.(?:py|lock|toml))`", text_of(document))
    made = {"data/releases", "data/inbox", *re.findall(r"Write `([\w/.]+)`", text_of(document))}
    assert [path for path in named if path not in made and not (ROOT / path).exists()] == []


def test_readme_names_every_document() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "CITATION.cff"]
    names = {path.relative_to(ROOT).as_posix() for path in documents} - {"README.md"}
    assert names >= set(DOCUMENTS) - {"README.md"}
    assert [name for name in sorted(names) if f"]({name})" not in text_of("README.md")] == []


def test_commands_are_found() -> None:
    assert ("cyber-valleys", "check", " organisations.xlsx   ") in [
        (program, argument, rest.partition("#")[0])
        for program, argument, rest in commands("README.md")
    ]


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    released = re.findall(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", text_of("CHANGELOG.md"), re.M)
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert (citation["version"], str(citation["date-released"])) == released[0]
    assert released[0][0] == version
    assert re.search(r"^## \[Unreleased\]$", text_of("CHANGELOG.md"), re.MULTILINE)


def test_readme_names_every_package() -> None:
    packages = [path.name for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))]
    assert {"ecosystem", "etl", "pages"} <= set(packages)
    assert [name for name in packages if f"`{name}/`" not in text_of("README.md")] == []


def test_readme_gives_a_reason_for_every_dependency() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    names = {
        re.split(r"[^\w-]", requirement)[0] for requirement in [*project["dependencies"], *extras]
    }
    rows = re.findall(r"^\| ([\w, -]+) \| .+ \|$", text_of("README.md"), re.MULTILINE)
    assert names - {name for row in rows for name in row.split(", ")} == set()


def test_readme_shows_the_attributions_word_for_word() -> None:
    sources = tomllib.loads(text_of("data/sources.toml"))["source"]
    assert [s["attribution"] for s in sources if s["attribution"] not in text_of("README.md")] == []


def said() -> str:
    """All texts of the code that talks to the secretariat, in small letters."""
    nodes = (
        node
        for pattern in _SAYING
        for path in ROOT.glob(pattern)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    texts = [text for text in constants if isinstance(text, str)]
    return "\n".join([*texts, text_of("data/gates.toml")]).casefold()


def test_the_guide_explains_messages_that_there_are() -> None:
    before, rest = text_of("docs/secretariat.md").split(columns.BEGIN)
    _, after = rest.split(columns.END)
    rows = re.findall(r"^\| ([^|]+) \|", f"{before}{after}", re.MULTILINE)
    messages = [row for row in rows if row != "message"]
    parts = [
        part.strip(" .,").casefold()
        for message in messages
        for part in re.split(r"\.\.\.|; |, or: |Note: ", message)
    ]
    known = said()
    assert len(messages) > 60
    assert [part for part in parts if part and part not in known] == []


def test_the_guide_lists_every_column_of_the_register() -> None:
    """Run `python -m etl.report.columns` after a change of a schema."""
    schemas, guide = load_schemas(settings().schema_dir), text_of("docs/secretariat.md")
    assert columns.update_guide(guide, schemas) == guide
    names = [name for schema in schemas.values() for name in schema.columns]
    assert [name for name in names if f"| `{name}` |" not in guide] == []


def test_every_setting_is_described_and_the_table_of_them_is_current() -> None:
    assert settings_page.described_names() == set(Settings.model_fields)
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.page()
