"""How well two fit: named parts from 0 to 1, their weighted mean, and how much of it is known.

A part that can't be judged, because a fact is missing, is NaN. It takes no part in the mean, so
what nobody knows neither helps nor harms; it lowers the confidence instead. Every function takes
columns of many companies and many investors at once, and both directions call the same one: a
pair has one score, whoever asks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ecosystem.common import vocabulary
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, EU_MEMBERS, FUNCTIONS

Floats = npt.NDArray[np.float32]

# Stages of a company, in the order in which it goes through them.
STAGES = tuple(vocabulary.STAGES)
# What stands for a stage where no venture round is to come, and where nobody knows.
NO_ROUND, UNKNOWN = len(STAGES), -1
# The kind of a company's last round, or its stage as the register has it -> where it stands.
STANDS_AT = {
    **{stage: i for i, stage in enumerate(STAGES)},
    "series-c": STAGES.index("growth"),
    "ipo": NO_ROUND,
    "listed": NO_ROUND,
    "acquisition": NO_ROUND,
    "acquired": NO_ROUND,
}
_ONE_STAGE_AWAY = 0.5
# In the market's rules or beside it: "Europe" often means them too, the Union doesn't.
NEXT_TO_EU = frozenset({"CH", "GB", "IS", "LI", "NO"})
_NEXT_TO_FOCUS = 0.5
# A round in cybersecurity at all, and how many in the company's own domains say all there is to.
_ANY_ROUND, ROUNDS_ENOUGH = 0.5, 3
_OTHER_REGION = 0.5
_VALLEYS_TIED = 0.5
_BIT = {code: 1 << i for i, code in enumerate(DOMAINS)}
_FUNCTION_BIT = {code: 1 << i for i, code in enumerate(FUNCTIONS)}
_COUNTRY = {code: i for i, code in enumerate(COUNTRIES)}


@dataclass(frozen=True)
class Part:
    """A part of a score.

    Attributes
    ----------
    code : str
        Its name in this program and in the address.
    label : str
        What people read.
    weight : int
        How much it counts unless the visitor says otherwise.
    meaning : str
        How it is worked out, in a sentence or two.
    """

    code: str
    label: str
    weight: int
    meaning: str


# A fund's mandate names stages and countries and binds it, so they count most. What it can pay and
# looks for comes next; whether it knows the field says how a talk begins, not whether there is one.
INVESTMENT = (
    Part(
        "domain",
        "Domain",
        2,
        "The share of the company's JRC domains that the investor says it looks for. Unknown "
        "where the investor states no domains.",
    ),
    Part(
        "stage",
        "Stage",
        3,
        "1 if the investor finances the stage after the company's last known round, ½ if the "
        "nearest stage that it finances is one step away, else 0; 0 too for a company that is "
        "listed or has been bought. Unknown where no round or stage of the company is recorded.",
    ),
    Part(
        "ticket",
        "Ticket",
        2,
        "1 if the round that is to be expected lies between the investor's smallest and largest "
        "ticket; else the smaller of the two amounts over the larger. To be expected is the median "
        "of the recorded rounds of the next stage, or, where fewer than five are known, as much "
        "as the company's last round. A limit that isn't stated excludes nothing; unknown if the "
        "investor states neither.",
    ),
    Part(
        "geography",
        "Geography",
        3,
        "1 if the company's country is in the investor's stated focus, ½ if the focus is the EU "
        "and the country lies next to it (EEA, Switzerland, United Kingdom), else 0. Without a "
        "stated focus, 1 in the investor's own country and unknown elsewhere.",
    ),
    Part(
        "specialist",
        "Specialist",
        1,
        "1 if the investor invests in cybersecurity above all, 0 if it doesn't.",
    ),
    Part(
        "record",
        "Track record",
        1,
        "½ if the register has a cybersecurity round that the investor led, rising to 1 with three "
        "in companies that share a JRC domain with this one. Unknown where no such round is "
        "recorded: the register has only some.",
    ),
)
PROJECT = (
    Part(
        "domain",
        "Complementary domains",
        3,
        "Twice the smaller number of JRC domains that one has and the other lacks, over all the "
        "domains that the two have together: 1 if each adds as much as the other and nothing is "
        "double, 0 if one adds nothing.",
    ),
    Part(
        "function",
        "Functions covered",
        2,
        "The share of the five NIST CSF 1.1 functions that the two cover together.",
    ),
    Part(
        "region",
        "Other region",
        2,
        "1 if the two are in different countries, ½ if in different NUTS 2 regions of one, else 0.",
    ),
    Part(
        "tie",
        "Existing ties",
        1,
        "1 if one partnership lists both as members, ½ if one lists members of both their "
        "valleys. Unknown where none does: lists of members are often incomplete.",
    ),
)


@dataclass(frozen=True, eq=False)
class Companies:
    """Columns of companies, one entry each.

    Attributes
    ----------
    ordinal : array of int32
        Their place in the order of names, by which the register looks them up.
    country : array of int16
        Place in :data:`ecosystem.common.vocabulary.COUNTRIES`; -1 if it isn't there.
    region, valley : array of int32
        Number of the NUTS 2 region and of the valley; valley is -1 outside all.
    domains : array of uint16
        A bit for each JRC domain; 0 if none is recorded.
    functions : array of uint8
        A bit for each NIST CSF function; 0 if none is recorded.
    stands_at : array of int8
        Place in :data:`STAGES` of the last round, :data:`NO_ROUND` or :data:`UNKNOWN`.
    need : array of float32
        Million euro of the round that is to be expected; NaN if unknown.
    """

    ordinal: npt.NDArray[np.int32]
    country: npt.NDArray[np.int16]
    region: npt.NDArray[np.int32]
    valley: npt.NDArray[np.int32]
    domains: npt.NDArray[np.uint16]
    functions: npt.NDArray[np.uint8]
    stands_at: npt.NDArray[np.int8]
    need: Floats

    def __len__(self) -> int:
        return len(self.ordinal)

    def take(self, which: npt.NDArray[Any]) -> Companies:
        """Some of them: at these places, or where a mask of their length is true."""
        return Companies(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


@dataclass(frozen=True, eq=False)
class Investors:
    """Columns of investors, one entry each.

    Attributes
    ----------
    stages : array of uint8
        A bit for each of :data:`STAGES` that it finances; 0 if unknown.
    ticket_min, ticket_max : array of float32
        Million euro; NaN if unknown.
    focus : array of uint16
        A bit for each JRC domain that it looks for; 0 if unknown.
    geography : array of float32, investors by countries
        The part for a company of each country; NaN if unknown.
    specialist : array of float32
        1, 0 or NaN.
    rounds : array of uint16
        Domains of the company of each recorded round that an investor led, an investor's
        together; 0 where the company's domains are unknown.
    first_round : array of int64
        Where each investor's rounds begin in `rounds`, and, as one entry more, where the last end.
    """

    stages: npt.NDArray[np.uint8]
    ticket_min: Floats
    ticket_max: Floats
    focus: npt.NDArray[np.uint16]
    geography: Floats
    specialist: Floats
    rounds: npt.NDArray[np.uint16]
    first_round: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.stages)

    def take(self, which: Sequence[int]) -> Investors:
        """Those at some places."""
        at = np.asarray(which, dtype=np.int64)
        parts = [self.rounds[self.first_round[i] : self.first_round[i + 1]] for i in at]
        single = ("stages", "ticket_min", "ticket_max", "focus", "geography", "specialist")
        return replace(
            self,
            **{name: getattr(self, name)[at] for name in single},
            rounds=np.concatenate([self.rounds[:0], *parts]),
            first_round=np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64),
        )


@dataclass(frozen=True, eq=False)
class Scores:
    """What was worked out of pairs; all arrays have the same shape or broadcast to it.

    Attributes
    ----------
    score : array of float32
        Weighted mean of the known parts, 0 to 1; NaN where none is known.
    confidence : array of float32
        Share of the weight that is known, 0 to 1.
    parts : dict of str to array of float32
        Each part, 0 to 1; NaN where it is unknown.
    """

    score: Floats
    confidence: Floats
    parts: dict[str, Floats]


def default_weights(parts: Sequence[Part]) -> dict[str, float]:
    """The weights that hold unless the visitor says otherwise."""
    return {part.code: float(part.weight) for part in parts}


def check_weights(weights: Mapping[str, float], parts: Sequence[Part]) -> dict[str, float]:
    """Weights of all parts, those that aren't named as zero.

    Raises
    ------
    ValueError
        With a sentence for the visitor: a part that doesn't exist, a weight that is negative or
        no number, or all of them zero.
    """
    labels = {part.code: part.label for part in parts}
    for code, weight in weights.items():
        if code not in labels:
            raise ValueError(f"There is no part “{code}” of this score.")
        if not math.isfinite(weight) or weight < 0:
            raise ValueError(f"The weight of “{labels[code]}” must be a number from 0 up.")
    checked = {code: float(weights.get(code, 0)) for code in labels}
    if not any(checked.values()):
        raise ValueError(
            "All weights are zero, so nothing counts. Give at least one part a weight."
        )
    return checked


def combine(parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Scores:
    """Score and confidence from parts.

    Score = sum of weight times part over the known parts / sum of their weights; confidence = sum
    of the known parts' weights / sum of all weights.

    Parameters
    ----------
    parts : mapping of str to array
        Arrays that broadcast to one shape; NaN where unknown.
    weights : mapping of str to float
        As :func:`check_weights` gives them.
    """
    shape = np.broadcast_shapes(*(part.shape for part in parts.values()))
    total, known = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for code, part in parts.items():
        is_known = ~np.isnan(part)
        weight = np.float32(weights[code])
        total += weight * np.where(is_known, part, np.float32(0))
        known += weight * is_known
    with np.errstate(invalid="ignore"):
        score = total / known
    # Rounding of sums may step over the bounds by a last bit.
    np.clip(score, 0, 1, out=score)
    confidence = np.clip(known / np.float32(sum(weights.values())), 0, 1)
    return Scores(score, confidence, dict(parts))


def investment(companies: Companies, investors: Investors, weights: Mapping[str, float]) -> Scores:
    """How each company and each investor fit.

    Parameters
    ----------
    weights : mapping of str to float
        Of the parts of :data:`INVESTMENT`.

    Returns
    -------
    Scores
        Of the shape companies by investors. Work and memory grow with their product.

    Raises
    ------
    ValueError
        If the weights can't be used; see :func:`check_weights`.
    """
    checked = check_weights(weights, INVESTMENT)
    parts = {
        "domain": _stated_domains(companies, investors),
        "stage": _next_stage(companies, investors),
        "ticket": _ticket(companies, investors),
        "geography": _geography(companies, investors),
        "specialist": investors.specialist[None, :],
        "record": _record(companies, investors),
    }
    return combine(parts, checked)


def project(
    one: Companies,
    others: Companies,
    weights: Mapping[str, float],
    *,
    members: npt.NDArray[np.bool_],
    valleys: npt.NDArray[np.bool_],
) -> Scores:
    """How a company and each of others would add to each other in a joint project.

    Parameters
    ----------
    one : Companies
        A single one.
    weights : mapping of str to float
        Of the parts of :data:`PROJECT`.
    members : array of bool
        For each of the others, whether a partnership lists both.
    valleys : array of bool
        For each of the others, whether a partnership lists members of both valleys.

    Returns
    -------
    Scores
        One entry for each of the others.

    Raises
    ------
    ValueError
        If the weights can't be used; see :func:`check_weights`.
    """
    checked = check_weights(weights, PROJECT)
    mine, theirs = one.domains[0], others.domains
    together = np.bitwise_count(mine | theirs).astype(np.float32)
    least = np.minimum(np.bitwise_count(mine & ~theirs), np.bitwise_count(theirs & ~mine))
    functions = np.bitwise_count(one.functions[0] | others.functions) / np.float32(len(FUNCTIONS))
    both_known = (mine != 0) & (theirs != 0)
    apart = np.where(others.region != one.region[0], np.float32(_OTHER_REGION), np.float32(0))
    apart[others.country != one.country[0]] = 1
    ties = np.where(valleys, np.float32(_VALLEYS_TIED), np.float32(np.nan))
    ties[members] = 1
    parts = {
        "domain": _where(both_known, 2 * least.astype(np.float32) / np.maximum(together, 1)),
        "function": _where((one.functions[0] != 0) & (others.functions != 0), functions),
        "region": apart,
        "tie": ties,
    }
    return combine(parts, checked)


def _where(known: Any, part: Any) -> Floats:
    return np.where(known, part, np.float32(np.nan)).astype(np.float32, copy=False)


def _stated_domains(companies: Companies, investors: Investors) -> Floats:
    own, focus = companies.domains[:, None], investors.focus[None, :]
    n = np.bitwise_count(own)
    share = np.bitwise_count(own & focus) / np.maximum(n, 1).astype(np.float32)
    return _where((focus != 0) & (n > 0), share)


def next_stage(stands_at: int) -> int:
    """Place in :data:`STAGES` of the round after the one where a company stands.

    Growth follows on growth; what is no stage stays as it is.
    """
    return stands_at if stands_at in (NO_ROUND, UNKNOWN) else min(stands_at + 1, len(STAGES) - 1)


def _nearness() -> Floats:
    """Part for where a company stands (unknown last, so that -1 finds it) and stages financed."""
    table = np.full((NO_ROUND + 2, 1 << len(STAGES)), np.nan, np.float32)
    for financed in range(1, 1 << len(STAGES)):
        stages = [i for i in range(len(STAGES)) if financed >> i & 1]
        for stands_at in range(len(STAGES)):
            steps = min(abs(next_stage(stands_at) - stage) for stage in stages)
            table[stands_at, financed] = {0: 1, 1: _ONE_STAGE_AWAY}.get(steps, 0)
        table[NO_ROUND, financed] = 0
    return table


_NEARNESS = _nearness()


def _next_stage(companies: Companies, investors: Investors) -> Floats:
    return _NEARNESS[companies.stands_at[:, None], investors.stages[None, :]]


def _ticket(companies: Companies, investors: Investors) -> Floats:
    need = companies.need[:, None]
    least, most = investors.ticket_min[None, :], investors.ticket_max[None, :]
    # What isn't stated excludes nothing: fmin and fmax pass over NaN.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        part = np.fmin(np.fmin(need / least, most / need), np.float32(1))
    return _where(~np.isnan(need) & ~(np.isnan(least) & np.isnan(most)), part)


def _geography(companies: Companies, investors: Investors) -> Floats:
    # A column more, so that a country that isn't there (-1) finds it.
    nowhere = np.full((len(investors), 1), np.nan, np.float32)
    by_country = np.concatenate([investors.geography, nowhere], axis=1).T
    return np.ascontiguousarray(by_country)[companies.country]


def geography(focus: Sequence[str], seat: str | None) -> Floats:
    """The part for a company of each country of :data:`COUNTRIES`.

    Parameters
    ----------
    focus : sequence of str
        Country codes and ``EU``; empty if unknown.
    seat : str or None
        The investor's own country; None if unknown.
    """
    if not focus:
        part = np.full(len(_COUNTRY), np.nan, np.float32)
        if seat in _COUNTRY:
            part[_COUNTRY[seat]] = 1
        return part
    part = np.zeros(len(_COUNTRY), np.float32)
    for code, i in _COUNTRY.items():
        if code in focus or ("EU" in focus and code in EU_MEMBERS):
            part[i] = 1
        elif "EU" in focus and code in NEXT_TO_EU:
            part[i] = _NEXT_TO_FOCUS
    return part


def _record(companies: Companies, investors: Investors) -> Floats:
    """Rounds are compared with each set of domains that there is, not with each company."""
    is_there = np.zeros(1 << len(DOMAINS), np.bool_)
    is_there[companies.domains] = True
    sets = np.flatnonzero(is_there).astype(np.uint16)
    shares = (sets[:, None] & investors.rounds[None, :]) != 0
    up_to = np.zeros((len(sets), len(investors.rounds) + 1), np.int32)
    np.cumsum(shares, axis=1, out=up_to[:, 1:])
    first, end = investors.first_round[:-1], investors.first_round[1:]
    same = np.minimum(up_to[:, end] - up_to[:, first], ROUNDS_ENOUGH).astype(np.float32)
    part = _where(end > first, _ANY_ROUND + (1 - _ANY_ROUND) * same / ROUNDS_ENOUGH)
    at = np.zeros(1 << len(DOMAINS), np.int32)
    at[sets] = np.arange(len(sets))
    return part[at[companies.domains]]


def domain_bits(codes: Sequence[str]) -> int:
    """JRC domains as the bits of a number; codes that don't exist are left out."""
    return sum({_BIT.get(code, 0) for code in codes})


def function_bits(codes: Sequence[str]) -> int:
    """NIST CSF functions as the bits of a number; codes that don't exist are left out."""
    return sum({_FUNCTION_BIT.get(code, 0) for code in codes})


def stage_bits(codes: Sequence[str]) -> int:
    """Stages that an investor finances as the bits of a number."""
    return sum({1 << STAGES.index(code) for code in codes if code in STAGES})


def country_number(code: str | None) -> int:
    """Place of a country in :data:`COUNTRIES`; -1 if it isn't there."""
    return _COUNTRY.get(code or "", -1)
