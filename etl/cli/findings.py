"""What a check found, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from etl.cli.terminal import complain, out, say, table
from etl.identity.deduplicate import Candidate
from etl.release.losses import Loss
from etl.report import words
from etl.report.content import Content

MAX_SHOWN = 50


def print_findings(content: Content, *, quiet: bool = False) -> None:
    """Notes, counts, likely duplicates, faults and gates.

    Parameters
    ----------
    content : Content
        What was checked, and what became of it.
    quiet : bool
        Only what is wrong.
    """
    outcome = content.outcome
    missing = words.missing_sentence(outcome)
    if missing:
        complain(missing)
    if not quiet:
        for note in outcome.notes:
            say(f"Note: {note}")
        table(
            ["table", "rows"],
            [[name, f"{outcome.counts[name]:,}"] for name in words.counted_tables()],
        )
        say(words.comparison(outcome))
        print_candidates(outcome.candidates)
    _print_faults(content)
    if outcome.twins:
        complain(words.ABOUT_TWINS)
    for result in outcome.gates:
        if result.waived:
            complain(f"Accepted: {words.gate_sentence(result, outcome)}")
        # The verdict names the others, unless there is more to correct first.
        elif result.stops and result.gate.about != "input" and outcome.rejections:
            complain(f"Gate failed: {words.gate_sentence(result, outcome)}")


def print_losses(losses: Sequence[Loss]) -> None:
    """What the register would lose: a sentence, then each of them."""
    complain(words.losses(losses))
    for loss in losses[:MAX_SHOWN]:
        complain(f"  {words.loss_line(loss)}")
    rest = words.more(MAX_SHOWN, len(losses))
    if rest:
        complain(rest)
    complain(words.KEEP_LOSSES)


def print_candidates(candidates: Sequence[Candidate], limit: int = MAX_SHOWN) -> None:
    """Pairs that may be one organisation, the likeliest first.

    Parameters
    ----------
    candidates : sequence of Candidate
        What was found.
    limit : int
        How many to print at most.
    """
    if not candidates:
        return
    say(f"{words.quantity(len(candidates), 'pair')} may be duplicates:")
    pairs = sorted(candidates, key=lambda pair: -pair.score)
    for pair in pairs[:limit]:
        say(f"  {pair.score:.0f} %  {pair.org_id_a}  {pair.org_id_b}\n        {pair.evidence}")
    _more(len(pairs), "pair", limit)


def print_changes(content: Content, limit: int) -> None:
    """What differs from the current release: counts first, then the lists.

    Parameters
    ----------
    content : Content
        What was compared.
    limit : int
        Rows of each list at most.
    """
    say(words.comparison(content.outcome))
    if content.outcome.rejections:
        complain(words.omission_sentence(content.outcome))
    for kind, label in words.CHANGES.items():
        rows = content.changes(kind)
        if rows.empty:
            continue
        say(f"\n{label}:")
        for row in rows.head(limit).itertuples(index=False, name=None):
            say(f"  {words.change_line(kind, row)}")
        _more(len(rows), "row", limit)
    others = content.list_changes
    if len(others):
        say(f"\n{words.OTHER_LISTS}:")
        for row in others.head(limit).itertuples(index=False, name=None):
            say(f"  {words.list_change_line(row)}")
        _more(len(others), "change", limit)
    renamed = content.successions()
    if renamed:
        say(f"\n{words.RENAMED}:")
        for score, old, new, evidence in renamed[:limit]:
            say(f"  {score}  {old} -> {new}\n        {evidence}")
        _more(len(renamed), "pair", limit)


def _print_faults(content: Content) -> None:
    faults = content.outcome.rejections
    shown = [(fault, content.cell(fault)) for fault in faults[:MAX_SHOWN]]
    if out.is_terminal and shown:
        table(
            words.FAULT_COLUMNS,
            [
                [cell.file, str(cell), fault.name, fault.value, fault.reason, fault.mend]
                for fault, cell in shown
            ],
        )
    else:
        for fault, cell in shown:
            say(f"{cell.file}, {cell}: “{fault.value}”. {fault.reason} {fault.mend}")
    _more(len(faults), "cell")


def _more(total: int, what: str, limit: int = MAX_SHOWN) -> None:
    rest = words.more(limit, total, what)
    if rest:
        say(rest)
