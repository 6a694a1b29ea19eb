"""The pages of the site. To add one: its file in ``pages/`` and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Menu(StrEnum):
    """What the navigation gathers pages under, in its order: six at most have room on a phone."""

    EXPLORE = "Explore"
    DIRECTORY = "Directory"
    CONNECT = "Connect"
    NETWORK = "Network"
    EVENTS = "Events"
    ABOUT = "About"


@dataclass(frozen=True)
class PageEntry:
    """One page.

    Attributes
    ----------
    path : str
        Its script, relative to ``app.py``.
    title, icon : str
        Name and Material icon in the navigation.
    menu : Menu, optional
        Where the navigation shows it; others are reached from cards and lists.
    in_sitemap : bool
        Whether search engines are told of it: not where it shows nothing without parameters,
        or is for one visitor.
    filters : bool
        Whether it shows what the filter leaves: going between such pages keeps the filter.
    address : str
        Its address below the site's root, if that isn't its script's name.
    description : str
        What it is for, in one sentence: for link previews, search engines and readers without
        scripts, where its content says nothing more.
    needs_release : bool
        Whether there is nothing to show on it before something is published.
    """

    path: str
    title: str
    icon: str
    menu: Menu | None = None
    in_sitemap: bool = True
    filters: bool = False
    needs_release: bool = True
    address: str = ""
    description: str = ""

    @property
    def name(self) -> str:
        """Its script's name without the ending."""
        return Path(self.path).stem

    @property
    def url_path(self) -> str:
        """Its address below the site's root; empty for the map, which is the root."""
        return "" if self.path == MAP_PAGE else self.address or self.name


MAP_PAGE = "pages/map.py"
REGION_PAGE = "pages/region.py"
REGIONS_PAGE = "pages/regions.py"
GLOSSARY_PAGE = "pages/glossary.py"
ACCESSIBILITY_PAGE = "pages/accessibility.py"
COMPARE_PAGE = "pages/compare.py"
DIRECTORY_PAGE = "pages/directory.py"
ORGANISATION_PAGE = "pages/organisation.py"
ABOUT_PAGE = "pages/about.py"
NEWS_PAGE = "pages/whats_new.py"
QUALITY_PAGE = "pages/quality.py"
SHORTLIST_PAGE = "pages/shortlist.py"
SECRETARIAT_PAGE = "pages/secretariat.py"
SUGGEST_PAGE = "pages/suggest.py"
CONFIRM_PAGE = "pages/confirm.py"
LABEL_PAGE = "pages/label.py"
PARTNERSHIPS_PAGE = "pages/partnerships.py"
PARTNERSHIP_PAGE = "pages/partnership.py"
PRACTICES_PAGE = "pages/practices.py"
PRACTICE_PAGE = "pages/practice.py"
NETWORK_PAGE = "pages/network.py"
SPECIALISATION_PAGE = "pages/specialisation.py"
INVESTORS_PAGE = "pages/investors.py"
INVESTOR_PAGE = "pages/investor.py"
SERVICES_PAGE = "pages/services.py"
EVENTS_PAGE = "pages/events.py"
LIBRARY_PAGE = "pages/library.py"
PARTNERS_PAGE = "pages/partners.py"
MATCHING_PAGE = "pages/matching.py"
PROGRAMME_PAGE = "pages/programme.py"
COHORT_PAGE = "pages/cohort.py"
INTERREG_CYBER_PAGE = "pages/interreg_cyber.py"
DAY_PAGE = "pages/day.py"
# At no address of its own: it stands wherever there is no other page.
NOT_FOUND_PAGE = "pages/not_found.py"

PAGES = (
    PageEntry(MAP_PAGE, "Map", ":material/map:", Menu.EXPLORE, filters=True),
    PageEntry(REGIONS_PAGE, "Regions", ":material/bar_chart:", Menu.EXPLORE, filters=True),
    PageEntry(
        COMPARE_PAGE,
        "Compare",
        ":material/compare_arrows:",
        Menu.EXPLORE,
        filters=True,
        description="Two to four regions side by side: organisations, domains, coverage and "
        "Eurostat figures.",
    ),
    PageEntry(REGION_PAGE, "Region", ":material/location_on:", in_sitemap=False),
    PageEntry(DIRECTORY_PAGE, "Directory", ":material/list:", Menu.DIRECTORY, filters=True),
    PageEntry(
        LABEL_PAGE,
        "Label",
        ":material/verified:",
        Menu.DIRECTORY,
        description="The label Cybersecurity Made in Europe: what it asks for, and a check "
        "whether you qualify.",
    ),
    PageEntry(
        SHORTLIST_PAGE, "Shortlist", ":material/bookmarks:", Menu.DIRECTORY, in_sitemap=False
    ),
    PageEntry(
        PARTNERS_PAGE,
        "Partners",
        ":material/group_add:",
        Menu.CONNECT,
        description="From your region and a need to the regions that fit, with who could lead, and "
        "a sketch of a consortium.",
    ),
    PageEntry(
        MATCHING_PAGE,
        "Matching",
        ":material/join_inner:",
        Menu.CONNECT,
        description="Which investors fit a company, which companies an investor, and which two "
        "companies a joint project: named parts, weights and reasons.",
    ),
    PageEntry(
        INVESTORS_PAGE,
        "Investors",
        ":material/savings:",
        Menu.CONNECT,
        description="Who finances cybersecurity firms in Europe: stages, tickets and countries, as "
        "far as public pages tell them.",
    ),
    PageEntry(INVESTOR_PAGE, "Investor", ":material/savings:", in_sitemap=False),
    PageEntry(
        DAY_PAGE,
        "Investor day",
        ":material/event_seat:",
        Menu.CONNECT,
        description="Plan one-to-one meetings of companies and investors from one workbook: who "
        "meets whom, when and at which table.",
    ),
    PageEntry(
        SERVICES_PAGE,
        "Services delivered",
        ":material/checklist:",
        Menu.CONNECT,
        description="What the Cyber Valleys programme has delivered, by region, service and year.",
    ),
    PageEntry(
        PROGRAMME_PAGE,
        "Programme",
        ":material/rocket_launch:",
        Menu.CONNECT,
        description="The Cyber Valleys acceleration programme with its four services, and what is "
        "like it in Europe.",
    ),
    PageEntry(
        COHORT_PAGE,
        "Cohort builder",
        ":material/groups:",
        filters=True,
        description="Choose the companies of a programme together: criteria with weights, limits, "
        "and how firm the choice is.",
    ),
    PageEntry(NETWORK_PAGE, "Network", ":material/hub:", Menu.NETWORK),
    PageEntry(
        SPECIALISATION_PAGE,
        "Smart specialisation",
        ":material/target:",
        Menu.NETWORK,
        description="What regions declare as priorities, beside what the register shows of them.",
    ),
    PageEntry(PARTNERSHIPS_PAGE, "Partnerships", ":material/handshake:", Menu.NETWORK),
    PageEntry(PARTNERSHIP_PAGE, "Partnership", ":material/handshake:", in_sitemap=False),
    PageEntry(PRACTICES_PAGE, "Practices", ":material/lightbulb:", Menu.NETWORK),
    PageEntry(
        INTERREG_CYBER_PAGE,
        "Interreg CYBER",
        ":material/hub:",
        Menu.NETWORK,
        address="interreg-cyber",
        description="The Interreg Europe project CYBER: partners, phases, practices, and what "
        "followed.",
    ),
    PageEntry(PRACTICE_PAGE, "Practice", ":material/lightbulb:", in_sitemap=False),
    PageEntry(ORGANISATION_PAGE, "Organisation", ":material/domain:", in_sitemap=False),
    PageEntry(EVENTS_PAGE, "Events", ":material/event:", Menu.EVENTS),
    PageEntry(LIBRARY_PAGE, "Library", ":material/menu_book:", Menu.EVENTS),
    PageEntry(
        ABOUT_PAGE,
        "About",
        ":material/info:",
        Menu.ABOUT,
        description="The open map of Europe's regional cybersecurity ecosystems: where its "
        "data comes from, how it is made, and who publishes it.",
    ),
    PageEntry(
        NEWS_PAGE,
        "What's new",
        ":material/update:",
        Menu.ABOUT,
        description="What changed in the register, release by release.",
    ),
    PageEntry(
        QUALITY_PAGE,
        "Data quality",
        ":material/fact_check:",
        Menu.ABOUT,
        description="How good the data is: what supports each row, what was checked, and "
        "what is missing, region by region.",
    ),
    PageEntry(GLOSSARY_PAGE, "Glossary", ":material/dictionary:", Menu.ABOUT),
    PageEntry(
        ACCESSIBILITY_PAGE,
        "Accessibility",
        ":material/accessibility_new:",
        Menu.ABOUT,
        needs_release=False,
    ),
    PageEntry(
        SUGGEST_PAGE,
        "Suggest",
        ":material/edit_note:",
        in_sitemap=False,
        description="Suggest an organisation that is missing, or a correction.",
    ),
    PageEntry(CONFIRM_PAGE, "Confirm", ":material/how_to_reg:", in_sitemap=False),
    PageEntry(
        SECRETARIAT_PAGE,
        "Secretariat",
        ":material/lock:",
        in_sitemap=False,
        needs_release=False,
    ),
)
