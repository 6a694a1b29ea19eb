"""What is proven of a plan, in words."""

from __future__ import annotations

from ecosystem.common import wording
from ecosystem.matching.investor_day.model import AIMS
from ecosystem.matching.investor_day.solver import Proof, Scope

_TITLES = {
    "must": "What must be",
    "fair": "Fair minimum",
    "kept": "Meetings left as they were",
    "match": "Total match",
    "gaps": "Idle slots",
    "spread": "Idle slots of who has the most",
    "tables": "Changes of table",
}

# What is known of an aim, by what it holds for.
_PROVEN = {
    Scope.ANY: "{value}, proven best",
    Scope.MEETINGS: "{value}, proven best for the meetings that were chosen",
    Scope.TIMETABLE: "{value}, proven best in this timetable",
    Scope.KEPT: "{value}, proven best with what stays as it is",
}
_AT_MOST = {
    Scope.ANY: "{value}; at most {bound} is possible",
    Scope.MEETINGS: "{value}; at most {bound} is possible for the meetings that were chosen",
    Scope.TIMETABLE: "{value}; at most {bound} is possible in this timetable",
    Scope.KEPT: "{value}; at most {bound} is possible with what stays as it is",
}
_AT_LEAST = {
    Scope.ANY: "{value}; at least {bound} is possible",
    Scope.MEETINGS: "{value}; at least {bound} is possible for the meetings that were chosen",
    Scope.TIMETABLE: "{value}; at least {bound} is possible in this timetable",
    Scope.KEPT: "{value}; at least {bound} is possible with what stays as it is",
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
    >>> proof_words(Proof("gaps", 0, 0, Scope.MEETINGS))
    ('Idle slots (proof)', '0, proven best for the meetings that were chosen')
    """
    title = f"{_TITLES.get(proof.aim, AIMS.get(proof.aim, proof.aim))} (proof)"
    if proof.aim == "must":
        return title, "all kept"
    value = wording.figure(proof.value)
    if proof.is_proven:
        return title, _PROVEN[proof.scope].format(value=value)
    possible = (_AT_MOST if proof.bound > proof.value else _AT_LEAST)[proof.scope]
    said = possible.format(value=value, bound=wording.figure(proof.bound))
    return title, f"{said} (gap {proof.gap:.1%})" if proof.aim == "match" else said
