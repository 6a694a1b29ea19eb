"""A file is taken from whoever is asked for one, within bounds, and from nobody else."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ecosystem.common.settings import ROOT
from ecosystem.web import uploads
from ecosystem.web.addresses import SitePath
from ecosystem.web.pages import PAGES, SECRETARIAT_PAGE
from ecosystem.web.uploads import MB, Allowance, Uploaders, UploadsOnlyWhereAsked

DAY, DESK, OTHER = "pages/day.py", "pages/desk.py", "pages/map.py"
ALLOWED = {
    DAY: Allowance(file_mb=1, session_mb=2, all_mb=3),
    DESK: Allowance(file_mb=2, session_mb=8, all_mb=10, members_only=True),
}


class Place:
    """A server that keeps what comes through, as Streamlit does."""

    def __init__(self, base: str = "") -> None:
        self.kept: dict[str, int] = {}
        self.uploaders = Uploaders(ALLOWED)
        self._base = base

        async def keep(request: Request) -> Response:
            session = request.path_params["session"]
            size = len(await request.body())
            self.kept[session] = self.kept.get(session, 0) + size
            return Response(status_code=204)

        path = f"{base}/_stcore/upload_file/{{session}}/{{file}}"
        app = Starlette(
            routes=[Route(path, keep, methods=["PUT", "DELETE", "OPTIONS"])],
            middleware=[
                Middleware(SitePath, path=base),
                Middleware(UploadsOnlyWhereAsked, uploaders=self.uploaders, held=lambda: self.kept),
            ],
        )
        self._client = TestClient(app)

    def enter(self, session: str, page: str, *, member: bool = False) -> None:
        self.uploaders.note(session, page, lambda: member)

    def put(self, session: str, mb: float, method: str = "PUT") -> int:
        address = f"{self._base}/_stcore/upload_file/{session}/1"
        return self._client.request(method, address, content=b"x" * int(mb * MB)).status_code

    def put_in_pieces(self, session: str) -> int:
        """As who doesn't say how much is coming."""
        pieces = (b"x" * 1024 for _ in range(3))
        address = f"{self._base}/_stcore/upload_file/{session}/1"
        return self._client.put(address, content=pieces).status_code


@pytest.fixture(params=["", "/valleys"])
def place(request: pytest.FixtureRequest) -> Place:
    return Place(request.param)


def test_a_session_on_no_page_with_an_upload_sends_nothing(place: Place) -> None:
    place.enter("reader", OTHER)
    assert place.put("reader", 0.1) == 403
    assert place.put("nobody", 0.1) == 403
    assert place.put("nobody", 0.1, method="POST") == 403
    assert place.kept == {}


def test_members_only_means_members_only(place: Place) -> None:
    place.enter("stranger", DESK)
    assert place.put("stranger", 0.1) == 403
    place.enter("anna", DESK, member=True)
    assert place.put("anna", 2) == 204
    assert place.put("anna", 2.5) == 413


def test_leaving_the_page_ends_the_right(place: Place) -> None:
    place.enter("visitor", DAY)
    assert place.put("visitor", 0.1) == 204
    place.enter("visitor", OTHER)
    assert place.put("visitor", 0.1) == 403


def test_a_session_and_a_page_have_their_bounds(place: Place) -> None:
    for session in ("a", "b", "c", "d"):
        place.enter(session, DAY)
    assert [place.put("a", 1) for _ in range(3)] == [204, 204, 413]
    assert place.put("b", 1) == 204
    assert place.put("c", 1) == 503, "all together have sent three"
    place.enter("anna", DESK, member=True)
    assert place.put("anna", 2) == 204, "the other page has bounds of its own"
    # A session that went away takes its files along.
    del place.kept["a"]
    assert place.put("c", 1) == 204
    assert sum(place.kept.values()) == 4 * MB


def test_who_does_not_say_how_much_comes_sends_nothing(place: Place) -> None:
    place.enter("visitor", DAY)
    assert place.put_in_pieces("visitor") == 411
    assert place.kept == {}


def test_options_and_removal_are_left_to_streamlit(place: Place) -> None:
    assert place.put("nobody", 0, method="OPTIONS") == 204
    assert place.put("nobody", 0, method="DELETE") == 204


def test_sessions_that_are_noted_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_MOST_SESSIONS", 3)
    uploaders = Uploaders(ALLOWED)
    for number in range(5):
        uploaders.note(f"s{number}", DAY, lambda: False)
    assert [uploaders.page(f"s{number}") for number in range(5)] == [None, None, DAY, DAY, DAY]


def test_each_field_for_files_has_its_page_on_the_list() -> None:
    """A page that isn't there takes no file: its field would end in an error."""
    fields = [
        path
        for folder in ("pages", "ecosystem", "etl")
        for path in (ROOT / folder).rglob("*.py")
        if "st.file_uploader(" in path.read_text(encoding="utf-8")
    ]
    assert len(fields) == len(uploads.PAGES_WITH_UPLOAD)


def test_each_page_on_the_list_is_one_of_the_site() -> None:
    assert set(uploads.PAGES_WITH_UPLOAD) <= {page.path for page in PAGES}
    assert uploads.PAGES_WITH_UPLOAD[SECRETARIAT_PAGE].members_only
