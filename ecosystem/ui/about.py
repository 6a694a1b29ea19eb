"""The about page: where the data comes from, how it is made, what was checked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecosystem.common import links, register_lists, wording
from ecosystem.common.publisher import Publisher
from ecosystem.common.vocabulary import EVIDENCE, LOCATION_PRECISION, Vocabulary
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations, releases
from ecosystem.ui import sourced_facts
from ecosystem.ui.data import ask
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import QUALITY_PAGE

# Headers of the table of rejected cells.
_REJECTED = {
    "file": "File",
    "row": "Row",
    "name": "Organisation or other name",
    "column": "Column",
    "value": "Value",
    "reason": "What is wrong",
    "mend": "How to correct it",
}


def content(known: Publisher, trouble: str, address: str) -> None:
    """The whole page below its title.

    Parameters
    ----------
    known : Publisher
        Who publishes this site.
    trouble : str
        What is wrong with the newest release; empty if nothing is.
    address : str
        Web address of the page, for citations.
    """
    _origin(known)
    _working_group()
    _method()
    _release(trouble)
    _sources(address)


def _origin(known: Publisher) -> None:
    """What this is, and what it is not."""
    st.markdown(
        """
In 2019 the European Cyber Security Organisation (ECSO, Working Group 4) published
*Connecting European Cyber Valleys*: a map of mature regional ecosystems with 465 organisations.
It was a static document. This site is a living one after its example.

**The register here is compiled from public sources after that map. It is not ECSO's own data**,
and ECSO has not checked it. It is a sample of mature ecosystems, not a census: numbers compare
what is in the register, not all that exists. That ECSO's map counted 465 organisations too
doesn't make them the same: no public page that was found names those of 2019, so this list was
compiled anew.
"""
    )
    _who(known)
    total = ask(organisations.summary, Filter()).organisations
    st.header("What supports each row", anchor=False)
    _counts(EVIDENCE, ask(organisations.evidence_counts), total)
    st.page_link(QUALITY_PAGE, label="Data quality region by region", icon=":material/fact_check:")


def _who(known: Publisher) -> None:
    """Who publishes this site, how to reach them, and what they don't say."""
    st.header("Who publishes this site", anchor=False)
    st.markdown(f"This site is published by {markdown(known.name)}.")
    for label, address in known.links().items():
        st.markdown(f"- {label}: <{address}>" if address.startswith("mailto:") else
                    f"- {link(label, address)}")  # fmt: skip
    if missing := known.missing_details():
        st.caption(f"This installation doesn't say {wording.join(missing)}.")


def _working_group() -> None:
    """What ECSO's Working Group 4 is for, and which organisations chair it."""
    st.header("ECSO’s Working Group 4", anchor=False)
    sourced_facts.show("wg4-mission")
    st.markdown("**Two objectives**")
    sourced_facts.show("wg4-objectives")
    st.markdown("**Who chaired it and its three sub-groups, as its page of 2019 says**")
    sourced_facts.show("wg4-chairs")
    st.caption(
        "No contact address of the group was found on the pages that were read; its own page, the "
        "source above, is the way to it."
    )


def _method() -> None:
    """How a row of the register becomes a symbol on the map."""
    st.header("How organisations are located and checked", anchor=False)
    st.markdown(
        """
1. Every cell is brought to one form and checked against the register's published schema.
2. The town is looked up in the gazetteer by its name, then by its other names. Where several
   towns of a country share a name, the NUTS 2 region noted in the register decides; else the
   one that is clearly the largest, the ending of the website or another row of the organisation,
   and the check says so.
3. The point is matched with the NUTS 2021 boundaries; a town just off the simplified coast takes
   the nearest region of its own country within 2 km.
4. Whatever can't be placed for certain is rejected and listed below, never guessed.
5. Nothing is published unless the checks below hold.
"""
    )
    total = ask(organisations.summary, Filter()).organisations
    _counts(LOCATION_PRECISION, ask(organisations.precision_counts), total)


def _release(trouble: str) -> None:
    """The current release and its checks."""
    story = ask(releases.story)
    st.header("The current release", anchor=False)
    st.markdown(f"**{story['release_id']}**, made {story['created_at']:%-d %B %Y, %H:%M} UTC")
    if trouble:
        st.markdown(
            f"{trouble} This is the last good release, served in its place until the next "
            "refresh or a rollback repairs it."
        )
    gates = ask(releases.gates)
    result = gates["passed"].map({True: "passed", False: "failed"})
    st.dataframe(
        pd.DataFrame(
            {
                "Check": gates["label"],
                "Measured": gates["value"],
                "Allowed": gates["bound"],
                "Result": result.mask(gates["waived"], "accepted by hand"),
            }
        ),
        hide_index=True,
        alt="Checks before publication",
    )
    rejected = ask(releases.rejections)
    if rejected.empty:
        st.markdown("No row of the register was rejected.")
    else:
        st.markdown(f"**{wording.count(len(rejected), 'cell')} rejected**")
        st.dataframe(_readable(rejected), hide_index=True, alt="Rejected cells")


def _readable(rejected: pd.DataFrame) -> pd.DataFrame:
    """Rejected cells under words that people read, for column names as well."""
    titles = {
        f"{file}.csv": known.columns for file, known in register_lists.register_lists().items()
    }
    columns = [
        titles.get(file, {}).get(column, column)
        for file, column in zip(rejected["file"], rejected["column"], strict=True)
    ]
    return rejected.assign(column=columns).rename(columns=_REJECTED)


def _sources(address: str) -> None:
    """Licences and attributions."""
    st.header("Sources and licences", anchor=False)
    for source in ask(releases.sources).to_dict("records"):
        page = links.web_address(source["url"])
        title = markdown(source["title"])
        linked = link(title, page) if page else title
        named = [f"**{linked}**", *([markdown(source["edition"])] if source["edition"] else [])]
        st.markdown(
            f"{', '.join(named)}. {markdown(source['used_for'])}  \n"
            f"{markdown(source['attribution'])} · {markdown(source['licence'])}"
        )
    st.markdown("**How to cite**")
    st.code(ask(releases.citation, address), language=None, wrap_lines=True)
    st.markdown(
        "All data is in the [catalogue](catalogue), in every format and with the licence of each "
        "file. Each [release](releases) has an address, files and a citation of its own."
    )
    st.markdown(
        "This site sets no cookies of its own, keeps no record of visitors and asks no third "
        "party for anything, unless you switch the street basemap on."
    )


def _counts(vocabulary: Vocabulary, counts: dict[str, int], total: int) -> None:
    rows = [
        (vocabulary.label(code), counts[code], wording.percent(counts[code] / total, total))
        for code in vocabulary
        if code in counts
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=[vocabulary.name, "Organisations", "Share"]),
        hide_index=True,
        alt=vocabulary.name,
        width=640,
    )
