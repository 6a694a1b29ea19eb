"""The sketch of a consortium as two pages of A4 and as a workbook."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ecosystem import export
from ecosystem.brief import outline_map, shared
from ecosystem.brief.typeset import printable, typeset
from ecosystem.common import links, wording
from ecosystem.common.colours import ACCENT
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, EVIDENCE, TYPES
from ecosystem.finding.filters import Filter
from ecosystem.network import consortium, consortium_rules, needs, partner_words
from ecosystem.network.consortium import Consortium, Plan
from ecosystem.tables import regions

KIND = "Consortium sketch"
UNTITLED = "Consortium sketch"
NO_PROMISE = (
    "A sketch of whom to ask, made from public sources: nobody named here has been asked or has "
    "agreed to take part."
)
# Pixels; the templates show one as three quarters of a point.
_MAP = (270, 214)
_TITLE, _REASON, _NAMED = 100, 420, 6


def consortium_pdf(database: Database, plan: Plan, address: str = "") -> bytes:
    """Two pages of A4: who, which roles and rules; then everybody, and why these regions.

    Parameters
    ----------
    plan : Plan
        What was chosen.
    address : str
        Web address of the page that it is made on, for the citation.
    """
    return typeset(database, "consortium", content(database, plan, address))


def content(database: Database, plan: Plan, address: str = "") -> dict[str, Any]:
    """What the PDF shows, as printable text and pictures."""
    found = consortium.sketch(database, plan)
    need = needs.needs(database).get(plan.need_id)
    n = len(found.members)
    size = [f"{wording.count(n, 'organisation')} in {wording.count(len(found.regions), 'region')}"]
    if found.countries:
        countries = wording.join([COUNTRIES.label(code) for code in found.countries])
        size.append(f"countries: {countries}")
    return {
        **shared.frame_of(database, Filter(), plan.title or UNTITLED, address),
        "kind": KIND,
        "need": printable(f"About: {need.title}", _TITLE) if need else "",
        "size": printable("; ".join(size), 240),
        "promise": NO_PROMISE,
        "map": _map(database, plan, found),
        "regions": [
            [
                printable(row["label"], 70),
                COUNTRIES.label(str(row["country"])),
                str(row["organisations"]),
                str(row["members"]) if row["members"] else "nobody yet",
            ]
            for row in found.regions.to_dict("records")
        ],
        "roles": [
            {
                "label": role.label,
                "names": printable(_several(names), 160) if names else "",
                "could": printable(_candidates(found, role.label), 200),
                "note": role.note,
            }
            for role, names in found.roles.items()
        ],
        "missing": partner_words.open_roles(found.missing),
        "rules": [
            {
                "name": verdict.rule.name,
                "holds": verdict.holds,
                "points": [
                    [point.what, str(point.found), str(point.least)] for point in verdict.points
                ],
                "text": verdict.rule.text,
                "remarks": [printable(remark, 300) for remark in verdict.remarks],
                "unknown": verdict.rule.unknown,
                "source": printable(verdict.rule.source, shared.ADDRESS),
                "link": verdict.rule.source,
                "source_is": printable(verdict.rule.source_is, 120),
                "read": verdict.rule.read,
            }
            for verdict in found.verdicts
        ],
        "members": [_member(row) for row in found.members.to_dict("records")],
        "reasons": [
            {"region": printable(label, 70), "why": [printable(text, _REASON) for text in said]}
            for label, said in consortium.reasons(database, plan)
        ],
        "pairs": [
            [
                f"{printable(row['one'], 50)} and {printable(row['other'], 50)}",
                f"{wording.number(row['km'])} km",
                printable(_several(row["partnerships"]), 200)
                if row["partnerships"]
                else "none known",
            ]
            for row in found.pairs.to_dict("records")
        ],
        "small_print": partner_words.HOW[plan.fit],
    }


def _map(database: Database, plan: Plan, found: Consortium) -> dict[str, str]:
    if found.regions.empty:
        return {"svg": "", "alt": "", "note": ""}
    drawn = outline_map.draw(
        database,
        Filter(orgs=tuple(found.members["org_id"]) or ("",)),
        {str(id_): ACCENT[False] for id_ in found.regions.index},
        width=_MAP[0],
        height=_MAP[1],
    )
    names = printable(wording.join(list(found.regions["name"])), 200)
    return {
        "svg": drawn.svg,
        "alt": f"Map of {names} with the towns of the organisations chosen.",
        "note": "Tinted: the regions. Dots: towns of the organisations chosen.",
    }


def _several(names: list[str]) -> str:
    shown = list(names)[:_NAMED]
    more = len(names) - len(shown)
    return wording.join([*shown, f"{more} more"] if more else shown)


def _candidates(found: Consortium, role: str) -> str:
    rows = found.candidates[found.candidates["role"] == role]
    return wording.join([f"{name} ({region})" for name, region in
                         rows[["name", "region"]].itertuples(index=False)], "or")  # fmt: skip


def _member(row: dict[Any, Any]) -> dict[str, str]:
    website = links.web_address(row["website"])
    return {
        "name": printable(row["name"], 90),
        "town": printable(f"{row['city']}, {COUNTRIES.label(row['country'])}", 60),
        "region": printable(row["region"], 60) if row["region"] else "outside the regions",
        "type": TYPES.label(row["type"]),
        "role": row["role"] or wording.DASH,
        "domains": printable(", ".join(DOMAINS.label(code) for code in row["domains"]), 160),
        "website": printable(links.host(website), 60) if website else wording.DASH,
        "link": website if website and len(website) <= shared.ADDRESS else "",
    }


def consortium_xlsx(database: Database, plan: Plan, address: str = "") -> bytes:
    """The sketch as a workbook: organisations, regions, roles, rules, reasons, and its sources.

    Parameters
    ----------
    plan, address
        As for :func:`consortium_pdf`.
    """
    found = consortium.sketch(database, plan)
    need = needs.needs(database).get(plan.need_id)
    own = regions.labels(database).get(plan.own, "")
    sheets = {
        "Organisations": _organisations(found),
        "Regions": found.regions.reset_index()[
            ["region", "label", "country", "organisations", "members"]
        ].set_axis(["region_id", "region", "country", "in_register", "in_consortium"], axis=1),
        "Roles": pd.DataFrame(
            [
                [role.label, ", ".join(role.types), len(names), "; ".join(names),
                 _candidates(found, role.label), role.note]
                for role, names in found.roles.items()
            ],
            columns=["role", "types", "organisations", "played_by", "could_play_it", "note"],
        ),
        "Rules": pd.DataFrame(
            [
                [verdict.rule.name, "holds" if verdict.holds else "does not hold yet", point.what,
                 point.found, point.least, verdict.rule.text, " ".join(verdict.remarks),
                 verdict.rule.unknown, verdict.rule.source, verdict.rule.source_is,
                 verdict.rule.read]
                for verdict in found.verdicts
                for point in verdict.points
            ],
            columns=["rule", "verdict", "counted", "found", "at_least", "text", "remarks",
                     "not_known", "source_url", "source_is", "read_on"],
        ),
        "Reasons": pd.DataFrame(
            [[label, text] for label, said in consortium.reasons(database, plan) for text in said],
            columns=["region", "why"],
        ),
        "Links": found.pairs.assign(km=found.pairs["km"].astype(float).round()),
        "Choice": pd.DataFrame(
            [["Working title", plan.title], ["Region that asks", own],
             ["Need", need.title if need else ""], ["Purpose", plan.fit], ["Note", NO_PROMISE]],
            columns=["what", "text"],
        ),
    }  # fmt: skip
    return export.tables_xlsx(database, sheets, address, export.OF_ORGANISATIONS)


def _organisations(found: Consortium) -> pd.DataFrame:
    rows = found.members
    return pd.DataFrame(
        {
            "org_id": rows["org_id"],
            "name": rows["name"],
            "role": rows["role"],
            "type": rows["type"].map(TYPES.label),
            "town": rows["city"],
            "country": rows["country"].map(COUNTRIES.label),
            "member_state": rows["country"].isin(consortium_rules.rules()[0].members),
            "region": rows["region"],
            "jrc_domains": [
                "; ".join(DOMAINS.label(code) for code in codes) for codes in rows["domains"]
            ],
            "website": rows["website"],
            "evidence": rows["evidence"].map(EVIDENCE.label),
            "source_url": rows["source_url"],
        }
    )
