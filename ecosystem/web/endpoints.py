"""Web addresses beside the pages: each is answered from the current release, off the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ecosystem.common.store import Database, ReleaseError
from ecosystem.web import addresses, serving
from ecosystem.web.templates import template

# What is said where nothing is, on every page that says so.
NO_PAGE = "There is no page at this address. It may have been mistyped, or the page is gone."

Answer = Callable[[Request, Database], Response]


def endpoint(
    answer: Answer, limiter: CapacityLimiter | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """Make a function of a request and the current release into an endpoint.

    Where the release's file turns out to be damaged, the question is put once more to the release
    that takes its place. Where there is none, the answer is 503 with the reason.

    Parameters
    ----------
    answer : callable
        Takes the request and the release's database.
    limiter : CapacityLimiter, optional
        How many of what takes long are answered at once. Who waits for it takes no thread from
        the others, of whom there are forty.
    """

    @wraps(answer)
    async def answer_request(request: Request) -> Response:
        return await to_thread.run_sync(_answer, answer, request, limiter=limiter)

    return answer_request


def has_it(request: Request, tag: str) -> bool:
    """Whether who asks has the answer with an entity tag already (RFC 9110, If-None-Match).

    Parameters
    ----------
    tag : str
        The entity tag, in its quotation marks; whether it is weak makes no difference.
    """
    asked = request.headers.get("if-none-match", "").split(",")
    return tag.removeprefix("W/") in (one.strip().removeprefix("W/") for one in asked)


def not_found(request: Request, message: str) -> Response:
    """Answer 404 with a sentence: to a person as a page, to a program as JSON.

    Parameters
    ----------
    request : Request
        Who asks; a browser says that it takes HTML.
    message : str
        What isn't there; escaped here.
    """
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": message}, status_code=404)
    page = template("not_found.html").render(message=message, root=addresses.up(request.scope))
    return Response(page, status_code=404, media_type="text/html")


def _answer(answer: Answer, request: Request) -> Response:
    try:
        try:
            return answer(request, serving.database())
        except ReleaseError:
            return answer(request, serving.database())
    except ReleaseError as error:
        return JSONResponse({"error": str(error)}, status_code=503)
