"""The label *Cybersecurity Made in Europe*: what it asks for, and who in the register has it.

Whether a label is valid depends on the day on which somebody looks. It is worked out then, in
UTC, and never stored: in Python by :func:`status`, in SQL by :data:`STATUS` with ``$today`` bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database

Q = TypeVar("Q", bound=Callable[..., Any])
NAME = "Cybersecurity Made in Europe"
# A label that ends within this many days is about to expire.
EXPIRING_DAYS = 90
# Of an organisation's labels the one that is valid longest counts.
STATUS = f"""
    CASE WHEN max(valid_until) < $today THEN 'expired'
         WHEN max(valid_until) - $today <= {EXPIRING_DAYS} THEN 'expiring'
         ELSE 'valid' END
"""
# Statuses of an organisation, as a list with one or no code; condition on ``organisation``.
CODES = f"""
    coalesce((
        SELECT [status] FROM (
            SELECT org_id AS labelled, {STATUS} AS status FROM label GROUP BY org_id
        ) WHERE labelled = org_id
    ), [])
"""
HAS_STATUS = f"""
    org_id IN (SELECT org_id FROM label GROUP BY org_id HAVING list_contains($label, {STATUS}))
"""
# What a list of organisations gets from the label that is valid longest.
LONGEST = """
    SELECT org_id AS labelled, max(valid_until) AS label_valid_until,
           arg_max(awarded, (valid_until, awarded)) AS label_awarded,
           arg_max(issuer, (valid_until, awarded)) AS label_issuer,
           arg_max(coalesce(reference, ''), (valid_until, awarded)) AS label_reference,
           arg_max(source_url, (valid_until, awarded)) AS label_source_url
    FROM label GROUP BY org_id
"""


@dataclass(frozen=True)
class Source:
    """A public page that something said of the label is taken from: its title and address."""

    title: str
    url: str


LIGHTHOUSE = Source(
    "Cybersecurity Lighthouse, on ECSO",
    "https://cybersecurity-lighthouse.com/current-european-energy-policy/ecso",
)
WORKING_GROUP = Source(
    "ECSO, Working Group 4",
    "https://ecs-org.eu/working-groups/wg4-support-to-smes-coordination-with-countries-and-regions",
)
CRITERIA_SOURCE = Source(
    "Conditions of the Slovak issuer", "https://cybercompetence.sk/podmienky-udelenia-znacky/"
)
ITALY = Source(
    "ANSA, 10 December 2021",
    "https://www.ansa.it/sito/notizie/tecnologia/internet_social/2021/12/10/cybersicurezza-bollino-"
    "europeo-attesta-qualita-imprese_8511e41a-38d1-4a0c-b514-e80d6c0e503f.html",
)
SOURCES = (CRITERIA_SOURCE, LIGHTHOUSE, ITALY, WORKING_GROUP)


@dataclass(frozen=True)
class Criterion:
    """One of the five criteria.

    Attributes
    ----------
    code : str
        Its name in this program.
    title, meaning : str
        What it is called and what it asks for, as the Slovak issuer publishes it.
    question : str
        The same as a question to a company, answered with yes, no or not sure.
    evidence : tuple of str
        What a company would prepare to show it. Suggestions of this site; the issuer decides.
    """

    code: str
    title: str
    meaning: str
    question: str
    evidence: tuple[str, ...]


CRITERIA = (
    Criterion(
        "company",
        "European company",
        "A legal entity with its seat in Europe. If it belongs to a group, the group's "
        "headquarters are in Europe too.",
        "Is your company a legal entity seated in Europe, and so are the headquarters of its "
        "group, if it has one?",
        (
            "Extract from the company register with the seat",
            "Chart of the group with its headquarters, if there is a group",
        ),
    ),
    Criterion(
        "ownership",
        "European ownership",
        "Reasonable assurance, for example a declared ownership structure, that no majority "
        "ownership or control lies outside Europe.",
        "Can you show that nobody outside Europe owns the majority of your company or controls it?",
        (
            "Declared ownership structure with shares and countries",
            "Agreements that give control, if there are any",
        ),
    ),
    Criterion(
        "business",
        "Europe as main place of business",
        "More than 50 % of the cybersecurity research and development and more than 50 % of the "
        "staff are in the EU, EFTA, the EEA or the United Kingdom.",
        "Are more than half of your cybersecurity research and development and more than half of "
        "your staff in the EU, EFTA, the EEA or the United Kingdom?",
        (
            "Number of staff by country",
            "Cybersecurity research and development by country",
        ),
    ),
    Criterion(
        "trust",
        "Trustworthy products and services",
        "Declared conformity with ENISA's indispensable baseline security requirements for secure "
        "ICT products and services. Among them: no function that is not declared.",
        "Can you declare that your products and services meet ENISA's indispensable baseline "
        "security requirements and have no undeclared functions?",
        (
            "List of the products and services that you declare for",
            "How each of ENISA's baseline requirements is met",
            "Statement that there are no undeclared functions",
        ),
    ),
    Criterion(
        "data",
        "Data protection",
        "Declared compliance of the products and services with the GDPR.",
        "Can you declare that your products and services comply with the GDPR?",
        (
            "Record of processing activities",
            "Declaration of GDPR compliance of each product and service",
        ),
    ),
)
ANSWERS = {"yes": "Yes", "no": "No", "unsure": "Not sure"}
EMPTY = (
    "No label is recorded in the register yet. A company or an issuer can tell us: choose “Suggest "
    "a correction” on the company's page, name the public page, and say so in the comment."
)
UNKNOWN = (
    "No public page that was found gives the number of labelled companies, the fees or how long a "
    "label is valid. Ask the issuer."
)


def today() -> date:
    """The day on which somebody looks, in UTC."""
    return datetime.now(UTC).date()


def today_of(_: Database) -> date:
    """The same as what a query binds to ``$today`` when it is asked."""
    return today()


# What queries with a status in them bind besides the filter.
BOUND: dict[str, Any] = {"today": today_of}


def depends_on_today(question: Q) -> Q:
    """Mark a question to a release whose answer is another one tomorrow, whatever its filter.

    It binds :data:`BOUND`, or calls what does: an answer that is kept is kept for a day only.
    """
    question.__dict__["is_daily"] = True
    return question


def is_daily(question: Callable[..., Any]) -> bool:
    """Whether a question is marked by :func:`depends_on_today`."""
    return bool(getattr(question, "is_daily", False))


def status(valid_until: date, day: date) -> str:
    """Status of a label on a day: a code of :data:`ecosystem.common.vocabulary.LABEL_STATUSES`.

    Parameters
    ----------
    valid_until : date
        Its last day.
    day : date
        When somebody looks.
    """
    left = (valid_until - day).days
    if left < 0:
        return "expired"
    return "expiring" if left <= EXPIRING_DAYS else "valid"


@per_release
def is_any_recorded(database: Database) -> bool:
    """Whether the release holds any label, of whatever status."""
    return bool(database.value("SELECT count(*) > 0 FROM label"))


def label_holders(database: Database) -> pd.DataFrame:
    """Organisations with a label, by name.

    Returns
    -------
    DataFrame
        ``org_id, name, city, country``, and of the label that is valid longest
        ``label_valid_until, label_awarded`` (days), ``label_issuer, label_reference`` and
        ``label_source_url``.
    """
    return database.frame(
        f"""
        SELECT o.org_id, o.name, o.city, o.country, l.* EXCLUDE (labelled)
        FROM organisation o JOIN ({LONGEST}) l ON l.labelled = o.org_id
        ORDER BY strip_accents(lower(o.name)), o.org_id
        """
    )


def verdict(answers: dict[str, str]) -> str:
    """What the answers of a self-check mean, in words; never a promise of the label.

    Parameters
    ----------
    answers : dict of str to str
        Key of :data:`ANSWERS` by code of a criterion; what is missing is not answered.
    """
    given = [answers.get(criterion.code, "") for criterion in CRITERIA]
    against = [c.title for c, answer in zip(CRITERIA, given, strict=True) if answer == "no"]
    open_ = [c.title for c, answer in zip(CRITERIA, given, strict=True) if answer != "yes"]
    unsure = [title for title in open_ if title not in against]
    if not any(given):
        return "Nothing is answered yet."
    sentences = [f"{given.count('yes')} of {len(CRITERIA)} criteria answered with yes."]
    if against:
        sentences.append(f"By your answers these are not met: {', '.join(against)}.")
    if unsure:
        sentences.append(f"To clear up: {', '.join(unsure)}.")
    if not open_:
        sentences.append("By your answers, nothing rules out an application.")
    sentences.append("Only the issuer decides on the label; this check promises nothing.")
    return " ".join(sentences)
