"""Read who imports whom, and draw it: ``python -m docs.rooms`` writes the picture of the rooms.

A room is a folder of ``ecosystem`` or ``etl``, or a file that stands in them by itself. The picture
has a floor for each step above the common ground, so every arrow points down. An arrow that other
arrows already imply is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "rooms.svg"
# Modules of ours; a folder of tests or benchmarks may import what it likes.
SOURCES = ("app.py", "pages", "ecosystem", "etl")

Imports = dict[str, set[str]]

# Pixels: width and height of a room, space between rooms, of an arrow that passes, of a floor.
_ROOM, _GAP, _PASSAGE, _FLOOR, _MARGIN = (136, 32), 18, 26, 66, 16
# From left to right; what is in neither house is between them.
_COLUMNS = ("ecosystem", "", "etl")
_SWEEPS = 12
_COLOURS = {"ecosystem": "#d6e6f5", "etl": "#fbe3c0", "": "#e4e4e4"}
_STYLE = (
    "text { font: 13px system-ui, sans-serif; fill: #1f2430; text-anchor: middle }"
    " rect.room { stroke: #5b6270; stroke-width: 1 }"
    " path { fill: none; stroke: #5b6270; stroke-width: 1.1; marker-end: url(#tip) }"
    " path.tip { fill: #5b6270; stroke: none; marker-end: none }"
    " path.across { stroke: #b3541e; stroke-dasharray: 5 3 }"
)


def source_files() -> Iterator[Path]:
    """Every Python file of the site and of the ETL."""
    for source in SOURCES:
        path = ROOT / source
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def module_name(path: Path) -> str:
    """Name by which a file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Every name that a module imports, as ``package.module`` and ``package.module.name``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def read_imports(paths: Iterable[Path]) -> Imports:
    """Names that each module imports, by module."""
    return {
        module_name(path): set(imported_names(ast.parse(path.read_text(encoding="utf-8"))))
        for path in paths
    }


def is_in(name: str, *rooms: str) -> bool:
    """Whether a name is one of the rooms or inside one."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def modules_between(imports: Imports) -> Imports:
    """The imports as edges between modules of ours."""
    edges = {
        module: {
            name if name in imports else name.rpartition(".")[0]
            for name in names
            if name in imports or name.rpartition(".")[0] in imports
        }
        - {module}
        for module, names in imports.items()
    }
    # A package's __init__ that gathers its modules is imported by them in name only.
    packages = {module for module in imports if any(m.startswith(f"{module}.") for m in imports)}
    return {
        module: {name for name in names if not (name in packages and is_in(module, name))}
        for module, names in edges.items()
    }


def rooms_between(edges: Imports) -> Imports:
    """The edges between rooms: ``ecosystem.finding``, ``etl.places``, a flat file as itself."""
    rooms: Imports = {}
    for module, names in edges.items():
        own = ".".join(module.split(".")[:2])
        others = {".".join(name.split(".")[:2]) for name in names}
        rooms.setdefault(own, set()).update(others - {own})
    return rooms


def drawn_rooms(rooms: Imports) -> Imports:
    """The rooms of the picture: all pages as one, and no package that only holds the others."""
    whole = ("ecosystem", "etl", "etl.__main__", "pages")
    drawn: Imports = {}
    for room, others in rooms.items():
        if room not in whole:
            shown = "pages" if is_in(room, "pages") else room
            drawn.setdefault(shown, set()).update(others - set(whole))
    return drawn


def floors(rooms: Imports) -> dict[str, int]:
    """Floor of each room: 0 if it imports no other, else one above the highest that it imports.

    Raises
    ------
    RecursionError
        If rooms import each other in a circle.
    """

    def floor(room: str) -> int:
        return max((floor(other) + 1 for other in rooms[room]), default=0)

    return {room: floor(room) for room in rooms}


def without_implied(rooms: Imports) -> Imports:
    """The fewest edges from which all others follow (transitive reduction)."""

    def below(room: str) -> set[str]:
        return rooms[room].union(*(below(other) for other in rooms[room]))

    return {
        room: {
            other for other in others if not any(other in below(o) for o in others if o != other)
        }
        for room, others in rooms.items()
    }


Chain = tuple[str, ...]


def picture(rooms: Imports) -> str:
    """The rooms as an SVG drawing; the same rooms give the same text."""
    floor = floors(rooms)
    chains = list(_chains(without_implied(rooms), floor))
    rows = _ordered(_rows(rooms, floor, chains), chains)
    place, width = _places(rows)
    height = len(rows) * _FLOOR + _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-labelledby="title">',
            '<title id="title">Which room of the code imports which</title>',
            f"<style>{_STYLE}</style>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7"'
            ' markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *(_arrow(chain, place, height) for chain in chains),
            *(_box(room, *place[room], height) for room in sorted(rooms)),
            "</svg>",
            "",
        ]
    )


def _chains(edges: Imports, floor: dict[str, int]) -> Iterator[Chain]:
    """Each arrow as its two rooms and a point on every floor between them."""
    for room in sorted(edges):
        for other in sorted(edges[room]):
            between = range(floor[room] - 1, floor[other], -1)
            yield (room, *(f"{room}>{other}>{i}" for i in between), other)


def _rows(rooms: Imports, floor: dict[str, int], chains: list[Chain]) -> list[list[str]]:
    """What lies on each floor, the lowest first: rooms, and points of arrows that pass."""
    rows: list[list[str]] = [[] for _ in range(max(floor.values()) + 1)]
    for room in sorted(rooms):
        rows[floor[room]].append(room)
    for chain in chains:
        for i, point in enumerate(chain[1:-1], start=1):
            rows[floor[chain[0]] - i].append(point)
    return rows


def _ordered(rows: list[list[str]], chains: list[Chain]) -> list[list[str]]:
    """Each floor with what belongs together side by side, so that few arrows cross."""
    near: dict[str, list[str]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            near.setdefault(upper, []).append(lower)
            near.setdefault(lower, []).append(upper)
    rows = [sorted(row, key=lambda name: (_column(name), name)) for row in rows]
    for _ in range(_SWEEPS):
        at = {name: i - len(row) / 2 for row in rows for i, name in enumerate(row)}

        def middle(name: str, at: dict[str, float] = at) -> tuple[int, float, str]:
            others = [at[other] for other in near.get(name, [name])]
            return _column(name), sum(others) / len(others), name

        rows = [sorted(row, key=middle) for row in rows]
    return rows


def _places(rows: list[list[str]]) -> tuple[dict[str, tuple[float, int]], int]:
    """Middle of each room and point, as pixels from the left and floor; and the whole width."""
    place: dict[str, tuple[float, int]] = {}
    left: float = _MARGIN
    for column in range(len(_COLUMNS)):
        parts = [[name for name in row if _column(name) == column] for row in rows]
        width = max(sum(map(_width, part)) for part in parts)
        for level, part in enumerate(parts):
            x = left + (width - sum(map(_width, part))) / 2
            for name in part:
                place[name] = (x + _width(name) / 2, level)
                x += _width(name)
        left += width
    return place, round(left) + _MARGIN


def _column(name: str) -> int:
    room, _, rest = name.partition(">")
    houses = {_house(room), _house(rest.partition(">")[0]) if rest else _house(room)}
    return _COLUMNS.index(houses.pop()) if len(houses) == 1 else _COLUMNS.index("")


def _house(room: str) -> str:
    return room.partition(".")[0] if "." in room else ""


def _width(name: str) -> int:
    return _PASSAGE if ">" in name else _ROOM[0] + _GAP


def _y(level: int, height: int) -> int:
    return height - _MARGIN - _FLOOR // 2 - level * _FLOOR


def _arrow(chain: Chain, place: dict[str, tuple[float, int]], height: int) -> str:
    half = _ROOM[1] / 2
    x, level = place[chain[0]]
    y = _y(level, height) + half
    steps = [f"M{x:.0f} {y:.0f}"]
    for name in chain[1:]:
        x2, level = place[name]
        middle = _y(level, height)
        end = middle - half
        bend = (end - y) / 2
        steps.append(f"C{x:.0f} {y + bend:.0f} {x2:.0f} {end - bend:.0f} {x2:.0f} {end:.0f}")
        if ">" in name:
            steps.append(f"V{middle + half:.0f}")
        x, y = x2, middle + half
    across = _house(chain[0]) == "etl" and _house(chain[-1]) == "ecosystem"
    kind = ' class="across"' if across else ""
    return f'<path d="{" ".join(steps)}"{kind}/>'


def _box(room: str, x: float, level: int, height: int) -> str:
    width, tall = _ROOM
    y = _y(level, height)
    return (
        f'<g><rect class="room" x="{x - width / 2:.0f}" y="{y - tall / 2:.0f}" width="{width}"'
        f' height="{tall}" rx="5" fill="{_COLOURS[_house(room)]}"/>'
        f'<text x="{x:.0f}" y="{y + 4.5:.1f}">{escape(room)}</text></g>'
    )


def read_rooms() -> Imports:
    """The rooms as the picture shows them, from the files."""
    return drawn_rooms(rooms_between(modules_between(read_imports(source_files()))))


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(read_rooms()), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()
