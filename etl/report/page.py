"""A check's report as one web page that stands on its own: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from etl.pipeline import Outcome, Status
from etl.release.gates import figure
from etl.report import words
from etl.report.content import Content

MAX_ROWS = 2_000
MAX_CELL = 400
# Wide enough for `organisations, K467` without a break within a word.
_FAULT_WIDTHS = (13, 13, 15, 16, 19, 24)


@dataclass(frozen=True)
class Section:
    """A list under a heading.

    Attributes
    ----------
    title : str
        Heading, with the number of rows.
    header : sequence of str
        Names of the columns.
    rows : list of sequence of str
        Cells, at most ``MAX_ROWS`` rows of them.
    total : int
        How many rows there are.
    intro : str
        A sentence before the list.
    widths : sequence of int
        Widths of the columns in percent; empty for widths that follow from the cells.
    """

    title: str
    header: Sequence[str]
    rows: list[Sequence[str]]
    total: int
    intro: str = ""
    widths: Sequence[int] = ()
    more: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "more", words.more(len(self.rows), self.total))


def page(content: Content, *, differences_only: bool = False) -> str:
    """The report as HTML.

    Parameters
    ----------
    content : Content
        What was checked, and what became of it.
    differences_only : bool
        Only what changes against the current release.

    Returns
    -------
    str
        A whole document; everything from the register in it is escaped.
    """
    prepared, outcome = content.prepared, content.outcome
    losses = prepared.adoptable.losses
    differences = [section for section in _differences(content) if section.total]
    good = outcome.status in (Status.PUBLISHED, Status.PASSED)
    return _template().render(
        title="What would change" if differences_only else "Report of the check",
        verdict="" if differences_only else words.verdict(outcome),
        good=good,
        missing=words.missing_sentence(outcome),
        losses=words.losses(losses),
        lost=[_short(words.loss_line(loss)) for loss in losses[:MAX_ROWS]],
        compared=f"{words.comparison(outcome)} {words.omission_sentence(outcome)}".strip(),
        files=sorted({read.file for read in prepared.extracts.values()}),
        made_at=datetime.now(UTC),
        counts=[
            (f"{outcome.counts[table]:,}", label)
            for table, label in words.counted_tables().items()
            if table in outcome.counts
        ],
        faults=[] if differences_only else _faults(content),
        notes=[] if differences_only else [_short(note) for note in outcome.notes[:MAX_ROWS]],
        more_notes=words.more(MAX_ROWS, len(outcome.notes), "note"),
        candidates=None if differences_only else _candidates(outcome),
        differences=differences,
        gates=None if differences_only else _gates(outcome),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _faults(content: Content) -> list[Section]:
    """Faults by kind; all lists together hold at most ``MAX_ROWS`` rows."""
    sections, left = [], MAX_ROWS
    for kind, faults in words.by_kind(content.outcome.rejections).items():
        shown = faults[:left]
        left -= len(shown)
        rows: list[Sequence[str]] = []
        for fault in shown:
            cell = content.cell(fault)
            rows.append(
                (
                    cell.file,
                    str(cell),
                    _short(fault.name),
                    _short(fault.value) or words.EMPTY,
                    _short(fault.reason),
                    _short(fault.mend),
                )
            )
        title = f"{kind}: {words.quantity(len(faults), 'cell')}"
        sections.append(
            Section(title, words.FAULT_COLUMNS, rows, len(faults), widths=_FAULT_WIDTHS)
        )
    return sections


def _candidates(outcome: Outcome) -> Section | None:
    pairs = sorted(outcome.candidates, key=lambda pair: -pair.score)
    if not pairs:
        return None
    rows: list[Sequence[str]] = [
        (f"{pair.score:.0f} %", pair.org_id_a, pair.org_id_b, _short(pair.evidence))
        for pair in pairs[:MAX_ROWS]
    ]
    return Section(
        f"Likely duplicates: {words.quantity(len(pairs), 'pair')}",
        words.CANDIDATE_COLUMNS,
        rows,
        len(pairs),
        words.ABOUT_CANDIDATES,
    )


def _differences(content: Content) -> list[Section]:
    sections = []
    for kind, label in words.CHANGES.items():
        changes = content.changes(kind)
        rows = [
            tuple(map(_short, row))
            for row in changes.head(MAX_ROWS).itertuples(index=False, name=None)
        ]
        noun = "field" if kind == "changed" else "organisation"
        title = f"{label}: {words.quantity(len(changes), noun)}"
        sections.append(Section(title, words.CHANGE_COLUMNS[kind], list(rows), len(changes)))
    others = content.list_changes
    cells = [
        tuple(map(_short, row)) for row in others.head(MAX_ROWS).itertuples(index=False, name=None)
    ]
    title = f"{words.OTHER_LISTS}: {words.quantity(len(others), 'change')}"
    sections.append(Section(title, words.LIST_CHANGE_COLUMNS, list(cells), len(others)))
    renamed = content.successions()
    title = f"{words.RENAMED}: {words.quantity(len(renamed), 'organisation')}"
    shown: list[Sequence[str]] = [tuple(map(_short, row)) for row in renamed[:MAX_ROWS]]
    header, about = words.SUCCESSION_COLUMNS, words.ABOUT_SUCCESSIONS
    return [*sections, Section(title, header, shown, len(renamed), about)]


def _gates(outcome: Outcome) -> Section:
    rows: list[Sequence[str]] = [
        (result.gate.label, figure(result.value), result.gate.bound,
         words.holds(result.passed, result.waived))
        for result in outcome.gates
    ]  # fmt: skip
    return Section("What must hold", words.GATE_COLUMNS, rows, len(rows))


def _short(text: object) -> str:
    shown = str(text)
    return shown if len(shown) <= MAX_CELL else f"{shown[:MAX_CELL]}…"
