"""Companies and investors for tests, made of what people would write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS
from ecosystem.matching import score
from ecosystem.matching.score import Companies, Investors

CODES = {"domains": list(DOMAINS), "functions": list(FUNCTIONS), "countries": list(COUNTRIES)}


def companies(*rows: dict[str, Any]) -> Companies:
    """Columns of companies; what a row doesn't name is unknown."""
    return Companies(
        ordinal=np.arange(len(rows), dtype=np.int32),
        country=np.array([score.country_number(r.get("country")) for r in rows], np.int16),
        region=np.array([r.get("region", 0) for r in rows], np.int32),
        valley=np.array([r.get("valley", -1) for r in rows], np.int32),
        domains=np.array([score.domain_bits(r.get("domains", ())) for r in rows], np.uint16),
        functions=np.array([score.function_bits(r.get("functions", ())) for r in rows], np.uint8),
        stands_at=np.array(
            [score.STANDS_AT.get(r.get("stage", ""), score.UNKNOWN) for r in rows], np.int8
        ),
        need=np.array([r.get("need", np.nan) for r in rows], np.float32),
    )


def investors(*rows: dict[str, Any]) -> Investors:
    """Columns of investors; ``rounds`` are the domains of the company of each round it led."""
    rounds: list[Sequence[str]] = [codes for r in rows for codes in r.get("rounds", ())]
    return Investors(
        stages=np.array([score.stage_bits(r.get("stages", ())) for r in rows], np.uint8),
        ticket_min=np.array([r.get("least", np.nan) for r in rows], np.float32),
        ticket_max=np.array([r.get("most", np.nan) for r in rows], np.float32),
        focus=np.array([score.domain_bits(r.get("focus", ())) for r in rows], np.uint16),
        geography=np.stack([score.geography(r.get("countries", ()), r.get("seat")) for r in rows]),
        specialist=np.array([r.get("specialist", np.nan) for r in rows], np.float32),
        rounds=np.array([score.domain_bits(codes) for codes in rounds], np.uint16),
        first_round=np.cumsum([0, *(len(r.get("rounds", ())) for r in rows)], dtype=np.int64),
    )
