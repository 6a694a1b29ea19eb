"""What the register knows that scores are made of, as columns, once for each release."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS, Vocabulary
from ecosystem.finding import code_index
from ecosystem.finding.code_index import Column, Lists
from ecosystem.finding.masks import unpack
from ecosystem.matching import score
from ecosystem.matching.score import NO_ROUND, STAGES, STANDS_AT, UNKNOWN, Companies, Investors

# Fewer rounds than this are no usual size.
ENOUGH_ROUNDS = 5
# Matching and cohorts are for these.
COMPANY = "sme"


@dataclass(frozen=True)
class Standing:
    """Where a company stands, as the register says it.

    Attributes
    ----------
    code : str
        Stage or kind of the last round, a key of :data:`ecosystem.matching.score.STANDS_AT`.
    year : str
        Year of it; empty if unknown.
    """

    code: str
    year: str


@dataclass(frozen=True)
class Usual:
    """Size of a stage's recorded rounds.

    Attributes
    ----------
    median : float
        Million euro.
    rounds : int
        How many have an amount in euro.
    """

    median: float
    rounds: int


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that scores need of a release.

    Attributes
    ----------
    companies : Companies
        All organisations, by ordinal.
    is_sme : array of bool
        Which of them are SMEs or start-ups.
    investors : Investors
        In the order of `investor_ids`.
    investor_ids : tuple of str
        By name.
    standing : dict of int to Standing
        By ordinal; those of whom nothing is recorded are missing.
    usual : dict of int to Usual
        By place in :data:`ecosystem.matching.score.STAGES`, where there are enough rounds.
    region_ids, valley_ids : tuple of str
        By the number that stands for each in `companies`.
    """

    companies: Companies
    is_sme: npt.NDArray[np.bool_]
    investors: Investors
    investor_ids: tuple[str, ...]
    standing: Mapping[int, Standing]
    usual: Mapping[int, Usual]
    region_ids: tuple[str, ...]
    valley_ids: tuple[str, ...]

    def company(self, ordinal: int) -> dict[str, Any]:
        """What the columns say of a company, in the words of the register.

        Returns
        -------
        dict
            ``ordinal, country, nuts2, domains, functions``.
        """
        own = self.companies
        return {
            "ordinal": ordinal,
            "country": list(COUNTRIES)[own.country[ordinal]] if own.country[ordinal] >= 0 else "",
            "nuts2": self.region_ids[own.region[ordinal]],
            "domains": _codes_of(int(own.domains[ordinal]), DOMAINS),
            "functions": _codes_of(int(own.functions[ordinal]), FUNCTIONS),
        }

    def number_of(self, investor_id: str) -> int | None:
        """Place of an investor among the columns; None if there is none of that id."""
        try:
            return self.investor_ids.index(investor_id)
        except ValueError:
            return None


@per_release
def facts(database: Database) -> Facts:
    """The columns of a release.

    Codes of organisations are taken from where filters have them: read once more, as texts, those
    of a million take 400 MB.
    """
    types = code_index.column(database, "type")
    region = code_index.column(database, "nuts2")
    valley = code_index.column(database, "valley_id")
    standing, last_amount = _last_steps(database)
    usual = _usual(database)
    n = code_index.size(database)
    stands_at = np.full(n, UNKNOWN, np.int8)
    for ordinal, known in standing.items():
        stands_at[ordinal] = STANDS_AT[known.code]
    stands_at[_acquired(database)] = NO_ROUND
    companies = Companies(
        ordinal=np.arange(n, dtype=np.int32),
        country=_places(code_index.column(database, "country"), COUNTRIES).astype(np.int16),
        region=_places(region, region.known),
        valley=_places(valley, valley.known),
        domains=_bits(code_index.lists(database, "domains"), DOMAINS, n).astype(np.uint16),
        functions=_bits(code_index.lists(database, "functions"), FUNCTIONS, n).astype(np.uint8),
        stands_at=stands_at,
        need=_need(stands_at, last_amount, usual),
    )
    ids, investors = _investors(database)
    return Facts(
        companies,
        _places(types, [COMPANY]) == 0,
        investors,
        ids,
        standing,
        usual,
        region.known,
        valley.known,
    )


def _codes_of(bits: int, vocabulary: Vocabulary) -> list[str]:
    return [code for i, code in enumerate(vocabulary) if bits >> i & 1]


def _places(column: Column, codes: Collection[str]) -> npt.NDArray[np.int32]:
    """Place of each organisation's code among some, by ordinal; -1 if it is none of them."""
    place = {code: i for i, code in enumerate(codes)}
    of_known = [place.get(code, -1) for code in column.known]
    return np.array([*of_known, -1], dtype=np.int32)[column.numbers]


def _bits(lists: Lists, vocabulary: Vocabulary, size: int) -> npt.NDArray[np.uint16]:
    """Codes of each organisation by ordinal, one bit for each of the vocabulary."""
    bits = np.zeros(size, np.uint16)
    for i, code in enumerate(vocabulary):
        bits[unpack(lists.bits([code]), size)] |= 1 << i
    return bits


def _acquired(database: Database) -> npt.NDArray[np.int32]:
    return database.column("SELECT ordinal FROM organisation WHERE status = 'acquired'")


def _last_steps(database: Database) -> tuple[dict[int, Standing], dict[int, float]]:
    """By ordinal: where companies stand, and the amount of their last round where that is known.

    Who was listed or bought stays so; of all else the latest counts, a stage that is recorded as
    such before a round of the same year.
    """
    rows = database.frame(
        """
        WITH said AS (
            SELECT org_id, value AS code, coalesce(year::VARCHAR, '') AS date, true AS is_stage
            FROM organisation_fact WHERE fact = 'stage'
            UNION ALL
            SELECT org_id, round, coalesce(date, ''), false FROM funding_round
        )
        SELECT ordinal, code, date[:4] AS year
        FROM said JOIN organisation USING (org_id)
        WHERE list_contains($codes, code)
        ORDER BY list_contains($ended, code), date[:4], is_stage, date
        """,
        {
            "codes": list(STANDS_AT),
            "ended": [code for code, place in STANDS_AT.items() if place == NO_ROUND],
        },
    )
    amounts = database.frame(
        """
        SELECT ordinal, list(amount_meur ORDER BY coalesce(date, '') DESC)[1] AS amount
        FROM funding_round JOIN organisation USING (org_id)
        WHERE list_contains($codes, round) GROUP BY ordinal HAVING amount > 0
        """,
        {"codes": [code for code, place in STANDS_AT.items() if place != NO_ROUND]},
    )
    told = zip(*(rows[name].tolist() for name in ("ordinal", "code", "year")), strict=True)
    standing = {ordinal: Standing(code, year) for ordinal, code, year in told}
    return standing, dict(zip(amounts["ordinal"].tolist(), amounts["amount"], strict=True))


def _usual(database: Database) -> dict[int, Usual]:
    """Median of the recorded rounds in euro by stage; series C counts as growth."""
    rows = database.frame(
        "SELECT round, amount_meur FROM funding_round "
        "WHERE amount_meur > 0 AND list_contains($codes, round)",
        {"codes": [code for code, place in STANDS_AT.items() if place != NO_ROUND]},
    )
    found = rows.groupby(rows["round"].map(STANDS_AT))["amount_meur"].agg(["median", "count"])
    return {
        int(str(stage)): Usual(float(row["median"]), int(row["count"]))
        for stage, row in found.iterrows()
        if row["count"] >= ENOUGH_ROUNDS
    }


def _need(
    stands_at: npt.NDArray[np.int8], last_amount: Mapping[int, float], usual: Mapping[int, Usual]
) -> score.Floats:
    """Million euro of each company's next round: as usual, or as its last; NaN if unknown."""
    need = np.full(len(stands_at), np.nan, np.float32)
    for ordinal, amount in last_amount.items():
        need[ordinal] = amount
    for place in range(len(STAGES)):
        expected = usual.get(score.next_stage(place))
        if expected is not None:
            need[stands_at == place] = expected.median
    # Who has no round to come needs none.
    need[(stands_at == NO_ROUND) | (stands_at == UNKNOWN)] = np.nan
    return need


def _investors(database: Database) -> tuple[tuple[str, ...], Investors]:
    rows = database.frame("SELECT * FROM investor ORDER BY strip_accents(lower(name)), investor_id")
    led = database.frame(
        """
        SELECT lead.investor_id, domains
        FROM (SELECT unnest(lead_investor_ids) AS investor_id, org_id FROM funding_round
              WHERE round NOT IN ('grant', 'ipo')) lead
        LEFT JOIN organisation USING (org_id)
        """
    )
    rounds = led.groupby("investor_id")["domains"].agg(list).to_dict()
    of_each = [
        [score.domain_bits(_codes(codes)) for codes in rounds.get(id_, [])]
        for id_ in rows["investor_id"]
    ]
    found = Investors(
        stages=np.array([score.stage_bits(_codes(c)) for c in rows["stages"]], np.uint8),
        ticket_min=rows["ticket_min_meur"].to_numpy(np.float32, na_value=np.nan),
        ticket_max=rows["ticket_max_meur"].to_numpy(np.float32, na_value=np.nan),
        focus=np.array([score.domain_bits(_codes(c)) for c in rows["focus_domains"]], np.uint16),
        geography=np.stack(
            [
                score.geography(_codes(focus), seat if isinstance(seat, str) else None)
                for focus, seat in zip(rows["focus_countries"], rows["country"], strict=True)
            ]
        )
        if len(rows)
        else np.empty((0, len(COUNTRIES)), np.float32),
        specialist=rows["cyber_specialist"].astype("Float32").to_numpy(np.float32, na_value=np.nan),
        rounds=np.array([bits for some in of_each for bits in some], np.uint16),
        first_round=np.cumsum([0, *map(len, of_each)], dtype=np.int64),
    )
    return tuple(rows["investor_id"]), found


def _codes(value: object) -> Sequence[str]:
    """A list of a row; no list, where the register has none, is empty."""
    return list(value) if isinstance(value, list | np.ndarray) else []
