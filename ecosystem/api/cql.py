"""CQL2 text filters as SQL conditions: parsed by the library ``cql2``, bound, never pasted.

OGC 21-065r2. The classes Basic CQL2, Advanced Comparison Operators, Case-insensitive Comparison,
Basic Spatial Functions with a box, and Array Functions are understood; the rest is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cql2

from ecosystem.api.collections import Property
from ecosystem.api.errors import invalid
from ecosystem.tables.features import Condition

# The library's time grows without bound with nested brackets that don't close.
MAX_LENGTH, MAX_DEPTH = 2_000, 8
_COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_ARRAYS = {
    "a_contains": "list_has_all({}, {})",
    "a_containedby": "list_has_all({1}, {0})",
    "a_overlaps": "list_has_any({}, {})",
    "a_equals": "list_sort({}) = list_sort({})",
}
_QUOTED = re.compile(r"'(?:[^']|'')*'")
Boxes = Callable[[list[float]], Condition]


def condition(text: str, properties: Mapping[str, Property], inside: Boxes) -> Condition:
    """A CQL2 text as an SQL condition.

    Parameters
    ----------
    text : str
        As a stranger wrote it.
    properties : mapping of str to Property
        What may be named, by name.
    inside : callable
        Makes the condition that a feature lies in a box (west, south, east, north).

    Raises
    ------
    ApiError
        If it can't be understood, with what can't.
    """
    if len(text) > MAX_LENGTH:
        raise invalid(f"The filter is longer than {MAX_LENGTH:,} characters.")
    if _depth(text) > MAX_DEPTH:
        raise invalid(f"The filter has more than {MAX_DEPTH} brackets inside each other.")
    try:
        tree = cql2.parse_text(text).to_json()
    except (cql2.ParseError, ValueError) as error:
        place = str(error).strip().splitlines()[0].strip() if str(error).strip() else ""
        raise invalid(f"The filter is no CQL2 text ({place}).") from error
    reader = _Reader(properties, inside)
    return reader.truth(tree), reader.bound


def _depth(text: str) -> int:
    depth = deepest = 0
    for letter in _QUOTED.sub("''", text):
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return deepest


@dataclass
class _Reader:
    """Walks the parsed filter; what is no known operator or property is refused."""

    properties: Mapping[str, Property]
    inside: Boxes
    bound: dict[str, Any] = field(default_factory=dict)

    def truth(self, node: Any) -> str:
        """SQL of something that holds or doesn't."""
        if isinstance(node, bool):
            return "TRUE" if node else "FALSE"
        if isinstance(node, dict) and "property" in node:
            name = self._property(node)
            if self.properties[node["property"]].kind == "boolean":
                return name
        operator, arguments = self._operation(node)
        if operator in ("and", "or"):
            return "(" + f" {operator.upper()} ".join(self.truth(a) for a in arguments) + ")"
        if operator == "not":
            return f"(NOT {self.truth(arguments[0])})"
        if operator == "s_intersects":
            return self._spatial(arguments)
        return self._predicate(operator, arguments)

    def _predicate(self, operator: str, arguments: list[Any]) -> str:
        if operator in _COMPARISONS:
            left, right = self._alike(arguments)
            return f"({left} {_COMPARISONS[operator]} {right})"
        if operator == "like":
            # CQL2 has no other escape than the backslash.
            return f"({self._text(arguments[0])} LIKE {self._text(arguments[1])} ESCAPE '\\')"
        if operator == "between":
            value, low, high = (self._scalar(a) for a in arguments)
            return f"({value} BETWEEN {low} AND {high})"
        if operator == "isNull":
            return f"({self._value(arguments[0])} IS NULL)"
        if operator == "in":
            items = ", ".join(self._scalar(item) for item in arguments[1])
            return f"({self._scalar(arguments[0])} IN ({items}))" if items else "FALSE"
        if operator in _ARRAYS:
            left, right = (self._array(a) for a in arguments)
            return f"({_ARRAYS[operator].format(left, right)})"
        raise invalid(f"The filter uses “{operator[:40]}”, which this service doesn't know.")

    def _operation(self, node: Any) -> tuple[str, list[Any]]:
        if not isinstance(node, dict) or not isinstance(node.get("op"), str):
            raise invalid("The filter has a value where a condition should be.")
        return node["op"], list(node.get("args", ()))

    def _alike(self, arguments: list[Any]) -> tuple[str, str]:
        kinds = {self._kind(argument) for argument in arguments} - {""}
        if len(kinds) > 1:
            raise invalid(f"The filter compares values of two kinds: {', '.join(sorted(kinds))}.")
        if kinds == {"array"}:
            raise invalid("The filter compares a list; lists are asked with A_CONTAINS and others.")
        left, right = (self._value(argument) for argument in arguments)
        return left, right

    def _kind(self, node: Any) -> str:
        """Kind of a value: text, number, truth or array; empty if anything goes."""
        if isinstance(node, dict) and "property" in node:
            self._property(node)
            kind = self.properties[node["property"]].kind
            return {"string": "text", "integer": "number", "boolean": "truth"}.get(kind, kind)
        if isinstance(node, bool):
            return "truth"
        if isinstance(node, int | float):
            return "number"
        if isinstance(node, list):
            return "array"
        if isinstance(node, str) or (isinstance(node, dict) and node.get("op") == "casei"):
            return "text"
        return ""

    def _value(self, node: Any) -> str:
        if isinstance(node, dict) and "property" in node:
            return self._property(node)
        if isinstance(node, dict) and node.get("op") in ("casei", "accenti"):
            (inner,) = node["args"]
            wrapped = "lower({})" if node["op"] == "casei" else "strip_accents({})"
            return wrapped.format(self._text(inner))
        if isinstance(node, str | bool | int | float):
            return self._bind(node)
        raise invalid("The filter has something other than a property, a text or a number.")

    def _scalar(self, node: Any) -> str:
        if self._kind(node) == "array":
            raise invalid("The filter has a list where a single value should be.")
        return self._value(node)

    def _text(self, node: Any) -> str:
        if self._kind(node) != "text":
            raise invalid(
                "The filter asks for a pattern or for letters in something that isn't text."
            )
        return self._value(node)

    def _array(self, node: Any) -> str:
        if isinstance(node, list):
            if not all(isinstance(item, str) for item in node):
                raise invalid("The filter has a list of something other than texts.")
            return self._bind(node)
        if self._kind(node) != "array":
            raise invalid("The filter asks about a list in a property that is none.")
        return self._value(node)

    def _property(self, node: Mapping[str, Any]) -> str:
        name = node["property"]
        if name not in self.properties:
            raise invalid(f"There is no property “{str(name)[:60]}”.")
        return f'"{name}"'

    def _bind(self, value: Any) -> str:
        name = f"cql_{len(self.bound)}"
        self.bound[name] = value
        return f"${name}"

    def _spatial(self, arguments: list[Any]) -> str:
        box = arguments[1].get("bbox") if isinstance(arguments[1], dict) else None
        if arguments[0] != {"property": "geometry"} or not isinstance(box, list):
            raise invalid(
                "Of places the filter knows S_INTERSECTS(geometry, BBOX(w, s, e, n)) alone."
            )
        sql, bound = self.inside([float(number) for number in box])
        # The box may stand twice in one filter.
        renamed = {name: f"{name}_{len(self.bound)}" for name in bound}
        for name, new in renamed.items():
            sql = sql.replace(f"${name}", f"${new}")
        self.bound |= {new: bound[name] for name, new in renamed.items()}
        return f"({sql})"
