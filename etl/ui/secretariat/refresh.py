"""Check uploaded files, see what would change, publish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ecosystem.common import wording
from ecosystem.ui.escape import markdown
from etl.errors import PublishError, RegisterError
from etl.pipeline import Outcome, Prepared, Status, prepare, publish
from etl.reading import ColumnMapping, ColumnsUnsure, known_mappings
from etl.release.adopt import NotAdoptedError, adoption_sentence
from etl.release.change import OTHER_LISTS
from etl.release.shelf import BaselineMovedError
from etl.report import words
from etl.report.content import Content
from etl.report.differences import workbook
from etl.report.page import page
from etl.report.register import register_workbook
from etl.report.workbook import annotated_copies
from etl.ui import sign_in
from etl.ui.progress import Bar
from etl.ui.secretariat import pairs
from etl.ui.secretariat.desk import Busy, Desk, alone, desk

FILE_TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods", "geojson", "json"]
MAX_ROWS = 500
# A card for each fault is easier to read, also on a phone, but many are slow.
MAX_CARDS = 60
MAX_LOSSES = 50
WHOLE, ROWS_TO_ADD = "The whole list", "Rows to add"
HOLDS = (
    "What isn't in it is taken off the map.",
    "All that is in the register stays; the rows are added to it.",
)
OWN_COLUMNS = "The register's, in any of its languages"
_NOT_THERE = "(not in the file)"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def view() -> None:
    """The whole way, from a file to the published map."""
    here = desk()
    if here.said:
        st.success(here.said)
        here.said = ""
    st.header("Choose the files", anchor=False)
    files = st.file_uploader(
        "Register files",
        type=FILE_TYPES,
        accept_multiple_files=True,
        help="Excel, LibreOffice, CSV or GeoJSON. Nothing is published before you say so.",
    )
    adding, mapping = False, ColumnMapping()
    if files:
        holds = st.radio("What the file holds", [WHOLE, ROWS_TO_ADD], captions=HOLDS)
        adding = holds == ROWS_TO_ADD
        mapping = _mapping_chosen()
    else:
        _download(
            "The register as it is (Excel)",
            register_workbook,
            "cyber-valleys-register.xlsx",
            _XLSX,
        )
        st.caption(
            "Without a file, the register is checked as it is: with the suggestions that were "
            "accepted, for one."
        )
    if st.button("Check", type="primary", icon=":material/fact_check:"):
        # What was said about the columns of one file holds for no other.
        here.mapping = mapping
        _check(here, files, adding=adding)
    if here.trouble:
        st.error(markdown(here.trouble), icon=":material/error:")
        here.trouble = ""
    if not here.is_about(files, adding=adding):
        if here.prepared or here.unsure:
            st.caption(
                f"{markdown(here.about)}. The choice of files has changed since; if the file is no "
                "longer in it, choose it again. Press “Check”."
            )
        return
    if here.unsure:
        _ask(here, here.unsure, files)
    if here.outcome:
        content = Content(here.outcome)
        _findings(here, content, files)
        _changes(content)
        pairs.view(here)
        _publish(here)


def _mapping_chosen() -> ColumnMapping:
    """What the columns of the file are called, if it is another body's list."""
    known = known_mappings()
    name = st.selectbox(
        "Whose columns the file has",
        list(known),
        index=None,
        format_func=known.__getitem__,
        placeholder=OWN_COLUMNS,
        help="The site fills the form of the Atlas at /api/atlas?f=xlsx. That of all organisations "
        "shows, when it comes back corrected, field by field what it would change.",
    )
    return ColumnMapping.load(Path(name)) if name else ColumnMapping()


def _check(
    here: Desk, files: Sequence[UploadedFile], *, adding: bool, putting_right: bool = False
) -> None:
    paths = here.take(files, adding=adding)
    bar = Bar()
    try:
        with alone():
            here.prepared = prepare(
                paths,
                mapping=here.mapping,
                adding=adding,
                putting_right=putting_right,
                track=bar,
            )
        here.outcome = here.prepared.verdict()
    except ColumnsUnsure as unsure:
        here.unsure = unsure
    except (RegisterError, PublishError, Busy) as error:
        here.trouble = str(error)
    finally:
        bar.finish()


def _ask(here: Desk, unsure: ColumnsUnsure, files: Sequence[UploadedFile]) -> None:
    """Ask which header is which column, where the file doesn't say it clearly."""
    st.warning(
        f"{markdown(unsure.file)}: not every column that is needed could be recognised. Say which "
        "it is; nothing is guessed. One that isn't in the file has to be added to it: leave its "
        "cells empty where nothing is known.",
        icon=":material/help:",
    )
    chosen: dict[str, str] = {}
    twice: list[str] = []
    for column, likely in unsure.missing.items():
        others = [header for header in unsure.found if header not in likely]
        header = st.selectbox(
            f"Which column of the file is “{column}”?",
            [_NOT_THERE, *likely, *others],
            key=f"column_{column}_{here.number}",
        )
        if header in chosen:
            twice.append(header)
        if header != _NOT_THERE:
            chosen[header] = column
    if st.button("Check again", icon=":material/fact_check:"):
        if twice:
            st.error(
                f"“{markdown(twice[0])}” is chosen for two columns; choose one column for it.",
                icon=":material/error:",
            )
            return
        here.mapping = here.mapping.merge_with(ColumnMapping(chosen))
        _check(here, files, adding=here.adding)
        st.rerun()


def _findings(here: Desk, content: Content, files: Sequence[UploadedFile]) -> None:
    outcome = content.outcome
    st.header("What the check found", anchor=False)
    st.caption(markdown(here.about))
    missing = words.missing_sentence(outcome)
    if missing:
        st.warning(markdown(missing), icon=":material/warning:")
    good = outcome.status in (Status.PASSED, Status.PUBLISHED)
    (st.success if good else st.error)(markdown(words.verdict(outcome)))
    if outcome.exchanges and st.button(
        "Put the columns right and check again",
        icon=":material/restore:",
        help="Takes the published values for the columns that stand on other rows. Your own file "
        "stays as it is.",
    ):
        _check(here, files, adding=here.adding, putting_right=True)
        st.rerun()
    if outcome.rejections:
        rows = [
            (content.cell(fault).file, str(content.cell(fault)), fault.name, fault.value,
             fault.reason, fault.mend)
            for fault in outcome.rejections[:MAX_ROWS]
        ]  # fmt: skip
        if len(rows) <= MAX_CARDS:
            for row in rows:
                _card(*row)
        else:
            # What a phone shows first is what is wrong.
            order = [words.FAULT_COLUMNS[at] for at in (1, 4, 5, 3, 2, 0)]
            faults = pd.DataFrame(rows, columns=list(words.FAULT_COLUMNS))[order]
            st.dataframe(faults, hide_index=True, alt="Cells to correct")
        _more(len(outcome.rejections))
        copies = list(annotated_copies(content))
        for name, book in copies:
            _download(f"{name}: your file, faults marked", partial(bytes, book), name, _XLSX)
    if outcome.notes:
        with st.expander(wording.count(len(outcome.notes), "note")):
            for note in outcome.notes[:MAX_ROWS]:
                st.markdown(f"- {markdown(note)}")
    _download(
        "The whole report (web page)",
        lambda: page(content).encode(),
        "check.html",
        "text/html",
    )


def _card(file: str, cell: str, name: str, value: str, reason: str, mend: str) -> None:
    """One fault: where, what it holds, what is wrong and how to correct it."""
    with st.container(border=True):
        about = f" · {markdown(name)}" if name and name != value else ""
        st.markdown(
            f"**{markdown(cell)}**{about}: {markdown(value) or f'*{words.EMPTY}*'}  \n"
            f"{markdown(reason)} {markdown(mend)}"
        )
        st.caption(markdown(file))


def _changes(content: Content) -> None:
    outcome = content.outcome
    st.header("What would change", anchor=False)
    st.markdown(markdown(f"{words.comparison(outcome)} {words.omission_sentence(outcome)}".strip()))
    lists = {
        f"{label} ({outcome.changes[kind]:,})": content.changes(kind)
        for kind, label in words.CHANGES.items()
        if outcome.changes.get(kind)
    }
    if len(content.list_changes):
        n = outcome.changes[OTHER_LISTS]
        lists[f"{words.OTHER_LISTS} ({n:,})"] = content.list_changes
    if not lists:
        return
    for tab, (title, rows) in zip(st.tabs(list(lists)), lists.items(), strict=True):
        with tab:
            st.dataframe(rows.head(MAX_ROWS), hide_index=True, alt=title)
            _more(len(rows))
    _download("All changes (Excel)", partial(workbook, content), "changes.xlsx", _XLSX)


def _publish(here: Desk) -> None:
    prepared, outcome = here.prepared, here.outcome
    assert prepared is not None and outcome is not None  # noqa: S101, PT018  (see view)
    st.header("Publish", anchor=False)
    st.caption(markdown(here.about))
    if outcome.status is Status.INPUT_REFUSED:
        st.markdown(
            "Correct the cells above in your file or in the copy with the faults marked, then "
            "choose it and check it again."
        )
        return
    accepted = _ask_consents(outcome, here.number)
    if prepared.verdict(accepted).status is not Status.PASSED:
        return
    seen = _may_lose(prepared, here.number)
    seen &= st.checkbox("I have looked at what would change", key=f"seen_{here.number}")
    wanted = st.button("Publish", type="primary", icon=":material/publish:", disabled=not seen)
    if wanted:
        _publish_prepared(here, prepared, accepted)


@sign_in.by_member
def _publish_prepared(here: Desk, prepared: Prepared, accepted: list[str]) -> None:
    bar = Bar()
    try:
        with alone():
            outcome = publish(prepared, accepted, into_register=True, on_wait=_wait, track=bar)
    except BaselineMovedError as error:
        here.trouble = f"{error} Press “Check” again; the files are still chosen."
    except NotAdoptedError as error:
        here.trouble = str(error)
    except (RegisterError, PublishError, Busy) as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return
    else:
        here.said = (
            f"Published as release {outcome.release_id}. The site shows it already. "
            f"{adoption_sentence(prepared.adoptable.files)}"
        )
        here.trouble = outcome.not_copied
    finally:
        bar.finish()
    # Nothing of this check may be published any more.
    here.clear()
    st.rerun()


def _wait(sentence: str) -> None:
    st.info(markdown(sentence), icon=":material/hourglass:")


def _ask_consents(outcome: Outcome, number: int) -> list[str]:
    """Options that the member gives, to publish in spite of a gate that allows it."""
    waivable = [r for r in outcome.gates if not r.passed and r.gate.waived_by]
    return [
        result.gate.waived_by
        for result in waivable
        if st.checkbox(
            # The verdict says how much.
            f"Publish all the same. {markdown(result.gate.consent)}.",
            key=f"{result.gate.waived_by}_{number}",
        )
    ]


def _may_lose(prepared: Prepared, number: int) -> bool:
    """Whether the register loses nothing, or the member has seen what and wants it."""
    lost = prepared.adoptable.losses
    if not lost:
        return True
    lines = [f"- {markdown(words.loss_line(loss))}" for loss in lost[:MAX_LOSSES]]
    rest = words.more(MAX_LOSSES, len(lost))
    st.warning(
        "\n".join([f"{words.losses(lost)} {words.KEEP_LOSSES}\n", *lines, f"\n{rest}"]),
        icon=":material/warning:",
    )
    return st.checkbox("Publish all the same; these are lost", key=f"lost_{number}")


def _download(label: str, data: Callable[[], bytes], name: str, media_type: str) -> None:
    st.download_button(label, data, name, media_type, icon=":material/download:", on_click="ignore")


def _more(total: int) -> None:
    if total > MAX_ROWS:
        st.caption(f"and {total - MAX_ROWS:,} more; the files below hold all of them.")
