"""What the site takes from Streamlit's own is there, and as it expects it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.session_manager import ActiveSessionInfo, SessionClientDisconnectedError
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from uvicorn.protocols.http.h11_impl import H11Protocol

from ecosystem.ui import streamlit_internals
from ecosystem.ui.streamlit_internals import GATHER_S, TOGETHER, Gathered, signed_in_claims

NAME, SECRET = "_streamlit_user", "x" * 40
CLAIMS = {"sub": "1", "email": "anna@example.org", "iat": 1, "is_logged_in": True}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_internals, "get_cookie_secret", lambda: SECRET)


def signed(value: str, secret: str = SECRET, name: str = NAME) -> str:
    return create_signed_value(secret, name, value).decode()


def test_the_claims_of_a_signed_cookie_are_read_whole_or_in_parts() -> None:
    told = json.dumps(CLAIMS)
    assert signed_in_claims({NAME: signed(told)}) == CLAIMS
    parts = {f"{NAME}_1": signed(told[:20], name=f"{NAME}_1"),
             f"{NAME}_2": signed(told[20:], name=f"{NAME}_2")}  # fmt: skip
    assert signed_in_claims({NAME: signed("chunks-2"), **parts}) == CLAIMS
    assert signed_in_claims({NAME: signed("chunks-3"), **parts}) == {}


FORGED = {
    "none": "",
    "unsigned": json.dumps(CLAIMS),
    "signed with another secret": signed(json.dumps(CLAIMS), "y" * 40),
    "signed with an empty secret": signed(json.dumps(CLAIMS), " "),
    "signed for another cookie": signed(json.dumps(CLAIMS), name="_streamlit_xsrf"),
    "signature cut off": signed(json.dumps(CLAIMS)).rpartition(".")[0],
    "signature of another": signed("{}").rpartition(".")[0]
    + "."
    + signed(json.dumps(CLAIMS)).rpartition(".")[2],
    "one sign changed": "A" + signed(json.dumps(CLAIMS))[1:],
    "no JSON": signed("{"),
    "no object": signed("[1]"),
    "no text": signed("\udcff".encode("utf-8", "replace").decode()),
    "many parts": signed("chunks-999999"),
    "beyond Latin": "\u2603" * 9,
}


@pytest.mark.parametrize("cookie", FORGED.values(), ids=FORGED.keys())
def test_a_forged_cookie_is_nobody_s(cookie: str) -> None:
    assert signed_in_claims({NAME: cookie}) == {}


class _Loop:
    """A loop that runs nothing by itself: the test does."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []
        self.later: list[Callable[[], None]] = []

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        assert seconds == GATHER_S
        self.later.append(callback)

    def run(self, waiting: list[Callable[[], None]]) -> None:
        while waiting:
            waiting.pop(0)()


def test_elements_wake_the_loop_once_and_come_in_their_order() -> None:
    loop, done = _Loop(), list[int]()
    gathered = Gathered(loop.call_later, loop.soon.append)
    for number in range(5):
        gathered.put(partial(done.append, number), at_once=False)
    assert len(loop.soon) == 1
    loop.run(loop.soon)
    assert not done
    gathered.put(partial(done.append, 5), at_once=False)
    loop.run(loop.later)
    assert done == list(range(6))


def test_the_end_of_a_run_takes_along_what_came_before_it() -> None:
    loop, done = _Loop(), list[int]()
    gathered = Gathered(loop.call_later, loop.soon.append)
    for number in range(3):
        gathered.put(partial(done.append, number), at_once=number == 2)
    loop.run(loop.soon)
    assert done == [0, 1, 2]
    loop.run(loop.later)
    gathered.put(partial(done.append, 3), at_once=False)
    loop.run(loop.soon)
    loop.run(loop.later)
    assert done == [0, 1, 2, 3]


def test_a_connection_gathers_no_small_parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    began = []
    monkeypatch.setattr(
        H11Protocol, "connection_made", lambda _, transport: began.append(transport)
    )
    streamlit_internals.send_at_once()
    # As Streamlit makes the server's.
    with socket.socket(family=socket.AF_INET) as own:
        transport = SimpleNamespace(get_extra_info={"socket": own}.get)
        assert not own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        H11Protocol.connection_made(None, transport)  # type: ignore[arg-type]
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert began == [transport]


@pytest.mark.parametrize(("kind", "expected"), [("none", 0), ("poll", 1)])
def test_a_session_that_is_back_watches_files_only_where_the_setting_says_so(
    monkeypatch: pytest.MonkeyPatch, kind: str, expected: int
) -> None:
    sessions: Any = AppSession
    watching: list[object] = []
    monkeypatch.setattr(sessions, "register_file_watchers", watching.append)
    monkeypatch.setattr(config, "get_option", {"server.fileWatcherType": kind}.get)
    streamlit_internals.watch_no_files()
    # As WebsocketSessionManager does for a session that it goes on with.
    sessions.register_file_watchers(object())
    assert len(watching) == expected


def _numbered() -> None:
    """A page with a box of its own for each number, and a part that can run by itself."""
    import streamlit as st
    from streamlit.components.v2.bidi_component.main import _make_trigger_id
    from streamlit.runtime.scriptrunner import get_script_run_ctx
    from streamlit.runtime.state import register_widget

    number = st.query_params.get("number")
    st.text_input("Own", key=f"own_{number}")
    # As a component does: for itself, and for what it sends.
    st.button("Component", key=f"component_{number}")
    context = get_script_run_ctx()
    shown = context.shared.widget_ids_this_run.snapshot()
    (component,) = (id_ for id_ in shown if id_.endswith(f"component_{number}"))
    register_widget(
        _make_trigger_id(component, "events"),
        deserializer=lambda value: value,
        serializer=lambda value: value,
        ctx=context,
        value_type="json_trigger_value",
    )

    @st.fragment
    def part() -> None:
        st.button("Again", key="again")

    part()


def test_a_session_forgets_widgets_that_its_page_no_longer_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    states: Any = SessionState
    monkeypatch.setattr(states, "_remove_stale_widgets", states._remove_stale_widgets)
    streamlit_internals.forget_widgets()
    page = AppTest.from_function(_numbered)
    for number in range(4):
        page.query_params["number"] = str(number)
        page.run()
    # A part that runs by itself takes nothing from the rest of the page.
    page.text_input[0].input("stays").run()
    page.button("again").click().run()
    assert not page.exception
    safe: Any = page.session_state
    known = safe._state._state._new_widget_state.widget_metadata
    names = sorted(re.sub(".*-", "", id_) for id_ in known)
    assert names == ["again", "component_3", "component_3__events", "own_3"]
    assert page.text_input[0].value == "stays"


class _Connection:
    """What messages are sent to; it may be gone."""

    def __init__(self, takes: int = 1_000) -> None:
        self.takes = takes
        self.sent: list[ForwardMsg] = []

    def write_forward_msg(self, message: ForwardMsg) -> None:
        if len(self.sent) >= self.takes:
            raise SessionClientDisconnectedError
        self.sent.append(message)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[ForwardMsg]:
    """What waits in a session's queue, where messages are sent together."""
    waiting = [ForwardMsg(hash=str(number)) for number in range(TOGETHER + 3)]
    monkeypatch.setattr(Runtime, "_send_message", Runtime._send_message)
    monkeypatch.setattr(AppSession, "flush_browser_queue", lambda _: waiting)
    streamlit_internals.send_together()
    return waiting


def _serve(monkeypatch: pytest.MonkeyPatch, current: object) -> Any:
    manager = SimpleNamespace(get_active_session_info=lambda _: current)
    server = SimpleNamespace(_session_mgr=manager)
    monkeypatch.setattr(Runtime, "instance", lambda: server)
    return server


def test_what_waits_goes_to_the_connection_that_a_session_has_now(
    monkeypatch: pytest.MonkeyPatch, messages: list[ForwardMsg]
) -> None:
    runtime: Any = Runtime
    session: Any = SimpleNamespace(id="one")
    gone, back = (ActiveSessionInfo(_Connection(), session) for _ in range(2))  # type: ignore[arg-type]
    server = _serve(monkeypatch, back)
    # The loop goes on with what it knew when its round began.
    for message in AppSession.flush_browser_queue(session):
        runtime._send_message(server, gone, message)
    assert back.client.sent == messages  # type: ignore[attr-defined]
    assert gone.client.sent == []  # type: ignore[attr-defined]


def test_a_connection_that_ends_meanwhile_is_for_the_loop_to_hear_of(
    monkeypatch: pytest.MonkeyPatch, messages: list[ForwardMsg]
) -> None:
    session: Any = SimpleNamespace(id="one")
    connection = _Connection(takes=2)
    _serve(monkeypatch, ActiveSessionInfo(connection, session))  # type: ignore[arg-type]
    assert AppSession.flush_browser_queue(session) == messages[2:]
    _serve(monkeypatch, None)
    assert AppSession.flush_browser_queue(session) == messages
