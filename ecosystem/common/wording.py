"""Numbers and lists as people read them: separators, decimals, percentages, nouns, gaps.

Everything here is plain text: whoever puts it on a page escapes it there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

NOT_KNOWN = "not known"
# Stands for a gap where a phrase has no room: in tables and beside labels.
DASH = "–"

# Below this many rows a decimal of a percentage claims more than is there.
_ROWS_FOR_DECIMALS = 100
# From here on decimals of a figure say nothing.
_WHOLE_FROM = 1000


def is_known(value: float | None) -> bool:
    """Whether there is a finite number."""
    return value is not None and not pd.isna(value) and math.isfinite(value)


def number(value: float | None, digits: int = 0, *, gap: str = NOT_KNOWN) -> str:
    """Write a number with thousands separators.

    Parameters
    ----------
    value : float or None
        Any number.
    digits : int
        Decimals.
    gap : str
        What is written where there is no finite number.

    Examples
    --------
    >>> number(3402932), number(8.523, 1), number(float("nan"))
    ('3,402,932', '8.5', 'not known')
    """
    return f"{value:,.{digits}f}" if is_known(value) else gap


def figure(value: float | None, *, gap: str = DASH) -> str:
    """Write a figure of which nobody says how exact it is: to two decimals where it is small.

    Parameters
    ----------
    value : float or None
        Any number.
    gap : str
        What is written where there is no finite number.

    Examples
    --------
    >>> figure(3402932.4), figure(2.10), figure(None)
    ('3,402,932', '2.1', '–')
    """
    if value is None or not is_known(value):
        return gap
    if abs(value) >= _WHOLE_FROM:
        return number(value)
    return number(value, 2).rstrip("0").rstrip(".")


def percent(share: float | None, n: int = 0, *, gap: str = DASH) -> str:
    """Write a share as a percentage, with a decimal only where the rows bear one.

    Parameters
    ----------
    share : float or None
        0 to 1.
    n : int
        Number of rows that it is a share of; with the default there is no decimal.
    gap : str
        What is written where there is no finite number.

    Examples
    --------
    >>> percent(0.4138, 29), percent(0.8452, 465), percent(None)
    ('41%', '84.5%', '–')
    """
    if share is None or not is_known(share):
        return gap
    return f"{share:.{0 if n < _ROWS_FOR_DECIMALS else 1}%}"


def year(value: float | None, *, gap: str = DASH) -> str:
    """Write a year, which is no quantity: without thousands separator."""
    return f"{value:.0f}" if is_known(value) else gap


def count(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    Parameters
    ----------
    n : int
        How many.
    one, many : str
        The noun for one and for several; with an "s" by default.

    Examples
    --------
    >>> count(1, "organisation"), count(2500, "organisation"), count(0, "country", "countries")
    ('1 organisation', '2,500 organisations', '0 countries')
    """
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def agree(n: int, one: str, many: str, **data: object) -> str:
    """A sentence about a number of things, in which verbs agree with it.

    Parameters
    ----------
    n : int
        How many.
    one, many : str
        The whole sentence for one and for several, with ``{n}`` where the number stands and names
        in braces for `data`.
    **data
        What stands at those names.

    Examples
    --------
    >>> agree(1, "{n} meeting of {who} is kept.", "{n} meetings of {who} are kept.", who="ACME")
    '1 meeting of ACME is kept.'
    """
    return (one if n == 1 else many).format(n=number(n), **data)


def span(offset: int, shown: int, total: int, one: str = "", many: str = "") -> str:
    """Which part of a long list is shown.

    Parameters
    ----------
    offset, shown : int
        How many entries come before it, and how many it has.
    total : int
        How many there are.
    one, many : str
        The noun for them, as :func:`count` takes it; by default there is none.

    Examples
    --------
    >>> span(50, 50, 2010, "entry", "entries")
    '51 to 100 of 2,010 entries'
    """
    whole = count(total, one, many) if one else number(total)
    return f"{number(offset + 1)} to {number(offset + shown)} of {whole}"


def join_first(words: Sequence[str], most: int) -> str:
    """Join the first words of a list, and say how many more there are.

    Parameters
    ----------
    words : sequence of str
        What to join.
    most : int
        How many are named.

    Examples
    --------
    >>> join_first(["Bretagne", "Eesti", "Malta", "Praha"], 2), join_first(["Malta"], 2)
    ('Bretagne, Eesti and 2 more', 'Malta')
    """
    rest = len(words) - most
    return join([*words[:most], f"{number(rest)} more"] if rest > 0 else words)


def join(words: Sequence[str], conjunction: str = "and") -> str:
    """Join words as a sentence does.

    Parameters
    ----------
    words : sequence of str
        What to join.
    conjunction : str
        What stands before the last one.

    Returns
    -------
    str
        With a comma more where an "and" joins words that hold one themselves; empty for no words.

    Examples
    --------
    >>> join(["Bretagne", "Eesti", "Malta"])
    'Bretagne, Eesti and Malta'
    >>> join(["support and clusters", "capital"])
    'support and clusters, and capital'
    """
    if len(words) < 2:
        return "".join(words)
    comma = "," if conjunction == "and" and any(" and " in word for word in words) else ""
    return f"{', '.join(words[:-1])}{comma} {conjunction} {words[-1]}"
