"""Every code, label, colour, letter and order in the product, in one place.

The codes are those of the register. A :class:`Vocabulary` keeps them in the order in which
people read them; a code that is not in it does not exist anywhere else either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ecosystem.common.colours import ACCENT


@dataclass(frozen=True)
class Term:
    """One entry of a vocabulary.

    Attributes
    ----------
    code : str
        What the register, the database and the address bar hold.
    label : str
        What people read.
    plural : str
        The label when it names several organisations; empty where that makes no sense.
    colour : str
        sRGB hexadecimal colour; empty where the term is never coloured.
    letter : str
        One character that says the same as the colour, for those who can't tell it.
    is_name : bool
        Whether the label is a proper name, which has its capital everywhere.
    """

    code: str
    label: str
    plural: str = ""
    colour: str = ""
    letter: str = ""
    is_name: bool = False

    @property
    def inside(self) -> str:
        """The label inside a sentence: ``"cryptology"``, ``"CSIRT"``, ``"Malta"``."""
        return self.label if self.is_name else inside(self.label)


class Vocabulary(Mapping[str, Term]):
    """An ordered, closed set of terms, looked up by code.

    Parameters
    ----------
    name : str
        Singular name of what the terms are, as a label: ``"Type"``, ``"JRC domain"``.
    *terms : Term
        The terms, in the order of display.
    """

    def __init__(self, name: str, *terms: Term) -> None:
        self.name = name
        self._terms = {term.code: term for term in terms}

    def __getitem__(self, code: str) -> Term:
        return self._terms[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def label(self, code: str) -> str:
        """Label of a code; the code itself if it is unknown."""
        term = self._terms.get(code)
        return term.label if term else code

    def inside(self, code: str) -> str:
        """Label of a code inside a sentence; the code itself if it is unknown."""
        term = self._terms.get(code)
        return term.inside if term else code

    def labels(self) -> dict[str, str]:
        """Label of every code, in order."""
        return {code: term.label for code, term in self._terms.items()}


def inside(label: str) -> str:
    """A label inside a sentence: small at its beginning, unless that is an abbreviation.

    Parameters
    ----------
    label : str
        As it stands alone; no proper name, for which there is :attr:`Term.is_name`.

    Examples
    --------
    >>> inside("Legal aspects"), inside("SME or start-up"), inside("R&D expenditure")
    ('legal aspects', 'SME or start-up', 'R&D expenditure')
    """
    first_word = label.partition(" ")[0]
    is_abbreviation = len(first_word) > 1 and not first_word[1].islower()
    return label if is_abbreviation else label[:1].lower() + label[1:]


# Colours: Okabe and Ito's palette for colour-blind readers, with a grey as the ninth.
TYPES = Vocabulary(
    "Type",
    Term("sme", "SME or start-up", "SMEs and start-ups", "#0072B2", "S"),
    Term("large", "Large company", "large companies", "#000000", "L"),
    Term("research", "Research", "research bodies", "#009E73", "R"),
    Term("training", "Training", "training bodies", "#E69F00", "T"),
    Term("cluster", "Cluster or association", "clusters and associations", "#CC79A7", "C"),
    Term("public", "Public body", "public bodies", "#D55E00", "P"),
    Term("csirt", "CSIRT", "CSIRTs", "#56B4E9", "I"),
    Term("support", "Support and testing", "support and testing bodies", "#F0E442", "H"),
    Term("investor", "Investor", "investors", "#7A7A7A", "€"),
)

# Okabe-Ito's yellow, sky blue and orange need dark writing on them, the others white.
DARK_TEXT_ON = frozenset({"#E69F00", "#56B4E9", "#F0E442", "#CC79A7"})

# The 15 domains of the JRC's European Cybersecurity Taxonomy.
DOMAINS = Vocabulary(
    "JRC domain",
    Term("assurance-audit-certification", "Assurance, audit and certification"),
    Term("cryptology", "Cryptology"),
    Term("data-security-privacy", "Data security and privacy"),
    Term("education-training", "Education and training"),
    Term("human-aspects", "Human aspects"),
    Term("identity-management", "Identity management"),
    Term("incident-handling-forensics", "Incident handling and forensics"),
    Term("legal-aspects", "Legal aspects"),
    Term("network-distributed-systems", "Network and distributed systems"),
    Term("security-management-governance", "Security management and governance"),
    Term("security-measurements", "Security measurements"),
    Term(
        "software-hardware-security-engineering",
        "Software and hardware security engineering",
    ),
    Term("steganography", "Steganography and watermarking"),
    Term("theoretical-foundations", "Theoretical foundations"),
    Term("trust-management-accountability", "Trust management and accountability"),
)

SECTORS = Vocabulary(
    "Sector",
    Term("audiovisual-media", "Audiovisual and media"),
    Term("chemical", "Chemical"),
    Term("defence", "Defence"),
    Term("digital-services", "Digital services"),
    Term("energy", "Energy"),
    Term("financial", "Financial"),
    Term("food-drink", "Food and drink"),
    Term("government", "Government"),
    Term("health", "Health"),
    Term("manufacturing", "Manufacturing"),
    Term("nuclear", "Nuclear"),
    Term("safety-security", "Safety and security"),
    Term("space", "Space"),
    Term("telecom", "Telecom"),
    Term("transportation", "Transportation"),
)

# Version 1.1 of the framework has these five; version 2.0 adds "govern".
FUNCTIONS = Vocabulary(
    "NIST CSF 1.1 function",
    Term("identify", "Identify"),
    Term("protect", "Protect"),
    Term("detect", "Detect"),
    Term("respond", "Respond"),
    Term("recover", "Recover"),
)

EVIDENCE = Vocabulary(
    "Evidence",
    Term("page", "A public page confirms it"),
    Term("confirmed", "The organisation itself confirmed it"),
    Term("general", "General knowledge, own website as source"),
)

# Kinds of evidence that confirm a row; the others only name where more can be read.
CONFIRMING = ("page", "confirmed")

# How an organisation lives. What has ended is no part of the map, of any count or list, and keeps
# its page; see ecosystem/tables/life.py.
STATUSES = Vocabulary(
    "Status",
    Term("active", "Active"),
    Term("acquired", "Acquired, goes on under its name"),
    Term("merged", "Merged into another"),
    Term("closed", "Closed"),
)
ENDED = ("merged", "closed")

LOCATION_PRECISION = Vocabulary(
    "Location found by",
    Term("register", "Coordinates in the register"),
    Term("exact", "Town name in the gazetteer"),
    Term("alternate", "Another name of the town in the gazetteer"),
    Term("hint", "Town name, settled by the NUTS 2 hint"),
    Term("largest", "Largest of several towns of that name"),
    Term("spread", "Middle of a town that spreads over several regions"),
)

# What can happen to an organisation between two releases; the plural counts organisations.
CHANGES = Vocabulary(
    "Kind of change",
    Term("added", "Added", "added"),
    Term("removed", "Removed", "removed"),
    Term("closed", "Has closed", "closed"),
    Term("merged", "Merged", "merged into another"),
    Term("acquired", "Was acquired", "acquired by another"),
    Term("moved", "Moved on the map", "moved on the map"),
    Term("changed", "Details changed", "with changed details"),
)

# When somebody last saw the source confirm an entry.
CHECKS = Vocabulary(
    "Last check",
    Term("recent", "Within a year"),
    Term("old", "More than a year ago"),
    Term("never", "Never"),
)

# Of the label Cybersecurity Made in Europe, on the day on which somebody looks.
LABEL_STATUSES = Vocabulary(
    "Status of the label",
    Term("valid", "Valid"),
    Term("expiring", "Expires within 90 days"),
    Term("expired", "Expired"),
)

# Which types fill which role of a complete ecosystem.
ROLES = Vocabulary(
    "Role",
    Term("business", "Business"),
    Term("research", "Research"),
    Term("training", "Training"),
    Term("public", "Public sector"),
    Term("support", "Support and clusters"),
    Term("capital", "Investment"),
)
ROLE_OF_TYPE = {
    "sme": "business",
    "large": "business",
    "research": "research",
    "training": "training",
    "public": "public",
    "csirt": "public",
    "support": "support",
    "cluster": "support",
    "investor": "capital",
}

# What somebody else's count of a territory counts, the most usual first. Labels follow a number.
COUNTED = Vocabulary(
    "What is counted",
    Term("companies", "companies"),
    Term("organisations", "organisations"),
    Term("vendors", "vendors"),
    Term("part", "companies, a part of them"),
    Term("members", "members"),
    Term("clusters", "clusters"),
    Term("centres", "centres of expertise"),
)
# Types of the register that are like what is counted.
_COMPANIES = ("sme", "large")
TYPES_COUNTED = {
    "companies": _COMPANIES,
    "organisations": tuple(TYPES),
    "vendors": _COMPANIES,
    "part": _COMPANIES,
    "members": tuple(TYPES),
    "clusters": ("cluster",),
    "centres": ("research",),
}


# ISO 3166-1 codes; NUTS writes EL and UK for two of them.
class _Countries(Vocabulary):
    """Countries of the map; others, where an investor may come from, have a name as well."""

    _ELSEWHERE: ClassVar[dict[str, str]] = {
        "AE": "United Arab Emirates",
        "AM": "Armenia",
        "AU": "Australia",
        "BA": "Bosnia and Herzegovina",
        "CA": "Canada",
        "GE": "Georgia",
        "IL": "Israel",
        "IN": "India",
        "JP": "Japan",
        "KR": "South Korea",
        "MD": "Moldova",
        "NZ": "New Zealand",
        "SG": "Singapore",
        "UA": "Ukraine",
        "US": "United States",
        "XK": "Kosovo",
    }

    def label(self, code: str) -> str:
        """Name of a country, on the map or not; the code itself if it is unknown."""
        return super().label(code) if code in self else self._ELSEWHERE.get(code, code)

    def inside(self, code: str) -> str:
        """Name of a country, which is the same inside a sentence."""
        return self.label(code)


COUNTRIES = _Countries(
    "Country",
    *(
        Term(code, name, is_name=True)
        for code, name in {
            "AL": "Albania",
            "AT": "Austria",
            "BE": "Belgium",
            "BG": "Bulgaria",
            "CH": "Switzerland",
            "CY": "Cyprus",
            "CZ": "Czechia",
            "DE": "Germany",
            "DK": "Denmark",
            "EE": "Estonia",
            "ES": "Spain",
            "FI": "Finland",
            "FR": "France",
            "GB": "United Kingdom",
            "GR": "Greece",
            "HR": "Croatia",
            "HU": "Hungary",
            "IE": "Ireland",
            "IS": "Iceland",
            "IT": "Italy",
            "LI": "Liechtenstein",
            "LT": "Lithuania",
            "LU": "Luxembourg",
            "LV": "Latvia",
            "ME": "Montenegro",
            "MK": "North Macedonia",
            "MT": "Malta",
            "NL": "Netherlands",
            "NO": "Norway",
            "PL": "Poland",
            "PT": "Portugal",
            "RO": "Romania",
            "RS": "Serbia",
            "SE": "Sweden",
            "SI": "Slovenia",
            "SK": "Slovakia",
            "TR": "Türkiye",
        }.items()
    ),
)

# Who is in the European Union, which an investor may name as a whole.
OUTSIDE_EU = frozenset({"AL", "CH", "GB", "IS", "LI", "ME", "MK", "NO", "RS", "TR"})
EU_MEMBERS = frozenset(COUNTRIES) - OUTSIDE_EU

# The network: who belongs to it, what joins them, what they do, when they meet.
SCOPES = Vocabulary(
    "Scope",
    Term("regional", "Regional"),
    Term("national", "National"),
    Term("international", "International"),
)
# All of one colour: the nine colours are those of types of organisations.
_ENTITY_COLOUR = ACCENT[False]
ENTITY_KINDS = Vocabulary(
    "Kind",
    Term("agency", "Agency", "Agencies", _ENTITY_COLOUR, "A"),
    Term("association", "Association", "Associations", _ENTITY_COLOUR, "S"),
    Term("authority", "Authority", "Authorities", _ENTITY_COLOUR, "P"),
    Term("cluster", "Cluster", "Clusters", _ENTITY_COLOUR, "C"),
    Term("eu-body", "EU body", "EU bodies", _ENTITY_COLOUR, "E", is_name=True),
    Term("research", "Research", "Research bodies", _ENTITY_COLOUR, "R"),
)
PARTNERSHIP_KINDS = Vocabulary(
    "Kind",
    Term("s3-partnership", "S3 partnership", "S3 partnerships", is_name=True),
    Term("interreg-project", "Interreg project", "Interreg projects", is_name=True),
    Term("eu-project", "EU project", "EU projects", is_name=True),
    Term("pilot", "Pilot", "Pilots"),
    Term("eurocluster", "Eurocluster", "Euroclusters", is_name=True),
    Term("bilateral-agreement", "Agreement", "Agreements"),
    Term("network", "Network", "Networks"),
)
MEMBER_ROLES = Vocabulary(
    "Role",
    Term("lead", "Lead"),
    Term("partner", "Partner"),
    Term("advisory", "Advisory partner"),
)
PRACTICE_KINDS = Vocabulary(
    "Kind",
    Term("accelerator", "Accelerator", "Accelerators"),
    Term("awareness", "Awareness raising"),
    Term("campus", "Cyber campus", "Cyber campuses"),
    Term("cluster", "Cluster", "Clusters"),
    Term("community-event", "Community event", "Community events"),
    Term("competence-centre", "Competence centre", "Competence centres"),
    Term("competition", "Competition", "Competitions"),
    Term("csirt", "CSIRT", "CSIRTs", is_name=True),
    Term("governance", "Governance"),
    Term("innovation-call", "Innovation call", "Innovation calls"),
    Term("interregional-agreement", "Interregional agreement", "Interregional agreements"),
    Term("label", "Label", "Labels"),
    Term("market-study", "Market study", "Market studies"),
    Term("public-procurement", "Public procurement"),
    Term("survey", "Survey", "Surveys"),
    Term("talent-campaign", "Talent campaign", "Talent campaigns"),
    Term("test-lab", "Test laboratory", "Test laboratories"),
    Term("training", "Training"),
    Term("voucher", "Voucher", "Vouchers"),
)
EVENT_KINDS = Vocabulary(
    "Kind",
    Term("investor-day", "Investor day", "Investor days"),
    Term("interregional-event", "Interregional event", "Interregional events"),
    Term("workshop", "Workshop", "Workshops"),
    Term("conference", "Conference", "Conferences"),
)
DOCUMENT_KINDS = Vocabulary(
    "Kind",
    Term("position-paper", "Position paper", "Position papers"),
    Term("opinion", "Opinion", "Opinions"),
    Term("policy-brief", "Policy brief", "Policy briefs"),
    Term("report", "Report", "Reports"),
    Term("map", "Map", "Maps"),
    Term("brochure", "Brochure", "Brochures"),
    Term("presentation", "Presentation", "Presentations"),
    Term("letter", "Letter", "Letters"),
    Term("news", "News"),
)

# Money: what investors finance, what firms have raised, what else is told of them.
STAGES = Vocabulary(
    "Stage",
    Term("pre-seed", "Pre-seed"),
    Term("seed", "Seed"),
    Term("series-a", "Series A", is_name=True),
    Term("series-b", "Series B", is_name=True),
    Term("growth", "Growth"),
)
# What a symbol on the map of investors counts; one colour, as of the network's bodies.
INVESTOR_KINDS = Vocabulary(
    "Investor",
    Term("specialist", "Cyber specialist", "Cyber specialists", _ENTITY_COLOUR, "C"),
    Term("general", "Other investor", "Other investors", _ENTITY_COLOUR, "I"),
    Term("unknown", "Specialist or not isn't known", "", _ENTITY_COLOUR, "?"),
)
ROUNDS = Vocabulary(
    "Round",
    Term("grant", "Grant", "Grants"),
    Term("pre-seed", "Pre-seed", "Pre-seed rounds"),
    Term("seed", "Seed", "Seed rounds"),
    Term("series-a", "Series A", "Series A rounds", is_name=True),
    Term("series-b", "Series B", "Series B rounds", is_name=True),
    Term("series-c", "Series C", "Series C rounds", is_name=True),
    Term("growth", "Growth", "Growth rounds"),
    Term("acquisition", "Acquisition", "Acquisitions"),
    Term("ipo", "Listing", "Listings"),
)
# Rounds in which a firm isn't given money, but changes hands or goes to the stock exchange.
NOT_RAISED = ("acquisition", "ipo")
# The stages of an organisation, which go on where those of investors end.
COMPANY_STAGES = Vocabulary(
    "Stage",
    Term("pre-seed", "Pre-seed"),
    Term("seed", "Seed"),
    Term("series-a", "Series A", is_name=True),
    Term("series-b", "Series B", is_name=True),
    Term("series-c", "Series C", is_name=True),
    Term("growth", "Growth"),
    Term("listed", "Listed on a stock exchange"),
    Term("acquired", "Owned by another"),
)
FACTS = Vocabulary(
    "Fact",
    Term("stage", "Stage"),
    Term("employees", "Employees"),
    Term("employees_band", "Employees"),
    Term("revenue_meur", "Turnover in million euro"),
    Term("founded", "Founded"),
    Term("seat", "Seat"),
    Term("status", "Situation"),
    Term("acquired_by", "Acquired by"),
    Term("headquarters_country_of_owner", "Country of the owner"),
    Term("legal_name", "Legal name"),
    Term("renamed_from", "Former name"),
)
EMPLOYEE_BANDS = ("1-9", "10-49", "50-249", "250+")
# Of a fact that a text tells of another page, the page itself may not have been read.
FACT_EVIDENCE = Vocabulary(
    "Evidence",
    Term("page", "A public page confirms it"),
    Term("cited", "Hearsay: a public text cites the page, which was not read"),
    Term("confirmed", "The organisation itself confirmed it"),
)
# What the Cyber Valleys programme does for firms.
SERVICES = Vocabulary(
    "Service",
    Term("training-mentoring", "Training and mentoring, go-to-market"),
    Term("management-consulting", "Consulting on SME management"),
    Term("communication-networking", "Communication and networking"),
    Term("access-to-funding", "Access to funding"),
)

# Which vocabulary a register column is written in.
BY_COLUMN = {
    "type": TYPES,
    "country": COUNTRIES,
    "domains": DOMAINS,
    "sectors": SECTORS,
    "functions": FUNCTIONS,
    "evidence": EVIDENCE,
    "status": STATUSES,
}

# The same where the meaning of a column depends on the list: by list and column.
BY_LIST = {
    ("network", "scope"): SCOPES,
    ("network", "kind"): ENTITY_KINDS,
    ("events", "kind"): EVENT_KINDS,
    ("documents", "kind"): DOCUMENT_KINDS,
    ("partnerships", "kind"): PARTNERSHIP_KINDS,
    ("partnership_members", "role"): MEMBER_ROLES,
    ("practices", "kind"): PRACTICE_KINDS,
    ("investors", "stages"): STAGES,
    ("funding_rounds", "round"): ROUNDS,
    ("funding_rounds", "evidence"): FACT_EVIDENCE,
    ("organisation_facts", "fact"): FACTS,
    ("organisation_facts", "evidence"): FACT_EVIDENCE,
    ("services", "service"): SERVICES,
}


def vocabulary_of(resource: str, column: str) -> Vocabulary | None:
    """The vocabulary that a column of a list is written in; None if it holds free text."""
    return BY_LIST.get((resource, column)) or BY_COLUMN.get(column)
