"""What an address says, asked from a server on this computer; and who may not be asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from etl.freshness.fetch import Answer, Client, Outcome, Turns, is_public
from tests.etl.freshness.server import Site, serving


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def client(**other: object) -> Client:
    settings = {"allows": lambda _: True, "turns": Turns(0)} | other
    return Client("Test (anna@example.org)", **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/", Answer(Outcome.ANSWERS)),
        ("/no-head", Answer(Outcome.ANSWERS)),
        ("/head-lies", Answer(Outcome.ANSWERS)),
        ("/big", Answer(Outcome.ANSWERS)),
        ("/missing", Answer(Outcome.MISSING, "the server says 404")),
        ("/gone", Answer(Outcome.MISSING, "the server says 410")),
        ("/forbidden", Answer(Outcome.REFUSES, "the server says 403")),
        ("/broken", Answer(Outcome.FAILS, "the server says 500")),
        ("/for-now", Answer(Outcome.ANSWERS)),
        ("/loop", Answer(Outcome.FAILS, "it leads from one address to the next")),
    ],
)
def test_what_an_address_says(site: Site, path: str, answer: Answer) -> None:
    assert client().ask(f"{site.url}{path}") == answer


def test_where_it_has_moved_for_good(site: Site) -> None:
    answer = client().ask(f"{site.url}/moved")
    assert answer == Answer(Outcome.ANSWERS, "", f"{site.url}/new%20place?q=%C3%A9")


def test_head_comes_first_and_get_only_if_needed() -> None:
    with serving() as site:
        client().ask(f"{site.url}/")
        assert site.asked == [("HEAD", "/")]
        client().ask(f"{site.url}/missing")
        assert site.asked[1:] == [("HEAD", "/missing"), ("GET", "/missing")]
        assert site.agents == {"Test (anna@example.org)"}


def test_what_hangs_or_drips_is_given_up(site: Site) -> None:
    slow = client(timeout=0.3)
    assert slow.ask(f"{site.url}/hang") == Answer(Outcome.FAILS, "it took too long")
    # Each line of it comes in time; the whole doesn't.
    drips = client(timeout=5.0, deadline=0.5).ask(f"{site.url}/drip")
    assert drips.outcome is Outcome.FAILS


def test_nobody_listens_or_there_is_no_such_host() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refused = client().ask(f"http://127.0.0.1:{port}/")
    assert refused == Answer(Outcome.FAILS, "it refused the connection")
    nowhere = client().ask("http://nowhere.invalid/")
    assert nowhere == Answer(Outcome.FAILS, "there is no such host")


@pytest.mark.parametrize(
    "address", ["ftp://example.org/", "file:///etc/passwd", "http://", "nonsense", "http://[::1"]
)
def test_what_is_no_web_address(address: str) -> None:
    assert client().ask(address).outcome is Outcome.FAILS


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("::ffff:93.184.216.34", True),
    ],
)
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]"])
def test_this_computer_is_never_asked(site: Site, host: str) -> None:
    port, before = urlsplit(site.url).port, len(site.asked)
    careful = Client("Test", turns=Turns(0))
    answer = careful.ask(f"http://{host}:{port}/")
    assert answer.outcome is Outcome.FAILS
    assert len(site.asked) == before


def test_nor_after_a_redirect(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name leads to one that stands for an address of this network."""
    port, real = urlsplit(site.url).port, socket.getaddrinfo

    def resolve(host: str, *args: object, **kwargs: object) -> object:
        places = {"public.example": "127.0.0.1", "inner.example": "10.0.0.1"}
        return real(places.get(host, host), *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    careful = client(allows=lambda ip: ip == "127.0.0.1")
    answer = careful.ask(f"http://public.example:{port}/to?http://inner.example:{port}/secret")
    assert answer == Answer(Outcome.FAILS, "it is an address of this computer or network")
    assert ("HEAD", "/secret") not in site.asked


def test_a_name_that_stands_for_a_public_and_a_private_address_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, before = urlsplit(site.url).port, len(site.asked)
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.1", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    answer = client(allows=lambda ip: ip == "127.0.0.1").ask(f"http://two.example:{port}/")
    assert answer.detail == "it is an address of this computer or network"
    assert len(site.asked) == before
