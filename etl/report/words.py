"""The words of a check, the same on the command line, on the page and in the workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from etl.model import Rejection
from etl.pipeline import Outcome, Status

FAULT_COLUMNS = ("File", "Cell", "Organisation", "Value", "What is wrong", "How to mend it")
CANDIDATE_COLUMNS = ("Likeness", "First", "Second", "What speaks for it")
SUCCESSION_COLUMNS = ("Likeness", "Before", "Now", "What speaks for it")
RENAMED = "Perhaps renamed"
GATE_COLUMNS = ("What must hold", "Measured", "Allowed", "Holds")
# Kind of change -> heading and what is shown of it.
CHANGES = {
    "added": "Added",
    "removed": "Removed",
    "changed": "Changed",
    "moved": "Moved",
    "merged": "Merged",
}
CHANGE_COLUMNS = {
    "added": ("Identifier", "Organisation"),
    "removed": ("Identifier", "Organisation"),
    "changed": ("Identifier", "Organisation", "Field", "Before", "Now"),
    "moved": ("Identifier", "Organisation", "Before", "Now"),
    "merged": ("Identifier", "Organisation", "Merged into"),
}
ABOUT_SUCCESSIONS = (
    "These organisations have gone, and similar ones are new. To keep an identifier, write the one "
    "before into the org_id cell, or decide `same` or `different` as for likely duplicates."
)
EMPTY = "(empty)"
ABOUT_CANDIDATES = (
    "They don't stop a release. Decide about each pair with "
    '`cyber-valleys decide FIRST SECOND same --reason "..."`, or `different`.'
)
_PLACES = ("lat", "lon")


def verdict(outcome: Outcome) -> str:
    """Whether it was or would be published, in a sentence or two, and why not."""
    if outcome.status is Status.PUBLISHED:
        return f"Published as release {outcome.release_id}."
    if outcome.status is Status.PASSED:
        return f"This would be published.{_left_out(outcome.rejections)}"
    if outcome.status is Status.INPUT_REFUSED:
        cells = counted(len(outcome.rejections), "cell")
        return f"This would not be published: {cells} must be mended first."
    stopped = [result.sentence() for result in outcome.gates if result.stops]
    return f"This would not be published. {' '.join(stopped)}"


def compared(outcome: Outcome) -> str:
    """How many organisations differ from the release that is served, as a sentence."""
    if outcome.previous_id is None:
        return "There is no release yet to compare with."
    return f"Against release {outcome.previous_id}: {change_counts(outcome.changes)}."


def left_out(outcome: Outcome) -> str:
    """That faulty rows count as removed, as a sentence; empty if there are none."""
    if not outcome.rejections:
        return ""
    cells = counted(len(outcome.rejections), "cell")
    return f"{cells} can't be taken as they are; organisations with such a cell count as removed."


def change_counts(counts: Mapping[str, int]) -> str:
    """``"2 added, 1 removed"``, or ``"no change"``."""
    known = [f"{counts[kind]:,} {kind}" for kind in CHANGES if counts.get(kind)]
    return ", ".join(known) or "no change"


def change_line(kind: str, row: Sequence[str]) -> str:
    """One change in a line; the cells are those of :data:`CHANGE_COLUMNS`."""
    org_id, name, *rest = row
    who = f"{org_id} ({name})"
    if kind == "changed":
        return f"{who}: {rest[0]}: {rest[1]} -> {rest[2]}"
    if kind == "moved":
        return f"{who}: {rest[0]} -> {rest[1]}"
    return f"{who} -> {rest[0]}" if rest else who


def fault_kind(fault: Rejection) -> str:
    """What kind of fault it is: the heading that it is listed under."""
    if fault.step == "deduplicate":
        return "Stands in the register twice"
    if fault.step == "locate":
        if fault.column in _PLACES:
            return "Coordinates that contradict the country"
        return "Town not found"
    if fault.reason.endswith(" is empty."):
        return "Empty, but needed"
    if fault.reason.startswith("Unknown code"):
        return "Unknown code"
    if fault.reason.startswith("There is no such"):
        return "Names something that isn't in the register"
    return "Not written as it should be"


def by_kind(faults: Iterable[Rejection]) -> dict[str, list[Rejection]]:
    """Faults by their kind, the commonest kind first."""
    kinds: dict[str, list[Rejection]] = {}
    for fault in faults:
        kinds.setdefault(fault_kind(fault), []).append(fault)
    return dict(sorted(kinds.items(), key=lambda item: -len(item[1])))


def more(shown: int, total: int, what: str = "row") -> str:
    """That a list is cut off; empty if it isn't."""
    if total <= shown:
        return ""
    return f"and {counted(total - shown, f'more {what}')}, not shown here."


def counted(number: int, noun: str) -> str:
    """``"1 cell"``, ``"1,200 cells"``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def holds(passed: bool, waived: bool) -> str:
    """Whether a gate holds, in a word or two."""
    return "yes" if passed else "accepted" if waived else "no"


def _left_out(faults: Sequence[Rejection]) -> str:
    rows = len({(fault.file, fault.row) for fault in faults})
    if not rows:
        return ""
    verb = "is" if rows == 1 else "are"
    return f" {counted(rows, 'row')} with faults {verb} left out until mended."
