"""The accessibility statement, in the form of Commission Implementing Decision (EU) 2018/1523.

What falls short belongs to the software, and changes here when the software does; who hears of it
is in the settings of an installation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ecosystem.common.publisher import Publisher

TITLE = "Accessibility statement"
# When somebody last held every sentence below against the site.
PREPARED = date(2026, 11, 29)
_MODEL = "http://data.europa.eu/eli/dec_impl/2018/1523/oj"
_DIRECTIVE = "http://data.europa.eu/eli/dir/2016/2102/oj"


@dataclass(frozen=True)
class Section:
    """A part of the statement; all of it is plain text.

    Attributes
    ----------
    heading : str
        What it is about; empty for the introduction.
    sentences : tuple of str
        What it says, a paragraph each.
    points : tuple of str
        What it lists after that.
    links : tuple of (str, str)
        Label and address of what it leads to.
    """

    heading: str
    sentences: tuple[str, ...]
    points: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


# Each with the criteria of WCAG that it misses, and what serves instead.
_GAPS = (
    "Maps: no key reaches a single symbol, region or line, and nothing reads it aloud "
    "(criteria 1.1.1 and 2.1.1). The same organisations, regions and links stand in the list or "
    "table of the same page. The keyboard moves and enlarges the map.",
    "Tables that scroll in a frame: their columns are sorted, and explained, by pointer only "
    "(2.1.1), and a screen reader is told only of the rows in view (1.3.1). The “Data” link or "
    "the button for a file below such a table gives all of its rows. Where a table opens "
    "what is chosen in it, the keyboard chooses its first row only; the field above the map finds "
    "any other region, and the page of a valley has its links.",
    "Charts: the value of a single bar or point shows to the pointer only (2.1.1). The table of "
    "the same numbers is below the chart, or behind “Data”.",
    "Languages: names, titles and quotations from the register are in the languages of Europe and "
    "aren't marked with them (3.1.2), so that a screen reader reads them as English.",
    "Files: the area that takes a file by dragging has a name that not every screen reader tells "
    "(4.1.2); the button in it does the same. Whether workbooks to download can be read with a "
    "screen reader hasn't been checked. PDF documents made here are tagged (PDF/UA-1).",
)
_NOT_OURS = (
    "Pages and documents of others that the site links to.",
    "The street map in the background of the map, off unless a visitor switches it on: it is from "
    "OpenStreetMap, and nothing is shown by it alone.",
)

_COMMITTED = (
    "{publisher} is committed to making this website accessible, in accordance with Directive (EU) "
    "2016/2102. This accessibility statement applies to Cyber Valleys."
)
_COMMITTED_UNNAMED = (
    "The operator of this installation, who has not given a name, is committed to making this "
    "website accessible, in accordance with Directive (EU) 2016/2102. This "
    "accessibility statement applies to Cyber Valleys."
)


def statement(publisher: Publisher) -> tuple[Section, ...]:
    """All sections in the order of the model.

    Parameters
    ----------
    publisher : Publisher
        Who makes the statement: what an installation doesn't say of them, the statement says it
        doesn't.
    """
    return (
        Section(
            "",
            (
                (_COMMITTED if publisher.is_named else _COMMITTED_UNNAMED).format(
                    publisher=publisher.name
                ),
            ),
            links=(("The model of this statement", _MODEL),),
        ),
        Section(
            "Compliance status",
            (
                "This website is partially compliant with the Web Content Accessibility "
                "Guidelines 2.2 at level AA, due to the non-compliances listed below.",
            ),
        ),
        Section(
            "Non-accessible content",
            (
                "The content listed below is non-accessible for non-compliance with the "
                "guidelines. Most of it comes from components that the site is built with: "
                "Streamlit, its table and its charts. No disproportionate burden is claimed.",
            ),
            _GAPS,
        ),
        Section("Content that is not within the scope", (), _NOT_OURS),
        Section(
            "Preparation of this accessibility statement",
            (
                f"This statement was prepared on {PREPARED:%-d %B %Y}, by a self-assessment of "
                "those who make the software. Each change of it is tested on every page: with the "
                "program axe in the light and the dark theme, with the Tab key from start to end, "
                "and in windows 320 pixels wide and enlarged to 400 %.",
                "Nobody has tested the site with a screen reader or other assistive technology, "
                "no people with disabilities have been asked, and no third party has assessed it.",
            ),
        ),
        Section(
            "Feedback and contact information",
            (
                f"Tell {publisher.name} of what you can't use, or ask for it in another form."
                if publisher.contact
                else "This installation doesn't say how to reach its publisher, which it has to.",
            ),
            links=(("Contact", publisher.contact),) if publisher.contact else (),
        ),
        Section(
            "Enforcement procedure",
            (
                "If the answer doesn't satisfy you, complain to the body that watches the "
                "accessibility of public websites."
                if publisher.enforcement_url
                else "This installation doesn't name the body to complain to if an answer doesn't "
                "satisfy you. Each member state of the European Union has one (Article 9 of the "
                "directive).",
            ),
            links=(
                ("Enforcement procedure", publisher.enforcement_url)
                if publisher.enforcement_url
                else ("Directive (EU) 2016/2102", _DIRECTIVE),
            ),
        ),
    )
