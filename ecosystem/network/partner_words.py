"""Why a region fits, in sentences with their numbers and how sure they are.

Plain text, without Markdown: whoever shows it escapes it, so that pages, workbook and PDF say the
same.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from ecosystem.common import wording
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, EVIDENCE, TYPES
from ecosystem.network import words
from ecosystem.network.needs import Need
from ecosystem.network.partner_finding import (
    EXCHANGE,
    PROJECT,
    Finding,
    Meeting,
    Suggestion,
)
from ecosystem.network.valley_network import CHANCE
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.regional.statistics.specialisation import wilson_interval

Names = Mapping[str, str]

SMALL_NOTE = f"With fewer than {SMALL_N} organisations in the register that says little."
HOW = {
    "exchange": (
        "To exchange practice: valleys whose organisations work on much the same JRC domains; "
        "first those of which chance makes the fewest pairs so alike. Chance alone makes about one "
        "pair in twenty so alike that fewer than one random pair in twenty is."
    ),
    "project": (
        "For a joint project: valleys that have more of a domain of which your region has little, "
        "and the other way round; first those that could add something beyond chance. "
        f"{words.COMPLEMENT_NOTE}"
    ),
}

# How a region meets a need: where no column shows it, where it has no organisation, in numbers;
# each for a region that declares the need as a priority, and for others.
_DECLARED_UNSEEN = (
    "{name} declares {need} as a priority (“{wording}”); no column of the register shows how many "
    "{does}."
)
_UNSEEN = "{name} is not known to declare {need}; no column of the register shows how many {does}."
_DECLARED_BY_NOBODY = (
    "{name} declares {need} as a priority (“{wording}”); no organisation of {name} is in the "
    "register."
)
_NOBODY = "No organisation of {name} is in the register."
_DECLARED_MET = (
    "{name} declares {need} as a priority (“{wording}”); {n} of its {of} in the register {does} "
    "({share}; 95 % interval {low} to {high}; all valleys {whole})."
)
_MET = (
    "{name}: {n} of its {of} in the register {does} "
    "({share}; 95 % interval {low} to {high}; all valleys {whole})."
)
_MORE = "More than elsewhere, as chance makes about one region in twenty."
_LESS = "Less than elsewhere, as chance makes about one region in twenty."
# How many valleys fit, by what for.
_FIT = {
    EXCHANGE: (
        "{n} of {of} fits to exchange practice with {own}.",
        "{n} of {of} fit to exchange practice with {own}.",
    ),
    PROJECT: (
        "{n} of {of} fits for a joint project with {own}.",
        "{n} of {of} fit for a joint project with {own}.",
    ),
}
_COMPARED = (
    "{n} of {of} has enough organisations to be compared with {own}; {alike} of them are more "
    "alike than nineteen in twenty pairs drawn at random, where chance alone makes about {chance}.",
    "{n} of {of} have enough organisations to be compared with {own}; {alike} of them are more "
    "alike than nineteen in twenty pairs drawn at random, where chance alone makes about {chance}.",
)
_FIT_FOR_NEED = {
    EXCHANGE: (
        "{n} of {of} fits to exchange practice with {own} on {need}.",
        "{n} of {of} fit to exchange practice with {own} on {need}.",
    ),
    PROJECT: (
        "{n} of {of} fits for a joint project with {own} on {need}.",
        "{n} of {of} fit for a joint project with {own} on {need}.",
    ),
}


def meeting(name: str, found: Meeting, need: Need) -> str:
    """How many organisations of a region meet a need, with interval and hedge."""
    data = {"name": name, "need": need.label, "wording": found.wording, "does": need.does}
    if found.n is None:
        return (_DECLARED_UNSEEN if found.wording else _UNSEEN).format(**data)
    if not found.of:
        return (_DECLARED_BY_NOBODY if found.wording else _NOBODY).format(**data)
    low, high = (float(end) for end in wilson_interval(found.n, found.of))
    said = (_DECLARED_MET if found.wording else _MET).format(
        **data,
        n=found.n,
        of=wording.count(found.of, "organisation"),
        share=wording.percent(found.n / found.of),
        low=wording.percent(low),
        high=wording.percent(high),
        whole=wording.percent(found.whole),
    )
    if found.of < SMALL_N:
        return f"{said} {SMALL_NOTE}"
    if low <= found.whole <= high:
        return f"{said} So few leave open whether that is more or less than elsewhere."
    return f"{said} {_MORE if found.n / found.of > found.whole else _LESS}"


def reasons(
    names: Names, finding: Finding, one: Suggestion, need: Need | None, fit: str
) -> list[str]:
    """Why a valley fits, a sentence each: the need, the two profiles, distance and countries."""
    name, own = names[one.region_id], names[finding.region_id]
    said = []
    if need and one.meeting:
        said.append(meeting(name, one.meeting, need))
        if finding.meeting and one.meeting.could_give and finding.meeting.lacks:
            n, of = finding.meeting.n, finding.meeting.of
            said.append(
                f"{name} could add it: in {own} {n} of {of} {need.does}."
                if one.adds_need
                else f"In {own} {n} of {of} {need.does}; so few differ as much by chance."
            )
    said += [alike(names, finding, one)] if fit == EXCHANGE else adds(names, finding, one)
    said.append(apart(finding.country, one))
    return said


def alike(names: Names, finding: Finding, one: Suggestion) -> str:
    """How alike two regions are, with how likely chance would make them so."""
    if one.similarity is None or one.chance is None:
        few = [names[id_] for id_ in (finding.region_id, one.region_id)
               if finding.sizes[id_] < SMALL_N]  # fmt: skip
        return (
            f"Their profiles are not compared: {wording.join(few)} has fewer than {SMALL_N} "
            "organisations in the register."
            if len(few) == 1
            else f"Their profiles are not compared: both have fewer than {SMALL_N} organisations."
        )
    row: dict[Hashable, Any] = {
        "one": finding.region_id,
        "other": one.region_id,
        "similarity": one.similarity,
        "chance": one.chance,
    }
    return words.alike(names, row, finding.sizes, one.shared)


def adds(names: Names, finding: Finding, one: Suggestion) -> list[str]:
    """What each of two regions could add to the other."""
    pair = (
        (one.region_id, finding.region_id, one.gives),
        (finding.region_id, one.region_id, one.gets),
    )
    found = [words.gives(names, giver, receiver, what) for giver, receiver, what in pair]
    said = [sentence for sentence in found if sentence]
    if said:
        return said
    if min(finding.sizes[finding.region_id], finding.sizes[one.region_id]) < SMALL_N:
        return [alike(names, finding, one)] if one.similarity is None else []
    return ["By the numbers of the register, neither has much of what the other has little of."]


def apart(own_country: str, one: Suggestion) -> str:
    """Distance and countries."""
    here, there = COUNTRIES.label(own_country), COUNTRIES.label(one.country)
    if own_country == one.country:
        return f"About {_about(one.km)} km apart, both in {here}."
    return f"About {_about(one.km)} km apart, in {here} and {there}."


def _about(km: float) -> str:
    return wording.number(round(km, -1) if km >= 100 else round(km))


def together(partnerships: int) -> str:
    """Whether a partnership joins two regions."""
    if not partnerships:
        return "No common partnership is known. Member lists are often incomplete."
    return (
        f"Members with their seat in the two are together in "
        f"{wording.count(partnerships, 'partnership')}:"
    )


def why_lead(row: Mapping[Any, Any], need: Need | None) -> str:
    """Why an organisation could lead: type, what it works on, what it leads, its evidence."""
    codes = list(row["domains"])
    wanted = [code for code in codes if need and code in need.domains]
    ordered = [*wanted, *(code for code in codes if code not in wanted)]
    parts = [TYPES.label(row["type"])]
    if ordered:
        works = [DOMAINS.inside(code) for code in ordered]
        parts.append(f"works on {wording.join_first(works, 2)}")
    if need and need.kind in ("sector", "function"):
        parts.append(f"is known to {need.does}")
    if row["leads"]:
        parts.append(f"leads {wording.join(list(row['leads'])[:2])}")
    parts.append(EVIDENCE.inside(row["evidence"]))
    return f"{'; '.join(parts)}."


def summary(finding: Finding, names: Names, need: Need | None, fit: str) -> str:
    """How many valleys fit, and what that rests on."""
    own, n = names[finding.region_id], len(finding.suggestions)
    every = n + len(finding.others)
    data = {"of": wording.count(every, "valley"), "own": own}
    if need:
        said = wording.agree(n, *_FIT_FOR_NEED[fit], **data, need=need.label)
    else:
        said = wording.agree(n, *_FIT[fit], **data)
    if fit == EXCHANGE and not need and n:
        alike = sum(one.chance is not None and one.chance < CHANCE for one in finding.suggestions)
        said = wording.agree(n, *_COMPARED, **data, alike=alike, chance=round(n * CHANCE))
    if not finding.is_collected:
        return (
            f"{said} The register was not collected for {own}: this rests on the other side alone."
        )
    if finding.n < SMALL_N:
        size = wording.count(finding.n, "organisation")
        return f"{said} {own} has {size} in the register. {SMALL_NOTE}"
    if fit == PROJECT and n and not any(one.is_clear for one in finding.suggestions):
        return (
            f"{said} No difference is larger than chance makes: take the list as whom to ask, not "
            "as who is strong."
        )
    return said


def open_roles(labels: Sequence[str]) -> str:
    """Which roles nobody plays yet."""
    if not labels:
        return "All roles are covered."
    return f"Nobody plays yet: {wording.join(list(labels))}."
