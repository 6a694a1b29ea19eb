"""The form for suggestions, and the moderators' view, without a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.common.settings import settings
from ecosystem.ui import drafts
from etl.actions import entries
from etl.inbox.events import event
from etl.inbox.model import State
from etl.inbox.store import Inbox
from tests.etl.inbox.conftest import LIMES, cells_of, correction, file_of, new
from tests.pages.conftest import Visit
from tests.pages.test_pages import ADDRESSES, words

# A stranger's text, in every field; MARK is in nothing else.
MARK = "zzhostilemark"
HOSTILE = f"<script>{MARK}</script> ![x](https://evil.example/{MARK}.png) :red[{MARK}]"


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """The inbox that the site writes to, for a visitor who takes their time."""
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    monkeypatch.setattr("etl.inbox.reception.MIN_SECONDS", -1.0)
    settings.cache_clear()
    yield Inbox(tmp_path / "inbox.sqlite")
    settings.cache_clear()


def fill(app: AppTest, form: str = "new", **cells: object) -> AppTest:
    for column, value in cells.items():
        key = f"suggest_{form}_{column}"
        if isinstance(value, list):
            app.multiselect(key=key).set_value(value)
        elif column in ("type", "country", "nuts2_hint"):
            app.selectbox(key=key).set_value(value)
        elif column in ("notes", "comment"):
            app.text_area(key=key).set_value(str(value))
        else:
            app.text_input(key=key).set_value(str(value))
    return app.run()


def fill_all(app: AppTest, **changed: object) -> AppTest:
    cells = {
        "name": "Armor Test Lab", "type": "sme", "city": "Cesson-Sévigné", "country": "FR",
        "domains": ["cryptology"], "functions": ["protect", "detect"],
        "source_url": "https://example.org/about",
    }  # fmt: skip
    return fill(app, **(cells | changed))


def send(app: AppTest) -> AppTest:
    return app.button(key="send").click().run()


def again(app: AppTest) -> AppTest:
    button = next(button for button in app.button if button.label == "Suggest something else")
    return button.click().run()


def said(app: AppTest) -> str:
    """All text as a visitor reads it, without the signs that keep Markdown from acting on it."""
    text = "\n".join([words(app), *(e.value for e in [*app.success, *app.header])])
    return text.replace("\\", "")


def test_a_new_organisation_is_sent_and_acknowledged(visit: Visit, inbox: Inbox) -> None:
    app = fill_all(visit("suggest"))
    assert "Found: Cesson-Sévigné, Ille-et-Vilaine (FRH03)" in said(app)
    send(app)
    assert "has the number **1**" in app.success[0].value
    assert "What happens next" in said(app)
    (kept,) = inbox.suggestions()
    assert kept.values == {
        **new().values, "domains": "cryptology", "functions": "protect;detect"
    }  # fmt: skip
    again(app)
    assert app.text_input(key="suggest_new_name").value == ""


def test_nothing_is_sent_before_the_form_is_complete(visit: Visit, inbox: Inbox) -> None:
    app = visit("suggest")
    assert "is empty" not in said(app), "nobody is blamed before they begin"
    send(app)
    look_at = "Name, Type, Town, Country, JRC domains, NIST CSF 1.1 functions, Source"
    assert f"Before it can be sent, look at: {look_at}." in said(app)
    assert "Name is empty" in said(app)
    # A form has fields, and what it shows is no table.
    assert not re.search(r"\b(cell|row|column)\b", said(app))
    assert inbox.suggestions() == []


def test_faults_are_said_as_one_types_in_the_words_of_a_refresh(visit: Visit, inbox: Inbox) -> None:
    app = fill(visit("suggest"), founded="soon", website="javascript:x", source_url="no address")
    text = said(app)
    assert "Founded must be a whole number." in text
    assert "or leave the field empty" in text
    assert "Website is not a web address that can be linked to." in text
    assert "Source is not a web address that can be linked to." in text
    assert "Name is empty" not in text


@pytest.mark.slow
def test_one_of_several_towns_is_chosen(visit: Visit, inbox: Inbox) -> None:
    app = fill_all(visit("suggest"), city="Salamanca", country="ES")
    assert "can be one of several towns" in said(app)
    app = fill(app, nuts2_hint="ES41")
    assert "Found: Salamanca, Salamanca (ES415)" in said(app)
    send(app)
    assert inbox.suggestions()[0].values["nuts2_hint"] == "ES41"


def test_a_misspelt_town_gets_names_like_it(visit: Visit, inbox: Inbox) -> None:
    app = fill_all(visit("suggest"), city="Cesson Sevinge")
    assert "Did you mean Cesson-Sévigné" in said(app)


def test_likely_duplicates_are_shown_before_sending(visit: Visit, inbox: Inbox) -> None:
    app = fill_all(
        visit("suggest"), name="Limes Security", city="Hagenberg im Mühlkreis", country="AT"
    )
    assert "Is it one of these?" in said(app)
    assert "Limes Security GmbH" in said(app)


@pytest.mark.slow
def test_a_correction_shows_old_and_new_and_keeps_what_changed(visit: Visit, inbox: Inbox) -> None:
    app = visit("suggest", {"org": LIMES})
    assert app.title[0].value == "Correct Limes Security GmbH"
    assert "Nothing yet." in said(app)
    app = fill(app, LIMES, founded="2011", sectors=["energy"], source_url="https://x.eu/a")
    assert "- **Founded**: 2012 → 2011" in said(app)
    assert "- **Sectors**: Energy, Manufacturing → Energy" in said(app)
    send(app)
    (kept,) = inbox.suggestions()
    assert kept.org_id == LIMES
    assert kept.values == {"founded": "2011", "sectors": "energy", "source_url": "https://x.eu/a"}
    assert kept.before["founded"] == "2012"


@pytest.mark.parametrize("org", ["nobody", "<script>alert(1)</script>", "x" * 5000])
def test_nobody_can_not_be_corrected(visit: Visit, inbox: Inbox, org: str) -> None:
    app = visit("suggest", {"org": org})
    assert "can't be corrected" in app.info[0].value
    assert not app.exception
    assert len(app.text_input) == 0


@pytest.mark.slow
def test_a_double_click_is_one_suggestion(visit: Visit, inbox: Inbox) -> None:
    app = fill_all(visit("suggest"))
    app.session_state["_suggest_sent"] = {}
    send(app)
    app.session_state["_suggest_sent"] = {}
    send(fill_all(app.run()))
    assert "has the number **1**" in app.success[0].value
    assert len(inbox.suggestions()) == 1


@pytest.mark.slow
def test_a_link_tells_what_became_of_a_suggestion(visit: Visit, inbox: Inbox) -> None:
    app = send(fill_all(visit("suggest"), name=HOSTILE))
    (link,) = [link for link in app.get("page_link") if "Number 1" in link.proto.label]
    assert link.proto.label.endswith("A new organisation · **open**")
    key = link.proto.query_string.removeprefix("status=")
    assert len(key) == 64
    other = visit("suggest", {"status": key})
    assert other.title[0].value == "Your suggestion, number 1"
    assert "**Open**" in said(other)
    assert len(other.text_input) == 0
    inbox.reject(1, "It sells *shoes*.")
    text = said(other.run())
    assert "**Rejected**" in text
    assert "Rejected on " in text
    assert "“It sells *shoes*.”" in text
    assert MARK not in str(other.main)
    assert not any("Number 1" in link.proto.label for link in other.get("page_link"))


def test_an_accepted_correction_leads_to_its_organisation(visit: Visit, inbox: Inbox) -> None:
    draft = correction("2012", "2011")
    number = inbox.add(draft, "a session")
    inbox.begin(number, LIMES, {})
    inbox.finish(number)
    app = visit("suggest", {"status": draft.key("a session")})
    assert "A correction of Limes Security GmbH" in said(app)
    assert "it is written into the register. The site shows it after the next refresh" in said(app)
    assert "Limes Security GmbH" in [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize("key", ["0" * 64, "1", "<b>", "' OR 1=1 --", "x" * 5000])
def test_a_link_that_nobody_was_given_tells_nothing(visit: Visit, inbox: Inbox, key: str) -> None:
    inbox.add(new(), "a session")
    app = visit("suggest", {"status": key})
    assert "There is no suggestion at this link." in said(app)
    assert not app.exception


@pytest.mark.slow
def test_a_form_is_kept_by_its_tab_and_filled_again(
    visit: Visit, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(drafts, "_mount", lambda *, data, **_: sent.append(data))
    typed = {
        "suggest_new_name": "Lab", "suggest_new_type": "sme",
        "suggest_new_domains": ["cryptology"], "suggest_new_notes": "Typed.",
    }  # fmt: skip
    app = fill(visit("suggest"), name="Lab", type="sme", domains=["cryptology"], notes="Typed.")
    assert sent[-1]["typed"] == typed
    # A session that knows nothing of it, and hears from the browser.
    told = visit("suggest")
    for key, value in typed.items():
        told.session_state[key] = value
    told.run()
    assert not told.exception
    assert told.text_input(key="suggest_new_name").value == "Lab"
    assert told.multiselect(key="suggest_new_domains").value == ["cryptology"]
    assert sent[-1]["typed"] == typed
    send(fill_all(app))
    assert sent[-1]["typed"] == {}, "what was sent is no draft any more"


@pytest.mark.slow
def test_a_correction_is_filled_again_without_complaint(visit: Visit, inbox: Inbox) -> None:
    app = visit("suggest", {"org": LIMES})
    app.session_state[f"suggest_{LIMES}_name"] = "Limes"
    app.session_state[f"suggest_{LIMES}_sectors"] = ["energy"]
    app.session_state[f"suggest_{LIMES}_type"] = "large"
    app.run()
    assert "- **Name**: Limes Security GmbH → Limes" in said(app)
    assert app.multiselect(key=f"suggest_{LIMES}_sectors").value == ["energy"]
    assert not app.warning


@pytest.mark.slow
def test_a_robot_is_told_so(visit: Visit, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    app = send(fill_all(visit("suggest"), trap="http://spam.example"))
    assert "as robots do" in app.error[0].value
    app = fill(app, trap="")
    monkeypatch.setattr("etl.inbox.reception.MIN_SECONDS", 1e9)
    assert "faster than anybody" in send(app).error[0].value
    assert inbox.suggestions() == []


@pytest.mark.slow
def test_the_limit_of_a_visit_is_a_sentence_and_the_text_stays(visit: Visit, inbox: Inbox) -> None:
    app = visit("suggest")
    for i in range(5):
        send(fill_all(app, name=f"Lab {i}"))
        again(app)
    send(fill_all(app, name="One too many"))
    assert "as many as are taken" in app.error[0].value
    assert app.text_input(key="suggest_new_name").value == "One too many"
    assert len(inbox.suggestions()) == 5


def test_an_inbox_that_can_not_be_written_is_a_sentence(visit: Visit, inbox: Inbox) -> None:
    file_of(inbox).write_bytes(b"no database" * 1000)
    app = send(fill_all(visit("suggest")))
    assert "was not kept" in app.error[0].value
    assert "try again later" in app.error[0].value


@pytest.mark.slow
def test_a_bad_contact_address_is_said(visit: Visit, inbox: Inbox) -> None:
    app = send(fill_all(visit("suggest"), contact="nobody"))
    assert "This is not an e-mail address" in said(app)
    assert "look at: Your e\\-mail address" in app.warning[0].value
    assert inbox.suggestions() == []
    send(fill(app, contact="a@example.org"))
    assert inbox.suggestions()[0].contact == "a@example.org"


@pytest.mark.slow
def test_nothing_that_a_stranger_typed_is_on_a_public_page(visit: Visit, inbox: Inbox) -> None:
    hostile = fill_all(
        visit("suggest"), name=HOSTILE, notes=HOSTILE, comment=HOSTILE,
        source_url=f"https://example.org/{MARK}", contact=f"{MARK}@example.org",
    )  # fmt: skip
    send(hostile)
    assert MARK in str(inbox.suggestions()), "it is in the inbox"
    assert MARK not in str(hostile.main), "not even in the acknowledgement"
    for page, params in dict(ADDRESSES).items():
        assert MARK not in str(visit(page, params).main), page


def view(tmp_path: Path) -> AppTest:
    """The moderators' view alone, in a site whose only other page it links to."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "organisation.py").write_text("")
    script = tmp_path / "view.py"
    script.write_text(
        "import streamlit as st\n"
        "from etl.ui import moderation\n"
        "pages = [st.Page(moderation.view, title='Moderation'), st.Page('pages/organisation.py')]\n"
        "st.navigation(pages, position='hidden').run()\n"
    )
    return AppTest.from_file(str(script), default_timeout=60).run()


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(shutil.copytree(settings().register_dir, tmp_path / "register"))
    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(folder))
    settings.cache_clear()
    monkeypatch.setattr("etl.ui.sign_in.is_signed_in", lambda: True)
    return folder / "organisations.csv"


@pytest.mark.slow
def test_a_moderator_accepts_and_rejects(tmp_path: Path, inbox: Inbox, register: Path) -> None:
    inbox.add(new("Lab One"), "a")
    inbox.add(new(HOSTILE), "b")
    app = view(tmp_path)
    assert app.selectbox[0].options[0].startswith("1 · new · Lab One")
    assert "**Lab One**: new" in said(app)
    assert "- **Name**: Lab One" in said(app)
    assert "- **Type**: SME or start-up" in said(app)
    assert "*empty*" not in said(app)
    app.button(key="moderation_accept").click().run()
    assert "fr\\-lab\\-one" in app.success[0].value
    assert "not yet on the map" in app.success[0].value
    assert "fr-lab-one,Lab One" in register.read_text(encoding="utf-8")
    shown = words(app)
    assert "<script>" not in shown
    assert "\\<script\\>" in shown
    assert any("Look twice" in warning.value for warning in app.warning)
    app.button(key="moderation_reject").click().run()
    assert app.error[-1].value == "Write a reason first."
    app.text_input(key="moderation_reason_2").set_value("Not an organisation.").run()
    app.button(key="moderation_reject").click().run()
    accepted, rejected = entries()[-2:]
    assert (accepted.action, accepted.subject) == ("accept", "suggestion 1, fr-lab-one")
    assert accepted.after.startswith("name: Lab One; type: sme; city: Cesson-Sévigné; ")
    assert (rejected.action, rejected.after) == ("reject", "Not an organisation.")
    assert "No suggestion waits for a decision." in said(app)
    assert MARK not in register.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_moderator_decides_many_at_once_and_takes_back(
    tmp_path: Path, inbox: Inbox, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.ui.moderation.is_open", lambda _: True)
    for name, city in (("Armor", "Brest"), ("Zebulon", "Brest"), ("Lost", "Nowhere at all")):
        inbox.add(new(name, city=city), name)
    before = register.read_bytes()
    app = view(tmp_path)
    app.multiselect(key="moderation_many").set_value([1, 2, 3]).run()
    assert said(app).count("Needs a look of its own") == 1
    assert app.button(key="moderation_accept_many").disabled
    (seen,) = (box for box in app.checkbox if "3 suggestions would change" in box.label)
    seen.check().run()
    app.text_input(key="moderation_answer").set_value("Thank you.").run()
    assert app.button(key="moderation_accept_many").label == "Accept 2 into the register"
    app.button(key="moderation_accept_many").click().run()
    assert "2 of 2 are accepted." in said(app)
    decided = app.dataframe[0].value
    assert decided["Answer"].tolist() == ["Thank you.", "Thank you."]
    for number in (1, 2):
        app.selectbox(key="moderation_back").set_value(number).run()
        app.button(key="moderation_undo").click().run()
        assert f"Suggestion {number} waits" in said(app)
    assert register.read_bytes() == before
    assert [s.number for s in inbox.suggestions(State.OPEN)] == [1, 2, 3]


@pytest.mark.slow
def test_the_status_shows_the_answer_of_an_acceptance(
    visit: Visit, inbox: Inbox, register: Path, tmp_path: Path
) -> None:
    key = new("Lab One").key("a")
    inbox.add(new("Lab One"), "a")
    app = view(tmp_path)
    app.text_input(key="moderation_reason_1").set_value("Thank *you*.").run()
    app.button(key="moderation_accept").click().run()
    told = said(visit("suggest", {"status": key}))
    assert "**Accepted**" in told
    assert "Thank *you*" in told


def test_no_message_of_a_form_names_a_column(
    tmp_path: Path, visit: Visit, inbox: Inbox, register: Path
) -> None:
    faulty = {
        "website": "javascript:x", "founded": "soon", "source_url": "no address",
        "nuts2_hint": "XX99", "city": "Salamanca", "country": "ES", "notes": "=1<b>",
    }  # fmt: skip
    form = fill(visit("suggest"), website=faulty["website"], source_url=faulty["source_url"])
    public = said(send(form))
    inbox.add(new("Lab", **faulty), "a")
    app = view(tmp_path)
    messages = [element.value for element in [*app.error, *app.warning, *app.markdown]]
    moderated = "\n".join(messages).replace("\\", "")
    assert "Source is not a web address" in public
    assert "A refresh would refuse Website: Website is not a web address" in moderated
    assert "Look twice: Notes begins like a formula" in moderated
    for text in (public, moderated):
        assert not re.findall(r"\b(?:source_url|nuts2_hint|org_id|checked_on|former_names)\b", text)


@pytest.mark.slow
def test_a_moderator_changes_a_cell_first(tmp_path: Path, inbox: Inbox, register: Path) -> None:
    inbox.add(new("Lab Two", city="Nowhere at all"), "a")
    app = view(tmp_path)
    assert app.button(key="moderation_accept").disabled
    app.text_input(key="moderation_1_city").set_value("Rennes").run()
    app.button(key="moderation_accept").click().run()
    assert "fr-lab-two,Lab Two,sme,Rennes,FR,FRH0" in register.read_text(encoding="utf-8")


@pytest.mark.slow
def test_nobody_but_a_member_accepts(
    tmp_path: Path, inbox: Inbox, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.add(new("Lab One"), "a")
    app = view(tmp_path)
    monkeypatch.setattr("etl.ui.sign_in.is_signed_in", lambda: False)
    app.button(key="moderation_accept").click().run()
    assert "Lab One" not in register.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "typed", "row"),
    [
        (
            {"city": "Salamanca", "country": "ES"},
            {"nuts2_hint": "ES41"},
            "es-lab-two,Lab Two,sme,Salamanca,ES,ES41",
        ),
        (
            {"city": "Nowhere at all"},
            {"lat": "48.1", "lon": "-1.6"},
            "fr-lab-two,Lab Two,sme,Nowhere at all,FR,",
        ),
    ],
)
def test_a_moderator_says_where_it_is(
    tmp_path: Path,
    inbox: Inbox,
    register: Path,
    cells: dict[str, str],
    typed: dict[str, str],
    row: str,
) -> None:
    inbox.add(new("Lab Two", **cells), "a")
    app = view(tmp_path)
    assert app.button(key="moderation_accept").disabled
    for column, text in typed.items():
        app.text_input(key=f"moderation_1_{column}").set_value(text).run()
    app.button(key="moderation_accept").click().run()
    assert row in register.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_change_that_needs_another_one_offers_it(
    tmp_path: Path, inbox: Inbox, register: Path
) -> None:
    inbox.add(new("Lab Two", city="Rennes"), "a")
    app = view(tmp_path)
    assert "moderation_1_lat" not in {field.key for field in app.text_input}
    app.text_input(key="moderation_1_city").set_value("Nowhere at all").run()
    for column, text in {"lat": "48.1", "lon": "-1.6"}.items():
        app.text_input(key=f"moderation_1_{column}").set_value(text).run()
    assert not app.button(key="moderation_accept").disabled
    app.button(key="moderation_accept").click().run()
    row = cells_of(register, "fr-lab-two")
    assert (row["city"], row["lat"], row["lon"]) == ("Nowhere at all", "48.1", "-1.6")


@pytest.mark.slow
def test_a_moderator_must_have_seen_a_conflict(
    tmp_path: Path, inbox: Inbox, register: Path
) -> None:
    inbox.add(correction("1999", "2011"), "a")
    app = view(tmp_path)
    assert "2012 (was 1999 when suggested) → 2011" in said(app)
    assert app.button(key="moderation_accept").disabled
    app.checkbox(key="moderation_seen_1").check().run()
    app.button(key="moderation_accept").click().run()
    assert "is in the register" in app.success[0].value


@pytest.mark.slow
def test_that_it_has_closed_is_a_short_form(visit: Visit, inbox: Inbox) -> None:
    app = visit("suggest", {"org": LIMES})
    app.radio(key=f"suggest_{LIMES}_event").set_value("closed").run()
    assert "What it does" not in [header.value for header in app.header]
    assert "without a" not in said(app), "nobody is blamed before they begin"
    send(app)
    assert "The status is closed, without a year." in said(app)
    assert "The status is closed, without a source." in said(app)
    assert inbox.suggestions() == []
    fill(app, LIMES, status_year="2025", successor_name="SECURE-IC",
         source_url="https://example.org/news")  # fmt: skip
    assert "In the register: SECURE-IC (fr-secure-ic)" in said(app)
    assert "**Status**: Active → Closed" in said(app)
    send(app)
    (kept,) = inbox.suggestions()
    # The entry keeps its own source.
    assert kept.values["source_url"] == "https://limessecurity.com"
    assert {name: kept.values[name] for name in kept.before} == {
        "status": "closed", "status_year": "2025", "successor_id": "fr-secure-ic",
        "status_source_url": "https://example.org/news",
    }  # fmt: skip
    assert event(kept.values, kept.before) == "has closed"


@pytest.mark.slow
def test_a_year_typed_for_another_choice_is_none_of_a_correction(
    visit: Visit, inbox: Inbox
) -> None:
    """The browser gives it back, though its field is no longer there."""
    app = visit("suggest", {"org": LIMES})
    app.session_state[f"suggest_{LIMES}_status_year"] = "2025"
    fill(app, LIMES, founded="2011", source_url="https://example.org/news")
    send(app)
    (kept,) = inbox.suggestions()
    assert set(kept.before) == {"founded", "source_url"}


@pytest.mark.slow
def test_that_it_has_moved_asks_for_the_new_town(visit: Visit, inbox: Inbox) -> None:
    app = visit("suggest", {"org": LIMES})
    app.radio(key=f"suggest_{LIMES}_event").set_value("moved").run()
    fill(app, LIMES, source_url="https://example.org/news")
    send(app)
    assert "Town: write the new one" in said(app)
    assert inbox.suggestions() == []
    fill(app, LIMES, city="Linz")
    send(app)
    (kept,) = inbox.suggestions()
    assert kept.values["city"] == "Linz"
    assert event(kept.values, kept.before) == "has moved"
