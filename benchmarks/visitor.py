"""A visitor without a browser: speaks Streamlit's protocol over the websocket.

What a browser costs itself would hide what the server does, and one machine holds a few browsers
only. A visitor here sends what Streamlit's own page sends and reads all that comes back, so the
server does the same work: ``await visitor.go("/regions", "type=sme")`` is a visit by address,
``await visitor.press("Research")`` a click on a button, ``await visitor.upload("Workbook", name,
content)`` a chosen file, ``await visitor.fill({"Name": "A"})`` what is typed and chosen in a form,
and ``await visitor.look_again()`` what a page that watches something asks by itself.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 120.0
_ANSWERS_OF_A_RUN = frozenset(
    {
        ForwardMsg.FINISHED_SUCCESSFULLY,
        ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    }
)
_FIELDS = ("text_input", "text_area", "selectbox", "multiselect")


class PageError(Exception):
    """A page showed an exception, or ended before it was whole."""


@dataclass(frozen=True)
class Answer:
    """What one rerun sent.

    Attributes
    ----------
    seconds : float
        From the request to the message that the run is over.
    bytes : int
        Size of all messages.
    elements, blocks : int
        How many elements and containers.
    """

    seconds: float
    bytes: int
    elements: int
    blocks: int


class Visitor:
    """One session; use :func:`visiting`.

    Parameters
    ----------
    connection : ClientConnection
        An open websocket.
    address : str
        The site's address.
    """

    def __init__(self, connection: ClientConnection, address: str) -> None:
        self._connection = connection
        self._address = address.rstrip("/")
        # Streamlit's page keeps messages that the server calls cacheable, and says which it has.
        self._kept: dict[str, ForwardMsg] = {}
        self._path = ""
        self._page_hash = ""
        self.session = ""
        # The part of the page that asks to be run again and again.
        self._watching = ""
        self._hash_of: dict[str, str] = {}
        self._query = ""
        self.shown: dict[tuple[int, ...], Delta] = {}

    async def go(self, path: str = "/", query: str = "") -> Answer:
        """Show a page, as a link or the back button does.

        Parameters
        ----------
        path : str
            Of the page, below the site's root.
        query : str
            Parameters of the address, without a question mark.

        Raises
        ------
        PageError
            If the page shows an exception.
        TimeoutError
            If the run isn't over after :data:`PATIENCE_S` seconds.
        """
        name = path.strip("/")
        request = BackMsg()
        state = request.rerun_script
        known = self._hash_of.get(name)
        # A browser names a page once; from then on it knows its hash.
        if known is None:
            state.page_name = name
        else:
            state.page_script_hash = known
        state.query_string = query
        state.is_history_navigation = True
        self._path = name
        answer = await self._run(request)
        self._hash_of[name] = self._page_hash
        self._query = query
        return answer

    async def press(self, label: str) -> Answer:
        """Click the first button with a label, or the first choice of a row of buttons with it.

        Raises
        ------
        LookupError
            If there is none.
        """
        request = self._again()
        request.rerun_script.widget_states.widgets.append(self._pressed(label))
        return await self._run(request)

    async def fill(self, values: Mapping[str, str | Sequence[str]]) -> Answer:
        """Type and choose in a form, by the labels of its fields, in one go.

        Raises
        ------
        LookupError
            If a field isn't on the page.
        """
        request = self._again()
        request.rerun_script.widget_states.widgets.extend(
            self._state_of(label, value) for label, value in values.items()
        )
        return await self._run(request)

    async def upload(self, label: str, name: str, content: bytes) -> Answer:
        """Choose a file in the field with a label.

        Raises
        ------
        LookupError
            If there is no such field.
        urllib.error.HTTPError
            If the server refuses the file.
        """
        fields = (one.file_uploader for one in self.elements() if one.HasField("file_uploader"))
        field = next((one for one in fields if one.label == label), None)
        if field is None:
            raise LookupError(f"No field “{label}” for a file on this page.")
        asked = BackMsg()
        asked.file_urls_request.request_id = uuid4().hex
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        await self._connection.send(asked.SerializeToString())
        async with asyncio.timeout(PATIENCE_S):
            while (message := await self._next()).WhichOneof("type") != "file_urls_response":
                pass
        (urls,) = message.file_urls_response.file_urls
        await asyncio.to_thread(self._put, urls.upload_url, name, content)
        request = self._again()
        chosen = WidgetState(id=field.id)
        info = chosen.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(content), urls.file_id
        info.file_urls.CopyFrom(urls)
        request.rerun_script.widget_states.widgets.append(chosen)
        return await self._run(request)

    @property
    def is_watching(self) -> bool:
        """Whether a part of the page asks to be run again and again."""
        return bool(self._watching)

    async def look_again(self) -> Answer:
        """Ask for the part of the page that is to be asked for again and again.

        Afterwards only that part is known here, unless it asked for the whole page.

        Raises
        ------
        LookupError
            If there is no such part, or not any more.
        """
        if not self._watching:
            raise LookupError("Nothing on this page asks to be run again.")
        request = self._again()
        request.rerun_script.fragment_id = self._watching
        request.rerun_script.is_auto_rerun = True
        return await self._run(request)

    def elements(self) -> Iterator[Element]:
        """What the page shows, in the order in which it came."""
        return (delta.new_element for delta in self.shown.values() if delta.HasField("new_element"))

    def texts(self) -> str:
        """All that the page writes as text or markup."""
        return "\n".join(
            getattr(element, kind).body
            for element in self.elements()
            if (kind := str(element.WhichOneof("type"))) in {"markdown", "html", "heading"}
        )

    def _again(self) -> BackMsg:
        """The request to run the page that is shown."""
        request = BackMsg()
        request.rerun_script.page_script_hash = self._page_hash
        request.rerun_script.query_string = self._query
        return request

    def _put(self, path: str, name: str, content: bytes) -> None:
        """Send a file as Streamlit's page does, with the token that the server gave."""
        with urllib.request.urlopen(f"{self._address}/_stcore/health") as answer:  # noqa: S310
            cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
        edge = uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        request = urllib.request.Request(  # noqa: S310
            self._address + path,
            b"".join((head.encode(), content, f"\r\n--{edge}--\r\n".encode())),
            {
                "Content-Type": f"multipart/form-data; boundary={edge}",
                "Cookie": cookie,
                "X-Xsrftoken": cookie.partition("=")[2],
            },
            method="PUT",
        )
        urllib.request.urlopen(request).close()  # noqa: S310

    def _pressed(self, label: str) -> WidgetState:
        for element in self.elements():
            if element.HasField("button") and element.button.label == label:
                return WidgetState(id=element.button.id, trigger_value=True)
            if element.HasField("button_group"):
                names = [option.content for option in element.button_group.options]
                if label in names:
                    chosen = WidgetState(id=element.button_group.id)
                    chosen.int_array_value.data.append(names.index(label))
                    return chosen
        raise LookupError(f"No button “{label}” on this page.")

    def _state_of(self, label: str, value: str | Sequence[str]) -> WidgetState:
        for element in self.elements():
            kind = str(element.WhichOneof("type"))
            if kind in _FIELDS and getattr(element, kind).label == label:
                state = WidgetState(id=getattr(element, kind).id)
                if isinstance(value, str):
                    state.string_value = value
                else:
                    state.string_array_value.data.extend(value)
                return state
        raise LookupError(f"No field “{label}” on this page.")

    async def _run(self, request: BackMsg) -> Answer:
        state = request.rerun_script
        state.cached_message_hashes.extend(self._kept)
        context = state.context_info
        context.timezone, context.locale = "Europe/Brussels", "en-GB"
        context.url = f"{self._address}/{self._path}"
        begun = time.perf_counter()
        await self._connection.send(request.SerializeToString())
        async with asyncio.timeout(PATIENCE_S):
            return await self._read(begun, state.fragment_id)

    async def _next(self) -> ForwardMsg:
        payload = await self._connection.recv()
        if isinstance(payload, str):
            raise PageError("The server sent text, which Streamlit never does.")
        return self._whole(ForwardMsg.FromString(payload))

    async def _read(self, begun: float, part: str) -> Answer:
        size = 0
        counted = {"new_element": 0, "add_block": 0}
        async for payload in self._connection:
            if isinstance(payload, str):
                raise PageError("The server sent text, which Streamlit never does.")
            size += len(payload)
            message = self._whole(ForwardMsg.FromString(payload))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._page_hash = message.new_session.page_script_hash
                self.session = message.new_session.initialize.session_id or self.session
                self.shown.clear()
                # A whole page says anew what is to be asked for again; its part doesn't.
                if not part:
                    self._watching = ""
                part = ""
            elif kind == "auto_rerun":
                self._watching = message.auto_rerun.fragment_id
            elif kind == "stop_auto_rerun":
                self._watching = ""
            elif kind == "navigation":
                self._page_hash = message.navigation.page_script_hash or self._page_hash
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "delta":
                delta = message.delta
                self.shown[tuple(message.metadata.delta_path)] = delta
                type_ = str(delta.WhichOneof("type"))
                counted[type_] = counted.get(type_, 0) + 1
            elif kind == "script_finished" and message.script_finished in _ANSWERS_OF_A_RUN:
                self._look_for_exceptions()
                seconds = time.perf_counter() - begun
                return Answer(seconds, size, counted["new_element"], counted["add_block"])
        raise PageError("The server closed the connection during a run.")

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        """A message, or the one that the server knows to be here already."""
        if message.WhichOneof("type") == "ref_hash":
            kept = ForwardMsg()
            kept.CopyFrom(self._kept[message.ref_hash])
            kept.metadata.CopyFrom(message.metadata)
            return kept
        if message.metadata.cacheable and message.hash:
            self._kept[message.hash] = message
        return message

    def _look_for_exceptions(self) -> None:
        for element in self.elements():
            if element.HasField("exception"):
                raise PageError(element.exception.message or element.exception.type)


def call(address: str, client: str = "", session: str = "") -> connect:
    """A connection as Streamlit's page opens it: to await, or to enter as a block.

    Parameters
    ----------
    address : str
        The site's address, ``http://host:port``.
    client : str
        The address that a proxy would say the visitor has; empty for none.
    session : str
        The session that a lost connection had, to go on with.
    """
    # The second place is for a token that only signing in needs.
    protocols = ["streamlit", "none", session] if session else ["streamlit"]
    return connect(
        address.replace("http", "ws", 1).rstrip("/") + "/_stcore/stream",
        subprotocols=protocols,  # type: ignore[arg-type]
        additional_headers={"x-forwarded-for": client} if client else {},
        open_timeout=PATIENCE_S,
        ping_interval=None,
        max_size=None,
    )


@asynccontextmanager
async def visiting(address: str, client: str = "", session: str = "") -> AsyncIterator[Visitor]:
    """A visitor of a site, connected until the block ends; parameters as of :func:`call`."""
    async with call(address, client, session) as connection:
        yield Visitor(connection, address)


class Meter:
    """Processor time and memory of another process.

    Parameters
    ----------
    process : subprocess.Popen
        A process of this machine that runs Linux.
    """

    def __init__(self, process: subprocess.Popen[Any]) -> None:
        self._pid = process.pid
        self._begun = 0.0
        self.seconds = 0.0

    def processor_s(self) -> float:
        """Seconds of processor time of all its threads so far, also of those that have ended."""
        # The clock of a process, as clock_getcpuclockid(3) numbers it: counted to the nanosecond,
        # where /proc counts in hundredths of a second.
        return time.clock_gettime(~self._pid << 3 | 2)

    def memory_mb(self) -> float:
        """Memory that it holds, in MB."""
        status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(resident.split()[1]) / 1000

    def __enter__(self) -> Self:
        """Begin to count; :attr:`seconds` holds the processor time at the end."""
        self._begun = self.processor_s()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop counting."""
        self.seconds = self.processor_s() - self._begun
