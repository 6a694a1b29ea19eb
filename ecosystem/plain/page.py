"""A page as plain text, numbers, links and one picture: what is left without any script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Params = Mapping[str, Sequence[str]]
# What every page says of its sources.
ATTRIBUTION = (
    "Compiled from public sources after ECSO's 2019 map; not ECSO's own data. CC BY 4.0. "
    "© EuroGeographics for the administrative boundaries. Source: Eurostat. GeoNames, CC BY 4.0. "
    "Neighbouring land: Natural Earth."
)


@dataclass(frozen=True)
class Item:
    """One entry of a list.

    Attributes
    ----------
    text : str
        What it is called.
    address : str
        Where it leads: a path below the site's root without a slash at its start, or an address
        elsewhere; empty if nowhere.
    note : str
        What stands beside it.
    """

    text: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True)
class Listing:
    """Entries under a heading.

    Attributes
    ----------
    heading : str
        What they are.
    items : tuple of Item
        The entries, in their order.
    more : tuple of Item
        Where the entries go on: the pages before and after.
    """

    heading: str
    items: tuple[Item, ...]
    more: tuple[Item, ...] = ()


@dataclass(frozen=True)
class PlainPage:
    """What one address shows, as plain text; nothing in it is escaped.

    Attributes
    ----------
    heading : str
        The page's heading.
    description : str
        It in one sentence, for link previews and search engines.
    title : str
        What the tab says before the site's name; the heading if empty.
    paragraphs : tuple of str
        What is said first, a paragraph each.
    facts : tuple of (str, str)
        Terms with what they are here.
    picture : str
        SVG, in which text is escaped already; empty if there is none.
    picture_text : str
        The picture in words.
    listings : tuple of Listing
        Lists of what the page leads to.
    preview : str
        Address of the picture that a link's preview shows, below the site's root.
    canonical : str
        The lasting address, a path below the site's root without a slash at its start.
    is_lasting : bool
        Whether search engines should keep it.
    fonts_wait : bool
        Whether its typeface comes after all else: where nothing is painted once with it.
    """

    heading: str
    description: str
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    picture: str = ""
    picture_text: str = ""
    listings: tuple[Listing, ...] = ()
    preview: str = "preview/map.png"
    canonical: str = ""
    is_lasting: bool = True
    fonts_wait: bool = False


def first(params: Params, name: str) -> str:
    """First value of a parameter; empty if it has none."""
    values = params.get(name, ())
    return values[0] if values else ""


def is_elsewhere(item: Item) -> bool:
    """Whether an entry leads away from the site."""
    return item.address.startswith(("https://", "http://", "mailto:"))
