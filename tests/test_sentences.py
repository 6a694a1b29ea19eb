"""No sentence of the site is put together from pieces of grammar.

The rule stands in docs/architecture.md under "Words". Here the forms are found that break it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from ecosystem.common.settings import ROOT

ROOMS = ("app.py", "pages", "ecosystem", "etl/ui")
# What does such a thing for everybody: it writes a label inside a sentence.
EXCEPT = {("ecosystem/common/vocabulary.py", "inside")}

# Stands for a value in the text of an f-string.
HOLE = "\0"
# Goes on from something: " in {year}", ", about 3 s left", " {name}".
GOES_ON = re.compile(rf"( |[,;] )[*_“]*[a-z{HOLE}]")
# The same where it is joined to something: ": 7 in all.", ".".
GOES_ON_BY_A_MARK = re.compile(r"[.:;!?]$|[.,:;!?] ")
# Waits for something: "is known to ", "of {n}, ".
BREAKS_OFF = re.compile(rf"([a-z]|(?<=[a-z{HOLE}]),|{HOLE}) $")
# A text between spaces, to look for whole words in it.
PADDED = f" {HOLE} "
# A sentence that ends may follow another one: " {name} carries on its work."
ENDS = re.compile(r"[.!?][*_”)]*$")
# A few words without a capital and an end.
WORDS = re.compile(rf"[a-z’'{HOLE} ]*[a-z][a-z’'{HOLE} ]*")
# A word stands beside a value: f"{n} of them", but not f"{kind}:{id}" nor f"/{name}".
SENTENCE = re.compile(
    rf"{HOLE}[”*]* ([a-zA-Z’']{{2,}}|{HOLE})|(^|[ (])[a-zA-Z’']{{2,}}[,:]? [“*]*{HOLE}"
)
# The first words of a sentence that goes on after them: "Of {n} of them".
BEGINNING = re.compile(rf"[A-Z][a-z]*( ([a-z’']+|{HOLE}))+")
# What several do, so that a number before it may not be one.
OF_SEVERAL = re.compile(r"[*]* (are|were|have|do|aren['’]t|haven['’]t|don['’]t)\b")
ENTITY = re.compile("&[a-z]+;")
LOOKS_AT = {
    "removeprefix", "removesuffix", "startswith", "endswith", "replace", "partition",
    "rpartition", "split", "rsplit", "count", "strip", "lstrip", "rstrip",
}  # fmt: skip


class Module:
    """A module's literals and choices, each with what it stands in."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.above = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }
        functions = [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)]
        self.functions = {function.name: function for function in functions}

    def breaches(self, file: str = "") -> Iterator[tuple[int, str]]:
        """Line and kind of all that is put together from pieces."""
        for node in ast.walk(self.tree):
            if (kind := self._kind(node)) and (file, self._function_of(node)) not in EXCEPT:
                yield node.lineno, kind  # type: ignore[attr-defined]

    def _kind(self, node: ast.AST) -> str:
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return self._kind_of_text(node)
        if isinstance(node, ast.FormattedValue):
            return self._kind_of_value(node)
        if isinstance(node, ast.Call) and changes_capital(node):
            return "changed capital"
        return ""

    def _kind_of_text(self, node: ast.Constant | ast.JoinedStr) -> str:
        text, above = text_of(node), self.above.get(node)
        if text in (None, PADDED) or isinstance(above, ast.JoinedStr | ast.Expr | ast.Compare):
            return ""
        if isinstance(above, ast.FormattedValue) and above.format_spec is node:
            return ""
        if isinstance(above, ast.Call) and method_of(above) in LOOKS_AT:
            return ""
        if isinstance(above, ast.Attribute) and above.attr == "join":
            return "joined by a word" if re.search(r"[a-z]", ENTITY.sub("", text)) else ""
        if GOES_ON.match(text) and not (ENDS.search(text) and text.startswith(f" {HOLE}")):
            return "goes on"
        if is_joined(node, above) and GOES_ON_BY_A_MARK.match(text):
            return "goes on"
        if BREAKS_OFF.search(text):
            return "breaks off"
        return ""

    def _kind_of_value(self, node: ast.FormattedValue) -> str:
        """Whether a word of a sentence is chosen, or a verb follows whatever the number is."""
        sentence = self.above[node]
        if not isinstance(sentence, ast.JoinedStr):
            return ""
        if isinstance(node.value, ast.Call) and method_of(node.value) == "count":
            behind = text_of(sentence.values[sentence.values.index(node) + 1 :])
            if OF_SEVERAL.match(behind or ""):
                return "verb behind a count"
        if SENTENCE.search(text_of(sentence) or "") and self._is_chosen(node):
            return "chosen word"
        return ""

    def _is_chosen(self, node: ast.FormattedValue) -> bool:
        value = node.value
        if isinstance(value, ast.Name):
            given = [
                assigned.value
                for assigned in ast.walk(self._function_around(node))
                if isinstance(assigned, ast.Assign) and names_of(assigned) == [value.id]
            ]
            return any(map(is_choice_of_words, given)) or sum(map(is_words, given)) > 1
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            called = self.functions.get(value.func.id)
            return called is not None and any(
                isinstance(n, ast.Return) and is_choice_of_words(n.value) for n in ast.walk(called)
            )
        return is_choice_of_words(value)

    def _function_of(self, node: ast.AST) -> str:
        function = self._function_around(node)
        return function.name if isinstance(function, ast.FunctionDef) else ""

    def _function_around(self, node: ast.AST) -> ast.AST:
        while node in self.above and not isinstance(node, ast.FunctionDef):
            node = self.above[node]
        return node


def text_of(node: ast.AST | list[ast.expr]) -> str | None:
    """The text of a literal, with HOLE for each value; None for what isn't one."""
    if isinstance(node, list):
        return text_of(ast.JoinedStr(node))
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else HOLE for v in node.values)
    return None


def is_joined(node: ast.AST, above: ast.AST | None) -> bool:
    """Whether a text becomes part of another one: by a choice, by ``+`` or by ``+=``."""
    if isinstance(above, ast.IfExp):
        return node is not above.test
    return isinstance(above, ast.AugAssign) or (
        isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add) and above.right is node
    )


def is_words(node: ast.AST) -> bool:
    text = text_of(node) or ""
    return any(form.fullmatch(text) for form in (WORDS, BEGINNING))


def is_choice_of_words(node: ast.AST | None) -> bool:
    if isinstance(node, ast.IfExp):
        sides = [node.body, node.orelse]
    elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        sides = node.values
    else:
        return False
    return any(is_words(side) or is_choice_of_words(side) for side in sides)


def names_of(assigned: ast.Assign) -> list[str]:
    return [target.id for target in assigned.targets if isinstance(target, ast.Name)]


def method_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def changes_capital(call: ast.Call) -> bool:
    """``text.capitalize()``, ``text[:1].lower()``, ``TYPES.label(code).lower()``."""
    if call.args or not isinstance(call.func, ast.Attribute):
        return False
    changed = call.func.value
    if call.func.attr in ("lower", "upper"):
        if isinstance(changed, ast.Call):
            return method_of(changed) == "label"
        return isinstance(changed, ast.Subscript) and ast.unparse(changed.slice) in (":1", "0")
    return call.func.attr in ("capitalize", "title")


def breaches(source: str) -> list[str]:
    return [kind for _, kind in Module(source).breaches()]


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_is_put_together_from_pieces(room: str) -> None:
    base = ROOT / room
    files = [base] if base.is_file() else sorted(base.rglob("*.py"))
    assert files
    names = {file: file.relative_to(ROOT).as_posix() for file in files}
    found = {
        f"{names[file]}:{line}": kind
        for file in files
        for line, kind in Module(file.read_text(encoding="utf-8")).breaches(names[file])
    }
    assert found == {}


def test_each_exception_is_one() -> None:
    for file, function in EXCEPT:
        module = Module((ROOT / file).read_text(encoding="utf-8"))
        assert list(module.breaches()), function
        assert not list(module.breaches(file))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # A fragment at the end, chosen or added.
        ("""said = f"It closed{f' in {year}' if year else ''}." """, ["goes on"]),
        ('since = f" in {year}" if year else ""', ["goes on"]),
        ('said += f", {n} per million inhabitants"', ["goes on"]),
        ('said = text + f"; the first {n} are listed"', ["goes on"]),
        ('said += "." if alone else f": {n} in all."', ["goes on", "goes on"]),
        ('def hedge(): return ", though that may be chance"', ["goes on"]),
        ('mark = f" {differs}" if differs else ""', ["goes on"]),
        # A fragment at the beginning.
        ('parts.append("is known to " + does)', ["breaks off"]),
        ('said = f"Of {n}, " + rest', ["breaks off"]),
        # A word in a sentence: a verb, a noun, an ending.
        ("""said = f"{n} {'is' if n == 1 else 'are'} kept." """, ["chosen word"]),
        ("""said = f"{n} meeting{'s' if n > 1 else ''} of {who}" """, ["chosen word"]),
        ("verb = 'is' if n == 1 else 'are'\nsaid = f'There {verb} {n}.'", ["chosen word"]),
        ("if n: verb = 'is'\nelse: verb = 'are'\nsaid = f'There {verb} {n}.'", ["chosen word"]),
        (
            "def has(n): return 'has' if n == 1 else 'have'\nsaid = f'{a} {has(1)} the most'",
            ["chosen word"],
        ),
        ("""said = f"{n} recorded, {same or 'none'} with a domain" """, ["chosen word"]),
        ("of = f'Of {n}' if n else 'Of none'\nsaid = f'{of} it is known.'", ["chosen word"]),
        ("how = 'led by' if leads else 'joined by'\nsaid = f'{how} {name}'", ["chosen word"]),
        ("""said = f"{wording.count(n, 'valley')} have enough." """, ["verb behind a count"]),
        # A capital taken away or given.
        ("said = label[:1].lower() + label[1:]", ["changed capital"]),
        ("said = text[0].upper()", ["changed capital"]),
        ("title = what.capitalize()", ["changed capital"]),
        ("said = ROLES.label(code).lower()", ["changed capital"]),
        # A conjunction of its own.
        ('said = " and ".join(names)', ["joined by a word"]),
        # Whole sentences, whole brackets, figures, labels, SQL, addresses and codes.
        ('said = f"{declared} {CARRIES_ON.format(name=name)}" if name else declared', []),
        ('year = f" ({known.year})" if known.year else ""', []),
        ('said = f"It is{known}." + (" Parts of it lie outside." if partly else "")', []),
        ('said += f" {name} carries on its work."', []),
        ('said = MANY if n > 1 else ONE', []),
        ("""said = f"{wording.count(n, 'valley')} of {of}" """, []),
        ("""said = f"{kind}:{'valley' if level == 'valley' else 'nuts'}" """, []),
        ('facts = " · ".join(facts) + ", ".join(names)', []),
        ('sql = " AND ".join(conditions) + " ORDER BY name"', []),
        ('first = text.partition(" and ")[0].removesuffix(" of it")', []),
        ('is_found = f" {word} " in f" {text} " and " and " in text', []),
        ('"""Says ``" and more"``."""', []),
    ],
)  # fmt: skip
def test_the_forms_are_told_apart(source: str, expected: list[str]) -> None:
    assert breaches(source) == expected
