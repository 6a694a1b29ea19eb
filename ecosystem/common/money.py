"""Amounts of money in words: what isn't known is said to be so, and no currency is converted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ecosystem.common.vocabulary import STAGES
from ecosystem.common.wording import is_known

UNKNOWN = "not known"


def ticket(smallest: float | None, largest: float | None) -> str:
    """How much an investor puts into a firm at once.

    Parameters
    ----------
    smallest, largest : float or None
        Million euro; None if unknown.

    Examples
    --------
    >>> ticket(0.15, 5), ticket(None, 20), ticket(5, None), ticket(None, None)
    ('EUR 0.15 to 5 million', 'up to EUR 20 million', 'from EUR 5 million', 'not known')
    """
    if is_known(smallest) and is_known(largest):
        if smallest == largest:
            return millions(smallest)
        return f"EUR {_number(smallest)} to {_number(largest)} million"
    if is_known(largest):
        return f"up to {millions(largest)}"
    return f"from {millions(smallest)}" if is_known(smallest) else UNKNOWN


def amount(record: Mapping[Any, Any]) -> str:
    """What a round brought, as its source writes it.

    Parameters
    ----------
    record : mapping
        ``amount_meur``, ``amount_original`` (millions of ``currency``), each missing if unknown.

    Examples
    --------
    >>> amount({"amount_meur": 2.3, "amount_original": 2.7, "currency": "USD"})
    'EUR 2.3 million (USD 2.7 million)'
    >>> amount({"amount_meur": None, "amount_original": 10, "currency": None})
    '10 million, currency not stated'
    """
    euro, other, currency = (record[k] for k in ("amount_meur", "amount_original", "currency"))
    original = ""
    if is_known(other):
        is_named = isinstance(currency, str) and currency
        original = (
            millions(other, currency)
            if is_named
            else f"{_number(other)} million, currency not stated"
        )
    if is_known(euro):
        return f"{millions(euro)} ({original})" if original else millions(euro)
    return original or f"amount {UNKNOWN}"


def stages(codes: Collection[str]) -> str:
    """Stages that an investor finances, in their order: ``"Seed, Series A"``."""
    return ", ".join(term.label for code, term in STAGES.items() if code in codes)


def millions(value: float | None, currency: str = "EUR") -> str:
    """An amount of so many millions: ``"EUR 2.5 million"``."""
    return f"{currency} {_number(value)} million"


def _number(value: float | None) -> str:
    return f"{value or 0:,.3f}".rstrip("0").rstrip(".")
