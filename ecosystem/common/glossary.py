"""The words of this site, each explained once: beside a widget, and on the glossary page."""

from __future__ import annotations

from dataclasses import dataclass

from ecosystem.common.links import Link


@dataclass(frozen=True)
class Word:
    """A word and what it means here.

    Attributes
    ----------
    code : str
        Its name in this program and in the address of its place on the page.
    label : str
        The word as people read it.
    meaning : str
        What it means, in one to three sentences.
    source : Link or None
        A public page that says more.
    """

    code: str
    label: str
    meaning: str
    source: Link | None = None


_WORDS = (
    Word(
        "valley",
        "Cyber valley",
        "A regional ecosystem of cybersecurity: companies, research, training, public bodies and "
        "those who support them, close enough to work together. A valley here covers one or "
        "several NUTS regions; no region belongs to two valleys.",
    ),
    Word(
        "register",
        "Register",
        "The list of organisations that this site shows. It is compiled from public sources, each "
        "row with its own. It is a sample of mature ecosystems, not a census.",
    ),
    Word(
        "coverage",
        "Coverage",
        "The register's number divided by what somebody else counted in the region, like with "
        "like: companies by companies. Only the numbers are compared, not the names, and whom "
        "others count differs. Where nobody else has counted, the coverage is unknown.",
    ),
    Word(
        "not-collected",
        "Not collected",
        "A region that the register doesn't look at yet. That no organisation is listed there "
        "says nothing about the region.",
    ),
    Word(
        "nuts",
        "NUTS region",
        "The European Union's classification of regions for statistics. NUTS 0 are countries, "
        "NUTS 1 major regions, NUTS 2 basic regions, NUTS 3 small regions. This site uses the "
        "2021 edition.",
        Link("Eurostat, NUTS", "https://ec.europa.eu/eurostat/web/nuts"),
    ),
    Word(
        "domain",
        "JRC domain",
        "One of the 15 fields of cybersecurity in the European Cybersecurity Taxonomy of the "
        "European Commission's Joint Research Centre (JRC).",
        Link(
            "JRC, European Cybersecurity Taxonomy",
            "https://publications.jrc.ec.europa.eu/repository/handle/JRC118089",
        ),
    ),
    Word(
        "sector",
        "Sector",
        "For which part of the economy or of society an organisation offers cybersecurity, as the "
        "JRC's taxonomy lists them.",
        Link(
            "JRC, European Cybersecurity Taxonomy",
            "https://publications.jrc.ec.europa.eu/repository/handle/JRC118089",
        ),
    ),
    Word(
        "function",
        "NIST CSF 1.1 function",
        "What an offer helps to do about an attack: identify, protect, detect, respond or recover. "
        "They are the five functions of version 1.1 of the Cybersecurity Framework of the US "
        "National Institute of Standards and Technology (NIST). Version 2.0 has a sixth, govern, "
        "which the register doesn't record.",
        Link("NIST, Cybersecurity Framework", "https://www.nist.gov/cyberframework"),
    ),
    Word(
        "csirt",
        "CSIRT",
        "A computer security incident response team: the people who help when something has "
        "happened, for a country, a region, a sector or an organisation.",
    ),
    Word(
        "sme",
        "SME",
        "A small or medium-sized enterprise: by the EU's definition fewer than 250 staff, and at "
        "most EUR 50 million turnover or EUR 43 million balance sheet.",
        Link(
            "European Commission, SME definition",
            "https://single-market-economy.ec.europa.eu/smes/sme-fundamentals/sme-definition_en",
        ),
    ),
    Word(
        "quotient",
        "Representation quotient",
        "How frequent a domain is in a region, divided by how frequent it is in the whole "
        "register; 1 is as frequent as everywhere. Statisticians call it a location quotient. "
        "With few organisations it says little, so its interval is shown.",
    ),
    Word(
        "effective-domains",
        "Effective number of domains",
        "How many equally frequent domains would be as diverse as the region's (Hill number of "
        "order 1). One domain only gives 1; fifteen in equal parts give 15.",
    ),
    Word(
        "concentration",
        "Concentration (HHI)",
        "The sum of the squared shares of all domains, the Herfindahl-Hirschman index: 1 if "
        "everything is in one domain, and the smaller, the more evenly it is spread.",
    ),
    Word(
        "roles",
        "Roles of an ecosystem",
        "Six parts that a complete ecosystem has: business, research, training, public sector, "
        "support and clusters, and investment: organisations of that type, or a row in the "
        "register's list of investors. A role that is missing in the register may exist in the "
        "region.",
    ),
    Word(
        "evidence",
        "Evidence",
        "What a row of the register rests on: a public page that confirms the organisation, its "
        "activity and its place, the organisation's own confirmation, or general knowledge with "
        "its own website as the source.",
    ),
    Word(
        "confirmed",
        "Confirmed",
        "Said of an organisation of the register that a public page confirms, or that has "
        "confirmed its own row. The share confirmed is theirs of all organisations of the region "
        "in the register; the others rest on general knowledge, with their own website as the "
        "source.",
    ),
    Word(
        "label",
        "Label Cybersecurity Made in Europe",
        "A label of ECSO for European companies that meet five criteria, from their seat to data "
        "protection. Qualified issuers award it.",
    ),
    Word(
        "ticket",
        "Ticket size",
        "How much an investor puts into one company in one round, from its smallest to its largest "
        "ticket, in million euro. Where an investor doesn't say, it is unknown, not zero.",
    ),
    Word(
        "stage",
        "Stage",
        "How far a company has come with money from outside: pre-seed and seed to begin with, then "
        "series A and series B, then growth. A round is one time of raising money. A company that "
        "is listed on an exchange or has been bought has no stage to come.",
    ),
    Word(
        "cohort",
        "Cohort",
        "The companies that a programme takes at one time and supports together.",
    ),
    Word(
        "confidence",
        "Confidence of a match",
        "The share of a score's weight that the register knows anything of. A missing fact lowers "
        "it and leaves the score as it is: 100 % says that all parts are known, not that the match "
        "is good.",
    ),
    Word(
        "s3",
        "Smart specialisation (S3)",
        "A region's strategy for research and innovation, which the EU's regional funds ask for: "
        "it names the few priorities in which the region wants to be strong. What it declares and "
        "what is there are two things.",
    ),
    Word(
        "partnership",
        "Partnership",
        "Regions, or bodies of them, that work together: in a project, an agreement or a network. "
        "Its members are those that a public page names; such lists are often incomplete. A member "
        "counts for the region in which it has its seat.",
    ),
    Word(
        "network-body",
        "Body of the network",
        "An agency, cluster, authority or association that speaks for a region, a country or all "
        "of Europe on cybersecurity. National coordination centres are among them: those that the "
        "countries named for the network of the European Cybersecurity Competence Centre.",
    ),
    Word(
        "release",
        "Release",
        "One published state of the register. Every number, download and citation names the "
        "release that it comes from.",
    ),
)
GLOSSARY = {word.code: word for word in _WORDS}


def explain_all(*codes: str) -> str:
    """What several words mean, each behind its label, for the help beside a widget (Markdown).

    Raises
    ------
    KeyError
        If the glossary doesn't have one of them.
    """
    return "\n\n".join(f"**{GLOSSARY[code].label}.** {explain(code)}" for code in codes)


def explain(code: str) -> str:
    """What a word means, for the help beside a widget.

    Raises
    ------
    KeyError
        If the glossary doesn't have it.
    """
    return GLOSSARY[code].meaning
