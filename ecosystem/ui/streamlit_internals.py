"""All that touches what Streamlit calls its own: each of it may go with the next version."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from streamlit import config, file_util
from streamlit import logger as streamlit_logger
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.cursor import Cursor
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.RootContainer_pb2 import RootContainer
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunnerEvent
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, enqueue_message
from streamlit.runtime.session_manager import SessionClientDisconnectedError
from streamlit.runtime.state.session_state import (
    STREAMLIT_INTERNAL_KEY_PREFIX,
    SessionState,
    _is_stale_widget,
)
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = [
    "PagesManager",
    "asked_page",
    "base_path",
    "client_address",
    "forget_widgets",
    "format_logs",
    "gather_messages",
    "hide_the_server",
    "is_script_run",
    "own_the_pages",
    "page_of_run",
    "record",
    "replay",
    "secrets_files",
    "send_at_once",
    "send_together",
    "session_id",
    "signed_in_claims",
    "static_folder",
    "uploaded_bytes",
    "watch_no_files",
    "watch_runs",
]

# As long as Streamlit itself waits between two sendings.
GATHER_S = 0.01
# More than a page has, and less than a connection lets wait.
TOGETHER = 200


def is_script_run() -> bool:
    """Whether Streamlit runs this code as a page's script, and not the server importing an app.

    Without it ``app.py`` can't be both: the server would find no app in it, or each page would
    start another one.
    """
    return get_script_run_ctx(suppress_warning=True) is not None


def asked_page() -> str:
    """The name of a page that a visitor's browser asks for by address; empty if it asks for none.

    Without it an address without a page opens the first page, below a dialog in Streamlit's own
    words.
    """
    context = get_script_run_ctx()
    asked = context.pages_manager if context else None
    # The browser names an address once; from then on it sends the page's hash.
    if asked and asked.intended_page_name and not asked.intended_page_script_hash:
        return asked.intended_page_name.strip("/ ")
    return ""


def own_the_pages() -> None:
    """Let ``app.py`` alone decide what a page is.

    Without it, until ``st.navigation`` has run once in a process, Streamlit takes a folder named
    ``pages`` for its older kind of multipage app: the first visitor of a deep link after a
    restart would get that page's script without navigation, address or footer.
    """
    PagesManager.uses_pages_directory = False


def static_folder() -> Path:
    """Where the files are that Streamlit sends to every browser.

    Without it they go out as Streamlit sends them, each compressed anew for each visitor.
    """
    return Path(file_util.get_static_dir())


def hide_the_server() -> None:
    """Keep what server this is out of the headers of its answers.

    Without it each answer says ``server: uvicorn``: Streamlit has no option for it, and uvicorn
    adds the header below all middleware. The header is asked for anew every second.
    """

    def without_name(config: uvicorn.Config) -> list[tuple[bytes, bytes]]:
        headers: list[tuple[bytes, bytes]] = vars(config).get("encoded_headers", [])
        return [header for header in headers if header[0] != b"server"]

    def keep(config: uvicorn.Config, headers: list[tuple[bytes, bytes]]) -> None:
        vars(config)["encoded_headers"] = headers

    uvicorn.Config.encoded_headers = property(without_name, keep)  # type: ignore[assignment]


def send_at_once() -> None:
    """Let answers leave when they are written, not when the one before has been confirmed.

    Streamlit makes the server's socket in a way by which asyncio doesn't take it for one of TCP, so
    that its connections gather small parcels (Nagle's algorithm). A connection that is used again
    then waits for each body until the other side has confirmed the headers: 40 ms, idly.
    """
    begin = H11Protocol.connection_made

    def begin_without_waiting(protocol: H11Protocol, transport: Any) -> None:
        own = transport.get_extra_info("socket")
        if own is not None and own.family in (socket.AF_INET, socket.AF_INET6):
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begin(protocol, transport)

    H11Protocol.connection_made = begin_without_waiting  # type: ignore[method-assign, assignment]


def format_logs(formatter: logging.Formatter) -> None:
    """Let the loggers that Streamlit begins later write in one way.

    Without it each of them has Streamlit's own form.
    """
    set_up = streamlit_logger.setup_formatter

    def set_up_alike(logger: logging.Logger) -> None:
        set_up(logger)
        for handler in logger.handlers:
            handler.setFormatter(formatter)

    streamlit_logger.setup_formatter = set_up_alike


def watch_runs(watch: Callable[[bool], AbstractContextManager[None]]) -> None:
    """Have something around each run of a page's script, and of a part of it.

    Without it only ``app.py`` could time a run, which a click inside a fragment doesn't run, nor
    does it wait for what callbacks do.

    Parameters
    ----------
    watch : callable
        Is told whether only a part (a fragment) runs; its block is the run.
    """
    scripts: Any = ScriptRunner
    run_script = scripts._run_script

    def watched_run(runner: ScriptRunner, rerun_data: RerunData) -> None:
        with watch(bool(rerun_data.fragment_id_queue)):
            run_script(runner, rerun_data)

    scripts._run_script = watched_run


def gather_messages() -> None:
    """Let a page's script hand its elements to the server several at a time.

    Without it each element wakes the server's loop by itself, twice, and the two threads take the
    interpreter from each other as often: half of what a rerun of a plain page costs. The loop
    sends at most every :data:`GATHER_S` anyway.
    """
    sessions: Any = AppSession
    handle, send_soon = sessions._on_scriptrunner_event, sessions._call_soon_on_event_loop

    def call(session: Any, callback: Callable[[], None]) -> None:
        kept: Gathered | None = vars(session).get("_gathered")
        if kept is None:
            send_soon(session, callback)
        else:
            kept.put(callback, at_once=not getattr(_told, "is_element", False))

    def note(session: Any, sender: Any, event: Any, *args: Any, **kwargs: Any) -> None:
        if "_gathered" not in vars(session):
            session._gathered = Gathered(
                session._event_loop.call_later, lambda soon: send_soon(session, soon)
            )
        _told.is_element = event is ScriptRunnerEvent.ENQUEUE_FORWARD_MSG
        try:
            handle(session, sender, event, *args, **kwargs)
        finally:
            _told.is_element = False

    sessions._on_scriptrunner_event = note
    sessions._call_soon_on_event_loop = call

    runtime: Any = Runtime
    wake = runtime._enqueued_some_message

    def wake_once(server: Any) -> None:
        asks = server._get_async_objs()
        try:
            is_own_thread = asyncio.get_running_loop() is asks.eventloop
        except RuntimeError:
            is_own_thread = False
        if is_own_thread:
            asks.need_send_data.set()
        else:
            wake(server)

    runtime._enqueued_some_message = wake_once


def watch_no_files() -> None:
    """Let sessions watch no files of code where the setting says so.

    Without it a session that lost its connection and is back watches them all the same: at its next
    answer the server's loop looks up the paths of all modules, and answers nobody meanwhile.
    """
    sessions: Any = AppSession
    register = sessions.register_file_watchers

    def register_if_wanted(session: Any) -> None:
        if config.get_option("server.fileWatcherType") != "none":
            register(session)

    sessions.register_file_watchers = register_if_wanted


def forget_widgets() -> None:
    """Let a session forget widgets that its page no longer shows.

    Without it the session keeps what it was told of each widget that it ever showed, with what the
    widget calls and the tables that are meant by it: the server grows with each page that a
    visitor looks at, for as long as the visitor stays.
    """
    states: Any = SessionState
    remove = states._remove_stale_widgets

    def remove_and_forget(state: Any, active_widget_ids: frozenset[str]) -> None:
        remove(state, active_widget_ids)
        context = get_script_run_ctx(suppress_warning=True)
        if context is None:
            return
        known, parts = state._new_widget_state.widget_metadata, context.fragment_ids_this_run
        for id_, widget in list(known.items()):
            # What a component sends goes by an id of its own, which is never among the active.
            component = id_.removeprefix(f"{STREAMLIT_INTERNAL_KEY_PREFIX}_")
            component = component.rpartition(EVENT_DELIM)[0]
            if component not in active_widget_ids and _is_stale_widget(
                widget, active_widget_ids, parts
            ):
                del known[id_]

    states._remove_stale_widgets = remove_and_forget


def send_together() -> None:
    """Hand a session's messages to its connection together, and to the one that it has now.

    Without it the server's loop goes on to whoever else waits after each message, and comes back
    after 5 ms at best while any script works: a round through the pages of a dozen visitors takes
    seconds. Whoever lost the connection and is back meanwhile has another one, but the round goes
    on with those that it began with, and the answer is lost.
    """
    runtime: Any = Runtime
    sessions: Any = AppSession
    send, take = runtime._send_message, sessions.flush_browser_queue

    def send_to_current(server: Any, known: Any, message: ForwardMsg) -> None:
        current = server._session_mgr.get_active_session_info(known.session.id)
        send(server, current or known, message)

    def send_what_waits(session: Any) -> list[ForwardMsg]:
        messages: list[ForwardMsg] = take(session)
        server: Any = Runtime.instance()
        current = server._session_mgr.get_active_session_info(session.id)
        for number, message in enumerate(messages[:TOGETHER] if current else []):
            try:
                send(server, current, message)
            except SessionClientDisconnectedError:
                # The loop sends the rest, and hears the same.
                return messages[number:]
        return messages[TOGETHER:] if current else messages

    runtime._send_message = send_to_current
    sessions.flush_browser_queue = send_what_waits


class Gathered:
    """What a session's script has told and the loop hasn't heard yet, in its order.

    Parameters
    ----------
    call_later : callable
        Lets the loop do something after some seconds; called on the loop.
    call_soon : callable
        Lets it do something at once; called by any thread.
    """

    def __init__(
        self,
        call_later: Callable[[float, Callable[[], None]], object],
        call_soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._call_later = call_later
        self._call_soon = call_soon
        self._waiting: deque[Callable[[], None]] = deque()
        self._is_called = False

    def put(self, callback: Callable[[], None], *, at_once: bool) -> None:
        """Add what the loop is to do; the script's thread calls it."""
        self._waiting.append(callback)
        if at_once:
            self._call_soon(self._do_all)
        elif not self._is_called:
            self._is_called = True
            self._call_soon(self._do_all_later)

    def _do_all_later(self) -> None:
        self._call_later(GATHER_S, self._do_all)

    def _do_all(self) -> None:
        # Before the queue is emptied: what comes meanwhile calls again, or is taken along.
        self._is_called = False
        while self._waiting:
            self._waiting.popleft()()


_told = threading.local()


@dataclass(frozen=True)
class Drawing:
    """Messages that draw something, wherever it stands.

    Attributes
    ----------
    parts : tuple
        Path below the first element, with the number of that element, and the message.
    length : int
        Elements that stand one below the other.
    styles : tuple of str
        HTML of style sheets, which Streamlit puts elsewhere, wherever they are asked for.
    """

    parts: tuple[tuple[tuple[int, ...], ForwardMsg], ...]
    length: int
    styles: tuple[str, ...] = ()


def record(draw: Callable[[], None]) -> Drawing | None:
    """Draw something, and keep the messages that did.

    Without it what is the same on every page for every visitor would be made anew at each rerun.

    Returns
    -------
    Drawing or None
        None where something talks back or stands elsewhere, and inside a fragment.
    """
    context, place = get_script_run_ctx(), _place()
    if context is None or place is None or place.is_locked:
        return None
    sent: list[ForwardMsg] = []
    pass_on = context.enqueue

    def note(message: ForwardMsg) -> None:
        pass_on(message)
        kept = ForwardMsg()
        kept.CopyFrom(message)
        sent.append(kept)

    (*above, first) = place.delta_path
    vars(context)["enqueue"] = note
    try:
        draw()
    finally:
        vars(context).pop("enqueue")
    parts, styles = [], []
    for message in sent:
        path, depth = list(message.metadata.delta_path), len(above)
        if path[0] == RootContainer.EVENT and message.delta.new_element.HasField("html"):
            styles.append(message.delta.new_element.html.body)
            continue
        if path[:depth] != above or not _talks_to_nobody(message):
            return None
        parts.append(((path[depth] - first, *path[depth + 1 :]), message))
    if ThreadState.get().fragment_id:
        return None
    return Drawing(tuple(parts), place.index - first, tuple(styles))


def replay(drawing: Drawing) -> None:
    """Draw what was kept at the place where elements go now."""
    context, place = get_script_run_ctx(), _place()
    if context is None or place is None:
        return
    for html in drawing.styles:
        st.html(html)
    (*above, first) = place.delta_path
    for (number, *below), kept in drawing.parts:
        message = ForwardMsg()
        message.CopyFrom(kept)
        message.metadata.delta_path[:] = [*above, first + number, *below]
        enqueue_message(message)
    for _ in range(drawing.length):
        place.lock_element()


def _place() -> Cursor | None:
    """Where the next element goes."""
    cursor: Cursor | None = st._main._active_dg._cursor
    return cursor


def _talks_to_nobody(message: ForwardMsg) -> bool:
    """Whether a message draws a thing that no visitor can use, but for links."""
    kind = message.delta.WhichOneof("type") if message.HasField("delta") else None
    if kind == "new_element":
        element = message.delta.new_element
        return not getattr(getattr(element, str(element.WhichOneof("type"))), "id", "")
    block = message.delta.add_block
    inner = block.WhichOneof("type") if kind == "add_block" else None
    # A form, a fragment or what is told to open talks back.
    return kind == "add_block" and not getattr(getattr(block, inner or "", None), "id", "")


def page_of_run() -> str:
    """The address below the site's root of the page that runs, or has just run.

    Without it a fragment's run couldn't tell which page it is of.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return ""
    known = context.pages_manager.get_pages().get(context.page_script_hash)
    return str(known.get("url_pathname", "")) if known else ""


def base_path() -> str:
    """The path that Streamlit serves below, as ``/valleys``; empty at the root of a host.

    Without it the site's own addresses would stay at the root.
    """
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def client_address() -> str:
    """The address that a visitor's connection comes from; empty if it is this machine's.

    Without it a page that no server runs, as in tests, would take whatever stands for one.
    """
    address = st.context.ip_address if Runtime.exists() else None
    return address if isinstance(address, str) else ""


def secrets_files() -> list[Path]:
    """Files that Streamlit reads secrets from, whether or not they are there."""
    return [Path(file) for file in config.get_option("secrets.files")]


def signed_in_claims(cookies: Mapping[str, str]) -> dict[str, object]:
    """Claims of the identity token that a browser's cookies hold; empty if they aren't signed.

    Without it nobody could tell whose sign-in a request to sign out ends.
    """
    secret = get_cookie_secret()

    def signed(name: str) -> bytes | None:
        value = cookies.get(name, "").encode("latin-1", errors="replace")
        return decode_signed_value(secret, name, value) if value else None

    try:
        claims = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def session_id() -> str:
    """Streamlit's name of the session whose page runs; empty if none does.

    Without it nobody could tell who may upload a file.
    """
    context = get_script_run_ctx()
    return context.session_id if context else ""


def uploaded_bytes() -> dict[str, int]:
    """How many bytes the server keeps of each session's uploaded files.

    Without it the files of all sessions together would know no bound.
    """
    manager = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    if not isinstance(manager, MemoryUploadedFileManager):
        return {}
    # Other threads put files in and take them out.
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(manager.file_storage.items())
    }
