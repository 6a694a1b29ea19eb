"""The words of a check, the same on the command line, on the page and in the workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from ecosystem.common.settings import settings
from etl.model import Rejection
from etl.pipeline import Outcome, Status
from etl.release import change
from etl.release.gates import Result
from etl.release.losses import Loss
from etl.schema import load_schemas

FAULT_COLUMNS = ("File", "Cell", "Organisation", "Value", "What is wrong", "How to correct it")
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
    "closed": "Closed",
    "acquired": "Acquired",
}
CHANGE_COLUMNS = {
    "added": ("Identifier", "Organisation"),
    "removed": ("Identifier", "Organisation"),
    "changed": ("Identifier", "Organisation", "Field", "Before", "Now"),
    "moved": ("Identifier", "Organisation", "Before", "Now"),
    "merged": ("Identifier", "Organisation", "Merged into"),
    "closed": ("Identifier", "Organisation", "In"),
    "acquired": ("Identifier", "Organisation", "By"),
}
# Kind of change of a row of the other lists -> heading.
LIST_CHANGES = {"added": "Added", "removed": "Removed", "changed": "Changed"}
LIST_CHANGE_COLUMNS = ("List", "Row", "Identifier", "Change", "Field", "Before", "Now")
OTHER_LISTS = "Other lists"
ABOUT_SUCCESSIONS = (
    "These organisations have gone, and similar ones are new. To keep an identifier, write the one "
    "before into the org_id cell, or decide `same` or `different` as for likely duplicates."
)
EMPTY = "(empty)"
ABOUT_CANDIDATES = (
    "They don't stop a release. Decide about each pair with "
    '`cyber-valleys decide FIRST SECOND same --reason "..."`, or `different`; name FILE, too, if '
    "one of them is new in it."
)
ABOUT_TWINS = (
    "Of two rows that are two organisations, say so: "
    '`cyber-valleys decide FIRST SECOND different FILE --reason "..."`.'
)
KEEP_LOSSES = (
    "To keep them, make the same changes in your file, or take the register as Excel again and "
    "work in that one; then check it."
)
REGISTER_STAYS = (
    "The register still holds what was published last. If there is a mistake in it, correct it "
    "there, too, or publish a corrected file: otherwise the next refresh brings it back."
)
# More names make the last line of a command unreadable; the faults name all of them.
MAX_KEPT_NAMED = 5
ORGANISATIONS = "organisations.csv"
_PLACES = ("lat", "lon")
# As many as are usually deleted at once; more look like half a list.
_MANY_MISSING = 0.1
_COUNTED = {
    "organisation": "organisations",
    "ended_organisation": "closed or merged",
    "place": "towns",
    "valley": "valleys",
}


def counted_tables() -> dict[str, str]:
    """Tables of a release that the reports count, and what people call their rows."""
    schemas = load_schemas(settings().schema_dir).values()
    return _COUNTED | {schema.table: schema.rows for schema in schemas if schema.rows}


def verdict(outcome: Outcome) -> str:
    """Whether it was or would be published, in a sentence or two, and why not."""
    if outcome.status is Status.PUBLISHED:
        return f"Published as release {outcome.release_id}.{_left_out(outcome)}"
    if outcome.status is Status.PASSED:
        return f"This would be published.{_left_out(outcome)}"
    if outcome.status is Status.INPUT_REFUSED:
        cells = quantity(len(outcome.rejections), "cell")
        first = "".join(f" {exchange.sentence}" for exchange in outcome.exchanges)
        return f"This would not be published: {cells} must be corrected first.{first}"
    stopped = [gate_sentence(result, outcome) for result in outcome.gates if result.stops]
    return f"This would not be published. {' '.join(stopped)}"


def gate_sentence(result: Result, outcome: Outcome) -> str:
    """What a gate measured and what is allowed, in a sentence."""
    before, now = outcome.published, outcome.counts.get("organisation", 0)
    gate, value = result.gate, result.value
    if gate.gate == "exchanged" and outcome.exchanges:
        return " ".join(exchange.sentence for exchange in outcome.exchanges)
    if not before or value is None:
        return result.sentence()
    percent = f"{abs(value):.0f} %"
    if gate.gate == "total":
        return (
            f"{before - now:,} of {before:,} organisations ({percent}) would go; more than "
            f"{abs(gate.minimum or 0):g} % needs your consent."
        )
    if gate.gate == "growth":
        return (
            f"{now - before:,} organisations would be added to {before:,} ({percent}); more than "
            f"{gate.maximum:g} % needs your consent."
        )
    if gate.gate == "lists_total":
        return (
            f"{percent} of the rows of another list would go; more than "
            f"{abs(gate.minimum or 0):g} % needs your consent."
        )
    if gate.gate == "lists_growth":
        return (
            f"Rows would be added to another list, {percent} of what it has; more than "
            f"{gate.maximum:g} % needs your consent."
        )
    if gate.gate == "renewed":
        return (
            f"{percent} of {before:,} organisations would have another name, identifier, website, "
            f"domains or place at once; more than {gate.maximum:g} % needs your consent."
        )
    if gate.gate == "renewed_lists":
        return (
            f"{percent} of the rows of another list would have another identifier, name, website, "
            f"domains or place at once; more than {gate.maximum:g} % needs your consent."
        )
    return result.sentence()


def options(outcome: Outcome) -> str:
    """The options of the command line that would help, as sentences; empty if none would."""
    stopped = [result for result in outcome.gates if result.stops]
    helpful = "To put it right, give --put-right. " if outcome.exchanges else ""
    if all(result.gate.waived_by for result in stopped):
        waived = [f"{result.gate.option} (“{result.gate.consent}”)" for result in stopped]
        if waived:
            helpful += f"To publish all the same, give {' and '.join(waived)}."
    return helpful.strip()


def missing_sentence(outcome: Outcome) -> str:
    """That much of what is published isn't in the file; empty if it is little."""
    if outcome.missing <= _MANY_MISSING * outcome.published:
        return ""
    verb = "isn't" if outcome.missing == 1 else "aren't"
    return (
        f"{outcome.missing:,} of the {outcome.published:,} published organisations {verb} in your "
        "file. Is part of the list missing? Or if the file holds new rows only: choose “Rows to "
        "add”, or give --add on the command line."
    )


def losses(lost: Sequence[Loss]) -> str:
    """How much of the register isn't in the file, in a sentence or two; empty if all is."""
    if not lost:
        return ""
    rows = sum(not loss.column for loss in lost)
    parts = [quantity(n, noun) for n, noun in ((rows, "row"), (len(lost) - rows, "field")) if n]
    one = len(lost) == 1
    return (
        f"{' and '.join(parts)} {'is' if one else 'are'} in the register but not in your "
        f"file, such as a suggestion that was accepted since you took it. If the file goes into "
        f"the register, {'it is' if one else 'they are'} lost."
    )


def loss_line(loss: Loss) -> str:
    """One of them in a line: what it is, and since when."""
    who = f"{loss.name} ({loss.key})" if loss.key else loss.name
    where = "" if loss.resource == change.ORGANISATIONS else f"{loss.resource}: "
    since = f", checked on {day(loss.checked_on)}" if loss.checked_on else ""
    if not loss.column:
        return f"{loss.resource}: {who}{since}"
    own, other = (text or EMPTY for text in (loss.in_register, loss.in_file))
    return f"{where}{who}: {loss.column}: {own} in the register, {other} in your file{since}"


def release(created_at: str, changes: Mapping[str, int] | None) -> str:
    """When a release was made and, if that is known, what it changed."""
    made = moment(created_at)
    return made if changes is None else f"{made}: {change_counts(changes)}"


def day(text: str) -> str:
    """``"25 November 2026"`` of ``"2026-11-25"``; anything else is kept as it is."""
    try:
        return f"{date.fromisoformat(text):%-d %B %Y}"
    except ValueError:
        return text


def went_back(before: str, now: str, counts: Mapping[str, int] | None) -> str:
    """That another release is shown, in sentences.

    Parameters
    ----------
    before, now : str
        When the two releases were made, as :func:`moment` says it.
    counts : mapping of str to int or None
        What the change is, by kind; None if it isn't known.
    """
    against = f" Against the former one: {change_counts(counts)}." if counts is not None else ""
    return (
        f"Shown until now: the release of {before}. Shown from now on: that of {now}.{against} "
        f"{REGISTER_STAYS}"
    )


def moment(text: str) -> str:
    """``"25 November 2026, 09:50 UTC"`` of an ISO 8601 time in UTC."""
    return f"{datetime.fromisoformat(text):%-d %B %Y, %H:%M} UTC"


def comparison(outcome: Outcome) -> str:
    """How much differs from the release that is served, in a sentence or two."""
    if outcome.previous_id is None:
        return "There is no release yet to compare with."
    organisations = {k: n for k, n in outcome.changes.items() if k != change.OTHER_LISTS}
    counted = change_counts(organisations)
    return f"Against release {outcome.previous_id}: {counted}.{_other_lists(outcome)}"


def _other_lists(outcome: Outcome) -> str:
    counts = change.count_lists(outcome.prepared.change)
    if not counts:
        return ""
    listed = "; ".join(f"{resource}: {change_counts(kinds)}" for resource, kinds in counts.items())
    return f" Other lists: {listed}."


def omission_sentence(outcome: Outcome) -> str:
    """That faulty rows are left out, as a sentence; empty if there are none."""
    if not outcome.rejections:
        return ""
    cells = quantity(len(outcome.rejections), "cell")
    as_is = "it is" if len(outcome.rejections) == 1 else "they are"
    kept = len(outcome.kept)
    but = f", apart from {kept:,} without a known town that stay in place" if kept else ""
    return f"{cells} can't be taken as {as_is}; rows with such a cell are left out here{but}."


def change_counts(counts: Mapping[str, int]) -> str:
    """``"2 added, 1 removed"``, or ``"no change"``."""
    known = [f"{counts[kind]:,} {kind}" for kind in CHANGES if counts.get(kind)]
    others = counts.get(change.OTHER_LISTS, 0)
    if others:
        known.append(f"{quantity(others, 'row')} of other lists")
    return ", ".join(known) or "no change"


def list_change_line(row: Sequence[str]) -> str:
    """One change of another list in a line; the cells are :data:`LIST_CHANGE_COLUMNS`."""
    resource, name, row_id, kind, field, before, now = row
    who = f"{resource}: {name}{f' ({row_id})' if row_id else ''}"
    return f"{who}: {field}: {before} -> {now}" if field else f"{who}: {kind.lower()}"


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
    return f"and {quantity(total - shown, f'more {what}')}, not shown here."


def quantity(number: int, noun: str) -> str:
    """``"1 cell"``, ``"1,200 cells"``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def holds(passed: bool, waived: bool) -> str:
    """Whether a gate holds, in a word or two."""
    return "yes" if passed else "accepted" if waived else "no"


def _left_out(outcome: Outcome) -> str:
    """What of the file isn't published as it says: rows left out, and those that stay put."""
    kept = {one.row for one in outcome.kept}
    faults = {(f.file, f.row) for f in outcome.rejections}
    rows = len([row for file, row in faults if row not in kept or file != ORGANISATIONS])
    said = ""
    if rows:
        verb = "is" if rows == 1 else "are"
        said = f" {quantity(rows, 'row')} with faults {verb} left out until corrected."
    if kept:
        names = [f"{one.name} ({one.written}: stays in {one.city})" for one in outcome.kept]
        shown = ", ".join(names[:MAX_KEPT_NAMED])
        rest = more(MAX_KEPT_NAMED, len(names), "organisation").removesuffix(", not shown here.")
        said += (
            f" The town of {quantity(len(names), 'published organisation')} can't be found; "
            f"{'it stays' if len(names) == 1 else 'they stay'} where published until it is "
            f"corrected: {shown}{f' {rest}' if rest else ''}."
        )
    return said
