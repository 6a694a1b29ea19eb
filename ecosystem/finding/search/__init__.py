"""Full-text search: which organisations some words find, in what order, and why.

An organisation is found if it has *every* word of the query: in its name, a former name, the
name of its town, region, valley or country, its website's host, the labels of its type, JRC
domains, sectors and NIST CSF functions, other words for these, or its notes. A word is had if it,
or a longer word that begins with it, occurs. Only where nothing is found so are near
spellings taken: first for the words that occur nowhere, then for all; but never for the name of a
town or region, which is right even where no organisation sits there. Short words are read
strictly, see ``engine._Reach``. The order is by where the words stand and how well they fit; see
:data:`ecosystem.finding.search.engine.WEIGHTS` and :func:`find`.

The release holds the index (``search_word``, ``search_posting``); it is read into memory at the
first search.
"""

from ecosystem.common.search_words import MAX_LENGTH, MAX_WORDS, mark_words, query_words, tolerance
from ecosystem.finding.search.engine import Found, Index
from ecosystem.finding.search.names import CITY, index
from ecosystem.finding.search.queries import (
    Place,
    Reading,
    bits,
    find,
    names_region,
    prepare,
    reading,
    town_meant,
)
from ecosystem.finding.search.questions import Kind, Part, Question, understand

__all__ = [
    "CITY",
    "MAX_LENGTH",
    "MAX_WORDS",
    "Found",
    "Index",
    "Kind",
    "Part",
    "Place",
    "Question",
    "Reading",
    "bits",
    "find",
    "index",
    "mark_words",
    "names_region",
    "prepare",
    "query_words",
    "reading",
    "tolerance",
    "town_meant",
    "understand",
]
