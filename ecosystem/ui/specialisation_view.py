"""Smart specialisation: a matrix of what valleys declare and what the register shows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecosystem.common.glossary import explain_all
from ecosystem.common.spreadsheet import table_csv
from ecosystem.finding.filters import Filter
from ecosystem.network import specialisation
from ecosystem.network.specialisation import LEAST, STATES, Specialisation
from ecosystem.tables import regions
from ecosystem.ui import state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import DIRECTORY_PAGE, REGION_PAGE

# What the columns are, by the address.
_BY = {"priority": "Priorities", "domain": "JRC domains"}
_DEFAULT = "priority"
_JOIN = "~"


def introduction() -> None:
    """What the matrix compares, and what its marks mean."""
    st.markdown(
        "Regions name a few priorities in their smart specialisation strategies (S3). The matrix "
        "sets what each valley declares beside what the register shows. A number counts the "
        f"organisations of the register that work on it, from {LEAST} on it is called there. The "
        "register is a sample: few or none in it doesn't mean that there are none."
    )
    marks = " &nbsp; ".join(f"**{term.letter}** {term.inside}" for term in STATES.values())
    st.markdown(marks)


def columns() -> str:
    """Let the visitor choose what the columns are; a key of the choice."""
    asked = state.get("by")
    chosen = asked if asked in _BY else _DEFAULT
    st.segmented_control(
        "Valleys by",
        list(_BY),
        format_func=_BY.__getitem__,
        key="s3_by",
        required=True,
        on_change=state.bind("by", "s3_by", chosen, default=_DEFAULT, resets=("cell",)),
    )
    if chosen == "domain":
        st.caption(
            "A domain counts as declared where a priority is declared that it stands for. "
            "Cybersecurity as a whole stands for none, so a valley may declare it and have no "
            "domain here."
        )
    return chosen


def matrix(found: Specialisation) -> None:
    """The matrix; a click on a cell explains it."""
    key = "s3_matrix_domains" if found.by_domain else "s3_matrix"
    names = ask(regions.labels)
    table = pd.DataFrame(
        {
            label: [found.cell(str(id_), str(code)) for id_ in found.n.index]
            for code, label in found.priorities["label"].items()
        }
    )
    table.insert(0, "Valley", [names[str(id_)] for id_ in found.n.index])
    table.insert(1, "n", found.n.to_numpy())
    cells = [(str(id_), str(code)) for id_ in found.n.index for code in found.priorities.index]
    width = len(found.priorities)

    def take_pick() -> None:
        selection = st.session_state[key]["selection"]["cells"]
        titles = list(table.columns)
        picked = [
            cells[row * width + titles.index(column) - 2]
            for row, column in selection
            if titles.index(column) > 1
        ]
        state.update({"cell": _JOIN.join(picked[0]) if picked else None})

    st.dataframe(
        table,
        hide_index=True,
        height=560,
        key=key,
        on_select=take_pick,
        selection_mode="single-cell",
        column_config={
            "Valley": st.column_config.TextColumn(pinned=True, width=190),
            "n": st.column_config.NumberColumn(width=45, help="Organisations in the register"),
            **{
                row["label"]: st.column_config.TextColumn(width=110, help=row["description"])
                for row in found.priorities.to_dict("records")
            },
        },
        alt=f"{_BY['domain' if found.by_domain else 'priority']} of smart specialisation by valley",
    )
    st.download_button(
        "Matrix as CSV",
        table_csv(table),
        file_name=f"cyber-valleys-specialisation{'-domains' if found.by_domain else ''}.csv",
        mime="text/csv",
        icon=":material/download:",
    )


def explanation(found: Specialisation) -> None:
    """The cell that the address names, in words, with the way to its organisations."""
    valley_id, _, code = state.get("cell").partition(_JOIN)
    if not valley_id:
        st.caption("Click a cell to read what it rests on and to see its organisations.")
        return
    if valley_id not in found.n.index or code not in found.priorities.index:
        st.info("There is no such valley or priority in this release.")
        return
    name = ask(regions.names_in_text)[valley_id]
    row = found.priorities.loc[code]
    with st.container(border=True):
        st.markdown(markdown(found.explain(valley_id, name, code)))
        with st.container(horizontal=True):
            for column, codes in (("domain", row["domains"]), ("sector", row["sectors"])):
                if len(codes):
                    chosen = Filter().with_values("valley", [valley_id])
                    st.page_link(
                        DIRECTORY_PAGE,
                        label=f"Organisations by {column}",
                        icon=":material/list:",
                        query_params=chosen.with_values(column, list(codes)).to_params(),
                    )
            st.page_link(
                REGION_PAGE,
                label=f"All about {markdown(name)}",
                icon=":material/location_on:",
                query_params={"region": valley_id},
            )


def page() -> None:
    """The whole page."""
    st.title("Smart specialisation", anchor=False, help=explain_all("s3", "valley", "domain"))
    introduction()
    question = specialisation.by_domain if columns() == "domain" else specialisation.specialisation
    found = ask(question)
    if found.priorities.empty:
        st.info("The register holds no priorities of smart specialisation yet.")
        return
    explanation(found)
    matrix(found)
    _findings(found)


def _findings(found: Specialisation) -> None:
    """Priorities without organisations and strengths without priority, as lists."""
    names = ask(regions.names_in_text)
    labels = found.priorities["label"].to_dict()
    without, undeclared = st.columns(2, gap="large")
    for place, code, title in (
        (without, "declared", "Declared, few or none in the register"),
        (undeclared, "there", "There, not declared"),
    ):
        with place:
            st.header(title, anchor=False)
            marked = found.states == code
            for priority in found.states.columns[marked.any()]:
                valleys = [names[str(id_)] for id_ in marked.index[marked[priority]]]
                st.markdown(f"- **{markdown(labels[priority])}**: {markdown(', '.join(valleys))}")
            if not marked.any().any():
                st.caption("None.")
