"""What a cohort is chosen by: criteria from 0 to 1, their weights, and the candidates' points."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COMPANY_STAGES, CONFIRMING, DOMAINS, EVIDENCE
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.matching import cohort, score
from ecosystem.matching.cohort import Candidate, Choice, Limits
from ecosystem.matching.reasons import codes
from ecosystem.matching.register import COMPANY, facts
from ecosystem.matching.score import NO_ROUND, STAGES, UNKNOWN, Part
from ecosystem.tables import organisation_facts, organisations, regions, releases

# Years beyond the wanted age in which the criterion falls to nothing.
_FADES_IN = 5
_ONE_STAGE_AWAY = 0.5
# The site's other visitors have the second core: one cohort is chosen at a time.
_one_at_a_time = threading.Lock()

# A programme for scale-ups asks first how far a company has come; then how old it is, what it works
# on and whether the register can prove it.
CRITERIA = (
    Part(
        "stage",
        "Stage",
        3,
        "1 if the company’s last known round, or its stage, is one that you look for, ½ if it is "
        "one step away, else 0; 0 too if it is listed or has been bought. Unknown where no round "
        "or stage is recorded.",
    ),
    Part(
        "age",
        "Age",
        2,
        "1 if the company is as old as you look for, falling to 0 over five years beyond. Unknown "
        "without a founding year.",
    ),
    Part(
        "domain",
        "Domain",
        2,
        "The share of the company’s JRC domains that you look for. It doesn’t count while you look "
        "for none in particular.",
    ),
    Part(
        "evidence",
        "Evidence",
        2,
        "1 if a public page or the company itself confirms its row in the register, 0 if it is "
        "general knowledge.",
    ),
    Part(
        "region",
        "Region",
        1,
        "1 if the company is in one of the valleys that you look for, or, while you name none, in "
        "any cyber valley; else 0.",
    ),
    Part(
        "label",
        f"Label {made_in_europe.NAME}",
        1,
        "1 if the label is valid today, 0 if it has expired. Unknown where none is recorded: the "
        "register doesn’t have the list of its holders.",
    ),
)


@dataclass(frozen=True)
class Wanted:
    """What the programme looks for.

    Attributes
    ----------
    stages : tuple of str
        Codes of :data:`ecosystem.matching.score.STAGES`.
    youngest, oldest : int
        Age in years.
    domains : tuple of str
        JRC domains; none in particular if empty.
    valleys : tuple of str
        Identifiers; any valley if empty.
    unknown_is_nothing : bool
        Whether a criterion of which nothing is known gives no points; else the known ones count
        for it.
    """

    stages: tuple[str, ...] = ("series-a", "series-b", "growth")
    youngest: int = 3
    oldest: int = 15
    domains: tuple[str, ...] = ()
    valleys: tuple[str, ...] = ()
    unknown_is_nothing: bool = True


@dataclass(frozen=True, eq=False)
class Assessed:
    """Candidates with what the criteria give them.

    Attributes
    ----------
    rows : DataFrame
        ``id, name, city, country, valley, domains, points`` (0 to 1,000), ``known`` (share of the
        weight) and, for each criterion, ``part_…`` (missing if unknown) and ``reason_…``, most
        points first.
    """

    rows: pd.DataFrame

    def candidates(self) -> list[Candidate]:
        """The same for the choice."""
        return [
            Candidate(
                row["id"],
                row["name"],
                int(row["points"]),
                row["country"],
                row["valley"],
                tuple(row["domains"]),
            )
            for row in self.rows.to_dict("records")
        ]


@made_in_europe.depends_on_today
def assess(
    database: Database, filter_: Filter, wanted: Wanted, weights: Mapping[str, float]
) -> Assessed:
    """The SMEs and start-ups of a filter with their points.

    Points = 1,000 times score times confidence, that is, the share of all weight that is known and
    fulfilled; or 1,000 times the score of what is known: :func:`ecosystem.matching.score.combine`.

    Raises
    ------
    CohortError
        If there are more than can be compared.
    ValueError
        If the weights can't be used.
    """
    checked = score.check_weights(weights, CRITERIA)
    if not wanted.domains:
        checked = score.check_weights({**checked, "domain": 0}, CRITERIA)
    n = organisations.summary(database, filter_).smes
    if n > cohort.MOST_CANDIDATES:
        raise cohort.too_many(n)
    found = organisations.everything(database, filter_)
    found = found[found["type"] == COMPANY].reset_index(drop=True)
    parts = {part.code: np.full(len(found), np.nan, np.float32) for part in CRITERIA}
    reasons: dict[str, list[str]] = {part.code: [] for part in CRITERIA}
    judge = _Judge(database, wanted)
    for i, row in enumerate(found.to_dict("records")):
        for code, (value, reason) in judge.of(row).items():
            parts[code][i] = np.nan if value is None else value
            reasons[code].append(reason)
    scores = score.combine(parts, checked)
    earned = scores.score * scores.confidence if wanted.unknown_is_nothing else scores.score
    rows = pd.DataFrame(
        {
            "id": found["org_id"],
            "name": found["name"],
            "city": found["city"],
            "country": found["country"],
            "valley": found["valley_id"].fillna(""),
            "domains": [codes(value) for value in found["domains"]],
            "points": np.round(np.nan_to_num(earned) * cohort.FULL).astype(int),
            "known": scores.confidence,
            **{f"part_{code}": values for code, values in parts.items()},
            **{f"reason_{code}": phrases for code, phrases in reasons.items()},
        }
    )
    order = rows.assign(points=-rows["points"]).sort_values(["points", "name", "id"]).index
    return Assessed(rows.loc[order].reset_index(drop=True))


@made_in_europe.depends_on_today
def choose(
    database: Database,
    filter_: Filter,
    wanted: Wanted,
    weights: Mapping[str, float],
    limits: Limits,
) -> Choice:
    """The best cohort of a filter's candidates; see :func:`ecosystem.matching.cohort.choose`.

    Raises
    ------
    CohortError
        If there is none, with the reason.
    ValueError
        If the weights can't be used.
    """
    candidates = assess(database, filter_, wanted, weights).candidates()
    with _one_at_a_time:
        return cohort.choose(candidates, limits)


class _Judge:
    """What each criterion gives a company, 0 to 1 or None if unknown, and why."""

    def __init__(self, database: Database, wanted: Wanted) -> None:
        self._wanted = wanted
        self._facts = facts(database)
        self._year = releases.story(database)["created_at"].year
        self._valleys = regions.names_in_text(database)
        self._today = made_in_europe.today()
        founded = organisation_facts.latest(database, "founded")
        self._founded = dict(zip(founded["org_id"], founded["value"], strict=True))

    def of(self, row: Mapping[Any, Any]) -> dict[str, tuple[float | None, str]]:
        return {
            "stage": self._stage(int(row["ordinal"])),
            "age": self._age(row),
            "domain": self._domain(codes(row["domains"])),
            "evidence": (
                float(row["evidence"] in CONFIRMING),
                EVIDENCE.inside(row["evidence"]),
            ),
            "region": self._region(row["valley_id"]),
            "label": self._label(row["label_valid_until"]),
        }

    def _stage(self, ordinal: int) -> tuple[float | None, str]:
        place = int(self._facts.companies.stands_at[ordinal])
        known = self._facts.standing.get(ordinal)
        if place == NO_ROUND:
            return 0, "listed or bought"
        if place == UNKNOWN or known is None:
            return None, "no round or stage is recorded"
        wanted = [STAGES.index(code) for code in self._wanted.stages]
        steps = min((abs(place - stage) for stage in wanted), default=len(STAGES))
        year = f" ({known.year})" if known.year else ""
        said = f"last known: {COMPANY_STAGES.inside(known.code)}{year}"
        return {0: 1.0, 1: _ONE_STAGE_AWAY}.get(steps, 0.0), said

    def _age(self, row: Mapping[Any, Any]) -> tuple[float | None, str]:
        founded = row["founded"] if pd.notna(row["founded"]) else self._founded.get(row["org_id"])
        if founded is None or not str(founded).split(".", maxsplit=1)[0].isdigit():
            return None, "founding year not known"
        year = int(float(founded))
        age = self._year - year
        beyond = max(self._wanted.youngest - age, age - self._wanted.oldest, 0)
        return max(0.0, 1 - beyond / _FADES_IN), f"founded in {year}"

    def _domain(self, own: Sequence[str]) -> tuple[float | None, str]:
        if not self._wanted.domains:
            return None, "no domain in particular is looked for"
        if not own:
            return None, "no domain is recorded"
        common = [DOMAINS.inside(code) for code in own if code in self._wanted.domains]
        if not common:
            return 0, "works on other domains"
        return len(common) / len(own), f"works on {wording.join(common)}"

    def _region(self, valley: object) -> tuple[float | None, str]:
        if not isinstance(valley, str):
            return 0, "outside the cyber valleys"
        is_wanted = not self._wanted.valleys or valley in self._wanted.valleys
        return float(is_wanted), f"in the valley {self._valleys.get(valley, valley)}"

    def _label(self, until: Any) -> tuple[float | None, str]:
        if pd.isna(until):
            return None, "no label is recorded"
        last = until.date() if hasattr(until, "date") else date.fromisoformat(str(until)[:10])
        return float(last >= self._today), f"label until {last.isoformat()}"


def why_in(
    rows: pd.DataFrame, choice: Choice, limits: Limits, ids: Sequence[str]
) -> dict[str, str]:
    """Why each member of a cohort is in it, in a phrase.

    Parameters
    ----------
    rows : DataFrame
        Of :class:`Assessed`.
    choice : Choice
        What was chosen from them under the limits.
    ids : sequence of str
        The members.
    """
    place = {id_: i + 1 for i, id_ in enumerate(rows["id"])}
    members = rows[rows["id"].isin(ids)].set_index("id")
    found = {}
    for id_ in ids:
        row = members.loc[id_]
        phrases = [f"no. {wording.number(place[id_])} of {wording.number(len(rows))} by points"]
        if id_ in limits.include:
            phrases.append("named by you")
        if limits.least_countries and (members["country"] == row["country"]).sum() == 1:
            phrases.append("the only one of its country")
        if (
            limits.least_valleys
            and row["valley"]
            and (members["valley"] == row["valley"]).sum() == 1
        ):
            phrases.append("the only one of its valley")
        if id_ in choice.always:
            phrases.append("in every cohort nearly as good")
        found[id_] = "; ".join(phrases)
    return found


def why_out(rows: pd.DataFrame, limits: Limits, ids: Sequence[str]) -> dict[str, str]:
    """Who has more points than a member and isn't in, and which limit keeps them out.

    Parameters
    ----------
    rows, limits, ids
        As for :func:`why_in`.

    Returns
    -------
    dict of str to str
        A phrase by identifier, most points first.
    """
    members = rows[rows["id"].isin(ids)]
    if members.empty:
        return {}
    in_valley = members["valley"].value_counts()
    with_domain = members["domains"].explode().value_counts()
    passed_over = rows[(rows["points"] > members["points"].min()) & ~rows["id"].isin(ids)]
    found = {}
    for row in passed_over.to_dict("records"):
        full = [
            DOMAINS.inside(code)
            for code in row["domains"]
            if limits.most_per_domain and with_domain.get(code, 0) >= limits.most_per_domain
        ]
        if row["id"] in limits.exclude:
            reason = "you left it out"
        elif (
            limits.most_per_valley
            and row["valley"]
            and in_valley.get(row["valley"], 0) >= limits.most_per_valley
        ):
            reason = "its valley has as many as it may"
        elif full:
            reason = f"{wording.join(full)}: as many as may be"
        else:
            reason = "others bring what a limit asks for"
        found[row["id"]] = reason
    return found
