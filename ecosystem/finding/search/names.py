"""The index of a release and the names of its towns, read into memory once."""

from __future__ import annotations

from ecosystem.common.per_release import per_release
from ecosystem.common.search_words import query_words
from ecosystem.common.store import Database
from ecosystem.finding.search.engine import Index, TownNames

_MIN_INHABITANTS = 1_000
# A city is meant before another word that is written so.
CITY = 50_000


@per_release
def index(database: Database) -> Index:
    """The index of a release, read at the first search."""
    return Index(database)


@per_release
def town_names(database: Database) -> TownNames:
    """Names of all but the smallest towns in all languages, without words that don't count."""
    names = database.frame(
        """
        SELECT name, max(population) AS population
        FROM (SELECT unnest(names) AS name, population FROM town WHERE population >= $least)
        GROUP BY name
        """,
        {"least": _MIN_INHABITANTS},
    )
    telling = [" ".join(query_words(name)) if " " in name else name for name in names["name"]]
    is_city = (names["population"] >= CITY).tolist()
    cities = frozenset(name for name, large in zip(telling, is_city, strict=True) if large)
    return TownNames(frozenset(telling), cities)
