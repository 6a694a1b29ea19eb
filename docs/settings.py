"""All settings of an installation as a table, made from the class that reads them.

``python -m docs.settings`` writes ``docs/settings.md``; a test holds it against the class.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from ecosystem.common.settings import ROOT, Settings

PAGE = ROOT / "docs" / "settings.md"
_HEAD = """# Settings

Each is a variable of the environment in which the site and the commands run. Paths, numbers and
lists are checked at the start. `cyber-valleys doctor` says which of them an installation lacks.

| variable | default | what it is |
|---|---|---|
"""
_ENTRY = re.compile(r"^(\w+(?:, \w+)*) : (.+)$")


def page() -> str:
    """The whole page."""
    rows = []
    for names, description in _described():
        variables = "<br>".join(f"`{_prefix()}{name.upper()}`" for name in names)
        defaults = "<br>".join(_default(name) for name in names)
        rows.append(f"| {variables} | {defaults} | {description} |")
    return _HEAD + "\n".join(rows) + "\n"


def described_names() -> set[str]:
    """Names that the class's docstring describes."""
    return {name for names, _ in _described() for name in names}


def _prefix() -> str:
    return str(Settings.model_config["env_prefix"])


def _described() -> list[tuple[list[str], str]]:
    """Names of settings, several where they are described together, with what is said."""
    text = inspect.cleandoc(Settings.__doc__ or "").partition("Attributes\n----------\n")[2]
    found: list[tuple[list[str], str]] = []
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry:
            found.append((entry[1].split(", "), ""))
        elif found:
            names, said = found[-1]
            found[-1] = (names, f"{said} {line.strip()}".strip())
    return [(names, _as_markdown(said)) for names, said in found]


def _as_markdown(text: str) -> str:
    plain = re.sub(r":\w+:`([^`]*)`", r"`\1`", text.replace("``", "`"))
    return plain.replace("|", "\\|")


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}`"
    shown = "" if value is None or value == () else str(value)
    return f"`{shown}`" if shown.strip("*") else "none"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
