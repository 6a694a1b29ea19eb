"""The pages of the site. To add one: its file in ``pages/`` and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PageEntry:
    """One page.

    Attributes
    ----------
    path : str
        Its script, relative to ``app.py``.
    title, icon : str
        Name and Material icon in the navigation.
    in_header : bool
        Whether the navigation shows it; others are reached from cards and lists.
    in_sitemap : bool
        Whether search engines are told of it: not where it shows nothing without parameters,
        or is for one visitor.
    filters : bool
        Whether it shows what the filter leaves: going between such pages keeps the filter.
    needs_release : bool
        Whether there is nothing to show on it before something is published.
    """

    path: str
    title: str
    icon: str
    in_header: bool = True
    in_sitemap: bool = True
    filters: bool = False
    needs_release: bool = True

    @property
    def name(self) -> str:
        """Its script's name without the ending."""
        return Path(self.path).stem

    @property
    def url_path(self) -> str:
        """Its address below the site's root; empty for the map, which is the root."""
        return "" if self.path == MAP_PAGE else self.name


MAP_PAGE = "pages/map.py"
REGION_PAGE = "pages/region.py"
REGIONS_PAGE = "pages/regions.py"
GLOSSARY_PAGE = "pages/glossary.py"
COMPARE_PAGE = "pages/compare.py"
DIRECTORY_PAGE = "pages/directory.py"
ORGANISATION_PAGE = "pages/organisation.py"
ABOUT_PAGE = "pages/about.py"
NEWS_PAGE = "pages/whats_new.py"
QUALITY_PAGE = "pages/quality.py"
SHORTLIST_PAGE = "pages/shortlist.py"
SECRETARIAT_PAGE = "pages/secretariat.py"
SUGGEST_PAGE = "pages/suggest.py"
LABEL_PAGE = "pages/label.py"
# At no address of its own: it stands wherever there is no other page.
NOT_FOUND_PAGE = "pages/not_found.py"

PAGES = (
    PageEntry(MAP_PAGE, "Map", ":material/map:", filters=True),
    PageEntry(REGIONS_PAGE, "Regions", ":material/bar_chart:", filters=True),
    PageEntry(DIRECTORY_PAGE, "Directory", ":material/list:", filters=True),
    PageEntry(COMPARE_PAGE, "Compare", ":material/compare_arrows:", filters=True),
    PageEntry(REGION_PAGE, "Region", ":material/location_on:", in_header=False, in_sitemap=False),
    PageEntry(
        ORGANISATION_PAGE, "Organisation", ":material/domain:", in_header=False, in_sitemap=False
    ),
    PageEntry(NEWS_PAGE, "What's new", ":material/update:"),
    PageEntry(LABEL_PAGE, "Label", ":material/verified:"),
    PageEntry(QUALITY_PAGE, "Data quality", ":material/fact_check:", in_header=False),
    PageEntry(GLOSSARY_PAGE, "Glossary", ":material/dictionary:", in_header=False),
    PageEntry(ABOUT_PAGE, "About", ":material/info:"),
    PageEntry(
        SHORTLIST_PAGE, "Shortlist", ":material/bookmarks:", in_header=False, in_sitemap=False
    ),
    PageEntry(SUGGEST_PAGE, "Suggest", ":material/edit_note:", in_header=False, in_sitemap=False),
    PageEntry(
        SECRETARIAT_PAGE,
        "Secretariat",
        ":material/lock:",
        in_header=False,
        in_sitemap=False,
        needs_release=False,
    ),
)
