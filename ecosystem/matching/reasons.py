"""Why a pair has the score that it has: a phrase for each part, from the facts themselves.

Phrases are plain text with words of the register in them: whoever puts them on a page escapes
them there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ecosystem.common import wording
from ecosystem.common.vocabulary import (
    COMPANY_STAGES,
    COUNTRIES,
    DOMAINS,
    EU_MEMBERS,
    FUNCTIONS,
    STAGES,
    Vocabulary,
)
from ecosystem.matching import score
from ecosystem.matching.register import Facts, Standing
from ecosystem.matching.score import NEXT_TO_EU, NO_ROUND

_EU = "EU"
_NAMED = 3


def investment(
    facts: Facts, company: Mapping[Any, Any], investor: Mapping[Any, Any], rounds: tuple[int, int]
) -> dict[str, str]:
    """Phrases for the parts of :data:`ecosystem.matching.score.INVESTMENT`, in their order.

    Parameters
    ----------
    company, investor : mapping
        Rows of ``organisation`` and ``investor``.
    rounds : tuple of int
        How many recorded rounds the investor led, and in how many of them the company shares a
        domain with this one.
    """
    ordinal = int(company["ordinal"])
    place = int(facts.companies.stands_at[ordinal])
    need = float(facts.companies.need[ordinal])
    return {
        "domain": _stated_domains(codes(company["domains"]), codes(investor["focus_domains"])),
        "stage": _stage(place, facts.standing.get(ordinal), investor),
        "ticket": _ticket(facts, place, need, investor),
        "geography": _geography(company, investor),
        "specialist": _specialist(investor["cyber_specialist"]),
        "record": _record(*rounds),
    }


def project(
    one: Mapping[Any, Any], other: Mapping[Any, Any], regions: Mapping[str, str], tie: float
) -> dict[str, str]:
    """Phrases for the parts of :data:`ecosystem.matching.score.PROJECT`, in their order.

    Parameters
    ----------
    one, other : mapping
        Rows of ``organisation``.
    regions : mapping of str to str
        Names of NUTS regions.
    tie : float
        The part for existing ties; NaN if none is recorded.
    """
    return {
        "domain": _complement(codes(one["domains"]), codes(other["domains"])),
        "function": _functions(codes(one["functions"]), codes(other["functions"])),
        "region": _region(one, other, regions),
        "tie": {1.0: "one partnership lists both", 0.5: "a partnership joins their valleys"}.get(
            tie, "no common partnership is recorded"
        ),
    }


def codes(value: object) -> list[str]:
    """A list of a row; empty where the register has none."""
    return list(value) if isinstance(value, list | np.ndarray) else []


def _stated_domains(own: Sequence[str], focus: Sequence[str]) -> str:
    if not focus:
        return "the investor states no domains"
    if not own:
        return "no domain of the company is recorded"
    common = [DOMAINS.inside(code) for code in DOMAINS if code in own and code in focus]
    if not common:
        return "looks for other domains"
    return f"looks for {_some(common)}: {len(common)} of the company’s {len(own)}"


def _stage(place: int, standing: Standing | None, investor: Mapping[Any, Any]) -> str:
    if place == NO_ROUND:
        code = standing.code if standing else "acquired"
        return "the company is listed" if code in ("listed", "ipo") else "the company was bought"
    if standing is None:
        return "no round or stage of the company is recorded"
    stages = [code for code in STAGES if code in codes(investor["stages"])]
    year = f" ({standing.year})" if standing.year else ""
    last = f"{COMPANY_STAGES.inside(standing.code)}{year}"
    next_ = list(STAGES)[score.next_stage(place)]
    after = f"after {last} comes {STAGES.inside(next_)}"
    if not stages:
        return f"{after}; the investor’s stages are unknown"
    if _is(investor.get("stages_seen")):
        return f"{after}; the investor was seen in {_labels(stages, STAGES)}"
    return f"{after}; the investor finances {_labels(stages, STAGES)}"


def _ticket(facts: Facts, place: int, need: float, investor: Mapping[Any, Any]) -> str:
    ticket = _ticket_words(investor["ticket_min_meur"], investor["ticket_max_meur"])
    if not ticket:
        return "the investor’s ticket is unknown"
    if not wording.is_known(need):
        return f"{ticket}; the company’s next round can’t be told"
    usual = facts.usual.get(score.next_stage(place))
    if usual is None:
        return f"{ticket}; the company’s last round was {million(need)}"
    stage = STAGES.inside(list(STAGES)[score.next_stage(place)])
    return f"{ticket}; {usual.rounds} recorded rounds of {stage} have the median {million(need)}"


def million(amount: float) -> str:
    """An amount in million euro: ``"EUR 2.5 million"``."""
    return f"EUR {wording.figure(amount)} million"


def _ticket_words(least: Any, most: Any) -> str:
    if pd.notna(least) and pd.notna(most):
        return f"EUR {wording.figure(least)} to {wording.figure(most)} million"
    if pd.notna(most):
        return f"up to {million(most)}"
    return f"from {million(least)}" if pd.notna(least) else ""


def _geography(company: Mapping[Any, Any], investor: Mapping[Any, Any]) -> str:
    country, focus = company["country"], codes(investor["focus_countries"])
    where = COUNTRIES.label(country)
    if not focus:
        seat = investor["country"]
        if seat == country:
            return f"no stated focus, but both are in {where}"
        return "the investor states no countries"
    names = _some(["the EU" if code == _EU else COUNTRIES.label(code) for code in focus])
    if country in focus or (_EU in focus and country in EU_MEMBERS):
        return f"{where} is in its focus ({names})"
    if _EU in focus and country in NEXT_TO_EU:
        return f"{where} lies next to the EU, its focus"
    return f"{where} is outside its focus ({names})"


def _specialist(value: Any) -> str:
    if value is None or pd.isna(value):
        return "whether it is a specialist is unknown"
    return "invests in cybersecurity above all" if value else "invests in other fields too"


def _record(led: int, same: int) -> str:
    if not led:
        return "no round of it is recorded"
    recorded = wording.count(led, "recorded round")
    if not same:
        return f"led or named first in {recorded}, none with a domain of this company"
    return f"led or named first in {recorded}, {same} with a domain of this company"


def _complement(own: Collection[str], other: Collection[str]) -> str:
    if not own or not other:
        return "no domains are recorded of one of the two"
    gives = [DOMAINS.inside(code) for code in DOMAINS if code in own and code not in other]
    gets = [DOMAINS.inside(code) for code in DOMAINS if code in other and code not in own]
    if not gives and not gets:
        return "both work on the same domains"
    if not gets:
        return "the other adds no domain"
    if not gives:
        return f"the other adds {_some(gets)}, and this one none"
    return f"the other adds {_some(gets)}; this one {_some(gives)}"


def _functions(own: Collection[str], other: Collection[str]) -> str:
    if not own or not other:
        return "no functions are recorded of one of the two"
    both = [FUNCTIONS.label(code) for code in FUNCTIONS if code in own or code in other]
    if len(both) == len(FUNCTIONS):
        return "all five functions together"
    return f"{wording.join(both)} together"


def _region(one: Mapping[Any, Any], other: Mapping[Any, Any], regions: Mapping[str, str]) -> str:
    if one["country"] != other["country"]:
        return f"{COUNTRIES.label(one['country'])} and {COUNTRIES.label(other['country'])}"
    if one["nuts2"] != other["nuts2"]:
        names = [regions.get(row["nuts2"], row["nuts2"]) for row in (one, other)]
        return f"{wording.join(names)}, in one country"
    return "the same region"


def _labels(values: Sequence[str], vocabulary: Vocabulary) -> str:
    return wording.join([vocabulary.inside(code) for code in values])


def _some(words: Sequence[str]) -> str:
    """The first few of a list, and how many there are besides."""
    return wording.join_first(words, _NAMED) if len(words) > _NAMED + 1 else wording.join(words)


def _is(value: Any) -> bool:
    return value is not None and not pd.isna(value) and bool(value)
