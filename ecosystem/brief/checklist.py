"""A company's self-check for the label *Cybersecurity Made in Europe* as a checklist on A4."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ecosystem.brief import shared
from ecosystem.brief.typeset import printable, typeset
from ecosystem.common.store import Database
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.finding.made_in_europe import ANSWERS, CRITERIA, SOURCES, Criterion

_COMPANY = 120


def checklist_pdf(
    database: Database,
    answers: Mapping[str, str],
    ready: Collection[tuple[str, int]],
    company: str = "",
) -> bytes:
    """The five criteria with a company's answers and the evidence to prepare; tagged A4.

    Nothing of it is kept: what comes in goes into the PDF alone.

    Parameters
    ----------
    answers : mapping of str to str
        Key of :data:`ecosystem.finding.made_in_europe.ANSWERS` by code of a criterion.
    ready : collection of (str, int)
        Code of a criterion and position of the evidence that is ready.
    company : str
        Any text; may be empty.
    """
    day = made_in_europe.today()
    frame = shared.frame_of(database, Filter(), f"Checklist for {made_in_europe.NAME}")
    return typeset(
        database,
        "checklist",
        {
            "title": frame["title"],
            "release": frame["release"],
            "kind": "Self-check",
            "date": f"{day:%-d %B %Y}",
            "footer": "a self-check, not a decision on the label",
            "company": printable(company, _COMPANY) if company.strip() else "",
            "verdict": made_in_europe.verdict(dict(answers)),
            "criteria": [_criterion(criterion, answers, ready) for criterion in CRITERIA],
            "unknown": made_in_europe.UNKNOWN,
            "sources": [{"title": source.title, "url": source.url} for source in SOURCES],
        },
    )


def _criterion(
    criterion: Criterion, answers: Mapping[str, str], ready: Collection[tuple[str, int]]
) -> dict[str, Any]:
    return {
        "title": criterion.title,
        "question": criterion.question,
        "meaning": criterion.meaning,
        "answer": ANSWERS.get(answers.get(criterion.code, ""), "Not answered"),
        "evidence": [
            {"text": text, "ready": (criterion.code, i) in ready}
            for i, text in enumerate(criterion.evidence)
        ],
    }
