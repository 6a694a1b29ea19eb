"""What is proven of a plan, in words."""

from __future__ import annotations

from ecosystem.common import wording
from ecosystem.matching.investor_day.model import AIMS
from ecosystem.matching.investor_day.solver import Proof

_TITLES = {
    "must": "What must be",
    "fair": "Fair minimum",
    "kept": "Meetings left as they were",
    "match": "Total match",
    "gaps": "Idle slots",
    "spread": "Idle slots of who has the most",
    "tables": "Changes of table",
}


def proof_words(proof: Proof) -> tuple[str, str]:
    """Title and text of what is known of an aim.

    Parameters
    ----------
    proof : Proof
        As the solver gives it.

    Examples
    --------
    >>> proof_words(Proof("match", 98.0, 99.0))
    ('Total match (proof)', '98; at most 99 is possible (gap 1.0%)')
    >>> proof_words(Proof("gaps", 0, 0, "for the meetings that were chosen"))
    ('Idle slots (proof)', '0, proven best for the meetings that were chosen')
    """
    title = f"{_TITLES.get(proof.aim, AIMS.get(proof.aim, proof.aim))} (proof)"
    scope = f" {proof.scope}" if proof.scope else ""
    if proof.aim == "must":
        return title, "all kept"
    value = wording.figure(proof.value)
    if proof.is_proven:
        return title, f"{value}, proven best{scope}"
    more = proof.bound > proof.value
    gap = f" (gap {proof.gap:.1%})" if proof.aim == "match" else ""
    word = "at most" if more else "at least"
    return title, f"{value}; {word} {wording.figure(proof.bound)} is possible{gap}{scope}"
