"""What a stranger can send without a browser: addresses, parameters, cookies and origins."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from ecosystem.common.settings import ROOT
from ecosystem.finding.filters import Filter
from ecosystem.web.pages import PAGES
from tests.browser.server import free_port, serving

# A machine four times slower, with others at work on it.
PATIENCE_S = 120
SECRET = "k" * 40
MARK = "pwned-by-a-test"


@dataclass(frozen=True)
class Target:
    """A running site whose disk it can't write, with a sign-in."""

    address: str
    folder: Path

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a path just as it is written; gives status, headers and body."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE_S)
        # What http.client would refuse is what an attacker would send.
        connection._validate_path = lambda _: None  # type: ignore[attr-defined]
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            sent = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, sent, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def target(releases_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("attack")
    port = free_port()
    file = folder / "secrets.toml"
    file.write_text(
        f"""
        [auth]
        redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
        cookie_secret = "{SECRET}"
        client_id = "{MARK}"
        client_secret = "{MARK}"
        server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
        """,
        encoding="utf-8",
    )
    # No folder can be made below a file: as on a disk that is mounted read-only.
    blocked = folder / "blocked"
    blocked.write_text("", encoding="utf-8")
    environment = {
        "CYBER_VALLEYS_SECRETARIAT": "anna@example.org",
        "CYBER_VALLEYS_INBOX_FILE": str(blocked / "inbox.sqlite"),
    }
    options = ["--secrets.files", str(file)]
    with serving(releases_dir, port=port, options=options, environment=environment) as address:
        yield Target(address, folder)


ABOVE = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "....//",
         "..;/", "..%00/", "%c0%ae%c0%ae/", "..%c0%af")  # fmt: skip
BELOW = ("/", "/static/", "/assets/", "/assets/leaflet/")
TRICKS = [
    *(f"{start}{up * 6}etc/passwd" for start in BELOW for up in ABOVE),
    "//etc/passwd",
    "///evil.example/%2f..",
    "/\\evil.example",
    "/regions//evil.example",
    "/.streamlit/secrets.toml",
    "/static/..%2f..%2f.streamlit/config.toml",
    "/.git/config",
    "/data/inbox/inbox.sqlite",
    "/app.py%00.svg",
    "/geo/..%2f..%2f..%2fetc%2fpasswd/land.json",
    "/media/../../app.py",
    "/component/x/../../../app.py",
    "/%0d%0aset-cookie:%20pwned=1",
    f"/{'a/' * 4_000}",
]
INSIDE = re.compile(
    rb"root:x:0:|SQLite format|import streamlit|cookie_secret|\[server\]|\[core\]|Traceback", re.I
)


def test_there_are_as_many_tricks_as_were_tried() -> None:
    assert len(TRICKS) == len(set(TRICKS)) == 62


@pytest.mark.parametrize("path", TRICKS, ids=range(len(TRICKS)))
def test_no_path_leads_to_a_file_or_to_another_site(target: Target, path: str) -> None:
    status, headers, body = target.ask(path)
    assert status < 500
    assert not INSIDE.search(body)
    assert MARK.encode() not in body
    assert "pwned" not in headers.get("set-cookie", "")
    to = urlsplit(headers.get("location", "/"))
    assert (to.netloc or target.host) == target.host
    assert not to.path.startswith(("//", "/\\"))


def test_no_other_method_is_taken(target: Target) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "HACK"):
        status, headers, body = target.ask("/regions", method=method)
        assert status in (400, 403, 404, 405, 501), method
        assert b"Traceback" not in body
        assert headers.get("server", "") == ""


VALUES = (
    "", "\x00", "\x1b[2J", "a\r\nset-cookie: pwned=1", "../../etc/passwd", "' OR 1=1 --",
    "'; DROP TABLE organisation; --", "$name", "{{7*7}}", "${7*7}", "%s%n%x", "-1", "1e309",
    "nan", "9" * 60, "<script>window.pwned=1</script>", '"><img src=x onerror=window.pwned=1>',
    "javascript:alert(1)", "\ud7ff\uffff\U0010ffff\u202e", "x" * 120,
)  # fmt: skip
NAMES = (
    *(field.name for field in fields(Filter)),
    "q", "org", "region", "valley", "view", "list", "with", "find", "part", "status", "key",
    "link", "level", "measure", "embed", "id", "page", "sort", "lat", "lon", "zoom", "plain",
    "bbox", "datetime", "limit", "offset", "f", "filter", "crs",
)  # fmt: skip
ADDRESSES = ("", "directory", "regions", "organisation", "shortlist", "partners", "secretariat")
OPEN = re.compile(rb"<script>window\.pwned|<img src=x|href=.javascript:", re.I)


def test_there_are_as_many_parameters_as_were_tried() -> None:
    assert len(VALUES) * len(set(NAMES)) >= 640


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_no_parameter_breaks_a_page_or_comes_back_alive(target: Target, value: str) -> None:
    """Every name at once, on pages and on the data interface."""
    query = "&".join(f"{name}={quote(value)}" for name in dict.fromkeys(NAMES))
    assert set(ADDRESSES) <= {page.url_path for page in PAGES}
    for path in (f"/{address}" for address in ADDRESSES):
        status, headers, body = target.ask(f"{path}?{query}")
        assert status in (200, 414, 431), path
        assert not OPEN.search(body), path
        assert b"Traceback" not in body, path
        assert "pwned" not in headers.get("set-cookie", ""), path
    for path in ("/api/collections/organisations/items", "/api/statistics"):
        status, headers, body = target.ask(f"{path}?{query}", {"accept": "application/json"})
        assert status in (200, 400, 404, 414), (path, body[:200])
        assert "json" in headers["content-type"]
        json.loads(body)


def cookie(value: str, secret: str = SECRET, name: str = "_streamlit_user") -> str:
    return create_signed_value(secret, name, value).decode()


def claims(target: Target, **other: object) -> str:
    now = int(time.time())
    return json.dumps(
        {"sub": "1", "email": "anna@example.org", "email_verified": True, "iat": now,
         "exp": now + 600, "nonce": secrets.token_hex(4), "origin": target.address,
         "is_logged_in": True, "provider": "default", **other}
    )  # fmt: skip


def secretariat(target: Target, user: str, *, origin: str = "") -> bytes:
    """All that the secretariat's page sends to a browser with a cookie; empty if it is refused."""
    token = secrets.token_hex(16)
    headers = {"Cookie": f"_streamlit_user={user}; _streamlit_xsrf={token}"}
    received = b""
    try:
        with connect(
            f"ws://{target.host}/_stcore/stream",
            origin=origin or target.address,  # type: ignore[arg-type]
            subprotocols=["streamlit", token],  # type: ignore[list-item]
            additional_headers=headers,
            open_timeout=PATIENCE_S,
            max_size=None,
        ) as socket:
            asked = BackMsg()
            asked.rerun_script.page_name = "secretariat"
            socket.send(asked.SerializeToString())
            while True:
                message = socket.recv(timeout=PATIENCE_S)
                received += message if isinstance(message, bytes) else message.encode()
                told = ForwardMsg.FromString(message)  # type: ignore[arg-type]
                # A first run only says where the page is.
                if told.WhichOneof("type") == "script_finished" and b"Secretariat" in received:
                    return received
    except WebSocketException:
        return b""


def test_a_member_with_a_true_cookie_comes_in(target: Target) -> None:
    """Else nothing would follow from the others' being sent away."""
    page = secretariat(target, cookie(claims(target)))
    assert b"Sign in with your own account" not in page
    # The disk takes no line of the log, and without it nobody does anything.
    assert b"the log of actions" in page or b"Signed in as" in page


FORGED = {
    "no signature": lambda t: quote(claims(t)),
    "another secret": lambda t: cookie(claims(t), "x" * 40),
    "no secret": lambda t: cookie(claims(t), " "),
    "another cookie's signature": lambda t: cookie(claims(t), name="_streamlit_xsrf"),
    "signature cut off": lambda t: cookie(claims(t)).rpartition(".")[0],
    "one sign changed": lambda t: "A" + cookie(claims(t))[1:],
    "parts that are not there": lambda _: cookie("chunks-3"),
    "of another site": lambda t: cookie(claims(t, origin="https://evil.example")),
    "ended by the provider": lambda t: cookie(claims(t, exp=int(time.time()) - 1)),
    "older than eight hours": lambda t: cookie(claims(t, iat=int(time.time()) - 28_900)),
    "issued in the future": lambda t: cookie(claims(t, iat=int(time.time()) + 7_200)),
    "without a time": lambda t: cookie(claims(t, iat=None, exp=None)),
    "no object": lambda _: cookie("[1]"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_forged_cookie_opens_nothing(target: Target, forge: object) -> None:
    page = secretariat(target, forge(target))  # type: ignore[operator]
    assert b"Sign in with your own account" in page
    assert b"Signed in as" not in page
    assert b"Register files" not in page


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"]
)
def test_another_site_s_page_gets_no_session(target: Target, origin: str) -> None:
    assert secretariat(target, cookie(claims(target)), origin=origin) == b""


def test_without_a_provider_s_answer_nobody_is_signed_in(target: Target) -> None:
    for path in ("/oauth2callback?code=1&state=2", "/oauth2callback?error=x%0d%0a", "/auth/login",
                 "/auth/login?provider=x", "/auth/logout"):  # fmt: skip
        status, headers, _ = target.ask(path, {"referer": "https://evil.example/secretariat"})
        assert status in (302, 400), path
        assert "_streamlit_user=" not in headers.get("set-cookie", "").replace('user=""', "")
        assert "evil" not in headers.get("location", "")


def test_afterwards_the_site_is_as_well_as_before(target: Target) -> None:
    assert target.ask("/readyz")[0] == 200
    assert target.ask("/regions")[0] == 200
    assert sorted(path.name for path in target.folder.iterdir()) == ["blocked", "secrets.toml"]
    assert not (ROOT / "pwned").exists()
