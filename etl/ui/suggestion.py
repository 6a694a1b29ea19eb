"""The form with which a visitor suggests an organisation, or corrects one."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import BY_COLUMN
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from ecosystem.ui import drafts, state, style, tab_title
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import DIRECTORY_PAGE, ORGANISATION_PAGE, SUGGEST_PAGE
from etl.inbox.check import Checked, Reference, reference, with_words_of_form
from etl.inbox.known import Known
from etl.inbox.model import FIELDS, LIFE, MAX_COMMENT, MAX_CONTACT, Refused, key_of_link
from etl.inbox.reception import contact_fault, make_draft, published_cells, receive, whole_row
from etl.inbox.store import inbox
from etl.schema import Column
from etl.ui import suggestion_status, work

# What has happened to an organisation, and what to ask then; see etl/inbox/events.py.
_CORRECTION, _MOVED, _AGAIN = "correction", "moved", "active"
_EVENTS = {
    _CORRECTION: "Something in the entry is wrong or missing",
    "closed": "It has closed",
    "acquired": "It was acquired, and goes on under its name",
    "merged": "It has merged into another",
    _MOVED: "It has moved",
    _AGAIN: "It is active, and on its own, again",
}
_SUCCESSORS = {
    "closed": "Who carries on its work, if anybody",
    "acquired": "Who owns it now",
    "merged": "Into which organisation",
}
_MOST = {"domains": 4, "sectors": 4, "functions": 5}
_CHOICES = ("type", "country", *_MOST)
_CONTACT_LABEL = "Your e-mail address"
_MAX_NUTS = 10
_TOKEN, _OPENED, _SENT, _REFUSED, _TRIED, _WAITING = (
    f"_suggest_{name}" for name in ("token", "opened", "sent", "refused", "tried", "waiting")
)


def view() -> None:
    """The page: the form, or what became of what was sent with it."""
    suggestion_status.OWN.connect()
    key = state.get("status")
    if key:
        suggestion_status.of_one(key)
    else:
        _form_or_thanks()
    suggestion_status.of_own()


def _form_or_thanks() -> None:
    org_id = state.get("org")
    published: dict[str, str] = {}
    if org_id:
        record = ask(organisations.one, org_id)
        if record is None:
            _say_unknown()
            return
        published = published_cells(record)
    sent = st.session_state.get(_SENT, {}).get(org_id)
    _title(published, with_intro=not sent)
    if sent:
        drafts.forget(_draft_name(org_id))
        number, key = sent
        _acknowledge(number, key, org_id)
        return
    with st.spinner("Reading the names of towns"):
        against = reference()
    _begin(org_id)
    form = _Form(published, against)
    with drafts.keep(_draft_name(org_id), form.fields()):
        form.show()


def own_form(published: Mapping[str, str], link: str) -> None:
    """The form with which an organisation corrects its own entry.

    Parameters
    ----------
    published : mapping of str to str
        From :func:`etl.inbox.reception.published_cells`.
    link : str
        As in :class:`etl.inbox.model.Draft`.
    """
    with st.spinner("Reading the names of towns"):
        against = reference()
    form = _Form(published, against, link)
    _begin(form.name)
    with drafts.keep(_draft_name(form.name), form.fields()):
        form.show()


def forget_own(link: str) -> None:
    """Let the browser forget what was typed into an organisation's own form."""
    drafts.forget(_draft_name(_own_name(link)))


def _own_name(link: str) -> str:
    """An organisation's own form and everybody's are two, also in one browser."""
    return f"own-{key_of_link(link)[:12]}"


def _draft_name(org_id: str) -> str:
    return f"suggest-{org_id or 'new'}"


def _title(published: Mapping[str, str], *, with_intro: bool) -> None:
    if published:
        tab_title.show(f"Correct {published['name']}")
        title = f"Correct {markdown(published['name'])}"
        intro = "Change what is wrong, and name the public page that says so. You need no account."
    else:
        title = "Suggest an organisation"
        intro = (
            "Is somebody who works on cybersecurity in Europe missing? Tell us, and name the "
            "public page that says so. You need no account."
        )
    st.title(title, anchor=False)
    if with_intro:
        st.markdown(intro)


def _say_unknown() -> None:
    st.title("Suggest a correction", anchor=False)
    st.info(
        "There is no organisation at this address, so it can't be corrected. It may have been "
        "removed or mistyped."
    )
    st.page_link(DIRECTORY_PAGE, label="Look in the directory", icon=":material/list:")
    st.page_link(SUGGEST_PAGE, label="Suggest it as a new one", icon=":material/edit_note:")


def _begin(org_id: str) -> None:
    st.session_state.setdefault(_TOKEN, secrets.token_hex(16))
    opened: dict[str, float] = st.session_state.setdefault(_OPENED, {})
    opened.setdefault(org_id, time.monotonic())


def _acknowledge(number: int, key: str, org_id: str) -> None:
    st.success(
        f"Thank you. Your suggestion is kept and has the number **{number}**.",
        icon=":material/mark_email_read:",
    )
    st.header("What happens next", anchor=False)
    st.markdown(
        "1. Somebody reads it, and compares it with the page that you named.\n"
        "2. If it holds, it is written into the register. The site shows it after the next "
        "refresh of the data.\n"
        "3. If you left an address, it is used for questions only, and deleted with the decision."
    )
    st.markdown("This link tells you, and whoever has it, what became of it:")
    st.code(state.address({"status": [key]}), language=None, wrap_lines=True)
    with st.container(horizontal=True):
        if org_id:
            st.page_link(
                ORGANISATION_PAGE,
                label="Back to the organisation",
                icon=":material/arrow_back:",
                query_params={"org": org_id},
            )
        st.button(
            "Suggest something else", icon=":material/edit_note:", on_click=_again, args=(org_id,)
        )


def _again(org_id: str) -> None:
    for kept in (_SENT, _OPENED, _TRIED, _REFUSED, _WAITING):
        st.session_state.get(kept, {}).pop(org_id, None)


class _Form:
    """One form, for a new organisation or a published one.

    Parameters
    ----------
    published : mapping of str to str
        Cells of the organisation; empty for a new one.
    against : Reference
        What is checked against.
    link : str
        As in :class:`etl.inbox.model.Draft`, if the organisation itself fills it in.
    """

    def __init__(self, published: Mapping[str, str], against: Reference, link: str = "") -> None:
        self._published = published
        self._against = against
        self._link = link
        self.name = _own_name(link) if link else published.get("org_id", "")
        self._columns = against.schema.columns
        self._cells = self._typed_cells()
        self._checked = self._check()
        self._faults = {fault.column: fault for fault in reversed(self._checked.faults)}
        self._tried = bool(st.session_state.get(_TRIED, {}).get(self.name))

    def show(self) -> None:
        """All fields, what was found out about them, and the button."""
        style.show("suggestion.css")
        with st.container(width=760):
            if self._published:
                self._what_happened()
            if self._event in _SUCCESSORS:
                self._life()
            if self._event == _CORRECTION:
                self._who()
            if self._event in (_CORRECTION, _MOVED):
                self._where()
            if self._event == _CORRECTION:
                self._what()
            self._evidence()
            self._before_sending()

        if self._cells != self._typed_cells():
            # After a lost connection the browser brings along what was typed before.
            st.rerun()

    def fields(self) -> dict[str, drafts.Field]:
        """What may be typed into each widget, by its key."""
        typed = [column for column in FIELDS if column not in LIFE]
        fields = {self._key(column): self._field(column) for column in typed}
        fields[self._key("event")] = drafts.choice(_EVENTS, _CORRECTION)
        longest = {
            "comment": MAX_COMMENT,
            "contact": MAX_CONTACT,
            **{name: self._longest(name) for name in ("status_year", "successor_name")},
        }
        return fields | {self._key(name): drafts.text(most) for name, most in longest.items()}

    def _field(self, column: str) -> drafts.Field:
        initial = self._initial(column)
        if column == "nuts2_hint":
            return drafts.Field("", lambda told: isinstance(told, str) and len(told) <= _MAX_NUTS)
        if isinstance(initial, list):
            return drafts.choices(BY_COLUMN[column].labels(), _MOST[column], initial)
        if column in _CHOICES:
            return drafts.choice(BY_COLUMN[column].labels(), initial)
        return drafts.text(self._longest(column), initial or "")

    def _longest(self, column: str) -> int:
        return int(self._columns[column].constraints.get("maxLength", 20))

    def _typed_cells(self) -> dict[str, str]:
        typed = {column: self._typed_cell(column) for column in FIELDS}
        if self._event in (_CORRECTION, _MOVED):
            # A year typed before another choice was made is none of a correction.
            return {**typed, **{name: self._published.get(name, "") for name in LIFE}}
        return {**typed, **self._typed_life(typed["source_url"])}

    def _typed_life(self, page: str) -> dict[str, str]:
        """What has become of it, and the page that says so; the entry keeps its own source."""
        life = {**dict.fromkeys(LIFE, ""), "status": self._event}
        if self._event in _SUCCESSORS:
            name = self._text_in("successor_name")
            successor = _known_names(database()).get(fold(name), "") if name else ""
            life |= {
                "status_year": self._text_in("status_year"),
                "successor_id": successor,
                "successor_name": "" if successor else name,
                "status_source_url": page,
            }
            return {**life, "source_url": self._published["source_url"]}
        return life

    def _text_in(self, name: str) -> str:
        return str(st.session_state.get(self._key(name)) or "").strip()

    @property
    def _event(self) -> str:
        """What has happened, a key of :data:`_EVENTS`."""
        event = st.session_state.get(self._key("event")) if self._published else _CORRECTION
        return event if event in _EVENTS else _CORRECTION

    def _what_happened(self) -> None:
        options = [code for code in _EVENTS if code != self._published["status"]]
        st.radio(
            "What has happened?", options, format_func=_EVENTS.__getitem__, key=self._key("event")
        )

    def _life(self) -> None:
        """When it happened, and who goes on."""
        left, right = st.columns(2)
        year = self._columns["status_year"]
        with left:
            st.text_input(
                "In which year" if self._event == "acquired" else "In which year (required)",
                key=self._key("status_year"),
                max_chars=self._longest("status_year"),
                placeholder=f"For example {year.example}",
            )
            self._explain("status_year")
        with right:
            needed = "" if self._event == "closed" else " (required)"
            st.text_input(
                f"{_SUCCESSORS[self._event]}{needed}",
                key=self._key("successor_name"),
                max_chars=self._longest("successor_name"),
                help="Its name. If it is in the register, it is recognised.",
            )
            for column in ("successor_id", "successor_name"):
                self._explain(column)
        successor = self._cells["successor_id"]
        if successor:
            name = self._text_in("successor_name")
            st.markdown(
                f":material/link: In the register: {markdown(name)} ({markdown(successor)})"
            )

    def _who(self) -> None:
        self._text("name")
        self._choice("type")
        left, right = st.columns(2)
        with left:
            self._text("website")
        with right:
            self._text("founded")

    def _where(self) -> None:
        st.header("Where it is", anchor=False)
        left, right = st.columns(2)
        with left:
            self._text("city")
        with right:
            self._choice("country")
        if self._is_moved():
            self._explain_place()
            self._which_town(self._checked.candidates)
        if self._checked.town and self._is_moved():
            st.markdown(f":material/location_on: Found: {markdown(self._checked.town.sentence())}")

    def _which_town(self, regions: Mapping[str, str]) -> None:
        """Let the visitor choose, where several towns have the name."""
        if not regions:
            return
        key, options = self._key("nuts2_hint"), ["", *regions]
        if st.session_state.get(key) not in options:
            st.session_state[key] = ""
        st.selectbox(
            "Which of them?",
            options,
            format_func=lambda nuts_id: regions.get(nuts_id, "Choose"),
            key=key,
        )

    def _explain_place(self) -> None:
        """Say why the town isn't found; it can be sent all the same, for people to look."""
        for fault in self._checked.lost:
            if self._checked.candidates:
                self._say(f"{fault.reason} Choose which one is meant.")
            else:
                said = [fault.reason]
                if self._checked.similar:
                    said.append(f"Did you mean {wording.join(self._checked.similar, 'or')}?")
                self._say(" ".join([*said, "If the name is right, send it all the same."]))

    def _forget_choice(self) -> None:
        """A choice among towns of one name says nothing about another name."""
        st.session_state.pop(self._key("nuts2_hint"), None)

    def _what(self) -> None:
        st.header("What it does", anchor=False)
        for column in _MOST:
            self._choice(column)
        self._text("notes")

    def _evidence(self) -> None:
        st.header("Where it can be read" if self._link else "How do you know?", anchor=False)
        self._text("source_url")
        if self._event in _SUCCESSORS:
            self._explain("status_source_url")
            st.caption("The page that says what has happened.")
        elif self._link:
            st.caption("A public page about the organisation; it stays if nothing better is known.")
        elif self._published:
            st.caption("The page that shows what you change. It becomes the source of the entry.")
        st.text_area(
            "Comment for the moderators",
            key=self._key("comment"),
            max_chars=MAX_COMMENT,
            help="It is never published. Say here, too, if the organisation does not work on "
            "cybersecurity, or has the label Cybersecurity Made in Europe.",
        )
        st.text_input(
            _CONTACT_LABEL,
            key=self._key("contact"),
            max_chars=MAX_CONTACT,
            autocomplete="email",
        )
        st.caption(
            "Optional, for questions about this suggestion. Only moderators see it, and it is "
            "deleted with their decision. Nothing else about you is kept, but for at most three "
            "days a mark by which a flood from one place is recognised, and from which no address "
            "can be read."
        )
        self._say(contact_fault(self._contact()))
        with st.container(key="suggest_trap"):
            st.text_input("Leave this empty", key=self._key("trap"), autocomplete="off")

    def _before_sending(self) -> None:
        self._show_changes()
        self._show_duplicates()
        missing = [self._columns[name].title for name in FIELDS if name in self._faults]
        if contact_fault(self._contact()):
            missing.append(_CONTACT_LABEL)
        if self._event == _MOVED and not self._is_moved():
            missing.append("Town: write the new one")
        if self._tried and missing:
            st.warning(
                f"Before it can be sent, look at: {markdown(', '.join(missing))}.",
                icon=":material/edit:",
            )
        refused = st.session_state.get(_REFUSED, {}).get(self.name)
        if refused:
            st.error(markdown(refused), icon=":material/block:")
        st.button("Send", type="primary", icon=":material/send:", key="send", on_click=self._send)
        if self._is_waiting:
            st.info(
                "Your browser is working out a sum that keeps floods of robots away. The "
                "suggestion is sent by itself as soon as that is done: a few seconds, rarely a "
                "minute. Leave this page open.",
                icon=":material/hourglass_top:",
            )
        if not self._link:
            work.ask(self._send_what_waits, wanted=self._is_waiting)

    def _show_changes(self) -> None:
        if not self._published:
            return
        st.header("What you change", anchor=False)
        draft = make_draft(self._checked, self._published, "", "")
        lines = [
            f"- **{self._columns[name].title}**: {self._words(name, old)} → "
            f"{self._words(name, draft.values[name])}"
            for name, old in draft.before.items()
        ]
        st.markdown("\n".join(lines) or "Nothing yet.")

    def _words(self, column: str, cell: str) -> str:
        """A cell for people, with labels in place of codes."""
        terms = BY_COLUMN.get(column)
        if not terms or not cell:
            return markdown(cell) or "*empty*"
        separator = self._columns[column].separator
        codes = cell.split(separator) if separator else [cell]
        return markdown(", ".join(terms.label(code) for code in codes))

    def _show_duplicates(self) -> None:
        if not self._checked.duplicates or (
            self._published and self._cells["name"] == self._published["name"]
        ):
            return
        st.header("Is it one of these?", anchor=False)
        st.markdown("Then correct what is on the map, rather than suggest it once more.")
        for org_id, evidence in self._checked.duplicates.items():
            with st.container(border=True):
                st.markdown(markdown(evidence))
                st.page_link(
                    SUGGEST_PAGE,
                    label="Correct this one instead",
                    icon=":material/edit:",
                    query_params={"org": org_id},
                )

    def _text(self, column: str) -> None:
        field, key = self._columns[column], self._key(column)
        # No value in the session: it would replace what a browser still has of a lost session.
        value = "" if key in st.session_state else str(self._initial(column) or "")
        draw = st.text_area if column == "notes" else st.text_input
        example = f"For example {field.example}" if field.example else None
        draw(
            self._label(field), value, key=key, max_chars=self._longest(column),
            help=with_words_of_form(field.description),
            placeholder=example, on_change=self._forget_choice if column == "city" else None,
        )  # fmt: skip
        self._explain(column)

    def _choice(self, column: str) -> None:
        field, key, labels = self._columns[column], self._key(column), BY_COLUMN[column].labels()
        initial = None if key in st.session_state else self._initial(column)
        if field.separator:
            st.multiselect(
                self._label(field),
                list(labels),
                initial,
                format_func=labels.__getitem__,
                key=key,
                max_selections=_MOST[column],
                help=field.description,
                placeholder="Choose",
            )
        else:
            st.selectbox(
                self._label(field),
                list(labels),
                index=list(labels).index(initial) if isinstance(initial, str) else None,
                format_func=labels.__getitem__,
                key=key,
                help=None if column == "country" else with_words_of_form(field.description),
                placeholder="Choose",
                on_change=self._forget_choice if column == "country" else None,
            )
        self._explain(column)

    def _label(self, field: Column) -> str:
        return f"{field.title} (required)" if field.constraints.get("required") else field.title

    def _explain(self, column: str) -> None:
        fault = self._faults.get(column)
        # What is published of these says nothing of what is being typed.
        is_own = column not in ("source_url", *LIFE)
        typed = self._cells[column] or (is_own and self._published.get(column))
        if fault and (typed or self._tried or self._link):
            empty_choice = column in _CHOICES and not self._cells[column]
            self._say(f"{fault.reason} {'Choose one.' if empty_choice else fault.mend}")

    def _say(self, fault: str) -> None:
        if fault:
            st.markdown(f":red[:material/error: {markdown(fault)}]")

    def _contact(self) -> str:
        return str(st.session_state.get(self._key("contact"), "")).strip()

    def _key(self, column: str) -> str:
        return f"suggest_{self.name or 'new'}_{column}"

    def _initial(self, column: str) -> str | list[str] | None:
        is_asked = column == "source_url" and not self._link
        cell = "" if is_asked else self._published.get(column, "")
        separator = self._columns[column].separator
        if separator:
            return cell.split(separator) if cell else []
        return cell if cell or column not in _CHOICES else None

    def _typed_cell(self, column: str) -> str:
        if column == "nuts2_hint":
            return str(st.session_state.get(self._key(column)) or "")
        value = st.session_state.get(self._key(column), self._initial(column))
        return ";".join(value) if isinstance(value, list) else value or ""

    def _is_moved(self) -> bool:
        return any(
            self._cells[name] != self._published.get(name, "") for name in ("city", "country")
        )

    def _check(self) -> Checked:
        row = whole_row(self._cells, self._published)
        return self._against.check(row, _known_organisations(database()))

    @property
    def _is_waiting(self) -> bool:
        """Whether it was sent before the browser had worked for it."""
        return bool(st.session_state.get(_WAITING, {}).get(self.name))

    def _send_what_waits(self) -> None:
        if self._is_waiting:
            self._send()

    def _send(self) -> None:
        """Check what is in the form at this moment, and keep it."""
        form = _Form(self._published, self._against, self._link)
        tried = st.session_state.setdefault(_TRIED, {})
        refused = st.session_state.setdefault(_REFUSED, {})
        waiting = st.session_state.setdefault(_WAITING, {})
        tried[self.name] = True
        # Else the browser would tell its answer again and again.
        waiting[self.name] = False
        refused.pop(self.name, None)
        if st.session_state.get(_SENT, {}).get(self.name):
            return
        comment, trap = (
            str(st.session_state.get(self._key(name), "")) for name in ("comment", "trap")
        )
        stays = form._event == _MOVED and not form._is_moved()
        if form._checked.faults or contact_fault(form._contact()) or stays:
            return
        if not self._link and not work.is_done():
            waiting[self.name] = True
            return
        draft = make_draft(form._checked, self._published, comment, form._contact(), self._link)
        session = st.session_state[_TOKEN]
        try:
            number = receive(
                inbox(),
                draft,
                session,
                _published_organisations(database()),
                self._against,
                seconds=time.monotonic() - st.session_state[_OPENED][self.name],
                trap=trap,
                sender=work.sender(),
            )
        except Refused as error:
            refused[self.name] = str(error)
        else:
            key = draft.key(session)
            work.begin_anew()
            st.session_state.setdefault(_SENT, {})[self.name] = number, key
            suggestion_status.OWN.replace([*suggestion_status.OWN.items(), key])


@per_release
def _published_organisations(database: Database) -> pd.DataFrame:
    """All published organisations, those that have ended among them."""
    ended = organisations.ended(database)
    shown = organisations.everything(database, Filter())
    return shown if ended.empty else pd.concat([shown, ended])


@per_release
def _known_names(database: Database) -> dict[str, str]:
    """Folded name -> identifier of all published organisations whose name no other one has."""
    known = _published_organisations(database)
    names = known["name"].map(fold)
    is_only = ~names.duplicated(keep=False)
    return dict(zip(names[is_only], known.loc[is_only.to_numpy(), "org_id"], strict=True))


@per_release
def _known_organisations(database: Database) -> Known:
    """All published organisations, to compare with."""
    return Known(_published_organisations(database))
