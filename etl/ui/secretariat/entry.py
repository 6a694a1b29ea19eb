"""Find one entry of any list, change it, add one or take one off; the workbook is for many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import vocabulary_of
from ecosystem.ui import drafts
from ecosystem.ui.escape import markdown
from etl.errors import PublishError, RegisterError
from etl.model import Rejection
from etl.pipeline import Outcome, Status, prepare, publish
from etl.register.edit import Edit, changed_file, new_id, read_rows, row_number, save
from etl.register.normalise import WRITTEN_AS
from etl.release.taken_ids import past_ids
from etl.report import words
from etl.report.content import Content
from etl.schema import Column, Schema, load_schemas
from etl.ui import sign_in
from etl.ui.progress import Bar
from etl.ui.secretariat.desk import Busy, alone, desk

_CHECKED, _SAID, _ROUND = "_entry_checked", "_entry_said", "_entry_round"
_DONE = "_entry_done"
# From here on it is prose; what a cell may have at most is for the check to say.
_LONG, _LONGEST = 200, 100_000
_MAX_LINES = 50
_BOOLEANS = {"true": "yes", "false": "no"}


@dataclass(frozen=True)
class _CheckedEdit:
    """An edit and what a check of the whole register said of it."""

    edit: Edit
    outcome: Outcome
    faults: list[Rejection]


def view() -> None:
    """Choose, change, see what follows, keep or publish."""
    st.header("One entry", anchor=False)
    good, said = st.session_state.pop(_SAID, (True, ""))
    if said:
        (st.success if good else st.error)(markdown(said))
    schemas = load_schemas(settings().schema_dir)
    resource = st.selectbox(
        "List", list(schemas), format_func=lambda name: schemas[name].descriptor["title"]
    )
    try:
        edit = _edit(schemas, schemas[resource])
    except RegisterError as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return
    if edit is not None:
        if edit.is_empty:
            st.info("Nothing differs from what the register holds.")
            st.session_state.pop(_CHECKED, None)
        else:
            _check(edit)
    checked = st.session_state.get(_CHECKED)
    if checked and checked.edit.schema.resource == resource:
        _show(checked)


def _edit(schemas: Mapping[str, Schema], schema: Schema) -> Edit | None:
    """The form; what somebody has pressed in it, if anything."""
    rows = read_rows(settings().register_dir, schema)
    names = {at: _name(schema, row) for at, row in enumerate(rows)}
    chosen = st.selectbox(
        "Entry",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Type to find one, or leave empty to add a new one",
        key=f"entry_chosen_{schema.resource}_{st.session_state.setdefault(_ROUND, 0)}",
    )
    before = rows[chosen] if chosen is not None else {}
    # An identifier is made once and stays.
    columns = [
        column
        for name, column in schema.columns.items()
        if name != schema.primary_key and (column.optional or not rows or name in rows[0])
    ]
    form = _form(schema, before)
    widgets = {
        f"{form}_{column.name}": _Widget.of(schemas, schema, column, before.get(column.name, ""))
        for column in columns
    }
    _forget_what_is_done(form, widgets)
    fields = {key: widget.field for key, widget in widgets.items()}
    with drafts.keep(form, fields), st.container(border=True):
        cells = [widget.show(key) for key, widget in widgets.items()]
        after = {column.name: cell for column, cell in zip(columns, cells, strict=True)}
        with st.container(horizontal=True):
            wants_change = st.button(
                "See what changes", type="primary", icon=":material/fact_check:"
            )
            wants_removal = bool(before) and st.button(
                "Take it off the register …", icon=":material/delete:"
            )
    if wants_removal:
        return Edit(schema, before, {})
    if not wants_change:
        _forget_check_of_another(after)
        return None
    if schema.primary_key and any(after.values()):
        own, folder = before.get(schema.primary_key), settings().register_dir
        used = past_ids(folder, settings().releases_dir)
        after[schema.primary_key] = own or new_id(folder, schema, after, used)
    return Edit(schema, before, after)


def _form(schema: Schema, row: Mapping[str, str]) -> str:
    """Name of the form for a row, also in the browser; the same after a restart."""
    told = row.get(schema.primary_key) or json.dumps(row, sort_keys=True)
    mark = hashlib.sha256(told.encode()).hexdigest()[:12] if row else "new"
    return f"entry_{schema.resource}_{mark}"


def _forget_what_is_done(form: str, widgets: Mapping[str, _Widget]) -> None:
    """Leave nothing in a form whose entry was kept; before its widgets are shown."""
    done = st.session_state.pop(_DONE, "")
    if done == form:
        st.session_state.update({key: widget.field.initial for key, widget in widgets.items()})
    elif done:
        drafts.forget(done)


def _forget_check_of_another(after: Mapping[str, str]) -> None:
    """What was checked is no longer shown once the form says something else."""
    checked = st.session_state.get(_CHECKED)
    if checked and checked.edit.after:
        was = {name: checked.edit.after.get(name, "") for name in after}
        if was != dict(after):
            st.session_state.pop(_CHECKED)


@dataclass(frozen=True)
class _Widget:
    """How one cell is shown in the form."""

    column: Column
    cell: str
    labels: dict[str, str] | None

    @classmethod
    def of(
        cls, schemas: Mapping[str, Schema], schema: Schema, column: Column, cell: str
    ) -> _Widget:
        """The widget for a column, with what the register holds."""
        labels = _labels(schemas, schema, column)
        if labels is not None:
            # What the register holds may be no code: it stays to be seen, and the check says so.
            held = cell.split(column.separator) if column.separator else [cell]
            labels = labels | {code: code for code in held if code and code not in labels}
        return cls(column, cell, labels)

    @property
    def field(self) -> drafts.Field:
        """What may be typed or chosen."""
        if self.labels is None:
            return drafts.text(_LONGEST, self.cell)
        if self.column.separator:
            chosen = [code for code in self.cell.split(self.column.separator) if code]
            return drafts.choices(self.labels, len(self.labels), chosen)
        return drafts.choice(self.labels, self.cell or None)

    def show(self, key: str) -> str:
        """Show it; gives what it holds, as the register writes it."""
        column, labels = self.column, self.labels
        st.session_state.setdefault(key, self.field.initial)
        required = " (required)" if column.constraints.get("required") else ""
        label = f"{column.title}{required}"
        if labels is None:
            is_prose = (
                column.constraints.get("maxLength", 0) > _LONG
                and "pattern" not in column.constraints
            )
            draw = st.text_area if is_prose else st.text_input
            example = f"For example {column.example}" if column.example else None
            text = draw(label, key=key, help=column.description, placeholder=example)
            return " ".join((text or "").split())
        if column.separator:
            several = st.multiselect(
                label, list(labels), format_func=labels.__getitem__, key=key,
                help=column.description, placeholder="Choose",
            )  # fmt: skip
            return column.separator.join(several)
        one = st.selectbox(
            label, list(labels), index=None, format_func=labels.__getitem__, key=key,
            help=column.description, placeholder="Choose",
        )  # fmt: skip
        return one or ""


def _labels(schemas: Mapping[str, Schema], schema: Schema, column: Column) -> dict[str, str] | None:
    """Codes that a cell may hold and what people call them; None where it is free text."""
    vocabulary = vocabulary_of(schema.resource, WRITTEN_AS.get(column.name, column.name))
    allowed = column.constraints.get("enum")
    if vocabulary:
        return {code: vocabulary.label(code) for code in allowed or vocabulary}
    if allowed:
        return {code: code for code in allowed}
    if column.type == "boolean":
        return _BOOLEANS
    if column.name in schema.references:
        other, key = schema.references[column.name]
        rows = read_rows(settings().register_dir, schemas[other])
        return {row[key]: _name(schemas[other], row) for row in rows if row.get(key)}
    return None


def _name(schema: Schema, row: Mapping[str, str]) -> str:
    named = " · ".join(filter(None, (row.get(name, "") for name in schema.naming_columns)))
    key = row.get(schema.primary_key, "")
    place = row.get("city", "")
    return " · ".join(filter(None, (named, place, key)))


def _check(edit: Edit) -> None:
    """Check the whole register with this one row in it, as a refresh would."""
    here, bar = desk(), Bar()
    try:
        content = changed_file(settings().register_dir, edit)
        path = here.take_content(edit.schema.file, content)
        with alone():
            here.prepared = prepare([path], track=bar)
        outcome = here.prepared.verdict()
        number = row_number(content, edit)
        faults = [
            fault
            for fault in outcome.rejections
            if fault.file == edit.schema.file and fault.row == number
        ]
        st.session_state[_CHECKED] = _CheckedEdit(edit, outcome, faults)
    except (RegisterError, PublishError, Busy) as error:
        st.session_state.pop(_CHECKED, None)
        st.error(markdown(str(error)), icon=":material/error:")
    finally:
        bar.finish()
        here.clear()


def _show(checked: _CheckedEdit) -> None:
    edit, outcome = checked.edit, checked.outcome
    st.subheader("What would change", anchor=False)
    st.markdown("\n".join(_lines(edit)))
    for fault in checked.faults:
        title = edit.schema.columns[fault.column].title if fault.column else "The row"
        st.error(
            f"**{markdown(title)}**: {markdown(fault.reason)} {markdown(fault.mend)}",
            icon=":material/error:",
        )
    if checked.faults:
        st.caption("Correct it above, and look again.")
        return
    others = len(outcome.rejections)
    if others:
        is_named = f"Other rows name it: {words.quantity(others, 'cell')} can't be taken without."
        is_right = (
            f"This entry is right, but {words.quantity(others, 'other cell')} of the register "
            "can't be taken. You can keep the entry; publish from “Refresh the data”."
        )
        st.warning(is_right if edit.after else is_named, icon=":material/warning:")
    own_id = edit.after.get(edit.schema.primary_key, "")
    for pair in outcome.candidates:
        if edit.schema.resource == "organisations" and own_id in (pair.org_id_a, pair.org_id_b):
            st.warning(
                f"It may be there already: {markdown(pair.name_a)} and {markdown(pair.name_b)}. "
                f"{markdown(pair.evidence)}",
                icon=":material/content_copy:",
            )
    with st.expander("Everything that differs from what the site shows"):
        _differences(Content(outcome))
    seen = st.checkbox("I have looked at what would change", key=f"entry_seen_{id(checked)}")
    with st.container(horizontal=True):
        if st.button(
            "Keep; publish with the next refresh",
            disabled=not seen or bool(others and not edit.after),
        ):
            _keep(checked)
        if st.button(
            "Publish now",
            type="primary",
            icon=":material/publish:",
            disabled=not seen or outcome.status is not Status.PASSED,
        ):
            _publish_now(checked)
    if outcome.status is not Status.PASSED and not others:
        st.caption(markdown(words.verdict(outcome)))


def _lines(edit: Edit) -> list[str]:
    if not edit.after:
        return [f"**{markdown(_name(edit.schema, edit.before))}** is taken off the register."]
    return [
        f"- **{markdown(column.title)}**: {_cell(edit.before, name)} → {_cell(edit.after, name)}"
        for name, column in edit.schema.columns.items()
        if edit.before.get(name, "") != edit.after.get(name, "")
    ]


def _cell(row: Mapping[str, str], name: str) -> str:
    return markdown(row.get(name, "")) or f"*{words.EMPTY}*"


def _differences(content: Content) -> None:
    st.markdown(markdown(words.comparison(content.outcome)))
    lines = [
        words.change_line(kind, row)
        for kind in words.CHANGES
        if content.outcome.changes.get(kind)
        for row in content.changes(kind).head(_MAX_LINES).itertuples(index=False, name=None)
    ]
    rows = content.list_changes.head(_MAX_LINES)
    lines += [words.list_change_line(row) for row in rows.itertuples(index=False, name=None)]
    st.markdown("\n".join(f"- {markdown(line)}" for line in lines[:_MAX_LINES]))


@sign_in.by_member
def _keep(checked: _CheckedEdit) -> None:
    if _save(checked.edit):
        _finish(
            checked,
            "It is in the register, and not yet on the map: the next refresh publishes it.",
        )


@sign_in.by_member
def _publish_now(checked: _CheckedEdit) -> None:
    if not _save(checked.edit):
        return
    bar = Bar()
    try:
        with alone(), prepare(track=bar) as prepared:
            outcome = publish(prepared, track=bar)
    except (RegisterError, PublishError, Busy) as error:
        _finish(checked, f"It is in the register, but was not published. {error}", good=False)
        return
    finally:
        bar.finish()
    if outcome.status is Status.PUBLISHED:
        said = f"Published as release {outcome.release_id}. The site shows it already."
        _finish(checked, f"{said} {outcome.not_copied}".rstrip(), good=not outcome.not_copied)
    else:
        _finish(
            checked,
            f"It is in the register, but was not published. {words.verdict(outcome)}",
            good=False,
        )


def _save(edit: Edit) -> bool:
    try:
        save(settings().register_dir, edit)
    except (RegisterError, PublishError) as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return False
    return True


def _finish(checked: _CheckedEdit, said: str, *, good: bool = True) -> None:
    """Say it at the next rerun, on an empty form."""
    st.session_state[_SAID] = good, said
    st.session_state[_DONE] = _form(checked.edit.schema, checked.edit.before)
    st.session_state.pop(_CHECKED, None)
    st.session_state[_ROUND] += 1
    st.rerun()
